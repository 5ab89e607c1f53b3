//! Who says a name: in code, in a list of imports, in an attribute, in the tokens of a macro.

use super::is_gone;
use crate::analyze::{Program, Unit};
use crate::ir::{ExprId, ExprKind, How, Key, Module, StmtKind};
use crate::migrate::draft::Draft;
use crate::migrate::rust::units;
use crate::text::{FileId, Span};
use std::collections::HashMap;

/// One place where a name is said.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Mention {
    /// The file.
    pub file: FileId,
    /// The bytes that say it.
    pub span: Span,
    /// The expression, if it is one.
    pub expr: Option<ExprId>,
    /// Whether the draft takes it away.
    pub gone: bool,
}

/// All names that a program's checked files say, declarations left out.
#[derive(Debug, Default)]
pub(super) struct Mentions(HashMap<Box<str>, Vec<Mention>>);

impl Mentions {
    /// Collects them.
    pub(super) fn of(program: &Program, draft: &Draft) -> Self {
        let mut mentions = Mentions::default();
        for (file, unit) in units(program) {
            mentions.read(program, draft, file, unit);
        }
        // New text says them as well.
        let here = draft.edits.keys().copied().find(|file| program.is_typed(*file));
        let members = here.into_iter().flat_map(|file| draft.members.iter().map(move |name| (file, name)));
        let named = draft.names.iter().map(|(file, name)| (*file, name));
        let named = named.chain(draft.declared.iter().map(|(file, _, name)| (*file, name)));
        for (file, name) in named.chain(members) {
            let mention = Mention { file, span: Span::default(), expr: None, gone: false };
            mentions.0.entry(name.as_str().into()).or_default().push(mention);
        }
        mentions
    }

    /// Where a name is said.
    pub(super) fn get(&self, name: &str) -> &[Mention] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// All names that a file says.
    pub(super) fn in_file(&self, file: FileId) -> impl Iterator<Item = (&str, &Mention)> {
        let all = self.0.iter().flat_map(|(name, said)| said.iter().map(move |mention| (&**name, mention)));
        all.filter(move |(_, mention)| mention.file == file)
    }

    fn add(&mut self, draft: &Draft, file: FileId, name: &str, span: Span, expr: Option<ExprId>) {
        let gone = is_gone(draft, file, span);
        self.0.entry(name.into()).or_default().push(Mention { file, span, expr, gone });
    }

    fn read(&mut self, program: &Program, draft: &Draft, file: FileId, unit: &Unit) {
        let module = &unit.module;
        for id in module.expr_ids() {
            let expr = module.expr(id);
            match &expr.kind {
                ExprKind::Name(name) if unit.bind_of_place(id).is_none() => {
                    for segment in name.split("::") {
                        self.add(draft, file, segment, expr.span, Some(id));
                    }
                }
                ExprKind::Member { name, .. } => self.add(draft, file, name, expr.span, Some(id)),
                ExprKind::Text(_) if in_attribute(module, id) => {
                    if let Some(name) = module.literal(id).as_deref().and_then(|text| text.rsplit("::").next()) {
                        self.add(draft, file, name, expr.span, None);
                    }
                }
                ExprKind::Opaque(_) => self.words(program, draft, file, expr.span),
                _ => {}
            }
        }
        for import in &module.imports {
            let segments = import.module.split(['.', '/']).chain(import.item.as_deref());
            for segment in segments.filter(|segment| !segment.is_empty()) {
                self.add(draft, file, segment, import.span, None);
            }
        }
        for bind in &module.binds {
            let How::Part(path) = &bind.how else { continue };
            for key in path {
                if let Key::Name(name) = key {
                    self.add(draft, file, name, bind.span, None);
                }
            }
        }
        for gap in &module.gaps {
            self.all_words(program, draft, file, gap.span);
        }
        for stmt in module.stmts.iter().filter(|stmt| stmt.kind == StmtKind::Other && stmt.exprs.is_empty()) {
            self.words(program, draft, file, stmt.span);
        }
    }

    /// The words in a macro whose tokens are no expressions.
    fn words(&mut self, program: &Program, draft: &Draft, file: FileId, span: Span) {
        let text = program.slice(file, span);
        let head = text.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | ':'))).unwrap_or(text.len());
        if text[head..].starts_with('!') {
            self.all_words(program, draft, file, span);
        }
    }

    fn all_words(&mut self, program: &Program, draft: &Draft, file: FileId, span: Span) {
        let text = program.slice(file, span);
        for word in text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()) {
            self.add(draft, file, word, span, None);
        }
    }
}

/// Whether a text stands in an attribute: loose, in a declaration.
fn in_attribute(module: &Module, id: ExprId) -> bool {
    let expr = module.expr(id);
    expr.parent.is_none() && matches!(module.stmt(expr.stmt).kind, StmtKind::Class(_) | StmtKind::Function(_))
}
