//! The proposed change: every migration that could be written, as masked diffs to read.

use super::mask;
use super::sources::harmless;
use crate::apply::{Change, Changes, changes};
use crate::migrate::Applicability;
use crate::run::Run;
use crate::text::{SourceFile, diff};

/// All migrations whose edits are whole, put together.
pub(super) fn proposal(run: &Run) -> Changes {
    changes(run, &whole(run))
}

/// The migrations (indices) whose edits are whole.
pub(super) fn whole(run: &Run) -> Vec<usize> {
    let is_whole = |index: &usize| run.migrations[*index].applicability >= Applicability::Review;
    (0..run.migrations.len()).filter(is_whole).collect()
}

/// A diff to read, not to apply: secrets are masked in it. What is computed is the real diff, so a line whose secret
/// alone changes is still shown as changed.
#[must_use]
pub fn masked_diff(change: &Change) -> String {
    let old_bytes = change.old.as_deref().unwrap_or_default();
    let hunks = diff::hunks(&diff::lines(old_bytes), &diff::lines(&change.new), diff::CONTEXT);
    let (old, new) = (shown(old_bytes), shown(&change.new));
    let (old, new) = (diff::lines(old.as_bytes()), diff::lines(new.as_bytes()));
    let out = diff::render(&change.path, change.old.is_some().then_some(&old), &new, &hunks);
    String::from_utf8_lossy(&out).into_owned()
}

/// The masked text, line for line as long as the bytes. Bytes that are not UTF-8 show as question marks.
fn shown(bytes: &[u8]) -> String {
    harmless(&mask(SourceFile::new("", bytes.to_vec()).text()))
}
