//! What a human runs after a manifest has changed, so that what is made from it follows.

use crate::analyze::Program;
use crate::manifest::Format;
use crate::manifest::{self, Wanted};
use crate::text::{EditSet, FileId, SourceFile};

/// The step for a manifest that was edited.
pub(super) fn step(format: Format, source: &SourceFile) -> String {
    let path = &source.path;
    if format.rules() == "javascript" {
        return format!("Run your package manager, so that the lock file follows `{path}`.");
    }
    match locker(format, source.text()) {
        Some(command) => {
            format!("Install the packages of `{path}` again, and update the lock file if you keep one: `{command}`.")
        }
        None => format!("Install the packages of `{path}` again, and update the lock file if you keep one."),
    }
}

/// What writes the lock file of a manifest, where the manifest itself tells.
fn locker(format: Format, text: &str) -> Option<&'static str> {
    let has = |table: &str| text.lines().any(|line| line.starts_with(table));
    match format {
        Format::Pipfile => Some("pipenv lock"),
        Format::Pyproject if has("[tool.poetry") => Some("poetry lock"),
        Format::Pyproject if has("[tool.uv") => Some("uv lock"),
        Format::Pyproject if has("[tool.pdm") => Some("pdm lock"),
        _ => None,
    }
}

/// The step for a compiled list of packages that is left as it is, where the manifest beside it that it is made from takes
/// the change.
pub(super) fn compile(program: &Program, file: FileId, remove: &[&str], add: &[Wanted]) -> Option<String> {
    let compiled = program.file(file);
    let command = manifest::compiled_by(compiled)?;
    let takes = |other: &FileId| {
        let source = program.file(*other);
        let Some(format) = manifest::format_of(&source.path) else { return false };
        let beside = *other != file && source.folder() == compiled.folder() && manifest::compiled_by(source).is_none();
        let named = || {
            let listed = manifest::dependencies(format, source);
            remove
                .iter()
                .chain(&add.iter().map(|it| it.name.as_str()).collect::<Vec<_>>())
                .any(|name| listed.iter().any(|dependency| manifest::same_name(format, name, &dependency.name)))
        };
        beside && named() && manifest::replace(format, source, remove, add, &mut EditSet::default()).is_ok()
    };
    program.file_ids().any(|other| takes(&other)).then(|| {
        let path = &compiled.path;
        match command {
            "" => {
                format!("Compile `{path}` again from the list beside it: it is left as it is, with the old packages.")
            }
            command => format!("Compile `{path}` again (`{command}`): it is left as it is, with the old packages."),
        }
    })
}
