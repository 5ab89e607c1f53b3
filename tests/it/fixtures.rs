//! Every fixture: what is found in `before`, and what `fix` makes of it.
//!
//! `UNJWT_BLESS=1` writes `findings.txt` and `after/` anew; read the diff before you commit it. No `after/` means that
//! `fix` leaves the project alone.
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::case::Case;
use crate::support::{Tree, folders, read_tree, root, said, unjwt, write_tree};

/// Folders of `fixtures/` that other tests read.
const OTHERS: &[&str] = &["clean", "broken"];

#[test]
fn check() {
    let names = fixtures();
    assert!(names.len() >= 15, "{names:?}");
    let wrong: Vec<String> = names.iter().filter_map(|name| check_one(name).err()).collect();
    assert!(wrong.is_empty(), "{} of {} fixtures are wrong\n\n{}", wrong.len(), names.len(), wrong.join("\n\n"));
}

/// `<language>/<case>` of every folder with a `before`.
fn fixtures() -> Vec<String> {
    let groups = folders(".").into_iter().map(|group| name_of(&group));
    let groups = groups.filter(|group| !OTHERS.contains(&group.as_str()));
    let cases = |group: String| folders(&group).into_iter().map(move |case| format!("{group}/{}", name_of(&case)));
    groups.flat_map(cases).filter(|name| folder(name).join("before").is_dir()).collect()
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn folder(name: &str) -> PathBuf {
    root().join("fixtures").join(name)
}

fn check_one(name: &str) -> Result<(), String> {
    let place = tempfile::tempdir().unwrap();
    let project = place.path().join("project");
    let before = read_tree(&folder(name).join("before"));
    write_tree(&project, &before);
    let findings = compact(&scan(name, &project)?);
    let fixed = fix(name, &project)?;
    let again = fix(name, &project)?;
    if again != fixed {
        return Err(format!("{name}: a second fix changes {:?}", changed(&fixed, &again)));
    }
    let left = scan(name, &project)?;
    if fixed != before && has_exchange(&left) {
        return Err(format!("{name}: an exchange is left\n{}", compact(&left)));
    }
    if env::var_os("UNJWT_BLESS").is_some() {
        bless(name, &findings, &before, &fixed);
    }
    same_findings(name, &findings)?;
    same_tree(name, &before, &fixed)
}

/// Runs `scan`; the parsed report.
fn scan(name: &str, project: &Path) -> Result<Value, String> {
    let output = unjwt().args(["scan", "--format", "json"]).arg(project).output().unwrap();
    match output.status.code() {
        Some(0 | 1) => {
            serde_json::from_slice(&output.stdout).map_err(|error| format!("{name}: scan: {error}: {}", said(&output)))
        }
        _ => Err(format!("{name}: scan: {}", said(&output))),
    }
}

/// Runs `fix` on everything that it dares to; the tree it leaves.
fn fix(name: &str, project: &Path) -> Result<Tree, String> {
    let arguments = Case::load(name).map(|case| case.args).unwrap_or_default();
    let output =
        unjwt().args(["fix", "--yes", "--review", "--allow-no-vcs"]).args(arguments).arg(project).output().unwrap();
    match output.status.code() {
        Some(0 | 1) => Ok(read_tree(project)),
        _ => Err(format!("{name}: fix: {}", said(&output))),
    }
}

/// One finding a line: `path:line:column kind confidence rule`.
pub(crate) fn compact(report: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    let mut findings: Vec<(String, u64, u64, String)> = report["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|finding| {
            let number = |name: &str| finding["start"][name].as_u64().unwrap_or_default();
            let rest = ["kind", "confidence", "rule"].map(|name| text(&finding[name])).join(" ");
            (text(&finding["path"]), number("line"), number("column"), rest)
        })
        .collect();
    findings.sort();
    findings.iter().map(|(path, line, column, rest)| format!("{path}:{line}:{column} {rest}\n")).collect()
}

fn has_exchange(report: &Value) -> bool {
    report["findings"].as_array().into_iter().flatten().any(|finding| finding["kind"] == "token-exchange")
}

fn bless(name: &str, findings: &str, before: &Tree, fixed: &Tree) {
    fs::write(folder(name).join("findings.txt"), findings).unwrap();
    let after = folder(name).join("after");
    if fixed != before {
        write_tree(&after, fixed);
    } else if after.exists() {
        fs::remove_dir_all(after).unwrap();
    }
}

fn same_findings(name: &str, found: &str) -> Result<(), String> {
    let wanted = fs::read_to_string(folder(name).join("findings.txt")).unwrap_or_default();
    if wanted.lines().eq(found.lines()) {
        return Ok(());
    }
    Err(format!("{name}: findings\n{}", diff(&wanted, found)))
}

fn same_tree(name: &str, before: &Tree, fixed: &Tree) -> Result<(), String> {
    let after = folder(name).join("after");
    let wanted = if after.exists() { read_tree(&after) } else { before.clone() };
    let text = |tree: &Tree, path: &str| {
        tree.get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
    };
    let diffs: Vec<String> = changed(&wanted, fixed)
        .iter()
        .map(|path| format!("{path}\n{}", diff(&text(&wanted, path), &text(fixed, path))))
        .collect();
    if diffs.is_empty() { Ok(()) } else { Err(format!("{name}: after fix\n{}", diffs.join("\n"))) }
}

/// The paths at which two trees differ.
fn changed<'a>(left: &'a Tree, right: &'a Tree) -> Vec<&'a String> {
    let mut paths: Vec<&String> =
        left.keys().chain(right.keys()).filter(|path| left.get(*path) != right.get(*path)).collect();
    paths.sort();
    paths.dedup();
    paths
}

fn diff(wanted: &str, found: &str) -> String {
    similar::TextDiff::from_lines(wanted, found).unified_diff().header("wanted", "found").to_string()
}
