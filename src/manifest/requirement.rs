//! PEP 508 requirements, as far as names and version ranges go.

use super::list::Name;
use crate::text::{SourceFile, Span};

/// A name as PEP 503 compares it: lower case, runs of `-`, `_` and `.` are one `-`.
#[must_use]
pub fn normalise(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            '-' | '_' | '.' if out.ends_with('-') => {}
            '-' | '_' | '.' => out.push('-'),
            _ => out.push(c.to_ascii_lowercase()),
        }
    }
    out
}

/// What the requirement in `span` names: `name`, `name[extra]>=1; marker`, `name @ url`. None for bare URLs and paths.
/// Stops at comments, options (` --hash=…`) and continuation marks, so a whole line may be given.
pub(super) fn name(file: &SourceFile, span: Span) -> Option<Name> {
    let text = file.slice(span);
    let start = text.len() - text.trim_start().len();
    let raw = leading_name(&text[start..])?;
    let mut at = skip_space(text, start + raw.len());
    if text[at..].starts_with('[') {
        at = skip_space(text, at + text[at..].find(']')? + 1);
    }
    let rest = &text[at..];
    let opaque = rest.starts_with('@');
    let plain = rest.is_empty() || rest.starts_with(['<', '>', '=', '!', '~', '(', ';', '#', '\\', '^', ',']);
    // What else may follow: a line end, an option, and in Conda's lists a version after a blank. Prose is no requirement.
    let other =
        rest.starts_with(['\r', '\n']) || rest.starts_with("--") || rest.starts_with(|c: char| c.is_ascii_digit());
    if !(opaque || plain || other) {
        return None;
    }
    let length = if plain { range_length(rest) } else { 0 };
    let from = span.start as usize + at;
    let version = (!opaque).then(|| Span::new(from, from + length));
    Some(Name { key: normalise(raw), raw: raw.to_owned(), version, opaque })
}

/// The name in `#egg=name` of an editable or VCS line.
pub(super) fn egg(text: &str) -> Option<Name> {
    let at = text.find("egg=")? + "egg=".len();
    let raw = leading_name(&text[at..])?;
    Some(Name { key: normalise(raw), raw: raw.to_owned(), version: None, opaque: true })
}

fn leading_name(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(text.len());
    let raw = text[..end].trim_end_matches(['-', '_', '.']);
    (raw.len() == end && raw.starts_with(|c: char| c.is_ascii_alphanumeric())).then_some(raw)
}

fn skip_space(text: &str, at: usize) -> usize {
    at + text[at..].len() - text[at..].trim_start_matches([' ', '\t']).len()
}

fn range_length(text: &str) -> usize {
    let hard = text.find([';', '\\', '\r', '\n', '"', '\'']).unwrap_or(text.len());
    let soft = [" #", "\t#", " --", "\t--"].iter().filter_map(|stop| text.find(stop)).min().unwrap_or(text.len());
    let start = if text.starts_with('#') { 0 } else { hard.min(soft) };
    text[..start].trim_end().len()
}
