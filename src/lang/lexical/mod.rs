//! Languages without a grammar: a file becomes strings, words and marks, with their places. A language is one entry in
//! the table; what the words mean is not known here.

mod commands;
mod prose;
mod scan;
mod table;

pub use commands::program;
pub use prose::{Passage, passages};
pub use scan::tokens;

use crate::text::{SourceFile, Span};

/// How a language that has no grammar is read.
#[derive(Debug)]
pub struct Lexicon {
    /// The name in reports, and that of its file in `rules/anchors/`: `go`, `csharp`.
    pub name: &'static str,
    /// File name endings, without the dot, in lower case. The names of fenced blocks in Markdown too.
    pub extensions: &'static [&'static str],
    /// Whole file names, and other names of fenced blocks.
    pub names: &'static [&'static str],
    /// What begins a comment to the end of the line.
    pub line_comments: &'static [&'static str],
    /// What begins and ends other comments.
    pub block_comments: &'static [(&'static str, &'static str)],
    /// What its first code begins with, where other text may stand before.
    pub island: Option<&'static str>,
    /// Strings; the longest beginning comes first.
    pub strings: &'static [Quote],
    /// What begins a here-document; the word behind it ends it.
    pub heredoc: Option<&'static str>,
    /// How its words go together.
    pub words: Words,
    /// Whether `name = value` may be an entry of a record or an argument.
    pub equals_keys: bool,
    /// Letter case does not matter.
    pub any_case: bool,
    /// An expression that reads the setting `NAME` of the environment, in a shell a part of a word; and what must be in the
    /// file for it.
    pub setting: Option<(&'static str, &'static str)>,
    /// Whether a variable that nobody uses is an error.
    pub unused_is_error: bool,
}

/// A sort of string.
#[derive(Debug)]
pub struct Quote {
    /// What it begins with.
    pub open: &'static str,
    /// What it ends with.
    pub close: &'static str,
    /// What keeps the next character from ending it.
    pub escape: Option<char>,
    /// Whether it may go over several lines.
    pub lines: bool,
}

/// How words go together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Words {
    /// Letters, digits, `_`.
    Plain,
    /// The same, and `-` between letters: `Invoke-RestMethod`.
    Dashed,
    /// As a shell has them: whatever is not blank.
    Bare,
}

/// What a piece of text is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenKind {
    /// A comment.
    Comment,
    /// A string; the span is that of its content.
    Text,
    /// A name, with what it is a member of: `OpenSSL::PKey::RSA.new`.
    Word,
    /// Any other character.
    Mark,
}

/// A piece of text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where.
    pub span: Span,
}

impl Token {
    /// Its text.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> &'t str {
        text.get(self.span.range()).unwrap_or_default()
    }
}

/// The parts of a word: `OpenSSL::PKey::RSA.new` has four.
pub fn parts(word: &str) -> impl DoubleEndedIterator<Item = &str> {
    word.split(['.', ':', '>', '\\', '?', '!', '&'])
        .map(|part| part.trim_end_matches('-'))
        .filter(|part| !part.is_empty())
}

/// How a file is read, by its name; `None` for what has a grammar, and for what is no program.
#[must_use]
pub fn of(path: &str) -> Option<&'static Lexicon> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    table::ALL.iter().find(|lexicon| {
        lexicon.names.contains(&name)
            || extension.as_ref().is_some_and(|extension| lexicon.extensions.contains(&extension.as_str()))
    })
}

/// How a file is read, by its name, or where that says nothing by the program that its first line names.
#[must_use]
pub fn of_source(source: &SourceFile) -> Option<&'static Lexicon> {
    let by_name = of(&source.path);
    if by_name.is_some() || source.name().contains('.') {
        return by_name;
    }
    let program = source.text().strip_prefix("#!")?.lines().next()?;
    let words = program.split(['/', ' ']).filter(|word| !word.is_empty() && !word.starts_with('-'));
    words.rev().find_map(|word| named(word.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')))
}

/// How the code in a fenced block is read, by the word behind the fence.
#[must_use]
pub fn named(word: &str) -> Option<&'static Lexicon> {
    let word = word.to_ascii_lowercase();
    let word = word.as_str();
    table::ALL
        .iter()
        .find(|lexicon| lexicon.name == word || lexicon.extensions.contains(&word) || lexicon.names.contains(&word))
}

/// Every language that is read so.
#[must_use]
pub fn all() -> &'static [Lexicon] {
    table::ALL
}
