//! Code that puts up with a refusal: it asks the answer itself if there is a token, and goes on where there is none. A library
//! raises there.

use super::contract::comes_from;
use super::decoded::decoded;
use crate::analyze::{Exchange, ExprRef, Program, Unit};
use crate::ir::{BindId, Block, BlockId, ExprId, ExprKind, How, Module, Stmt, StmtKind};
use crate::text::Span;

/// Fields of the answer that tell a refusal, by being there or not.
const FIELDS: [&str; 2] = ["access_token", "error"];
/// Functions that hand an error on.
const RAISES: [&str; 6] = ["reject", "callback", "cb", "done", "next", "fail"];

/// Whether the code around an exchange puts up with a refusal.
#[must_use]
pub(super) fn is_put_up_with(program: &Program, exchange: &Exchange<'_>) -> bool {
    // A status that is looked at is carried over. An SDK raises as well.
    if exchange.proof.sdk || decoded(program, exchange).is_none_or(|answer| !answer.checks.is_empty()) {
        return false;
    }
    let caught = is_caught(program, exchange.call);
    program.units().any(|(file, unit)| {
        let names_field = program.file(file).text().contains(FIELDS[0]);
        unit.module.expr_ids().any(|expr| {
            let answer =
                asked(&unit.module, expr).filter(|_| names_field).or_else(|| got(unit, expr).filter(|_| !caught));
            answer.is_some_and(|expr| comes_from(program, ExprRef { file, expr }, exchange.call))
        })
    })
}

/// Whether a handler around a call swallows what is raised there, so that who called gets nothing, as after a refusal.
fn is_caught(program: &Program, call: ExprRef) -> bool {
    let module = program.module(call.file);
    let mut at = Some(module.expr(call.expr).stmt);
    while let Some(stmt) = at {
        let owner = module.block(module.stmt(stmt).block).owner.map(|owner| module.stmt(owner));
        let blocks = owner.filter(|owner| owner.kind == StmtKind::Try).map(|owner| &owner.blocks);
        let mut handlers =
            blocks.into_iter().flatten().map(|block| module.block(*block)).filter(|block| block.is_handler);
        let within = |span: Span| span.contains(module.expr(call.expr).span);
        let swallows = |block: &Block| {
            let raises = |stmt: &Stmt| stmt.kind == StmtKind::Throw && block.span.contains(stmt.span);
            !within(block.span)
                && !module.stmts.iter().any(raises)
                && !program.slice(call.file, block.span).contains("exit(")
        };
        if handlers.any(swallows) {
            return true;
        }
        at = module.parent_stmt(stmt);
    }
    false
}

/// What is asked whether it is there after it was got, and the code goes on where it is not: `const token = await getToken()`,
/// `if (!token) { return … }`, `token ?? null`. What may have been there before (a cache) says nothing of a refusal.
fn got(unit: &Unit, expr: ExprId) -> Option<ExprId> {
    let module = &unit.module;
    let record = module.expr(expr);
    let ExprKind::Name(name) = module.kind(expr) else { return None };
    if !is_fallen_back(module, expr) && check(module, expr) != Check::GoesOn {
        return None;
    }
    let scope = unit.declaring_scope(record.scope, name)?;
    let function = module.function_of(scope)?;
    let before = |id: &&BindId| module.binds[id.index()].span.end <= record.span.start;
    let given = unit.binds_in(scope, name);
    let last = given.iter().rfind(before).map(|id| &module.binds[id.index()])?;
    let is_got = match last.how {
        How::Param(..) => unit.function_expr(function).is_some(),
        How::Assign | How::Part(_) => last.value.is_some(),
        _ => false,
    };
    (is_got && module.function_of(record.scope) == Some(function)).then_some(expr)
}

/// Whether something else takes the place of a value that is not there: `token || ''`, `token ? use(token) : null`.
fn is_fallen_back(module: &Module, value: ExprId) -> bool {
    module.expr(value).parent.is_some_and(|parent| match module.kind(parent) {
        ExprKind::Choice { options, tested } => {
            *tested == Some(value) || options.first() == Some(&value) && options.len() > 1
        }
        _ => false,
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
    match stmt.kind == StmtKind::If && stmt.exprs.contains(&at) {
        false => Check::None,
        true if stmt.blocks.iter().any(|block| raises(module, *block)) => Check::Raises,
        true => Check::GoesOn,
    }
}

/// Whether a block ends in an error, on each way through it.
fn raises(module: &Module, block: BlockId) -> bool {
    let hands_on = |expr: &ExprId| match module.kind(*expr) {
        ExprKind::Call { callee, .. } => match module.kind(*callee) {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => RAISES.contains(&&**name),
            _ => false,
        },
        _ => false,
    };
    module.block(block).stmts.iter().any(|id| {
        let inner = module.stmt(*id);
        inner.kind == StmtKind::Throw
            || inner.exprs.iter().any(hands_on)
            || inner.kind == StmtKind::If
                && inner.blocks.len() > 1
                && inner.blocks.iter().all(|block| raises(module, *block))
    })
}
