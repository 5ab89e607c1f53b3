//! `fix` and `undo` as their user meets them: questions, refusals, what is left.

use crate::cli::unjwt;
use crate::support::case::project;
use crate::support::world::{git, snapshot, write};
use crate::support::write_tree;
use std::process::Output;
use tempfile::TempDir;

const CASES: [&str; 2] = ["python/login-jwt", "javascript/jwt-auth-many"];

/// A fixture in a git work tree, committed.
fn committed(name: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write_tree(folder.path(), &project(name, "before"));
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-qm", "before"]);
    folder
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

#[test]
fn fix_writes_and_undo_brings_back_every_byte() {
    for name in CASES {
        let folder = committed(name);
        let before = snapshot(folder.path());
        let fixed = unjwt(folder.path(), &["fix", "--yes", "--review"]);
        assert!(code(&fixed) <= 1, "{name}: {}", err(&fixed));
        assert!(out(&fixed).contains("changed: ") && err(&fixed).contains("`unjwt undo` takes it back"), "{name}");
        assert_ne!(snapshot(folder.path()), before, "{name}");
        // What it says about the rest is what a scan finds.
        let scan = unjwt(folder.path(), &["scan", "--format", "json"]);
        let report: serde_json::Value = serde_json::from_slice(&scan.stdout).unwrap();
        let left = report["summary"]["findings"].as_u64().unwrap();
        assert_eq!(code(&fixed), i32::from(left > 0), "{name}");
        assert_eq!(err(&fixed).contains("left for a human"), left > 0, "{name}: {}", err(&fixed));
        let undone = unjwt(folder.path(), &["undo"]);
        assert_eq!((code(&undone), snapshot(folder.path())), (0, before), "{name}: {}", err(&undone));
        assert!(!folder.path().join(".unjwt").exists(), "{name}");
        assert_eq!(git(folder.path(), &["status", "--porcelain"]), b"", "{name}");
    }
}

#[test]
fn a_second_fix_changes_nothing() {
    for name in CASES {
        let folder = committed(name);
        unjwt(folder.path(), &["fix", "--yes", "--review"]);
        git(folder.path(), &["add", "-A"]);
        git(folder.path(), &["commit", "-qm", "after"]);
        let after = snapshot(folder.path());
        let again = unjwt(folder.path(), &["fix", "--yes", "--review"]);
        assert!(code(&again) <= 1 && out(&again).contains("0 of 0 migrations, 0 files"), "{name}: {}", out(&again));
        assert_eq!(snapshot(folder.path()), after, "{name}");
    }
}

#[test]
fn git_protects_what_is_not_committed() {
    let folder = committed(CASES[0]);
    for (path, bytes) in project(CASES[0], "before") {
        write(folder.path(), &path, &[bytes.as_slice(), b"\n"].concat());
    }
    let dirty = snapshot(folder.path());
    let refused = unjwt(folder.path(), &["fix", "--yes", "--review"]);
    assert!(code(&refused) == 2 && err(&refused).contains("--allow-dirty"), "{}", err(&refused));
    git(folder.path(), &["add", "-A"]);
    let refused = unjwt(folder.path(), &["fix", "--yes", "--review"]);
    assert!(code(&refused) == 2 && err(&refused).contains("--allow-staged"), "{}", err(&refused));
    assert_eq!(snapshot(folder.path()), dirty);
    let fixed = unjwt(folder.path(), &["fix", "--yes", "--review", "--allow-staged"]);
    assert!(code(&fixed) <= 1, "{}", err(&fixed));
    assert_ne!(snapshot(folder.path()), dirty);
}

#[test]
fn without_git_it_asks_for_leave() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("project");
    write_tree(&at, &project(CASES[0], "before"));
    let before = snapshot(&at);
    let refused = unjwt(&at, &["fix", "--yes", "--review"]);
    assert!(code(&refused) == 2 && err(&refused).contains("--allow-no-vcs"), "{}", err(&refused));
    assert_eq!(snapshot(&at), before);
}

#[test]
fn looking_writes_nothing_and_shows_what_would_be_written() {
    for name in CASES {
        let folder = committed(name);
        let before = snapshot(folder.path());
        let dry = unjwt(folder.path(), &["fix", "--dry-run", "--review"]);
        assert!(code(&dry) == 1 && out(&dry).contains("would change: "), "{name}: {}", out(&dry));
        let diff = unjwt(folder.path(), &["fix", "--diff", "--review"]);
        assert!(code(&diff) == 1 && !err(&diff).contains("searching"), "{name}: {}", err(&diff));
        assert_eq!(snapshot(folder.path()), before, "{name}");
        unjwt(folder.path(), &["fix", "--yes", "--review"]);
        let after = snapshot(folder.path());
        assert_eq!(code(&unjwt(folder.path(), &["undo"])), 0, "{name}");
        assert!(!err(&diff).contains("leaves out"), "{name}: {}", err(&diff));
        std::fs::write(folder.path().join("p"), &diff.stdout).unwrap();
        git(folder.path(), &["apply", "--whitespace=nowarn", "p"]);
        std::fs::remove_file(folder.path().join("p")).unwrap();
        assert_eq!(snapshot(folder.path()), after, "{name}");
    }
}

#[cfg(target_os = "linux")]
mod terminal {
    use super::*;
    use std::io::Write;
    use std::path::Path;
    use std::process::{Command, Stdio};

    /// Runs `unjwt fix` in a terminal and answers; `None` where there is no `script` of util-linux.
    fn answered(folder: &Path, answer: &str) -> Option<(i32, String)> {
        let version = Command::new("script").arg("--version").output().ok()?;
        if !out(&version).contains("util-linux") {
            return None;
        }
        let line = format!("'{}' fix --review", env!("CARGO_BIN_EXE_unjwt"));
        let mut child = Command::new("script")
            .args(["-q", "-e", "-c", &line, "/dev/null"])
            .current_dir(folder)
            .env("TERM", "xterm")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        child.stdin.take()?.write_all(answer.as_bytes()).ok()?;
        let output = child.wait_with_output().ok()?;
        Some((code(&output), out(&output)))
    }

    #[test]
    fn anything_but_a_yes_writes_nothing() {
        let folder = committed(CASES[0]);
        let before = snapshot(folder.path());
        for answer in ["n\n", "\n", "what?\n"] {
            let Some((code, said)) = answered(folder.path(), answer) else { return };
            assert!(code == 1 && said.contains("[y/N]") && said.contains("nothing was written"), "{code} {said}");
            assert_eq!(snapshot(folder.path()), before);
        }
    }

    #[test]
    fn a_yes_writes() {
        let folder = committed(CASES[0]);
        let before = snapshot(folder.path());
        let Some((status, said)) = answered(folder.path(), "Yes\n") else { return };
        assert!(status <= 1 && said.contains("changed: "), "{status} {said}");
        assert_ne!(snapshot(folder.path()), before);
        assert_eq!(code(&unjwt(folder.path(), &["undo"])), 0);
        assert_eq!(snapshot(folder.path()), before);
    }
}

/// A language without a target is rewritten in place, whatever a file's text says of others.
#[test]
fn java_is_rewritten_in_place() {
    let source = r#"
        import okhttp3.FormBody;
        import okhttp3.Request;

        class Login {
            Request swap(String id, String secret, String jwt) {
                FormBody form = new FormBody.Builder().add("client_id", id).add("client_secret", secret).add("jwt_token", jwt).build();
                return new Request.Builder().url("https://ims-na1.adobelogin.com/ims/exchange/jwt").post(form).build();
            }
        }
    "#;
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "Login.java", source.as_bytes());
    let fixed = unjwt(folder.path(), &["fix", "--yes", "--review", "--allow-no-vcs", "--scopes", "a,b"]);
    let text = std::fs::read_to_string(folder.path().join("Login.java")).unwrap();
    let entries = r#".add("grant_type", "client_credentials").add("scope", "a,b").build();"#;
    assert!(text.contains(entries) && text.contains("adobelogin.com/ims/token/v3"), "{text}{}", err(&fixed));
    assert!(text.contains("String secret, String jwt)"), "parameters stay accepted: {text}");
}
