//! The proposed change as one patch for `git apply`.
//!
//! A patch must repeat the user's lines byte for byte, so nothing in it can be masked; and a secret must not get into
//! it, since patches are mailed and attached. So: lines with a secret are kept out of the context, which is made smaller
//! for that. Where a line with a secret is itself changed, or where git would not take the smaller context, the file
//! cannot be in the patch, and with it the migrations that change it, for half a migration is worse than none. The notes
//! beside the patch name these files; `unjwt fix` changes them in place.

use super::{Options, mask, proposal};
use crate::apply::{Change, changes};
use crate::run::Run;
use crate::text::SourceFile;
use crate::text::diff::{self, Hunk};
use similar::DiffOp;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// A patch and what is not in it.
#[derive(Debug, Default)]
pub struct Patch {
    /// What `git apply` takes.
    pub bytes: Vec<u8>,
    /// Files that would have to show a secret.
    pub secret: Vec<String>,
    /// Migrations that are left out for it (indices).
    pub left_out: Vec<usize>,
    /// Migrations that are left out because an earlier one changes the same lines.
    pub meeting: Vec<usize>,
}

pub(super) fn write(run: &Run, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(&patch(run, &proposal::whole(run)).bytes)
}

pub(super) fn notes(run: &Run) -> Vec<String> {
    patch(run, &proposal::whole(run)).notes()
}

/// The patch of the chosen migrations (indices).
#[must_use]
pub fn patch(run: &Run, chosen: &[usize]) -> Patch {
    let mut patch = Patch::default();
    let mut chosen = chosen.to_vec();
    loop {
        let all = changes(run, &chosen);
        let diffs: Vec<(&Change, Option<Vec<u8>>)> =
            all.changes.iter().map(|change| (change, diff_without_secrets(change))).collect();
        let secret: BTreeSet<&str> =
            diffs.iter().filter(|(_, diff)| diff.is_none()).map(|(change, _)| change.path.as_str()).collect();
        if secret.is_empty() {
            patch.bytes = diffs.into_iter().filter_map(|(_, diff)| diff).flatten().collect();
            patch.meeting = all.left;
            patch.secret.sort();
            return patch;
        }
        // At least the migrations of one file go in each round, so this ends.
        let (out, kept) = chosen.iter().partition(|index| touches(run, **index, &secret));
        patch.secret.extend(secret.into_iter().map(str::to_owned));
        patch.left_out.extend::<Vec<usize>>(out);
        chosen = kept;
    }
}

impl Patch {
    /// What must be said beside it.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.left_out.is_empty() {
            let files: Vec<String> = self.secret.iter().map(|path| format!("`{}`", super::plain(path))).collect();
            notes.push(format!(
                "the patch leaves out {} migration(s): a changed line holds a secret in {}; use `unjwt fix` for them",
                self.left_out.len(),
                files.join(", ")
            ));
        }
        if !self.meeting.is_empty() {
            let count = self.meeting.len();
            notes.push(format!(
                "the patch leaves out {count} migration(s) that change the same lines; run again after it"
            ));
        }
        notes
    }
}

fn touches(run: &Run, migration: usize, paths: &BTreeSet<&str>) -> bool {
    proposal::paths(run, &run.migrations[migration]).any(|path| paths.contains(path))
}

/// `None` if it cannot be said without a secret.
fn diff_without_secrets(change: &Change) -> Option<Vec<u8>> {
    let (old_bytes, new_bytes) = change.sides();
    let (old, new) = (diff::lines(old_bytes), diff::lines(new_bytes));
    let (old_secret, new_secret) = (secret_lines(old_bytes), secret_lines(new_bytes));
    let mut hunks = Vec::new();
    for hunk in diff::hunks(&old, &new, diff::CONTEXT) {
        hunks.extend(without_secrets(hunk, &old_secret, &new_secret)?);
    }
    let (old, new) = (change.old.is_some().then_some(&old[..]), change.new.is_some().then_some(&new[..]));
    Some(diff::render(&change.path, old, new, &hunks))
}

/// For each line whether it holds a secret.
fn secret_lines(bytes: &[u8]) -> Vec<bool> {
    let file = SourceFile::new("", bytes.to_vec());
    let masked = mask(file.text());
    let pairs = diff::lines(file.text().as_bytes()).into_iter().zip(diff::lines(masked.as_bytes()));
    pairs.map(|(line, masked)| line != masked).collect()
}

/// Takes secret lines out of a hunk's context, cutting it in two where they stand between changes.
fn without_secrets(hunk: Hunk, old_secret: &[bool], new_secret: &[bool]) -> Option<Vec<Hunk>> {
    let mut hunks = Vec::new();
    let mut ops: Vec<DiffOp> = Vec::new();
    for op in hunk.ops {
        let DiffOp::Equal { old_index, new_index, len } = op else {
            if old_secret[op.old_range()].contains(&true) || new_secret[op.new_range()].contains(&true) {
                return None;
            }
            ops.push(op);
            continue;
        };
        let secret = |line: &usize| old_secret[old_index + line] || new_secret[new_index + line];
        let (Some(first), Some(last)) = ((0..len).find(secret), (0..len).rev().find(secret)) else {
            ops.push(op);
            continue;
        };
        if !ops.is_empty() {
            // Without a line after the change git takes it for the end of the file.
            if first == 0 {
                return None;
            }
            ops.push(DiffOp::Equal { old_index, new_index, len: first });
            hunks.push(Hunk { ops: std::mem::take(&mut ops) });
        }
        let after = last + 1;
        if after < len {
            ops.push(DiffOp::Equal { old_index: old_index + after, new_index: new_index + after, len: len - after });
        }
    }
    if ops.iter().any(|op| op.tag() != similar::DiffTag::Equal) {
        hunks.push(Hunk { ops });
    }
    Some(hunks)
}
