//! Packages: the manifests above files, and the files below a manifest.

use super::neighbours::{folder_of, inside, is_plain, is_there};
use super::{Found, guards, is_manifest};
use crate::lang::{self, Language};

use crate::text::SourceFile;
use std::collections::BTreeSet;
use std::path::Path;

/// The nearest folder upwards with a manifest.
pub(super) fn package_of(found: &Found, path: &str, manifest: &str) -> Option<String> {
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
pub(super) fn files_of(found: &Found, folder: &str, manifest: &str, language: &Language) -> Vec<String> {
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

/// The manifests in the folders of the seeds and above, and in a folder `requirements` or `gradle` there; what says which version of
/// a language they run on; the settings for the environment that lie with them, whose names may say nothing by themselves
/// (`PRIVATE_KEY=`).
pub(super) fn manifests(found: &Found, seeds: &[SourceFile]) -> BTreeSet<String> {
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
        if (beside && folders.contains(folder)) || ((listed || catalog) && folders.contains(folder_of(folder))) {
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
    is_manifest(path) || guards::is_env_file(path) || guards::tells_runtime(path)
}
