//! Settings files of tools that have an OAuth mode: YAML whose keys the mode has no use for, and the line that asks for it.

use super::{Applicability, Blocker, Migration, Strategy, Wishes};
use crate::analyze::{Analysis, Note, Place, Program, analyze};
use crate::rules::{Rules, Tool, ToolSwitch, normal_key};
use crate::text::{EditSet, FileId, SourceFile, Span};
use std::collections::{BTreeMap, BTreeSet};

/// A migration for each file of such a tool.
pub(super) fn plan(program: &Program, rules: &Rules, analysis: &Analysis<'_>, wishes: &Wishes) -> Vec<Migration> {
    if wishes.strategy.is_some_and(|wish| wish != Strategy::Sdk) {
        return vec![];
    }
    let switched = rules.tools.iter().filter_map(|tool| Some((tool, tool.switch.as_ref()?)));
    switched.flat_map(|(tool, switch)| of_tool(program, rules, analysis, tool, switch)).collect()
}

fn of_tool(
    program: &Program,
    rules: &Rules,
    analysis: &Analysis<'_>,
    tool: &Tool,
    switch: &ToolSwitch,
) -> Vec<Migration> {
    let mut files: BTreeMap<FileId, Place> = BTreeMap::new();
    for finding in analysis.findings.iter().filter(|finding| finding.rule == tool.id) {
        files.entry(finding.at.file).or_insert(finding.at);
    }
    let free = |file: &FileId| {
        let note = program.notes.get(file.0 as usize).copied().unwrap_or_default();
        !note.ignored && note.generated.is_none()
    };
    let files = files.into_iter().filter(|(file, _)| free(file));
    files.filter_map(|(file, at)| migration(program, rules, analysis, (tool, switch), file, at)).collect()
}

fn migration(
    program: &Program,
    rules: &Rules,
    analysis: &Analysis<'_>,
    (tool, switch): (&Tool, &ToolSwitch),
    file: FileId,
    at: Place,
) -> Option<Migration> {
    let source = program.file(file);
    let edits = switched(source, switch, at.span.start as usize)?;
    let after = SourceFile::new(source.path.clone(), edits.apply(source.bytes()));
    let left = analyze(&Program::new(vec![after], vec![Note::default()], vec![None]), rules);
    if left.findings.iter().any(|finding| finding.rule == tool.id) {
        return None;
    }
    let gone = |at: Place| at.file == file && edits.edits().iter().any(|edit| edit.span.overlaps(at.span));
    let findings = analysis.findings.iter().enumerate().filter(|(_, finding)| gone(finding.at));
    Some(Migration {
        language: "yaml",
        strategy: Strategy::Sdk,
        target: tool.name.clone(),
        because: None,
        applicability: Applicability::Review,
        findings: findings.map(|(number, _)| number).collect(),
        blockers: vec![Blocker { at, why: switch.doubt.clone() }],
        steps: vec![],
        edits: BTreeMap::from([(file, edits)]),
        new_files: vec![],
        removed: vec![],
        packages: vec![],
    })
}

/// A line of YAML that has a key.
struct Line<'t> {
    key: &'t str,
    value: &'t str,
    indent: usize,
    span: Span,
}

/// The edits; `None` where the file is not plain YAML. `inside` is a place in the table of the tool.
fn switched(source: &SourceFile, switch: &ToolSwitch, inside: usize) -> Option<EditSet> {
    let text = source.text();
    let lines = keys(source);
    let removed =
        |line: &Line<'_>| line.indent > 0 && switch.remove.iter().any(|key| normal_key(key) == normal_key(line.key));
    let mut gone: BTreeSet<usize> = (0..lines.len()).filter(|number| removed(&lines[*number])).collect();
    // A table of which nothing is left goes too.
    for (number, line) in lines.iter().enumerate().filter(|(_, line)| line.value.is_empty()) {
        let below: Vec<usize> =
            (number + 1..lines.len()).take_while(|below| lines[*below].indent > line.indent).collect();
        if !below.is_empty() && below.iter().all(|below| gone.contains(below)) {
            gone.insert(number);
        }
    }
    let mut edits = EditSet::default();
    for number in &gone {
        edits.delete(whole(source, &lines[*number])).ok()?;
    }
    let (key, _) = switch.line.split_once(':')?;
    let eol = source.eol().as_str();
    match lines.iter().find(|line| line.indent == 0 && line.key == key) {
        Some(there) => edits.replace(there.span, switch.line.clone()).ok()?,
        None => {
            let table = lines.iter().rev().find(|line| line.indent == 0 && (line.span.start as usize) < inside)?;
            let mut start = table.span.start as usize;
            let above = |start: usize| source.lines().line_span(source.lines().line_of(start - 1));
            while start > 0 && text[above(start).range()].starts_with('#') {
                start = above(start).start as usize;
            }
            // A file that sets its tables off gets the line set off as well.
            let apart = start == 0 || text[above(start).range()].trim().is_empty();
            let gap = if apart { eol } else { "" };
            edits.insert(start, format!("{}{eol}{gap}", switch.line)).ok()?;
        }
    }
    Some(edits)
}

/// The lines with a key, in order. What stands in a block of text has none.
fn keys(source: &SourceFile) -> Vec<Line<'_>> {
    let text = source.text();
    let mut found: Vec<Line<'_>> = vec![];
    let mut block: Option<usize> = None;
    for (number, _) in text.lines().enumerate() {
        let span = source.lines().line_span(number);
        let line = text[span.range()].trim_end_matches(['\r', '\n']);
        let indent = line.len() - line.trim_start_matches(' ').len();
        if line.trim().is_empty() || block.is_some_and(|block| indent > block) {
            continue;
        }
        block = None;
        let Some((key, value)) = line.trim_start().split_once(':').filter(|(key, _)| !key.starts_with(['#', '-']))
        else {
            continue;
        };
        let value = value.split(" #").next().unwrap_or_default().trim();
        if value.starts_with(['|', '>']) {
            block = Some(indent);
        }
        let span = Span { start: span.start, end: span.start + line.len() as u32 };
        found.push(Line { key: key.trim_matches(['"', '\'', ' ']), value, indent, span });
    }
    found
}

/// A line with the block of text that is its value.
fn whole(source: &SourceFile, line: &Line<'_>) -> Span {
    let lines = source.lines();
    let first = lines.line_of(line.span.start as usize);
    let mut end = lines.line_span(first).end;
    let is_block = line.value.starts_with(['|', '>']);
    let mut next = end;
    while is_block && (next as usize) < source.text().len() {
        let below = lines.line_span(lines.line_of(next as usize));
        let text = source.slice(below);
        let blank = text.trim().is_empty();
        if !blank && text.len() - text.trim_start_matches(' ').len() <= line.indent {
            break;
        }
        next = below.end;
        end = if blank { end } else { next };
    }
    Span { start: line.span.start, end }
}
