//! What a compiler that checks would complain about after a rewrite: declarations, fields and parameters whose last user
//! went. The whole package is in view there, so that a name that nobody says any more is a name that nobody uses.
//!
//! | file | what |
//! |---|---|
//! | [`mentions`] | who says a name |
//! | [`package`] | the package around a file, and what others may use of it |
//! | [`items`] | functions, constants, types, modules, tests of them |
//! | [`fields`] | fields of classes with what is given to them, variants of errors |
//! | [`arms`] | arms of a `match` for a variant that goes |
//! | [`setters`] | methods of builders that kept such a field |
//! | [`params`] | parameters with what is handed over |
//! | [`traits`] | imports of traits whose methods nobody calls |
//! | [`globs`] | imports of everything, of which nothing is used |
//! | [`crates`] | packages that only the removed code named |
//! | [`lists`] | import lists of which one name is left |
//! | [`blanks`] | blank lines around what went |

mod arms;
mod blanks;
mod crates;
mod fields;
mod globs;
mod items;
mod lists;
mod mentions;
mod package;
mod params;
mod setters;
mod traits;

pub(in crate::migrate) use crates::{is_named_still, packages};
pub(super) use fields::class_name;
pub(super) use lists::fitted;

use crate::analyze::{FunctionRef, Place, Program};
use crate::ir::{Declared, StmtId};
use crate::migrate::draft::Draft;
use crate::migrate::plan::Plan;
use crate::migrate::readers::inside;
use crate::text::{FileId, Overlap, Span};
use mentions::Mentions;

/// Takes out what the bytes that went away were the last to use. Gives the files that changed.
pub(in crate::migrate) fn settle(plan: &Plan<'_, '_>, draft: &mut Draft) -> Vec<FileId> {
    let is_ours = |file: &FileId| plan.program.is_typed(*file);
    if !draft.gone.keys().chain(draft.stmts.keys()).any(is_ours) {
        return vec![];
    }
    let mentions = Mentions::of(plan.program, draft);
    let found = items::sweep(plan, &mentions, draft).and_then(|mut changed| {
        changed.extend(fields::sweep(plan, &mentions, draft)?);
        changed.extend(traits::sweep(plan, &mentions, draft));
        changed.extend(globs::sweep(plan, &mentions, draft));
        Ok(changed)
    });
    match found {
        Ok(changed) => changed,
        Err(Overlap(edit)) => {
            let file = draft.edits.keys().copied().find(is_ours).unwrap_or(FileId(0));
            let at = Place { file, span: edit.span };
            draft.review(at, "what only the JWT needed could not be taken out here: delete it by hand");
            vec![]
        }
    }
}

/// Leaves import lists and blank lines as a formatter would.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(in crate::migrate) fn tidy(program: &Program, draft: &mut Draft) -> Result<(), Overlap> {
    lists::tidy(program, draft)?;
    blanks::tidy(program, draft)
}

/// Deals with a parameter that lost its last reader: it goes with what callers hand over, else it is marked as unused.
/// Gives the files that changed.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(in crate::migrate) fn idle(
    plan: &Plan<'_, '_>,
    function: FunctionRef,
    index: u32,
    draft: &mut Draft,
) -> Result<Vec<FileId>, Overlap> {
    let mentions = Mentions::of(plan.program, draft);
    params::settle(plan, &mentions, function, index, draft)
}

/// Whether other packages can read a field.
#[must_use]
pub(super) fn is_public_member(program: &Program, file: FileId, member: &Declared) -> bool {
    let stmt = fields::declaration(program.module(file), member.class);
    member.is_public && stmt.is_some_and(|stmt| package::is_exposed(program, file, stmt))
}

fn is_gone(draft: &Draft, file: FileId, span: Span) -> bool {
    inside(&draft.gone, file, span)
}

/// Has a statement deleted, unless what is around it goes already. Whether it was not to go before.
fn delete(program: &Program, file: FileId, stmt: StmtId, draft: &mut Draft) -> bool {
    let span = program.module(file).stmt(stmt).span;
    let own = draft.stmts.entry(file).or_default();
    let covered = own.iter().any(|other| program.module(file).stmt(*other).span.contains(span));
    if covered || is_gone(draft, file, span) {
        return false;
    }
    draft.stmts.entry(file).or_default().push(stmt);
    true
}
