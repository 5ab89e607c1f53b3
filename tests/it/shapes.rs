//! Shapes of code that nobody has written down before: small projects, and the lines at which the exchange must be seen.
//!
//! The files are in `shapes/*.txt`: `=== name` begins a project, `--- path` a file of it, and the marks at the end of a
//! line say what is found there: `<exchange>`, `<sign>`, `<key>`, `<claims>`, `<endpoint>`. What is not marked is not
//! found: exchanges and signatures are compared in full, the other kinds as far as they are marked.

use std::collections::BTreeSet;
use unjwt::Options;
use unjwt::analyze::{Confidence, Kind};

const MARKS: &[(&str, Kind)] = &[
    ("<exchange>", Kind::TokenExchange),
    ("<sign>", Kind::JwtSign),
    ("<key>", Kind::PrivateKey),
    ("<claims>", Kind::Claims),
    ("<endpoint>", Kind::Endpoint),
];
/// The kinds that must not be found where no mark is.
const EXACT: &[Kind] = &[Kind::TokenExchange, Kind::JwtSign];

type Seen = BTreeSet<(String, usize, Kind)>;

#[test]
fn javascript() {
    check(include_str!("shapes/javascript.txt"));
}

#[test]
fn typescript() {
    check(include_str!("shapes/typescript.txt"));
}

#[test]
fn java() {
    check(include_str!("shapes/java.txt"));
}

#[test]
fn python() {
    check(include_str!("shapes/python.txt"));
}

fn check(shapes: &str) {
    let wrong: Vec<String> = shapes.split("=== ").skip(1).filter_map(|shape| check_one(shape).err()).collect();
    assert!(wrong.is_empty(), "{} shapes\n{}", wrong.len(), wrong.join("\n"));
}

fn check_one(shape: &str) -> Result<(), String> {
    let (name, files) = shape.split_once('\n').unwrap_or((shape, ""));
    let folder = tempfile::tempdir().expect("a folder");
    let mut wanted = Seen::new();
    for file in files.split("--- ").skip(1) {
        let (path, text) = file.split_once('\n').unwrap_or((file, ""));
        let (text, marks) = unmarked(path, text);
        wanted.extend(marks);
        let at = folder.path().join(path);
        std::fs::create_dir_all(at.parent().expect("inside")).expect("created");
        std::fs::write(at, text).expect("written");
    }
    let found = found_in(folder.path());
    let missing: Vec<_> = wanted.difference(&found).collect();
    let extra: Vec<_> = found.difference(&wanted).filter(|(_, _, kind)| EXACT.contains(kind)).collect();
    if missing.is_empty() && extra.is_empty() {
        return Ok(());
    }
    Err(format!("{name}: missing {missing:?}, not expected {extra:?}"))
}

/// The text without its marks, and what they say.
fn unmarked(path: &str, text: &str) -> (String, Seen) {
    let mut seen = Seen::new();
    let mut plain = String::new();
    for (number, line) in text.lines().enumerate() {
        let mut line = line.to_owned();
        for (mark, kind) in MARKS {
            if let Some(at) = line.find(mark) {
                line.replace_range(at..at + mark.len(), "");
                seen.insert((path.to_owned(), number + 1, *kind));
            }
        }
        plain.push_str(line.trim_end());
        plain.push('\n');
    }
    (plain, seen)
}

fn found_in(folder: &std::path::Path) -> Seen {
    let run = unjwt::scan(&[folder.to_path_buf()], &Options::default()).expect("a run");
    let believed = run.findings.iter().filter(|finding| finding.confidence >= Confidence::Medium);
    believed
        .map(|finding| {
            let file = &run.files[finding.at.file.0 as usize];
            let line = file.lines().line_of(finding.at.span.start as usize);
            (file.path.clone(), line + 1, finding.kind)
        })
        .collect()
}
