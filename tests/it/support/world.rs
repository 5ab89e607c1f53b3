//! Small folders and hand-made runs.

use std::path::Path;
use tempfile::TempDir;
use unjwt::Run;
use unjwt::analyze::{Confidence, Evidence, Finding, Kind, Place};
use unjwt::migrate::{Applicability, Blocker, Migration, NewFile, Strategy};
use unjwt::text::{EditSet, FileId, SourceFile, Span};

/// A folder with these files.
pub(crate) fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        write(folder.path(), path, bytes);
    }
    folder
}

pub(crate) fn write(root: &Path, path: &str, bytes: &[u8]) {
    let at = root.join(path);
    std::fs::create_dir_all(at.parent().unwrap()).unwrap();
    std::fs::write(at, bytes).unwrap();
}

/// Every file below a folder with its bytes, by path; the journal left out.
pub(crate) fn snapshot(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let inside = |entry: &walkdir::DirEntry| entry.file_name() != ".unjwt" && entry.file_name() != ".git";
    for entry in walkdir::WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(inside) {
        let entry = entry.unwrap();
        let path = entry.path().strip_prefix(root).unwrap().display().to_string();
        if entry.file_type().is_file() {
            all.push((path, std::fs::read(entry.path()).unwrap()));
        } else {
            all.push((path + "/", Vec::new()));
        }
    }
    all
}

/// Runs git in a folder, which must succeed.
pub(crate) fn git(folder: &Path, arguments: &[&str]) -> Vec<u8> {
    let output = std::process::Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "core.autocrlf=false"])
        .args(arguments)
        .env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap())
        .output()
        .unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A run over these files, without findings.
pub(crate) fn run(root: &Path, files: &[(&str, &[u8])]) -> Run {
    let files: Vec<SourceFile> = files.iter().map(|(path, bytes)| SourceFile::new(*path, bytes.to_vec())).collect();
    Run {
        root: root.to_owned(),
        seen: files.len(),
        scanned: files.len(),
        files,
        skipped: Vec::new(),
        failed: Vec::new(),
        findings: Vec::new(),
        migrations: Vec::new(),
        credentials: Vec::new(),
    }
}

/// The first place of a text in a file of the run.
pub(crate) fn place(run: &Run, file: usize, text: &str) -> Place {
    let start = run.files[file].text().find(text).unwrap_or_else(|| panic!("no {text:?}"));
    Place { file: FileId(file as u32), span: Span::new(start, start + text.len()) }
}

/// Adds a finding and gives its index.
pub(crate) fn find(run: &mut Run, kind: Kind, at: Place, message: &str, library: Option<&str>) -> usize {
    run.findings.push(Finding {
        rule: "python/requests".into(),
        kind,
        language: "python",
        at,
        confidence: Confidence::High,
        message: message.into(),
        library: library.map(str::to_owned),
        evidence: Vec::new(),
    });
    run.findings.len() - 1
}

pub(crate) fn because(run: &mut Run, finding: usize, at: Place, because: &str) {
    run.findings[finding].evidence.push(Evidence { at, because: because.into() });
}

/// Adds a migration that replaces texts (file, old, new) and gives its index.
pub(crate) fn migrate(run: &mut Run, findings: Vec<usize>, edits: &[(usize, &str, &str)]) -> usize {
    let mut migration = Migration {
        language: "python",
        because: None,
        strategy: Strategy::Library,
        target: "authlib".into(),
        applicability: Applicability::Safe,
        findings,
        blockers: Vec::<Blocker>::new(),
        steps: Vec::new(),
        edits: std::collections::BTreeMap::new(),
        new_files: Vec::<NewFile>::new(),
        removed: Vec::new(),
        packages: Vec::new(),
    };
    for (file, old, new) in edits {
        let at = place(run, *file, old);
        let set: &mut EditSet = migration.edits.entry(at.file).or_default();
        set.replace(at.span, *new).unwrap();
    }
    run.migrations.push(migration);
    run.migrations.len() - 1
}
