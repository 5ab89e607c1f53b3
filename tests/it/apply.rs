//! Writing is all or nothing, and can be taken back byte for byte.

use crate::support::world::{folder, git as run_git, snapshot, write};
use std::path::Path;
use unjwt::apply::git::{self, Allow, Refusal};
use unjwt::apply::{Change, Error, apply, undo};

const FILES: [(&str, &[u8]); 3] =
    [("a.py", b"\xef\xbb\xbfone\r\n"), ("dir/b with blank.js", b"caf\xe9"), ("c.json", b"")];

fn change(path: &str, old: Option<&[u8]>, new: &[u8]) -> Change {
    Change { path: path.into(), old: old.map(<[u8]>::to_vec), new: Some(new.to_vec()) }
}

fn removal(path: &str, old: &[u8]) -> Change {
    Change { path: path.into(), old: Some(old.to_vec()), new: None }
}

fn some_changes() -> Vec<Change> {
    let mut all: Vec<Change> =
        FILES.iter().map(|(path, old)| change(path, Some(old), &[old, &b"\xff!\r\n"[..]].concat())).collect();
    all.push(change("new/deep/x.py", None, b"new\n"));
    all
}

#[test]
fn what_is_written_can_be_taken_back() {
    let folder = folder(&FILES);
    let before = snapshot(folder.path());
    apply(folder.path(), &some_changes()).unwrap();
    for change in some_changes() {
        assert_eq!(std::fs::read(folder.path().join(&change.path)).ok(), change.new);
    }
    assert_eq!(undo(folder.path()).unwrap(), ["a.py", "dir/b with blank.js", "c.json", "new/deep/x.py"]);
    assert_eq!(snapshot(folder.path()), before);
    assert!(!folder.path().join(".unjwt").exists());
    assert!(matches!(undo(folder.path()), Err(Error::NothingToUndo(_))));
}

#[test]
fn a_removed_file_comes_back() {
    let folder = folder(&FILES);
    let before = snapshot(folder.path());
    let changes = [removal(FILES[1].0, FILES[1].1), change("a.py", Some(FILES[0].1), b"x"), removal("c.json", b"")];
    apply(folder.path(), &changes).unwrap();
    for (path, _) in &FILES[1..] {
        assert!(!folder.path().join(path).exists(), "{path}");
    }
    // git takes empty folders away.
    std::fs::remove_dir(folder.path().join("dir")).unwrap();
    undo(folder.path()).unwrap();
    assert_eq!(snapshot(folder.path()), before);
    assert!(!folder.path().join(".unjwt").exists());
}

#[test]
fn undo_does_not_replace_a_file_that_came_back() {
    let folder = folder(&FILES);
    apply(folder.path(), &[removal("a.py", FILES[0].1)]).unwrap();
    write(folder.path(), "a.py", b"somebody's");
    assert!(matches!(undo(folder.path()), Err(Error::ChangedAfterFix(path)) if path == "a.py"));
    assert_eq!(std::fs::read(folder.path().join("a.py")).unwrap(), b"somebody's");
}

#[test]
fn an_interrupted_removal_is_taken_back() {
    let folder = folder(&FILES);
    let before = snapshot(folder.path());
    apply(folder.path(), &[removal("a.py", FILES[0].1), removal("c.json", b"")]).unwrap();
    std::fs::remove_file(folder.path().join(".unjwt/journal/1/finished")).unwrap();
    write(folder.path(), "a.py", FILES[0].1);
    assert_eq!(undo(folder.path()).unwrap(), ["c.json"]);
    assert_eq!(snapshot(folder.path()), before);
}

#[test]
fn fixes_are_undone_one_after_the_other() {
    let folder = folder(&[("a", b"1")]);
    apply(folder.path(), &[change("a", Some(b"1"), b"2")]).unwrap();
    apply(folder.path(), &[change("a", Some(b"2"), b"3")]).unwrap();
    for want in ["2", "1"] {
        undo(folder.path()).unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join("a")).unwrap(), want);
    }
    apply(folder.path(), &[]).unwrap();
    assert!(!folder.path().join(".unjwt").exists());
}

/// Applies and expects a refusal that changes nothing.
fn refused(root: &Path, changes: &[Change]) -> Error {
    let before = snapshot(root);
    let error = apply(root, changes).unwrap_err();
    assert_eq!(snapshot(root), before, "{error}");
    error
}

#[test]
fn one_bad_target_stops_all() {
    let cases: Vec<(Change, &str)> = vec![
        (change("a.py", Some(b"other"), b"x"), "was changed"),
        (change("gone.py", Some(b"x"), b"y"), "was changed"),
        (change("c.json", None, b"y"), "is there already"),
        (removal("a.py", b"other"), "was changed"),
        (removal("gone.py", b"x"), "was changed"),
        (removal("../out.py", b"y"), "outside the root"),
        (change("../out.py", None, b"y"), "outside the root"),
        (change("/etc/unjwt", None, b"y"), "outside the root"),
        (change("", None, b"y"), "outside the root"),
        (change("dir", Some(b""), b"y"), "not a regular file"),
        (change("a.py/x", None, b"y"), "not a folder"),
    ];
    for (bad, says) in cases {
        let folder = folder(&FILES);
        let error = refused(folder.path(), &[change("dir/b with blank.js", Some(b"caf\xe9"), b"x"), bad]);
        assert!(error.to_string().contains(says), "{error}");
        assert!(error.help().is_some());
        assert!(!folder.path().join(".unjwt").exists());
    }
}

#[test]
fn a_failure_in_the_middle_takes_everything_back() {
    let folder = folder(&FILES);
    // The second new file of one name fails when the other files are in place already.
    let mut changes = some_changes();
    changes.splice(2..3, [removal("c.json", b"")]);
    changes.push(change("new/deep/x.py", None, b"other\n"));
    let error = refused(folder.path(), &changes);
    assert!(error.is_failure() && error.to_string().contains("new/deep/x.py"), "{error}");
    assert!(!folder.path().join(".unjwt").exists());
}

#[test]
fn undo_keeps_its_hands_off_later_changes() {
    let folder = folder(&FILES);
    apply(folder.path(), &some_changes()).unwrap();
    write(folder.path(), "c.json", b"edited since");
    let after = snapshot(folder.path());
    assert!(matches!(undo(folder.path()), Err(Error::ChangedAfterFix(path)) if path == "c.json"));
    assert_eq!(snapshot(folder.path()), after);
    write(folder.path(), "c.json", some_changes()[2].sides().1);
    undo(folder.path()).unwrap();
}

#[test]
fn an_interrupted_fix_is_taken_back() {
    let folder = folder(&FILES);
    let before = snapshot(folder.path());
    apply(folder.path(), &some_changes()).unwrap();
    // As if the process had been killed after some of the files.
    std::fs::remove_file(folder.path().join(".unjwt/journal/1/finished")).unwrap();
    write(folder.path(), FILES[0].0, FILES[0].1);
    std::fs::remove_file(folder.path().join("new/deep/x.py")).unwrap();
    assert!(matches!(apply(folder.path(), &[change("z", None, b"")]), Err(Error::Interrupted)));
    assert_eq!(undo(folder.path()).unwrap().len(), 2);
    assert_eq!(snapshot(folder.path()), before);
}

#[test]
fn a_broken_journal_is_an_error() {
    let folder = folder(&[("a", b"1"), (".unjwt/journal/7/journal.json", b"{")]);
    assert!(matches!(undo(folder.path()), Err(Error::Journal { .. })));
    write(folder.path(), ".unjwt/journal/7/journal.json", br#"{"schema":"other/1","files":[],"folders":[]}"#);
    assert!(undo(folder.path()).unwrap_err().to_string().contains("other/1"));
    let hostile = br#"{"schema":"unjwt.journal/1","files":[{"path":"../x","is_new":true}],"folders":["../y"]}"#;
    write(folder.path(), ".unjwt/journal/7/journal.json", hostile);
    write(folder.path(), ".unjwt/journal/7/0.new", b"");
    assert!(undo(folder.path()).unwrap_err().to_string().contains("outside the root"));
}

#[test]
fn git_does_not_see_the_journal() {
    let folder = folder(&FILES);
    run_git(folder.path(), &["init", "-q"]);
    run_git(folder.path(), &["add", "."]);
    run_git(folder.path(), &["commit", "-qm", "x"]);
    apply(folder.path(), &[change("a.py", Some(FILES[0].1), b"x")]).unwrap();
    assert_eq!(run_git(folder.path(), &["status", "--porcelain", "-uall"]), b" M a.py\n");
}

#[test]
fn git_guards_work_that_is_not_committed() {
    let folder = folder(&[("sub/a.py", b"1"), ("sub/b c.py", b"1"), ("sub/d.py", b"1"), ("other.py", b"1")]);
    let root = folder.path().join("sub");
    let check = |targets: &[&str], dirty, staged, no_vcs| git::check(&root, targets, Allow { dirty, staged, no_vcs });
    assert!(matches!(check(&["a.py"], true, true, false), Err(Refusal::NoVcs(_))));
    assert_eq!(check(&["a.py"], false, false, true), Ok(()));
    run_git(folder.path(), &["init", "-q"]);
    run_git(folder.path(), &["add", "other.py", "sub/a.py", "sub/b c.py"]);
    run_git(folder.path(), &["commit", "-qm", "x"]);
    write(&root, "a.py", b"2");
    run_git(folder.path(), &["mv", "sub/b c.py", "sub/e f.py"]);
    write(folder.path(), "other.py", b"2");
    let dirty = |name: &str| Err(Refusal::Dirty(vec![name.into()]));
    assert_eq!(check(&["a.py"], false, false, false), dirty("a.py"));
    assert_eq!(check(&["d.py"], false, true, false), dirty("d.py"));
    assert_eq!(check(&["e f.py"], false, false, false), Err(Refusal::Staged(vec!["e f.py".into()])));
    assert_eq!(check(&["e f.py"], false, true, false), Ok(()));
    assert_eq!(check(&["a.py", "e f.py"], true, false, false), Ok(()));
    assert_eq!(check(&["not-there.py"], false, false, false), Ok(()));
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn mode(at: &Path) -> u32 {
        at.metadata().unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn links_are_not_written_through() {
        let outside = folder(&[("x.py", b"1")]);
        let folder = folder(&[("in.py", b"1"), ("dir/a.py", b"1")]);
        symlink(outside.path().join("x.py"), folder.path().join("out.py")).unwrap();
        symlink(outside.path(), folder.path().join("outdir")).unwrap();
        symlink("in.py", folder.path().join("inside.py")).unwrap();
        for path in ["out.py", "outdir/x.py", "inside.py"] {
            let error = refused(folder.path(), &[change("in.py", Some(b"1"), b"2"), change(path, Some(b"1"), b"2")]);
            assert!(error.to_string().contains("symbolic link"), "{error}");
        }
        assert!(refused(folder.path(), &[change("outdir/new.py", None, b"2")]).to_string().contains("symbolic link"));
        assert_eq!(snapshot(outside.path()), [("/".to_owned(), vec![]), ("x.py".into(), b"1".to_vec())]);
    }

    #[test]
    fn a_linked_journal_is_refused() {
        let outside = folder(&[]);
        let folder = folder(&[("a", b"1")]);
        symlink(outside.path(), folder.path().join(".unjwt")).unwrap();
        assert!(matches!(apply(folder.path(), &[change("a", Some(b"1"), b"2")]), Err(Error::Journal { .. })));
        assert_eq!(snapshot(outside.path()).len(), 1);
    }

    #[test]
    fn permissions_stay_and_the_journal_is_private() {
        let folder = folder(&[("run.sh", b"1")]);
        let file = folder.path().join("run.sh");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o751)).unwrap();
        apply(folder.path(), &[change("run.sh", Some(b"1"), b"2"), change("new.py", None, b"")]).unwrap();
        assert_eq!(mode(&file), 0o751);
        assert_eq!(mode(&folder.path().join("new.py")) & 0o600, 0o600);
        assert_eq!(mode(&folder.path().join(".unjwt")), 0o700);
        assert_eq!(mode(&folder.path().join(".unjwt/journal/1/0.old")), 0o600);
        undo(folder.path()).unwrap();
        assert_eq!(mode(&file), 0o751);
    }

    #[test]
    fn a_removed_file_comes_back_with_its_permissions() {
        let folder = folder(&[("run.sh", b"1")]);
        let file = folder.path().join("run.sh");
        for bits in [0o751, 0o600, 0o666] {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(bits)).unwrap();
            apply(folder.path(), &[removal("run.sh", b"1")]).unwrap();
            assert!(!file.exists());
            undo(folder.path()).unwrap();
            assert_eq!(mode(&file), bits);
        }
    }

    #[test]
    fn a_read_only_file_stops_all() {
        let folder = folder(&[("a.py", b"1"), ("locked.py", b"1")]);
        std::fs::set_permissions(folder.path().join("locked.py"), std::fs::Permissions::from_mode(0o444)).unwrap();
        let changes = [change("a.py", Some(b"1"), b"2"), change("locked.py", Some(b"1"), b"2")];
        assert!(refused(folder.path(), &changes).is_failure());
        assert!(refused(folder.path(), &[changes[0].clone(), removal("locked.py", b"1")]).is_failure());
        assert!(!folder.path().join(".unjwt").exists());
    }
}
