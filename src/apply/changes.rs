//! From migrations to the bytes of each file.

use crate::migrate::{Migration, NewFile};
use crate::run::Run;
use crate::text::{EditSet, FileId};
use std::collections::{BTreeMap, BTreeSet};

/// One file before and after.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Relative to the root, `/`.
    pub path: String,
    /// Its bytes as they were read; `None` for a file that is added.
    pub old: Option<Vec<u8>>,
    /// Its bytes afterwards; `None` for a file that is removed.
    pub new: Option<Vec<u8>>,
}

impl Change {
    /// The bytes before and after; none where there is no file.
    #[must_use]
    pub fn sides(&self) -> (&[u8], &[u8]) {
        (self.old.as_deref().unwrap_or_default(), self.new.as_deref().unwrap_or_default())
    }
}

/// What a choice of migrations does to the files.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// One for each file, by path.
    pub changes: Vec<Change>,
    /// The migrations (indices) that are in it.
    pub taken: Vec<usize>,
    /// The migrations that are not, because they want bytes or a file that an earlier one changes.
    pub left: Vec<usize>,
}

/// Puts the chosen migrations (indices into `run.migrations`) together, earlier ones first. A migration is taken whole
/// or not at all.
#[must_use]
pub fn changes(run: &Run, chosen: &[usize]) -> Changes {
    let mut all = All::default();
    let (mut taken, mut left) = (Vec::new(), Vec::new());
    for index in chosen {
        match run.migrations.get(*index) {
            Some(migration) if all.take(run, migration) => taken.push(*index),
            Some(_) => left.push(*index),
            None => {}
        }
    }
    Changes { changes: all.changes(run), taken, left }
}

/// The migrations taken so far.
#[derive(Default)]
struct All<'a> {
    edits: BTreeMap<FileId, EditSet>,
    added: BTreeMap<&'a str, &'a str>,
    removed: BTreeSet<FileId>,
}

impl<'a> All<'a> {
    /// Adds a migration, unless it wants what another one changes. Two may add the same file with the same text, and two
    /// may remove the same one; but whoever edits a file wants it to stay.
    fn take(&mut self, run: &Run, migration: &'a Migration) -> bool {
        let mut merged = Vec::new();
        for (file, more) in edited(migration) {
            let mut both = self.edits.get(&file).cloned().unwrap_or_default();
            if self.removed.contains(&file) || both.union(more).is_err() {
                return false;
            }
            merged.push((file, both));
        }
        if migration.removed.iter().any(|file| self.edits.contains_key(file)) {
            return false;
        }
        let meets = |file: &NewFile| self.added.get(file.path.as_str()).is_some_and(|other| *other != file.text);
        if migration.new_files.iter().any(meets) {
            return false;
        }
        self.edits.extend(merged);
        self.added.extend(migration.new_files.iter().map(|file| (file.path.as_str(), file.text.as_str())));
        let there = |file: &&FileId| run.files.len() > file.0 as usize;
        self.removed.extend(migration.removed.iter().filter(there));
        true
    }

    fn changes(&self, run: &Run) -> Vec<Change> {
        let mut changes = Vec::new();
        let file = |id: &FileId| run.files.get(id.0 as usize);
        for (file, edits) in self.edits.iter().filter_map(|(id, edits)| Some((file(id)?, edits))) {
            let new = edits.apply(file.bytes());
            if new != file.bytes() {
                let old = Some(file.bytes().to_vec());
                changes.push(Change { path: file.path.clone(), old, new: Some(new) });
            }
        }
        for file in self.removed.iter().filter_map(file) {
            changes.push(Change { path: file.path.clone(), old: Some(file.bytes().to_vec()), new: None });
        }
        for (path, text) in &self.added {
            changes.push(Change { path: (*path).into(), old: None, new: Some((*text).into()) });
        }
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        changes
    }
}

/// The edits of files that stay.
fn edited(migration: &Migration) -> impl Iterator<Item = (FileId, &EditSet)> {
    let stays = |(file, _): &(&FileId, &EditSet)| !migration.removed.contains(file);
    migration.edits.iter().filter(stays).map(|(file, edits)| (*file, edits))
}
