//! Pipenv's `Pipfile`: <https://pipenv.pypa.io/en/latest/pipfile.html>. Every other top table than its settings is a
//! category of packages.

use super::list::{List, Style, bom};
use super::toml_lists::Doc;
use super::{Refusal, Section};
use crate::text::{Edit, SourceFile, Span};

const SETTINGS: [&str; 4] = ["source", "requires", "scripts", "pipenv"];

/// Reads all categories.
pub(super) fn read(file: &SourceFile) -> Result<Vec<List>, Refusal> {
    let doc = Doc::parse(file)?;
    let mut lists = Vec::new();
    for (key, value) in &doc.root {
        let section = match key.get_ref().as_ref() {
            name if SETTINGS.contains(&name) => continue,
            "packages" => Section::Runtime,
            "dev-packages" => Section::Dev,
            other => Section::Optional(other.to_owned()),
        };
        lists.extend(doc.names(value, section));
    }
    Ok(lists)
}

/// Adds a category with `new` entries at the end.
pub(super) fn create(file: &SourceFile, section: &Section, new: &[(String, String)]) -> Result<Vec<Edit>, Refusal> {
    let name = match section {
        Section::Runtime => "packages",
        Section::Dev => "dev-packages",
        Section::Optional(name) => name,
        Section::Peer | Section::Build => return Err(Refusal::new(file, "a Pipfile has no such section")),
    };
    Ok(vec![table_at_end(file, name, new)])
}

/// A new table of names at the end of a TOML file, with a blank line before it.
pub(super) fn table_at_end(file: &SourceFile, name: &str, new: &[(String, String)]) -> Edit {
    let eol = file.eol().as_str();
    let style = Style::Assign { quote: '"' };
    let mut new = new.to_vec();
    new.sort();
    let entries: Vec<String> = new.iter().map(|(name, range)| style.render(name, range)).collect();
    let text = file.text();
    let end = text.trim_end().len().max(bom(text));
    let before = if end <= bom(text) { String::new() } else { format!("{eol}{eol}") };
    let after = if text[end..].is_empty() && !text.is_empty() { "" } else { eol };
    let body = format!("{before}[{name}]{eol}{}", entries.join(eol));
    let body = if text[end..].starts_with(['\n', '\r']) { body } else { body + after };
    Edit { span: Span::empty(end), text: body }
}
