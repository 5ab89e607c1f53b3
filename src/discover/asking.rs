//! Programs out of view that name a setting: it cannot go from the settings without them.

use super::neighbours::folder_of_project;
use super::{Found, guards, read};
use crate::lang::{self, lexical};
use crate::text::SourceFile;
use aho_corasick::AhoCorasick;
use rayon::prelude::*;
use std::collections::{BTreeSet, HashSet};

/// The programs in the projects of `from` that are not loaded and hold one of `names` as a word: path and name, by path.
#[must_use]
pub fn asking(found: &Found, from: &[SourceFile], names: &BTreeSet<String>) -> Vec<(String, String)> {
    let all: Vec<&String> = names.iter().collect();
    // A longer name must not be taken for the shorter one that it begins with.
    let finder = AhoCorasick::builder().match_kind(aho_corasick::MatchKind::LeftmostLongest).build(&all);
    let (Ok(finder), false) = (finder, names.is_empty()) else { return vec![] };
    let loaded: HashSet<&str> = found.files.iter().map(|candidate| candidate.file.path.as_str()).collect();
    let folders: BTreeSet<&str> =
        from.iter().map(|file| folder_of_project(found, &file.path).unwrap_or_default()).collect();
    let is_asked = |path: &&String| {
        let within =
            |folder: &&str| folder.is_empty() || path.strip_prefix(*folder).is_some_and(|rest| rest.starts_with('/'));
        (lang::of(path).is_some() || lexical::of(path).is_some())
            && !loaded.contains(path.as_str())
            && folders.iter().any(within)
    };
    let mut paths: Vec<&String> = found.paths.iter().filter(is_asked).collect();
    paths.sort();
    let named_in = |buffer: &mut Vec<u8>, path: &&String| {
        let bytes = read::read(&found.root.join(path), guards::LIMIT, false, buffer).ok()?.ok()?;
        let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
        let before = |start: usize| start.checked_sub(1).and_then(|at| bytes.get(at));
        let words =
            finder.find_iter(bytes).filter(|hit| !is_part(before(hit.start())) && !is_part(bytes.get(hit.end())));
        let own: BTreeSet<&String> = words.map(|hit| all[hit.pattern().as_usize()]).collect();
        Some(own.into_iter().map(|name| ((*path).clone(), name.clone())).collect::<Vec<_>>())
    };
    paths.par_iter().map_init(Vec::new, named_in).flatten().flatten().collect()
}
