//! Which version of a language a project runs on.

use crate::analyze::Program;
use crate::manifest;
use crate::text::{FileId, SourceFile};

/// The oldest version that the manifests in a manifest's folder allow (`requires-python`, `engines.node`, `rust-version`), or
/// that a file beside them names (`FROM python:3.8`, `.nvmrc`): major and minor.
pub(super) fn oldest(program: &Program, manifest: FileId) -> Option<(u32, u32)> {
    let source = program.file(manifest);
    let language = manifest::format_of(&source.path)?.rules();
    let beside = program.files.iter().filter(|other| other.folder() == source.folder());
    beside.filter_map(|other| of_file(other, language)).min()
}

fn of_file(source: &SourceFile, language: &str) -> Option<(u32, u32)> {
    let text = source.text();
    match (source.name(), language) {
        (".python-version" | "runtime.txt", "python") | (".nvmrc" | ".node-version", "javascript") => {
            version(text.lines().next()?)
        }
        ("Dockerfile", _) => {
            let image = match language {
                "python" => "python:",
                "javascript" => "node:",
                _ => return None,
            };
            let froms = text.lines().filter_map(|line| line.trim_start().strip_prefix("FROM "));
            froms.filter_map(|from| version(&from[from.find(image)? + image.len()..])).min()
        }
        (name, _) if manifest::format_of(name).is_some_and(|format| format.rules() == language) => allowed(text),
        _ => None,
    }
}

/// The oldest version that a manifest allows.
fn allowed(text: &str) -> Option<(u32, u32)> {
    let keys = ["requires-python", "python_requires", "python_version", "python =", "\"node\"", "rust-version"];
    let line = text.lines().find(|line| keys.iter().any(|key| line.trim_start().starts_with(key)))?;
    version(line.split_once(['=', ':'])?.1)
}

/// The first number of a text, with the one behind its dot.
fn version(text: &str) -> Option<(u32, u32)> {
    let digits = text.find(|c: char| c.is_ascii_digit())?;
    let mut parts = text[digits..].split('.').map(|part| {
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        &part[..end]
    });
    Some((parts.next()?.parse().ok()?, parts.next().and_then(|part| part.parse().ok()).unwrap_or(0)))
}
