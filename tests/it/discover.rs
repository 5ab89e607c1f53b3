//! Which files are found, which are left out, and what is said about it.

use crate::support::world::{folder, write};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use unjwt::discover::{Error, Found, Needles, Neighbours, walk};

fn found(paths: &[PathBuf], threads: usize) -> Found {
    walk(paths, &Needles::new(["NEEDLE"]).unwrap(), threads).unwrap()
}

fn walked(root: &Path) -> Found {
    found(&[root.to_owned()], 0)
}

/// One line a fact, so that a test reads as a list.
fn told(found: &Found) -> Vec<String> {
    let mut lines = Vec::new();
    for candidate in &found.files {
        let generated = candidate.generated.map(|why| format!(" ({why})")).unwrap_or_default();
        let ignored = if candidate.ignored { " ignored" } else { "" };
        lines.push(format!("{}{generated}{ignored}", candidate.file.path));
    }
    lines.extend(found.skipped.iter().map(|skip| format!("- {}: {}", skip.path, skip.reason)));
    lines.extend(found.failed.iter().map(|fail| format!("! {}", fail.path)));
    lines
}

#[test]
fn needles_names_and_reasons() {
    let wide = "NEEDLE=1;".repeat(1000);
    let big = vec![b'a'; (2 << 20) + 1];
    let folder = folder(&[
        (".gitignore", b"*.log\n/private/\nout/\n!keep.log\n.env\n[bad\n"),
        ("a.py", b"needle"),
        ("plain.py", b"nothing"),
        ("empty.py", b""),
        (".hidden/b.py", b"NEEDLE"),
        ("x.log", b"NEEDLE"),
        ("keep.log", b"NEEDLE"),
        ("private/deep/private.key", b"any"),
        ("private/deep/code.py", b"NEEDLE"),
        (".env", b"NEEDLE"),
        ("out/.env.local", b"nothing"),
        ("cert.p12", b"\0\0"),
        ("node_modules/p/index.js", b"NEEDLE"),
        ("sub/node_modules/p/private.key", b"NEEDLE"),
        ("env3/pyvenv.cfg", b""),
        ("env3/lib/a.py", b"NEEDLE"),
        ("web/dist/a.js", b"NEEDLE"),
        ("wide.js", wide.as_bytes()),
        ("big.py", &big),
        ("image.png", b"NEEDLE\0"),
        ("utf16.py", b"\xff\xfeN\0E\0"),
        ("latin.py", b"\xe9 NEEDLE"),
        ("sub/.gitignore", b"local.py\n"),
        ("sub/local.py", b"NEEDLE"),
        ("sub/other.py", b"NEEDLE"),
    ]);
    let found = walked(folder.path());
    let want = [
        ".env ignored",
        ".hidden/b.py",
        "a.py",
        "cert.p12",
        "keep.log",
        "latin.py",
        "private/deep/private.key ignored",
        "sub/other.py",
        "web/dist/a.js (in dist)",
        "wide.js (minified)",
        "- big.py: larger than 2 MiB",
        "- env3/: virtual environment",
        "- image.png: binary",
        "- node_modules/: installed packages",
        "- out/: git-ignored",
        "- private/: git-ignored",
        "- sub/local.py: git-ignored",
        "- sub/node_modules/: installed packages",
        "- utf16.py: UTF-16 text",
        "- x.log: git-ignored",
    ];
    assert_eq!(told(&found), want);
    let files_left_out = found.skipped.iter().filter(|skip| !skip.path.ends_with('/')).count();
    assert_eq!(found.seen, found.scanned + files_left_out);
    assert!(found.paths.contains("plain.py") && !found.paths.contains(".env"));
}

#[test]
fn any_number_of_threads_finds_the_same() {
    let folder = folder(&[]);
    for number in 0..300 {
        let text: &[u8] = if number % 3 == 0 { b"NEEDLE" } else { b"\0" };
        write(folder.path(), &format!("{}/{}/f{number}.py", number % 7, number % 5), text);
    }
    let show = |threads| {
        let found = found(&[folder.path().to_owned()], threads);
        let paths: BTreeSet<&String> = found.paths.iter().collect();
        format!("{:?} {paths:?} {} {}", told(&found), found.seen, found.scanned)
    };
    let one = show(1);
    assert!([2, 3, 8, 0].into_iter().all(|threads| show(threads) == one));
}

#[test]
fn rules_above_the_root_do_not_count() {
    let folder = folder(&[
        (".gitignore", b"*"),
        (".worktrees/x/a.py", b"NEEDLE"),
        (".worktrees/x/.git/info/exclude", b"a.py"),
        (".worktrees/x/.ignore", b"a.py"),
    ]);
    assert_eq!(told(&walked(&folder.path().join(".worktrees/x"))), ["a.py", "- .git/: git's own folder"]);
}

#[test]
fn named_paths_are_read_whatever_the_rules_say() {
    let big = [b"NEEDLE".to_vec(), vec![b' '; 3 << 20]].concat();
    let folder = folder(&[
        (".gitignore", b"ignored.py\n/gone/\n"),
        ("ignored.py", b"NEEDLE"),
        ("gone/a.py", b"NEEDLE"),
        ("big.py", &big),
        ("node_modules/a.js", b"NEEDLE"),
        ("other.py", b"NEEDLE"),
    ]);
    let at = |path: &str| folder.path().join(path);
    let named = found(&[at("ignored.py"), at("big.py"), at("big.py"), at("node_modules/a.js"), at("gone")], 0);
    assert_eq!(told(&named), ["big.py", "gone/a.py", "ignored.py", "node_modules/a.js"]);
    assert_eq!((named.seen, named.complete), (4, false));
    let with_root = found(&[folder.path().to_owned(), at("ignored.py"), at("gone")], 0);
    assert_eq!(with_root.seen, 4);
    assert!(with_root.files.iter().any(|candidate| candidate.file.path == "ignored.py"));
    assert!(with_root.complete);
}

#[test]
fn a_path_that_is_not_there_is_named() {
    let folder = folder(&[]);
    let error = walk(&[folder.path().join("nowhere")], &Needles::new([""; 0]).unwrap(), 0).unwrap_err();
    assert!(matches!(&error, Error::Path { path, .. } if path.ends_with("nowhere")), "{error}");
}

#[test]
fn an_empty_folder_is_scanned_to_nothing() {
    let folder = folder(&[]);
    let found = walked(folder.path());
    assert_eq!((found.seen, found.scanned, told(&found)), (0, 0, vec![]));
}

#[test]
fn manifests_above_a_seed_come_along() {
    let folder = folder(&[
        ("package.json", b"{}"),
        ("a/pyproject.toml", b""),
        ("a/b/config.json", b"NEEDLE"),
        ("c/package.json", b"{}"),
    ]);
    let mut all = walked(folder.path());
    let seeds: Vec<_> = all.files.iter().map(|candidate| candidate.file.clone()).collect();
    Neighbours::new(&|_| Vec::new()).join(&mut all, &seeds);
    assert_eq!(told(&all), ["a/b/config.json", "a/pyproject.toml", "package.json"]);
    assert!(all.files.iter().all(|candidate| candidate.seed == (candidate.file.path == "a/b/config.json")));
    let mut one = found(&[folder.path().join("a/b/config.json"), folder.path().join("c")], 0);
    let seeds: Vec<_> = one.files.iter().map(|candidate| candidate.file.clone()).collect();
    Neighbours::new(&|_| Vec::new()).join(&mut one, &seeds);
    assert_eq!(told(&one), ["a/b/config.json", "a/pyproject.toml", "package.json"]);
}

#[cfg(unix)]
mod hostile {
    use super::*;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    use std::process::Command;

    #[test]
    fn links_pipes_and_odd_names_are_told_and_never_followed() {
        let outside = folder(&[("secret.py", b"NEEDLE"), ("dir/a.py", b"NEEDLE")]);
        let folder = folder(&[("a.py", b"NEEDLE"), ("sub/b.py", b"")]);
        let root = folder.path();
        symlink(outside.path().join("secret.py"), root.join("out.py")).unwrap();
        symlink(outside.path().join("dir"), root.join("outdir")).unwrap();
        symlink(root, root.join("sub/cycle")).unwrap();
        symlink("loop", root.join("loop")).unwrap();
        symlink("a.py", root.join("inside.py")).unwrap();
        assert!(
            Command::new("mkfifo").args([root.join("pipe.py"), root.join(".gitignore")]).status().unwrap().success()
        );
        let _socket = std::os::unix::net::UnixListener::bind(root.join("socket")).unwrap();
        std::fs::write(root.join(std::ffi::OsStr::from_bytes(b"bad\xff.py")), "NEEDLE").unwrap();
        let begun = Instant::now();
        let want = [
            "a.py",
            "- .gitignore: not a regular file",
            "- bad\u{fffd}.py: name is not UTF-8",
            "- inside.py: symbolic link",
            "- loop: broken symbolic link",
            "- out.py: symbolic link out of the root",
            "- outdir: symbolic link out of the root",
            "- pipe.py: not a regular file",
            "- socket: not a regular file",
            "- sub/cycle: symbolic link",
        ];
        assert_eq!(told(&walked(root)), want);
        let named = ["out.py", "pipe.py", "loop"].map(|name| root.join(name));
        let want = [
            "- loop: broken symbolic link",
            "- out.py: symbolic link out of the root",
            "- pipe.py: not a regular file",
        ];
        assert_eq!(told(&found(&named, 0)), want);
        assert!(begun.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn a_linked_root_is_entered() {
        let folder = folder(&[("real/a.py", b"NEEDLE")]);
        symlink("real", folder.path().join("link")).unwrap();
        assert_eq!(told(&walked(&folder.path().join("link"))), ["a.py"]);
    }

    #[test]
    fn what_cannot_be_read_is_told() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder(&[("a.py", b"NEEDLE"), ("locked.py", b"NEEDLE"), ("shut/a.py", b"NEEDLE")]);
        for name in ["locked.py", "shut"] {
            std::fs::set_permissions(folder.path().join(name), std::fs::Permissions::from_mode(0o0)).unwrap();
        }
        let reads_everything = std::fs::read(folder.path().join("locked.py")).is_ok();
        let told = told(&walked(folder.path()));
        std::fs::set_permissions(folder.path().join("shut"), std::fs::Permissions::from_mode(0o700)).unwrap();
        if !reads_everything {
            assert_eq!(told, ["a.py", "! locked.py", "! shut"]);
        }
    }
}
