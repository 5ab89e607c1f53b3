//! What the manifest says about the crates that a rewrite deals with.

use crate::analyze::Program;
use crate::manifest::{self, Dependency, Format, Section};
use crate::migrate::packages::manifests_of;
use crate::migrate::runtime;
use crate::rules::{Line, Variant};
use crate::text::FileId;

/// A version by its first two numbers.
pub(super) type Version = (u32, u32);

/// A crate as a manifest names it, and the version that it has there or in the workspace around.
#[derive(Debug)]
pub(super) struct Named {
    pub version: Version,
    /// All of its entry.
    pub entry: String,
}

/// The crate that a file's package depends on under its own name.
pub(super) fn named(program: &Program, file: FileId, name: &str) -> Option<Named> {
    let manifest = manifests_of(program, file).into_iter().next()?;
    let dependency = dependencies(program, manifest, name, &Section::Runtime).into_iter().next()?;
    let entry = program.slice(manifest, dependency.span).to_owned();
    if !entry.trim_start().starts_with(name) {
        return None;
    }
    match dependency.version {
        Some(version) => Some(Named { version: numbers(&version)?, entry }),
        None if entry.contains("workspace") => {
            let root = workspace(program, manifest)?;
            let shared = Section::Optional("workspace".to_owned());
            let dependency = dependencies(program, root, name, &shared).into_iter().next()?;
            let entry = program.slice(root, dependency.span).to_owned() + &entry;
            Some(Named { version: numbers(&dependency.version?)?, entry })
        }
        None => None,
    }
}

fn dependencies(program: &Program, manifest: FileId, name: &str, section: &Section) -> Vec<Dependency> {
    let all = manifest::dependencies(Format::CargoToml, program.file(manifest));
    all.into_iter().filter(|it| it.section == *section && it.raw == name).collect()
}

/// The manifest of the workspace that a package belongs to: its own, or the nearest above it that has one.
pub(super) fn workspace(program: &Program, manifest: FileId) -> Option<FileId> {
    let is_root = |file: &FileId| program.file(*file).text().lines().any(|line| line.starts_with("[workspace"));
    let mut folder = program.file(manifest).folder();
    loop {
        let path = if folder.is_empty() { "Cargo.toml".to_owned() } else { format!("{folder}/Cargo.toml") };
        if let Some(file) = program.file_ids().find(|file| program.file(*file).path == path).filter(is_root) {
            return Some(file);
        }
        folder = match (folder.is_empty(), folder.rsplit_once('/')) {
            (true, _) => return None,
            (false, Some((up, _))) => up,
            (false, None) => "",
        };
    }
}

fn numbers(version: &str) -> Option<Version> {
    let digits = version.trim().trim_start_matches(['^', '~', '=', '>', ' ']);
    let mut parts = digits.split('.').map(|part| part.trim().parse().ok());
    Some((parts.next()??, parts.next().flatten().unwrap_or(0)))
}

/// Whether a version is on a line.
pub(super) fn is_on(line: &Line, version: Version) -> bool {
    let number = |text: &Option<String>| text.as_deref().and_then(numbers);
    number(&line.from).is_none_or(|from| version >= from) && number(&line.below).is_none_or(|below| version < below)
}

/// Whether the package can be built with what a variant needs.
///
/// # Errors
/// What stands against it.
pub(super) fn fits(program: &Program, file: FileId, variant: &Variant) -> Result<(), String> {
    let Some(manifest) = manifests_of(program, file).into_iter().next() else {
        return Err("no manifest is in view that names its crates".to_owned());
    };
    let oldest = runtime::oldest(program, manifest);
    if let (Some(oldest), Some(needed)) = (oldest, variant.runtime.as_deref().and_then(numbers))
        && oldest < needed
    {
        return Err(format!(
            "the package promises to build with Rust {}.{}, and the library needs {}.{}",
            oldest.0, oldest.1, needed.0, needed.1
        ));
    }
    if variant.helper.is_some() && !is_edition_2021(program, file) {
        return Err("the package is of an edition before 2021".to_owned());
    }
    for package in &variant.packages {
        let Some(there) = named(program, file, &package.name) else { continue };
        let wanted = package.versions.first().and_then(|version| numbers(&version.requirement));
        if wanted.is_some_and(|wanted| wanted.0 != there.version.0) {
            return Err(format!("the package has {} {}.{} already", package.name, there.version.0, there.version.1));
        }
        let default = package.default_features || !there.entry.contains("default-features");
        if let Some(missing) = package.features.iter().find(|feature| !there.entry.contains(feature.as_str()))
            && !(default && missing.as_str() == "reqwest")
        {
            return Err(format!("the package has {} without its feature `{missing}`", package.name));
        }
    }
    Ok(())
}

/// Whether a package is of the edition 2021 or newer.
fn is_edition_2021(program: &Program, file: FileId) -> bool {
    let Some(manifest) = manifests_of(program, file).into_iter().next() else { return false };
    let year = |file: FileId| {
        let text = program.file(file).text();
        let line = text.lines().find(|line| line.trim_start().starts_with("edition"))?;
        Some(line.contains("2021") || line.contains("2024")).filter(|_| !line.contains("workspace"))
    };
    year(manifest).or_else(|| year(workspace(program, manifest)?)).unwrap_or(false)
}
