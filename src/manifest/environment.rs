//! Conda's `environment.yml`: the `dependencies:` list and the `- pip:` list inside it
//! (<https://docs.conda.io/projects/conda/en/latest/user-guide/tasks/manage-environments.html>).
//!
//! Only block lists are read; flow lists (`[a, b]`) are left to a human.

use super::list::{Entry, Layout, Lines, List, Name, Style, lines};
use super::{Section, requirement};
use crate::text::{SourceFile, Span};

const FLOW: &str = "its list is in brackets; edit it by hand";

/// Reads both lists. The pip list is the first, so that new packages go there: what unjwt adds is sure to be on PyPI, but
/// not on every Conda channel.
pub(super) fn read(file: &SourceFile) -> Vec<List> {
    let all: Vec<Span> = lines(file);
    let content = |line: &&Span| {
        let text = file.slice(**line).trim();
        !text.is_empty() && !text.starts_with('#')
    };
    let mut rest = all.iter().filter(content).skip_while(|line| !file.slice(**line).starts_with("dependencies:"));
    let Some(head) = rest.next() else { return Vec::new() };
    let mut conda = list(head.end as usize, "  - ", Style::Conda);
    if !without_comment(&file.slice(*head)["dependencies:".len()..]).is_empty() {
        conda.blocked = Some(FLOW.to_owned());
        return vec![conda];
    }
    let mut pip: Option<List> = None;
    let mut step: Option<usize> = None;
    for line in rest {
        let text = file.slice(*line);
        let indent = indent(text);
        let item = text.trim_start().strip_prefix("- ").map(str::trim_start);
        let outer = *step.get_or_insert(indent);
        let Some(item) = item.filter(|_| indent >= outer) else { break };
        if indent > outer {
            if let Some(list) = &mut pip {
                push(file, *line, list);
            }
        } else if let Some(value) = item.strip_prefix("pip:") {
            let prefix = format!("{}  - ", " ".repeat(indent));
            let mut list = list(line.end as usize, &prefix, Style::Bare);
            list.blocked = (!without_comment(value).is_empty()).then(|| FLOW.to_owned());
            pip = Some(list);
        } else {
            push(file, *line, &mut conda);
        }
    }
    pip.into_iter().chain([conda]).collect()
}

fn list(anchor: usize, prefix: &str, style: Style) -> List {
    let layout = Layout::Lines(Lines { anchor, prefix: prefix.to_owned() });
    List::new(Section::Runtime, layout, style)
}

fn indent(text: &str) -> usize {
    text.len() - text.trim_start_matches(' ').len()
}

fn without_comment(text: &str) -> &str {
    let end = if text.trim_start().starts_with('#') { 0 } else { text.find(" #").unwrap_or(text.len()) };
    text[..end].trim()
}

/// Adds the item on `line` to `list`; the first item shows the indentation.
fn push(file: &SourceFile, line: Span, list: &mut List) {
    let text = file.slice(line);
    let after_dash = text.find("- ").map_or(0, |at| at + 2);
    let item = text[after_dash..].trim_start();
    let start = line.start as usize + text.len() - item.len();
    let value = without_comment(item);
    let quoted = value.len() >= 2 && value.starts_with(['"', '\'']);
    let inner =
        if quoted { Span::new(start + 1, start + value.len() - 1) } else { Span::new(start, start + value.len()) };
    if let Layout::Lines(lines) = &mut list.layout
        && list.entries.is_empty()
    {
        lines.prefix = text[..text.len() - item.len()].to_owned();
    }
    let name = match list.style {
        Style::Conda => conda_name(file, inner),
        _ => requirement::name(file, inner).or_else(|| requirement::egg(value)),
    };
    list.entries.push(Entry { span: inner, outer: line, name });
}

/// `channel::name=1.2=build`: the version is what stands before the build.
fn conda_name(file: &SourceFile, span: Span) -> Option<Name> {
    let channel = file.slice(span).rfind("::").map_or(0, |at| at + 2);
    let span = Span::new(span.start as usize + channel, span.end as usize);
    let mut name = requirement::name(file, span)?;
    let from = span.start as usize + file.slice(span).find(&name.raw)? + name.raw.len();
    let rest = file.slice(Span::new(from, span.end as usize));
    let text = rest.trim();
    let start = from + rest.len() - rest.trim_start().len();
    let fuzzy = text.strip_prefix('=').filter(|tail| !tail.starts_with('='));
    let end = match fuzzy {
        Some(tail) => 1 + tail.find('=').unwrap_or(tail.len()),
        None if text.starts_with(|c: char| c.is_ascii_digit()) => text.find(' ').unwrap_or(text.len()),
        None => text.len(),
    };
    name.version = Some(Span::new(start, start + end));
    Some(name)
}
