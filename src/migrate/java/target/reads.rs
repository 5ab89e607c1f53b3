//! How a program reads the answer of a request: what takes the token, its lifetime and its type out, and what only asks
//! whether all went well.

use crate::analyze::{ExprRef, Program};
use crate::ir::{ExprId, ExprKind, How, StmtId, StmtKind};
use crate::migrate::contract;
use crate::text::Span;

/// Methods that hand the request to the server.
const SENDERS: [&str; 4] = ["send", "execute", "newCall", "exchange"];
/// Methods of the request object that the answer does not depend on.
const SETTERS: [&str; 5] = ["setEntity", "setHeader", "addHeader", "setURI", "setUri"];
/// Methods that give the answer again, or its body, decoded or not.
const PASSES: [&str; 16] = [
    "getBody",
    "body",
    "retrieve",
    "block",
    "toEntity",
    "bodyToMono",
    "string",
    "getEntity",
    "getAsJsonObject",
    "asString",
    "asJson",
    "getObject",
    "execute",
    "orElseThrow",
    "get",
    "join",
];
/// Functions that give what they are given, decoded.
const DECODERS: [&str; 9] = [
    "readTree",
    "readValue",
    "fromJson",
    "parse",
    "parseString",
    "parseObject",
    "requireNonNull",
    "JSONObject",
    "convertValue",
];
/// Methods that take a member out.
const GETTERS: [&str; 12] = [
    "get",
    "getString",
    "optString",
    "path",
    "at",
    "findValue",
    "getOrDefault",
    "getLong",
    "optLong",
    "getInt",
    "optInt",
    "required",
];
/// Questions whether all went well.
const QUESTIONS: [&str; 14] = [
    "getStatusCode",
    "getStatusCodeValue",
    "statusCode",
    "getStatusLine",
    "getStatus",
    "isSuccessful",
    "isSuccess",
    "code",
    "hasBody",
    "has",
    "containsKey",
    "isEmpty",
    "hasNonNull",
    "isNull",
];
/// Conversions of a member to a string, a `long`, an `int`.
const TO_TEXT: [&str; 6] = ["asText", "textValue", "toString", "getAsString", "asString", "stringValue"];
const TO_LONG: [&str; 3] = ["asLong", "longValue", "getAsLong"];
const TO_INT: [&str; 3] = ["asInt", "intValue", "getAsInt"];

/// The Java type that the program reads a part as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum As {
    Text,
    Long,
    Int,
}

/// One place where a part of the answer is read, conversions and casts included.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub at: ExprRef,
    /// `access_token`, `expires_in`, `token_type`; empty for the whole answer as text.
    pub part: &'static str,
    pub kind: As,
}

/// What becomes of an answer.
#[derive(Default, Debug)]
pub(super) struct Reads {
    pub reads: Vec<Read>,
    /// Statements that hold it, or parts of it, and go.
    pub holders: Vec<StmtId>,
    /// Statements that only ask whether all went well.
    pub guards: Vec<StmtId>,
    /// Calls that send the request, where that is not the request itself.
    pub senders: Vec<ExprRef>,
}

/// Follows the answer of `call` within its file. `as_text`: whether the text of the body is what is wanted, not its parts.
///
/// # Errors
/// Why the new text could not give what is read, in words.
pub(super) fn reads(program: &Program, call: ExprRef, as_text: bool) -> Result<Reads, String> {
    let mut walk = Walk { program, as_text, found: Reads::default(), asked: vec![], told: vec![] };
    walk.value(call, 0)?;
    walk.settle()?;
    Ok(walk.found)
}

struct Walk<'a> {
    program: &'a Program,
    as_text: bool,
    found: Reads,
    asked: Vec<ExprRef>,
    /// Refusals that tell what came back.
    told: Vec<StmtId>,
}

impl Walk<'_> {
    fn value(&mut self, at: ExprRef, depth: u8) -> Result<(), String> {
        let program = self.program;
        let module = program.module(at.file);
        if depth > 16 {
            return Err("the answer is read in a way that is not plain".to_owned());
        }
        if self.as_text && self.is_text(at) {
            self.found.reads.push(Read { at, part: "", kind: As::Text });
            return Ok(());
        }
        if let Some(bind) = module.binds.iter().find(|bind| bind.value == Some(at.expr)) {
            let stmt = module.stmt(bind.stmt);
            let holder = program.holder(ExprRef { file: at.file, expr: bind.place });
            let Some(holder) = holder.filter(|_| self.is_local(at, bind.stmt)) else {
                return Err("the whole answer is kept".to_owned());
            };
            if bind.how == How::Assign && stmt.kind == StmtKind::Bind {
                self.found.holders.push(bind.stmt);
            } else if !matches!(bind.how, How::With | How::Assign) || stmt.kind != StmtKind::Try {
                return Err("the whole answer is kept".to_owned());
            } else {
                return Err("the answer is opened by a `try`, which would be left without it".to_owned());
            }
            for read in contract::reads(program, &holder) {
                match self.refusal(read) {
                    Some(refusal) => self.told.push(refusal),
                    None => self.value(read, depth + 1)?,
                }
            }
            return Ok(());
        }
        let Some(parent) = module.expr(at.expr).parent else {
            let stmt = module.stmt(module.expr(at.expr).stmt);
            return Err(match stmt.kind {
                StmtKind::Return => "the whole answer is returned".to_owned(),
                _ => "nobody reads the answer here".to_owned(),
            });
        };
        let up = ExprRef { file: at.file, expr: parent };
        match module.kind(parent) {
            ExprKind::Member { base, name, .. } if *base == at.expr => match self.called(up) {
                Some(call) => self.method(call, name, depth),
                None => self.part(up, name, depth),
            },
            ExprKind::Call { callee, args, .. } if args.iter().any(|arg| arg.value == at.expr) => {
                let name = match module.kind(*callee) {
                    ExprKind::Member { name, .. } | ExprKind::Name(name) => name.clone(),
                    _ => "".into(),
                };
                if SENDERS.contains(&&*name) {
                    self.found.senders.push(up);
                    return self.value(up, depth + 1);
                }
                let decodes = DECODERS.contains(&&*name)
                    || (&*name == "toString" && program.source(up).starts_with("EntityUtils"));
                if decodes { self.value(up, depth + 1) } else { Err(format!("the whole answer is handed to `{name}`")) }
            }
            ExprKind::Binary { op, .. } if matches!(&**op, "==" | "!=") => {
                self.asked.push(at);
                Ok(())
            }
            _ => Err("the answer is read in a way that is not plain".to_owned()),
        }
    }

    /// Whether an expression is the body as a `String`.
    fn is_text(&self, at: ExprRef) -> bool {
        let program = self.program;
        let ExprKind::Call { callee, args, .. } = program.kind(at) else { return false };
        let callee = ExprRef { file: at.file, expr: *callee };
        let ExprKind::Member { name, base, .. } = program.kind(callee) else { return false };
        let source = program.source(at);
        match &**name {
            "string" => args.is_empty(),
            "toString" => source.starts_with("EntityUtils"),
            "postForObject" | "body" if source.ends_with("String.class)") => true,
            "body" | "getBody" if args.is_empty() => {
                let base = ExprRef { file: at.file, expr: *base };
                let declared = program.holder(base).map(|holder| {
                    let unit = program.unit(at.file);
                    let binds = unit.map(|unit| unit.binds_in(holder.scope, &holder.name).to_vec()).unwrap_or_default();
                    let line = binds.first().map(|bind| {
                        program.slice(
                            at.file,
                            program.module(at.file).stmt(program.module(at.file).binds[bind.index()].stmt).span,
                        )
                    });
                    line.is_some_and(|line| line.contains("<String>"))
                });
                declared.unwrap_or(false)
                    || program.source(base).contains("String.class")
                    || program.source(base).contains("BodyHandlers.ofString()")
                    || program.source(base).ends_with("asString()")
            }
            _ => false,
        }
    }

    fn called(&self, member: ExprRef) -> Option<ExprRef> {
        let module = self.program.module(member.file);
        let call = module.expr(member.expr).parent?;
        matches!(module.kind(call), ExprKind::Call { callee, .. } if *callee == member.expr)
            .then_some(ExprRef { file: member.file, expr: call })
    }

    fn method(&mut self, call: ExprRef, name: &str, depth: u8) -> Result<(), String> {
        let program = self.program;
        let ExprKind::Call { args, .. } = program.kind(call) else { return Ok(()) };
        let module = program.module(call.file);
        let first = args.first().and_then(|arg| module.literal(arg.value));
        if GETTERS.contains(&name)
            && let Some(first) = first
        {
            return self.part(call, &first, depth);
        }
        if args.is_empty()
            && let Some(part) = part_of(name)
        {
            return self.part(call, part, depth);
        }
        let constant = args.first().map(|arg| program.text(ExprRef { file: call.file, expr: arg.value }).exact());
        if GETTERS.contains(&name)
            && let Some(Some(known)) = constant
        {
            return self.part(call, &known, depth);
        }
        if QUESTIONS.contains(&name) {
            self.asked.push(call);
            return Ok(());
        }
        if SETTERS.contains(&name) {
            let stmt = module.expr(call.expr).stmt;
            if module.stmt(stmt).exprs == [call.expr] {
                self.found.holders.push(stmt);
                return Ok(());
            }
        }
        // A time limit is an argument of `block`.
        let plain = args.is_empty() || name != "block";
        if PASSES.contains(&name) && plain {
            return self.value(call, depth + 1);
        }
        Err(format!("`{name}` is asked of the answer"))
    }

    /// A member of the body.
    fn part(&mut self, at: ExprRef, name: &str, depth: u8) -> Result<(), String> {
        let Some(part) = part_of(name) else {
            return Err(format!("`{name}` of the answer is read, which the library does not give"));
        };
        if self.as_text {
            return Err("the answer is not read as text".to_owned());
        }
        let (mut at, mut kind) = (at, self.given(at));
        for _ in 0..4 {
            let module = self.program.module(at.file);
            let Some(parent) = module.expr(at.expr).parent else { break };
            let up = ExprRef { file: at.file, expr: parent };
            let (name, whole) = match module.kind(parent) {
                ExprKind::Member { base, name, .. } if *base == at.expr => match self.called(up) {
                    Some(call) => (name.clone(), call),
                    None => break,
                },
                ExprKind::Call { callee, args, .. } if args.len() == 1 && args[0].value == at.expr => {
                    match self.program.source(ExprRef { file: at.file, expr: *callee }) {
                        "String.valueOf" | "Objects.toString" => ("toString".into(), up),
                        "Objects.requireNonNull" => ("".into(), up),
                        "Long.parseLong" | "Long.valueOf" => ("longValue".into(), up),
                        "Integer.parseInt" | "Integer.valueOf" => ("intValue".into(), up),
                        _ => break,
                    }
                }
                ExprKind::Binary { op, left, right } if matches!(&**op, "==" | "!=") => {
                    let null = [*left, *right].iter().any(|side| matches!(module.kind(*side), ExprKind::Null));
                    if null {
                        self.asked.push(at);
                        return Ok(());
                    }
                    break;
                }
                _ => break,
            };
            match &*name {
                "" => {}
                "isNull" | "isEmpty" | "isBlank" | "isMissingNode" => {
                    self.asked.push(whole);
                    return Ok(());
                }
                name if TO_TEXT.contains(&name) => kind = Some(As::Text),
                name if TO_LONG.contains(&name) => kind = Some(As::Long),
                name if TO_INT.contains(&name) => kind = Some(As::Int),
                _ => return Err(format!("`{name}` is asked of a part of the answer")),
            }
            at = whole;
            kind = self.cast(at).or(kind);
        }
        let _ = depth;
        match (part, kind) {
            ("expires_in", Some(kind)) => self.found.reads.push(Read { at, part, kind }),
            (_, Some(As::Text)) => self.found.reads.push(Read { at, part, kind: As::Text }),
            _ => return Err(format!("the type that `{part}` is read as is not plain")),
        }
        Ok(())
    }

    /// The type that an accessor gives, or that its value is cast to.
    fn given(&self, at: ExprRef) -> Option<As> {
        let program = self.program;
        let by_name = match program.kind(at) {
            ExprKind::Call { callee, args, .. } => match program.kind(ExprRef { file: at.file, expr: *callee }) {
                ExprKind::Member { name, .. } => match &**name {
                    "getString" | "optString" => Some(As::Text),
                    "getLong" | "optLong" => Some(As::Long),
                    "getInt" | "optInt" => Some(As::Int),
                    // A getter of a class of the program: its own declaration tells.
                    name if args.is_empty() => self.declared(ExprRef { file: at.file, expr: *callee }, name),
                    _ => None,
                },
                _ => None,
            },
            ExprKind::Member { name, .. } => self.declared(at, name),
            _ => None,
        };
        self.cast(at).or(by_name)
    }

    /// The type that a method or field of that name is declared with, wherever in the program; the same for all.
    fn declared(&self, at: ExprRef, name: &str) -> Option<As> {
        let program = self.program;
        let functions = program.functions_of(at);
        let heads: Vec<String> = match functions.is_empty() {
            false => functions
                .iter()
                .map(|function| {
                    let target = program.module(function.file).function(function.function);
                    program
                        .slice(function.file, Span { start: target.span.start, end: target.params_span.start })
                        .to_owned()
                })
                .collect(),
            // A record, a field, or what an annotation makes: `String accessToken`.
            true => {
                let wanted = crate::rules::normal_key(name.strip_prefix("get").unwrap_or(name));
                let typed = ["String ", "long ", "Long ", "int ", "Integer "];
                let texts = program.units().map(|(file, _)| program.file(file).text());
                texts
                    .flat_map(|text| text.split([';', ',', '(', ')', '{', '\n']))
                    .filter(|piece| {
                        let mut words = piece.split_whitespace().rev();
                        words.next().is_some_and(|word| crate::rules::normal_key(word) == wanted)
                            && typed.iter().any(|class| piece.contains(class))
                    })
                    .map(|piece| format!("{piece} _"))
                    .collect()
            }
        };
        let class = |head: &String| -> Option<As> {
            let word = head.split_whitespace().rev().nth(if functions.is_empty() { 2 } else { 1 })?;
            match word {
                "String" => Some(As::Text),
                "long" | "Long" => Some(As::Long),
                "int" | "Integer" => Some(As::Int),
                _ => None,
            }
        };
        let mut kinds = heads.iter().map(class);
        let first = kinds.next()??;
        kinds.all(|kind| kind == Some(first)).then_some(first)
    }

    fn cast(&self, at: ExprRef) -> Option<As> {
        let module = self.program.module(at.file);
        let expr = module.expr(at.expr);
        let before = self.program.slice(at.file, Span { start: expr.outer.start, end: expr.span.start });
        let class: String = before.chars().filter(|c| !c.is_whitespace()).collect();
        match class.trim_start_matches('(').trim_end_matches(['(', ')']) {
            "String" => Some(As::Text),
            "long" | "Long" => Some(As::Long),
            "int" | "Integer" => Some(As::Int),
            _ => None,
        }
    }

    fn is_local(&self, at: ExprRef, stmt: StmtId) -> bool {
        let module = self.program.module(at.file);
        let own = module.binds.iter().filter(|bind| bind.stmt == stmt).collect::<Vec<_>>();
        let [bind] = own.as_slice() else { return false };
        let ExprKind::Name(name) = module.kind(bind.place) else { return false };
        let unit = self.program.unit(at.file);
        module.function_of(bind.scope).is_some() && unit.is_some_and(|unit| unit.binds_in(bind.scope, name).len() == 1)
    }

    /// The `if` that does nothing but throw, in whose body an expression stands.
    fn refusal(&self, at: ExprRef) -> Option<StmtId> {
        let module = self.program.module(at.file);
        let span = module.expr(at.expr).span;
        let mut stmt = Some(module.expr(at.expr).stmt);
        while let Some(id) = stmt {
            let node = module.stmt(id);
            if let (StmtKind::If, [body]) = (node.kind, node.blocks.as_slice()) {
                let body = module.block(*body);
                let throws = body.stmts.last().is_some_and(|last| module.stmt(*last).kind == StmtKind::Throw);
                if throws && body.span.contains(span) {
                    return Some(id);
                }
            }
            stmt = module.parent_stmt(id);
        }
        None
    }

    /// Finds the statements that the questions are asked in.
    fn settle(&mut self) -> Result<(), String> {
        for at in std::mem::take(&mut self.asked) {
            let module = self.program.module(at.file);
            let mut top = at.expr;
            while let Some(parent) = module.expr(top).parent {
                top = parent;
            }
            let stmt = module.expr(top).stmt;
            let node = module.stmt(stmt);
            if node.kind != StmtKind::If || !node.exprs.contains(&top) {
                return Err("what came back is looked at outside of a condition".to_owned());
            }
            let read = self.found.reads.iter().any(|read| node.span.contains(module.expr(read.at.expr).span));
            let [block] = node.blocks.as_slice() else {
                return Err("the program goes on in another way if no token comes".to_owned());
            };
            let last = module.block(*block).stmts.last().map(|stmt| module.stmt(*stmt).kind);
            if read || last != Some(StmtKind::Throw) || !self.is_only_asked(at, top) {
                return Err("the program goes on in another way if no token comes".to_owned());
            }
            if !self.found.guards.contains(&stmt) {
                self.found.guards.push(stmt);
            }
        }
        match self.told.iter().all(|told| self.found.guards.contains(told)) {
            true => Ok(()),
            false => Err("what came back is told to somebody".to_owned()),
        }
    }

    /// Whether a condition looks at nothing but the answer: every side of it names what the question is asked of.
    fn is_only_asked(&self, at: ExprRef, top: ExprId) -> bool {
        let module = self.program.module(at.file);
        let names = |id: ExprId| -> Vec<&str> {
            let span = module.expr(id).span;
            let inside = module.exprs.iter().filter(|expr| span.contains(expr.span));
            inside.filter_map(|expr| if let ExprKind::Name(name) = &expr.kind { Some(&**name) } else { None }).collect()
        };
        let held: Vec<String> = self
            .found
            .holders
            .iter()
            .flat_map(|stmt| module.binds.iter().filter(move |bind| bind.stmt == *stmt))
            .filter_map(
                |bind| if let ExprKind::Name(name) = module.kind(bind.place) { Some(name.to_string()) } else { None },
            )
            .collect();
        names(top).iter().all(|name| held.iter().any(|held| held == name) || name.starts_with(char::is_uppercase))
    }
}

fn part_of(name: &str) -> Option<&'static str> {
    let key = crate::rules::normal_key(name);
    match key.strip_prefix("get").unwrap_or(&key) {
        "accesstoken" => Some("access_token"),
        "expiresin" | "expires" => Some("expires_in"),
        "tokentype" => Some("token_type"),
        _ => None,
    }
}
