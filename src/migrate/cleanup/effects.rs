//! What evaluating an expression or running a statement does, apart from giving a value.

use super::names::{NameId, Names, is_given, is_self, last_name};
use super::owners::{Met, target};
use super::{Context, guards, log, open};
use crate::ir::{Arg, BindId, ExprId, ExprKind, FunctionId, How, Module, ScopeId, StmtId, StmtKind};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What somebody could notice.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Effect {
    /// Something that we cannot name: it may never go.
    pub(super) seen: bool,
    /// Names that get another value, or whose value is changed from inside. Noticed only by who reads them.
    pub(super) writes: BTreeSet<NameId>,
    /// Parameters (function, position) whose value is changed from inside. Noticed by who hands that value over.
    pub(super) handed: BTreeSet<(FunctionId, u32)>,
}

impl Effect {
    fn seen() -> Effect {
        Effect { seen: true, ..Effect::default() }
    }

    pub(super) fn join(&mut self, other: Effect) {
        self.seen |= other.seen;
        self.writes.extend(other.writes);
        self.handed.extend(other.handed);
    }

    /// Whether nobody can notice anything but who reads the names that are written.
    pub(super) fn is_quiet(&self) -> bool {
        !self.seen && self.handed.is_empty()
    }
}

/// Methods that change the object that they are called on, in the languages' own collections and forms.
const CHANGERS: [&str; 13] = [
    "append",
    "extend",
    "insert",
    "add",
    "update",
    "setdefault",
    "pop",
    "push",
    "unshift",
    "set",
    "put",
    "delete",
    "clear",
];

/// Methods that call the function they are given, once for each element, and do nothing else.
const ITERATORS: [&str; 7] = ["forEach", "map", "filter", "reduce", "some", "every", "flatMap"];

/// Finds effects; remembers those of functions.
pub(super) struct Effects<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) names: &'a Names,
    binds_of: Vec<Vec<BindId>>,
    functions: HashMap<FunctionId, Effect>,
    expr_of: HashMap<FunctionId, ExprId>,
    /// The calls that [`makes_new`](Self::makes_new) is looking at.
    pub(super) asked: HashSet<ExprId>,
}

impl<'a> Effects<'a> {
    pub(super) fn new(context: &'a Context<'a>, names: &'a Names) -> Self {
        let module = context.module;
        let mut binds_of = vec![vec![]; module.stmts.len()];
        for id in module.bind_ids() {
            binds_of[module.binds[id.index()].stmt.index()].push(id);
        }
        let function = |id: ExprId| match module.kind(id) {
            ExprKind::Function(function) => Some((*function, id)),
            _ => None,
        };
        let expr_of = module.expr_ids().filter_map(function).collect();
        Effects { context, names, binds_of, functions: HashMap::new(), expr_of, asked: HashSet::new() }
    }

    /// The binds of each statement.
    pub(super) fn binds_of(&self, stmt: StmtId) -> &[BindId] {
        &self.binds_of[stmt.index()]
    }

    /// The expression that a function is, if it is no declaration.
    pub(super) fn expr_of(&self, function: FunctionId) -> Option<ExprId> {
        self.expr_of.get(&function).copied()
    }

    /// Running a whole statement, blocks included. Where control goes is not an effect here.
    pub(super) fn stmt(&mut self, id: StmtId) -> Effect {
        let module = self.context.module;
        let stmt = module.stmt(id);
        let mut effect = Effect::default();
        for expr in &stmt.exprs {
            // What a function says while it works is not missed when its work is not.
            match log::line(module, *expr).filter(|line| line.is_log) {
                Some(line) => line.args.into_iter().for_each(|arg| effect.join(self.expr(arg))),
                None => effect.join(self.expr(*expr)),
            }
        }
        for bind in self.binds_of[id.index()].clone() {
            effect.join(self.bind(bind));
        }
        if !matches!(stmt.kind, StmtKind::Function(_)) {
            for inner in stmt.blocks.iter().flat_map(|block| &module.block(*block).stmts) {
                if !self.only_refuses(id, *inner) {
                    effect.join(self.stmt(*inner));
                }
            }
        }
        effect
    }

    /// What a function says when it cannot do its work is not missed when the work is not wanted any more.
    fn only_refuses(&self, around: StmtId, stmt: StmtId) -> bool {
        let module = self.context.module;
        let refuses = |stmt: &StmtId| guards::is_refusal(self.context, *stmt);
        match module.stmt(around).kind {
            StmtKind::Try => module.block(module.stmt(stmt).block).is_handler && refuses(&stmt),
            StmtKind::If => module.block(module.stmt(stmt).block).stmts.iter().all(refuses),
            _ => false,
        }
    }

    /// Giving the place its value.
    pub(super) fn bind(&mut self, id: BindId) -> Effect {
        let module = self.context.module;
        let bind = &module.binds[id.index()];
        if matches!(bind.how, How::Param(..)) || open::is_inline(module, bind) {
            return Effect::default();
        }
        let value = bind.value.filter(|_| !matches!(bind.how, How::Import(_)));
        let mut effect = value.map(|value| self.expr(value)).unwrap_or_default();
        if is_given(module, bind) {
            return effect;
        }
        effect.join(match self.names.bound(module, bind) {
            Some(name) => Effect { writes: [name].into(), ..Effect::default() },
            None => self.change(bind.place, 0),
        });
        effect
    }

    /// Evaluating an expression.
    pub(super) fn expr(&mut self, id: ExprId) -> Effect {
        let module = self.context.module;
        let mut effect = Effect::default();
        for child in module.children(id) {
            effect.join(self.expr(child));
        }
        match module.kind(id) {
            ExprKind::Call { callee, args, .. } => effect.join(self.call(id, *callee, args)),
            ExprKind::Opaque(_) => effect.seen |= !is_quiet(self.context.file.slice(module.expr(id).span)),
            _ => {}
        }
        effect
    }

    fn call(&mut self, id: ExprId, callee: ExprId, args: &[Arg]) -> Effect {
        let module = self.context.module;
        if let Some(function) = self.local_function(callee) {
            return self.called(function, callee, args);
        }
        if let Some(target) = changed_by(module, callee, args) {
            let change = self.change(target, 1);
            if !change.seen {
                return change;
            }
        }
        let iterates = matches!(module.kind(callee), ExprKind::Member { name, .. } if ITERATORS.contains(&&**name));
        if !iterates && !(self.context.harmless_call)(id) {
            return Effect::seen();
        }
        // Whoever takes a function may call it. In a language of classes a method may change its object.
        let mut effect = self.receiver(id, callee).map(|base| self.change(base, 1)).unwrap_or_default();
        if effect.seen {
            effect = Effect::default();
        }
        for arg in args {
            match (self.local_function(arg.value), iterates, module.kind(arg.value)) {
                (Some(function), ..) => {
                    let own = self.function(function);
                    // What it is given is somebody's.
                    effect.seen |= own.handed.iter().any(|(of, _)| *of == function);
                    effect.join(own);
                }
                (None, true, ExprKind::Name(_)) => effect.seen |= !(self.context.harmless_call)(id),
                _ => {}
            }
        }
        effect
    }

    /// The object that a method is called on for what that does to it: `signature` of `signature.initSign(key);`.
    fn receiver(&self, call: ExprId, callee: ExprId) -> Option<ExprId> {
        let module = self.context.module;
        let open = module.classes.iter().any(|class| class.is_open);
        let alone = module.expr(call).parent.is_none() && module.stmt(module.expr(call).stmt).kind == StmtKind::Expr;
        match module.kind(callee) {
            ExprKind::Member { base, .. } if open && alone => Some(*base),
            _ => None,
        }
    }

    /// The function of this file that is meant, if it is the only thing that the name can be.
    pub(super) fn local_function(&self, callee: ExprId) -> Option<FunctionId> {
        let module = self.context.module;
        let name = match module.kind(callee) {
            ExprKind::Function(function) => return Some(*function),
            ExprKind::Name(name) => match self.names.resolve(module, module.expr(callee).scope, name)[..] {
                [only] => only,
                _ => return None,
            },
            ExprKind::Member { base, name, .. } if is_self(module, *base) => self.names.field(name)?,
            _ => return None,
        };
        let [bind] = self.names.get(name).binds[..] else { return None };
        let bind = &module.binds[bind.index()];
        match (&bind.how, bind.value.map(|value| module.kind(value))) {
            (How::Function(function), _) => Some(*function),
            (How::Assign, Some(ExprKind::Function(function))) => Some(*function),
            _ => None,
        }
    }

    /// Calling a function of this file with these values.
    fn called(&mut self, function: FunctionId, callee: ExprId, args: &[Arg]) -> Effect {
        let mut effect = self.function(function);
        let own: Vec<u32> = effect.handed.iter().filter(|(of, _)| *of == function).map(|(_, index)| *index).collect();
        effect.handed.retain(|(of, _)| *of != function);
        let module = self.context.module;
        let plain = matches!(module.kind(callee), ExprKind::Name(_));
        for index in own {
            let name = module.function(function).params.get(index as usize).and_then(|param| param.name.as_deref());
            let named = args.iter().find(|arg| arg.name.is_some() && arg.name.as_deref() == name);
            let placed = args.get(index as usize).filter(|arg| arg.name.is_none());
            match named.or(placed).filter(|_| plain) {
                Some(arg) => effect.join(self.change_value(arg.value)),
                None => effect.seen = true,
            }
        }
        effect
    }

    /// Calling a function: what its body does to the world outside it.
    fn function(&mut self, id: FunctionId) -> Effect {
        if let Some(known) = self.functions.get(&id) {
            return known.clone();
        }
        // A function that calls itself does nothing more by that.
        self.functions.insert(id, Effect::default());
        let module = self.context.module;
        let function = module.function(id);
        let mut effect = Effect::default();
        match function.body {
            Some(body) => {
                for stmt in &module.block(body).stmts {
                    effect.join(self.stmt(*stmt));
                }
            }
            None => {
                for value in &function.returns {
                    effect.join(self.expr(*value));
                }
                effect.join(self.binds_in_arrow(id));
            }
        }
        effect.writes.retain(|name| !self.is_inside(self.names.get(*name).scope, function.scope));
        self.functions.insert(id, effect.clone());
        effect
    }

    /// Assignments that are the one expression of an arrow function.
    fn binds_in_arrow(&mut self, id: FunctionId) -> Effect {
        let module = self.context.module;
        let Some(stmt) = self.expr_of(id).map(|expr| module.expr(expr).stmt) else { return Effect::default() };
        let span = module.function(id).span;
        let mut effect = Effect::default();
        for bind in self.binds_of[stmt.index()].clone() {
            if span.contains(module.binds[bind.index()].span) {
                effect.join(self.bind(bind));
            }
        }
        effect
    }

    fn is_inside(&self, scope: Option<ScopeId>, outer: ScopeId) -> bool {
        let mut at = scope;
        while let Some(id) = at {
            if id == outer {
                return true;
            }
            at = self.context.module.scope(id).parent;
        }
        false
    }

    /// Putting something at `place` (`payload["exp"]`): harmless if we know everybody who can see it. `below` says how
    /// far inside of it the change is: 1 for a method that changes the object at `place`.
    pub(super) fn change(&mut self, place: ExprId, below: usize) -> Effect {
        let (target, depth) = target(self.context.module, place);
        if let (Some(param), true) = (self.own_param(target), depth + below <= 1) {
            return Effect { handed: [param].into(), ..Effect::default() };
        }
        match self.changed_names(place, below) {
            Some(writes) => Effect { writes, ..Effect::default() },
            None => Effect::seen(),
        }
    }

    /// The parameter that a name is, if nothing else gives it a value.
    fn own_param(&self, target: ExprId) -> Option<(FunctionId, u32)> {
        let module = self.context.module;
        let ExprKind::Name(name) = module.kind(target) else { return None };
        let [name] = self.names.resolve(module, module.expr(target).scope, name)[..] else { return None };
        let [bind] = self.names.get(name).binds[..] else { return None };
        match module.binds[bind.index()].how {
            How::Param(function, index) => Some((function, index)),
            _ => None,
        }
    }

    fn changed_names(&mut self, place: ExprId, below: usize) -> Option<BTreeSet<NameId>> {
        let module = self.context.module;
        let (target, depth) = target(module, place);
        let names = match module.kind(target) {
            ExprKind::Name(name) => self.names.resolve(module, module.expr(target).scope, name),
            ExprKind::Member { name, .. } => vec![self.names.field(name)?],
            _ => return None,
        };
        let mut all = BTreeSet::new();
        if names.is_empty() {
            return None;
        }
        for name in names {
            all.extend(self.owners(name, depth + below, &mut Met::default())?);
        }
        Some(all)
    }
}

/// The object that a call changes: `payload` of `payload.update(…)` and of `Object.assign(payload, …)`.
fn changed_by(module: &Module, callee: ExprId, args: &[Arg]) -> Option<ExprId> {
    let ExprKind::Member { base, name, .. } = module.kind(callee) else { return None };
    if &**name == "assign" && last_name(module, *base) == Some("Object") {
        return args.first().map(|arg| arg.value);
    }
    CHANGERS.contains(&&**name).then_some(*base)
}

/// Whether an expression that the common form has no word for does nothing by itself, judged by its keyword. What it binds
/// (`i++`) is looked at apart.
fn is_quiet(text: &str) -> bool {
    !["yield", "delete ", "import(", "throw "].iter().any(|word| text.starts_with(word))
}
