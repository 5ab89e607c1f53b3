//! Exchanges: requests and SDK calls that swap a signed JWT for an Adobe access token, with all that belongs to them.

use super::adobe;
use super::chain::Step;
use super::fact::{Facts, Hit};
use super::finding::Confidence;
use super::flow::Follow;
use super::form::{Field, Form};
use super::program::{ExprRef, Program};
use super::proof::Proof;
use super::reach::Reach;
use super::resolve::Def;
use super::signers::signers;
use super::value::Parts;
use crate::ir::{Arg, ExprId, ExprKind, Spread};
use crate::rules::{Does, Hole, Pattern, Rules};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A request or SDK call.
#[derive(Clone, Debug)]
pub struct Exchange<'r> {
    /// The call: for a chain, the whole of it.
    pub call: ExprRef,
    /// The library that is called, where it is known.
    pub hit: Option<Hit<'r>>,
    /// The address, with the parts that are known.
    pub url: Option<(ExprRef, Parts)>,
    /// The fields that are sent; for an SDK, its configuration.
    pub form: Form,
    /// The value of the field that carries the JWT.
    pub jwt: Option<ExprRef>,
    /// The calls that sign it.
    pub signs: Vec<ExprRef>,
    /// What speaks for it.
    pub proof: Proof,
    /// Do we believe it?
    pub confidence: Confidence,
}

/// Finds all exchanges, by place.
#[must_use]
pub fn exchanges<'r>(program: &Program, facts: &Facts<'r>, rules: &'r Rules) -> Vec<Exchange<'r>> {
    let reach = Reach::new(program, &rules.adobe);
    let calls: Vec<ExprRef> = program.all_calls().collect();
    let exchange = |call: &ExprRef| match facts.of_kind(*call, Does::Exchange) {
        Some(hit) => Some((*call, sdk(program, facts, hit))),
        None if let Some(hit) = carries_credential(program, facts, *call) => Some((*call, sdk(program, facts, hit))),
        None if reach.is_near_exchange(call.file) => Some((*call, request(program, facts, rules, &reach, *call)?)),
        None => None,
    };
    let mut found: BTreeMap<ExprRef, Exchange<'r>> = calls.par_iter().filter_map(exchange).collect();
    let declared = |exchange| super::declared::calls(program, exchange, &|jwt| signers(program, facts, jwt));
    let calls: Vec<Exchange<'r>> = found.values().flat_map(declared).collect();
    for exchange in calls {
        found.entry(exchange.call).or_insert(exchange);
    }
    let sent: BTreeSet<ExprRef> = found.values().flat_map(|exchange| exchange.signs.iter().copied()).collect();
    for exchange in super::handed::calls(program, facts, rules, &sent, &|jwt| signers(program, facts, jwt)) {
        found.entry(exchange.call).or_insert(exchange);
    }
    let inherited = super::inherited::calls(program, facts, rules, &reach, &found, &|jwt| signers(program, facts, jwt));
    for exchange in inherited {
        found.entry(exchange.call).or_insert(exchange);
    }
    for call in super::covered::covered(program, &found) {
        found.remove(&call);
    }
    found.into_values().collect()
}

/// An SDK's client that is given a JWT credential of the same SDK, made in another function: it does the exchange when
/// it needs a token.
fn carries_credential<'f, 'r>(program: &Program, facts: &'f Facts<'r>, call: ExprRef) -> Option<&'f Hit<'r>> {
    let hit = facts.of_kind(call, Does::Client).filter(|hit| hit.library.adobe)?;
    let auth = hit.captures.get(Hole::Auth)?;
    let around = |at: ExprRef| {
        let module = program.module(at.file);
        (at.file, module.function_of(module.expr(at.expr).scope))
    };
    let made = |at: ExprRef| facts.of_kind(at, Does::Exchange).is_some_and(|made| made.library.id == hit.library.id);
    let origins = program.origins(auth, Follow::ALL);
    origins.iter().any(|origin| made(origin.expr) && around(origin.expr) != around(call)).then_some(hit)
}

fn sdk<'r>(program: &Program, facts: &Facts<'r>, hit: &Hit<'r>) -> Exchange<'r> {
    // The record that the signature describes, else the first argument.
    let params = hit.rule.signature.last_params();
    let position = params.iter().position(|param| matches!(param.pattern.inner(), Pattern::Record(_)));
    let given = match program.kind(hit.call) {
        ExprKind::Call { args, .. } => {
            let named = |arg: &&Arg| {
                arg.name.is_some() && position.is_some_and(|at| arg.name.as_deref() == params[at].keyword.as_deref())
            };
            let by_place = args.get(position.unwrap_or_default()).filter(|arg| arg.name.is_none());
            args.iter().find(named).or(by_place).or(args.first())
        }
        _ => None,
    };
    let given = given.map(|arg| ExprRef { file: hit.call.file, expr: arg.value });
    let config = hit.captures.get(Hole::Config).or(given);
    let form = config.map(|config| program.form(config, Follow::ALL)).unwrap_or_default();
    let jwt = hit.captures.get(Hole::Jwt);
    let signs = jwt.map(|jwt| signers(program, facts, jwt)).unwrap_or_default();
    let proof = Proof { sdk: true, signed: !signs.is_empty(), ..Proof::default() };
    Exchange {
        call: hit.call,
        hit: Some(hit.clone()),
        url: None,
        form,
        jwt,
        signs,
        proof,
        confidence: Confidence::High,
    }
}

fn request<'r>(
    program: &Program,
    facts: &Facts<'r>,
    rules: &'r Rules,
    reach: &Reach,
    call: ExprRef,
) -> Option<Exchange<'r>> {
    let Weighed { sent, jwt, signs, proof, .. } =
        weigh(program, facts, rules, reach, call).filter(|weighed| weighed.is_request)?;
    let confidence = proof.confidence()?;
    let hit = facts.of_kind(call, Does::Request).filter(|_| !super::declared::is_served(program, call)).cloned();
    if hit.is_none() && !proof.jwt_field && makes_own(program, call) {
        return None;
    }
    Some(Exchange { call, hit, url: sent.url, form: sent.form, jwt, signs, proof, confidence })
}

/// Whether a chain of calls begins with a class of the program and ends in making one: `Settings.builder().url(…).build()`.
fn makes_own(program: &Program, call: ExprRef) -> bool {
    let module = program.module(call.file);
    let step = |at: ExprId| match module.kind(at) {
        ExprKind::Call { callee, .. } => Some(*callee),
        ExprKind::Member { base, .. } => Some(*base),
        _ => None,
    };
    let Some(first) = std::iter::successors(Some(call.expr), |at| step(*at)).last() else { return false };
    let up = |at: ExprId| module.expr(at).parent.filter(|parent| step(*parent) == Some(at));
    let made = std::iter::successors(Some(call.expr), |at| up(*at)).last().is_some_and(|last| {
        matches!(module.kind(last), ExprKind::Call { callee, .. }
            if matches!(module.kind(*callee), ExprKind::Member { name, .. } if &**name == "build"))
    });
    let means = || program.meanings(ExprRef { file: call.file, expr: first }, 0);
    made && means().iter().any(|def| matches!(def, Def::Class(..)))
}

/// What speaks for a call that may be a request.
pub(super) struct Weighed {
    /// What it sends, as far as it can be seen.
    pub(super) sent: Sent,
    /// Whether it sends anything at all.
    pub(super) is_request: bool,
    /// The value of the field that carries the JWT.
    jwt: Option<ExprRef>,
    /// The calls that sign it.
    signs: Vec<ExprRef>,
    /// What speaks for an exchange.
    pub(super) proof: Proof,
}

/// Weighs a call; `None` for one that a rule knows to be no request, or that has no arguments.
pub(super) fn weigh(
    program: &Program,
    facts: &Facts<'_>,
    rules: &Rules,
    reach: &Reach,
    call: ExprRef,
) -> Option<Weighed> {
    if is_answered(program, facts, call) {
        return None;
    }
    let hit = facts.of_kind(call, Does::Request).filter(|_| !super::declared::is_served(program, call));
    let passive = [Does::Encode, Does::Append, Does::JoinUrl, Does::Format, Does::Decode, Does::Sign, Does::ReadKey];
    if hit.is_none() && passive.iter().any(|does| facts.of_kind(call, *does).is_some()) {
        return None;
    }
    let (sent, is_request) = match hit {
        Some(hit) => match carried(program, facts, hit) {
            Some(carrier) => (of_hit(program, rules, &carrier), true),
            None => (of_hit(program, rules, hit), true),
        },
        None => of_unknown(program, rules, call)?,
    };
    if super::doubles::is_double(program, call, hit, sent.form.field(&rules.adobe.fields.jwt).is_some()) {
        return None;
    }
    let jwt = sent.form.field(&rules.adobe.fields.jwt).and_then(|field| field.value);
    let mut proof = Proof {
        path: sent.url.iter().any(|(_, url)| adobe::has_exchange_path(&rules.adobe, &url.sketch())),
        host: sent.url.iter().any(|(_, url)| adobe::has_host(&rules.adobe, &url.sketch())),
        jwt_field: sent.form.field(&rules.adobe.fields.jwt).is_some(),
        credentials: [&rules.adobe.fields.client_id, &rules.adobe.fields.client_secret]
            .iter()
            .all(|name| sent.form.field(name).is_some()),
        elsewhere: sent.url.iter().any(|(_, url)| adobe::is_elsewhere(&rules.adobe, &url.sketch())),
        ..Proof::default()
    };
    if !is_request || (!proof.path && !proof.jwt_field) {
        return Some(Weighed { sent, is_request, jwt, signs: vec![], proof });
    }
    let signs = jwt.map(|jwt| signers(program, facts, jwt)).unwrap_or_default();
    proof.signed = !signs.is_empty();
    proof.claims = super::claims::are_signed(program, facts, &rules.adobe, &signs);
    proof.around = reach.is_around(program, call.file);
    Some(Weighed { sent, is_request, jwt, signs, proof })
}

/// Whether a call answers requests in a test, or is only told to what does: `when(client.post(url, form))`,
/// `verify(client).post(url, form)`.
fn is_answered(program: &Program, facts: &Facts<'_>, call: ExprRef) -> bool {
    let mocks = |at: ExprRef| [Does::Mock, Does::MockClient].iter().any(|does| facts.of_kind(at, *does).is_some());
    let module = program.module(call.file);
    let around = std::iter::successors(Some(call.expr), |at| module.expr(*at).parent);
    let told = |step: &Step| matches!(step, Step::Call(first) if mocks(*first));
    around.map(|expr| ExprRef { file: call.file, expr }).any(mocks) || program.chain(call).steps.iter().any(told)
}

/// What a call sends, and whereto.
#[derive(Default)]
pub(super) struct Sent {
    /// The address.
    pub(super) url: Option<(ExprRef, Parts)>,
    /// The fields.
    pub(super) form: Form,
}

fn of_hit(program: &Program, rules: &Rules, hit: &Hit<'_>) -> Sent {
    let mut sent = Sent::default();
    let follow = Follow::INSIDE;
    for hole in [Hole::Url, Hole::Path, Hole::Host] {
        if let Some(at) = hit.captures.get(hole)
            && sent.url.is_none()
        {
            let inside = inside_text(program, at);
            sent.url = Some((at, inside));
        }
    }
    // Host and path apart: the path is what counts, the host comes first in the text.
    if let (Some(host), Some(path)) = (hit.captures.get(Hole::Host), hit.captures.get(Hole::Path)) {
        let mut parts = program.text(host);
        parts.0.extend(program.text(path).0);
        sent.url = Some((path, parts));
    }
    for hole in [Hole::Form, Hole::Json, Hole::Files, Hole::Query, Hole::Options] {
        let Some(at) = hit.captures.get(hole) else { continue };
        let form = program.form(at, follow);
        if form.field(&rules.adobe.fields.jwt).is_some() {
            sent.form = form;
            break;
        }
    }
    if sent.form.fields.is_empty()
        && let Some((at, _)) = &sent.url
    {
        // Fields in the query string.
        let query = program.form(*at, follow);
        if query.field(&rules.adobe.fields.jwt).is_some() {
            sent.form = query;
        }
    }
    if let Some(function) = super::declared::function(program, hit.call) {
        sent.form = super::declared::form(program, function);
    }
    if sent.form.fields.is_empty() {
        sent.form = super::written::after(program, &rules.adobe, hit.call).unwrap_or_default();
    }
    sent
}

/// A request object that was made before (`urlopen(Request(url, data))`): it carries the address and the body.
fn carried<'r>(program: &Program, facts: &Facts<'r>, hit: &Hit<'r>) -> Option<Hit<'r>> {
    let url = hit.captures.get(Hole::Url)?;
    let origins = program.origins(url, Follow::INSIDE);
    let carrier = origins.iter().find_map(|origin| facts.of_kind(origin.expr, Does::Client))?;
    carrier.captures.get(Hole::Url).map(|_| carrier.clone())
}

/// The text of an address as its own function sees it: a parameter stays unknown, unless its default is a literal.
fn inside_text(program: &Program, at: ExprRef) -> Parts {
    let is_param = |origin: &super::flow::Origin| matches!(program.kind(origin.expr), ExprKind::Name(_));
    let origins = program.origins(at, Follow::INSIDE);
    if matches!(program.kind(at), ExprKind::Name(_)) && origins.iter().all(is_param) {
        return Parts(vec![super::value::Part::Unknown(at)]);
    }
    program.text(at)
}

/// A call of something that no rule knows: a helper of the project, a wrapper, a client made elsewhere. It counts if its
/// own arguments hold both the address and the form, or the address and a verb. The flag says whether they do.
fn of_unknown(program: &Program, rules: &Rules, call: ExprRef) -> Option<(Sent, bool)> {
    let ExprKind::Call { callee, args, new } = program.kind(call) else { return None };
    if *new || args.is_empty() || args.len() > 8 {
        return None;
    }
    let mut sent = Sent::default();
    let mut other_address = false;
    for arg in args.iter().filter(|arg| arg.spread == Spread::No) {
        let at = ExprRef { file: call.file, expr: arg.value };
        if as_function(program, at) {
            continue;
        }
        let text = program.text(at);
        let sketch = text.sketch();
        if adobe::has_exchange_path(&rules.adobe, &sketch) {
            sent.url = Some((at, text));
        } else if sketch.starts_with("http")
            || adobe::has_host(&rules.adobe, &sketch)
            || arg.name.as_deref() == Some("url")
        {
            other_address = true;
            sent.url.get_or_insert((at, text));
        }
        let form = program.form(at, Follow::INSIDE);
        for name in ["url", "uri", "path", "baseURL", "endpoint"] {
            let Some(value) = form.field(name).and_then(|field| field.value) else { continue };
            let text = program.text(value);
            if adobe::has_exchange_path(&rules.adobe, &text.sketch()) {
                sent.url = Some((value, text));
            }
        }
        if let Some(inner) = form_inside(program, rules, form) {
            sent.form = inner;
        }
    }
    let verb = called(program, ExprRef { file: call.file, expr: *callee }).is_some_and(|name| is_verb(&name));
    let has_path = sent.url.as_ref().is_some_and(|(_, url)| adobe::has_exchange_path(&rules.adobe, &url.sketch()));
    let has_form = !sent.form.fields.is_empty();
    let is_request = (has_path && (has_form || verb)) || (has_form && (other_address || verb));
    Some((sent, is_request))
}

/// The form itself, or one that is the value of one of its fields (`{body: form}`).
fn form_inside(program: &Program, rules: &Rules, form: Form) -> Option<Form> {
    if form.field(&rules.adobe.fields.jwt).is_some() {
        return Some(form);
    }
    let inner = |field: &Field| field.value.map(|value| program.form(value, Follow::INSIDE));
    let words = ["data", "body", "form", "formData", "params", "qs", "payload", "json"];
    let inside = form.fields.iter().filter(|field| words.contains(&field.name.as_str()));
    inside.filter_map(inner).find(|inner| inner.field(&rules.adobe.fields.jwt).is_some())
}

fn as_function(program: &Program, at: ExprRef) -> bool {
    matches!(program.kind(at), ExprKind::Function(_))
}

fn called(program: &Program, callee: ExprRef) -> Option<String> {
    match program.kind(callee) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name.to_string()),
        _ => None,
    }
}

/// Whether a name says that something is sent.
fn is_verb(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["post", "request", "fetch", "send", "exchange", "urlopen", "put"].iter().any(|verb| name.contains(verb))
}
