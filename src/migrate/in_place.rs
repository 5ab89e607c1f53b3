//! The `in-place` strategy: the user's own request stays; its path and one field change.

use super::draft::Draft;
use super::encoding;
use super::named;
use super::scopes::{Chosen, Scopes};
use super::{dialect, java};
use crate::analyze::{Exchange, ExprRef, Field, Follow, Part, Parts, Place, Program, Written};
use crate::ir::{Bind, ExprKind, How};
use crate::rules::Adobe;
use crate::text::{Overlap, Span};

/// Drafts the edits of an exchange.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn draft(
    program: &Program,
    adobe: &Adobe,
    exchange: &Exchange<'_>,
    chosen: &Chosen,
) -> Result<Draft, Overlap> {
    let mut draft = Draft::default();
    let at = program.place(exchange.call);
    endpoint(program, adobe, exchange, at, &mut draft)?;
    if let Scopes::Setting { read, .. } = &chosen.scopes
        && read.is_empty()
    {
        draft.manual(at, "the scopes are not known, and this script cannot read a setting: name them with --scopes");
    }
    let fields: Vec<&Field> = exchange.form.fields.iter().filter(|field| field.name == adobe.fields.jwt).collect();
    match fields.as_slice() {
        [] => draft
            .manual(at, "the fields of the request are not in view: send grant_type and scope instead of jwt_token"),
        [field] => {
            let granted = granted(program, exchange, &mut draft)?;
            dialect::of(program, field.at.file).entry(program, field, &chosen.scopes, granted, &mut draft)?;
        }
        [field, ..] => {
            draft.manual(field.at, "the JWT is put into the form in several places: send grant_type and scope instead");
        }
    }
    encoding::form(program, exchange, &mut draft)?;
    named::request(program, adobe, exchange, &mut draft)?;
    dialect::of(program, at.file).doubts(program, exchange, &adobe.fields.jwt, &mut draft)?;
    if let Scopes::Setting { needs: Some(module), .. } = &chosen.scopes
        && !java::is_java(program, at.file)
    {
        super::import::need(program, at.file, module, &mut draft);
    }
    Ok(draft)
}

/// Turns the path of the exchange, in whatever literal it stands, into that of the token endpoint.
pub(super) fn endpoint(
    program: &Program,
    adobe: &Adobe,
    exchange: &Exchange<'_>,
    at: Place,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    let Some((whole, url)) = &exchange.url else {
        super::address::unseen(program, adobe, exchange.call, "the address of the exchange is not in view", draft);
        return Ok(());
    };
    for (_, place) in url.places() {
        if let Some((span, text)) = new_path(program, adobe, place) {
            draft.replace(Place { file: place.file, span }, text)?;
            super::address::elsewhere(program, adobe, *whole, draft)?;
            super::address::default_of(program, adobe, *whole, place, draft)?;
            return Ok(());
        }
    }
    if url.sketch().contains(adobe.token_path.trim_matches('/')) {
        return Ok(());
    }
    if let Some(path) = path_setting(program, exchange, url) {
        let text = literal(program, path, url, adobe);
        return draft.replace(Place { file: path.file, span: program.module(path.file).expr(path.expr).outer }, text);
    }
    super::address::setting(program, adobe, (exchange.call, at), url, draft)
}

/// The setting that gives the path, where the text before it is a host: `"https://" + host + path`. Only where it is
/// put together for this request.
fn path_setting(program: &Program, exchange: &Exchange<'_>, url: &Parts) -> Option<ExprRef> {
    let (Part::Unknown(last), before) = url.0.split_last()? else { return None };
    let mut before = Parts(before.to_vec());
    // A sum of two unknown values may be a string as well.
    let made = match program.origins(*last, Follow::INSIDE).as_slice() {
        [origin] if origin.path.is_empty() => origin.expr,
        _ => *last,
    };
    let path = match program.kind(made) {
        ExprKind::Binary { op, left, right } if &**op == "+" => {
            before.0.push(Part::Unknown(ExprRef { file: made.file, expr: *left }));
            ExprRef { file: made.file, expr: *right }
        }
        _ => *last,
    };
    let before = before.sketch();
    let host = before.split_once("://").map_or(before.as_str(), |(_, host)| host).trim_end_matches('/');
    let module = program.module(path.file);
    let (stmt, call) = (module.expr(path.expr).stmt, exchange.call);
    let (whole, _) = exchange.url.as_ref()?;
    let own = path.file == call.file && {
        let is_value = |bind: &Bind| bind.stmt == stmt && matches!(bind.how, How::Assign);
        let named = || match module.kind(whole.expr) {
            ExprKind::Name(name) => module.binds.iter().any(|bind| {
                let same = matches!(module.kind(bind.place), ExprKind::Name(of) if of == name);
                same && is_value(bind)
                    && module.function_of(bind.scope) == module.function_of(module.expr(call.expr).scope)
            }),
            _ => false,
        };
        module.expr(whole.expr).stmt == stmt || named()
    };
    let is_operand = matches!(module.expr(path.expr).parent.map(|id| module.kind(id)), Some(ExprKind::Binary { .. }));
    (own && is_operand && !host.is_empty() && !host.contains('/')).then_some(path)
}

/// The path of the token endpoint as a literal that follows the rest of `url`.
fn literal(program: &Program, at: ExprRef, url: &Parts, adobe: &Adobe) -> String {
    let quote = super::write::Style::of(program, at.file).quote;
    let slash = matches!(url.0.iter().rev().nth(1), Some(Part::Known(before, _)) if before.ends_with('/'));
    let path = adobe.token_path.trim_start_matches('/');
    format!("{quote}{}{path}{quote}", if slash { "" } else { "/" })
}

/// The bytes of the exchange path in a literal, with a trailing slash, and what stands there afterwards.
pub(super) fn new_path(program: &Program, adobe: &Adobe, place: Place) -> Option<(Span, String)> {
    let raw = program.slice(place.file, place.span);
    let (start, path) = adobe
        .exchange_paths
        .iter()
        .filter_map(|path| raw.find(path.as_str()).map(|start| (start, path)))
        .max_by_key(|(_, path)| path.len())?;
    let mut end = start + path.len();
    if raw[end..].starts_with('/') {
        end += 1;
    }
    let from = place.span.start as usize;
    Some((Span::new(from + start, from + end), adobe.token_path.trim_matches('/').to_owned()))
}

/// The quote that a literal in `raw` uses; `fallback` where there is none.
pub(super) fn quote_of(raw: &str, fallback: char) -> char {
    raw.chars().find(|c| matches!(c, '"' | '\'')).unwrap_or(fallback)
}

/// The scopes as an expression in the file's own quotes.
pub(super) fn scope_text(scopes: &Scopes, quote: char) -> String {
    match scopes {
        Scopes::Known(list) => format!("{quote}{}{quote}", list.join(",")),
        Scopes::Setting { read, .. } if quote == '\'' => read.replace('"', "'"),
        Scopes::Setting { read, .. } => read.clone(),
    }
}

/// Whether the form names a grant type already, which becomes that of OAuth: a second one would be refused.
fn granted(program: &Program, exchange: &Exchange<'_>, draft: &mut Draft) -> Result<bool, Overlap> {
    let Some(field) = exchange.form.field("grant_type") else { return Ok(false) };
    match exchange.form.fields.iter().find(|jwt| jwt.value == exchange.jwt).map(|jwt| beside(program, field.at, jwt.at))
    {
        Some(Beside::Either) => return Ok(false),
        Some(Beside::Sometimes) => {
            draft.manual(
                field.at,
                "the form names another grant type on some way: send client_credentials on that of the JWT",
            );
            return Ok(true);
        }
        Some(Beside::Always) | None => {}
    }
    if !dialect::of(program, field.at.file).grant(program, field, draft)? {
        draft.manual(field.at, "the form has a grant type already: make it client_credentials");
    }
    Ok(true)
}

/// How an entry of a form stands to another one.
enum Beside {
    /// Wherever the other one is sent, it is.
    Always,
    /// Never both: each has a branch of its own.
    Either,
    /// It is sent under a condition.
    Sometimes,
}

/// How the entry at `one` stands to that at `other`.
fn beside(program: &Program, one: Place, other: Place) -> Beside {
    let Some(unit) = program.unit(one.file).filter(|_| one.file == other.file) else { return Beside::Always };
    let module = &unit.module;
    let around = |at: Span| module.blocks.iter().filter(move |block| block.owner.is_some() && block.span.contains(at));
    let conditional =
        |block: &&crate::ir::Block| block.owner.is_some_and(|owner| module.stmt(owner).kind == crate::ir::StmtKind::If);
    let Some(own) = around(one.span).filter(conditional).find(|block| !block.span.contains(other.span)) else {
        return Beside::Always;
    };
    let parts = |block: &&crate::ir::Block| block.owner == own.owner && block.span != own.span;
    match around(other.span).any(|block| parts(&block)) {
        true => Beside::Either,
        false => Beside::Sometimes,
    }
}

/// Makes the value of an entry the grant type of OAuth. Whether it has one of its own.
///
/// # Errors
/// [`Overlap`] where another edit is there.
pub(super) fn common_grant(program: &Program, field: &Field, draft: &mut Draft) -> Result<bool, Overlap> {
    let own = matches!(
        field.written,
        Written::Entry | Written::Pair | Written::Keyword | Written::Appended | Written::Assigned
    );
    let Some(span) = value_span(program, field).filter(|_| own) else { return Ok(false) };
    let place = Place { file: field.at.file, span };
    let quote = quote_of(program.slice(place.file, span), quote_of(program.slice(place.file, field.at.span), '\''));
    draft.replace(place, format!("{quote}client_credentials{quote}"))?;
    Ok(true)
}

/// What stands before the JWT's value, with another name. Where blanks set the value off in a column, it stays there:
/// `"jwt_token"     : `.
fn renamed(head: &str, name: &str) -> String {
    const JWT: &str = "jwt_token";
    let Some((before, rest)) = head.split_once(JWT) else { return head.to_owned() };
    let Some(start) = rest.find("  ") else { return format!("{before}{name}{rest}") };
    let (closing, rest) = rest.split_at(start);
    let blanks = rest.len() - rest.trim_start_matches(' ').len();
    let width = (JWT.len() + blanks).saturating_sub(name.len()).max(1);
    format!("{before}{name}{closing}{}{}", " ".repeat(width), rest.trim_start_matches(' '))
}

/// Puts grant type and scope in place of an entry, in the way that it is written.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn common_entry(
    program: &Program,
    field: &Field,
    scopes: &Scopes,
    granted: bool,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    let raw = program.slice(field.at.file, field.at.span).to_owned();
    let source = program.file(field.at.file);
    let fallback = if source.text().matches('"').count() > source.text().matches('\'').count() { '"' } else { '\'' };
    let literal =
        field.name_parts.places().any(|(_, place)| place.file == field.at.file && field.at.span.contains(place.span));
    if !literal {
        draft.manual(
            field.at,
            "the field's name is a constant that is defined elsewhere: send grant_type and scope instead",
        );
        return Ok(());
    }
    let quote = quote_of(&raw, fallback);
    let values = dialect::of(program, field.at.file).values(program, field, quote, scopes, draft);
    let Some((grant, scope)) = values else { return Ok(()) };
    let text = match field.written {
        Written::Shorthand if granted => format!("scope: {scope}"),
        Written::Shorthand => joined(program, field.at, &format!("grant_type: {grant}"), &format!("scope: {scope}")),
        Written::Entry | Written::Pair | Written::Keyword | Written::Appended | Written::Assigned => {
            let Some(value) = value_span(program, field) else {
                draft.manual(field.at, "the field has no value of its own: send grant_type and scope instead");
                return Ok(());
            };
            let start = field.at.span.start;
            let (before, after) = ((value.start - start) as usize, (value.end - start) as usize);
            let with = |name: &str, value: &str| format!("{}{value}{}", renamed(&raw[..before], name), &raw[after..]);
            let (first, second) = (with("grant_type", &grant), with("scope", &scope));
            match field.written {
                _ if granted => second,
                Written::Assigned => return statements(program, field, &first, &second, draft),
                Written::Appended => return appended(program, field, value, (&grant, &scope), draft),
                _ => joined(program, field.at, &first, &second),
            }
        }
        Written::Named => return named::entry(program, field, scopes, draft),
        Written::Raw => return super::pair::entry(program, field, scopes, draft),
    };
    draft.replace(field.at, text)
}

/// The bytes of the field's value, wrappers included.
fn value_span(program: &Program, field: &Field) -> Option<Span> {
    let value = field.value?;
    let span = program.module(value.file).expr(value.expr).outer;
    (value.file == field.at.file && field.at.span.contains(span)).then_some(span)
}

/// Two entries in the shape of one: on lines of their own where that one had a line of its own.
pub(super) fn joined(program: &Program, at: Place, first: &str, second: &str) -> String {
    let source = program.file(at.file);
    let line = source.lines().line_span(source.lines().line_of(at.span.start as usize));
    let before = &source.text()[line.start as usize..at.span.start as usize];
    if before.chars().all(char::is_whitespace) {
        let eol = if source.slice(line).ends_with("\r\n") { "\r\n" } else { "\n" };
        format!("{first},{eol}{before}{second}")
    } else if let Some(lead) = before.trim_start().strip_prefix(',') {
        // A comma before each entry, at the start of its line.
        let eol = if source.slice(line).ends_with("\r\n") { "\r\n" } else { "\n" };
        let indent = &before[..before.len() - before.trim_start().len()];
        format!("{first}{eol}{indent},{lead}{second}")
    } else {
        format!("{first}, {second}")
    }
}

/// `form["jwt_token"] = …` as a statement becomes two statements.
fn statements(program: &Program, field: &Field, first: &str, second: &str, draft: &mut Draft) -> Result<(), Overlap> {
    let module = program.module(field.at.file);
    let stmt = module.expr(field.host.expr).stmt;
    two_statements(
        program,
        Place { file: field.at.file, span: module.stmt(stmt).span },
        field.at.span,
        first,
        second,
        draft,
    )
}

fn two_statements(
    program: &Program,
    stmt: Place,
    part: Span,
    first: &str,
    second: &str,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    let raw = program.slice(stmt.file, stmt.span);
    let source = program.file(stmt.file);
    let (from, to) = ((part.start - stmt.span.start) as usize, (part.end - stmt.span.start) as usize);
    let indent = source.indent_at(stmt.span.start as usize);
    let eol = source.eol().as_str();
    let (lead, tail) = (&raw[..from], &raw[to..]);
    draft.replace(stmt, format!("{lead}{first}{tail}{eol}{indent}{lead}{second}{tail}"))
}

/// `form.append("jwt_token", …)`: a statement of its own is doubled, a link of a chain becomes two links.
fn appended(
    program: &Program,
    field: &Field,
    value: Span,
    (grant, scope): (&str, &str),
    draft: &mut Draft,
) -> Result<(), Overlap> {
    let module = program.module(field.at.file);
    let ExprKind::Call { callee, .. } = module.kind(field.host.expr) else { return Ok(()) };
    let ExprKind::Member { base, name_span, .. } = module.kind(*callee) else { return Ok(()) };
    let stmt = module.expr(field.host.expr).stmt;
    let stmt_span = module.stmt(stmt).span;
    let whole = field.at.span;
    let link = Span { start: name_span.start, end: whole.end };
    let raw = program.slice(field.at.file, link).to_owned();
    let (before, after) = ((value.start - link.start) as usize, (value.end - link.start) as usize);
    let with =
        |name: &str, value: &str| format!("{}{value}{}", raw[..before].replacen("jwt_token", name, 1), &raw[after..]);
    let (first, second) = (with("grant_type", grant), with("scope", scope));
    let alone = stmt_span.start == whole.start && stmt_span.len() <= whole.len() + 1;
    if alone {
        let receiver = program.slice(field.at.file, Span { start: whole.start, end: name_span.start }).to_owned();
        let place = Place { file: field.at.file, span: stmt_span };
        return two_statements(
            program,
            place,
            whole,
            &format!("{receiver}{first}"),
            &format!("{receiver}{second}"),
            draft,
        );
    }
    let dot =
        program.slice(field.at.file, Span { start: module.expr(*base).outer.end, end: name_span.start }).to_owned();
    draft.replace(Place { file: field.at.file, span: link }, format!("{first}{dot}{second}"))
}
