//! The last check before edits leave this room: the edited text is read again, and must say what was asked and nothing else.

use super::{Dependency, Format, Refusal, Wanted, key_of, list, read};
use crate::text::{Edit, EditSet, SourceFile};

/// Refuses edits after which the file no longer parses, an entry that nobody named has changed or moved, or something
/// asked for is not there.
pub(super) fn check(
    format: Format,
    file: &SourceFile,
    planned: &[Edit],
    remove: &[&str],
    add: &[Wanted],
) -> Result<(), Refusal> {
    if planned.is_empty() {
        return Ok(());
    }
    let wrong =
        |what: &str| Refusal::new(file, format!("the edited text would not read back ({what}); edit it by hand"));
    let mut edits = EditSet::default();
    for edit in planned {
        edits.add(edit.clone()).map_err(|_| wrong("edits meet"))?;
    }
    let edited = SourceFile::new(file.path.clone(), edits.apply(file.bytes()));
    let before = list::dependencies(file, &read(format, file)?);
    let after = list::dependencies(&edited, &read(format, &edited).map_err(|refusal| wrong(&refusal.why))?);
    let removed: Vec<String> = remove.iter().map(|name| key_of(format, name)).collect();
    let added: Vec<String> = add.iter().map(|wanted| key_of(format, &wanted.name)).collect();
    let others = |dependency: &&Dependency| !removed.contains(&dependency.name) && !added.contains(&dependency.name);
    let stated = |file: &SourceFile, all: &[Dependency]| -> Vec<_> {
        all.iter().filter(others).map(|one| (one.section.clone(), file.slice(one.span).to_owned())).collect()
    };
    if stated(file, &before) != stated(&edited, &after) {
        return Err(wrong("other entries change"));
    }
    if after.iter().any(|one| removed.contains(&one.name)) {
        return Err(wrong("an entry is still there"));
    }
    if !added.iter().all(|key| after.iter().any(|one| one.name == *key)) {
        return Err(wrong("an entry is missing"));
    }
    Ok(())
}
