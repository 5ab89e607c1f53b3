//! Traits that were imported for methods which nobody calls any more.

use super::mentions::{Mention, Mentions};
use super::{delete, is_gone};
use crate::analyze::Program;
use crate::ir::{ExprKind, ImportStyle};
use crate::migrate::draft::Draft;
use crate::migrate::plan::Plan;
use crate::migrate::rust::units;
use crate::text::FileId;

/// Takes their imports out. Gives the files that changed.
pub(super) fn sweep(plan: &Plan<'_, '_>, mentions: &Mentions, draft: &mut Draft) -> Vec<FileId> {
    let program = plan.program;
    let mut changed = vec![];
    for (file, unit) in units(program) {
        let libraries = || plan.rules.libraries.iter().filter(|library| library.language == unit.language.rules);
        for import in unit.module.imports.iter().filter(|import| import.style == ImportStyle::Static) {
            let Some(item) = import.item.as_deref() else { continue };
            let path = format!("{}.{item}", import.module);
            let Some(methods) = libraries().find_map(|library| library.traits.get(&path)) else { continue };
            let here =
                |name: &str| mentions.get(name).iter().filter(|mention| mention.file == file).collect::<Vec<_>>();
            let calls: Vec<_> =
                methods.iter().flat_map(|method| here(method)).filter(|mention| is_method(program, mention)).collect();
            let named = here(&import.local).into_iter().any(|mention| !mention.gone && mention.span != import.span);
            let anew = |mention: &Mention| mention.expr.is_none() && mention.span.is_empty() && !mention.gone;
            if named
                || methods.iter().flat_map(|method| here(method)).any(anew)
                || is_gone(draft, file, import.span)
                || calls.is_empty()
                || calls.iter().any(|mention| !mention.gone)
            {
                continue;
            }
            let mut listed =
                unit.module.imports.iter().filter(|other| other.stmt == import.stmt && other.span != import.span);
            if listed.all(|other| is_gone(draft, file, other.span)) {
                if delete(program, file, import.stmt, draft) {
                    changed.push(file);
                }
            } else {
                draft.gone.entry(file).or_default().push(import.span);
                draft.edits.entry(file).or_default();
            }
        }
    }
    changed
}

/// Whether a mention may be of a trait's method: `x.read()` and `Type::read`, but not `fs::read`.
fn is_method(program: &Program, mention: &Mention) -> bool {
    let Some(expr) = mention.expr else { return false };
    let ExprKind::Member { base, .. } = program.module(mention.file).kind(expr) else { return false };
    let text = program.slice(mention.file, mention.span);
    let before = text.rsplit_once("::").map_or("", |(before, _)| before);
    let by_path = text.trim_end().ends_with(&format!("{before}::{}", text.rsplit("::").next().unwrap_or_default()))
        && program.module(mention.file).expr(*base).outer.end as usize <= mention.span.start as usize + before.len()
        && !before.is_empty();
    !by_path || before.rsplit("::").next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_uppercase()))
}
