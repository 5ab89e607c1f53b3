//! Reports: what a run found, in the form that its reader needs. To add a format: write one file here and add its record
//! to [`FORMATS`].
//!
//! Secrets never reach an output: everything that comes from the user's files goes through [`mask`] first. The one
//! exception is the patch, which `git apply` could not use with stars in it; it leaves out what holds a secret instead.

mod checklist;
mod diagnostic;
mod explain;
mod group;
mod human;
mod json;
mod labels;
mod layout;
mod line;
mod loose;
mod mask;
mod patch;
mod proposal;
mod rules;
mod sources;
mod summary;

pub use explain::explain;
pub use line::{Asked, line};
pub use mask::{has_secret, mask};
pub use patch::{Patch, patch};
pub use proposal::{masked_diff, painted};
pub use rules::{RULE_FORMATS, RuleFormat, failures};
pub use sources::plain;

use crate::run::Run;
use std::io::{self, Write};

/// How a report is written.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Colour by ANSI escapes.
    pub color: bool,
    /// Columns of text in a line.
    pub width: usize,
    /// The proposed patch and the checklist as well (`unjwt report`).
    pub proposal: bool,
    /// The counts at the end.
    pub summary: bool,
}

/// A form of report.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// Its name after `--format`.
    pub name: &'static str,
    /// What it is good for.
    pub about: &'static str,
    /// Whether `unjwt scan` has it too (`unjwt report` has all).
    pub in_scan: bool,
    /// Writes it.
    pub write: fn(&Run, &Options, &mut dyn Write) -> io::Result<()>,
    /// What does not fit into it and must be said beside it, line by line.
    pub notes: fn(&Run) -> Vec<String>,
}

/// Every format; the first is the default.
pub static FORMATS: [Format; 3] = [
    Format { name: "human", about: "for reading", in_scan: true, write: human::write, notes: none },
    Format { name: "json", about: "for programs", in_scan: true, write: json::write, notes: none },
    Format { name: "patch", about: "for git apply", in_scan: false, write: patch::write, notes: patch::notes },
];

fn none(_: &Run) -> Vec<String> {
    Vec::new()
}
