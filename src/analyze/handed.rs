//! A JWT for Adobe that is handed, with the client's secret, to something that nobody sees: a client that is generated when
//! the program is built, an in-house library.

use super::claims::Claims;
use super::exchange::Exchange;
use super::fact::Facts;
use super::finding::Confidence;
use super::form::Form;
use super::program::{ExprRef, Program};
use super::proof::Proof;
use crate::ir::ExprKind;
use crate::rules::{Does, Rules, normal_key};
use std::collections::BTreeSet;

/// The calls that are handed one of the JWTs which no exchange of `known` sends. `signers` gives the calls that sign what
/// a value is.
pub(super) fn calls<'r>(
    program: &Program,
    facts: &Facts<'r>,
    rules: &Rules,
    known: &BTreeSet<ExprRef>,
    signers: &dyn Fn(ExprRef) -> Vec<ExprRef>,
) -> Vec<Exchange<'r>> {
    let is_ours = |hit: &super::Hit<'_>| {
        let claims = Claims::signed(program, &rules.adobe, hit);
        claims.is_some_and(|claims| claims.are_adobes(&rules.adobe))
    };
    let signs: BTreeSet<ExprRef> =
        facts.all(Does::Sign).filter(|hit| !known.contains(&hit.call) && is_ours(hit)).map(|hit| hit.call).collect();
    if signs.is_empty() {
        return vec![];
    }
    let handed = |call: ExprRef| {
        let ExprKind::Call { callee, args, new: false } = program.kind(call) else { return None };
        let values = || args.iter().map(|arg| ExprRef { file: call.file, expr: arg.value });
        let has_secret = || values().any(|value| names_secret(program, rules, value));
        let is_seen = || {
            let callee = ExprRef { file: call.file, expr: *callee };
            !facts.of(call).is_empty() || !program.functions_of(callee).is_empty()
        };
        if args.len() < 2 || !has_secret() || is_seen() {
            return None;
        }
        let (jwt, found) = values().find_map(|value| {
            let found: Vec<ExprRef> = signers(value).into_iter().filter(|sign| signs.contains(sign)).collect();
            (!found.is_empty()).then_some((value, found))
        })?;
        let proof = Proof { signed: true, claims: true, credentials: true, around: true, ..Proof::default() };
        let (form, confidence) = (Form::default(), Confidence::Medium);
        Some(Exchange { call, hit: None, url: None, form, jwt: Some(jwt), signs: found, proof, confidence })
    };
    program.all_calls().filter_map(handed).collect()
}

/// Whether an argument says by its name that it is the client's secret: `clientSecret`, `config.getClientSecret()`.
fn names_secret(program: &Program, rules: &Rules, value: ExprRef) -> bool {
    let wanted = normal_key(&rules.adobe.fields.client_secret);
    let said = |name: &str| normal_key(name).ends_with(&wanted);
    match program.kind(value) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => said(name),
        ExprKind::Call { callee, .. } => match program.kind(ExprRef { file: value.file, expr: *callee }) {
            ExprKind::Member { name, .. } => said(name),
            _ => false,
        },
        _ => false,
    }
}
