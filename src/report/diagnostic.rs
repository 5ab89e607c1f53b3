//! One migration as a diagnostic: the snippet with its labels, other files as related ones, and what will happen.

use super::group;
use super::plain;
use super::sources::Sources;
use crate::analyze::Place;
use crate::migrate::{Applicability, Migration};
use crate::run::Run;
use crate::text::FileId;
use miette::{Diagnostic, LabeledSpan, NamedSource, Severity, SourceCode};
use std::collections::BTreeMap;
use std::fmt;

/// A line longer than this (bytes) is not shown, only named: it would fill the screen.
const LONGEST_LINE: usize = 400;
/// A label longer than this (bytes) makes room for the kind's own words.
const LONGEST_LABEL: usize = 60;
/// How many other files are shown with their text.
const OTHER_FILES: usize = 4;

/// What miette draws.
#[derive(Debug)]
pub(super) struct Shown {
    title: String,
    help: Option<String>,
    source: Option<NamedSource<String>>,
    labels: Vec<LabeledSpan>,
    related: Vec<Shown>,
    severity: Severity,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        if self.related.is_empty() {
            return None;
        }
        Some(Box::new(self.related.iter().map(|shown| shown as &dyn Diagnostic)))
    }
}

/// The diagnostic of a migration.
pub(super) fn of(run: &Run, sources: &Sources<'_>, migration: &Migration) -> Shown {
    let mut by_file = labels(run, sources, migration);
    let main = group::place(run, migration).map(|at| at.file);
    let first = main.and_then(|file| by_file.remove(&file).map(|labels| (file, labels)));
    let hidden = by_file.len().saturating_sub(OTHER_FILES);
    let mut related: Vec<Shown> =
        by_file.into_iter().take(OTHER_FILES).map(|(file, labels)| beside(sources, file, labels)).collect();
    if hidden > 0 {
        related.push(text_only(format!("and in {hidden} more files")));
    }
    let mut shown = match first {
        Some((file, labels)) => snippet(sources, file, labels, String::new()),
        None => text_only(String::new()),
    };
    shown.title = format!("{}{}", group::title(run, migration), shown.title);
    shown.help = Some(help(sources, migration));
    shown.related = related;
    shown.severity = Severity::Warning;
    shown
}

fn beside(sources: &Sources<'_>, file: FileId, labels: Vec<(Place, String)>) -> Shown {
    snippet(sources, file, labels, format!("and in {}", sources.path(file)))
}

fn text_only(title: String) -> Shown {
    Shown { title, help: None, source: None, labels: Vec::new(), related: Vec::new(), severity: Severity::Advice }
}

/// A file's text with labels; where its lines are too long to show, the places in words.
fn snippet(sources: &Sources<'_>, file: FileId, labels: Vec<(Place, String)>, mut title: String) -> Shown {
    let (drawn, named): (Vec<_>, Vec<_>) =
        labels.into_iter().partition(|(at, _)| sources.is_sound(*at) && sources.longest_line(*at) <= LONGEST_LINE);
    for (at, label) in named {
        title.push_str(&format!("\n{}: {label}", sources.address(at)));
    }
    let mut shown = text_only(title);
    if !drawn.is_empty() {
        shown.source = Some(NamedSource::new(sources.path(file), sources.text(file).to_owned()));
        shown.labels = drawn.into_iter().map(|(at, label)| span(at, label)).collect();
    }
    shown
}

fn span(at: Place, label: String) -> LabeledSpan {
    LabeledSpan::new(Some(label), at.span.start as usize, at.span.len())
}

/// The findings of a migration and their evidence, one label for each place.
fn labels(run: &Run, sources: &Sources<'_>, migration: &Migration) -> BTreeMap<FileId, Vec<(Place, String)>> {
    let mut places: BTreeMap<Place, String> = BTreeMap::new();
    let findings = || migration.findings.iter().filter_map(|index| run.findings.get(*index));
    for finding in findings() {
        let message = plain(&finding.message);
        let short = message.len() <= LONGEST_LABEL;
        places.entry(finding.at).or_insert_with(|| if short { message } else { group::words(finding.kind).to_owned() });
    }
    for evidence in findings().flat_map(|finding| &finding.evidence) {
        places.entry(evidence.at).or_insert_with(|| plain(&evidence.because));
    }
    let mut by_file: BTreeMap<FileId, Vec<(Place, String)>> = BTreeMap::new();
    for (at, label) in places {
        by_file.entry(at.file).or_default().push((one_line(sources, at), label));
    }
    by_file
}

/// A span over many lines is drawn at its first: it says where to look, and the lines stay readable.
fn one_line(sources: &Sources<'_>, at: Place) -> Place {
    let text = sources.text(at.file).get(at.span.range()).unwrap_or_default();
    let len = text.lines().next().map_or(0, str::len);
    if sources.is_sound(at) && len > 0 && len < at.span.len() {
        return Place { span: crate::text::Span { start: at.span.start, end: at.span.start + len as u32 }, ..at };
    }
    at
}

/// What will happen, what is in the way, what a human does.
fn help(sources: &Sources<'_>, migration: &Migration) -> String {
    let target = plain(&migration.target);
    let strategy = migration.strategy.as_str();
    let mut help = match migration.applicability {
        Applicability::Safe => format!("`unjwt fix` moves it to {target} ({strategy}, safe)"),
        Applicability::Review => format!("`unjwt fix --review` moves it to {target} ({strategy}); read the result"),
        Applicability::Manual => format!("to be moved by hand to {target} ({strategy})"),
    };
    for blocker in &migration.blockers {
        help.push_str(&format!("\n- {} ({})", plain(&blocker.why), sources.address(blocker.at)));
    }
    for (index, step) in migration.steps.iter().enumerate() {
        help.push_str(&format!("\n{}. {}", index + 1, plain(step)));
    }
    help
}
