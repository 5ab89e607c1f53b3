//! Lists of what must be there: `all([id, key])`, `[id, key].some(…)`, and names of settings that are looked for one after
//! the other.

use super::super::cleanup;
use super::super::draft::Draft;
use super::{Candidate, Scene, side_cuts, sides};
use crate::analyze::{Place, Unit};
use crate::ir::{Bind, ExprId, ExprKind, How, Key, StmtId, StmtKind};
use crate::text::{Edit, FileId, Overlap, Span};
use std::collections::BTreeSet;

/// How far a list is followed from name to name.
const MAX_NAMES: u8 = 3;

/// The items of the lists of values that a statement checks.
pub(super) fn items(scene: &Scene<'_>, stmt: StmtId) -> Vec<Candidate> {
    let module = &scene.unit.module;
    let span = module.stmt(stmt).span;
    let lists = module.expr_ids().filter(|id| module.expr(*id).stmt == stmt && span.contains(module.expr(*id).span));
    let mut found = vec![];
    for list in lists.filter(|list| !scene.is_gone(module.expr(*list).span)) {
        let Some(items) = members(scene, list).filter(|items| items.len() > 1) else { continue };
        let named = items.iter().all(|item| scene.looked(*item).is_some());
        if named && is_only_checked(scene, list, 0) {
            found.extend(items.into_iter().map(|item| scene.side(stmt, item, Some(list), false)));
        }
    }
    found
}

/// The sides of `not (id and key)`, where that is a reason to refuse.
pub(super) fn negated(scene: &Scene<'_>, stmt: StmtId, condition: ExprId) -> Vec<Candidate> {
    let module = &scene.unit.module;
    let source = scene.program.file(scene.file);
    let mut found = vec![];
    let mut todo = vec![condition];
    while let Some(at) = todo.pop() {
        let text = source.slice(module.expr(at).span);
        match module.kind(at) {
            ExprKind::Opaque(parts) if text.starts_with(['!', 'n']) && parts.len() == 1 => {
                let mut inner = vec![];
                sides(module, source, parts[0], &["&&", "and"], &mut inner);
                if inner.len() > 1 {
                    found.extend(inner.into_iter().map(|side| scene.side(stmt, side, Some(at), false)));
                }
            }
            ExprKind::Choice { options, tested: None } => todo.extend(options),
            ExprKind::Binary { left, right, .. } => todo.extend([left, right]),
            _ => {}
        }
    }
    found
}

/// Takes the names of settings that lost their last reader out of the lists of those that must be there. Says whether there
/// were any.
///
/// # Errors
/// [`Overlap`] where another edit is in the way.
pub(super) fn named(scene: &Scene<'_>, draft: &mut Draft) -> Result<bool, Overlap> {
    let module = &scene.unit.module;
    let mut lists: Vec<(ExprId, Vec<ExprId>, BTreeSet<usize>)> = vec![];
    for list in module.expr_ids().filter(|list| !scene.is_gone(module.expr(*list).span)) {
        let Some(items) = members(scene, list).filter(|items| items.len() > 1) else { continue };
        let lost = |index: &usize| module.literal(items[*index]).is_some_and(|name| lost_readers(scene, &name, draft));
        let goes: BTreeSet<usize> = (0..items.len()).filter(lost).collect();
        let known = goes.iter().all(|index| scene.is_gone(module.expr(items[*index]).span));
        let texts = items.iter().all(|item| module.literal(*item).is_some());
        if texts && !known && goes.len() < items.len() && is_only_checked(scene, list, 0) {
            lists.push((list, items, goes));
        }
    }
    for (list, items, goes) in &lists {
        let spans: Vec<Span> = items.iter().map(|item| module.expr(*item).outer).collect();
        cut(scene, *list, &spans, goes, draft)?;
    }
    Ok(!lists.is_empty())
}

/// Takes items out of a list, or sides out of a chain.
///
/// # Errors
/// [`Overlap`] where another edit is in the way.
pub(super) fn cut(
    scene: &Scene<'_>,
    list: ExprId,
    spans: &[Span],
    goes: &BTreeSet<usize>,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    for cut in side_cuts(spans, goes) {
        draft.replace(Place { file: scene.file, span: cut }, "")?;
    }
    let comma = |edit: &Edit| edit.span.is_empty() && edit.text == ",";
    // A tuple of one has a comma.
    let source = scene.program.file(scene.file);
    let whole = scene.unit.module.expr(list).span;
    let end = spans.last().map_or(whole.end, |last| last.end);
    let tuple = matches!(scene.unit.module.kind(list), ExprKind::List(_)) && source.slice(whole).starts_with('(');
    let left: Vec<usize> = (0..spans.len()).filter(|index| !goes.contains(index)).collect();
    if let ([only], true) = (left.as_slice(), tuple && !source.slice(Span { start: end, end: whole.end }).contains(','))
    {
        let end = spans[*only].end;
        let edits = draft.edits.entry(scene.file).or_default();
        if !edits.edits().iter().any(|edit| comma(edit) && edit.span.start == end) {
            edits.insert(end as usize, ",")?;
        }
    }
    Ok(())
}

/// The items of a list that is written out.
fn members(scene: &Scene<'_>, list: ExprId) -> Option<Vec<ExprId>> {
    let module = &scene.unit.module;
    match module.kind(list) {
        ExprKind::List(items) => {
            (!items.iter().any(|item| item.spread)).then(|| items.iter().map(|item| item.value).collect())
        }
        ExprKind::Call { callee, args, new: false } => match module.kind(*callee) {
            ExprKind::Member { name, .. } if matches!(&**name, "of" | "asList") => {
                Some(args.iter().map(|arg| arg.value).collect())
            }
            _ => None,
        },
        _ => None,
    }
}

/// Whether a value is looked at only to refuse, or to decide.
fn is_only_checked(scene: &Scene<'_>, value: ExprId, depth: u8) -> bool {
    let module = &scene.unit.module;
    let expr = module.expr(value);
    let record = module.stmt(expr.stmt);
    let refuses = |stmt: &StmtId| cleanup::refuses(scene.context, *stmt);
    match record.kind {
        StmtKind::If => record.exprs.iter().any(|condition| module.expr(*condition).outer.contains(expr.span)),
        StmtKind::Loop => {
            let [body] = record.blocks.as_slice() else { return false };
            let body = module.block(*body);
            expr.span.end <= body.span.start && !body.stmts.is_empty() && body.stmts.iter().all(refuses)
        }
        // What is missing is told.
        StmtKind::Throw => depth > 0,
        StmtKind::Expr => is_walked(scene, value) || (depth > 0 && cleanup::is_refusal(scene.context, expr.stmt)),
        StmtKind::Bind if depth < MAX_NAMES => {
            let own = |bind: &&Bind| bind.stmt == expr.stmt && !matches!(bind.how, How::Param(..) | How::Each);
            let mut binds = module.binds.iter().filter(own);
            let (Some(bind), None) = (binds.next(), binds.next()) else { return false };
            let ExprKind::Name(name) = module.kind(bind.place) else { return false };
            let only = bind.how == How::Assign && scene.unit.binds_in(bind.scope, name).len() == 1;
            let shared = bind.scope.index() == 0 && (scene.context.used_elsewhere)(name);
            let mut reads = module.expr_ids().filter(|id| {
                matches!(module.kind(*id), ExprKind::Name(found) if found == name)
                    && scene.unit.bind_of_place(*id).is_none()
                    && scene.unit.declaring_scope(module.expr(*id).scope, name) == Some(bind.scope)
            });
            only && !shared && reads.by_ref().all(|read| is_only_checked(scene, read, depth + 1))
        }
        _ => false,
    }
}

/// `list.forEach((name) => { if (!settings[name]) throw … })`
fn is_walked(scene: &Scene<'_>, list: ExprId) -> bool {
    let module = &scene.unit.module;
    let Some(member) = module.expr(list).parent else { return false };
    let (ExprKind::Member { name, .. }, Some(call)) = (module.kind(member), module.expr(member).parent) else {
        return false;
    };
    let ExprKind::Call { args, .. } = module.kind(call) else { return false };
    let [arg] = args.as_slice() else { return false };
    let ExprKind::Function(function) = module.kind(arg.value) else { return false };
    let Some(body) = module.function(*function).body.filter(|_| **name == *"forEach") else { return false };
    module.block(body).stmts.iter().all(|stmt| cleanup::refuses(scene.context, *stmt))
}

/// Whether a setting was read by what goes, and is read by nothing else in the program.
fn lost_readers(scene: &Scene<'_>, name: &str, draft: &Draft) -> bool {
    let gone = |file: FileId, span: Span| {
        let own = file == scene.file && scene.is_gone(span);
        own || draft.gone.get(&file).is_some_and(|spans| spans.iter().any(|gone| gone.contains(span)))
    };
    let (mut lost, mut left) = (false, draft.members.contains(name));
    let language = scene.unit.language.rules;
    for (file, unit) in scene.program.units().filter(|(_, unit)| unit.language.rules == language) {
        for span in readers(scene, file, unit, name) {
            lost |= gone(file, span);
            left |= !gone(file, span);
        }
    }
    lost && !left
}

/// Where `name` is read as a member, as a key, as a part, or said for any other reason but in a list that is only checked.
fn readers(scene: &Scene<'_>, file: FileId, unit: &Unit, name: &str) -> Vec<Span> {
    let module = &unit.module;
    let in_check = |id: ExprId| {
        let list = module.expr(id).parent.filter(|_| file == scene.file);
        list.is_some_and(|list| members(scene, list).is_some() && is_only_checked(scene, list, 0))
    };
    let says = |id: &ExprId| match module.kind(*id) {
        ExprKind::Member { name: found, .. } => **found == *name,
        ExprKind::Text(_) => module.literal(*id).as_deref() == Some(name) && !in_check(*id),
        _ => false,
    };
    let key = Key::Name(name.into());
    let parts = module.binds.iter().filter(|bind| matches!(&bind.how, How::Part(path) if path.contains(&key)));
    let mut spans: Vec<Span> = module.expr_ids().filter(says).map(|id| module.expr(id).span).collect();
    spans.extend(parts.map(|bind| module.expr(bind.place).span));
    spans
}
