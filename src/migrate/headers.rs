//! Headers of a request whose body becomes a form.

use super::draft::Draft;
use super::entries;
use crate::analyze::{Exchange, ExprRef, Follow, Program};
use crate::ir::{ExprId, ExprKind};
use crate::rules::Hole;
use crate::text::{Overlap, Span};

/// The type of a form's fields in a body.
pub(super) const URLENCODED: &str = "application/x-www-form-urlencoded";

/// Headers that spoke of the old body: a content type in words is changed, `form.getHeaders()` goes.
pub(super) fn speak_of_form(program: &Program, exchange: &Exchange<'_>, draft: &mut Draft) -> Result<(), Overlap> {
    let Some(headers) = exchange.hit.as_ref().and_then(|hit| hit.captures.get(Hole::Headers)) else { return Ok(()) };
    for field in program.form(headers, Follow::INSIDE).fields {
        if !field.name.eq_ignore_ascii_case("content-type") {
            continue;
        }
        let Some(value) = field.value else { continue };
        let text = program.module(value.file).literal(value.expr).unwrap_or_default();
        if text.contains("json") || text.contains("multipart") {
            let span = program.module(value.file).expr(value.expr).outer;
            let raw = program.slice(value.file, span).to_owned();
            draft.edits.entry(value.file).or_default().replace(span, raw.replace(&text, URLENCODED))?;
        }
    }
    for place in get_headers(program, headers) {
        take_out(program, ExprRef { file: headers.file, expr: place }, draft)?;
    }
    Ok(())
}

/// Takes a value out of its record, and the record too if that is left empty.
fn take_out(program: &Program, value: ExprRef, draft: &mut Draft) -> Result<(), Overlap> {
    let module = program.module(value.file);
    let around = |expr: ExprId| module.expr(expr).parent.map(|parent| (parent, module.kind(parent)));
    let mut at = value.expr;
    while let Some((record, ExprKind::Record(entries))) = around(at)
        && entries.len() == 1
    {
        at = record;
        if let Some((_, ExprKind::Call { args, .. })) = around(at) {
            let mut ends = args.iter().rev().map(|arg| (arg.value, module.expr(arg.value).outer));
            if let (Some((last, span)), Some((_, before))) = (ends.next(), ends.next())
                && last == at
            {
                let span = Span { start: before.end, end: span.end };
                draft.edits.entry(value.file).or_default().delete(span)?;
                draft.gone.entry(value.file).or_default().push(span);
                return Ok(());
            }
            at = value.expr;
            break;
        }
    }
    entries::take_out(program, ExprRef { file: value.file, expr: at }, draft)
}

/// `form.getHeaders()` as the headers, or spread into them.
fn get_headers(program: &Program, headers: ExprRef) -> Vec<ExprId> {
    let module = program.module(headers.file);
    let is_it = |expr: ExprId| {
        let ExprKind::Call { callee, .. } = module.kind(expr) else { return false };
        matches!(module.kind(*callee), ExprKind::Member { name, .. } if &**name == "getHeaders")
    };
    let spread = match module.kind(headers.expr) {
        ExprKind::Record(entries) => {
            entries.iter().filter(|entry| entry.key.is_none() && is_it(entry.value)).map(|entry| entry.value).collect()
        }
        _ => vec![],
    };
    if is_it(headers.expr) { vec![headers.expr] } else { spread }
}
