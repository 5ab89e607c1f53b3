//! The walk: every file below the root, in parallel, read once and searched.

use super::ignored::{Ignores, Level};
use super::importing::Words;
use super::named::{Named, relative};
use super::{Candidate, Error, Failed, Found, Needles, Skipped, guards, read};
use crate::lang;
use crate::text::SourceFile;
use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Finds the files below `paths` that hold a needle, and the key files.
///
/// No path means the current folder. Hidden files are walked, symbolic links are not followed, `.gitignore` counts from
/// the root downwards. `threads` 0 means one per processor; the result does not depend on it.
///
/// # Errors
/// [`Error::Path`] if a named path is not there.
pub fn walk(paths: &[PathBuf], needles: &Needles, threads: usize) -> Result<Found, Error> {
    let named = Named::new(paths)?;
    let ignores = Ignores::new(&named.root, &named.folders);
    let gathered = Mutex::new(Found::default());
    let mut crew = Crew { named: &named, needles, ignores: &ignores, gathered: &gathered };
    let mut worker = crew.worker();
    named.files.iter().for_each(|file| worker.named_file(file));
    drop(worker);
    if let Some((first, others)) = named.folders.split_first() {
        let mut builder = WalkBuilder::new(first);
        for folder in others {
            builder.add(folder);
        }
        builder.standard_filters(false).follow_links(false).threads(threads).build_parallel().visit(&mut crew);
    }
    let mut found = gathered.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.complete = named.is_complete();
    found.root = named.root;
    sort(&mut found);
    Ok(found)
}

/// What all threads share.
struct Crew<'a> {
    named: &'a Named,
    needles: &'a Needles,
    ignores: &'a Ignores<'a>,
    gathered: &'a Mutex<Found>,
}

impl<'a> Crew<'a> {
    fn worker(&self) -> Worker<'a> {
        Worker {
            root: &self.named.root,
            named: &self.named.files,
            needles: self.needles,
            ignores: self.ignores,
            gathered: self.gathered,
            found: Found::default(),
            buffer: Vec::new(),
            last: None,
        }
    }
}

impl<'s, 'a: 's> ParallelVisitorBuilder<'s> for Crew<'a> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 's> {
        Box::new(self.worker())
    }
}

/// One thread's part. Gives what it found to the crew when it is dropped.
struct Worker<'a> {
    root: &'a Path,
    /// Files that are read already because the user named them; sorted.
    named: &'a [PathBuf],
    needles: &'a Needles,
    ignores: &'a Ignores<'a>,
    gathered: &'a Mutex<Found>,
    found: Found,
    buffer: Vec<u8>,
    /// The folder last asked for, with its rules: most entries come folder by folder.
    last: Option<(PathBuf, Arc<Level>)>,
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        let mut all = self.gathered.lock().unwrap_or_else(PoisonError::into_inner);
        merge(&mut all, std::mem::take(&mut self.found));
    }
}

impl ParallelVisitor for Worker<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) => self.entry(&entry),
            Err(error) => {
                self.walk_error(&error);
                WalkState::Continue
            }
        }
    }
}

impl Worker<'_> {
    fn entry(&mut self, entry: &DirEntry) -> WalkState {
        let Some(kind) = entry.file_type() else { return WalkState::Continue };
        if entry.depth() == 0 || self.named.binary_search_by(|file| file.as_path().cmp(entry.path())).is_ok() {
            return WalkState::Continue;
        }
        let level = self.level(entry.path());
        let path = match relative(self.root, entry.path()) {
            Ok(path) => path,
            Err(skipped) => {
                if !level.ignored {
                    self.found.seen += usize::from(!kind.is_dir());
                    self.found.skipped.push(skipped);
                }
                return WalkState::Skip;
            }
        };
        if kind.is_dir() {
            return self.folder(entry, path, &level);
        }
        let ignored = level.ignores(entry.path(), false);
        if ignored && !(kind.is_file() && (guards::is_key_file(&path) || guards::is_env_file(&path))) {
            if !level.ignored {
                self.leave_out(path, "git-ignored");
            }
        } else if kind.is_symlink() {
            let why = read::link(self.root, entry.path());
            self.leave_out(path, why);
        } else if kind.is_file() {
            self.file(entry.path(), path, ignored, false);
        } else {
            self.leave_out(path, "not a regular file");
        }
        WalkState::Continue
    }

    /// An ignored folder is entered, for the key files in it only.
    fn folder(&mut self, entry: &DirEntry, path: String, level: &Level) -> WalkState {
        let name = path.rsplit('/').next().unwrap_or(&path);
        let environment = || entry.path().join("pyvenv.cfg").is_file().then_some("virtual environment");
        let why = guards::folder(name).or_else(environment);
        let ignored = || level.ignores(entry.path(), true).then_some("git-ignored");
        if let Some(reason) = why.or_else(ignored).filter(|_| !level.ignored) {
            self.found.skipped.push(Skipped { path: format!("{path}/"), reason: reason.into() });
        }
        if why.is_some() { WalkState::Skip } else { WalkState::Continue }
    }

    /// A file that the user named: read whatever the rules say, but never through a link.
    fn named_file(&mut self, file: &Path) {
        let path = match relative(self.root, file) {
            Ok(path) => path,
            Err(skipped) => {
                self.found.seen += 1;
                return self.found.skipped.push(skipped);
            }
        };
        match file.symlink_metadata() {
            Ok(meta) if meta.is_symlink() => self.leave_out(path, read::link(self.root, file)),
            Ok(meta) if meta.is_file() => {
                let secret = guards::is_key_file(&path) || guards::is_env_file(&path);
                let ignored = secret && self.level(file).ignores(file, false);
                self.file(file, path, ignored, true);
            }
            Ok(_) => self.leave_out(path, "not a regular file"),
            Err(error) => self.found.failed.push(Failed { path, error: error.to_string() }),
        }
    }

    fn file(&mut self, at: &Path, path: String, ignored: bool, named: bool) {
        let is_key = guards::is_key_file(&path);
        let limit = guards::limit(&path, named);
        self.found.seen += 1;
        let bytes = match read::read(at, limit, is_key, &mut self.buffer) {
            Ok(Ok(bytes)) => bytes,
            Ok(Err(reason)) => return self.found.skipped.push(Skipped { path, reason }),
            Err(error) => return self.found.failed.push(Failed { path, error: error.to_string() }),
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
                if !words.is_empty() {
                    self.found.importing.push((path.clone(), words));
                }
            }
            self.found.paths.insert(path);
        }
    }

    fn leave_out(&mut self, path: String, reason: impl Into<String>) {
        self.found.seen += 1;
        self.found.skipped.push(Skipped { path, reason: reason.into() });
    }

    /// The rules of the folder that holds `path`.
    fn level(&mut self, path: &Path) -> Arc<Level> {
        let folder = path.parent().unwrap_or(self.root);
        if let Some((last, level)) = &self.last
            && last == folder
        {
            return Arc::clone(level);
        }
        let level = self.ignores.level(folder);
        self.last = Some((folder.to_owned(), Arc::clone(&level)));
        level
    }

    fn walk_error(&mut self, error: &ignore::Error) {
        let path = path_of(error).map(|path| relative(self.root, path).unwrap_or_else(|skipped| skipped.path));
        let what = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
        self.found.failed.push(Failed { path: path.unwrap_or_default(), error: what });
    }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

fn merge(all: &mut Found, part: Found) {
    all.files.extend(part.files);
    all.paths.extend(part.paths);
    all.importing.extend(part.importing);
    all.skipped.extend(part.skipped);
    all.failed.extend(part.failed);
    all.seen += part.seen;
    all.scanned += part.scanned;
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
