//! Where a name is mentioned as the member, entry or item of something. Asked again and again when code is taken out, of
//! every file; so each file is looked through once, and only if it is asked at all.

use super::unit::Unit;
use crate::ir::{ExprId, ExprKind, Module};
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::OnceLock;

/// `x.name`, `x["name"]` and `f("name", …)` of one file: hashes of the names, sorted, with the expressions.
#[derive(Debug, Default)]
pub(super) struct Mentions(OnceLock<Vec<(u64, ExprId)>>);

impl Mentions {
    fn all(&self, module: &Module) -> &[(u64, ExprId)] {
        self.0.get_or_init(|| {
            let hashed = |id: ExprId| match module.kind(id) {
                ExprKind::Member { name, .. } => Some(hash(name)),
                ExprKind::Index { index, .. } => module.literal(*index).map(|name| hash(&name)),
                ExprKind::Call { args, .. } => module.literal(args.first()?.value).map(|name| hash(&name)),
                _ => None,
            };
            let mut all: Vec<(u64, ExprId)> =
                module.expr_ids().filter_map(|id| hashed(id).map(|hash| (hash, id))).collect();
            all.sort_unstable();
            all
        })
    }
}

fn hash(name: &str) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(name)
}

impl Unit {
    /// The names `name` that do not stand where one is declared or set, whatever they mean; in types as well.
    pub fn reads_of(&self, name: &str) -> impl Iterator<Item = ExprId> {
        let is_it = move |id: &ExprId| matches!(self.module.kind(*id), ExprKind::Name(found) if **found == *name);
        self.module.expr_ids().filter(is_it).filter(|id| self.bind_of_place(*id).is_none())
    }

    /// The members `x.name`, the items `x["name"]` and the calls `f("name", …)`, in the order in which they were lowered.
    pub fn mentions(&self, name: &str) -> impl Iterator<Item = ExprId> {
        let (all, hash) = (self.mentions.all(&self.module), hash(name));
        let first = all.partition_point(|(other, _)| *other < hash);
        let same = all[first..].iter().take_while(move |(other, _)| *other == hash).map(|(_, id)| *id);
        same.filter(move |id| match self.module.kind(*id) {
            ExprKind::Member { name: found, .. } => **found == *name,
            ExprKind::Index { index, .. } => self.module.literal(*index).as_deref() == Some(name),
            ExprKind::Call { args, .. } => {
                args.first().and_then(|arg| self.module.literal(arg.value)).as_deref() == Some(name)
            }
            _ => false,
        })
    }
}
