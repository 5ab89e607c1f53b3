//! What a request says, as expressions that can stand in new text; and what it says that a library would lose.

use super::client;
use super::decoded::Decoded;
use super::draft::Draft;
use super::escaped;
use super::given;
use super::library::{endpoint, field};
use super::plan::Plan;
use crate::analyze::{Exchange, ExprRef, Follow, FunctionRef, Place, Program, Unit};
use crate::ir::{ExprKind, Spread, StmtId};
use crate::rules::{Gives, Hole, Slot, Variant, normal_key};
use crate::text::{FileId, Overlap, Span};

/// The parts of a request, as source text that means the same at the call.
#[derive(Debug)]
pub(super) struct Request {
    /// Client id.
    pub client_id: String,
    /// Client secret.
    pub client_secret: String,
    /// The whole address of the token endpoint.
    pub token_url: String,
    /// Options that the library takes too.
    pub carried: Vec<(Slot, String)>,
}

/// Headers that an OAuth library sets itself, or that mean nothing to a token request.
pub(super) const IDLE_HEADERS: &[&str] = &["contenttype", "accept", "cachecontrol", "contentlength", "acceptencoding"];

/// Takes a request apart; `None` where a library would lose something of it.
///
/// # Errors
/// [`Overlap`] where edits meet.
pub(super) fn request(
    plan: &Plan<'_, '_>,
    exchange: &Exchange<'_>,
    draft: &mut Draft,
) -> Result<Option<Request>, Overlap> {
    let Some(hit) = &exchange.hit else { return Ok(None) };
    if matches!(hit.rule.gives, Gives::Token | Gives::AccessToken) {
        return Ok(sdk(plan, exchange, draft));
    }
    if !exchange.proof.jwt_field || !exchange.proof.credentials || exchange.form.fields.len() != 3 || exchange.form.open
    {
        return Ok(None);
    }
    let own = client::own_client(plan, exchange);
    if (made_by_client(plan.program, exchange.call) && own.is_none()) || has_unknown_arguments(plan.program, exchange) {
        return Ok(None);
    }
    let mut carried = vec![];
    for (hole, at) in &hit.captures.0 {
        let slot = match hole {
            Hole::Timeout => Slot::Timeout,
            Hole::Proxy => Slot::Proxy,
            Hole::Verify => Slot::Verify,
            Hole::Headers if idle_headers(plan.program, *at) => continue,
            Hole::Url | Hole::Form | Hole::Method | Hole::Files => continue,
            Hole::Query if field_source(plan.program, exchange, *at) => continue,
            _ => return Ok(None),
        };
        carried.push((slot, plan.program.source(*at).to_owned()));
        draft.uses(plan.program, exchange.call.file, *at);
    }
    for (slot, at) in own.into_iter().flat_map(|own| own.settings) {
        carried.push((slot, plan.program.source(at).to_owned()));
        draft.uses(plan.program, exchange.call.file, at);
    }
    let fields = &plan.rules.adobe.fields;
    let (Some(id), Some(secret)) = (field(exchange, &fields.client_id), field(exchange, &fields.client_secret)) else {
        return Ok(None);
    };
    let (Some(id), Some(secret)) = (escaped::plain(plan, exchange, id), escaped::plain(plan, exchange, secret)) else {
        return Ok(None);
    };
    let (Some(client_id), Some(client_secret)) =
        (shown(plan.program, id, exchange.call, draft), shown(plan.program, secret, exchange.call, draft))
    else {
        return Ok(None);
    };
    let Some(token_url) = token_url(plan, exchange, draft)? else { return Ok(None) };
    Ok(Some(Request { client_id, client_secret, token_url, carried }))
}

/// Adobe's SDK: the settings are its record's entries.
fn sdk(plan: &Plan<'_, '_>, exchange: &Exchange<'_>, draft: &mut Draft) -> Option<Request> {
    let program = plan.program;
    let call = exchange.call;
    let ExprKind::Call { args, .. } = program.kind(call) else { return None };
    let config = ExprRef { file: call.file, expr: args.first().filter(|arg| arg.spread == Spread::No)?.value };
    // Another request of the SDK's own client, which knows its host.
    let found = [field(exchange, "client_id"), exchange.hit.as_ref()?.captures.get(Hole::ClientId)];
    if found.contains(&Some(config)) {
        return None;
    }
    let mut value = |name: &str, camel: &str| given::text(program, exchange, config, (name, camel), draft);
    let client_id = value("client_id", "clientId")?;
    let client_secret = value("client_secret", "clientSecret")?;
    let quote = super::write::Style::of(program, call.file).quote;
    let path = plan.rules.adobe.token_path.trim_start_matches('/');
    let host = plan.rules.adobe.hosts.first().map(|host| host.name.clone()).unwrap_or_default();
    let ims = field(exchange, "ims").or_else(|| exchange.hit.as_ref()?.captures.get(Hole::Ims));
    // What the client was made with is no setting of this call.
    let of_call = ims.filter(|at| !given::is_of_client(program, call, *at));
    let mixed = match program.kind(config) {
        ExprKind::Record(entries) if entries.iter().all(|entry| entry.key.is_some()) => None,
        ExprKind::Record(_) => of_call.and_then(|_| given::text(program, exchange, config, ("ims", "ims"), draft)),
        _ => {
            of_call.filter(|_| !given::is_certain(program, config)).and_then(|_| member(program, config, "ims", draft))
        }
    };
    let token_url = match ims {
        Some(_) if mixed.is_some() => format!("`${{{} || {quote}https://{host}{quote}}}/{path}`", mixed?),
        Some(at) => match (program.module(at.file).literal(at.expr), shown(program, at, call, draft)) {
            (Some(text), _) => format!("{quote}{}/{path}{quote}", text.trim_end_matches('/')),
            (None, Some(ims)) if program.text(at).exact().is_some() => format!("`${{{ims}}}/{path}`"),
            // What is not set is the SDK's default.
            (None, Some(ims)) => {
                let ims = if is_plain(program.kind(at)) { ims } else { format!("({ims})") };
                format!("`${{{ims} || {quote}https://{host}{quote}}}/{path}`")
            }
            (None, None) if given::takes_host(exchange) => {
                let ims = member(program, config, "ims", draft)?;
                format!("`${{{ims} || {quote}https://{host}{quote}}}/{path}`")
            }
            (None, None) => {
                let ims = given::through_fields(program, at, call, draft)?;
                let ims = if is_plain(program.kind(at)) { ims } else { format!("({ims})") };
                format!("`${{{ims} || {quote}https://{host}{quote}}}/{path}`")
            }
        },
        None if is_set(program, config, "ims") || given::may_hold(program, exchange, config, "ims") => {
            let ims = member(program, config, "ims", draft)?;
            format!("`${{{ims} || {quote}https://{host}{quote}}}/{path}`")
        }
        None => format!("{quote}https://{host}/{path}{quote}"),
    };
    let several = given::several(program, exchange, "client_id").is_some();
    if let Some(other) = given::several(program, exchange, "metascopes").filter(|_| several) {
        draft.review(other, "several credentials are used here, each with metascopes of its own, and all ask for the same scopes now: give each its own");
    }
    Some(Request { client_id, client_secret, token_url, carried: vec![] })
}

/// Whether the file puts something into a member of what is handed over: `this.config.ims = …`.
fn is_set(program: &Program, config: ExprRef, name: &str) -> bool {
    let module = program.module(config.file);
    let of_config = |base| program.source(ExprRef { file: config.file, expr: base }) == program.source(config);
    module.binds.iter().any(|bind| match module.kind(bind.place) {
        ExprKind::Member { base, name: found, .. } => **found == *name && of_config(*base),
        _ => false,
    })
}

/// Whether `a || b` can be written with the expression as it is.
fn is_plain(kind: &ExprKind) -> bool {
    matches!(kind, ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Index { .. } | ExprKind::Call { .. })
}

/// `config.clientId`, where the record itself is not in view.
pub(super) fn member(program: &Program, config: ExprRef, name: &str, draft: &mut Draft) -> Option<String> {
    if !matches!(program.kind(config), ExprKind::Name(_) | ExprKind::Member { .. }) {
        return None;
    }
    draft.uses(program, config.file, config);
    draft.members.insert(name.to_owned());
    Some(format!("{}.{name}", program.source(config)))
}

/// The source of an expression, if it means the same at `at`.
pub(super) fn shown(program: &Program, expr: ExprRef, at: ExprRef, draft: &mut Draft) -> Option<String> {
    if expr.file != at.file || !super::scopes::is_visible(program, expr, at) {
        return None;
    }
    draft.uses(program, at.file, expr);
    Some(program.source(expr).to_owned())
}

/// The address with the new path: edited where it stands, read as before.
///
/// # Errors
/// [`Overlap`] where edits meet.
pub(super) fn token_url(
    plan: &Plan<'_, '_>,
    exchange: &Exchange<'_>,
    draft: &mut Draft,
) -> Result<Option<String>, Overlap> {
    let Some((url, parts)) = &exchange.url else { return Ok(None) };
    let program = plan.program;
    let call = program.place(exchange.call);
    let mut trial = Draft::default();
    endpoint(program, &plan.rules.adobe, exchange, call, &mut trial)?;
    if !trial.blockers.is_empty() || parts.sketch().contains('?') {
        return Ok(None);
    }
    let module = program.module(url.file);
    let span = module.expr(url.expr).outer;
    if url.file != call.file || !call.span.contains(span) {
        return Ok(None);
    }
    let mut text = program.slice(url.file, span).to_owned();
    draft.steps.extend(trial.steps);
    for (file, edits) in trial.edits {
        for edit in edits.edits() {
            let inside = file == call.file && span.contains(edit.span);
            if inside {
                let from = (edit.span.start - span.start) as usize;
                text.replace_range(from..from + edit.span.len(), &edit.text);
            } else {
                draft.edits.entry(file).or_default().add(edit.clone())?;
                // An edited constant stays in use; a setting that gave the path does not.
                let gone = trial.gone.get(&file).into_iter().flatten().filter(|span| edit.span.contains(**span));
                draft.gone.entry(file).or_default().extend(gone);
            }
        }
    }
    draft.uses(program, call.file, *url);
    Ok(Some(text))
}

/// Whether somebody else reads the fields of the request in the function that sends them: with a library nobody sends them.
#[must_use]
pub(super) fn is_form_read_further(program: &Program, exchange: &Exchange<'_>) -> bool {
    let Some(form) = exchange.hit.as_ref().and_then(|hit| hit.captures.get(Hole::Form)) else { return false };
    let Some(holder) = matches!(program.kind(form), ExprKind::Name(_)).then(|| program.holder(form)).flatten() else {
        return false;
    };
    let module = program.module(form.file);
    super::contract::reads(program, &holder).into_iter().any(|read| {
        let parent = module.expr(read.expr).parent.map(|parent| module.kind(parent));
        // `form.append(…)`, `form["scope"] = …` fill it.
        let fills =
            matches!(parent, Some(ExprKind::Member { base, .. } | ExprKind::Index { base, .. }) if *base == read.expr);
        read != form && !fills
    })
}

/// Whether the call is a method of a client that was made before and may carry settings.
fn made_by_client(program: &Program, call: ExprRef) -> bool {
    let chain = program.chain(call);
    let calls = chain.steps.iter().filter(|step| matches!(step, crate::analyze::Step::Call(_))).count();
    calls > 1 || matches!(chain.start, crate::analyze::Start::Value)
}

/// Whether the call has arguments that no rule speaks about, or that are spread.
fn has_unknown_arguments(program: &Program, exchange: &Exchange<'_>) -> bool {
    let ExprKind::Call { args, .. } = program.kind(exchange.call) else { return true };
    let Some(hit) = &exchange.hit else { return true };
    let module = program.module(exchange.call.file);
    args.iter().any(|arg| {
        if arg.spread != Spread::No || matches!(module.kind(arg.value), ExprKind::Function(_)) {
            return true;
        }
        let span = module.expr(arg.value).span;
        let captured = hit
            .captures
            .0
            .iter()
            .any(|(_, at)| at.file == exchange.call.file && span.contains(module.expr(at.expr).span));
        let at = ExprRef { file: exchange.call.file, expr: arg.value };
        let is_text = program.text(at).exact().is_some_and(|text| text.len() < 8);
        if !captured && !is_text && !has_captured_fields(program, exchange, at) {
            return true;
        }
        // A record of options: every option must be one that is known.
        let form = program.form(at, Follow::INSIDE);
        let is_form = hit.captures.get(Hole::Form) == Some(at)
            || hit.captures.get(Hole::Headers) == Some(at)
            || hit.captures.get(Hole::Files) == Some(at);
        let options = ["method", "headers", "body", "data", "url", "uri", "form", "timeout", "params"];
        !is_form
            && !form.fields.iter().all(|field| {
                options.contains(&field.name.as_str())
                    || field.at.file != exchange.call.file
                    || exchange.form.fields.contains(field)
            })
    })
}

fn has_captured_fields(program: &Program, exchange: &Exchange<'_>, at: ExprRef) -> bool {
    let form = program.form(at, Follow::INSIDE);
    form.fields.iter().any(|field| {
        exchange
            .hit
            .as_ref()
            .is_some_and(|hit| hit.captures.0.iter().any(|(_, captured)| Some(*captured) == field.value))
    })
}

fn idle_headers(program: &Program, at: ExprRef) -> bool {
    let form = program.form(at, Follow::INSIDE);
    !form.open && form.fields.iter().all(|field| IDLE_HEADERS.contains(&normal_key(&field.name).as_str()))
}

/// Whether an argument is where the fields of the exchange come from.
fn field_source(program: &Program, exchange: &Exchange<'_>, at: ExprRef) -> bool {
    program.form(at, Follow::INSIDE).field("jwt_token").is_some() && exchange.proof.jwt_field
}

/// Whether a file catches one of these errors, or asks whether it has one: `e instanceof AxiosError`, `isAxiosError(e)`.
fn catches(program: &Program, file: FileId, unit: &Unit, errors: &[String]) -> bool {
    let module = &unit.module;
    let text = |at| program.slice(file, module.expr(at).span);
    let is_one = |name: &str| {
        errors.iter().any(|error| error == name || !name.contains('.') && error.ends_with(&format!(".{name}")))
    };
    let mut caught = module.blocks.iter().filter(|block| block.is_handler).flat_map(|block| &block.catches);
    caught.any(|caught| is_one(text(*caught)))
        || module.exprs.iter().any(|expr| match &expr.kind {
            ExprKind::Binary { op, right, .. } => **op == *"instanceof" && is_one(text(*right)),
            ExprKind::Call { callee, new: false, .. } => {
                let last = text(*callee).rsplit('.').next().and_then(|name| name.strip_prefix("is"));
                last.is_some_and(|name| !name.is_empty() && is_one(name))
            }
            _ => false,
        })
}

/// Whether failures must keep the old library's type; `None` where the program looks at the old library's errors in a way
/// that the new code does not keep.
#[must_use]
pub(super) fn errors(
    plan: &Plan<'_, '_>,
    exchange: &Exchange<'_>,
    answer: &Decoded,
    variant: &Variant,
) -> Option<bool> {
    let program = plan.program;
    let module = program.module(exchange.call.file);
    let hit = exchange.hit.as_ref()?;
    let kept = variant.keeps_errors_of.contains(&hit.library.name);
    if !kept && program.units().any(|(file, unit)| catches(program, file, unit, &hit.library.errors)) {
        return None;
    }
    let mut keep = !answer.checks.is_empty();
    let mut stmt: Option<StmtId> = Some(module.expr(exchange.call.expr).stmt);
    while let Some(id) = stmt {
        let block = module.block(module.stmt(id).block);
        if let Some(owner) = block.owner {
            for handler in
                module.stmt(owner).blocks.iter().map(|block| module.block(*block)).filter(|block| block.is_handler)
            {
                for caught in &handler.catches {
                    let place = Place { file: exchange.call.file, span: module.expr(*caught).span };
                    let name = program.slice(place.file, place.span);
                    let own =
                        hit.library.errors.iter().any(|error| error == name || error.ends_with(&format!(".{name}")));
                    keep |= own;
                }
            }
        }
        stmt = module.parent_stmt(id);
    }
    Some(keep || (hit.rule.gives != Gives::Token && is_response_read(program, exchange.call, 0)))
}

/// Functions on the way from the request to who handles its failure.
const MAX_CALLERS: u8 = 3;

/// Whether what handles a failure of a call reads the `response` that the HTTP library's errors have: in a handler around
/// it, in a callback behind it (`.catch((error) => error.response.data)`), or around the calls of its function.
fn is_response_read(program: &Program, call: ExprRef, depth: u8) -> bool {
    const SPELLINGS: [&str; 4] = [".response", "'response", "\"response", "{ response"];
    let module = program.module(call.file);
    let reads = |span: Span| {
        let text = program.slice(call.file, span);
        SPELLINGS.iter().any(|spelling| text.contains(spelling))
    };
    let expr = module.expr(call.expr);
    let mut stmt = Some(expr.stmt);
    let behind = Span { start: expr.span.end, end: module.stmt(expr.stmt).span.end.max(expr.span.end) };
    if program.slice(call.file, behind).contains("catch") && reads(behind) {
        return true;
    }
    while let Some(id) = stmt {
        let handlers = module.block(module.stmt(id).block).owner.map(|owner| &module.stmt(owner).blocks);
        let mut handlers = handlers.into_iter().flatten().map(|block| module.block(*block));
        if handlers.any(|block| block.is_handler && reads(block.span)) {
            return true;
        }
        stmt = module.parent_stmt(id);
    }
    let Some(function) = module.function_of(expr.scope).filter(|_| depth < MAX_CALLERS) else { return false };
    let function = FunctionRef { file: call.file, function };
    program.callers(function).iter().any(|caller| is_response_read(program, *caller, depth + 1))
}
