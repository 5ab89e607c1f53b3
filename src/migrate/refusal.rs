//! Code that puts up with a refusal: it asks the answer itself if there is a token, and goes on where there is none. A library
//! raises there.

use super::contract::comes_from;
use super::decoded::decoded;
use crate::analyze::{Exchange, ExprRef, Program};
use crate::ir::{ExprId, ExprKind, Module, StmtId, StmtKind};

/// Fields of the answer that tell a refusal, by being there or not.
const FIELDS: [&str; 2] = ["access_token", "error"];
/// Functions that hand an error on.
const RAISES: [&str; 6] = ["reject", "callback", "cb", "done", "next", "fail"];

/// Whether the code around an exchange puts up with a refusal.
#[must_use]
pub(super) fn is_put_up_with(program: &Program, exchange: &Exchange<'_>) -> bool {
    // A status that is looked at is carried over.
    if decoded(program, exchange).is_none_or(|answer| !answer.checks.is_empty()) {
        return false;
    }
    program.units().any(|(file, unit)| {
        program.file(file).text().contains(FIELDS[0])
            && unit.module.expr_ids().any(|expr| {
                let answer = asked(&unit.module, expr).map(|expr| ExprRef { file, expr });
                answer.is_some_and(|answer| comes_from(program, answer, exchange.call))
            })
    })
}

/// What is asked for its token or error, without being sure of it: `"access_token" in answer`, `answer.get("access_token")`,
/// `if (answer.error) { return … }`.
fn asked(module: &Module, expr: ExprId) -> Option<ExprId> {
    let is_field = |expr| module.literal(expr).is_some_and(|text| FIELDS.contains(&&*text));
    match module.kind(expr) {
        ExprKind::Binary { op, left, right } if matches!(&**op, "in" | "not in") && is_field(*left) => {
            (check(module, expr) != Check::Raises).then_some(*right)
        }
        ExprKind::Call { callee, args, .. } if args.first().is_some_and(|arg| is_field(arg.value)) => {
            match module.kind(*callee) {
                ExprKind::Member { base, name, .. } if &**name == "get" => Some(*base),
                _ => None,
            }
        }
        ExprKind::Member { base, name, .. } if FIELDS.contains(&&**name) && check(module, expr) == Check::GoesOn => {
            Some(*base)
        }
        _ => None,
    }
}

/// What a condition on a value leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Check {
    /// There is no condition.
    None,
    /// A branch raises.
    Raises,
    /// No branch does.
    GoesOn,
}

/// The condition of an `if` that asks for a value.
fn check(module: &Module, value: ExprId) -> Check {
    let mut at = value;
    while let Some(parent) = module.expr(at).parent {
        let is_condition = match module.kind(parent) {
            ExprKind::Binary { .. } | ExprKind::Choice { .. } => true,
            // `!answer.access_token` has no kind of its own.
            ExprKind::Opaque(parts) => parts.len() == 1,
            _ => false,
        };
        if !is_condition {
            return Check::None;
        }
        at = parent;
    }
    let stmt = module.stmt(module.expr(at).stmt);
    let hands_on = |expr: &ExprId| match module.kind(*expr) {
        ExprKind::Call { callee, .. } => match module.kind(*callee) {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => RAISES.contains(&&**name),
            _ => false,
        },
        _ => false,
    };
    let raises = |id: &StmtId| {
        let inner = module.stmt(*id);
        inner.kind == StmtKind::Throw || inner.exprs.iter().any(hands_on)
    };
    let mut inside = stmt.blocks.iter().flat_map(|block| &module.block(*block).stmts);
    match stmt.kind == StmtKind::If && stmt.exprs.contains(&at) {
        false => Check::None,
        true if inside.any(raises) => Check::Raises,
        true => Check::GoesOn,
    }
}
