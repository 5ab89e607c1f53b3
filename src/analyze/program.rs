//! The whole of what was read: files, their modules, and indices over them.

use crate::ir::{BindId, ClassId, ExprId, ExprKind, FunctionId, How, Import, ImportId, ImportStyle, Module, ScopeId};
use crate::lang::{self, Language};
use crate::text::{FileId, SourceFile, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

use super::Place;
use super::memo::Known;
use super::mention::Mentions;

/// An expression of some file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ExprRef {
    /// The file.
    pub file: FileId,
    /// The expression in it.
    pub expr: ExprId,
}

/// A function of some file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FunctionRef {
    /// The file.
    pub file: FileId,
    /// The function in it.
    pub function: FunctionId,
}

/// A file that was lowered.
#[derive(Debug)]
pub struct Unit {
    /// Its language.
    pub language: &'static Language,
    /// Its program.
    pub module: Module,
    /// By scope, then by name.
    names: Vec<FxHashMap<Box<str>, Vec<BindId>>>,
    fields: FxHashMap<Box<str>, Vec<BindId>>,
    /// By the scope that declares the name, then by the name.
    uses: Vec<FxHashMap<Box<str>, Uses>>,
    calls: Vec<ExprId>,
    places: FxHashMap<ExprId, BindId>,
    function_exprs: FxHashMap<FunctionId, ExprId>,
    /// Imports that no statement writes, by what they may bring in.
    undeclared: FxHashMap<Box<str>, Vec<ImportId>>,
    pub(super) mentions: Mentions,
}

/// What is done to the value that a name holds.
#[derive(Debug, Default)]
pub struct Uses {
    /// Binds of `name.field` and `name[…]`, in source order.
    pub fields: Vec<BindId>,
    /// Calls `name.method(…)`, in the order in which they were lowered.
    pub calls: Vec<ExprId>,
}

impl Unit {
    /// Indexes a module.
    #[must_use]
    pub fn new(language: &'static Language, module: Module) -> Self {
        let mut names: Vec<FxHashMap<Box<str>, Vec<BindId>>> = vec![FxHashMap::default(); module.scopes.len()];
        let mut fields: FxHashMap<Box<str>, Vec<BindId>> = FxHashMap::default();
        let mut places = FxHashMap::default();
        for id in module.bind_ids() {
            let bind = &module.binds[id.index()];
            places.insert(bind.place, id);
            match module.kind(bind.place) {
                ExprKind::Name(name) => names[bind.scope.index()].entry(name.clone()).or_default().push(id),
                ExprKind::Member { name, .. } => fields.entry(name.clone()).or_default().push(id),
                ExprKind::Index { index, .. } => {
                    if let Some(key) = module.literal(*index) {
                        fields.entry(key.into()).or_default().push(id);
                    }
                }
                _ => {}
            }
        }
        let calls = module.expr_ids().filter(|id| matches!(module.kind(*id), ExprKind::Call { .. })).collect();
        let function_exprs = module
            .expr_ids()
            .filter_map(|id| match module.kind(id) {
                ExprKind::Function(function) => Some((*function, id)),
                _ => None,
            })
            .collect();
        let mut undeclared: FxHashMap<Box<str>, Vec<ImportId>> = FxHashMap::default();
        for (index, import) in module.imports.iter().enumerate() {
            if let (ImportStyle::Beside, Some(item)) = (import.style, &import.item) {
                undeclared.entry(item.clone()).or_default().push(ImportId(index as u32));
            }
        }
        let mut unit = Unit {
            language,
            module,
            names,
            fields,
            uses: vec![],
            calls,
            places,
            function_exprs,
            undeclared,
            mentions: Mentions::default(),
        };
        unit.uses = unit.find_uses();
        unit
    }

    fn find_uses(&self) -> Vec<FxHashMap<Box<str>, Uses>> {
        let module = &self.module;
        let mut found: Vec<FxHashMap<Box<str>, Uses>> = Vec::new();
        found.resize_with(module.scopes.len(), FxHashMap::default);
        for id in module.bind_ids() {
            if let ExprKind::Index { base, .. } | ExprKind::Member { base, .. } =
                module.kind(module.binds[id.index()].place)
                && let Some((scope, name)) = self.declared(*base)
            {
                found[scope.index()].entry(name.into()).or_default().fields.push(id);
            }
        }
        for call in &self.calls {
            if let ExprKind::Call { callee, .. } = module.kind(*call)
                && let ExprKind::Member { base, .. } = module.kind(*callee)
                && let Some((scope, name)) = self.declared(*base)
            {
                found[scope.index()].entry(name.into()).or_default().calls.push(*call);
            }
        }
        found
    }

    /// The name that `at` is, or the field of an open class (`this.name`), with the scope that declares it.
    #[must_use]
    pub fn declared(&self, at: ExprId) -> Option<(ScopeId, &str)> {
        let scope = self.module.expr(at).scope;
        match self.module.kind(at) {
            ExprKind::Name(name) => Some((self.declaring_scope(scope, name)?, name)),
            ExprKind::Member { base, name, .. } if super::resolve::is_self(self.module.kind(*base)) => {
                let class = self.module.class(self.module.class_of(scope)?);
                (class.is_open && !self.binds_in(class.scope, name).is_empty()).then_some((class.scope, &**name))
            }
            _ => None,
        }
    }

    /// What is done to the value of `name`, declared in exactly this scope.
    #[must_use]
    pub fn uses(&self, scope: ScopeId, name: &str) -> Option<&Uses> {
        self.uses.get(scope.index())?.get(name)
    }

    /// The binds of `name` declared in exactly this scope, in source order.
    #[must_use]
    pub fn binds_in(&self, scope: ScopeId, name: &str) -> &[BindId] {
        self.names.get(scope.index()).and_then(|names| names.get(name)).map_or(&[], Vec::as_slice)
    }

    /// What may bring in a name that nobody declares.
    pub fn undeclared(&self, name: &str) -> impl Iterator<Item = &Import> {
        self.undeclared.get(name).into_iter().flatten().map(|id| &self.module.imports[id.index()])
    }

    /// Whether any class in it is open, so that names may come from bases and from files that are imported whole.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.module.classes.iter().any(|class| class.is_open)
    }

    /// The binds whose place is a member or literal index called `name`, whatever its base.
    #[must_use]
    pub fn field_binds(&self, name: &str) -> &[BindId] {
        self.fields.get(name).map_or(&[], Vec::as_slice)
    }

    /// All calls, in the order in which they were lowered.
    #[must_use]
    pub fn calls(&self) -> &[ExprId] {
        &self.calls
    }

    /// The expression that a lambda or function expression is.
    #[must_use]
    pub fn function_expr(&self, function: FunctionId) -> Option<ExprId> {
        self.function_exprs.get(&function).copied()
    }

    /// The bind whose place `expr` is.
    #[must_use]
    pub fn bind_of_place(&self, expr: ExprId) -> Option<BindId> {
        self.places.get(&expr).copied()
    }

    /// The scope in which `name`, read in `scope`, is declared. Scopes of classes that are not open are seen only from
    /// directly inside.
    #[must_use]
    pub fn declaring_scope(&self, scope: ScopeId, name: &str) -> Option<ScopeId> {
        let mut at = Some(scope);
        let mut first = true;
        while let Some(id) = at {
            let here = self.module.scope(id);
            let visible = match here.kind {
                crate::ir::ScopeKind::Class(class) => first || self.module.class(class).is_open,
                _ => true,
            };
            if visible && !self.binds_in(id, name).is_empty() {
                return Some(id);
            }
            first = first && matches!(here.kind, crate::ir::ScopeKind::Block);
            at = here.parent;
        }
        None
    }
}

/// Why a file must not be edited.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Note {
    /// Nobody edits it by hand, and why that is known (`minified`, `generated`).
    pub generated: Option<&'static str>,
    /// Git ignores it.
    pub ignored: bool,
}

/// Everything that was read.
#[derive(Debug)]
pub struct Program {
    /// All files, by [`FileId`].
    pub files: Vec<SourceFile>,
    /// What stands against editing them, by [`FileId`].
    pub notes: Vec<Note>,
    pub(super) units: Vec<Option<Arc<Unit>>>,
    by_path: FxHashMap<String, FileId>,
    /// By file: the module strings of its imports, and what they lead to.
    targets: Vec<FxHashMap<Box<str>, Option<FileId>>>,
    callers: FxHashMap<FunctionRef, Vec<ExprRef>>,
    pub(super) subclasses: FxHashMap<(FileId, ClassId), Vec<(FileId, ClassId)>>,
    /// By file: the least file of those that imports tie to it.
    pub(super) groups: Vec<usize>,
    /// The groups in which some file writes types.
    pub(super) typed: FxHashSet<usize>,
    pub(super) known: Known,
}

impl Program {
    /// Takes files with their modules (`None` for what is no program). Files must be sorted by path.
    #[must_use]
    pub fn new(files: Vec<SourceFile>, notes: Vec<Note>, modules: Vec<Option<Module>>) -> Self {
        let units = files.iter().zip(modules);
        let units = units.map(|(file, module)| Some(Arc::new(Unit::new(lang::of_file(file)?, module?)))).collect();
        Program::of_units(files, notes, units)
    }

    /// The same of files that may be part of another program already.
    #[must_use]
    pub fn of_units(files: Vec<SourceFile>, notes: Vec<Note>, units: Vec<Option<Arc<Unit>>>) -> Self {
        let by_path = files.iter().enumerate().map(|(i, file)| (file.path.clone(), FileId(i as u32))).collect();
        let (targets, groups) = (vec![], vec![]);
        let (callers, subclasses) = (FxHashMap::default(), FxHashMap::default());
        let (typed, known) = (FxHashSet::default(), Known::default());
        let mut program = Program { files, notes, units, by_path, targets, callers, subclasses, groups, typed, known };
        program.targets = program.file_ids().map(|file| program.find_targets(file)).collect();
        program.groups = super::reach::groups(&program);
        let typed = program.units().filter(|(_, unit)| !unit.module.types.is_empty());
        program.typed = typed.map(|(file, _)| program.groups[file.0 as usize]).collect();
        program.subclasses = program.find_subclasses();
        // What was asked before this was known may have another answer now.
        program.known = Known::default();
        program.callers = program.find_callers();
        program
    }

    fn find_callers(&self) -> FxHashMap<FunctionRef, Vec<ExprRef>> {
        let mut callers: FxHashMap<FunctionRef, Vec<ExprRef>> = FxHashMap::default();
        for call in self.all_calls() {
            let ExprKind::Call { callee, .. } = self.kind(call) else { continue };
            for function in self.functions_of(ExprRef { file: call.file, expr: *callee }) {
                callers.entry(function).or_default().push(call);
            }
        }
        callers
    }

    /// The calls of a function that are in view.
    #[must_use]
    pub fn callers(&self, function: FunctionRef) -> &[ExprRef] {
        self.callers.get(&function).map_or(&[], Vec::as_slice)
    }

    /// The file of an id.
    #[must_use]
    pub fn file(&self, file: FileId) -> &SourceFile {
        &self.files[file.0 as usize]
    }

    /// The lowered form of a file, where it is a program.
    #[must_use]
    pub fn unit(&self, file: FileId) -> Option<&Unit> {
        self.units.get(file.0 as usize)?.as_deref()
    }

    /// The lowered form of the file at a path, for another program.
    #[must_use]
    pub fn unit_at(&self, path: &str) -> Option<Arc<Unit>> {
        self.units.get(self.file_at(path)?.0 as usize)?.clone()
    }

    /// The file at a path relative to the root.
    #[must_use]
    pub fn file_at(&self, path: &str) -> Option<FileId> {
        self.by_path.get(path).copied()
    }

    /// All files' ids.
    pub fn file_ids(&self) -> impl Iterator<Item = FileId> + use<> {
        (0..self.files.len() as u32).map(FileId)
    }

    /// All lowered files.
    pub fn units(&self) -> impl Iterator<Item = (FileId, &Unit)> {
        self.file_ids().filter_map(|id| Some((id, self.unit(id)?)))
    }

    /// Every call of the program.
    pub fn all_calls(&self) -> impl Iterator<Item = ExprRef> + '_ {
        self.units().flat_map(|(file, unit)| unit.calls().iter().map(move |expr| ExprRef { file, expr: *expr }))
    }

    /// The module that an expression is in. Every [`ExprRef`] comes from a lowered file.
    #[must_use]
    pub fn module(&self, file: FileId) -> &Module {
        match self.unit(file) {
            Some(unit) => &unit.module,
            None => unreachable!("an expression of a file that is no program"),
        }
    }

    /// The kind of an expression.
    #[must_use]
    pub fn kind(&self, at: ExprRef) -> &ExprKind {
        self.module(at.file).kind(at.expr)
    }

    /// Where an expression stands, its wrappers left out.
    #[must_use]
    pub fn place(&self, at: ExprRef) -> Place {
        Place { file: at.file, span: self.module(at.file).expr(at.expr).span }
    }

    /// The text of an expression, with its wrappers (`await`, parentheses).
    #[must_use]
    pub fn source(&self, at: ExprRef) -> &str {
        self.file(at.file).slice(self.module(at.file).expr(at.expr).outer)
    }

    /// The text at a span.
    #[must_use]
    pub fn slice(&self, file: FileId, span: Span) -> &str {
        self.file(file).slice(span)
    }

    /// The file that an import means, if it is among those read.
    #[must_use]
    pub fn import_target(&self, file: FileId, module: &str) -> Option<FileId> {
        match self.targets.get(file.0 as usize)?.get(module) {
            Some(known) => *known,
            None => self.find_target(file, module),
        }
    }

    /// The file that an import record means.
    #[must_use]
    pub fn import_file(&self, file: FileId, import: ImportId) -> Option<FileId> {
        let import = &self.module(file).imports[import.index()];
        self.import_target(file, &import.module)
    }

    /// The function whose parameter a bind is, with the parameter's position.
    #[must_use]
    pub fn param_of(&self, file: FileId, bind: BindId) -> Option<(FunctionRef, u32)> {
        match self.module(file).binds[bind.index()].how {
            How::Param(function, index) => Some((FunctionRef { file, function }, index)),
            _ => None,
        }
    }
}

/// The module strings that an import may stand for: `from a import b` brings in `a`, or the module `a.b`.
pub fn import_strings(import: &crate::ir::Import) -> impl Iterator<Item = String> + use<> {
    let module = import.module.to_string();
    let item = import.item.as_ref().map(|item| match module.ends_with('.') {
        true => format!("{module}{item}"),
        false => format!("{module}.{item}"),
    });
    std::iter::once(module).chain(item)
}
