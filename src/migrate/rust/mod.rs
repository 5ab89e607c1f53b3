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
//! | [`imports`] | `use` lines, in their place |

mod answer;
mod chain;
mod crates;
mod failing;
mod imports;
mod shape;
mod texts;

#[allow(unused_imports)]
pub(super) use crates::workspace;

use super::contract::reads;
use super::draft::Draft;
use super::expiry;
use super::in_place::scope_text;
use super::library::field;
use super::plan::Plan;
use super::request::{shown, token_url};
use super::scopes::{Chosen, Scopes};
use super::write::{self, Written};
use crate::analyze::{Exchange, ExprRef, Field, Place, Program, Written as Wrote};
use crate::ir::{ExprKind, How, StmtId, StmtKind};
use crate::rules::{Gives, Slot, Target, Template, Variant};
use crate::text::{FileId, Overlap, Span};
use answer::Answer;
use chain::Client;
use shape::{Filled, Shape};
use std::collections::{BTreeMap, BTreeSet};

/// Whether a file is Rust.
#[must_use]
pub(super) fn is_rust(program: &Program, file: FileId) -> bool {
    program.unit(file).is_some_and(|unit| unit.language.rules == "rust")
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
    let answer = answer::answer(program, call)?;
    let (request_fails, fails) = answer::failures(&answer.fails)?;
    if fails == "?" {
        failing::takes_any(program, call)?;
    }
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
    slots.insert(Slot::RequestFails, request_fails);
    slots.insert(Slot::Session, write::fresh(program, call, "http"));
    let style = write::Style::of(program, call.file);
    let written = Written { plan, exchange, variant, slots, style };
    edit(&written, &answer, &shape, &mut draft).map_err(shift)??;
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
    let mut fitting = target.variants.iter().filter(|variant| {
        variant.is_async == is_async && (variant.clients.is_empty() || variant.clients.iter().any(|it| it == library))
    });
    let version =
        crates::named(program, call.file, library).map(|named| format!("{}.{}", named.version.0, named.version.1));
    let fits = |variant: &&Variant| variant.client_version.is_none() || variant.client_version == version;
    fitting.find(fits).ok_or_else(|| match version {
        Some(version) => format!("{} has no place for {library} {version}", target.name),
        None => format!("{} has no place for {library} in the version that the package has", target.name),
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
    slots.insert(Slot::Client, program.slice(call.file, client).to_owned());
    if let Some(limit) = chained.timeout {
        draft.uses(program, call.file, limit);
        slots.insert(Slot::Timeout, program.source(limit).to_owned());
    }
    let written = Written { plan, exchange, variant, slots, style: write::Style::of(program, call.file) };
    let start = program.place(call).span.start as usize;
    let Some(text) = written.render(&variant.value, &written.slots, start) else {
        return Err("the new request cannot be written".to_owned());
    };
    let shift = |Overlap(_): Overlap| "two edits meet".to_owned();
    draft.replace(program.place(call), text).map_err(shift)?;
    expiry::mend(plan, exchange, draft).map_err(shift)?;
    draft.packages.push((call.file, variant.packages.clone()));
    draft.because = Some("the request that is there could not be changed piece by piece".to_owned());
    Ok(())
}

/// Puts the library's call where the request is, and makes of its answer what the program makes of the body.
fn edit(
    written: &Written<'_, '_, '_>,
    answer: &Answer,
    shape: &Shape,
    draft: &mut Draft,
) -> Result<Result<(), String>, Overlap> {
    let program = written.plan.program;
    let call = written.exchange.call;
    let file = call.file;
    let module = program.module(file);
    let eol = program.file(file).eol().as_str();
    let place = |span: Span| Place { file, span };
    let bound = shape::bound(program, answer.body);
    let stmt_of = |at: ExprRef| module.expr(at.expr).stmt;
    let whole = matches!(shape, Shape::Field(_)).then_some(bound).flatten();
    let name = match (&answer.named, whole) {
        (Some((_, name)), _) => name.clone(),
        (None, Some(bind)) => program.slice(file, module.expr(bind.place).span).to_owned(),
        (None, None) => write::fresh(program, call, "response"),
    };
    let mut slots = written.slots.clone();
    slots.insert(Slot::Token, name.clone());
    let imported = imports::of(written, &slots, draft);
    let Ok(imported) = imported else {
        return Ok(Err("a name that the library needs is taken in this file".to_owned()));
    };
    helper(written, &mut slots, draft);
    let target: StmtId = answer.named.as_ref().map_or_else(|| stmt_of(call), |(stmt, _)| *stmt);
    let span = module.stmt(target).span;
    let rendered = |template: &Template| written.render(template, &slots, span.start as usize);
    let Some(text) = rendered(&written.variant.value) else {
        return Ok(Err("the library's call cannot be written".to_owned()));
    };
    let text = imported.qualify(text);
    let before = written.variant.statements.as_ref().and_then(rendered).unwrap_or_default();
    let indent = program.file(file).indent_at(span.start as usize).to_owned();
    let lead = if before.is_empty() { String::new() } else { format!("{before}{eol}{indent}") };
    match (&answer.named, whole) {
        (Some(_), _) => {
            let bind = module.binds.iter().find(|bind| bind.stmt == target && bind.value.is_some());
            let Some(value) = bind.and_then(|bind| bind.value) else {
                return Ok(Err("the response is not kept under a name".to_owned()));
            };
            draft.replace(place(module.expr(value).outer), text)?;
            if !lead.is_empty() {
                draft.insert(file, span.start as usize, lead)?;
            }
        }
        (None, Some(bind)) => {
            let from = module.expr(bind.place).outer.end;
            let to = module.expr(answer.body.expr).outer.end;
            draft.replace(place(Span { start: from, end: to }), format!(" = {text}"))?;
            if !lead.is_empty() {
                draft.insert(file, span.start as usize, lead)?;
            }
        }
        (None, None) => {
            let text = format!("{lead}let {name} = {text};{eol}{indent}");
            draft.insert(file, span.start as usize, text)?;
        }
    }
    for stmt in &answer.checks {
        draft.stmts.entry(file).or_default().push(*stmt);
    }
    match shape {
        Shape::Field(places) => {
            if let (Some(bind), Some(_)) = (whole, &answer.named) {
                draft.stmts.entry(file).or_default().push(bind.stmt);
            }
            for taken in places {
                let Some(read) = read(written, &name, "access_token") else {
                    return Ok(Err("the library's answer cannot be read".to_owned()));
                };
                let text = if taken.owned { format!("{read}.to_owned()") } else { format!("{read}.as_str()") };
                draft.replace(Place { file: taken.file, span: taken.span }, text)?;
            }
        }
        Shape::Struct { path, fields } => {
            let span = shape::span(program, answer.body);
            let base = program.file(file).indent_at(span.start as usize).to_owned();
            let Some(text) = literal(written, &name, path, fields, &base, eol) else {
                return Ok(Err("the library's answer cannot be read".to_owned()));
            };
            draft.names.extend(path.split("::").map(|name| (file, name.to_owned())));
            match bound {
                Some(bind) => {
                    let from = module.expr(bind.place).outer.end;
                    let to = module.expr(answer.body.expr).outer.end;
                    draft.replace(place(Span { start: from, end: to }), format!(" = {text}"))?;
                }
                None => draft.replace(place(span), text)?,
            }
        }
    }
    Ok(Ok(()))
}

/// Puts the helper behind the last item that is no test.
fn helper(written: &Written<'_, '_, '_>, slots: &mut BTreeMap<Slot, String>, draft: &mut Draft) {
    let (Some(template), Some(name)) = (&written.variant.helper, &written.variant.helper_name) else { return };
    slots.insert(Slot::Helper, name.clone());
    let (program, file) = (written.plan.program, written.exchange.call.file);
    let module = program.module(file);
    let source = program.file(file);
    let is_test = |id: &&StmtId| source.slice(module.stmt(**id).span).starts_with("#[cfg(test)]");
    let Some(last) = module.blocks[0].stmts.iter().rfind(|id| !is_test(id)) else { return };
    let end = module.stmt(*last).span.end.saturating_sub(1) as usize;
    let line = source.lines().line_span(source.lines().line_of(end)).end as usize;
    let Some(text) = written.render(template, slots, 0) else { return };
    let eol = source.eol().as_str();
    draft.names.insert((file, name.clone()));
    let text = (file, line, format!("{eol}{text}{eol}"));
    if !draft.lines.contains(&text) {
        draft.lines.push(text);
    }
}

/// How a field of the library's answer is read.
fn read(written: &Written<'_, '_, '_>, name: &str, field: &str) -> Option<String> {
    let template: &Template = written.variant.answer.get(field)?;
    template.render(&BTreeMap::from([(Slot::Token, name.to_owned())])).ok()
}

/// The struct, made of the library's answer.
fn literal(
    written: &Written<'_, '_, '_>,
    name: &str,
    path: &str,
    fields: &[(String, Filled)],
    base: &str,
    eol: &str,
) -> Option<String> {
    let indent = &written.style.indent;
    let mut text = format!("{path} {{{eol}");
    for (field, filled) in fields {
        let value = match filled {
            Filled::Text(of, optional) => {
                let value = format!("{}.to_owned()", read(written, name, of)?);
                if *optional { format!("Some({value})") } else { value }
            }
            Filled::Seconds(class, optional) => {
                lasting(&read(written, name, "expires_in")?, &unit(class, false), *optional)
            }
            Filled::Milliseconds(class, optional) => {
                lasting(&read(written, name, "expires_in")?, &unit(class, true), *optional)
            }
            Filled::Nothing => "None".to_owned(),
        };
        let note = match filled {
            Filled::Milliseconds(..) => " // callers expect milliseconds",
            _ => "",
        };
        text += &format!("{base}{indent}{field}: {value},{note}{eol}");
    }
    Some(format!("{text}{base}}}"))
}

/// `left` is an optional duration.
fn lasting(left: &str, unit: &str, optional: bool) -> String {
    if optional { format!("{left}.map(|left| left{unit})") } else { format!("{left}.unwrap_or_default(){unit}") }
}

/// A duration as a number of this type.
fn unit(class: &str, milliseconds: bool) -> String {
    match (class, milliseconds) {
        ("f64", false) => ".as_secs_f64()".to_owned(),
        ("f64", true) => ".as_secs_f64() * 1000.0".to_owned(),
        ("u64", false) => ".as_secs()".to_owned(),
        ("u128", true) => ".as_millis()".to_owned(),
        (class, false) => format!(".as_secs() as {class}"),
        (class, true) => format!(".as_millis() as {class}"),
    }
}

/// Whether a file says a name: what it means there is no matter.
fn is_taken(program: &Program, file: FileId, name: &str) -> bool {
    let Some(unit) = program.unit(file) else { return true };
    let says = |kind: &ExprKind| matches!(kind, ExprKind::Name(of) if **of == *name);
    unit.module.exprs.iter().any(|expr| says(&expr.kind))
        || unit.module.imports.iter().any(|import| *import.local == *name)
}
