//! After a rewrite a project passes what it passed before: pyflakes, eslint's `no-undef` and `no-unused-vars`, and `tsc` with
//! `noUnusedLocals`. Complaints are compared by file and message.
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::behaviour::{CASES, fixed};
use crate::support::case::{self, Case, link};
use crate::support::runtimes::{Installed, Runtime};
use crate::support::{said, write_tree};

const ESLINT: &str = "\
const globals = require('globals');
const known = { ...globals.node, ...globals.es2021, fetch: false, URLSearchParams: false, AbortSignal: false };
const rules = { 'no-undef': 'error', 'no-unused-vars': 'error' };
module.exports = [{ languageOptions: { globals: known }, linterOptions: { reportUnusedDisableDirectives: 'off' }, rules }];
";

/// Cases with complaints that are still there: names that an anonymous function takes out of its parameter stay although
/// nothing reads them any more. A case leaves this list when they go.
const KNOWN: &[&str] = &["javascript/jwt-auth-metascope-loop"];

/// Complaints by project (`python/script`) and side (`before`, `after`, `after-fetch`), without their lines.
type Complaints = BTreeMap<(String, String), Vec<String>>;

#[test]
fn python_gets_no_new_complaint_of_pyflakes() {
    check(Runtime::Python, |installed, place| {
        let output =
            Command::new(&installed.program).args(["-m", "pyflakes", "."]).current_dir(place).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{said}{}", String::from_utf8_lossy(&output.stderr));
        // path:line:column: message
        let parted = |line: &str| {
            let mut parts = line.splitn(4, ':');
            Some((parts.next()?.to_owned(), parts.nth(2)?.trim().to_owned()))
        };
        said.lines().filter_map(parted).collect()
    });
}

#[test]
fn javascript_gets_no_new_complaint_of_eslint() {
    check(Runtime::Node, |installed, place| {
        fs::write(place.join("eslint.config.cjs"), ESLINT).unwrap();
        let output = Command::new(&installed.program)
            .arg(place.join("node_modules/eslint/bin/eslint.js"))
            .args(["--format", "json", "."])
            .current_dir(place)
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", said(&output)));
        let mut complaints = vec![];
        for file in report.as_array().unwrap() {
            let path = Path::new(file["filePath"].as_str().unwrap()).strip_prefix(place).unwrap();
            for message in file["messages"].as_array().unwrap() {
                complaints.push((path.to_string_lossy().into_owned(), message["message"].as_str().unwrap().to_owned()));
            }
        }
        complaints
    });
}

#[test]
fn typescript_gets_no_new_complaint_of_tsc() {
    check(Runtime::TypeScript, |installed, place| {
        let mut complaints = vec![];
        for project in fs::read_dir(place).unwrap().map(|entry| entry.unwrap().path()) {
            if !project.join("before/tsconfig.json").exists() {
                continue;
            }
            // One program for both sides: starting the compiler takes longest.
            let options =
                r#"{"noEmit": true, "declaration": false, "strict": true, "noUnusedLocals": true, "rootDir": "."}"#;
            let include = r#"["*/**/*.ts"]"#;
            let text = format!(
                r#"{{"extends": "./before/tsconfig.json", "compilerOptions": {options}, "include": {include}}}"#
            );
            fs::write(project.join("tsconfig.json"), text).unwrap();
            let output = Command::new(&installed.program)
                .arg(place.join("node_modules/typescript/bin/tsc"))
                .args(["-p", ".", "--pretty", "false"])
                .current_dir(&project)
                .output()
                .unwrap();
            let name = project.file_name().unwrap().to_string_lossy().into_owned();
            // path(line,column): message
            for line in String::from_utf8_lossy(&output.stdout).lines().filter(|line| !line.starts_with(' ')) {
                let (path, message) = line.split_once("): ").unwrap_or((line, line));
                let path = path.split('(').next().unwrap_or_default();
                complaints.push((format!("{name}/{path}"), message.to_owned()));
            }
        }
        complaints
    });
}

/// Writes the projects of all cases of a runtime, lints them in one go, and compares the sides.
fn check(runtime: Runtime, lint: impl Fn(&Installed, &Path) -> Vec<(String, String)>) {
    let installed = match runtime.installed() {
        Ok(installed) => installed,
        Err(why) => {
            assert!(env::var_os("UNJWT_REQUIRE_RUNTIMES").is_none(), "{why}");
            eprintln!("SKIPPED: {why}");
            return;
        }
    };
    let place = tempfile::tempdir().unwrap();
    let place = place.path().canonicalize().unwrap();
    if let Some(modules) = &installed.modules {
        link(modules, &place.join("node_modules"));
    }
    let mut count = 0;
    for name in CASES {
        let case = Case::load(name).unwrap();
        if case.runtime == runtime {
            count += 1;
            write_sides(name, &case, &place.join(name.replace('/', "~")));
        }
    }
    let mut complaints = Complaints::new();
    for (path, message) in lint(installed, &place) {
        let path = path.trim_start_matches("./").replace('\\', "/");
        let mut parts = path.splitn(3, '/');
        let mut part = || parts.next().unwrap_or_default().to_owned();
        let key = (part().replace('~', "/"), part());
        complaints.entry(key).or_default().push(format!("{}: {message}", part()));
    }
    assert!(count > 0, "no case runs on {runtime:?}");
    let wrong = new_complaints(&complaints);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `before`, the committed `after`, and what other targets make.
fn write_sides(name: &str, case: &Case, folder: &Path) {
    let before = case::project(name, "before");
    write_tree(&folder.join("before"), &before);
    let after: PathBuf = case::folder(name).join("after");
    if after.exists() {
        write_tree(&folder.join("after"), &case::project(name, "after"));
    }
    for target in &case.targets {
        let side = format!("after-{}", target.rsplit('=').next().unwrap_or_default());
        let arguments = ["--strategy", "library", "--target", target.as_str()];
        write_tree(&folder.join(side), &fixed(name, case, &before, &arguments));
    }
}

fn new_complaints(complaints: &Complaints) -> Vec<String> {
    let count = |all: &[String], one: &String| all.iter().filter(|other| *other == one).count();
    let nothing = vec![];
    let mut wrong = vec![];
    let looked_at = |(name, side): &(String, String)| side != "before" && !KNOWN.contains(&name.as_str());
    for ((name, side), told) in complaints.iter().filter(|(key, _)| looked_at(key)) {
        let before = complaints.get(&(name.clone(), "before".to_owned())).unwrap_or(&nothing);
        let new = told.iter().filter(|one| count(told, one) > count(before, one));
        wrong.extend(new.map(|one| format!("{name}, {side}: {one}")));
    }
    wrong
}
