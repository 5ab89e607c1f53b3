//! Settings files of tools that have an OAuth mode: YAML and JSON whose keys the mode has no use for, and the line that asks
//! for it.

use super::{Applicability, Blocker, Migration, Strategy, Wishes};
use crate::analyze::{Analysis, Note, Place, Program, adobe, analyze, is_test};
use crate::config::{self, Entry};
use crate::rules::{Rules, SwitchInput, Tool, ToolSwitch, normal_key};
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
    let files = files.into_iter().filter(|(file, _)| program.note(*file).is_free());
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
    let json = config::format_of(&source.path) == Some(config::Format::Json);
    let mut edits = EditSet::default();
    if json {
        entries(source, rules, switch, &mut edits)?;
    } else {
        edits = switched(source, switch, at.span.start as usize)?;
        let own = analysis.findings.iter().filter(|finding| finding.rule == tool.id && finding.at.file == file);
        let places: Vec<usize> = own.map(|finding| finding.at.span.start as usize).collect();
        inputs(source, (tool, switch), &places, &mut edits)?;
    }
    let after = SourceFile::new(source.path.clone(), edits.apply(source.bytes()));
    let left = analyze(&Program::new(vec![after], vec![Note::default()], vec![None]), rules);
    if left.findings.iter().any(|finding| finding.rule == tool.id) {
        return None;
    }
    let reader = switch.line.as_ref().and_then(|line| unaware(program, switch, line));
    let gone = |at: Place| at.file == file && edits.edits().iter().any(|edit| edit.span.overlaps(at.span));
    let findings = analysis.findings.iter().enumerate().filter(|(_, finding)| gone(finding.at));
    Some(Migration {
        language: if json { "json" } else { "yaml" },
        strategy: Strategy::Sdk,
        target: tool.name.clone(),
        because: None,
        applicability: if reader.is_some() { Applicability::Manual } else { Applicability::Review },
        findings: findings.map(|(number, _)| number).collect(),
        blockers: vec![Blocker { at, why: switch.doubt.clone() }].into_iter().chain(reader.clone()).collect(),
        steps: switch.steps.clone(),
        edits: if reader.is_some() { BTreeMap::new() } else { BTreeMap::from([(file, edits)]) },
        new_files: vec![],
        removed: vec![],
        packages: vec![],
    })
}

/// Where code in view reads settings that the OAuth mode refuses, and none knows the one that asks for the mode: the tool itself,
/// in an older version, or a program that shares its file.
fn unaware(program: &Program, switch: &ToolSwitch, line: &str) -> Option<Blocker> {
    let (new, _) = line.split_once(':')?;
    let units = program.units().filter(|(file, _)| !is_test(&program.file(*file).path));
    // The place of an old name, and whether the file has the new one; that alone may be the name of something else.
    let readers = units.filter_map(|(file, unit)| {
        let module = &unit.module;
        let named = |wanted: &dyn Fn(&str) -> bool| {
            let mut all = module.expr_ids().filter(|id| module.literal(*id).is_some_and(|text| wanted(&text)));
            all.next().map(|id| Place { file, span: module.expr(id).span })
        };
        let at = named(&|text| switch.remove.iter().any(|key| key == text))?;
        Some((at, named(&|text| text == new).is_some()))
    });
    let readers: Vec<(Place, bool)> = readers.collect();
    let at = readers.first().filter(|_| !readers.iter().any(|(_, aware)| *aware))?.0;
    Some(Blocker {
        at,
        why: format!("this code reads such settings, and knows no `{new}`: raise it first, then switch the file"),
    })
}

/// Edits a tool's JSON, an entry a line. `None` where one of its entries is written otherwise, or cannot be switched.
fn entries(source: &SourceFile, rules: &Rules, switch: &ToolSwitch, edits: &mut EditSet) -> Option<()> {
    let read = config::read(config::Format::Json, source);
    let lines = source.lines();
    // The line without its end, and whether a comma ends it.
    let line = |entry: &Entry| {
        let span = lines.line_span(lines.line_of(entry.key.start as usize));
        let text = source.slice(span).trim_end();
        (span, text.ends_with(',').then_some(span.start + text.len() as u32 - 1))
    };
    let mut kept: Option<&Entry> = None;
    for entry in &read.entries {
        let input = switch.input.iter().find(|input| normal_key(&input.key) == normal_key(entry.name()));
        let Some(input) = input else {
            kept = Some(entry);
            continue;
        };
        let value = entry.value.as_ref()?;
        let (whole, comma) = line(entry);
        let head = source.slice(Span { start: whole.start, end: entry.key.start }).trim();
        let tail = source.slice(Span { start: value.span.end, end: whole.end }).trim();
        if head != "\"" || !matches!(tail.trim_start_matches('"'), "" | ",") {
            return None;
        }
        match &input.rename {
            Some(name) => {
                edits.replace(entry.key, name.clone()).ok()?;
                let raw = source.slice(value.span);
                edits.replace(value.span, raw.replacen(&value.text, &scopes(rules, input, &value.text)?, 1)).ok()?;
                kept = Some(entry);
            }
            None => {
                edits.delete(whole).ok()?;
                // What stands before the last one has a comma too many then.
                let before = kept.filter(|kept| comma.is_none() && kept.table() == entry.table());
                if let Some(comma) = before.and_then(|before| line(before).1) {
                    edits.delete(Span { start: comma, end: comma + 1 }).ok()?;
                }
            }
        }
    }
    Some(())
}

/// What a value becomes under its new key.
fn scopes(rules: &Rules, input: &SwitchInput, value: &str) -> Option<String> {
    if let Some((old, new)) = input.words.iter().find(|(old, _)| value.contains(old.as_str())) {
        return Some(value.replacen(old.as_str(), new, 1));
    }
    let mut all: Vec<&str> = vec![];
    for word in value.split(',').map(str::trim) {
        let row = adobe::metascope(&rules.adobe, word).and_then(|name| rules.adobe.scope_row(name))?;
        let new: Vec<&str> = row.scopes.iter().map(String::as_str).filter(|scope| !all.contains(scope)).collect();
        all.extend(new);
    }
    (!all.is_empty()).then(|| all.join(","))
}

/// A line of YAML that has a key.
struct Line<'t> {
    key: &'t str,
    value: &'t str,
    indent: usize,
    /// It begins an item of a list.
    item: bool,
    span: Span,
}

impl Line<'_> {
    /// Where its value stands.
    fn value_span(&self, source: &SourceFile) -> Option<Span> {
        let text = source.slice(self.span);
        let colon = text.find(':')? + 1;
        let at = self.span.start as usize + colon + text[colon..].find(self.value)?;
        (!self.value.is_empty()).then(|| Span::new(at, at + self.value.len()))
    }
}

/// The edits; `None` where the file is not plain YAML. `inside` is a place in the table of the tool.
fn switched(source: &SourceFile, switch: &ToolSwitch, inside: usize) -> Option<EditSet> {
    let text = source.text();
    let lines = keys(source);
    let removed = |line: &Line<'_>| {
        line.indent > 0 && !line.item && switch.remove.iter().any(|key| normal_key(key) == normal_key(line.key))
    };
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
    let Some(line) = &switch.line else { return Some(edits) };
    let (key, _) = line.split_once(':')?;
    let eol = source.eol().as_str();
    match lines.iter().find(|line| line.indent == 0 && line.key == key) {
        Some(there) => edits.replace(there.span, line.clone()).ok()?,
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
            edits.insert(start, format!("{line}{eol}{gap}")).ok()?;
        }
    }
    Some(edits)
}

/// Edits the tool's own settings, which stand at `places`. `None` where one that is needed is missing.
fn inputs(
    source: &SourceFile,
    (tool, switch): (&Tool, &ToolSwitch),
    places: &[usize],
    edits: &mut EditSet,
) -> Option<()> {
    let lines = keys(source);
    let is_own = |line: &&Line<'_>| places.iter().any(|at| line.span.range().contains(at));
    let own: Vec<&Line<'_>> = lines.iter().filter(is_own).collect();
    let called = |line: &Line<'_>, key: &str| normal_key(line.key) == normal_key(key);
    let mut counts = BTreeSet::new();
    for input in &switch.input {
        let mine: Vec<&Line<'_>> = own.iter().copied().filter(|line| called(line, &input.key)).collect();
        if input.value.is_some() || input.beside.is_some() {
            counts.insert(mine.len());
        }
        for line in mine {
            match (&input.value, &input.beside) {
                (Some(value), _) => edits.replace(line.value_span(source)?, value.clone()).ok()?,
                (None, Some(beside)) => {
                    let there = |other: &Line<'_>| called(other, &beside.key);
                    if !siblings(&lines, line).any(there) {
                        let at = source.lines().line_span(source.lines().line_of(line.span.start as usize)).end;
                        let indent = " ".repeat(line.indent);
                        let words = beside.words.iter().find(|(old, _)| line.value.contains(old.as_str()));
                        let value = words.map(|(old, new)| line.value.replacen(old.as_str(), new, 1));
                        let value = value.unwrap_or_else(|| beside.otherwise.clone());
                        let eol = source.eol().as_str();
                        edits.insert(at as usize, format!("{indent}{}: {value}{eol}", beside.key)).ok()?;
                    }
                }
                (None, None) => {
                    let fits = |start: &String| line.value.starts_with(start.as_str());
                    let goes = input.starts.is_empty() || input.starts.iter().any(fits);
                    if goes && line.item {
                        return None;
                    }
                    if goes {
                        edits.delete(whole(source, line)).ok()?;
                    }
                }
            }
        }
    }
    // Each step needs all of them.
    if counts.len() > 1 {
        return None;
    }
    let old = tool.version.as_ref().zip(switch.version.as_ref());
    for (line, version) in
        own.iter().filter_map(|line| Some((line, old.filter(|(old, _)| old.at.key.is(&[line.key]))?.1)))
    {
        let span = line.value_span(source)?;
        let at = source.slice(span).find('@')? as u32 + 1;
        let rest = source.slice(Span { start: span.start + at, end: span.end });
        let len =
            rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '-' | '_')).unwrap_or(rest.len());
        let start = span.start + at;
        edits.replace(Span { start, end: start + len as u32 }, version.clone()).ok()?;
    }
    Some(())
}

/// The lines of the same table as `line`.
fn siblings<'l, 't>(lines: &'l [Line<'t>], line: &'l Line<'t>) -> impl Iterator<Item = &'l Line<'t>> {
    let at = lines.iter().position(|other| other.span == line.span).unwrap_or_default();
    let inside = |other: &&Line<'t>| other.indent >= line.indent;
    let above = lines[..at].iter().rev().take_while(inside);
    above.chain(lines[at..].iter().take_while(inside)).filter(|other| other.indent == line.indent)
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
        let bare = line.trim_start();
        let entry = bare.trim_start_matches("- ").trim_start();
        let (item, indent) = (entry.len() < bare.len(), line.len() - entry.len());
        let Some((key, value)) = entry.split_once(':').filter(|(key, _)| !key.starts_with(['#', '-'])) else {
            continue;
        };
        let value = value.split(" #").next().unwrap_or_default().trim();
        if value.starts_with(['|', '>']) {
            block = Some(indent);
        }
        let span = Span { start: span.start, end: span.start + line.len() as u32 };
        found.push(Line { key: key.trim_matches(['"', '\'', ' ']), value, indent, item, span });
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
