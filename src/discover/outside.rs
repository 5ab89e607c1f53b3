//! Files out of view that import a package: a manifest must go on listing it for them.

use super::importing::{self, Sought, Words};
use super::neighbours::{folder_of, meant};
use super::{Found, guards, is_manifest, read};
use crate::lang::{self, Language};
use crate::text::SourceFile;
use rayon::prelude::*;
use std::collections::{BTreeSet, HashMap, HashSet};

/// The files below the loaded manifests of `files` that are not loaded and import one of `modules` (each with the folder of
/// its language's rules): path and module. What leads to a file of the root is none of them. `imports_of` gives the module
/// strings of a file as they are written.
#[must_use]
pub fn outside(
    found: &Found,
    files: &[SourceFile],
    modules: &BTreeSet<(&str, &str)>,
    imports_of: &(dyn Fn(&SourceFile) -> Vec<String> + Sync),
) -> Vec<(String, String)> {
    let mut sought: HashMap<&str, Sought> = HashMap::new();
    for (language, module) in modules {
        let (folder, stem) = module.rsplit_once(['.', '/']).unwrap_or(("", module));
        sought.entry(language).or_default().add(stem, &folder.replace(['.', '@'], "/"));
    }
    let loaded: HashSet<&str> = found.files.iter().map(|candidate| candidate.file.path.as_str()).collect();
    let folders: HashSet<&str> = loaded.iter().filter_map(|path| folder_of_manifest(path)).collect();
    let above: HashSet<&str> = files.iter().flat_map(|file| folders_of(&file.path)).collect();
    let asked: HashSet<&str> = folders.intersection(&above).copied().collect();
    let is_asked = |path: &&String| !loaded.contains(path.as_str()) && folders_of(path).any(|it| asked.contains(it));
    let may_import = |(path, words): &&(String, Words)| {
        let sought = lang::of(path).and_then(|language| sought.get(language.rules));
        sought.is_some_and(|sought| words.may_mean(path, sought))
    };
    let code = found.importing.iter().filter(may_import).map(|(path, _)| path);
    // Programs in containers say what they import in their own escaping.
    let notebooks = found.paths.iter().filter(|path| path.ends_with(".ipynb"));
    let mut paths: Vec<&String> = code.chain(notebooks).filter(is_asked).collect();
    paths.sort();
    let named_in = |buffer: &mut Vec<u8>, path: &&String| {
        let bytes = read::read(&found.root.join(path), guards::LIMIT, false, buffer).ok()?.ok()?;
        let language = lang::of(path);
        let folder = language.map_or("python", |language| language.rules);
        let known: Vec<&str> = modules.iter().filter(|(of, _)| *of == folder).map(|(_, module)| *module).collect();
        let fits = |written: &String, module: &str| {
            let rest = written.strip_prefix(module);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
        };
        let any = |written: &[String]| written.iter().any(|it| known.iter().any(|module| fits(it, module)));
        if let Some(language) = language.filter(|language| language.imports.whole)
            && !any(&importing::modules(&language.imports, bytes, sought.get(folder)?))
        {
            return None;
        }
        let written = imports_of(&SourceFile::new((*path).clone(), bytes.to_vec()));
        let is_own =
            |it: &String| language.is_some_and(|language: &Language| meant(found, language, path, it).is_some());
        let named = known.into_iter().filter(|module| written.iter().any(|it| fits(it, module) && !is_own(it)));
        Some(named.map(|module| ((*path).clone(), module.to_owned())).collect::<Vec<_>>())
    };
    paths.par_iter().map_init(Vec::new, named_in).flatten().flatten().collect()
}

/// The folder that a manifest speaks for.
fn folder_of_manifest(path: &str) -> Option<&str> {
    is_manifest(path).then(|| folder_of(path))
}

/// The folders that a file is in, the nearest first; the last is the root, ``.
fn folders_of(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder_of(path)), |folder| (!folder.is_empty()).then(|| folder_of(folder)))
}
