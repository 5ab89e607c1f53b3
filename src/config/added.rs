//! New settings in a file's own style: YAML under the tables that are there, properties at the end.

use super::{Entry, Format, Step, read};
use crate::text::SourceFile;

/// A setting that is not there yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The names from the root to it.
    pub path: Vec<String>,
    /// Its value.
    pub value: String,
    /// Whether the value is the one item of a list.
    pub is_item: bool,
}

/// The byte where new settings go, and their text. `None` where the file is not plain: another format than YAML and
/// properties, several documents, a table in braces, a key that is there already.
#[must_use]
pub fn added(format: Format, file: &SourceFile, settings: &[Setting]) -> Option<(usize, String)> {
    let entries: Vec<Entry> = read(format, file).entries.into_iter().filter(|entry| !entry.commented).collect();
    let (offset, text) = match format {
        Format::Yaml => yaml(file, &entries, settings)?,
        Format::Properties => properties(file, settings),
        _ => return None,
    };
    let mut whole = file.text().to_owned();
    whole.insert_str(offset, &text);
    let after = read(format, &SourceFile::new(file.path.clone(), whole.into_bytes())).entries;
    let is_there = |path: &[Step], value: &str| {
        let mut found = after.iter().filter(|entry| !entry.commented && entry.path == path);
        found.next().is_some_and(|entry| entry.text() == value) && found.next().is_none()
    };
    let come = |setting: &Setting| match format {
        Format::Properties => is_there(&[Step::Name(property(setting))], &setting.value),
        _ => {
            let names = setting.path.iter().cloned().map(Step::Name);
            let path: Vec<Step> = names.chain(setting.is_item.then_some(Step::Item(0))).collect();
            is_there(&path, &setting.value)
        }
    };
    let stay = |entry: &&Entry| after.iter().any(|other| other.path == entry.path && other.text() == entry.text());
    (settings.iter().all(come) && entries.iter().all(|entry| stay(&entry))).then_some((offset, text))
}

fn property(setting: &Setting) -> String {
    format!("{}{}", setting.path.join("."), if setting.is_item { "[0]" } else { "" })
}

fn properties(file: &SourceFile, settings: &[Setting]) -> (usize, String) {
    let (text, eol) = (file.text(), file.eol().as_str());
    let spaced = text.lines().filter(|line| line.contains(" = ")).count();
    let sign = if spaced * 2 > text.lines().filter(|line| line.contains('=')).count() { " = " } else { "=" };
    let mut new = before_end(text, eol);
    for setting in settings {
        new.push_str(&format!("{}{sign}{}{eol}", property(setting), setting.value));
    }
    (text.len(), new)
}

/// What sets new text off from what stands before it at the end of a file.
fn before_end(text: &str, eol: &str) -> String {
    match () {
        () if text.trim().is_empty() => String::new(),
        () if text.ends_with('\n') => eol.to_owned(),
        () => format!("{eol}{eol}"),
    }
}

fn yaml(file: &SourceFile, entries: &[Entry], settings: &[Setting]) -> Option<(usize, String)> {
    let (text, eol) = (file.text(), file.eol().as_str());
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
    lines.next();
    if lines.any(|line| line.starts_with("---") || line.starts_with('\t')) || text.trim_start().starts_with('{') {
        return None;
    }
    let column =
        |offset: u32| offset as usize - file.lines().line_span(file.lines().line_of(offset as usize)).start as usize;
    let names = |depth: usize| -> Vec<Step> { settings[0].path[..depth].iter().cloned().map(Step::Name).collect() };
    let shared =
        |depth: usize| settings.iter().all(|setting| setting.path.get(..depth) == Some(&settings[0].path[..depth]));
    let is_table = |depth: &usize| {
        let path = names(*depth);
        entries.iter().any(|entry| entry.path == path && entry.value.is_none())
    };
    let depth =
        (1..settings.first()?.path.len()).take_while(|depth| shared(*depth)).take_while(is_table).last().unwrap_or(0);
    // A key that is there cannot come a second time.
    let begins = |entry: &Entry, setting: &Setting| {
        let names = setting.path[..=depth].iter().cloned().map(Step::Name);
        entry.path.len() > depth && names.eq(entry.path[..=depth].iter().cloned())
    };
    if settings.iter().any(|setting| entries.iter().any(|entry| begins(entry, setting))) {
        return None;
    }
    let nested = entries.iter().find(|entry| entry.path.len() == 2 && matches!(entry.path[1], Step::Name(_)));
    let step = nested.map_or(2, |entry| column(entry.key.start)).max(1);
    let prefix = names(depth);
    let inside: Vec<&Entry> =
        entries.iter().filter(|entry| entry.path.len() > depth && entry.path.starts_with(&prefix)).collect();
    let (offset, indent, head) = match (depth, inside.first()) {
        (0, _) => (text.len(), 0, before_end(text, eol)),
        (_, Some(first)) => {
            let end =
                inside.iter().map(|entry| entry.value.as_ref().map_or(entry.key.end, |value| value.span.end)).max()?;
            let line = file.lines().line_span(file.lines().line_of(end.saturating_sub(1) as usize));
            let open = !text[..line.end as usize].ends_with('\n');
            (line.end as usize, column(first.key.start), if open { eol.to_owned() } else { String::new() })
        }
        _ => return None,
    };
    let mut new = head;
    let mut open: Vec<&str> = vec![];
    for setting in settings {
        let rest: Vec<&str> = setting.path[depth..].iter().map(String::as_str).collect();
        let same = open.iter().zip(&rest).take_while(|(one, other)| one == other).count();
        for (level, name) in rest.iter().enumerate().skip(same) {
            let lead = " ".repeat(indent + level * step);
            let value = quoted(&setting.value);
            match (level + 1 == rest.len(), setting.is_item) {
                (true, false) => new.push_str(&format!("{lead}{name}: {value}{eol}")),
                (true, true) => {
                    let item = " ".repeat(step);
                    new.push_str(&format!("{lead}{name}:{eol}{lead}{item}- {value}{eol}"));
                }
                (false, _) => new.push_str(&format!("{lead}{name}:{eol}")),
            }
        }
        open = rest[..rest.len() - 1].to_vec();
    }
    Some((offset, new))
}

/// A value as YAML reads it as a string.
fn quoted(value: &str) -> String {
    let plain = value.starts_with(|c: char| c.is_ascii_alphabetic() || c == '$')
        && value.chars().all(|c| c.is_ascii_alphanumeric() || "$-_./:{}".contains(c))
        && !value.contains(": ")
        && !value.ends_with(':')
        && !["true", "false", "yes", "no", "null", "on", "off"].contains(&value.to_ascii_lowercase().as_str());
    if plain { value.to_owned() } else { format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, want: Option<&str>) {
        let setting = |path: &str, value: &str, is_item| Setting {
            path: path.split('.').map(str::to_owned).collect(),
            value: value.to_owned(),
            is_item,
        };
        let settings = [
            setting("a.b.c.id", "${x.id}", false),
            setting("a.b.c.scope", "one,two", true),
            setting("a.b.d.uri", "https://x/y", false),
        ];
        let file = SourceFile::new(path, text.as_bytes().to_vec());
        let format = super::super::format_of(path).unwrap();
        let got = added(format, &file, &settings).map(|(offset, new)| {
            let mut whole = text.to_owned();
            whole.insert_str(offset, &new);
            whole
        });
        assert_eq!(got.as_deref(), want, "{text}");
    }

    #[test]
    fn settings_go_where_their_table_is() {
        let whole = "a:\n  b:\n    c:\n      id: ${x.id}\n      scope:\n        - \"one,two\"\n    d:\n      uri: https://x/y\n";
        check("x.yml", "", Some(whole));
        check("x.yml", "z:\n  y: 1\n", Some(&format!("z:\n  y: 1\n\n{whole}")));
        check("x.yml", "z: 1", Some(&format!("z: 1\n\n{whole}")));
        check(
            "x.yml",
            "a:\n    e: 1 # one\nz: 2\n",
            Some(
                "a:\n    e: 1 # one\n    b:\n        c:\n            id: ${x.id}\n            scope:\n                - \"one,two\"\n        d:\n            uri: https://x/y\nz: 2\n",
            ),
        );
        check("x.yml", "a: {e: 1}\n", None);
        check("x.yml", "a: 1\n", None);
        check("x.yml", "z: 1\n---\ny: 2\n", None);
        check("x.yml", "a:\n  b:\n    c:\n      id: 1\n", None);
        let flat = "a.b.c.id=${x.id}\na.b.c.scope[0]=one,two\na.b.d.uri=https://x/y\n";
        check("x.properties", "z=1\n", Some(&format!("z=1\n\n{flat}")));
        check("x.properties", "z = 1", Some(&format!("z = 1\n\n{}", flat.replace('=', " = "))));
        check("x.properties", "a.b.c.id=1\n", None);
        check("x.toml", "", None);
    }
}
