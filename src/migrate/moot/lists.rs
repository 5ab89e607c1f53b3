//! Lists of values that must be there: `all([id, key])`, `[id, key].some(…)`.

use super::super::draft::Draft;
use super::super::java;
use super::checked::Checked;
use super::{Candidate, Scene, side_cuts, sides};
use crate::analyze::{ExprRef, FunctionRef, Place, Program, Unit};
use crate::ir::{ExprId, ExprKind, Param, Spread, StmtId};
use crate::text::{Edit, FileId, Overlap, Span};
use std::collections::BTreeSet;

/// The items of the lists of values that a statement checks.
pub(super) fn items(scene: &Scene<'_>, stmt: StmtId) -> Vec<Candidate> {
    let module = &scene.unit.module;
    let span = module.stmt(stmt).span;
    let lists = scene.unit.within(span).into_iter().filter(|id| module.expr(*id).stmt == stmt);
    let mut found = vec![];
    for list in lists.filter(|list| !scene.is_gone(module.expr(*list).span)) {
        let items = members(scene.unit, list).or_else(|| shorthands(scene.unit, list));
        let Some(items) = items.filter(|items| items.len() > 1) else { continue };
        let named = items.iter().all(|item| scene.looked(*item).is_some());
        let checked = Checked::new(scene.plan, false);
        if named && checked.only(ExprRef { file: scene.file, expr: list }) {
            found.extend(items.into_iter().map(|item| scene.side(stmt, item, Some(list), false)));
        }
    }
    found
}

/// The sides of `not (id and key)`, where that is a reason to refuse.
pub(super) fn negated(scene: &Scene<'_>, stmt: StmtId, condition: ExprId) -> Vec<Candidate> {
    let module = &scene.unit.module;
    let source = scene.program.file(scene.file);
    let mut found = vec![];
    let mut todo = vec![condition];
    while let Some(at) = todo.pop() {
        let text = source.slice(module.expr(at).span);
        match module.kind(at) {
            ExprKind::Opaque(parts) if text.starts_with(['!', 'n']) && parts.len() == 1 => {
                let mut inner = vec![];
                sides(module, source, parts[0], &["&&", "and"], &mut inner);
                if inner.len() > 1 {
                    found.extend(inner.into_iter().map(|side| scene.side(stmt, side, Some(at), false)));
                }
            }
            ExprKind::Choice { options, tested: None } => todo.extend(options),
            ExprKind::Binary { left, right, .. } => todo.extend([left, right]),
            _ => {}
        }
    }
    found
}

/// Takes items out of a list, or sides out of a chain.
///
/// # Errors
/// [`Overlap`] where another edit is in the way.
pub(super) fn cut(
    program: &Program,
    file: FileId,
    list: ExprId,
    spans: &[Span],
    goes: &BTreeSet<usize>,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    for cut in side_cuts(spans, goes) {
        draft.replace(Place { file, span: cut }, "")?;
    }
    let comma = |edit: &Edit| edit.span.is_empty() && edit.text == ",";
    // A tuple of one has a comma.
    let source = program.file(file);
    let whole = program.module(file).expr(list).span;
    let end = spans.last().map_or(whole.end, |last| last.end);
    let tuple = matches!(program.module(file).kind(list), ExprKind::List(_)) && source.slice(whole).starts_with('(');
    let left: Vec<usize> = (0..spans.len()).filter(|index| !goes.contains(index)).collect();
    if let ([only], true) = (left.as_slice(), tuple && !source.slice(Span { start: end, end: whole.end }).contains(','))
    {
        let end = spans[*only].end;
        let edits = draft.edits.entry(file).or_default();
        if !edits.edits().iter().any(|edit| comma(edit) && edit.span.start == end) {
            edits.insert(end as usize, ",")?;
        }
    }
    Ok(())
}

/// The names of a record that holds values under their own names alone: `{ id, key }`.
fn shorthands(unit: &Unit, record: ExprId) -> Option<Vec<ExprId>> {
    let ExprKind::Record(entries) = unit.module.kind(record) else { return None };
    entries.iter().map(|entry| entry.shorthand.then_some(entry.value)).collect()
}

/// The items of a list that is written out.
pub(super) fn members(unit: &Unit, list: ExprId) -> Option<Vec<ExprId>> {
    let module = &unit.module;
    match module.kind(list) {
        ExprKind::List(items) => {
            (!items.iter().any(|item| item.spread)).then(|| items.iter().map(|item| item.value).collect())
        }
        ExprKind::Call { callee, args, new: false } => match module.kind(*callee) {
            ExprKind::Member { name, .. } if matches!(&**name, "of" | "asList") || java::asks_each(name) => {
                Some(args.iter().map(|arg| arg.value).collect())
            }
            ExprKind::Name(name) if java::asks_each(name) => Some(args.iter().map(|arg| arg.value).collect()),
            _ => None,
        },
        _ => None,
    }
}

/// The parameter that a call hands a value to.
pub(super) fn taker(program: &Program, function: FunctionRef, call: ExprRef, value: ExprRef) -> Option<&Param> {
    let params = &program.module(function.file).function(function.function).params;
    let is_it = |index: &usize| program.argument(call, function, *index as u32) == Some(value);
    if let Some(index) = (0..params.len()).find(is_it) {
        return params.get(index);
    }
    // One of the many that the last takes.
    let (index, last) = params.iter().enumerate().next_back().filter(|(_, last)| last.spread == Spread::Items)?;
    let first = program.argument(call, function, index as u32)?;
    let ExprKind::Call { args, .. } = program.kind(call) else { return None };
    let position = |at: ExprRef| args.iter().position(|arg| arg.value == at.expr && arg.name.is_none());
    (position(value)? > position(first)?).then_some(last)
}
