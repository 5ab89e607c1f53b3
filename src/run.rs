//! What one run found, ready for apply and report.

use crate::analyze::Finding;
use crate::discover::{Failed, Skipped};
use crate::migrate::Migration;
use crate::text::SourceFile;
use std::path::PathBuf;

/// The result of scanning and planning.
#[derive(Debug)]
pub struct Run {
    /// The folder that all paths are relative to.
    pub root: PathBuf,
    /// The files that matter, by [`crate::text::FileId`], sorted by path.
    pub files: Vec<SourceFile>,
    /// How many files the walk met.
    pub seen: usize,
    /// How many of them were searched.
    pub scanned: usize,
    /// Left out.
    pub skipped: Vec<Skipped>,
    /// Not readable.
    pub failed: Vec<Failed>,
    /// Sorted by file, place, kind.
    pub findings: Vec<Finding>,
    /// Sorted by their first finding.
    pub migrations: Vec<Migration>,
}
