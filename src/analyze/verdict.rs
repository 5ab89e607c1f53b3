//! What was thought of one line: why what was found there is believed, and what was missing where nothing was found.

mod call;

use super::adobe::{self, Said};
use super::finding::{Confidence, Finding, Kind, Place};
use super::link::Analysis;
use super::program::{ExprRef, Program};
use super::reach::Reach;
use crate::ir::{ExprKind, Piece};
use crate::rules::Rules;
use crate::text::{FileId, Span};

/// What was thought of one line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineVerdict {
    /// The file.
    pub file: FileId,
    /// The findings (indices) that begin on the line or reach over it, and why each is believed as much as it is.
    pub findings: Vec<(usize, String)>,
    /// Findings (indices) elsewhere that the line speaks for.
    pub evidence_of: Vec<usize>,
    /// The calls on the line in which nothing was found.
    pub calls: Vec<CallVerdict>,
    /// What else is to be said, a sentence each.
    pub notes: Vec<String>,
}

/// What was thought of one call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CallVerdict {
    /// Where.
    pub at: Place,
    /// What is called, as it is written.
    pub callee: String,
    /// The rules that it fits.
    pub matches: Vec<Match>,
    /// What was looked for, in the order of its weight.
    pub conditions: Vec<Condition>,
    /// Why nothing was found, in one sentence.
    pub because: String,
}

/// A rule that a call fits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Match {
    /// The rule: `python/requests`.
    pub rule: String,
    /// What such a call does: `request`.
    pub does: &'static str,
    /// What it looks like.
    pub signature: String,
}

/// Something that speaks for an exchange if it holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Condition {
    /// Whether it holds.
    pub holds: bool,
    /// What was looked for, and what was seen.
    pub text: String,
}

/// Why the line (from 0) of a file was found, or was not.
#[must_use]
pub fn line_verdict(
    program: &Program,
    analysis: &Analysis<'_>,
    rules: &Rules,
    file: FileId,
    line: usize,
) -> LineVerdict {
    let judge = Judge { program, analysis, rules, file, line };
    let here = |finding: &Finding| judge.touches(finding.at);
    let found = (0..analysis.findings.len()).filter(|index| here(&analysis.findings[*index]));
    let findings: Vec<(usize, String)> = found.map(|index| (index, judge.why(index))).collect();
    let speaks = |finding: &Finding| finding.evidence.iter().any(|evidence| judge.begins(evidence.at));
    let elsewhere = |index: &usize| !findings.iter().any(|(here, _)| here == index);
    let evidence_of =
        (0..analysis.findings.len()).filter(|index| speaks(&analysis.findings[*index])).filter(elsewhere).collect();
    let calls = judge.calls();
    let notes = judge.notes(findings.is_empty() && calls.is_empty());
    LineVerdict { file, findings, evidence_of, calls, notes }
}

struct Judge<'a, 'r> {
    program: &'a Program,
    analysis: &'a Analysis<'r>,
    rules: &'a Rules,
    file: FileId,
    line: usize,
}

impl Judge<'_, '_> {
    fn line_of(&self, offset: u32) -> usize {
        self.program.file(self.file).lines().line_of(offset as usize)
    }

    fn begins(&self, at: Place) -> bool {
        at.file == self.file && self.line_of(at.span.start) == self.line
    }

    fn touches(&self, at: Place) -> bool {
        at.file == self.file && self.covers(at.span)
    }

    fn covers(&self, span: Span) -> bool {
        (self.line_of(span.start)..=self.line_of(span.end.saturating_sub(1).max(span.start))).contains(&self.line)
    }

    fn address(&self, at: Place) -> String {
        let file = self.program.file(at.file);
        format!("{}:{}", file.path, file.lines().line_of(at.span.start as usize) + 1)
    }

    /// Why a finding is believed as much as it is.
    fn why(&self, index: usize) -> String {
        let finding = &self.analysis.findings[index];
        let place = |call| self.program.place(call);
        let own = self.analysis.exchanges.iter().find(|exchange| place(exchange.call) == finding.at);
        if let Some(Ok((_, why))) = own.filter(|_| finding.kind == Kind::TokenExchange).map(|own| own.proof.judged()) {
            return why.to_owned();
        }
        let mut groups = self.analysis.of_exchange.iter().zip(&self.analysis.exchanges);
        if let Some((_, exchange)) = groups.find(|(findings, _)| findings.contains(&index)) {
            return format!("it belongs to the exchange at {}", self.address(place(exchange.call)));
        }
        let sure = finding.confidence == Confidence::High;
        let why = match finding.kind {
            Kind::TokenExchange => "the strings that stand here are the exchange's",
            Kind::JwtSign => "the claims that are signed are Adobe's; no exchange was seen that gets the JWT",
            Kind::PrivateKey => "a private key, beside code that uses Adobe's JWT",
            Kind::Claims => "the name is a metascope; no signing call was seen that gets it",
            Kind::Endpoint => "the address is the exchange's; no request was seen that goes there",
            Kind::SdkImport => "the package is there for the exchange",
            Kind::Dependency if sure => "code below this manifest uses the package for the JWT flow",
            Kind::Dependency => "the package does the exchange; no code that uses it was seen",
            Kind::ConfigKey => "only the JWT credential has such a setting",
        };
        why.to_owned()
    }

    /// The calls on the line in which nothing was found, in the order of their places.
    fn calls(&self) -> Vec<CallVerdict> {
        let Some(unit) = self.program.unit(self.file) else { return vec![] };
        let module = &unit.module;
        let on_line = |call: &ExprRef| match module.kind(call.expr) {
            // A chain over many lines: each call stands where its name is.
            ExprKind::Call { callee, .. } => {
                let end = module.expr(*callee).span.end;
                self.line_of(end.saturating_sub(1)) == self.line
                    || self.line_of(module.expr(call.expr).span.start) == self.line
            }
            _ => false,
        };
        let found = |call: &ExprRef| {
            let at = self.program.place(*call);
            let told = [Kind::TokenExchange, Kind::JwtSign];
            self.analysis.findings.iter().any(|finding| told.contains(&finding.kind) && finding.at == at)
        };
        let all = unit.calls().iter().map(|expr| ExprRef { file: self.file, expr: *expr });
        let mut calls: Vec<ExprRef> = all.clone().filter(on_line).collect();
        if calls.is_empty() {
            // Inside the arguments of a call over many lines.
            let around = all.filter(|call| self.covers(module.expr(call.expr).span));
            calls.extend(around.min_by_key(|call| module.expr(call.expr).span.len()));
        }
        // What only goes on with the answer of another call here (`.then(…)`, `.json()`) is no request of its own.
        let inside = |callee: Span, other: &ExprRef| callee.contains(module.expr(other.expr).span);
        let goes_on = |call: &ExprRef| match module.kind(call.expr) {
            ExprKind::Call { callee, .. } if self.analysis.facts.of(*call).is_empty() => {
                let callee = module.expr(*callee).span;
                calls.iter().any(|other| other != call && inside(callee, other))
            }
            _ => false,
        };
        let mut calls: Vec<ExprRef> = calls.iter().copied().filter(|call| !found(call) && !goes_on(call)).collect();
        calls.sort_by_key(|call| module.expr(call.expr).span.start);
        let reach = Reach::new(self.program, &self.rules.adobe);
        calls.into_iter().map(|call| self.call(call, &reach)).collect()
    }

    /// What else is to be said. `silent`: nothing was found or weighed here.
    fn notes(&self, silent: bool) -> Vec<String> {
        let mut notes = vec![];
        let note = self.program.note(self.file);
        if let Some(why) = note.generated {
            notes.push(format!("Nobody edits this file by hand ({why}): it is searched, and never changed."));
        }
        if note.ignored {
            notes.push("Git ignores this file: it is searched, and never changed.".to_owned());
        }
        let Some(unit) = self.program.unit(self.file) else {
            if silent {
                notes.push(
                    "The file is no program in a language that is read here: only what its form is known for is looked for \
                     in it (dependencies, settings, private keys)."
                        .to_owned(),
                );
            }
            return notes;
        };
        let module = &unit.module;
        for gap in module.gaps.iter().filter(|gap| self.covers(gap.span)) {
            notes.push(format!("This part of the file could not be read: {}.", gap.why));
        }
        let comment = module.comments.iter().any(|comment| self.covers(*comment));
        if comment && silent {
            notes.push(
                "There is a comment here. What is commented out is not in use, so it is not looked at.".to_owned(),
            );
        }
        for id in module.expr_ids() {
            let ExprKind::Text(text) = module.kind(id) else { continue };
            for piece in &text.pieces {
                let Piece::Known { span, value } = piece else { continue };
                if self.covers(*span) && adobe::said(&self.rules.adobe, value) == Said::Prose {
                    notes.push(
                        "The exchange's address stands in a text for people here, which is no address for a request."
                            .to_owned(),
                    );
                }
            }
        }
        if silent && notes.is_empty() {
            notes.push("There is no call on this line, and no string that is one of Adobe's.".to_owned());
        }
        notes
    }
}
