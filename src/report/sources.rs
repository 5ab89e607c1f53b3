//! The user's text as it may be shown: secrets masked, nothing in it that a terminal obeys.

use super::mask;
use crate::analyze::Place;
use crate::run::Run;
use crate::text::{FileId, Position, SourceFile, Span};
use std::cell::OnceCell;

/// The files of a run, masked when they are asked for. Offsets are those of the files themselves.
#[derive(Debug)]
pub(super) struct Sources<'a> {
    run: &'a Run,
    shown: Vec<OnceCell<String>>,
}

impl<'a> Sources<'a> {
    pub(super) fn new(run: &'a Run) -> Self {
        Sources { run, shown: run.files.iter().map(|_| OnceCell::new()).collect() }
    }

    /// The masked text of a file; empty for a file that is not there.
    pub(super) fn text(&self, file: FileId) -> &str {
        let index = file.0 as usize;
        match (self.shown.get(index), self.run.files.get(index)) {
            (Some(shown), Some(file)) => shown.get_or_init(|| harmless(&mask(file.text()))),
            _ => "",
        }
    }

    pub(super) fn path(&self, file: FileId) -> String {
        self.run.files.get(file.0 as usize).map(|file| plain(&file.path)).unwrap_or_default()
    }

    /// Where a place begins.
    pub(super) fn start(&self, at: Place) -> Position {
        position(self.run, at.file, at.span.start)
    }

    /// Where a place ends.
    pub(super) fn end(&self, at: Place) -> Position {
        position(self.run, at.file, at.span.end)
    }

    /// `path:line:column`.
    pub(super) fn address(&self, at: Place) -> String {
        let start = self.start(at);
        format!("{}:{}:{}", self.path(at.file), start.line, start.column)
    }

    /// Bytes of the longest line that a span touches.
    pub(super) fn longest_line(&self, at: Place) -> usize {
        let Some(file) = self.run.files.get(at.file.0 as usize) else { return 0 };
        let lines = lines_of(file, at.span);
        lines.map(|line| file.lines().line_span(line).len()).max().unwrap_or(0)
    }

    /// Whether a place lies in its file, on whole characters.
    pub(super) fn is_sound(&self, at: Place) -> bool {
        at.span.start <= at.span.end && self.text(at.file).get(at.span.range()).is_some()
    }
}

fn lines_of(file: &SourceFile, span: Span) -> std::ops::RangeInclusive<usize> {
    file.lines().line_of(span.start as usize)..=file.lines().line_of(span.end as usize)
}

fn position(run: &Run, file: FileId, offset: u32) -> Position {
    match run.files.get(file.0 as usize) {
        Some(file) => file.lines().position(file.text(), offset as usize),
        None => Position { line: 1, column: 1 },
    }
}

/// A message or a path in one line: masked, and harmless to a terminal.
#[must_use]
pub fn plain(text: &str) -> String {
    harmless(&mask(text)).replace(['\n', '\r', '\t'], " ")
}

/// Replaces control characters, and the marks that turn the direction of writing, by question marks of the same length
/// in bytes: a file must not move the cursor or show code in another order than it has.
pub(super) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let line_end = c == '\n' || (c == '\r' && rest.peek() == Some(&'\n'));
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if turns || (c.is_control() && c != '\t' && !line_end) {
            out.extend(std::iter::repeat_n('?', c.len_utf8()));
        } else {
            out.push(c);
        }
    }
    out
}
