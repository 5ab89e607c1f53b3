//! A command whose options are other ones in its OAuth mode: they are renamed, or go, where the command is written out.

use super::literal::words;
use crate::lang::lexical::{Lexicon, TokenKind, tokens};
use crate::rules::{AnchorLibrary, AnchorUpgrade};
use crate::text::{Edit, EditSet, Span};
use std::collections::BTreeSet;

/// The edits of all such commands in a file; `None` where there is none.
pub(super) fn commands(
    lexicon: &Lexicon,
    text: &str,
    library: &AnchorLibrary,
    upgrade: &AnchorUpgrade,
) -> Option<EditSet> {
    let comments: Vec<Span> = tokens(lexicon, text)
        .into_iter()
        .filter(|token| token.kind == TokenKind::Comment)
        .map(|token| token.span)
        .collect();
    let named = library.exchange.iter().flat_map(|name| text.match_indices(name.as_str()));
    let ends: BTreeSet<usize> = named.map(|(at, name)| at + name.len()).collect();
    let mut edits = EditSet::default();
    for end in ends {
        let whole = !text[end..].starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_');
        if whole && !comments.iter().any(|comment| comment.range().contains(&end)) {
            command(text, end, upgrade, &mut edits)?;
        }
    }
    (!edits.is_empty()).then_some(edits)
}

/// The edits of the command whose name ends at `at`.
fn command(text: &str, at: usize, upgrade: &AnchorUpgrade, edits: &mut EditSet) -> Option<()> {
    let words = words(text, at, false);
    let flag = |word: &Span| {
        let written = &text[word.range()];
        let name = written.split('=').next().unwrap_or_default();
        upgrade.flags.get(name).map(|new| (name.len(), written.contains('='), new))
    };
    if !words.iter().any(|word| flag(word).is_some()) {
        return Some(());
    }
    // `tool@5` is the old one.
    let first = words.first()?;
    if text[first.range()].starts_with('@') {
        edits.add(Edit { span: *first, text: format!("@{}", upgrade.since) }).ok()?;
    }
    let mut index = 1;
    while let Some(word) = words.get(index) {
        let Some((len, has_value, new)) = flag(word) else {
            index += 1;
            continue;
        };
        let next = words.get(index + 1).filter(|next| !has_value && !text[next.range()].starts_with('-'));
        if new.is_empty() {
            let start = words[index - 1].end;
            edits.delete(Span { start, end: next.unwrap_or(word).end }).ok()?;
        } else {
            let start = word.start as usize;
            edits.add(Edit { span: Span::new(start, start + len), text: new.clone() }).ok()?;
        }
        index += 1 + usize::from(next.is_some());
    }
    Some(())
}
