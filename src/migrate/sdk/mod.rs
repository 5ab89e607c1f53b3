//! The `sdk` strategy: an SDK that has an OAuth mode is switched to it, as its rule file says.

mod items;
mod names;
mod parts;
mod slots;

use super::draft::{self, Draft};
use super::plan::Plan;
use super::scopes::{Chosen, Scopes};
use super::write::{self, Style, Written};
use crate::analyze::{Exchange, ExprRef, Follow, Program};
use crate::ir::{ExprKind, Import, ScopeId, ScopeKind, StmtKind};
use crate::rules::{Does, Hole, Slot, Upgrade, Variant};
use crate::text::Overlap;
use parts::{Found, Parted};
use std::collections::BTreeMap;

/// Drafts the edits; `None` where the call is not written in a way that can be switched.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn draft(plan: &Plan<'_, '_>, exchange: &Exchange<'_>, chosen: &Chosen) -> Result<Option<Draft>, Overlap> {
    let made = made_elsewhere(plan, exchange);
    if made.is_empty() {
        return one(plan, exchange, chosen);
    }
    let mut whole = Draft::default();
    for exchange in made {
        let Some(draft) = one(plan, exchange, &plan.scopes(exchange))? else { return Ok(None) };
        draft::merge(&mut whole, draft)?;
    }
    Ok(Some(whole))
}

/// Where a client does the exchange with a credential that is made elsewhere: the calls that make it.
fn made_elsewhere<'a, 'r>(plan: &'a Plan<'_, 'r>, exchange: &Exchange<'_>) -> Vec<&'a Exchange<'r>> {
    let hit = exchange.hit.as_ref().filter(|hit| hit.rule.does == Does::Client);
    let Some((hit, auth)) = hit.and_then(|hit| Some((hit, hit.captures.get(Hole::Auth)?))) else { return vec![] };
    let origins = plan.program.origins(auth, Follow::ALL);
    let all = plan.analysis.exchanges.iter().filter(|other| {
        other.call != exchange.call
            && other.hit.as_ref().is_some_and(|made| made.library.id == hit.library.id)
            && origins.iter().any(|origin| origin.expr == other.call)
    });
    all.collect()
}

/// Whether a call is switched by its arguments, so that the record it was given keeps the settings of the JWT.
pub(super) fn leaves_record(program: &Program, exchange: &Exchange<'_>) -> bool {
    fitting(program, exchange).is_some_and(|(upgrade, _)| upgrade.entries.is_empty() && !upgrade.arguments.is_empty())
}

/// The way to switch a call: the first of its SDK's that the call has the parts for.
fn fitting<'e>(program: &Program, exchange: &'e Exchange<'_>) -> Option<(&'e Upgrade, Vec<Found<'e>>)> {
    let sdk = exchange.hit.as_ref()?.library.sdk.as_ref()?;
    sdk.upgrades.iter().find_map(|upgrade| {
        let found = parts::found(program, exchange, upgrade)?;
        let has = |name: &String| found.iter().any(|part| part.name == *name);
        let replaced = found.iter().any(|part| part.new.is_some());
        (replaced && upgrade.needs.iter().all(has)).then_some((upgrade, found))
    })
}

fn one(plan: &Plan<'_, '_>, exchange: &Exchange<'_>, chosen: &Chosen) -> Result<Option<Draft>, Overlap> {
    let program = plan.program;
    let call = exchange.call;
    let Some((upgrade, found)) = fitting(program, exchange) else { return Ok(None) };
    if is_own(program, exchange) || (!upgrade.twins.is_empty() && !is_whole(plan, exchange)) {
        return Ok(None);
    }
    let mut draft = Draft::default();
    let style = Style::of(program, call.file);
    let slots = slots::slots(program, exchange, upgrade, (chosen, &style), &mut draft);
    if is_taken(program, call, upgrade, &slots) {
        return Ok(None);
    }
    let variant = join_imports(program, call, upgrade.variant.clone(), &slots, &mut draft)?;
    let written = Written { plan, exchange, variant: &variant, slots, style };
    if upgrade.variant.statements.is_none() {
        written.value(&mut draft)?;
    } else if written.slots.contains_key(&Slot::File) && !statements(&written, &mut draft)? {
        return Ok(None);
    }
    let read = matches!(chosen.scopes, Scopes::Setting { .. });
    let parted = Parted { program, slots: &written.slots, call, read };
    let Some(asked) = parted.put(&found, &mut draft)? else { return Ok(None) };
    if !upgrade.entries.is_empty() && exchange.form.open {
        draft.review(
            program.place(call),
            "the record that is given here comes from elsewhere too: see that all of it has the keys of the OAuth mode",
        );
    }
    if !upgrade.entries.is_empty() && program.syntax(call.file).is_some_and(|syntax| syntax.annotations) {
        draft.review(
            program.place(call),
            "the record that is given here has other keys now: mend its type, where it has one",
        );
    }
    for place in parts::read_elsewhere(program, exchange, &found) {
        draft.review(place, "this reads a key that the record has no more, since the OAuth mode has others: mend it");
    }
    if asked.contains(&Slot::Scope) || asked.contains(&Slot::Scopes) {
        if let Scopes::Setting { needs: Some(module), .. } = &chosen.scopes {
            super::import::need(program, call.file, module, &mut draft);
        }
        chosen.doubts.iter().for_each(|doubt| draft.review(program.place(call), doubt.clone()));
        draft.steps.extend(chosen.steps.iter().cloned());
        draft.moved.extend(chosen.moved.iter().cloned());
    }
    let doubts = found.iter().filter(|part| part.new.is_some()).filter_map(|part| upgrade.doubts.get(&part.name));
    doubts.for_each(|why| draft.review(program.place(call), why.clone()));
    if names::rename(plan, exchange, upgrade, &mut draft)?.is_none() {
        return Ok(None);
    }
    draft.packages.push((call.file, upgrade.variant.packages.clone()));
    draft.steps.extend(upgrade.steps.iter().cloned());
    Ok(Some(draft))
}

/// Whether the program is the SDK itself: one of the SDK's modules lies in it.
fn is_own(program: &Program, exchange: &Exchange<'_>) -> bool {
    let Some(library) = exchange.hit.as_ref().map(|hit| hit.library) else { return true };
    let folders: Vec<String> = library.modules.iter().map(|module| format!("/{}/", module.replace('.', "/"))).collect();
    program.units().filter(|(_, unit)| unit.language.rules == library.language).any(|(file, _)| {
        let path = format!("/{}", program.file(file).path);
        folders.iter().any(|folder| path.contains(folder.as_str()))
    })
}

/// Whether every exchange of the SDK in the file can be switched, so that a name may change everywhere in it.
fn is_whole(plan: &Plan<'_, '_>, exchange: &Exchange<'_>) -> bool {
    let library = |exchange: &Exchange<'_>| exchange.hit.as_ref().map(|hit| hit.library.id.clone());
    let mut same = plan
        .analysis
        .exchanges
        .iter()
        .filter(|other| other.call.file == exchange.call.file && library(other) == library(exchange));
    same.all(|other| fitting(plan.program, other).is_some() || !made_elsewhere(plan, other).is_empty())
}

/// Whether a name that the upgrade imports means something else in the file.
fn is_taken(program: &Program, call: ExprRef, upgrade: &Upgrade, slots: &BTreeMap<Slot, String>) -> bool {
    let Some(unit) = program.unit(call.file) else { return true };
    let wanted = upgrade.variant.imports.iter().filter(|import| {
        import.when.is_none_or(|slot| slots.contains_key(&slot))
            && import.unless.is_none_or(|slot| !slots.contains_key(&slot))
    });
    wanted.into_iter().any(|import| {
        let is_it = |other: &Import| *other.local == *import.local && *other.module == *import.module;
        unit.declaring_scope(unit.module.expr(call.expr).scope, &import.local).is_some()
            && !unit.module.imports.iter().any(is_it)
    })
}

/// What Python takes from the module that the called name came from as well is put behind it, on its line.
fn join_imports(
    program: &Program,
    call: ExprRef,
    mut variant: Variant,
    slots: &BTreeMap<Slot, String>,
    draft: &mut Draft,
) -> Result<Variant, Overlap> {
    let Some(unit) = program.unit(call.file).filter(|unit| unit.language.syntax.grouped) else { return Ok(variant) };
    let ExprKind::Call { callee, .. } = program.kind(call) else { return Ok(variant) };
    let ExprKind::Name(called) = unit.module.kind(*callee) else { return Ok(variant) };
    let source = program.file(call.file);
    let there = unit.module.imports.iter().find(|import| *import.local == **called && import.item.is_some());
    let Some(there) = there.filter(|there| !source.slice(unit.module.stmt(there.stmt).span).contains(['\n', '(']))
    else {
        return Ok(variant);
    };
    let (joined, rest): (Vec<_>, Vec<_>) = variant.imports.into_iter().partition(|import| {
        *import.module == *there.module
            && import.item.as_deref() == Some(&import.local)
            && import.unless.is_none_or(|slot| !slots.contains_key(&slot))
            && unit.binds_in(ScopeId(0), &import.local).is_empty()
    });
    variant.imports = rest;
    for import in joined {
        draft.names.insert((call.file, import.local.clone()));
        let end = unit.module.stmt(there.stmt).span.end as usize;
        let edits = draft.edits.entry(call.file).or_default();
        edits.insert(end, format!(", {}", import.local))?;
    }
    Ok(variant)
}

/// Puts the upgrade's statements before the call's. Says whether there is a place for them.
fn statements(written: &Written<'_, '_, '_>, draft: &mut Draft) -> Result<bool, Overlap> {
    let program = written.plan.program;
    let call = written.exchange.call;
    let module = program.module(call.file);
    let expr = module.expr(call.expr);
    let stmt = module.stmt(expr.stmt);
    let plain = matches!(stmt.kind, StmtKind::Bind | StmtKind::Return | StmtKind::Expr)
        && module.function_of(expr.scope) == module.function_of(stmt.scope)
        && !matches!(module.scope(stmt.scope).kind, ScopeKind::Class(_))
        && write::starts_line(program, call.file, stmt.span);
    if !plain {
        return Ok(false);
    }
    let Some(text) = written.statements("", draft)? else { return Ok(true) };
    let source = program.file(call.file);
    let start = stmt.span.start as usize;
    draft.insert(call.file, start, format!("{text}{}{}", source.eol().as_str(), source.indent_at(start)))?;
    Ok(true)
}
