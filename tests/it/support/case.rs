//! A fixture that can run: `case.toml`, the driver, and one run of it against the mock.
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use super::ims::{Ims, REAL_IMS};
use super::keys::keys;
use super::runtimes::{Installed, Runtime, rust_homes, rust_target};
use super::{Tree, read_tree, root, said, write_tree};

/// What a driver and its helpers need beside the project.
const DRIVERS: &str = "tests/it/support/drivers";

/// `case.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) runtime: Runtime,
    /// Bound to the credential; the JWT may name no other.
    pub(crate) metascopes: Vec<String>,
    /// What the rewritten code must ask for, no more and no less.
    pub(crate) scopes: Vec<String>,
    /// The migration is not Safe: `fix` gets `--review`.
    #[serde(default)]
    pub(crate) review: bool,
    /// More arguments of `fix`.
    #[serde(default)]
    pub(crate) args: Vec<String>,
    /// Token requests, and calls of the protected API, in one run of the driver.
    #[serde(default = "one")]
    pub(crate) tokens: usize,
    /// Calls of the protected API, if more than token requests.
    #[serde(default)]
    pub(crate) calls: usize,
    /// Token requests that the driver makes in order to be refused.
    #[serde(default)]
    pub(crate) refused: usize,
    /// The caller computes when the token ends.
    #[serde(default)]
    pub(crate) expires: bool,
    /// Has a request that `--strategy in-place` can edit; an SDK call has none.
    #[serde(default = "yes")]
    pub(crate) in_place: bool,
    /// Other targets that the case must come out of as well: `javascript=fetch`.
    #[serde(default)]
    pub(crate) targets: Vec<String>,
    /// Imports a package whose module has the name of another case's.
    #[serde(default)]
    pub(crate) apart: bool,
    /// Environment, both times. A variable whose value speaks of the key is left out after the rewrite.
    #[serde(default)]
    pub(crate) env: BTreeMap<String, String>,
    /// Environment after the rewrite only: what the user was told to set.
    #[serde(default)]
    pub(crate) env_after: BTreeMap<String, String>,
    /// What a user would have filled in: text → text, in every file of the copy, just before it runs. This is how a
    /// hard-coded host comes to the mock. The real host needs no entry.
    #[serde(default)]
    pub(crate) fill_in: BTreeMap<String, String>,
}

fn one() -> usize {
    1
}

fn yes() -> bool {
    true
}

/// Which side of the rewrite a project is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Before,
    After,
}

/// What a driver prints, as its last line.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Report {
    /// The first letters of the token, to see that there was one.
    pub(crate) access_token_prefix: String,
    /// By the caller's own arithmetic.
    pub(crate) expires_at_seconds_from_now: Option<f64>,
    /// The protected API took the token.
    pub(crate) ok: bool,
}

impl Case {
    /// `fixtures/<name>/case.toml`, or `None` for a fixture that only the scanner reads.
    pub(crate) fn load(name: &str) -> Option<Self> {
        let text = fs::read_to_string(folder(name).join("case.toml")).ok()?;
        Some(toml::from_str(&text).unwrap_or_else(|error| panic!("fixtures/{name}/case.toml: {error}")))
    }

    /// Runs the driver of fixture `name` on `project`, in a folder of its own.
    pub(crate) fn drive(&self, name: &str, project: &Tree, side: Side, ims: &Ims) -> Report {
        let installed = self.runtime.installed().unwrap();
        let place = tempfile::Builder::new().prefix("unjwt-drive-").tempdir().unwrap();
        let place = place.path().canonicalize().unwrap();
        let filler = Filler { ims, side };
        write_tree(&place.join("project"), &self.filled_in(project, &filler));
        copy_files(&root().join(DRIVERS), &place);
        copy_files(&folder(name), &place);
        if let Some(modules) = installed.modules.as_ref().filter(|_| self.runtime != Runtime::Java) {
            link(modules, &place.join("node_modules"));
        }
        if let Some(lock) = &installed.lock {
            fs::copy(lock, place.join("project/Cargo.lock")).unwrap();
        }
        let environment = self.environment(&filler, &place, installed);
        let mut last = String::new();
        for mut command in self.commands(installed, &place) {
            command.current_dir(place.join("project")).env_clear().envs(&environment);
            let output = command.output().unwrap_or_else(|error| panic!("{name}: {command:?}: {error}"));
            assert!(output.status.success(), "{name}, {side:?}: {}\nseen: {:#?}", said(&output), ims.take_log());
            last = String::from_utf8_lossy(&output.stdout).trim_end().lines().last().unwrap_or_default().to_owned();
        }
        if self.runtime == Runtime::Rust {
            return self.told(&last);
        }
        serde_json::from_str(&last).unwrap_or_else(|error| panic!("{name}, {side:?}: `{last}`: {error}"))
    }

    /// What a program that is its own driver tells: that it ended well, and in its last line, as the only number, for how
    /// many seconds the token lasts.
    fn told(&self, last: &str) -> Report {
        let number = last.split(|c: char| !c.is_ascii_digit()).find_map(|digits| digits.parse().ok());
        let expires_at_seconds_from_now = number.filter(|_| self.expires);
        Report { access_token_prefix: "?".into(), expires_at_seconds_from_now, ok: true }
    }

    fn commands(&self, installed: &Installed, place: &Path) -> Vec<Command> {
        let command = |arguments: &[PathBuf]| {
            let mut command = Command::new(&installed.program);
            command.args(arguments);
            command
        };
        let tsc = place.join("node_modules/typescript/bin/tsc");
        match self.runtime {
            Runtime::Python => vec![command(&[place.join("driver.py")])],
            Runtime::Node => vec![command(&[place.join("driver.js")])],
            Runtime::Java => super::java::commands(installed, place),
            Runtime::TypeScript => vec![command(&[tsc, "-p".into(), ".".into()]), command(&[place.join("driver.js")])],
            Runtime::Rust => vec![command(&["run".into(), "--quiet".into(), "--offline".into()])],
        }
    }

    fn environment(&self, filler: &Filler<'_>, place: &Path, installed: &Installed) -> BTreeMap<String, String> {
        let join = |paths: &[PathBuf]| std::env::join_paths(paths).unwrap().into_string().unwrap();
        let mut all: BTreeMap<String, String> = ["PATH", "SystemRoot", "TEMP"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)))
            .collect();
        all.insert("HOME".into(), place.display().to_string());
        let apart = self.apart.then(|| installed.apart.clone()).flatten();
        let python: Vec<PathBuf> = [place.to_owned(), place.join("project")].into_iter().chain(apart).collect();
        all.insert("PYTHONPATH".into(), join(&python));
        all.insert("PYTHONDONTWRITEBYTECODE".into(), "1".into());
        all.insert("NODE_OPTIONS".into(), format!("--require={}", place.join("loopback.cjs").display()));
        all.insert("TEST_API".into(), filler.ims.base().into());
        all.insert("TEST_API_KEY".into(), filler.ims.credential().client_id.into());
        if self.runtime == Runtime::Rust {
            all.extend(rust_homes());
            all.insert("CARGO_TARGET_DIR".into(), rust_target().display().to_string());
            // A warning fails the build, before and after.
            all.insert("RUSTFLAGS".into(), "-Dwarnings".into());
            all.insert("CARGO_PROFILE_DEV_DEBUG".into(), "0".into());
            all.insert("CARGO_INCREMENTAL".into(), "0".into());
        }
        let own = self.env.iter().chain(self.env_after.iter().filter(|_| filler.side == Side::After));
        let own = own.filter(|(_, value)| filler.side == Side::Before || !value.contains("{private_key"));
        all.extend(own.map(|(name, value)| (name.clone(), filler.expand(value))));
        all
    }

    fn filled_in(&self, project: &Tree, filler: &Filler<'_>) -> Tree {
        let fill = |bytes: &Vec<u8>| {
            let mut text = to_mock(std::str::from_utf8(bytes).unwrap(), filler.ims.base());
            for (from, to) in &self.fill_in {
                text = text.replace(from.as_str(), &filler.expand(to));
            }
            text.into_bytes()
        };
        project.iter().map(|(path, bytes)| (path.clone(), fill(bytes))).collect()
    }
}

/// The real host becomes the mock, except where a claim names it: those the mock takes as they are, and
/// `@adobe/jwt-auth` knows a whole metascope URL by its `https`.
fn to_mock(text: &str, base: &str) -> String {
    let mut pieces = text.split(REAL_IMS);
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let claim = piece.starts_with("/s/") || piece.starts_with("/c/");
        out.push_str(if claim { REAL_IMS } else { base });
        out.push_str(piece);
    }
    out
}

/// Replaces `{ims}`, `{client_id}` … in `case.toml` values.
struct Filler<'a> {
    ims: &'a Ims,
    side: Side,
}

impl Filler<'_> {
    fn expand(&self, text: &str) -> String {
        let credential = self.ims.credential();
        let key = match self.side {
            Side::Before => keys().private_key_file.display().to_string(),
            Side::After => "no-such.key".to_owned(),
        };
        let host = self.ims.base().trim_start_matches("http://");
        text.replace("{ims}", self.ims.base())
            .replace("{ims_host}", host)
            .replace("{ims_port}", host.rsplit(':').next().unwrap_or_default())
            .replace("{client_id}", credential.client_id)
            .replace("{client_secret}", credential.client_secret)
            .replace("{org_id}", credential.org_id)
            .replace("{technical_account_id}", credential.technical_account_id)
            .replace("{private_key}", &fs::read_to_string(&key).unwrap_or_default())
            .replace("{private_key_file}", &key)
    }
}

/// `fixtures/<name>`.
pub(crate) fn folder(name: &str) -> PathBuf {
    root().join("fixtures").join(name)
}

/// The project of a fixture: its `before` or `after` tree.
pub(crate) fn project(name: &str, side: &str) -> Tree {
    read_tree(&folder(name).join(side))
}

/// The files right in a folder, not the folders in it.
fn copy_files(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_file()) {
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Node looks for packages in the parents of the *real* path of a file, so one link above the project serves all.
pub(crate) fn link(to: &Path, at: &Path) {
    #[cfg(unix)]
    std::os::unix::fs::symlink(to, at).unwrap();
    #[cfg(windows)]
    std::os::windows::fs::symlink_dir(to, at).unwrap();
}
