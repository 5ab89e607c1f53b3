//! Whether a request says nothing but address, fields and form headers: a library would lose the rest, and time limits,
//! proxies and interceptors of the client.

use super::Work;
use super::reads::{self, Reads};
use crate::analyze::{Exchange, ExprRef, Follow, Holder, Program};
use crate::ir::{Bind, ExprId, ExprKind, How, StmtId, StmtKind};
use crate::migrate::contract::reads;
use crate::text::Span;
use std::collections::BTreeSet;

/// Methods and constructors that carry the fields to the server and change nothing else of the request.
const CARRIERS: [&str; 51] = [
    "RestTemplate",
    "HttpEntity",
    "HttpHeaders",
    "LinkedMultiValueMap",
    "HashMap",
    "LinkedHashMap",
    "ArrayList",
    "URI",
    "URL",
    "HttpPost",
    "UrlEncodedFormEntity",
    "StringEntity",
    "BasicNameValuePair",
    "OkHttpClient",
    "StringBuilder",
    "Builder",
    "post",
    "uri",
    "url",
    "contentType",
    "accept",
    "body",
    "bodyValue",
    "syncBody",
    "retrieve",
    "POST",
    "build",
    "newBuilder",
    "create",
    "createDefault",
    "newHttpClient",
    "setContentType",
    "setAccept",
    "setEntity",
    "fromFormData",
    "with",
    "ofString",
    "of",
    "asList",
    "singletonList",
    "getBytes",
    "toString",
    "postForObject",
    "postForEntity",
    "exchange",
    "execute",
    "send",
    "newCall",
    "method",
    "fields",
    "field",
];
/// Those that may set a header.
const HEADERS: [&str; 5] = ["header", "setHeader", "addHeader", "set", "add"];
/// Those that add a field; the form knows its fields.
const FIELDS: [&str; 3] = ["add", "put", "append"];
/// Builders that a framework hands over without settings, if the program does not customise them:
/// <https://docs.spring.io/spring-boot/reference/io/rest-client.html>
const BUILDERS: [&str; 3] = ["RestTemplateBuilder", "RestClient.Builder", "WebClient.Builder"];
const CUSTOMISERS: [&str; 3] = ["RestTemplateCustomizer", "RestClientCustomizer", "WebClientCustomizer"];
/// Classes of clients: what else is asked of one does not matter, unless it is set up.
const CLIENTS: [&str; 8] = [
    "RestTemplate",
    "RestClient",
    "WebClient",
    "HttpClient",
    "CloseableHttpClient",
    "OkHttpClient",
    "RestOperations",
    "Client",
];
const MAX_DEPTH: u8 = 12;

impl Work<'_, '_, '_> {
    /// How the answer is read, if everything that the request does can be done by the library.
    pub(super) fn checked(&self, as_text: bool) -> Result<Reads, String> {
        let (program, exchange) = (self.plan.program, self.exchange);
        let (call, form) = (exchange.call, &exchange.form);
        if !exchange.proof.jwt_field || !exchange.proof.credentials || form.fields.len() != 3 || form.open {
            return Err(
                "the request sends other fields than id, secret and JWT, or they are not all in view".to_owned()
            );
        }
        let module = program.module(call.file);
        if module.function_of(module.expr(call.expr).scope).is_none() {
            return Err("the request is not made in a method".to_owned());
        }
        let found = reads::reads(program, call, as_text)?;
        if found.reads.is_empty() {
            return Err("nobody reads the token here".to_owned());
        }
        let calls: Vec<ExprRef> = std::iter::once(call).chain(found.senders.iter().copied()).collect();
        let parts = parts(program, exchange, &calls).map_err(|why| format!("{why}, which a library would lose"))?;
        self.with_parts(found, &parts)
    }

    /// Adds the statements that make the parts of the request to those that go, if nobody else reads the parts.
    fn with_parts(&self, mut found: Reads, parts: &[Holder]) -> Result<Reads, String> {
        let program = self.plan.program;
        let module = program.module(self.exchange.call.file);
        let mut stmts: Vec<StmtId> = vec![];
        for part in parts {
            let given = module
                .binds
                .iter()
                .filter(|bind| program.holder(ExprRef { file: part.file, expr: bind.place }).as_ref() == Some(part));
            stmts.extend(given.map(|bind| bind.stmt).filter(|stmt| module.stmt(*stmt).kind == StmtKind::Bind));
            for read in reads(program, part) {
                let stmt = module.expr(read.expr).stmt;
                let [whole] = module.stmt(stmt).exprs.as_slice() else { continue };
                let own = module.expr(*whole).span.start == module.expr(read.expr).span.start;
                if own && module.stmt(stmt).kind == StmtKind::Expr {
                    stmts.push(stmt);
                }
            }
        }
        let call = module.expr(self.exchange.call.expr).span;
        let sent = found.senders.iter().map(|call| module.expr(call.expr).span);
        let around: Vec<Span> =
            sent.chain([call]).chain(stmts.iter().chain(&found.holders).map(|stmt| module.stmt(*stmt).span)).collect();
        for part in parts {
            let inside = |read: &ExprRef| around.iter().any(|span| span.contains(module.expr(read.expr).span));
            if !reads(program, part).iter().all(inside) {
                return Err(format!("`{}` is used for something else as well", part.name));
            }
        }
        stmts.retain(|stmt| !module.stmt(*stmt).span.contains(call));
        found.holders.extend(stmts);
        found.holders.sort();
        found.holders.dedup();
        Ok(found)
    }
}

/// The names of a method that hold nothing but parts of the request.
///
/// # Errors
/// What of the request a library would lose, in words.
fn parts(program: &Program, exchange: &Exchange<'_>, calls: &[ExprRef]) -> Result<Vec<Holder>, String> {
    let mut plain = Plain { program, exchange, seen: BTreeSet::new(), parts: vec![] };
    calls.iter().try_for_each(|call| plain.expr(*call, 0))?;
    Ok(plain.parts)
}

struct Plain<'a, 'r> {
    program: &'a Program,
    exchange: &'a Exchange<'r>,
    seen: BTreeSet<ExprRef>,
    parts: Vec<Holder>,
}

impl Plain<'_, '_> {
    fn expr(&mut self, at: ExprRef, depth: u8) -> Result<(), String> {
        if self.is_value(at) || !self.seen.insert(at) {
            return Ok(());
        }
        if depth > MAX_DEPTH {
            return Err("the request is made in a way that is not plain".to_owned());
        }
        match self.program.kind(at) {
            // It tells a type, and does nothing.
            ExprKind::Call { new: true, .. }
                if self.program.source(at).starts_with("new ParameterizedTypeReference<") =>
            {
                Ok(())
            }
            ExprKind::Call { callee, args, new } => {
                let callee = ExprRef { file: at.file, expr: *callee };
                let (name, base) = match self.program.kind(callee) {
                    ExprKind::Member { base, name, .. } => (name.clone(), Some(*base)),
                    ExprKind::Name(name) => (name.clone(), None),
                    _ => return Err("the request is made in a way that is not plain".to_owned()),
                };
                self.named(at, &name)?;
                if CLIENTS.contains(&&*name) && *new && !args.is_empty() {
                    return Err(format!("`{name}` has settings"));
                }
                if let Some(base) = base.filter(|_| !new) {
                    self.expr(ExprRef { file: at.file, expr: base }, depth + 1)?;
                }
                args.iter().try_for_each(|arg| self.expr(ExprRef { file: at.file, expr: arg.value }, depth + 1))
            }
            ExprKind::Function(_) => Err("a function is handed to the request".to_owned()),
            ExprKind::Name(_) | ExprKind::Member { .. } => self.held(at, depth),
            _ => self
                .program
                .module(at.file)
                .children(at.expr)
                .into_iter()
                .try_for_each(|part| self.expr(ExprRef { file: at.file, expr: part }, depth + 1)),
        }
    }

    /// Part of a field's value, or of the address, is no matter of the transport.
    fn is_value(&self, at: ExprRef) -> bool {
        let module = self.program.module(at.file);
        let span = module.expr(at.expr).span;
        let values = self.exchange.form.fields.iter().filter_map(|field| field.value);
        let url = self.exchange.url.as_ref().map(|(url, _)| *url);
        values.chain(url).any(|value| value.file == at.file && module.expr(value.expr).outer.contains(span))
    }

    fn named(&self, call: ExprRef, name: &str) -> Result<(), String> {
        let ExprKind::Call { args, .. } = self.program.kind(call) else { return Ok(()) };
        let first = args.first().map(|arg| ExprRef { file: call.file, expr: arg.value });
        let text = first.map(|first| self.program.source(first).to_lowercase()).unwrap_or_default();
        let idle = ["content-type", "content_type", "accept", "cache-control", "cache_control"];
        let is_header = HEADERS.contains(&name) && idle.iter().any(|word| text.contains(word));
        let span = self.program.place(call).span;
        let is_field = FIELDS.contains(&name)
            && self.exchange.form.fields.iter().any(|field| {
                field.at.file == call.file && (field.at.span.contains(span) || span.contains(field.at.span))
            });
        match is_header || is_field || CARRIERS.contains(&name) {
            true => Ok(()),
            false => Err(format!("`{name}` is called on the request")),
        }
    }

    /// A name: what it was given, and what is called on it.
    fn held(&mut self, at: ExprRef, depth: u8) -> Result<(), String> {
        let program = self.program;
        let module = program.module(at.file);
        let class = program.declared_class(at).map(|class| program.source(class).to_owned());
        let Some(holder) = program.holder(at) else { return Ok(()) };
        let Some(unit) = program.unit(at.file) else { return Ok(()) };
        let is_client = class.as_deref().is_some_and(|class| CLIENTS.contains(&class));
        let is_text = class.as_deref() == Some("String");
        let local = module.function_of(holder.scope).is_some();
        let given = unit
            .binds_in(holder.scope, &holder.name)
            .iter()
            .any(|bind| matches!(module.binds[bind.index()].how, How::Param(..)));
        if local && !given && !is_text && !self.parts.contains(&holder) {
            self.parts.push(holder.clone());
        }
        for read in reads(program, &holder) {
            let Some(call) = method_of(program, read) else { continue };
            let ExprKind::Call { callee, .. } = program.kind(call) else { continue };
            let ExprKind::Member { name, .. } = module.kind(*callee) else { continue };
            match is_client {
                true if name.starts_with("set")
                    || name.starts_with("getInterceptors")
                    || &**name == "getMessageConverters" =>
                {
                    return Err(format!("`{}` has settings", holder.name));
                }
                true => {}
                false if program.functions_of(ExprRef { file: call.file, expr: *callee }).is_empty() => {
                    self.named(call, name)?;
                }
                false => {}
            }
        }
        let binds: Vec<&Bind> =
            unit.binds_in(holder.scope, &holder.name).iter().map(|bind| &module.binds[bind.index()]).collect();
        // A field may be given its value elsewhere than where it is declared.
        let origins: Vec<ExprRef> = program
            .origins(at, Follow::ALL)
            .into_iter()
            .map(|origin| origin.expr)
            .filter(|value| *value != at)
            .collect();
        if origins.is_empty() && binds.iter().all(|bind| bind.value.is_none()) {
            self.handed(class.as_deref(), &holder.name, depth)?;
        }
        for value in binds.iter().filter_map(|bind| bind.value) {
            self.expr(ExprRef { file: at.file, expr: value }, depth + 1)?;
        }
        for value in origins {
            self.expr(value, depth + 1)?;
        }
        Ok(())
    }

    /// What is given from outside: a builder without settings, or a client that the program makes in one plain way.
    fn handed(&mut self, class: Option<&str>, name: &str, depth: u8) -> Result<(), String> {
        let program = self.program;
        let Some(class) = class else { return Ok(()) };
        if BUILDERS.contains(&class) {
            let set = program
                .units()
                .any(|(file, _)| CUSTOMISERS.iter().any(|word| program.file(file).text().contains(word)));
            return if set { Err(format!("`{name}` is customised")) } else { Ok(()) };
        }
        if !CLIENTS.contains(&class) {
            return Ok(());
        }
        let mut made = vec![];
        for (file, unit) in program.units() {
            for function in &unit.module.functions {
                let head = program.slice(file, Span { start: function.span.start, end: function.params_span.start });
                let mut words = head.split_whitespace().rev();
                let gives = words.nth(1) == Some(class) && head.contains("@Bean");
                made.extend(function.returns.iter().filter(|_| gives).map(|expr| ExprRef { file, expr: *expr }));
            }
        }
        if made.is_empty() {
            return Err(format!("`{name}` is handed over from where its settings are not in view"));
        }
        made.into_iter().try_for_each(|value| self.expr(value, depth + 1))
    }
}

/// The call of a method of `at`.
fn method_of(program: &Program, at: ExprRef) -> Option<ExprRef> {
    let module = program.module(at.file);
    let member = module.expr(at.expr).parent?;
    matches!(module.kind(member), ExprKind::Member { base, .. } if *base == at.expr).then_some(())?;
    let call: ExprId = module.expr(member).parent?;
    matches!(module.kind(call), ExprKind::Call { callee, .. } if *callee == member)
        .then_some(ExprRef { file: at.file, expr: call })
}
