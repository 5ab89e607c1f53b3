//! What several test files share.
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use walkdir::WalkDir;

pub(crate) mod case;
pub(crate) mod credential;
pub(crate) mod ims;
pub(crate) mod invariants;
pub(crate) mod java;
pub(crate) mod keys;
pub(crate) mod manifest;
pub(crate) mod runtimes;
pub(crate) mod world;

/// The files of a tree, by path with `/`.
pub(crate) type Tree = BTreeMap<String, Vec<u8>>;

/// The root of the checkout.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where installed packages and generated keys live between runs: inside cargo's target directory, never in git.
pub(crate) fn target_dir() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap().join("behaviour")
}

/// Runs `work` while no other test process runs it in the same folder (`cargo test` twice, or an IDE beside it).
pub(crate) fn locked<T>(folder: &Path, work: impl FnOnce() -> T) -> T {
    fs::create_dir_all(folder).unwrap();
    let lock = File::create(folder.join(".lock")).unwrap();
    lock.lock().unwrap();
    work()
}

/// The fixture folders below `fixtures/<group>`, sorted.
pub(crate) fn folders(group: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(root().join("fixtures").join(group))
        .unwrap_or_else(|error| panic!("fixtures/{group}: {error}"))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    found.sort();
    found
}

/// Every byte of a tree. Links are not followed, so a linked `node_modules` stays out; so does the journal of `fix`.
pub(crate) fn read_tree(root: &Path) -> Tree {
    let files = WalkDir::new(root)
        .sort_by_file_name()
        .into_iter()
        .map(Result::unwrap)
        .filter(|e| e.file_type().is_file() && !e.path().iter().any(|part| part == ".unjwt"));
    files.map(|entry| (relative(root, entry.path()), fs::read(entry.path()).unwrap())).collect()
}

/// Writes a tree; `to` holds nothing else afterwards.
pub(crate) fn write_tree(to: &Path, tree: &Tree) {
    if to.exists() {
        fs::remove_dir_all(to).unwrap();
    }
    fs::create_dir_all(to).unwrap();
    for (path, bytes) in tree {
        let path = to.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
}

fn relative(root: &Path, path: &Path) -> String {
    let parts: Vec<_> = path.strip_prefix(root).unwrap().iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

/// `unjwt` as cargo built it for this test run.
pub(crate) fn unjwt() -> Command {
    Command::new(env!("CARGO_BIN_EXE_unjwt"))
}

/// Both streams, for a message that says what happened.
pub(crate) fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n--- stdout\n{}--- stderr\n{}", output.status, text(&output.stdout), text(&output.stderr))
}
