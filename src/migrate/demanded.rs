//! Code that stays and refuses settings without the private key, though nothing that moved needs one any more.

use super::packages::is_deleted;
use super::{Migration, java};
use crate::analyze::{Program, Unit, import_strings, is_test};
use crate::ir::{ExprId, ExprKind, ScopeId, Stmt, StmtId, StmtKind};
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
        let refuses = |stmt: &Stmt| match stmt.kind {
            StmtKind::Throw => true,
            StmtKind::Other => source.slice(stmt.span).starts_with("assert "),
            StmtKind::Expr => ["System.exit(", "sys.exit(", "process.exit("]
                .iter()
                .any(|exit| source.slice(stmt.span).starts_with(exit)),
            _ => false,
        };
        let throws = unit.module.stmts.iter().enumerate().filter(|(_, stmt)| refuses(stmt));
        let throws = throws.filter(|(_, stmt)| !is_deleted(migration, file, stmt.span));
        let throws = throws.filter(|(number, _)| look.is_for_key(StmtId(*number as u32)));
        let demanded = unit.module.expr_ids().filter_map(|id| look.demanded(program, id));
        let spans: BTreeSet<Span> = throws.map(|(_, stmt)| stmt.span).chain(demanded).collect();
        let lines: BTreeSet<usize> = spans.iter().map(|span| source.lines().line_of(span.start as usize) + 1).collect();
        found.extend(lines.into_iter().map(|line| format!("`{}:{line}`", source.path)));
    }
    found
}

/// The files of a migration, those that they import and those that import them.
fn near(program: &Program, migration: &Migration) -> BTreeSet<FileId> {
    let edited = |file: FileId| migration.edits.contains_key(&file) && !migration.removed.contains(&file);
    let mut found = BTreeSet::new();
    for (file, unit) in program.units() {
        let modules = unit.module.imports.iter().flat_map(import_strings);
        let targets: Vec<FileId> = modules.filter_map(|module| program.import_target(file, &module)).collect();
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

    /// Where the key is demanded without a `throw`: `Objects.requireNonNull(key)`, or an annotation of what nobody reads any
    /// more, `@NotBlank String privateKey`.
    fn demanded(&self, program: &Program, id: ExprId) -> Option<Span> {
        let module = &self.unit.module;
        let span = module.expr(id).span;
        if !self.unit.is_open() || self.is_gone(span) {
            return None;
        }
        if let Some(value) = java::demanded(module, id) {
            return self.names_key(value, false).then_some(span);
        }
        let bind = self.unit.bind_of_place(id).map(|bind| &module.binds[bind.index()])?;
        let ExprKind::Name(name) = module.kind(id) else { return None };
        let demands = |decorator: &ExprId| java::demands(program.slice(self.file, module.expr(*decorator).span));
        let is_it = self.is_key(name) && bind.decorators.iter().any(demands) && !self.is_gone(bind.span);
        (is_it && !self.is_read_on(program, name, bind.scope)).then_some(span)
    }

    /// Whether code that stays reads a field, but for a method that only gives it, which nobody calls.
    fn is_read_on(&self, program: &Program, field: &str, scope: ScopeId) -> bool {
        let key = normal_key(field);
        let gives = |name: &str| normal_key(name.strip_prefix("get").unwrap_or(name)) == key;
        program.units().filter(|(_, unit)| unit.is_open()).any(|(file, unit)| {
            let module = &unit.module;
            let reads = |id: ExprId| match module.kind(id) {
                ExprKind::Member { name, .. } => file != self.file && gives(name),
                ExprKind::Name(name) => {
                    let of = module.expr(id);
                    file == self.file
                        && **name == *field
                        && unit.bind_of_place(id).is_none()
                        && unit.declaring_scope(of.scope, name) == Some(scope)
                        && module.stmt(of.stmt).kind != StmtKind::Return
                }
                _ => false,
            };
            module.expr_ids().any(|id| reads(id) && !is_deleted(self.migration, file, module.expr(id).span))
        })
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
