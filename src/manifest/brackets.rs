//! Edits of lists between brackets: JSON objects and arrays, TOML arrays and inline tables, Python lists.

use super::list::{Brackets, Entry, eol_at};
use super::plan::{New, Place};
use crate::text::{Edit, SourceFile, Span};
use std::collections::BTreeSet;

/// What follows an entry, up to the next.
struct Slot {
    /// The entry with its quotes.
    entry: Span,
    /// Its comma.
    comma: Option<usize>,
    /// A comment on its line.
    comment: Option<Span>,
    /// Where all that belongs to it ends: after comma and comment.
    tail: usize,
}

/// What a plan of a list between brackets needs.
pub(super) struct Work<'a> {
    file: &'a SourceFile,
    brackets: &'a Brackets,
    slots: Vec<Slot>,
    /// An entry that begins its line shows the indentation; without one, the list is on one line.
    model: Option<usize>,
}

impl<'a> Work<'a> {
    /// Looks at commas, comments and line ends between `entries`.
    pub(super) fn new(file: &'a SourceFile, brackets: &'a Brackets, entries: &[Entry]) -> Self {
        let close = brackets.inside.end;
        let next = |index: usize| entries.get(index + 1).map_or(close, |entry| entry.outer.start);
        let slots: Vec<Slot> =
            (0..entries.len()).map(|index| slot(file.text(), entries[index].outer, next(index) as usize)).collect();
        let model = slots.iter().position(|slot| {
            let start = slot.entry.start as usize;
            let line = file.lines().line_span(file.lines().line_of(start));
            line.start >= brackets.inside.start && file.slice(Span::new(line.start as usize, start)).trim().is_empty()
        });
        Work { file, brackets, slots, model }
    }

    /// The edits by which the entries in `gone` go and those in `new` come.
    pub(super) fn plan(&self, gone: &BTreeSet<usize>, new: &[(&New, Place)]) -> Vec<Edit> {
        if self.slots.is_empty() {
            return self.fill(new).into_iter().collect();
        }
        let kept: Vec<usize> = (0..self.slots.len()).filter(|index| !gone.contains(index)).collect();
        if kept.is_empty() && new.is_empty() {
            return self.empty();
        }
        let mut edits: Vec<Edit> =
            gone.iter().map(|index| deletion(self.cut(*index, kept.last() < Some(index)))).collect();
        let mut added = Vec::new();
        for (new, place) in new {
            match place {
                Place::Instead(index) => edits.extend(self.instead(*index, &new.text)),
                Place::After(index) => added.push((new.text.as_str(), *index)),
            }
        }
        edits.extend(self.commas(&kept, &added));
        edits.extend(self.insertions(&kept, &added));
        edits
    }

    fn trailing(&self) -> bool {
        self.slots.last().is_some_and(|slot| slot.comma.is_some())
    }

    /// Every entry but the last has a comma; the last has one if the last had one before.
    fn commas(&self, kept: &[usize], added: &[(&str, Option<usize>)]) -> Vec<Edit> {
        let last = kept.last().copied();
        let mut edits = Vec::new();
        for index in kept {
            let slot = &self.slots[*index];
            let is_last = Some(*index) == last && !added.iter().any(|(_, place)| *place == last);
            match slot.comma {
                None if !is_last || self.trailing() => {
                    edits.push(Edit { span: Span::empty(slot.entry.end as usize), text: ",".to_owned() });
                }
                Some(at) if is_last && !self.trailing() => edits.push(deletion(self.comma_span(slot, at))),
                _ => {}
            }
        }
        edits
    }

    /// A comma with the line end before it, where commas begin lines.
    fn comma_span(&self, slot: &Slot, at: usize) -> Span {
        let between = self.file.slice(Span::new(slot.entry.end as usize, at));
        let start = if between.trim().is_empty() { slot.entry.end as usize } else { at };
        Span::new(start, at + 1)
    }

    fn insertions(&self, kept: &[usize], added: &[(&str, Option<usize>)]) -> Vec<Edit> {
        let last = kept.last().copied();
        let count_at_end = added.iter().filter(|(_, place)| *place == last).count();
        let mut at_end = 0;
        let mut edits = Vec::new();
        for (text, place) in added {
            let mut comma = true;
            if *place == last {
                at_end += 1;
                comma = at_end < count_at_end || self.trailing();
            }
            edits.push(self.insertion(*place, text, if comma { "," } else { "" }));
        }
        edits
    }

    fn insertion(&self, place: Option<usize>, text: &str, comma: &str) -> Edit {
        let (at, broken) = match place {
            Some(index) => (self.slots[index].tail, self.slots[index].comment.is_some()),
            None => (self.head(), false),
        };
        if let Some(indent) = self.indent(broken) {
            let eol = eol_at(self.file, at);
            return Edit { span: Span::empty(at), text: format!("{eol}{indent}{text}{comma}") };
        }
        let gap = self.gap();
        if place.is_some() {
            return Edit { span: Span::empty(at), text: format!("{gap}{text}{comma}") };
        }
        Edit { span: Span::empty(self.slots[0].entry.start as usize), text: format!("{text}{comma}{gap}") }
    }

    /// The indentation of a new line; none if the list is on one line.
    fn indent(&self, broken: bool) -> Option<String> {
        if let Some(model) = self.model {
            return Some(self.file.indent_at(self.slots[model].entry.start as usize).to_owned());
        }
        broken.then(|| format!("{}    ", self.file.indent_at(self.brackets.inside.start as usize)))
    }

    /// After the opening bracket and a comment on its line.
    fn head(&self) -> usize {
        let start = self.brackets.inside.start as usize;
        let first = self.slots[0].entry.start as usize;
        let text = self.file.slice(Span::new(start, first));
        let line = text.lines().next().unwrap_or("");
        if line.trim_start().starts_with('#') { start + line.trim_end().len() } else { start }
    }

    /// What stands after a comma.
    fn gap(&self) -> &str {
        match (self.slots.first().and_then(|slot| slot.comma), self.slots.get(1)) {
            (Some(comma), Some(next)) => self.file.slice(Span::new(comma + 1, next.entry.start as usize)),
            _ => &self.brackets.gap,
        }
    }

    /// The bytes of entry `index` with its comma, comment and line; `at_end` where no entry after it stays.
    fn cut(&self, index: usize, at_end: bool) -> Span {
        let slot = &self.slots[index];
        let floor = if index == 0 { self.brackets.inside.start as usize } else { self.slots[index - 1].tail };
        let start = slot.entry.start as usize;
        if let Some(next) = self.slots.get(index + 1).filter(|_| !at_end) {
            let next = next.entry.start as usize;
            let one_line = !self.breaks(slot.entry.end as usize, next);
            let hangs = index == 0 && !self.breaks(floor, start) && self.blank(slot.tail, next);
            if (one_line || hangs) && slot.comment.is_none() {
                return Span::new(start, next);
            }
        }
        let before = &self.file.text()[floor..start];
        let mut kept = before.trim_end_matches([' ', '\t']);
        kept = kept.strip_suffix('\n').unwrap_or(kept);
        kept = kept.strip_suffix('\r').unwrap_or(kept);
        Span::new(floor + kept.len(), slot.tail)
    }

    fn breaks(&self, start: usize, end: usize) -> bool {
        self.file.slice(Span::new(start, end)).contains(['\n', '\r'])
    }

    fn blank(&self, start: usize, end: usize) -> bool {
        self.file.slice(Span::new(start, end)).trim().is_empty()
    }

    /// Takes all entries out; everything between the brackets if no other comment is there.
    fn empty(&self) -> Vec<Edit> {
        let cuts: Vec<Span> = (0..self.slots.len()).map(|index| self.cut(index, false)).collect();
        let mut at = self.brackets.inside.start as usize;
        let mut blank = true;
        for cut in &cuts {
            blank &= (cut.start as usize) < at || self.blank(at, cut.start as usize);
            at = at.max(cut.end as usize);
        }
        if blank && self.blank(at, self.brackets.inside.end as usize) {
            return vec![deletion(self.brackets.inside)];
        }
        cuts.into_iter().map(deletion).collect()
    }

    /// Puts a new text in the place of an entry that goes; the comment on its line goes with it.
    fn instead(&self, index: usize, text: &str) -> Vec<Edit> {
        let slot = &self.slots[index];
        let mut edits = vec![Edit { span: slot.entry, text: text.to_owned() }];
        if let Some(comment) = slot.comment {
            let before = &self.file.text()[..comment.start as usize];
            edits.push(deletion(Span::new(before.trim_end().len(), comment.end as usize)));
        }
        edits
    }

    /// The first entries of an empty list.
    fn fill(&self, new: &[(&New, Place)]) -> Option<Edit> {
        let inside = self.brackets.inside;
        let content = self.file.slice(inside).trim_end();
        if new.is_empty() {
            return None;
        }
        let (lead, tail) = &self.brackets.fresh;
        let texts: Vec<&str> = new.iter().map(|(new, _)| new.text.as_str()).collect();
        if content.trim().is_empty() {
            let joint = if lead.is_empty() || lead.trim_matches(' ').is_empty() { &self.brackets.gap } else { lead };
            return Some(Edit { span: inside, text: format!("{lead}{}{tail}", texts.join(&format!(",{joint}"))) });
        }
        let at = inside.start as usize + content.len();
        let indent = self.file.indent_at(at);
        let eol = eol_at(self.file, at);
        let text = texts.iter().map(|text| format!("{eol}{indent}{text},")).collect();
        Some(Edit { span: Span::empty(at), text })
    }
}

fn deletion(span: Span) -> Edit {
    Edit { span, text: String::new() }
}

/// Reads what stands between an entry and `limit`: blanks, at most one comma, comments.
fn slot(text: &str, entry: Span, limit: usize) -> Slot {
    let mut slot = Slot { entry, comma: None, comment: None, tail: entry.end as usize };
    let mut at = entry.end as usize;
    let mut same_line = true;
    while at < limit {
        match text.as_bytes().get(at) {
            Some(b',') if slot.comma.is_none() => {
                slot.comma = Some(at);
                slot.tail = at + 1;
            }
            Some(b'#') => {
                let rest = &text[at..limit];
                let line = rest.find(['\n', '\r']).unwrap_or(rest.len());
                if same_line {
                    slot.comment = Some(Span::new(at, at + rest[..line].trim_end().len()));
                    slot.tail = at + line;
                }
                at += line;
                continue;
            }
            Some(b'\n' | b'\r') => same_line = false,
            _ => {}
        }
        at += 1;
    }
    slot
}
