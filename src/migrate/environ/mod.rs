//! Where the environment of a program is declared: templates of settings (`.env.example`), and lists of what a deployment hands
//! over. A setting that the code reads from now on is declared beside the client id, in the same form; what only the JWT needed,
//! and nothing reads any more, goes.

mod line;

use super::scopes::scopes_name;
use super::{Applicability, Blocker, Migration};
use crate::analyze::{Place, Program};
use crate::config::{self, Format};
use crate::lang::lexical;
use crate::rules::{ConfigWords, Rules, normal_key};
use crate::text::{EditSet, FileId, SourceFile};
use line::{Declared, Value};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Adds the edits to the migrations whose code reads other settings afterwards: what all that are Safe change together goes
/// with one of them, and what those for Review change beyond that with one of those.
pub(super) fn declare(program: &Program, rules: &Rules, migrations: &mut [Migration]) {
    for level in [Applicability::Safe, Applicability::Review] {
        let applied: Vec<&Migration> = migrations.iter().filter(|migration| migration.applicability >= level).collect();
        let change = Change::of(program, &rules.adobe.config, &applied);
        let changed: BTreeSet<&String> = change.gained.union(&change.lost).collect();
        if changed.is_empty() {
            continue;
        }
        let takes_part = |migration: &Migration| {
            migration.applicability == level
                && migration.edits.keys().any(|file| {
                    let (old, new) = before_and_after(program, &[migration], *file).unwrap_or_default();
                    let (old, new): (BTreeSet<&str>, BTreeSet<&str>) = (names(&old).collect(), names(&new).collect());
                    old.symmetric_difference(&new).any(|name| changed.contains(&(*name).to_owned()))
                })
        };
        let parts: Vec<usize> = (0..migrations.len()).filter(|number| takes_part(&migrations[*number])).collect();
        for file in program.file_ids().filter(|file| program.unit(*file).is_none()) {
            // Who edits it already goes on.
            let editors: Vec<usize> =
                (0..migrations.len()).filter(|number| migrations[*number].edits.contains_key(&file)).collect();
            let free: Vec<usize> =
                parts.iter().filter(|number| editors.iter().all(|editor| editor == *number)).copied().collect();
            let path = &program.file(file).path;
            let near = |number: &&usize| {
                let own = migrations[**number].edits.keys().map(|own| shared_folders(path, &program.file(*own).path));
                std::cmp::Reverse(own.max())
            };
            if let Some(number) = free.iter().min_by_key(near) {
                change.put(program, file, &mut migrations[*number]);
            }
        }
    }
}

/// How many folders two paths begin with alike.
fn shared_folders(one: &str, other: &str) -> usize {
    one.split('/').zip(other.split('/')).take_while(|(one, other)| one == other).count()
}

/// The text of a program before and after migrations; `None` for what is no program, as far as they tell.
fn before_and_after<'p>(
    program: &'p Program,
    migrations: &[&Migration],
    file: FileId,
) -> Option<(Cow<'p, str>, Cow<'p, str>)> {
    let source = program.file(file);
    let mut edits: Option<EditSet> = None;
    for own in migrations.iter().filter_map(|migration| migration.edits.get(&file)) {
        if edits.get_or_insert_default().union(own).is_err() {
            // Nobody knows what all of them together leave: all that was read is read on.
            let text = Cow::Borrowed(source.text());
            return Some((text.clone(), text));
        }
    }
    let is_code = program.unit(file).is_some();
    let text = |source: &SourceFile| match is_code {
        true => Some(source.text().to_owned()),
        false => lexical::program(source).map(|(_, text)| text.into_owned()),
    };
    let old = match (is_code, &edits) {
        (true, _) => Cow::Borrowed(source.text()),
        (false, Some(_)) => Cow::Owned(text(source)?),
        // A script that is not edited reads on. What declares a variable reads nothing.
        (false, None) if config::format_of(&source.path).is_some() => return None,
        (false, None) => Cow::Borrowed(lexical::of_source(source).map(|_| source.text())?),
    };
    let new = match edits {
        _ if migrations.iter().any(|migration| migration.removed.contains(&file)) => Cow::Borrowed(""),
        Some(edits) => {
            let after = SourceFile::new(source.path.clone(), edits.apply(source.bytes()));
            Cow::Owned(text(&after).unwrap_or_default())
        }
        None => old.clone(),
    };
    Some((old, new))
}

/// What becomes of the names that the code holds.
#[derive(Default)]
struct Change {
    /// Those that it read before, where a migration edits it.
    known: BTreeSet<String>,
    /// Scopes that it reads from now on.
    gained: BTreeSet<String>,
    /// What only a JWT credential has, and no code in view names any more.
    lost: BTreeSet<String>,
}

impl Change {
    fn of(program: &Program, words: &ConfigWords, migrations: &[&Migration]) -> Self {
        let mut change = Change::default();
        let (mut lost, mut left) = (BTreeSet::new(), BTreeSet::new());
        for file in program.file_ids() {
            let Some((old, new)) = before_and_after(program, migrations, file) else { continue };
            let (old, new): (BTreeSet<&str>, BTreeSet<&str>) = (names(&old).collect(), names(&new).collect());
            if migrations.iter().any(|migration| migration.edits.contains_key(&file)) {
                change.gained.extend(new.difference(&old).map(|name| (*name).to_owned()));
                lost.extend(old.difference(&new).map(|name| (*name).to_owned()));
                change.known.extend(old.into_iter().map(str::to_owned));
            }
            left.extend(new.into_iter().map(str::to_owned));
        }
        left.extend(program.asking.iter().map(|(_, name)| name.clone()));
        change.gained.retain(|name| name.ends_with("SCOPES"));
        change.lost = lost.difference(&left).filter(|name| is_jwt(words, name)).cloned().collect();
        change
    }

    fn put(&self, program: &Program, file: FileId, migration: &mut Migration) {
        let source = program.file(file);
        let format = config::format_of(&source.path).filter(|_| program.note(file).is_free());
        let Some(format) = format.filter(|format| matches!(format, Format::Env | Format::Yaml)) else { return };
        let lines = line::declared(source.text(), format, is_template(source));
        let mut edits = migration.edits.get(&file).cloned().unwrap_or_default();
        let mut blockers = vec![];
        let moved = edits.apply(source.bytes());
        let moved = String::from_utf8_lossy(&moved).into_owned();
        for name in self.gained.iter().filter(|name| words(&moved, name) == 0) {
            for line in self.beside(&lines, name) {
                let Some(text) = line.with(source.text(), name) else { continue };
                if edits.insert(line.whole.end as usize, text).is_err() {
                    return;
                }
                if let Value::Given(from) = line.value {
                    let from = scopes_name(from).unwrap_or_else(|| name.clone());
                    let why = format!(
                        "`{name}` is handed over here beside the client id: set `{from}` to the scopes where the client id is set"
                    );
                    blockers.push(Blocker { at: Place { file, span: line.name }, why });
                }
            }
        }
        for name in &self.lost {
            let own: Vec<&Declared<'_>> = lines.iter().filter(|line| line.called == name && line.may_go).collect();
            let inside: usize = own.iter().map(|line| words(&source.text()[line.whole.range()], name)).sum();
            // It may be read by a command of the file.
            let free = |line: &&Declared<'_>| !edits.touches(line.whole) && !is_alone(&lines, line);
            if inside != words(source.text(), name) || !own.iter().all(free) {
                continue;
            }
            if own.iter().any(|line| edits.delete(line::with_note(source.text(), line.whole)).is_err()) {
                return;
            }
        }
        if !edits.is_empty() && fits(source, &edits) {
            migration.edits.insert(file, edits);
            migration.blockers.extend(blockers);
            if !migration.blockers.is_empty() {
                migration.applicability = migration.applicability.min(Applicability::Review);
            }
        }
    }

    /// The lines that declare the client id beside which scopes of this name belong.
    fn beside<'l, 't>(&self, lines: &'l [Declared<'t>], name: &str) -> Vec<&'l Declared<'t>> {
        let own = |line: &&Declared<'t>| {
            self.known.contains(line.called) && scopes_name(line.called).as_deref() == Some(name)
        };
        let all: Vec<&Declared<'t>> = lines.iter().filter(own).collect();
        let prefix = name.trim_end_matches("SCOPES");
        let called: BTreeSet<&str> = all.iter().map(|line| line.called).collect();
        let exact: BTreeSet<&str> = called.iter().copied().filter(|called| called.starts_with(prefix)).collect();
        // Other programs have API keys, too.
        let chosen = if called.len() == 1 { called } else { exact };
        all.into_iter().filter(|line| chosen.len() == 1 && chosen.contains(line.called)).collect()
    }
}

/// Whether a name is one of what only a JWT credential has.
fn is_jwt(words: &ConfigWords, name: &str) -> bool {
    let jwt = [&words.private_key, &words.metascopes, &words.technical_account, &words.signed_jwt];
    let name = normal_key(name);
    jwt.iter().any(|words| words.iter().any(|word| word.len() > 6 && name.ends_with(word.as_str())))
}

/// The names of settings of the environment that the code in view reads, and that only a JWT credential has.
#[must_use]
pub fn jwt_settings(program: &Program, rules: &Rules) -> BTreeSet<String> {
    let words = &rules.adobe.config;
    let all = program.units().flat_map(|(file, _)| names(program.file(file).text()));
    all.filter(|name| is_jwt(words, name)).map(str::to_owned).collect()
}

/// Whether a file shows what another one holds.
fn is_template(source: &SourceFile) -> bool {
    let name = source.name().to_ascii_lowercase();
    ["example", "sample", "template", "tmpl", "dist", "tpl"].iter().any(|word| name.contains(word))
}

/// Whether a line is all that its table holds.
fn is_alone(lines: &[Declared<'_>], line: &Declared<'_>) -> bool {
    let beside = |other: &&Declared<'_>| other.table == line.table && other.whole != line.whole;
    line.table != 0 && lines.iter().find(beside).is_none()
}

/// Whether the edited file is read as the same form still.
fn fits(source: &SourceFile, edits: &EditSet) -> bool {
    let Some(format) = config::format_of(&source.path) else { return false };
    let count = |source: &SourceFile| config::read(format, source).entries.len();
    let after = SourceFile::new(source.path.clone(), edits.apply(source.bytes()));
    count(&after) > 0 || count(source) == 0
}

/// Words that can be names of variables of the environment: `ADOBE_KEY_FILE`.
pub(super) fn names(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(move |word| word.len() > 4 && word.contains('_') && word.chars().all(is_part))
}

fn words(text: &str, name: &str) -> usize {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| *word == name).count()
}

#[cfg(test)]
mod tests;
