//! Classes: their fields and methods, what they inherit, and what they leave to the classes below.

use super::program::{ExprRef, FunctionRef, Program};
use super::resolve::{Def, is_self};
use super::unit::Unit;
use crate::ir::{BindId, ClassId, ExprId, ExprKind, How};
use crate::text::FileId;
use rustc_hash::FxHashMap;

impl Program {
    /// The methods called `name` of a class or of its bases.
    #[must_use]
    pub fn methods(&self, file: FileId, class: ClassId, name: &str, depth: u8) -> Vec<FunctionRef> {
        self.class_binds(file, class, name, depth)
            .into_iter()
            .filter_map(|(file, bind)| match self.module(file).binds[bind.index()].how {
                How::Function(function) => Some(FunctionRef { file, function }),
                _ => None,
            })
            .collect()
    }

    /// What runs where an instance of a class is called, in Python: `Signer(key)()`.
    pub(super) fn calls_of_instance(&self, value: ExprRef) -> Vec<FunctionRef> {
        let ExprKind::Call { callee, .. } = self.kind(value) else { return vec![] };
        let classes = self.meanings(ExprRef { file: value.file, expr: *callee }, 1);
        let of_class = |def| match def {
            Def::Class(file, class) => self.methods(file, class, "__call__", 0),
            _ => vec![],
        };
        classes.into_iter().flat_map(of_class).collect()
    }

    /// What gives the field or method `name` of a class its value: its body, `self.name = …` in its methods, its bases.
    #[must_use]
    pub fn class_binds(&self, file: FileId, class: ClassId, name: &str, depth: u8) -> Vec<(FileId, BindId)> {
        let Some(unit) = self.unit(file) else { return vec![] };
        if depth > 6 {
            return vec![];
        }
        let record = unit.module.class(class);
        let mut found: Vec<_> = unit.binds_in(record.scope, name).iter().map(|bind| (file, *bind)).collect();
        found.extend(unit.field_binds(name).iter().copied().filter_map(|id| {
            let bind = &unit.module.binds[id.index()];
            let scope = unit.module.expr(bind.place).scope;
            (is_own_field(unit, bind.place) && unit.module.class_of(scope) == Some(class)).then_some((file, id))
        }));
        if found.is_empty() {
            let bases = self.bases(file, class, depth + 1).into_iter();
            found.extend(bases.flat_map(|(file, class)| self.class_binds(file, class, name, depth + 1)));
        }
        let left = |(file, id): &(FileId, BindId)| self.is_left_open(*file, *id);
        if found.iter().all(left) && depth == 0 {
            found.extend(self.overrides(file, class, name));
        }
        found
    }

    /// What gives `this.name` its value in functions that stand in no class: constructors of before there were classes, their
    /// prototypes, methods of a record. Which object of the file it is, is not told apart.
    pub(super) fn loose_binds(&self, file: FileId, name: &str) -> Vec<(FileId, BindId)> {
        let Some(unit) = self.unit(file) else { return vec![] };
        let is_prototype = |place: ExprId| {
            let ExprKind::Member { base, .. } = unit.module.kind(place) else { return false };
            matches!(unit.module.kind(*base), ExprKind::Member { name, .. } if &**name == "prototype")
        };
        let loose = |id: &BindId| {
            let place = unit.module.binds[id.index()].place;
            let classless = unit.module.class_of(unit.module.expr(place).scope).is_none();
            classless && (is_own_field(unit, place) || is_prototype(place))
        };
        unit.field_binds(name).iter().copied().filter(loose).map(|id| (file, id)).collect()
    }

    /// Whether a class of the program extends this one.
    #[must_use]
    pub fn is_extended(&self, file: FileId, class: ClassId) -> bool {
        self.subclasses.get(&(file, class)).is_some_and(|below| !below.is_empty())
    }

    /// Whether a bind is a method that gives nothing: an interface's, which is left to those who implement it.
    fn is_left_open(&self, file: FileId, bind: BindId) -> bool {
        let module = self.module(file);
        match module.binds[bind.index()].how {
            How::Function(function) => {
                let function = module.function(function);
                function.body.is_none() && function.returns.is_empty()
            }
            _ => false,
        }
    }

    /// What the classes below give to `name`, where a class leaves it to them.
    fn overrides(&self, file: FileId, class: ClassId, name: &str) -> Vec<(FileId, BindId)> {
        let below = self.subclasses.get(&(file, class)).into_iter().flatten();
        let own = |(file, class): &(FileId, ClassId)| {
            let Some(unit) = self.unit(*file) else { return vec![] };
            let binds = unit.binds_in(unit.module.class(*class).scope, name);
            binds.iter().map(|bind| (*file, *bind)).collect()
        };
        below.flat_map(own).collect()
    }

    /// The classes of the program that a class extends.
    fn bases(&self, file: FileId, class: ClassId, depth: u8) -> Vec<(FileId, ClassId)> {
        let bases = &self.module(file).class(class).bases;
        let classes = bases.iter().flat_map(|base| self.meanings(ExprRef { file, expr: *base }, depth));
        classes
            .filter_map(|def| match def {
                Def::Class(file, class) => Some((file, class)),
                _ => None,
            })
            .collect()
    }

    /// What `super` means where it stands.
    pub(super) fn super_classes(&self, at: ExprRef) -> Vec<Def> {
        let module = self.module(at.file);
        let class = module.class_of(module.expr(at.expr).scope);
        let bases = class.map(|class| self.bases(at.file, class, 0)).unwrap_or_default();
        bases.into_iter().map(|(file, class)| Def::Class(file, class)).collect()
    }

    /// By class: the classes of the program that extend it.
    pub(super) fn find_subclasses(&self) -> FxHashMap<(FileId, ClassId), Vec<(FileId, ClassId)>> {
        let mut found: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for (file, unit) in self.units() {
            for class in (0..unit.module.classes.len() as u32).map(ClassId) {
                for base in self.bases(file, class, 0) {
                    found.entry(base).or_default().push((file, class));
                }
            }
        }
        found
    }
}

fn is_own_field(unit: &Unit, place: ExprId) -> bool {
    matches!(unit.module.kind(place), ExprKind::Member { base, .. } if is_self(unit.module.kind(*base)))
}
