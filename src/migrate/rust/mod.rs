//! Rust: a library takes the place of a chained request, where the types around allow it. The program's own HTTP client
//! goes on being used.
//!
//! | file | what |
//! |---|---|
//! | [`chain`] | the request: its client, what it is given |
//! | [`answer`] | the way from the response to the decoded body, with what follows a failure |
//! | [`shape`] | what the program makes of the body |
//! | [`failing`] | which errors a function can give back |
//! | [`texts`] | who owns a text |
//! | [`crates`] | what the manifest says |
//! | [`edit`] | the new text |
//! | [`inherit`] | what a workspace shares |
//! | [`imports`] | `use` lines, in their place |
//! | [`typed`] | values in the type that they are used as |
//! | [`record`] | a form that is a struct |
//! | [`expiry`] | who reads `expires_in`, and its unit |
//! | [`unused`] | what a compiler would complain about afterwards |
//! | [`pinned`] | tests that stand in for IMS |

mod answer;
mod chain;
mod crates;
mod edit;
mod expiry;
mod failing;
mod imports;
mod inherit;
mod pinned;
mod record;
mod shape;
mod texts;
mod typed;
mod unused;

pub(super) use expiry::mend as contract;
pub(super) use inherit::inherit;
pub(super) use pinned::renew as renew_tests;
pub(super) use record::entry;
pub(super) use typed::{doubts, format_argument, values};
pub(super) use unused::{idle, is_named_still, packages as unused_packages, settle as unused, tidy};

use super::contract::reads;
use super::draft::Draft;
use super::in_place::scope_text;
use super::library::field;
use super::plan::Plan;
use super::request::{shown, token_url};
use super::scopes::{Chosen, Scopes};
use super::write::{self, Written};
use crate::analyze::{Exchange, ExprRef, Field, Program, Unit, Written as Wrote};
use crate::ir::{ExprKind, How, StmtId, StmtKind};
use crate::rules::{Gives, Slot, Target, Variant};
use crate::text::{FileId, Overlap, Span};
use chain::Client;
use shape::{Filled, Shape};
use std::collections::{BTreeMap, BTreeSet};

/// The files of the language.
fn units(program: &Program) -> impl Iterator<Item = (FileId, &Unit)> {
    program.units().filter(|(file, _)| program.is_typed(*file))
}

/// Drafts the edits with which a target takes the place of a request.
///
/// # Errors
/// Why it cannot, in words.
pub(super) fn draft(
    plan: &Plan<'_, '_>,
    exchange: &Exchange<'_>,
    chosen: &Chosen,
    target: &Target,
) -> Result<Draft, String> {
    let program = plan.program;
    let call = exchange.call;
    let known = exchange.hit.as_ref().filter(|hit| hit.rule.gives == Gives::Response);
    let Some(hit) = known else { return Err("the request is not one of a known library".to_owned()) };
    let proof = &exchange.proof;
    if !proof.jwt_field || !proof.credentials || sends_more(exchange) || exchange.form.open {
        return Err("more is sent than the JWT and the client's id and secret".to_owned());
    }
    if !is_plain(program, call) {
        return Err("the request is a part of another statement".to_owned());
    }
    let library = &hit.library.name;
    let variant = variant(program, target, exchange, library)?;
    crates::fits(program, call.file, variant)?;
    let mut draft = Draft::default();
    let shift = |Overlap(_): Overlap| "two edits meet".to_owned();
    let mut slots = sent(plan, exchange, chosen, variant, &mut draft)?;
    drop_form(program, exchange, &mut draft)?;
    if variant.gives == Gives::Response {
        response(plan, exchange, variant, slots, &mut draft)?;
        return Ok(draft);
    }
    if answer::handled(program, call).is_ok_and(|(_, fails)| fails.ends_with('?')) {
        failing::takes_any(program, call)?;
    }
    let answer = answer::answer(program, call)?;
    let (request_fails, fails) = answer::failures(&answer.fails)?;
    if failing::looks_into(program, call.file) {
        return Err(format!("the program looks into errors of {library}"));
    }
    let shape = shape::shape(program, answer.body, call)?;
    let chained = chain::chain(program, call)?;
    draft.uses(program, call.file, chained.client);
    if let Some(limit) = chained.timeout {
        draft.uses(program, call.file, limit);
    }
    let client = chain::client(program, &chained, &fails)?;
    let because = match &client {
        Client::Held(..) => {
            format!("the answer and the errors allow it, and the program's own {library} client stays in use")
        }
        Client::Made(_) => "the answer and the errors allow it".to_owned(),
    };
    match client {
        Client::Held(source, is_reference) => {
            slots.insert(Slot::Client, source);
            if is_reference {
                slots.insert(Slot::Borrowed, "yes".to_owned());
            }
        }
        Client::Made(source) => {
            slots.insert(Slot::MadeClient, source);
        }
    }
    slots.insert(Slot::Fails, fails);
    let request_fails = match request_fails.strip_prefix('.') {
        Some(link) => format!("\n\t.{link}"),
        None => request_fails,
    };
    slots.insert(Slot::RequestFails, request_fails);
    let module = program.module(call.file);
    for expr in module.exprs.iter().filter(|expr| answer.words.iter().any(|words| words.contains(expr.span))) {
        if let ExprKind::Name(name) | ExprKind::Member { name, .. } = &expr.kind {
            draft.names.insert((call.file, name.to_string()));
            draft.members.insert(name.to_string());
        }
    }
    let said = answer.words.iter().map(|words| program.slice(call.file, *words));
    draft.names.extend(said.flat_map(answer::methods).map(|name| (call.file, name.to_owned())));
    slots.insert(Slot::Session, write::fresh(program, call, "http"));
    let style = write::Style::of(program, call.file);
    let written = Written { plan, exchange, variant, slots, style };
    edit::edit(&written, &answer, &shape, &mut draft).map_err(shift)??;
    let milliseconds = matches!(&shape, Shape::Struct { fields, .. } if fields.iter().any(|(_, filled)| matches!(filled, Filled::Milliseconds(..))));
    if !milliseconds {
        expiry::mend(plan, exchange, &mut draft).map_err(shift)?;
    }
    draft.packages.push((call.file, variant.packages.clone()));
    draft.because = Some(because);
    Ok(draft)
}

/// Whether other fields are sent than those of an exchange. Claims may be among those that were found: they are in the JWT.
fn sends_more(exchange: &Exchange<'_>) -> bool {
    let claims = ["aud", "exp", "iat", "iss", "jti", "nbf", "sub"];
    let is_claim = |field: &&Field| claims.contains(&field.name.as_str()) || field.name.starts_with("http");
    exchange.form.fields.iter().filter(|field| !is_claim(field)).count() != 3
}

/// The form that was filled piece by piece goes: `form.insert("client_id", …);`
fn drop_form(program: &Program, exchange: &Exchange<'_>, draft: &mut Draft) -> Result<(), String> {
    let file = exchange.call.file;
    let module = program.module(file);
    let call = module.expr(exchange.call.expr).span;
    let appended: Vec<&Field> =
        exchange.form.fields.iter().filter(|field| field.written == Wrote::Appended && field.at.file == file).collect();
    for holder in &exchange.form.holders {
        let all = reads(program, holder);
        let own = |read: &&ExprRef| {
            let span = module.expr(read.expr).span;
            read.file == file && appended.iter().any(|field| field.at.span.contains(span))
        };
        let stmts: BTreeSet<StmtId> = all.iter().filter(own).map(|read| module.expr(read.expr).stmt).collect();
        if stmts.is_empty() || stmts.iter().any(|stmt| module.stmt(*stmt).kind != StmtKind::Expr) {
            continue;
        }
        let sent = |read: &&ExprRef| read.file == file && call.contains(module.expr(read.expr).span);
        if !all.iter().all(|read| own(&read) || sent(&read)) {
            return Err("the form is used for more than this request".to_owned());
        }
        let binds = module.binds.iter().filter(|bind| {
            program.holder(ExprRef { file, expr: bind.place }).as_ref() == Some(holder) && bind.how == How::Assign
        });
        let binds = binds.map(|bind| bind.stmt).filter(|stmt| module.stmt(*stmt).kind == StmtKind::Bind);
        draft.stmts.entry(file).or_default().extend(binds.chain(stmts));
    }
    Ok(())
}

/// Whether statements can be put before the one that sends the request.
fn is_plain(program: &Program, call: ExprRef) -> bool {
    let module = program.module(call.file);
    let expr = module.expr(call.expr);
    let stmt = module.stmt(expr.stmt);
    let plain = matches!(stmt.kind, StmtKind::Bind | StmtKind::Return | StmtKind::Expr);
    let mut around = module.parent_stmt(expr.stmt);
    while let Some(outer) = around {
        // What is imported at the top of the file is not known in a module inside.
        let text = program.slice(call.file, module.stmt(outer).span);
        let head = text.split('{').next().unwrap_or_default();
        if head.split_whitespace().any(|word| word == "mod") {
            return false;
        }
        around = module.parent_stmt(outer);
    }
    plain
        && module.function_of(expr.scope) == module.function_of(stmt.scope)
        && write::starts_line(program, call.file, stmt.span)
}

/// The variant for the request's library in the version that the package has.
fn variant<'t>(
    program: &Program,
    target: &'t Target,
    exchange: &Exchange<'_>,
    library: &str,
) -> Result<&'t Variant, String> {
    let call = exchange.call;
    let is_async = program.module(call.file).expr(call.expr).awaited;
    if !target.variants.iter().any(|variant| variant.clients.iter().any(|it| it == library)) {
        return Err(format!("it is not known how it goes with {library}"));
    }
    let mut fitting = target.variants.iter().filter(|variant| {
        variant.is_async == is_async && (variant.clients.is_empty() || variant.clients.iter().any(|it| it == library))
    });
    let version = crates::named(program, call.file, library).map(|named| named.version);
    let is_on = |line| version.is_some_and(|version| crates::is_on(line, version));
    fitting.find(|variant| variant.lines.iter().all(is_on)).ok_or_else(|| match version {
        Some((major, minor)) => format!("it does not go with {library} {major}.{minor}"),
        None => format!("the version of {library} is not in view"),
    })
}

/// What is sent, as texts of new code.
fn sent(
    plan: &Plan<'_, '_>,
    exchange: &Exchange<'_>,
    chosen: &Chosen,
    variant: &Variant,
    draft: &mut Draft,
) -> Result<BTreeMap<Slot, String>, String> {
    let program = plan.program;
    let fields = &plan.rules.adobe.fields;
    let hidden = || "the client's id and secret are not in view where the request is sent".to_owned();
    let mut visible = |name: &str| -> Option<ExprRef> {
        let value = field(exchange, name)?;
        shown(program, value, exchange.call, draft).map(|_| value)
    };
    let id = visible(&fields.client_id).ok_or_else(hidden)?;
    let secret = visible(&fields.client_secret).ok_or_else(hidden)?;
    if texts::is_odd(program, id) || texts::is_odd(program, secret) {
        return Err("the client's id or secret is of a type of its own".to_owned());
    }
    let mut slots = BTreeMap::new();
    let scope = scope_text(&chosen.scopes, '"');
    let is_read = matches!(chosen.scopes, Scopes::Setting { .. });
    let lent = (variant.gives == Gives::Response)
        .then(|| Some((texts::lent(program, id)?, texts::lent(program, secret)?)))
        .flatten();
    match lent {
        Some((id, secret)) => {
            slots.insert(Slot::ClientId, id);
            slots.insert(Slot::ClientSecret, secret);
            slots.insert(Slot::Scope, if is_read { format!("{scope}.as_str()") } else { scope });
        }
        None => {
            slots.insert(Slot::ClientId, texts::owned(program, id));
            slots.insert(Slot::ClientSecret, texts::owned(program, secret));
            slots.insert(Slot::Scope, if is_read { scope } else { format!("{scope}.to_owned()") });
            slots.insert(Slot::Owned, "yes".to_owned());
        }
    }
    let url = token_url(plan, exchange, draft).map_err(|Overlap(_)| "two edits meet".to_owned())?;
    let Some(url) = url else { return Err("the address is not in view where the request is sent".to_owned()) };
    let url = match (variant.gives == Gives::Response, &exchange.url) {
        (false, Some((at, _))) if url == program.source(*at) => texts::owned(program, *at),
        (false, _) if url.starts_with('"') => format!("{url}.to_owned()"),
        (false, _) if url.starts_with('&') => url.trim_start_matches('&').to_owned(),
        _ => url,
    };
    slots.insert(Slot::TokenUrl, url);
    Ok(slots)
}

/// The request is made anew, and its response is read as before.
fn response(
    plan: &Plan<'_, '_>,
    exchange: &Exchange<'_>,
    variant: &Variant,
    mut slots: BTreeMap<Slot, String>,
    draft: &mut Draft,
) -> Result<(), String> {
    let program = plan.program;
    let call = exchange.call;
    let chained = chain::chain(program, call)?;
    draft.uses(program, call.file, chained.client);
    let client = program.module(call.file).expr(chained.client.expr);
    let end = answer::links_end(program, call.file, client.span.end as usize);
    let client = Span::new(client.span.start as usize, end);
    let client = program.slice(call.file, client);
    // A formatter gives each link a line of its own.
    let is_path = client.starts_with("self.") && client.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_'));
    slots.insert(Slot::Client, if is_path { client.replace('.', "\n\t.") } else { client.to_owned() });
    if let Some(limit) = chained.timeout {
        draft.uses(program, call.file, limit);
        slots.insert(Slot::Timeout, program.source(limit).to_owned());
    }
    let written = Written { plan, exchange, variant, slots, style: write::Style::of(program, call.file) };
    let start = program.place(call).span.start as usize;
    let Some(mut text) = written.render(&variant.value, &written.slots, start) else {
        return Err("the new request cannot be written".to_owned());
    };
    let mut place = program.place(call);
    let end = answer::links_end(program, call.file, place.span.end as usize);
    let after = program.slice(call.file, Span { start: place.span.end, end: end as u32 });
    if after.starts_with(".await") {
        let last = text.lines().last().unwrap_or_default();
        let indent = &last[..last.len() - last.trim_start().len()];
        text = format!("{text}{}{indent}{after}", program.file(call.file).eol().as_str());
        place.span.end = end as u32;
    }
    let shift = |Overlap(_): Overlap| "two edits meet".to_owned();
    draft.replace(place, text).map_err(shift)?;
    expiry::mend(plan, exchange, draft).map_err(shift)?;
    draft.packages.push((call.file, variant.packages.clone()));
    draft.because = Some("the request that is there could not be changed piece by piece".to_owned());
    Ok(())
}

/// Whether a file says a name: what it means there is no matter.
fn is_taken(program: &Program, file: FileId, name: &str) -> bool {
    let Some(unit) = program.unit(file) else { return true };
    let says = |kind: &ExprKind| matches!(kind, ExprKind::Name(of) if **of == *name);
    unit.module.exprs.iter().any(|expr| says(&expr.kind))
        || unit.module.imports.iter().any(|import| *import.local == *name)
}
