//! Deletions that leave a tidy file.

use super::layout::{Cut, Layout};
use super::units::{item_span, member_span};
use super::{Context, Sweep, pieces, within};
use crate::ir::{BindId, BlockId, How, ImportId, StmtId, StmtKind};
use crate::text::{Edit, EditSet, Overlap, Span};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Adds the deletions of a sweep to `edits`. What `edits` deletes already (without new text) counts as not there when
/// blocks become empty.
///
/// # Errors
/// [`Overlap`] if an edit that is already there wants the same bytes; `edits` may hold a part of the deletions then.
pub fn delete(context: &Context, sweep: &Sweep, gone: &[Span], edits: &mut EditSet) -> Result<(), Overlap> {
    let stmts: Vec<StmtId> =
        sweep.stmts.iter().copied().filter(|stmt| !within(gone, context.module.stmt(*stmt).span)).collect();
    let members = sweep.members.iter().copied().filter(|bind| !within(gone, member_span(context, *bind)));
    let cuts = stmts.iter().map(|stmt| stmt_cut(context, *stmt)).chain(members.map(|bind| member_cut(context, bind)));
    let taken: Vec<Span> = edits.edits().iter().map(|edit| edit.span).chain(gone.iter().copied()).collect();
    let mut layout = Layout::new(context, cuts.collect());
    let deleted = deleted_by(context, edits);
    let removed: HashSet<StmtId> = stmts.iter().copied().chain(deleted).collect();
    for replaced in emptied_blocks(context, &mut layout, &stmts, &removed) {
        edits.add(replaced)?;
    }
    for span in layout.deletions(&taken).into_iter().chain(items(context, sweep)) {
        edits.delete(span)?;
    }
    let words = idle_parts(context, sweep).into_iter().chain(sweep.outer.iter().copied());
    for span in words.filter(|span| !taken.iter().any(|taken| taken.overlaps(*span))) {
        edits.delete(span)?;
    }
    Ok(())
}

/// The cuts for names of parameters that are taken apart; one name of each stays.
fn idle_parts(context: &Context, sweep: &Sweep) -> Vec<Span> {
    let module = context.module;
    let mut patterns: BTreeMap<Span, Vec<(Span, bool)>> = BTreeMap::new();
    for id in module.bind_ids() {
        let bind = &module.binds[id.index()];
        let Some(function) = module.function_of(bind.scope).filter(|_| matches!(bind.how, How::Part(_))) else {
            continue;
        };
        let mut params = module.function(function).params.iter().map(|param| param.span);
        let Some(param) = params.find(|param| param.contains(bind.span)) else { continue };
        let piece = pieces::of_pattern(context, bind.place);
        let goes = sweep.idle_parts.contains(&id) && piece.is_some();
        let piece = piece.unwrap_or(module.expr(bind.place).span);
        patterns.entry(param).or_default().push((piece, goes));
    }
    let some =
        |pieces: &&Vec<(Span, bool)>| pieces.iter().any(|(_, goes)| *goes) && pieces.iter().any(|(_, goes)| !goes);
    patterns.values().filter(some).flat_map(|pieces| pieces::cuts(context, pieces)).collect()
}

fn stmt_cut(context: &Context, stmt: StmtId) -> Cut {
    let stmt = context.module.stmt(stmt);
    let home = (stmt.block.index() != 0).then(|| context.module.block(stmt.block).span);
    Cut { span: stmt.span, home }
}

fn member_cut(context: &Context, bind: BindId) -> Cut {
    let scope = context.module.binds[bind.index()].scope;
    Cut { span: member_span(context, bind), home: Some(context.module.scope(scope).span) }
}

/// The statements that pure deletions hold wholly.
fn deleted_by(context: &Context, edits: &EditSet) -> Vec<StmtId> {
    let spans: Vec<Span> = edits.edits().iter().filter(|edit| edit.text.is_empty()).map(|edit| edit.span).collect();
    let all = (0..context.module.stmts.len()).map(|index| StmtId(index as u32));
    all.filter(|stmt| within(&spans, context.module.stmt(*stmt).span)).collect()
}

/// Fills the blocks that would be empty, and takes away an `else` that would be.
fn emptied_blocks(context: &Context, layout: &mut Layout, mine: &[StmtId], removed: &HashSet<StmtId>) -> Vec<Edit> {
    let module = context.module;
    let blocks: BTreeSet<BlockId> = mine.iter().map(|stmt| module.stmt(*stmt).block).collect();
    let mut edits = vec![];
    for id in blocks.into_iter().filter(|id| id.index() != 0) {
        let block = module.block(id);
        if !block.stmts.iter().all(|stmt| removed.contains(stmt)) {
            continue;
        }
        let Some(first) = block.stmts.iter().copied().find(|stmt| mine.contains(stmt)) else { continue };
        match (context.syntax.braces, needless_else(context, layout, id, removed)) {
            (_, Some(span)) => {
                layout.set(span, false);
                edits.push(Edit { span, text: String::new() });
            }
            (true, None) => edits.extend(empty_braces(context, layout, block.span, first)),
            (false, None) => edits.push(replace(context, layout, first, context.syntax.empty_block)),
        }
    }
    edits
}

fn replace(context: &Context, layout: &mut Layout, stmt: StmtId, text: &str) -> Edit {
    let span = context.module.stmt(stmt).span;
    layout.set(span, false);
    Edit { span, text: text.to_owned() }
}

fn empty_braces(context: &Context, layout: &mut Layout, block: Span, first: StmtId) -> Option<Edit> {
    if !context.file.slice(block).starts_with('{') {
        return Some(replace(context, layout, first, "{}"));
    }
    let inside = Span { start: block.start + 1, end: block.end - 1 };
    layout.only_cut(inside).then(|| Edit { span: inside, text: String::new() })
}

/// From the end of the `if` branch to the end of an `else` branch of which nothing stays.
fn needless_else(context: &Context, layout: &Layout, block: BlockId, removed: &HashSet<StmtId>) -> Option<Span> {
    let module = context.module;
    let owner = module.stmt(module.block(block).owner?);
    let [then, other] = owner.blocks[..] else { return None };
    let span = Span { start: end_of_branch(context, then, removed), end: module.block(other).span.end };
    let comment_stays = |comment: &Span| span.overlaps(*comment) && !layout.is_cut_at(comment.start as usize);
    let is_else = owner.kind == StmtKind::If && other == block;
    (is_else && !module.comments.iter().any(comment_stays)).then_some(span)
}

/// The end of what stays of a branch: its brace, or its last statement (the first one holds the place of an empty
/// branch) with the comment behind it.
fn end_of_branch(context: &Context, branch: BlockId, removed: &HashSet<StmtId>) -> u32 {
    let module = context.module;
    let branch = module.block(branch);
    let last = branch.stmts.iter().rev().find(|stmt| !removed.contains(stmt)).or(branch.stmts.first());
    let Some(last) = last.filter(|_| !context.syntax.braces) else { return branch.span.end };
    let end = module.stmt(*last).span.end;
    let line = context.file.lines().line_span(context.file.lines().line_of(end as usize));
    let behind = |comment: &&Span| end <= comment.start && comment.start < line.end && !removed.contains(last);
    module.comments.iter().find(behind).map_or(end, |comment| comment.end)
}

/// The cuts for single names and declarators.
fn items(context: &Context, sweep: &Sweep) -> Vec<Span> {
    let module = context.module;
    let mut by_stmt: BTreeMap<StmtId, (Vec<BindId>, Vec<ImportId>)> = BTreeMap::new();
    for bind in &sweep.binds {
        by_stmt.entry(module.binds[bind.index()].stmt).or_default().0.push(*bind);
    }
    for import in &sweep.imports {
        by_stmt.entry(module.imports[import.index()].stmt).or_default().1.push(*import);
    }
    by_stmt.into_iter().flat_map(|(stmt, (binds, imports))| items_of(context, stmt, &binds, &imports)).collect()
}

fn items_of(context: &Context, stmt: StmtId, binds: &[BindId], imports: &[ImportId]) -> Vec<Span> {
    let module = context.module;
    let mut declarators: BTreeMap<Span, Vec<(Span, bool)>> = BTreeMap::new();
    for id in module.bind_ids().filter(|id| module.binds[id.index()].stmt == stmt) {
        let bind = &module.binds[id.index()];
        let (piece, goes) = match bind.how {
            How::Import(import) => (item_span(context, id), imports.contains(&import)),
            How::Part(_) => (pieces::of_pattern(context, bind.place).unwrap_or(bind.span), binds.contains(&id)),
            How::Param(..) => continue,
            _ => (bind.span, binds.contains(&id)),
        };
        let whole = if bind.span.contains(piece) { bind.span } else { piece };
        declarators.entry(whole).or_default().push((piece, goes));
    }
    let inner = declarators.keys().copied().collect::<Vec<_>>();
    declarators.retain(|span, _| !inner.iter().any(|other| other != span && other.contains(*span)));
    let mut cuts = vec![];
    for pieces in declarators.values().filter(|pieces| pieces.len() > 1 && pieces.iter().any(|(_, goes)| !goes)) {
        cuts.extend(pieces::cuts(context, pieces));
    }
    let wholes: Vec<(Span, bool)> =
        declarators.iter().map(|(span, pieces)| (*span, pieces.iter().all(|(_, goes)| *goes))).collect();
    cuts.extend(pieces::cuts(context, &wholes));
    cuts
}
