//! What was thought of one line: why what was found there is believed, and what was missing where nothing was found.

use super::adobe::{self, Said};
use super::chain::{Start, Step};
use super::claims::Claims;
use super::exchange::{Weighed, weigh};
use super::fact::Hit;
use super::finding::{Confidence, Finding, Kind, Place};
use super::flow::Follow;
use super::form::Form;
use super::link::Analysis;
use super::program::{ExprRef, Program};
use super::reach::Reach;
use crate::ir::{ExprKind, Piece};
use crate::rules::{Does, Hole, Rules};
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
        calls.retain(|call| !found(call));
        calls.sort_by_key(|call| module.expr(call.expr).span.start);
        let reach = Reach::new(self.program, &self.rules.adobe);
        calls.into_iter().map(|call| self.call(call, &reach)).collect()
    }

    fn call(&self, call: ExprRef, reach: &Reach) -> CallVerdict {
        let hits = self.analysis.facts.of(call);
        let matches = hits.iter().map(|hit| Match {
            rule: hit.library.id.clone(),
            does: hit.rule.does.as_str(),
            signature: hit.rule.signature.to_string(),
        });
        let (conditions, because) = self.judged(call, hits, reach);
        let callee = match self.program.kind(call) {
            ExprKind::Call { callee, .. } => self.program.source(ExprRef { file: call.file, expr: *callee }),
            _ => "",
        };
        let callee = callee.split_whitespace().collect::<Vec<_>>().join(" ");
        CallVerdict { at: self.program.place(call), callee, matches: matches.collect(), conditions, because }
    }

    fn judged(&self, call: ExprRef, hits: &[Hit<'_>], reach: &Reach) -> (Vec<Condition>, String) {
        let does = |does: Does| hits.iter().find(|hit| hit.rule.does == does);
        if does(Does::Exchange).is_some() {
            return (vec![], "another finding stands for this call: it is a part of the same exchange".to_owned());
        }
        if let Some(hit) = does(Does::Sign) {
            return self.sign(hit);
        }
        let weighed = weigh(self.program, &self.analysis.facts, self.rules, reach, call);
        let Some(weighed) = weighed else {
            let what = hits.first().map_or("is called without arguments", |hit| about(hit.rule.does));
            return (vec![], format!("it {what}, which by itself is nothing of the JWT flow"));
        };
        let unknown = if hits.is_empty() { self.unknown(call) } else { String::new() };
        if !reach.is_near_exchange(call.file) {
            let words = self.rules.adobe.exchange_words().join("`, `");
            let because = format!(
                "{unknown}the word `{words}` is neither in this file nor in one that imports tie to it, so no request here was looked at"
            );
            return (vec![], because);
        }
        if hits.iter().any(|hit| hit.rule.does == Does::Client) && !weighed.is_request {
            return (
                vec![],
                "it makes a client; the requests that are sent with it are judged where they stand".to_owned(),
            );
        }
        let conditions = self.conditions(call, &weighed, hits);
        let because = match weighed.proof.judged() {
            _ if !weighed.is_request => "its arguments hold neither the exchange's address nor its form".to_owned(),
            Ok(_) => "another finding stands for this call: it is a part of the same exchange".to_owned(),
            Err(why) => why.to_owned(),
        };
        (conditions, unknown + &because)
    }

    /// What a call is that no rule knows.
    fn unknown(&self, call: ExprRef) -> String {
        let ExprKind::Call { callee, .. } = self.program.kind(call) else { return String::new() };
        if let Some(function) = self.program.functions_of(ExprRef { file: call.file, expr: *callee }).first() {
            let span = self.program.module(function.file).function(function.function).span;
            let at = self.address(Place { file: function.file, span });
            return format!("it calls a function of this program ({at}), whose own calls are judged there; ");
        }
        let chain = self.program.chain(call);
        let names = chain.steps.iter().filter_map(|step| match step {
            Step::Name(name) => Some(&**name),
            Step::Call(_) => None,
        });
        match &chain.start {
            Start::Package(package) => {
                let path = std::iter::once(package.as_str()).chain(names).collect::<Vec<_>>().join(".");
                format!("no rule knows `{path}` (`--rules` takes your own); ")
            }
            Start::Global(_) => "no rule knows what is called here; ".to_owned(),
            Start::Value => "what is called here comes from where the analysis cannot see; ".to_owned(),
        }
    }

    fn conditions(&self, call: ExprRef, weighed: &Weighed, hits: &[Hit<'_>]) -> Vec<Condition> {
        let (adobe, proof) = (&self.rules.adobe, weighed.proof);
        let seen = match &weighed.sent.url {
            Some((_, url)) => match url.sketch().replace('\u{fffc}', "…") {
                unknown if unknown.chars().all(|c| c == '…') => "it is known only when the program runs".to_owned(),
                known => format!("it resolved to `{known}`"),
            },
            None => "no address was seen".to_owned(),
        };
        let paths = adobe.exchange_paths.join("` or `");
        let sent = self.sent(call, weighed, hits);
        let (jwt, id, secret) = (&adobe.fields.jwt, &adobe.fields.client_id, &adobe.fields.client_secret);
        let mut conditions = vec![
            (proof.path, format!("the address holds `{paths}`: {seen}")),
            (proof.host, "the address is on Adobe's IMS host".to_owned()),
            (proof.jwt_field, format!("a field `{jwt}` is sent: {}", fields(&sent))),
            (sent.field(id).is_some() && sent.field(secret).is_some(), format!("`{id}` and `{secret}` are sent")),
        ];
        if proof.path || proof.jwt_field {
            conditions.push((proof.signed, "the JWT was followed to the call that signs it".to_owned()));
            conditions.push((proof.claims, "the claims that are signed are Adobe's".to_owned()));
            conditions.push((proof.around, "the file or its project speaks of Adobe".to_owned()));
        }
        conditions.into_iter().map(|(holds, text)| Condition { holds, text }).collect()
    }

    /// What is sent, whether it is the exchange's form or not.
    fn sent(&self, call: ExprRef, weighed: &Weighed, hits: &[Hit<'_>]) -> Form {
        if !weighed.sent.form.fields.is_empty() {
            return weighed.sent.form.clone();
        }
        let holes = [Hole::Form, Hole::Json, Hole::Files, Hole::Query, Hole::Options];
        let given: Vec<ExprRef> = match (self.program.kind(call), hits) {
            (ExprKind::Call { args, .. }, []) => {
                args.iter().map(|arg| ExprRef { file: call.file, expr: arg.value }).collect()
            }
            _ => hits.iter().flat_map(|hit| holes.iter().filter_map(|hole| hit.captures.get(*hole))).collect(),
        };
        let mut forms = given.into_iter().map(|at| self.program.form(at, Follow::INSIDE));
        forms.find(|form| !form.fields.is_empty()).unwrap_or_default()
    }

    fn sign(&self, hit: &Hit<'_>) -> (Vec<Condition>, String) {
        let claims = hit.captures.get(Hole::Claims).map(|claims| Claims::of(self.program, &self.rules.adobe, claims));
        let are = claims.as_ref().is_some_and(|claims| claims.are_adobes(&self.rules.adobe));
        let seen = claims.map_or_else(|| "the claims were not seen".to_owned(), |claims| fields(&claims.form));
        let path = &self.rules.adobe.metascope_path;
        let text = format!("a claim is one of Adobe's metascopes (`https://<ims>{path}ent_…`): {seen}");
        let gets = Condition { holds: false, text: "an exchange was seen that gets the JWT".to_owned() };
        let because = "a JWT is signed, but nothing shows that it is for Adobe".to_owned();
        (vec![Condition { holds: are, text }, gets], because)
    }

    /// What else is to be said. `silent`: nothing was found or weighed here.
    fn notes(&self, silent: bool) -> Vec<String> {
        let mut notes = vec![];
        let note = self.program.notes.get(self.file.0 as usize).copied().unwrap_or_default();
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

/// The names of fields, as far as they can be seen.
fn fields(form: &Form) -> String {
    const SHOWN: usize = 12;
    let mut names: Vec<String> =
        form.fields.iter().map(|field| format!("`{}`", field.name.replace('\u{fffc}', "…"))).collect();
    names.dedup();
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    match (names.is_empty(), form.open) {
        (true, _) => "no fields were seen".to_owned(),
        (false, open) => {
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let rest = if open { ", and some that cannot be seen" } else { "" };
            format!("the fields are {}{more}{rest}", names.join(", "))
        }
    }
}

/// What a call does, after `it`.
fn about(does: Does) -> &'static str {
    match does {
        Does::Sign => "signs a JWT",
        Does::Request => "sends a request",
        Does::Exchange => "does the exchange",
        Does::Client => "makes a client",
        Does::ReadKey => "reads a key or a file",
        Does::Encode => "makes a form",
        Does::Append => "adds a field to a form",
        Does::JoinUrl => "joins addresses",
        Does::Format => "makes a text",
        Does::Decode => "decodes an answer",
    }
}
