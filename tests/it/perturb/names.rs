//! Other names: local variables and parameters, imports.

use std::collections::BTreeSet;

use unjwt::analyze::Program;
use unjwt::ir::{How, ImportStyle, Key, ScopeId};
use unjwt::text::Span;

use super::code::{Changes, Code, MODULE, codes};

/// Names that the language or the runtime gives a meaning.
const FIXED: &[&str] = &["self", "cls", "this", "super", "arguments", "undefined", "exports", "module", "require", "_"];

/// Renames what functions declare: variables, parameters, inner functions.
pub(super) fn rename(program: &Program) -> Changes {
    let mut changes = Changes::default();
    let keywords = keywords(program);
    for code in codes(program) {
        let mut names: BTreeSet<(ScopeId, &str)> = BTreeSet::new();
        for bind in &code.module.binds {
            let local = code.module.function_of(bind.scope).is_some()
                && code.module.class_of(bind.scope).is_none_or(|class| code.module.class(class).scope != bind.scope);
            if let Some(name) = code.name(bind.place).filter(|_| local) {
                names.insert((bind.scope, name));
            }
        }
        let text = code.program.file(code.file).text();
        for (scope, name) in names {
            let fixed = FIXED.contains(&name) || name.starts_with("__") || keywords.contains(name);
            let outer = [format!("nonlocal {name}"), format!("global {name}")].iter().any(|it| text.contains(it));
            // In `{a}` of a pattern the name is a key as well.
            let taken_apart =
                code.unit.binds_in(scope, name).iter().any(|bind| match &code.module.binds[bind.index()].how {
                    How::Part(path) => path.iter().any(|key| matches!(key, Key::Name(_) | Key::Rest)),
                    How::Import(_) => true,
                    _ => false,
                });
            if !fixed && !outer && !taken_apart {
                changes.add(code.file, &code.rename(scope, name, &format!("{name}_x")));
            }
        }
    }
    changes
}

/// The names under which arguments are given: parameters of these names stay.
fn keywords(program: &Program) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for code in codes(program) {
        for expr in &code.module.exprs {
            if let unjwt::ir::ExprKind::Call { args, .. } = &expr.kind {
                names.extend(args.iter().filter_map(|arg| arg.name.as_deref()).map(str::to_owned));
            }
        }
    }
    names
}

/// Gives every import another local name.
pub(super) fn alias(program: &Program) -> Changes {
    let mut changes = Changes::default();
    // Names that other files take from here are no one's own.
    let taken: BTreeSet<String> = codes(program)
        .iter()
        .flat_map(|code| code.module.imports.iter().filter_map(|import| import.item.as_deref()).map(str::to_owned))
        .filter(|item| item != "default")
        .collect();
    for code in codes(program) {
        for (index, import) in code.module.imports.iter().enumerate() {
            let odd = import.scope != MODULE || matches!(import.style, ImportStyle::TypeOnly | ImportStyle::Star);
            let shared = import.item.as_deref() != Some(&*import.local) && taken.contains(&*import.local);
            if odd || shared || import.local.is_empty() || import.local.starts_with("__") {
                continue;
            }
            let binds = code.unit.binds_in(MODULE, &import.local);
            let [bind] = binds else { continue };
            let is_it = matches!(code.module.binds[bind.index()].how, How::Import(id) if id.index() == index);
            let place = code.span(code.place(*bind));
            let new = format!("{}_x", import.local);
            let Some(declared) = declared(&code, import, place, &new).filter(|_| is_it) else { continue };
            let mut edits = code.rename(MODULE, &import.local, &new);
            edits.retain(|(span, _)| *span != place);
            edits.push((place, declared));
            changes.add(code.file, &edits);
        }
    }
    changes
}

/// What stands in the place of the imported name.
fn declared(code: &Code<'_>, import: &unjwt::ir::Import, place: Span, new: &str) -> Option<String> {
    let text = code.text(import.span);
    let local = code.text(place);
    let renamed = text.split_whitespace().any(|word| word == "as") || (text.contains(':') && !text.contains("require"));
    if local != &*import.local {
        return None;
    }
    match code.language() {
        "python" if renamed => Some(new.to_owned()),
        "python" if import.module.contains('.') && import.item.is_none() => None,
        "python" => Some(format!("{local} as {new}")),
        "javascript" if renamed || import.item.as_deref().is_none_or(|item| item == "default") => Some(new.to_owned()),
        "javascript" if import.style == ImportStyle::Require => Some(format!("{local}: {new}")),
        "javascript" => Some(format!("{local} as {new}")),
        _ => None,
    }
}
