//! Lines that declare a variable of the environment, and how they do so.

use super::scopes_name;
use crate::config::Format;
use crate::text::Span;

/// A value that scopes have in a template.
const PLACEHOLDER: &str = "comma-separated-scopes";

/// A declaration.
pub(super) struct Declared<'t> {
    /// The variable.
    pub called: &'t str,
    /// Where its name stands.
    pub name: Span,
    /// All of it, with the ends of its lines.
    pub whole: Span,
    /// Where the line of its table begins; 0 at the top.
    pub table: u32,
    /// What it is given.
    pub value: Value<'t>,
    /// Where the value stands, without quotes.
    at: Span,
    /// Whether it shows nothing but its own, so that it may go.
    pub may_go: bool,
}

/// What a variable is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Value<'t> {
    /// What another variable or secret of this name holds.
    Given(&'t str),
    /// A text that stands for the real one.
    Shown,
    /// Anything else.
    Other,
}

impl<'t> Declared<'t> {
    /// The same for scopes called `name`; `None` where nobody can say it.
    pub(super) fn with(&self, text: &str, name: &str) -> Option<String> {
        let value = &text[self.at.range()];
        let new = match self.value {
            Value::Given(from) if from == self.called => value.replace(from, name),
            Value::Given(from) => value.replace(from, &scopes_name(from)?),
            Value::Shown if value.is_empty() => String::new(),
            Value::Shown => PLACEHOLDER.to_owned(),
            Value::Other => return None,
        };
        let whole = &text[self.whole.range()];
        let (start, at) = (self.name.range(), self.at.range());
        let from = self.whole.start as usize;
        let between = if at.start >= start.end { &text[start.end..at.start] } else { "" };
        let tail = &text[at.end.max(start.end)..self.whole.end as usize];
        // A note behind the value is about the client id.
        let (tail, end) =
            tail.split_once('\n').map_or((tail, "\n"), |(tail, rest)| (tail, &whole[whole.len() - rest.len() - 1..]));
        let tail = tail.split(" #").next().unwrap_or_default().trim_end();
        let end = if tail.len() < whole.len() && whole.ends_with("\r\n") { "\r\n" } else { end };
        let first = if whole.ends_with('\n') { "" } else { "\n" };
        Some(format!("{first}{}{name}{between}{new}{tail}{end}", &text[from..start.start]))
    }
}

/// The declarations of a text, in order. In a `template`, and where nothing is given, values stand for the real ones.
pub(super) fn declared(text: &str, format: Format, template: bool) -> Vec<Declared<'_>> {
    let mut found = vec![];
    // Tables that are open: their indentation, and where they begin.
    let mut tables: Vec<(usize, u32)> = vec![];
    let mut block: Option<usize> = None;
    let mut start = 0;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for (number, line) in lines.iter().enumerate() {
        let own = start;
        start += line.len();
        let bare = line.trim_start();
        let indent = line.len() - bare.len();
        if bare.trim().is_empty() || bare.starts_with(['#', ';']) || block.is_some_and(|block| indent > block) {
            continue;
        }
        block = None;
        if format == Format::Yaml {
            tables.retain(|(table, _)| *table < indent);
        }
        let table = tables.last().map_or(0, |(_, start)| *start);
        let content = bare.trim_end();
        if format == Format::Yaml && content.ends_with(['|', '>']) {
            block = Some(indent);
            continue;
        }
        let next = lines.get(number + 1).map_or(0, |next| next.len() - next.trim_start().len());
        if format == Format::Yaml && content.ends_with(':') && next > indent {
            tables.push((indent, own as u32));
            continue;
        }
        let deeper = format == Format::Yaml
            && next > indent
            && lines.get(number + 1).is_some_and(|next| !next.trim().is_empty());
        if let Some(mut one) = one(text, own, line, format, template) {
            one.table = table;
            one.may_go = one.value != Value::Other && !deeper;
            found.push(one);
        }
    }
    found
}

/// The declaration on a line.
fn one<'t>(text: &'t str, start: usize, line: &str, format: Format, template: bool) -> Option<Declared<'t>> {
    let whole = Span::new(start, start + line.len());
    let line = line.trim_end();
    let mut at = line.len() - line.trim_start().len();
    let item = line[at..].starts_with("- ");
    at += if item { 2 } else { 0 };
    let word = ["export ", "ENV ", "ARG "].into_iter().find(|word| line[at..].starts_with(word));
    at += word.map_or(0, str::len);
    let quote = line[at..].chars().next().filter(|c| "\"'".contains(*c));
    at += usize::from(quote.is_some());
    let len = line[at..].find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(line.len() - at);
    if len == 0 {
        return None;
    }
    let name = Span::new(start + at, start + at + len);
    let called = &text[name.range()];
    let mut rest = &line[at + len..];
    // `"NAME": x` closes its quote before the mark, `- "NAME=x"` behind the value.
    let mut around = quote;
    if let Some(quote) = quote
        && let Some(behind) = rest.strip_prefix(quote)
    {
        (rest, around) = (behind, None);
    }
    let offset = |rest: &str| start + line.len() - rest.len();
    let given = |value: Value<'t>, from: usize, to: usize| {
        Some(Declared { called, name, whole, table: 0, value, at: Span::new(from, to), may_go: false })
    };
    if rest.is_empty() {
        // `- NAME` of Compose, `ARG NAME` of Docker.
        let listed = (item && around.is_none()) || word == Some("ARG ");
        return if listed { given(Value::Given(called), name.end as usize, name.end as usize) } else { None };
    }
    let mark = if format == Format::Yaml && !item { ':' } else { '=' };
    let behind = rest.strip_prefix(mark)?;
    let behind = behind.split(" #").next().unwrap_or_default();
    let mut from = offset(rest) + 1 + behind.len() - behind.trim_start().len();
    let mut value = behind.trim();
    if let Some(quote) = around {
        value = value.strip_suffix(quote)?;
    } else if let Some(quote) = value.chars().next().filter(|c| "\"'".contains(*c)) {
        value = value.strip_prefix(quote)?.strip_suffix(quote)?;
        from += 1;
    }
    let to = from + value.len();
    let value = &text[from..to];
    let kind = match reference(value) {
        Some(name) => Value::Given(name),
        None if value.contains(['$', '{', '`', '!', '&', '*', '[']) => Value::Other,
        None if format == Format::Yaml && value.is_empty() && !item => Value::Given(called),
        None if format == Format::Env && word != Some("ENV ") && (template || value.is_empty()) => Value::Shown,
        None => Value::Other,
    };
    if format == Format::Yaml && value.is_empty() && !item {
        return given(kind, name.end as usize + 1, name.end as usize + 1);
    }
    given(kind, from, to)
}

/// A line with the comment above it, where that is about keys or the JWT and about no other line.
pub(super) fn with_note(text: &str, line: Span) -> Span {
    let below = text[line.end as usize..].lines().next().unwrap_or_default().trim();
    let mut start = line.start as usize;
    while below.is_empty() || below.starts_with('#') {
        let above = text[..start].strip_suffix('\n').unwrap_or_default();
        let above = &above[above.rfind('\n').map_or(0, |end| end + 1)..];
        let note = above.trim_start().strip_prefix('#').unwrap_or_default().to_ascii_lowercase();
        if start == 0 || !["key", "pem", "jwt", "metascope", "technical account"].iter().any(|word| note.contains(word))
        {
            break;
        }
        start -= above.len() + 1;
    }
    Span::new(start, line.end as usize)
}

/// The variable or secret that a value takes, where one that is missing is told by the tool or by the program:
/// `${{ secrets.NAME }}`, `$NAME`, `${NAME:-}`, `${env:NAME}`, `$(NAME)`.
fn reference(value: &str) -> Option<&str> {
    let inner = value.strip_prefix('$')?;
    let name = if let Some(inner) = inner.strip_prefix("{{").and_then(|inner| inner.strip_suffix("}}")) {
        let (of, name) = inner.trim().split_once('.')?;
        ["secrets", "vars", "env"].contains(&of).then_some(name)?
    } else if let Some(inner) = inner.strip_prefix('{').and_then(|inner| inner.strip_suffix('}')) {
        let inner = inner.strip_prefix("env:").unwrap_or(inner);
        let end = inner.find([':', '-', '?']).unwrap_or(inner.len());
        // A default would be that of the client id.
        let plain = matches!(inner[end..].trim_start_matches(':'), "" | "-" | "?");
        plain.then_some(&inner[..end])?
    } else if let Some(inner) = inner.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        inner
    } else {
        inner
    };
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then_some(name)
}
