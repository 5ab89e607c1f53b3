//! Every example of every rule file through the whole of a scan: what the file says about itself is so.

use unjwt::Options;
use unjwt::analyze::Confidence;
use unjwt::lang::lexical;
use unjwt::rules::{Example, Lookalike, Rules};

/// The kinds that would send somebody to work.
const LOUD: &[&str] = &["token-exchange", "jwt-sign", "sdk-import"];

/// What one rule file says about itself.
struct Claims<'r> {
    rule: String,
    file: String,
    examples: &'r [Example],
    lookalikes: &'r [Lookalike],
}

#[test]
fn examples_are_found() {
    let wrong = of_each(|claims| {
        claims.examples.iter().enumerate().filter_map(|(i, example)| {
            let found = kinds(&claims.file, &example.code);
            let missing: Vec<&String> = example.finds.iter().filter(|kind| !found.contains(kind)).collect();
            (!missing.is_empty()).then(|| format!("example {i}: no {missing:?} among {found:?}"))
        })
    });
    assert!(wrong.is_empty(), "{} examples\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn lookalikes_are_not() {
    let wrong = of_each(|claims| {
        claims.lookalikes.iter().filter_map(|lookalike| {
            let found = kinds(&claims.file, &lookalike.code);
            let loud: Vec<&String> = found.iter().filter(|kind| LOUD.contains(&kind.as_str())).collect();
            (!loud.is_empty()).then(|| format!("look-alike ({}): {loud:?}", lookalike.why))
        })
    });
    assert!(wrong.is_empty(), "{} look-alikes\n{}", wrong.len(), wrong.join("\n"));
}

fn of_each<'c, I: Iterator<Item = String> + 'c>(check: impl Fn(&'c Claims<'static>) -> I) -> Vec<String> {
    let rules = Rules::embedded();
    let libraries = rules.libraries.iter().map(|library| Claims {
        rule: library.id.clone(),
        file: match library.language.as_str() {
            "java" => "Example.java",
            "python" => "example.py",
            "rust" => "example.rs",
            _ => "example.ts",
        }
        .to_owned(),
        examples: &library.examples,
        lookalikes: &library.lookalikes,
    });
    let anchors = rules.anchors.iter().map(|anchors| Claims {
        rule: format!("anchors/{}", anchors.language),
        file: format!("example.{}", lexical::named(&anchors.language).expect("a language").extensions[0]),
        examples: &anchors.examples,
        lookalikes: &anchors.lookalikes,
    });
    let all: &'static [Claims<'static>] = Vec::leak(libraries.chain(anchors).collect());
    all.iter().flat_map(|claims| check(claims).map(move |what| format!("{}: {what}", claims.rule))).collect()
}

/// The kinds of findings of at least medium confidence in one file.
fn kinds(name: &str, code: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join(name), code).expect("written");
    let run = unjwt::scan(&[folder.path().to_path_buf()], &Options::default()).expect("a run");
    let believed = run.findings.iter().filter(|finding| finding.confidence >= Confidence::Medium);
    believed.map(|finding| finding.kind.as_str().to_owned()).collect()
}
