//! What a file lost its last importer with: functions and constants of other files, and whole files.

use super::draft::Draft;
use super::plan::Plan;
use super::readers::inside;
use super::sweep::is_used_elsewhere;
use crate::analyze::{Program, Unit};
use crate::ir::{How, ScopeId, StmtId, StmtKind};
use crate::lang;
use crate::rules::Does;
use crate::text::FileId;

/// Files that `file` imported, with the functions and constants there that nobody uses any more: they are put into the
/// draft to be deleted.
pub(super) fn common(plan: &Plan<'_, '_>, file: FileId, draft: &mut Draft) -> Vec<FileId> {
    let program = plan.program;
    let Some(unit) = program.unit(file) else { return vec![] };
    let mut touched = vec![];
    for import in &unit.module.imports {
        let (Some(target), true) =
            (program.import_target(file, &import.module), inside(&draft.gone, file, import.span))
        else {
            continue;
        };
        if program.is_typed(target) {
            continue;
        }
        let Some(other) = program.unit(target).filter(|other| !other.language.syntax.exports) else {
            touched.extend(unimported(plan, target, draft));
            continue;
        };
        let Some(item) = &import.item else { continue };
        if is_used_elsewhere(program, target, item, &draft.gone) || is_read_inside(other, item) {
            continue;
        }
        let binds = other.binds_in(ScopeId(0), item);
        let [bind] = binds else { continue };
        let bind = &other.module.binds[bind.index()];
        let plain = matches!(bind.how, How::Function(_) | How::Assign)
            && matches!(other.module.stmt(bind.stmt).kind, StmtKind::Function(_) | StmtKind::Bind);
        if plain {
            draft.stmts.entry(target).or_default().push(bind.stmt);
            touched.push(target);
        }
    }
    touched
}

fn is_read_inside(unit: &Unit, name: &str) -> bool {
    unit.reads_of(name).next().is_some()
}

/// A JavaScript module that lost its last importer goes if it made the JWT and nothing else names it: then nobody starts
/// it by itself. Any other is named to the user, since it may be somebody's entry point. Gives the file if it goes.
fn unimported(plan: &Plan<'_, '_>, target: FileId, draft: &mut Draft) -> Option<FileId> {
    let program = plan.program;
    let file = program.file(target);
    if is_imported(program, target, draft) {
        return None;
    }
    let signs = plan.analysis.facts.all(Does::Sign).any(|hit| hit.call.file == target);
    let stem = file.name().rsplit_once('.').map_or(file.name(), |(stem, _)| stem);
    let others = program.files.iter().filter(|other| other.path != file.path && !lang::is_program(&other.path));
    let named = stem == "index" || others.into_iter().any(|other| other.text().contains(stem));
    let starts = file.text().starts_with("#!") || file.text().contains("require.main");
    let module = &program.unit(target)?.module;
    if signs && !named && !starts {
        let all = &module.blocks.first()?.stmts;
        let own = draft.stmts.entry(target).or_default();
        let new: Vec<StmtId> = all.iter().filter(|stmt| !own.contains(stmt)).copied().collect();
        own.extend(&new);
        return (!new.is_empty()).then_some(target);
    }
    let step = format!("Delete `{}`: no file in view imports it any more.", file.path);
    if !draft.steps.contains(&step) {
        draft.steps.push(step);
    }
    None
}

/// Whether a file in view imports `target` after the draft's edits.
#[must_use]
pub(super) fn is_imported(program: &Program, target: FileId, draft: &Draft) -> bool {
    program.units().filter(|(other, _)| *other != target).any(|(other, unit)| {
        unit.module.imports.iter().any(|import| {
            !inside(&draft.gone, other, import.span) && program.import_target(other, &import.module) == Some(target)
        })
    }) || super::java::is_named_beside(program, target, draft)
}
