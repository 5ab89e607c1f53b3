//! Mark and sweep.

use super::names::{NameId, Names, Read, dotted, member_path};
use super::units::{UnitId, Units};
use super::{Context, Sweep, open, within};
use crate::ir::{BlockId, ExprKind, FunctionId, How, ImportId, StmtKind};
use crate::text::Span;

const STRICT_HANDLER: &str = "only the removed code used this, but the error handler around it does more than refuse";

/// Something that gives a name a value, or changes its value.
#[derive(Debug, Clone)]
pub(super) struct Def {
    pub(super) unit: UnitId,
    stmt: Span,
    block: BlockId,
    function: Option<FunctionId>,
    /// What the name was before is lost.
    kills: bool,
    /// The unit itself binds the name, not only something inside it.
    own: bool,
    import: Option<ImportId>,
}

/// Decides which units live.
pub(super) struct Marker<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) names: &'a Names,
    pub(super) units: &'a Units,
    /// By name.
    pub(super) defs: Vec<Vec<Def>>,
    /// By name: the units that watch it.
    watchers: Vec<Vec<UnitId>>,
    /// By unit: what is in it.
    children: Vec<Vec<UnitId>>,
    /// By read: the units whose values it may see.
    reached: Vec<Vec<UnitId>>,
    pub(super) read_gone: Vec<bool>,
    /// Units that must stay whatever the rules say.
    roots: Vec<UnitId>,
    pub(super) live: Vec<bool>,
    pub(super) touched: Vec<bool>,
    pub(super) stuck: Vec<(Span, &'static str)>,
}

impl<'a> Marker<'a> {
    pub(super) fn new(context: &'a Context<'a>, names: &'a Names, units: &'a Units, gone: &[Span]) -> Self {
        let count = units.list.len();
        let mut marker = Marker {
            context,
            names,
            units,
            defs: vec![vec![]; names.list.len()],
            watchers: vec![vec![]; names.list.len()],
            children: vec![vec![]; count],
            reached: vec![],
            read_gone: names.reads.iter().map(|read| within(gone, context.module.expr(read.expr).span)).collect(),
            roots: vec![],
            live: vec![],
            touched: vec![],
            stuck: vec![],
        };
        marker.index();
        marker
    }

    /// Marks until nothing changes: what nobody needs, but what the removed code did not lead to either, stays, and
    /// with it what it needs.
    pub(super) fn run(mut self) -> Sweep {
        loop {
            self.mark();
            self.touch();
            let kept = self.not_ours();
            if kept.is_empty() {
                break;
            }
            self.roots.extend(kept);
        }
        self.report()
    }

    fn index(&mut self) {
        for id in self.units.ids() {
            let unit = self.units.get(id);
            for name in &unit.writes {
                let def = self.def(id, *name);
                self.defs[name.0].push(def);
            }
            for name in &unit.watches {
                self.watchers[name.0].push(id);
            }
            if let Some(parent) = unit.parent {
                self.children[parent.0].push(id);
            }
            if unit.torn {
                self.roots.push(id);
            }
        }
        self.reached = self.names.reads.iter().map(|read| self.reach(read)).collect();
    }

    fn def(&self, id: UnitId, name: NameId) -> Def {
        let module = self.context.module;
        let unit = self.units.get(id);
        let stmt = module.stmt(unit.stmt);
        let mine = |bind: &&crate::ir::BindId| {
            let bind = &module.binds[bind.index()];
            bind.stmt == unit.stmt && unit.span.contains(bind.span)
        };
        let (mut kills, mut own, mut import) = (false, false, None);
        for bind in self.names.get(name).binds.iter().filter(mine) {
            let bind = &module.binds[bind.index()];
            own = true;
            let plain = bind.how == How::Assign && matches!(module.kind(bind.place), ExprKind::Name(_));
            kills |= plain && stmt.kind == StmtKind::Bind && bind.value.is_some();
            if let How::Import(id) = bind.how {
                import = Some(id);
            }
        }
        Def { unit: id, stmt: stmt.span, block: stmt.block, function: unit.function, kills, own, import }
    }

    /// The units whose values a read may see.
    fn reach(&self, read: &Read) -> Vec<UnitId> {
        let expr = self.context.module.expr(read.expr);
        let function = self.context.module.function_of(expr.scope);
        let mut reached = vec![];
        for name in &read.names {
            let defs = self.imports_meant(read, &self.defs[name.0]);
            let last =
                defs.iter().filter(|def| self.hides_earlier(def, expr.span, function)).map(|def| def.stmt.start).max();
            let hidden = |def: &&&Def| def.function == function && last.is_some_and(|last| def.stmt.start < last);
            reached.extend(defs.iter().filter(|def| !hidden(def)).map(|def| def.unit));
        }
        reached.retain(|unit| !self.units.get(*unit).gone);
        reached
    }

    /// `import a.b` and `import a.c` both bring `a`; `a.b.f` needs the first.
    fn imports_meant<'d>(&self, read: &Read, defs: &'d [Def]) -> Vec<&'d Def> {
        let module = self.context.module;
        let path = |def: &Def| def.import.and_then(|import| dotted(module, import));
        if defs.iter().any(|def| path(def).is_some()) {
            let wanted = format!("{}.", member_path(module, read.expr));
            let meant = |def: &&Def| path(def).is_some_and(|path| wanted.starts_with(&format!("{path}.")));
            let found: Vec<&Def> = defs.iter().filter(meant).collect();
            if !found.is_empty() {
                return found;
            }
        }
        defs.iter().collect()
    }

    /// Whether every way to a read leads over this assignment: it stands earlier in a block that holds the read.
    fn hides_earlier(&self, def: &Def, read: Span, function: Option<FunctionId>) -> bool {
        let module = self.context.module;
        let block = module.block(def.block);
        let straight = block.owner.is_none_or(|owner| module.stmt(owner).kind != StmtKind::Other);
        let inside = def.block.index() == 0 || block.span.contains(read);
        def.kills && straight && inside && def.function == function && def.stmt.end <= read.start
    }

    fn mark(&mut self) {
        self.live = vec![false; self.units.list.len()];
        let mut queue = self.roots.clone();
        for id in self.units.ids() {
            let unit = self.units.get(id);
            let top = unit.function.is_none_or(|function| !self.units.host.contains_key(&function));
            let pinned = unit.writes.iter().any(|name| self.names.get(*name).pinned);
            if pinned || (top && unit.always) || (unit.attached && unit.parent.is_none()) {
                queue.push(id);
            }
        }
        while let Some(id) = queue.pop() {
            if !self.live[id.0] && !self.units.get(id).gone {
                self.live[id.0] = true;
                self.wake(id, &mut queue);
            }
        }
    }

    /// What must live because `id` does.
    fn wake(&self, id: UnitId, queue: &mut Vec<UnitId>) {
        let unit = self.units.get(id);
        queue.extend(unit.parent);
        for index in &self.units.reads_of[id.0] {
            if !self.read_gone[*index] {
                queue.extend(&self.reached[*index]);
                self.names.reads[*index].names.iter().for_each(|name| queue.extend(self.declaration(*name)));
            }
        }
        for name in unit.writes.iter().filter(|name| self.defs[name.0].iter().any(|def| def.unit == id && def.own)) {
            queue.extend(self.declaration(*name));
            queue.extend(self.watchers[name.0].iter().filter(|watcher| self.host_lives(**watcher)));
        }
        queue.extend(self.children[id.0].iter().filter(|child| self.units.get(**child).attached));
        // What a living function does, it does.
        queue.extend(
            self.inside(id).into_iter().filter(|inner| self.runs_with(*inner, id) || self.sees_alive(*inner, id)),
        );
    }

    /// Whether the function that a unit stands in lives: what it looks at there matters to nobody else.
    fn host_lives(&self, id: UnitId) -> bool {
        let host = self.units.get(id).function.and_then(|function| self.units.host.get(&function));
        host.is_none_or(|host| self.live[host.0])
    }

    /// Whether `inner`, in the function that `host` is or holds, watches a name that lives.
    fn sees_alive(&self, inner: UnitId, host: UnitId) -> bool {
        let unit = self.units.get(inner);
        let lives = |name: &NameId| self.defs[name.0].iter().any(|def| def.own && self.live[def.unit.0]);
        unit.function.and_then(|function| self.units.host.get(&function)) == Some(&host)
            && unit.watches.iter().any(lives)
    }

    /// In a language with declarations, the first assignment declares the name and is needed by all others.
    fn declaration(&self, name: NameId) -> Option<UnitId> {
        let declared = self.context.syntax.braces && self.names.get(name).scope.is_some();
        let mut defs = self.defs[name.0].iter().filter(|def| def.own);
        if declared {
            return defs.next().map(|def| def.unit);
        }
        defs.find(|def| open::declares_field(self.context.module, self.units.get(def.unit).stmt)).map(|def| def.unit)
    }

    /// Whether `inner` always runs when the function that `host` is, or holds, runs.
    fn runs_with(&self, inner: UnitId, host: UnitId) -> bool {
        let unit = self.units.get(inner);
        unit.always && unit.function.and_then(|function| self.units.host.get(&function)) == Some(&host)
    }

    /// All units in a unit, at any depth.
    fn inside(&self, id: UnitId) -> Vec<UnitId> {
        let mut all = self.children[id.0].clone();
        let mut next = 0;
        while let Some(at) = all.get(next).copied() {
            all.extend(&self.children[at.0]);
            next += 1;
        }
        all
    }

    /// Finds the units whose values the removed code, or what goes with it, used.
    fn touch(&mut self) {
        self.touched = vec![false; self.units.list.len()];
        let gone = (0..self.names.reads.len()).filter(|index| self.read_gone[*index]);
        let mut queue: Vec<UnitId> = gone.flat_map(|index| self.reached[index].iter().copied()).collect();
        while let Some(id) = queue.pop() {
            if std::mem::replace(&mut self.touched[id.0], true) {
                continue;
            }
            let unit = self.units.get(id);
            // What stands in a living statement is touched for itself: a loop over the JWT's metascopes is not what the
            // check of an error in it looks at.
            let own =
                |name: &&NameId| !self.live[id.0] || self.defs[name.0].iter().any(|def| def.unit == id && def.own);
            unit.writes.iter().filter(own).for_each(|name| queue.extend(&self.watchers[name.0]));
            unit.writes.iter().filter(own).filter(|name| self.all_dead(**name)).for_each(|name| {
                queue.extend(self.defs[name.0].iter().filter(|def| def.import.is_none()).map(|def| def.unit));
            });
            if !self.live[id.0] {
                queue.extend(unit.parent.filter(|parent| self.is_block_of(*parent, id)));
                let units = self.inside(id).into_iter().chain([id]);
                let reads = units.flat_map(|unit| &self.units.reads_of[unit.0]);
                reads.for_each(|index| queue.extend(&self.reached[*index]));
            }
        }
    }

    /// Assignments that others hide from the removed code go with them, so that no half of a variable is left.
    fn all_dead(&self, name: NameId) -> bool {
        self.defs[name.0].iter().all(|def| !self.live[def.unit.0])
    }

    /// Whether `inner` stands in a block of the compound statement `outer`.
    fn is_block_of(&self, outer: UnitId, inner: UnitId) -> bool {
        let owner = self.context.module.parent_stmt(self.units.get(inner).stmt);
        let kind = owner.map(|owner| self.context.module.stmt(owner).kind);
        owner == Some(self.units.get(outer).stmt)
            && !matches!(kind, Some(StmtKind::Function(_) | StmtKind::Class(_)) | None)
    }

    pub(super) fn swept(&self, id: UnitId) -> bool {
        !self.live[id.0] && self.touched[id.0] && !self.units.get(id).gone
    }

    /// Whether a function or class around goes, so that what is in it goes too.
    fn goes_with_function(&self, id: UnitId) -> bool {
        let mut at = id;
        while let Some(parent) = self.units.get(at).parent {
            if self.swept(parent) && !self.is_block_of(parent, at) {
                return true;
            }
            at = parent;
        }
        false
    }

    /// Units that do not live and stay all the same.
    fn not_ours(&mut self) -> Vec<UnitId> {
        let idle = |id: &UnitId| {
            let unit = self.units.get(*id);
            !unit.gone && !unit.attached && !self.live[id.0] && !self.touched[id.0] && !self.goes_with_function(*id)
        };
        let mut kept: Vec<UnitId> = self.units.ids().filter(idle).collect();
        for id in self.units.ids().filter(|id| self.live[id.0]) {
            let hollow = self.hollow_try(id);
            if !hollow.is_empty() {
                self.stuck.push((self.context.module.stmt(self.units.get(hollow[0]).stmt).span, STRICT_HANDLER));
            }
            kept.extend(hollow);
        }
        kept
    }

    /// The statements of a `try` whose body would be empty: its handlers cannot go, so neither can they.
    fn hollow_try(&self, id: UnitId) -> Vec<UnitId> {
        let module = self.context.module;
        let stmt = module.stmt(self.units.get(id).stmt);
        let Some(body) = stmt.blocks.first().filter(|_| stmt.kind == StmtKind::Try) else { return vec![] };
        let units: Vec<UnitId> =
            module.block(*body).stmts.iter().flat_map(|stmt| self.units.of(*stmt).iter().copied()).collect();
        let hollow = units.iter().all(|unit| self.swept(*unit));
        if hollow { units } else { vec![] }
    }
}
