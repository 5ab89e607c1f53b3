//! From migrations to the bytes of each file.

use crate::run::Run;
use crate::text::{EditSet, FileId};
use std::collections::BTreeMap;

/// One file before and after.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Relative to the root, `/`.
    pub path: String,
    /// Its bytes as they were read; `None` for a file that is added.
    pub old: Option<Vec<u8>>,
    /// Its bytes afterwards.
    pub new: Vec<u8>,
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
    let mut out = Changes::default();
    let mut edits: BTreeMap<FileId, EditSet> = BTreeMap::new();
    let mut added: BTreeMap<&str, &str> = BTreeMap::new();
    for index in chosen {
        let Some(migration) = run.migrations.get(*index) else { continue };
        let mut merged = Vec::new();
        for (file, more) in &migration.edits {
            let mut both = edits.get(file).cloned().unwrap_or_default();
            match both.union(more) {
                Ok(()) => merged.push((*file, both)),
                Err(_) => break,
            }
        }
        let meets = |path: &str, text: &str| added.get(path).is_some_and(|other| *other != text);
        let clash = migration.new_files.iter().any(|file| meets(&file.path, &file.text));
        if clash || merged.len() < migration.edits.len() {
            out.left.push(*index);
            continue;
        }
        edits.extend(merged);
        added.extend(migration.new_files.iter().map(|file| (file.path.as_str(), file.text.as_str())));
        out.taken.push(*index);
    }
    for (id, edits) in &edits {
        let Some(file) = run.files.get(id.0 as usize) else { continue };
        let new = edits.apply(file.bytes());
        if new != file.bytes() {
            out.changes.push(Change { path: file.path.clone(), old: Some(file.bytes().to_vec()), new });
        }
    }
    let added = added.into_iter().map(|(path, text)| Change { path: path.into(), old: None, new: text.into() });
    out.changes.extend(added);
    out.changes.sort_by(|a, b| a.path.cmp(&b.path));
    out
}
