//! YAML: all documents of a file, one after another.

use super::{Entry, Scalar, Step};
use crate::text::Span;
use saphyr_parser::{Event, Parser, ScalarStyle};

/// The entries of a YAML text; `None` where the parser refuses any of it, as it does with templates.
pub(super) fn read(text: &str) -> Option<Vec<Entry>> {
    // A template's holes can be YAML by chance, and then mean something else.
    if text.contains("{%") || text.contains("<%") {
        return None;
    }
    // The parser counts characters.
    let bytes: Vec<usize> = if text.is_ascii() { vec![] } else { text.char_indices().map(|(at, _)| at).collect() };
    let is_ascii = bytes.is_empty();
    let byte = |index: usize| match is_ascii {
        true => index.min(text.len()),
        false => bytes.get(index).copied().unwrap_or(text.len()),
    };
    let mut reader = Reader { open: vec![], entries: vec![] };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        let (start, end) = (byte(span.start.index()), byte(span.end.index()));
        let at = Span::new(start, end.max(start));
        match event {
            Event::Scalar(value, style, ..) => reader.scalar(&value, style, at),
            Event::Alias(_) => reader.scalar("", ScalarStyle::Plain, at),
            Event::MappingStart(..) => reader.open(false),
            Event::SequenceStart(..) => reader.open(true),
            Event::MappingEnd | Event::SequenceEnd => {
                reader.open.pop();
            }
            Event::DocumentStart(_) => reader.open.clear(),
            _ => {}
        }
    }
    Some(reader.entries)
}

/// A table or list that is being read.
struct Open {
    /// The step to it from the one around it; none for the root.
    step: Option<Step>,
    list: bool,
    /// In a list: how many items were read. In a table: the key whose value comes next.
    items: u32,
    key: Option<(String, Span)>,
}

struct Reader {
    open: Vec<Open>,
    entries: Vec<Entry>,
}

impl Reader {
    /// The step to the next value, and where its key stands. Takes the key.
    fn next(&mut self) -> (Option<Step>, Option<Span>) {
        let Some(open) = self.open.last_mut() else { return (None, None) };
        if open.list {
            open.items += 1;
            return (Some(Step::Item(open.items - 1)), None);
        }
        match open.key.take() {
            Some((name, at)) => (Some(Step::Name(name)), Some(at)),
            None => (None, None),
        }
    }

    fn path(&self, last: Option<Step>) -> Vec<Step> {
        self.open.iter().filter_map(|open| open.step.clone()).chain(last).collect()
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, at: Span) {
        let quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) && at.len() >= 2;
        let at = if quoted { Span::new(at.start as usize + 1, at.end as usize - 1) } else { at };
        if self.open.last().is_some_and(|open| !open.list && open.key.is_none()) {
            if let Some(open) = self.open.last_mut() {
                open.key = Some((value.to_owned(), at));
            }
            return;
        }
        let (step, key) = self.next();
        if step.is_some() {
            let path = self.path(step);
            let value = Some(Scalar { text: value.to_owned(), span: at });
            self.entries.push(Entry { path, key: key.unwrap_or(at), value, commented: false });
        }
    }

    fn open(&mut self, list: bool) {
        // A table as a key: its own keys are read, the value after it is lost.
        let (step, key) = self.next();
        if let Some(key) = key {
            let path = self.path(step.clone());
            self.entries.push(Entry { path, key, value: None, commented: false });
        }
        self.open.push(Open { step, list, items: 0, key: None });
    }
}
