//! A class that keeps its token: fields with the token and its end, and a method that asks whether it is still good. What
//! keeps tokens by itself takes the place of all that, if nobody could tell the difference.

use super::clock::sum;
use super::fixed::{modifiers, uses};
use super::parts::{As, Read};
use super::reads::Reads;
use crate::analyze::{Exchange, ExprRef, FunctionRef, Holder, Program, is_self};
use crate::ir::{Bind, ExprId, ExprKind, FunctionId, StmtId, StmtKind};
use crate::migrate::java::is_private;
use std::cell::RefCell;

/// How a class keeps its token.
#[derive(Debug)]
pub(super) struct Kept {
    /// Statements that go: the fields, what sets them, what asks.
    pub gone: Vec<StmtId>,
    /// Parts of the answer that only the end of the token was made of.
    idle: Vec<ExprRef>,
    /// Where the token is given back, if that is the field.
    returned: Option<ExprRef>,
    /// Where the request is made anew, if what stood around it goes.
    pub anchor: Option<ExprRef>,
    /// How long before its end the token is renewed, in seconds.
    pub margin: u32,
    /// The first of the fields.
    pub field: StmtId,
}

impl Kept {
    /// Lets the answer be read where the kept token was given back.
    pub(super) fn dissolve(&self, found: &mut Reads) {
        found.reads.retain(|read| !self.idle.contains(&read.at));
        if let Some(at) = self.returned {
            found.reads.retain(|read| read.part != "access_token");
            found.reads.push(Read { at, part: "access_token", kind: As::Text });
        }
        found.guards.extend(self.gone.iter().filter(|stmt| !found.holders.contains(stmt)).copied().collect::<Vec<_>>());
    }
}

/// How the class of a request keeps its token; `None` where it does not.
///
/// # Errors
/// Why that cannot be taken apart, in words.
pub(super) fn kept(program: &Program, exchange: &Exchange<'_>, found: &Reads) -> Result<Option<Kept>, String> {
    let call = exchange.call;
    let module = program.module(call.file);
    let mut tokens = vec![];
    for read in found.reads.iter().filter(|read| read.part == "access_token") {
        for bind in module.binds.iter().filter(|bind| bind.value == Some(read.at.expr)) {
            let holder = program.holder(ExprRef { file: call.file, expr: bind.place });
            tokens
                .extend(holder.filter(|holder| module.function_of(holder.scope).is_none()).map(|it| (it, bind, true)));
            // `String token = …; this.token = token;`
            let local = program.holder(ExprRef { file: call.file, expr: bind.place });
            for at in local.iter().flat_map(|local| uses(program, local).0) {
                let passed = module.binds.iter().filter(|bind| bind.value == Some(at.expr));
                tokens.extend(passed.filter_map(|bind| {
                    let holder = program.holder(ExprRef { file: call.file, expr: bind.place })?;
                    module.function_of(holder.scope).is_none().then_some((holder, bind, false))
                }));
            }
        }
    }
    let (token, set, direct) = match tokens.as_slice() {
        [] => return Ok(None),
        [one] => one,
        _ => return Err("more than one field holds it".to_owned()),
    };
    let whole = Whole {
        program,
        call,
        found,
        signs: &exchange.signs,
        token: token.clone(),
        helpers: RefCell::default(),
        ends: RefCell::default(),
    };
    whole.kept(set, *direct).map(Some)
}

pub(super) struct Whole<'a> {
    pub program: &'a Program,
    pub call: ExprRef,
    pub found: &'a Reads,
    /// The calls that sign the JWT.
    pub signs: &'a [ExprRef],
    token: Holder,
    /// Methods that only ask whether the token is still good.
    pub helpers: RefCell<Vec<FunctionId>>,
    /// Fields that tell when it ends.
    pub ends: RefCell<Vec<Holder>>,
}

impl Whole<'_> {
    fn kept(&self, set: &Bind, direct: bool) -> Result<Kept, String> {
        let (program, call) = (self.program, self.call);
        let module = program.module(call.file);
        let own = module.function_of(module.expr(call.expr).scope).ok_or("it is kept outside of a method")?;
        let mut gone = vec![self.field(&self.token, set)?];
        let (reads, _) = uses(program, &self.token);
        let (returned, asked): (Vec<ExprRef>, Vec<ExprRef>) = reads.iter().partition(|at| self.is_returned(**at));
        let methods: Vec<FunctionId> =
            returned.iter().filter_map(|at| module.function_of(module.expr(at.expr).scope)).collect();
        let method = *methods.first().ok_or("it is given out in another way")?;
        if methods.iter().any(|other| *other != method) {
            return Err("more than one method gives it out".to_owned());
        }
        let (check, body) = self.check(method, own)?;
        let valid_first = body.is_empty();
        let condition = *module.stmt(check).exprs.first().ok_or("it is asked for in another way")?;
        let mut margin = None;
        let present = self.condition(condition, valid_first, &mut margin, 0)?;
        let margin = margin.ok_or("nobody asks when it ends")?;
        let ends = self.ends.borrow().clone();
        let first = Kept {
            gone: vec![],
            idle: vec![],
            returned: None,
            anchor: None,
            margin: margin_in_seconds(margin),
            field: gone[0],
        };
        let mut idle = vec![];
        for end in &ends {
            let set = self.set_of(end).ok_or_else(|| format!("`{}` is set more than once", end.name))?;
            gone.push(self.field(end, set)?);
            gone.push(set.stmt);
            let span = module.stmt(set.stmt).span;
            idle.extend(
                self.found.reads.iter().filter(|read| span.contains(module.expr(read.at.expr).span)).map(|it| it.at),
            );
        }
        gone.push(set.stmt);
        gone.push(check);
        for helper in self.helpers.borrow().iter() {
            let is_it = |stmt: &crate::ir::Stmt| stmt.kind == StmtKind::Function(*helper);
            gone.extend(module.stmts.iter().position(is_it).map(|at| StmtId(at as u32)));
        }
        // Before the first answer it must be asked for.
        if !present && !ends.iter().all(|end| self.begins_ended(end)) {
            return Err("it may be given out before there is one".to_owned());
        }
        let away = |at: ExprRef| gone.iter().any(|stmt| module.stmt(*stmt).span.contains(module.expr(at.expr).span));
        for holder in ends.iter().chain([&self.token]) {
            let (reads, _) = uses(program, holder);
            let other = reads.iter().find(|at| !away(**at) && !returned.contains(at)).copied();
            if let Some(other) = other.or_else(|| self.read_of_another(&holder.name)) {
                let line = program.file(call.file).lines().line_of(module.expr(other.expr).span.start as usize) + 1;
                return Err(format!("`{}` is read in line {line} as well", holder.name));
            }
        }
        if asked.iter().any(|at| !away(*at)) {
            return Err("it is asked for in another way".to_owned());
        }
        let mut outer: Vec<ExprRef> = returned.iter().filter(|at| !away(**at)).copied().collect();
        let returned = outer.pop();
        if !outer.is_empty() || (!direct && returned.is_some()) || (direct && returned.is_none()) {
            return Err("it is given out in another way".to_owned());
        }
        let mut anchor = None;
        if !valid_first {
            // The request moves to where the token is given back; all that stood around it must be there for it only.
            anchor = Some(returned.ok_or("it is given out in another way")?);
            let kept = gone.clone();
            let idle_stmt = |stmt: &StmtId| {
                kept.contains(stmt)
                    || self.found.holders.contains(stmt)
                    || self.found.guards.contains(stmt)
                    || self.is_moment(*stmt)
                    || module.stmt(*stmt).span.contains(module.expr(call.expr).span)
                        && module.stmt(*stmt).blocks.is_empty()
            };
            let region: Vec<StmtId> = if method == own {
                body
            } else {
                let is_it = |stmt: &crate::ir::Stmt| stmt.kind == StmtKind::Function(own);
                gone.extend(module.stmts.iter().position(is_it).map(|at| StmtId(at as u32)));
                module.function(own).body.map(|body| module.block(body).stmts.clone()).unwrap_or_default()
            };
            if !region.iter().all(idle_stmt) {
                return Err("more is done where it is renewed".to_owned());
            }
        } else if !self.reaches(returned) {
            return Err("it is given out where the answer is not known".to_owned());
        }
        gone.sort();
        gone.dedup();
        gone.retain(|stmt| *stmt != first.field);
        Ok(Kept { gone, idle, returned, anchor, ..first })
    }

    /// The declaration of a field that nobody else sees, and nobody else sets.
    /// Where a field of that name is read of another object, `client.expiry`: it may be one of the same class.
    fn read_of_another(&self, name: &str) -> Option<ExprRef> {
        let module = self.program.module(self.call.file);
        let is_it = |id: &ExprId| match module.kind(*id) {
            ExprKind::Member { base, name: own, .. } => {
                let called = module.expr(*id).parent.map(|parent| module.kind(parent));
                **own == *name
                    && !is_self(module.kind(*base))
                    && !matches!(called, Some(ExprKind::Call { callee, .. }) if callee == id)
            }
            _ => false,
        };
        module.expr_ids().find(is_it).map(|expr| self.at(expr))
    }

    fn field(&self, holder: &Holder, set: &Bind) -> Result<StmtId, String> {
        let program = self.program;
        let module = program.module(holder.file);
        let (_, binds) = uses(program, holder);
        let declared = |bind: &&&Bind| module.function_of(module.stmt(bind.stmt).scope).is_none();
        let declaration = binds.iter().find(declared).ok_or("it is not declared in the class")?;
        let stmt = module.stmt(declaration.stmt);
        if binds.iter().any(|bind| bind.place != declaration.place && bind.place != set.place) {
            return Err(format!("`{}` is set elsewhere as well", holder.name));
        }
        let others = module.binds.iter().filter(|bind| bind.stmt == declaration.stmt).count();
        let words = modifiers(program, holder.file, stmt.span.start, module.expr(declaration.place).span.start);
        let lombok = |decorators: &[ExprId]| {
            decorators.iter().any(|one| {
                let name = super::fixed::annotation(program, holder.file, *one);
                matches!(name, "Getter" | "Setter" | "Data" | "Value" | "ToString" | "Builder")
            })
        };
        let class = module.class_of(holder.scope).map(|class| module.class(class));
        let seen = lombok(&declaration.decorators) || class.is_some_and(|class| lombok(&class.decorators));
        if others != 1 || !words.contains(&"private") || words.contains(&"static") || seen {
            return Err(format!("`{}` is seen by others", holder.name));
        }
        Ok(declaration.stmt)
    }

    /// The one place beside its declaration where a field is set, in the method of the request.
    pub(super) fn set_of(&self, holder: &Holder) -> Option<&Bind> {
        let module = self.program.module(holder.file);
        let (_, binds) = uses(self.program, holder);
        let own = module.function_of(module.expr(self.call.expr).scope);
        let mut inside = binds.into_iter().filter(|bind| module.function_of(module.stmt(bind.stmt).scope).is_some());
        let found = inside.next()?;
        let same = module.function_of(module.stmt(found.stmt).scope) == own;
        (inside.next().is_none() && same && module.stmt(found.stmt).kind == StmtKind::Bind).then_some(found)
    }

    /// Whether a statement does nothing but name a moment: `long exp = System.currentTimeMillis() / 1000 + 300;`
    fn is_moment(&self, stmt: StmtId) -> bool {
        let module = self.program.module(self.call.file);
        let mut binds = module.binds.iter().filter(|bind| bind.stmt == stmt).peekable();
        let is_local = |bind: &Bind| {
            let holder = self.program.holder(self.at(bind.place));
            holder.is_some_and(|holder| module.function_of(holder.scope).is_some())
        };
        module.stmt(stmt).kind == StmtKind::Bind
            && binds.peek().is_some()
            && binds.all(|bind| {
                is_local(bind) && bind.value.is_some_and(|value| sum(self.program, self.at(value), &|_| None).is_some())
            })
    }

    fn is_returned(&self, at: ExprRef) -> bool {
        let module = self.program.module(at.file);
        let stmt = module.stmt(module.expr(at.expr).stmt);
        stmt.kind == StmtKind::Return && stmt.exprs == [at.expr]
    }

    /// `if (good) { return token; }`, or `if (old) { renew }` with what it does.
    fn check(&self, method: FunctionId, own: FunctionId) -> Result<(StmtId, Vec<StmtId>), String> {
        let module = self.program.module(self.call.file);
        let body = module.function(method).body.ok_or("it is asked for in another way")?;
        for id in &module.block(body).stmts {
            let stmt = module.stmt(*id);
            let (StmtKind::If, [block]) = (stmt.kind, stmt.blocks.as_slice()) else { continue };
            let inner = &module.block(*block).stmts;
            if let [one] = inner.as_slice()
                && method == own
                && module.stmt(*one).exprs.iter().any(|expr| self.is_token(*expr) && self.is_returned(self.at(*expr)))
            {
                return Ok((*id, vec![]));
            }
            let asks = stmt.span.contains(module.expr(self.call.expr).span);
            let renews = match inner.as_slice() {
                [one] if method != own => self.calls(*one, own),
                _ => false,
            };
            if (asks && method == own) || renews {
                return Ok((*id, inner.clone()));
            }
        }
        Err("it is asked for in another way".to_owned())
    }

    /// Whether a statement is nothing but the only call of a private method without parameters.
    fn calls(&self, stmt: StmtId, own: FunctionId) -> bool {
        let module = self.program.module(self.call.file);
        let function = FunctionRef { file: self.call.file, function: own };
        let stmt = module.stmt(stmt);
        let callers = self.program.callers(function);
        stmt.kind == StmtKind::Expr
            && matches!(callers, [one] if one.file == self.call.file && stmt.exprs == [one.expr])
            && is_private(self.program, function)
            && module.function(own).params.is_empty()
    }

    pub(super) fn at(&self, expr: ExprId) -> ExprRef {
        ExprRef { file: self.call.file, expr }
    }

    pub(super) fn is_token(&self, expr: ExprId) -> bool {
        self.program.holder(self.at(expr)).as_ref() == Some(&self.token)
    }

    /// Whether the answer is known where the token is given back: in the same block as the request, or in one inside it.
    fn reaches(&self, returned: Option<ExprRef>) -> bool {
        let Some(returned) = returned else { return true };
        let module = self.program.module(self.call.file);
        let mut asked = module.stmt(module.expr(self.call.expr).stmt);
        while let Some(owner) = module.block(asked.block).owner.filter(|owner| self.found.opened.contains(owner)) {
            asked = module.stmt(owner);
        }
        let span = module.expr(returned.expr).span;
        module.block(asked.block).span.contains(span)
    }
}

fn margin_in_seconds(milliseconds: f64) -> u32 {
    (milliseconds / 1000.0).ceil().clamp(0.0, 86_400.0) as u32
}
