//! Manifests: adds what the rewritten code needs, removes what nobody needs any more. All in the migration's own
//! transaction.

use super::{Applicability, Blocker, Migration, Strategy, again, foreign, java, needed, runtime, rust};
use crate::analyze::{Place, Program};
use crate::manifest::{self, Added, Section, Wanted};
use crate::rules::{Library, Package, Rules};
use crate::text::{EditSet, FileId, Span};
use std::collections::{BTreeMap, BTreeSet};

/// Adds the manifest edits of all migrations that have edits.
pub(super) fn plan(program: &Program, rules: &Rules, migrations: &mut [Migration]) {
    let mut by_manifest: BTreeMap<FileId, Vec<usize>> = BTreeMap::new();
    for number in 0..migrations.len() {
        if migrations[number].applicability == Applicability::Manual {
            continue;
        }
        let code = migrations[number].edits.keys().filter(|file| program.unit(**file).is_some());
        let mut manifests: BTreeSet<FileId> =
            code.flat_map(|file| foreign::own_manifests(program, rules, *file)).collect();
        if migrations[number].strategy == Strategy::Sdk {
            manifests = naming(program, rules, &migrations[number].packages, manifests);
        }
        if manifests.is_empty() {
            missing(migrations, number);
            continue;
        }
        for file in manifests {
            by_manifest.entry(file).or_default().push(number);
        }
    }
    for (file, numbers) in by_manifest {
        one(program, rules, migrations, file, &numbers);
    }
}

/// The manifests that speak for a code file: those of the nearest folder upwards that has any.
pub(super) fn manifests_of(program: &Program, file: FileId) -> Vec<FileId> {
    let Some(language) = program.unit(file).map(|unit| unit.language.rules) else { return vec![] };
    let mut folder = program.file(file).folder();
    loop {
        let here: Vec<FileId> = program
            .manifests()
            .iter()
            .copied()
            .filter(|id| program.file(*id).folder() == folder)
            .filter(|id| manifest::format_of(&program.file(*id).path).is_some_and(|format| format.rules() == language))
            .collect();
        if !here.is_empty() || folder.is_empty() {
            return here;
        }
        folder = folder.rsplit_once('/').map_or("", |(up, _)| up);
    }
}

/// The manifests that name an SDK: the nearest, or else those of other parts of the program, from which it is inherited.
fn naming(
    program: &Program,
    rules: &Rules,
    packages: &[(FileId, Vec<Package>)],
    nearest: BTreeSet<FileId>,
) -> BTreeSet<FileId> {
    let wanted = || packages.iter().flat_map(|(_, packages)| packages).map(|package| &package.name);
    let former = rules.libraries.iter().filter(|library| {
        let package = library.sdk.as_ref().and_then(|sdk| sdk.package.as_ref());
        package.is_some_and(|package| wanted().any(|name| name == package))
    });
    let names: BTreeSet<&String> = wanted().chain(former.flat_map(|library| &library.packages)).collect();
    let names_it = |file: &FileId| {
        let source = program.file(*file);
        let Some(format) = manifest::format_of(&source.path) else { return false };
        manifest::dependencies(format, source)
            .iter()
            .any(|dependency| names.iter().any(|name| manifest::same_name(format, name, &dependency.name)))
    };
    if nearest.iter().any(names_it) {
        return nearest;
    }
    let rules_of = |file: &FileId| manifest::format_of(&program.file(*file).path).map(manifest::Format::rules);
    let language = nearest.first().and_then(rules_of);
    let all: BTreeSet<FileId> =
        program.file_ids().filter(|file| language.is_some() && rules_of(file) == language).filter(names_it).collect();
    if all.is_empty() { nearest } else { all }
}

fn missing(migrations: &mut [Migration], number: usize) {
    let wanted = wanted(&migrations[number].packages, None, &BTreeSet::new());
    for package in wanted {
        let step = format!("Install `{}` {}: no manifest of this program is in view.", package.name, package.range);
        if !migrations[number].steps.contains(&step) {
            migrations[number].steps.push(step);
        }
    }
}

/// What the targets need. A package that only helps the first one of its target is left at the version that is there.
fn wanted(packages: &[(FileId, Vec<Package>)], runtime: Option<(u32, u32)>, listed: &BTreeSet<String>) -> Vec<Wanted> {
    let mut found: Vec<Wanted> = vec![];
    for (number, package) in packages.iter().flat_map(|(_, packages)| packages.iter().enumerate()) {
        let fitting =
            package.versions.iter().find(|version| fits(version.from.as_deref(), version.below.as_deref(), runtime));
        let Some(version) = fitting else { continue };
        let helps = number > 0 && listed.contains(&manifest::normalise(&package.name));
        if !helps && found.iter().all(|known| known.name != package.name) {
            let mut wanted = Wanted::runtime(package.name.clone(), version.requirement.clone());
            wanted.features = package.features.clone();
            wanted.default_features = package.default_features;
            found.push(if package.dev { wanted.section(Section::Dev) } else { wanted });
        }
    }
    found
}

/// Whether a runtime is in `[from, below)`; an unknown runtime is a new one.
fn fits(from: Option<&str>, below: Option<&str>, runtime: Option<(u32, u32)>) -> bool {
    let number = |text: &str| {
        let mut parts = text.split('.').map(|part| part.parse().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
    };
    let runtime = runtime.unwrap_or((99, 99));
    from.is_none_or(|from| runtime >= number(from)) && below.is_none_or(|below| runtime < number(below))
}

fn one(program: &Program, rules: &Rules, migrations: &mut [Migration], file: FileId, numbers: &[usize]) {
    let source = program.file(file);
    let Some(format) = manifest::format_of(&source.path) else { return };
    let packages: Vec<_> = numbers.iter().flat_map(|number| migrations[*number].packages.clone()).collect();
    let listed: BTreeSet<String> =
        manifest::dependencies(format, source).into_iter().map(|dependency| dependency.name).collect();
    let mixed = numbers.iter().any(|number| migrations[*number].applicability != migrations[numbers[0]].applicability);
    let mut remove: Vec<&str> = vec![];
    let mut later: Vec<&str> = vec![];
    let mut kept: Vec<String> = vec![];
    let may_go = |library: &&Library| library.language == format.rules() && !library.framework;
    for library in rules.libraries.iter().filter(may_go) {
        let candidate = library.packages.iter().filter(|package| listed.contains(&manifest::key_of(format, package)));
        for package in candidate {
            let mut wanted = packages.iter().flat_map(|(_, packages)| packages);
            if wanted.any(|wanted| manifest::same_name(format, package, &wanted.name))
                || needed::is_needed(program, migrations, library, file, numbers)
                || rust::is_named_still(program, migrations, file, numbers, package)
            {
                continue;
            }
            let coming =
                packages.iter().flat_map(|(_, packages)| packages).map(|it| manifest::key_of(format, &it.name));
            let others: BTreeSet<String> = listed.iter().cloned().chain(coming).collect();
            if let Some(module) = needed::brought(program, migrations, library, package, (file, numbers), &others) {
                let path = &source.path;
                kept.push(format!("`{package}` stays in `{path}`: `{module}`, which the code imports, comes with it. List what brings that, then remove it."));
                continue;
            }
            if mixed { later.push(package) } else { remove.push(package) }
        }
    }
    // What a list of constraints holds is not installed for it.
    let installs = !source.name().starts_with("constraints");
    for library in rules.libraries.iter().filter(|library| installs && may_go(library)) {
        if library.packages.iter().any(|package| remove.contains(&package.as_str())) {
            remove.extend(needed::companions(program, migrations, library, (file, numbers), &listed));
        }
    }
    let unused = rust::unused_packages(program, migrations, file, numbers);
    let unused: Vec<&str> = unused.iter().map(String::as_str).filter(|name| !remove.contains(name)).collect();
    if mixed {
        later.extend(unused)
    } else {
        remove.extend(unused)
    }
    // A package of types goes with the one that it is for.
    let types: Vec<String> = remove.iter().map(|name| format!("@types/{name}")).collect();
    remove.extend(types.iter().map(String::as_str).filter(|name| listed.contains(&manifest::key_of(format, name))));
    // A list that names what goes is one that the program is installed from: it gets what comes.
    let names = |package: &Package| listed.contains(&normal(format, &package.name));
    let elsewhere =
        !packages.iter().any(|(_, packages)| packages.iter().any(names)) && beside(program, file, &packages);
    let told = (is_main(program, file) && !elsewhere) || (!remove.is_empty() && rank(&source.path) < OTHER_LIST);
    let add = if told { wanted(&packages, runtime::oldest(program, file), &listed) } else { vec![] };
    let brought = match format.rules() {
        "java" => java::brought(program, rules, migrations, file, numbers, &remove),
        _ => vec![],
    };
    let unfit: Vec<String> = match told {
        true => packages
            .iter()
            .filter_map(|(_, packages)| packages.first())
            .filter(|package| {
                !add.iter().any(|it| it.name == package.name) && !listed.contains(&normal(format, &package.name))
            })
            .map(|package| package.name.clone())
            .collect(),
        false => vec![],
    };
    let mut add = add;
    add.extend(brought.into_iter().filter(|wanted| !listed.contains(&normal(format, &wanted.name))));
    let mut edits = EditSet::default();
    let above = rust::inherit(program, file, &remove, &mut add);
    let mut outcome = manifest::replace(format, source, &remove, &add, &mut edits);
    let mut leap: Vec<(String, String)> = vec![];
    let of_sdks = numbers.iter().filter(|number| migrations[**number].strategy == Strategy::Sdk);
    let sdks: BTreeSet<&String> = of_sdks
        .flat_map(|number| migrations[*number].packages.iter().flat_map(|(_, packages)| packages))
        .map(|package| &package.name)
        .collect();
    if outcome.is_err() && !sdks.is_empty() {
        // The SDK itself is what is raised: its OAuth mode is worth a new major version, under a human's eye.
        let far = |wanted: &Wanted| match sdks.contains(&wanted.name) {
            true => wanted.clone().across_majors(),
            false => wanted.clone(),
        };
        let far: Vec<Wanted> = add.iter().map(far).collect();
        outcome = manifest::replace(format, source, &remove, &far, &mut edits);
        let raised = |(wanted, added): (&Wanted, &Added)| match added {
            Added::Raised(old) if sdks.contains(&wanted.name) => Some((wanted.name.clone(), old.clone())),
            _ => None,
        };
        leap = outcome.iter().flat_map(|outcome| add.iter().zip(&outcome.added).filter_map(raised)).collect();
    }
    let compile = outcome.is_err().then(|| again::compile(program, file, &remove, &add)).flatten();
    for number in numbers {
        let migration = &mut migrations[*number];
        match &outcome {
            Ok(_) => {
                let changed = above.iter().map(|(file, edits)| (*file, edits)).chain([(file, &edits)]);
                for (file, edits) in changed.filter(|(_, edits)| !edits.is_empty()) {
                    migration.edits.entry(file).or_default().union(edits).unwrap_or_default();
                }
                if let Some(((name, old), more)) = leap.split_first() {
                    let more: String = more.iter().map(|(name, old)| format!(", {name} from {old}")).collect();
                    let why = format!(
                        "{name} goes from {old}{more} to a new major version: other calls of it may have changed, see its release notes"
                    );
                    migration.blockers.push(Blocker { at: Place { file, span: Span::default() }, why });
                    migration.applicability = migration.applicability.min(Applicability::Review);
                }
            }
            Err(_) if compile.is_some() => migration.steps.extend(compile.clone()),
            Err(refusal) => {
                let at = Place { file, span: Span::default() };
                let names: Vec<&str> = add.iter().map(|wanted| wanted.name.as_str()).collect();
                let add = if names.is_empty() { String::new() } else { format!("; add {}", names.join(", ")) };
                let why = format!("the manifest is not edited: {}{add}", refusal.why);
                migration.blockers.push(Blocker { at, why });
                migration.applicability = migration.applicability.min(Applicability::Review);
            }
        }
        for name in unfit.iter().collect::<BTreeSet<_>>() {
            let why = format!(
                "no version of {name} is known to run on the oldest runtime that this file allows: raise that, or add one by hand"
            );
            migration.blockers.push(Blocker { at: Place { file, span: Span::default() }, why });
            migration.applicability = migration.applicability.min(Applicability::Review);
        }
        for step in &kept {
            if !migration.steps.contains(step) {
                migration.steps.push(step.clone());
            }
        }
        for package in &later {
            let step = format!("Remove `{package}` from `{}` when every migration is done.", source.path);
            if !migration.steps.contains(&step) {
                migration.steps.push(step);
            }
        }
        if !edits.is_empty() {
            let step = again::step(format, source);
            if !migration.steps.contains(&step) {
                migration.steps.push(step);
            }
        }
    }
}

fn normal(format: manifest::Format, package: &str) -> String {
    match format {
        manifest::Format::PackageJson => package.to_owned(),
        _ => manifest::normalise(package),
    }
}

/// The rank of lists that others than the program are installed from: constraints, development, tests.
const OTHER_LIST: u8 = 5;

/// Whether another manifest of the folder, as good as this one, names one of the packages already.
fn beside(program: &Program, file: FileId, packages: &[(FileId, Vec<Package>)]) -> bool {
    let folder = program.file(file).folder();
    let others = program.file_ids().filter(|other| *other != file && program.file(*other).folder() == folder);
    others.filter(|other| is_main(program, *other)).any(|other| {
        let source = program.file(other);
        let Some(format) = manifest::format_of(&source.path) else { return false };
        manifest::dependencies(format, source).iter().any(|dependency| {
            let named = |package: &Package| manifest::same_name(format, &package.name, &dependency.name);
            packages.iter().any(|(_, packages)| packages.iter().any(named))
        })
    })
}

/// Which of several manifests in one folder is asked first, by name.
fn rank(path: &str) -> u8 {
    match path.rsplit('/').next().unwrap_or(path) {
        // `requirements.in` is what a generated `requirements.txt` is made from.
        "package.json" | "requirements.txt" | "requirements.in" | "pom.xml" | "build.gradle" | "build.gradle.kts" => 0,
        "pyproject.toml" => 1,
        "Pipfile" => 2,
        "setup.py" | "setup.cfg" => 3,
        _ => OTHER_LIST,
    }
}

/// Whether new packages go into this manifest even if it named none of the old ones.
fn is_main(program: &Program, file: FileId) -> bool {
    let path = &program.file(file).path;
    let folder = program.file(file).folder();
    let best = program
        .files
        .iter()
        .filter(|other| {
            other.folder() == folder
                && manifest::format_of(&other.path).is_some_and(|format| {
                    Some(format.rules()) == manifest::format_of(path).map(manifest::Format::rules)
                })
        })
        .map(|other| rank(&other.path))
        .min();
    best == Some(rank(path))
}

pub(super) fn is_deleted(migration: &Migration, file: FileId, span: Span) -> bool {
    migration.removed.contains(&file)
        || migration.edits.get(&file).is_some_and(|edits| edits.edits().iter().any(|edit| edit.span.contains(span)))
}
