//! Settings that somebody put into a comment: they are not read, but come back easily.

use super::lines::{comment_marks, numbered, setting};
use super::{Entry, Format, Scalar, Step};

/// A value of more words than this is prose, unless it is quoted.
const WORDS: usize = 3;

/// The commented-out entries of a text whose live entries are known.
pub(super) fn entries(format: Format, text: &str, live: &[Entry]) -> Vec<Entry> {
    let mut found: Vec<Entry> = vec![];
    for (start, line) in numbered(text) {
        let indent = line.len() - line.trim_start().len();
        let Some(mark) = comment_marks(format).iter().find(|mark| line[indent..].starts_with(**mark)) else { continue };
        let behind = &line[indent + mark.len()..];
        let rest = start + indent + mark.len();
        // One blank after the mark is usual and means nothing.
        let deeper = (behind.len() - behind.trim_start().len()).saturating_sub(1);
        let Some(setting) = setting(format, text, rest, behind) else { continue };
        let value = &text[setting.value.range()];
        let quoted = setting.value.start > 0 && text[..setting.value.start as usize].ends_with(['"', '\'']);
        if !quoted && value.split_whitespace().count() > WORDS {
            continue;
        }
        let mut path = table_at(text, live, start, indent + deeper);
        path.push(Step::Name(text[setting.key.range()].to_owned()));
        let value = Some(Scalar { text: value.to_owned(), span: setting.value });
        found.push(Entry { path, key: setting.key, value, commented: true });
    }
    found
}

/// The table that a line of this depth belongs to: that of the live entry above which is as deep, or the one which is
/// less deep itself.
fn table_at(text: &str, live: &[Entry], offset: usize, column: usize) -> Vec<Step> {
    let depth = |entry: &Entry| {
        let at = entry.key.start as usize;
        let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
        // The quote before a key, and the dash before an item.
        text[line..at].trim_end_matches(['"', '\'']).len()
    };
    let above = live[..live.partition_point(|entry| (entry.key.start as usize) < offset)]
        .iter()
        .filter(|entry| is_key(entry))
        .rev();
    for entry in above.take(200) {
        let own = depth(entry);
        if own == column {
            return entry.table().to_vec();
        }
        if own < column {
            return if entry.value.is_none() { entry.path.clone() } else { entry.table().to_vec() };
        }
    }
    vec![]
}

fn is_key(entry: &Entry) -> bool {
    matches!(entry.path.last(), Some(Step::Name(_)))
}
