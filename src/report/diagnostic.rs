//! One migration as it is read: its source with labels, other files, and what will happen.

use super::group::{self, SHOWN};
use super::labels::{Label, labels};
use super::layout::{filled, handler, theme};
use super::sources::Sources;
use super::{Options, plain};
use crate::analyze::{Finding, Place};
use crate::migrate::{Applicability, Migration, Strategy};
use crate::run::Run;
use crate::text::FileId;
use miette::{Diagnostic, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use std::fmt;

/// How many other files are shown with their text.
const OTHER_FILES: usize = 4;
/// Lines between two snippets that are shown rather than left out.
const GAP: usize = 3;
/// Columns of the line numbers and of the arrow before a label.
const MARGIN: usize = 12;
/// A line longer than this many screens is not shown, only named.
const SCREENS: usize = 3;

/// A migration in full. `unused` is what stays behind without use where a human makes the change.
pub(super) fn render(
    run: &Run,
    sources: &Sources<'_>,
    migration: &Migration,
    unused: &[&Finding],
    options: &Options,
) -> String {
    let mut by_file = labels(run, sources, migration);
    let main = group::place(run, migration).map(|at| at.file);
    let first = main.and_then(|file| by_file.remove(&file).map(|labels| (file, labels)));
    let mut out = match first {
        Some((file, labels)) => {
            let (mut shown, named) = snippet(sources, file, labels, options);
            shown.title = group::title(run, migration);
            draw(&shown, options) + &lines(&named, options)
        }
        None => draw(&Shown { title: group::title(run, migration), ..Shown::default() }, options),
    };
    let hidden = by_file.len().saturating_sub(OTHER_FILES);
    for (file, labels) in by_file.into_iter().take(OTHER_FILES) {
        let (shown, named) = snippet(sources, file, labels, options);
        if shown.source.is_some() {
            // The head of the snippet names the file, so it needs no title.
            out.extend(draw(&shown, options).split_inclusive('\n').skip(1));
        }
        out.push_str(&lines(&named, options));
    }
    if hidden > 0 {
        out.push_str(&format!("    and in {hidden} more file{}\n", if hidden == 1 { "" } else { "s" }));
    }
    out + &help(sources, migration, unused, options)
}

fn lines(named: &[String], options: &Options) -> String {
    named
        .iter()
        .map(|line| {
            filled(line, "    ", options.width)
                + "
"
        })
        .collect()
}

fn draw(shown: &Shown, options: &Options) -> String {
    let mut text = String::new();
    if handler(options).render_report(&mut text, shown).is_err() {
        // A span that cannot be drawn must not hide what was found.
        return format!("{shown}\n");
    }
    text.trim_end().to_owned() + "\n"
}

/// A file's text with labels; the labels of lines that are too long to show, in words.
fn snippet(sources: &Sources<'_>, file: FileId, labels: Vec<Label>, options: &Options) -> (Shown, Vec<String>) {
    let fits = |label: &Label| {
        let column = sources.start(label.at).column as usize;
        sources.is_sound(label.at)
            && sources.longest_line(label.at) <= options.width * SCREENS
            && (column < options.width - 20 || label.at.span.is_empty())
    };
    let (drawn, named): (Vec<_>, Vec<_>) = labels.into_iter().partition(fits);
    let named = named.iter().map(|label| format!("{}: {}", sources.address(label.at), label.text)).collect();
    let mut shown = Shown::default();
    if !drawn.is_empty() {
        shown.source = Some(Text { path: sources.path(file), text: sources.text(file).to_owned() });
        shown.labels = drawn.into_iter().map(|label| span(sources, label, options)).collect();
    }
    (shown, named)
}

fn span(sources: &Sources<'_>, label: Label, options: &Options) -> LabeledSpan {
    let (start, column) = (label.at.span.start as usize, sources.start(label.at).column as usize);
    // An underline that runs over the edge would be broken up.
    let room = options.width.saturating_sub(MARGIN + column).max(1);
    let spanned = sources.text(label.at.file).get(label.at.span.range()).unwrap_or_default();
    let len = spanned.char_indices().nth(room).map_or(spanned.len(), |(end, _)| end);
    let text = label.shortened(room.saturating_sub(len / 2));
    match label.is_main {
        true => LabeledSpan::new_primary_with_span(Some(text), (start, len)),
        false => LabeledSpan::new(Some(text), start, len),
    }
}

/// What will happen, what is in the way, what a human does.
fn help(sources: &Sources<'_>, migration: &Migration, unused: &[&Finding], options: &Options) -> String {
    let head = theme(options).styles.help.style("help: ").to_string();
    let mut out = filled(&plain(&way(migration)), "  help: ", options.width).replacen("help: ", &head, 1);
    let mut add = |first: &str, text: &str| {
        out.push('\n');
        out.push_str(&filled(text, &format!("        {first}"), options.width));
    };
    if let Some(because) = migration.because.as_deref().filter(|_| migration.applicability > Applicability::Manual) {
        let what = if migration.strategy == Strategy::Library { &migration.target } else { "the request stays" };
        add("", &format!("why {what}: {}", plain(because)));
    }
    let mut whys: Vec<(&str, Vec<Place>)> = Vec::new();
    for blocker in &migration.blockers {
        match whys.iter_mut().find(|(why, _)| *why == blocker.why) {
            Some((_, places)) => places.push(blocker.at),
            None => whys.push((&blocker.why, vec![blocker.at])),
        }
    }
    for (why, places) in whys {
        add("- ", &format!("{} ({})", plain(why).trim_end_matches('.'), addresses(sources, &places)));
    }
    for (index, step) in migration.steps.iter().enumerate() {
        add(&format!("{}. ", index + 1), &plain(step));
    }
    if !unused.is_empty() && migration.strategy != Strategy::Sdk {
        let number = format!("{}. ", migration.steps.len() + 1);
        add(&number, &format!("Take out what nothing else uses then: {}.", things(sources, unused)));
    }
    out.push('\n');
    out
}

/// `the dependency on PyJWT (setup.py:1:2, setup.py:3:4)`.
fn things(sources: &Sources<'_>, findings: &[&Finding]) -> String {
    let mut things: Vec<(String, Vec<Place>)> = Vec::new();
    for finding in findings {
        let thing = format!("{} {}", group::short(finding.kind), plain(finding.library.as_deref().unwrap_or_default()));
        match things.iter_mut().find(|(other, _)| *other == thing) {
            Some((_, places)) => places.push(finding.at),
            None => things.push((thing, vec![finding.at])),
        }
    }
    let listed = things.iter().map(|(thing, places)| format!("{thing} ({})", addresses(sources, places)));
    listed.collect::<Vec<_>>().join(", ")
}

fn addresses(sources: &Sources<'_>, places: &[Place]) -> String {
    let mut listed: Vec<String> = places.iter().take(SHOWN).map(|at| sources.address(*at)).collect();
    listed.dedup();
    let more = places.len().saturating_sub(SHOWN);
    listed.join(", ") + &if more > 0 { format!(" and {more} more") } else { String::new() }
}

fn way(migration: &Migration) -> String {
    let target = &migration.target;
    let does = match migration.strategy {
        Strategy::Library => format!("moves it to {target}"),
        Strategy::InPlace => "changes the request in place".to_owned(),
        Strategy::Sdk => format!("switches {target} to OAuth"),
    };
    match migration.applicability {
        Applicability::Safe => format!("`unjwt fix` {does} (safe)"),
        Applicability::Review => format!("`unjwt fix --review` {does}; for your review:"),
        Applicability::Manual => "to be done by hand:".to_owned(),
    }
}

/// What miette draws.
#[derive(Debug, Default)]
struct Shown {
    title: String,
    source: Option<Text>,
    labels: Vec<LabeledSpan>,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.title)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn severity(&self) -> Option<miette::Severity> {
        Some(miette::Severity::Warning)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

/// A file for miette. Its own one counts the lines of a snippet from the top of the file, and so draws labels far from
/// each other as one snippet.
#[derive(Debug)]
struct Text {
    path: String,
    text: String,
}

impl SourceCode for Text {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let read = self.text.read_span(span, before, after)?;
        let (data, at, line, column) = (read.data(), *read.span(), read.line(), read.column());
        let count = data.iter().filter(|byte| **byte == b'\n').count() + GAP;
        Ok(Box::new(MietteSpanContents::new_named(self.path.clone(), data, at, line, column, count)))
    }
}
