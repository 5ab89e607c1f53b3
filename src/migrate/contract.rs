//! What callers see of the token's answer: the unit of `expires_in`. The exchange answered in milliseconds, the token
//! endpoint answers in seconds (AdobeDocs/adobe-dev-console: guides/authentication/ServerToServerAuthentication/ims).

use crate::analyze::{Def, Exchange, ExprRef, Follow, FunctionRef, Holder, Place, Program, Step};
use crate::ir::{BindId, ExprId, ExprKind, How, Key, StmtKind};
use crate::rules::Gives;

use std::collections::HashSet;

/// The field of the answer that says how long the token lives.
pub(super) const FIELD: &str = "expires_in";

/// Where the answer's `expires_in` goes.
#[derive(Debug, Default)]
pub(super) struct Expiry {
    /// Expressions that read it.
    pub readers: Vec<ExprRef>,
    /// Those of them that read the answer of an OAuth request as well: its unit was seconds all the time.
    pub shared: Vec<ExprRef>,
    /// Where the whole answer leaves the view, so that nobody knows who reads it.
    pub leaves: Option<Place>,
    /// Expressions that may read it, where it could not be seen what becomes of the answer.
    pub doubtful: Vec<ExprRef>,
}

/// Follows the answer of an exchange.
#[must_use]
pub(super) fn expiry(program: &Program, exchange: &Exchange<'_>, decoded: &[ExprRef]) -> Expiry {
    let mut expiry = Expiry::default();
    let named = |file: &crate::text::FileId| program.file(*file).text().contains(FIELD);
    let calls: Vec<ExprRef> = std::iter::once(exchange.call).chain(later(program, exchange)).collect();
    for (file, unit) in program.units().filter(|(file, _)| named(file)) {
        for expr in unit.module.expr_ids() {
            let at = ExprRef { file, expr };
            if !reads_field(program, at) || super::scale::is_in_token(program, at) {
                continue;
            }
            if calls.iter().any(|call| comes_from(program, at, *call)) || is_in_callback(program, at, &calls) {
                expiry.readers.push(at);
                if reads_oauth(program, at, &calls) {
                    expiry.shared.push(at);
                }
            } else if decoded.is_empty() {
                expiry.doubtful.push(at);
            }
        }
    }
    expiry.leaves = leaves(program, decoded);
    expiry
}

/// Where answers, decoded or as texts, leave the view.
#[must_use]
pub(super) fn leaves(program: &Program, answers: &[ExprRef]) -> Option<Place> {
    let mut way = Forward { program, seen: HashSet::new(), left: None };
    for at in answers {
        way.used(*at, 0);
    }
    way.left
}

/// Where a request gives nothing, the calls after it on the same connection: one of them gives the answer.
fn later(program: &Program, exchange: &Exchange<'_>) -> Vec<ExprRef> {
    let call = exchange.call;
    let of = |call: ExprRef| receiver(program, call).and_then(|base| program.holder(base));
    let nothing = exchange.hit.as_ref().is_some_and(|hit| hit.rule.gives == Gives::Nothing);
    let (Some(unit), Some(own), true) = (program.unit(call.file), of(call), nothing) else { return vec![] };
    let all = unit.calls().iter().map(|expr| ExprRef { file: call.file, expr: *expr });
    all.filter(|other| *other != call && of(*other).as_ref() == Some(&own)).collect()
}

/// `x.expires_in`, `x["expires_in"]`, `x.get("expires_in")`, or a name that was taken out of the answer as such.
fn reads_field(program: &Program, at: ExprRef) -> bool {
    let module = program.module(at.file);
    let written = program.unit(at.file).is_some_and(|unit| unit.bind_of_place(at.expr).is_some());
    match module.kind(at.expr) {
        ExprKind::Member { name, .. } => &**name == FIELD && !written,
        ExprKind::Index { index, .. } => module.literal(*index).as_deref() == Some(FIELD) && !written,
        ExprKind::Call { callee, args, .. } => {
            let get = matches!(module.kind(*callee), ExprKind::Member { name, .. } if &**name == "get");
            get && args.first().and_then(|arg| module.literal(arg.value)).as_deref() == Some(FIELD)
        }
        ExprKind::Name(name) if !written => {
            let defs = program.definitions(at.file, module.expr(at.expr).scope, name, at.expr);
            defs.iter().any(|def| matches!(def, Def::Part(_, path) if path.last() == Some(&Key::Name(FIELD.into()))))
        }
        _ => false,
    }
}

/// Whether a value comes from a call, whatever was done with it on the way.
#[must_use]
pub(super) fn comes_from(program: &Program, at: ExprRef, call: ExprRef) -> bool {
    let is_it = |origin: ExprRef| origin == call || is_inside(program, call, origin);
    program.origins(at, Follow::ALL).iter().any(|origin| {
        // `answer.read()` is what the answer's maker gave.
        let read = receiver(program, origin.expr).map(|base| program.origins(base, Follow::ALL)).unwrap_or_default();
        is_it(origin.expr) || read.iter().any(|origin| is_it(origin.expr))
    })
}

/// Whether a reader gets the answer of another request as well, one that asks for a token by a grant.
fn reads_oauth(program: &Program, at: ExprRef, calls: &[ExprRef]) -> bool {
    let asks = |call: ExprRef| {
        let ExprKind::Call { args, .. } = program.kind(call) else { return false };
        !calls.contains(&call)
            && args.iter().any(|arg| {
                let form = program.form(ExprRef { file: call.file, expr: arg.value }, Follow::INSIDE);
                form.field("grant_type").is_some() && form.field("jwt_token").is_none()
            })
    };
    program.origins(at, Follow::ALL).iter().any(|origin| {
        let read = receiver(program, origin.expr).map(|base| program.origins(base, Follow::ALL)).unwrap_or_default();
        asks(origin.expr) || read.iter().any(|origin| asks(origin.expr))
    })
}

/// Whether a place is in a function that the request gets as its callback: `https.request(options, (res) => …)`.
fn is_in_callback(program: &Program, at: ExprRef, calls: &[ExprRef]) -> bool {
    let span = program.place(at).span;
    let made = calls.iter().filter(|call| call.file == at.file).flat_map(|call| program.chain(*call).steps);
    made.into_iter().any(|step| {
        let Step::Call(call) = step else { return false };
        let ExprKind::Call { args, .. } = program.kind(call) else { return false };
        let function = |arg: &crate::ir::Arg| {
            let arg = ExprRef { file: call.file, expr: arg.value };
            matches!(program.kind(arg), ExprKind::Function(_)) && program.place(arg).span.contains(span)
        };
        call.file == at.file && args.iter().any(function)
    })
}

/// The object whose method is called.
fn receiver(program: &Program, call: ExprRef) -> Option<ExprRef> {
    let ExprKind::Call { callee, .. } = program.kind(call) else { return None };
    let ExprKind::Member { base, .. } = program.kind(ExprRef { file: call.file, expr: *callee }) else { return None };
    Some(ExprRef { file: call.file, expr: *base })
}

fn is_inside(program: &Program, inner: ExprRef, outer: ExprRef) -> bool {
    inner.file == outer.file
        && program.place(outer).span.contains(program.place(inner).span)
        && matches!(program.kind(outer), ExprKind::Call { .. })
}

struct Forward<'a> {
    program: &'a Program,
    seen: HashSet<ExprRef>,
    left: Option<Place>,
}

impl Forward<'_> {
    fn leave(&mut self, at: ExprRef) {
        self.left.get_or_insert(self.program.place(at));
    }

    /// The whole answer is the value of `at`: what becomes of it?
    fn used(&mut self, at: ExprRef, depth: u8) {
        if !self.seen.insert(at) || self.left.is_some() {
            return;
        }
        if depth > 12 {
            return self.leave(at);
        }
        let program = self.program;
        let module = program.module(at.file);
        let bind = module.binds.iter().find(|bind| bind.value == Some(at.expr));
        if let Some(bind) = bind {
            match (&bind.how, module.kind(bind.place)) {
                (How::Part(path), _) if path.iter().all(|key| *key != Key::Rest) => return,
                (How::Assign, ExprKind::Name(_)) => {
                    return self.held(ExprRef { file: at.file, expr: bind.place }, depth);
                }
                (How::Assign, ExprKind::Member { base, name, .. }) if crate::analyze::is_self(module.kind(*base)) => {
                    return self.field(at, name, depth);
                }
                _ => return self.leave(at),
            }
        }
        let Some(parent) = module.expr(at.expr).parent else { return self.statement(at, depth) };
        let up = ExprRef { file: at.file, expr: parent };
        match module.kind(parent) {
            ExprKind::Member { base, name, .. } if *base == at.expr && &**name == "then" => self.then(up, depth),
            ExprKind::Member { base, name, .. } if *base == at.expr && matches!(&**name, "catch" | "finally") => {
                if let Some(call) = module.expr(parent).parent {
                    self.used(ExprRef { file: at.file, expr: call }, depth + 1);
                }
            }
            ExprKind::Member { base, .. } | ExprKind::Index { base, .. } if *base == at.expr => {}
            ExprKind::Choice { options, .. } if options.contains(&at.expr) => self.used(up, depth + 1),
            ExprKind::Call { callee, args, .. } if args.iter().any(|arg| arg.value == at.expr) => {
                self.argument(at, up, *callee, depth);
            }
            ExprKind::Binary { .. } | ExprKind::Text(_) | ExprKind::Choice { .. } => {}
            // `!answer`
            ExprKind::Opaque(parts) if parts.len() == 1 && self.is_negation(up) => {}
            _ => self.leave(at),
        }
    }

    fn is_negation(&self, at: ExprRef) -> bool {
        let text = self.program.slice(at.file, self.program.module(at.file).expr(at.expr).span);
        text.starts_with('!') || text.starts_with("not ")
    }

    /// Reads of a name that holds the answer.
    fn held(&mut self, place: ExprRef, depth: u8) {
        let Some(holder) = self.program.holder(place) else { return self.leave(place) };
        let all = || reads(self.program, &holder);
        for read in reached(self.program, &holder, place).unwrap_or_else(all) {
            self.used(read, depth + 1);
        }
        let exported = self.program.module(place.file).exports.iter().any(|export| *export.name == *holder.name);
        if exported {
            self.leave(place);
        }
    }

    fn field(&mut self, at: ExprRef, name: &str, depth: u8) {
        let module = self.program.module(at.file);
        let written = |expr| self.program.unit(at.file).is_some_and(|unit| unit.bind_of_place(expr).is_some());
        let reads: Vec<ExprId> = module
            .expr_ids()
            .filter(|id| {
                matches!(module.kind(*id), ExprKind::Member { name: found, .. } if **found == *name) && !written(*id)
            })
            .collect();
        for expr in reads {
            self.used(ExprRef { file: at.file, expr }, depth + 1);
        }
    }

    fn statement(&mut self, at: ExprRef, depth: u8) {
        let module = self.program.module(at.file);
        let expr = module.expr(at.expr);
        let Some(function) = module.function_of(expr.scope) else { return };
        let function = FunctionRef { file: at.file, function };
        let gives = module.function(function.function).returns.contains(&at.expr);
        if gives {
            self.returned(function, at, depth);
        } else if !matches!(module.stmt(expr.stmt).kind, StmtKind::Expr | StmtKind::If) {
            self.leave(at);
        }
    }

    fn returned(&mut self, function: FunctionRef, at: ExprRef, depth: u8) {
        let program = self.program;
        let module = program.module(function.file);
        if let Some(expr) = program.unit(function.file).and_then(|unit| unit.function_expr(function.function))
            && let Some(parent) = module.expr(expr).parent
            && let ExprKind::Call { callee, .. } = module.kind(parent)
        {
            // A callback: `.then(r => r.json())` gives it on, others drop it.
            if let ExprKind::Member { name, .. } = module.kind(*callee)
                && &**name == "then"
            {
                self.used(ExprRef { file: function.file, expr: parent }, depth + 1);
            }
            return;
        }
        let callers = program.callers(function).to_vec();
        if callers.is_empty() {
            return self.leave(at);
        }
        for call in callers {
            self.used(call, depth + 1);
        }
    }

    fn then(&mut self, member: ExprRef, depth: u8) {
        let program = self.program;
        let module = program.module(member.file);
        let Some(call) = module.expr(member.expr).parent else { return self.leave(member) };
        let ExprKind::Call { args, .. } = module.kind(call) else { return self.leave(member) };
        let Some(first) = args.first().map(|arg| ExprRef { file: member.file, expr: arg.value }) else { return };
        for def in program.meanings(first, 0) {
            match def {
                Def::Function(function) => self.parameter(function, 0, depth),
                _ => self.passed(first, depth),
            }
        }
    }

    fn parameter(&mut self, function: FunctionRef, index: u32, depth: u8) {
        let module = self.program.module(function.file);
        let bind = module.binds.iter().find(|bind| bind.how == How::Param(function.function, index));
        if let Some(bind) = bind
            && matches!(module.kind(bind.place), ExprKind::Name(_))
        {
            self.held(ExprRef { file: function.file, expr: bind.place }, depth);
        }
    }

    fn argument(&mut self, at: ExprRef, call: ExprRef, callee: ExprId, depth: u8) {
        let program = self.program;
        let module = program.module(call.file);
        if module.stmt(module.expr(call.expr).stmt).kind == StmtKind::Throw {
            return; // `raise Refused(answer)`: an error's text.
        }
        let callee = ExprRef { file: call.file, expr: callee };
        let name = match program.kind(callee) {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => name.to_string(),
            _ => String::new(),
        };
        match name.as_str() {
            "print" | "log" | "critical" | "fatal" | "debug" | "info" | "warn" | "error" | "warning" | "exception"
            | "len" => {}
            "loads" | "parse" | "dict" | "str" | "String" | "resolve" => self.used(call, depth + 1),
            _ => {
                let functions = program.functions_of(callee);
                if functions.is_empty() {
                    return self.leave(at);
                }
                let ExprKind::Call { args, .. } = program.kind(call) else { return };
                let position = args.iter().position(|arg| arg.value == at.expr).unwrap_or(0) as u32;
                for function in functions {
                    self.parameter(function, position, depth);
                }
            }
        }
    }

    /// A function is passed by name, as in `.then(resolve)`: nobody knows what it does.
    fn passed(&mut self, at: ExprRef, _depth: u8) {
        let known = matches!(self.program.source(at), "console.log" | "console.error");
        if !known {
            self.leave(at);
        }
    }
}

/// Every read of what `holder` names.
#[must_use]
pub(super) fn reads(program: &Program, holder: &Holder) -> Vec<ExprRef> {
    let Some(unit) = program.unit(holder.file) else { return vec![] };
    unit.module
        .expr_ids()
        .filter(|id| matches!(unit.module.kind(*id), ExprKind::Name(name) if **name == *holder.name))
        .filter(|id| unit.bind_of_place(*id).is_none())
        .map(|expr| ExprRef { file: holder.file, expr })
        .filter(|at| program.holder(*at).as_ref() == Some(holder))
        .collect()
}

/// The reads of what `holder` names that get what was written at `place`, a place of that name; `None` if one of them may get
/// another value as well. A name that held nothing before held no other value.
#[must_use]
pub(super) fn reached(program: &Program, holder: &Holder, place: ExprRef) -> Option<Vec<ExprRef>> {
    let unit = program.unit(holder.file)?;
    let module = &unit.module;
    let is_nothing = |id: &BindId| {
        let bind = &module.binds[id.index()];
        bind.how == How::Assign && bind.value.is_none_or(|value| *module.kind(value) == ExprKind::Null)
    };
    let mut own = vec![];
    for read in reads(program, holder) {
        let mut binds = program.binds_of(unit, module.expr(read.expr).scope, &holder.name, Some(read.expr));
        binds.retain(|id| !is_nothing(id));
        let is_own = |id: &BindId| module.binds[id.index()].place == place.expr;
        match binds.iter().filter(|id| is_own(id)).count() {
            0 => {}
            own_binds if own_binds == binds.len() => own.push(read),
            _ => return None,
        }
    }
    Some(own)
}
