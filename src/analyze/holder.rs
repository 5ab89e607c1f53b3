//! Names that hold a value, and what is written into the value through them.

use super::program::{ExprRef, Program};
use crate::ir::{ExprKind, ScopeId};
use crate::text::FileId;
use std::sync::Arc;

/// A name that a value passed through on its way.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Holder {
    /// The file.
    pub file: FileId,
    /// The scope that declares the name.
    pub scope: ScopeId,
    /// The name; shared, for walks note it again at each fork.
    pub name: Arc<str>,
}

impl Program {
    /// The scope that declares the name `at`, if it is a name or a field of an open class.
    #[must_use]
    pub fn holder(&self, at: ExprRef) -> Option<Holder> {
        let (scope, name) = self.unit(at.file)?.declared(at.expr)?;
        Some(Holder { file: at.file, scope, name: name.into() })
    }

    /// The values written to `name.key` or `name["key"]`, where `name` is what `holder` says.
    #[must_use]
    pub fn field_writes(&self, holder: &Holder, key: &str) -> Vec<ExprRef> {
        let Some(unit) = self.unit(holder.file) else { return vec![] };
        let Some(uses) = unit.uses(holder.scope, &holder.name) else { return vec![] };
        let module = &unit.module;
        let is_key = |place| match module.kind(place) {
            ExprKind::Member { name, .. } => **name == *key,
            ExprKind::Index { index, .. } => module.literal(*index).as_deref() == Some(key),
            _ => false,
        };
        let binds = uses.fields.iter().map(|id| &module.binds[id.index()]).filter(|bind| is_key(bind.place));
        binds.filter_map(|bind| bind.value).map(|expr| ExprRef { file: holder.file, expr }).collect()
    }
}
