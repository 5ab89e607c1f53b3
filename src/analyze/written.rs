//! What a request gets after it was made: `req.write(body)`, `post.setEntity(form)`, what is written into its stream.

use super::chain::Step;
use super::flow::Follow;
use super::form::Form;
use super::program::{ExprRef, Program};
use crate::ir::ExprKind;
use crate::rules::Adobe;

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
    let here = |id: &&crate::ir::ExprId| module.function_of(module.expr(**id).scope) == function;
    unit.calls().iter().filter(here).find_map(|id| {
        let ExprKind::Call { callee, args, .. } = module.kind(*id) else { return None };
        let ExprKind::Member { base, name, .. } = module.kind(*callee) else { return None };
        let first = args.first().filter(|_| WRITES.contains(&&**name))?;
        let form = with_jwt(program.form(sub(first.value), Follow::INSIDE))?;
        leads_to(program, sub(*base), call, 0).then_some(form)
    })
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
