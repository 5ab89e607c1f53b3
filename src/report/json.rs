//! `unjwt.report/1`: the form for programs. Its structs are its own, so that the inside can change without it.
//!
//! Lines and columns count from 1, columns in characters; offsets are bytes of the file. Paths are relative to `root`.
//! Secrets are masked, in the diffs too: those are to be read, `--format patch` is to be applied.

use super::proposal::{masked_diff, paths, proposal};
use super::sources::Sources;
use super::{Options, mask};
use crate::analyze::{Credential, Finding, Place};
use crate::migrate::{Applicability, Migration};
use crate::run::Run;
use crate::text::Position;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::{self, Write};

const SCHEMA: &str = "unjwt.report/1";

#[derive(Serialize)]
struct Report {
    schema: &'static str,
    tool: Tool,
    root: String,
    summary: Summary,
    findings: Vec<JsonFinding>,
    migrations: Vec<JsonMigration>,
    patches: Vec<JsonPatch>,
    credentials: Vec<JsonCredential>,
    skipped: Vec<JsonSkipped>,
    failed: Vec<JsonFailed>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary {
    files: Files,
    findings: usize,
    migrations: Migrations,
}

#[derive(Serialize)]
struct Files {
    seen: usize,
    scanned: usize,
    skipped: usize,
    failed: usize,
}

#[derive(Serialize)]
struct Migrations {
    safe: usize,
    review: usize,
    manual: usize,
}

#[derive(Serialize)]
struct JsonFinding {
    id: String,
    rule: String,
    kind: &'static str,
    language: &'static str,
    path: String,
    start: Point,
    end: Point,
    confidence: &'static str,
    message: String,
    library: Option<String>,
    evidence: Vec<JsonEvidence>,
    migration: Option<String>,
    credential: Option<String>,
}

#[derive(Serialize)]
struct Point {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
struct JsonEvidence {
    path: String,
    start: Point,
    end: Point,
    because: String,
}

#[derive(Serialize)]
struct JsonMigration {
    id: String,
    language: &'static str,
    strategy: &'static str,
    target: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    because: Option<String>,
    applicability: &'static str,
    findings: Vec<String>,
    files: Vec<String>,
    blockers: Vec<JsonBlocker>,
    steps: Vec<String>,
}

#[derive(Serialize)]
struct JsonBlocker {
    path: String,
    start: Point,
    why: String,
}

#[derive(Serialize)]
struct JsonPatch {
    path: String,
    diff: String,
}

#[derive(Serialize)]
struct JsonCredential {
    id: String,
    client_id: String,
    findings: Vec<String>,
}

#[derive(Serialize)]
struct JsonSkipped {
    path: String,
    reason: String,
}

#[derive(Serialize)]
struct JsonFailed {
    path: String,
    error: String,
}

pub(super) fn write(run: &Run, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &report(run))?;
    out.write_all(b"\n")
}

fn report(run: &Run) -> Report {
    let sources = Sources::new(run);
    let count = |applicability| run.migrations.iter().filter(|m| m.applicability == applicability).count();
    let owners = run.owners();
    let findings = run.findings.iter().enumerate().zip(&owners);
    let migrations = run.migrations.iter().enumerate();
    let patch = |change| JsonPatch { path: path_of(change), diff: masked_diff(change) };
    Report {
        schema: SCHEMA,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        root: run.root.display().to_string(),
        summary: Summary {
            files: Files { seen: run.seen, scanned: run.scanned, skipped: run.skipped.len(), failed: run.failed.len() },
            findings: run.findings.len(),
            migrations: Migrations {
                safe: count(Applicability::Safe),
                review: count(Applicability::Review),
                manual: count(Applicability::Manual),
            },
        },
        findings: findings.map(|((index, it), owner)| finding(run, &sources, index, it, *owner)).collect(),
        migrations: migrations.map(|(index, it)| migration(run, &sources, &owners, index, it)).collect(),
        patches: proposal(run).changes.iter().map(patch).collect(),
        credentials: run.credentials.iter().enumerate().map(credential).collect(),
        skipped: run
            .skipped
            .iter()
            .map(|it| JsonSkipped { path: it.path.clone(), reason: it.reason.clone() })
            .collect(),
        failed: run.failed.iter().map(|it| JsonFailed { path: it.path.clone(), error: it.error.clone() }).collect(),
    }
}

fn finding(run: &Run, sources: &Sources<'_>, index: usize, finding: &Finding, owner: Option<usize>) -> JsonFinding {
    let evidence = |it: &crate::analyze::Evidence| JsonEvidence {
        path: path(run, it.at),
        start: start(sources, it.at),
        end: end(sources, it.at),
        because: mask(&it.because),
    };
    JsonFinding {
        id: finding_id(index),
        rule: finding.rule.clone(),
        kind: finding.kind.as_str(),
        language: finding.language,
        path: path(run, finding.at),
        start: start(sources, finding.at),
        end: end(sources, finding.at),
        confidence: finding.confidence.as_str(),
        message: mask(&finding.message),
        library: finding.library.clone(),
        evidence: finding.evidence.iter().map(evidence).collect(),
        migration: owner.map(migration_id),
        credential: run.credential_of(index).map(credential_id),
    }
}

fn migration(
    run: &Run,
    sources: &Sources<'_>,
    owners: &[Option<usize>],
    index: usize,
    migration: &Migration,
) -> JsonMigration {
    let ours = |finding: &usize| owners[*finding] == Some(index) || migration.findings.contains(finding);
    let files: BTreeSet<&str> = paths(run, migration).collect();
    let blocker = |it: &crate::migrate::Blocker| JsonBlocker {
        path: path(run, it.at),
        start: start(sources, it.at),
        why: mask(&it.why),
    };
    JsonMigration {
        id: migration_id(index),
        language: migration.language,
        strategy: migration.strategy.as_str(),
        target: migration.target.clone(),
        because: migration.because.as_deref().map(mask),
        applicability: migration.applicability.as_str(),
        findings: (0..owners.len()).filter(ours).map(finding_id).collect(),
        files: files.into_iter().map(str::to_owned).collect(),
        blockers: migration.blockers.iter().map(blocker).collect(),
        steps: migration.steps.iter().map(|step| mask(step)).collect(),
    }
}

fn credential((index, credential): (usize, &Credential)) -> JsonCredential {
    JsonCredential {
        id: credential_id(index),
        client_id: mask(&credential.client_id),
        findings: credential.findings.iter().copied().map(finding_id).collect(),
    }
}

fn credential_id(index: usize) -> String {
    format!("c{}", index + 1)
}

fn finding_id(index: usize) -> String {
    format!("f{}", index + 1)
}

fn migration_id(index: usize) -> String {
    format!("m{}", index + 1)
}

fn path_of(change: &crate::apply::Change) -> String {
    change.path.clone()
}

fn path(run: &Run, at: Place) -> String {
    run.files.get(at.file.0 as usize).map(|file| file.path.clone()).unwrap_or_default()
}

fn start(sources: &Sources<'_>, at: Place) -> Point {
    point(sources.start(at), at.span.start)
}

fn end(sources: &Sources<'_>, at: Place) -> Point {
    point(sources.end(at), at.span.end)
}

fn point(position: Position, offset: u32) -> Point {
    Point { line: position.line, column: position.column, offset }
}
