//! Lines: which of them are cut wholly, which blank lines are too many.

use super::Context;
use crate::text::{LineIndex, Span};

/// Something that is cut, if possible with its lines.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cut {
    pub(super) span: Span,
    /// The block or class body that it stands in; `None` for the file.
    pub(super) home: Option<Span>,
}

/// A file with some bytes marked as cut.
pub(super) struct Layout<'a> {
    pub(super) context: &'a Context<'a>,
    cut: Vec<bool>,
    /// What is cut, in source order.
    pub(super) cuts: Vec<Cut>,
}

impl<'a> Layout<'a> {
    /// Marks `cuts`, then the comments that go with them.
    pub(super) fn new(context: &'a Context<'a>, mut cuts: Vec<Cut>) -> Self {
        cuts.sort_by_key(|cut| cut.span);
        let mut layout = Layout { context, cut: vec![false; context.file.bytes().len()], cuts: cuts.clone() };
        cuts.iter().for_each(|cut| layout.set(cut.span, true));
        cuts.iter().for_each(|cut| layout.cut_trailing_comments(*cut));
        cuts.iter().for_each(|cut| layout.cut_comments_above(*cut));
        cuts.iter().for_each(|cut| layout.cut_banner_above(*cut));
        layout
    }

    /// Marks bytes as cut, or as staying.
    pub(super) fn set(&mut self, span: Span, cut: bool) {
        self.cut[span.range()].fill(cut);
    }

    /// Whether a byte is cut.
    pub(super) fn is_cut_at(&self, offset: usize) -> bool {
        self.cut.get(offset).copied().unwrap_or(false)
    }

    /// Whether every byte that is not white space is cut.
    pub(super) fn only_cut(&self, span: Span) -> bool {
        let bytes = &self.context.file.bytes()[span.range()];
        bytes.iter().zip(&self.cut[span.range()]).all(|(byte, cut)| *cut || byte.is_ascii_whitespace())
    }

    /// The bytes to delete, none of them in `taken`.
    pub(super) fn deletions(&self, taken: &[Span]) -> Vec<Span> {
        let mut spans = self.line_deletions();
        for span in self.cut_ranges() {
            if !self.stands_alone(span) {
                spans.push(clipped(self.widened(span), span, taken));
            }
        }
        spans
    }

    pub(super) fn lines(&self) -> &LineIndex {
        self.context.file.lines()
    }

    pub(super) fn line(&self, line: usize) -> Span {
        self.lines().line_span(line)
    }

    pub(super) fn line_text(&self, line: usize) -> &str {
        self.context.file.slice(self.line(line))
    }

    /// How many lines there are, an empty one after the last line end not counted.
    pub(super) fn line_count(&self) -> usize {
        let count = self.lines().count();
        if self.line(count - 1).is_empty() { count - 1 } else { count }
    }

    /// A line of which nothing stays.
    pub(super) fn is_cut(&self, line: usize) -> bool {
        let span = self.line(line);
        self.only_cut(span) && self.cut[span.range()].contains(&true)
    }

    pub(super) fn is_blank(&self, line: usize) -> bool {
        self.line_text(line).trim().is_empty() && !self.is_cut(line)
    }

    /// The offset of the first byte of a line that is no white space.
    pub(super) fn content_start(&self, line: usize) -> usize {
        let text = self.line_text(line);
        self.line(line).start as usize + text.len() - text.trim_start().len()
    }

    /// Whole lines: those that are cut, and the blank lines that are too many then.
    fn line_deletions(&self) -> Vec<Span> {
        let count = self.line_count();
        let mut goes = vec![false; count];
        let mut line = 0;
        while line < count {
            if self.is_cut(line) {
                line = self.cut_region(line, &mut goes);
            } else {
                line += 1;
            }
        }
        self.line_spans(&goes)
    }

    /// Handles one region of cut lines and the blank lines around and between them; gives the line after it.
    fn cut_region(&self, first: usize, goes: &mut [bool]) -> usize {
        let count = self.line_count();
        let above = (0..first).rev().take_while(|line| self.is_blank(*line)).count();
        let mut gaps = vec![(first - above, first)];
        let mut line = first;
        while line < count && (self.is_cut(line) || self.is_blank(line)) {
            let start = line;
            while line < count && self.is_cut(line) {
                goes[line] = true;
                line += 1;
            }
            let blank = line;
            while line < count && self.is_blank(line) {
                line += 1;
            }
            if start < line {
                gaps.push((blank, line));
            }
        }
        let last = gaps.last().map_or(first, |(start, _)| *start) - 1;
        let empty = |gap: Option<&(usize, usize)>| gap.is_none_or(|(start, end)| start == end);
        let none = (empty(gaps.first()) && self.at_start(first)) || (empty(gaps.last()) && self.at_end(last, line));
        let kept = if none { None } else { gaps.iter().copied().rev().max_by_key(|(start, end)| end - start) };
        for gap in gaps.into_iter().filter(|gap| Some(*gap) != kept) {
            goes[gap.0..gap.1].fill(true);
        }
        line
    }

    /// Whether nothing of its block stays before the cut line `first`.
    fn at_start(&self, first: usize) -> bool {
        let Some(above) = (0..first).rev().find(|line| !self.is_blank(*line)) else { return true };
        let comment = self.comment_on(above).is_some_and(|c| c.start as usize == self.content_start(above));
        let home = self.cut_on(first).and_then(|cut| cut.home);
        let above = self.line(above);
        let opens =
            |home: Span| if self.context.syntax.braces { above.start <= home.start } else { above.end <= home.start };
        !comment && home.is_some_and(opens)
    }

    /// Whether nothing of its block stays after the cut line `last`; `next` is the next line that is not blank.
    fn at_end(&self, last: usize, next: usize) -> bool {
        if next >= self.line_count() {
            return true;
        }
        self.cut_on(last).is_some_and(|cut| self.content_start(next) >= self.end_of_home(cut))
    }

    /// The cut on a line, or the first one after it (comments come before theirs).
    fn cut_on(&self, line: usize) -> Option<Cut> {
        let start = self.line(line).start;
        self.cuts.iter().copied().find(|cut| cut.span.end > start)
    }

    /// Joins lines that go to spans. A file without a last line end stays without.
    fn line_spans(&self, goes: &[bool]) -> Vec<Span> {
        let mut spans: Vec<Span> = vec![];
        for line in (0..goes.len()).filter(|line| goes[*line]) {
            let span = self.line(line);
            match spans.last_mut().filter(|last| last.end == span.start) {
                Some(last) => last.end = span.end,
                None => spans.push(span),
            }
        }
        let bytes = self.context.file.bytes();
        if let Some(last) = spans.last_mut().filter(|last| last.end as usize == bytes.len())
            && !bytes.ends_with(b"\n")
        {
            let before = &bytes[..last.start as usize];
            let kept = before.strip_suffix(b"\r\n").or_else(|| before.strip_suffix(b"\n")).unwrap_or(before);
            last.start = kept.len() as u32;
        }
        spans
    }

    /// Cut bytes that follow each other.
    fn cut_ranges(&self) -> Vec<Span> {
        let mut ranges: Vec<Span> = vec![];
        for at in (0..self.cut.len()).filter(|at| self.cut[*at]) {
            match ranges.last_mut().filter(|last| last.end as usize == at) {
                Some(last) => last.end += 1,
                None => ranges.push(Span::new(at, at + 1)),
            }
        }
        ranges
    }

    /// Whether all lines that a span touches are cut.
    fn stands_alone(&self, span: Span) -> bool {
        let first = self.lines().line_of(span.start as usize);
        let last = self.lines().line_of((span.end as usize).saturating_sub(1));
        self.is_cut(first) && self.is_cut(last)
    }

    /// A span inside a line with the blanks that it leaves: those behind it, or before it where nothing follows.
    fn widened(&self, span: Span) -> Span {
        let bytes = self.context.file.bytes();
        let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
        let behind = bytes[span.end as usize..].iter().take_while(|byte| blank(byte)).count();
        let end = span.end as usize + behind;
        let follows = bytes.get(end).is_some_and(|byte| !matches!(byte, b'\r' | b'\n'));
        if follows {
            return Span::new(span.start as usize, end);
        }
        let drop = |byte: &u8| blank(byte) || (*byte == b';' && !self.context.syntax.braces);
        let before = bytes[..span.start as usize].iter().rev().take_while(|byte| drop(byte)).count();
        Span::new(span.start as usize - before, span.end as usize)
    }
}

/// `wide` without what lies in `taken`; `core` stays.
fn clipped(wide: Span, core: Span, taken: &[Span]) -> Span {
    let start = taken.iter().map(|span| span.end).filter(|end| *end <= core.start).max();
    let end = taken.iter().map(|span| span.start).filter(|start| *start >= core.end).min();
    Span { start: wide.start.max(start.unwrap_or(0)), end: wide.end.min(end.unwrap_or(u32::MAX)) }
}
