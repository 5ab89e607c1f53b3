//! Libraries that came along with a package that goes, and that the program uses all the same.

use super::target::Project;
use crate::analyze::{Program, is_below};
use crate::manifest::Wanted;
use crate::migrate::Migration;
use crate::migrate::packages::is_deleted;
use crate::rules::{Brings, Rules};
use crate::text::FileId;

/// What a manifest must name once the packages in `remove` are gone.
pub(in crate::migrate) fn brought(
    program: &Program,
    rules: &Rules,
    migrations: &[Migration],
    manifest: FileId,
    numbers: &[usize],
    remove: &[&str],
) -> Vec<Wanted> {
    let path = &program.file(manifest).path;
    let is_own = |file: FileId| is_below(path, &program.file(file).path);
    let away = |file, span| numbers.iter().any(|number| is_deleted(&migrations[*number], file, span));
    let is_used = |brought: &Brings| {
        let own = program.units().filter(|(file, unit)| unit.language.rules == "java" && is_own(*file));
        own.into_iter().any(|(file, unit)| {
            let mut imports = unit.module.imports.iter().filter(|import| !away(file, import.span));
            imports.any(|import| brought.modules.iter().any(|module| begins(&import.module, module)))
        })
    };
    let goes = |package: &String| remove.contains(&package.as_str());
    let libraries = rules.libraries.iter().filter(|library| library.packages.iter().any(goes));
    let used: Vec<&Brings> = libraries.flat_map(|library| &library.brings).filter(|brought| is_used(brought)).collect();
    let code = program.units().find(|(file, unit)| unit.language.rules == "java" && is_own(*file));
    let (Some((code, _)), false) = (code, used.is_empty()) else { return vec![] };
    let project = Project::of(program, code);
    // A host that lends its libraries lends this one.
    let hosts = rules.targets.iter().filter(|target| target.language == "java");
    if hosts.into_iter().any(|target| project.hosted(&target.never_with).is_some()) {
        return vec![];
    }
    let mut found: Vec<Wanted> = vec![];
    for brought in used {
        let Some(package) = &brought.package else { continue };
        let there = package.brought_by.iter().chain([&package.name]);
        if there.into_iter().any(|name| !goes(name) && project.depends_on(name)) {
            continue;
        }
        for package in project.packages(std::slice::from_ref(package)).unwrap_or_default() {
            let version = package.versions.first().map_or("*", |version| version.requirement.as_str());
            if found.iter().all(|known| known.name != package.name) {
                found.push(Wanted::runtime(package.name.clone(), version));
            }
        }
    }
    found
}

fn begins(module: &str, root: &str) -> bool {
    module.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}
