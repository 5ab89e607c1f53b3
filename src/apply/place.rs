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

/// Writes bytes to a temporary file in the folder of `at`, with the permission bits of the file there, or else `mode`.
pub(super) fn stage(at: &Path, bytes: &[u8], mode: Option<u32>) -> io::Result<Staged> {
    let folder = at.parent().unwrap_or(Path::new("."));
    let there = writable(at)?;
    if there.is_none() {
        fs::create_dir_all(folder)?;
    }
    let mut builder = tempfile::Builder::new();
    builder.prefix(".unjwt-");
    if let (None, Some(usual)) = (&there, usual_permissions()) {
        builder.permissions(usual);
    }
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(bytes)?;
    let is_new = there.is_none();
    if let Some(wanted) = there.or_else(|| mode.and_then(from_mode)) {
        file.as_file().set_permissions(wanted)?;
    }
    file.as_file().sync_all()?;
    Ok(Staged { file, at: at.to_owned(), is_new })
}

/// Takes a file away.
pub(super) fn remove(at: &Path) -> io::Result<()> {
    fs::remove_file(at)?;
    sync_folder(at);
    Ok(())
}

/// The permissions of the file there, if there is one. What is read-only is left alone: somebody meant it.
pub(super) fn writable(at: &Path) -> io::Result<Option<fs::Permissions>> {
    match at.symlink_metadata() {
        Ok(meta) if meta.permissions().readonly() => {
            Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"))
        }
        Ok(meta) => Ok(Some(meta.permissions())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
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

/// The permission bits of a file, where the system has such.
#[cfg(unix)]
pub(super) fn mode_at(at: &Path) -> io::Result<Option<u32>> {
    use std::os::unix::fs::PermissionsExt;
    Ok(Some(at.symlink_metadata()?.permissions().mode() & 0o7777))
}

#[cfg(not(unix))]
pub(super) fn mode_at(_: &Path) -> io::Result<Option<u32>> {
    Ok(None)
}

#[cfg(unix)]
fn from_mode(mode: u32) -> Option<fs::Permissions> {
    use std::os::unix::fs::PermissionsExt;
    // A journal that somebody else wrote must not make programs that run as their owner.
    Some(fs::Permissions::from_mode(mode & 0o777))
}

#[cfg(not(unix))]
fn from_mode(_: u32) -> Option<fs::Permissions> {
    None
}
