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
    loop {
        let ExprKind::Call { callee, args, .. } = module.kind(at) else { break };
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
            let limit = match chain.timeout {
                Some(limit) => format!(".timeout({})", program.source(limit)),
                None => String::new(),
            };
            if let Some(path) = source.strip_suffix("::new()").filter(|_| args.is_empty() && whole == source) {
                let redirect = redirect(path);
                return Ok(Client::Made(format!("{path}::builder(){redirect}{limit}.build(){fails}")));
            }
            let builder = whole.find(".build()").filter(|_| source.contains("::builder()"));
            let Some(build) = builder else {
                return Err("it is not in view what HTTP client sends the request".to_owned());
            };
            let path = source.split("::builder()").next().unwrap_or_default().to_owned();
            let redirect = if whole.contains(".redirect(") { String::new() } else { redirect(&path) };
            Ok(Client::Made(format!("{}{redirect}{limit}{}", whole[..build].trim_end(), &whole[build..])))
        }
        _ => Err("it is not in view what HTTP client sends the request".to_owned()),
    }
}

/// The setting of a builder that keeps the secret from where a redirect points; `Client` alone does not say from which
/// crate it comes, which the manifest tells.
fn redirect(path: &str) -> String {
    let package = path.split("::").next().filter(|first| first.starts_with(char::is_lowercase)).unwrap_or("reqwest");
    format!(".redirect({package}::redirect::Policy::none())")
}

fn held(program: &Program, at: ExprRef, source: String) -> Result<Client, String> {
    let class = super::texts::class_of(program, at);
    match class.as_deref().map(|class| class.split("::").last().unwrap_or_default().trim()) {
        Some("Client") => {
            let is_reference = class.is_some_and(|class| class.starts_with('&'));
            Ok(Client::Held(source, is_reference))
        }
        _ => Err("the type of the HTTP client is not in view".to_owned()),
    }
}
