//! Tells what the marks mean.

use super::Sweep;
use super::mark::Marker;
use super::names::{NameId, is_self};
use super::units::{UnitId, What};
use crate::ir::{BindId, ExprId, ExprKind, How, Key, StmtId, StmtKind};

const MAY_ACT: &str = "only the removed code used this, but evaluating it may have an effect";
const AMONG_OTHERS: &str = "only the removed code used this, but it is made in a list with what others use";
const WIDE_GUARD: &str = "only the removed code used this value, but the check here looks at others too";

impl Marker<'_> {
    /// What goes, and what could not.
    pub(super) fn report(self) -> Sweep {
        let module = self.context.module;
        let mut sweep = Sweep { stuck: self.stuck.clone(), ..Sweep::default() };
        let mut covered = vec![false; self.units.list.len()];
        for index in 0..module.stmts.len() {
            let stmt = StmtId(index as u32);
            let units = self.units.of(stmt);
            let alone = |unit: &&UnitId| !matches!(self.units.get(**unit).what, What::Member(_));
            let whole = !units.is_empty() && units.iter().filter(alone).all(|unit| self.swept(*unit));
            let inside =
                units.first().is_some_and(|unit| self.units.get(*unit).parent.is_some_and(|parent| covered[parent.0]));
            units.iter().for_each(|unit| covered[unit.0] = whole || inside);
            match (inside, whole) {
                (true, _) => {}
                (false, true) => sweep.stmts.push(stmt),
                (false, false) => {
                    units.iter().filter(|unit| self.swept(**unit)).for_each(|unit| match self.units.get(*unit).what {
                        What::Bind(bind) => sweep.binds.push(bind),
                        What::Import(import) => sweep.imports.push(import),
                        What::Member(bind) => sweep.members.push(bind),
                        What::Whole => {}
                    })
                }
            }
        }
        self.report_outer(&covered, &mut sweep);
        self.report_functions(&mut sweep);
        self.report_params(&covered, &mut sweep);
        self.report_parts(&covered, &mut sweep);
        self.report_stuck(&covered, &mut sweep);
        sweep
    }

    fn report_functions(&self, sweep: &mut Sweep) {
        let module = self.context.module;
        for bind in &module.binds {
            let function = matches!(bind.how, How::Function(_) | How::Class(_))
                || bind.value.is_some_and(|value| matches!(module.kind(value), ExprKind::Function(_)));
            let goes = |id: &UnitId| self.swept(*id) && self.units.get(*id).span.contains(bind.span);
            if function && self.units.of(bind.stmt).iter().any(goes) {
                let name = self.names.bound(module, bind).map(|name| self.names.get(name).text.clone());
                sweep.functions.extend(name);
            }
        }
    }

    /// The indices of the reads of a name that still stand.
    fn reads_left(&self, name: NameId, covered: &[bool]) -> Vec<usize> {
        let stands = |index: &usize| {
            let units = self.units.around(self.context, self.names.reads[*index].expr);
            !self.read_gone[*index] && units.iter().any(|unit| self.live[unit.0] && !covered[unit.0])
        };
        self.names.readers(name).iter().copied().filter(stands).collect()
    }

    fn report_parts(&self, covered: &[bool], sweep: &mut Sweep) {
        let module = self.context.module;
        for id in module.bind_ids() {
            let bind = &module.binds[id.index()];
            let function = module.function_of(bind.scope).filter(|_| bind.value.is_none());
            let (How::Part(path), Some(function)) = (&bind.how, function) else { continue };
            let lives = self.units.host.get(&function).is_some_and(|host| self.live[host.0] && !covered[host.0]);
            let Some(name) = self.names.bound(module, bind).filter(|_| lives && path.len() == 1) else { continue };
            let was_read = !self.names.readers(name).is_empty();
            let is_param = module.function(function).params.iter().any(|param| param.span.contains(bind.span));
            if was_read && is_param && !self.names.get(name).pinned && self.reads_left(name, covered).is_empty() {
                sweep.idle_parts.push(id);
            }
        }
    }

    fn report_params(&self, covered: &[bool], sweep: &mut Sweep) {
        let module = self.context.module;
        for bind in &module.binds {
            let How::Param(function, index) = bind.how else { continue };
            let lives = self.units.host.get(&function).is_some_and(|host| self.live[host.0] && !covered[host.0]);
            let Some(name) = self.names.bound(module, bind).filter(|_| lives && !is_self(module, bind.place)) else {
                continue;
            };
            let was_read = !self.names.readers(name).is_empty();
            let body = module.function(function).body;
            let pinned = self.names.get(name).pinned;
            let ours = body.is_some_and(|_| was_read) && !pinned && self.reads_left(name, covered).is_empty();
            if ours {
                sweep.idle_params.push((function, index));
            }
        }
    }

    fn report_stuck(&self, covered: &[bool], sweep: &mut Sweep) {
        let module = self.context.module;
        for index in 0..self.names.list.len() {
            let name = NameId(index);
            let defs: Vec<UnitId> = self.defs[index].iter().map(|def| def.unit).collect();
            let stays = defs.iter().any(|unit| self.touched[unit.0] && self.live[unit.0] && !covered[unit.0]);
            if !stays || self.names.get(name).pinned {
                continue;
            }
            let left = self.reads_left(name, covered);
            let units = |index: &usize| self.units.around(self.context, self.names.reads[*index].expr);
            let outside: Vec<UnitId> = left.iter().flat_map(units).filter(|unit| !defs.contains(unit)).collect();
            if outside.is_empty() {
                let acts = defs.iter().filter(|unit| {
                    let unit = self.units.get(**unit);
                    let kind = self.context.module.stmt(unit.stmt).kind;
                    // What also gives others their value is no rest of the JWT.
                    let wanted =
                        |other: &NameId| self.names.get(*other).pinned || !self.reads_left(*other, covered).is_empty();
                    let serves = unit.writes.iter().filter(|other| **other != name).any(wanted);
                    unit.always && !unit.torn && !serves && matches!(kind, StmtKind::Bind | StmtKind::Expr)
                });
                sweep.stuck.extend(acts.map(|unit| (self.units.get(*unit).span, MAY_ACT)));
                let was_read = left.is_empty() && !self.names.readers(name).is_empty();
                let binds = self.names.get(name).binds.iter().filter(|_| was_read);
                let made = binds.filter_map(|bind| self.made_in_list(*bind));
                sweep.stuck.extend(made.map(|item| (module.expr(item).span, AMONG_OTHERS)));
            } else if self.is_value(name)
                && outside.iter().all(|unit| module.stmt(self.units.get(*unit).stmt).kind == StmtKind::If)
                && !outside.iter().any(|unit| self.is_about_error(*unit))
            {
                sweep.stuck.extend(outside.iter().map(|unit| (self.units.get(*unit).span, WIDE_GUARD)));
            }
        }
        sweep.stuck.sort_unstable();
        sweep.stuck.dedup();
    }

    /// The call that makes what a name takes by its place: `key()` of `[key, rest] = await Promise.all([key(), rest()])`.
    /// Such a call is made for the others' sake, and may ask for a key that is gone.
    fn made_in_list(&self, bind: BindId) -> Option<ExprId> {
        let module = self.context.module;
        let bind = &module.binds[bind.index()];
        let How::Part(path) = &bind.how else { return None };
        let [Key::Position(place), ..] = path[..] else { return None };
        let value = bind.value?;
        let list = match module.kind(value) {
            ExprKind::Call { args, .. } if args.len() == 1 => args[0].value,
            _ => value,
        };
        let ExprKind::List(items) = module.kind(list) else { return None };
        let upto = items.get(..=place as usize)?;
        let item = upto.last().filter(|_| !upto.iter().any(|item| item.spread))?.value;
        matches!(module.kind(item), ExprKind::Call { .. }).then_some(item)
    }

    /// Whether a name holds a value: modules, functions and classes serve whoever uses them.
    fn is_value(&self, name: NameId) -> bool {
        let module = self.context.module;
        let is_import = |unit: UnitId| {
            let stmt = self.units.get(unit).stmt;
            module.imports.iter().any(|import| import.stmt == stmt)
        };
        let serves = |id: &BindId| {
            let bind = &module.binds[id.index()];
            matches!(bind.how, How::Function(_) | How::Class(_))
                || bind.value.is_some_and(|value| matches!(module.kind(value), ExprKind::Function(_)))
        };
        !self.defs[name.0].iter().any(|def| is_import(def.unit)) && !self.names.get(name).binds.iter().any(serves)
    }

    /// Whether a statement stands in a handler: what the new request raises is handled there too.
    fn is_about_error(&self, unit: UnitId) -> bool {
        let module = self.context.module;
        let mut at = Some(self.units.get(unit).stmt);
        while let Some(stmt) = at {
            if module.block(module.stmt(stmt).block).is_handler {
                return true;
            }
            at = module.parent_stmt(stmt);
        }
        false
    }
}
