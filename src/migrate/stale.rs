//! Texts that still name the address of the exchange when nothing in their file does it any more: messages, constants that
//! nobody reads.

use super::draft::Draft;
use super::in_place;
use super::rust;
use crate::analyze::{Exchange, Place, Program, adobe};
use crate::ir::ExprKind;
use crate::rules::Adobe;
use crate::text::{FileId, Overlap, Span};
use std::collections::BTreeSet;

/// Lets them name the token endpoint. `moved` are the exchanges that the draft moves, `all` those of the program.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn renew(
    program: &Program,
    rules: &Adobe,
    moved: &[&Exchange<'_>],
    all: &[Exchange<'_>],
    draft: &mut Draft,
) -> Result<(), Overlap> {
    let files: BTreeSet<FileId> = moved.iter().map(|exchange| exchange.call.file).collect();
    // What an SDK is told may be told in its other mode as well.
    let left = |file: &FileId| {
        all.iter()
            .any(|one| one.call.file == *file && (one.proof.sdk || !moved.iter().any(|other| other.call == one.call)))
    };
    for file in files.into_iter().filter(|file| !left(file)) {
        let Some(unit) = program.unit(file) else { continue };
        let texts = unit.module.exprs.iter().filter(|expr| matches!(expr.kind, ExprKind::Text(_)));
        for span in
            texts.map(|expr| expr.span).filter(|span| adobe::has_exchange_path(rules, program.slice(file, *span)))
        {
            let place = Place { file, span };
            let Some((path, new)) = in_place::new_path(program, rules, place) else { continue };
            // The bare path may be the default of a setting.
            let before = program.slice(file, Span { start: span.start, end: path.start });
            if !before.contains("://") && !before.contains('{') {
                continue;
            }
            let touched = draft.edits.get(&file).is_some_and(|edits| edits.touches(span));
            let gone = draft.gone.get(&file).is_some_and(|gone| gone.iter().any(|gone| gone.overlaps(path)));
            if !touched && !gone {
                draft.edits.entry(file).or_default().replace(path, new)?;
            }
        }
    }
    rust::renew_tests(program, rules, moved, all, draft)
}
