//! Requests in the shape of request tools: fields as `{key, value}` records, an address in parts, a script that runs before.

use super::draft::Draft;
use super::in_place::{joined, quote_of, scope_text};
use super::scopes::Scopes;
use crate::analyze::{Exchange, ExprRef, Field, Follow, Part, Place, Program, is_jwt_variable, set_variable, template};
use crate::ir::{ExprId, ExprKind};
use crate::rules::Adobe;
use crate::text::{Overlap, Span};

/// `{key: "jwt_token", value: …}` becomes two such records, in its shape.
///
/// # Errors
/// [`Overlap`] where another edit is there.
pub(super) fn entry(program: &Program, field: &Field, scopes: &Scopes, draft: &mut Draft) -> Result<(), Overlap> {
    let (Some(name), Some(value)) = (field.name_parts.places().next().map(|(_, place)| place), field.value) else {
        draft.manual(field.at, "the field has no value of its own: send grant_type and scope instead");
        return Ok(());
    };
    let raw = program.slice(field.at.file, field.at.span);
    let value = program.module(value.file).expr(value.expr).outer;
    let quote = quote_of(program.slice(field.at.file, value), '"');
    let id = literal_entry(program, field.host, "id").map(|span| Span::empty(span.end as usize));
    let with = |name_text: &str, value_text: &str, second: bool| {
        let mut pieces = vec![(name.span, name_text.to_owned()), (value, value_text.to_owned())];
        // Two entries must not have one id.
        pieces.extend(id.filter(|_| second).map(|at| (at, "-scope".to_owned())));
        pieces.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
        let mut text = raw.to_owned();
        for (span, new) in pieces {
            let start = (span.start - field.at.span.start) as usize;
            text.replace_range(start..start + span.len(), &new);
        }
        text
    };
    let first = with("grant_type", &format!("{quote}client_credentials{quote}"), false);
    let second = with("scope", &scope_text(scopes, quote), true);
    let text = joined(program, field.at, &first, &second);
    draft.replace(field.at, text)
}

/// The bytes of the text under a literal key of a record, quotes excluded.
fn literal_entry(program: &Program, record: ExprRef, wanted: &str) -> Option<Span> {
    let value = value_of(program, record, wanted)?;
    match program.text(value).0.as_slice() {
        [Part::Known(_, place)] => Some(place.span),
        _ => None,
    }
}

fn value_of(program: &Program, record: ExprRef, wanted: &str) -> Option<ExprRef> {
    let ExprKind::Record(entries) = program.kind(record) else { return None };
    let module = program.module(record.file);
    let is_it = |key: ExprId| module.literal(key).as_deref() == Some(wanted);
    let entry = entries.iter().find(|entry| entry.key.is_some_and(is_it))?;
    Some(ExprRef { file: record.file, expr: entry.value })
}

/// What a request of a collection holds beside its address and its form: the path once more, in pieces, and the script
/// that signs.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn request(
    program: &Program,
    adobe: &Adobe,
    exchange: &Exchange<'_>,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    let call = exchange.call;
    let in_collection =
        program.unit(call.file).is_some_and(|unit| matches!(unit.language.name, "postman" | "insomnia"));
    let record = match program.kind(call) {
        ExprKind::Call { args, .. } => args.first().map(|arg| ExprRef { file: call.file, expr: arg.value }),
        _ => None,
    };
    let Some(record) = record else { return Ok(()) };
    if let Some(url) = value_of(program, record, "url")
        && let Some(path) = value_of(program, url, "path")
    {
        path_pieces(program, adobe, path, draft)?;
    }
    if in_collection {
        script(program, exchange, draft)?;
        variables(program, adobe, exchange, draft)?;
    }
    Ok(())
}

/// `["ims", "exchange", "jwt", ""]` becomes `["ims", "token", "v3"]`.
fn path_pieces(program: &Program, adobe: &Adobe, path: ExprRef, draft: &mut Draft) -> Result<(), Overlap> {
    let ExprKind::List(items) = program.kind(path) else { return Ok(()) };
    let module = program.module(path.file);
    let texts: Vec<Option<String>> = items.iter().map(|item| module.literal(item.value)).collect();
    let span = |number: usize| module.expr(items[number].value).outer;
    for known in &adobe.exchange_paths {
        let old: Vec<&str> = known.split('/').collect();
        let fits = |window: &[Option<String>]| window.iter().map(Option::as_deref).eq(old.iter().copied().map(Some));
        let Some(start) = texts.windows(old.len()).position(fits) else { continue };
        let mut end = start + old.len();
        end += usize::from(texts.get(end).is_some_and(|text| text.as_deref() == Some("")));
        let new: Vec<&str> = adobe.token_path.trim_matches('/').split('/').collect();
        let quote = quote_of(program.slice(path.file, span(start)), '"');
        for (number, piece) in new.iter().enumerate().take(end - start) {
            if old.get(number) != Some(piece) {
                draft
                    .replace(Place { file: path.file, span: span(start + number) }, format!("{quote}{piece}{quote}"))?;
            }
        }
        if end - start > new.len() {
            // With the comma and white space before them.
            let gone = Span { start: span(start + new.len() - 1).end, end: span(end - 1).end };
            draft.edits.entry(path.file).or_default().delete(gone)?;
        }
        return Ok(());
    }
    Ok(())
}

/// The script before the request goes, where it makes the JWT and nothing else; else a human is told.
fn script(program: &Program, exchange: &Exchange<'_>, draft: &mut Draft) -> Result<(), Overlap> {
    let call = exchange.call;
    let at = program.place(call);
    draft.steps.push(
        "In the environment, delete the variables of the private key, the metascopes and the JWT; put the secret and the scopes of the OAuth credential in.".to_owned(),
    );
    draft.review(at, "a script or another request may use the variables of the JWT credential as well: send the request once and see");
    let (Some(unit), Some(jwt)) = (program.unit(call.file), exchange.jwt) else { return Ok(()) };
    let text = program.text(jwt).exact();
    let variable = text.as_deref().and_then(template);
    let module = &unit.module;
    let stmt = module.stmt(module.expr(call.expr).stmt);
    let block = module.block(stmt.block);
    let before = Span { start: block.span.start + "{\n".len() as u32, end: stmt.span.start.saturating_sub(1) };
    let inside = |expr: ExprId| before.contains(module.expr(expr).span);
    let reads_expiry = |id: ExprId| match module.kind(id) {
        ExprKind::Member { name, .. } => &**name == "expires_in",
        ExprKind::Index { index, .. } => module.literal(*index).as_deref() == Some("expires_in"),
        _ => false,
    };
    let after = Span { start: stmt.span.end, end: block.span.end };
    if let Some(id) = module.expr_ids().find(|id| after.contains(module.expr(*id).span) && reads_expiry(*id)) {
        let place = program.place(ExprRef { file: call.file, expr: id });
        draft.review(place, "`expires_in` is in seconds now, and was in milliseconds: correct this script");
    }
    // A request that a script makes is code like any other; its own script is only that of a request of the collection.
    if variable.is_none() {
        return Ok(());
    }
    let all_inside = exchange.signs.iter().all(|sign| sign.file == call.file && inside(sign.expr));
    if exchange.signs.is_empty() || block.owner.is_none() || !all_inside {
        return Ok(());
    }
    // What the script leaves behind must be the JWT, or what only the script itself looks at.
    let said_elsewhere = |name: &str| {
        let says = |id: ExprId| module.literal(id).is_some_and(|text| text.contains(name));
        module.expr_ids().any(|id| !inside(id) && says(id))
    };
    let leaves = |name: &str| Some(name) != variable && said_elsewhere(name);
    let name_of = |expr| program.text(ExprRef { file: call.file, expr }).exact();
    let mut sets = unit.calls().iter().filter(|id| inside(**id)).filter_map(|id| set_variable(unit, *id));
    let kept = sets.any(|(name, _)| name_of(name).is_none_or(|name| leaves(&name)));
    let posts = unit.calls().iter().any(|id| inside(*id) && is_post(program, ExprRef { file: call.file, expr: *id }));
    if kept || posts {
        return Ok(());
    }
    draft.replace(Place { file: call.file, span: before }, "")
}

/// Variables of the collection itself that only the JWT needed, and that nothing in it names any more.
fn variables(program: &Program, adobe: &Adobe, exchange: &Exchange<'_>, draft: &mut Draft) -> Result<(), Overlap> {
    let file = exchange.call.file;
    let Some(unit) = program.unit(file) else { return Ok(()) };
    let module = &unit.module;
    let gone = draft.gone.get(&file).cloned().unwrap_or_default();
    let stays = |span: Span| !gone.iter().any(|gone| gone.contains(span));
    let is_variables =
        |callee: ExprId| matches!(module.kind(callee), ExprKind::Member { name, .. } if &**name == "variables");
    for call in unit.calls() {
        let ExprKind::Call { callee, args, .. } = module.kind(*call) else { continue };
        let Some(list) = args.first().map(|arg| arg.value).filter(|_| is_variables(*callee)) else { continue };
        let ExprKind::List(items) = module.kind(list) else { continue };
        let fields = program.form(ExprRef { file, expr: list }, Follow::INSIDE).fields;
        let unused = |span: Span| {
            let Some(field) = fields.iter().find(|field| field.at.span == span) else { return false };
            let says = |id: &ExprId| module.literal(*id).is_some_and(|text| text.contains(&field.name));
            let outside = |id: &ExprId| !span.contains(module.expr(*id).span) && stays(module.expr(*id).span);
            is_jwt_variable(adobe, &field.name) && !module.expr_ids().filter(outside).any(|id| says(&id))
        };
        let spans: Vec<Span> = items.iter().map(|item| module.expr(item.value).outer).collect();
        let goes: Vec<bool> = spans.iter().map(|span| unused(*span)).collect();
        for (first, last) in runs(&goes) {
            let span = match (spans.get(last + 1), first.checked_sub(1)) {
                (Some(next), _) => Span { start: spans[first].start, end: next.start },
                (None, Some(before)) => Span { start: spans[before].end, end: spans[last].end },
                (None, None) => Span { start: spans[first].start, end: spans[last].end },
            };
            draft.replace(Place { file, span }, "")?;
        }
    }
    Ok(())
}

/// The first and the last index of each run of `true`.
fn runs(flags: &[bool]) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = vec![];
    for at in (0..flags.len()).filter(|at| flags[*at]) {
        match found.last_mut() {
            Some((_, last)) if *last + 1 == at => *last = at,
            _ => found.push((at, at)),
        }
    }
    found
}

/// Whether a call sends something, and does not only fetch.
fn is_post(program: &Program, call: ExprRef) -> bool {
    let ExprKind::Call { callee, args, .. } = program.kind(call) else { return false };
    let callee = ExprRef { file: call.file, expr: *callee };
    let sends = matches!(program.kind(callee), ExprKind::Member { name, .. } if &**name == "sendRequest");
    let Some(first) = args.first().filter(|_| sends) else { return false };
    let form = program.form(ExprRef { file: call.file, expr: first.value }, Follow::INSIDE);
    let method = form.field("method").and_then(|field| field.value);
    method.is_some_and(|method| !program.text(method).exact().is_some_and(|method| method.eq_ignore_ascii_case("get")))
}
