//! Manifests of other programs: the `package.json` of a site that keeps samples in a folder is not theirs.

use super::packages;
use crate::analyze::Program;
use crate::manifest;
use crate::rules::Rules;
use crate::text::FileId;
use std::collections::BTreeSet;

/// The manifests that speak for a code file, without those of other programs.
pub(super) fn own_manifests(program: &Program, rules: &Rules, file: FileId) -> Vec<FileId> {
    let mut nearest = packages::manifests_of(program, file);
    nearest.retain(|manifest| !is_foreign(program, rules, *manifest, file));
    nearest
}

/// Whether a manifest above a JavaScript file lists none of the packages that the file imports, among them one that is
/// known to be a package.
fn is_foreign(program: &Program, rules: &Rules, manifest: FileId, code: FileId) -> bool {
    let source = program.file(manifest);
    let Some(unit) = program.unit(code).filter(|unit| unit.language.rules == "javascript") else { return false };
    let Some(format) = manifest::format_of(&source.path).filter(|_| source.folder() != program.file(code).folder())
    else {
        return false;
    };
    let imported: BTreeSet<&str> = unit.module.imports.iter().filter_map(|import| package(&import.module)).collect();
    let known = rules.libraries.iter().filter(|library| library.language == unit.language.rules);
    let is_package = known.flat_map(|library| &library.packages).any(|package| imported.contains(package.as_str()));
    let lists = |name: &str| imported.iter().any(|package| manifest::same_name(format, package, name));
    is_package && !manifest::dependencies(format, source).iter().any(|dependency| lists(&dependency.name))
}

/// The package of a module: `@scope/name` of `@scope/name/lib`.
fn package(module: &str) -> Option<&str> {
    let parts = if module.starts_with('@') { 2 } else { 1 };
    let end = module.match_indices('/').nth(parts - 1).map_or(module.len(), |(at, _)| at);
    (!module.starts_with(['.', '/'])).then(|| &module[..end])
}
