//! All or nothing: check every target, write every file beside its place, then rename them one by one. A rename that
//! fails takes the earlier ones back; a crash between two renames is taken back by [`undo`].

use super::journal::{self, Journal};
use super::place::{self, Staged};
use super::{Change, Error};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// Writes all changes, or none.
///
/// # Errors
/// If a target is not what was read, is no plain file below `root`, or cannot be written; nothing is changed then, save
/// as [`Error::Broken`] says.
pub fn apply(root: &Path, changes: &[Change]) -> Result<(), Error> {
    if changes.is_empty() {
        return Ok(());
    }
    if journal::newest(root)?.is_some_and(|journal| !journal.is_finished()) {
        return Err(Error::Interrupted);
    }
    for change in changes {
        check(root, change)?;
    }
    let journal = journal::begin(root, changes, new_folders(root, changes))?;
    match make_folders(root, &journal.folders).and_then(|()| replace(root, changes, Side::New, &journal)) {
        Ok(()) => journal.finish(),
        Err((path, source)) => Err(take_back(root, journal, path, source)),
    }
}

/// Takes the last fix back, byte for byte, also one that was interrupted. Gives the paths that were put back.
///
/// # Errors
/// If there is none, a file was changed since, or the system refuses; nothing is changed then, save as
/// [`Error::Broken`] says.
pub fn undo(root: &Path) -> Result<Vec<String>, Error> {
    let Some(journal) = journal::newest(root)? else {
        return Err(Error::NothingToUndo(root.display().to_string()));
    };
    let finished = journal.is_finished();
    let mut back = Vec::new();
    for change in &journal.changes {
        let at = place::locate(root, &change.path)?;
        let there = place::bytes_at(&at).map_err(|source| Error::Write { path: change.path.clone(), source })?;
        let is_new = there == change.new;
        let is_old = there == change.old;
        match (is_new, is_old, finished) {
            (true, _, _) => back.push(change.clone()),
            // Interrupted before this file was reached, or already put back.
            (_, true, false) => {}
            _ => return Err(Error::ChangedAfterFix(change.path.clone())),
        }
    }
    if let Err((path, source)) = replace(root, &back, Side::Old, &journal) {
        let left = replace(root, &back, Side::New, &journal).err().map(|(path, _)| path);
        return Err(match left {
            None => Error::Write { path, source },
            Some(left) => Error::Broken { path, source, left: vec![left] },
        });
    }
    remove_folders(root, &journal.folders);
    journal.remove()?;
    Ok(back.into_iter().map(|change| change.path).collect())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Old,
    New,
}

fn check(root: &Path, change: &Change) -> Result<(), Error> {
    let at = place::locate(root, &change.path)?;
    let there = place::bytes_at(&at).map_err(|source| Error::Write { path: change.path.clone(), source })?;
    match (&change.old, there) {
        (None, Some(_)) => Err(Error::Exists(change.path.clone())),
        (Some(old), Some(there)) if *old == there => Ok(()),
        (None, None) => Ok(()),
        _ => Err(Error::Changed(change.path.clone())),
    }
}

type Refused = (String, io::Error);

/// Brings every file to one side. First all bytes are written beside their places, so that a full disk or a missing
/// right shows before the first file changes.
fn replace(root: &Path, changes: &[Change], side: Side, journal: &Journal) -> Result<(), Refused> {
    let mut staged: Vec<(&Change, Option<Staged>)> = Vec::new();
    for change in changes {
        let want = match side {
            Side::Old => change.old.as_ref(),
            Side::New => change.new.as_ref(),
        };
        let at = at(root, change);
        let there = place::bytes_at(&at).map_err(|error| (change.path.clone(), error))?;
        if there.as_ref() == want {
            continue;
        }
        let mode = journal.modes.get(&change.path).copied();
        let new = match want {
            Some(bytes) => place::stage(&at, bytes, mode).map(Some),
            None => place::writable(&at).map(|_| None),
        };
        staged.push((change, new.map_err(|error| (change.path.clone(), error))?));
    }
    for (change, file) in staged {
        let done = match file {
            Some(file) => file.commit(),
            None => place::remove(&at(root, change)),
        };
        done.map_err(|error| (change.path.clone(), error))?;
    }
    Ok(())
}

/// The places were checked by [`place::locate`] before.
fn at(root: &Path, change: &Change) -> PathBuf {
    root.join(&change.path)
}

fn take_back(root: &Path, journal: Journal, path: String, source: io::Error) -> Error {
    let mut left = Vec::new();
    for change in &journal.changes {
        if replace(root, std::slice::from_ref(change), Side::Old, &journal).is_err() {
            left.push(change.path.clone());
        }
    }
    remove_folders(root, &journal.folders);
    if !left.is_empty() {
        return Error::Broken { path, source, left };
    }
    match journal.remove() {
        Ok(()) => Error::Write { path, source },
        Err(error) => error,
    }
}

/// Folders that new files need and that are not there, outermost first.
fn new_folders(root: &Path, changes: &[Change]) -> Vec<String> {
    let mut folders = Vec::new();
    for change in changes.iter().filter(|change| change.old.is_none()) {
        let mut above: Vec<&str> = change.path.match_indices('/').map(|(end, _)| &change.path[..end]).collect();
        above.retain(|folder| !root.join(folder).exists());
        folders.extend(above.into_iter().map(str::to_owned));
    }
    folders.sort();
    folders.dedup();
    folders
}

fn make_folders(root: &Path, folders: &[String]) -> Result<(), Refused> {
    folders.iter().try_for_each(|folder| fs::create_dir(root.join(folder)).map_err(|error| (folder.clone(), error)))
}

/// Takes away those that are empty.
fn remove_folders(root: &Path, folders: &[String]) {
    let inside = |folder: &&String| Path::new(folder).components().all(|part| matches!(part, Component::Normal(_)));
    for folder in folders.iter().rev().filter(inside) {
        let _ = fs::remove_dir(root.join(folder));
    }
}
