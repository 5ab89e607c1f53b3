//! Commands of a shell that stand in a settings file: the steps of a workflow.

use super::{Lexicon, named, of_source};
use crate::config::{self, Format};
use crate::text::{SourceFile, Span};
use std::borrow::Cow;

/// Keys whose values a shell runs, in the files of GitHub, GitLab, CircleCI, Azure, Bitbucket, CodeBuild and Compose.
const KEYS: &[&str] = &[
    "run",
    "script",
    "scripts",
    "before_script",
    "after_script",
    "bash",
    "command",
    "commands",
    "cmd",
    "cmds",
    "inlineScript",
    "entrypoint",
    "args",
    "pre_build",
    "build",
    "post_build",
];

/// How a file is read, and what of it: all, or of a settings file its commands, with blanks in the place of the rest. What
/// stands there in other words than its own (in quotes, folded) is left out.
#[must_use]
pub fn program(source: &SourceFile) -> Option<(&'static Lexicon, Cow<'_, str>)> {
    if let Some(lexicon) = of_source(source) {
        return Some((lexicon, Cow::Borrowed(source.text())));
    }
    if config::format_of(&source.path) != Some(Format::Yaml) || source.ending.is_some() {
        return None;
    }
    let text = source.text();
    let document = config::read(Format::Yaml, source);
    let commands = document.entries.iter().filter(|entry| !entry.commented && KEYS.contains(&entry.name()));
    let values = commands.filter_map(|entry| entry.value.as_ref());
    let spans: Vec<Span> = values.filter_map(|value| written(text, value)).collect();
    if spans.is_empty() {
        return None;
    }
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans.iter().filter(|span| text.is_char_boundary(span.start as usize)) {
        if (span.start as usize) < at {
            continue;
        }
        blank(&mut masked, &text[at..span.start as usize]);
        masked.push_str(&text[span.range()]);
        at = span.end as usize;
    }
    blank(&mut masked, &text[at..]);
    named("shell").map(|lexicon| (lexicon, Cow::Owned(masked)))
}

/// Where a value stands, if it stands there as it is but for its indentation.
fn written(text: &str, value: &config::Scalar) -> Option<Span> {
    let raw = text.get(value.span.range())?;
    let start = match raw.starts_with(['|', '>']) {
        true => value.span.start as usize + raw.find('\n')? + 1,
        false => value.span.start as usize,
    };
    let span = Span::new(start, value.span.end as usize);
    let lines = |text: &str| -> Vec<String> {
        let lines = text.trim().lines().map(|line| line.trim().to_owned());
        lines.filter(|line| !line.is_empty()).collect()
    };
    let own = lines(&text[span.range()]);
    (!own.is_empty() && own == lines(&value.text)).then_some(span)
}

/// As many bytes of blanks, with the line ends.
fn blank(into: &mut String, text: &str) {
    into.extend(text.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
}
