//! Edits of lists with one entry a line: requirements, TOML tables, `setup.cfg` values, YAML lists.

use super::list::{Entry, Lines, bom, eol_at};
use super::plan::{New, Place};
use crate::text::{Edit, SourceFile, Span};
use std::collections::BTreeSet;

/// What a plan of lines needs.
pub(super) struct Work<'a> {
    /// The manifest.
    pub(super) file: &'a SourceFile,
    /// The list's layout.
    pub(super) lines: &'a Lines,
    /// Its entries.
    pub(super) entries: &'a [Entry],
}

impl Work<'_> {
    /// The edits by which the entries in `gone` go and those in `new` come.
    pub(super) fn plan(&self, gone: &BTreeSet<usize>, new: &[(&New, Place)]) -> Vec<Edit> {
        let added = new.iter().map(|(new, place)| match place {
            Place::Instead(index) => self.instead(*index, &new.text),
            Place::After(index) => self.insertion(*index, &new.text),
        });
        let mut edits: Vec<Edit> = added.collect();
        edits.extend(self.cuts(gone));
        edits
    }

    /// The new text on the lines of an entry that goes, behind its indentation.
    fn instead(&self, index: usize, text: &str) -> Edit {
        let outer = self.entries[index].outer;
        let whole = self.file.slice(outer);
        let lead = whole.len() - whole.trim_start().len();
        let span = Span::new(outer.start as usize + lead, outer.end as usize);
        Edit { span, text: format!("{}{text}", self.lines.prefix.trim_start()) }
    }

    fn insertion(&self, place: Option<usize>, text: &str) -> Edit {
        let prefix = &self.lines.prefix;
        if let Some(entry) = place.and_then(|index| self.entries.get(index)) {
            let at = entry.outer.end as usize;
            return Edit { span: Span::empty(at), text: format!("{}{prefix}{text}", eol_at(self.file, at)) };
        }
        if let Some(entry) = self.entries.first() {
            let at = entry.outer.start as usize;
            return Edit { span: Span::empty(at), text: format!("{prefix}{text}{}", eol_at(self.file, at)) };
        }
        let at = self.lines.anchor;
        let eol = eol_at(self.file, at);
        let first_of_file = at <= bom(self.file.text());
        let text = if first_of_file { format!("{prefix}{text}{eol}") } else { format!("{eol}{prefix}{text}") };
        Edit { span: Span::empty(at), text }
    }

    /// Whole lines with their line ends. A file without a final line end still has none when its last line goes.
    fn cuts(&self, gone: &BTreeSet<usize>) -> Vec<Edit> {
        let text = self.file.text();
        let mut spans: Vec<Span> = Vec::new();
        for entry in gone.iter().filter_map(|index| self.entries.get(*index)) {
            let end = entry.outer.end as usize;
            let after = &text[end..];
            let eol = if after.starts_with("\r\n") { 2 } else { after.len().min(1) };
            let span = Span::new(entry.outer.start as usize, end + eol);
            match spans.last_mut() {
                Some(last) if last.end == span.start => *last = last.join(span),
                _ => spans.push(span),
            }
        }
        if let Some(last) = spans.last_mut()
            && last.end as usize == text.len()
            && !text.ends_with(['\n', '\r'])
        {
            let before = &text[..last.start as usize];
            let kept = before.strip_suffix("\r\n").or_else(|| before.strip_suffix(['\n', '\r'])).unwrap_or(before);
            last.start = kept.len() as u32;
        }
        spans.into_iter().map(|span| Edit { span, text: String::new() }).collect()
    }
}
