//! The files that the seeds belong with: what they import, who imports them, and the manifests above them.

use super::importing::{self, Sought, Words};
use super::packages::{files_of, manifests, package_of};
use super::{Candidate, Found, guards, is_manifest, read, walk};
use crate::lang::{self, Language};
use crate::text::SourceFile;
use aho_corasick::AhoCorasick;
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

/// How many imports away from a seed a file may be that the seed uses.
const DEPTH_USED: usize = 3;
/// The same for a file that uses a seed.
const DEPTH_USING: usize = 2;

/// Finds out who belongs with whom; asks each file for its imports once.
pub struct Neighbours<'a> {
    imports_of: &'a (dyn Fn(&SourceFile) -> Vec<String> + Sync),
    known: HashMap<String, Vec<String>>,
    loaded: HashSet<String>,
}

impl<'a> Neighbours<'a> {
    /// `imports_of` gives the module strings of a file as they are written (`./config`, `..auth`; for `from pkg import
    /// auth` both `pkg` and `pkg.auth`). It is asked for code files only.
    #[must_use]
    pub fn new(imports_of: &'a (dyn Fn(&SourceFile) -> Vec<String> + Sync)) -> Self {
        Neighbours { imports_of, known: HashMap::new(), loaded: HashSet::new() }
    }

    /// Loads the neighbours of the files `from`, which must be loaded, into `found.files`. Whether there were any.
    pub fn join(&mut self, found: &mut Found, from: &[SourceFile]) -> bool {
        let before = found.files.len();
        self.loaded.extend(found.files.iter().map(|candidate| candidate.file.path.clone()));
        let code: Vec<SourceFile> = from.iter().filter(|file| lang::of(&file.path).is_some()).cloned().collect();
        let manifests = manifests(found, from);
        self.load(found, manifests);
        let mut round = code.clone();
        for _ in 0..DEPTH_USING {
            let users = self.users(found, &round);
            round = self.load(found, users);
        }
        round = code;
        for _ in 0..DEPTH_USED {
            let used = self.used(found, &round);
            round = self.load(found, used);
        }
        walk::sort(found);
        found.files.len() > before
    }

    /// Loads the other files of the packages that the code files `from` belong to, where the language lets them use each
    /// other anywhere. Whether there were any.
    pub fn packages(&mut self, found: &mut Found, from: &[SourceFile]) -> bool {
        let before = found.files.len();
        let mut paths = BTreeSet::new();
        for file in from {
            let Some(language) = lang::of(&file.path) else { continue };
            let Some(manifest) = language.imports.package else { continue };
            let Some(folder) = package_of(found, &file.path, manifest) else { continue };
            paths.extend(files_of(found, &folder, manifest, language));
        }
        self.loaded.extend(found.files.iter().map(|candidate| candidate.file.path.clone()));
        self.load(found, paths);
        walk::sort(found);
        found.files.len() > before
    }

    /// Loads what a target asks about the project of the code files `from`, tests included: files that import a class called
    /// like one of `classes`, settings files whose names begin like one of `settings`. Whether there were any.
    pub fn project(&mut self, found: &mut Found, from: &[SourceFile], classes: &[&str], settings: &[&str]) -> bool {
        let before = found.files.len();
        let folders: BTreeSet<&str> = from.iter().filter_map(|file| folder_of_project(found, &file.path)).collect();
        let within = |path: &str| {
            folders
                .iter()
                .any(|folder| folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
        };
        let is_settings = |path: &&String| {
            let name = path.rsplit('/').next().unwrap_or(path);
            settings.iter().any(|start| name.starts_with(start)) && within(path)
        };
        let mut paths: BTreeSet<String> = found.paths.iter().filter(is_settings).cloned().collect();
        let speaks = |words: &Words| classes.iter().any(|class| words.say(class));
        let importing = found.importing.iter().filter(|(path, words)| within(path) && speaks(words));
        paths.extend(importing.map(|(path, _)| path.clone()));
        // Tests of a class are of its package, in another folder, and name it without an import.
        let tests: Vec<String> = from.iter().map(|file| file.folder().replace("/main/", "/test/")).collect();
        let is_test = |path: &&String| lang::of(path).is_some() && tests.iter().any(|folder| folder_of(path) == folder);
        paths.extend(found.paths.iter().filter(is_test).cloned());
        self.loaded.extend(found.files.iter().map(|candidate| candidate.file.path.clone()));
        self.load(found, paths);
        walk::sort(found);
        found.files.len() > before
    }

    /// The files that `files` import, or get their fixtures from, as far as they are in the root.
    fn used(&mut self, found: &Found, files: &[SourceFile]) -> BTreeSet<String> {
        self.ask(files);
        let given = files.iter().flat_map(|file| fixtures_of(&file.path)).filter(|path| is_there(found, path));
        files.iter().flat_map(|file| self.paths_of(found, file)).chain(given).collect()
    }

    /// The files that import one of `files`.
    fn users(&mut self, found: &Found, files: &[SourceFile]) -> BTreeSet<String> {
        let wanted = Wanted::new(files);
        let likely: Vec<SourceFile> = found
            .importing
            .par_iter()
            .filter(|(path, words)| wanted.may_be_spoken_of(path, words) && !self.loaded.contains(path))
            .map_init(Vec::new, |buffer, (path, _)| {
                let bytes = read::read(&found.root.join(path), guards::LIMIT, false, buffer).ok()?.ok()?;
                let likely = wanted.may_be_imported(found, path, bytes);
                likely.then(|| SourceFile::new(path.clone(), bytes.to_vec()))
            })
            .flatten()
            .collect();
        self.ask(&likely);
        let uses = |file: &&SourceFile| self.paths_of(found, file).iter().any(|path| wanted.paths.contains(&**path));
        likely.iter().filter(uses).map(|file| file.path.clone()).collect()
    }

    /// Reads the imports of files that were not asked for before.
    fn ask(&mut self, files: &[SourceFile]) {
        let new = files.par_iter().filter(|file| lang::of(&file.path).is_some());
        let new = new.filter(|file| !self.known.contains_key(&file.path));
        let imports: Vec<(String, Vec<String>)> =
            new.map(|file| (file.path.clone(), (self.imports_of)(file))).collect();
        self.known.extend(imports);
    }

    /// The files in the root that a file imports; it must have been asked for.
    fn paths_of(&self, found: &Found, file: &SourceFile) -> Vec<String> {
        let Some(language) = lang::of(&file.path) else { return Vec::new() };
        let modules = self.known.get(&file.path).into_iter().flatten();
        modules.filter_map(|module| meant(found, language, &file.path, module)).collect()
    }

    /// Adds files that are not there yet, and gives them.
    fn load(&mut self, found: &mut Found, paths: BTreeSet<String>) -> Vec<SourceFile> {
        let mut added = Vec::new();
        let mut buffer = Vec::new();
        for path in paths {
            if self.loaded.contains(&path) {
                continue;
            }
            let at = found.root.join(&path);
            // The walk has recorded what cannot be read; a file that changed since is just not a neighbour.
            let Ok(Ok(bytes)) = read::read(&at, guards::limit(&path, false), false, &mut buffer) else { continue };
            let generated = guards::generated(&path, bytes);
            let file = SourceFile::new(path.clone(), bytes.to_vec());
            found.files.push(Candidate { file: file.clone(), seed: false, generated, ignored: false });
            self.loaded.insert(path);
            added.push(file);
        }
        added
    }
}

/// The files that pytest gives a test its fixtures from: https://docs.pytest.org/en/stable/reference/fixtures.html
fn fixtures_of(path: &str) -> Vec<String> {
    let (mut folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if !name.ends_with(".py") || !(name.starts_with("test_") || name.ends_with("_test.py")) {
        return vec![];
    }
    let mut all = vec![inside(folder, "conftest.py")];
    while !folder.is_empty() {
        folder = folder_of(folder);
        all.push(inside(folder, "conftest.py"));
    }
    all
}

/// The file in the root that an import means.
pub(super) fn meant(found: &Found, language: &Language, from: &str, module: &str) -> Option<String> {
    (language.import_paths)(from, module).into_iter().find(|path| is_there(found, path))
}

/// Files whose importers are looked for.
struct Wanted<'a> {
    paths: HashSet<&'a str>,
    /// The words by which they are imported, by the rules of their language.
    stems: HashMap<&'static str, Sought>,
    /// Their folders, where files are used from beside without an import.
    folders: HashSet<&'a str>,
    /// The names of those that an import of the whole package, or no import, lets be used; they must be said somewhere.
    names: Option<AhoCorasick>,
}

impl<'a> Wanted<'a> {
    fn new(files: &'a [SourceFile]) -> Self {
        let mut stems: HashMap<&str, Sought> = HashMap::new();
        for file in files {
            if let Some(language) = lang::of(&file.path) {
                let sought = stems.entry(language.rules).or_default();
                stems_of(&file.path).into_iter().for_each(|stem| sought.add(stem, file.folder()));
                if language.imports.beside {
                    // `import a.b.*;`, and `package a.b;` below another source root.
                    let (above, own) = file.folder().rsplit_once('/').unwrap_or(("", file.folder()));
                    sought.add(own, above);
                }
            }
        }
        let beside = |file: &&SourceFile| lang::of(&file.path).is_some_and(|language| language.imports.beside);
        let folders: HashSet<&str> = files.iter().filter(beside).map(SourceFile::folder).collect();
        let names = files.iter().filter(beside).flat_map(|file| stems_of(&file.path));
        let names = (!folders.is_empty()).then(|| AhoCorasick::new(names).ok()).flatten();
        Wanted { paths: files.iter().map(|file| file.path.as_str()).collect(), stems, folders, names }
    }

    /// Whether import statements with these words may mean one of the files.
    fn may_be_spoken_of(&self, path: &str, words: &Words) -> bool {
        let Some(language) = lang::of(path) else { return false };
        let Some(stems) = self.stems.get(language.rules) else { return false };
        words.may_mean(path, stems) || (language.imports.beside && self.folders.contains(folder_of(path)))
    }

    /// A cheap look before a file is parsed.
    fn may_be_imported(&self, found: &Found, path: &str, bytes: &[u8]) -> bool {
        let Some(language) = lang::of(path) else { return false };
        let Some(stems) = self.stems.get(language.rules) else { return false };
        if language.imports.beside {
            return self.names.as_ref().is_none_or(|names| names.is_match(bytes));
        }
        let means = |module: &String| meant(found, language, path, module).is_some_and(|to| self.paths.contains(&*to));
        !language.imports.whole || importing::modules(&language.imports, bytes, stems).iter().any(means)
    }
}

/// The nearest folder upwards that says which packages its project needs.
pub(super) fn folder_of_project<'p>(found: &Found, path: &'p str) -> Option<&'p str> {
    let manifests: HashSet<&str> =
        found.paths.iter().filter(|path| is_manifest(path)).map(|path| folder_of(path)).collect();
    let mut folder = folder_of(path);
    loop {
        if manifests.contains(folder) {
            return Some(folder);
        }
        if folder.is_empty() {
            return None;
        }
        folder = folder_of(folder);
    }
}

pub(super) fn inside(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Whether a file is known. Where the root was not wholly walked, the disk is asked.
pub(super) fn is_there(found: &Found, path: &str) -> bool {
    let steps_out = || path.starts_with('/') || path.split('/').any(|part| part == "..");
    found.paths.contains(path) || (!found.complete && !path.is_empty() && !steps_out() && is_plain(&found.root, path))
}

/// A regular file that is reached through no symbolic link, so it lies in the root.
pub(super) fn is_plain(root: &Path, path: &str) -> bool {
    let at = root.join(path);
    at.symlink_metadata().is_ok_and(|meta| meta.is_file()) && at.canonicalize().is_ok_and(|real| real == at)
}

pub(super) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The words by which a file is imported: its name without ending, or for an index file its folder.
fn stems_of(path: &str) -> Vec<&str> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let folder = folder.rsplit('/').next().filter(|folder| !folder.is_empty());
    match name.split('.').next().unwrap_or(name) {
        "__init__" | "mod" => folder.into_iter().collect(),
        "index" => folder.into_iter().chain(["index", importing::DOTS]).collect(),
        stem => vec![stem],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::{Needles, walk};

    fn joined(files: &[(&str, &str)], start: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let at = folder.path().join(path);
            std::fs::create_dir_all(at.parent().unwrap()).unwrap();
            std::fs::write(at, text).unwrap();
        }
        let mut found = walk(&[folder.path().join(start)], &Needles::new(["NEEDLE"]).unwrap(), 1).unwrap();
        let imports = |file: &SourceFile| {
            file.text().lines().filter_map(|line| line.strip_prefix("import ")).map(str::to_owned).collect()
        };
        let seeds: Vec<SourceFile> = found.files.iter().map(|candidate| candidate.file.clone()).collect();
        Neighbours::new(&imports).join(&mut found, &seeds);
        found.files.into_iter().map(|candidate| candidate.file.path).collect()
    }

    #[test]
    fn the_used_and_the_using_come_along() {
        let files = [
            ("a/seed.py", "NEEDLE\nimport used\nimport outside"),
            ("used.py", "import pack"),
            ("pack/__init__.py", "import third"),
            ("third.py", "import fourth"),
            ("fourth.py", ""),
            ("user.py", "import a.seed"),
            ("users_user.py", "import user"),
            ("too_far.py", "import users_user"),
            ("speaker.py", "seed, as word only"),
            ("other.py", "import else"),
            ("package.json", "{}"),
            ("a/requirements-dev.txt", ""),
            ("requirements/base.txt", ""),
            ("b/package.json", "{}"),
        ];
        let want = [
            "a/requirements-dev.txt",
            "a/seed.py",
            "pack/__init__.py",
            "package.json",
            "requirements/base.txt",
            "third.py",
            "used.py",
            "user.py",
            "users_user.py",
        ];
        assert_eq!(joined(&files, "."), want);
    }

    #[test]
    fn without_a_seed_nothing_is_loaded() {
        assert_eq!(joined(&[("package.json", "{}"), ("a.py", "import b"), ("b.py", "")], "."), [""; 0]);
    }
}
