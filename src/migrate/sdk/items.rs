//! Items of a list with commas (arguments, entries) that are replaced or go.

use super::super::draft::Draft;
use crate::analyze::{Place, Program};
use crate::text::{FileId, Overlap, SourceFile, Span};

/// An item.
pub(super) struct Item {
    /// Without its comma.
    pub span: Span,
    /// What takes its place; `None` where it stays.
    pub new: Option<Vec<String>>,
}

impl Item {
    fn goes(&self) -> bool {
        self.new.as_ref().is_some_and(Vec::is_empty)
    }
}

/// Edits the list. `items` are all of it, in order.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn put(program: &Program, file: FileId, items: &[Item], draft: &mut Draft) -> Result<(), Overlap> {
    let source = program.file(file);
    for (number, item) in items.iter().enumerate() {
        let Some(new) = &item.new else { continue };
        if item.goes() {
            draft.edits.entry(file).or_default().delete(going(source, items, number))?;
            draft.gone.entry(file).or_default().push(item.span);
            continue;
        }
        let start = item.span.start as usize;
        let between = match starts_line(source, start) {
            true => format!(",{}{}", source.eol().as_str(), source.indent_at(start)),
            false => ", ".to_owned(),
        };
        let text = new.join(&between);
        if text != source.slice(item.span) {
            draft.replace(Place { file, span: item.span }, text)?;
        }
    }
    trailing_comma(source, file, items, draft)
}

/// What goes with an item: its line, or the comma on one side.
fn going(source: &SourceFile, items: &[Item], number: usize) -> Span {
    let item = &items[number];
    let (start, end) = (item.span.start as usize, item.span.end as usize);
    let line_of = |at: usize| source.lines().line_span(source.lines().line_of(at));
    let (first, last) = (line_of(start), line_of(end.saturating_sub(1)));
    let rest = &source.text()[end..last.end as usize];
    let behind = rest.trim_start();
    let behind = behind.strip_prefix(',').unwrap_or(behind).trim();
    let is_comment = |line: &str| line.starts_with("//") || line.starts_with('#');
    if starts_line(source, start) && (behind.is_empty() || is_comment(behind)) {
        let mut from = first.start;
        while from > 0 && is_comment(source.slice(line_of(from as usize - 1)).trim()) {
            from = line_of(from as usize - 1).start;
        }
        return Span { start: from, end: last.end };
    }
    let stays_behind = items[number + 1..].iter().any(|item| !item.goes());
    match (items.get(number + 1), number.checked_sub(1)) {
        (Some(next), _) if stays_behind => Span { start: item.span.start, end: next.span.start },
        (_, Some(before)) => Span { start: items[before].span.end, end: item.span.end },
        (_, None) => item.span,
    }
}

/// A list whose last items went, and that had no comma at its end, has none afterwards.
fn trailing_comma(source: &SourceFile, file: FileId, items: &[Item], draft: &mut Draft) -> Result<(), Overlap> {
    let comma = |item: &Item| {
        let rest = &source.text()[item.span.end as usize..];
        let at = item.span.end as usize + rest.len() - rest.trim_start().len();
        source.text()[at..].starts_with(',').then_some(Span::new(at, at + 1))
    };
    if !items.last().is_some_and(|last| last.goes() && comma(last).is_none()) {
        return Ok(());
    }
    let kept = items.iter().rev().find(|item| !item.goes());
    let edits = draft.edits.entry(file).or_default();
    match kept.and_then(comma).filter(|comma| !edits.touches(*comma)) {
        Some(comma) => edits.delete(comma),
        None => Ok(()),
    }
}

fn starts_line(source: &SourceFile, start: usize) -> bool {
    let line = source.lines().line_span(source.lines().line_of(start));
    source.slice(Span { start: line.start, end: start as u32 }).trim().is_empty()
}
