//! `pyproject.toml`: PEP 621 (`[project]`), PEP 735 (`[dependency-groups]`), Poetry, and the development lists of uv, PDM
//! and Hatch. <https://packaging.python.org/en/latest/specifications/pyproject-toml/>,
//! <https://python-poetry.org/docs/pyproject/>.

use super::list::{List, Style, eol_at};
use super::toml_lists::{Doc, end_of_table};
use super::{Refusal, Section, pipfile};
use crate::text::{Edit, SourceFile, Span};

/// Reads all lists; those of the standards before those of tools.
pub(super) fn read(file: &SourceFile) -> Result<Vec<List>, Refusal> {
    let doc = Doc::parse(file)?;
    let mut lists = Vec::new();
    let mut array = |path: &[&str], section: Section| {
        lists.extend(doc.get(path).and_then(|value| doc.array(value, section)));
    };
    array(&["project", "dependencies"], Section::Runtime);
    array(&["build-system", "requires"], Section::Build);
    array(&["tool", "uv", "dev-dependencies"], Section::Dev);
    arrays(&doc, &["project", "optional-dependencies"], &extra, &mut lists);
    arrays(&doc, &["dependency-groups"], &group, &mut lists);
    arrays(&doc, &["tool", "pdm", "dev-dependencies"], &|_| Section::Dev, &mut lists);
    for (name, _) in doc.table(&["tool", "hatch", "envs"]) {
        for key in ["dependencies", "extra-dependencies"] {
            let value = doc.get(&["tool", "hatch", "envs", name, key]);
            lists.extend(value.and_then(|value| doc.array(value, Section::Dev)));
        }
    }
    poetry(&doc, &mut lists);
    Ok(lists)
}

fn arrays(doc: &Doc<'_>, path: &[&str], section: &dyn Fn(&str) -> Section, lists: &mut Vec<List>) {
    for (name, value) in doc.table(path) {
        lists.extend(doc.array(value, section(name)));
    }
}

fn poetry(doc: &Doc<'_>, lists: &mut Vec<List>) {
    let mut names = |path: &[&str], section: Section| {
        lists.extend(doc.get(path).map(|value| doc.names(value, section)).unwrap_or_default());
    };
    names(&["tool", "poetry", "dependencies"], Section::Runtime);
    names(&["tool", "poetry", "dev-dependencies"], Section::Dev);
    for (name, _) in doc.table(&["tool", "poetry", "group"]) {
        names(&["tool", "poetry", "group", name, "dependencies"], group(name));
    }
    // Extras repeat names of optional dependencies; Poetry refuses a name that is no dependency.
    for (name, value) in doc.table(&["tool", "poetry", "extras"]) {
        if let Some(mut list) = doc.array(value, extra(name)) {
            list.mention = true;
            lists.push(list);
        }
    }
}

fn extra(name: &str) -> Section {
    Section::Optional(name.to_owned())
}

fn group(name: &str) -> Section {
    match name {
        "dev" | "test" | "tests" => Section::Dev,
        _ => extra(name),
    }
}

/// Adds the list of runtime dependencies where the file has none.
pub(super) fn create(file: &SourceFile, section: &Section, new: &[(String, String)]) -> Result<Vec<Edit>, Refusal> {
    let doc = Doc::parse(file)?;
    if *section != Section::Runtime {
        return Err(Refusal::new(file, "it has no list for such dependencies; add one"));
    }
    let Some(project) = doc.get(&["project"]) else {
        if doc.get(&["tool", "poetry"]).is_some() {
            return Ok(vec![pipfile::table_at_end(file, "tool.poetry.dependencies", new)]);
        }
        return Err(Refusal::new(
            file,
            "it has neither [project] nor [tool.poetry]: dependencies are stated elsewhere",
        ));
    };
    let dynamic = doc.get(&["project", "dynamic"]).and_then(|value| value.get_ref().as_array());
    if dynamic.is_some_and(|names| names.iter().any(|name| name.get_ref().as_str() == Some("dependencies"))) {
        return Err(Refusal::new(file, "[project] says that its dependencies are dynamic: they are stated elsewhere"));
    }
    if !file.slice(doc.span(project)).starts_with('[') {
        return Err(Refusal::new(file, "[project] has no table header; edit it by hand"));
    }
    let style = Style::Quoted { quote: '"' };
    let mut new = new.to_vec();
    new.sort();
    let entries: Vec<String> = new.iter().map(|(name, range)| style.render(name, range)).collect();
    let at = end_of_table(&doc, project);
    let text = format!("{}dependencies = [{}]", eol_at(file, at), entries.join(", "));
    Ok(vec![Edit { span: Span::empty(at), text }])
}
