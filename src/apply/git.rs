//! What git says about the files that are to be changed, with the same three permissions as `cargo fix`.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// What the user allowed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Allow {
    /// Targets with changes of any kind, or that git does not know.
    pub dirty: bool,
    /// Targets with changes that are staged and not committed.
    pub staged: bool,
    /// No git at all.
    pub no_vcs: bool,
}

/// Why nothing is written.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum Refusal {
    /// Not in a git work tree.
    #[error("the folder is not under version control ({0})")]
    NoVcs(String),
    /// Changes that would be mixed with ours.
    #[error("files to be changed have uncommitted changes: {}", list(.0))]
    Dirty(Vec<String>),
    /// Staged changes.
    #[error("files to be changed have staged changes: {}", list(.0))]
    Staged(Vec<String>),
}

impl Refusal {
    pub(super) fn help(&self) -> String {
        match self {
            Refusal::NoVcs(_) => {
                "to write without a way back through git, pass `--allow-no-vcs` (`unjwt undo` still works)".into()
            }
            Refusal::Dirty(_) => "commit or stash them, or pass `--allow-dirty`".into(),
            Refusal::Staged(_) => "commit them, or pass `--allow-staged`".into(),
        }
    }
}

/// Checks the targets (paths relative to `root`).
///
/// # Errors
/// A [`Refusal`] that is not allowed.
pub fn check(root: &Path, targets: &[&str], allow: Allow) -> Result<(), Refusal> {
    let prefix = match git(root, &["rev-parse", "--show-prefix"]) {
        Ok(prefix) => prefix.strip_suffix(b"\n").unwrap_or(&prefix).to_vec(),
        Err(_) if allow.no_vcs => return Ok(()),
        Err(why) => return Err(Refusal::NoVcs(why)),
    };
    if allow.dirty {
        return Ok(());
    }
    let status = git(root, &["status", "--porcelain=v1", "-z", "--untracked-files=all", "--", "."]);
    let status = match status {
        Ok(status) => status,
        Err(_) if allow.no_vcs => return Ok(()),
        Err(why) => return Err(Refusal::NoVcs(why)),
    };
    let targets: BTreeSet<Vec<u8>> =
        targets.iter().map(|target| [prefix.as_slice(), target.as_bytes()].concat()).collect();
    let (mut dirty, mut staged) = (Vec::new(), Vec::new());
    for (x, y, path) in entries(&status).into_iter().filter(|(_, _, path)| targets.contains(*path)) {
        let name = String::from_utf8_lossy(&path[prefix.len().min(path.len())..]).into_owned();
        if y != b' ' {
            dirty.push(name);
        } else if x != b' ' {
            staged.push(name);
        }
    }
    match () {
        () if !dirty.is_empty() => Err(Refusal::Dirty(dirty)),
        () if !staged.is_empty() && !allow.staged => Err(Refusal::Staged(staged)),
        () => Ok(()),
    }
}

/// Index state, work tree state, path.
fn entries(status: &[u8]) -> Vec<(u8, u8, &[u8])> {
    let mut out = Vec::new();
    let mut parts = status.split(|byte| *byte == 0);
    while let Some(part) = parts.next() {
        let [x, y, b' ', path @ ..] = part else { continue };
        out.push((*x, *y, path));
        if matches!((x, y), (b'R' | b'C', _) | (_, b'R' | b'C')) {
            // The old name follows.
            parts.next();
        }
    }
    out
}

/// Runs git, which must neither write nor start programs that the repository names.
fn git(root: &Path, arguments: &[&str]) -> Result<Vec<u8>, String> {
    let run = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "--literal-pathspecs"])
        .args(arguments)
        .env("GIT_OPTIONAL_LOCKS", "0")
        .stdin(std::process::Stdio::null())
        .output();
    match run {
        Ok(output) if output.status.success() => Ok(output.stdout),
        Ok(output) => {
            let said = String::from_utf8_lossy(&output.stderr);
            Err(said.lines().next().unwrap_or("git failed").trim_start_matches("fatal: ").to_owned())
        }
        Err(error) => Err(format!("git cannot be started: {error}")),
    }
}

/// The first few of them.
fn list(paths: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut out = paths.iter().take(SHOWN).map(|path| format!("`{path}`")).collect::<Vec<_>>().join(", ");
    if paths.len() > SHOWN {
        out.push_str(&format!(" and {} more", paths.len() - SHOWN));
    }
    out
}
