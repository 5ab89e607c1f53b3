//! Settings of the environment that only the removed code read: a human takes them out, and is told where they are set.

use super::environ::names;
use super::{Applicability, Migration};
use crate::analyze::Program;
use crate::config;
use crate::text::SourceFile;
use std::collections::BTreeSet;

/// Adds the step to every migration that leaves such settings behind.
pub(super) fn tell(program: &Program, migrations: &mut [Migration]) {
    for migration in migrations.iter_mut().filter(|migration| migration.applicability != Applicability::Manual) {
        for name in unread(program, migration) {
            let paths = set_in(program, &name, migration);
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
