//! What of a file reads a name or a path.

use super::{Looked, Scene};
use crate::ir::{ExprId, ExprKind, How, Key, ScopeId, StmtKind};
use crate::text::Span;

/// A place that reads.
pub(super) struct Read {
    /// What is read.
    pub(super) looked: Looked,
    /// Where.
    pub(super) span: Span,
    /// It is not only a step on the way to a member.
    pub(super) whole: bool,
}

impl Scene<'_> {
    /// All that is read in the file.
    pub(super) fn reads(&self) -> Vec<Read> {
        let module = &self.unit.module;
        let is_step = |id: ExprId| match module.expr(id).parent.map(|parent| module.kind(parent)) {
            Some(ExprKind::Member { base, .. } | ExprKind::Index { base, .. }) => *base == id,
            _ => false,
        };
        // `missing.push("key")`: what a call gives is not taken.
        let is_done = |id: ExprId| {
            let stmt = module.stmt(module.expr(id).stmt);
            stmt.kind == StmtKind::Expr && stmt.exprs == [id] && matches!(module.kind(id), ExprKind::Call { .. })
        };
        let ids = module.expr_ids().filter(|id| self.unit.bind_of_place(*id).is_none() && !is_done(*id));
        let read =
            |id: ExprId| Some(Read { looked: self.looked(id)?, span: module.expr(id).span, whole: !is_step(id) });
        ids.filter_map(read).collect()
    }

    /// Whether new text, a pattern here, or another file takes the last member of a path, or a name of the top level.
    pub(super) fn is_read_otherwise(&self, (scope, path): &Looked) -> bool {
        let last = path.rsplit('.').next().unwrap_or(path);
        if (self.context.kept_names)(scope.unwrap_or(ScopeId(0)), last) {
            return true;
        }
        let key = Key::Name(last.into());
        let module = &self.unit.module;
        let by_part = module.binds.iter().any(|bind| {
            let is_member = path.contains('.');
            is_member && matches!(&bind.how, How::Part(parts) if parts.contains(&key)) && !self.is_gone(bind.span)
        });
        by_part
            || self.program.units().filter(|(file, _)| *file != self.file).any(|(_, other)| {
                let imports = other.module.imports.iter().any(|import| import.item.as_deref() == Some(last));
                imports
                    || other
                        .module
                        .exprs
                        .iter()
                        .any(|expr| matches!(&expr.kind, ExprKind::Member { name, .. } if **name == *last))
            })
    }

    /// Whether bytes go.
    pub(super) fn is_gone(&self, span: Span) -> bool {
        self.gone.iter().any(|gone| gone.contains(span))
    }
}
