//! What rewrites look at, and how they say what changes.

use std::collections::BTreeMap;

use unjwt::analyze::{ExprRef, Note, Program, Unit};
use unjwt::ir::{BindId, ExprId, ExprKind, Module, ScopeId, StmtId};
use unjwt::lang;
use unjwt::text::{EditSet, FileId, SourceFile, Span};

use crate::support::Tree;

/// The scope of a file.
pub(super) const MODULE: ScopeId = ScopeId(0);

/// A project as a program; files that are none are in it too.
pub(super) fn program(tree: &Tree) -> Program {
    let files: Vec<SourceFile> =
        tree.iter().map(|(path, bytes)| SourceFile::new(path.clone(), bytes.clone())).collect();
    let modules = files.iter().map(|file| lang::of(&file.path).map(|language| (language.lower)(file))).collect();
    let notes = files.iter().map(|_| Note::default()).collect();
    Program::new(files, notes, modules)
}

/// What a rewrite changes.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) edits: BTreeMap<FileId, EditSet>,
    pub(super) new_files: Tree,
}

impl Changes {
    /// Adds edits of one file, all or, where one of them meets another one, none.
    pub(super) fn add(&mut self, file: FileId, edits: &[(Span, String)]) -> bool {
        let mut set = self.edits.get(&file).cloned().unwrap_or_default();
        let fits = edits.iter().all(|(span, text)| match span.is_empty() {
            true => set.insert(span.start as usize, text.clone()).is_ok(),
            false => set.replace(*span, text.clone()).is_ok(),
        });
        if fits && !edits.is_empty() {
            self.edits.insert(file, set);
        }
        fits
    }

    /// The project with the changes; `None` where there are none.
    pub(super) fn apply(&self, program: &Program) -> Option<Tree> {
        if self.edits.is_empty() {
            return None;
        }
        let bytes = |id: FileId| match self.edits.get(&id) {
            Some(edits) => edits.apply(program.file(id).bytes()),
            None => program.file(id).bytes().to_vec(),
        };
        let mut tree: Tree = program.file_ids().map(|id| (program.file(id).path.clone(), bytes(id))).collect();
        tree.extend(self.new_files.clone());
        Some(tree)
    }
}

/// One file of a program.
#[derive(Clone, Copy)]
pub(super) struct Code<'p> {
    pub(super) program: &'p Program,
    pub(super) file: FileId,
    pub(super) unit: &'p Unit,
    pub(super) module: &'p Module,
}

/// The files of a program that are code.
pub(super) fn codes(program: &Program) -> Vec<Code<'_>> {
    program.units().map(|(file, unit)| Code { program, file, unit, module: &unit.module }).collect()
}

impl<'p> Code<'p> {
    /// `python`, `javascript`, …: the folder of its rules.
    pub(super) fn language(&self) -> &'static str {
        self.unit.language.rules
    }

    pub(super) fn is_typescript(&self) -> bool {
        self.unit.language.name == "typescript"
    }

    /// Whether it says `import` and `export` (JavaScript).
    pub(super) fn is_esm(&self) -> bool {
        let text = self.program.file(self.file).text();
        text.lines().any(|line| line.starts_with("import ") || line.starts_with("export "))
    }

    pub(super) fn text(&self, span: Span) -> &'p str {
        self.program.slice(self.file, span)
    }

    pub(super) fn span(&self, expr: ExprId) -> Span {
        self.module.expr(expr).span
    }

    pub(super) fn source(&self, expr: ExprId) -> &'p str {
        self.text(self.span(expr))
    }

    pub(super) fn stmt_span(&self, stmt: StmtId) -> Span {
        self.module.stmt(stmt).span
    }

    pub(super) fn at(&self, expr: ExprId) -> ExprRef {
        ExprRef { file: self.file, expr }
    }

    /// The name that an expression is.
    pub(super) fn name(&self, expr: ExprId) -> Option<&'p str> {
        match self.module.kind(expr) {
            ExprKind::Name(name) => Some(name),
            _ => None,
        }
    }

    /// An expression with everything in it.
    pub(super) fn inside(&self, expr: ExprId) -> Vec<ExprId> {
        let mut all = vec![expr];
        let mut next = 0;
        while let Some(at) = all.get(next) {
            all.extend(self.module.children(*at));
            next += 1;
        }
        all
    }

    /// Where `name` is declared that is read at `expr`.
    pub(super) fn declared(&self, expr: ExprId, name: &str) -> Option<ScopeId> {
        self.unit.declaring_scope(self.module.expr(expr).scope, name)
    }

    /// The edits that give the name that `scope` declares another one, wherever it is used in the file.
    pub(super) fn rename(&self, scope: ScopeId, name: &str, new: &str) -> Vec<(Span, String)> {
        let shorthand = |span: Span| {
            self.module.exprs.iter().any(|expr| match &expr.kind {
                ExprKind::Record(entries) => entries.iter().any(|entry| entry.shorthand && entry.span == span),
                _ => false,
            })
        };
        let places: Vec<ExprId> = self.unit.binds_in(scope, name).iter().map(|bind| self.place(*bind)).collect();
        let used = self.module.expr_ids().filter(|expr| self.name(*expr) == Some(name));
        let mut spans: Vec<Span> = used
            .filter(|expr| self.declared(*expr, name) == Some(scope) || places.contains(expr))
            .map(|expr| self.span(expr))
            .collect();
        spans.sort_by_key(|span| span.start);
        spans.dedup();
        let edit = |span: Span| (span, if shorthand(span) { format!("{name}: {new}") } else { new.to_owned() });
        spans.into_iter().map(edit).collect()
    }

    pub(super) fn place(&self, bind: BindId) -> ExprId {
        self.module.binds[bind.index()].place
    }

    /// Where the line after the imports at the top begins; after the prologue where there are none.
    pub(super) fn after_imports(&self) -> usize {
        let is_import = |stmt: &StmtId| self.module.imports.iter().any(|import| import.stmt == *stmt);
        let own = self.module.blocks[0].stmts.iter().filter(|stmt| is_import(stmt));
        let text = self.program.file(self.file).text();
        match own.map(|stmt| self.stmt_span(*stmt).end as usize).max() {
            Some(end) => text[end..].find('\n').map_or(text.len(), |line| end + line + 1),
            None => self.module.prologue_end as usize,
        }
    }

    pub(super) fn end(&self) -> usize {
        self.program.file(self.file).text().len()
    }
}

/// An empty span: an insertion.
pub(super) fn here(offset: usize) -> Span {
    Span::new(offset, offset)
}
