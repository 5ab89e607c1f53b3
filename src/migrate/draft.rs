//! A migration in the making.

use super::scopes::{Chosen, Moved};
use super::{Blocker, NewFile};
use crate::analyze::{ExprRef, FunctionRef, Place, Program};
use crate::ir::{ExprKind, ScopeId, StmtId};
use crate::text::{Edit, EditSet, FileId, Overlap, Span};
use std::collections::{BTreeMap, BTreeSet};

/// Edits so far, and what they leave without use.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    /// Edits by file.
    pub edits: BTreeMap<FileId, EditSet>,
    /// Bytes that the edits replace: what was used only there may go.
    pub gone: BTreeMap<FileId, Vec<Span>>,
    /// Statements that go as a whole, with their lines.
    pub stmts: BTreeMap<FileId, Vec<StmtId>>,
    /// Names that new text uses, by file.
    pub names: BTreeSet<(FileId, String)>,
    /// Names that new text uses, with the scope that declares them.
    pub declared: BTreeSet<(FileId, ScopeId, String)>,
    /// New lines (imports), put in when the sweep is done: byte offset of a line start, and the text.
    pub lines: Vec<(FileId, usize, String)>,
    /// Helpers that new text calls, each once in its file, after the imports.
    pub helpers: Vec<(FileId, String)>,
    /// Parameters (function, position) that nobody reads any more.
    pub idle: BTreeSet<(FunctionRef, u32)>,
    /// Members and keys that new text reads, wherever.
    pub members: BTreeSet<String>,
    /// What keeps it from being Safe; the flag says whether a human must do it (`true`) or only read it.
    pub blockers: Vec<(Blocker, bool)>,
    /// What a human does.
    pub steps: Vec<String>,
    /// Why it is done in this way.
    pub because: Option<String>,
    /// Files that are added.
    pub new_files: Vec<NewFile>,
    /// Statements of which only the first block stays, without its braces.
    pub opened: Vec<(FileId, StmtId)>,
    /// What new text throws, where it stands: a class by its simple name.
    pub throws: Vec<(FileId, Span, String)>,
    /// Packages that the manifest must name.
    pub packages: Vec<(FileId, Vec<crate::rules::Package>)>,
    /// Beans that constructors are handed.
    pub injected: Vec<Injected>,
    /// Metascopes in settings files that become scopes.
    pub moved: Vec<Moved>,
    /// Settings that new text reads the scopes from.
    pub settings: BTreeSet<String>,
    /// Options of a command line that nobody reads any more, or that have another name now.
    pub options: BTreeMap<FileId, BTreeSet<(String, Option<String>)>>,
}

/// A bean that a constructor is handed, and keeps in a field.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Injected {
    /// The constructor; nobody but the framework calls it.
    pub constructor: FunctionRef,
    /// The bean's class.
    pub class: String,
    /// The name of the parameter and of the field.
    pub name: String,
}

impl Draft {
    /// Replaces bytes; what stood there counts as gone.
    ///
    /// # Errors
    /// [`Overlap`] if another edit is there.
    pub(super) fn replace(&mut self, at: Place, text: impl Into<String>) -> Result<(), Overlap> {
        self.edits.entry(at.file).or_default().add(Edit { span: at.span, text: text.into() })?;
        self.gone.entry(at.file).or_default().push(at.span);
        Ok(())
    }

    /// Takes over what the choice of the scopes asks for; `at` is the exchange.
    pub(super) fn take(&mut self, at: Place, chosen: Chosen) {
        for doubt in chosen.doubts {
            self.review(at, doubt);
        }
        self.settings.extend(chosen.scopes.setting());
        self.steps.extend(chosen.steps);
        self.moved.extend(chosen.moved);
    }

    /// Inserts text before the byte at `offset`.
    ///
    /// # Errors
    /// [`Overlap`] if another edit reaches over it.
    pub(super) fn insert(&mut self, file: FileId, offset: usize, text: impl Into<String>) -> Result<(), Overlap> {
        self.edits.entry(file).or_default().insert(offset, text)
    }

    /// Notes that a human must read the result.
    pub(super) fn review(&mut self, at: Place, why: impl Into<String>) {
        self.block(at, why, false);
    }

    /// Notes that a human must do it.
    pub(super) fn manual(&mut self, at: Place, why: impl Into<String>) {
        self.block(at, why, true);
    }

    /// Whether a human must do it.
    #[must_use]
    pub(super) fn is_manual(&self) -> bool {
        self.blockers.iter().any(|(_, manual)| *manual)
    }

    /// Takes back what could not be told of code that went in the end.
    pub(super) fn forget(&mut self, removed: &[FileId], own: &BTreeSet<FileId>) {
        let gone = &self.gone;
        let away = |at: Place| {
            !at.span.is_empty()
                && gone.get(&at.file).is_some_and(|spans| spans.iter().any(|span| span.contains(at.span)))
        };
        self.blockers.retain(|(blocker, manual)| {
            let at = blocker.at;
            *manual || !(removed.contains(&at.file) || (away(at) && !own.contains(&at.file)))
        });
    }

    fn block(&mut self, at: Place, why: impl Into<String>, manual: bool) {
        let blocker = Blocker { at, why: why.into() };
        if !self.blockers.iter().any(|(known, _)| *known == blocker) {
            self.blockers.push((blocker, manual));
        }
    }

    /// What new text in a file throws, where.
    pub(super) fn thrown_in(&self, file: FileId) -> Vec<(Span, String)> {
        self.throws.iter().filter(|(at, ..)| *at == file).map(|(_, span, class)| (*span, class.clone())).collect()
    }

    /// The statements of a file that are to be opened, each once.
    pub(super) fn take_opened(&mut self, file: FileId) -> BTreeSet<StmtId> {
        let found = self.opened.iter().filter(|(at, _)| *at == file).map(|(_, stmt)| *stmt).collect();
        self.opened.retain(|(at, _)| *at != file);
        found
    }

    /// Notes that new text uses the names in `source`.
    pub(super) fn uses(&mut self, program: &Program, file: FileId, source: ExprRef) {
        let module = program.module(source.file);
        let mut todo = vec![source.expr];
        while let Some(id) = todo.pop() {
            match module.kind(id) {
                ExprKind::Name(name) => {
                    let scope = program.unit(source.file).filter(|_| source.file == file);
                    let scope = scope.and_then(|unit| unit.declaring_scope(module.expr(id).scope, name));
                    match scope {
                        Some(scope) => self.declared.insert((file, scope, name.to_string())),
                        None => self.names.insert((file, name.to_string())),
                    };
                }
                ExprKind::Member { name, .. } => {
                    self.members.insert(name.to_string());
                }
                ExprKind::Text(_) => self.members.extend(module.literal(id)),
                _ => {}
            }
            todo.extend(module.children(id));
        }
    }
}

/// Puts two drafts together.
///
/// # Errors
/// [`Overlap`] where they want different things of the same bytes.
pub(super) fn merge(whole: &mut Draft, one: Draft) -> Result<(), Overlap> {
    let mut edits = whole.edits.clone();
    for (file, more) in &one.edits {
        let there = edits.entry(*file).or_default();
        // An SDK's name may change in a file, or be imported, for both of them.
        let both = |edit: &&Edit| there.edits().contains(edit);
        for edit in more.edits().iter().filter(|edit| !both(edit)).cloned().collect::<Vec<_>>() {
            there.add(edit)?;
        }
    }
    whole.edits = edits;
    for (file, spans) in one.gone {
        whole.gone.entry(file).or_default().extend(spans);
    }
    for (file, stmts) in one.stmts {
        whole.stmts.entry(file).or_default().extend(stmts);
    }
    let helpers = one.helpers.into_iter().filter(|helper| !whole.helpers.contains(helper)).collect::<Vec<_>>();
    whole.helpers.extend(helpers);
    let lines = one.lines.into_iter().filter(|line| !whole.lines.contains(line)).collect::<Vec<_>>();
    whole.lines.extend(lines);
    whole.members.extend(one.members);
    whole.names.extend(one.names);
    whole.declared.extend(one.declared);
    let blockers = one.blockers.into_iter().filter(|blocker| !whole.blockers.contains(blocker)).collect::<Vec<_>>();
    whole.blockers.extend(blockers);
    whole.steps.extend(one.steps.into_iter().filter(|step| !whole.steps.contains(step)).collect::<Vec<_>>());
    let new = one.new_files.into_iter().filter(|file| !whole.new_files.contains(file)).collect::<Vec<_>>();
    whole.new_files.extend(new);
    whole.packages.extend(one.packages);
    let moved = one.moved.into_iter().filter(|moved| !whole.moved.contains(moved)).collect::<Vec<_>>();
    whole.moved.extend(moved);
    whole.settings.extend(one.settings);
    whole.injected.extend(one.injected);
    whole.throws.extend(one.throws);
    whole.opened.extend(one.opened);
    whole.because = whole.because.take().or(one.because);
    Ok(())
}
