//! Code that deals with a refusal by itself: it asks the answer if there is a token, and goes on where there is none, or raises
//! an error of its own. A library raises its own one there.

use super::contract::comes_from;
use super::decoded::decoded;
use super::draft::Draft;
use crate::analyze::{Exchange, ExprRef, FunctionRef, Place, Program, Unit, is_test};
use crate::ir::{BindId, Block, BlockId, ExprId, ExprKind, How, Module, Stmt, StmtId, StmtKind};
use crate::rules::Variant;
use crate::text::{FileId, Span};

/// Fields of the answer that tell a refusal, by being there or not.
const FIELDS: [&str; 2] = ["access_token", "error"];
/// Errors that nobody tells from others, so that a library's own does as well.
const ANY: [&str; 3] = ["Exception", "BaseException", "Error"];
/// What reading a token raises where there is none, or no JSON.
const MISSING: [&str; 4] = ["KeyError", "LookupError", "ValueError", "JSONDecodeError"];
/// Functions on the way from the request to who handles its failure.
const MAX_CALLERS: u8 = 3;
/// Functions that hand an error on.
const RAISES: [&str; 6] = ["reject", "callback", "cb", "done", "next", "fail"];

/// Whether the code around an exchange deals with a refusal by itself.
#[must_use]
pub(super) fn is_dealt_with(program: &Program, exchange: &Exchange<'_>) -> bool {
    // A status that is looked at is carried over. An SDK raises as well.
    if exchange.proof.sdk || decoded(program, exchange).is_none_or(|answer| !answer.checks.is_empty()) {
        return false;
    }
    let errors = exchange.hit.as_ref().map_or(&[][..], |hit| &hit.library.errors);
    if is_missed(program, exchange.call, errors, 0) {
        return true;
    }
    let caught = is_caught(program, exchange.call);
    program.units().any(|(file, unit)| {
        let names_field = program.file(file).text().contains(FIELDS[0]);
        unit.module.expr_ids().any(|expr| {
            let answer =
                asked(&unit.module, expr).filter(|_| names_field).or_else(|| got(unit, expr).filter(|_| !caught));
            let answer = answer.or_else(|| read(&unit.module, expr).filter(|_| missed(program, file, expr, errors)));
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

/// Whether what is raised for a missing token is caught around a call, or the calls of its function.
fn is_missed(program: &Program, call: ExprRef, errors: &[String], depth: u8) -> bool {
    let module = program.module(call.file);
    let function = module.function_of(module.expr(call.expr).scope).filter(|_| depth < MAX_CALLERS);
    missed(program, call.file, call.expr, errors)
        || function.is_some_and(|function| {
            let function = FunctionRef { file: call.file, function };
            program.callers(function).iter().any(|caller| is_missed(program, *caller, errors, depth + 1))
        })
}

/// Whether a handler around an expression is for a missing token, and not for errors of the HTTP library or any as well.
fn missed(program: &Program, file: FileId, expr: ExprId, errors: &[String]) -> bool {
    let module = program.module(file);
    let span = module.expr(expr).span;
    let last = |at: &ExprId| program.slice(file, module.expr(*at).span).rsplit('.').next().unwrap_or_default();
    let is_http = |name: &str| errors.iter().any(|error| error.rsplit('.').next() == Some(name));
    let is_for_it = |block: &Block| {
        let names = || block.catches.iter().map(last);
        !block.span.contains(span)
            && names().any(|name| MISSING.contains(&name))
            && !names().any(|name| ANY.contains(&name) || is_http(name))
    };
    let mut at = Some(module.expr(expr).stmt);
    while let Some(stmt) = at {
        let owner = module.block(module.stmt(stmt).block).owner;
        let mut blocks = owner.into_iter().flat_map(|owner| &module.stmt(owner).blocks).map(|id| module.block(*id));
        if blocks.any(|block| block.is_handler && is_for_it(block)) {
            return true;
        }
        at = module.parent_stmt(stmt);
    }
    false
}

/// The answer whose token is read: `answer["access_token"]`.
fn read(module: &Module, expr: ExprId) -> Option<ExprId> {
    match module.kind(expr) {
        ExprKind::Index { base, index, .. } if module.literal(*index).as_deref() == Some(FIELDS[0]) => Some(*base),
        _ => None,
    }
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
        ExprKind::Member { base, name, .. }
            if FIELDS.contains(&&**name) && matches!(check(module, expr), Check::GoesOn | Check::Own) =>
        {
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
    /// A branch raises, and does nothing else.
    Raises,
    /// A branch raises an error of the program's own, or does more.
    Own,
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
        true if stmt.blocks.iter().any(|block| raises(module, *block, true)) => Check::Raises,
        true if stmt.blocks.iter().any(|block| raises(module, *block, false)) => Check::Own,
        true => Check::GoesOn,
    }
}

/// Whether a block ends in an error, on each way through it; `plainly`: in one that nobody tells from others, and nothing else
/// is done.
fn raises(module: &Module, block: BlockId, plainly: bool) -> bool {
    let called = |expr: ExprId| match module.kind(expr) {
        ExprKind::Call { callee, .. } => match module.kind(*callee) {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(&**name),
            _ => None,
        },
        _ => None,
    };
    let one = |id: &StmtId| {
        let inner = module.stmt(*id);
        let is_any = || inner.exprs.first().and_then(|raised| called(*raised)).is_some_and(|name| ANY.contains(&name));
        (inner.kind == StmtKind::Throw && (!plainly || is_any()))
            || inner.exprs.iter().any(|expr| called(*expr).is_some_and(|name| RAISES.contains(&name)))
            || inner.kind == StmtKind::If
                && inner.blocks.len() > 1
                && inner.blocks.iter().all(|block| raises(module, *block, plainly))
    };
    let mut stmts = module.block(block).stmts.iter();
    if plainly { !module.block(block).stmts.is_empty() && stmts.all(one) } else { stmts.any(one) }
}

/// Asks a human about code that looks for an error code of the old library's own.
pub(super) fn own_codes(program: &Program, exchange: &Exchange<'_>, variant: &Variant, draft: &mut Draft) {
    let Some(library) = exchange.hit.as_ref().map(|hit| hit.library) else { return };
    let kept = variant.keeps_errors_of.contains(&library.name);
    for (file, unit) in program.units().filter(|(file, _)| !kept && !is_test(&program.file(*file).path)) {
        for text in library.error_codes.iter().flat_map(|code| unit.texts(code)) {
            let place = Place { file, span: unit.module.expr(text).span };
            let why = format!(
                "the new code has no error with this code, which is {}'s own: look for what it throws instead",
                library.name
            );
            draft.review(place, why);
        }
    }
}
