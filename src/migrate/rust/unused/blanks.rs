//! Blank lines around what went: one between what is left, none before a closing brace.

use crate::analyze::Program;
use crate::migrate::draft::Draft;
use crate::text::{EditSet, FileId, Overlap, SourceFile, Span};

/// Takes away a blank line that would stand beside another one, or before a closing brace, where lines between them went.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn tidy(program: &Program, draft: &mut Draft) -> Result<(), Overlap> {
    let files: Vec<FileId> = draft.edits.keys().copied().filter(|file| program.is_typed(*file)).collect();
    for file in files {
        if let Some(edits) = draft.edits.get_mut(&file) {
            one(program.file(file), edits)?;
        }
    }
    Ok(())
}

fn one(source: &SourceFile, edits: &mut EditSet) -> Result<(), Overlap> {
    let text = source.text();
    let lines = source.lines();
    let line_at = |offset: usize| lines.line_span(lines.line_of(offset));
    let is_blank = |line: Span| source.slice(line).trim().is_empty();
    let mut cuts: Vec<Span> = edits
        .edits()
        .iter()
        .filter(|edit| edit.text.is_empty() && !edit.span.is_empty())
        .map(|edit| edit.span)
        .collect();
    cuts.sort_unstable_by_key(|span| span.start);
    for cut in cuts {
        let (start, end) = (cut.start as usize, cut.end as usize);
        let whole = text[..start].ends_with('\n') && text[..end].ends_with('\n') && end < text.len();
        if !whole {
            continue;
        }
        // The line that will stand above: what goes is passed over.
        let mut above = None;
        let mut at = start;
        while at > 0 {
            let line = line_at(at - 1);
            if !edits.edits().iter().any(|edit| edit.text.is_empty() && edit.span.contains(line)) {
                above = Some(line);
                break;
            }
            at = line.start as usize;
        }
        let Some(above) = above.filter(|above| is_blank(*above)) else { continue };
        let below = line_at(end);
        let closes = source.slice(below).trim_start().starts_with('}');
        let goes = if is_blank(below) && !below.is_empty() {
            below
        } else if closes {
            above
        } else {
            continue;
        };
        if !edits.touches(goes) {
            edits.delete(goes)?;
        }
    }
    Ok(())
}
