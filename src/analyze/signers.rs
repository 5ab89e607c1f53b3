//! From a JWT to the calls that sign it.

use super::{ExprRef, Facts, Follow, Program};
use crate::ir::ExprKind;
use crate::rules::Does;

/// The calls that sign the JWT that `jwt` is.
pub(super) fn signers(program: &Program, facts: &Facts<'_>, jwt: ExprRef) -> Vec<ExprRef> {
    let mut found = vec![];
    for origin in program.origins(jwt, Follow::ALL) {
        collect_signers(program, facts, origin.expr, 0, &mut found);
        for value in program.template_values(origin.expr) {
            for origin in program.origins(value, Follow::ALL) {
                collect_signers(program, facts, origin.expr, 0, &mut found);
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

fn collect_signers(program: &Program, facts: &Facts<'_>, at: ExprRef, depth: u8, found: &mut Vec<ExprRef>) {
    if facts.of_kind(at, Does::Sign).is_some() {
        found.push(at);
        return;
    }
    if depth > 4 {
        return;
    }
    // Built by hand: `${head}.${claims}.${signature}`; or wrapped in a call of the outside.
    let module = program.module(at.file);
    for child in module.children(at.expr) {
        let child = ExprRef { file: at.file, expr: child };
        if matches!(program.kind(child), ExprKind::Function(_)) {
            continue;
        }
        for origin in program.origins(child, Follow::ALL) {
            if origin.expr != at {
                collect_signers(program, facts, origin.expr, depth + 1, found);
            }
        }
    }
}
