//! Whether a target suits the project: what the build files and imports say of it.

use crate::analyze::{Program, is_below};
use crate::manifest::{self, Build};
use crate::migrate::packages::manifests_of;
use crate::rules::{Line, Package, Target, Variant, Version};
use crate::text::FileId;

/// What the project around a file is built on.
pub(in crate::migrate::java) struct Project {
    /// The build files of the module, then those of the folders above.
    builds: Vec<(FileId, Build)>,
    /// How many of them are the module's own.
    own: usize,
    /// The roots of all imports of the module.
    imports: Vec<String>,
}

type Number = (u32, u32);

impl Project {
    /// Looks at the build files from the file's folder upwards, and at the imports of the nearest one's module.
    pub(in crate::migrate::java) fn of(program: &Program, file: FileId) -> Self {
        let read = |file: FileId| {
            let source = program.file(file);
            (file, manifest::format_of(&source.path).map(|format| manifest::build(format, source)).unwrap_or_default())
        };
        let nearest = manifests_of(program, file);
        let mut builds: Vec<(FileId, Build)> = nearest.iter().map(|file| read(*file)).collect();
        let own = builds.len();
        let mut above: Vec<FileId> = program
            .file_ids()
            .filter(|id| !nearest.contains(id))
            .filter(|id| {
                let path = &program.file(*id).path;
                manifest::format_of(path).is_some_and(|format| format.rules() == "java")
                    && is_below(path, &program.file(file).path)
            })
            .collect();
        above.sort_by_key(|id| std::cmp::Reverse(program.file(*id).folder().len()));
        builds.extend(above.into_iter().map(read));
        // A version catalog stands in a folder of its own beside the build files.
        let catalogs: Vec<FileId> = program
            .file_ids()
            .filter(|id| manifest::format_of(&program.file(*id).path) == Some(manifest::Format::GradleCatalog))
            .filter(|id| {
                let folder = program.file(*id).folder();
                let root = folder.rsplit_once('/').map_or("", |(root, _)| root);
                root.is_empty() || program.file(file).path.starts_with(&format!("{root}/"))
            })
            .filter(|id| !builds.iter().any(|(known, _)| known == id))
            .collect();
        builds.extend(catalogs.into_iter().map(read));
        // What the module's own build files name by way of a catalog is a dependency of theirs.
        let said = |part: &&manifest::Part| {
            part.accessor.as_ref().is_some_and(|accessor| {
                nearest.iter().any(|file| {
                    let text = program.file(*file).text();
                    let more = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_');
                    text.match_indices(accessor.as_str()).any(|(at, _)| !text[at + accessor.len()..].starts_with(more))
                })
            })
        };
        let named: Vec<manifest::Part> = builds[own.min(builds.len())..]
            .iter()
            .flat_map(|(_, build)| &build.parts)
            .filter(said)
            .map(|part| manifest::Part { is_dependency: true, ..part.clone() })
            .collect();
        if let Some((_, first)) = builds.first_mut() {
            first.parts.extend(named);
        }
        let within = |path: &str| nearest.first().is_none_or(|manifest| is_below(&program.file(*manifest).path, path));
        let imports = program
            .units()
            .filter(|(id, unit)| unit.language.rules == "java" && within(&program.file(*id).path))
            .flat_map(|(_, unit)| unit.module.imports.iter().map(|import| import.module.to_string()))
            .collect();
        Project { builds, own, imports }
    }

    fn parts(&self) -> impl Iterator<Item = &manifest::Part> {
        self.builds.iter().flat_map(|(_, build)| &build.parts)
    }

    /// What makes the project a user of one of `packages`: a dependency of the module, or an import.
    pub(super) fn uses(&self, packages: &[String]) -> bool {
        let own =
            self.builds.iter().take(self.own).flat_map(|(_, build)| &build.parts).filter(|part| part.is_dependency);
        own.map(|part| &part.name).chain(&self.imports).any(|name| packages.iter().any(|package| begins(name, package)))
    }

    /// Whether a build file of the module, or one above, names a dependency.
    pub(in crate::migrate::java) fn depends_on(&self, name: &str) -> bool {
        self.parts().any(|part| part.is_dependency && part.name == name)
    }

    /// A host of the project that is among `packages`: whatever its build files name, or an import.
    pub(in crate::migrate::java) fn hosted<'p>(&self, packages: &'p [String]) -> Option<&'p String> {
        let named = || self.parts().map(|part| &part.name).chain(&self.imports);
        packages.iter().find(|package| named().any(|name| begins(name, package)))
    }

    /// The version of a package or group that the build files state.
    pub(super) fn version(&self, of: &str) -> Option<(Number, &str)> {
        let stated = self.parts().filter(|part| part.group() == of || part.name == of);
        stated.filter_map(|part| part.version.as_deref()).find_map(|text| Some((number(text)?, text)))
    }

    /// Whether somebody else states the versions of a group: a dependency of it has none, or its own parent is the project's.
    fn is_managed(&self, of: &str) -> bool {
        let mut own = self.builds.iter().take(self.own).flat_map(|(_, build)| &build.parts);
        let is_parent = |part: &manifest::Part| part.group() == of && part.name.ends_with("-parent");
        own.any(|part| part.is_dependency && part.group() == of && part.version.is_none())
            || self.parts().any(|part| !part.is_dependency && is_parent(part))
    }

    /// The Java release that is compiled for.
    pub(super) fn release(&self) -> Option<u32> {
        self.builds.iter().find_map(|(_, build)| build.release)
    }

    /// Why a target does not suit, if the user did not name it.
    pub(super) fn unfit(&self, target: &Target) -> Option<String> {
        let suits = target.made_in_project.is_empty();
        if let Some(host) = self.hosted(&target.never_with).filter(|_| suits) {
            return Some(format!("{host} lends its own libraries, so that {} cannot be brought along", target.name));
        }
        let used = target.used_with.is_empty() || self.uses(&target.used_with);
        (!used).then(|| format!("the project does not use {}", target.used_with.join(" or ")))
    }

    /// Whether a variant is for the project: the line of it that the project is on, in words.
    pub(super) fn line<'v>(&self, variant: &'v Variant) -> Option<Option<&'v Line>> {
        let old = variant
            .runtime
            .as_deref()
            .and_then(number)
            .is_some_and(|(oldest, _)| self.release().is_some_and(|release| release < oldest));
        if old {
            return None;
        }
        if variant.lines.is_empty() {
            return Some(None);
        }
        self.on(&variant.lines).map(Some)
    }

    /// The first of some lines that the project is on.
    fn on<'v>(&self, lines: &'v [Line]) -> Option<&'v Line> {
        lines.iter().find(|line| {
            self.version(&line.of).is_some_and(|(have, _)| within(have, line.from.as_deref(), line.below.as_deref()))
        })
    }

    /// The packages that must be added, each with the one version that fits; `None` where none is known to.
    pub(in crate::migrate::java) fn packages(&self, wanted: &[Package]) -> Option<Vec<Package>> {
        let mut found = vec![];
        for package in wanted.iter().filter(|package| package.lines.is_empty() || self.on(&package.lines).is_some()) {
            let own = || {
                self.builds.iter().take(self.own).flat_map(|(_, build)| &build.parts).filter(|part| part.is_dependency)
            };
            let brought = own().any(|part| package.brought_by.contains(&part.name));
            let listed = own().any(|part| part.name == package.name);
            let requirement = if brought || listed {
                // It is there: it stays as it is.
                "*".to_owned()
            } else {
                let version = package.versions.iter().find(|version| self.fits(version))?;
                match (version.requirement.as_str(), &version.of) {
                    ("=", Some(of)) => self.version(of)?.1.to_owned(),
                    (text, _) => text.to_owned(),
                }
            };
            if brought && !listed {
                continue;
            }
            let version = Version { from: None, below: None, of: None, managed: false, requirement };
            found.push(Package { versions: vec![version], ..package.clone() });
        }
        Some(found)
    }

    fn fits(&self, version: &Version) -> bool {
        let (from, below) = (version.from.as_deref(), version.below.as_deref());
        let Some(of) = &version.of else {
            return self.release().is_none_or(|release| within((release, 0), from, below));
        };
        if version.managed {
            return self.is_managed(of);
        }
        self.version(of).is_some_and(|(have, _)| within(have, from, below))
    }
}

/// Whether a package is `wanted` or part of it: `org.springframework.boot:x` of `org.springframework`.
fn begins(name: &str, wanted: &str) -> bool {
    name.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '.', '-']))
}

fn number(text: &str) -> Option<Number> {
    let mut parts = text.split(|c: char| !c.is_ascii_digit()).map(|part| part.parse().ok());
    Some((parts.next()??, parts.next().flatten().unwrap_or(0)))
}

fn within(have: Number, from: Option<&str>, below: Option<&str>) -> bool {
    from.and_then(number).is_none_or(|from| have >= from) && below.and_then(number).is_none_or(|below| have < below)
}
