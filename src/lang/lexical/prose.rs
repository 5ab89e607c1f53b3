//! Text for people: its passages, those of code among them.

use super::{Lexicon, named};
use crate::text::Span;

/// Endings of files that people read.
const ENDINGS: &[&str] = &["md", "mdx", "markdown", "adoc", "asciidoc", "rst", "txt", "rmd", "qmd"];
/// Names (without ending) of files that tell what once was.
const PAST: &[&str] = &["changelog", "changes", "history", "news", "release", "releases", "releasenotes"];

/// A line of such a text.
#[derive(Clone, Copy, Debug)]
pub struct Passage {
    /// The line, without its end.
    pub span: Span,
    /// It stands in a block of code.
    pub code: bool,
    /// The language of that block, where it has a lexicon.
    pub language: Option<&'static Lexicon>,
}

/// The lines of a text for people; `None` where the file is none, or tells of the past only.
#[must_use]
pub fn passages(path: &str, text: &str) -> Option<Vec<Passage>> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (stem, ending) = name.rsplit_once('.')?;
    let stem: String = stem.to_ascii_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    if !ENDINGS.contains(&ending.to_ascii_lowercase().as_str()) || PAST.contains(&stem.as_str()) {
        return None;
    }
    let mut found = vec![];
    let mut fence: Option<(&str, Option<&'static Lexicon>)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::new(at, at + line.trim_end_matches(['\r', '\n']).len());
        at += line.len();
        let bare = line.trim_start_matches(|c: char| c.is_whitespace() || c == '>').trim_end();
        let mark = ["```", "~~~", "----"].into_iter().find(|mark| bare.starts_with(mark));
        match (fence, mark) {
            (Some((open, _)), Some(mark)) if open == mark && bare.chars().all(|c| mark.contains(c)) => fence = None,
            // `----` begins a block in AsciiDoc only; elsewhere it is a rule or a heading.
            (None, Some(mark)) if mark != "----" || ending.eq_ignore_ascii_case("adoc") => {
                let word = bare.trim_start_matches(['`', '~', '-', '{', '.']);
                let word = word.split(|c: char| !(c.is_alphanumeric() || c == '#' || c == '-')).next();
                fence = Some((mark, word.filter(|word| !word.is_empty()).and_then(named)));
            }
            _ => {
                let indented = line.starts_with("    ") || line.starts_with('\t');
                let language = fence.and_then(|(_, language)| language);
                found.push(Passage { span, code: fence.is_some() || indented, language });
            }
        }
    }
    Some(found)
}
