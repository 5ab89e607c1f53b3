//! Values that are percent-encoded to stand in a raw body. A library encodes what it is given by itself.

use super::plan::Plan;
use crate::analyze::{Def, Exchange, ExprRef, Field, Written};
use crate::rules::{Does, Gives, Hole};

/// What an encoder was given, if the value is encoded.
pub(super) fn unescaped(plan: &Plan<'_, '_>, value: ExprRef) -> ExprRef {
    let hit = plan.analysis.facts.of_kind(value, Does::Decode).filter(|hit| hit.rule.gives == Gives::Escaped);
    hit.and_then(|hit| hit.captures.get(Hole::Value)).unwrap_or(value)
}

/// The value of a field before it was encoded for a raw body; `None` where that was done before it got its name.
pub(super) fn plain(plan: &Plan<'_, '_>, exchange: &Exchange<'_>, value: ExprRef) -> Option<ExprRef> {
    let is_raw = |field: &Field| field.value == Some(value) && field.written == Written::Raw;
    if !exchange.form.fields.iter().any(is_raw) {
        return Some(value);
    }
    let inner = unescaped(plan, value);
    let is_encoded = |def: &Def| matches!(def, Def::Value(of) if unescaped(plan, *of) != *of);
    (!plan.program.meanings(inner, 0).iter().any(is_encoded)).then_some(inner)
}
