//! The common form of manifests: lists of entries with spans, and how an entry of a list is written.

use super::version::{self, Spec};
use super::{Dependency, Section};
use crate::text::{SourceFile, Span};

/// One list of dependencies: an object, an array, a table, the lines of a file.
#[derive(Debug)]
pub(super) struct List {
    /// What its entries are for.
    pub(super) section: Section,
    /// Where its entries stand.
    pub(super) layout: Layout,
    /// How its entries are written.
    pub(super) style: Style,
    /// All entries, in order, also those without a readable name (commas depend on them).
    pub(super) entries: Vec<Entry>,
    /// Whether the entries only repeat names that another list declares (extras, bundles): never added to, but a name
    /// that is removed goes here as well.
    pub(super) mention: bool,
    /// Why the list must not be edited, and what to do.
    pub(super) blocked: Option<String>,
    /// Why nothing new may be added, though entries may be raised and removed.
    pub(super) closed: Option<String>,
}

impl List {
    /// An open, empty list.
    pub(super) fn new(section: Section, layout: Layout, style: Style) -> Self {
        List { section, layout, style, entries: Vec::new(), mention: false, blocked: None, closed: None }
    }

    /// The bytes that its edits may touch.
    pub(super) fn extent(&self) -> Span {
        let from = match &self.layout {
            Layout::Brackets(brackets) => brackets.inside,
            Layout::Lines(lines) => Span::empty(lines.anchor),
        };
        self.entries.iter().fold(from, |all, entry| all.join(entry.outer))
    }

    /// How every entry is pinned, if all are: the operator before the exact version. One entry of an npm manifest is no
    /// custom yet (people pin single packages for a reason); one line of a requirements file is.
    pub(super) fn pin(&self, file: &SourceFile) -> Option<&'static str> {
        let mut pins = Vec::new();
        for name in self.entries.iter().filter_map(|entry| entry.name.as_ref()) {
            if name.opaque || name.key == "python" {
                continue;
            }
            match version::parse(file.slice(name.version?)) {
                Spec::Range(range) if range.exact => pins.push(range.operator),
                _ => return None,
            }
        }
        let enough = if matches!(self.style, Style::Member { .. }) { 2 } else { 1 };
        let first = *pins.first()?;
        (pins.len() >= enough && pins.iter().all(|pin| *pin == first)).then_some(first)
    }
}

/// One entry of a list.
#[derive(Debug)]
pub(super) struct Entry {
    /// The requirement itself.
    pub(super) span: Span,
    /// All that goes with it: with quotes in brackets; whole lines, without the last line end, in lines.
    pub(super) outer: Span,
    /// What it names, where that can be read.
    pub(super) name: Option<Name>,
}

/// What an entry names.
#[derive(Clone, Debug)]
pub(super) struct Name {
    /// To compare by.
    pub(super) key: String,
    /// As written.
    pub(super) raw: String,
    /// The version range.
    pub(super) version: Option<Span>,
    /// Whether the version is somewhere else: a URL, a path, an expression.
    pub(super) opaque: bool,
}

/// Where entries stand.
#[derive(Debug)]
pub(super) enum Layout {
    /// Between brackets, with commas.
    Brackets(Brackets),
    /// On lines of their own.
    Lines(Lines),
}

/// Entries between brackets.
#[derive(Debug)]
pub(super) struct Brackets {
    /// Between the brackets, without them.
    pub(super) inside: Span,
    /// What stands before each entry and before the closing bracket if the list was empty.
    pub(super) fresh: (String, String),
    /// What stands after a comma on one line, where the list does not show it.
    pub(super) gap: String,
}

/// Entries on lines of their own.
#[derive(Debug)]
pub(super) struct Lines {
    /// The end of the line after which the first entry of an empty list goes.
    pub(super) anchor: usize,
    /// What stands before a new entry.
    pub(super) prefix: String,
}

/// How an entry is written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Style {
    /// `"name": "range"`, with what stands between the two.
    Member { colon: String },
    /// `"name>=1"` in an array.
    Quoted { quote: char },
    /// `name = "range"`
    Assign { quote: char },
    /// `name>=1`
    Bare,
    /// `name>=1` in lower case, as Conda's channels have it.
    Conda,
    /// `<dependency>…</dependency>` over several lines.
    Element { indent: String, unit: String, eol: String },
    /// `implementation 'name:1'`, with what stands around the string's inside.
    Call { open: String, close: String },
}

impl Style {
    /// An entry's text.
    pub(super) fn render(&self, name: &str, range: &str) -> String {
        let any = if range.is_empty() { "*" } else { range };
        match self {
            Style::Member { colon } => format!("{}{colon}{}", json_string(name), json_string(any)),
            Style::Quoted { quote } => format!("{quote}{name}{}{quote}", bare_range(range)),
            Style::Assign { quote } => format!("{} = {quote}{any}{quote}", toml_key(name)),
            Style::Bare => format!("{name}{}", bare_range(range)),
            Style::Conda => format!("{}{}", name.to_lowercase(), bare_range(range)),
            Style::Element { indent, unit, eol } => super::pom::render(name, range, indent, unit, eol),
            Style::Call { open, close } if bare_range(range).is_empty() => format!("{open}{name}{close}"),
            Style::Call { open, close } => format!("{open}{name}:{range}{close}"),
        }
    }
}

fn bare_range(range: &str) -> &str {
    if range == "*" { "" } else { range }
}

/// A JSON string literal.
pub(super) fn json_string(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn toml_key(name: &str) -> String {
    let bare = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if bare { name.to_owned() } else { format!("\"{name}\"") }
}

/// The dependencies that `lists` declare, in the order of the text.
pub(super) fn dependencies(file: &SourceFile, lists: &[List]) -> Vec<Dependency> {
    let mut found: Vec<Dependency> = Vec::new();
    for list in lists.iter().filter(|list| !list.mention) {
        for entry in &list.entries {
            let Some(name) = &entry.name else { continue };
            let version = name.version.filter(|_| !name.opaque).map(|span| file.slice(span).to_owned());
            found.push(Dependency {
                name: name.key.clone(),
                raw: name.raw.clone(),
                span: entry.span,
                section: list.section.clone(),
                version: version.filter(|text| !text.is_empty()),
            });
        }
    }
    found.sort_by_key(|dependency| dependency.span);
    found
}

/// The length of a byte order mark at the start of `text`.
pub(super) fn bom(text: &str) -> usize {
    if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 }
}

/// The lines of `file` as spans without their line ends and without a byte order mark.
pub(super) fn lines(file: &SourceFile) -> Vec<Span> {
    let text = file.text();
    let index = file.lines();
    let mut found = Vec::with_capacity(index.count());
    for number in 0..index.count() {
        let span = index.line_span(number);
        let start = if number == 0 { bom(text) } else { span.start as usize };
        let content = text.get(start..span.end as usize).unwrap_or("").trim_end_matches(['\r', '\n']);
        found.push(Span::new(start, start + content.len()));
    }
    found
}

/// The whole lines on which `span` lies, without the last line end and without a byte order mark.
pub(super) fn whole_lines(file: &SourceFile, span: Span) -> Span {
    let index = file.lines();
    let first = index.line_span(index.line_of(span.start as usize)).start as usize;
    let last = index.line_span(index.line_of(span.end as usize));
    let start = first.max(bom(file.text()).min(span.start as usize));
    let content = file.text().get(start..last.end as usize).unwrap_or("").trim_end_matches(['\r', '\n']);
    Span::new(start, start + content.len())
}

/// The line end that belongs where `offset` is: that of its line, else of the line before, else the file's.
pub(super) fn eol_at(file: &SourceFile, offset: usize) -> &'static str {
    let index = file.lines();
    let line = index.line_of(offset);
    for number in [Some(line), line.checked_sub(1)].into_iter().flatten() {
        let text = file.slice(index.line_span(number));
        if text.ends_with("\r\n") {
            return "\r\n";
        }
        if text.ends_with('\n') {
            return "\n";
        }
    }
    file.eol().as_str()
}
