//! How a program reads the answer of a request: what takes the token, its lifetime and its type out, and what only asks
//! whether all went well.

use super::parts::{self, As, Read, Taken, called, part_of};
use crate::analyze::{ExprRef, Program};
use crate::ir::{ExprId, ExprKind, How, StmtId, StmtKind};
use crate::migrate::contract;
use crate::text::FileId;

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
/// What becomes of an answer.
#[derive(Default, Debug)]
pub(super) struct Reads {
    pub reads: Vec<Read>,
    /// Statements that hold it, or parts of it, and go.
    pub holders: Vec<StmtId>,
    /// Statements that only ask whether all went well.
    pub guards: Vec<StmtId>,
    /// Statements of which only the first block stays: it is what is done when all went well.
    pub opened: Vec<StmtId>,
    /// What is thrown when it did not.
    pub throws: Vec<StmtId>,
    /// Calls that send the request, where that is not the request itself.
    pub senders: Vec<ExprRef>,
}

/// Follows the answer of `call` within its file. `as_text`: whether the text of the body is what is wanted, not its parts.
///
/// # Errors
/// Why the new text could not give what is read, in words.
pub(super) fn reads(program: &Program, call: ExprRef, as_text: bool) -> Result<Reads, String> {
    let mut walk = Walk { program, file: call.file, as_text, found: Reads::default(), asked: vec![], told: vec![] };
    walk.value(call, 0)?;
    walk.settle()?;
    Ok(walk.found)
}

struct Walk<'a> {
    program: &'a Program,
    file: FileId,
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
            match (&bind.how, stmt.kind) {
                (How::Assign, StmtKind::Bind) => self.found.holders.push(bind.stmt),
                // `try (Response response = …)` with nothing else.
                (How::Assign | How::With, StmtKind::Try) if stmt.blocks.len() == 1 => self.found.opened.push(bind.stmt),
                (_, StmtKind::Try) => return Err("the answer is opened by a `try` that does more".to_owned()),
                _ => return Err("the whole answer is kept".to_owned()),
            }
            let place = ExprRef { file: at.file, expr: bind.place };
            let Some(own) = contract::reached(program, &holder, place) else {
                return Err(format!("`{}` holds another answer as well", holder.name));
            };
            for read in own {
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
            ExprKind::Member { base, name, .. } if *base == at.expr => match called(program, up) {
                Some(call) => self.method(call, name, depth),
                None => self.part(up, name),
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

    fn method(&mut self, call: ExprRef, name: &str, depth: u8) -> Result<(), String> {
        let program = self.program;
        let ExprKind::Call { args, .. } = program.kind(call) else { return Ok(()) };
        let module = program.module(call.file);
        let first = args.first().and_then(|arg| module.literal(arg.value));
        if GETTERS.contains(&name)
            && let Some(first) = first
        {
            return self.part(call, &first);
        }
        if args.is_empty()
            && let Some(part) = part_of(name)
        {
            return self.part(call, part);
        }
        let constant = args.first().map(|arg| program.text(ExprRef { file: call.file, expr: arg.value }).exact());
        if GETTERS.contains(&name)
            && let Some(Some(known)) = constant
        {
            return self.part(call, &known);
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
    fn part(&mut self, at: ExprRef, name: &str) -> Result<(), String> {
        match (parts::taken(self.program, at, name)?, self.as_text) {
            (Taken::Asked(at), _) => self.asked.push(at),
            (Taken::Read(_), true) => return Err("the answer is not read as text".to_owned()),
            (Taken::Read(read), false) => self.found.reads.push(read),
        }
        Ok(())
    }

    fn is_local(&self, at: ExprRef, stmt: StmtId) -> bool {
        let module = self.program.module(at.file);
        let own = module.binds.iter().filter(|bind| bind.stmt == stmt).collect::<Vec<_>>();
        let [bind] = own.as_slice() else { return false };
        let ExprKind::Name(name) = module.kind(bind.place) else { return false };
        let unit = self.program.unit(at.file);
        module.function_of(bind.scope).is_some() && unit.is_some_and(|unit| unit.binds_in(bind.scope, name).len() == 1)
    }

    /// The `throw`, or the `if` that does nothing but throw, in which an expression stands.
    fn refusal(&self, at: ExprRef) -> Option<StmtId> {
        let module = self.program.module(at.file);
        let span = module.expr(at.expr).span;
        let mut stmt = Some(module.expr(at.expr).stmt);
        while let Some(id) = stmt {
            let node = module.stmt(id);
            if node.kind == StmtKind::Throw {
                return Some(id);
            }
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

    /// Whether control never comes out behind these statements.
    fn leaves(&self, stmts: &[StmtId]) -> bool {
        let module = self.program.module(self.file);
        stmts.last().is_some_and(|last| matches!(module.stmt(*last).kind, StmtKind::Return | StmtKind::Throw))
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
            if !self.is_only_asked(top) {
                return Err("what came back is looked at together with something else".to_owned());
            }
            let throws =
                |stmts: &[StmtId]| stmts.last().copied().filter(|last| module.stmt(*last).kind == StmtKind::Throw);
            let read = self.found.reads.iter().any(|read| node.span.contains(module.expr(read.at.expr).span));
            let around = &module.block(node.block).stmts;
            let rest = around.iter().position(|other| *other == stmt).map_or(&[][..], |at| &around[at + 1..]);
            let of = |block: &crate::ir::BlockId| module.block(*block).stmts.as_slice();
            let refusal = match node.blocks.as_slice() {
                [body] if !read => throws(of(body)),
                [_, other] if read && rest.is_empty() => throws(of(other)),
                [body] if read && self.leaves(of(body)) && rest.len() == 1 => throws(rest),
                _ => None,
            };
            let Some(refusal) = refusal else {
                return Err("the program goes on in another way if no token comes".to_owned());
            };
            self.found.throws.push(refusal);
            if !read && !self.found.guards.contains(&stmt) {
                self.found.guards.push(stmt);
            } else if read && !self.found.opened.contains(&stmt) {
                self.found.opened.push(stmt);
                if node.blocks.len() == 1 {
                    self.found.guards.push(refusal);
                }
            }
        }
        let goes = |told: &StmtId| self.found.guards.contains(told) || self.found.throws.contains(told);
        match self.told.iter().all(goes) {
            true => Ok(()),
            false => Err("what came back is told to somebody".to_owned()),
        }
    }

    /// Whether a condition looks at nothing but the answer: every side of it names what the question is asked of.
    fn is_only_asked(&self, top: ExprId) -> bool {
        let module = self.program.module(self.file);
        let names = |id: ExprId| -> Vec<&str> {
            let span = module.expr(id).span;
            let inside = module.exprs.iter().filter(|expr| span.contains(expr.span));
            inside.filter_map(|expr| if let ExprKind::Name(name) = &expr.kind { Some(&**name) } else { None }).collect()
        };
        let held: Vec<String> = self
            .found
            .holders
            .iter()
            .chain(&self.found.opened)
            .flat_map(|stmt| module.binds.iter().filter(move |bind| bind.stmt == *stmt))
            .filter_map(
                |bind| if let ExprKind::Name(name) = module.kind(bind.place) { Some(name.to_string()) } else { None },
            )
            .collect();
        names(top).iter().all(|name| held.iter().any(|held| held == name) || name.starts_with(char::is_uppercase))
    }
}
