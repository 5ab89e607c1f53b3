//! Which files a value of the exchange can come to at all. Values cross files by imports only, so the files fall into
//! groups; where no file of a group has a word of the exchange's path or form, none of its calls is looked at closely.

use super::adobe;
use super::program::{Program, import_strings};
use super::unit::Unit;
use crate::rules::Adobe;
use crate::text::{FileId, SourceFile};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// What is asked of whole files, answered once.
#[derive(Debug)]
pub(super) struct Reach {
    near_exchange: Vec<bool>,
    marked_folders: HashSet<String>,
    marked: Vec<bool>,
}

impl Reach {
    /// Looks at every file once.
    #[must_use]
    pub(super) fn new(program: &Program, adobe: &Adobe) -> Self {
        let words = adobe.exchange_words();
        let speaks = |text: &str| words.iter().any(|word| adobe::holds_word(text, word));
        let anchors: Vec<bool> = program.files.par_iter().map(|file| speaks(file.text())).collect();
        let marked: Vec<bool> = program.files.par_iter().map(|file| adobe::has_mark(adobe, file.text())).collect();
        let with_mark = program.files.iter().zip(&marked).filter(|(_, marked)| **marked);
        let marked_folders = with_mark.map(|(file, _)| top_folder(file.folder()).to_owned()).collect();
        let strong = adobe.exchange_paths.iter().chain([&adobe.fields.jwt]);
        let strong: Vec<&str> = strong.map(String::as_str).collect();
        let says = |file: &SourceFile| strong.iter().any(|word| file.text().contains(word));
        let near_exchange = spread(program, &anchors, &|file| says(program.file(file)));
        Reach { near_exchange, marked_folders, marked }
    }

    /// Whether the file, or one that is tied to it by imports, has a word of the exchange.
    #[must_use]
    pub(super) fn is_near_exchange(&self, file: FileId) -> bool {
        self.near_exchange.get(file.0 as usize).copied().unwrap_or_default()
    }

    /// Whether the file, or another one of its project that was read, has one of Adobe's marks.
    #[must_use]
    pub(super) fn is_around(&self, program: &Program, file: FileId) -> bool {
        let top = top_folder(program.file(file).folder());
        let own = self.marked.get(file.0 as usize).copied().unwrap_or_default();
        let near = |folder: &str| self.marked_folders.contains(folder);
        own || near(top) || near("") || (top.is_empty() && !self.marked_folders.is_empty())
    }
}

fn top_folder(folder: &str) -> &str {
    folder.split('/').next().unwrap_or_default()
}

/// Files of a group that is looked at as a whole. In a larger one the way of a value from any file to any other cannot be
/// asked for every call; there, only files that say so themselves are looked at, and those one import away from them.
const WHOLE: usize = 120;

/// Each file's group answers for it, if it is small.
fn spread(program: &Program, anchors: &[bool], says: &dyn Fn(FileId) -> bool) -> Vec<bool> {
    let mut said: HashMap<usize, (bool, usize)> = HashMap::new();
    for (group, anchor) in program.groups.iter().zip(anchors) {
        let (any, files) = said.entry(*group).or_default();
        *any |= anchor;
        *files += 1;
    }
    let mut near: Vec<bool> = program.groups.iter().map(|group| said[group].0 && said[group].1 <= WHOLE).collect();
    let large = |file: FileId| said[&program.groups[file.0 as usize]].1 > WHOLE;
    for (file, unit) in program.units().filter(|(file, _)| large(*file)) {
        let own = says(file);
        near[file.0 as usize] |= own;
        for module in unit.module.imports.iter().flat_map(import_strings) {
            if let Some(target) = program.import_target(file, &module) {
                near[target.0 as usize] |= own;
                near[file.0 as usize] |= says(target);
            }
        }
    }
    near
}

/// For each file the least file of its group.
pub(super) fn groups(program: &Program) -> Vec<usize> {
    let mut groups = Groups((0..program.files.len()).collect());
    for (file, unit) in program.units() {
        for module in unit.module.imports.iter().flat_map(import_strings) {
            if let Some(target) = program.import_target(file, &module) {
                groups.join(file.0 as usize, target.0 as usize);
            }
        }
    }
    (0..program.files.len()).map(|file| groups.root(file)).collect()
}

impl Program {
    /// The module strings of a file's imports, and what they lead to.
    pub(super) fn find_targets(&self, file: FileId) -> FxHashMap<Box<str>, Option<FileId>> {
        let modules = self.unit(file).into_iter().flat_map(|unit| &unit.module.imports).flat_map(import_strings);
        modules.map(|module| (module.as_str().into(), self.find_target(file, &module))).collect()
    }

    /// The file that a module string means.
    pub(super) fn find_target(&self, file: FileId, module: &str) -> Option<FileId> {
        let unit = self.unit(file)?;
        let from = &self.file(file).path;
        let targets = (unit.language.import_paths)(from, module);
        // A file `jwt.py` that says `import jwt` means the package.
        targets.iter().find_map(|path| self.file_at(path)).filter(|target| *target != file)
    }

    /// The files that imports tie to one of `files`, themselves included.
    #[must_use]
    pub fn tied_to(&self, files: impl Iterator<Item = FileId>) -> Vec<SourceFile> {
        let wanted: HashSet<usize> = files.filter_map(|file| self.groups.get(file.0 as usize)).copied().collect();
        let tied = self.files.iter().zip(&self.groups).filter(|(_, group)| wanted.contains(*group));
        tied.map(|(file, _)| file.clone()).collect()
    }

    /// The program of only the files that imports tie to one of `files`, some of them with another text. Files have new
    /// ids in it. What it costs does not depend on the size of the whole program.
    #[must_use]
    pub fn part(&self, files: &BTreeSet<FileId>, edited: &BTreeMap<FileId, SourceFile>) -> Program {
        let wanted: HashSet<usize> =
            files.iter().filter_map(|file| self.groups.get(file.0 as usize)).copied().collect();
        let inside = self.file_ids().filter(|file| wanted.contains(&self.groups[file.0 as usize]));
        let (mut sources, mut notes, mut units) = (vec![], vec![], vec![]);
        for file in inside {
            let source = edited.get(&file).unwrap_or_else(|| self.file(file));
            let unit = match (edited.get(&file), self.unit(file)) {
                (Some(source), Some(old)) => Some(Arc::new(Unit::new(old.language, (old.language.lower)(source)))),
                _ => self.units[file.0 as usize].clone(),
            };
            sources.push(source.clone());
            notes.push(self.notes[file.0 as usize]);
            units.push(unit);
        }
        Program::of_units(sources, notes, units)
    }
}

/// Disjoint sets: each file's parent; a root is its own.
struct Groups(Vec<usize>);

impl Groups {
    fn root(&mut self, file: usize) -> usize {
        let mut at = file;
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, left: usize, right: usize) {
        let (left, right) = (self.root(left), self.root(right));
        self.0[left.max(right)] = left.min(right);
    }
}
