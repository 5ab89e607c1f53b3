//! The smallest things that can be deleted: statements, declarators, names of object patterns and imports.

use super::effects::{Effect, Effects};
use super::names::{NameId, Names, is_given, last_name};
use super::{Context, guards, open, pieces, within};
use crate::ir::{Bind, BindId, ClassId, ExprId, ExprKind, FunctionId, How, ImportId, Key, ScopeKind, StmtId, StmtKind};
use crate::text::Span;
use std::collections::{BTreeSet, HashMap};

/// A unit; an index into [`Units::list`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct UnitId(pub(super) usize);

/// How a unit is deleted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum What {
    /// With its whole statement.
    Whole,
    /// One declarator, or one name of an object pattern.
    Bind(BindId),
    /// One name of an import statement.
    Import(ImportId),
    /// A field or method that is no statement.
    Member(BindId),
}

/// One thing that can be deleted.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) stmt: StmtId,
    pub(super) span: Span,
    pub(super) what: What,
    /// Lives whenever the function around it lives: it has an effect that is seen.
    pub(super) always: bool,
    /// Lives when one of these names is read by something living.
    pub(super) writes: BTreeSet<NameId>,
    /// Lives when one of these names has a living value: a check or a log line is about them.
    pub(super) watches: BTreeSet<NameId>,
    /// Lives exactly when its parent lives: `pass`, docstrings, the `throw` in a guard, constructors.
    pub(super) attached: bool,
    /// The unit around it: a compound statement, a class, a function, or the statement that a function expression is in.
    pub(super) parent: Option<UnitId>,
    /// The innermost function around it.
    pub(super) function: Option<FunctionId>,
    /// Wholly inside what the migration removes: it is not there any more.
    pub(super) gone: bool,
    /// Partly so: new text will stand in it.
    pub(super) torn: bool,
}

/// All units of one file.
#[derive(Debug, Default)]
pub(super) struct Units {
    /// Parents come before what is in them.
    pub(super) list: Vec<Unit>,
    of_stmt: Vec<Vec<UnitId>>,
    /// For each unit, indices into [`Names::reads`].
    pub(super) reads_of: Vec<Vec<usize>>,
    /// The unit that a function is, or is in.
    pub(super) host: HashMap<FunctionId, UnitId>,
}

impl Units {
    /// Splits a file.
    pub(super) fn split(context: &Context, names: &Names, gone: &[Span]) -> Units {
        let module = context.module;
        let mut effects = Effects::new(context, names);
        let mut units = Units { of_stmt: vec![vec![]; module.stmts.len()], ..Units::default() };
        for index in 0..module.stmts.len() {
            units.add_stmt(context, &effects, gone, StmtId(index as u32));
        }
        units.set_hosts(context, &effects);
        units.set_parents(context);
        for index in 0..units.list.len() {
            let effect = units.effect(context, &mut effects, UnitId(index));
            units.list[index].always = !effect.is_quiet();
            units.list[index].writes = effect.writes;
        }
        guards::judge(context, names, &mut units);
        units.attach_class_parts(context, names);
        units.sort_reads(context, names);
        units
    }

    /// The unit of an id.
    pub(super) fn get(&self, id: UnitId) -> &Unit {
        &self.list[id.0]
    }

    /// The unit of an id, to be changed.
    pub(super) fn get_mut(&mut self, id: UnitId) -> &mut Unit {
        &mut self.list[id.0]
    }

    /// The units of a statement.
    pub(super) fn of(&self, stmt: StmtId) -> &[UnitId] {
        &self.of_stmt[stmt.index()]
    }

    /// All unit ids.
    pub(super) fn ids(&self) -> impl Iterator<Item = UnitId> + use<> {
        (0..self.list.len()).map(UnitId)
    }

    /// The units whose bytes hold an expression; all of its statement where it stands outside any of them.
    pub(super) fn around(&self, context: &Context, expr: ExprId) -> Vec<UnitId> {
        let expr = context.module.expr(expr);
        let all = self.of(expr.stmt);
        let inside: Vec<UnitId> = all.iter().copied().filter(|id| self.get(*id).span.contains(expr.span)).collect();
        let mut member = inside.iter().copied().filter(|id| matches!(self.get(*id).what, What::Member(_)));
        match (member.next_back(), inside.is_empty()) {
            (Some(member), _) => vec![member],
            (None, true) => all.iter().copied().filter(|id| !matches!(self.get(*id).what, What::Member(_))).collect(),
            (None, false) => inside,
        }
    }

    fn add_stmt(&mut self, context: &Context, effects: &Effects, gone: &[Span], stmt: StmtId) {
        for (what, span) in parts(context, effects, stmt) {
            let id = UnitId(self.list.len());
            let inside = within(gone, span);
            self.list.push(Unit {
                stmt,
                span,
                what,
                always: false,
                writes: BTreeSet::new(),
                watches: BTreeSet::new(),
                attached: false,
                parent: None,
                function: context.module.function_of(context.module.stmt(stmt).scope),
                gone: inside,
                torn: !inside && gone.iter().any(|g| g.overlaps(span)),
            });
            self.of_stmt[stmt.index()].push(id);
        }
    }

    fn set_hosts(&mut self, context: &Context, effects: &Effects) {
        let module = context.module;
        for (index, stmt) in module.stmts.iter().enumerate() {
            if let StmtKind::Function(function) = stmt.kind {
                self.host.insert(function, self.of_stmt[index][0]);
            }
        }
        let all = (0..module.functions.len() as u32).map(FunctionId);
        for id in all.filter(|id| !self.host.contains_key(id)).collect::<Vec<_>>() {
            let around = effects.expr_of(id).map(|expr| self.around(context, expr)).unwrap_or_default();
            let holds = |unit: &UnitId| self.get(*unit).span.contains(module.function(id).span);
            let smallest = || self.ids().filter(holds).min_by_key(|unit| self.get(*unit).span.len());
            if let Some(unit) = around.first().copied().or_else(smallest) {
                self.host.insert(id, unit);
            }
        }
    }

    fn set_parents(&mut self, context: &Context) {
        let module = context.module;
        let class_exprs: HashMap<ClassId, ExprId> = module
            .expr_ids()
            .filter_map(|id| match module.kind(id) {
                ExprKind::Class(class) => Some((*class, id)),
                _ => None,
            })
            .collect();
        for id in self.ids() {
            let stmt = module.stmt(self.get(id).stmt);
            let block = module.block(stmt.block);
            let host = block.function.and_then(|function| self.host.get(&function).copied());
            let owner = block.owner.and_then(|owner| self.of(owner).first().copied());
            let class = match module.scope(stmt.scope).kind {
                ScopeKind::Class(class) => class_exprs.get(&class),
                _ => None,
            };
            let class = class.and_then(|expr| self.around(context, *expr).first().copied());
            let first = self.of(self.get(id).stmt).first().copied();
            let member = first.filter(|_| matches!(self.get(id).what, What::Member(_)));
            self.get_mut(id).parent = member.or(owner).or(host).or(class).filter(|parent| *parent != id);
        }
    }

    /// The effect of what stands in the unit itself, without the blocks and members in it.
    fn effect(&self, context: &Context, effects: &mut Effects, id: UnitId) -> Effect {
        let module = context.module;
        let unit = self.get(id);
        let stmt = module.stmt(unit.stmt);
        let mut effect = Effect::default();
        let binds: Vec<BindId> = effects
            .binds_of(unit.stmt)
            .iter()
            .copied()
            .filter(|bind| self.around(context, module.binds[bind.index()].place).contains(&id))
            .collect();
        let imported = |span: Span| {
            let import = |bind: &&BindId| matches!(module.binds[bind.index()].how, How::Import(_));
            binds.iter().filter(import).any(|bind| module.binds[bind.index()].span.contains(span))
        };
        for expr in &stmt.exprs {
            let own = !open::is_annotation(context, *expr) && self.around(context, *expr).contains(&id);
            if !own || imported(module.expr(*expr).span) {
                continue;
            }
            match guards::only_tells(context, effects.names, unit.stmt, *expr) {
                Some(told) => told.into_iter().for_each(|arg| effect.join(effects.expr(arg))),
                None => effect.join(effects.expr(*expr)),
            }
        }
        for bind in &binds {
            effect.join(effects.bind(*bind));
        }
        if let Some(function) = self.defined(context, id).filter(|function| !open::is_member(context, *function)) {
            let decorators = &module.function(function).decorators;
            effect.seen = decorators.iter().any(|decorator| !is_plain_decorator(context, *decorator));
        }
        effect
    }

    /// The function that a unit defines: running the definition does not run it.
    fn defined(&self, context: &Context, id: UnitId) -> Option<FunctionId> {
        let unit = self.get(id);
        match (unit.what, context.module.stmt(unit.stmt).kind) {
            (What::Member(bind), _) => match context.module.binds[bind.index()].how {
                How::Function(function) => Some(function),
                _ => None,
            },
            (_, StmtKind::Function(function)) => Some(function),
            _ => None,
        }
    }

    /// Constructors, and class variables that a base class or a decorator may look at, live with their class.
    fn attach_class_parts(&mut self, context: &Context, names: &Names) {
        let module = context.module;
        for bind in &module.binds {
            let ScopeKind::Class(class) = module.scope(bind.scope).kind else { continue };
            let Some(name) = names.bound(module, bind) else { continue };
            let method = matches!(bind.how, How::Function(_));
            let special = is_special(&names.get(name).text);
            let inherited = !module.class(class).bases.is_empty() && !open::is_private(context, bind);
            let looked_at = inherited || open::is_decorated(context, class);
            let attached = match module.class(class).is_open {
                true => open::is_looked_at(context, class, bind),
                false => special || (!method && looked_at),
            };
            if attached {
                for id in self.around(context, bind.place) {
                    if self
                        .get(id)
                        .parent
                        .is_some_and(|parent| self.get(parent).span.contains(module.class(class).span))
                    {
                        self.get_mut(id).attached = true;
                    }
                }
            }
        }
    }

    fn sort_reads(&mut self, context: &Context, names: &Names) {
        self.reads_of = vec![vec![]; self.list.len()];
        for (index, read) in names.reads.iter().enumerate() {
            for unit in self.around(context, read.expr) {
                self.reads_of[unit.0].push(index);
            }
        }
    }
}

/// The units of one statement: more than one only where several names are brought in or declared, or members are.
fn parts(context: &Context, effects: &Effects, stmt: StmtId) -> Vec<(What, Span)> {
    let module = context.module;
    let (members, binds): (Vec<BindId>, Vec<BindId>) =
        effects.binds_of(stmt).iter().copied().partition(|bind| is_member(context, *bind));
    let mut parts = match module.stmt(stmt).kind {
        StmtKind::Import | StmtKind::Bind => declarators(context, &binds),
        _ => vec![],
    };
    if parts.len() < 2 {
        parts = vec![(What::Whole, module.stmt(stmt).span)];
    }
    parts.extend(members.into_iter().map(|bind| (What::Member(bind), member_span(context, bind))));
    parts
}

/// Whether a bind is a member of a class whose members are no statements. A parameter that is a field as well is none.
fn is_member(context: &Context, bind: BindId) -> bool {
    let module = context.module;
    let bind = &module.binds[bind.index()];
    if is_given(module, bind) {
        return false;
    }
    let inline = module.stmt(bind.stmt).scope != bind.scope;
    let param = |other: &Bind| other.place == bind.place && matches!(other.how, How::Param(..));
    // What stands in an open class is a statement.
    let in_class = |kind| matches!(kind, ScopeKind::Class(class) if !module.class(class).is_open);
    in_class(module.scope(bind.scope).kind) && inline && !module.binds.iter().any(param)
}

/// The whole member, decorators and semicolon included.
pub(super) fn member_span(context: &Context, bind: BindId) -> Span {
    let bind = &context.module.binds[bind.index()];
    let mut span = match bind.how {
        How::Function(function) => bind.span.join(context.module.function(function).span),
        _ => bind.span,
    };
    let rest = context.file.text().get(span.end as usize..).unwrap_or_default();
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    if rest[blanks..].starts_with(';') {
        span.end += blanks as u32 + 1;
    }
    span
}

fn declarators(context: &Context, binds: &[BindId]) -> Vec<(What, Span)> {
    let module = context.module;
    let bind = |id: BindId| &module.binds[id.index()];
    let outer = |id: &BindId| {
        let place = module.expr(bind(*id).place).span;
        let in_value =
            |other: &BindId| bind(*other).value.is_some_and(|value| module.expr(value).outer.contains(place));
        !matches!(bind(*id).how, How::Param(..)) && !open::is_inline(module, bind(*id)) && !binds.iter().any(in_value)
    };
    let mut groups: Vec<(Vec<BindId>, Span)> = vec![];
    for id in binds.iter().copied().filter(outer) {
        let span = item_span(context, id);
        match groups.iter_mut().find(|(_, other)| other.overlaps(span)) {
            Some((ids, other)) => {
                ids.push(id);
                *other = other.join(span);
            }
            None => groups.push((vec![id], span)),
        }
    }
    groups.sort_by_key(|(_, span)| *span);
    let parts = groups
        .into_iter()
        .map(|(ids, span)| pattern(context, &ids).unwrap_or_else(|| vec![part(context, ids[0], span)]));
    parts.flatten().collect()
}

/// The item that a bind is in its list.
pub(super) fn item_span(context: &Context, bind: BindId) -> Span {
    let bind = &context.module.binds[bind.index()];
    match bind.how {
        How::Import(import) => context.module.imports[import.index()].span,
        _ => bind.span,
    }
}

fn part(context: &Context, bind: BindId, span: Span) -> (What, Span) {
    match context.module.binds[bind.index()].how {
        How::Import(import) => (What::Import(import), span),
        _ => (What::Bind(bind), span),
    }
}

/// The names of `{a, b: c}`, if each can be taken out alone.
fn pattern(context: &Context, binds: &[BindId]) -> Option<Vec<(What, Span)>> {
    let alone = |id: &BindId| {
        let bind = &context.module.binds[id.index()];
        matches!(&bind.how, How::Part(path) if matches!(path[..], [Key::Name(_)]))
            .then(|| pieces::of_pattern(context, bind.place))
            .flatten()
            .map(|span| (What::Bind(*id), span))
    };
    if binds.len() < 2 { None } else { binds.iter().map(alone).collect() }
}

/// Methods that the language calls by itself.
fn is_special(name: &str) -> bool {
    name == "constructor" || (name.starts_with("__") && name.ends_with("__"))
}

/// Decorators that only change how a function is called; others may register it somewhere.
fn is_plain_decorator(context: &Context, decorator: ExprId) -> bool {
    const PLAIN: &str = "property cached_property staticmethod classmethod abstractmethod lru_cache cache setter override \
                         contextmanager asynccontextmanager";
    let named =
        |id: ExprId| last_name(context.module, id).is_some_and(|name| PLAIN.split(' ').any(|plain| plain == name));
    match context.module.kind(decorator) {
        ExprKind::Call { callee, .. } => named(*callee) || (context.harmless_call)(decorator),
        _ => named(decorator),
    }
}
