//! Written types: what a value is an instance of, where the language makes people say it.

use super::program::{ExprRef, FunctionRef, Program};
use super::resolve::{Def, is_self};
use super::value::{Part, Parts};
use crate::analyze::Place;
use crate::ir::{ClassId, ExprKind};
use crate::text::FileId;

/// How many steps from a value to its type.
const MAX_DEPTH: u8 = 10;
/// Methods that give what they are called on, or what it holds.
const SAME: &[&str] = &[
    "clone",
    "unwrap",
    "expect",
    "as_ref",
    "as_mut",
    "lock",
    "read",
    "write",
    "borrow",
    "borrow_mut",
    "to_owned",
    "unwrap_or_default",
    "context",
    "with_context",
    "map_err",
    "await",
];

impl Program {
    /// Whether types are written in a file, or in one that it may get values from.
    pub(super) fn has_types(&self, file: FileId) -> bool {
        self.groups.get(file.0 as usize).is_some_and(|group| self.typed.contains(group))
    }

    /// The expression that names the class of which a value is an instance; `None` where nobody has written it.
    #[must_use]
    pub fn type_of(&self, at: ExprRef, depth: u8) -> Option<ExprRef> {
        let module = self.module(at.file);
        if depth > MAX_DEPTH || !self.has_types(at.file) {
            return None;
        }
        let sub = |expr| ExprRef { file: at.file, expr };
        match module.kind(at.expr) {
            ExprKind::Name(name) => {
                let scope = module.expr(at.expr).scope;
                let defs = self.definitions(at.file, scope, name, at.expr);
                defs.iter().find_map(|def| self.type_of_def(def, at, depth + 1))
            }
            ExprKind::Member { base, name, .. } => {
                let (file, class) = self.class_of(sub(*base), depth + 1)?;
                let expr = *self.module(file).types.fields.get(&(class, name.clone()))?;
                Some(ExprRef { file, expr })
            }
            ExprKind::Call { callee, .. } => {
                let means = self.meanings(sub(*callee), depth + 1);
                let gives = means.iter().find_map(|def| match def {
                    Def::Function(function) => self.returned_type(*function),
                    _ => None,
                });
                gives.or_else(|| match module.kind(*callee) {
                    ExprKind::Member { base, name, .. } if SAME.contains(&&**name) => {
                        self.type_of(sub(*base), depth + 1)
                    }
                    _ => None,
                })
            }
            ExprKind::Record(_) => module.types.records.get(&at.expr).copied().map(sub),
            ExprKind::Choice { options, .. } => options.iter().find_map(|option| self.type_of(sub(*option), depth + 1)),
            _ => None,
        }
    }

    fn type_of_def(&self, def: &Def, from: ExprRef, depth: u8) -> Option<ExprRef> {
        match def {
            Def::Param(FunctionRef { file, function }, index) => {
                let expr = *self.module(*file).types.params.get(&(*function, *index))?;
                Some(ExprRef { file: *file, expr })
            }
            Def::Value(value) if *value != from => self.type_of(*value, depth),
            _ => None,
        }
    }

    fn returned_type(&self, function: FunctionRef) -> Option<ExprRef> {
        let expr = *self.module(function.file).types.returns.get(&function.function)?;
        Some(ExprRef { file: function.file, expr })
    }

    /// The class of the program of which a value is an instance.
    #[must_use]
    pub fn class_of(&self, at: ExprRef, depth: u8) -> Option<(FileId, ClassId)> {
        let module = self.module(at.file);
        if is_self(module.kind(at.expr)) {
            return Some((at.file, module.class_of(module.expr(at.expr).scope)?));
        }
        self.named_class(self.type_of(at, depth)?, depth + 1)
    }

    /// The values that are written to the field of any instance: `client.config.jwt = value`.
    #[must_use]
    pub fn written_to_field(&self, (file, class): (FileId, ClassId), name: &str, depth: u8) -> Vec<Def> {
        let mut found = vec![];
        for (other, unit) in self.units().filter(|(_, unit)| !unit.module.types.is_empty()) {
            for bind in unit.field_binds(name).iter().map(|id| &unit.module.binds[id.index()]) {
                let (ExprKind::Member { base, .. }, Some(value)) = (unit.module.kind(bind.place), bind.value) else {
                    continue;
                };
                if self.class_of(ExprRef { file: other, expr: *base }, depth) == Some((file, class)) {
                    found.push(Def::Value(ExprRef { file: other, expr: value }));
                }
            }
        }
        found
    }

    fn named_class(&self, name: ExprRef, depth: u8) -> Option<(FileId, ClassId)> {
        self.meanings(name, depth).into_iter().find_map(|def| match def {
            Def::Class(file, class) => Some((file, class)),
            _ => None,
        })
    }

    /// What the field of a record literal is called outside the program, where its class says another name.
    pub(super) fn written_name(&self, record: ExprRef, field: &str) -> Option<Parts> {
        let expr = *self.module(record.file).types.records.get(&record.expr)?;
        let (file, class) = self.named_class(ExprRef { file: record.file, expr }, 0)?;
        let written = self.module(file).types.written.get(&(class, field.into()))?;
        Some(Parts(vec![Part::Known(written.name.to_string(), Place { file, span: written.span })]))
    }
}
