//! One line explained: what was found there and why it is believed, or which condition failed.

use super::layout::filled;
use super::sources::Sources;
use super::{Options, group, plain};
use crate::analyze::{CallVerdict, Finding, LineVerdict};
use crate::migrate::Migration;
use crate::run::Run;

/// What the user asked about.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The file's path relative to the root of the run, `/`; `None` for one outside of it.
    pub path: Option<&'a str>,
    /// As the user wrote it.
    pub shown: &'a str,
    /// The line, from 1.
    pub line: usize,
    /// The text of the line.
    pub text: &'a str,
    /// How many strings files are searched for.
    pub needles: usize,
}

/// The explanation of a line. `verdict` is `None` for a file that is not among those that matter.
#[must_use]
pub fn line(run: &Run, asked: &Asked<'_>, verdict: Option<&LineVerdict>, options: &Options) -> String {
    let mut page = Page { run, sources: Sources::new(run), options, text: String::new() };
    page.put("", &format!("{}:{}", plain(asked.shown), asked.line));
    page.put("  | ", plain(asked.text).trim());
    match verdict {
        Some(verdict) => page.verdict(verdict),
        None => page.put("\n", &left_out(run, asked)),
    }
    page.text
}

/// Why a file was not looked into.
fn left_out(run: &Run, asked: &Asked<'_>) -> String {
    let Some(path) = asked.path else {
        return "Nothing was found: the file is outside of the folder that was scanned. Name a folder that holds it."
            .to_owned();
    };
    if let Some(failed) = run.failed.iter().find(|failed| failed.path == path) {
        return format!("Nothing was found: the file could not be read ({}).", plain(&failed.error));
    }
    let holds = |skipped: &str| skipped == path || (skipped.ends_with('/') && path.starts_with(skipped));
    if let Some(skipped) = run.skipped.iter().find(|skipped| holds(&skipped.path)) {
        let what = if skipped.path == path { "the file".to_owned() } else { format!("`{}`", plain(&skipped.path)) };
        return format!(
            "Nothing was found: {what} was left out ({}). A file that is named as an argument is looked at all the same.",
            plain(&skipped.reason)
        );
    }
    format!(
        "Nothing was found: the file was searched, but it holds none of the {} strings that the rules speak about, and no \
         import ties it to a file that does. So its code was not looked at. If an in-house library hides the exchange \
         from view, describe it in a rule file of your own (`--rules`).",
        asked.needles
    )
}

struct Page<'a> {
    run: &'a Run,
    sources: Sources<'a>,
    options: &'a Options,
    text: String,
}

impl Page<'_> {
    /// A paragraph; a line end in `first` leaves a line empty before it.
    fn put(&mut self, first: &str, text: &str) {
        let indent = first.trim_start_matches('\n');
        self.text.push_str(&first[..first.len() - indent.len()]);
        self.text.push_str(&filled(text, indent, self.options.width));
        self.text.push('\n');
    }

    fn verdict(&mut self, verdict: &LineVerdict) {
        let owners = self.run.owners();
        let mut told = vec![];
        for (index, why) in &verdict.findings {
            let Some(finding) = self.run.findings.get(*index) else { continue };
            self.finding(finding, why);
            let owner = owners.get(*index).copied().flatten();
            match owner.filter(|owner| told.contains(owner)) {
                Some(_) => self.put("  migration: ", "the same"),
                None => self.migration(owner),
            }
            told.extend(owner);
        }
        if !verdict.evidence_of.is_empty() {
            self.put("\n", "It speaks for what was found elsewhere:");
        }
        for finding in verdict.evidence_of.iter().filter_map(|index| self.run.findings.get(*index)) {
            let text = format!("{}: {}", self.sources.address(finding.at), plain(&finding.message));
            self.put("  ", &text);
        }
        let silent = verdict.findings.is_empty();
        if silent {
            self.put("\n", "Nothing was found on this line.");
        }
        for call in &verdict.calls {
            // Beside a finding, calls that merely prepare it need no defence.
            if silent || !call.conditions.is_empty() {
                self.call(call);
            }
        }
        for note in &verdict.notes {
            self.put("\n", &plain(note));
        }
    }

    fn finding(&mut self, finding: &Finding, why: &str) {
        let rule = plain(&finding.rule);
        self.put("\n", &format!("Found: {} ({rule})", group::words(finding.kind)));
        self.put("  ", &plain(&finding.message));
        self.put("  confidence: ", &format!("{}, for {}", finding.confidence.as_str(), plain(why)));
        for evidence in &finding.evidence {
            let text = format!("{}: {}", self.sources.address(evidence.at), plain(&evidence.because));
            self.put("  evidence: ", &text);
        }
    }

    fn migration(&mut self, owner: Option<usize>) {
        let Some(migration) = owner.and_then(|index| self.run.migrations.get(index)) else {
            self.put("  migration: ", "none: no exchange was seen that this belongs to, so a human decides");
            return;
        };
        let Migration { strategy, target, applicability, .. } = migration;
        let how = format!("{}, {} ({})", applicability.as_str(), strategy.as_str(), plain(target));
        self.put("  migration: ", &how);
        if let Some(because) = &migration.because {
            self.put("    because: ", &plain(because));
        }
        for blocker in &migration.blockers {
            let text = format!("{}: {}", self.sources.address(blocker.at), plain(&blocker.why));
            self.put("    in the way: ", &text);
        }
        for step in &migration.steps {
            self.put("    for you: ", &plain(step));
        }
    }

    fn call(&mut self, call: &CallVerdict) {
        let callee: String = plain(&call.callee).chars().take(self.options.width).collect();
        self.put("\n", &format!("The call `{callee}(…)` at {}", self.sources.address(call.at)));
        for fits in &call.matches {
            self.put("  fits ", &format!("{} ({}): {}", plain(&fits.rule), fits.does, plain(&fits.signature)));
        }
        for condition in &call.conditions {
            let mark = if condition.holds { "  yes  " } else { "  no   " };
            self.put(mark, &plain(&condition.text));
        }
        self.put("  so: ", &plain(&call.because));
    }
}
