//! One thing, one finding: several ways lead to the same claims or the same key.

use super::finding::{Finding, Kind, Place};
use super::program::Program;
use crate::text::FileId;
use std::collections::BTreeMap;

type Key = (Place, Kind);

/// Folds findings of one kind that lie in each other or begin on one line into the first of them. The answer says what
/// became of each that is gone.
pub(super) fn fold(program: &Program, found: &mut BTreeMap<Key, Finding>) -> BTreeMap<Key, Key> {
    let mut gone = BTreeMap::new();
    for kind in [Kind::Claims, Kind::PrivateKey, Kind::Endpoint] {
        let mut last: Option<Key> = None;
        for key in found.keys().filter(|(_, other)| *other == kind).copied().collect::<Vec<_>>() {
            match last.filter(|last| is_same(program, last.0, key.0)) {
                Some(first) => {
                    gone.insert(key, first);
                }
                None => last = Some(key),
            }
        }
    }
    for (key, first) in &gone {
        let Some(finding) = found.remove(key) else { continue };
        if let Some(kept) = found.get_mut(first) {
            if finding.confidence > kept.confidence {
                kept.message = finding.message;
            }
            kept.confidence = kept.confidence.max(finding.confidence);
        }
    }
    gone
}

fn is_same(program: &Program, first: Place, second: Place) -> bool {
    first.file == second.file
        && (first.span.contains(second.span)
            || line_of(program, first.file, first.span.start) == line_of(program, second.file, second.span.start))
}

fn line_of(program: &Program, file: FileId, at: u32) -> usize {
    program.file(file).lines().line_of(at as usize)
}
