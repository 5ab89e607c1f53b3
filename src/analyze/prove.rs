//! Whether rule files are right about themselves: their examples are found, and their look-alikes are not.

use super::finding::{Confidence, Kind};
use super::link::analyze;
use super::program::{Note, Program};
use crate::discover::{Error, Needles};
use crate::lang::{self, lexical};
use crate::rules::{Example, Lookalike, Rules};
use crate::text::SourceFile;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// The kinds that would send somebody to work.
const LOUD: [Kind; 3] = [Kind::TokenExchange, Kind::JwtSign, Kind::SdkImport];

/// An example in which something is missing, or a look-alike in which something was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// The rule: `python/requests`.
    pub rule: String,
    /// Which one: `example 2`, `look-alike 1 (talks to Salesforce)`.
    pub which: String,
    /// What was found instead.
    pub found: String,
}

/// Tries every example and look-alike of every library, each as a whole program of one file.
///
/// # Errors
/// If the needles of the rules do not fit one automaton.
pub fn prove(rules: &Rules) -> Result<Vec<Failure>, Error> {
    let needles = Needles::new(rules.needles())?;
    let libraries = rules.libraries.iter().map(|library| Claims {
        rule: library.id.clone(),
        file: file_of(&library.language),
        examples: &library.examples,
        lookalikes: &library.lookalikes,
    });
    let anchors = rules.anchors.iter().map(|anchors| Claims {
        rule: format!("anchors/{}", anchors.language),
        file: lexical::named(&anchors.language).and_then(|it| it.extensions.first()).map(|it| format!("example.{it}")),
        examples: &anchors.examples,
        lookalikes: &anchors.lookalikes,
    });
    let claims: Vec<Claims<'_>> = libraries.chain(anchors).collect();
    Ok(claims.par_iter().flat_map_iter(|claims| tried(claims, rules, &needles)).collect())
}

/// What one rule file says about itself.
struct Claims<'r> {
    rule: String,
    /// The name of a file of its language.
    file: Option<String>,
    examples: &'r [Example],
    lookalikes: &'r [Lookalike],
}

/// The richest language that the rules serve: TypeScript, where there is JavaScript too.
fn file_of(rules: &str) -> Option<String> {
    let mut fits = lang::ALL.iter().filter(|language| language.rules == rules);
    let language = fits.clone().find(|language| language.name == "typescript").or(fits.next())?;
    language.extensions.first().map(|ending| format!("example.{ending}"))
}

fn tried(claims: &Claims<'_>, rules: &Rules, needles: &Needles) -> Vec<Failure> {
    let mut failures = vec![];
    let mut fail = |which: String, found: String| failures.push(Failure { rule: claims.rule.clone(), which, found });
    let Some(file) = &claims.file else {
        fail("its language".to_owned(), "no file ending is known for it".to_owned());
        return failures;
    };
    for (number, example) in claims.examples.iter().enumerate() {
        let found = kinds(file, &example.code, rules);
        let missing: Vec<&str> = example
            .finds
            .iter()
            .map(String::as_str)
            .filter(|kind| !found.iter().any(|it| it.as_str() == *kind))
            .collect();
        let which = format!("example {}", number + 1);
        if !missing.is_empty() {
            fail(which, format!("no {} was found, but {}", missing.join(", "), listed(&found)));
        } else if !is_looked_at(needles, &example.code, &example.finds) {
            fail(which, "it holds no string that files are searched for, so a scan would not look at it".to_owned());
        }
    }
    for (number, lookalike) in claims.lookalikes.iter().enumerate() {
        let found = kinds(file, &lookalike.code, rules);
        let loud: BTreeSet<Kind> = found.intersection(&LOUD.into()).copied().collect();
        if !loud.is_empty() {
            let which = format!("look-alike {} ({})", number + 1, lookalike.why);
            fail(which, format!("{} was found", listed(&loud)));
        }
    }
    failures
}

/// Whether a scan would look at a file in which something is to be found.
fn is_looked_at(needles: &Needles, code: &str, finds: &[String]) -> bool {
    finds.is_empty() || needles.are_in(code.as_bytes())
}

fn listed(kinds: &BTreeSet<Kind>) -> String {
    match kinds.is_empty() {
        true => "nothing".to_owned(),
        false => kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", "),
    }
}

/// The kinds of findings of at least medium confidence.
fn kinds(name: &str, code: &str, rules: &Rules) -> BTreeSet<Kind> {
    let file = SourceFile::new(name.to_owned(), code.as_bytes().to_vec());
    let module = lang::of(&file.path).map(|language| (language.lower)(&file));
    let program = Program::new(vec![file], vec![Note::default()], vec![module]);
    let findings = analyze(&program, rules).findings;
    findings.iter().filter(|it| it.confidence >= Confidence::Medium).map(|it| it.kind).collect()
}
