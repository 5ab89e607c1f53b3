//! What the record of an SDK's call gives for a name, as text that means the same at the call: the value where there can
//! be one only, else the record's member.

use super::draft::Draft;
use super::request::{member, shown};
use crate::analyze::{Def, Exchange, ExprRef, Field, Follow, Place, Program};
use crate::ir::{Entry, ExprKind};
use crate::rules::normal_key;
use crate::text::FileId;

/// How deep records are taken apart.
const MAX_DEPTH: u8 = 4;

/// The text for a name, as the rules and as the SDK spell it.
pub(super) fn text(
    program: &Program,
    exchange: &Exchange<'_>,
    config: ExprRef,
    (name, camel): (&str, &str),
    draft: &mut Draft,
) -> Option<String> {
    let fields: Vec<&Field> =
        exchange.form.fields.iter().filter(|field| normal_key(&field.name) == normal_key(name)).collect();
    if let ExprKind::Record(entries) = program.kind(config) {
        return of_entries(program, (config.file, entries), camel, exchange.call, draft, 0);
    }
    if !is_certain(program, config) || fields.len() > 1 {
        return member(program, config, camel, draft);
    }
    let Some(found) = fields.first().and_then(|field| field.value) else {
        return member(program, config, camel, draft);
    };
    // What is filled in by hand is filled in once.
    let written = matches!(program.kind(found), ExprKind::Text(_)).then(|| member(program, config, camel, draft));
    written
        .flatten()
        .or_else(|| shown(program, found, exchange.call, draft))
        .or_else(|| member(program, config, camel, draft))
}

/// The last entry decides; of what is spread and may lack the name, the one before is asked too.
fn of_entries(
    program: &Program,
    (file, entries): (FileId, &[Entry]),
    camel: &str,
    call: ExprRef,
    draft: &mut Draft,
    depth: u8,
) -> Option<String> {
    let module = program.module(file);
    let mut texts: Vec<String> = vec![];
    for entry in entries.iter().rev() {
        let value = ExprRef { file, expr: entry.value };
        let Some(key) = entry.key else {
            let form = program.form(value, Follow::ALL);
            let of_name = form.fields.iter().filter(|field| normal_key(&field.name) == normal_key(camel)).count();
            let certain = is_certain(program, value) && !form.open;
            if certain && of_name == 0 {
                continue;
            }
            let origins = program.origins(value, Follow::INSIDE);
            let inner = match origins.as_slice() {
                [only] if certain && of_name == 1 => match program.kind(only.expr) {
                    ExprKind::Record(inner) if depth < MAX_DEPTH => {
                        of_entries(program, (only.expr.file, inner), camel, call, draft, depth + 1)
                    }
                    _ => None,
                },
                _ => None,
            };
            texts.push(inner.or_else(|| maybe(program, value, camel, draft))?);
            if certain {
                break;
            }
            continue;
        };
        if module.literal(key).is_some_and(|key| normal_key(&key) == normal_key(camel)) {
            texts.push(shown(program, value, call, draft)?);
            break;
        }
    }
    (!texts.is_empty()).then(|| texts.join(" || "))
}

/// Whether a value is made in one place that is in view: no parameter, no result of a call that may mix others in.
pub(super) fn is_certain(program: &Program, at: ExprRef) -> bool {
    let origins = program.origins(at, Follow::INSIDE);
    let [origin] = origins.as_slice() else { return false };
    let is_made = origin.path.is_empty() && matches!(program.kind(origin.expr), ExprKind::Record(_));
    is_made && !is_parameter(program, at)
}

/// Whether a name is a parameter, or a part of one.
fn is_parameter(program: &Program, at: ExprRef) -> bool {
    let module = program.module(at.file);
    let mut base = at.expr;
    while let ExprKind::Member { base: inner, .. } = module.kind(base) {
        base = *inner;
    }
    let ExprKind::Name(name) = module.kind(base) else { return false };
    let definitions = program.definitions(at.file, module.expr(base).scope, name, base);
    definitions.iter().any(|def| matches!(def, Def::Param(..) | Def::ParamPart(..)))
}

/// The member of what may be nothing at all where it is a parameter without a default.
fn maybe(program: &Program, at: ExprRef, camel: &str, draft: &mut Draft) -> Option<String> {
    let text = member(program, at, camel, draft)?;
    let module = program.module(at.file);
    let ExprKind::Name(name) = module.kind(at.expr) else { return Some(text) };
    let definitions = program.definitions(at.file, module.expr(at.expr).scope, name, at.expr);
    let optional = definitions.iter().any(|def| match def {
        Def::Param(function, index) => {
            let params = &program.module(function.file).function(function.function).params;
            params.get(*index as usize).is_some_and(|param| param.default.is_none())
        }
        _ => false,
    });
    Some(if optional { text.replacen('.', "?.", 1) } else { text })
}

/// Where several callers hand settings over, so that each may mean another credential.
pub(super) fn several(program: &Program, exchange: &Exchange<'_>, name: &str) -> Option<Place> {
    let mut values = exchange.form.fields.iter().filter(|field| normal_key(&field.name) == normal_key(name));
    let first = values.next()?;
    let text = |field: &Field| field.value.map(|value| program.source(value));
    values.find(|field| text(field) != text(first)).map(|field| field.at)
}
