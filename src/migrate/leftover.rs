//! Settings of the environment that only the removed code read, and words about it that stay: a human takes them out, and
//! is told where they are.

use super::demanded;
use super::environ::names;
use super::packages::is_deleted;
use super::{Applicability, Migration};
use crate::analyze::{ExprRef, Program, is_test};
use crate::config;
use crate::ir::{ExprId, ExprKind, How, ScopeId, ScopeKind};
use crate::rules::Rules;
use crate::text::{FileId, SourceFile, Span};
use std::collections::BTreeSet;

/// Adds the steps to every migration that leaves such things behind.
pub(super) fn tell(program: &Program, rules: &Rules, migrations: &mut [Migration]) {
    for migration in migrations.iter_mut().filter(|migration| migration.applicability != Applicability::Manual) {
        for name in unread(program, migration) {
            let asking: Vec<String> =
                program.asking.iter().filter(|(_, own)| *own == name).map(|(path, _)| format!("`{path}`")).collect();
            if !asking.is_empty() {
                migration.steps.push(format!(
                    "No token needs `{name}` any more, but it is still named in {}: take it out there before it goes from the settings.",
                    asking.join(", ")
                ));
                continue;
            }
            let paths = set_in(program, &name, migration);
            if !paths.is_empty() {
                let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
                migration.steps.push(format!(
                    "Nothing here reads `{name}` any more: take it out of {} and wherever else it is set.",
                    paths.join(", ")
                ));
            }
        }
        let set = still_set(program, migration);
        if !set.is_empty() {
            let all = set.join(", ");
            migration.steps.push(format!(
                "Nothing reads what is set here any more: {all}. It must stay set until these lines go."
            ));
        }
        let refusing = demanded::refusing(program, rules, migration);
        if !refusing.is_empty() {
            let all = refusing.join(", ");
            migration.steps.push(format!(
                "This still refuses settings without the private key, which no token needs any more: {all}. Take it out if \
                 nothing else needs the key."
            ));
        }
        let told: Vec<String> = migration.edits.keys().flat_map(|file| still_told(program, migration, *file)).collect();
        if !told.is_empty() {
            let more = told.len().saturating_sub(MOST_TOLD);
            let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
            let lines = told[..told.len().min(MOST_TOLD)].join(", ");
            migration.steps.push(format!("Comments and messages still speak of a JWT: {lines}{rest}."));
        }
    }
}

/// Settings that the program still asks for when it starts, though all that read them goes: `KEY = os.environ["KEY"]`, a
/// field of pydantic's settings without a default.
fn still_set(program: &Program, migration: &Migration) -> Vec<String> {
    let units = || program.units().filter(|(file, _)| !is_test(&program.file(*file).path));
    let mut found = vec![];
    for (file, unit) in units().filter(|(_, unit)| unit.language.syntax.raises) {
        let module = &unit.module;
        for bind in module.binds.iter().filter(|bind| bind.how == How::Assign) {
            let ExprKind::Name(name) = module.kind(bind.place) else { continue };
            let source = bind.value.map(|value| program.source(ExprRef { file, expr: value }));
            let asked = match module.scope(bind.scope).kind {
                ScopeKind::Class(_) => source.is_none_or(|text| text.starts_with("Field(...")),
                _ => bind.scope == ScopeId(0) && source.is_some_and(|text| text.starts_with("os.environ[")),
            };
            let mut new = migration.edits.values().flat_map(crate::text::EditSet::edits).map(|edit| &edit.text);
            let is_said = |text: &String| text.match_indices(&**name).any(|(at, _)| is_word(text, at, name.len()));
            if !asked || is_deleted(migration, file, bind.span) || new.any(is_said) {
                continue;
            }
            let mut reads = units().flat_map(|(other, unit)| {
                let module = &unit.module;
                let members = unit.mentions(name).filter(|id| matches!(module.kind(*id), ExprKind::Member { .. }));
                let members = members.filter(|id| unit.bind_of_place(*id).is_none()).map(|id| module.expr(id).span);
                let imports = module.imports.iter().filter(|import| import.item.as_deref() == Some(&**name));
                members
                    .chain(imports.map(|import| import.span))
                    .map(move |span| is_deleted(migration, other, span))
                    .collect::<Vec<_>>()
            });
            let is_read = |id: ExprId| matches!(module.kind(id), ExprKind::Name(read) if read == name);
            let own = module.expr_ids().any(|id| is_read(id) && unit.bind_of_place(id).is_none());
            if own {
                continue;
            }
            let first = reads.next();
            if first == Some(true) && reads.all(|gone| gone) {
                let source = program.file(file);
                let line = source.lines().line_of(bind.span.start as usize) + 1;
                found.push(format!("`{name}` (`{}:{line}`)", source.path));
            }
        }
    }
    found
}

/// Lines of which no more are named.
const MOST_TOLD: usize = 8;

/// The lines of a rewritten program, as they are afterwards, on which a comment or a text speaks of a JWT, though nothing there
/// makes or reads one any more.
fn still_told(program: &Program, migration: &Migration, file: FileId) -> Vec<String> {
    let source = program.file(file);
    let (Some(unit), Some(edits)) = (program.unit(file), migration.edits.get(&file)) else { return vec![] };
    if migration.removed.contains(&file) || is_test(&source.path) || source.ending.is_some() {
        return vec![];
    }
    let after = source.with_bytes(edits.apply(source.bytes()));
    let module = (unit.language.lower)(&after);
    let of_jwt = |import: &crate::ir::Import| import.module.to_ascii_lowercase().contains("jwt");
    if unit.module.imports.iter().filter(|import| of_jwt(import)).count() == 0 || module.imports.iter().any(of_jwt) {
        return vec![];
    }
    let comment = unit.language.syntax.comment;
    let texts: Vec<Span> = (module.expr_ids())
        .filter(|id| matches!(module.kind(*id), ExprKind::Text(_)))
        .map(|id| module.expr(id).span)
        .collect();
    let lines = after.lines();
    let speaks = |number: &usize| {
        let span = lines.line_span(*number);
        let line = after.slice(span);
        let words = line.match_indices("JWT").filter(|(at, _)| is_word(line, *at, 3)).map(|(at, _)| at);
        let mut spoken = words.filter(|at| {
            let in_comment = line.find(comment).is_some_and(|comment| comment < *at);
            let place = span.start + *at as u32;
            in_comment || texts.iter().any(|text| text.start <= place && place < text.end)
        });
        spoken.next().is_some()
    };
    (0..lines.count()).filter(speaks).map(|number| format!("`{}:{}`", source.path, number + 1)).collect()
}

/// Whether a word stands alone.
fn is_word(line: &str, at: usize, len: usize) -> bool {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    !is_part(line[..at].chars().next_back()) && !is_part(line[at + len..].chars().next())
}

/// The names that the code held and holds no more, wherever it is.
fn unread(program: &Program, migration: &Migration) -> BTreeSet<String> {
    let mut lost: BTreeSet<String> = BTreeSet::new();
    let mut left: BTreeSet<String> = BTreeSet::new();
    for (file, _) in program.units() {
        let source = program.file(file);
        let old: BTreeSet<&str> = names(source.text()).collect();
        let new = match migration.edits.get(&file) {
            _ if migration.removed.contains(&file) => String::new(),
            Some(edits) => String::from_utf8_lossy(&edits.apply(source.bytes())).into_owned(),
            None => {
                left.extend(old.into_iter().map(str::to_owned));
                continue;
            }
        };
        let new: BTreeSet<&str> = names(&new).collect();
        lost.extend(old.difference(&new).map(|name| (*name).to_owned()));
        left.extend(new.into_iter().map(str::to_owned));
    }
    lost.difference(&left).cloned().collect()
}

/// The settings files that set a variable after a migration.
fn set_in(program: &Program, name: &str, migration: &Migration) -> BTreeSet<String> {
    let sets = |path: &str, file| {
        let format = config::format_of(path)?;
        let source = program.file(file);
        let edited = migration.edits.get(&file);
        let edited = edited.map(|edits| SourceFile::new(path, edits.apply(source.bytes())));
        let read = config::read(format, edited.as_ref().unwrap_or(source));
        read.entries.iter().any(|entry| !entry.commented && entry.name() == name).then(|| path.to_owned())
    };
    let settings = program.file_ids().filter(|file| program.unit(*file).is_none());
    let naming = settings.filter(|file| program.file(*file).text().contains(name));
    naming.filter_map(|file| sets(&program.file(file).path, file)).collect()
}
