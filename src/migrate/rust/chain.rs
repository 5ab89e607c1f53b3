//! The request as it is chained: `client.post(url).header(…).form(&form).send()`.

use crate::analyze::{ExprRef, Program};
use crate::ir::{Arg, ExprKind};
use crate::migrate::request::IDLE_HEADERS;
use crate::rules::normal_key;
use crate::text::Span;

/// A request that is chained to its client.
#[derive(Debug)]
pub(super) struct Chain {
    /// What the request is begun with: a name, a field, a call that makes a client.
    pub client: ExprRef,
    /// The time limit of this request.
    pub timeout: Option<ExprRef>,
}

/// Links whose work new text does itself.
const SAME: &[&str] = &["form", "body", "json", "multipart", "query"];

/// Takes a request apart.
///
/// # Errors
/// What a library would lose, in words.
pub(super) fn chain(program: &Program, call: ExprRef) -> Result<Chain, String> {
    let module = program.module(call.file);
    let sub = |expr| ExprRef { file: call.file, expr };
    let mut timeout = None;
    let mut at = call.expr;
    while let ExprKind::Call { callee, args, .. } = module.kind(at) {
        let ExprKind::Member { base, name, .. } = module.kind(*callee) else { break };
        match (&**name, args.as_slice()) {
            ("post", [_]) | ("request", [_, _]) => return Ok(Chain { client: sub(*base), timeout }),
            ("send", []) => {}
            ("timeout", [limit]) => timeout = Some(sub(limit.value)),
            ("header", [header, _]) if is_idle(program, call, header) => {}
            (name, _) if SAME.contains(&name) => {}
            (name, _) => return Err(format!("the request is also given `.{name}(…)`, which the library would lose")),
        }
        at = *base;
    }
    Err("the request is not chained to its client".to_owned())
}

fn is_idle(program: &Program, call: ExprRef, header: &Arg) -> bool {
    let module = program.module(call.file);
    let name = module.literal(header.value).unwrap_or_else(|| {
        let path = program.source(ExprRef { file: call.file, expr: header.value });
        path.rsplit("::").next().unwrap_or_default().to_owned()
    });
    IDLE_HEADERS.contains(&normal_key(&name).as_str())
}

/// The HTTP client in new text.
#[derive(Debug)]
pub(super) enum Client {
    /// One that the program holds; the flag tells whether the expression is a reference.
    Held(String, bool),
    /// One that is made for this request only.
    Made(String),
}

/// What the client is in new text; it must not follow redirects with the secret, where it is made for this request.
///
/// # Errors
/// Why it cannot be handed to a library.
pub(super) fn client(program: &Program, chain: &Chain, fails: &str) -> Result<Client, String> {
    let at = chain.client;
    let module = program.module(at.file);
    let source = program.slice(at.file, module.expr(at.expr).span).trim().to_owned();
    let ends = super::answer::links_end(program, at.file, module.expr(at.expr).span.end as usize);
    let whole = program.slice(at.file, Span::new(module.expr(at.expr).span.start as usize, ends)).trim().to_owned();
    match module.kind(at.expr) {
        ExprKind::Name(_) | ExprKind::Member { .. } if whole == source => {
            if chain.timeout.is_some() {
                return Err("the request has a time limit of its own, and its client serves others as well".to_owned());
            }
            held(program, at, source.split_whitespace().collect())
        }
        ExprKind::Call { args, .. } => {
            let limit = chain.timeout.map(|limit| format!(".timeout({})", program.source(limit)));
            if let Some(path) = source.strip_suffix("::new()").filter(|_| args.is_empty() && whole == source) {
                let links = [redirect(path)].into_iter().chain(limit).chain([format!(".build(){fails}")]);
                return Ok(Client::Made(built(path, links)));
            }
            let Some((path, rest)) = whole.split_once("::builder()").filter(|_| whole.contains(".build()")) else {
                return Err("it is not in view what HTTP client sends the request".to_owned());
            };
            let mut links = links(rest);
            let end = links.iter().position(|link| link.starts_with(".build()")).unwrap_or(links.len());
            let here = !links.iter().any(|link| link.starts_with(".redirect("));
            links.splice(end..end, here.then(|| redirect(path)).into_iter().chain(limit));
            Ok(Client::Made(built(path, links.into_iter())))
        }
        _ => Err("it is not in view what HTTP client sends the request".to_owned()),
    }
}

/// A builder with a line for each link.
fn built(path: &str, links: impl Iterator<Item = String>) -> String {
    links.fold(format!("{path}::builder()"), |text, link| format!("{text}\n\t{link}"))
}

/// The links of a chain, each from its dot.
fn links(text: &str) -> Vec<String> {
    let (mut depth, mut quoted, mut links) = (0i32, false, vec![String::new()]);
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '"' if before != '\\' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            '.' if !quoted && depth == 0 => links.push(String::new()),
            _ => {}
        }
        if let Some(link) = links.last_mut() {
            link.push(c);
        }
        before = c;
    }
    links.iter().map(|link| link.trim().to_owned()).filter(|link| !link.is_empty()).collect()
}

/// The setting of a builder that keeps the secret from where a redirect points; `Client` alone does not say from which
/// crate it comes, which the manifest tells.
fn redirect(path: &str) -> String {
    let package = path.split("::").next().filter(|first| first.starts_with(char::is_lowercase)).unwrap_or("reqwest");
    format!(".redirect({package}::redirect::Policy::none())")
}

fn held(program: &Program, at: ExprRef, source: String) -> Result<Client, String> {
    let class = super::texts::class_of(program, at);
    let last = class.as_deref().map(|class| class.rsplit([':', '&', ' ']).next().unwrap_or_default());
    match last {
        Some("Client") => {
            let is_reference = class.is_some_and(|class| class.starts_with('&'));
            Ok(Client::Held(source, is_reference))
        }
        _ => Err("the type of the HTTP client is not in view".to_owned()),
    }
}
