//! A helper that several files of a package need is written once, into a file of its own.

use super::draft::Draft;
use super::write::{Style, Takes};
use crate::analyze::Program;
use crate::manifest;
use crate::text::FileId;
use std::collections::{BTreeMap, BTreeSet};

/// The name of the new file, without its ending.
const NAME: &str = "adobe-server-to-server";

/// The new file that a code file takes its helper from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Shared {
    /// Relative to the root.
    pub path: String,
    /// As it is imported by the code file.
    pub from: String,
}

/// Which files share a helper. `drafts` are those of a first round, with a helper in each file.
#[must_use]
pub(super) fn shared<'d>(program: &Program, drafts: impl Iterator<Item = &'d Draft>) -> BTreeMap<FileId, Shared> {
    let mut users: BTreeMap<(String, String), BTreeSet<FileId>> = BTreeMap::new();
    for draft in drafts.filter(|draft| !draft.blockers.iter().any(|(_, manual)| *manual)) {
        for (file, text) in &draft.helpers {
            if let Some(package) = package_of(program, *file) {
                users.entry((package, text.clone())).or_default().insert(*file);
            }
        }
    }
    let mut found = BTreeMap::new();
    for files in users.into_values().filter(|files| files.len() > 1) {
        let styles: BTreeSet<(Takes, &str)> =
            files.iter().map(|file| (Style::of(program, *file).takes, ending(program, *file))).collect();
        let [(_, ending)] = styles.into_iter().collect::<Vec<_>>()[..] else { continue };
        let folder = common_folder(program, &files);
        let path = if folder.is_empty() { format!("{NAME}.{ending}") } else { format!("{folder}/{NAME}.{ending}") };
        if program.file_at(&path).is_some() {
            continue;
        }
        for file in files {
            let from = relative(program.file(file).folder(), &folder, ending);
            found.insert(file, Shared { path: path.clone(), from });
        }
    }
    found
}

fn ending(program: &Program, file: FileId) -> &str {
    program.file(file).path.rsplit('.').next().unwrap_or_default()
}

/// The folder of the nearest package.json, for JavaScript.
fn package_of(program: &Program, file: FileId) -> Option<String> {
    let unit = program.unit(file)?;
    if unit.language.rules != "javascript" {
        return None;
    }
    let mut folder = program.file(file).folder();
    loop {
        let path = if folder.is_empty() { "package.json".to_owned() } else { format!("{folder}/package.json") };
        let is_manifest = manifest::format_of(&path).is_some();
        if is_manifest && program.file_at(&path).is_some() {
            return Some(folder.to_owned());
        }
        folder = match folder.rsplit_once('/') {
            Some((up, _)) => up,
            None if folder.is_empty() => return None,
            None => "",
        };
    }
}

fn common_folder(program: &Program, files: &BTreeSet<FileId>) -> String {
    let mut folders = files
        .iter()
        .map(|file| program.file(*file).folder().split('/').filter(|part| !part.is_empty()).collect::<Vec<_>>());
    let Some(mut common) = folders.next() else { return String::new() };
    for folder in folders {
        let same = common.iter().zip(&folder).take_while(|(a, b)| a == b).count();
        common.truncate(same);
    }
    common.join("/")
}

/// The import string from `folder` to the new file in `to`, which is one of its parents.
fn relative(folder: &str, to: &str, ending: &str) -> String {
    let depth = folder.split('/').filter(|part| !part.is_empty()).count()
        - to.split('/').filter(|part| !part.is_empty()).count();
    let up = if depth == 0 { "./".to_owned() } else { "../".repeat(depth) };
    // CommonJS and TypeScript resolve it without an ending; ES modules want one.
    let ending = if matches!(ending, "mjs" | "js") { format!(".{ending}") } else { String::new() };
    format!("{up}{NAME}{ending}")
}
