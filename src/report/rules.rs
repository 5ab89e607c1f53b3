//! Lists of rules, and what came of testing them.

use super::plain;
use crate::analyze::Failure;
use crate::rules::{Does, Library, Rules};
use serde::Serialize;
use std::io::{self, Write};

/// A form in which rules are listed.
#[derive(Debug, Clone, Copy)]
pub struct RuleFormat {
    /// Its name after `--format`.
    pub name: &'static str,
    /// What it is good for.
    pub about: &'static str,
    /// Writes it.
    pub write: fn(&Rules, &mut dyn Write) -> io::Result<()>,
}

/// Every format; the first is the default.
pub static RULE_FORMATS: [RuleFormat; 3] = [
    RuleFormat { name: "human", about: "for reading", write: table },
    RuleFormat { name: "json", about: "for programs", write: json },
    RuleFormat {
        name: "needles",
        about: "the strings that a file is first searched for, one in a line",
        write: needles,
    },
];

fn needles(rules: &Rules, out: &mut dyn Write) -> io::Result<()> {
    rules.needles().iter().try_for_each(|needle| writeln!(out, "{needle}"))
}

fn table(rules: &Rules, out: &mut dyn Write) -> io::Result<()> {
    let head = ["ID", "NAME", "DOES", "PACKAGES"].map(str::to_owned);
    let own = rules.adobe.rules.iter().map(|rule| [plain(&rule.id), "Adobe".into(), plain(&rule.kind), String::new()]);
    let libraries = rules.libraries.iter().map(|library| {
        [plain(&library.id), plain(&library.name), does(library).join(" "), plain(&library.packages.join(" "))]
    });
    let rows: Vec<[String; 4]> = std::iter::once(head).chain(own).chain(libraries).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let (id, name, does) = (width(0), width(1), width(2));
    for row in &rows {
        let line = format!("{:id$}  {:name$}  {:does$}  {}", row[0], row[1], row[2], row[3]);
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// What its calls do, each once; for a package that is known by its name only, nothing.
fn does(library: &Library) -> Vec<&'static str> {
    let all = Does::ALL.iter().filter(|does| library.calls.iter().any(|call| call.does == **does));
    all.map(|does| does.as_str()).collect()
}

#[derive(Serialize)]
struct JsonRules<'a> {
    schema: &'static str,
    rules: Vec<JsonRule<'a>>,
}

#[derive(Serialize)]
struct JsonRule<'a> {
    id: &'a str,
    name: &'a str,
    language: Option<&'a str>,
    kind: Option<&'a str>,
    does: Vec<&'static str>,
    packages: &'a [String],
    modules: &'a [String],
    signatures: Vec<String>,
    docs: Option<&'a str>,
    examples: usize,
    lookalikes: usize,
}

fn json(rules: &Rules, out: &mut dyn Write) -> io::Result<()> {
    let own = rules.adobe.rules.iter().map(|rule| JsonRule {
        id: &rule.id,
        name: "Adobe",
        language: None,
        kind: Some(&rule.kind),
        does: vec![],
        packages: &[],
        modules: &[],
        signatures: vec![],
        docs: None,
        examples: 0,
        lookalikes: 0,
    });
    let libraries = rules.libraries.iter().map(|library| JsonRule {
        id: &library.id,
        name: &library.name,
        language: Some(&library.language),
        kind: None,
        does: does(library),
        packages: &library.packages,
        modules: &library.modules,
        signatures: library.calls.iter().map(|call| call.signature.to_string()).collect(),
        docs: Some(library.docs.as_str()).filter(|docs| !docs.is_empty()),
        examples: library.examples.len(),
        lookalikes: library.lookalikes.len(),
    });
    let all = JsonRules { schema: "unjwt.rules/1", rules: own.chain(libraries).collect() };
    serde_json::to_writer_pretty(&mut *out, &all)?;
    writeln!(out)
}

/// What came of testing the rules, with the counts.
#[must_use]
pub fn failures(rules: &Rules, failures: &[Failure]) -> String {
    let mut text = String::new();
    for Failure { rule, which, found } in failures {
        text.push_str(&format!("{}: {}: {}\n", plain(rule), plain(which), plain(found)));
    }
    let of = |count: fn(&Library) -> usize| rules.libraries.iter().map(count).sum::<usize>();
    let (examples, lookalikes) = (of(|library| library.examples.len()), of(|library| library.lookalikes.len()));
    let count = rules.libraries.len();
    text.push_str(&format!(
        "{count} libraries, {examples} examples, {lookalikes} look-alikes: {}\n",
        match failures.len() {
            0 => "all as they say".to_owned(),
            1 => "1 is not as it says".to_owned(),
            failed => format!("{failed} are not as they say"),
        }
    ));
    for library in rules.libraries.iter().filter(|it| it.examples.is_empty() || it.lookalikes.is_empty()) {
        text.push_str(&format!(
            "note: {} has no example, or no look-alike, so nothing proves it\n",
            plain(&library.id)
        ));
    }
    text
}
