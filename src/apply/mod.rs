//! Writing: all files of all chosen migrations, or none. A journal beside them takes every byte back.

mod changes;
pub mod git;
mod journal;
mod place;
mod transaction;

pub use changes::{Change, Changes, changes};
pub use transaction::{apply, undo};

use std::io;

/// Nothing was written, unless the variant says otherwise.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A target differs from what was read.
    #[error("`{0}` was changed since it was read")]
    Changed(String),
    /// A file that is to be added is there already.
    #[error("`{0}` is there already")]
    Exists(String),
    /// A target is no regular file, or lies behind a symbolic link, or outside the root.
    #[error("`{path}` is not written: {why}")]
    Place {
        /// Relative to the root.
        path: String,
        /// Why.
        why: &'static str,
    },
    /// The system refused. What had been written was taken back.
    #[error("cannot write `{path}`: {source}")]
    Write {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// The system refused, and then refused to take back what had been written.
    #[error("cannot write `{path}`: {source}; and these could not be put back: {}", .left.join(", "))]
    Broken {
        /// The file.
        path: String,
        /// What the system said.
        source: io::Error,
        /// The files that are left changed. Their old bytes are in the journal.
        left: Vec<String>,
    },
    /// The journal cannot be read or written.
    #[error("journal `{path}`: {source}")]
    Journal {
        /// The file or folder.
        path: String,
        /// What the system said.
        source: io::Error,
    },
    /// An earlier run ended in the middle.
    #[error("an earlier `fix` was interrupted")]
    Interrupted,
    /// There is nothing to undo.
    #[error("there is no `fix` to undo in `{0}`")]
    NothingToUndo(String),
    /// A file was changed after the fix, so its bytes are not ours to replace.
    #[error("`{0}` was changed after the fix")]
    ChangedAfterFix(String),
    /// Version control says no.
    #[error(transparent)]
    Git(#[from] git::Refusal),
}

impl Error {
    /// What the user can do.
    #[must_use]
    pub fn help(&self) -> Option<String> {
        let help = match self {
            Error::Changed(_) | Error::Exists(_) => "nothing was written; run the command again",
            Error::Place { .. } => "nothing was written; change that file by hand",
            Error::Write { .. } => "nothing was changed; check the rights of the file and its folder",
            Error::Broken { .. } => "make the files writable, then run `unjwt undo`",
            Error::Journal { .. } => "the folder `.unjwt` in the root must be readable and writable",
            Error::Interrupted => "run `unjwt undo` first: it puts the files back",
            Error::NothingToUndo(_) => "name the folder that `unjwt fix` was run on",
            Error::ChangedAfterFix(_) => "nothing was undone; take that change back first, or use version control",
            Error::Git(refusal) => return Some(refusal.help()),
        };
        Some(help.to_owned())
    }

    /// Whether the system failed us (else we refused).
    #[must_use]
    pub fn is_failure(&self) -> bool {
        matches!(self, Error::Write { .. } | Error::Broken { .. } | Error::Journal { .. })
    }
}
