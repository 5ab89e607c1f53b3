//! The question whether a kept token is still good: by its presence, and by the fields that tell when it ends.

use super::clock::{Sum, sum};
use super::fixed::uses;
use super::kept::Whole;
use super::parts::Read;
use crate::analyze::{ExprRef, Holder};
use crate::ir::{ExprId, ExprKind};
use crate::migrate::java::is_private;

impl Whole<'_> {
    /// Reads a condition that holds while the token is good (`good`), or when it is not. Gives whether it asks for its
    /// presence.
    pub(super) fn condition(
        &self,
        at: ExprId,
        good: bool,
        margin: &mut Option<f64>,
        depth: u8,
    ) -> Result<bool, String> {
        let other = || Err("it is asked in another way whether it is still good".to_owned());
        let program = self.program;
        let module = program.module(self.call.file);
        let source = program.source(self.at(at));
        if depth > 8 {
            return other();
        }
        match module.kind(at) {
            ExprKind::Opaque(parts) => match parts.as_slice() {
                [inner] if source.starts_with('!') => self.condition(*inner, !good, margin, depth + 1),
                [inner] => self.condition(*inner, good, margin, depth + 1),
                _ => other(),
            },
            ExprKind::Binary { op, left, right } if **op == *if good { "&&" } else { "||" } => {
                let left = self.condition(*left, good, margin, depth + 1)?;
                Ok(self.condition(*right, good, margin, depth + 1)? || left)
            }
            ExprKind::Binary { op, left, right } if **op == *if good { "!=" } else { "==" } => {
                let null = |side: ExprId| matches!(module.kind(side), ExprKind::Null);
                let side = match (null(*left), null(*right)) {
                    (false, true) => *left,
                    (true, false) => *right,
                    _ => return other(),
                };
                self.presence(side)
            }
            ExprKind::Binary { op, left, right } => {
                let (less, more) = match &**op {
                    "<" | "<=" => (*left, *right),
                    ">" | ">=" => (*right, *left),
                    _ => return other(),
                };
                self.compared(less, more, good, margin)
            }
            ExprKind::Call { callee, args, new: false } => {
                let args: Vec<ExprId> = args.iter().map(|arg| arg.value).collect();
                let (name, base) = match module.kind(*callee) {
                    ExprKind::Member { base, name, .. } => (&**name, Some(*base)),
                    ExprKind::Name(name) => (&**name, None),
                    _ => return other(),
                };
                match (name, base, args.as_slice()) {
                    ("isBefore" | "before", Some(base), [one]) => self.compared(base, *one, good, margin),
                    ("isAfter" | "after", Some(base), [one]) => self.compared(*one, base, good, margin),
                    ("hasText" | "hasLength" | "isNotBlank" | "isNotEmpty" | "nonNull", _, [one]) if good => {
                        self.presence(*one)
                    }
                    ("isBlank" | "isEmpty" | "isNull", _, [one]) if !good => self.presence(*one),
                    ("isBlank" | "isEmpty", Some(base), []) if !good => self.presence(base).map(|_| false),
                    (_, _, []) => self.helper(*callee, good, margin, depth),
                    _ => other(),
                }
            }
            _ => other(),
        }
    }

    /// A private method that does nothing but tell whether the token is good.
    fn helper(&self, callee: ExprId, good: bool, margin: &mut Option<f64>, depth: u8) -> Result<bool, String> {
        let program = self.program;
        let module = program.module(self.call.file);
        let functions = program.functions_of(self.at(callee));
        let [one] = functions.as_slice() else {
            return Err("it is asked in another way whether it is still good".to_owned());
        };
        let target = module.function(one.function);
        let only = target.body.is_some_and(|body| module.block(body).stmts.len() == 1);
        let lonely = one.file == self.call.file && program.callers(*one).len() == 1 && is_private(program, *one);
        let [given] = target.returns.as_slice() else {
            return Err("it is asked in another way whether it is still good".to_owned());
        };
        if !only || !lonely {
            return Err("others ask whether it is still good".to_owned());
        }
        self.helpers.borrow_mut().push(one.function);
        self.condition(*given, good, margin, depth + 1)
    }

    fn presence(&self, at: ExprId) -> Result<bool, String> {
        if self.is_token(at) {
            return Ok(true);
        }
        let holder = self.program.holder(self.at(at)).filter(|holder| self.set_of(holder).is_some());
        match holder {
            Some(holder) => {
                self.end(&holder);
                Ok(true)
            }
            None => Err("it is asked in another way whether it is still good".to_owned()),
        }
    }

    fn end(&self, holder: &Holder) {
        let mut ends = self.ends.borrow_mut();
        if !ends.contains(holder) {
            ends.push(holder.clone());
        }
    }

    /// `less < more`
    fn compared(&self, less: ExprId, more: ExprId, good: bool, margin: &mut Option<f64>) -> Result<bool, String> {
        let leaf = |at: ExprRef| self.leaf(at);
        let side = |expr| sum(self.program, self.at(expr), &leaf);
        let (Some(less), Some(more)) = (side(less), side(more)) else {
            return Err("its end is not reckoned in a plain way".to_owned());
        };
        let left = if good { more.without(less) } else { less.without(more) };
        let found = left.margin().filter(|_| margin.is_none());
        *margin = Some(found.ok_or("its end is not that of the answer")?);
        Ok(false)
    }

    /// A field that was set with the token, or the lifetime that the answer told.
    fn leaf(&self, at: ExprRef) -> Option<Sum> {
        if self.found.reads.iter().any(|read| read.at == at && read.part == "expires_in") {
            return Some(Sum { life: 1.0, ..Sum::default() });
        }
        let module = self.program.module(at.file);
        let holder = self.program.holder(at).filter(|holder| module.function_of(holder.scope).is_none())?;
        let set = self.set_of(&holder)?;
        let value = ExprRef { file: at.file, expr: set.value? };
        let whole = sum(self.program, value, &|inner| {
            let is_it = |read: &&Read| read.at == inner && read.part == "expires_in";
            self.found.reads.iter().find(is_it).map(|_| Sum { life: 1.0, ..Sum::default() })
        })?;
        self.end(&holder);
        // A token that was thought to end with its JWT ends with its own lifetime now.
        let whole = match whole.life == 0.0 && self.is_end_of_jwt(value) {
            true => Sum { now: whole.now, life: whole.now, ..Sum::default() },
            false => whole,
        };
        Some(whole.at_answer())
    }

    /// Whether a value is made of a name that the JWT is made of as well: its end.
    fn is_end_of_jwt(&self, value: ExprRef) -> bool {
        let program = self.program;
        let module = program.module(value.file);
        let span = module.expr(value.expr).span;
        let names = module
            .expr_ids()
            .filter(|id| matches!(module.kind(*id), ExprKind::Name(_)) && span.contains(module.expr(*id).span));
        let locals = names.filter_map(|id| program.holder(self.at(id)));
        let mut locals = locals.filter(|holder| module.function_of(holder.scope).is_some());
        locals.any(|holder| uses(program, &holder).0.iter().any(|read| self.is_signed(*read)))
    }

    /// Whether a value goes into the JWT: into the chain of calls that signs it, or a function that does.
    fn is_signed(&self, at: ExprRef) -> bool {
        let program = self.program;
        let module = program.module(at.file);
        let span = module.expr(at.expr).span;
        let inside = |sign: &ExprRef| sign.file == at.file && program.place(*sign).span.contains(span);
        let mut up = module.expr(at.expr).parent;
        let mut handed = false;
        while let Some(id) = up {
            if let ExprKind::Call { callee, .. } = module.kind(id) {
                handed |= program.functions_of(self.at(*callee)).iter().any(|function| {
                    let body = program.module(function.file).function(function.function).span;
                    self.signs.iter().any(|sign| sign.file == function.file && body.contains(program.place(*sign).span))
                });
            }
            up = module.expr(id).parent;
        }
        handed || self.signs.iter().any(inside)
    }

    /// Whether a field tells from the beginning that no token is good.
    pub(super) fn begins_ended(&self, holder: &Holder) -> bool {
        let module = self.program.module(holder.file);
        let (_, binds) = uses(self.program, holder);
        let declared = binds.iter().find(|bind| module.function_of(module.stmt(bind.stmt).scope).is_none());
        let first = declared.and_then(|bind| bind.value).map(|value| self.program.source(self.at(value)));
        let class = declared.and_then(|bind| bind.class).map(|class| self.program.source(self.at(class)));
        match first {
            // A number that is not set is zero.
            None => class.is_none(),
            Some(text) => {
                matches!(text, "0" | "0L" | "0l" | "-1" | "-1L" | "Instant.EPOCH" | "Instant.MIN" | "LocalDateTime.MIN")
            }
        }
    }
}
