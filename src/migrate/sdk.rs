//! The `sdk` strategy: an SDK that has an OAuth mode is switched to it, as its rule file says.

use super::draft::Draft;
use super::plan::Plan;
use super::write::{self, Style, Written};
use crate::analyze::{Exchange, ExprRef, Place, Program};
use crate::ir::{ExprKind, Import, ScopeKind, StmtKind};
use crate::rules::{Hole, Slot, Upgrade};
use crate::text::{Overlap, Span};
use std::collections::BTreeMap;

/// A link of a builder chain: `.name(…)`.
struct Link {
    name: String,
    /// From the end of what stands before it to its own end.
    span: Span,
    /// Where its name begins.
    start: u32,
}

/// Drafts the edits; `None` where the call is not written in a way that can be switched.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn draft(plan: &Plan<'_, '_>, exchange: &Exchange<'_>) -> Result<Option<Draft>, Overlap> {
    let upgrade = exchange.hit.as_ref().and_then(|hit| hit.library.sdk.as_ref()?.upgrade.as_ref());
    let Some(upgrade) = upgrade else { return Ok(None) };
    let program = plan.program;
    let call = exchange.call;
    let links: Vec<Link> =
        chain(program, call).into_iter().filter(|link| upgrade.links.contains_key(&link.name)).collect();
    if !links.iter().any(|link| upgrade.links.get(&link.name).is_some_and(|new| !new.is_empty())) {
        return Ok(None);
    }
    let mut draft = Draft::default();
    let style = Style::of(program, call.file);
    let mut slots: BTreeMap<Slot, String> =
        BTreeMap::from([(Slot::Quote, style.quote.to_string()), (Slot::Semicolon, style.semicolon.to_owned())]);
    let file = exchange.hit.as_ref().and_then(|hit| hit.captures.get(Hole::File));
    if let Some(file) = file.filter(|file| file.file == call.file) {
        let wanted = if style_is_snake(program, call) { "client_credentials" } else { "clientCredentials" };
        slots.insert(Slot::File, program.source(file).to_owned());
        slots.insert(Slot::Credentials, write::fresh(program, call, wanted));
        draft.uses(program, call.file, file);
    }
    if is_taken(program, call, upgrade, &slots) {
        return Ok(None);
    }
    let written = Written { plan, exchange, variant: &upgrade.variant, slots, style };
    if written.slots.contains_key(&Slot::File) && !statements(&written, &mut draft)? {
        return Ok(None);
    }
    for link in &links {
        let Some(new) = relink(program, call, link, upgrade, &written.slots) else { return Ok(None) };
        draft.replace(Place { file: call.file, span: link.span }, new)?;
    }
    draft.packages.push((call.file, upgrade.variant.packages.clone()));
    draft.steps.extend(upgrade.steps.iter().cloned());
    Ok(Some(draft))
}

/// Whether a name that the upgrade imports means something else in the file.
fn is_taken(program: &Program, call: ExprRef, upgrade: &Upgrade, slots: &BTreeMap<Slot, String>) -> bool {
    let Some(unit) = program.unit(call.file) else { return true };
    let wanted =
        upgrade.variant.imports.iter().filter(|import| import.when.is_none_or(|slot| slots.contains_key(&slot)));
    wanted.into_iter().any(|import| {
        let is_it = |other: &Import| *other.local == *import.local && *other.module == *import.module;
        unit.declaring_scope(unit.module.expr(call.expr).scope, &import.local).is_some()
            && !unit.module.imports.iter().any(is_it)
    })
}

/// Languages that write names like `client_credentials`.
fn style_is_snake(program: &Program, call: ExprRef) -> bool {
    program.unit(call.file).is_some_and(|unit| !unit.language.syntax.braces)
}

/// The links of the one expression that `call` is, the last one first.
fn chain(program: &Program, call: ExprRef) -> Vec<Link> {
    let module = program.module(call.file);
    let mut links = vec![];
    let mut at = call.expr;
    while let ExprKind::Call { callee, .. } = module.kind(at)
        && let ExprKind::Member { base, name, name_span } = module.kind(*callee)
    {
        let span = Span { start: module.expr(*base).outer.end, end: module.expr(at).span.end };
        links.push(Link { name: name.to_string(), span, start: name_span.start });
        at = *base;
    }
    links
}

/// What takes the place of a link, each new one set off as the old one was. `None` where a comment stands in between.
fn relink(
    program: &Program,
    call: ExprRef,
    link: &Link,
    upgrade: &Upgrade,
    slots: &BTreeMap<Slot, String>,
) -> Option<String> {
    let lead = program.slice(call.file, Span { start: link.span.start, end: link.start });
    if lead.contains(['/', '#']) {
        return None;
    }
    let mut text = String::new();
    for template in upgrade.links.get(&link.name)? {
        text.push_str(lead);
        text.push_str(&template.render(slots).ok()?);
    }
    Some(text)
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
