//! Jupyter notebooks: the code cells of one notebook are one program. <https://nbformat.readthedocs.io/en/latest/format_description.html>
//!
//! Commands of IPython (`%pip install …`, `!curl …`, `name?`) become statements of the same length that do nothing, and
//! stay as they are. (As comments they would go with the statement below them.)
//! A notebook of Databricks in a `.py` file is Python as it stands, but comments of certain forms are its structure.
//! Outputs are no code. What a kernel other than Python's runs is not read.

use super::Embedded;
use super::weave::Weaver;
use crate::manifest::json::{self, Kind, Node};
use crate::text::Span;

/// Commands over a cell whose other lines are still Python.
const PYTHON_CELLS: [&str; 9] = ["time", "timeit", "capture", "prun", "python", "python3", "pyspark", "spark", "local"];
/// Commands, alone on the first line, that give a cell another language (Databricks).
const OTHER_CELLS: [&str; 9] = ["md", "md-sandbox", "sql", "sh", "scala", "r", "fs", "run", "html"];

/// The program of a notebook.
pub(super) fn open(text: &str) -> Option<Embedded> {
    let root = json::read(text)?;
    if !is_python(text, &root) {
        return None;
    }
    let mut weaver = Weaver::new(text, "py");
    // Format 3 had its cells in sheets, and `input` for `source`.
    let sheets = root.get("worksheets").map(Node::items).unwrap_or_default();
    let cells = sheets.iter().filter_map(|sheet| sheet.get("cells")).chain(root.get("cells")).flat_map(Node::items);
    for cell in cells.filter(|cell| cell.get("cell_type").is_some_and(|kind| word(text, kind) == "code")) {
        let Some(source) = cell.get("source").or_else(|| cell.get("input")) else { continue };
        if !speaks_other(first_line(text, source)) {
            self::cell(&mut weaver, source);
        }
    }
    weaver.finish()
}

/// How a notebook of Databricks begins. <https://docs.databricks.com/en/notebooks/notebook-export-import.html>
const DATABRICKS: &str = "# Databricks notebook source";
/// Comments that are its structure: borders of cells, cells of other languages.
const STRUCTURE: [&str; 4] = [DATABRICKS, "# COMMAND -", "# MAGIC", "# DBTITLE"];

/// Whether a Python file is a notebook of Databricks.
pub(super) fn is_databricks(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').starts_with(DATABRICKS)
}

/// The program of a notebook of Databricks: the file, with its structure out of the way of whoever deletes comments.
pub(super) fn databricks(text: &str) -> Option<Embedded> {
    let mut weaver = Weaver::new(text, "py");
    weaver.same(Span::new(0, text.len()));
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at + line.len() - line.trim_start_matches('\u{feff}').len();
        let end = at + line.trim_end_matches(['\n', '\r']).len();
        if STRUCTURE.iter().any(|form| text[start..].starts_with(form)) {
            weaver.fix(Span::new(start, end), "0#");
        }
        at += line.len();
    }
    weaver.finish()
}

fn cell(weaver: &mut Weaver<'_>, source: &Node) {
    let start = weaver.len();
    weaver.lines(source, true);
    for (span, mark) in commands(weaver.text_from(start)) {
        weaver.fix(Span::new(start + span.start as usize, start + span.end as usize), mark);
    }
    let code = weaver.text_from(start);
    if !code.is_empty() && !code.ends_with('\n') {
        weaver.glue("\n", source.inside().end as usize);
    }
}

/// A JSON string without its quotes, as written.
fn word<'t>(text: &'t str, node: &Node) -> &'t str {
    match node.kind {
        Kind::Text => text.get(node.inside().range()).unwrap_or_default(),
        _ => "",
    }
}

fn is_python(text: &str, root: &Node) -> bool {
    let metadata = root.get("metadata");
    let at = |outer: &str, inner: &str| metadata.and_then(|node| node.get(outer)?.get(inner));
    let said = [at("kernelspec", "language"), at("language_info", "name"), at("kernelspec", "name")];
    let said =
        said.into_iter().flatten().map(|node| word(text, node).to_ascii_lowercase()).find(|name| !name.is_empty());
    said.is_none_or(|name| name.contains("python") || name.contains("pyspark") || name == "conda-root-py")
}

/// The first line of a cell, as written.
fn first_line<'t>(text: &'t str, source: &Node) -> &'t str {
    let first = if matches!(source.kind, Kind::Text) { Some(source) } else { source.items().first() };
    let raw = first.map_or("", |node| word(text, node));
    raw.split("\\n").next().unwrap_or_default().trim()
}

/// Whether a cell with this first line is in another language than the notebook.
fn speaks_other(line: &str) -> bool {
    let name = |command: &str| command.split_whitespace().next().unwrap_or_default().to_owned();
    match (line.strip_prefix("%%"), line.strip_prefix('%')) {
        (Some(command), _) => !PYTHON_CELLS.contains(&name(command).as_str()),
        (None, Some(command)) => OTHER_CELLS.contains(&name(command).as_str()),
        (None, None) => false,
    }
}

/// The lines of a cell that are commands, and what their first bytes become: a number, and a comment to the end of the
/// line. It also stands for a value, and keeps a block from being empty.
fn commands(code: &str) -> Vec<(Span, &'static str)> {
    let mut found = vec![];
    let (mut at, mut goes_on) = (0, false);
    for line in code.split_inclusive('\n') {
        let body = line.trim_end_matches(['\n', '\r']);
        let lead = body.len() - body.trim_start().len();
        let rest = &body[lead..];
        let assigned = assigned_command(body);
        let from = assigned.unwrap_or(lead);
        if is_command(rest) || goes_on || assigned.is_some() {
            goes_on = body.ends_with('\\');
            let length = body.len() - from;
            if length > 0 {
                found.push((Span::new(at + from, at + body.len()), if length == 1 { "0" } else { "0#" }));
            }
        }
        at += line.len();
    }
    found
}

fn is_command(line: &str) -> bool {
    let word = |text: &str| text.starts_with(|c: char| c.is_ascii_alphabetic());
    match line.as_bytes().first() {
        Some(b'!') => !line.starts_with("!="),
        Some(b'%') => word(line.trim_start_matches('%')),
        Some(b'?') => true,
        Some(first) if line.ends_with('?') => {
            first.is_ascii_alphabetic()
                && line.trim_end_matches('?').chars().all(|c| c.is_alphanumeric() || "._*".contains(c))
        }
        _ => false,
    }
}

/// `files = !ls`, `rows = %sql select 1`: where the command begins.
fn assigned_command(line: &str) -> Option<usize> {
    let (name, value) = line.split_once('=')?;
    let value = value.trim_start();
    let plain = !name.trim().is_empty() && name.chars().all(|c| c.is_alphanumeric() || "_, ".contains(c));
    let command = is_command(value) && !value.starts_with('?') && !value.ends_with('?');
    (plain && command).then(|| line.len() - value.len())
}
