//! Where a name is mentioned, alone or as the member, entry or item of something, and what stands within some bytes. Asked
//! again and again when code is taken out, of every file; so each file is looked through once, and only if it is asked at all.

use super::unit::Unit;
use crate::ir::{Bind, ExprId, ExprKind, Module, StmtId};
use crate::text::Span;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::OnceLock;

/// What is asked of one file.
#[derive(Debug, Default)]
pub(super) struct Mentions {
    /// `x.name`, `x["name"]` and `f("name", …)`: hashes of the names, sorted, with the expressions.
    members: OnceLock<Vec<(u64, ExprId)>>,
    /// `name`, likewise.
    names: OnceLock<Vec<(u64, ExprId)>>,
    /// `"name"`, likewise.
    texts: OnceLock<Vec<(u64, ExprId)>>,
    /// All expressions, by where they begin.
    starts: OnceLock<Vec<(u32, ExprId)>>,
    /// The positions of all binds, by their statements.
    binds: OnceLock<Vec<(StmtId, usize)>>,
}

impl Mentions {
    fn names(&self, module: &Module) -> &[(u64, ExprId)] {
        self.names.get_or_init(|| {
            by_hash(module, |id| match module.kind(id) {
                ExprKind::Name(name) => Some(hash(name)),
                _ => None,
            })
        })
    }

    fn texts(&self, module: &Module) -> &[(u64, ExprId)] {
        self.texts.get_or_init(|| {
            by_hash(module, |id| match module.kind(id) {
                ExprKind::Text(_) => module.literal(id).map(|text| hash(&text)),
                _ => None,
            })
        })
    }

    fn members(&self, module: &Module) -> &[(u64, ExprId)] {
        self.members.get_or_init(|| {
            by_hash(module, |id| match module.kind(id) {
                ExprKind::Member { name, .. } => Some(hash(name)),
                ExprKind::Index { index, .. } => module.literal(*index).map(|name| hash(&name)),
                ExprKind::Call { args, .. } => module.literal(args.first()?.value).map(|name| hash(&name)),
                _ => None,
            })
        })
    }
}

fn by_hash(module: &Module, hashed: impl Fn(ExprId) -> Option<u64>) -> Vec<(u64, ExprId)> {
    let mut all: Vec<(u64, ExprId)> = module.expr_ids().filter_map(|id| hashed(id).map(|hash| (hash, id))).collect();
    all.sort_unstable();
    all
}

fn hash(name: &str) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(name)
}

impl Unit {
    /// The members `x.name`, the items `x["name"]` and the calls `f("name", …)`, in the order in which they were lowered.
    pub fn mentions(&self, name: &str) -> impl Iterator<Item = ExprId> {
        same(self.mentions.members(&self.module), name).filter(move |id| match self.module.kind(*id) {
            ExprKind::Member { name: found, .. } => **found == *name,
            ExprKind::Index { index, .. } => self.module.literal(*index).as_deref() == Some(name),
            ExprKind::Call { args, .. } => {
                args.first().and_then(|arg| self.module.literal(arg.value)).as_deref() == Some(name)
            }
            _ => false,
        })
    }

    /// The names `name` that do not stand where one is declared or set, whatever they mean; in types as well. In the order
    /// in which they were lowered.
    pub fn reads_of(&self, name: &str) -> impl Iterator<Item = ExprId> {
        same(self.mentions.names(&self.module), name).filter(move |id| {
            let is_it = matches!(self.module.kind(*id), ExprKind::Name(found) if **found == *name);
            is_it && self.bind_of_place(*id).is_none()
        })
    }

    /// The texts that are nothing but `name`, in the order in which they were lowered.
    pub fn texts(&self, name: &str) -> impl Iterator<Item = ExprId> {
        same(self.mentions.texts(&self.module), name)
            .filter(move |id| self.module.literal(*id).as_deref() == Some(name))
    }

    /// The expressions within some bytes, in the order in which they were lowered.
    #[must_use]
    pub fn within(&self, span: Span) -> Vec<ExprId> {
        let module = &self.module;
        let all = self.mentions.starts.get_or_init(|| {
            let mut all: Vec<(u32, ExprId)> = module.expr_ids().map(|id| (module.expr(id).span.start, id)).collect();
            all.sort_unstable();
            all
        });
        let first = all.partition_point(|(start, _)| *start < span.start);
        let begun = all[first..].iter().take_while(|(start, _)| *start <= span.end).map(|(_, id)| *id);
        let mut found: Vec<ExprId> = begun.filter(|id| span.contains(module.expr(*id).span)).collect();
        found.sort_unstable();
        found
    }

    /// The binds of a statement, in source order.
    pub fn binds_of(&self, stmt: StmtId) -> impl Iterator<Item = &Bind> {
        let binds = &self.module.binds;
        let all = self.mentions.binds.get_or_init(|| {
            let mut all: Vec<(StmtId, usize)> =
                binds.iter().enumerate().map(|(index, bind)| (bind.stmt, index)).collect();
            all.sort_unstable();
            all
        });
        let first = all.partition_point(|(other, _)| *other < stmt);
        all[first..].iter().take_while(move |(other, _)| *other == stmt).map(|(_, index)| &binds[*index])
    }
}

fn same(all: &[(u64, ExprId)], name: &str) -> impl Iterator<Item = ExprId> {
    let hash = hash(name);
    let first = all.partition_point(|(other, _)| *other < hash);
    all[first..].iter().take_while(move |(other, _)| *other == hash).map(|(_, id)| *id)
}
