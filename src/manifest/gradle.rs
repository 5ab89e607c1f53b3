//! Gradle's build files, Groovy and Kotlin (<https://docs.gradle.org/current/userguide/declaring_dependencies_basics.html>), and
//! version catalogs (<https://docs.gradle.org/current/userguide/version_catalogs.html>). Names are `group:artifact`.
//!
//! A build file is a program. It is not run: every string that has the form of a coordinate, and every `group`, `name`,
//! `version` in a row, names a dependency. Those that stand alone on a line of a `dependencies` block can be edited.

use super::list::{Entry, Layout, Lines, List, Name, Style, whole_lines};
use super::toml_lists::Doc;
use super::{Refusal, Section};
use crate::text::{SourceFile, Span};

const APART: &str = "the dependency is not on a line of its own in a `dependencies` block; edit it by hand";
const CATALOG: &str = "build files name it by its alias; edit the catalog and them by hand";

/// Reads the strings of a build file: one list for each `dependencies` block, and one for what stands elsewhere.
pub(super) fn read(file: &SourceFile) -> Vec<List> {
    let scan = Scan::new(file.text());
    let mut lists: Vec<List> = scan.blocks.iter().map(|block| block.list(file)).collect();
    let mut apart = blocked(Section::Runtime, APART);
    for named in scan.named(file) {
        let at = named.entry.span.start;
        let inside = |block: &Block| block.start < at && at < block.end;
        let block = scan.blocks.iter().rposition(inside).filter(|_| named.alone);
        match block {
            Some(block) => named.push(file, &mut lists[block]),
            None => apart.entries.push(named.entry),
        }
    }
    lists.push(apart);
    lists
}

/// Reads the `[libraries]` of a version catalog.
pub(super) fn catalog(file: &SourceFile) -> Result<Vec<List>, Refusal> {
    let doc = Doc::parse(file)?;
    let mut list = blocked(Section::Runtime, CATALOG);
    for (alias, value) in doc.table(&["libraries"]) {
        let field = |key: &str| {
            let table = value.get_ref().as_table();
            table.and_then(|table| table.get(key)).and_then(|value| value.get_ref().as_str()).map(str::to_owned)
        };
        let module = value.get_ref().as_str().map(str::to_owned).or_else(|| field("module"));
        let module = module.or_else(|| Some(format!("{}:{}", field("group")?, field("name")?)));
        let Some(raw) = module.as_deref().and_then(coordinate) else { continue };
        let span = whole_lines(file, doc.span(value));
        let line = file.slice(span);
        let start = span.start as usize + line.find(alias).unwrap_or(0);
        let span = Span::new(start, span.end as usize);
        let name = Name { key: raw.clone(), raw, version: None, opaque: true };
        list.entries.push(Entry { span, outer: span, name: Some(name) });
    }
    list.entries.sort_by_key(|entry| entry.span);
    Ok(vec![list])
}

fn blocked(section: Section, why: &str) -> List {
    let mut list = List::new(section, Layout::Lines(Lines { anchor: 0, prefix: String::new() }), Style::Bare);
    list.blocked = Some(why.to_owned());
    list
}

/// The name in `group:artifact`, `group:artifact:version` and what may follow.
fn coordinate(text: &str) -> Option<String> {
    let mut parts = text.split(':');
    let (group, artifact) = (parts.next()?, parts.next()?);
    let plain = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
    };
    (plain(group) && plain(artifact) && parts.count() <= 2).then(|| format!("{group}:{artifact}"))
}

/// A `dependencies { … }`, from brace to brace.
struct Block {
    start: u32,
    end: u32,
    section: Section,
}

impl Block {
    fn list(&self, file: &SourceFile) -> List {
        let line = whole_lines(file, Span::empty(self.start as usize));
        let own = file.indent_at(self.start as usize);
        let prefix = format!("{own}{}", if own.starts_with('\t') { "\t" } else { "    " });
        let kotlin = file.path.ends_with(".kts");
        let (open, close) = if kotlin { ("implementation(\"", "\")") } else { ("implementation '", "'") };
        let style = Style::Call { open: open.to_owned(), close: close.to_owned() };
        let layout = Layout::Lines(Lines { anchor: line.end as usize, prefix });
        let mut list = List::new(self.section.clone(), layout, style);
        let after = &file.text()[self.start as usize + 1..line.end as usize];
        if self.end < line.end {
            list.blocked = Some(APART.to_owned());
        } else if !after.trim().is_empty() && !after.trim_start().starts_with("//") {
            list.closed = Some(APART.to_owned());
        }
        list
    }
}

/// A string that names a dependency.
struct Found {
    entry: Entry,
    /// Whether it is the only thing on its lines.
    alone: bool,
    /// What stands around the name and version.
    around: Option<(String, String)>,
}

impl Found {
    fn push(self, file: &SourceFile, list: &mut List) {
        let Layout::Lines(lines) = &mut list.layout else { return };
        if list.entries.is_empty() {
            lines.prefix = file.indent_at(self.entry.span.start as usize).to_owned();
        }
        // New entries look like the first plain one.
        if let (Some((open, close)), false) = (self.around, list.entries.iter().any(is_plain(file))) {
            list.style = Style::Call { open, close };
        }
        list.entries.push(self.entry);
    }
}

/// Whether an entry is one of the usual `implementation` lines.
fn is_plain(file: &SourceFile) -> impl Fn(&Entry) -> bool + '_ {
    |entry| file.slice(entry.outer).trim_start().starts_with("implementation")
}

/// A string: its inside.
#[derive(Clone, Copy)]
struct Text {
    inside: Span,
    quote: usize,
}

/// What a build file holds beside its code.
#[derive(Default)]
struct Scan {
    texts: Vec<Text>,
    blocks: Vec<Block>,
    /// Every brace pair.
    braces: Vec<Span>,
}

impl Scan {
    fn new(source: &str) -> Self {
        let mut scan = Scan::default();
        let mut open: Vec<(usize, &str)> = vec![];
        let mut at = 0;
        while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
            if rest.starts_with("//") {
                at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                at += rest.find("*/").map_or(rest.len(), |end| end + 2);
            } else if let Some(quote) = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| rest.starts_with(quote)) {
                let inside = at + quote.len();
                let length = end_of_text(&source[inside..], quote);
                scan.texts.push(Text { inside: Span::new(inside, inside + length), quote: quote.len() });
                at = (inside + length + quote.len()).min(source.len());
            } else {
                match rest.as_bytes()[0] {
                    b'{' => open.push((at, word_before(&source[..at]))),
                    b'}' => {
                        if let Some((start, word)) = open.pop() {
                            let build = open.iter().any(|(_, word)| *word == "buildscript");
                            let section = if build { Section::Build } else { Section::Runtime };
                            scan.braces.push(Span::new(start, at + 1));
                            if word == "dependencies" {
                                scan.blocks.push(Block { start: start as u32, end: at as u32, section });
                            }
                        }
                    }
                    _ => {}
                }
                at += rest.chars().next().map_or(1, char::len_utf8);
            }
        }
        scan.blocks.sort_by_key(|block| (block.section == Section::Build, block.start));
        scan
    }

    fn named(&self, file: &SourceFile) -> Vec<Found> {
        let mut found = vec![];
        let mut skip = 0;
        for (index, text) in self.texts.iter().enumerate() {
            if index < skip {
                continue;
            }
            if let Some((entry, used)) = self.in_a_row(file, index) {
                skip = index + used;
                found.push(self.found(file, entry, None));
            } else if let Some(raw) = coordinate(file.slice(text.inside)) {
                let whole = file.slice(text.inside);
                let version = whole.match_indices(':').nth(1).map(|(at, _)| at + 1);
                let version = version.map(|at| {
                    let end = whole[at..].find([':', '@']).map_or(whole.len(), |end| at + end);
                    Span::new(text.inside.start as usize + at, text.inside.start as usize + end)
                });
                let opaque = version.is_some_and(|version| file.slice(version).contains(['$', '+']));
                let name = Name { key: raw.clone(), raw, version, opaque };
                let entry = Entry { span: text.inside, outer: text.inside, name: Some(name) };
                found.push(self.found(file, entry, Some(*text)));
            }
        }
        found
    }

    /// `group: 'g', name: 'a', version: 'v'`, with `=` in Kotlin: the entry and how many strings it has.
    fn in_a_row(&self, file: &SourceFile, index: usize) -> Option<(Entry, usize)> {
        let value = |at: usize, key: &str| {
            let text = self.texts.get(index + at)?;
            let before = &file.text()[..text.inside.start as usize - text.quote];
            let before = before.trim_end().strip_suffix([':', '='])?.trim_end();
            let start = before.strip_suffix(key)?.len();
            Some((start, *text))
        };
        let (start, group) = value(0, "group")?;
        let (_, artifact) = value(1, "name")?;
        let version = value(2, "version").map(|(_, text)| text.inside);
        let last = version.unwrap_or(artifact.inside);
        let raw = format!("{}:{}", file.slice(group.inside), file.slice(artifact.inside));
        coordinate(&raw)?;
        let opaque = version.is_some_and(|version| file.slice(version).contains('$'));
        let span = Span::new(start, last.end as usize + 1);
        let name = Name { key: raw.clone(), raw, version, opaque };
        Some((Entry { span, outer: span, name: Some(name) }, if version.is_some() { 3 } else { 2 }))
    }

    /// Widens an entry to its lines, a closure behind it included.
    fn found(&self, file: &SourceFile, mut entry: Entry, text: Option<Text>) -> Found {
        let line = whole_lines(file, entry.span);
        let closure = self.braces.iter().find(|brace| entry.span.end <= brace.start && brace.start < line.end);
        entry.outer = closure.map_or(line, |closure| whole_lines(file, line.join(*closure)));
        let quote = text.map_or(0, |text| text.quote);
        let (from, to) = (entry.span.start as usize - quote, (entry.span.end as usize + quote).min(file.text().len()));
        let before = file.slice(Span::new(line.start as usize, from)).trim_start();
        let after = file.slice(Span::new(to, line.end as usize));
        let word = before.trim_end_matches([' ', '(']);
        let word = word.strip_suffix("platform").unwrap_or(word).trim_end_matches([' ', '(']);
        let is_word = !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || c == '_');
        let rest = after.trim_start_matches([' ', ')']);
        let alone = is_word && (rest.is_empty() || rest.starts_with("//") || rest.starts_with('{'));
        let plain = before.starts_with("implementation") && rest.is_empty() && !before.contains("platform");
        let around = text.filter(|_| plain && alone).map(|_| {
            let inside = entry.span;
            let open = file.slice(Span::new(from, inside.start as usize));
            let close = file.slice(Span::new(inside.end as usize, to));
            (format!("{before}{open}"), format!("{close}{}", after.trim_end()))
        });
        Found { entry, alone, around }
    }
}

/// How long a string is whose inside begins here.
fn end_of_text(source: &str, quote: &str) -> usize {
    let mut escaped = false;
    for (at, c) in source.char_indices() {
        if !escaped && source[at..].starts_with(quote) {
            return at;
        }
        if quote.len() == 1 && c == '\n' {
            return at;
        }
        escaped = c == '\\' && !escaped;
    }
    source.len()
}

/// The word that ends here: `dependencies` in `project.dependencies `.
fn word_before(source: &str) -> &str {
    let text = source.trim_end();
    let start = text
        .rfind(|c: char| !(c.is_alphanumeric() || c == '_'))
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    &text[start..]
}
