//! What `.gitignore` files say, from the root downwards only: no file above it, no file of the user's own, counts.

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// The rules that hold in one folder.
#[derive(Debug)]
pub(super) struct Level {
    above: Option<Arc<Level>>,
    rules: Option<Gitignore>,
    /// The folder itself is ignored, and so is everything below: git does not take single files back from it.
    pub(super) ignored: bool,
}

impl Level {
    /// Whether an entry of this folder is ignored.
    pub(super) fn ignores(&self, path: &Path, is_folder: bool) -> bool {
        if self.ignored {
            return true;
        }
        let mut level = Some(self);
        while let Some(here) = level {
            let says = here.rules.as_ref().map(|rules| rules.matched(path, is_folder));
            match says {
                Some(says) if says.is_ignore() => return true,
                Some(says) if says.is_whitelist() => return false,
                _ => level = here.above.as_deref(),
            }
        }
        false
    }
}

/// The rules of all folders met so far; shared by the threads of a walk.
#[derive(Debug)]
pub(super) struct Ignores<'a> {
    root: &'a Path,
    /// Folders that the user named: not ignored, whatever the rules say.
    named: &'a [PathBuf],
    known: RwLock<HashMap<PathBuf, Arc<Level>>>,
}

impl<'a> Ignores<'a> {
    pub(super) fn new(root: &'a Path, named: &'a [PathBuf]) -> Self {
        Ignores { root, named, known: RwLock::default() }
    }

    /// The rules of a folder, which must be the root or below it.
    pub(super) fn level(&self, folder: &Path) -> Arc<Level> {
        if let Some(level) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(folder) {
            return Arc::clone(level);
        }
        let above = match folder.parent() {
            Some(parent) if folder != self.root && parent.starts_with(self.root) => Some(self.level(parent)),
            _ => None,
        };
        let named = self.named.iter().any(|name| name == folder);
        let ignored = !named && above.as_ref().is_some_and(|above| above.ignores(folder, true));
        let rules = if ignored { None } else { rules_of(folder) };
        let level = Arc::new(Level { above, rules, ignored });
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(folder.to_owned()).or_insert(level))
    }
}

/// Only a regular file is opened: a pipe of that name would make us wait for ever.
fn rules_of(folder: &Path) -> Option<Gitignore> {
    let path = folder.join(".gitignore");
    if !path.symlink_metadata().is_ok_and(|meta| meta.is_file()) {
        return None;
    }
    let mut builder = GitignoreBuilder::new(folder);
    // A bad line makes an error, but the good lines around it count, as for git.
    let _ = builder.add(path);
    builder.build().ok()
}
