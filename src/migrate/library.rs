//! The `library` strategy: an OAuth library does the request, by a template of `rules/<language>/targets`.

use super::client;
use super::decoded::{Decoded, decoded};
use super::draft::Draft;
use super::in_place::{self, scope_text};
use super::plan::Plan;
use super::scopes::{Chosen, Scopes};
use super::write::{self, Written};
use super::{Strategy, contract, dialect, lifetime, refusal, request};
use crate::analyze::{Exchange, ExprRef, Place, Program};
use crate::ir::{ExprKind, How, StmtKind};
use crate::rules::{Adobe, Gives, Slot, Target, Variant, normal_key};
use crate::text::{Overlap, Span};
use std::collections::BTreeMap;

/// Drafts the edits; `None` where no library can take the place of the request, so that the caller tries another way.
#[must_use]
pub(super) fn draft(
    plan: &Plan<'_, '_>,
    exchange: &Exchange<'_>,
    chosen: &Chosen,
    why: &mut Option<String>,
) -> Option<(String, Draft)> {
    let (target, is_named) = target(plan, exchange)?;
    let dialect = dialect::of(plan.program, exchange.call.file);
    let mut not: Vec<String> = vec![];
    for (target, is_named) in order(plan, target, is_named) {
        match dialect.library(plan, exchange, chosen, target, is_named) {
            Ok(mut draft) => {
                let because = draft.because.take().into_iter().chain(not).collect::<Vec<_>>();
                draft.because = (!because.is_empty()).then(|| because.join("; "));
                return Some((target.name.clone(), draft));
            }
            Err(reason) => not.extend(reason.map(|reason| format!("not {}: {reason}", target.name))),
        }
    }
    *why = (!not.is_empty()).then(|| not.join("; "));
    None
}

/// The targets that are tried, and whether the user named them: those that are rather taken than the default one, the target
/// itself, and those that are taken instead of it.
fn order<'r>(plan: &Plan<'_, 'r>, target: &'r Target, is_named: bool) -> Vec<(&'r Target, bool)> {
    let called = |name: &String| {
        plan.rules.targets.iter().find(|other| other.language == target.language && other.name == *name)
    };
    let rather = target.rather.iter().filter(|_| !is_named).filter_map(called);
    let mut found: Vec<(&Target, bool)> = rather.map(|other| (other, false)).collect();
    let mut next = Some((target, is_named));
    while let Some((one, named)) = next.filter(|(one, _)| !found.iter().any(|(other, _)| other.id == one.id)) {
        found.push((one, named));
        next = one.instead.as_ref().and_then(called).map(|other| (other, false));
    }
    found
}

/// The library takes the place of the request alone, or of the function around it.
#[must_use]
pub(super) fn common(plan: &Plan<'_, '_>, exchange: &Exchange<'_>, chosen: &Chosen, target: &Target) -> Option<Draft> {
    let mut draft = Draft::default();
    try_draft(plan, exchange, chosen, target, &mut draft).unwrap_or(None)?;
    Some(draft)
}

/// Another way where the request cannot be edited as it stands: a target that makes it anew and leaves its answer alone.
#[must_use]
pub(super) fn anew(plan: &Plan<'_, '_>, exchange: &Exchange<'_>, chosen: &Chosen) -> Option<(Strategy, String, Draft)> {
    let language = plan.program.unit(exchange.call.file)?.language;
    let named = plan.wishes.targets.iter().any(|(wish, _)| wish == language.name || wish == language.rules);
    let plain = |target: &&Target| {
        target.language == language.rules && target.variants.iter().all(|variant| variant.gives == Gives::Response)
    };
    let target = plan.rules.targets.iter().filter(|_| !named).find(plain)?;
    let dialect = dialect::of(plan.program, exchange.call.file);
    Some((Strategy::Library, target.name.clone(), dialect.library(plan, exchange, chosen, target, false).ok()?))
}

/// The target that the user named for the language, else its default; whether it was named.
fn target<'r>(plan: &Plan<'_, 'r>, exchange: &Exchange<'_>) -> Option<(&'r Target, bool)> {
    let language = plan.program.unit(exchange.call.file)?.language;
    if !language.syntax.packages {
        return None;
    }
    let named = plan.wishes.targets.iter().find(|(wish, _)| wish == language.name || wish == language.rules);
    let mut targets = plan.rules.targets.iter().filter(|target| target.language == language.rules);
    let found = match named {
        Some((_, name)) => targets.find(|target| target.name == *name),
        None => targets.find(|target| target.default),
    };
    found.map(|target| (target, named.is_some()))
}

fn try_draft(
    plan: &Plan<'_, '_>,
    exchange: &Exchange<'_>,
    chosen: &Chosen,
    target: &Target,
    draft: &mut Draft,
) -> Result<Option<()>, Overlap> {
    let program = plan.program;
    let file = exchange.call.file;
    let Some(request) = request::request(plan, exchange, draft)? else { return Ok(None) };
    let Some(answer) = decoded(program, exchange).filter(|answer| answer.complete) else { return Ok(None) };
    let Some(unit) = program.unit(file) else { return Ok(None) };
    let is_async = exchange.hit.as_ref().is_some_and(|hit| hit.rule.is_async) || !unit.language.syntax.waits;
    let Some(variant) = variant(target, exchange, is_async) else { return Ok(None) };
    let Some(errors) = request::errors(plan, exchange, &answer, variant) else { return Ok(None) };
    refusal::own_codes(program, exchange, variant, draft);
    let expiry = contract::expiry(program, exchange, &answer.bodies);
    let style = write::Style::of(program, file);
    let mut slots: BTreeMap<Slot, String> = BTreeMap::new();
    let quote = style.quote;
    slots.insert(Slot::Quote, quote.to_string());
    slots.insert(Slot::Semicolon, style.semicolon.to_owned());
    slots.insert(Slot::ClientId, request.client_id.clone());
    slots.insert(Slot::ClientSecret, request.client_secret.clone());
    slots.insert(Slot::TokenUrl, request.token_url.clone());
    slots.insert(Slot::Scope, scope_text(&chosen.scopes, quote));
    for (slot, text) in &request.carried {
        slots.insert(*slot, text.clone());
    }
    if errors {
        slots.insert(Slot::KeepErrors, "yes".to_owned());
    }
    if unit.language.syntax.annotations {
        slots.insert(Slot::Types, "yes".to_owned());
    }
    if expiry.leaves.is_some() {
        slots.insert(Slot::KeepMilliseconds, "yes".to_owned());
    }
    if let Some(name) = response_name(program, exchange, &answer) {
        slots.insert(Slot::Response, name);
    }
    let written = Written { plan, exchange, variant, slots, style };
    let done = if variant.statements.is_some() {
        statements(&written, &answer, draft)?
    } else {
        value(&written, &answer, draft)?
    };
    if done.is_none() {
        return Ok(None);
    }
    for (at, stmt) in &answer.checks {
        draft.stmts.entry(at.file).or_default().push(*stmt);
    }
    if let Scopes::Setting { needs: Some(module), .. } = &chosen.scopes {
        super::import::need(program, file, module, draft);
    }
    if expiry.leaves.is_none() {
        lifetime::mend(program, &expiry, draft)?;
    }
    draft.packages.push((file, packages(variant, &written.slots)));
    Ok(Some(()))
}

/// The variant for the request's library, or the one that is for any.
fn variant<'t>(target: &'t Target, exchange: &Exchange<'_>, is_async: bool) -> Option<&'t Variant> {
    let library = exchange.hit.as_ref().map_or("", |hit| hit.library.name.as_str());
    let fits = || target.variants.iter().filter(move |variant| variant.is_async == is_async);
    let own = fits().find(|variant| variant.clients.iter().any(|client| client == library));
    own.or_else(|| fits().find(|variant| variant.clients.is_empty()))
}

fn packages(variant: &Variant, slots: &BTreeMap<Slot, String>) -> Vec<crate::rules::Package> {
    let wanted = |package: &&crate::rules::Package| package.when.is_none_or(|slot| slots.contains_key(&slot));
    variant.packages.iter().filter(wanted).cloned().collect()
}

/// Statements come before the value: the request's statement is replaced, or they are put before it.
fn statements(written: &Written<'_, '_, '_>, answer: &Decoded, draft: &mut Draft) -> Result<Option<()>, Overlap> {
    let program = written.plan.program;
    let call = written.exchange.call;
    let module = program.module(call.file);
    let expr = module.expr(call.expr);
    let stmt = module.stmt(expr.stmt);
    let plain = matches!(stmt.kind, StmtKind::Bind | StmtKind::Return | StmtKind::Expr);
    if !plain
        || module.function_of(expr.scope) != module.function_of(stmt.scope)
        || !write::starts_line(program, call.file, stmt.span)
    {
        return Ok(None);
    }
    let place = |span: Span| Place { file: call.file, span };
    let whole = module
        .binds
        .iter()
        .find(|bind| bind.stmt == expr.stmt && bind.value == Some(call.expr) && bind.how == How::Assign);
    let alias = alias(program, answer);
    let token = match whole {
        Some(_) if alias.is_some() => alias.as_ref().map(|(name, _)| name.clone()).unwrap_or_default(),
        Some(bind) if matches!(module.kind(bind.place), ExprKind::Name(_)) => {
            program.slice(call.file, module.expr(bind.place).span).to_owned()
        }
        _ => write::fresh(program, call, "token"),
    };
    if let Some(client) = client::own_client(written.plan, written.exchange) {
        if whole.is_none() {
            return Ok(None);
        }
        let Some(text) = written.raw_statements(&token, &client.name, draft)? else { return Ok(None) };
        rename(program, answer, alias, draft)?;
        return client::put(written.plan, written.exchange, &client, &text, &written.style.indent, draft);
    }
    if whole.is_some() {
        let Some(text) = written.statements(&token, draft)? else { return Ok(None) };
        draft.replace(place(stmt.span), text)?;
        rename(program, answer, alias, draft)?;
    } else if let Some(name) = bound_body(program, answer, stmt.span) {
        let Some(text) = written.statements(&name, draft)? else { return Ok(None) };
        draft.replace(place(stmt.span), text)?;
    } else {
        // The value is used where it is made: `return requests.post(…).json()`.
        let Some(text) = written.statements(&token, draft)? else { return Ok(None) };
        let [body] = answer.bodies.as_slice() else { return Ok(None) };
        let eol = program.file(call.file).eol().as_str();
        let indent = program.file(call.file).indent_at(stmt.span.start as usize).to_owned();
        draft.insert(call.file, stmt.span.start as usize, format!("{text}{eol}{indent}"))?;
        draft.replace(place(module.expr(body.expr).outer), token)?;
    }
    Ok(Some(()))
}

/// The value alone takes the place of the call.
fn value(written: &Written<'_, '_, '_>, answer: &Decoded, draft: &mut Draft) -> Result<Option<()>, Overlap> {
    let program = written.plan.program;
    let call = written.exchange.call;
    let module = program.module(call.file);
    let expr = module.expr(call.expr);
    let Some(text) = written.value(draft)? else { return Ok(None) };
    let direct = answer.bodies.iter().find(|body| {
        **body != call
            && !answer.named.iter().any(|(named, _)| named == *body)
            && !answer.links.iter().any(|(link, _)| link == *body)
            && module.expr(body.expr).span.contains(expr.span)
    });
    let place = |span: Span| Place { file: call.file, span };
    if written.exchange.hit.as_ref().is_some_and(|hit| hit.rule.gives == Gives::AccessToken) {
        let whole = expr.outer;
        match program.slice(call.file, whole).starts_with("await") {
            true => draft.replace(place(whole), format!("(await {text}).access_token"))?,
            false => draft.replace(place(expr.span), format!("{text}.then((token) => token.access_token)"))?,
        }
        return Ok(Some(()));
    }
    match direct {
        // `(await axios.post(…)).data`
        Some(body) if body.file == call.file && expr.awaited => {
            let outer = module.expr(body.expr).outer;
            let used_further = module.expr(body.expr).parent.is_some_and(|parent| {
                matches!(module.kind(parent), ExprKind::Member { base, .. } | ExprKind::Index { base, .. } if *base == body.expr)
            });
            let text = if used_further { format!("(await {text})") } else { format!("await {text}") };
            draft.replace(place(outer), text)?;
        }
        Some(_) => return Ok(None),
        None => {
            draft.replace(place(expr.span), text)?;
            if let Some(renamed) = renamed_place(program, call, answer, draft)? {
                return Ok(Some(renamed));
            }
        }
    }
    for (at, span) in &answer.links {
        draft.replace(Place { file: at.file, span: *span }, "")?;
    }
    swaps(program, answer, draft)?;
    Ok(Some(()))
}

/// The name of the response, where only its body is used afterwards: new text can give it to its own response.
fn response_name(program: &Program, exchange: &Exchange<'_>, answer: &Decoded) -> Option<String> {
    alias(program, answer)?;
    let module = program.module(exchange.call.file);
    let bind = module.binds.iter().find(|bind| bind.value == Some(exchange.call.expr) && bind.how == How::Assign)?;
    match module.kind(bind.place) {
        ExprKind::Name(name) => Some(name.to_string()),
        _ => None,
    }
}

/// The name in `data = requests.post(…).json()`, where the statement is just that.
fn bound_body(program: &Program, answer: &Decoded, stmt: Span) -> Option<String> {
    let [body] = answer.bodies.as_slice() else { return None };
    let module = program.module(body.file);
    let bind = module.binds.iter().find(|bind| bind.value == Some(body.expr) && bind.how == How::Assign)?;
    let ExprKind::Name(name) = module.kind(bind.place) else { return None };
    let alone = module.stmt(bind.stmt).span == stmt && stmt.len() <= bind.span.len() + 1;
    alone.then(|| name.to_string())
}

/// `data = response.json()`, where that is all that is done with the response: the body can have this name at once.
fn alias(program: &Program, answer: &Decoded) -> Option<(String, ExprRef)> {
    let [(at, _)] = answer.named.as_slice() else { return None };
    let module = program.module(at.file);
    let bind = module.binds.iter().find(|bind| bind.value == Some(at.expr) && bind.how == How::Assign)?;
    let ExprKind::Name(name) = module.kind(bind.place) else { return None };
    let stmt = module.stmt(bind.stmt);
    let alone = stmt.kind == StmtKind::Bind && module.binds.iter().filter(|other| other.stmt == bind.stmt).count() == 1;
    // Another value of that name, or another function, would make it a different variable.
    let unit = program.unit(at.file)?;
    let once = unit.binds_in(bind.scope, name).len() == 1;
    (alone && once).then(|| (name.to_string(), *at))
}

/// Lets the body have its name at once, or takes its decoding away.
fn rename(
    program: &Program,
    answer: &Decoded,
    alias: Option<(String, ExprRef)>,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    match alias {
        Some((_, at)) => {
            let stmt = program.module(at.file).expr(at.expr).stmt;
            draft.stmts.entry(at.file).or_default().push(stmt);
            Ok(())
        }
        None => swaps(program, answer, draft),
    }
}

/// `const res = …; const data = await res.json()`: the declaration gets the second name, and the second statement goes.
fn renamed_place(program: &Program, call: ExprRef, answer: &Decoded, draft: &mut Draft) -> Result<Option<()>, Overlap> {
    let module = program.module(call.file);
    let Some((name, at)) = alias(program, answer).filter(|_| answer.links.is_empty()) else { return Ok(None) };
    let whole = module.binds.iter().find(|bind| bind.value == Some(call.expr) && bind.how == How::Assign);
    let Some(bind) = whole.filter(|bind| matches!(module.kind(bind.place), ExprKind::Name(_))) else { return Ok(None) };
    let same_block = module.stmt(bind.stmt).block == module.stmt(module.expr(at.expr).stmt).block;
    if !same_block || at.file != call.file {
        return Ok(None);
    }
    draft.edits.entry(call.file).or_default().replace(module.expr(bind.place).span, name.clone())?;
    draft.names.insert((call.file, name.clone()));
    rename(program, answer, Some((name, at)), draft)?;
    Ok(Some(()))
}

/// `response.json()` becomes `response`, which holds the body now.
fn swaps(program: &Program, answer: &Decoded, draft: &mut Draft) -> Result<(), Overlap> {
    for (at, holder) in &answer.named {
        let span = program.module(at.file).expr(at.expr).outer;
        draft.edits.entry(at.file).or_default().replace(span, holder.to_string())?;
        draft.names.insert((at.file, holder.to_string()));
        draft.gone.entry(at.file).or_default().push(span);
    }
    for place in &answer.types {
        draft.replace(*place, "")?;
    }
    Ok(())
}

/// The expression that gives the client id.
#[must_use]
pub(super) fn client_id(adobe: &Adobe, exchange: &Exchange<'_>) -> Option<ExprRef> {
    field(exchange, &adobe.fields.client_id)
}

/// The value of a field, whatever the case of its name.
#[must_use]
pub(super) fn field(exchange: &Exchange<'_>, name: &str) -> Option<ExprRef> {
    let wanted = normal_key(name);
    exchange.form.fields.iter().find(|field| normal_key(&field.name) == wanted).and_then(|field| field.value)
}

/// Whether the endpoint edit of the in-place strategy serves here as well.
pub(super) use in_place::endpoint;
