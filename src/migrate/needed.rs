//! Whether a package of a manifest is needed after the migrations: by what still imports its library, or what comes
//! along with it.

use super::Migration;
use super::packages::is_deleted;
use crate::analyze::{ExprRef, Program};
use crate::ir::{ExprKind, ImportStyle};
use crate::manifest::normalise;
use crate::rules::Library;
use crate::text::{EditSet, FileId, Span};
use std::collections::BTreeSet;

/// Whether some file below the manifest still uses a library after the migrations; a library that no migration touched
/// is always needed.
pub(super) fn is_needed(
    program: &Program,
    migrations: &[Migration],
    library: &Library,
    manifest: FileId,
    numbers: &[usize],
) -> bool {
    if library.modules.iter().any(|module| is_imported_outside(program, manifest, module)) {
        return true;
    }
    let mut left_by_us = false;
    for (file, unit) in program.units() {
        if !crate::analyze::is_below(&program.file(manifest).path, &program.file(file).path) {
            continue;
        }
        for import in &unit.module.imports {
            let fits = |module: &String| {
                *import.module == **module
                    || import.module.strip_prefix(module.as_str()).is_some_and(|rest| rest.starts_with(['.', '/']))
            };
            if !library.modules.iter().any(fits) {
                // Another part of the same package: `authlib.integrations` beside `authlib.jose`.
                let root = |module: &str| module.split('.').next().unwrap_or_default().to_owned();
                let other = library.modules.iter().any(|module| {
                    let own = root(module);
                    own != *module && root(&import.module) == own
                });
                let other = other && !unit.language.syntax.domains;
                if other && !numbers.iter().any(|number| is_deleted(&migrations[*number], file, import.span)) {
                    return true;
                }
                continue;
            }
            let span = import.span;
            let is_gone = |span: Span| numbers.iter().any(|number| is_deleted(&migrations[*number], file, span));
            let renamed = numbers.iter().any(|number| is_renamed(&migrations[*number], file, import.module_span));
            // A path that is written where it is used stands for all its uses in the file.
            let others = unit.module.exprs.iter().filter(|expr| {
                import.style == ImportStyle::Inline
                    && unit.language.rules == "rust"
                    && matches!(&expr.kind, ExprKind::Name(name) if *name == import.local)
            });
            let gone = renamed || (is_gone(span) && others.into_iter().all(|expr| is_gone(expr.span)));
            if gone {
                left_by_us = true;
            } else {
                return true;
            }
        }
        // `require('x')(…)` without a name.
        for id in unit.calls() {
            let is_bare = |module: &String| is_bare_require(program, ExprRef { file, expr: *id }, module);
            let span = unit.module.expr(*id).span;
            let named = unit
                .module
                .imports
                .iter()
                .any(|import| import.span.contains(span) || unit.module.stmt(import.stmt).span.contains(span));
            if !named
                && library.modules.iter().any(is_bare)
                && !numbers.iter().any(|number| is_deleted(&migrations[*number], file, span))
            {
                return true;
            }
        }
    }
    !left_by_us
}

/// The module that a package brings along and that the code goes on importing, although nothing else that is listed brings it.
pub(super) fn brought<'r>(
    program: &Program,
    migrations: &[Migration],
    library: &'r Library,
    package: &str,
    (manifest, numbers): (FileId, &[usize]),
    others: &BTreeSet<String>,
) -> Option<&'r str> {
    let known = library
        .brings
        .iter()
        .filter(|brings| brings.package.is_none() && brings.by.as_deref().is_none_or(|by| by == package));
    let alone = known.filter(|brings| {
        !others.iter().any(|name| name != package && brings.brought_by.iter().any(|start| name.starts_with(start)))
    });
    let below = || {
        let manifest = &program.file(manifest).path;
        program.units().filter(move |(file, _)| crate::analyze::is_below(manifest, &program.file(*file).path))
    };
    alone.flat_map(|brings| &brings.modules).map(String::as_str).find(|module| {
        is_imported_outside(program, manifest, module)
            || below().any(|(file, unit)| {
                unit.module.imports.iter().any(|import| {
                    import
                        .module
                        .strip_prefix(module)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
                        && !numbers.iter().any(|number| is_deleted(&migrations[*number], file, import.span))
                })
            })
    })
}

/// The packages that `library`, which goes from the manifest, was accompanied by: nothing imports them, and nothing else that
/// is listed is known to work with them.
pub(super) fn companions<'r>(
    program: &Program,
    migrations: &[Migration],
    library: &'r Library,
    (manifest, numbers): (FileId, &[usize]),
    listed: &BTreeSet<String>,
) -> Vec<&'r str> {
    let path = &program.file(manifest).path;
    let is_imported = |module: &str| {
        let mut units = program.units().filter(|(file, _)| crate::analyze::is_below(path, &program.file(*file).path));
        is_imported_outside(program, manifest, module)
            || units.any(|(file, unit)| {
                unit.module.imports.iter().any(|import| {
                    let rest = import.module.strip_prefix(module);
                    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                        && !numbers.iter().any(|number| is_deleted(&migrations[*number], file, import.span))
                })
            })
    };
    let idle = library.companions.iter().filter(|companion| {
        let mut others = listed.iter().filter(|name| !library.packages.iter().any(|own| normalise(own) == **name));
        listed.contains(&normalise(&companion.package))
            && !others.any(|name| companion.also_for.iter().any(|start| name.starts_with(start)))
            && !companion.modules.iter().any(|module| is_imported(module))
    });
    idle.map(|companion| companion.package.as_str()).collect()
}

/// Whether a file below the manifest that is not in view imports a module.
fn is_imported_outside(program: &Program, manifest: FileId, module: &str) -> bool {
    let manifest = &program.file(manifest).path;
    program.outside.iter().any(|(path, named)| named == module && crate::analyze::is_below(manifest, path))
}

fn is_bare_require(program: &Program, call: ExprRef, module: &str) -> bool {
    let ExprKind::Call { callee, args, .. } = program.kind(call) else { return false };
    let is_require = matches!(program.kind(ExprRef { file: call.file, expr: *callee }), ExprKind::Name(name) if matches!(&**name, "require" | "import"));
    is_require && args.first().and_then(|arg| program.module(call.file).literal(arg.value)).as_deref() == Some(module)
}

/// Whether another module is imported in its place.
fn is_renamed(migration: &Migration, file: FileId, module: Span) -> bool {
    let edits = migration.edits.get(&file).map(EditSet::edits).unwrap_or_default();
    !module.is_empty() && edits.iter().any(|edit| edit.span.start == module.start && module.contains(edit.span))
}
