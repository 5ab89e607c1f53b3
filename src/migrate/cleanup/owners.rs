//! Through which names a value can be seen.

use super::effects::{Effect, Effects};
use super::names::{NameId, holds_fields};
use crate::ir::{Bind, ExprId, ExprKind, FunctionId, How, Module};
use std::collections::{BTreeSet, HashSet};

/// What was looked at already on the way to the owners of a value.
#[derive(Default)]
pub(super) struct Met {
    names: HashSet<NameId>,
    functions: HashSet<FunctionId>,
}

impl Effects<'_> {
    /// Changing what a value that is handed over holds.
    pub(super) fn change_value(&mut self, value: ExprId) -> Effect {
        if matches!(self.context.module.kind(value), ExprKind::Name(_) | ExprKind::Member { .. }) {
            return self.change(value, 1);
        }
        match self.value_owners(value, 1, &mut Met::default()) {
            Some(writes) => Effect { writes, ..Effect::default() },
            None => Effect { seen: true, ..Effect::default() },
        }
    }

    /// The names through which the value of `name` can be seen; `None` if there may be others.
    /// From `depth` 2 on, what lies inside the value matters too.
    pub(super) fn owners(&mut self, name: NameId, depth: usize, met: &mut Met) -> Option<BTreeSet<NameId>> {
        if !met.names.insert(name) {
            return Some(BTreeSet::new());
        }
        let module = self.context.module;
        let mut owners = BTreeSet::from([name]);
        for bind in &self.names.get(name).binds {
            let Bind { how, value, .. } = &module.binds[bind.index()];
            match (how, value) {
                (How::Assign, Some(value)) => owners.extend(self.value_owners(*value, depth, met)?),
                (How::Assign | How::Augment, _) | (How::Function(_) | How::Class(_), _) => {}
                _ => return None,
            }
        }
        Some(owners)
    }

    fn value_owners(&mut self, value: ExprId, depth: usize, met: &mut Met) -> Option<BTreeSet<NameId>> {
        let module = self.context.module;
        match module.kind(value) {
            ExprKind::Name(name) => {
                let names = self.names.resolve(module, module.expr(value).scope, name);
                let mut owners = (!names.is_empty()).then(BTreeSet::new)?;
                for name in names {
                    owners.extend(self.owners(name, depth, met)?);
                }
                Some(owners)
            }
            ExprKind::Member { .. } | ExprKind::Index { .. } | ExprKind::Opaque(_) => None,
            ExprKind::Choice { options, .. } => self.all_owners(options.iter().copied(), depth, met),
            ExprKind::Record(entries) if depth > 1 => {
                self.all_owners(entries.iter().map(|entry| entry.value), depth - 1, met)
            }
            ExprKind::List(items) if depth > 1 => self.all_owners(items.iter().map(|item| item.value), depth - 1, met),
            ExprKind::Call { callee, .. } => match self.local_function(*callee) {
                Some(function) if !met.functions.insert(function) => Some(BTreeSet::new()),
                Some(function) => self.all_owners(module.function(function).returns.iter().copied(), depth, met),
                None => (depth <= 1 && self.makes_new(value)).then(BTreeSet::new),
            },
            _ => Some(BTreeSet::new()),
        }
    }

    /// Whether a call gives an object that nobody else has. `a = a.add(b)` leads back to itself: no.
    fn makes_new(&mut self, call: ExprId) -> bool {
        if !self.asked.insert(call) {
            return false;
        }
        let harmless = self.expr(call).is_quiet();
        self.asked.remove(&call);
        harmless
    }

    fn all_owners(
        &mut self,
        values: impl Iterator<Item = ExprId>,
        depth: usize,
        met: &mut Met,
    ) -> Option<BTreeSet<NameId>> {
        let mut owners = BTreeSet::new();
        for value in values {
            owners.extend(self.value_owners(value, depth, met)?);
        }
        Some(owners)
    }
}

/// What is changed when something is put at `place`, and how deep inside it: `(payload, 1)` for `payload["exp"]`,
/// `(self.payload, 1)` for `self.payload["exp"]`, `(payload, 0)` for `payload`.
pub(super) fn target(module: &Module, place: ExprId) -> (ExprId, usize) {
    match module.kind(place) {
        ExprKind::Member { base, .. } if holds_fields(module, *base) => (place, 0),
        ExprKind::Member { base, .. } | ExprKind::Index { base, .. } => {
            let (target, depth) = target(module, *base);
            (target, depth + 1)
        }
        _ => (place, 0),
    }
}
