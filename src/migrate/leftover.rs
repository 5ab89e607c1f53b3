//! Settings of the environment that only the removed code read: a human takes them out, and is told where they are set.

use super::{Applicability, Migration};
use crate::analyze::Program;
use crate::config;
use std::collections::BTreeSet;

/// Adds the step to every migration that leaves such settings behind.
pub(super) fn tell(program: &Program, migrations: &mut [Migration]) {
    for migration in migrations.iter_mut().filter(|migration| migration.applicability != Applicability::Manual) {
        for name in unread(program, migration) {
            let paths = set_in(program, &name);
            if !paths.is_empty() {
                let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
                migration.steps.push(format!(
                    "Nothing here reads `{name}` any more: take it out of {} and wherever else it is set.",
                    paths.join(", ")
                ));
            }
        }
    }
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

/// Words that can be names of variables of the environment: `ADOBE_KEY_FILE`.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(move |word| word.len() > 4 && word.contains('_') && word.chars().all(is_part))
}

/// The settings files that set a variable.
fn set_in(program: &Program, name: &str) -> BTreeSet<String> {
    let sets = |path: &str, file| {
        let format = config::format_of(path)?;
        let read = config::read(format, program.file(file));
        read.entries.iter().any(|entry| !entry.commented && entry.name() == name).then(|| path.to_owned())
    };
    let settings = program.file_ids().filter(|file| program.unit(*file).is_none());
    let naming = settings.filter(|file| program.file(*file).text().contains(name));
    naming.filter_map(|file| sets(&program.file(file).path, file)).collect()
}
