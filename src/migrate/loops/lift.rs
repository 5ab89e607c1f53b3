//! Puts a block in the place of the statement that it belongs to.

use super::super::draft::Draft;
use crate::analyze::{Program, Unit};
use crate::ir::{BlockId, ExprKind, Module, StmtId};
use crate::text::{Edit, EditSet, FileId, Overlap, SourceFile, Span};
use std::collections::BTreeMap;

/// A block that takes the place of its statement.
pub(in crate::migrate) struct Lift {
    file: FileId,
    /// What goes before the block: the head, with the comments above it.
    pub(super) head: Span,
    /// What goes behind it.
    foot: Span,
    /// What each of its lines is indented by more than the statement.
    deeper: String,
}

impl Lift {
    /// The words are why not.
    pub(super) fn new(
        unit: &Unit,
        source: &SourceFile,
        file: FileId,
        stmt: StmtId,
        block: BlockId,
    ) -> Result<Lift, &'static str> {
        let module = &unit.module;
        let (record, body) = (module.stmt(stmt), module.block(block));
        let (Some(first), Some(last)) = (body.stmts.first(), body.stmts.last()) else {
            return Err("its body is empty");
        };
        let (first, last) = (module.stmt(*first).span, module.stmt(*last).span);
        let lines = source.lines();
        let line = |at: u32| lines.line_span(lines.line_of(at as usize));
        let braces = unit.language.syntax.braces;
        if braces && !source.slice(body.span).starts_with('{') {
            return Err("its body has no braces");
        }
        if clashes(unit, stmt, body.span) {
            return Err("a name in it means something else outside");
        }
        let open = if braces { body.span.start + 1 } else { head_end(source, module, stmt, first) };
        let start = line(open.saturating_sub(1)).end;
        let end = if braces { line(body.span.end - 1).start } else { line(last.end.saturating_sub(1)).end };
        let blank = |start: u32, end: u32| start <= end && source.slice(Span { start, end }).trim().is_empty();
        let own = line(record.span.start);
        let tidy = blank(own.start, record.span.start)
            && (!braces || blank(open, start) && blank(end, body.span.end - 1))
            && start <= first.start
            && last.end <= end.max(line(last.end.saturating_sub(1)).end);
        let (outer, inner) = (source.indent_at(record.span.start as usize), source.indent_at(first.start as usize));
        let deeper = inner.strip_prefix(outer).filter(|deeper| tidy && !deeper.is_empty());
        let Some(deeper) = deeper.map(str::to_owned) else { return Err("it shares its lines with other code") };
        let behind = line(record.span.end.saturating_sub(1)).end;
        if !blank(record.span.end, behind) {
            return Err("it shares its lines with other code");
        }
        let head = Span { start: comments_above(source, module, own.start), end: start };
        Ok(Lift { file, head, foot: Span { start: end.min(behind), end: behind }, deeper })
    }
}

/// The end of the line on which the head of an indented block ends.
fn head_end(source: &SourceFile, module: &Module, stmt: StmtId, first: Span) -> u32 {
    let record = module.stmt(stmt);
    let exprs = record.exprs.iter().map(|expr| module.expr(*expr).outer.end);
    let from = exprs.filter(|end| *end <= first.start).max().unwrap_or(record.span.start);
    let text = source.slice(Span { start: from, end: first.start });
    // A condition in parentheses may end on a later line.
    let colon = text.find(':').map_or(0, |at| at as u32);
    from + colon + 1
}

/// Where the comments directly above a line begin.
fn comments_above(source: &SourceFile, module: &Module, line: u32) -> u32 {
    let lines = source.lines();
    let mut start = line;
    while start > 0 {
        let above = lines.line_span(lines.line_of(start as usize - 1));
        let text = source.slice(above);
        let is_comment = module.comments.iter().any(|comment| {
            above.start <= comment.start && comment.end <= above.end && source.slice(*comment) == text.trim()
        });
        if !is_comment {
            break;
        }
        start = above.start;
    }
    start
}

/// Whether a block declares a name that the code around its statement has too.
fn clashes(unit: &Unit, stmt: StmtId, body: Span) -> bool {
    let module = &unit.module;
    let record = module.stmt(stmt);
    let scopes: Vec<_> = (0..module.scopes.len() as u32).map(crate::ir::ScopeId).collect();
    let own = scopes.into_iter().filter(|scope| {
        let span = module.scope(*scope).span;
        record.span.contains(span) && module.scope(*scope).parent.is_some() && span.contains(body)
    });
    let own: Vec<_> = own.collect();
    module.binds.iter().filter(|bind| own.contains(&bind.scope)).any(|bind| {
        let ExprKind::Name(name) = module.kind(bind.place) else { return false };
        let outside = unit.declaring_scope(record.scope, name).is_some();
        let function = module.function_of(record.scope);
        let beside = module.binds.iter().any(|other| {
            matches!(module.kind(other.place), ExprKind::Name(found) if found == name)
                && !record.span.contains(other.span)
                && module.function_of(other.scope) == function
                && module.scope(other.scope).span.contains(record.span)
        });
        body.contains(bind.span) && (outside || beside)
    })
}

/// Moves the blocks, after all other edits.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(in crate::migrate) fn lift(program: &Program, lifts: &[Lift], draft: &mut Draft) -> Result<(), Overlap> {
    let mut files: BTreeMap<FileId, Vec<&Lift>> = BTreeMap::new();
    for lift in lifts {
        files.entry(lift.file).or_default().push(lift);
    }
    for (file, mut lifts) in files {
        // The innermost first: its lines are moved by all around it.
        lifts.sort_by_key(|lift| std::cmp::Reverse(lift.head.start));
        let old = draft.edits.remove(&file).unwrap_or_default();
        draft.edits.insert(file, moved(program.file(file), program.module(file), &lifts, &old)?);
    }
    Ok(())
}

fn moved(source: &SourceFile, module: &Module, lifts: &[&Lift], old: &EditSet) -> Result<EditSet, Overlap> {
    let taken = |span: Span| lifts.iter().any(|lift| lift.head.contains(span) || lift.foot.contains(span));
    let inside = |at: u32| lifts.iter().filter(move |lift| lift.head.end <= at && at < lift.foot.start);
    let mut edits = EditSet::default();
    for lift in lifts {
        edits.delete(lift.head)?;
        if !lift.foot.is_empty() {
            edits.delete(lift.foot)?;
        }
    }
    for edit in old.edits().iter().filter(|edit| !taken(edit.span)) {
        let mut text = edit.text.clone();
        for lift in inside(edit.span.start) {
            text = text.replace(&format!("\n{}", lift.deeper), "\n");
        }
        edits.add(Edit { span: edit.span, text })?;
    }
    let lines = source.lines();
    for number in 0..lines.count() {
        let line = lines.line_span(number);
        let depth: usize = inside(line.start).map(|lift| lift.deeper.len()).sum();
        let text = source.slice(line);
        let lead = text.len() - text.trim_start_matches([' ', '\t']).len();
        let cut = Span { start: line.start, end: line.start + depth.min(lead) as u32 };
        let in_text = module.exprs.iter().any(|expr| {
            matches!(expr.kind, ExprKind::Text(_)) && expr.span.start < cut.start && cut.start < expr.span.end
        });
        let edited = edits.edits().iter().any(|edit| edit.span.start <= cut.start && cut.start < edit.span.end);
        if !cut.is_empty() && !in_text && !edited {
            edits.delete(cut)?;
        }
    }
    Ok(edits)
}
