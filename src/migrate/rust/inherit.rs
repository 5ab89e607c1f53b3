//! Crates that a workspace shares: their versions stand in its own manifest.

use super::crates::workspace;
use crate::analyze::Program;
use crate::manifest::{self, Format, Section, Wanted};
use crate::text::{EditSet, FileId};

/// Has what is added inherited from the workspace, where the package inherits already, and takes out of the workspace
/// what no package inherits any more. Gives the edits of the workspace's manifest; where that is the package's own,
/// what it must have is added to `add`.
pub(in crate::migrate) fn inherit(
    program: &Program,
    file: FileId,
    remove: &[&str],
    add: &mut Vec<Wanted>,
) -> Option<(FileId, EditSet)> {
    let source = program.file(file);
    if manifest::format_of(&source.path) != Some(Format::CargoToml) {
        return None;
    }
    let root = workspace(program, file)?;
    let shared = Section::Optional("workspace".to_owned());
    let of = |file: FileId| manifest::dependencies(Format::CargoToml, program.file(file));
    let inherits = |file: FileId, name: &str| {
        of(file).iter().any(|it| it.section != shared && it.raw == name && it.version.is_none())
    };
    let there: Vec<_> = of(root).into_iter().filter(|it| it.section == shared).collect();
    let follows = there.iter().any(|it| inherits(file, &it.raw));
    let mut wanted = vec![];
    for new in add.iter_mut().filter(|new| follows && of(file).iter().all(|it| it.raw != new.name)) {
        wanted.push(new.clone().section(shared.clone()));
        new.inherited = true;
    }
    let others =
        || program.file_ids().filter(|other| *other != file && program.file(*other).path.ends_with("Cargo.toml"));
    let unused: Vec<&str> = remove
        .iter()
        .copied()
        .filter(|name| inherits(file, name) && there.iter().any(|it| it.raw == *name))
        .filter(|name| !others().any(|other| inherits(other, name)))
        .collect();
    if root == file {
        add.extend(wanted);
        return None;
    }
    let mut edits = EditSet::default();
    if manifest::replace(Format::CargoToml, program.file(root), &unused, &wanted, &mut edits).is_err() {
        // The package says it itself.
        add.iter_mut().for_each(|new| new.inherited = false);
        return None;
    }
    Some((root, edits))
}
