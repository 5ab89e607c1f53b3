//! Callbacks around the request that waited for the JWT or its key: their bodies take the place of the call that fed them.

use super::draft::Draft;
use super::harmless::feeds_callback_only;
use super::idle;
use super::plan::Plan;
use crate::analyze::{ExprRef, FunctionRef, Place, Unit};
use crate::ir::{Block, ExprId, ExprKind, Function, Module, Stmt, StmtKind};
use crate::rules::Does;
use crate::text::{Edit, EditSet, FileId, Overlap, Span};

/// What is unwrapped: `call(…, function (err, jwt) { if (err) …; BODY });` becomes `BODY`.
struct Wrapped {
    file: FileId,
    /// The call's statement.
    whole: Span,
    /// The statements that stay.
    body: Span,
    /// What each of their lines is indented by more than the call.
    deeper: String,
}

/// Unwraps the callback whose parameter nobody reads any more. Says whether it did.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn callback(
    plan: &Plan<'_, '_>,
    function: FunctionRef,
    index: u32,
    draft: &mut Draft,
) -> Result<bool, Overlap> {
    let Some(wrapped) = find(plan, function, index) else { return Ok(false) };
    let edits = draft.edits.entry(wrapped.file).or_default();
    if edits.touches(Span { start: wrapped.whole.start, end: wrapped.whole.start + 1 }) {
        return Ok(false);
    }
    *edits = shallower(edits, &wrapped)?;
    let place = |span: Span| Place { file: wrapped.file, span };
    draft.replace(place(Span { start: wrapped.whole.start, end: wrapped.body.start }), "")?;
    draft.replace(place(Span { start: wrapped.body.end, end: wrapped.whole.end }), "")?;
    let unit = plan.program.module(wrapped.file);
    let source = plan.program.file(wrapped.file);
    let edits = draft.edits.entry(wrapped.file).or_default();
    let lines = source.lines();
    let first = lines.line_of(wrapped.body.start as usize) + 1;
    for line in first..=lines.line_of(wrapped.body.end.saturating_sub(1) as usize) {
        let start = lines.line_span(line).start as usize;
        let lead = Span::new(start, start + wrapped.deeper.len());
        let in_text = unit.exprs.iter().any(|expr| {
            matches!(expr.kind, ExprKind::Text(_)) && expr.span.start < lead.start && lead.start < expr.span.end
        });
        let edited = edits.edits().iter().any(|edit| edit.span.start <= lead.start && lead.start < edit.span.end);
        if !in_text && !edited && source.text()[start..].starts_with(&wrapped.deeper) {
            edits.delete(lead)?;
        }
    }
    Ok(true)
}

/// The edits in the body with their own lines indented less.
fn shallower(edits: &EditSet, wrapped: &Wrapped) -> Result<EditSet, Overlap> {
    let mut moved = EditSet::default();
    for edit in edits.edits() {
        let text = match wrapped.body.contains(edit.span) {
            true => edit.text.replace(&format!("\n{}", wrapped.deeper), "\n"),
            false => edit.text.clone(),
        };
        moved.add(Edit { span: edit.span, text })?;
    }
    Ok(moved)
}

fn find(plan: &Plan<'_, '_>, function: FunctionRef, index: u32) -> Option<Wrapped> {
    let file = function.file;
    let unit = plan.program.unit(file).filter(|unit| unit.language.syntax.braces)?;
    let module = &unit.module;
    let target = module.function(function.function);
    let call = module.expr(unit.function_expr(function.function)?).parent?;
    let ExprKind::Call { args, .. } = module.kind(call) else { return None };
    let inside = args.iter().any(|arg| module.expr(arg.value).span == target.span);
    let stmt = module.stmt(module.expr(call).stmt);
    let alone = stmt.kind == StmtKind::Expr && stmt.exprs == [call];
    if !inside || !alone || !gives_jwt(plan, unit, ExprRef { file, expr: call }, function, index) {
        return None;
    }
    let outer = module.block(stmt.block);
    let last = outer.stmts.last().is_some_and(|last| module.stmt(*last).span == stmt.span);
    let body = module.block(target.body?);
    let kept = kept(module, target, body, index)?;
    let (first, end) = (module.stmt(*kept.first()?).span, module.stmt(*kept.last()?).span);
    let span = Span { start: first.start, end: end.end };
    let comment = |comment: &Span| stmt.span.contains(*comment) && !span.contains(*comment);
    if !last || module.comments.iter().any(comment) || clashes(unit, stmt, target) {
        return None;
    }
    let source = plan.program.file(file);
    let (inner, around) = (source.indent_at(first.start as usize), source.indent_at(stmt.span.start as usize));
    let deeper = inner.strip_prefix(around)?.to_owned();
    Some(Wrapped { file, whole: stmt.span, body: span, deeper })
}

/// Whether the call's only product is the JWT, or the key.
fn gives_jwt(plan: &Plan<'_, '_>, unit: &Unit, call: ExprRef, function: FunctionRef, index: u32) -> bool {
    let facts = &plan.analysis.facts;
    if [Does::Sign, Does::ReadKey].iter().any(|does| facts.of_kind(call, *does).is_some()) {
        return true;
    }
    let module = &unit.module;
    let target = module.function(function.function);
    let name = target.params.get(index as usize).and_then(|param| param.name.clone());
    let mut reads = module.expr_ids().filter(|id| {
        matches!(module.kind(*id), ExprKind::Name(found) if Some(found) == name.as_ref())
            && target.span.contains(module.expr(*id).span)
            && unit.bind_of_place(*id).is_none()
    });
    reads.any(|read| idle::is_jwt(plan, ExprRef { file: call.file, expr: read })) && feeds_callback_only(plan, call)
}

/// The statements of the body without the check of the error, if nothing else reads the other parameters.
fn kept(module: &Module, target: &Function, body: &Block, index: u32) -> Option<Vec<crate::ir::StmtId>> {
    let mut kept = body.stmts.clone();
    let names: Vec<&str> = target.params.iter().filter_map(|param| param.name.as_deref()).collect();
    let own = names.get(index as usize).copied();
    let reads = |span: Span, name: &str| {
        module.expr_ids().any(|id| {
            let expr = module.expr(id);
            matches!(module.kind(id), ExprKind::Name(found) if **found == *name)
                && span.contains(expr.span)
                && nearest(module, id, name) == Some(target.scope)
        })
    };
    let check = *kept.first()?;
    let is_check = {
        let stmt = module.stmt(check);
        stmt.kind == StmtKind::If && stmt.blocks.len() == 1 && names.iter().any(|name| reads_only(module, stmt, name))
    };
    if is_check {
        kept.remove(0);
    }
    let rest = Span { start: module.stmt(*kept.first()?).span.start, end: module.stmt(*kept.last()?).span.end };
    let others = names.iter().filter(|name| Some(**name) != own);
    (!others.into_iter().any(|name| reads(rest, name))).then_some(kept)
}

/// Whether the condition of an `if` is a bare name.
fn reads_only(module: &Module, stmt: &Stmt, name: &str) -> bool {
    matches!(stmt.exprs.as_slice(), [expr] if matches!(module.kind(*expr), ExprKind::Name(found) if **found == *name))
}

/// The function scope that declares `name` for an expression.
fn nearest(module: &Module, id: ExprId, name: &str) -> Option<crate::ir::ScopeId> {
    let declares = |scope| {
        module.binds.iter().any(|bind| {
            bind.scope == scope && matches!(module.kind(bind.place), ExprKind::Name(found) if **found == *name)
        })
    };
    let mut at = Some(module.expr(id).scope);
    while let Some(scope) = at {
        if declares(scope) {
            return Some(scope);
        }
        at = module.scope(scope).parent;
    }
    None
}

/// Whether the callback declares a name that the code around has too.
fn clashes(unit: &Unit, stmt: &Stmt, target: &Function) -> bool {
    let module = &unit.module;
    let own = module.binds.iter().filter(|bind| bind.scope == target.scope);
    own.filter_map(|bind| match module.kind(bind.place) {
        ExprKind::Name(name) if !target.params.iter().any(|param| param.name.as_deref() == Some(&**name)) => Some(name),
        _ => None,
    })
    .any(|name| unit.declaring_scope(stmt.scope, name).is_some())
}
