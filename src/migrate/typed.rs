//! Values in the shape that a typed language asks for: what replaces the JWT must be of the JWT's own type.

use super::draft::Draft;
use super::scopes::Scopes;
use crate::analyze::{Def, Exchange, ExprRef, Field, Program, Written};
use crate::ir::ExprKind;
use crate::rules::Body;
use crate::text::FileId;

/// Whether the compiler of a file's language checks the types of values.
#[must_use]
pub(super) fn is_typed(program: &Program, file: FileId) -> bool {
    program.unit(file).is_some_and(|unit| unit.language.rules == "rust")
}

/// What the fields `grant_type` and `scope` hold in a Rust program, where it can be said; else a human is asked.
pub(super) fn values(program: &Program, field: &Field, scopes: &Scopes, draft: &mut Draft) -> Option<(String, String)> {
    let value = field.value.filter(|value| value.file == field.at.file)?;
    if is_of_struct(program, field) {
        draft.manual(field.at, "the form is a struct: give it grant_type and scope instead of this field");
        return None;
    }
    let dress = Dress::of(program, field, value);
    let grant = dress.literal("client_credentials");
    let scope = match scopes {
        Scopes::Known(list) => dress.literal(&list.join(",")),
        Scopes::Setting { read, .. } => match dress {
            Dress::Owned(_) | Dress::Any => read.clone(),
            Dress::Text | Dress::Borrowed | Dress::Unknown => {
                draft.manual(field.at, "the scopes are read when the program runs: bind them to a name, and send that");
                return None;
            }
        },
    };
    Some((grant, scope))
}

/// Says what no tool but the compiler and the documentation of the target can know.
pub(super) fn doubts(program: &Program, exchange: &Exchange<'_>, draft: &mut Draft) {
    let at = program.place(exchange.call);
    if !is_typed(program, at.file) {
        return;
    }
    draft
        .review(at, "nobody has compiled this yet: build it, and take out what the compiler says is not used any more");
    draft.review(at, "the token endpoint answers with `expires_in` in seconds, the JWT exchange gave milliseconds: look at its readers");
    if exchange.hit.as_ref().is_some_and(|hit| hit.rule.body == Some(Body::Multipart)) {
        draft.manual(at, "the body is multipart; the token endpoint takes a form: send it as one");
    }
}

/// How a text is written so that it has the type of the value before.
enum Dress {
    /// `"x"`: a `&str`, or whatever the callee makes of it.
    Text,
    /// `"x".to_string()` and the like.
    Owned(&'static str),
    /// `&"x".to_string()`
    Borrowed,
    /// `"x".into()`: what the other values are; what makes it gives a `String`.
    Any,
    /// The same, and nobody knows what the other values are.
    Unknown,
}

impl Dress {
    fn of(program: &Program, field: &Field, value: ExprRef) -> Self {
        let source = program.source(value).trim();
        let owned = [(".to_string()", ".to_string()"), (".to_owned()", ".to_owned()"), (".clone()", ".to_string()")];
        if let Some((_, suffix)) = owned.iter().find(|(ending, _)| source.ends_with(ending)) {
            return Dress::Owned(suffix);
        }
        let is_json = field.written == Written::Entry;
        let generic = field.written == Written::Appended && method(program, field.host) != Some("insert");
        if is_json || generic || is_text(source) {
            return Dress::Text;
        }
        if !source.starts_with('&') {
            return match parameter_type(program, value) {
                Some(class) if class.starts_with('&') && class.ends_with("str") => Dress::Text,
                Some("String") => Dress::Owned(".to_string()"),
                Some(_) => Dress::Unknown,
                None => Dress::Any,
            };
        }
        let siblings = siblings(program, field);
        match field.written {
            Written::Pair if siblings.iter().all(|sibling| sibling.starts_with('&') && !is_text(sibling)) => {
                Dress::Borrowed
            }
            _ => Dress::Text,
        }
    }

    fn literal(&self, text: &str) -> String {
        match self {
            Dress::Text => format!("\"{text}\""),
            Dress::Owned(suffix) => format!("\"{text}\"{suffix}"),
            Dress::Borrowed => format!("&\"{text}\".to_string()"),
            Dress::Any | Dress::Unknown => format!("\"{text}\".into()"),
        }
    }
}

/// The written type of the parameter that a name is.
fn parameter_type(program: &Program, value: ExprRef) -> Option<&str> {
    let ExprKind::Name(name) = program.kind(value) else { return None };
    let scope = program.module(value.file).expr(value.expr).scope;
    let defs = program.definitions(value.file, scope, name, value.expr);
    defs.iter().find_map(|def| match def {
        Def::Param(function, index) => {
            let params = &program.module(function.file).function(function.function).params;
            let text = program.slice(function.file, params.get(*index as usize)?.span);
            Some(text.split_once(':').map_or("", |(_, class)| class.trim()))
        }
        _ => None,
    })
}

/// Whether an expression is a `&str` by its looks.
fn is_text(source: &str) -> bool {
    source.starts_with('"') || [".as_str()", ".as_ref()", ".trim()"].iter().any(|ending| source.ends_with(ending))
}

/// The values of the other pairs of a list.
fn siblings<'p>(program: &'p Program, field: &Field) -> Vec<&'p str> {
    let module = program.module(field.host.file);
    let sub = |expr| ExprRef { file: field.host.file, expr };
    let Some(ExprKind::List(pairs)) = module.expr(field.host.expr).parent.map(|list| module.kind(list)) else {
        return vec![];
    };
    let value = |pair| match module.kind(pair) {
        ExprKind::List(items) if pair != field.host.expr => items.get(1).map(|item| program.source(sub(item.value))),
        _ => None,
    };
    pairs.iter().filter_map(|pair| value(pair.value)).collect()
}

fn method(program: &Program, call: ExprRef) -> Option<&str> {
    let ExprKind::Call { callee, .. } = program.kind(call) else { return None };
    match program.kind(ExprRef { file: call.file, expr: *callee }) {
        ExprKind::Member { name, .. } => Some(name),
        _ => None,
    }
}

fn is_of_struct(program: &Program, field: &Field) -> bool {
    program.module(field.host.file).types.records.contains_key(&field.host.expr)
}
