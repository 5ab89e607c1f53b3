//! Edits: replacements that all speak about the unedited text and never meet.

use super::Span;

/// Replace the bytes of `span` by `text`. An empty span inserts, an empty text deletes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    /// Bytes of the unedited file.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

/// Two edits want the same bytes.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("two edits meet at bytes {}..{}", .0.span.start, .0.span.end)]
pub struct Overlap(pub Edit);

/// Disjoint edits of one file, kept in order. Insertions at one place keep the order in which they were added.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct EditSet {
    edits: Vec<Edit>,
}

impl EditSet {
    /// Adds an edit. The identical edit twice counts once; deletions that share bytes become one.
    ///
    /// # Errors
    /// [`Overlap`] if it meets an edit that is already there; nothing is added then.
    pub fn add(&mut self, edit: Edit) -> Result<(), Overlap> {
        if self.edits.contains(&edit) && !edit.span.is_empty() {
            return Ok(());
        }
        if edit.text.is_empty() {
            if self.edits.iter().any(|e| e.text.is_empty() && e.span.contains(edit.span)) {
                return Ok(());
            }
            let before = self.edits.len();
            self.edits.retain(|e| !(e.text.is_empty() && edit.span.contains(e.span)));
            if self.edits.len() < before {
                return self.add(edit);
            }
            // Two deletions that share bytes are one.
            let shares = |e: &Edit| e.text.is_empty() && e.span.overlaps(edit.span);
            if let Some(at) = self.edits.iter().position(shares) {
                let other = self.edits[at].span;
                let span = Span { start: other.start.min(edit.span.start), end: other.end.max(edit.span.end) };
                let mut joined = self.clone();
                joined.edits.remove(at);
                joined.add(Edit { span, text: String::new() })?;
                *self = joined;
                return Ok(());
            }
        }
        if let Some(other) = self.edits.iter().find(|e| meets(e.span, edit.span)) {
            return Err(Overlap(other.clone()));
        }
        let at = self.edits.partition_point(|e| (e.span.start, e.span.end) <= (edit.span.start, edit.span.start));
        self.edits.insert(at, edit);
        Ok(())
    }

    /// Replaces `span` by `text`.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn replace(&mut self, span: Span, text: impl Into<String>) -> Result<(), Overlap> {
        self.add(Edit { span, text: text.into() })
    }

    /// Deletes `span`.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn delete(&mut self, span: Span) -> Result<(), Overlap> {
        self.replace(span, "")
    }

    /// Inserts `text` before the byte at `offset`.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn insert(&mut self, offset: usize, text: impl Into<String>) -> Result<(), Overlap> {
        self.replace(Span::empty(offset), text)
    }

    /// The edits, in order.
    #[must_use]
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// Whether some edit touches `span`.
    #[must_use]
    pub fn touches(&self, span: Span) -> bool {
        self.edits.iter().any(|e| meets(e.span, span))
    }

    /// Adds all edits of `other`.
    ///
    /// # Errors
    /// [`Overlap`] at the first that meets; `self` is unchanged then.
    pub fn union(&mut self, other: &EditSet) -> Result<(), Overlap> {
        let mut both = self.clone();
        for edit in &other.edits {
            both.add(edit.clone())?;
        }
        *self = both;
        Ok(())
    }

    /// The bytes after all edits. Bytes outside the edits are copied as they are.
    #[must_use]
    pub fn apply(&self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(bytes.len());
        let mut done = 0;
        for edit in &self.edits {
            let range = edit.span.range();
            out.extend_from_slice(&bytes[done.min(bytes.len())..range.start.min(bytes.len())]);
            out.extend_from_slice(edit.text.as_bytes());
            done = range.end;
        }
        out.extend_from_slice(&bytes[done.min(bytes.len())..]);
        out
    }
}

/// Insertions may touch the border of a replacement, and each other; nothing may reach inside another edit.
fn meets(a: Span, b: Span) -> bool {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => false,
        (true, false) => b.start < a.start && a.start < b.end,
        (false, true) => a.start < b.start && b.start < a.end,
        (false, false) => a.overlaps(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn meeting_edits_are_refused() {
        let mut edits = EditSet::default();
        assert!(edits.replace(Span::new(2, 5), "x").is_ok());
        assert!(edits.replace(Span::new(4, 6), "y").is_err());
        assert!(edits.insert(5, "z").is_ok());
        assert_eq!(edits.apply(b"abcdefg"), b"abxzfg");
    }

    #[test]
    fn a_larger_deletion_swallows_smaller_ones() {
        let mut edits = EditSet::default();
        assert!(edits.delete(Span::new(2, 3)).is_ok());
        assert!(edits.delete(Span::new(1, 5)).is_ok());
        assert!(edits.delete(Span::new(3, 4)).is_ok());
        assert_eq!(edits.apply(b"abcdefg"), b"afg");
    }

    proptest! {
        #[test]
        fn bytes_outside_the_edits_stay(bytes in proptest::collection::vec(any::<u8>(), 0..64),
                                        cuts in proptest::collection::vec((0usize..64, 0usize..8, ".{0,4}"), 0..6)) {
            let mut edits = EditSet::default();
            for (start, len, text) in cuts {
                let start = start.min(bytes.len());
                let end = (start + len).min(bytes.len());
                let _ = edits.replace(Span::new(start, end), text);
            }
            let out = edits.apply(&bytes);
            let added: usize = edits.edits().iter().map(|e| e.text.len()).sum();
            let removed: usize = edits.edits().iter().map(|e| e.span.len()).sum();
            prop_assert_eq!(out.len(), bytes.len() + added - removed);
            let first = edits.edits().first().map_or(bytes.len(), |e| e.span.start as usize);
            prop_assert_eq!(&out[..first], &bytes[..first]);
            let last = edits.edits().last().map_or(0, |e| e.span.end as usize);
            prop_assert!(out.ends_with(&bytes[last..]));
        }
    }
}
