//! Code that stays and refuses settings without the private key, though nothing that moved needs one any more.

use super::Migration;
use super::packages::is_deleted;
use crate::analyze::{Program, Unit, is_test};
use crate::ir::{ExprId, ExprKind, StmtId, StmtKind};
use crate::rules::{Rules, normal_key};
use crate::text::{FileId, Span};
use std::collections::BTreeSet;

/// Letters of a name that, in a message, cannot be a part of another word.
const TELLING: usize = 8;

/// Where something is thrown because the key is missing, as `path:line` in the files as they are now: in the files of a
/// migration, in what they import and in what imports them.
pub(super) fn refusing(program: &Program, rules: &Rules, migration: &Migration) -> Vec<String> {
    let mut found = vec![];
    for file in near(program, migration) {
        let (Some(unit), source) = (program.unit(file), program.file(file)) else { continue };
        if is_test(&source.path) {
            continue;
        }
        let look = Look { rules, migration, unit, file };
        let throws = unit.module.stmts.iter().enumerate().filter(|(_, stmt)| stmt.kind == StmtKind::Throw);
        for (number, stmt) in throws.filter(|(_, stmt)| !is_deleted(migration, file, stmt.span)) {
            if look.is_for_key(StmtId(number as u32)) {
                let line = source.lines().line_of(stmt.span.start as usize) + 1;
                found.push(format!("`{}:{line}`", source.path));
            }
        }
    }
    found
}

/// The files of a migration, those that they import and those that import them.
fn near(program: &Program, migration: &Migration) -> BTreeSet<FileId> {
    let edited = |file: FileId| migration.edits.contains_key(&file) && !migration.removed.contains(&file);
    let mut found = BTreeSet::new();
    for (file, unit) in program.units() {
        let imports = unit.module.imports.iter();
        let targets: Vec<FileId> = imports.filter_map(|import| program.import_target(file, &import.module)).collect();
        if edited(file) {
            found.insert(file);
            found.extend(targets);
        } else if targets.into_iter().any(edited) {
            found.insert(file);
        }
    }
    found
}

struct Look<'a> {
    rules: &'a Rules,
    migration: &'a Migration,
    unit: &'a Unit,
    file: FileId,
}

impl Look<'_> {
    /// Whether a `throw` speaks of the key, or a condition that it stands under, or a list of names that is gone through.
    fn is_for_key(&self, throw: StmtId) -> bool {
        let module = &self.unit.module;
        let told = module.stmt(throw).exprs.iter().any(|expr| self.names_key(*expr, true));
        let mut around = module.parent_stmt(throw);
        let mut asked = false;
        while let Some(id) = around {
            let stmt = module.stmt(id);
            match stmt.kind {
                StmtKind::If | StmtKind::Loop => asked |= stmt.exprs.iter().any(|expr| self.names_key(*expr, false)),
                StmtKind::Function(_) | StmtKind::Class(_) => break,
                _ => {}
            }
            around = module.parent_stmt(id);
        }
        told || asked
    }

    /// Whether an expression names the key: as a name, a member, a text that is one (`in_words`: that holds one), or by a
    /// list of such texts.
    fn names_key(&self, at: ExprId, in_words: bool) -> bool {
        let module = &self.unit.module;
        let mut todo = vec![at];
        while let Some(id) = todo.pop() {
            if self.is_gone(module.expr(id).span) {
                continue;
            }
            let named = match module.kind(id) {
                ExprKind::Name(name) => self.is_key(name) || self.lists_key(id, name),
                ExprKind::Member { name, .. } => self.is_key(name),
                ExprKind::Text(text) => text.pieces.iter().any(|piece| match piece {
                    crate::ir::Piece::Known { value, .. } => self.is_key(value) || in_words && self.speaks(value),
                    crate::ir::Piece::Hole { .. } => false,
                }),
                _ => false,
            };
            if named {
                return true;
            }
            todo.extend(module.children(id));
        }
        false
    }

    /// `required = ["client_id", "private_key"]`.
    fn lists_key(&self, at: ExprId, name: &str) -> bool {
        let module = &self.unit.module;
        let Some(scope) = self.unit.declaring_scope(module.expr(at).scope, name) else { return false };
        let values = self.unit.binds_in(scope, name).iter().filter_map(|bind| module.binds[bind.index()].value);
        values.into_iter().any(|value| {
            let ExprKind::List(items) = module.kind(value) else { return false };
            let is_key = |text: String| self.is_key(&text);
            !self.is_gone(module.expr(value).span)
                && items.iter().any(|item| {
                    !self.is_gone(module.expr(item.value).span) && module.literal(item.value).is_some_and(is_key)
                })
        })
    }

    fn is_key(&self, name: &str) -> bool {
        self.rules.adobe.config.private_key.contains(&normal_key(name))
    }

    /// Whether a message has a name of the key among its words.
    fn speaks(&self, message: &str) -> bool {
        let message = normal_key(message);
        let names = self.rules.adobe.config.private_key.iter().filter(|name| name.len() >= TELLING);
        names.into_iter().any(|name| message.contains(name.as_str()))
    }

    fn is_gone(&self, span: Span) -> bool {
        is_deleted(self.migration, self.file, span)
    }
}
