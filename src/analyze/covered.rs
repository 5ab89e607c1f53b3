//! Calls that look like exchanges, but are a part of another one, or only handle its answer.

use super::chain::Step;
use super::exchange::Exchange;
use super::flow::Follow;
use super::program::{ExprRef, Program};
use super::value::Part;
use crate::ir::{Arg, ExprKind};
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};

/// The calls for which another one stands.
pub(super) fn covered(program: &Program, found: &BTreeMap<ExprRef, Exchange<'_>>) -> BTreeSet<ExprRef> {
    let is_part = |call: &ExprRef| {
        is_covered(program, found, *call)
            || continues(program, found, *call)
            || takes_answer(program, found, *call)
            || leads_to(program, found, *call)
            || goes_elsewhere(found, *call)
    };
    let mut all = given(program, found);
    all.extend(found.keys().copied().filter(is_part));
    all
}

/// Whether another exchange stands for this one: a longer chain of the same call, or the call of a known library inside
/// the arguments.
fn is_covered(program: &Program, found: &BTreeMap<ExprRef, Exchange<'_>>, call: ExprRef) -> bool {
    let module = program.module(call.file);
    let mut at = call.expr;
    while let Some(parent) = module.expr(at).parent {
        let parent_ref = ExprRef { file: call.file, expr: parent };
        if let Some(outer) = found.get(&parent_ref) {
            let in_chain = matches!(module.kind(parent), ExprKind::Call { callee, .. } if module.expr(*callee).span.contains(module.expr(call.expr).span));
            if in_chain && (outer.hit.is_some() || found[&call].hit.is_none()) {
                return true;
            }
            if !in_chain && outer.hit.is_some() && found[&call].hit.is_none() {
                return true;
            }
        }
        at = parent;
    }
    // The other way round: this one is unknown, and another one stands in its arguments (in a callback, say).
    let ExprKind::Call { args, .. } = program.kind(call) else { return false };
    let holds = |inner: Span| args.iter().any(|arg| module.expr(arg.value).span.contains(inner));
    found[&call].hit.is_none()
        && found.keys().any(|other| *other != call && other.file == call.file && holds(program.place(*other).span))
}

/// Whether the call goes on with another one's request from a name: `req = request(…); req.write(body)`.
fn continues(program: &Program, found: &BTreeMap<ExprRef, Exchange<'_>>, call: ExprRef) -> bool {
    let span = program.module(call.file).expr(call.expr).span;
    program.chain(call).steps.iter().any(|step| match step {
        Step::Call(first) => {
            *first != call
                && found.contains_key(first)
                && !span.contains(program.module(first.file).expr(first.expr).span)
        }
        Step::Name(_) | Step::Made => false,
    })
}

/// Calls of something unknown that only make what a known request sends: `open(Request(url, form))`.
fn given(program: &Program, found: &BTreeMap<ExprRef, Exchange<'_>>) -> BTreeSet<ExprRef> {
    let mut given = BTreeSet::new();
    for (call, _) in found.iter().filter(|(_, exchange)| exchange.hit.is_some()) {
        let ExprKind::Call { args, .. } = program.kind(*call) else { continue };
        for arg in args {
            let at = ExprRef { file: call.file, expr: arg.value };
            let made = program.origins(at, Follow::INSIDE).into_iter().map(|origin| origin.expr);
            given.extend(made.filter(|made| found.get(made).is_some_and(|exchange| exchange.hit.is_none())));
        }
    }
    given
}

/// Whether a call of something unknown is only given the answer of another exchange.
fn takes_answer(program: &Program, found: &BTreeMap<ExprRef, Exchange<'_>>, call: ExprRef) -> bool {
    let ExprKind::Call { args, .. } = program.kind(call) else { return false };
    let is_answer = |arg: &Arg| {
        let at = ExprRef { file: call.file, expr: arg.value };
        program.origins(at, Follow::INSIDE).iter().any(|origin| origin.expr != call && found.contains_key(&origin.expr))
    };
    found[&call].hit.is_none() && args.iter().any(is_answer)
}

/// Whether a call of something unknown only calls the function of the program in which the exchange is done.
fn leads_to(program: &Program, found: &BTreeMap<ExprRef, Exchange<'_>>, call: ExprRef) -> bool {
    let ExprKind::Call { callee, .. } = program.kind(call) else { return false };
    if found[&call].hit.is_some() {
        return false;
    }
    program.functions_of(ExprRef { file: call.file, expr: *callee }).iter().any(|function| {
        let span = program.module(function.file).function(function.function).span;
        let inside = |other: &ExprRef| other.file == function.file && span.contains(program.place(*other).span);
        found.iter().any(|(other, exchange)| *other != call && exchange.hit.is_some() && inside(other))
    })
}

/// Whether a call sends a JWT to an address that is known and is none of the exchange, and another one sends the same to
/// the exchange: one form is filled for either address, each in a branch of its own.
fn goes_elsewhere(found: &BTreeMap<ExprRef, Exchange<'_>>, call: ExprRef) -> bool {
    let one = &found[&call];
    let known = |exchange: &Exchange<'_>| {
        let parts = exchange.url.as_ref().map(|(_, url)| &url.0);
        parts.is_some_and(|parts| !parts.is_empty() && parts.iter().all(|part| matches!(part, Part::Known(..))))
    };
    let is_twin = |other: &Exchange<'_>| other.proof.path && other.jwt == one.jwt && other.call.file == call.file;
    one.jwt.is_some() && !one.proof.path && known(one) && found.values().any(is_twin)
}
