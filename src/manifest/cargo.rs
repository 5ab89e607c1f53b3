//! `Cargo.toml`: dependencies of a package, of its targets, of a workspace, and the features that name them.
//! <https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html>

use super::list::{List, Style};
use super::toml_lists::Doc;
use super::{Refusal, Section, Wanted, normalise, pipfile};
use crate::text::{Edit, SourceFile};

/// The tables of one package or target, and what they are for.
const TABLES: [(&str, Section); 3] =
    [("dependencies", Section::Runtime), ("dev-dependencies", Section::Dev), ("build-dependencies", Section::Build)];

/// Reads all lists; the package's own before those of single targets and of the workspace.
pub(super) fn read(file: &SourceFile) -> Result<Vec<List>, Refusal> {
    let doc = Doc::parse(file)?;
    let mut lists = Vec::new();
    let mut names = |path: &[&str], section: Section| {
        lists.extend(doc.get(path).map(|value| doc.names(value, section)).unwrap_or_default());
    };
    for (table, section) in TABLES {
        names(&[table], section);
    }
    for (target, _) in doc.table(&["target"]) {
        for (table, _) in TABLES {
            names(&["target", target, table], Section::Optional(target.to_owned()));
        }
    }
    names(&["workspace", "dependencies"], Section::Optional("workspace".to_owned()));
    for (name, value) in doc.table(&["features"]) {
        lists.extend(doc.array(value, Section::Optional(name.to_owned())).map(|list| feature(&doc, list)));
    }
    Ok(lists)
}

/// `dep:name`, `name/feature`, `name?/feature`: a mention of the dependency.
fn feature(doc: &Doc<'_>, mut list: List) -> List {
    list.mention = true;
    for entry in &mut list.entries {
        let text = doc.file.slice(entry.span).trim_matches(['"', '\'']);
        let name = text.trim_start_matches("dep:").split(['/', '?']).next().unwrap_or_default();
        if let Some(named) = &mut entry.name {
            named.key = normalise(name);
        } else if name != text {
            let key = normalise(name);
            entry.name = Some(super::list::Name { key, raw: name.to_owned(), version: None, opaque: true });
        }
    }
    list
}

/// Adds a table with `new` entries at the end.
pub(super) fn create(file: &SourceFile, section: &Section, new: &[(String, String)]) -> Result<Vec<Edit>, Refusal> {
    let table = TABLES.iter().find(|(_, of)| of == section).map(|(table, _)| *table);
    match table {
        Some(table) => Ok(vec![pipfile::table_at_end(file, table, new)]),
        None => Err(Refusal::new(file, "it has no list for such dependencies; add one")),
    }
}

/// An entry of which the workspace says all, in the way of the others.
pub(super) fn inherited<'e>(name: &str, mut others: impl Iterator<Item = &'e str>) -> String {
    let dotted = others.any(|entry| entry.contains(".workspace"));
    if dotted { format!("{name}.workspace = true") } else { format!("{name} = {{ workspace = true }}") }
}

/// An entry's text: a version, or a table where features are wanted.
pub(super) fn render(style: &Style, wanted: &Wanted, range: &str) -> String {
    let name = &wanted.name;
    let Style::Assign { quote } = style else { return style.render(name, range) };
    if wanted.features.is_empty() && wanted.default_features {
        return style.render(name, range);
    }
    let default = if wanted.default_features { "" } else { ", default-features = false" };
    let features: Vec<String> = wanted.features.iter().map(|feature| format!("{quote}{feature}{quote}")).collect();
    let features = if features.is_empty() { String::new() } else { format!(", features = [{}]", features.join(", ")) };
    format!("{name} = {{ version = {quote}{range}{quote}{default}{features} }}")
}
