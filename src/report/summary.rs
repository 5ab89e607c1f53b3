//! The last lines of a report: counts that hide nothing, and what to type next.

use super::Options;
use super::layout::filled;
use crate::analyze::Confidence;
use crate::migrate::Applicability;
use crate::run::Run;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Files that could not be read and are named; the JSON form names all.
const NAMED: usize = 10;

pub(super) fn write(run: &Run, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let files = format!("{} seen, {} scanned{}", run.seen, run.scanned, with_reasons(run));
    writeln!(out, "{}", filled(&files, "Files       ", options.width))?;
    if !run.failed.is_empty() {
        writeln!(out, "            {} could not be read:", run.failed.len())?;
        for failed in run.failed.iter().take(NAMED) {
            writeln!(out, "              {}: {}", super::plain(&failed.path), super::plain(&failed.error))?;
        }
        if run.failed.len() > NAMED {
            writeln!(out, "              and {} more", run.failed.len() - NAMED)?;
        }
    }
    let of = |confidence| run.findings.iter().filter(|finding| finding.confidence == confidence).count();
    let (high, medium, low) = (of(Confidence::High), of(Confidence::Medium), of(Confidence::Low));
    writeln!(out, "Findings    {}{}", run.findings.len(), parts(&[("high", high), ("medium", medium), ("low", low)]))?;
    let of = |applicability| run.migrations.iter().filter(|it| it.applicability == applicability).count();
    let (safe, review, manual) = (of(Applicability::Safe), of(Applicability::Review), of(Applicability::Manual));
    let kinds = [("safe", safe), ("review", review), ("manual", manual)];
    writeln!(out, "Migrations  {}{}", run.migrations.len(), parts(&kinds))?;
    writeln!(out)?;
    if run.findings.is_empty() && run.scanned > 0 {
        return writeln!(out, "Nothing is left to do.");
    }
    let heads = std::iter::once("Next: ").chain(std::iter::repeat("      "));
    for (head, line) in heads.zip(next(run, safe, review, options)) {
        writeln!(out, "{}", filled(line, head, options.width))?;
    }
    Ok(())
}

/// `, 5 skipped (3 binary, 2 larger than 2 MiB)`.
fn with_reasons(run: &Run) -> String {
    if run.skipped.is_empty() {
        return String::new();
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for skipped in &run.skipped {
        *reasons.entry(&skipped.reason).or_default() += 1;
    }
    let mut reasons: Vec<(&str, usize)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(reason, count)| (std::cmp::Reverse(*count), *reason));
    let listed: Vec<String> = reasons.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    format!(", {} skipped ({})", run.skipped.len(), listed.join(", "))
}

fn parts(counts: &[(&str, usize)]) -> String {
    let some: Vec<&(&str, usize)> = counts.iter().filter(|(_, count)| *count > 0).collect();
    match some.as_slice() {
        [] => String::new(),
        [(name, _)] => format!(" ({name})"),
        some => {
            let listed: Vec<String> = some.iter().map(|(name, count)| format!("{count} {name}")).collect();
            format!(" ({})", listed.join(", "))
        }
    }
}

/// What to type, or where to read.
fn next(run: &Run, safe: usize, review: usize, options: &Options) -> Vec<&'static str> {
    let mut next = Vec::new();
    if run.scanned == 0 {
        next.push("name a folder with source files, for nothing was scanned");
        return next;
    }
    if safe > 0 {
        next.push("`unjwt fix --diff` shows the safe changes, `unjwt fix` writes them");
    }
    match (safe, review) {
        (_, 0) => {}
        (0, _) => next.push("`unjwt fix --review --diff` shows the changes to read; without `--diff`, it writes"),
        _ => next.push("`--review` beside it adds the changes that you must read"),
    }
    if options.proposal {
        next.push("what is to be done by hand stands above, and in the checklist");
    } else {
        next.push("`unjwt report` shows the changes, and lists what is to be done by hand");
    }
    next
}
