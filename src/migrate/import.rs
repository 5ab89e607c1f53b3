//! New imports in the file's own style.

use super::draft::Draft;
use crate::analyze::Program;
use crate::ir::ScopeId;
use crate::text::{FileId, Overlap};

/// Makes sure that `module` is imported under its own name.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub fn need(program: &Program, file: FileId, module: &str, draft: &mut Draft) -> Result<(), Overlap> {
    let Some(unit) = program.unit(file) else { return Ok(()) };
    draft.names.insert((file, module.to_owned()));
    if !unit.binds_in(ScopeId(0), module).is_empty() {
        return Ok(());
    }
    let line = if unit.language.rules == "python" {
        format!("import {module}")
    } else {
        format!("import {module} from '{module}'")
    };
    add(program, file, &line, draft)
}

/// Adds an import line after the last import at the top of the file, or at its start.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub fn add(program: &Program, file: FileId, line: &str, draft: &mut Draft) -> Result<(), Overlap> {
    let source = program.file(file);
    let eol = source.eol().as_str();
    let at = place(program, file);
    let text = if at.after { format!("{eol}{line}") } else { format!("{line}{eol}") };
    if draft.edits.get(&file).is_some_and(|edits| edits.edits().iter().any(|edit| edit.text == text)) {
        return Ok(());
    }
    draft.insert(file, at.offset, text)
}

/// Where new top-level lines go.
#[derive(Clone, Copy, Debug)]
pub struct Spot {
    /// Bytes.
    pub offset: usize,
    /// Whether they follow a statement on the line before (else they go before one).
    pub after: bool,
}

/// Behind the last import at the top of the file, where there is one.
#[must_use]
pub fn place(program: &Program, file: FileId) -> Spot {
    let module = program.module(file);
    let top = &module.blocks[0].stmts;
    let is_import =
        |id: &crate::ir::StmtId| module.imports.iter().any(|import| import.stmt == *id && import.scope == ScopeId(0));
    let last = top.iter().rev().find(|id| is_import(id));
    match last {
        Some(last) => {
            let source = program.file(file);
            // A comment behind the import stays on its line.
            let end = module.stmt(*last).span.end as usize;
            let line = source.lines().line_span(source.lines().line_of(end.saturating_sub(1)));
            let rest = source.slice(crate::text::Span::new(end, line.end as usize));
            Spot { offset: end + rest.trim_end_matches(['\r', '\n']).len(), after: true }
        }
        None => {
            let offset = top.iter().map(|id| module.stmt(*id).span.start).find(|start| *start >= module.prologue_end);
            Spot { offset: offset.unwrap_or(module.prologue_end) as usize, after: false }
        }
    }
}
