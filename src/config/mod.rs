//! Settings files: which keys they hold, with what values, and where. Knows text only; must not know why anybody asks.
//!
//! Reading cannot fail: what a parser refuses (a template, HJSON, a cut-off file) is read line by line.

mod added;
mod commented;
mod json;
mod lines;
mod pairs;
mod toml;
mod xml;
mod yaml;

pub use added::{Setting, added};

use crate::text::{SourceFile, Span};

/// What a settings file holds, in the order of the file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Tables and values; a table stands before what is in it.
    pub entries: Vec<Entry>,
}

/// A key, or an item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// From the root of the file to this entry.
    pub path: Vec<Step>,
    /// Where the key stands, without quotes; of an item, where the value stands.
    pub key: Span,
    /// The value; `None` for a table or list.
    pub value: Option<Scalar>,
    /// It stands in a comment.
    pub commented: bool,
}

/// A step from the root of a file to an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A key.
    Name(String),
    /// A position in a list, or among the children of an XML element.
    Item(u32),
}

/// A value that is no table and no list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// Without quotes, escapes decoded where the format's parser does so. May be a secret.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

impl Entry {
    /// The last key on the way: the entry's own, or that of the list it is an item of.
    #[must_use]
    pub fn name(&self) -> &str {
        let names = self.path.iter().rev();
        let mut names = names.filter_map(|step| if let Step::Name(name) = step { Some(name.as_str()) } else { None });
        names.next().unwrap_or_default()
    }

    /// The path of the table that holds the key [`name`](Self::name).
    #[must_use]
    pub fn table(&self) -> &[Step] {
        let own = self.path.iter().rposition(|step| matches!(step, Step::Name(_)));
        &self.path[..own.unwrap_or(0)]
    }

    /// The value's text; empty where there is none.
    #[must_use]
    pub fn text(&self) -> &str {
        self.value.as_ref().map_or("", |value| &value.text)
    }
}

/// A form of settings files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON with comments, loose keys and the like; `.aio` and HJSON too.
    Json,
    /// YAML.
    Yaml,
    /// TOML.
    Toml,
    /// `NAME=value`: `.env`, exports of a shell, `ENV` and `ARG` of a Dockerfile.
    Env,
    /// Java properties.
    Properties,
    /// Sections and `key = value`.
    Ini,
    /// XML: OSGi, Sling, Spring, .NET.
    Xml,
}

impl Format {
    /// The word in reports.
    #[must_use]
    pub fn language(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Yaml => "yaml",
            Format::Toml => "toml",
            Format::Env => "dotenv",
            Format::Properties => "properties",
            Format::Ini => "ini",
            Format::Xml => "xml",
        }
    }
}

/// Endings that say "an example of what is before me".
const EXAMPLES: &[&str] =
    &["example", "sample", "template", "tmpl", "tpl", "dist", "default", "local", "j2", "erb", "spec", "bak"];

/// The form of a file, by its name; `None` for what holds no settings, API collections among it.
#[must_use]
pub fn format_of(path: &str) -> Option<Format> {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    if name.contains(".postman_") {
        return None;
    }
    if name.starts_with(".env") || name == "env" {
        return Some(Format::Env);
    }
    if name.starts_with("dockerfile") || name.ends_with(".dockerfile") {
        return Some(Format::Env);
    }
    let mut parts: Vec<&str> = name.split('.').collect();
    while parts.len() > 1 && parts.last().is_some_and(|last| EXAMPLES.contains(last)) {
        parts.pop();
    }
    match parts.last().copied().filter(|_| parts.len() > 1)? {
        "json" | "jsonc" | "json5" | "hjson" | "aio" => Some(Format::Json),
        "yml" | "yaml" => Some(Format::Yaml),
        "toml" => Some(Format::Toml),
        "env" | "sh" | "bash" | "zsh" | "envrc" | "tfvars" => Some(Format::Env),
        "properties" => Some(Format::Properties),
        "ini" | "cfg" | "conf" | "config" | "cnf" => Some(Format::Ini),
        "xml" => Some(Format::Xml),
        _ => None,
    }
}

/// Reads a settings file.
#[must_use]
pub fn read(format: Format, file: &SourceFile) -> Document {
    let text = file.text();
    // The mark is one character of three bytes; no parser likes it, and offsets must stay.
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let body = &text[start..];
    let xml = || body.trim_start().starts_with('<');
    let json = || body.trim_start().starts_with('{');
    let parsed = match format {
        Format::Json => json::read(body),
        Format::Yaml => yaml::read(body),
        Format::Toml => toml::read(body),
        Format::Ini | Format::Xml if xml() => xml::read(body),
        Format::Ini if json() => json::read(body),
        Format::Env | Format::Properties | Format::Ini | Format::Xml => None,
    };
    let mut entries = parsed.unwrap_or_else(|| lines::read(format, body));
    entries.sort_by_key(|entry| (entry.key.start, entry.path.len()));
    if format != Format::Xml {
        let comments = commented::entries(format, body, &entries);
        entries.extend(comments);
    }
    entries.extend(pairs::named(&entries));
    for entry in &mut entries {
        entry.key = moved(entry.key, start);
        if let Some(value) = &mut entry.value {
            value.span = moved(value.span, start);
        }
    }
    // A parser's offsets are believed only where they fit: entities of XML stand elsewhere.
    let fits = |span: Span| text.get(span.range()).is_some();
    entries.retain(|entry| fits(entry.key) && entry.value.as_ref().is_none_or(|value| fits(value.span)));
    entries.sort_by_key(|entry| (entry.key.start, entry.path.len()));
    Document { entries }
}

fn moved(span: Span, by: usize) -> Span {
    Span::new(span.start as usize + by, span.end as usize + by)
}
