//! What fills the slots of an SDK's templates.

use super::super::draft::Draft;
use super::super::in_place::scope_text;
use super::super::scopes::{Chosen, Scopes, is_visible};
use super::super::write::{self, Style};
use crate::analyze::{Exchange, ExprRef, Hit, Program};
use crate::ir::{Arg, ExprKind};
use crate::rules::{Hole, Param, Pattern, Slot, Upgrade};
use std::collections::BTreeMap;

/// Holes whose values templates ask for.
pub(super) const CARRIED: &[(Hole, Slot)] = &[
    (Hole::ClientId, Slot::ClientId),
    (Hole::ClientSecret, Slot::ClientSecret),
    (Hole::Ims, Slot::Ims),
    (Hole::Verify, Slot::Verify),
    (Hole::OrgId, Slot::OrgId),
    (Hole::TechnicalAccount, Slot::TechnicalAccount),
];

/// Fills what is known; the draft learns which names new text will use.
pub(super) fn slots(
    program: &Program,
    exchange: &Exchange<'_>,
    upgrade: &Upgrade,
    (chosen, style): (&Chosen, &Style),
    draft: &mut Draft,
) -> BTreeMap<Slot, String> {
    let call = exchange.call;
    let mut slots: BTreeMap<Slot, String> =
        BTreeMap::from([(Slot::Quote, style.quote.to_string()), (Slot::Semicolon, style.semicolon.to_owned())]);
    let file = exchange.hit.as_ref().and_then(|hit| hit.captures.get(Hole::File));
    if let Some(file) = file.filter(|file| file.file == call.file) {
        let wanted = if is_snake(program, call) { "client_credentials" } else { "clientCredentials" };
        slots.insert(Slot::File, program.source(file).to_owned());
        slots.insert(Slot::Credentials, write::fresh(program, call, wanted));
        draft.uses(program, call.file, file);
    }
    let parts = [&upgrade.links, &upgrade.arguments, &upgrade.entries];
    let templates = || parts.iter().flat_map(|parts| parts.values().flatten());
    let wanted = |slot: &Slot| templates().any(|template| template.slots.contains(slot));
    if let Some(hit) = &exchange.hit {
        for (hole, slot) in CARRIED.iter().filter(|(_, slot)| wanted(slot)) {
            if let Some((text, used)) = carried(program, call, hit, *hole) {
                slots.insert(*slot, text);
                draft.uses(program, call.file, used);
            }
        }
    }
    if let Some(module) = module(program, call) {
        slots.insert(Slot::Module, module);
    }
    let (scope, scopes) = match &chosen.scopes {
        Scopes::Known(list) => {
            let q = style.quote;
            let items: Vec<String> = list.iter().map(|scope| format!("{q}{scope}{q}")).collect();
            (scope_text(&chosen.scopes, q), format!("[{}]", items.join(", ")))
        }
        Scopes::Setting { .. } => {
            let read = scope_text(&chosen.scopes, style.quote);
            let split = read.strip_suffix(".join(',')").map(str::to_owned);
            let list = split.unwrap_or_else(|| format!("{read}.split({q},{q})", q = style.quote));
            (read, list)
        }
    };
    slots.insert(Slot::Scope, scope);
    slots.insert(Slot::Scopes, scopes);
    slots
}

/// Languages that write names like `client_credentials`.
fn is_snake(program: &Program, call: ExprRef) -> bool {
    program.unit(call.file).is_some_and(|unit| !unit.language.syntax.braces)
}

/// What the called name is a member of, with the dot.
fn module(program: &Program, call: ExprRef) -> Option<String> {
    let ExprKind::Call { callee, .. } = program.kind(call) else { return None };
    let ExprKind::Member { base, .. } = program.kind(ExprRef { file: call.file, expr: *callee }) else { return None };
    Some(format!("{}.", program.source(ExprRef { file: call.file, expr: *base })))
}

/// The source of a hole's value where the call stands, and the expression whose names it uses.
fn carried(program: &Program, call: ExprRef, hit: &Hit<'_>, hole: Hole) -> Option<(String, ExprRef)> {
    let seen = hit.captures.get(hole).filter(|at| at.file == call.file && is_visible(program, *at, call));
    if let Some(at) = seen {
        return Some((program.source(at).to_owned(), at));
    }
    // It is in a record that came from somewhere: the SDK would have read the same key.
    let ExprKind::Call { args, .. } = program.kind(call) else { return None };
    let params = hit.rule.signature.last_params();
    let (value, key) = params.iter().enumerate().find_map(|(position, param)| {
        let Pattern::Record(entries) = param.pattern.inner() else { return None };
        let (key, _) =
            entries.iter().find(|(_, pattern)| matches!(pattern.inner(), Pattern::Hole(found) if *found == hole))?;
        Some((argument(args, position, param)?.value, key))
    })?;
    let value = ExprRef { file: call.file, expr: value };
    let plain = matches!(program.kind(value), ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Index { .. });
    let source = program.source(value);
    let text = if is_snake(program, call) { format!("{source}[\"{key}\"]") } else { format!("{source}.{key}") };
    plain.then_some((text, value))
}

/// The argument that a parameter gets.
fn argument<'a>(args: &'a [Arg], position: usize, param: &Param) -> Option<&'a Arg> {
    let by_name = args.iter().find(|arg| arg.name.is_some() && arg.name.as_deref() == param.keyword());
    by_name.or_else(|| args.get(position).filter(|arg| arg.name.is_none() && !param.keyword_only))
}
