//! Perturbation: programs rewritten without a change of what they do are still found.
//!
//! Every fixture and every example of a rule that holds an exchange is rewritten in each way below, and scanned. A new
//! language takes part by itself, as far as the rewrites know how it writes things. `--nocapture` prints the table of
//! `docs/accuracy.md` and each miss; `UNJWT_PERTURB=<folder>` keeps the rewritten projects there.

mod code;
mod helpers;
mod names;
mod promises;
mod strings;
mod syntax;

use std::env;
use std::fmt::Write;

use rayon::prelude::*;
use unjwt::Options;
use unjwt::analyze::{Confidence, Kind, Program};
use unjwt::lang;
use unjwt::rules::Rules;
use unjwt::text::SourceFile;

use crate::support::{Tree, folders, read_tree, root, write_tree};
use code::{Changes, program};

/// A way to rewrite, and the share of exchanges (per mille) that must be found at least.
struct Way {
    name: &'static str,
    rewrite: fn(&Program) -> Changes,
    floor: usize,
}

const WAYS: &[Way] = &[
    Way { name: "rename variables", rewrite: names::rename, floor: 950 },
    Way { name: "alias imports", rewrite: names::alias, floor: 950 },
    Way { name: "hoist constants", rewrite: strings::hoist, floor: 950 },
    Way { name: "other quotes", rewrite: strings::quotes, floor: 950 },
    Way { name: "templates spelled out", rewrite: strings::spell_out, floor: 950 },
    Way { name: "sums as templates", rewrite: strings::interpolate, floor: 950 },
    Way { name: "split addresses", rewrite: strings::split, floor: 950 },
    Way { name: "fields one by one", rewrite: strings::fields, floor: 950 },
    Way { name: "calls behind helpers", rewrite: helpers::calls, floor: 950 },
    Way { name: "values behind helpers", rewrite: helpers::values, floor: 950 },
    Way { name: "functions in a class", rewrite: helpers::class, floor: 950 },
    Way { name: "script in a function", rewrite: helpers::main, floor: 950 },
    Way { name: "await to then", rewrite: promises::then, floor: 950 },
    Way { name: "then to await", rewrite: promises::awaits, floor: 950 },
];

/// A project with exchanges.
struct Subject {
    name: String,
    tree: Tree,
}

/// What came of one way with one subject.
struct Outcome {
    way: usize,
    subject: String,
    wanted: usize,
    found: usize,
    tree: Tree,
    gaps: Vec<String>,
}

#[test]
fn rewritten_programs_are_still_found() {
    let subjects = subjects();
    assert!(subjects.len() >= 30, "{}", subjects.len());
    let all: Vec<(usize, &Subject)> =
        (0..WAYS.len()).flat_map(|way| subjects.iter().map(move |it| (way, it))).collect();
    let outcomes: Vec<Outcome> = all.par_iter().filter_map(|(way, subject)| try_one(*way, subject)).collect();
    let (table, low) = table(&outcomes);
    eprintln!("{table}");
    let gaps: Vec<&String> = outcomes.iter().flat_map(|outcome| &outcome.gaps).collect();
    assert!(gaps.is_empty(), "rewritten files that cannot be read: {gaps:#?}");
    syntax::check(outcomes.iter().flat_map(|outcome| &outcome.tree));
    assert!(low.is_empty(), "below the floor: {low:?}");
}

/// Folders of fixtures whose files are programs from the first byte to the last.
const GROUPS: [&str; 4] = ["python", "javascript", "typescript", "aem"];
/// Languages that the rewrites of this test can write.
const WRITTEN: [&str; 2] = ["python", "javascript"];

/// The fixtures and the examples of rules in which exchanges are found.
fn subjects() -> Vec<Subject> {
    let mut subjects = vec![];
    for group in folders(".") {
        let group = group.file_name().unwrap().to_string_lossy().into_owned();
        if !GROUPS.contains(&group.as_str()) {
            continue;
        }
        for case in folders(&group).into_iter().filter(|case| case.join("before").is_dir()) {
            let name = case.strip_prefix(root().join("fixtures")).unwrap().to_string_lossy().into_owned();
            subjects.push(Subject { name, tree: read_tree(&case.join("before")) });
        }
    }
    for library in Rules::embedded().libraries.iter().filter(|it| WRITTEN.contains(&it.language.as_str())) {
        // The examples of JavaScript's rules may be TypeScript.
        let mut endings = lang::ALL.iter().filter(|language| language.rules == library.language);
        let typed = endings.clone().find(|language| language.name == "typescript").or(endings.next());
        let ending = typed.and_then(|language| language.extensions.first()).unwrap_or(&"txt");
        for (index, example) in library.examples.iter().enumerate() {
            let tree = Tree::from([(format!("app.{ending}"), example.code.clone().into_bytes())]);
            subjects.push(Subject { name: format!("rules/{}/{}", library.id, index + 1), tree });
        }
    }
    subjects.retain(|subject| exchanges(&subject.tree) > 0);
    subjects
}

/// How many exchanges are believed.
fn exchanges(tree: &Tree) -> usize {
    let place = tempfile::tempdir().unwrap();
    write_tree(&place.path().join("project"), tree);
    let run = unjwt::scan(&[place.path().join("project")], &Options::default()).unwrap();
    let believed = |finding: &&unjwt::analyze::Finding| {
        finding.kind == Kind::TokenExchange && finding.confidence >= Confidence::Medium
    };
    run.findings.iter().filter(believed).count()
}

/// `None` where the way changes nothing of the subject.
fn try_one(way: usize, subject: &Subject) -> Option<Outcome> {
    let program = program(&subject.tree);
    let tree = (WAYS[way].rewrite)(&program).apply(&program)?;
    if let Some(folder) = env::var_os("UNJWT_PERTURB") {
        let name = format!("{}/{}", WAYS[way].name.replace(' ', "-"), subject.name);
        write_tree(&std::path::Path::new(&folder).join(name), &tree);
    }
    let wanted = exchanges(&subject.tree);
    let found = exchanges(&tree).min(wanted);
    let gaps =
        tree.iter().flat_map(|(path, bytes)| gaps(&format!("{}: {}", WAYS[way].name, subject.name), path, bytes));
    let gaps = gaps.collect();
    Some(Outcome { way, subject: subject.name.clone(), wanted, found, tree, gaps })
}

fn gaps(what: &str, path: &str, bytes: &[u8]) -> Vec<String> {
    let Some(language) = lang::of(path) else { return vec![] };
    let file = SourceFile::new(path, bytes.to_vec());
    let module = (language.lower)(&file);
    module.gaps.iter().map(|gap| format!("{what}: {path}: {}: `{}`", gap.why, file.slice(gap.span))).collect()
}

/// The table for the documentation with the misses below it, and the ways that are below their floors.
fn table(outcomes: &[Outcome]) -> (String, Vec<&'static str>) {
    let mut text = String::from("| way | projects | exchanges | found | |\n|---|---|---|---|---|\n");
    let mut low = vec![];
    let mut total = (0, 0, 0);
    for (index, way) in WAYS.iter().enumerate() {
        let of: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.way == index).collect();
        let (wanted, found) = of.iter().fold((0, 0), |(a, b), it| (a + it.wanted, b + it.found));
        let _ = writeln!(text, "| {} | {} | {wanted} | {found} | {} |", way.name, of.len(), percent(found, wanted));
        total = (total.0 + of.len(), total.1 + wanted, total.2 + found);
        if found * 1000 < wanted * way.floor || wanted == 0 {
            low.push(way.name);
        }
    }
    let _ = writeln!(text, "| all | {} | {} | {} | {} |\n", total.0, total.1, total.2, percent(total.2, total.1));
    for miss in outcomes.iter().filter(|outcome| outcome.found < outcome.wanted) {
        let _ = writeln!(text, "missed: {}/{} ({} of {})", WAYS[miss.way].name, miss.subject, miss.found, miss.wanted);
    }
    if total.2 * 1000 < total.1 * 950 {
        low.push("all together");
    }
    (text, low)
}

fn percent(found: usize, wanted: usize) -> String {
    format!("{:.1} %", 100.0 * found as f64 / wanted.max(1) as f64)
}
