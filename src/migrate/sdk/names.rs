//! Names that an upgrade changes: of the JWT mode in the call's file, of the new version in all files of the package.

use super::super::draft::Draft;
use super::super::packages;
use super::super::plan::Plan;
use crate::analyze::{Exchange, Place, Program, Unit};
use crate::ir::{ExprId, ExprKind, Import, ScopeId};
use crate::rules::{Library, Upgrade};
use crate::text::{FileId, Overlap, Span};
use std::collections::BTreeMap;

/// Renames what has another name; notes what means something else. `None` where a new name is taken.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn rename(
    plan: &Plan<'_, '_>,
    exchange: &Exchange<'_>,
    upgrade: &Upgrade,
    draft: &mut Draft,
) -> Result<Option<()>, Overlap> {
    let program = plan.program;
    let Some(library) = exchange.hit.as_ref().map(|hit| hit.library) else { return Ok(None) };
    let own = exchange.call.file;
    if !in_file(program, library, own, &upgrade.twins, draft)? {
        return Ok(None);
    }
    let wide = [&upgrade.modules, &upgrade.names, &upgrade.changed];
    if wide.iter().all(|table| table.is_empty()) {
        return Ok(Some(()));
    }
    let manifests = packages::manifests_of(program, own);
    let language = program.unit(own).map(|unit| unit.language.rules);
    let files = program.units().filter(|(file, unit)| {
        Some(unit.language.rules) == language
            && unit.module.imports.iter().any(|import| {
                is_of(library, &import.module) || upgrade.modules.keys().any(|old| is_in(&import.module, old))
            })
            && (*file == own || packages::manifests_of(program, *file) == manifests)
    });
    for (file, unit) in files.collect::<Vec<_>>() {
        if !in_file(program, library, file, &upgrade.names, draft)? {
            return Ok(None);
        }
        for import in &unit.module.imports {
            let Some((old, new)) = upgrade.modules.iter().find(|(old, _)| is_in(&import.module, old)) else { continue };
            let span = Span { start: import.module_span.start, end: import.module_span.start + old.len() as u32 };
            if program.slice(file, span) == *old {
                replace(file, span, new, draft)?;
            }
        }
        for (name, why) in &upgrade.changed {
            let uses = uses(program, library, file, unit, name);
            uses.into_iter().for_each(|span| draft.review(Place { file, span }, why.clone()));
        }
    }
    Ok(Some(()))
}

/// `a.b` is in `a`.
fn is_in(module: &str, outer: &str) -> bool {
    module.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
}

/// Whether a module is one of the library's.
fn is_of(library: &Library, module: &str) -> bool {
    library.modules.iter().any(|known| is_in(module, known))
}

/// Renames in one file. Says whether the new names were free.
fn in_file(
    program: &Program,
    library: &Library,
    file: FileId,
    names: &BTreeMap<String, String>,
    draft: &mut Draft,
) -> Result<bool, Overlap> {
    let Some(unit) = program.unit(file) else { return Ok(true) };
    for (old, new) in names {
        let imports: Vec<&Import> = imports(library, unit, old).collect();
        let there = unit.module.imports.iter().any(|import| {
            import.item.as_deref() == Some(new) && *import.local == **new && is_of(library, &import.module)
        });
        let local = imports.iter().any(|import| *import.local == **old);
        if local && !there && !unit.binds_in(ScopeId(0), new).is_empty() {
            return Ok(false);
        }
        for span in uses(program, library, file, unit, old) {
            replace(file, span, new, draft)?;
            draft.gone.entry(file).or_default().push(span);
        }
        if local {
            draft.names.insert((file, new.clone()));
        }
        // One that is imported already is enough; the old one goes with its last use.
        for import in imports.iter().filter(|import| !there || *import.local != **old) {
            if let Some(span) = item_span(program, file, import, old) {
                replace(file, span, new, draft)?;
                draft.names.insert((file, import.local.to_string()));
            }
        }
    }
    Ok(true)
}

fn imports<'u>(library: &Library, unit: &'u Unit, item: &str) -> impl Iterator<Item = &'u Import> {
    unit.module
        .imports
        .iter()
        .filter(move |import| import.item.as_deref() == Some(item) && is_of(library, &import.module))
}

/// Where the imported name stands in its import.
fn item_span(program: &Program, file: FileId, import: &Import, item: &str) -> Option<Span> {
    let text = program.slice(file, import.span);
    let is_word = |at: usize| {
        let before = text[..at].chars().next_back();
        let after = text[at + item.len()..].chars().next();
        let part = |c: char| c.is_alphanumeric() || c == '_';
        !before.is_some_and(part) && !after.is_some_and(part)
    };
    text.match_indices(item).map(|(at, _)| at).filter(|at| is_word(*at)).find_map(|at| {
        let span = Span::new(import.span.start as usize + at, import.span.start as usize + at + item.len());
        (!import.module_span.overlaps(span)).then_some(span)
    })
}

/// Where a file uses a name of the library: as it was imported under that name, or as a member of the imported module.
fn uses(program: &Program, library: &Library, file: FileId, unit: &Unit, name: &str) -> Vec<Span> {
    let module = &unit.module;
    let local = imports(library, unit, name).any(|import| *import.local == *name);
    let is_use = |id: &ExprId| match module.kind(*id) {
        ExprKind::Name(found) if local && **found == *name => {
            let scope = unit.declaring_scope(module.expr(*id).scope, name);
            (scope == Some(ScopeId(0))).then_some(module.expr(*id).span)
        }
        ExprKind::Member { base, name: found, name_span } if **found == *name => {
            is_module(program, library, file, unit, *base).then_some(*name_span)
        }
        _ => None,
    };
    let in_imports = |span: &Span| module.imports.iter().any(|import| import.span.contains(*span));
    let mut spans: Vec<Span> =
        module.expr_ids().filter_map(|id| is_use(&id)).filter(|span| !in_imports(span)).collect();
    spans.sort_unstable_by_key(|span| span.start);
    spans.dedup();
    spans
}

/// Whether an expression is one of the library's modules.
fn is_module(program: &Program, library: &Library, file: FileId, unit: &Unit, base: ExprId) -> bool {
    let text = program.slice(file, unit.module.expr(base).span);
    unit.module.imports.iter().filter(|import| import.item.is_none()).any(|import| {
        let known = is_of(library, &import.module);
        known && (*import.local == *text || library.modules.iter().any(|known| is_in(text, known)))
    })
}

/// Replaces, once: another exchange of the package may have done it already.
fn replace(file: FileId, span: Span, new: &str, draft: &mut Draft) -> Result<(), Overlap> {
    let edits = draft.edits.entry(file).or_default();
    let known = edits.edits().iter().any(|edit| edit.span == span && edit.text == *new);
    if known { Ok(()) } else { edits.replace(span, new) }
}
