//! The proposed change: every migration that could be written, as masked diffs to read.

use super::mask;
use super::sources::harmless;
use crate::apply::{Change, Changes, changes};
use crate::migrate::{Applicability, Migration};
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

/// The files that a migration edits, adds or removes.
pub(super) fn paths<'a>(run: &'a Run, migration: &'a Migration) -> impl Iterator<Item = &'a str> {
    let there = migration.edits.keys().chain(&migration.removed);
    let there = there.filter_map(|id| run.files.get(id.0 as usize)).map(|file| file.path.as_str());
    there.chain(migration.new_files.iter().map(|file| file.path.as_str()))
}

/// A diff to read, not to apply: secrets are masked in it. What is computed is the real diff, so a line whose secret
/// alone changes is still shown as changed.
#[must_use]
pub fn masked_diff(change: &Change) -> String {
    let (old_bytes, new_bytes) = change.sides();
    let hunks = diff::hunks(&diff::lines(old_bytes), &diff::lines(new_bytes), diff::CONTEXT);
    let (old, new) = (shown(old_bytes), shown(new_bytes));
    let (old, new) = (diff::lines(old.as_bytes()), diff::lines(new.as_bytes()));
    let (old, new) = (change.old.is_some().then_some(&old[..]), change.new.is_some().then_some(&new[..]));
    let out = diff::render(&change.path, old, new, &hunks);
    String::from_utf8_lossy(&out).into_owned()
}

/// A diff with its lines in colour, if there is to be colour.
#[must_use]
pub fn painted(diff: &str, color: bool) -> String {
    if !color {
        return diff.to_owned();
    }
    let paint = |line: &str| {
        let code = match line.as_bytes() {
            [b'd', b'i', b'f', b'f', ..] | [b'-', b'-', b'-', b' ', ..] | [b'+', b'+', b'+', b' ', ..] => "1",
            [b'@', ..] => "36",
            [b'-', ..] => "31",
            [b'+', ..] => "32",
            _ => return format!("{line}\n"),
        };
        format!("\u{1b}[{code}m{line}\u{1b}[0m\n")
    };
    diff.lines().map(paint).collect()
}

/// The masked text, line for line as long as the bytes. Bytes that are not UTF-8 show as question marks.
fn shown(bytes: &[u8]) -> String {
    harmless(&mask(SourceFile::new("", bytes.to_vec()).text()))
}
