//! Discovery: which files matter. One walk, one search on raw bytes, then the files that the found ones belong with.
//!
//! Everything left out is recorded with its reason. Knows names, bytes and import strings; must not know what a finding is.

mod asking;
mod guards;
mod ignored;
mod importing;
mod named;
mod needles;
mod neighbours;
mod outside;
mod packages;
mod read;
mod walk;

pub use asking::asking;
pub use guards::{is_env_file, is_key_file, is_manifest};
pub use needles::Needles;
pub use neighbours::Neighbours;
pub use outside::outside;
pub use walk::walk;

use crate::text::SourceFile;
use rustc_hash::FxHashSet;
use std::path::PathBuf;

/// A file that was left out, and why.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Skipped {
    /// Relative to the root, `/`; a folder ends with `/`.
    pub path: String,
    /// A short word or clause: `binary`, `larger than 2 MiB`, `symbolic link out of the root`.
    pub reason: String,
}

/// A file or folder that could not be read.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Failed {
    /// Relative to the root, `/`.
    pub path: String,
    /// What the system said.
    pub error: String,
}

/// A file that may matter.
#[derive(Debug)]
pub struct Candidate {
    /// The file as it was read.
    pub file: SourceFile,
    /// It holds a needle or is named like a key file; else it is a neighbour of one that does.
    pub seed: bool,
    /// Why nobody edits this file by hand (`minified`, `generated`, `in dist`, …): search its strings, never rewrite it.
    pub generated: Option<&'static str>,
    /// Git ignores it: report it, never edit it.
    pub ignored: bool,
}

/// What discovery found.
#[derive(Debug, Default)]
pub struct Found {
    /// The folder that all paths are relative to; absolute, without symbolic links.
    pub root: PathBuf,
    /// The files that matter, by path.
    pub files: Vec<Candidate>,
    /// The paths of all files that were met and are not ignored, for the resolution of imports.
    pub paths: FxHashSet<String>,
    /// Of the code files among them that import anything: what their import statements speak about. Sorted by path.
    pub(crate) importing: Vec<(String, importing::Words)>,
    /// Whether the whole root was walked. If not, an import may lead to a file that is not in `paths`.
    pub complete: bool,
    /// How many files the walk met, those in skipped folders not counted.
    pub seen: usize,
    /// How many were read and searched.
    pub scanned: usize,
    /// Left out, by path.
    pub skipped: Vec<Skipped>,
    /// Not readable, by path.
    pub failed: Vec<Failed>,
}

/// Discovery could not begin.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A named path is not there or cannot be looked at.
    #[error("cannot look at `{path}`: {source}")]
    Path {
        /// As the user gave it.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The needles do not fit one automaton.
    #[error("cannot build the search for the rules' strings: {0}")]
    Needles(#[from] aho_corasick::BuildError),
}

/// Why nobody edits a file by hand, if that is so.
#[must_use]
pub fn generated(file: &SourceFile) -> Option<&'static str> {
    guards::generated(&file.path, file.text().as_bytes())
}
