//! The paths that the user named: which folders to walk, which files to read, and the root they all lie in.

use super::{Error, Skipped};
use std::path::{Path, PathBuf};

/// Named paths, sorted out. All are absolute and free of symbolic links in their folders.
#[derive(Debug)]
pub(super) struct Named {
    /// The one named folder; else the current folder if it holds all; else the nearest folder that does.
    pub(super) root: PathBuf,
    /// Folders to walk, none inside another.
    pub(super) folders: Vec<PathBuf>,
    /// Files, each once.
    pub(super) files: Vec<PathBuf>,
}

impl Named {
    /// Looks at the paths; no path means the current folder.
    pub(super) fn new(paths: &[PathBuf]) -> Result<Self, Error> {
        let here = [PathBuf::from(".")];
        let paths = if paths.is_empty() { &here[..] } else { paths };
        let (mut folders, mut files) = (Vec::new(), Vec::new());
        for path in paths {
            let fail = |source| Error::Path { path: path.display().to_string(), source };
            let seen = path.metadata().or_else(|_| path.symlink_metadata()).map_err(fail)?;
            if seen.is_dir() {
                folders.push(path.canonicalize().map_err(fail)?);
            } else {
                files.push(in_real_folder(path).map_err(fail)?);
            }
        }
        let root = root_of(&folders, &files);
        Ok(Named { root, folders: outermost(folders), files: sorted(files) })
    }

    /// Whether the whole root is walked.
    pub(super) fn is_complete(&self) -> bool {
        self.folders.contains(&self.root)
    }
}

/// The folder is resolved, the name stays: a named symbolic link must be seen as one.
fn in_real_folder(path: &Path) -> std::io::Result<PathBuf> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let folder = folder.canonicalize()?;
    Ok(path.file_name().map_or_else(|| folder.clone(), |name| folder.join(name)))
}

fn root_of(folders: &[PathBuf], files: &[PathBuf]) -> PathBuf {
    if let ([folder], []) = (folders, files) {
        return folder.clone();
    }
    let all = || folders.iter().map(PathBuf::as_path).chain(files.iter().filter_map(|file| file.parent()));
    let here = Path::new(".").canonicalize().ok().filter(|here| all().all(|path| path.starts_with(here)));
    here.unwrap_or_else(|| {
        let first = all().next().unwrap_or(Path::new("/"));
        let holds = |folder: &&Path| all().all(|path| path.starts_with(folder));
        first.ancestors().find(holds).unwrap_or(first).to_owned()
    })
}

fn outermost(folders: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut kept: Vec<PathBuf> = Vec::new();
    for folder in sorted(folders) {
        if !kept.iter().any(|outer| folder.starts_with(outer)) {
            kept.push(folder);
        }
    }
    kept
}

fn sorted(mut paths: Vec<PathBuf>) -> Vec<PathBuf> {
    paths.sort();
    paths.dedup();
    paths
}

/// A path relative to the root with `/`, or how to record it as skipped if it has no UTF-8 name.
pub(super) fn relative(root: &Path, path: &Path) -> Result<String, Skipped> {
    let inner = path.strip_prefix(root).unwrap_or(path);
    let mut out = String::new();
    for part in inner.components() {
        let Some(part) = part.as_os_str().to_str() else {
            let path = inner.to_string_lossy().into_owned();
            return Err(Skipped { path, reason: "name is not UTF-8".into() });
        };
        if !out.is_empty() {
            out.push('/');
        }
        out.push_str(part);
    }
    Ok(out)
}
