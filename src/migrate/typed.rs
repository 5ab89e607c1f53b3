//! What TypeScript asks of a form's values: JSON and multipart bodies take more than `URLSearchParams` does.

use super::draft::Draft;
use crate::analyze::{Exchange, ExprRef, Program, Start};
use crate::ir::ExprKind;
use crate::text::{Overlap, Span};

/// What lets `URLSearchParams` take a record: JSON may hold what is not set, and interfaces are no `Record`.
pub(super) fn cast(program: &Program, exchange: &Exchange<'_>, body: ExprRef) -> &'static str {
    let plain = matches!(program.kind(body), ExprKind::Record(_))
        && exchange
            .form
            .fields
            .iter()
            .filter(|field| field.name != "jwt_token")
            .all(|field| field.value.is_some_and(|value| is_text(program, value)));
    if is_typed(program, body) && !plain { " as Record<string, string>" } else { "" }
}

/// What lets `URLSearchParams` take the values that a package's form took, whatever they were: `append(name: string,
/// value: any)` (npm `form-data`). `class` is the name of the old form's class.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn values(
    program: &Program,
    exchange: &Exchange<'_>,
    class: ExprRef,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    // The global one takes texts only.
    if !is_typed(program, class) || !matches!(program.chain(class).start, Start::Package(_)) {
        return Ok(());
    }
    for field in exchange.form.fields.iter().filter(|field| field.name != "jwt_token") {
        let Some(value) = field.value.filter(|value| value.file == class.file && !is_text(program, *value)) else {
            continue;
        };
        let span = program.module(value.file).expr(value.expr).outer;
        let joined =
            matches!(program.kind(value), ExprKind::Binary { .. } | ExprKind::Choice { .. } | ExprKind::Opaque(_));
        if joined {
            draft.insert(value.file, span.start as usize, "(")?;
        }
        let end = if joined { ") as string" } else { " as string" };
        draft.insert(value.file, span.end as usize, end)?;
    }
    Ok(())
}

fn is_typed(program: &Program, at: ExprRef) -> bool {
    program.syntax(at.file).is_some_and(|syntax| syntax.annotations)
}

/// Whether a value is a text, whatever else is known.
fn is_text(program: &Program, value: ExprRef) -> bool {
    let module = program.module(value.file);
    let outer = module.expr(value.expr).outer;
    let whole = program.slice(value.file, outer);
    // What is said of the type stands behind the value: `id!`, `id as string`.
    let around = match module.expr(value.expr).parent.map(|parent| module.kind(parent)) {
        Some(ExprKind::Call { args, .. }) => {
            let next = args.iter().map(|arg| module.expr(arg.value).span.start).find(|start| *start > outer.start);
            let end = next.unwrap_or(outer.end);
            program.slice(value.file, Span { start: outer.start, end: end.max(outer.end) }).trim_end_matches([',', ' '])
        }
        _ => whole,
    };
    let said = around.ends_with('!') || around.ends_with(" as string");
    let known = match module.kind(value.expr) {
        ExprKind::Text(_) => true,
        // `id ?? ''`, `id || ''`
        ExprKind::Choice { options, .. } => {
            options.last().is_some_and(|last| matches!(module.kind(*last), ExprKind::Text(_)))
        }
        _ => false,
    };
    said || known
}
