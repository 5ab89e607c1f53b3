//! One setting a line: what `.env` files, properties and ini files are, and what is left of other formats where their
//! parser gives up.

use super::{Entry, Format, Scalar, Step};
use crate::text::Span;

/// Longer keys are none.
const KEY: usize = 120;

/// A setting that stands in one line.
pub(super) struct Line {
    /// Without quotes.
    pub(super) key: Span,
    /// Without quotes; empty where a table or list begins.
    pub(super) value: Span,
}

/// The entries of a text, read line by line. Deeper lines belong to the line above that is less deep, where the format
/// nests at all; in an ini file to their section.
pub(super) fn read(format: Format, text: &str) -> Vec<Entry> {
    let nests = matches!(format, Format::Json | Format::Yaml);
    let mut entries = vec![];
    let mut section: Vec<Step> = vec![];
    let mut open: Vec<(usize, Step)> = vec![];
    for (start, line) in numbered(text) {
        let trimmed = line.trim_start();
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.split_once(']')).filter(|_| !nests) {
            section = vec![Step::Name(name.0.trim().to_owned())];
            continue;
        }
        if is_comment(format, trimmed) {
            continue;
        }
        let Some(found) = setting(format, text, start, line) else { continue };
        let indent = found.key.start as usize - start;
        open.retain(|(depth, _)| nests && *depth < indent);
        let own = Step::Name(text[found.key.range()].to_owned());
        let above = open.iter().map(|(_, step)| step.clone());
        let path: Vec<Step> = section.iter().cloned().chain(above).chain([own.clone()]).collect();
        let value = text[found.value.range()].to_owned();
        let is_table = nests && (value.is_empty() || value == "{" || value == "[");
        let value = (!is_table).then_some(Scalar { text: value, span: found.value });
        open.push((indent, own));
        entries.push(Entry { path, key: found.key, value, commented: false });
    }
    entries
}

/// The lines without their ends, each with its offset.
pub(super) fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        at += line.len();
        (at - line.len(), line.trim_end_matches(['\n', '\r']))
    })
}

/// What opens a comment in a format.
pub(super) fn comment_marks(format: Format) -> &'static [&'static str] {
    match format {
        Format::Json => &["//", "#"],
        Format::Yaml | Format::Toml | Format::Env => &["#"],
        Format::Properties => &["#", "!"],
        Format::Ini => &["#", ";"],
        Format::Xml => &[],
    }
}

fn is_comment(format: Format, trimmed: &str) -> bool {
    comment_marks(format).iter().any(|mark| trimmed.starts_with(mark))
}

/// The setting in a line that begins at `start`, if there is one.
pub(super) fn setting(format: Format, text: &str, start: usize, line: &str) -> Option<Line> {
    let mut from = line.len() - line.trim_start().len();
    // `ENV NAME value` of a Dockerfile has no sign between the two.
    let mut bare = false;
    let words: &[&str] = match format {
        Format::Env => &["export ", "set ", "ENV ", "ARG "],
        Format::Yaml => &["- "],
        _ => &[],
    };
    for word in words {
        if line[from..].starts_with(word) {
            bare = *word == "ENV ";
            from += word.len();
            from += line[from..].len() - line[from..].trim_start().len();
        }
    }
    let rest = &line[from..];
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let (key, after) = match quote {
        Some(quote) => {
            let end = rest[1..].find(quote)? + 1;
            (1..end, end + 1)
        }
        None => {
            // `list[0]` is an item of a list.
            let more = if format == Format::Properties { "_-.$@/~[]" } else { "_-.$@/~" };
            let part = |c: char| c.is_alphanumeric() || more.contains(c);
            let end = rest.find(|c| !part(c)).unwrap_or(rest.len());
            (0..end, end)
        }
    };
    let is_key = !key.is_empty() && key.len() <= KEY && rest[key.clone()].contains(char::is_alphabetic);
    let tail = &rest[after..];
    let sign = tail.trim_start();
    let signs: &[&str] = match format {
        Format::Json => &[":", "="],
        Format::Yaml => &[":"],
        Format::Env | Format::Toml => &["="],
        Format::Properties | Format::Ini | Format::Xml => &["=", ":"],
    };
    let width = signs.iter().find(|mark| sign.starts_with(**mark)).map(|mark| mark.len());
    let width = width.or((bare && tail.starts_with(' ')).then_some(0)).filter(|_| is_key)?;
    // A shell's comparison and YAML's `a:b` are no settings.
    if sign[width..].starts_with('=')
        || (format == Format::Yaml && !sign[width..].is_empty() && !sign[width..].starts_with([' ', '\t']))
    {
        return None;
    }
    let value_from = from + after + (tail.len() - sign.len()) + width;
    let value = inside(format, &line[value_from..]);
    let at = start + value_from + value.start;
    let value = Span::new(at, at + value.len());
    debug_assert!(text.get(value.range()).is_some());
    Some(Line { key: Span::new(start + from + key.start, start + from + key.end), value })
}

/// The value without blanks, quotes, the comma or comment after it.
fn inside(format: Format, raw: &str) -> std::ops::Range<usize> {
    let start = raw.len() - raw.trim_start().len();
    let mut value = raw[start..].trim_end();
    if matches!(format, Format::Json | Format::Toml) {
        value = value.strip_suffix(',').unwrap_or(value).trim_end();
    }
    if let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let end = value[1..].find(quote).map_or(value.len(), |end| end + 1);
        return start + 1..start + end.max(1);
    }
    if !matches!(format, Format::Properties) {
        let comment = if value.starts_with("# ") { Some(0) } else { value.find(" #") };
        value = value[..comment.unwrap_or(value.len())].trim_end();
    }
    start..start + value.len()
}
