//! Parameters that nobody reads any more: they go with what callers hand over; where somebody out of view may call, an
//! underline says that they are not used.

use super::mentions::Mentions;
use super::{is_gone, package};
use crate::analyze::{ExprRef, FunctionRef, Place, Program};
use crate::ir::{ExprId, ExprKind, How, StmtId, StmtKind};
use crate::migrate::draft::Draft;
use crate::migrate::idle::item;
use crate::migrate::plan::Plan;
use crate::text::{FileId, Overlap, Span};

/// Takes the parameter and its arguments out, or marks it. Gives the files that changed.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn settle(
    plan: &Plan<'_, '_>,
    mentions: &Mentions,
    function: FunctionRef,
    index: u32,
    draft: &mut Draft,
) -> Result<Vec<FileId>, Overlap> {
    let program = plan.program;
    let file = function.file;
    let target = program.module(file).function(function.function);
    let Some(param) = target.params.get(index as usize).filter(|param| !is_gone(draft, file, param.span)) else {
        return Ok(vec![]);
    };
    if param.name.as_deref().is_some_and(|name| name.starts_with('_')) {
        return Ok(vec![]);
    }
    let Some(handed) = handed(plan, mentions, function, index, draft) else {
        return mark(plan, function, index, draft);
    };
    let mut changed = vec![file];
    let staying = |spans: Vec<Span>, draft: &Draft, file: FileId, own: Span| -> (Vec<Span>, usize) {
        let left: Vec<Span> = spans.into_iter().filter(|span| *span == own || !is_gone(draft, file, *span)).collect();
        let position = left.iter().position(|span| *span == own).unwrap_or_default();
        (left, position)
    };
    let (spans, position) = staying(target.params.iter().map(|param| param.span).collect(), draft, file, param.span);
    let span = item(program, file, &spans, position);
    draft.edits.entry(file).or_default().delete(span)?;
    draft.gone.entry(file).or_default().push(param.span);
    for (call, own) in handed {
        let ExprKind::Call { args, .. } = program.kind(call) else { continue };
        let (spans, position) = staying(args.iter().map(|arg| arg.span).collect(), draft, call.file, own);
        let span = item(program, call.file, &spans, position);
        draft.edits.entry(call.file).or_default().delete(span)?;
        draft.gone.entry(call.file).or_default().push(own);
        changed.push(call.file);
    }
    Ok(changed)
}

/// The arguments of all calls, if nobody else can call the function.
fn handed(
    plan: &Plan<'_, '_>,
    mentions: &Mentions,
    function: FunctionRef,
    index: u32,
    draft: &Draft,
) -> Option<Vec<(ExprRef, Span)>> {
    let program = plan.program;
    let module = program.module(function.file);
    let target = module.function(function.function);
    let name = target.name.as_deref()?;
    let stmt = (0..module.stmts.len() as u32)
        .map(StmtId)
        .find(|id| module.stmt(*id).kind == StmtKind::Function(function.function))?;
    let unit = program.unit(function.file)?;
    let by_trait = module.parent_stmt(stmt).is_some_and(|outer| super::items::is_of_trait(unit, outer));
    if by_trait || package::is_exposed(program, function.file, stmt) {
        return None;
    }
    let callers = program.callers(function);
    let is_call = |mention: &super::mentions::Mention| {
        callers.iter().any(|call| {
            let ExprKind::Call { callee, .. } = program.kind(*call) else { return false };
            call.file == mention.file && Some(*callee) == mention.expr
        })
    };
    let said = mentions.get(name).iter().filter(|mention| !mention.gone && !is_gone(draft, mention.file, mention.span));
    let closed = said
        .into_iter()
        .all(|mention| mention.expr.is_none() || is_call(mention) || is_other(program, function, mention));
    if !closed {
        return None;
    }
    let staying = callers.iter().filter(|call| !is_gone(draft, call.file, program.place(**call).span));
    staying
        .map(|call| {
            let value = program.argument(*call, function, index)?;
            let ExprKind::Call { args, .. } = program.kind(*call) else { return None };
            let arg = args.iter().find(|arg| arg.value == value.expr)?;
            let span = arg.span.join(program.module(call.file).expr(arg.value).outer);
            (!program.unit(call.file)?.module.gaps.iter().any(|gap| gap.span.overlaps(span)))
                .then_some((*call, arg.span))
        })
        .collect()
}

/// Whether a mention means another function of that name: `Other::new`.
fn is_other(program: &Program, function: FunctionRef, mention: &super::mentions::Mention) -> bool {
    let module = program.module(function.file);
    let target = module.function(function.function);
    let class = target.class.and_then(|class| module.class(class).name.as_deref());
    let Some(expr) = mention.expr else { return false };
    let ExprKind::Member { base, .. } = program.module(mention.file).kind(expr) else {
        // A method has no bare name: this is a variable, as is what a `let` declares.
        return class.is_some() || is_variable(program, mention.file, expr);
    };
    match program.module(mention.file).kind(*base) {
        ExprKind::Name(named) | ExprKind::Member { name: named, .. } => {
            named.starts_with(|c: char| c.is_ascii_uppercase()) && class != Some(&**named) && &**named != "Self"
        }
        _ => false,
    }
}

fn is_variable(program: &Program, file: FileId, expr: ExprId) -> bool {
    let (Some(unit), ExprKind::Name(name)) = (program.unit(file), program.module(file).kind(expr)) else {
        return false;
    };
    let Some(scope) = unit.declaring_scope(unit.module.expr(expr).scope, name) else { return false };
    let mut binds = unit.binds_in(scope, name).iter().map(|bind| &unit.module.binds[bind.index()]);
    unit.module.function_of(scope).is_some() && binds.all(|bind| bind.how == How::Assign)
}

/// `name` becomes `_name`.
fn mark(plan: &Plan<'_, '_>, function: FunctionRef, index: u32, draft: &mut Draft) -> Result<Vec<FileId>, Overlap> {
    let module = plan.program.module(function.file);
    let Some(bind) = module.binds.iter().find(|bind| bind.how == How::Param(function.function, index)) else {
        return Ok(vec![]);
    };
    let place = module.expr(bind.place).span;
    let touched = draft.edits.get(&function.file).is_some_and(|edits| {
        edits.touches(place) || edits.edits().iter().any(|edit| edit.span == Span::empty(place.start as usize))
    });
    if touched || is_gone(draft, function.file, place) {
        return Ok(vec![]);
    }
    draft.insert(function.file, place.start as usize, "_")?;
    let at = Place { file: function.file, span: place };
    draft.review(at, "this parameter was for the JWT, and others may still hand it over: take it out when nobody does");
    Ok(vec![])
}
