//! How the answer of a request is read: where its decoded body is taken, its status checked.

use super::contract::{reached, reads};
use crate::analyze::{Def, Exchange, ExprRef, FunctionRef, Holder, Place, Program};
use crate::ir::{Arg, ExprId, ExprKind, How, StmtId, StmtKind};
use crate::rules::{Access, Gives, Response};
use crate::text::Span;

/// The readers of an answer.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    /// Expressions whose value is the decoded body.
    pub bodies: Vec<ExprRef>,
    /// For each: whether the expression reads the answer through a name (`response.json()`), which then holds the body itself.
    pub named: Vec<(ExprRef, Box<str>)>,
    /// The types written beside those names: they speak of the response, which nobody holds then.
    pub types: Vec<Place>,
    /// Links of a promise chain that only decode: `.then(r => r.json())`, from the dot to the closing parenthesis.
    pub links: Vec<(ExprRef, Span)>,
    /// Expressions whose value is the text of the body, where nothing decodes it.
    pub texts: Vec<ExprRef>,
    /// Statements that only check the status: `response.raise_for_status()`.
    pub checks: Vec<(ExprRef, StmtId)>,
    /// Whether every reader is one of these.
    pub complete: bool,
}

/// Finds the readers of an exchange's answer; `None` where the library is not known.
#[must_use]
pub(super) fn decoded(program: &Program, exchange: &Exchange<'_>) -> Option<Decoded> {
    let hit = exchange.hit.as_ref()?;
    let mut found = Decoded { complete: true, ..Decoded::default() };
    match hit.rule.gives {
        Gives::Token => found.bodies.push(exchange.call),
        Gives::Body => {
            let response = hit.library.response.as_ref()?;
            Reader { program, response, found: &mut found }.given(exchange.call);
        }
        // Nothing but the token is read from the answer.
        Gives::AccessToken => {}
        Gives::Response => {
            let response = hit.library.response.as_ref()?;
            Reader { program, response, found: &mut found }.answer(exchange.call, 0);
        }
        _ => return None,
    }
    Some(found)
}

/// Where the text of an answer is taken apart by hand. The exchange answered with `token_type` first, the token endpoint
/// answers with `access_token` first (the examples of both in AdobeDocs/adobe-dev-console).
#[must_use]
pub(super) fn cut(program: &Program, texts: &[ExprRef]) -> Option<Place> {
    texts.iter().find_map(|text| {
        let module = program.module(text.file);
        let place = module.binds.iter().find(|bind| bind.value == Some(text.expr) && bind.how == How::Assign);
        let place = place.map(|bind| ExprRef { file: text.file, expr: bind.place });
        let held = place.and_then(|place| reached(program, &program.holder(place)?, place)).unwrap_or_default();
        let is_text = |expr: ExprId| expr == text.expr || held.contains(&ExprRef { file: text.file, expr });
        let cuts = |expr: &ExprId| match module.kind(*expr) {
            ExprKind::Index { base, .. } => is_text(*base),
            ExprKind::Call { callee, args, .. } => match module.kind(*callee) {
                ExprKind::Member { base, name, .. } => match &**name {
                    "split" | "partition" | "find" | "index" | "indexOf" | "slice" | "substring" | "substr" => {
                        is_text(*base)
                    }
                    "search" | "match" | "findall" | "sub" | "exec" => args.iter().any(|arg| is_text(arg.value)),
                    _ => false,
                },
                _ => false,
            },
            _ => false,
        };
        let expr = module.expr_ids().find(cuts)?;
        Some(program.place(ExprRef { file: text.file, expr }))
    })
}

struct Reader<'a> {
    program: &'a Program,
    response: &'a Response,
    found: &'a mut Decoded,
}

impl Reader<'_> {
    fn lost(&mut self) {
        self.found.complete = false;
    }

    /// `at` is the body, or its text, if the request was not told to decode it: `JSON.parse(body)`.
    fn given(&mut self, at: ExprRef) {
        if let Some(decoding) = self.decoding(at) {
            return self.body(decoding, None);
        }
        let program = self.program;
        let module = program.module(at.file);
        let bind = module.binds.iter().find(|bind| bind.value == Some(at.expr) && bind.how == How::Assign);
        let place = bind.map(|bind| ExprRef { file: at.file, expr: bind.place });
        let held = place.map_or_else(|| self.chained(at), |place| program.holder(place));
        let readers = match (&held, place) {
            (Some(holder), Some(place)) => reached(program, holder, place),
            (Some(holder), None) => Some(reads(program, holder)),
            (None, _) => Some(vec![]),
        };
        let Some(readers) = readers else { return self.lost() };
        let decodings: Vec<ExprRef> = readers.iter().filter_map(|read| self.decoding(*read)).collect();
        match held {
            Some(_) if !decodings.is_empty() && decodings.len() < readers.len() => self.lost(),
            Some(holder) if !decodings.is_empty() => {
                decodings.into_iter().for_each(|decoding| self.body(decoding, Some(&holder.name)));
            }
            _ if self.is_chained_to_decoder(at) => self.lost(),
            _ => self.found.bodies.push(at),
        }
    }

    /// What holds a value in the function that is called with it: `body` of `.then(body => …)`.
    fn chained(&self, at: ExprRef) -> Option<Holder> {
        let module = self.program.module(at.file);
        let args = self.then_args(at)?;
        let first = ExprRef { file: at.file, expr: args.first()?.value };
        let ExprKind::Function(function) = module.kind(first.expr) else { return None };
        let param = module.binds.iter().find(|bind| bind.how == How::Param(*function, 0))?;
        self.program.holder(ExprRef { file: at.file, expr: param.place })
    }

    /// `.then(JSON.parse)`
    fn is_chained_to_decoder(&self, at: ExprRef) -> bool {
        let module = self.program.module(at.file);
        let first = self.then_args(at).and_then(|args| args.first());
        first.is_some_and(
            |arg| matches!(module.kind(arg.value), ExprKind::Member { name, .. } if matches!(&**name, "loads" | "parse")),
        )
    }

    fn then_args(&self, at: ExprRef) -> Option<&[Arg]> {
        let module = self.program.module(at.file);
        let member = module.expr(at.expr).parent?;
        let ExprKind::Member { base, name, .. } = module.kind(member) else { return None };
        let call = module.expr(member).parent.filter(|_| *base == at.expr && &**name == "then")?;
        match module.kind(call) {
            ExprKind::Call { args, callee, .. } if *callee == member => Some(args),
            _ => None,
        }
    }

    /// `at` is the response: what becomes of it?
    fn answer(&mut self, at: ExprRef, depth: u8) {
        if depth > 6 {
            return self.lost();
        }
        let program = self.program;
        let module = program.module(at.file);
        if let Some(bind) = module.binds.iter().find(|bind| bind.value == Some(at.expr)) {
            let place = ExprRef { file: at.file, expr: bind.place };
            match (&bind.how, program.holder(place)) {
                (How::Assign | How::With, Some(holder)) => return self.held(&holder, place),
                _ => return self.lost(),
            }
        }
        let Some(parent) = module.expr(at.expr).parent else {
            let stmt = module.stmt(module.expr(at.expr).stmt);
            if stmt.kind != StmtKind::Expr {
                self.lost();
            }
            return;
        };
        let up = ExprRef { file: at.file, expr: parent };
        match module.kind(parent) {
            ExprKind::Member { base, name, .. } if *base == at.expr => {
                if &**name == "then" {
                    self.then(up, depth);
                } else if matches!(&**name, "catch" | "finally") {
                    if let Some(call) = module.expr(parent).parent {
                        self.answer(ExprRef { file: at.file, expr: call }, depth + 1);
                    }
                } else {
                    self.access(up, name, None);
                }
            }
            _ => self.lost(),
        }
    }

    fn held(&mut self, holder: &Holder, place: ExprRef) {
        let Some(own) = reached(self.program, holder, place) else { return self.lost() };
        let written = written_type(self.program, holder);
        if written.is_some() && own.len() < reads(self.program, holder).len() {
            return self.lost();
        }
        self.found.types.extend(written);
        for read in own {
            let module = self.program.module(read.file);
            match module.expr(read.expr).parent.map(|parent| (parent, module.kind(parent))) {
                Some((parent, ExprKind::Member { base, name, .. })) if *base == read.expr => {
                    self.access(ExprRef { file: read.file, expr: parent }, name, Some(&holder.name));
                }
                _ => self.lost(),
            }
        }
    }

    /// `member` is `response.name`.
    fn access(&mut self, member: ExprRef, name: &str, holder: Option<&str>) {
        let module = self.program.module(member.file);
        let call = module.expr(member.expr).parent.filter(
            |parent| matches!(module.kind(*parent), ExprKind::Call { callee, args, .. } if *callee == member.expr && args.is_empty()),
        );
        let fits =
            |accesses: &[Access]| accesses.iter().any(|access| access.name == name && access.call == call.is_some());
        let whole = ExprRef { file: member.file, expr: call.unwrap_or(member.expr) };
        if fits(&self.response.decoded) {
            // Some clients give the text under that name, unless they are told to decode it.
            self.body(self.decoding(whole).unwrap_or(whole), holder);
        } else if fits(&self.response.text) {
            match self.decoding(whole) {
                Some(decoding) => self.body(decoding, holder),
                None => {
                    self.found.texts.push(whole);
                    self.lost();
                }
            }
        } else if fits(&self.response.check) && self.is_statement(whole) {
            self.found.checks.push((whole, module.expr(whole.expr).stmt));
        } else {
            self.lost();
        }
    }

    fn body(&mut self, at: ExprRef, holder: Option<&str>) {
        self.found.bodies.push(at);
        if let Some(holder) = holder {
            self.found.named.push((at, holder.into()));
        }
    }

    /// `json.loads(response.text)`, `JSON.parse(body)`.
    fn decoding(&self, text: ExprRef) -> Option<ExprRef> {
        let module = self.program.module(text.file);
        let parent = module.expr(text.expr).parent?;
        let ExprKind::Call { callee, args, .. } = module.kind(parent) else { return None };
        let ExprKind::Member { base, name, .. } = module.kind(*callee) else { return None };
        // A schema's `parse`, or a method of the program's own, does more.
        let (ExprKind::Name(of) | ExprKind::Member { name: of, .. }) = module.kind(*base) else { return None };
        let decodes = matches!(&**name, "loads" | "parse") && of.to_ascii_lowercase().contains("json");
        (decodes && args.len() == 1).then_some(ExprRef { file: text.file, expr: parent })
    }

    fn is_statement(&self, at: ExprRef) -> bool {
        let module = self.program.module(at.file);
        let expr = module.expr(at.expr);
        let stmt = module.stmt(expr.stmt);
        stmt.kind == StmtKind::Expr && stmt.exprs == [at.expr]
    }

    /// `.then(response => …)`.
    fn then(&mut self, member: ExprRef, _depth: u8) {
        let program = self.program;
        let module = program.module(member.file);
        let Some(call) = module.expr(member.expr).parent else { return self.lost() };
        let ExprKind::Call { args, .. } = module.kind(call) else { return self.lost() };
        let Some(first) = args.first().map(|arg| ExprRef { file: member.file, expr: arg.value }) else {
            return self.lost();
        };
        let function = match program.meanings(first, 0).as_slice() {
            [Def::Function(function)] if matches!(program.kind(first), ExprKind::Function(_)) => *function,
            _ => return self.lost(),
        };
        match self.only_decodes(function) {
            Some(_) if args.len() == 1 => {
                let base = match module.kind(member.expr) {
                    ExprKind::Member { base, .. } => module.expr(*base).outer.end,
                    _ => return self.lost(),
                };
                let end = module.expr(call).span.end;
                let chain = ExprRef { file: member.file, expr: call };
                self.found.bodies.push(chain);
                self.found.links.push((chain, Span { start: base, end }));
            }
            _ => self.callback(function),
        }
    }

    /// `r => r.json()`: the one expression that it gives, if it decodes.
    fn only_decodes(&self, function: FunctionRef) -> Option<ExprId> {
        let module = self.program.module(function.file);
        let target = module.function(function.function);
        let ([param], [returned]) = (target.params.as_slice(), target.returns.as_slice()) else { return None };
        let alone = match target.body {
            None => true,
            Some(body) => module.block(body).stmts.len() == 1,
        };
        let (base, name, call) = match module.kind(*returned) {
            ExprKind::Member { base, name, .. } => (*base, name, false),
            ExprKind::Call { callee, args, .. } if args.is_empty() => match module.kind(*callee) {
                ExprKind::Member { base, name, .. } => (*base, name, true),
                _ => return None,
            },
            _ => return None,
        };
        let is_param = matches!(module.kind(base), ExprKind::Name(found) if Some(found) == param.name.as_ref());
        let decodes = self.response.decoded.iter().any(|access| access.name == **name && access.call == call);
        (alone && is_param && decodes).then_some(*returned)
    }

    fn callback(&mut self, function: FunctionRef) {
        let module = self.program.module(function.file);
        let param = module.binds.iter().find(|bind| bind.how == How::Param(function.function, 0));
        let place = param.map(|bind| ExprRef { file: function.file, expr: bind.place });
        match place.and_then(|place| Some((self.program.holder(place)?, place))) {
            Some((holder, place)) => self.held(&holder, place),
            None => self.lost(),
        }
    }
}

/// The type that is written behind a name where it is declared: `: AxiosResponse` in `const res: AxiosResponse = …`, and of a
/// parameter.
fn written_type(program: &Program, holder: &Holder) -> Option<Place> {
    let module = program.module(holder.file);
    let is_it = |at: ExprId| matches!(module.kind(at), ExprKind::Name(name) if **name == *holder.name);
    let bind = module.binds.iter().find(|bind| bind.scope == holder.scope && is_it(bind.place))?;
    let start = module.expr(bind.place).span.end;
    let end = match bind.how {
        How::Param(function, index) => {
            let param = module.function(function).params.get(index as usize)?;
            param.default.is_none().then_some(param.span.end)?
        }
        How::Assign => module.expr(bind.value?).outer.start,
        _ => return None,
    };
    let between = program.slice(holder.file, Span { start, end: end.max(start) });
    let text = between.trim_end().trim_end_matches('=').trim_end();
    text.trim_start().starts_with(':').then(|| {
        let span = Span::new(start as usize, start as usize + text.len());
        Place { file: holder.file, span }
    })
}
