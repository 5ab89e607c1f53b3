//! Lists in TOML files: arrays of requirements, and tables whose keys are names.

use super::list::{Brackets, Entry, Layout, Lines, List, Name, Style, bom, whole_lines};
use super::requirement::{self, normalise};
use super::version::{self, Spec};
use super::{Refusal, Section};
use crate::text::{SourceFile, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const DOTTED: &str = "its dependencies are written with dotted keys; edit it by hand";
const OWN_TABLE: &str = "the dependency is a table of its own; edit it by hand";

/// A parsed TOML file.
pub(super) struct Doc<'a> {
    /// The file.
    pub(super) file: &'a SourceFile,
    /// Its top table.
    pub(super) root: DeTable<'a>,
    shift: usize,
}

/// A value with its place.
pub(super) type Value<'a> = Spanned<DeValue<'a>>;

impl<'a> Doc<'a> {
    /// Parses `file`.
    pub(super) fn parse(file: &'a SourceFile) -> Result<Self, Refusal> {
        let shift = bom(file.text());
        let parsed = DeTable::parse(&file.text()[shift..]);
        let root = parsed.map_err(|error| {
            Refusal::new(file, format!("not valid TOML ({}); mend it first", error.message().trim()))
        })?;
        Ok(Doc { file, root: root.into_inner(), shift })
    }

    /// The value at a path of keys.
    pub(super) fn get(&self, path: &[&str]) -> Option<&Value<'a>> {
        let (last, folders) = path.split_last()?;
        let table = folders.iter().try_fold(&self.root, |table, key| table.get(*key)?.get_ref().as_table())?;
        table.get(*last)
    }

    /// The table at a path of keys, with its keys in the order of the alphabet.
    pub(super) fn table(&self, path: &[&str]) -> Vec<(&str, &Value<'a>)> {
        let table = self.get(path).and_then(|value| value.get_ref().as_table());
        table
            .map(|table| table.iter().map(|(key, value)| (key.get_ref().as_ref(), value)).collect())
            .unwrap_or_default()
    }

    /// The place of something that was parsed.
    pub(super) fn span<T>(&self, of: &Spanned<T>) -> Span {
        Span::new(of.span().start + self.shift, of.span().end + self.shift)
    }

    /// A list of requirement strings.
    pub(super) fn array(&self, value: &Value<'a>, section: Section) -> Option<List> {
        let items = value.get_ref().as_array()?;
        let whole = self.span(value);
        let inside = Span::new(whole.start as usize + 1, whole.end as usize - 1);
        let entries: Vec<Entry> = items.iter().map(|item| self.requirement(item)).collect();
        let quote = entries.first().and_then(|entry| self.file.slice(entry.outer).chars().next());
        let quote = quote.filter(|c| *c == '\'').unwrap_or('"');
        let mut list = List::new(section, Layout::Brackets(on_one_line(inside)), Style::Quoted { quote });
        list.entries = entries;
        Some(list)
    }

    fn requirement(&self, item: &Value<'a>) -> Entry {
        let outer = self.span(item);
        let span = unquoted(self.file, outer);
        let name = item.get_ref().as_str().and_then(|_| requirement::name(self.file, span));
        Entry { span: if name.is_some() { span } else { outer }, outer, name }
    }

    /// A table whose keys are names: its own lines, and what has a table of its own, which may go but not be added to.
    pub(super) fn names(&self, value: &Value<'a>, section: Section) -> Vec<List> {
        let Some(table) = value.get_ref().as_table() else { return Vec::new() };
        let whole = self.span(value);
        let text = self.file.slice(whole);
        let mut pairs: Vec<_> = table.iter().collect();
        pairs.sort_by_key(|(key, _)| key.span().start);
        let (inside, outside): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(_, value)| !self.has_header(value));
        let inline = text.starts_with('{');
        let mut list = if inline {
            let inside = Span::new(whole.start as usize + 1, whole.end as usize - 1);
            List::new(section.clone(), Layout::Brackets(on_one_line(inside)), Style::Assign { quote: '"' })
        } else {
            let anchor = whole_lines(self.file, whole).end as usize;
            List::new(
                section.clone(),
                Layout::Lines(Lines { anchor, prefix: String::new() }),
                Style::Assign { quote: '"' },
            )
        };
        if !inline && !text.starts_with('[') {
            list.blocked = Some(DOTTED.to_owned());
        }
        list.entries = inside.iter().map(|(key, value)| self.named(key, value, inline)).collect();
        if let (Layout::Lines(lines), Some(first)) = (&mut list.layout, list.entries.first()) {
            lines.prefix = self.file.indent_at(first.span.start as usize).to_owned();
        }
        let single = inside.iter().any(|(_, value)| self.file.slice(self.span(value)).starts_with('\''));
        if single {
            list.style = Style::Assign { quote: '\'' };
        }
        if outside.is_empty() {
            return vec![list];
        }
        let mut apart =
            List::new(section, Layout::Lines(Lines { anchor: whole.end as usize, prefix: String::new() }), Style::Bare);
        apart.closed = Some(OWN_TABLE.to_owned());
        let tables: Option<Vec<Entry>> = outside.iter().map(|(key, value)| self.own_table(key, value)).collect();
        apart.entries = tables.unwrap_or_else(|| {
            apart.blocked = Some(OWN_TABLE.to_owned());
            outside.iter().map(|(key, value)| self.named(key, value, true)).collect()
        });
        // `[dependencies.x]` without `[dependencies]`: a header that nobody wrote.
        let is_implied = list.entries.is_empty() && list.blocked.is_some() && apart.blocked.is_none();
        if is_implied { vec![apart] } else { vec![list, apart] }
    }

    /// `[dependencies.x]` with its lines, the comment right above it and the blank lines that part it from the next; `None`
    /// where it has tables of its own.
    fn own_table(&self, key: &Spanned<toml::de::DeString<'a>>, value: &Value<'a>) -> Option<Entry> {
        let text = self.file.text();
        let header = self.span(value);
        let table = value.get_ref().as_table()?;
        let is_simple =
            text[header.start as usize..].starts_with('[') && !text[header.start as usize..].starts_with("[[");
        if !is_simple || table.iter().any(|(_, inner)| self.has_header(inner)) {
            return None;
        }
        let last = end_of_table(self, value);
        let mut start = whole_lines(self.file, header).start as usize;
        while start > bom(text) {
            let above = whole_lines(self.file, Span::empty(start - 1));
            if !self.file.slice(above).trim_start().starts_with('#') {
                break;
            }
            start = above.start as usize;
        }
        let rest = &text[last..];
        let next = rest.trim_start();
        let mut end = last;
        if next.is_empty() {
            let kept = text[..start].trim_end().len();
            start = if kept <= bom(text) { start } else { start.min(after_line_end(text, kept)) };
        } else {
            let begin = whole_lines(self.file, Span::empty(text.len() - next.len())).start as usize;
            let before = &text[..begin];
            end = before.strip_suffix("\r\n").or_else(|| before.strip_suffix('\n')).map_or(last, str::len).max(last);
        }
        let mut entry = self.named(key, value, true);
        entry.span = Span::new(self.span(key).start as usize, last);
        entry.outer = Span::new(start, end);
        Some(entry)
    }

    /// The one value of `name.workspace = true`, where nothing else is said with dotted keys.
    fn dotted<'v>(&self, value: &'v Value<'a>) -> Option<&'v Value<'a>> {
        let text = self.file.slice(self.span(value));
        let table = value.get_ref().as_table().filter(|_| !text.starts_with(['[', '{']))?;
        let mut values = table.iter().map(|(_, inner)| inner);
        values.next().filter(|inner| values.next().is_none() && !inner.get_ref().is_table())
    }

    /// Whether a value is a `[table]`, or is written with several dotted keys.
    fn has_header(&self, value: &Value<'a>) -> bool {
        if self.dotted(value).is_some() {
            return false;
        }
        let text = self.file.slice(self.span(value));
        let table = value.get_ref().is_table() && !text.starts_with('{');
        table
            || text.starts_with("[[")
                && value.get_ref().as_array().is_some_and(|array| array.iter().all(|item| item.get_ref().is_table()))
    }

    fn named(&self, key: &Spanned<toml::de::DeString<'a>>, value: &Value<'a>, inline: bool) -> Entry {
        let span = self.span(key).join(self.span(self.dotted(value).unwrap_or(value)));
        let outer = if inline { span } else { whole_lines(self.file, span) };
        let version = self.version(value);
        let opaque = version.is_none_or(|span| matches!(version::parse(self.file.slice(span)), Spec::Opaque));
        let package = value.get_ref().as_table().and_then(|table| table.get("package")?.get_ref().as_str());
        let raw = package.map_or_else(|| key.get_ref().to_string(), str::to_owned);
        Entry { span, outer, name: Some(Name { key: normalise(&raw), raw, version, opaque }) }
    }

    fn version(&self, value: &Value<'a>) -> Option<Span> {
        let stated = match value.get_ref() {
            DeValue::String(_) => value,
            DeValue::Table(table) => table.get("version").filter(|version| version.get_ref().is_str())?,
            _ => return None,
        };
        Some(unquoted(self.file, self.span(stated)))
    }
}

/// Where the line after the one that ends at `at` begins.
fn after_line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

/// A list that has no line ends of its own yet.
fn on_one_line(inside: Span) -> Brackets {
    Brackets { inside, fresh: (String::new(), String::new()), gap: " ".to_owned() }
}

fn unquoted(file: &SourceFile, outer: Span) -> Span {
    let text = file.slice(outer);
    let long = ["\"\"\"", "'''"].iter().any(|quote| text.starts_with(quote) && text.len() >= 6);
    let quote = if long { 3 } else { 1 };
    if text.len() < 2 * quote || !text.starts_with(['"', '\'']) {
        return outer;
    }
    Span::new(outer.start as usize + quote, outer.end as usize - quote)
}

/// The end of the lines of the `[table]` in `value`: where its next own key goes.
pub(super) fn end_of_table(doc: &Doc<'_>, value: &Value<'_>) -> usize {
    let header = doc.span(value);
    let own = value.get_ref().as_table().into_iter().flat_map(|table| table.iter());
    let own = own.filter(|(_, value)| !doc.file.slice(doc.span(value)).starts_with('[') || value.get_ref().is_array());
    let end = own.map(|(_, value)| doc.span(value).end).max().unwrap_or(header.end).max(header.end);
    whole_lines(doc.file, Span::empty(end as usize)).end as usize
}
