//! The files that the seeds belong with: what they import, who imports them, and the manifests above them.

use super::importing::{self, Sought, Words};
use super::{Candidate, Found, guards, is_manifest, read, walk};
use crate::lang::{self, Language};
use crate::text::SourceFile;
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

    /// The files that `files` import, as far as they are in the root.
    fn used(&mut self, found: &Found, files: &[SourceFile]) -> BTreeSet<String> {
        self.ask(files);
        files.iter().flat_map(|file| self.paths_of(found, file)).collect()
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

/// The file in the root that an import means.
fn meant(found: &Found, language: &Language, from: &str, module: &str) -> Option<String> {
    (language.import_paths)(from, module).into_iter().find(|path| is_there(found, path))
}

/// Files whose importers are looked for.
struct Wanted<'a> {
    paths: HashSet<&'a str>,
    /// The words by which they are imported, by the rules of their language.
    stems: HashMap<&'static str, Sought>,
    /// Their folders, where files are used from beside without an import.
    folders: HashSet<&'a str>,
}

impl<'a> Wanted<'a> {
    fn new(files: &'a [SourceFile]) -> Self {
        let mut stems: HashMap<&str, Sought> = HashMap::new();
        for file in files {
            if let Some(language) = lang::of(&file.path) {
                let sought = stems.entry(language.rules).or_default();
                stems_of(&file.path).into_iter().for_each(|stem| sought.add(stem, file.folder()));
            }
        }
        let beside = |file: &&SourceFile| lang::of(&file.path).is_some_and(|language| language.imports.beside);
        let folders = files.iter().filter(beside).map(SourceFile::folder).collect();
        Wanted { paths: files.iter().map(|file| file.path.as_str()).collect(), stems, folders }
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
        let means = |module: &String| meant(found, language, path, module).is_some_and(|to| self.paths.contains(&*to));
        !language.imports.whole || importing::modules(&language.imports, bytes, stems).iter().any(means)
    }
}

/// The nearest folder upwards with a manifest.
fn package_of(found: &Found, path: &str, manifest: &str) -> Option<String> {
    let mut folder = folder_of(path);
    loop {
        if is_there(found, &inside(folder, manifest)) {
            return Some(folder.to_owned());
        }
        if folder.is_empty() {
            return None;
        }
        folder = folder_of(folder);
    }
}

/// The files of a language in a package, those of packages inside it left out.
fn files_of(found: &Found, folder: &str, manifest: &str, language: &Language) -> Vec<String> {
    let of_language = |path: &String| lang::of(path).is_some_and(|other| other.name == language.name);
    let own = |path: &String| package_of(found, path, manifest).as_deref() == Some(folder);
    if found.complete {
        let below =
            |path: &&String| folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        return found.paths.iter().filter(below).filter(|path| of_language(path) && own(path)).cloned().collect();
    }
    let mut files = vec![];
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = found.root.join(&folder).read_dir() else { continue };
        for entry in entries.flatten() {
            let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) else { continue };
            let path = inside(&folder, &name);
            if kind.is_dir() && !name.starts_with('.') && name != "target" {
                folders.push(path);
            } else if kind.is_file() && of_language(&path) && own(&path) {
                files.push(path);
            }
        }
        if files.len() > MOST {
            break;
        }
    }
    files
}

/// Files of one package beyond which no more are looked for on the disk.
const MOST: usize = 5_000;

pub(super) fn inside(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Whether a file is known. Where the root was not wholly walked, the disk is asked.
fn is_there(found: &Found, path: &str) -> bool {
    let steps_out = || path.starts_with('/') || path.split('/').any(|part| part == "..");
    found.paths.contains(path) || (!found.complete && !path.is_empty() && !steps_out() && is_plain(&found.root, path))
}

/// A regular file that is reached through no symbolic link, so it lies in the root.
fn is_plain(root: &Path, path: &str) -> bool {
    let at = root.join(path);
    at.symlink_metadata().is_ok_and(|meta| meta.is_file()) && at.canonicalize().is_ok_and(|real| real == at)
}

/// The manifests in the folders of the seeds and above, and in a folder `requirements` or `gradle` there; what says which version of
/// a language they run on; the settings for the environment that lie with them, whose names may say nothing by themselves
/// (`PRIVATE_KEY=`), and what hands them over.
fn manifests(found: &Found, seeds: &[SourceFile]) -> BTreeSet<String> {
    let mut folders = BTreeSet::new();
    for seed in seeds {
        let mut folder = seed.folder();
        while folders.insert(folder) && !folder.is_empty() {
            folder = folder_of(folder);
        }
    }
    let mut all = BTreeSet::new();
    for path in &found.paths {
        let folder = folder_of(path);
        let listed = path.ends_with(".txt") && (folder == "requirements" || folder.ends_with("/requirements"));
        let catalog = path.ends_with(".versions.toml") && (folder == "gradle" || folder.ends_with("/gradle"));
        let beside = lies_beside(path);
        let workflow = guards::project_of_workflow(path).is_some_and(|of| folders.contains(of));
        if workflow
            || (beside && folders.contains(folder))
            || ((listed || catalog) && folders.contains(folder_of(folder)))
        {
            all.insert(path.clone());
        }
    }
    if !found.complete {
        all.extend(folders.iter().flat_map(|folder| manifests_on_disk(&found.root, folder)));
    }
    all
}

fn manifests_on_disk(root: &Path, folder: &str) -> Vec<String> {
    let Ok(entries) = root.join(folder).read_dir() else { return Vec::new() };
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let paths = names.map(|name| if folder.is_empty() { name } else { format!("{folder}/{name}") });
    paths.filter(|path| lies_beside(path) && is_plain(root, path)).collect()
}

/// Whether a file is looked at for the sake of those beside it.
fn lies_beside(path: &str) -> bool {
    is_manifest(path) || guards::is_env_file(path) || guards::declares_environment(path) || guards::tells_runtime(path)
}

fn folder_of(path: &str) -> &str {
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
