//! Settings whose name is a value itself: `{name: PRIVATE_KEY, value: …}`, `<property name="…" value="…"/>`,
//! `- PRIVATE_KEY=…`.

use super::{Entry, Scalar, Step};
use crate::text::Span;

/// What such a name is called.
const NAMES: &[&str] = &["name", "key"];
/// What stands beside it.
const VALUES: &[&str] = &["value", "valuefrom", "default"];

/// The entries that pairs and `NAME=value` items stand for.
pub(super) fn named(entries: &[Entry]) -> Vec<Entry> {
    let mut found: Vec<Entry> = vec![];
    for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| !entry.commented) {
        let Some(value) = &entry.value else { continue };
        if matches!(entry.path.last(), Some(Step::Item(_))) {
            found.extend(item(entry, value));
        } else if is_one_of(entry.name(), NAMES) && is_name(&value.text) {
            let table = entry.table();
            let beside = |other: &&Entry| {
                other.path.len() == entry.path.len() && other.table() == table && is_one_of(other.name(), VALUES)
            };
            // In XML the text of the element is the value.
            let own = |other: &&Entry| other.path == table && other.value.is_some();
            let near = &entries[index.saturating_sub(8)..(index + 8).min(entries.len())];
            if let Some(held) = near.iter().find(beside).or_else(|| near.iter().find(own)) {
                let mut path = around(table).to_vec();
                path.push(Step::Name(value.text.clone()));
                found.push(Entry { path, key: value.span, value: held.value.clone(), commented: false });
            }
        }
    }
    found
}

/// The list or table that holds a pair's table.
fn around(table: &[Step]) -> &[Step] {
    let mut end = table.len();
    while end > 0 && matches!(table[end - 1], Step::Item(_)) {
        end -= 1;
    }
    // Of an XML element its name goes, too.
    if end == table.len() { &table[..end.saturating_sub(1)] } else { &table[..end] }
}

fn item(entry: &Entry, value: &Scalar) -> Option<Entry> {
    let (name, text) = value.text.split_once('=').filter(|(name, _)| is_name(name))?;
    // Quotes and escapes make spans of parts unsure.
    if value.span.len() != value.text.len() {
        return None;
    }
    let start = value.span.start as usize;
    let mut path = entry.path[..entry.path.len() - 1].to_vec();
    path.push(Step::Name(name.to_owned()));
    let at = Span::new(start + name.len() + 1, value.span.end as usize);
    let value = Some(Scalar { text: text.to_owned(), span: at });
    Some(Entry { path, key: Span::new(start, start + name.len()), value, commented: false })
}

fn is_one_of(name: &str, words: &[&str]) -> bool {
    words.iter().any(|word| name.eq_ignore_ascii_case(word))
}

fn is_name(text: &str) -> bool {
    (2..=80).contains(&text.len()) && text.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
}
