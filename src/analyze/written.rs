//! What a request gets after it was made: `req.write(body)`, `post.setEntity(form)`, what is written into its stream.

use super::Place;
use super::chain::Step;
use super::flow::Follow;
use super::form::Form;
use super::program::{ExprRef, Program};
use crate::ir::{ExprId, ExprKind};
use crate::rules::Adobe;
use crate::text::Span;

/// Methods that send their first argument, or keep it to be sent.
const WRITES: &[&str] = &[
    "write",
    "end",
    "send",
    "writelines",
    "writeBytes",
    "writeChars",
    "writeUTF",
    "print",
    "println",
    "append",
    "setEntity",
    "setRequestBody",
    "setBody",
    "setContent",
    "setRequestEntity",
    "setParameters",
    "setFormParams",
    "body",
    "fields",
];
/// How many wrappers there may be around a request's stream.
const MAX_WRAPPERS: u8 = 5;

/// The fields that the request `call` gets in its chain or after it, if the JWT is among them.
pub(super) fn after(program: &Program, adobe: &Adobe, call: ExprRef) -> Option<Form> {
    let with_jwt = |form: Form| form.field(&adobe.fields.jwt).is_some().then_some(form);
    let unit = program.unit(call.file)?;
    let module = &unit.module;
    let sub = |expr| ExprRef { file: call.file, expr };
    if let Some(form) = with_jwt(program.chained(call)) {
        return Some(form);
    }
    let place = module.binds.iter().find(|bind| bind.value == Some(call.expr)).map(|bind| bind.place);
    if let Some(form) = place.and_then(|place| with_jwt(program.form(sub(place), Follow::INSIDE))) {
        return Some(form);
    }
    let function = module.function_of(module.expr(call.expr).scope);
    let here = |id: &&ExprId| module.function_of(module.expr(**id).scope) == function;
    unit.calls().iter().filter(here).find_map(|id| {
        let ExprKind::Call { callee, args, .. } = module.kind(*id) else { return None };
        let ExprKind::Member { base, name, .. } = module.kind(*callee) else { return None };
        let first = args.first().filter(|_| WRITES.contains(&&**name))?;
        let form = with_jwt(program.form(sub(first.value), Follow::INSIDE))?;
        leads_to(program, sub(*base), call, 0).then_some(form)
    })
}

/// The whole of a request: where `call` makes an object that some other call sends, from there to its end in that call, so
/// that one place shows all that goes out.
pub(super) fn whole(program: &Program, call: ExprRef) -> Place {
    let made = program.place(call);
    let sent = || {
        let unit = program.unit(call.file)?;
        let module = &unit.module;
        let place = module.binds.iter().find(|bind| bind.value == Some(call.expr))?.place;
        let holder = program.holder(ExprRef { file: call.file, expr: place })?;
        let function = module.function_of(module.expr(call.expr).scope);
        let takes = |id: &ExprId| match module.kind(*id) {
            ExprKind::Call { args, new: false, .. } => args
                .iter()
                .any(|arg| program.holder(ExprRef { file: call.file, expr: arg.value }).as_ref() == Some(&holder)),
            _ => false,
        };
        let here = |id: &ExprId| module.function_of(module.expr(*id).scope) == function;
        let spans = unit.calls().iter().filter(|id| here(id) && takes(id)).map(|id| module.expr(*id).span);
        spans.filter(|span| span.start >= made.span.end).min_by_key(|span| span.end)
    };
    match program.kind(call) {
        ExprKind::Call { new: true, .. } => {
            Place { span: Span { end: sent().map_or(made.span.end, |sent| sent.end), ..made.span }, ..made }
        }
        _ => made,
    }
}

/// Whether a value is the request `call`, something it gives, or a wrapper around that.
fn leads_to(program: &Program, at: ExprRef, call: ExprRef, depth: u8) -> bool {
    if depth > MAX_WRAPPERS {
        return false;
    }
    let calls: Vec<ExprRef> = program
        .chain(at)
        .steps
        .into_iter()
        .filter_map(|step| match step {
            Step::Call(call) => Some(call),
            _ => None,
        })
        .collect();
    if calls.contains(&call) {
        return true;
    }
    let origins = program.origins(at, Follow::INSIDE).into_iter().map(|origin| origin.expr);
    calls.into_iter().chain(origins).any(|made| match program.kind(made) {
        _ if made == call => true,
        ExprKind::Call { args, new: true, .. } => {
            args.iter().any(|arg| leads_to(program, ExprRef { file: made.file, expr: arg.value }, call, depth + 1))
        }
        _ => false,
    })
}
