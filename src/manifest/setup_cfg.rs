//! setuptools' `setup.cfg`: values with one requirement a line
//! (<https://setuptools.pypa.io/en/latest/userguide/declarative_config.html>).

use super::list::{Entry, Layout, Lines, List, Style, lines};
use super::{Section, requirement};
use crate::text::{SourceFile, Span};

const INLINE: &str =
    "the value is on the line of its key; put each requirement on a line of its own, or edit it by hand";

/// Reads `[options]` and `[options.extras_require]`.
pub(super) fn read(file: &SourceFile) -> Vec<List> {
    let mut lists: Vec<List> = Vec::new();
    let mut header = String::new();
    let mut open = false;
    for line in lines(file) {
        let text = file.slice(line);
        let trimmed = text.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let indented = text.starts_with([' ', '\t']);
        if !indented && trimmed.starts_with('[') {
            header = trimmed.trim_matches(['[', ']']).trim().to_owned();
            open = false;
        } else if !indented {
            let list = key_line(file, line, &header);
            open = list.is_some();
            lists.extend(list);
        } else if open && let Some(list) = lists.last_mut() {
            continuation(file, line, list);
        }
    }
    lists
}

fn section(header: &str, key: &str) -> Option<Section> {
    match (header, key) {
        ("options", "install_requires") => Some(Section::Runtime),
        ("options", "tests_require") => Some(Section::Dev),
        ("options", "setup_requires") => Some(Section::Build),
        ("options.extras_require", extra) => Some(Section::Optional(extra.to_owned())),
        _ => None,
    }
}

/// `key =` begins a list, if it is one of ours. What stands on the same line is read but not edited: there `;` separates
/// requirements, yet it also begins a marker.
fn key_line(file: &SourceFile, line: Span, header: &str) -> Option<List> {
    let text = file.slice(line);
    let (key, value) = text.split_once(['=', ':'])?;
    let section = section(header, key.trim())?;
    let layout = Layout::Lines(Lines { anchor: line.end as usize, prefix: "    ".to_owned() });
    let mut list = List::new(section, layout, Style::Bare);
    let value = value.trim();
    if value.is_empty() {
        return Some(list);
    }
    list.blocked = Some(match value.split_once(':') {
        Some(("file" | "attr", what)) => format!("its dependencies are in{what}; change them there"),
        _ => INLINE.to_owned(),
    });
    if !value.starts_with("file:") && !value.starts_with("attr:") {
        let start = line.start as usize + text.rfind(value).unwrap_or(0);
        list.entries.extend(entry(file, Span::new(start, start + value.len()), line));
    }
    Some(list)
}

fn continuation(file: &SourceFile, line: Span, list: &mut List) {
    let text = file.slice(line);
    let indent = text.len() - text.trim_start().len();
    if let Layout::Lines(lines) = &mut list.layout
        && list.entries.is_empty()
    {
        lines.prefix = text[..indent].to_owned();
    }
    let start = line.start as usize + indent;
    let named = entry(file, Span::new(start, start + text.trim().len()), line);
    let unnamed = || Entry { span: line, outer: line, name: None };
    list.entries.push(named.unwrap_or_else(unnamed));
}

fn entry(file: &SourceFile, span: Span, outer: Span) -> Option<Entry> {
    let name = requirement::name(file, span)?;
    Some(Entry { span, outer, name: Some(name) })
}
