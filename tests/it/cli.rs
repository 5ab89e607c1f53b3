//! The command line as its user meets it: the real binary, its text and its exit codes.

use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs the binary in a folder, without a terminal.
pub(crate) fn unjwt(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_unjwt"))
        .current_dir(folder)
        .args(arguments)
        .env_remove("NO_COLOR")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn exit_codes_tell_how_it_ended() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::create_dir(at.join("empty")).unwrap();
    std::fs::write(at.join("clean.py"), "print(1)\n").unwrap();
    std::fs::write(at.join("scopes"), "a b").unwrap();
    let cases: &[(&[&str], i32, &str)] = &[
        (&["scan", "clean.py"], 0, ""),
        (&["scan"], 0, ""),
        (&["scan", "empty"], 3, ""),
        (&["scan", "nowhere"], 2, "nowhere"),
        (&["scan", "clean.py", "nowhere"], 2, "nowhere"),
        (&["scan", "--format", "xml"], 2, "human, json"),
        (&["scan", "--format", "patch"], 2, "human, json"),
        (&["scan", "--threads", "-1"], 2, "-1"),
        (&["scan", "--threads", "99999999999999999999"], 2, "0 to 1024"),
        (&["scan", "-o", "no/such/folder/out"], 2, "cannot write"),
        (&["scan", "-o", "empty"], 2, "cannot write"),
        (&[], 2, "Usage"),
        (&["frobnicate"], 2, "frobnicate"),
        (&["--help"], 0, ""),
        (&["--version"], 0, ""),
        (&["report", "--format", "patch"], 0, ""),
        (&["report", "--scopes", "@scopes"], 0, ""),
        (&["report", "--scopes", "@nowhere"], 2, "nowhere"),
        (&["report", "--scopes", ""], 2, "no scope"),
        (&["report", "--target", "python=nope"], 2, "python=authlib"),
        (&["report", "--target", "cobol=authlib"], 2, "no targets for `cobol`"),
        (&["report", "--target", "python=authlib", "--target", "python=requests"], 2, "two targets"),
        (&["report", "--target", "typescript=fetch"], 0, ""),
        (&["report", "--scopes", "a;b"], 2, "not a scope"),
        (&["report", "--target", "python"], 2, "python=authlib"),
        (&["report", "--target", "=x"], 2, "python=authlib"),
        (&["report", "--strategy", "magic"], 2, "in-place"),
        (&["fix"], 2, "--yes"),
        (&["fix", "--yes", "--diff"], 2, "cannot be used with"),
        (&["fix", "--dry-run"], 0, ""),
        (&["fix", "--diff"], 0, ""),
        (&["fix", "--yes"], 0, ""),
        (&["undo"], 2, "no `fix` to undo"),
        (&["undo", "nowhere"], 2, "nowhere"),
        (&["undo", "clean.py"], 2, "clean.py"),
    ];
    for (arguments, code, says) in cases {
        let output = unjwt(at, arguments);
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}\n{}", text(&output.stderr));
        assert!(text(&output.stderr).contains(says), "{arguments:?}\n{}", text(&output.stderr));
        assert!(!text(&output.stderr).contains("panicked"), "{arguments:?}");
    }
}

#[test]
fn output_goes_where_it_is_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.py"), "x\n").unwrap();
    let direct = unjwt(folder.path(), &["scan", "--format", "json", "a.py"]);
    let output = unjwt(folder.path(), &["scan", "--format", "json", "-o", "out.json", "a.py"]);
    assert!(output.stdout.is_empty());
    assert_eq!(std::fs::read(folder.path().join("out.json")).unwrap(), direct.stdout);
    let json: serde_json::Value = serde_json::from_slice(&direct.stdout).unwrap();
    assert_eq!(json["schema"], "unjwt.report/1");
    assert_eq!(json["summary"]["files"]["scanned"], 1);
}

#[test]
fn counts_are_shown_unless_quiet() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.py"), "x\n").unwrap();
    std::fs::write(folder.path().join("b.bin"), "x\0\n").unwrap();
    let loud = text(&unjwt(folder.path(), &["scan"]).stdout);
    assert!(
        loud.contains("2 seen, 1 scanned") && loud.contains("1 binary") && loud.contains("Nothing is left"),
        "{loud}"
    );
    assert_eq!(text(&unjwt(folder.path(), &["scan", "-q"]).stdout), "");
}

#[test]
#[cfg(unix)]
fn a_reader_that_goes_away_is_no_error() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..3000 {
        std::fs::write(folder.path().join(format!("{number}.bin")), "\0").unwrap();
    }
    let line =
        format!("'{}' scan --format json | head -c 1; echo \" ${{PIPESTATUS[0]}}\"", env!("CARGO_BIN_EXE_unjwt"));
    let output = Command::new("bash").current_dir(folder.path()).args(["-c", &line]).output().unwrap();
    assert_eq!(text(&output.stderr), "");
    assert_eq!(text(&output.stdout).trim(), "{ 3");
}

#[test]
#[cfg(unix)]
fn unreadable_files_are_told_by_exit_code() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let locked = folder.path().join("locked.py");
    std::fs::write(&locked, "x").unwrap();
    std::fs::write(folder.path().join("a.py"), "x").unwrap();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o0)).unwrap();
    if std::fs::read(&locked).is_ok() {
        return; // root reads everything
    }
    let output = unjwt(folder.path(), &["scan"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(text(&output.stdout).contains("locked.py"));
}
