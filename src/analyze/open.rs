//! What a language gives that no statement says: members of an open class, names of the files beside this one, the class
//! that a value is declared to be of.

use super::chain::{Start, Step};
use super::program::{ExprRef, Program};
use super::resolve::{Def, is_self};
use super::unit::Unit;
use crate::ir::{BindId, ClassId, ExprKind, How, ImportStyle, ScopeId, ScopeKind};
use crate::text::FileId;

/// How far declared classes of members of members are followed.
const MAX_DEPTH: u8 = 6;

impl Program {
    /// What a bare name means that only the bases of an open class around it declare.
    pub(super) fn inherited(
        &self,
        unit: &Unit,
        file: FileId,
        scope: ScopeId,
        name: &str,
        depth: u8,
    ) -> Vec<(FileId, BindId)> {
        let mut at = Some(scope);
        while let Some(id) = at {
            let scope = unit.module.scope(id);
            if let ScopeKind::Class(class) = scope.kind
                && unit.module.class(class).is_open
            {
                let found = self.class_binds(file, class, name, depth);
                if !found.is_empty() {
                    return found;
                }
            }
            at = scope.parent;
        }
        vec![]
    }

    /// What a name that nobody declares means in the files beside this one, or in those that are imported whole.
    pub(super) fn beside(&self, unit: &Unit, file: FileId, name: &str) -> Vec<Def> {
        for import in unit.undeclared(name) {
            let found = self.import_means(file, &import.module, import.item.as_deref());
            if !matches!(found.as_slice(), [Def::Package(..)]) {
                return found;
            }
        }
        let stars = unit.module.imports.iter().filter(|import| import.style == ImportStyle::Star);
        for star in stars.filter(|_| unit.is_open()) {
            if let Some(target) = self.import_target(file, &star.module) {
                let found = self.exported(target, name, 0);
                if !found.is_empty() {
                    return found;
                }
            }
        }
        vec![]
    }

    /// The class that a file is as a whole.
    pub(super) fn whole_class(&self, file: FileId) -> Option<ClassId> {
        let unit = self.unit(file)?;
        let whole = unit.module.exports.iter().find(|export| &*export.name == "module.exports")?;
        let ExprKind::Name(name) = unit.module.kind(whole.value?) else { return None };
        unit.binds_in(ScopeId(0), name).iter().find_map(|bind| match unit.module.binds[bind.index()].how {
            How::Class(class) => Some(class),
            _ => None,
        })
    }

    /// The class that the value of `at` is declared to be of, as the declaration names it.
    #[must_use]
    pub fn declared_class(&self, at: ExprRef) -> Option<ExprRef> {
        self.declared_class_at(at, 0)
    }

    pub(super) fn declared_class_at(&self, at: ExprRef, depth: u8) -> Option<ExprRef> {
        if depth > MAX_DEPTH {
            return None;
        }
        let unit = self.unit(at.file).filter(|unit| unit.is_open())?;
        let class_of = |(file, id): (FileId, BindId)| {
            let expr = self.module(file).binds[id.index()].class?;
            Some(ExprRef { file, expr })
        };
        self.binds_behind(unit, at, depth).into_iter().find_map(class_of)
    }

    /// Whether `at` is a class from outside the program, or what a call of one gives, in a file with open classes.
    pub(super) fn is_of_class(&self, at: ExprRef) -> bool {
        let is_open = self.unit(at.file).is_some_and(Unit::is_open);
        is_open && !matches!(self.kind(at), ExprKind::Call { new: true, .. }) && {
            let chain = self.chain(at);
            let made = chain.steps.iter().any(|step| matches!(step, Step::Made));
            chain.start != Start::Value && !made
        }
    }

    /// Whether `at` is a constant of a package from outside: `SignatureAlgorithm.RS256`.
    pub(super) fn is_constant_outside(&self, at: ExprRef) -> bool {
        let chain = self.chain(at);
        let is_outside = match &chain.start {
            Start::Package(_) => true,
            Start::Global(_, packages) => !packages.is_empty(),
            Start::Value => false,
        };
        is_outside && chain.steps.iter().all(|step| matches!(step, Step::Name(_)))
    }

    /// The binds of a name, or of a member of something whose class is known.
    fn binds_behind(&self, unit: &Unit, at: ExprRef, depth: u8) -> Vec<(FileId, BindId)> {
        let module = &unit.module;
        let scope = module.expr(at.expr).scope;
        match module.kind(at.expr) {
            ExprKind::Name(name) => match unit.declaring_scope(scope, name) {
                Some(declared) => unit.binds_in(declared, name).iter().map(|bind| (at.file, *bind)).collect(),
                None => self.inherited(unit, at.file, scope, name, depth),
            },
            ExprKind::Member { base, name, .. } if is_self(module.kind(*base)) => {
                let class = module.class_of(scope);
                class.map(|class| self.class_binds(at.file, class, name, depth)).unwrap_or_default()
            }
            ExprKind::Member { base, name, .. } => {
                let base = ExprRef { file: at.file, expr: *base };
                let Some(class) = self.declared_class_at(base, depth + 1) else { return vec![] };
                let classes = self.meanings(class, depth + 1).into_iter().filter_map(|def| match def {
                    Def::Class(file, class) => Some((file, class)),
                    _ => None,
                });
                classes.flat_map(|(file, class)| self.class_binds(file, class, name, depth + 1)).collect()
            }
            _ => vec![],
        }
    }
}
