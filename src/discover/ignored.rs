//! What `.gitignore` files say, from the root downwards only: no file above it, no file of the user's own, counts.

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The rules that hold in one folder.
#[derive(Debug, Default)]
pub(super) struct Level {
    above: Option<Arc<Level>>,
    rules: Option<Gitignore>,
    /// The folder itself is ignored, and so is everything below: git does not take single files back from it.
    pub(super) ignored: bool,
}

impl Level {
    /// The rules of a folder, which must be the root or below it. A folder that the user `named` is not ignored,
    /// whatever the rules say.
    pub(super) fn of(root: &Path, named: &[PathBuf], folder: &Path) -> Arc<Level> {
        let above = match folder.parent() {
            Some(parent) if folder != root && parent.starts_with(root) => Level::of(root, named, parent),
            _ => Arc::default(),
        };
        let ignored = !named.iter().any(|name| name == folder) && above.ignores(folder, true);
        Level::below(&above, folder, ignored, true)
    }

    /// The rules of a folder in one with the rules `above`.
    pub(super) fn below(above: &Arc<Level>, folder: &Path, ignored: bool, has_rules: bool) -> Arc<Level> {
        let rules = if has_rules && !ignored { rules_of(folder) } else { None };
        if rules.is_none() && ignored == above.ignored {
            return Arc::clone(above);
        }
        Arc::new(Level { above: Some(Arc::clone(above)), rules, ignored })
    }

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
