//! Manifests: every case is a file before, what is asked, and the file after.

#![allow(clippy::expect_used, reason = "a test fails where an expectation does")]

mod jvm;
mod npm;
mod properties;
mod python;
mod toml_files;

use unjwt::manifest::{
    Added, Dependency, Format, Removed, Section, Wanted, add, dependencies, format_of, normalise, remove, replace,
};
use unjwt::text::{EditSet, SourceFile};

/// `-name` removes, `+name@range` or `+name>=1` adds, `+dev:…` adds for development, `+major:…` may cross majors.
fn asked(ops: &str) -> (Vec<&str>, Vec<Wanted>) {
    let (mut gone, mut wanted) = (Vec::new(), Vec::new());
    for op in ops.split_whitespace() {
        if let Some(name) = op.strip_prefix('-') {
            gone.push(name);
            continue;
        }
        let op = op.strip_prefix('+').unwrap_or(op);
        // A dot in what stands before the colon makes it Maven's `group:artifact`.
        let (flag, op) = op.split_once(':').filter(|(flag, _)| !flag.contains('.')).unwrap_or(("", op));
        let end = op[1..].find(['@', '<', '>', '=', '^', '~']).map_or(op.len(), |at| at + 1);
        let one = Wanted::runtime(&op[..end], op[end..].trim_start_matches('@'));
        wanted.push(match flag {
            "dev" => one.section(Section::Dev),
            "major" => one.across_majors(),
            "" => one,
            group => one.section(Section::Optional(group.to_owned())),
        });
    }
    (gone, wanted)
}

/// What `ops` make of `before`, or the refusal after a `!`.
fn change(path: &str, before: &str, ops: &str) -> String {
    let format = format_of(path).expect("a manifest");
    let file = SourceFile::new(path, before.as_bytes().to_vec());
    let (gone, wanted) = asked(ops);
    let mut edits = EditSet::default();
    match replace(format, &file, &gone, &wanted, &mut edits) {
        Err(refusal) => {
            assert!(edits.is_empty(), "a refusal leaves edits: {refusal}");
            format!("!{refusal}")
        }
        Ok(_) => {
            let once = edits.clone();
            replace(format, &file, &gone, &wanted, &mut edits).expect("the same again");
            assert_eq!(once, edits, "planned twice");
            let mut union = once.clone();
            // Nothing in an empty file to tie an insertion to.
            if !before.is_empty() {
                union.union(&edits).expect("equal edits unite");
            }
            let after = String::from_utf8(union.apply(file.bytes())).expect("UTF-8");
            settled(format, path, &after, &gone, &wanted);
            after
        }
    }
}

/// The result is well-formed, and a second run finds nothing to do.
fn settled(format: Format, path: &str, after: &str, gone: &[&str], wanted: &[Wanted]) {
    let text = after.trim_start_matches('\u{feff}');
    match format {
        Format::PackageJson => drop(serde_json::from_str::<serde_json::Value>(text).expect("JSON")),
        Format::Pyproject | Format::Pipfile | Format::CargoToml => {
            drop(toml::from_str::<toml::Table>(text).expect("TOML"))
        }
        _ => {}
    }
    let file = SourceFile::new(path, after.as_bytes().to_vec());
    let mut again = EditSet::default();
    replace(format, &file, gone, wanted, &mut again).expect("a second run");
    assert!(again.is_empty(), "not idempotent: {again:?} on\n{after}");
}

/// One case. `after`: `=` for no change, `!reason` for a refusal that says so.
#[track_caller]
fn check(path: &str, before: &str, ops: &str, after: &str) {
    let got = change(path, before, ops);
    match (after, after.strip_prefix('!')) {
        ("=", _) => assert_eq!(got, before, "{ops} must change nothing"),
        (_, Some(why)) => assert!(got.starts_with('!') && got.contains(why), "no refusal with {why:?}:\n{got}"),
        _ => assert_eq!(got, after, "{ops}"),
    }
}

const PKG: &str = "package.json";
const REQ: &str = "requirements.txt";
const PYP: &str = "pyproject.toml";
const PIP: &str = "Pipfile";
const SPY: &str = "setup.py";
const CFG: &str = "setup.cfg";
const ENV: &str = "environment.yml";
const CARGO: &str = "Cargo.toml";
const SWAP: &str = "-jsonwebtoken +passport-oauth2@^1.8.0";
const PYSWAP: &str = "-PyJWT +Authlib>=1.9.9,<2";

#[test]
fn names_of_files() {
    let is = |path: &str| format_of(path);
    assert_eq!(is("a/package.json"), Some(Format::PackageJson));
    assert_eq!(is("requirements-dev.txt"), Some(Format::Requirements));
    assert_eq!(is("requirements/base.in"), Some(Format::Requirements));
    assert_eq!(is("dev-requirements.txt"), Some(Format::Requirements));
    assert_eq!(is("environment-ci.yaml"), Some(Format::EnvironmentYml));
    assert_eq!(is("crates/a/Cargo.toml"), Some(Format::CargoToml));
    for no in
        ["package-lock.json", "Pipfile.lock", "poetry.lock", "requirements.lock", "requirements-lock.txt", "a.txt"]
    {
        assert_eq!(is(no), None, "{no}");
    }
    assert_eq!(normalise("Py_.JWT"), "py-jwt");
}
