//! Literals that are but defaults: a setting may say something else.

use crate::analyze::{ExprRef, Place, Program};
use crate::ir::{ExprId, ExprKind};

/// Whether a literal is but a default: `setting || literal`, `setting ? setting : literal`, the default of
/// a call that looks it up.
pub(super) fn has_rival(program: &Program, literal: Place) -> bool {
    let Some(module) = program.unit(literal.file).map(|unit| &unit.module) else { return false };
    let is_it =
        |id: &ExprId| matches!(module.kind(*id), ExprKind::Text(_)) && module.expr(*id).span.contains(literal.span);
    let mut at = module.expr_ids().find(is_it);
    // `os.getenv("METASCOPE", "ent_user_sdk")`
    if let Some(id) = at
        && let Some(parent) = module.expr(id).parent
        && let ExprKind::Call { callee, args, .. } = module.kind(parent)
        && let ExprKind::Name(name) | ExprKind::Member { name, .. } = module.kind(*callee)
        && args.iter().skip(1).any(|arg| arg.value == id)
        && matches!(&**name, "get" | "getenv" | "str" | "config")
    {
        return true;
    }
    while let Some(id) = at
        && let Some(parent) = module.expr(id).parent
        && let ExprKind::Choice { options, .. } = module.kind(parent)
    {
        let other = |option: ExprId| program.text(ExprRef { file: literal.file, expr: option });
        if options.iter().any(|option| *option != id && other(*option).exact().is_none()) {
            return true;
        }
        at = Some(parent);
    }
    false
}
