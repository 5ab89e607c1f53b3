//! Items of a project file that put a file beside the program: those of files that only the JWT mode of an SDK reads go.

use super::chained::listing;
use super::{Applicability, Blocker, Migration};
use crate::analyze::{Analysis, Place, Program};
use crate::config::{self, Format, Step};
use crate::lang::lexical;
use crate::rules::{AnchorLibrary, Rules};
use crate::text::{EditSet, FileId, SourceFile, Span};

/// Takes the items out of the project files of migrated SDKs, where no program below them speaks of the file any more.
pub(super) fn drop_items(program: &Program, rules: &Rules, analysis: &Analysis<'_>, migrations: &mut [Migration]) {
    let written = |migration: &&mut Migration| migration.applicability != Applicability::Manual;
    for migration in migrations.iter_mut().filter(written) {
        let Some(anchors) = rules.anchors_of(migration.language) else { continue };
        let named = |library: &&AnchorLibrary| {
            let is_its = |number: &usize| analysis.findings[*number].library.as_ref() == Some(&library.name);
            library.upgrade.as_ref().is_some_and(|upgrade| !upgrade.files.is_empty())
                && migration.findings.iter().any(is_its)
        };
        let Some(library) = anchors.libraries.iter().find(named) else { continue };
        let (Some(upgrade), Some(package)) = (&library.upgrade, library.packages.first()) else { continue };
        let code = migration.edits.keys().copied().find(|file| !anchors.is_manifest(&program.file(*file).path));
        let Some(project) = code.and_then(|code| listing(program, Some(anchors), code, package)) else { continue };
        of_project(program, project, &upgrade.files, migration);
    }
}

fn of_project(program: &Program, project: FileId, files: &[String], migration: &mut Migration) {
    let source = program.file(project);
    let (mut going, mut kept): (Vec<Item>, Vec<&str>) = (vec![], vec![]);
    for item in items(source, files) {
        match speaks_of(program, project, &item.name, migration) {
            true => kept.push(&source.text()[item.named.range()]),
            false => going.push(item),
        }
    }
    kept.sort_unstable();
    kept.dedup();
    if !kept.is_empty() {
        let step = format!(
            "Take `{}` out of `{}` once nothing reads it: a program speaks of it still.",
            kept.join("`, `"),
            source.path
        );
        migration.steps.push(step);
    }
    let mut edits = migration.edits.get(&project).cloned().unwrap_or_default();
    let spans: Vec<Span> = going.iter().map(|item| item.span).collect();
    if going.is_empty() || delete(source, &spans, &mut edits).is_none() {
        return;
    }
    migration.edits.insert(project, edits);
    let mut names: Vec<&str> = going.iter().map(|item| item.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    migration.blockers.push(Blocker {
        at: Place { file: project, span: going[0].named },
        why: format!(
            "the build puts {} beside the program no more: see that nothing else reads it there",
            names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
        ),
    });
}

/// An item for one of the files.
struct Item {
    /// The file's name without folders.
    name: String,
    /// Where the project file names it.
    named: Span,
    /// The element.
    span: Span,
}

/// The elements `<… Update="keys\private.key">` and `<… Include="…">`, in the order of the project file.
fn items(source: &SourceFile, files: &[String]) -> Vec<Item> {
    let text = source.text();
    let read = config::read(Format::Xml, source);
    let mut found: Vec<Item> = vec![];
    for entry in &read.entries {
        let Some(value) = entry.value.as_ref().filter(|_| matches!(entry.name(), "Update" | "Include")) else {
            continue;
        };
        let last = value.text.rsplit(['/', '\\']).next().unwrap_or_default();
        let Some(name) = files.iter().find(|file| file.eq_ignore_ascii_case(last)) else { continue };
        // A list of several files stays.
        let Some(span) =
            (!value.text.contains(';')).then(|| element(text, entry.path.as_slice(), value.span)).flatten()
        else {
            continue;
        };
        found.push(Item { name: name.clone(), named: value.span, span });
    }
    found
}

/// The element with an attribute whose value stands at `inside`.
fn element(text: &str, path: &[Step], inside: Span) -> Option<Span> {
    let names = path.iter().rev().filter_map(|step| if let Step::Name(name) = step { Some(name) } else { None });
    let tag = names.clone().nth(1)?;
    // An item stands in a group of items.
    names.clone().nth(2).filter(|group| *group == "ItemGroup")?;
    let start = text[..inside.start as usize].rfind('<')?;
    text[start + 1..].strip_prefix(tag.as_str())?;
    let head = inside.end as usize + text[inside.end as usize..].find('>')? + 1;
    if text[..head].ends_with("/>") {
        return Some(Span::new(start, head));
    }
    let end = format!("</{tag}>");
    Some(Span::new(start, head + text[head..].find(&end)? + end.len()))
}

/// Whether a program below the project file's folder has the name in it, after the migration.
fn speaks_of(program: &Program, project: FileId, name: &str, migration: &Migration) -> bool {
    let below = program.file(project).folder();
    let mut programs = program.file_ids().filter(|file| {
        let source = program.file(*file);
        let inside = below.is_empty() || source.path.strip_prefix(below).is_some_and(|rest| rest.starts_with('/'));
        inside && config::format_of(&source.path).is_none() && lexical::program(source).is_some()
    });
    programs.any(|file| {
        let bytes = program.file(file).bytes();
        let after = migration.edits.get(&file).map(|edits| edits.apply(bytes));
        let text = String::from_utf8_lossy(after.as_deref().unwrap_or(bytes)).to_ascii_lowercase();
        text.contains(&name.to_ascii_lowercase())
    })
}

/// Deletes elements with their lines, and groups of which nothing is left.
fn delete(source: &SourceFile, elements: &[Span], edits: &mut EditSet) -> Option<()> {
    let text = source.text();
    let mut spans: Vec<Span> = elements
        .iter()
        .map(|element| match group(text, *element, elements) {
            Some(group) => lines(source, group, true),
            None => lines(source, *element, false),
        })
        .collect();
    spans.dedup();
    spans.into_iter().try_for_each(|span| edits.delete(span).ok())
}

/// The group of an element, where these elements are all that is in it.
fn group(text: &str, element: Span, elements: &[Span]) -> Option<Span> {
    let start = text[..element.start as usize].rfind("<ItemGroup")?;
    let inside = start + text[start..].find('>')? + 1;
    let close = inside + text[inside..].find("</ItemGroup>")?;
    let mut at = inside;
    for other in elements.iter().filter(|other| (inside..close).contains(&(other.start as usize))) {
        (text.get(at..other.start as usize)?.trim().is_empty()).then_some(())?;
        at = other.end as usize;
    }
    text.get(at..close)?.trim().is_empty().then(|| Span::new(start, close + "</ItemGroup>".len()))
}

/// An element with the lines that it alone is on; of a group, with the comment and the empty line before it.
fn lines(source: &SourceFile, element: Span, group: bool) -> Span {
    let lines = source.lines();
    let mut first = lines.line_of(element.start as usize);
    let last = lines.line_of(element.end as usize - 1);
    let whole = Span { start: lines.line_span(first).start, end: lines.line_span(last).end };
    let text = source.text();
    let before = &text[whole.start as usize..element.start as usize];
    let after = &text[element.end as usize..whole.end as usize];
    if !before.trim().is_empty() || !after.trim().is_empty() {
        return element;
    }
    let above = |line: usize| source.slice(lines.line_span(line)).trim();
    let is_comment = |line: &str| line.starts_with("<!--") && line.ends_with("-->");
    if group {
        first -= usize::from(first > 0 && is_comment(above(first - 1)));
        first -= usize::from(first > 0 && above(first - 1).is_empty());
    }
    Span { start: lines.line_span(first).start, end: whole.end }
}
