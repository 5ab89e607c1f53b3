//! How the program takes failures: whether a function can give back the errors of a library.

use super::units;
use crate::analyze::{ExprRef, FunctionRef, Program};
use crate::ir::ExprKind;
use crate::text::{FileId, Span};

/// Packages whose error takes any other.
const ANY: &[&str] = &["anyhow", "eyre", "color_eyre", "color_eyre.eyre", "miette"];

/// What a function says that it gives.
pub(super) fn returned(program: &Program, function: FunctionRef) -> Option<String> {
    let module = program.module(function.file);
    let own = module.function(function.function);
    let body = module.block(own.body?).span;
    let head = program.slice(function.file, Span { start: own.params_span.end, end: body.start });
    let (_, class) = head.split_once("->")?;
    let class = class.split(" where ").next().unwrap_or(class);
    let class = class.split("\nwhere").next().unwrap_or(class).trim();
    Some(class.trim_end_matches('{').trim().to_owned())
}

/// Whether `?` at `at` can give back any error.
///
/// # Errors
/// Why not.
pub(super) fn takes_any(program: &Program, at: ExprRef) -> Result<(), String> {
    let module = program.module(at.file);
    let function = module.function_of(module.expr(at.expr).scope);
    let class = function.and_then(|function| returned(program, FunctionRef { file: at.file, function }));
    let Some(class) = class else {
        return Err("it is not in view what error the code around the request gives back".to_owned());
    };
    let Some(error) = error_of(program, at.file, &class, 0) else {
        return Err(format!("the error in `{class}` is not in view, and may not take one of the library"));
    };
    if is_any(program, at.file, &error, 0) {
        Ok(())
    } else {
        Err(format!("the function's error stays `{error}`, which does not take one of the library"))
    }
}

/// The error type of a result.
fn error_of(program: &Program, file: FileId, class: &str, depth: u8) -> Option<String> {
    let (head, rest) = class.split_once('<')?;
    let inner = rest.trim_end().strip_suffix('>')?;
    let arguments = arguments(inner);
    match arguments.as_slice() {
        [_, error] if head.ends_with("Result") => Some(error.clone()),
        [_] if depth < 4 => {
            let name = head.trim();
            if module_of(program, file, name).is_some_and(|module| is_package(&module)) {
                return Some("anyhow::Error".to_owned());
            }
            let (home, alias) = alias(program, name)?;
            match error_of(program, home, &alias, depth + 1)? {
                error if error.len() == 1 => None,
                error => Some(qualified(program, home, file, error)),
            }
        }
        _ => None,
    }
}

/// A type of another file in words that mean the same here, as far as the question needs it.
fn qualified(program: &Program, home: FileId, here: FileId, error: String) -> String {
    if home != here && is_any(program, home, &error, 0) { "anyhow::Error".to_owned() } else { error }
}

fn is_any(program: &Program, file: FileId, error: &str, depth: u8) -> bool {
    let text: String = error.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some(inner) = text.strip_prefix("Box<dyn ") {
        let class = inner.split(['+', '>']).next().unwrap_or_default().trim();
        return class == "Error" || class.ends_with("::Error");
    }
    if module_of(program, file, &text).is_some_and(|module| is_package(&module)) {
        return true;
    }
    depth < 4
        && !text.contains(['<', ':'])
        && alias(program, &text).is_some_and(|(home, class)| is_any(program, home, &class, depth + 1))
}

fn is_package(module: &str) -> bool {
    ANY.contains(&module)
}

/// The module that a type's path leads to: `anyhow` for `anyhow::Error`, and for `Error` where that is imported.
fn module_of(program: &Program, file: FileId, path: &str) -> Option<String> {
    if let Some((module, _)) = path.rsplit_once("::") {
        return Some(module.replace("::", "."));
    }
    let imports = &program.unit(file)?.module.imports;
    let import = imports.iter().find(|import| *import.local == *path && import.item.is_some())?;
    Some(import.module.to_string())
}

/// `type Name<…> = …;` of the program, where there is one only: its file, and what it stands for.
fn alias(program: &Program, name: &str) -> Option<(FileId, String)> {
    let name = name.rsplit("::").next().unwrap_or(name);
    let mut found = units(program).flat_map(|(file, _)| {
        let lines = program.file(file).text().lines().map(str::trim);
        lines
            .filter_map(|line| line.strip_prefix("pub(crate) ").or(line.strip_prefix("pub ")).or(Some(line)))
            .filter_map(|line| line.strip_prefix("type "))
            .filter_map(|line| line.split_once('='))
            .filter(|(head, _)| head.split('<').next().is_some_and(|head| head.trim() == name))
            .map(|(_, class)| (file, class.trim().trim_end_matches(';').to_owned()))
            .collect::<Vec<_>>()
    });
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// What stands between the commas at the top.
fn arguments(inner: &str) -> Vec<String> {
    let (mut depth, mut parts) = (0i32, vec![String::new()]);
    for c in inner.chars() {
        match c {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(c);
        }
    }
    parts.iter().map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// Whether the program looks into an error of the old library, which would not come any more.
pub(super) fn looks_into(program: &Program, file: FileId) -> bool {
    let names = ["downcast", "downcast_ref", "is_timeout", "is_connect", "is_status", "is_decode", "is_request"];
    let package = crate::migrate::packages::manifests_of(program, file);
    let is_ours = |other: FileId| crate::migrate::packages::manifests_of(program, other) == package;
    program.units().filter(|(other, _)| program.is_typed(*other) && is_ours(*other)).any(|(_, unit)| {
        unit.module.exprs.iter().any(|expr| match &expr.kind {
            ExprKind::Member { name, .. } => names.contains(&&**name),
            _ => false,
        })
    })
}
