//! New imports in the file's own style.

use super::draft::Draft;
use crate::analyze::Program;
use crate::ir::{Import, ImportStyle, ScopeId, StmtId, StmtKind};
use crate::text::{Edit, EditSet, FileId, Overlap, Span};
use std::collections::BTreeSet;

/// Modules that come with Python and are common enough to show which import block is theirs.
const STANDARD: &[&str] = &[
    "os",
    "sys",
    "time",
    "json",
    "datetime",
    "re",
    "logging",
    "configparser",
    "typing",
    "pathlib",
    "argparse",
    "urllib",
];

/// Makes sure that `module` of the standard library is imported under its own name.
pub(super) fn need(program: &Program, file: FileId, module: &str, draft: &mut Draft) {
    let Some(unit) = program.unit(file) else { return };
    draft.names.insert((file, module.to_owned()));
    if !unit.binds_in(ScopeId(0), module).is_empty() {
        return;
    }
    add(program, file, &format!("import {module}"), true, draft);
}

/// Adds an import line to the block where it belongs: in its alphabetical place, else at the end.
pub(super) fn add(program: &Program, file: FileId, line: &str, standard: bool, draft: &mut Draft) {
    let text = format!("{line}{}", program.file(file).eol().as_str());
    let standard = standard || line.strip_prefix("import ").is_some_and(|module| STANDARD.contains(&module));
    let offset = place(program, file, line, standard);
    if !draft.lines.contains(&(file, offset, text.clone())) {
        draft.lines.push((file, offset, text));
    }
}

/// The import statements at the top of a file, in blocks without an empty line between.
fn blocks(program: &Program, file: FileId) -> Vec<Vec<StmtId>> {
    let module = program.module(file);
    let source = program.file(file);
    let is_import = |id: &StmtId| {
        // A path in the code is no statement of its own.
        let written = |import: &Import| import.stmt == *id && import.style != ImportStyle::Inline;
        module.imports.iter().any(|import| written(import) && import.scope == ScopeId(0))
    };
    let mut blocks: Vec<Vec<StmtId>> = vec![];
    let mut last_line = usize::MAX;
    for id in module.blocks[0].stmts.iter().filter(|id| is_import(id)) {
        let span = module.stmt(*id).span;
        if span.end <= module.prologue_end {
            continue;
        }
        let first = source.lines().line_of(span.start as usize);
        match blocks.last_mut() {
            Some(block) if first <= last_line.saturating_add(1) => block.push(*id),
            _ => blocks.push(vec![*id]),
        }
        last_line = source.lines().line_of(span.end.saturating_sub(1) as usize);
    }
    blocks
}

fn place(program: &Program, file: FileId, line: &str, standard: bool) -> usize {
    let module = program.module(file);
    let source = program.file(file);
    let grouped = program.syntax(file).is_some_and(|syntax| syntax.grouped);
    let blocks = blocks(program, file);
    let is_standard = |block: &&Vec<StmtId>| {
        block.iter().any(|id| {
            module.imports.iter().any(|import| {
                import.stmt == *id && STANDARD.contains(&import.module.split('.').next().unwrap_or_default())
            })
        })
    };
    let block = match (standard, grouped) {
        (true, _) => blocks.iter().find(is_standard).or(blocks.first()),
        (false, true) => blocks.iter().find(|block| !is_standard(block)).or(blocks.last()),
        (false, false) => blocks.last(),
    };
    let Some(block) = block else { return start(program, file) };
    if grouped {
        let text = |id: &StmtId| source.slice(module.stmt(*id).span).to_owned();
        let sorted = block.windows(2).all(|pair| key(&text(&pair[0])) <= key(&text(&pair[1])));
        if sorted && let Some(after) = block.iter().find(|id| key(&text(id)) > key(line)) {
            return source.lines().line_span(source.lines().line_of(module.stmt(*after).span.start as usize)).start
                as usize;
        }
    }
    let Some(last) = block.last() else { return start(program, file) };
    let line = source.lines().line_of(module.stmt(*last).span.end.saturating_sub(1) as usize);
    source.lines().line_span(line).end as usize
}

/// `import x` sorts before `from x import y`, as most sorters have it.
fn key(line: &str) -> (bool, String) {
    (line.starts_with("from"), line.to_ascii_lowercase())
}

/// The start of the first line of code.
fn start(program: &Program, file: FileId) -> usize {
    let module = program.module(file);
    let first =
        module.blocks[0].stmts.iter().map(|id| module.stmt(*id).span.start).find(|start| *start >= module.prologue_end);
    let source = program.file(file);
    let offset = first.unwrap_or(module.prologue_end) as usize;
    source.lines().line_span(source.lines().line_of(offset)).start.max(module.prologue_end) as usize
}

/// The start of the line behind the last import at the top of the file: where a helper goes.
#[must_use]
pub(super) fn behind(program: &Program, file: FileId) -> usize {
    let module = program.module(file);
    let source = program.file(file);
    match blocks(program, file).last().and_then(|block| block.last()) {
        Some(last) => {
            let line = source.lines().line_of(module.stmt(*last).span.end.saturating_sub(1) as usize);
            source.lines().line_span(line).end as usize
        }
        None => start(program, file),
    }
}

/// Whether a file has imports at its top.
#[must_use]
pub(super) fn has_any(program: &Program, file: FileId) -> bool {
    !blocks(program, file).is_empty()
}

/// The first class of a file, and the start of the line of its closing brace, which must have a line of its own.
#[must_use]
pub(super) fn class_end(program: &Program, file: FileId) -> Option<(Span, usize)> {
    let module = program.module(file);
    let source = program.file(file);
    let is_class = |id: &&StmtId| matches!(module.stmt(**id).kind, StmtKind::Class(_));
    let class = module.stmt(*module.blocks.first()?.stmts.iter().find(is_class)?).span;
    let close = class.end.checked_sub(1).filter(|close| source.slice(Span { start: *close, end: class.end }) == "}")?;
    let line = source.lines().line_span(source.lines().line_of(close as usize));
    let alone = line.start > class.start && source.slice(Span { start: line.start, end: close }).trim().is_empty();
    alone.then_some((class, line.start as usize))
}

/// Adds an import in its alphabetical place among those whose names begin like it, or among all.
pub(super) fn add_sorted(program: &Program, file: FileId, line: &str, draft: &mut Draft) {
    let module = program.module(file);
    let source = program.file(file);
    let text = |id: &StmtId| source.slice(module.stmt(*id).span);
    let root = |line: &str| line.split('.').next().unwrap_or_default().to_owned();
    let blocks = blocks(program, file);
    let all: Vec<&StmtId> = blocks.iter().flatten().filter(|id| !text(id).starts_with("import static")).collect();
    let mut near: Vec<&StmtId> = all.iter().filter(|id| root(text(id)) == root(line)).copied().collect();
    if near.is_empty() {
        near = all;
    }
    let line_of = |at: u32| source.lines().line_span(source.lines().line_of(at as usize));
    let offset = match (near.iter().find(|id| text(id) > line), near.last()) {
        (Some(after), _) => line_of(module.stmt(**after).span.start).start as usize,
        (None, Some(last)) => line_of(module.stmt(**last).span.end.saturating_sub(1)).end as usize,
        (None, None) => behind(program, file),
    };
    let entry = (file, offset, format!("{line}{}", source.eol().as_str()));
    if !draft.lines.contains(&entry) {
        draft.lines.push(entry);
    }
}

/// Puts the new lines and the helpers of a draft into their files, each once. It is done after the sweep: where the
/// sweep took the lines around away, the new ones take their place.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn put(program: &Program, draft: &mut Draft) -> Result<(), Overlap> {
    let held = held_back(program, draft)?;
    let lines = std::mem::take(&mut draft.lines);
    for (number, (file, offset, text)) in lines.iter().enumerate() {
        let (file, offset) = (*file, *offset);
        let eol = program.file(file).eol().as_str();
        let apart = if opens_group(program, file, offset, draft) { eol } else { "" };
        let is_last = !lines[number + 1..].iter().any(|(other, at, _)| (*other, *at) == (file, offset));
        let below = if is_last && closes_group(program, file, offset, draft) { eol } else { "" };
        let text = format!("{apart}{}{text}{below}", margin(program, file));
        put_at(program, file, offset, text, draft)?;
    }
    for (file, text) in std::mem::take(&mut draft.helpers) {
        let source = program.file(file);
        let eol = source.eol().as_str();
        let text = indented(&text, margin(program, file));
        if let Some((_, end)) = class_end(program, file)
            .filter(|_| program.unit(file).is_some_and(|unit| unit.language.syntax.methods_only))
        {
            let there = blanks_above(source.text(), end, draft.edits.get(&file)).clamp(1, 2);
            put_at(program, file, end, format!("{}{text}{eol}", eol.repeat(2 - there)), draft)?;
            continue;
        }
        let grouped = program.syntax(file).is_some_and(|syntax| syntax.grouped);
        let gap = if grouped { eol } else { "" };
        let offset = behind(program, file);
        let below = if blanks_below(source.text(), offset, draft.edits.get(&file)) > 1 { "" } else { gap };
        let text = match has_any(program, file) {
            true => {
                let wanted = if grouped { 3 } else { 2 };
                let there = blanks_above(source.text(), offset, draft.edits.get(&file));
                format!("{}{text}{eol}{below}", eol.repeat(wanted - there.clamp(1, wanted)))
            }
            false => format!("{text}{eol}{gap}{eol}"),
        };
        put_at(program, file, offset, text, draft)?;
    }
    held.into_iter().try_for_each(|(file, edit)| draft.edits.entry(file).or_default().add(edit))
}

/// What stands before every statement at the top of a file where indentation means something: a cell of a notebook, or a piece
/// of a class, may be indented as a whole.
fn margin(program: &Program, file: FileId) -> &str {
    let module = program.module(file);
    let source = program.file(file);
    let first = module.blocks[0].stmts.first().filter(|_| program.syntax(file).is_some_and(|syntax| !syntax.braces));
    first.map_or("", |first| {
        let start = module.stmt(*first).span.start as usize;
        let line = source.lines().line_span(source.lines().line_of(start)).start as usize;
        Some(&source.text()[line..start]).filter(|before| before.trim().is_empty()).unwrap_or_default()
    })
}

/// A text with something before each of its lines.
fn indented(text: &str, margin: &str) -> String {
    let line = |line: &str| if line.trim().is_empty() { line.to_owned() } else { format!("{margin}{line}") };
    text.split_inclusive('\n').map(line).collect()
}

/// Takes the statements out of a draft that are to stand where new imports and helpers go: they use these, so they come
/// behind them.
fn held_back(program: &Program, draft: &mut Draft) -> Result<Vec<(FileId, Edit)>, Overlap> {
    let lines = draft.lines.iter().map(|(file, offset, _)| (*file, *offset));
    let helpers = draft.helpers.iter().map(|(file, _)| (*file, behind(program, *file)));
    let places: BTreeSet<(FileId, usize)> = lines.chain(helpers).collect();
    let mut held = vec![];
    for (file, edits) in &mut draft.edits {
        let is_there = |edit: &Edit| {
            let whole = edit.text.trim_end_matches([' ', '\t']).ends_with('\n');
            whole && edit.span.is_empty() && places.contains(&(*file, edit.span.start as usize))
        };
        let (own, others): (Vec<Edit>, Vec<Edit>) = edits.edits().iter().cloned().partition(is_there);
        if own.is_empty() {
            continue;
        }
        *edits = EditSet::default();
        others.into_iter().try_for_each(|edit| edits.add(edit))?;
        held.extend(own.into_iter().map(|edit| (*file, edit)));
    }
    Ok(held)
}

/// Whether a line at `offset` takes the place of a whole group of imports that stood apart from what is above it, and the
/// blank line between the two went with it.
fn opens_group(program: &Program, file: FileId, offset: usize, draft: &Draft) -> bool {
    let module = program.module(file);
    let source = program.file(file);
    let start = |block: &Vec<StmtId>| {
        let first = block.first().map_or(0, |id| module.stmt(*id).span.start);
        source.lines().line_span(source.lines().line_of(first as usize)).start as usize
    };
    let Some(start) = blocks(program, file).iter().map(start).filter(|start| *start <= offset).max() else {
        return false;
    };
    let (text, edits) = (source.text(), draft.edits.get(&file));
    let is_there = |edit: &Edit| edit.span.start as usize == offset && !edit.text.is_empty();
    if edits.is_some_and(|edits| edits.edits().iter().any(is_there)) {
        // The line before this one opened the group.
        return false;
    }
    let (blanks, stays) = above(text, offset, edits);
    stays <= start && blanks == 1 && above(text, start, None).0 > 1
}

/// Whether a line at `offset` ends a group of imports, and the blank line went that stood between it and what follows.
fn closes_group(program: &Program, file: FileId, offset: usize, draft: &Draft) -> bool {
    let text = program.file(file).text();
    let edits = draft.edits.get(&file);
    // The whole group went, with the blank line below it.
    let is_last = |edit: &Edit| {
        let gone = &text[edit.span.start as usize..edit.span.end as usize];
        edit.span.start as usize == offset && edit.text.is_empty() && gone.lines().last() == Some("")
    };
    let gap = text[offset..].starts_with(['\r', '\n']) || edits.is_some_and(|edits| edits.edits().iter().any(is_last));
    gap && blanks_below(text, offset, edits) == 0
}

/// How many line ends stand before `offset`, and nothing between them, when the edits are done.
fn blanks_above(text: &str, offset: usize, edits: Option<&EditSet>) -> usize {
    above(text, offset, edits).0
}

/// How many line ends stand before `offset`, and where the text ends that stays before them.
fn above(text: &str, offset: usize, edits: Option<&EditSet>) -> (usize, usize) {
    let edits = edits.map(EditSet::edits).unwrap_or_default();
    if edits.iter().any(|edit| edit.span.start as usize == offset && !edit.text.is_empty()) {
        return (1, offset);
    }
    let (mut at, mut blanks) = (offset, 0);
    while at > 0 {
        let covers =
            |edit: &&Edit| edit.text.is_empty() && (edit.span.start as usize) < at && at <= edit.span.end as usize;
        match (edits.iter().find(covers), text.as_bytes()[at - 1]) {
            (Some(edit), _) => at = edit.span.start as usize,
            (None, b'\n') => (at, blanks) = (at - 1, blanks + 1),
            (None, b'\r') => at -= 1,
            (None, _) => return (blanks, at),
        }
    }
    (blanks, at)
}

/// How many line ends follow at `offset` before anything else, when the deletions are done.
fn blanks_below(text: &str, offset: usize, edits: Option<&EditSet>) -> usize {
    let deletions: Vec<Span> = edits
        .map(EditSet::edits)
        .unwrap_or_default()
        .iter()
        .filter(|edit| edit.text.is_empty())
        .map(|edit| edit.span)
        .collect();
    let around = deletions.iter().find(|span| (span.start as usize) < offset && offset < span.end as usize);
    let (mut at, mut blanks) = (around.map_or(offset, |around| blank_tail(text, offset, *around)), 0);
    loop {
        if let Some(deletion) = deletions.iter().find(|span| span.start as usize == at && !span.is_empty()) {
            at = deletion.end as usize;
            continue;
        }
        match text[at..].chars().next() {
            Some(c) if matches!(c, '\n' | '\r') => blanks += usize::from(c == '\n'),
            _ => return blanks,
        }
        at += 1;
    }
}

/// Where the blank lines begin with which a deletion around `offset` ends: they are wanted again when something new stands
/// there.
fn blank_tail(text: &str, offset: usize, deletion: Span) -> usize {
    let rest = &text[offset..deletion.end as usize];
    let filled = rest.trim_end();
    let line_end = rest[filled.len()..].find('\n').map_or(rest.len(), |end| filled.len() + end + 1);
    offset + if filled.is_empty() { 0 } else { line_end }
}

fn put_at(program: &Program, file: FileId, offset: usize, text: String, draft: &mut Draft) -> Result<(), Overlap> {
    let source = program.file(file);
    let at_line_start = offset == 0 || source.text()[..offset].ends_with(['\n', '\r']);
    let text = if at_line_start { text } else { format!("{}{}", source.eol().as_str(), text.trim_end()) };
    let edits = draft.edits.entry(file).or_default();
    let around = edits
        .edits()
        .iter()
        .find(|edit| edit.text.is_empty() && (edit.span.start as usize) < offset && offset < edit.span.end as usize);
    if let Some(around) = around.cloned() {
        let rest = Span::new(offset, blank_tail(source.text(), offset, around.span));
        let others: Vec<Edit> = edits.edits().iter().filter(|edit| **edit != around).cloned().collect();
        let mut split = EditSet::default();
        for edit in others {
            split.add(edit)?;
        }
        split.delete(Span::new(around.span.start as usize, offset))?;
        split.insert(offset, text)?;
        if !rest.is_empty() {
            split.add(Edit { span: rest, text: String::new() })?;
        }
        *edits = split;
        return Ok(());
    }
    edits.insert(offset, text)
}
