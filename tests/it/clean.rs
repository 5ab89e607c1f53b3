//! Look-alikes: JWTs for someone else, and Adobe code that is fine already. Nothing may be claimed, nothing may change.
use serde_json::Value;

use crate::fixtures::compact;
use crate::support::{folders, read_tree, said, unjwt, write_tree};

/// The kinds that would send somebody to work.
const LOUD: &[&str] = &["token-exchange", "jwt-sign", "sdk-import"];

#[test]
fn look_alikes_are_silent() {
    let cases = folders("clean");
    assert!(cases.len() >= 12, "{cases:?}");
    let wrong: Vec<String> = cases.iter().filter_map(|case| check(case).err()).collect();
    assert!(wrong.is_empty(), "{} of {} are not silent\n\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
}

fn check(case: &std::path::Path) -> Result<(), String> {
    let place = tempfile::tempdir().unwrap();
    let project = place.path().join("project");
    let before = read_tree(case);
    write_tree(&project, &before);
    let name = case.file_name().unwrap().to_string_lossy();
    let output = unjwt().args(["scan", "--format", "json"]).arg(&project).output().unwrap();
    let report: Value =
        serde_json::from_slice(&output.stdout).map_err(|error| format!("{name}: {error}: {}", said(&output)))?;
    if report["findings"].as_array().into_iter().flatten().any(loud) {
        return Err(format!("{name}\n{}", compact(&report)));
    }
    let output = unjwt().args(["fix", "--yes", "--review", "--allow-no-vcs"]).arg(&project).output().unwrap();
    if read_tree(&project) != before {
        return Err(format!("{name}: fix changed it: {}", said(&output)));
    }
    Ok(())
}

fn loud(finding: &Value) -> bool {
    LOUD.iter().any(|kind| finding["kind"] == *kind) && finding["confidence"] != "low"
}
