//! What expressions are when the body of a loop runs once.

use crate::analyze::Unit;
use crate::ir::{ExprId, ExprKind, How, ScopeId, StmtId, StmtKind};
use crate::text::{SourceFile, Span};
use std::collections::BTreeMap;

/// A name with the scope that declares it.
type Named = (ScopeId, Box<str>);

/// What is known of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Number(i64),
    Bool(bool),
    /// The one of the list that is tried.
    One,
}

/// A loop with a single round.
pub(super) struct Once<'a> {
    unit: &'a Unit,
    source: &'a SourceFile,
    /// What is walked over.
    pub(super) list: ExprId,
    known: BTreeMap<Named, Value>,
    /// The statements in the body that give what is known another name.
    pub(super) givers: Vec<StmtId>,
    /// Expressions that something known is read by.
    reads: Vec<ExprId>,
    /// Calls that may be left out.
    harmless: Vec<ExprId>,
}

impl<'a> Once<'a> {
    /// `None` if the loop does not walk over a list, one after the other.
    pub(super) fn new(
        unit: &'a Unit,
        source: &'a SourceFile,
        stmt: StmtId,
        head: Span,
        harmless: &dyn Fn(ExprId) -> bool,
    ) -> Option<Once<'a>> {
        let module = &unit.module;
        let (list, known) = walked(unit, source, stmt, head)?;
        let calls = module.expr_ids().filter(|id| module.stmt(stmt).span.contains(module.expr(*id).span));
        let harmless = calls.filter(|id| matches!(module.kind(*id), ExprKind::Call { .. }) && harmless(*id)).collect();
        let mut once = Once { unit, source, list, known, givers: vec![], reads: vec![], harmless };
        once.spread(stmt, head);
        once.reads =
            module.expr_ids().filter(|id| once.named(*id).is_some_and(|name| once.known.contains_key(&name))).collect();
        let places = |id: &ExprId| unit.bind_of_place(*id).is_none();
        once.reads.retain(places);
        let others = |id: &ExprId| !once.is_another(*id, stmt);
        once.reads = once.reads.iter().copied().filter(others).collect();
        Some(once)
    }

    /// What reads the round: the counter, the one that is tried, and what is made of them.
    pub(super) fn reads(&self) -> impl Iterator<Item = ExprId> + '_ {
        self.reads.iter().copied()
    }

    /// Names in the body that hold what is known: `const last = i === LIST.length - 1`.
    fn spread(&mut self, stmt: StmtId, head: Span) {
        let module = &self.unit.module;
        let span = module.stmt(stmt).span;
        for bind in module.binds.iter().filter(|bind| span.contains(bind.span) && !head.contains(bind.span)) {
            let ExprKind::Name(name) = module.kind(bind.place) else { continue };
            let only = self.unit.binds_in(bind.scope, name).len() == 1;
            let Some(value) = bind.value.filter(|_| only && bind.how == How::Assign) else { continue };
            if let Some(value) = self.value(value).filter(|value| !matches!(value, Value::Number(_))) {
                self.known.insert((bind.scope, name.clone()), value);
                self.givers.push(bind.stmt);
            }
        }
    }

    /// Whether a read sees what another loop gave the same name.
    fn is_another(&self, read: ExprId, stmt: StmtId) -> bool {
        let module = &self.unit.module;
        let Some(name) = self.named(read) else { return true };
        let at = module.expr(read).span;
        let own = module.stmt(stmt).span;
        !own.contains(at)
            && self.unit.binds_in(name.0, &name.1).iter().any(|bind| {
                let giver = module.stmt(module.binds[bind.index()].stmt);
                giver.span != own && giver.kind == StmtKind::Loop && giver.span.contains(at)
            })
    }

    fn named(&self, expr: ExprId) -> Option<Named> {
        let module = &self.unit.module;
        let ExprKind::Name(name) = module.kind(expr) else { return None };
        Some((self.unit.declaring_scope(module.expr(expr).scope, name)?, name.clone()))
    }

    fn is_list(&self, expr: ExprId) -> bool {
        let module = &self.unit.module;
        self.source.slice(module.expr(expr).span) == self.source.slice(module.expr(self.list).span)
    }

    /// What an expression is in the only round.
    pub(super) fn value(&self, expr: ExprId) -> Option<Value> {
        let module = &self.unit.module;
        match module.kind(expr) {
            ExprKind::Name(_) => self.known.get(&self.named(expr)?).copied(),
            ExprKind::Number(number) => number.parse().ok().map(Value::Number),
            ExprKind::Bool(value) => Some(Value::Bool(*value)),
            ExprKind::Member { base, name, .. } => {
                (self.is_list(*base) && **name == *"length").then_some(Value::Number(1))
            }
            ExprKind::Index { base, .. } => self.is_list(*base).then_some(Value::One),
            ExprKind::Call { callee, args, .. } => match (module.kind(*callee), args.as_slice()) {
                (ExprKind::Name(name), [list]) if **name == *"len" => {
                    self.is_list(list.value).then_some(Value::Number(1))
                }
                (ExprKind::Member { base, name, .. }, args) if self.is_list(*base) => match (&**name, args.len()) {
                    ("size" | "length", 0) => Some(Value::Number(1)),
                    ("get" | "at", 1) => Some(Value::One),
                    ("indexOf" | "index", 1) => Some(Value::Number(0)),
                    _ => None,
                },
                _ => None,
            },
            ExprKind::Binary { left, right, .. } => self.compared(*left, *right),
            ExprKind::Choice { options, tested: None } => {
                let [first, second, ..] = options.as_slice() else { return None };
                self.joined(&self.between(*first, *second), options)
            }
            ExprKind::Opaque(parts) => {
                let [part] = parts.as_slice() else { return None };
                let text = self.source.slice(module.expr(expr).span);
                match self.value(*part)? {
                    Value::Bool(value) if text.starts_with('!') || text.starts_with("not ") => {
                        Some(Value::Bool(!value))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn between(&self, left: ExprId, right: ExprId) -> String {
        let module = &self.unit.module;
        let (from, to) = (module.expr(left).outer.end, module.expr(right).outer.start);
        let text = if from < to { self.source.slice(Span { start: from, end: to }) } else { "" };
        text.trim().to_owned()
    }

    fn compared(&self, left: ExprId, right: ExprId) -> Option<Value> {
        let operator = self.between(left, right);
        if matches!(operator.as_str(), "&&" | "||" | "and" | "or") {
            return self.joined(&operator, &[left, right]);
        }
        let (left, right) = (self.value(left)?, self.value(right)?);
        let value = match (left, right, operator.as_str()) {
            (Value::Number(left), Value::Number(right), "+") => return left.checked_add(right).map(Value::Number),
            (Value::Number(left), Value::Number(right), "-") => return left.checked_sub(right).map(Value::Number),
            (left, right, "==" | "===" | "is") => left == right,
            (left, right, "!=" | "!==" | "is not") => left != right,
            (Value::Number(left), Value::Number(right), "<") => left < right,
            (Value::Number(left), Value::Number(right), "<=") => left <= right,
            (Value::Number(left), Value::Number(right), ">") => left > right,
            (Value::Number(left), Value::Number(right), ">=") => left >= right,
            _ => return None,
        };
        Some(Value::Bool(value))
    }

    /// `a || true`; what is left out must have no effect.
    fn joined(&self, operator: &str, sides: &[ExprId]) -> Option<Value> {
        let decisive = match operator {
            "||" | "or" => true,
            "&&" | "and" => false,
            _ => return None,
        };
        let values: Vec<Option<Value>> = sides.iter().map(|side| self.value(*side)).collect();
        if values.contains(&Some(Value::Bool(decisive))) {
            return sides.iter().all(|side| self.is_quiet(*side)).then_some(Value::Bool(decisive));
        }
        values.iter().all(|value| *value == Some(Value::Bool(!decisive))).then_some(Value::Bool(!decisive))
    }

    /// Whether an expression may be left out.
    fn is_quiet(&self, expr: ExprId) -> bool {
        let module = &self.unit.module;
        let own = match module.kind(expr) {
            ExprKind::Call { .. } => self.harmless.contains(&expr),
            ExprKind::Opaque(_) => self.source.slice(module.expr(expr).span).starts_with(['!', 'n', '-']),
            ExprKind::Function(_) | ExprKind::Class(_) => false,
            _ => true,
        };
        own && module.children(expr).into_iter().all(|child| self.is_quiet(child))
    }
}

/// What a loop walks over, and what its names are in the first round.
fn walked(unit: &Unit, source: &SourceFile, stmt: StmtId, head: Span) -> Option<(ExprId, BTreeMap<Named, Value>)> {
    let module = &unit.module;
    let binds: Vec<_> = module
        .binds
        .iter()
        .filter(|bind| bind.stmt == stmt && head.contains(bind.span) && bind.how != How::Augment)
        .collect();
    let name = |place: ExprId| match module.kind(place) {
        ExprKind::Name(name) => Some(name.clone()),
        _ => None,
    };
    let [first, ..] = binds.as_slice() else { return None };
    let mut known = BTreeMap::new();
    if first.how == How::Assign {
        // `for (let i = 0; i < LIST.length; i++)`
        let counter = name(first.place).filter(|_| binds.len() == 1)?;
        let zero =
            first.value.is_some_and(|value| matches!(module.kind(value), ExprKind::Number(number) if **number == *"0"));
        let bound = module.expr_ids().find_map(|id| match module.kind(id) {
            ExprKind::Binary { left, right, op } if head.contains(module.expr(id).span) && **op == *"<" => {
                matches!(module.kind(*left), ExprKind::Name(found) if *found == counter).then_some(*right)
            }
            _ => None,
        })?;
        known.insert((first.scope, counter), Value::Number(0));
        return measured(unit, bound).filter(|_| zero).map(|list| (list, known));
    }
    let value = first.value?;
    let numbered = match module.kind(value) {
        ExprKind::Call { callee, args, .. } => match (module.kind(*callee), args.as_slice()) {
            (ExprKind::Name(called), [only]) if **called == *"enumerate" => Some(only.value),
            (ExprKind::Member { base, name, .. }, []) if **name == *"entries" => Some(*base),
            (ExprKind::Name(called), [only]) if **called == *"range" && binds.len() == 1 => {
                known.insert((first.scope, name(first.place)?), Value::Number(0));
                return measured(unit, only.value).map(|list| (list, known));
            }
            (ExprKind::Name(called), _) if **called == *"range" => return None,
            _ => None,
        },
        _ => None,
    };
    // `for (const i in LIST)` gives keys.
    let is_over_keys = unit.language.syntax.braces && source.slice(head).contains(" in ");
    match (numbered, binds.as_slice()) {
        (Some(list), [counter, one]) => {
            known.insert((counter.scope, name(counter.place)?), Value::Number(0));
            known.insert((one.scope, name(one.place)?), Value::One);
            Some((list, known))
        }
        (None, [one]) if one.how == How::Each && !is_over_keys => {
            known.insert((one.scope, name(one.place)?), Value::One);
            Some((value, known))
        }
        _ => None,
    }
}

/// The list in `LIST.length`, `len(LIST)`, `list.size()`.
fn measured(unit: &Unit, expr: ExprId) -> Option<ExprId> {
    let module = &unit.module;
    match module.kind(expr) {
        ExprKind::Member { base, name, .. } if **name == *"length" => Some(*base),
        ExprKind::Call { callee, args, .. } => match (module.kind(*callee), args.as_slice()) {
            (ExprKind::Name(name), [list]) if **name == *"len" => Some(list.value),
            (ExprKind::Member { base, name, .. }, []) if matches!(&**name, "size" | "length") => Some(*base),
            _ => None,
        },
        _ => None,
    }
}
