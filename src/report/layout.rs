//! Lines of a width.

use super::Options;
use miette::{GraphicalReportHandler, GraphicalTheme};
use textwrap::{WordSeparator, WordSplitter};

/// How diagnostics are drawn. Addresses are never cut in two.
pub(super) fn handler(options: &Options) -> GraphicalReportHandler {
    GraphicalReportHandler::new_themed(theme(options))
        .with_width(options.width)
        .with_links(false)
        .with_break_words(false)
        .with_word_separator(WordSeparator::AsciiSpace)
        .with_word_splitter(WordSplitter::NoHyphenation)
        .without_syntax_highlighting()
}

pub(super) fn theme(options: &Options) -> GraphicalTheme {
    if options.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() }
}

/// Text in lines of at most `width` columns, if its words allow; `first` before the first line, blanks before the others.
pub(super) fn filled(text: &str, first: &str, width: usize) -> String {
    let rest = " ".repeat(first.chars().count());
    let options = textwrap::Options::new(width)
        .initial_indent(first)
        .subsequent_indent(&rest)
        .break_words(false)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(text, options)
}
