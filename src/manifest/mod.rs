//! Dependency manifests: finding dependency lines, and adding, raising and removing them by minimal text edits.
//!
//! Every format is read into the same form, lists of entries with spans; one planner (`plan`) edits that
//! form. So a format is one file: how its lists are found, how an entry is written, what happens where a section is
//! missing. Lock files are never read nor written: [`format_of`] does not know them.
//!
//! [`replace`] is the entry point: whatever must happen to one file is planned at once, since what is right for a comma
//! depends on all of it. What cannot be done safely is a [`Refusal`] with the step for a human.

mod brackets;
mod build;
mod cargo;
mod change;
mod environment;
mod gradle;
pub mod json;
mod lines;
mod list;
mod package_json;
mod pipfile;
mod plan;
mod pom;
mod pyproject;
mod requirement;
mod requirements;
mod setup_cfg;
mod setup_py;
mod toml_lists;
mod verify;
mod version;

use crate::text::{EditSet, SourceFile, Span};
use list::List;

pub use build::{Build, Part, build};
pub use requirement::normalise;

/// A kind of manifest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Format {
    /// `package.json`
    PackageJson,
    /// `requirements.txt` and its like, also `.in` files and constraints.
    Requirements,
    /// `pyproject.toml`: PEP 621, PEP 735, Poetry, and the development lists of uv, PDM and Hatch.
    Pyproject,
    /// `Pipfile`
    Pipfile,
    /// `setup.py` with literal lists.
    SetupPy,
    /// `setup.cfg`
    SetupCfg,
    /// Conda's `environment.yml`
    EnvironmentYml,
    /// Maven's `pom.xml`
    Pom,
    /// Gradle's `build.gradle`, `build.gradle.kts` and the scripts beside them.
    Gradle,
    /// Gradle's version catalog, `libs.versions.toml`.
    GradleCatalog,
    /// `Cargo.toml`
    CargoToml,
}

/// What a dependency is for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Section {
    /// Needed to run.
    Runtime,
    /// Needed to develop or test.
    Dev,
    /// An extra or a group, by its name; `optional` for npm's `optionalDependencies`.
    Optional(String),
    /// npm's `peerDependencies`.
    Peer,
    /// Needed to build.
    Build,
}

/// One dependency as a manifest states it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dependency {
    /// The name to compare by: PEP 503 for Python and Cargo, as it is for npm, `group:artifact` for Maven and Gradle.
    pub name: String,
    /// The name as written.
    pub raw: String,
    /// The requirement itself, for a finding.
    pub span: Span,
    /// Where it stands.
    pub section: Section,
    /// The version range as written; none if there is none, or if it is a URL, a path or computed.
    pub version: Option<String>,
}

/// A dependency that shall be there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wanted {
    /// Its name as it shall be written.
    pub name: String,
    /// The version range in the ecosystem's own notation: `^1.8.0`, `>=1.9.9,<2`.
    pub range: String,
    /// Where.
    pub section: Section,
    /// Whether an older entry may be raised over a major version. Needed to switch an SDK to its OAuth line; refused by
    /// default, since the project's other uses of the package were written for the old major.
    pub across_majors: bool,
    /// Features that it must have (Cargo).
    pub features: Vec<String>,
    /// Whether its default features are wanted, where it is new (Cargo).
    pub default_features: bool,
    /// Whether the workspace says all about it, so that it is only named (Cargo).
    pub inherited: bool,
}

impl Wanted {
    /// A runtime dependency.
    #[must_use]
    pub fn runtime(name: impl Into<String>, range: impl Into<String>) -> Self {
        Wanted {
            name: name.into(),
            range: range.into(),
            section: Section::Runtime,
            across_majors: false,
            features: vec![],
            default_features: true,
            inherited: false,
        }
    }

    /// The same in another section.
    #[must_use]
    pub fn section(self, section: Section) -> Self {
        Wanted { section, ..self }
    }

    /// The same with these features.
    #[must_use]
    pub fn features(self, features: Vec<String>) -> Self {
        Wanted { features, ..self }
    }

    /// The same, but an older entry may be raised over a major version.
    #[must_use]
    pub fn across_majors(self) -> Self {
        Wanted { across_majors: true, ..self }
    }
}

/// What became of a [`Wanted`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Added {
    /// It was there, new enough.
    Already,
    /// It was there from a URL, a path, a workspace or a computed version, which this room cannot compare: a step for a human.
    Unchecked(String),
    /// It was there, and older; this is what it said.
    Raised(String),
    /// It was only a development dependency (npm) and moved.
    Moved,
    /// It is new.
    New,
}

/// What became of a name to remove.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Removed {
    /// That many entries are gone.
    Gone(usize),
    /// There was none.
    Absent,
}

/// Why a manifest is left alone, and what a human must do.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{path}: {why}")]
pub struct Refusal {
    /// The manifest.
    pub path: String,
    /// The reason and the step.
    pub why: String,
}

impl Refusal {
    fn new(file: &SourceFile, why: impl Into<String>) -> Self {
        Refusal { path: file.path.clone(), why: why.into() }
    }
}

/// What [`replace`] did, in the order it was asked.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Outcome {
    /// One a name to remove.
    pub removed: Vec<Removed>,
    /// One a dependency to add.
    pub added: Vec<Added>,
}

/// The format of the file at `path`, by its name; none for lock files and everything else.
#[must_use]
pub fn format_of(path: &str) -> Option<Format> {
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or(path);
    let folder = parts.next().unwrap_or("");
    match name {
        "package.json" => return Some(Format::PackageJson),
        "pyproject.toml" => return Some(Format::Pyproject),
        "Pipfile" => return Some(Format::Pipfile),
        "setup.py" => return Some(Format::SetupPy),
        "setup.cfg" => return Some(Format::SetupCfg),
        "pom.xml" => return Some(Format::Pom),
        _ if name.ends_with(".gradle") || name.ends_with(".gradle.kts") => return Some(Format::Gradle),
        _ if name.ends_with(".versions.toml") => return Some(Format::GradleCatalog),
        "Cargo.toml" => return Some(Format::CargoToml),
        _ => {}
    }
    let (stem, extension) = name.rsplit_once('.')?;
    match extension {
        "yml" | "yaml" => stem.starts_with("environment").then_some(Format::EnvironmentYml),
        "txt" | "in" if !stem.contains("lock") => {
            let named = stem.contains("requirements") || stem.starts_with("constraints");
            (named || folder == "requirements").then_some(Format::Requirements)
        }
        _ => None,
    }
}

/// The dependencies that `file` states, in the order of the text; none if it cannot be read.
#[must_use]
pub fn dependencies(format: Format, file: &SourceFile) -> Vec<Dependency> {
    read(format, file).map(|lists| list::dependencies(file, &lists)).unwrap_or_default()
}

/// The command that made a compiled list of packages, empty where its head does not tell; `None` for what a human writes.
#[must_use]
pub fn compiled_by(file: &SourceFile) -> Option<&str> {
    (format_of(&file.path) == Some(Format::Requirements)).then(|| requirements::compiled_by(file)).flatten()
}

/// Removes every entry named in `remove`, from all sections, and sees to it that everything in `add` is there.
///
/// The edits go to `edits`, all or none. A second call for lists that `edits` already changes is refused, unless it asks
/// for the same: plan one file in one call.
///
/// # Errors
/// A [`Refusal`] if any part cannot be done; `edits` is unchanged then.
pub fn replace(
    format: Format,
    file: &SourceFile,
    remove: &[&str],
    add: &[Wanted],
    edits: &mut EditSet,
) -> Result<Outcome, Refusal> {
    change::replace(format, file, remove, add, edits)
}

/// Sees to it that `wanted` is there: [`replace`] for one addition.
///
/// # Errors
/// As [`replace`].
pub fn add(format: Format, file: &SourceFile, wanted: &Wanted, edits: &mut EditSet) -> Result<Added, Refusal> {
    let outcome = replace(format, file, &[], std::slice::from_ref(wanted), edits)?;
    Ok(outcome.added.into_iter().next().unwrap_or(Added::Already))
}

/// Removes `name` from all sections: [`replace`] for one removal.
///
/// # Errors
/// As [`replace`].
pub fn remove(format: Format, file: &SourceFile, name: &str, edits: &mut EditSet) -> Result<Removed, Refusal> {
    let outcome = replace(format, file, &[name], &[], edits)?;
    Ok(outcome.removed.into_iter().next().unwrap_or(Removed::Absent))
}

/// Whether all versions of a range are older than `version`; `false` where the range cannot be read.
#[must_use]
pub fn ends_before(range: &str, version: &str) -> bool {
    version::ends_before(range, version)
}

/// The name to compare by, as the format's registry compares names.
#[must_use]
pub fn key_of(format: Format, name: &str) -> String {
    match format.rules() {
        "python" => normalise(name),
        _ => name.to_owned(),
    }
}

fn read(format: Format, file: &SourceFile) -> Result<Vec<List>, Refusal> {
    if file.bytes().contains(&0) {
        return Err(Refusal::new(file, "not UTF-8 text (it has NUL bytes); edit it by hand"));
    }
    match format {
        Format::PackageJson => package_json::read(file),
        Format::Requirements => Ok(requirements::read(file)),
        Format::Pyproject => pyproject::read(file),
        Format::Pipfile => pipfile::read(file),
        Format::SetupPy => setup_py::read(file),
        Format::SetupCfg => Ok(setup_cfg::read(file)),
        Format::EnvironmentYml => Ok(environment::read(file)),
        Format::Pom => pom::read(file),
        Format::Gradle => Ok(gradle::read(file)),
        Format::GradleCatalog => gradle::catalog(file),
        Format::CargoToml => cargo::read(file),
    }
}

impl Format {
    /// The word for the sort of file in reports.
    #[must_use]
    pub fn language(self) -> &'static str {
        match self {
            Format::PackageJson => "json",
            Format::Requirements => "requirements",
            Format::Pyproject | Format::Pipfile | Format::GradleCatalog | Format::CargoToml => "toml",
            Format::SetupPy => "python",
            Format::SetupCfg => "ini",
            Format::EnvironmentYml => "yaml",
            Format::Pom => "xml",
            Format::Gradle => "gradle",
        }
    }

    /// The rules folder of the language whose packages it lists.
    #[must_use]
    pub fn rules(self) -> &'static str {
        match self {
            Format::PackageJson => "javascript",
            Format::Pom | Format::Gradle | Format::GradleCatalog => "java",
            Format::CargoToml => "rust",
            _ => "python",
        }
    }
}

/// Whether a package's name is that of a dependency, as the format's registry compares names.
#[must_use]
pub fn same_name(format: Format, package: &str, dependency: &str) -> bool {
    key_of(format, package) == key_of(format, dependency)
}
