//! What one run found, ready for apply and report.

use crate::analyze::{Credential, Finding, Kind};
use crate::discover::{Failed, Skipped};
use crate::migrate::{Applicability, Migration};
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
    /// Sorted by their first finding.
    pub credentials: Vec<Credential>,
}

impl Run {
    /// For each finding the migration (index) that deals with it: that names it, rests on it, changes its bytes or
    /// removes its file; or, where nothing is written, that leaves an import or a dependency without use.
    #[must_use]
    pub fn owners(&self) -> Vec<Option<usize>> {
        let by = |ours: &dyn Fn(&Migration) -> bool| self.migrations.iter().position(ours);
        let owner = |(index, finding): (usize, &Finding)| {
            by(&|migration| migration.findings.contains(&index))
                .or_else(|| by(&|migration| self.rests_on(migration, finding)))
                .or_else(|| by(&|migration| changes(migration, finding)))
                .or_else(|| by(&|migration| self.leaves_unused(migration, finding)))
        };
        self.findings.iter().enumerate().map(owner).collect()
    }

    /// The credential (index) that a finding (index) belongs to.
    #[must_use]
    pub fn credential_of(&self, finding: usize) -> Option<usize> {
        self.credentials.iter().position(|credential| credential.findings.binary_search(&finding).is_ok())
    }

    fn rests_on(&self, migration: &Migration, finding: &Finding) -> bool {
        let own = migration.findings.iter().filter_map(|index| self.findings.get(*index));
        own.flat_map(|own| &own.evidence).any(|evidence| evidence.at == finding.at)
    }

    fn leaves_unused(&self, migration: &Migration, finding: &Finding) -> bool {
        let mut own = migration.findings.iter().filter_map(|index| self.findings.get(*index));
        let path = |finding: &Finding| self.files.get(finding.at.file.0 as usize).map_or("", |file| &file.path);
        let folder = path(finding).rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let near = |other: &Finding| match finding.kind {
            Kind::SdkImport => other.at.file == finding.at.file,
            Kind::Dependency => path(other).starts_with(&folder),
            _ => false,
        };
        migration.applicability == Applicability::Manual
            && finding.library.is_some()
            && own.any(|other| other.library == finding.library && near(other))
    }
}

fn changes(migration: &Migration, finding: &Finding) -> bool {
    let edits = migration.edits.get(&finding.at.file);
    migration.removed.contains(&finding.at.file) || edits.is_some_and(|edits| edits.touches(finding.at.span))
}
