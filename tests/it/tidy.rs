//! The order of the house: rooms and what they may use, the size of files, where grammars live, which rules prove
//! themselves, and that the search on raw bytes loses nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use unjwt::Options;
use unjwt::discover::Needles;
use unjwt::rules::Rules;
use walkdir::WalkDir;

use crate::support::{folders, read_tree, root, unjwt, write_tree};

/// From the bottom up; a room uses those before it. `pipeline` and `run` stand beside them.
const ROOMS: &[&str] =
    &["text", "manifest", "config", "ir", "lang", "rules", "discover", "analyze", "migrate", "apply", "report", "cli"];
/// Files of `src` that put the rooms together.
const BESIDE: &[&str] = &["lib.rs", "main.rs", "pipeline.rs", "run.rs"];
const LINES: usize = 400;
/// Files that are longer, and why that is right.
const LONG: &[&str] = &["src/ir/mod.rs"];

/// The Rust files below `src`, with `/`, and their text.
fn sources() -> BTreeMap<String, String> {
    let files = WalkDir::new(root().join("src")).into_iter().map(Result::unwrap);
    let rust = files.filter(|entry| entry.path().extension().is_some_and(|extension| extension == "rs"));
    rust.map(|entry| (name(entry.path()), fs::read_to_string(entry.path()).unwrap())).collect()
}

fn name(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/")
}

fn room(path: &str) -> Option<&'static str> {
    let inside = path.strip_prefix("src/")?;
    if BESIDE.contains(&inside) {
        return None;
    }
    let found = ROOMS.iter().find(|room| inside.starts_with(&format!("{room}/")));
    assert!(found.is_some(), "{path} is in no room");
    found.copied()
}

#[test]
fn a_room_uses_only_rooms_below_it() {
    let height = |room: &str| ROOMS.iter().position(|other| *other == room);
    let mut wrong = vec![];
    for (path, text) in sources() {
        let Some(own) = room(&path) else { continue };
        // The tests of a room may look around.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for used in code.split("crate::").skip(1) {
            let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if height(&used) > height(own) {
                wrong.push(format!("{path} uses {used}"));
            }
            // The front door may run the whole house.
            if own != "cli" && ["pipeline", "scan"].contains(&used.as_str()) {
                wrong.push(format!("{path} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_short() {
    let long = |(path, text): (String, String)| {
        let lines = text.lines().count();
        (lines > LINES && !LONG.contains(&path.as_str())).then(|| format!("{path}: {lines} lines"))
    };
    let long: Vec<String> = sources().into_iter().filter_map(long).collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn grammars_live_in_lang() {
    let speaks = |(path, text): &(String, String)| !path.starts_with("src/lang/") && text.contains("tree_sitter");
    let wrong: Vec<String> = sources().into_iter().filter(speaks).map(|(path, _)| path).collect();
    assert!(wrong.is_empty(), "{wrong:?} use a grammar");
}

/// What a library's calls do is proved by its own examples, which `examples.rs` runs; every library has some.
#[test]
fn every_library_is_exercised() {
    let wanting = |library: &&unjwt::rules::Library| library.examples.is_empty() || library.lookalikes.is_empty();
    let wrong: Vec<&str> = Rules::embedded().libraries.iter().filter(wanting).map(|it| it.id.as_str()).collect();
    assert!(wrong.is_empty(), "no example, or no look-alike: {wrong:?}");
}

/// The folders of all fixtures with code.
fn fixtures() -> Vec<std::path::PathBuf> {
    let groups = folders(".").into_iter().filter(|group| !group.ends_with("broken"));
    let cases = groups.flat_map(|group| folders(&name(&group).replace("fixtures/", "")));
    cases.map(|case| if case.join("before").is_dir() { case.join("before") } else { case }).collect()
}

/// No finding of a fixture lies in a file that holds no needle and that nothing ties to one that does.
#[test]
fn the_search_on_raw_bytes_loses_nothing() {
    let rules = Rules::embedded();
    let needles = Needles::new(rules.needles()).unwrap();
    let all = Needles::new(["\n", " "]).unwrap();
    let fixtures = fixtures();
    assert!(fixtures.len() >= 25, "{fixtures:?}");
    for fixture in fixtures {
        let found = |needles: &Needles| {
            let run = unjwt::pipeline::run_with(std::slice::from_ref(&fixture), &Options::default(), needles).unwrap();
            let place = |finding: &unjwt::analyze::Finding| {
                let file = &run.files[finding.at.file.0 as usize];
                (file.path.clone(), finding.at.span.start, finding.kind.as_str())
            };
            run.findings.iter().map(place).collect::<BTreeSet<_>>()
        };
        assert_eq!(found(&needles), found(&all), "{}", fixture.display());
    }
}

/// What is said does not depend on how many threads say it.
#[test]
fn threads_do_not_show() {
    let place = tempfile::tempdir().unwrap();
    for (number, fixture) in fixtures().into_iter().enumerate() {
        write_tree(&place.path().join(number.to_string()), &read_tree(&fixture));
    }
    let said = |threads: &str| {
        let mut command = unjwt();
        command.args(["scan", "--format", "json", "--threads", threads]).arg(place.path());
        let output = command.env("RAYON_NUM_THREADS", threads).output().unwrap();
        assert!(output.status.code().is_some_and(|code| code < 2));
        output.stdout
    };
    let one = said("1");
    assert!(one.len() > 1000);
    for threads in ["2", "5", "16"] {
        assert!(said(threads) == one, "{threads} threads say something else");
    }
}
