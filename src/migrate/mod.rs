//! Migrations: everything that must change together to move one exchange.

mod address;
mod again;
mod anchored;
mod asked;
mod catching;
mod chained;
pub mod cleanup;
mod client;
mod container;
mod contract;
mod copied;
mod decoded;
mod demanded;
mod dialect;
mod draft;
mod encoding;
mod entries;
mod environ;
mod escaped;
mod flags;
mod foreign;
mod given;
mod harmless;
mod headers;
mod idle;
mod import;
mod in_place;
mod inherited;
mod java;
mod leftover;
mod library;
mod lifetime;
mod literal;
mod loops;
mod mocks;
mod moot;
mod named;
mod needed;
mod options;
mod orphans;
mod packages;
mod pair;
mod plan;
mod readers;
mod refusal;
mod request;
mod rival;
mod runtime;
mod rust;
mod scale;
mod scopes;
mod sdk;
mod settings;
mod shared;
mod stale;
mod sweep;
mod twin;
mod typed;
mod unwrap;
mod verify;
mod whole;
mod write;

pub use container::outward;
pub use environ::jwt_settings;
pub use plan::{Wishes, plan};

use crate::analyze::Place;
use crate::text::{EditSet, FileId};
use std::collections::BTreeMap;

/// How an exchange is moved.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Strategy {
    /// An OAuth library does the request.
    Library,
    /// The user's own HTTP client stays; path and parameters change.
    InPlace,
    /// An SDK that has an OAuth mode is switched to it.
    Sdk,
}

impl Strategy {
    /// The word in reports and options.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Strategy::Library => "library",
            Strategy::InPlace => "in-place",
            Strategy::Sdk => "sdk",
        }
    }
}

/// May a migration be written without a human reading it?
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Applicability {
    /// A human must do it; the steps say how. There are no edits, or they are not whole.
    Manual,
    /// The edits are whole, but a human must read them.
    Review,
    /// The edits can be written.
    Safe,
}

impl Applicability {
    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Applicability::Manual => "manual",
            Applicability::Review => "review",
            Applicability::Safe => "safe",
        }
    }
}

/// Something that keeps a migration from being Safe.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Blocker {
    /// Where.
    pub at: Place,
    /// What is in the way, and what to do.
    pub why: String,
}

/// A file that a migration adds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewFile {
    /// Relative to the root, `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Everything that must change together.
#[derive(Clone, Debug)]
pub struct Migration {
    /// `javascript`, `typescript`, `python`.
    pub language: &'static str,
    /// How.
    pub strategy: Strategy,
    /// `authlib`, `passport`, `requests` (in place) …
    pub target: String,
    /// Why it is done in this way, where the project decided it.
    pub because: Option<String>,
    /// May it be written?
    pub applicability: Applicability,
    /// Indices into the run's findings.
    pub findings: Vec<usize>,
    /// What is in the way.
    pub blockers: Vec<Blocker>,
    /// What a human does before or after, in order.
    pub steps: Vec<String>,
    /// The edits, all or none.
    pub edits: BTreeMap<FileId, EditSet>,
    /// Files that are added.
    pub new_files: Vec<NewFile>,
    /// Files that are deleted, because nothing but comments would be left in them. Edits of them do not count.
    pub removed: Vec<FileId>,
    /// Packages that the rewritten files need.
    pub packages: Vec<(FileId, Vec<crate::rules::Package>)>,
}

impl Migration {
    /// Findings whose bytes a migration takes away or rewrites belong to it, wherever they stand.
    fn attach(&mut self, analysis: &crate::analyze::Analysis<'_>) {
        let within = |at: Place| {
            self.removed.contains(&at.file)
                || self
                    .edits
                    .get(&at.file)
                    .is_some_and(|edits| edits.edits().iter().any(|edit| edit.span.overlaps(at.span)))
        };
        let more =
            analysis.findings.iter().enumerate().filter(|(_, finding)| within(finding.at)).map(|(number, _)| number);
        let mut all: Vec<usize> = self.findings.iter().copied().chain(more).collect();
        all.sort_unstable();
        all.dedup();
        self.findings = all;
    }
}
