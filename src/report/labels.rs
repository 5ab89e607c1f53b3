//! What is said at which place of a migration's files.

use super::group;
use super::plain;
use super::sources::Sources;
use crate::analyze::Place;
use crate::migrate::Migration;
use crate::run::Run;
use crate::text::{FileId, Span};
use std::collections::BTreeMap;

/// A label longer than this (bytes) makes room for the kind's own words.
const LONGEST: usize = 60;

/// Words at a place.
#[derive(Debug, Clone)]
pub(super) struct Label {
    pub(super) at: Place,
    pub(super) text: String,
    /// The place that the migration is shown at.
    pub(super) is_main: bool,
}

impl Label {
    /// Its text, or where that has no room in so many columns, the part before the first comma.
    pub(super) fn shortened(&self, room: usize) -> String {
        let head = self.text.split([',', ';']).next().unwrap_or_default();
        if self.text.chars().count() > room && !head.is_empty() { head.to_owned() } else { self.text.clone() }
    }
}

/// The findings of a migration and their evidence, by file; no two labels share a byte.
pub(super) fn labels(run: &Run, sources: &Sources<'_>, migration: &Migration) -> BTreeMap<FileId, Vec<Label>> {
    let mut places: BTreeMap<Place, String> = BTreeMap::new();
    let findings = || migration.findings.iter().filter_map(|index| run.findings.get(*index));
    for finding in findings() {
        let message = plain(&finding.message);
        let short = message.len() <= LONGEST;
        places.entry(finding.at).or_insert_with(|| if short { message } else { group::words(finding.kind).to_owned() });
    }
    for evidence in findings().flat_map(|finding| &finding.evidence) {
        places.entry(evidence.at).or_insert_with(|| plain(&evidence.because));
    }
    let main = group::place(run, migration);
    let mut by_file: BTreeMap<FileId, Vec<Label>> = BTreeMap::new();
    for (at, text) in places {
        let label = Label { at: one_line(sources, at), text, is_main: main == Some(at) };
        by_file.entry(at.file).or_default().push(label);
    }
    by_file.into_iter().map(|(file, labels)| (file, apart(sources, labels))).collect()
}

/// A span over many lines is drawn at its first: it says where to look, and the lines stay readable.
fn one_line(sources: &Sources<'_>, at: Place) -> Place {
    let text = sources.text(at.file).get(at.span.range()).unwrap_or_default();
    let len = text.lines().next().map_or(0, str::len);
    if sources.is_sound(at) && len > 0 && len < at.span.len() {
        return Place { span: Span { start: at.span.start, end: at.span.start + len as u32 }, ..at };
    }
    at
}

/// Of two labels at one place, one inside the other, the inner one goes where it says nothing new; else the outer one
/// ends before it.
fn apart(sources: &Sources<'_>, mut labels: Vec<Label>) -> Vec<Label> {
    labels.sort_by_key(|label| (label.at.span.start, std::cmp::Reverse(label.at.span.end)));
    let mut kept: Vec<Label> = Vec::new();
    for label in labels {
        let Some(outer) = kept.last_mut().filter(|outer| outer.at.span.overlaps(label.at.span)) else {
            kept.push(label);
            continue;
        };
        let head = Span { start: outer.at.span.start, end: label.at.span.start };
        let head_text = sources.text(outer.at.file).get(head.range()).unwrap_or_default().trim_end();
        if outer.text.contains(&label.text) || head_text.is_empty() {
            outer.is_main |= label.is_main;
            continue;
        }
        outer.at.span.end = head.start + head_text.len() as u32;
        kept.push(label);
    }
    kept
}
