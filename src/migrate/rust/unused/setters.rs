//! Methods of builders that did nothing but keep what nobody reads any more: `.private_key(pem)`.

use super::mentions::{Mention, Mentions};
use super::{delete, is_gone, package};
use crate::analyze::{ExprRef, Program};
use crate::ir::{ExprId, ExprKind, FunctionId, Module, StmtId, StmtKind};
use crate::migrate::draft::Draft;
use crate::migrate::harmless::is_harmless;
use crate::migrate::plan::Plan;
use crate::text::{FileId, Overlap, Span};

/// Whether a mention is of a method that is called: `x.name(…)`.
pub(super) fn is_call(program: &Program, mention: &Mention) -> bool {
    mention.expr.is_some_and(|expr| call_of(program.module(mention.file), expr).is_some())
}

fn call_of(module: &Module, callee: ExprId) -> Option<ExprId> {
    let call = module.expr(callee).parent?;
    matches!(module.kind(call), ExprKind::Call { callee: own, .. } if *own == callee).then_some(call)
}

/// Takes the method out whose only work is the statement `keeps`, with its calls in chains, where all are in view; else
/// the statement alone goes. Gives the files that changed.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn take_out(
    plan: &Plan<'_, '_>,
    mentions: &Mentions,
    file: FileId,
    keeps: StmtId,
    draft: &mut Draft,
) -> Result<Vec<FileId>, Overlap> {
    let program = plan.program;
    let module = program.module(file);
    let mut changed = vec![];
    let setter = setter(program, file, keeps);
    if let Some((stmt, function)) = setter
        && let Some(links) = links(plan, mentions, file, stmt, function)
    {
        for (at, link) in links.into_iter().filter(|(at, link)| !is_gone(draft, *at, *link)).collect::<Vec<_>>() {
            draft.edits.entry(at).or_default().delete(link)?;
            draft.gone.entry(at).or_default().push(link);
            changed.push(at);
        }
        if delete(program, file, stmt, draft) {
            changed.push(file);
        }
        return Ok(changed);
    }
    if delete(program, file, keeps, draft) {
        changed.push(file);
        if let Some((_, function)) = setter
            && let Some(own) = module.function(function).params.first().map(|param| param.span)
            && program.slice(file, own) == "mut self"
        {
            let start = own.start as usize;
            draft.edits.entry(file).or_default().delete(Span::new(start, start + "mut ".len()))?;
        }
    }
    Ok(changed)
}

/// The method that does nothing but `keeps`, and gives itself back.
fn setter(program: &Program, file: FileId, keeps: StmtId) -> Option<(StmtId, FunctionId)> {
    let module = program.module(file);
    let function = module.function_of(module.stmt(keeps).scope)?;
    let body = module.function(function).body?;
    let [first, last] = module.block(body).stmts.as_slice() else { return None };
    let is_self = program.slice(file, module.stmt(*last).span).trim() == "self";
    let stmt =
        (0..module.stmts.len() as u32).map(StmtId).find(|id| module.stmt(*id).kind == StmtKind::Function(function))?;
    (*first == keeps && is_self).then_some((stmt, function))
}

/// The links of chains that call the method, each from its dot with the blanks before; `None` where it may be called in
/// another way, or what is handed over does more than give a value.
fn links(
    plan: &Plan<'_, '_>,
    mentions: &Mentions,
    file: FileId,
    stmt: StmtId,
    function: FunctionId,
) -> Option<Vec<(FileId, Span)>> {
    let program = plan.program;
    let name = program.module(file).function(function).name.as_deref()?;
    let namesakes = program.units().flat_map(|(_, unit)| &unit.module.functions);
    if package::is_exposed(program, file, stmt)
        || namesakes.filter(|other| other.name.as_deref() == Some(name)).count() != 1
    {
        return None;
    }
    let calls = mentions.get(name).iter().filter(|mention| !mention.gone && is_call(program, mention));
    calls.map(|mention| link(plan, mention)).collect()
}

fn link(plan: &Plan<'_, '_>, mention: &Mention) -> Option<(FileId, Span)> {
    let (program, file) = (plan.program, mention.file);
    let unit = program.unit(file)?;
    let module = &unit.module;
    let callee = mention.expr?;
    let call = call_of(module, callee)?;
    let ExprKind::Member { base, name_span, .. } = module.kind(callee) else { return None };
    let goes_on = module.expr(call).parent.is_some_and(|parent| matches!(module.kind(parent), ExprKind::Member { .. }));
    let in_chain = goes_on || matches!(module.kind(*base), ExprKind::Call { .. });
    let text = program.file(file).text();
    let dot = text[..name_span.start as usize].trim_end().strip_suffix('.')?.trim_end().len();
    let span = Span::new(dot, module.expr(call).span.end as usize);
    let args = Span::new(name_span.end as usize, module.expr(call).span.end as usize);
    let mut inner = unit.calls().iter().filter(|id| args.contains(module.expr(**id).span));
    let quiet = inner.all(|id| is_harmless(plan, ExprRef { file, expr: *id }, 0));
    (in_chain && quiet).then_some((file, span))
}
