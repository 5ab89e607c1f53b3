//! What parameters get: those of functions that are called, and those of callbacks.

use super::dress::THEN;
use super::program::{ExprRef, FunctionRef, Program};
use crate::ir::{ExprKind, Spread};

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
            holder.is_some_and(|holder| *holder.name == *name && holder.scope == target.scope)
        };
        if is_it(*callee) {
            found.extend(args.get(index as usize).map(|arg| ExprRef { file: taker.file, expr: arg.value }));
        } else if args.iter().any(|arg| is_it(arg.value)) {
            found.push(ExprRef { file: taker.file, expr: id });
        }
    }
    found
}

impl Program {
    /// The argument that a parameter gets in a call, by position or keyword. `position` counts `self` where the function
    /// has one; a method call leaves it out.
    #[must_use]
    pub fn argument(&self, call: ExprRef, function: FunctionRef, position: u32) -> Option<ExprRef> {
        let ExprKind::Call { callee, args, .. } = self.kind(call) else { return None };
        let target = self.module(function.file).function(function.function);
        let param = target.params.get(position as usize)?;
        let first_is_self = target.class.is_some()
            && target.params.first().is_some_and(|p| matches!(p.name.as_deref(), Some("self" | "cls")));
        let bound = first_is_self && !is_class_call_of_self(self, call, *callee);
        let by_name = args.iter().find(|arg| arg.name.is_some() && arg.name == param.name);
        let index = (position as usize).checked_sub(usize::from(bound))?;
        let by_place = || args.get(index).filter(|arg| arg.name.is_none() && arg.spread == Spread::No);
        by_name.or_else(by_place).map(|arg| ExprRef { file: call.file, expr: arg.value })
    }
}

/// `Class.method(instance, …)` passes `self` by hand; it is rare enough to be told by the first argument.
fn is_class_call_of_self(program: &Program, call: ExprRef, callee: crate::ir::ExprId) -> bool {
    let ExprKind::Call { args, .. } = program.kind(call) else { return false };
    let by_member = matches!(program.module(call.file).kind(callee), ExprKind::Member { .. });
    let first = args.first().map(|arg| program.module(call.file).kind(arg.value));
    by_member && first.is_some_and(super::resolve::is_self)
}
