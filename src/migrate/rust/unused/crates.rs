//! Packages that only the removed code named.

use crate::analyze::{Program, is_below};
use crate::manifest::{self, Format, Section};
use crate::migrate::Migration;
use crate::text::FileId;

/// The packages of a manifest whose crates were named in its code before, and are named nowhere in it after the
/// migrations `numbers`. A comment or a string that holds the word keeps it.
pub(in crate::migrate) fn packages(
    program: &Program,
    migrations: &[Migration],
    manifest: FileId,
    numbers: &[usize],
) -> Vec<String> {
    let source = program.file(manifest);
    if manifest::format_of(&source.path) != Some(Format::CargoToml) {
        return vec![];
    }
    let code = code(program, migrations, manifest, numbers);
    let goes = |dependency: &manifest::Dependency| {
        let word = dependency.raw.replace('-', "_");
        matches!(dependency.section, Section::Runtime | Section::Dev)
            && code.iter().any(|(before, _)| said(before, &word))
            && !code.iter().any(|(_, after)| said(after, &word))
    };
    manifest::dependencies(Format::CargoToml, source)
        .into_iter()
        .filter(goes)
        .map(|dependency| dependency.raw)
        .collect()
}

/// Whether the code below a manifest names a crate after the migrations `numbers`: new text may name one that was named
/// only in what it replaces.
pub(in crate::migrate) fn is_named_still(
    program: &Program,
    migrations: &[Migration],
    manifest: FileId,
    numbers: &[usize],
    package: &str,
) -> bool {
    let is_cargo = manifest::format_of(&program.file(manifest).path) == Some(Format::CargoToml);
    let word = package.replace('-', "_");
    is_cargo && code(program, migrations, manifest, numbers).iter().any(|(_, after)| said(after, &word))
}

/// The code below a manifest, as it is and as it will be.
fn code(program: &Program, migrations: &[Migration], manifest: FileId, numbers: &[usize]) -> Vec<(String, String)> {
    let source = program.file(manifest);
    program
        .units()
        .filter(|(file, unit)| unit.language.syntax.typed && is_below(&source.path, &program.file(*file).path))
        .map(|(file, _)| {
            let before = program.file(file);
            let edited = numbers.iter().map(|number| &migrations[*number]).find_map(|migration| {
                if migration.removed.contains(&file) {
                    return Some(String::new());
                }
                let edits = migration.edits.get(&file)?;
                Some(before.with_bytes(edits.apply(before.bytes())).text().to_owned())
            });
            (before.text().to_owned(), edited.unwrap_or_else(|| before.text().to_owned()))
        })
        .collect()
}

fn said(text: &str, word: &str) -> bool {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|it| it == word)
}
