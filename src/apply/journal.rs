//! The journal: the old and new bytes of one fix, kept in `.unjwt/journal/<n>/` until it is undone.
//!
//! It must hold whole files, secrets included, to bring back every byte; so the folder ignores itself in git and, on
//! Unix, belongs to its user alone. The newest [`KEPT`] are kept.

use super::{Change, Error};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// How many fixes can be undone, one after the other.
const KEPT: usize = 5;

const SCHEMA: &str = "unjwt.journal/1";

#[derive(Debug, Serialize, Deserialize)]
struct Contents {
    schema: String,
    files: Vec<Entry>,
    /// Folders that the fix made, outermost first.
    folders: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    path: String,
    is_new: bool,
}

/// One fix on disk.
#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    /// The files, as they were and as they were to become.
    pub(super) changes: Vec<Change>,
    /// Folders that the fix made, outermost first, relative to the root.
    pub(super) folders: Vec<String>,
}

/// Writes a journal before anything else is written. It counts as interrupted until [`Journal::finish`].
pub(super) fn begin(root: &Path, changes: &[Change], folders: Vec<String>) -> Result<Journal, Error> {
    let home = root.join(".unjwt");
    let all = home.join("journal");
    let number = numbers(&all)?.last().map_or(1, |last| last + 1);
    let folder = all.join(number.to_string());
    let made = make(&home, &all).and_then(|()| fs::create_dir(&folder)).and_then(|()| fill(&folder, changes, &folders));
    if let Err(source) = made {
        // What is half written is of no use to anybody.
        let _ = fs::remove_dir_all(&folder);
        return Err(Error::Journal { path: folder.display().to_string(), source });
    }
    Ok(Journal { folder, changes: changes.to_vec(), folders })
}

/// The newest journal, if there is one.
pub(super) fn newest(root: &Path) -> Result<Option<Journal>, Error> {
    let all = root.join(".unjwt").join("journal");
    let Some(number) = numbers(&all)?.pop() else { return Ok(None) };
    let folder = all.join(number.to_string());
    open(&folder).map(Some).map_err(|source| Error::Journal { path: folder.display().to_string(), source })
}

impl Journal {
    /// Whether everything had been written.
    pub(super) fn is_finished(&self) -> bool {
        self.folder.join("finished").exists()
    }

    /// Everything is written.
    pub(super) fn finish(&self) -> Result<(), Error> {
        private(&self.folder.join("finished"), b"").map_err(|source| self.error(source))?;
        self.prune();
        Ok(())
    }

    /// Forgets the fix; takes the folders of the journal away with the last one.
    pub(super) fn remove(self) -> Result<(), Error> {
        fs::remove_dir_all(&self.folder).map_err(|source| self.error(source))?;
        let all = self.folder.parent();
        if let (Some(all), Some(home)) = (all, all.and_then(Path::parent))
            && fs::remove_dir(all).is_ok()
        {
            // Only if nobody else put something there.
            let _ = fs::remove_file(home.join(".gitignore")).and_then(|()| fs::remove_dir(home));
        }
        Ok(())
    }

    fn prune(&self) {
        let Some(all) = self.folder.parent() else { return };
        let mut old = numbers(all).unwrap_or_default();
        old.truncate(old.len().saturating_sub(KEPT));
        for number in old {
            // An old journal that stays does no harm.
            let _ = fs::remove_dir_all(all.join(number.to_string()));
        }
    }

    fn error(&self, source: io::Error) -> Error {
        Error::Journal { path: self.folder.display().to_string(), source }
    }
}

fn numbers(all: &Path) -> Result<Vec<u64>, Error> {
    let fail = |source| Error::Journal { path: all.display().to_string(), source };
    // A journal elsewhere would let a repository that we did not write choose what `undo` does.
    for folder in [all.parent().unwrap_or(all), all] {
        match folder.symlink_metadata() {
            Ok(meta) if meta.is_dir() => {}
            Ok(_) => return Err(fail(io::Error::new(io::ErrorKind::NotADirectory, "it is not a plain folder"))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(fail(error)),
        }
    }
    let mut numbers = Vec::new();
    for entry in all.read_dir().map_err(fail)? {
        let name = entry.map_err(fail)?.file_name();
        numbers.extend(name.to_str().and_then(|name| name.parse::<u64>().ok()));
    }
    numbers.sort_unstable();
    Ok(numbers)
}

fn make(home: &Path, all: &Path) -> io::Result<()> {
    fs::create_dir_all(all)?;
    for folder in [home, all] {
        only_for_the_user(folder)?;
    }
    fs::write(home.join(".gitignore"), "*\n")
}

fn fill(folder: &Path, changes: &[Change], folders: &[String]) -> io::Result<()> {
    only_for_the_user(folder)?;
    for (index, change) in changes.iter().enumerate() {
        if let Some(old) = &change.old {
            private(&folder.join(format!("{index}.old")), old)?;
        }
        private(&folder.join(format!("{index}.new")), &change.new)?;
    }
    let entry = |change: &Change| Entry { path: change.path.clone(), is_new: change.old.is_none() };
    let files = changes.iter().map(entry).collect();
    let contents = Contents { schema: SCHEMA.into(), files, folders: folders.to_vec() };
    // Written last: a journal without it was never begun.
    private(&folder.join("journal.json"), &serde_json::to_vec_pretty(&contents)?)
}

fn open(folder: &Path) -> io::Result<Journal> {
    let text = match fs::read(folder.join("journal.json")) {
        // Killed while the journal was being filled: no file had been touched yet.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Journal { folder: folder.to_owned(), changes: Vec::new(), folders: Vec::new() });
        }
        read => read?,
    };
    let contents: Contents = serde_json::from_slice(&text)?;
    if contents.schema != SCHEMA {
        let what = format!("`{}` is not `{SCHEMA}`", contents.schema);
        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
    }
    let mut changes = Vec::new();
    for (index, entry) in contents.files.into_iter().enumerate() {
        let old = if entry.is_new { None } else { Some(fs::read(folder.join(format!("{index}.old")))?) };
        let new = fs::read(folder.join(format!("{index}.new")))?;
        changes.push(Change { path: entry.path, old, new });
    }
    Ok(Journal { folder: folder.to_owned(), changes, folders: contents.folders })
}

fn private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(unix)]
fn only_for_the_user(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn only_for_the_user(_: &Path) -> io::Result<()> {
    Ok(())
}
