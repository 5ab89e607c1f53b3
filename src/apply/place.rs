//! Where a file lies, and how its bytes are replaced in one step.

use super::Error;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};
use tempfile::NamedTempFile;

/// The place of `path` below `root`, which must be reached through plain folders only.
pub(super) fn locate(root: &Path, path: &str) -> Result<PathBuf, Error> {
    let refuse = |why| Err(Error::Place { path: path.to_owned(), why });
    let mut at = root.to_owned();
    let relative = Path::new(path);
    if path.is_empty() || !relative.components().all(|part| matches!(part, Component::Normal(_))) {
        return refuse("it is outside the root");
    }
    let last = relative.components().count() - 1;
    for (index, part) in relative.components().enumerate() {
        at.push(part);
        match at.symlink_metadata() {
            Ok(meta) if meta.is_symlink() => return refuse("it is, or lies behind, a symbolic link"),
            Ok(meta) if index < last && !meta.is_dir() => return refuse("a part of its path is not a folder"),
            Ok(meta) if index == last && !meta.is_file() => return refuse("it is not a regular file"),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(Error::Write { path: path.to_owned(), source }),
        }
    }
    Ok(at)
}

/// The bytes at a place; `None` if nothing is there.
pub(super) fn bytes_at(at: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(at) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// New bytes, written out beside their place. Dropped, they leave no trace.
#[derive(Debug)]
pub(super) struct Staged {
    file: NamedTempFile,
    at: PathBuf,
    is_new: bool,
}

/// Writes bytes to a temporary file in the folder of `at`, with the permission bits of the file there.
pub(super) fn stage(at: &Path, bytes: &[u8]) -> io::Result<Staged> {
    let folder = at.parent().unwrap_or(Path::new("."));
    let there = match at.symlink_metadata() {
        Ok(meta) => Some(meta.permissions()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error),
    };
    if there.as_ref().is_some_and(fs::Permissions::readonly) {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"));
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".unjwt-");
    let mode = usual_permissions();
    if let (None, Some(mode)) = (&there, mode) {
        builder.permissions(mode);
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    let is_new = there.is_none();
    if let Some(there) = there {
        file.as_file().set_permissions(there)?;
    }
    file.as_file().sync_all()?;
    Ok(Staged { file, at: at.to_owned(), is_new })
}

impl Staged {
    /// Puts the bytes in place, in one step.
    pub(super) fn commit(self) -> io::Result<()> {
        let done = if self.is_new { self.file.persist_noclobber(&self.at) } else { self.file.persist(&self.at) };
        done.map_err(|error| error.error)?;
        sync_folder(&self.at);
        Ok(())
    }
}

/// Makes a rename last through a power cut, where the system can.
fn sync_folder(at: &Path) {
    if let Some(folder) = at.parent().filter(|_| cfg!(unix)) {
        // Some file systems cannot do this; the rename itself has succeeded.
        let _ = File::open(folder).and_then(|folder| folder.sync_all());
    }
}

/// What a new file may be used for before the umask takes its part.
#[cfg(unix)]
fn usual_permissions() -> Option<fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    Some(fs::Permissions::from_mode(0o666))
}

#[cfg(not(unix))]
fn usual_permissions() -> Option<fs::Permissions> {
    None
}
