//! Chains of one operator: `a || b || c`.

use crate::ir::{ExprId, ExprKind, Module};
use crate::text::{SourceFile, Span};
use std::collections::BTreeSet;

/// What is taken out of a chain of one operator so that some of its sides go; at least one stays.
pub(in crate::migrate) fn side_cuts(sides: &[Span], goes: &BTreeSet<usize>) -> Vec<Span> {
    let first = (0..sides.len()).find(|index| !goes.contains(index)).unwrap_or_default();
    let cut = |index: &usize| {
        // The operator before it goes too; of the first that stays none is before it.
        let (from, to) = match *index < first {
            true => (sides[*index].start, sides[index + 1].start),
            false => (sides[index - 1].end, sides[*index].end),
        };
        Span { start: from, end: to }
    };
    goes.iter().map(cut).collect()
}

/// The sides of a chain of one operator.
pub(in crate::migrate) fn sides(
    module: &Module,
    source: &SourceFile,
    expr: ExprId,
    operator: &[&str; 2],
    found: &mut Vec<ExprId>,
) {
    let joins = |left: ExprId, right: ExprId| {
        let between = Span { start: module.expr(left).outer.end, end: module.expr(right).outer.start };
        between.start < between.end && operator.contains(&source.slice(between).trim())
    };
    match module.kind(expr) {
        ExprKind::Choice { options, tested: None } if options.windows(2).all(|pair| joins(pair[0], pair[1])) => {
            options.iter().for_each(|option| sides(module, source, *option, operator, found));
        }
        ExprKind::Binary { left, right, .. } if joins(*left, *right) => {
            sides(module, source, *left, operator, found);
            sides(module, source, *right, operator, found);
        }
        _ => found.push(expr),
    }
}

/// Whether an `if` is part of a chain of `else if`.
pub(in crate::migrate) fn is_link(source: &SourceFile, span: Span) -> bool {
    let before = source.slice(Span { start: 0, end: span.start }).trim_end();
    before.ends_with("else") || source.slice(span).starts_with("el")
}
