//! What is known about tools that are set up by files: CI actions, connectors, credential files. From `rules/config/`.

use super::normal_key;
use serde::Deserialize;

/// A tool, or a form of file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tool {
    /// `config/aio-apps-action`
    pub id: String,
    /// What its users call it.
    pub name: String,
    /// Where its settings are described.
    pub docs: String,
    /// Strings of which one is in every file that sets it up.
    pub needles: Vec<String>,
    /// Names that such a file may have, `*` for anything; empty for any name.
    pub files: Vec<String>,
    /// What must be in a table for it to be this tool's; all of it.
    pub marks: Vec<Mark>,
    /// What its settings are.
    pub settings: Vec<ToolSetting>,
    /// The version from which it has an OAuth mode.
    pub version: Option<ToolVersion>,
    /// How its settings are switched to OAuth.
    pub switch: Option<ToolSwitch>,
    /// Files in which something is found.
    pub examples: Vec<ToolExample>,
    /// Files in which nothing may be found.
    pub lookalikes: Vec<ToolLookalike>,
}

/// A key that must be there, with its value where that matters.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    /// The way from the table to the key.
    pub key: KeyPath,
    /// The value; `*` at its end stands for anything.
    pub value: Option<String>,
}

/// A setting of a tool.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ToolSetting {
    /// The way from the table to the key, and the value that it must have.
    pub at: Mark,
    /// The kind of the finding.
    pub does: String,
    /// What becomes of it.
    pub message: String,
}

/// The versions of a tool that know JWT only.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ToolVersion {
    /// The key that names the tool, anywhere in the file; what stands for `*` in its value begins with the version.
    pub at: Mark,
    /// The first major version with OAuth.
    pub below: u32,
    /// What to do.
    pub message: String,
}

/// How a tool's YAML is switched to OAuth.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolSwitch {
    /// The line that asks for the OAuth mode, at the top level: `authentication_method: oauth`.
    pub line: Option<String>,
    /// Keys that go, wherever they are.
    #[serde(default)]
    pub remove: Vec<String>,
    /// What becomes of the tool's own settings.
    #[serde(default)]
    pub input: Vec<SwitchInput>,
    /// What stands in the place of a version that has no OAuth mode.
    pub version: Option<String>,
    /// What a human looks at.
    pub doubt: String,
    /// What a human does.
    #[serde(default)]
    pub steps: Vec<String>,
}

/// What becomes of a setting; it goes where nothing else is said.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SwitchInput {
    /// Its key.
    pub key: String,
    /// It gets this value.
    pub value: Option<String>,
    /// It gets this key; its value is made of the old one, by `words` or by Adobe's table of metascopes. In JSON only.
    pub rename: Option<String>,
    /// Texts of the value of a renamed key, each with the one that takes its place.
    #[serde(default)]
    pub words: Vec<(String, String)>,
    /// It goes only with a value that begins like this; else it stays.
    #[serde(default)]
    pub starts: Vec<String>,
    /// It stays, and gets a neighbour below it.
    pub beside: Option<Beside>,
}

/// A setting that is added below another one.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// Its key.
    pub key: String,
    /// Its value is that of the other one, the first of these texts that is in it replaced.
    pub words: Vec<(String, String)>,
    /// Its value where none of them is.
    pub otherwise: String,
}

/// A file that a tool proves itself with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ToolExample {
    /// Its path.
    pub file: String,
    /// Its text.
    pub code: String,
    /// The kinds of findings, sorted, each once.
    pub finds: Vec<String>,
}

/// A file in which nothing may be found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ToolLookalike {
    /// Its path.
    pub file: String,
    /// Its text.
    pub code: String,
    /// Why it is none of ours.
    pub why: String,
}

/// Keys from a table downwards, normalised ([`normal_key`]).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyPath(Vec<String>);

impl KeyPath {
    /// `with.command`; a dot in a key is written as any other sign.
    #[must_use]
    pub fn new(text: &str) -> Self {
        KeyPath(text.split('.').map(normal_key).collect())
    }

    /// Whether `names` are these keys.
    #[must_use]
    pub fn is(&self, names: &[&str]) -> bool {
        self.0.len() == names.len() && self.0.iter().zip(names).all(|(key, name)| *key == normal_key(name))
    }

    /// How many keys.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.0.len()
    }
}

impl Mark {
    /// Whether a key below a table is this one, with a value that fits.
    #[must_use]
    pub fn is(&self, names: &[&str], value: &str) -> bool {
        self.key.is(names) && self.value.as_deref().is_none_or(|wanted| fits(wanted, value))
    }
}

impl Tool {
    /// Whether a file of this path may set the tool up.
    #[must_use]
    pub fn may_be_in(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        self.files.is_empty() || self.files.iter().any(|pattern| fits(&pattern.to_ascii_lowercase(), &name))
    }
}

/// Whether a text fits a pattern in which one `*` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        Some((start, end)) => text.len() >= start.len() + end.len() && text.starts_with(start) && text.ends_with(end),
        None => pattern == text,
    }
}
