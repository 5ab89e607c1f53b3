//! The whole of what was read: files, their modules, and indices over them.

use crate::ir::{BindId, ClassId, ExprId, ExprKind, FunctionId, How, ImportId, Module};
use crate::lang::{self, Syntax};
use crate::manifest;
use crate::text::{FileId, SourceFile, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

use super::Place;
use super::memo::Known;
use super::unit::Unit;

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

/// Why a file must not be edited.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Note {
    /// Nobody edits it by hand, and why that is known (`minified`, `generated`).
    pub generated: Option<&'static str>,
    /// Git ignores it.
    pub ignored: bool,
}

impl Note {
    /// Whether nothing stands against it.
    #[must_use]
    pub fn is_free(self) -> bool {
        !self.ignored && self.generated.is_none()
    }
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
    manifests: Vec<FileId>,
    /// What files that are not part of it import of the packages that it imports: path and module.
    pub outside: Vec<(String, String)>,
    /// Where programs that are not part of it name settings that only a JWT needs: path and name.
    pub asking: Vec<(String, String)>,
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
        let (outside, asking) = (vec![], vec![]);
        let is_manifest = |file: &SourceFile| manifest::format_of(&file.path).is_some();
        let manifests = files.iter().enumerate().filter(|(_, file)| is_manifest(file));
        let manifests = manifests.map(|(index, _)| FileId(index as u32)).collect();
        let mut program = Program {
            files,
            notes,
            units,
            by_path,
            targets,
            callers,
            subclasses,
            groups,
            typed,
            known,
            manifests,
            outside,
            asking,
        };
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

    /// What stands against editing a file.
    #[must_use]
    pub fn note(&self, file: FileId) -> Note {
        self.notes.get(file.0 as usize).copied().unwrap_or_default()
    }

    /// The files that list packages.
    #[must_use]
    pub fn manifests(&self) -> &[FileId] {
        &self.manifests
    }

    /// The lowered form of a file, where it is a program.
    #[must_use]
    pub fn unit(&self, file: FileId) -> Option<&Unit> {
        self.units.get(file.0 as usize)?.as_deref()
    }

    /// What new text in a file needs to know of its language.
    #[must_use]
    pub fn syntax(&self, file: FileId) -> Option<&'static Syntax> {
        self.unit(file).map(|unit| unit.language.syntax)
    }

    /// Whether each value of a file must be written in the type that it is used as.
    #[must_use]
    pub fn is_typed(&self, file: FileId) -> bool {
        self.syntax(file).is_some_and(|syntax| syntax.typed)
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
