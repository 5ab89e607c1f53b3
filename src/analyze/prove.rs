//! Whether rule files are right about themselves: their examples are found, and their look-alikes are not.

use super::finding::{Confidence, Kind};
use super::link::analyze;
use super::program::{Note, Program};
use crate::discover::{Error, Needles};
use crate::lang;
use crate::rules::{Library, Rules};
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
    let failures = rules.libraries.par_iter().map(|library| of_library(library, rules, &needles));
    Ok(failures.flatten().collect())
}

fn of_library(library: &Library, rules: &Rules, needles: &Needles) -> Vec<Failure> {
    let mut failures = vec![];
    let mut fail = |which: String, found: String| failures.push(Failure { rule: library.id.clone(), which, found });
    for (number, example) in library.examples.iter().enumerate() {
        let found = kinds(library, &example.code, rules);
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
    for (number, lookalike) in library.lookalikes.iter().enumerate() {
        let found = kinds(library, &lookalike.code, rules);
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
fn kinds(library: &Library, code: &str, rules: &Rules) -> BTreeSet<Kind> {
    // The richest language that the rules serve: TypeScript, where there is JavaScript too.
    let fits = lang::ALL.iter().filter(|language| language.rules == library.language);
    let Some(language) = fits.clone().find(|language| language.name == "typescript").or(fits.clone().next()) else {
        return BTreeSet::new();
    };
    let ending = language.extensions.first().copied().unwrap_or_default();
    let file = SourceFile::new(format!("example.{ending}"), code.as_bytes().to_vec());
    let module = (language.lower)(&file);
    let program = Program::new(vec![file], vec![Note::default()], vec![Some(module)]);
    let findings = analyze(&program, rules).findings;
    findings.iter().filter(|it| it.confidence >= Confidence::Medium).map(|it| it.kind).collect()
}
