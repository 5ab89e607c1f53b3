//! Metascopes that stand in a settings file of the project: the scopes take their place there.

use super::super::address;
use crate::analyze::{ExprRef, Place, Program, adobe};
use crate::config::{self, Entry, Step};
use crate::rules::{Adobe, normal_key};
use crate::text::{FileId, Span};

/// A setting that names metascopes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::migrate) struct InFile {
    /// Its key, without quotes.
    pub key: Place,
    /// Its value, without quotes.
    value: Span,
    /// The table that holds it.
    table: Vec<Step>,
    /// Those that it names.
    pub metascopes: Vec<String>,
}

/// The settings that `gap` reads, as far as they lie in view and name metascopes that are known: those of the files
/// nearest to `from`.
pub(super) fn metascopes(program: &Program, adobe: &Adobe, gap: ExprRef, from: FileId) -> Vec<InFile> {
    let names: Vec<String> = address::names(program, gap).iter().map(|name| normal_key(name)).collect();
    let mut found: Vec<(usize, InFile)> = vec![];
    let names_one = |file: &FileId| {
        let text = program.file(*file).text();
        let mut marks = adobe.odd_metascopes.iter().chain([&adobe.metascope_prefix]);
        marks.any(|mark| text.contains(mark.as_str()))
    };
    for file in program.file_ids().filter(names_one) {
        let Some(entries) = entries(program, file) else { continue };
        // An item of a list has no key of its own that could get the scopes' name.
        let is_setting = |entry: &&Entry| !entry.commented && matches!(entry.path.last(), Some(Step::Name(_)));
        for entry in entries.iter().filter(is_setting).filter(|entry| names.contains(&normal_key(entry.name()))) {
            if let Some(setting) = named(program, adobe, file, entry) {
                found.push((shared(program, from, file), setting));
            }
        }
    }
    let nearest = found.iter().map(|(depth, _)| *depth).max();
    found.into_iter().filter(|(depth, _)| Some(*depth) == nearest).map(|(_, setting)| setting).collect()
}

/// The metascopes that Postman's environments in view name, with the file.
pub(super) fn in_environments(program: &Program, adobe: &Adobe) -> Vec<(String, Vec<String>)> {
    let is_environment = |file: &FileId| program.file(*file).path.ends_with(".postman_environment.json");
    let found = program.file_ids().filter(is_environment).map(|file| {
        let mut all: Vec<String> = vec![];
        for metascope in adobe.metascopes_in(program.file(file).text()) {
            if !all.iter().any(|known| known == metascope) {
                all.push(metascope.to_owned());
            }
        }
        (program.file(file).path.clone(), all)
    });
    found.filter(|(_, all)| !all.is_empty()).collect()
}

/// The settings of those given that stand beside the client id, which is called `client_id` there.
pub(super) fn beside<'s>(program: &Program, settings: &'s [InFile], client_id: &str) -> Vec<&'s InFile> {
    let wanted = normal_key(client_id);
    let is_beside = |setting: &&InFile| {
        let is_it = |entry: &Entry| entry.table() == setting.table && normal_key(entry.name()) == wanted;
        entries(program, setting.key.file).unwrap_or_default().iter().any(is_it)
    };
    settings.iter().filter(is_beside).collect()
}

impl InFile {
    /// The edits that put scopes in the place of the metascopes, under the key `name`.
    pub(in crate::migrate) fn edits(&self, name: &str, scopes: &[String]) -> [(Place, String); 2] {
        [(self.key, name.to_owned()), (Place { span: self.value, ..self.key }, scopes.join(","))]
    }

    /// A line of its own above the setting's, which gives scopes the key `name`: the byte where it goes, and its text.
    /// `None` where the setting shares its line with others.
    pub(in crate::migrate) fn above(
        &self,
        program: &Program,
        name: &str,
        scopes: &[String],
    ) -> Option<(usize, String)> {
        let source = program.file(self.key.file);
        let lines = source.lines();
        let line = lines.line_span(lines.line_of(self.key.span.start as usize));
        let slice = |from: u32, to: u32| source.text().get(from as usize..to as usize);
        let head = slice(line.start, self.key.span.start)?;
        let between = slice(self.key.span.end, self.value.start)?;
        let rest = slice(self.value.end, line.end)?;
        let tail = rest.trim_end_matches(['\r', '\n']);
        let alone = matches!(head.trim().trim_end_matches(['"', '\'']), "" | "export")
            && matches!(tail.trim().trim_start_matches(['"', '\'']), "" | ",");
        let json = config::format_of(&source.path) == Some(config::Format::Json);
        let comma = if json && !tail.contains(',') { "," } else { "" };
        let end = &rest[tail.len()..];
        let new = format!("{head}{name}{between}{}{tail}{comma}{end}", scopes.join(","));
        alone.then_some((line.start as usize, new))
    }
}

/// What a settings file holds, if it may be edited.
fn entries(program: &Program, file: FileId) -> Option<Vec<Entry>> {
    let source = program.file(file);
    let format = config::format_of(&source.path).filter(|_| program.note(file).is_free())?;
    Some(config::read(format, source).entries)
}

fn named(program: &Program, adobe: &Adobe, file: FileId, entry: &Entry) -> Option<InFile> {
    let scalar = entry.value.as_ref()?;
    let raw = program.slice(file, scalar.span);
    let quoted = raw.len() >= 2 && raw.starts_with(['"', '\'']) && raw.ends_with(&raw[..1]);
    let value = if quoted { Span { start: scalar.span.start + 1, end: scalar.span.end - 1 } } else { scalar.span };
    let words = scalar.text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
    let metascopes: Option<Vec<String>> = words.map(|word| adobe::metascope(adobe, word).map(str::to_owned)).collect();
    let metascopes = metascopes.filter(|all| !all.is_empty())?;
    Some(InFile { key: Place { file, span: entry.key }, value, table: entry.table().to_vec(), metascopes })
}

/// How many folders two files have in common.
fn shared(program: &Program, one: FileId, other: FileId) -> usize {
    let folders = |file: FileId| program.file(file).path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let (one, other) = (folders(one), folders(other));
    one.split('/').zip(other.split('/')).take_while(|(one, other)| one == other && !one.is_empty()).count()
}
