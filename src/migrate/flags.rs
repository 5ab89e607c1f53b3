//! A command whose options are other ones in its OAuth mode: they are renamed, or go, where the command is written out.

use crate::lang::lexical::{Lexicon, TokenKind, tokens};
use crate::rules::{AnchorLibrary, AnchorUpgrade};
use crate::text::{Edit, EditSet, SourceFile, Span};
use std::collections::BTreeSet;

/// The edits of all such commands in a file; `None` where there is none.
pub(super) fn commands(
    lexicon: &Lexicon,
    source: &SourceFile,
    library: &AnchorLibrary,
    upgrade: &AnchorUpgrade,
) -> Option<EditSet> {
    let text = source.text();
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
    let words = words(text, at);
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

/// The words from `at` to the end of the command, over lines that go on. The first is what follows its name without a blank.
fn words(text: &str, at: usize) -> Vec<Span> {
    let mut words = vec![];
    let (mut start, mut quote, mut depth) = (at, None, 0usize);
    let mut chars = text[at..].char_indices().map(|(offset, c)| (at + offset, c)).peekable();
    let mut end = text.len();
    let mut open = true;
    while let Some((place, c)) = chars.next() {
        let goes_on = c == '\\' && chars.peek().is_some_and(|(_, next)| matches!(next, '\n' | '\r'));
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some('"') | None, '\\') if !goes_on => {
                chars.next();
            }
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '{') => depth += 1,
            (None, ')' | '}') if depth > 0 => depth -= 1,
            (None, '\n' | ';' | '|' | '&' | ')' | '>' | '<' | '`') if depth == 0 => {
                end = place;
                break;
            }
            (None, _) if depth == 0 && (c.is_whitespace() || goes_on) => {
                if open {
                    words.push(Span::new(start, place));
                }
                open = false;
                if goes_on {
                    let line_end = |(_, c): &(usize, char)| matches!(c, '\n' | '\r');
                    while chars.next_if(line_end).is_some() {}
                }
                continue;
            }
            _ => {}
        }
        if !open {
            (open, start) = (true, place);
        }
    }
    if open && start < end {
        words.push(Span::new(start, end));
    }
    words
}
