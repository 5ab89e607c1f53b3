//! Edits of a program's text → edits of its container, in the container's escaping.
//!
//! In JSON a line is written anew when something in it changes, and its neighbours are left alone: in a list of lines a
//! line that comes or goes is a string that comes or goes, with the comma and the indentation of the others.

use super::{Embedded, Encoding, Opened, Slot, open};
use crate::text::diff::hunks;
use crate::text::{Edit, EditSet, SourceFile, Span};
use similar::DiffTag;

/// Why edits of a program cannot be written into its container.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotWritable {
    /// Text would have to go where the container has none.
    #[error("new code would have to stand outside the cells or scripts of this file")]
    Outside,
    /// A command of the notebook, or the like, stands in what changes.
    #[error("a command that is not code (such as `%pip` or `!curl`) stands in what would change")]
    Command,
    /// Read again, the container does not hold the program that was meant.
    #[error("the edited file would not hold the edited program")]
    Differs,
}

impl Embedded {
    /// The edits of `container`, whose program this is, that change the program as `edits` do.
    ///
    /// # Errors
    /// [`NotWritable`] if that cannot be, or if what comes out does not read as meant.
    pub fn write(&self, container: &SourceFile, edits: &EditSet) -> Result<EditSet, NotWritable> {
        let mut own: Vec<EditSet> = vec![EditSet::default(); self.slots.len()];
        for edit in edits.edits() {
            self.assign(edit, &mut own)?;
        }
        let mut written = EditSet::default();
        for (slot, edits) in self.slots.iter().zip(&own).filter(|(_, edits)| !edits.is_empty()) {
            for edit in self.slot_edits(container.text(), slot, edits) {
                written.add(edit).map_err(|_| NotWritable::Differs)?;
            }
        }
        let after = container.with_bytes(written.apply(container.bytes()));
        let meant = edits.apply(self.text.as_bytes());
        match open(&after) {
            Opened::Program(program) if same(&program.text, &String::from_utf8_lossy(&meant)) => Ok(written),
            Opened::Nothing if meant.iter().all(u8::is_ascii_whitespace) => Ok(written),
            _ => Err(NotWritable::Differs),
        }
    }

    /// Gives an edit, in the offsets of the slot's text, to the slots that it is about.
    fn assign(&self, edit: &Edit, own: &mut [EditSet]) -> Result<(), NotWritable> {
        let fixed = |span: &Span| match edit.span.is_empty() {
            true => span.start < edit.span.start && edit.span.start < span.end,
            false => span.overlaps(edit.span),
        };
        if self.fixed.iter().any(fixed) {
            return Err(NotWritable::Command);
        }
        let at = edit.span.start;
        if let Some((above, text)) = self.import_above(edit) {
            let end = self.slots[above].text.len();
            return own[above].insert(end, text).map_err(|_| NotWritable::Differs);
        }
        let mut text = Some(edit.text.as_str()).filter(|text| !text.is_empty());
        let touched: Vec<usize> = if edit.span.is_empty() {
            let begins = |slot: &Slot| slot.text.start <= at && at < slot.text.end;
            let found = self.slots.iter().position(begins);
            found.or_else(|| self.slots.iter().position(|slot| slot.text.end == at)).into_iter().collect()
        } else {
            (0..self.slots.len()).filter(|slot| self.slots[*slot].text.overlaps(edit.span)).collect()
        };
        for number in touched {
            let slot = self.slots[number].text;
            let (start, end) = (edit.span.start.max(slot.start), edit.span.end.min(slot.end));
            let span = Span { start: start - slot.start, end: end - slot.start };
            own[number].replace(span, text.take().unwrap_or_default()).map_err(|_| NotWritable::Differs)?;
        }
        // What stands between slots comes and goes with them.
        if text.is_some() { Err(NotWritable::Outside) } else { Ok(()) }
    }

    /// New imports at the very start of a cell, where the cell above ends with imports: they go with those.
    fn import_above(&self, edit: &Edit) -> Option<(usize, String)> {
        let is_import = |line: &str| line.starts_with("import ") || line.starts_with("from ");
        let here = self.slots.iter().position(|slot| slot.text.start == edit.span.start)?;
        let above = here.checked_sub(1)?;
        let before = &self.text[self.slots[above].text.range()];
        let fits = edit.span.is_empty()
            && edit.text.ends_with('\n')
            && edit.text.lines().all(is_import)
            && before.lines().next_back().is_some_and(is_import);
        let text = if before.ends_with('\n') { edit.text.clone() } else { format!("\n{}", edit.text.trim_end()) };
        fits.then_some((above, text))
    }

    fn slot_edits(&self, container: &str, slot: &Slot, edits: &EditSet) -> Vec<Edit> {
        let old = &self.text[slot.text.range()];
        if slot.encoding == Encoding::Raw {
            let shift = |edit: &Edit| Edit {
                span: Span { start: edit.span.start + slot.raw.start, end: edit.span.end + slot.raw.start },
                text: edit.text.clone(),
            };
            return edits.edits().iter().map(shift).collect();
        }
        let new = String::from_utf8_lossy(&edits.apply(old.as_bytes())).into_owned();
        let new = if old.ends_with('\n') { new.as_str() } else { new.trim_end_matches(['\n', '\r']) };
        let old_lines: Vec<&str> = old.split_inclusive('\n').collect();
        let new_lines: Vec<&str> = new.split_inclusive('\n').collect();
        let places = self.line_places(slot, &old_lines);
        let old_bytes: Vec<&[u8]> = old_lines.iter().map(|line| line.as_bytes()).collect();
        let new_bytes: Vec<&[u8]> = new_lines.iter().map(|line| line.as_bytes()).collect();
        let found = hunks(&old_bytes, &new_bytes, 0);
        let ops = found.into_iter().flat_map(|hunk| hunk.ops).filter(|op| op.tag() != DiffTag::Equal);
        let escapes = container.is_ascii();
        let line = |text: &&str| slot.encoding.line(text, escapes);
        ops.map(|op| {
            let text: Vec<String> = new_lines[op.new_range()].iter().map(line).collect();
            slot.change(&places, op.old_range(), &text)
        })
        .collect()
    }

    /// Where each line of a slot stands in the container, quotes excluded.
    fn line_places(&self, slot: &Slot, lines: &[&str]) -> Vec<Span> {
        let mut at = slot.text.start;
        let place = |line: &&str| {
            let span = Span { start: at, end: at + line.len() as u32 };
            at = span.end;
            self.outer(span)
        };
        lines.iter().map(place).collect()
    }
}

impl Slot {
    /// The lines `old` become the lines `new`, which are encoded.
    fn change(&self, places: &[Span], old: std::ops::Range<usize>, new: &[String]) -> Edit {
        let join = match &self.encoding {
            Encoding::Lines { between, .. } => format!("\"{between}\""),
            Encoding::Text | Encoding::Raw => String::new(),
        };
        let text = new.join(&join);
        let edit = |start: u32, end: u32, text: String| Edit { span: Span { start, end }, text };
        let after_last = places.last().map_or(self.raw.end, |place| place.end);
        match (places.get(old.start), places.get(old.end)) {
            // Lines that only come: before one, or after the last.
            (Some(next), _) if old.is_empty() => edit(next.start, next.start, format!("{text}{join}")),
            (None, _) => edit(after_last, after_last, format!("{join}{text}")),
            (Some(first), Some(next)) if new.is_empty() => edit(first.start, next.start, text),
            (Some(first), _) if !new.is_empty() => {
                let end = places[old.end - 1].end;
                edit(first.start, end, text)
            }
            (Some(_), _) => match old.start.checked_sub(1).map(|before| places[before].end) {
                Some(before) => edit(before, after_last, text),
                None => edit(self.raw.start, self.raw.end, text),
            },
        }
    }
}

impl Encoding {
    /// A line of text, as it stands between quotes.
    fn line(&self, text: &str, only_ascii: bool) -> String {
        let text = match self {
            Encoding::Lines { with_ends: false, .. } => text.strip_suffix('\n').unwrap_or(text),
            _ => text,
        };
        let quoted = serde_json::Value::from(text).to_string();
        let inside = &quoted[1..quoted.len() - 1];
        if !only_ascii || inside.is_ascii() {
            return inside.to_owned();
        }
        let escaped = |c: char| -> String {
            if c.is_ascii() {
                return c.to_string();
            }
            c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
        };
        inside.chars().map(escaped).collect()
    }
}

/// Whether two programs are the same, white space at the ends of lines and empty lines aside: those are what the borders
/// of cells are made of.
fn same(one: &str, other: &str) -> bool {
    let lines = |text: &str| -> Vec<String> {
        text.lines().map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect()
    };
    lines(one) == lines(other)
}
