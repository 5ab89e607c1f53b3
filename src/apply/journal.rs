//! The journal: the old and new bytes of one fix, kept in `.unjwt/journal/<n>/` until it is undone.
//!
//! It must hold whole files, secrets included, to bring back every byte; so the folder ignores itself in git and, on
//! Unix, belongs to its user alone. The newest [`KEPT`] are kept.

use super::{Change, Error, place};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
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
    /// The fix removed it.
    #[serde(default)]
    is_gone: bool,
    /// The permission bits of a file that was removed (Unix).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mode: Option<u32>,
}

/// One fix on disk.
#[derive(Debug)]
pub(super) struct Journal {
    folder: PathBuf,
    /// The files, as they were and as they were to become.
    pub(super) changes: Vec<Change>,
    /// The permission bits of the files that it removed, by path.
    pub(super) modes: BTreeMap<String, u32>,
    /// Folders that the fix made, outermost first, relative to the root.
    pub(super) folders: Vec<String>,
}

/// Writes a journal before anything else is written. It counts as interrupted until [`Journal::finish`].
pub(super) fn begin(root: &Path, changes: &[Change], folders: Vec<String>) -> Result<Journal, Error> {
    let home = root.join(".unjwt");
    let all = home.join("journal");
    let number = numbers(&all)?.last().map_or(1, |last| last + 1);
    let folder = all.join(number.to_string());
    let modes = modes(root, changes)?;
    let journal = Journal { folder, changes: changes.to_vec(), modes, folders };
    let made = make(&home, &all).and_then(|()| fs::create_dir(&journal.folder)).and_then(|()| fill(&journal));
    if let Err(source) = made {
        // What is half written is of no use to anybody.
        let _ = fs::remove_dir_all(&journal.folder);
        return Err(journal.error(source));
    }
    Ok(journal)
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

fn fill(journal: &Journal) -> io::Result<()> {
    let folder = &journal.folder;
    only_for_the_user(folder)?;
    for (index, change) in journal.changes.iter().enumerate() {
        if let Some(old) = &change.old {
            private(&folder.join(format!("{index}.old")), old)?;
        }
        if let Some(new) = &change.new {
            private(&folder.join(format!("{index}.new")), new)?;
        }
    }
    let entry = |change: &Change| Entry {
        path: change.path.clone(),
        is_new: change.old.is_none(),
        is_gone: change.new.is_none(),
        mode: journal.modes.get(&change.path).copied(),
    };
    let files = journal.changes.iter().map(entry).collect();
    let contents = Contents { schema: SCHEMA.into(), files, folders: journal.folders.clone() };
    // Written last: a journal without it was never begun.
    private(&folder.join("journal.json"), &serde_json::to_vec_pretty(&contents)?)
}

fn open(folder: &Path) -> io::Result<Journal> {
    let text = match fs::read(folder.join("journal.json")) {
        // Killed while the journal was being filled: no file had been touched yet.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let (changes, modes, folders) = Default::default();
            return Ok(Journal { folder: folder.to_owned(), changes, modes, folders });
        }
        read => read?,
    };
    let contents: Contents = serde_json::from_slice(&text)?;
    if contents.schema != SCHEMA {
        let what = format!("`{}` is not `{SCHEMA}`", contents.schema);
        return Err(io::Error::new(io::ErrorKind::InvalidData, what));
    }
    let (mut changes, mut modes) = (Vec::new(), BTreeMap::new());
    for (index, entry) in contents.files.into_iter().enumerate() {
        let side = |name: &str| fs::read(folder.join(format!("{index}.{name}")));
        let old = if entry.is_new { None } else { Some(side("old")?) };
        let new = if entry.is_gone { None } else { Some(side("new")?) };
        modes.extend(entry.mode.map(|mode| (entry.path.clone(), mode)));
        changes.push(Change { path: entry.path, old, new });
    }
    Ok(Journal { folder: folder.to_owned(), changes, modes, folders: contents.folders })
}

/// The permission bits of the files that will be removed.
fn modes(root: &Path, changes: &[Change]) -> Result<BTreeMap<String, u32>, Error> {
    let mut modes = BTreeMap::new();
    for change in changes.iter().filter(|change| change.new.is_none()) {
        let mode = place::mode_at(&root.join(&change.path));
        let mode = mode.map_err(|source| Error::Write { path: change.path.clone(), source })?;
        modes.extend(mode.map(|mode| (change.path.clone(), mode)));
    }
    Ok(modes)
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
