//! Methods that go from a class whose base is not in view: the base may call them by their names.

use super::draft::Draft;
use super::plan::Plan;
use crate::analyze::{ExprRef, Start, Unit};
use crate::ir::{Bind, Class, ExprKind, Function, How};
use crate::text::FileId;

/// Asks a human to look at each class that lost methods which its base may call.
pub(super) fn ask(plan: &Plan<'_, '_>, file: FileId, unit: &Unit, draft: &mut Draft) {
    let (program, module) = (plan.program, &unit.module);
    let Some(gone) = draft.gone.get(&file).cloned() else { return };
    let goes = |span| gone.iter().any(|gone| gone.contains(span));
    for class in module.classes.iter().filter(|class| !class.is_open && !goes(class.span)) {
        let Some(base) = unseen(plan, file, unit, class) else { continue };
        let lost = |bind: &&Bind| match bind.how {
            How::Function(id) => bind.scope == class.scope && may_be_called(module.function(id)) && goes(bind.span),
            _ => false,
        };
        let names = module
            .binds
            .iter()
            .filter(lost)
            .map(|bind| format!("`{}`", program.slice(file, module.expr(bind.place).span)));
        let names: Vec<String> = names.collect();
        if names.is_empty() {
            continue;
        }
        let text = format!(
            "{} only served the JWT and {}: see that `{}`, which is not in view, does not call {}",
            names.join(", "),
            if names.len() == 1 { "goes" } else { "go" },
            program.source(base),
            if names.len() == 1 { "it" } else { "them" },
        );
        draft.review(program.place(base), text);
    }
}

/// A base of a class that lies in a package from outside, of which no rule says what it calls.
fn unseen(plan: &Plan<'_, '_>, file: FileId, unit: &Unit, class: &Class) -> Option<ExprRef> {
    let libraries = plan.rules.libraries.iter().filter(|library| library.language == unit.language.rules);
    let known: Vec<&String> = libraries.flat_map(|library| &library.bases).collect();
    let is_known = |path: &str| {
        known.iter().any(|known| match known.strip_suffix('*') {
            Some(module) => path.starts_with(module),
            None => path == **known,
        })
    };
    let is_unseen = |base: &ExprRef| match plan.program.chain(*base).start {
        Start::Package(path) => !is_known(&format!("{path}.")) && !is_known(&path),
        _ => false,
    };
    let named = |base: &ExprRef| matches!(unit.module.kind(base.expr), ExprKind::Name(_) | ExprKind::Member { .. });
    class.bases.iter().map(|base| ExprRef { file, expr: *base }).filter(named).find(is_unseen)
}

/// Whether another class can call a method by its name.
fn may_be_called(function: &Function) -> bool {
    let name = function.name.as_deref().unwrap_or_default();
    !(function.is_private || name.starts_with('#') || name.starts_with("__") && !name.ends_with("__"))
}
