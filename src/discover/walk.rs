//! The walk: every file below the root, in parallel, read once and searched.

use super::ignored::Level;
use super::importing::Words;
use super::named::{Named, relative};
use super::neighbours::inside;
use super::{Candidate, Error, Failed, Found, Needles, Skipped, guards, read};
use crate::lang;
use crate::text::SourceFile;
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use std::ffi::{OsStr, OsString};
use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Finds the files below `paths` that hold a needle, and the key files.
///
/// No path means the current folder. Hidden files are walked, symbolic links are not followed, `.gitignore` counts from
/// the root downwards. `threads` 0 means one per processor; the result does not depend on it.
///
/// # Errors
/// [`Error::Path`] if a named path is not there.
pub fn walk(paths: &[PathBuf], needles: &Needles, threads: usize) -> Result<Found, Error> {
    let named = Named::new(paths)?;
    // Else it works in the common pool.
    let pool = if threads == 0 { None } else { ThreadPoolBuilder::new().num_threads(threads).build().ok() };
    let work = || look(&named, needles);
    let mut found = pool.map_or_else(work, |pool| pool.install(work));
    found.complete = named.is_complete();
    found.root = named.root;
    sort(&mut found);
    Ok(found)
}

/// All folders are listed before the files are read, so that the threads share the files evenly.
fn look(named: &Named, needles: &Needles) -> Found {
    let mut all = Listed::default();
    named.files.iter().for_each(|file| all.named_file(named, file));
    let mut round: Vec<Folder> = named.folders.iter().filter_map(|folder| all.named_folder(named, folder)).collect();
    while !round.is_empty() {
        let parts: Vec<Listed> = round.par_iter().map(|folder| Listed::of(named, folder)).collect();
        round.clear();
        for part in parts {
            all.found = merged(all.found, part.found);
            all.files.extend(part.files);
            round.extend(part.folders);
        }
    }
    let reader = || Reader { root: &named.root, needles, buffer: Vec::new(), found: Found::default() };
    let read = all.files.into_par_iter().fold(reader, Reader::file).map(|reader| reader.found);
    merged(read.reduce(Found::default, merged), all.found)
}

/// A folder to list.
struct Folder {
    path: String,
    named: bool,
    /// The rules of the one that holds it.
    above: Arc<Level>,
    ignored: bool,
}

/// A file to read.
struct File {
    path: String,
    named: bool,
    ignored: bool,
}

/// What was met in folders, or named.
#[derive(Default)]
struct Listed {
    folders: Vec<Folder>,
    files: Vec<File>,
    /// What is left out.
    found: Found,
}

impl Listed {
    fn of(named: &Named, folder: &Folder) -> Self {
        let at = named.root.join(&folder.path);
        let mut listed = Listed::default();
        let entries = at.read_dir().map_or_else(|error| vec![Err(error)], Iterator::collect);
        let kinds =
            entries.into_iter().map(|entry| entry.and_then(|entry| Ok((entry.file_name(), entry.file_type()?))));
        let mut entries = vec![];
        for entry in kinds {
            match entry {
                Ok(entry) => entries.push(entry),
                Err(error) => listed.fail(folder.path.clone(), &error),
            }
        }
        listed.folder(named, folder, &at, entries);
        listed
    }

    /// An ignored folder is entered, for the key files in it only.
    fn folder(&mut self, named: &Named, folder: &Folder, at: &Path, entries: Vec<(OsString, FileType)>) {
        let is_there = |name: &str| entries.iter().any(|(entry, _)| entry == name);
        let is_environment = !folder.named && is_there("pyvenv.cfg") && at.join("pyvenv.cfg").is_file();
        let why = is_environment.then_some("virtual environment");
        if let Some(reason) = why.or(folder.ignored.then_some("git-ignored")).filter(|_| !folder.above.ignored) {
            self.found.skipped.push(Skipped { path: format!("{}/", folder.path), reason: reason.into() });
        }
        if is_environment {
            return;
        }
        let level = Level::below(&folder.above, at, folder.ignored, is_there(".gitignore"));
        for (name, kind) in entries {
            self.entry(named, folder, &level, &at.join(&name), &name, kind);
        }
    }

    fn entry(&mut self, named: &Named, folder: &Folder, level: &Arc<Level>, at: &Path, name: &OsStr, kind: FileType) {
        if named.files.binary_search_by(|file| file.as_path().cmp(at)).is_ok() {
            return;
        }
        let path = inside(&folder.path, &name.to_string_lossy());
        let Some(name) = name.to_str() else {
            if !level.ignored {
                self.found.seen += usize::from(!kind.is_dir());
                self.found.skipped.push(Skipped { path, reason: "name is not UTF-8".into() });
            }
            return;
        };
        let ignored = level.ignores(at, kind.is_dir());
        if kind.is_dir() {
            match guards::folder(name) {
                None => self.folders.push(Folder { path, named: false, above: Arc::clone(level), ignored }),
                Some(_) if level.ignored => {}
                Some(why) => self.found.skipped.push(Skipped { path: format!("{path}/"), reason: why.into() }),
            }
        } else if ignored && !(kind.is_file() && (guards::is_key_file(&path) || guards::is_env_file(&path))) {
            if !level.ignored {
                self.leave_out(path, "git-ignored");
            }
        } else if kind.is_symlink() {
            self.leave_out(path, read::link(&named.root, at));
        } else if kind.is_file() {
            self.files.push(File { path, named: false, ignored });
        } else {
            self.leave_out(path, "not a regular file");
        }
    }

    fn named_folder(&mut self, named: &Named, folder: &Path) -> Option<Folder> {
        let above = folder.parent().filter(|_| folder != named.root);
        let above = above.map(|above| Level::of(&named.root, &named.folders, above)).unwrap_or_default();
        let path = relative(&named.root, folder).map_err(|skipped| self.found.skipped.push(skipped)).ok()?;
        Some(Folder { path, named: true, above, ignored: false })
    }

    /// A file that the user named: read whatever the rules say, but never through a link.
    fn named_file(&mut self, named: &Named, file: &Path) {
        let path = match relative(&named.root, file) {
            Ok(path) => path,
            Err(skipped) => {
                self.found.seen += 1;
                return self.found.skipped.push(skipped);
            }
        };
        match file.symlink_metadata() {
            Ok(meta) if meta.is_symlink() => self.leave_out(path, read::link(&named.root, file)),
            Ok(meta) if meta.is_file() => {
                let secret = guards::is_key_file(&path) || guards::is_env_file(&path);
                let folder = file.parent().unwrap_or(&named.root);
                let ignored = secret && Level::of(&named.root, &named.folders, folder).ignores(file, false);
                self.files.push(File { path, named: true, ignored });
            }
            Ok(_) => self.leave_out(path, "not a regular file"),
            Err(error) => self.fail(path, &error),
        }
    }

    fn leave_out(&mut self, path: String, reason: &str) {
        self.found.seen += 1;
        self.found.skipped.push(Skipped { path, reason: reason.into() });
    }

    fn fail(&mut self, path: String, error: &io::Error) {
        self.found.failed.push(Failed { path, error: error.to_string() });
    }
}

/// Reads files and searches them.
struct Reader<'a> {
    root: &'a Path,
    needles: &'a Needles,
    buffer: Vec<u8>,
    found: Found,
}

impl Reader<'_> {
    fn file(mut self, file: File) -> Self {
        let File { path, named, ignored } = file;
        let is_key = guards::is_key_file(&path);
        self.found.seen += 1;
        let bytes = match read::read(&self.root.join(&path), guards::limit(&path, named), is_key, &mut self.buffer) {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(reason)) => {
                self.found.skipped.push(Skipped { path, reason });
                return self;
            }
            Err(error) => {
                self.found.failed.push(Failed { path, error: error.to_string() });
                return self;
            }
        };
        self.found.scanned += 1;
        if is_key || self.needles.are_in(bytes) {
            let generated = guards::generated(&path, bytes);
            let file = SourceFile::new(path.clone(), bytes.to_vec());
            self.found.files.push(Candidate { file, seed: true, generated, ignored });
        }
        if !ignored {
            if let Some(language) = lang::of(&path) {
                let words = Words::of(&language.imports, bytes);
                if !words.is_empty() || language.imports.beside {
                    self.found.importing.push((path.clone(), words));
                }
            }
            self.found.paths.insert(path);
        }
        self
    }
}

fn merged(mut all: Found, part: Found) -> Found {
    all.files.extend(part.files);
    all.paths.extend(part.paths);
    all.importing.extend(part.importing);
    all.skipped.extend(part.skipped);
    all.failed.extend(part.failed);
    all.seen += part.seen;
    all.scanned += part.scanned;
    all
}

/// The order must not tell which thread was faster.
pub(super) fn sort(found: &mut Found) {
    found.files.sort_by(|a, b| a.file.path.cmp(&b.file.path));
    found.files.dedup_by(|a, b| a.file.path == b.file.path);
    found.importing.sort_by(|a, b| a.0.cmp(&b.0));
    found.skipped.sort();
    found.skipped.dedup();
    found.failed.sort();
    found.failed.dedup();
}
