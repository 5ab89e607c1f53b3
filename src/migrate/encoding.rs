//! The token endpoint takes a form (`application/x-www-form-urlencoded`): bodies that went out as JSON or multipart are
//! turned into one, in the user's own client.

use super::draft::Draft;
use super::headers::{self, URLENCODED};
use super::{entries, typed};
use crate::analyze::{Exchange, ExprRef, Follow, Place, Program};
use crate::ir::{Entry, ExprKind};
use crate::rules::{Body, Hole, Link, Pattern};
use crate::text::{Overlap, Span};

/// Drafts what the change of the body takes.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn form(program: &Program, exchange: &Exchange<'_>, draft: &mut Draft) -> Result<(), Overlap> {
    let Some(hit) = &exchange.hit else { return Ok(()) };
    let call = exchange.call;
    let mut changed = false;
    changed |= query(program, exchange, draft)?;
    for hole in [Hole::Json, Hole::Files] {
        let Some(value) = hit.captures.get(hole) else { continue };
        let beside = hit.captures.get(Hole::Form).is_some();
        if hole == Hole::Json && is_true(program, value) {
            changed |= flagged(program, exchange, draft)?;
        }
        if is_flag(program, value) || beside && is_nothing(program, value) {
            continue;
        }
        if let Some(flag) = flag_keyword(exchange) {
            changed |= by_flag(program, exchange, (hole, value), &flag, draft)?;
            continue;
        }
        let option = option_of_form(exchange);
        let done = match (keyword(program, call, value), entry(program, value), option) {
            _ if beside => None,
            (Some(name), ..) => Some((call, name, "data".to_owned())),
            (None, Some((record, key)), Some(option)) => Some((record, key, option)),
            _ => None,
        };
        let Some((place, name, new)) = done else {
            draft.manual(
                program.place(value),
                "the body is JSON or multipart; the token endpoint takes a form: send it as one",
            );
            continue;
        };
        draft.edits.entry(place.file).or_default().replace(name, new)?;
        unwrap_parts(program, exchange, draft)?;
        changed = true;
    }
    if let Some(flag) = hit.captures.get(Hole::OtherBody).filter(|flag| is_true(program, *flag)) {
        changed |= entry(program, flag).is_some();
        entries::take_out(program, flag, draft)?;
    }
    if matches!(hit.rule.body, Some(Body::Json | Body::Auto | Body::Form)) {
        changed |= roots(program, exchange, draft)?;
    }
    changed |= text(program, exchange, draft)?;
    if changed {
        headers::speak_of_form(program, exchange, draft)?;
    }
    Ok(())
}

/// `body: {…}` beside `json: true` goes out as JSON: the option for forms takes the fields, and the flag decodes the answer
/// still.
fn flagged(program: &Program, exchange: &Exchange<'_>, draft: &mut Draft) -> Result<bool, Overlap> {
    let body = exchange.hit.as_ref().and_then(|hit| hit.captures.get(Hole::Form));
    let (Some(body), Some(option)) = (body, option_of_form(exchange)) else { return Ok(false) };
    let Some((place, key)) = entry(program, body) else {
        if entry_of(program, body).is_some() {
            draft.manual(program.place(body), "the body goes out as JSON; the token endpoint takes a form: encode it");
        }
        return Ok(false);
    };
    if program.slice(place.file, key).trim_matches(['"', '\'']) == option {
        return Ok(false);
    }
    draft.edits.entry(place.file).or_default().replace(key, option)?;
    Ok(true)
}

/// Fields that go out in the query by a keyword go into the body: Adobe takes both, but addresses are logged.
fn query(program: &Program, exchange: &Exchange<'_>, draft: &mut Draft) -> Result<bool, Overlap> {
    let Some(hit) = &exchange.hit else { return Ok(false) };
    let body = [Hole::Form, Hole::Json, Hole::Files].iter().any(|hole| hit.captures.get(*hole).is_some());
    let Some(value) = hit.captures.get(Hole::Query).filter(|_| !body) else { return Ok(false) };
    let all = program.form(value, Follow::INSIDE);
    let ours = all.fields.len() == exchange.form.fields.len() && all.field("jwt_token").is_some();
    let form =
        hit.rule.signature.last_params().iter().find(|param| *param.pattern.inner() == Pattern::Hole(Hole::Form));
    let (Some(name), Some(new), true) =
        (keyword(program, exchange.call, value), form.and_then(|param| param.keyword()), ours)
    else {
        return Ok(false);
    };
    draft.edits.entry(exchange.call.file).or_default().replace(name, new)?;
    Ok(true)
}

/// The keyword of the flag that says in which form the fields of a call go out.
fn flag_keyword(exchange: &Exchange<'_>) -> Option<String> {
    let params = exchange.hit.as_ref()?.rule.signature.last_params();
    let flag = params.iter().find(|param| *param.pattern.inner() == Pattern::Hole(Hole::OtherBody))?;
    flag.keyword().map(str::to_owned)
}

/// `fields=…` goes out as a form if the flag beside it says so; a JSON body becomes such fields.
fn by_flag(
    program: &Program,
    exchange: &Exchange<'_>,
    (hole, value): (Hole, ExprRef),
    flag: &str,
    draft: &mut Draft,
) -> Result<bool, Overlap> {
    let Some(hit) = &exchange.hit else { return Ok(false) };
    let call = exchange.call;
    let set = hit.captures.get(Hole::OtherBody);
    if set.is_some_and(|set| *program.kind(set) == ExprKind::Bool(false)) {
        return Ok(false);
    }
    let fields =
        hit.rule.signature.last_params().iter().find(|param| *param.pattern.inner() == Pattern::Hole(Hole::Files));
    let (Some(name), Some(fields)) = (keyword(program, call, value), fields.and_then(|param| param.keyword())) else {
        draft.manual(
            program.place(value),
            "the body is JSON or multipart; the token endpoint takes a form: send it as one",
        );
        return Ok(false);
    };
    if hole == Hole::Json {
        draft.edits.entry(call.file).or_default().replace(name, fields)?;
    }
    match set {
        Some(set) => {
            draft.edits.entry(set.file).or_default().replace(program.module(set.file).expr(set.expr).outer, "False")?
        }
        None => draft.insert(
            call.file,
            program.module(value.file).expr(value.expr).outer.end as usize,
            format!(", {flag}=False"),
        )?,
    }
    unwrap_parts(program, exchange, draft)?;
    Ok(true)
}

fn is_true(program: &Program, value: ExprRef) -> bool {
    *program.kind(value) == ExprKind::Bool(true)
}

/// `json: true` is no body.
fn is_flag(program: &Program, value: ExprRef) -> bool {
    matches!(program.kind(value), ExprKind::Bool(_))
}

/// `files=[]` beside a form is no body.
fn is_nothing(program: &Program, value: ExprRef) -> bool {
    program.origins(value, Follow::INSIDE).iter().all(|origin| match program.kind(origin.expr) {
        ExprKind::List(items) => items.is_empty(),
        ExprKind::Record(entries) => entries.is_empty(),
        ExprKind::Null => true,
        _ => false,
    })
}

/// The keyword (`json=`, `files=`) that hands a value to a call.
fn keyword(program: &Program, call: ExprRef, value: ExprRef) -> Option<Span> {
    let ExprKind::Call { args, .. } = program.kind(call) else { return None };
    let arg = args.iter().find(|arg| arg.value == value.expr && value.file == call.file)?;
    Some(Span::new(arg.span.start as usize, arg.span.start as usize + arg.name.as_ref()?.len()))
}

/// The key of an options record that hands a value to a call, with the record.
fn entry(program: &Program, value: ExprRef) -> Option<(ExprRef, Span)> {
    let module = program.module(value.file);
    let parent = module.expr(value.expr).parent?;
    let ExprKind::Record(entries) = module.kind(parent) else { return None };
    let entry = entries.iter().find(|entry| entry.value == value.expr && !entry.shorthand)?;
    let key = module.expr(entry.key?);
    let raw = program.slice(value.file, key.outer);
    raw.chars().all(|c| c.is_alphanumeric() || c == '_').then_some(())?;
    Some((ExprRef { file: value.file, expr: parent }, key.outer))
}

/// The option of the library that carries a form.
fn option_of_form(exchange: &Exchange<'_>) -> Option<String> {
    let signature = &exchange.hit.as_ref()?.rule.signature;
    let params = signature.links.iter().filter_map(|link| match link {
        Link::Call(params) => Some(params),
        Link::Name(_) | Link::Gap => None,
    });
    params.flatten().find_map(|param| match param.pattern.inner() {
        Pattern::Record(keys) => keys
            .iter()
            .find(|(_, pattern)| matches!(pattern.inner(), Pattern::Hole(Hole::Form)))
            .map(|(key, _)| key.clone()),
        _ => None,
    })
}

/// Multipart fields of Python: `(None, value)` is a value.
fn unwrap_parts(program: &Program, exchange: &Exchange<'_>, draft: &mut Draft) -> Result<(), Overlap> {
    for field in &exchange.form.fields {
        let Some(value) = field.value else { continue };
        let ExprKind::List(items) = program.kind(value) else { continue };
        let [name, content] = items.as_slice() else { continue };
        let is_text = |expr| matches!(program.kind(ExprRef { file: value.file, expr }), ExprKind::Null);
        let whole = program.module(value.file).expr(value.expr).outer;
        let place = Place { file: value.file, span: whole };
        if is_text(name.value) && !draft.edits.get(&value.file).is_some_and(|edits| edits.touches(whole)) {
            let inner = ExprRef { file: value.file, expr: content.value };
            draft.edits.entry(place.file).or_default().replace(whole, program.source(inner))?;
        }
    }
    Ok(())
}

/// Bodies whose kind says how they go out (JavaScript): an object is JSON, `FormData` is multipart.
fn roots(program: &Program, exchange: &Exchange<'_>, draft: &mut Draft) -> Result<bool, Overlap> {
    let Some(hit) = &exchange.hit else { return Ok(false) };
    let Some(body) = hit.captures.get(Hole::Form) else { return Ok(false) };
    let braces = program.unit(body.file).is_some_and(|unit| unit.language.rules == "javascript");
    if !braces || matches!(hit.rule.body, Some(Body::Form)) && !is_form_data(program, exchange) {
        return Ok(false);
    }
    if hit.rule.body == Some(Body::Json) && says_urlencoded(program, exchange) {
        return Ok(false);
    }
    let mut changed = false;
    for origin in program.origins(body, Follow::INSIDE).into_iter().filter(|origin| origin.path.is_empty()) {
        match program.kind(origin.expr) {
            ExprKind::Record(_) => {
                let span = program.module(body.file).expr(body.expr).outer;
                let place = Place { file: body.file, span };
                if exchange.form.roots.contains(&origin.expr)
                    && entry_of(program, body).is_none_or(|entry| !entry.shorthand)
                {
                    draft.insert(place.file, span.start as usize, "new URLSearchParams(")?;
                    // A client that makes JSON of any object gets a text.
                    let end = if hit.rule.body == Some(Body::Json) { ").toString()" } else { ")" };
                    draft.insert(
                        place.file,
                        span.end as usize,
                        format!("{}{end}", typed::cast(program, exchange, body)),
                    )?;
                    changed = true;
                } else {
                    draft.manual(place, "the body goes out as JSON; the token endpoint takes a form: encode it");
                }
            }
            ExprKind::Call { callee, args, new: true }
                if is_form_data_call(program, origin.expr) && args.is_empty() =>
            {
                let file = origin.expr.file;
                let span = program.module(file).expr(*callee).outer;
                draft.replace(Place { file, span }, "URLSearchParams")?;
                typed::values(program, exchange, ExprRef { file, expr: *callee }, draft)?;
                changed = true;
            }
            _ => {}
        }
    }
    Ok(changed)
}

/// Whether the headers name the form's type, by which superagent encodes an object.
fn says_urlencoded(program: &Program, exchange: &Exchange<'_>) -> bool {
    let headers = exchange.hit.as_ref().and_then(|hit| hit.captures.get(Hole::Headers));
    let fields = headers.map(|headers| program.form(headers, Follow::INSIDE).fields).unwrap_or_default();
    fields.iter().filter(|field| field.name.eq_ignore_ascii_case("content-type")).any(|field| {
        let text = field.value.and_then(|value| program.module(value.file).literal(value.expr));
        text.is_some_and(|text| text.starts_with(URLENCODED))
    })
}

/// Whether the text that a call makes goes out as the body; it may be logged as well, or kept.
fn is_sent(program: &Program, exchange: &Exchange<'_>, call: ExprRef) -> bool {
    let Some(hit) = &exchange.hit else { return true };
    let mut bodies = [Hole::Form, Hole::Json, Hole::Files].iter().filter_map(|hole| hit.captures.get(*hole)).peekable();
    // A body that is written later, `request.write(text)`, is no part of the call.
    bodies.peek().is_none()
        || bodies.any(|body| program.origins(body, Follow::ALL).iter().any(|origin| origin.expr == call))
}

/// `JSON.stringify(fields)`, `json.dumps(fields)` around the fields that are sent.
fn text(program: &Program, exchange: &Exchange<'_>, draft: &mut Draft) -> Result<bool, Overlap> {
    let mut changed = false;
    for root in exchange.form.roots.iter().filter(|root| matches!(program.kind(**root), ExprKind::Record(_))) {
        let Some(unit) = program.unit(root.file) else { continue };
        let file = root.file;
        for call in unit.calls() {
            let ExprKind::Call { callee, args, .. } = unit.module.kind(*call) else { continue };
            let ExprKind::Member { base, name, .. } = unit.module.kind(*callee) else { continue };
            let of = |wanted: &str| matches!(unit.module.kind(*base), ExprKind::Name(name) if &**name == wanted);
            // requests, httpx and their like encode a dict themselves.
            let by_client = of("json") && &**name == "dumps";
            let encodes = by_client || (of("JSON") && &**name == "stringify");
            let [arg] = args.as_slice() else { continue };
            let value = ExprRef { file, expr: arg.value };
            if !encodes || !program.origins(value, Follow::INSIDE).iter().any(|origin| origin.expr == *root) {
                continue;
            }
            if !is_sent(program, exchange, ExprRef { file, expr: *call }) {
                continue;
            }
            let call = unit.module.expr(*call);
            if by_client {
                let (open, close) = (call.span.start as usize, call.span.end as usize);
                let inner = unit.module.expr(arg.value).outer;
                draft.replace(Place { file, span: Span::new(open, inner.start as usize) }, "")?;
                draft.replace(Place { file, span: Span::new(inner.end as usize, close) }, "")?;
            } else {
                let span = unit.module.expr(*callee).outer;
                draft.replace(Place { file, span }, "new URLSearchParams")?;
                let end = unit.module.expr(arg.value).outer.end as usize;
                let cast = typed::cast(program, exchange, value);
                if !cast.is_empty() {
                    draft.insert(file, end, cast)?;
                }
                // A client that sends what it is given as it is took a text: `body.length`, `request.write(body)`.
                if !matches!(exchange.hit.as_ref().and_then(|hit| hit.rule.body), Some(Body::Auto)) {
                    draft.insert(file, call.span.end as usize, ".toString()")?;
                }
            }
            changed = true;
        }
    }
    Ok(changed)
}

fn entry_of(program: &Program, value: ExprRef) -> Option<&Entry> {
    let module = program.module(value.file);
    let ExprKind::Record(entries) = module.kind(module.expr(value.expr).parent?) else { return None };
    entries.iter().find(|entry| entry.value == value.expr)
}

fn is_form_data(program: &Program, exchange: &Exchange<'_>) -> bool {
    exchange.form.roots.iter().any(|root| is_form_data_call(program, *root))
}

/// `new FormData()`, the global one or a package's.
fn is_form_data_call(program: &Program, call: ExprRef) -> bool {
    let ExprKind::Call { callee, new: true, .. } = program.kind(call) else { return false };
    let named =
        |kind: &ExprKind| matches!(kind, ExprKind::Name(name) | ExprKind::Member { name, .. } if &**name == "FormData");
    named(program.kind(ExprRef { file: call.file, expr: *callee }))
}
