//! What the parameters of callbacks get.

use super::flow::THEN;
use super::program::{ExprRef, FunctionRef, Program};
use crate::ir::ExprKind;

/// What a callback's parameter gets: for `x.then(value => …)` that is `x`; where it is handed to a function of the
/// program, what that function calls it with, or the call that it hands it on to; for any other call it is the call.
pub(super) fn callback_sources(program: &Program, function: FunctionRef, index: u32, depth: u8) -> Vec<ExprRef> {
    let Some(unit) = program.unit(function.file) else { return vec![] };
    let Some(expr) = unit.function_expr(function.function) else { return vec![] };
    let Some(parent) = unit.module.expr(expr).parent else { return vec![] };
    let ExprKind::Call { callee, args, .. } = unit.module.kind(parent) else { return vec![] };
    let Some(position) = args.iter().position(|arg| arg.value == expr) else { return vec![] };
    let at = |expr| ExprRef { file: function.file, expr };
    match unit.module.kind(*callee) {
        ExprKind::Member { base, name, .. } if (THEN.contains(&&**name) || &**name == "forEach") && index == 0 => {
            vec![at(*base)]
        }
        _ => {
            let functions = program.functions_of(at(*callee));
            let taken = functions.iter().flat_map(|taker| called_with(program, *taker, position as u32, index, depth));
            let taken: Vec<ExprRef> = taken.collect();
            if taken.is_empty() { vec![at(parent)] } else { taken }
        }
    }
}

/// What `taker` gives to argument `index` of the callback that it gets as its parameter `position`.
fn called_with(program: &Program, taker: FunctionRef, position: u32, index: u32, depth: u8) -> Vec<ExprRef> {
    let module = program.module(taker.file);
    let target = module.function(taker.function);
    let Some(name) = target.params.get(position as usize).and_then(|param| param.name.clone()) else { return vec![] };
    let mut found = vec![];
    for id in module.expr_ids().filter(|_| depth < 3) {
        let ExprKind::Call { callee, args, .. } = module.kind(id) else { continue };
        if !target.span.contains(module.expr(id).span) {
            continue;
        }
        let is_it = |expr| {
            let holder = program.holder(ExprRef { file: taker.file, expr });
            holder.is_some_and(|holder| holder.name == name && holder.scope == target.scope)
        };
        if is_it(*callee) {
            found.extend(args.get(index as usize).map(|arg| ExprRef { file: taker.file, expr: arg.value }));
        } else if args.iter().any(|arg| is_it(arg.value)) {
            found.push(ExprRef { file: taker.file, expr: id });
        }
    }
    found
}
