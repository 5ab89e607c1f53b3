//! Cargo; Python and Node with the packages that fixtures import, before and after a rewrite; installed once, below `target/`.
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::{locked, said, target_dir};

/// One environment for all Python cases: what they import before, and Authlib with its HTTP clients after.
const PYTHON_PACKAGES: &[&str] = &[
    "aiohttp>=3.9,<4",
    "Authlib>=1.6,<2",
    "certifi",
    "httpx>=0.27,<1",
    "httpx2>=2,<3",
    "jwcrypto>=1.5,<2",
    "PyJWT[crypto]>=2.8,<3",
    "pyflakes>=3.2,<4",
    "python-jose[cryptography]>=3.3,<4",
    "requests>=2.31,<3",
    "urllib3>=2,<3",
];

/// In a folder of their own, without what they depend on: their modules have names of others'.
const PYTHON_APART: &[&str] = &["jwt>=1.3,<2"];

/// One `node_modules` for all Node cases.
const NODE_PACKAGES: &[&str] = &[
    "@adobe/jwt-auth@^2.0.0",
    "@types/jsonwebtoken@^9.0.6",
    "@types/node@^20",
    "@types/passport-oauth2@^1.8.0",
    "axios@^1.6.0",
    "eslint@^9.0.0",
    "express@^4.19.0",
    "form-data@^4.0.0",
    "globals@^15.0.0",
    "got@^11.8.6",
    "jose@^5.9.0",
    "jsonwebtoken@^9.0.2",
    "jsrsasign@^11.1.0",
    "jwt-simple@^0.5.6",
    "ky@^1.7.0",
    "lodash@^4.17.21",
    "needle@^3.3.0",
    "node-fetch@^2.7.0",
    "openid-client@^6.8.0",
    "passport-oauth2@^1.8.0",
    "request@^2.88.2",
    "request-promise-native@^1.0.9",
    "superagent@^9.0.2",
    "typescript@~5.9.0",
];

/// What all Rust cases may depend on, with the features that any of them has: they share one lock file, so that each
/// crate is compiled once, and no case asks the registry.
const RUST_PACKAGES: &[&str] = &[
    "anyhow = \"1\"",
    "chrono = \"0.4\"",
    "jsonwebtoken = \"9\"",
    "oauth2 = { version = \"5\", default-features = false, features = [\"reqwest\", \"reqwest-blocking\"] }",
    "reqwest = { version = \"0.12\", default-features = false, features = [\"blocking\", \"json\", \"multipart\", \"rustls-tls\"] }",
    "reqwest-13 = { package = \"reqwest\", version = \"0.13\", default-features = false, features = [\"form\", \"json\", \"rustls\"] }",
    "serde = { version = \"1\", features = [\"derive\"] }",
    "serde_json = \"1\"",
    "thiserror = \"1\"",
    "tokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }",
    "ureq = { version = \"2\", features = [\"json\"] }",
];

/// What a case runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Runtime {
    /// `python driver.py`
    Python,
    /// `node driver.js`
    Node,
    /// `tsc -p project`, then `node driver.js`
    TypeScript,
    /// `cargo run` in the project: it is its own driver
    Rust,
    /// `javac` with all warnings as errors, then `java Driver`
    Java,
}

/// An installed runtime.
#[derive(Debug, Default)]
pub(crate) struct Installed {
    /// The interpreter.
    pub(crate) program: PathBuf,
    /// `node_modules` for Node, the folder of the jars for Java.
    pub(crate) modules: Option<PathBuf>,
    /// Python packages that only some cases see.
    pub(crate) apart: Option<PathBuf>,
    /// `Cargo.lock` for all cases, for Rust.
    pub(crate) lock: Option<PathBuf>,
}

impl Runtime {
    /// The installed runtime, or why there is none on this machine. A failed *installation* is not a missing runtime:
    /// it fails the test.
    pub(crate) fn installed(self) -> Result<&'static Installed, String> {
        static PYTHON: OnceLock<Result<Installed, String>> = OnceLock::new();
        static NODE: OnceLock<Result<Installed, String>> = OnceLock::new();
        static RUST: OnceLock<Result<Installed, String>> = OnceLock::new();
        static JAVA: OnceLock<Result<Installed, String>> = OnceLock::new();
        let cell = match self {
            Runtime::Rust => RUST.get_or_init(rust),
            Runtime::Java => JAVA.get_or_init(super::java::installed),
            Runtime::Python => PYTHON.get_or_init(python),
            Runtime::Node | Runtime::TypeScript => NODE.get_or_init(node),
        };
        cell.as_ref().map_err(Clone::clone)
    }
}

fn python() -> Result<Installed, String> {
    let base = first_that_runs(&["python3", "python"])?;
    let folder = target_dir().join("python");
    let venv = folder.join("venv");
    let program = venv.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let apart = folder.join("apart");
    once(&folder, &[PYTHON_PACKAGES, PYTHON_APART].concat(), || {
        run(Command::new(&base).args(["-m", "venv", "--clear"]).arg(&venv));
        let pip = || {
            let mut command = Command::new(&program);
            command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
            command
        };
        run(pip().args(PYTHON_PACKAGES));
        run(pip().args(["--no-deps", "--upgrade", "--target"]).arg(&apart).args(PYTHON_APART));
    });
    Ok(Installed { program, apart: Some(apart), ..Installed::default() })
}

fn node() -> Result<Installed, String> {
    let program = PathBuf::from(first_that_runs(&["node"])?);
    let npm = first_that_runs(&[if cfg!(windows) { "npm.cmd" } else { "npm" }])?;
    let folder = target_dir().join("node");
    once(&folder, NODE_PACKAGES, || {
        fs::write(folder.join("package.json"), "{\"private\": true}\n").unwrap();
        let flags = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"];
        run(Command::new(&npm).current_dir(&folder).args(flags).args(NODE_PACKAGES));
    });
    Ok(Installed { program, modules: Some(folder.join("node_modules")), ..Installed::default() })
}

/// The folder that all Rust cases build in, so that the crates are compiled once.
pub(crate) fn rust_target() -> PathBuf {
    target_dir().join("rust")
}

/// Cargo and rustup find their homes by `HOME`, which a case has of its own.
pub(crate) fn rust_homes() -> Vec<(String, String)> {
    let home = std::env::home_dir().unwrap_or_default();
    let place = |(name, folder): (&str, &str)| {
        let path = std::env::var(name).unwrap_or_else(|_| home.join(folder).display().to_string());
        (name.to_owned(), path)
    };
    [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")].map(place).into()
}

fn rust() -> Result<Installed, String> {
    let program = PathBuf::from(first_that_runs(&["cargo"])?);
    let folder = rust_target().join("lock");
    once(&folder, RUST_PACKAGES, || {
        let head = "[package]\nname = \"lock\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n";
        let manifest = format!("{head}\n[dependencies]\n{}\n", RUST_PACKAGES.join("\n"));
        fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::write(folder.join("src/lib.rs"), "").unwrap();
        run(Command::new(&program).args(["fetch", "--quiet"]).current_dir(&folder));
    });
    Ok(Installed { program, lock: Some(folder.join("Cargo.lock")), ..Installed::default() })
}

/// Installs into `folder` unless exactly this list is there already.
pub(crate) fn once(folder: &Path, packages: &[&str], install: impl FnOnce()) {
    let (stamp, wanted) = (folder.join("installed.txt"), packages.join("\n"));
    locked(folder, || {
        if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
            return;
        }
        install();
        fs::write(&stamp, &wanted).unwrap();
    });
}

pub(crate) fn first_that_runs(programs: &[&str]) -> Result<OsString, String> {
    let runs = |program: &&&str| Command::new(program).arg("--version").output().is_ok_and(|out| out.status.success());
    programs.iter().find(runs).map(OsString::from).ok_or_else(|| format!("`{}` is not on this machine", programs[0]))
}

pub(crate) fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", said(&output));
}
