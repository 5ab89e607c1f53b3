//! Lists of imports of which some names went: what is left is written again, as a formatter would.

use super::is_gone;
use crate::analyze::{Program, Unit};
use crate::ir::{Import, ImportStyle, StmtId, StmtKind};
use crate::migrate::draft::Draft;
use crate::text::{Edit, EditSet, FileId, Overlap, Span};

/// The widest line that is written.
const WIDTH: usize = 100;

/// A name, or a path with others in braces.
enum Tree {
    /// The bytes of a whole leaf.
    Leaf(Span),
    /// The path before the braces, and what is in them.
    Group(Span, Vec<Tree>),
}

/// Rewrites the lists that lost a name.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn tidy(program: &Program, draft: &mut Draft) -> Result<(), Overlap> {
    let files: Vec<FileId> = draft.edits.keys().copied().filter(|file| program.is_typed(*file)).collect();
    for file in files {
        let Some(unit) = program.unit(file) else { continue };
        let module = &unit.module;
        for number in 0..module.stmts.len() as u32 {
            let stmt = StmtId(number);
            if module.stmt(stmt).kind == StmtKind::Import && !is_gone(draft, file, module.stmt(stmt).span) {
                one(program, file, unit, stmt, draft)?;
            }
        }
    }
    Ok(())
}

fn one(program: &Program, file: FileId, unit: &Unit, stmt: StmtId, draft: &mut Draft) -> Result<(), Overlap> {
    let span = unit.module.stmt(stmt).span;
    let imports: Vec<&Import> = unit
        .module
        .imports
        .iter()
        .filter(|import| import.stmt == stmt && import.style != ImportStyle::Inline)
        .collect();
    let goes = |span: &Span| is_gone(draft, file, *span);
    let text = program.slice(file, span);
    let Some(open) = text.find('{') else { return Ok(()) };
    if !imports.iter().any(|import| goes(&import.span)) || text.contains("//") || text.contains("/*") {
        return Ok(());
    }
    let Some(edits) = draft.edits.get(&file) else { return Ok(()) };
    // Somebody else's new text stays.
    if edits.edits().iter().any(|edit| edit.span.overlaps(span) && !edit.text.is_empty()) {
        return Ok(());
    }
    let head_end = text[..open].rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let start = span.start as usize;
    let mut at = start + head_end;
    let Some(tree) = read(program.file(file).text(), &mut at, span.end as usize) else { return Ok(()) };
    let gone_leaf = |leaf: Span| {
        let of = |import: &&&Import| import.span == leaf || leaf.contains(import.span);
        imports.iter().find(of).is_some_and(|import| goes(&import.span))
    };
    let show = |leaf: Span| program.slice(file, leaf).to_owned();
    let new = shown(&tree, &gone_leaf, &show).map(|rest| format!("{}{rest};", &text[..head_end]));
    let column = program.file(file).indent_at(start).len();
    let new = new.map(|new| fitted(new, column));
    let mut all = EditSet::default();
    for edit in edits.edits().iter().filter(|edit| !edit.span.overlaps(span)) {
        all.add(edit.clone())?;
    }
    match new {
        Some(text) => all.add(Edit { span, text })?,
        // Nothing is left of it: its lines go.
        None => {
            let lines = program.file(file).lines();
            let from = lines.line_span(lines.line_of(start)).start;
            let to = lines.line_span(lines.line_of((span.end as usize).saturating_sub(1))).end;
            all.delete(Span { start: from, end: to })?;
        }
    }
    draft.edits.insert(file, all);
    Ok(())
}

/// Reads one tree from `at`; `None` where it is none.
fn read(text: &str, at: &mut usize, end: usize) -> Option<Tree> {
    let blank = |at: &mut usize| *at += text[*at..end].len() - text[*at..end].trim_start().len();
    blank(at);
    let start = *at;
    let length = text[start..end].find(['{', ',', '}', ';'])?;
    if text[start + length..].starts_with('{') {
        let path = Span::new(start, start + length);
        *at = start + length + 1;
        let mut inner = vec![];
        loop {
            blank(at);
            if text[*at..end].starts_with('}') {
                *at += 1;
                return Some(Tree::Group(path, inner));
            }
            inner.push(read(text, at, end)?);
            blank(at);
            if text[*at..end].starts_with(',') {
                *at += 1;
            }
        }
    }
    *at = start + length;
    let leaf = text[start..*at].trim_end();
    (!leaf.is_empty()).then(|| Tree::Leaf(Span::new(start, start + leaf.len())))
}

/// What stays of a tree; `None` if nothing does.
fn shown(tree: &Tree, gone: &dyn Fn(Span) -> bool, show: &dyn Fn(Span) -> String) -> Option<String> {
    match tree {
        Tree::Leaf(leaf) => (!gone(*leaf)).then(|| show(*leaf)),
        Tree::Group(path, inner) => {
            let left: Vec<String> = inner.iter().filter_map(|tree| shown(tree, gone, show)).collect();
            match left.as_slice() {
                [] => None,
                [only] if only == "self" => Some(show(*path).trim_end_matches("::").to_owned()),
                [only] if inner.len() > 1 => Some(format!("{}{only}", show(*path))),
                _ => Some(format!("{}{{{}}}", show(*path), left.join(", "))),
            }
        }
    }
}

/// A line of imports, on several lines where it is too long.
pub(in crate::migrate) fn fitted(line: String, column: usize) -> String {
    if column + line.len() > WIDTH { wrapped(&line, column) } else { line }
}

/// The names of the outermost list on lines of their own.
fn wrapped(line: &str, column: usize) -> String {
    let (Some(open), Some(close)) = (line.find('{'), line.rfind('}')) else { return line.to_owned() };
    let indent = " ".repeat(column);
    let mut lines = vec![String::new()];
    for piece in line[open + 1..close].split_inclusive(", ") {
        let last = lines.last().map_or(0, String::len);
        if last > 0 && column + 4 + last + piece.len() > WIDTH {
            lines.push(String::new());
        }
        if let Some(last) = lines.last_mut() {
            last.push_str(piece);
        }
    }
    let body: Vec<String> = lines.iter().map(|line| format!("{indent}    {}", line.trim_end())).collect();
    format!("{}\n{},\n{indent}{}", &line[..=open], body.join("\n"), &line[close..])
}
