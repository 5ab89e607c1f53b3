//! The files that the seeds belong with: what they import, who imports them, and the manifests above them.

use super::{Candidate, Found, guards, is_manifest, read, walk};
use crate::lang::{self, Language};
use crate::text::SourceFile;
use aho_corasick::AhoCorasick;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// How many imports away from a seed a file may be that the seed uses.
const DEPTH_USED: usize = 3;
/// The same for a file that uses a seed.
const DEPTH_USING: usize = 2;
/// Bytes before an import's module string in which its keyword must stand.
const REACH: usize = 400;

/// Loads the neighbours of the seeds into `found.files`.
///
/// `imports_of` gives the module strings of a file as they are written (`./config`, `..auth`; for `from pkg import auth`
/// both `pkg` and `pkg.auth`). It is asked for code files only.
pub fn join_neighbours(found: &mut Found, imports_of: &(dyn Fn(&SourceFile) -> Vec<String> + Sync)) {
    join_with(found, imports_of, lang::of);
    walk::sort(found);
}

type LanguageOf = fn(&str) -> Option<&'static Language>;

fn join_with(found: &mut Found, imports_of: &(dyn Fn(&SourceFile) -> Vec<String> + Sync), language: LanguageOf) {
    let seeds: Vec<String> = found.files.iter().map(|candidate| candidate.file.path.clone()).collect();
    let code: Vec<String> = seeds.iter().filter(|path| language(path).is_some()).cloned().collect();
    load(found, manifests(found, &seeds));
    let mut asker = Asker { imports_of, language, known: BTreeMap::new() };
    let mut round = code.clone();
    for _ in 0..DEPTH_USING {
        let users = asker.users(found, &round);
        round = load(found, users);
    }
    round = code;
    for _ in 0..DEPTH_USED {
        let used = asker.used(found, &round);
        round = load(found, used);
    }
}

/// Asks each file for its imports once.
struct Asker<'a> {
    imports_of: &'a (dyn Fn(&SourceFile) -> Vec<String> + Sync),
    language: LanguageOf,
    known: BTreeMap<String, Vec<String>>,
}

impl Asker<'_> {
    /// The files that the files `paths` import, as far as they are in the root.
    fn used(&mut self, found: &Found, paths: &[String]) -> BTreeSet<String> {
        let files: Vec<&SourceFile> = paths.iter().filter_map(|path| file_of(found, path)).collect();
        self.ask(&files);
        files.iter().flat_map(|file| self.paths_of(found, file)).collect()
    }

    /// The files that import one of the files `paths`.
    fn users(&mut self, found: &Found, paths: &[String]) -> BTreeSet<String> {
        let Some(stems) = Stems::new(paths) else { return BTreeSet::new() };
        let families: BTreeSet<&str> = paths.iter().filter_map(|path| (self.language)(path)).map(|l| l.rules).collect();
        let folders: BTreeSet<&str> = paths.iter().map(|path| folder_of(path)).collect();
        let loaded: BTreeSet<&str> = found.files.iter().map(|candidate| candidate.file.path.as_str()).collect();
        let asked: Vec<&String> = found
            .paths
            .iter()
            .filter(|path| (self.language)(path).is_some_and(|language| families.contains(language.rules)))
            .filter(|path| !loaded.contains(path.as_str()))
            .collect();
        let read_again = asked.into_par_iter().map_init(Vec::new, |buffer, path| {
            let skip = read::read(&found.root.join(path), guards::LIMIT, false, buffer).ok()?;
            let near = folders.contains(folder_of(path));
            let asks = skip.is_none() && stems.may_be_imported(buffer, near);
            asks.then(|| SourceFile::new(path.clone(), buffer.clone()))
        });
        let likely: Vec<SourceFile> = read_again.flatten().collect();
        let wanted: BTreeSet<&String> = paths.iter().collect();
        self.ask(&likely.iter().collect::<Vec<_>>());
        let uses = |file: &&SourceFile| self.paths_of(found, file).iter().any(|path| wanted.contains(path));
        likely.iter().filter(uses).map(|file| file.path.clone()).collect()
    }

    /// Reads the imports of files that were not asked for before.
    fn ask(&mut self, files: &[&SourceFile]) {
        let new = files.par_iter().filter(|file| (self.language)(&file.path).is_some());
        let new = new.filter(|file| !self.known.contains_key(&file.path));
        let imports: Vec<(String, Vec<String>)> =
            new.map(|file| (file.path.clone(), (self.imports_of)(file))).collect();
        self.known.extend(imports);
    }

    /// The files in the root that a file imports; it must have been asked for.
    fn paths_of(&self, found: &Found, file: &SourceFile) -> Vec<String> {
        let Some(language) = (self.language)(&file.path) else { return Vec::new() };
        let first_there = |module: &String| {
            (language.import_paths)(&file.path, module).into_iter().find(|path| is_there(found, path))
        };
        self.known.get(&file.path).into_iter().flatten().filter_map(first_there).collect()
    }
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

fn file_of<'a>(found: &'a Found, path: &str) -> Option<&'a SourceFile> {
    found.files.iter().map(|candidate| &candidate.file).find(|file| file.path == path)
}

/// Adds files that are not there yet, and gives their paths.
fn load(found: &mut Found, paths: BTreeSet<String>) -> Vec<String> {
    let mut added = Vec::new();
    let mut buffer = Vec::new();
    for path in paths {
        if file_of(found, &path).is_some() {
            continue;
        }
        let at = found.root.join(&path);
        // The walk has recorded what cannot be read; a file that changed since is just not a neighbour.
        if !matches!(read::read(&at, guards::limit(&path, false), false, &mut buffer), Ok(None)) {
            continue;
        }
        let generated = guards::generated(&path, &buffer);
        let file = SourceFile::new(path.clone(), buffer.clone());
        found.files.push(Candidate { file, seed: false, generated, ignored: false });
        added.push(path);
    }
    added
}

/// The manifests in the folders of the seeds and above, and in a folder `requirements` there; the settings for the
/// environment that lie with them, whose names may say nothing by themselves (`PRIVATE_KEY=`).
fn manifests(found: &Found, seeds: &[String]) -> BTreeSet<String> {
    let mut folders = BTreeSet::new();
    for seed in seeds {
        let mut folder = folder_of(seed);
        while folders.insert(folder) && !folder.is_empty() {
            folder = folder_of(folder);
        }
    }
    let mut all = BTreeSet::new();
    for path in &found.paths {
        let folder = folder_of(path);
        let listed = path.ends_with(".txt") && (folder == "requirements" || folder.ends_with("/requirements"));
        let beside = is_manifest(path) || guards::is_env_file(path);
        if (beside && folders.contains(folder)) || (listed && folders.contains(folder_of(folder))) {
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
    paths.filter(|path| (is_manifest(path) || guards::is_env_file(path)) && is_plain(root, path)).collect()
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The words by which other files may import some files.
struct Stems(AhoCorasick);

impl Stems {
    fn new(paths: &[String]) -> Option<Self> {
        let stems: BTreeSet<&str> = paths.iter().map(|path| stem(path)).filter(|stem| !stem.is_empty()).collect();
        (!stems.is_empty()).then(|| AhoCorasick::new(stems).ok().map(Stems)).flatten()
    }

    /// A cheap look before a file is parsed: one of the words stands behind a word that imports. From a file in the same
    /// folder (`near`) it may be used without an import.
    fn may_be_imported(&self, bytes: &[u8], near: bool) -> bool {
        let keyword = |text: &[u8]| {
            [&b"import"[..], b"require", b"from"]
                .iter()
                .any(|word| text.windows(word.len()).any(|window| window == *word))
        };
        if near {
            return self.0.is_match(bytes);
        }
        let mut searched = 0;
        self.0.find_iter(bytes).any(|hit| {
            // No byte is searched twice, save those of a keyword that may reach over the border.
            let from = hit.start().saturating_sub(REACH).max(searched);
            searched = hit.start().saturating_sub("require".len());
            keyword(&bytes[from.min(hit.start())..hit.start()])
        })
    }
}

/// By what a file is imported: its name without ending; for an index file its folder's name.
fn stem(path: &str) -> &str {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    match name.split('.').next().unwrap_or(name) {
        "__init__" | "index" => folder.rsplit('/').next().unwrap_or(folder),
        stem => stem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::{Needles, walk};
    use crate::ir::Module;

    static SYNTAX: lang::Syntax = lang::Syntax {
        comment: "#",
        braces: false,
        empty_block: "pass",
        indent: "    ",
        packages: true,
        setting: "",
        shared_names: false,
        globals: &[],
    };
    static TOY: Language = Language {
        name: "toy",
        rules: "toy",
        extensions: &["toy"],
        lower: |_| Module::default(),
        import_paths: |_, module| vec![format!("{module}.toy"), format!("{module}/__init__.toy")],
        syntax: &SYNTAX,
    };

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
        join_with(&mut found, &imports, |path| path.ends_with(".toy").then_some(&TOY));
        super::walk::sort(&mut found);
        found.files.into_iter().map(|candidate| candidate.file.path).collect()
    }

    #[test]
    fn the_used_and_the_using_come_along() {
        let files = [
            ("a/seed.toy", "NEEDLE\nimport used\nimport outside"),
            ("used.toy", "import pack"),
            ("pack/__init__.toy", "import third"),
            ("third.toy", "import fourth"),
            ("fourth.toy", ""),
            ("user.toy", "import a/seed"),
            ("users_user.toy", "import user"),
            ("too_far.toy", "import users_user"),
            ("speaker.toy", "seed, as word only"),
            ("other.toy", "import else"),
            ("package.json", "{}"),
            ("a/requirements-dev.txt", ""),
            ("requirements/base.txt", ""),
            ("b/package.json", "{}"),
        ];
        let want = [
            "a/requirements-dev.txt",
            "a/seed.toy",
            "pack/__init__.toy",
            "package.json",
            "requirements/base.txt",
            "third.toy",
            "used.toy",
            "user.toy",
            "users_user.toy",
        ];
        assert_eq!(joined(&files, "."), want);
    }

    #[test]
    fn without_a_seed_nothing_is_loaded() {
        assert_eq!(joined(&[("package.json", "{}"), ("a.toy", "import b"), ("b.toy", "")], "."), [""; 0]);
    }
}
