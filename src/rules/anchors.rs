//! Names in code of languages without a grammar: what signs, reads keys, sends requests, does the exchange. One file for
//! each language, `rules/anchors/<language>.toml`.

use super::check::File;
use super::load::read_example;
use super::raw::{Example as RawExample, Lookalike as RawLookalike};
use super::{Example, Lookalike};
use serde::Deserialize;
use std::collections::BTreeMap;

/// What is known of one language.
#[derive(Clone, PartialEq, Debug)]
pub struct Anchors {
    /// The language, as its lexicon calls it: `go`.
    pub language: String,
    /// Names of manifests; one that begins with `*` is an ending.
    pub manifests: Vec<String>,
    /// Its libraries.
    pub libraries: Vec<AnchorLibrary>,
    /// Code in which something is found.
    pub examples: Vec<Example>,
    /// Code for somebody else; nothing is found.
    pub lookalikes: Vec<Lookalike>,
}

/// The names that one library gives to a program.
///
/// A name is a word's last parts (`JWT.encode` is found in `::Firebase\JWT\JWT::encode`, `signWith` in
/// `builder.signWith`), or several tokens with blanks between (`openssl dgst`, `aw_auth ( jwt`).
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnchorLibrary {
    /// As its users call it.
    pub name: String,
    /// Names in manifests.
    #[serde(default)]
    pub packages: Vec<String>,
    /// Strings of which one must be in the file, where the names alone do not tell.
    #[serde(default)]
    pub needs: Vec<String>,
    /// It talks to Adobe itself; its packages and its own names are needles.
    #[serde(default)]
    pub adobe: bool,
    /// It signs JWTs, and its line in the manifest may go with its last use.
    #[serde(default)]
    pub jwt: bool,
    /// Calls that sign.
    #[serde(default)]
    pub sign: Vec<String>,
    /// Calls that read a private key.
    #[serde(default, rename = "read-key")]
    pub read_key: Vec<String>,
    /// Calls that read any file: a key, where the line says so.
    #[serde(default, rename = "read-file")]
    pub read_file: Vec<String>,
    /// Calls that send a request.
    #[serde(default)]
    pub request: Vec<String>,
    /// Calls that do the whole exchange.
    #[serde(default)]
    pub exchange: Vec<String>,
    /// Names that only the SDK's JWT mode has.
    #[serde(default)]
    pub sdk: Vec<String>,
    /// Strings (or parts of them) that name what only the JWT mode is set up with, such as its file.
    #[serde(default)]
    pub settings: Vec<String>,
    /// For an SDK: what to do instead, in one or two sentences for the report.
    pub advice: Option<String>,
    /// For an SDK: how its builder is switched, where the whole chain is written out.
    pub upgrade: Option<AnchorUpgrade>,
}

/// How a builder chain that begins with one of an SDK's own names is switched to OAuth.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnchorUpgrade {
    /// The first version of the library's first package that has the OAuth mode.
    pub since: String,
    /// Strings of other packages, for which this does not hold.
    #[serde(default)]
    pub unless: Vec<String>,
    /// A line that the file needs for what takes the place of a link: `using System;`
    #[serde(default)]
    pub lines: BTreeMap<String, String>,
    /// Sets of links: a chain must have all of one of them.
    #[serde(default)]
    pub needs: Vec<Vec<String>>,
    /// Links by name: those that take the place of each. One that is empty goes; others stay.
    #[serde(default)]
    pub links: BTreeMap<String, Vec<String>>,
    /// Of a command: its options (`--api-key`), and what each is called now. One that is empty goes with its value.
    #[serde(default)]
    pub flags: BTreeMap<String, String>,
    /// Names of files that only the JWT mode reads: what copies them to the program's folder goes.
    #[serde(default)]
    pub files: Vec<String>,
    /// What a human does afterwards.
    #[serde(default)]
    pub steps: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default)]
    manifests: Vec<String>,
    #[serde(default)]
    library: Vec<AnchorLibrary>,
    #[serde(default)]
    example: Vec<RawExample>,
    #[serde(default)]
    lookalike: Vec<RawLookalike>,
}

/// Reads the file of a language.
pub(super) fn read(file: &mut File, language: &str) -> Option<Anchors> {
    let raw: Raw = file.toml()?;
    if raw.example.is_empty() || raw.lookalike.is_empty() {
        file.whole(
            "a language needs at least one [[example]] and one [[lookalike]]",
            "they prove that its names find what they mean, and nothing else",
        );
    }
    for library in &raw.library {
        if library.adobe != library.advice.is_some() {
            file.whole("an SDK, and only an SDK, says what to do instead", "give it both `adobe = true` and `advice`");
        }
    }
    Some(Anchors {
        language: language.to_owned(),
        manifests: raw.manifests,
        libraries: raw.library,
        examples: raw.example.into_iter().map(|example| read_example(file, example)).collect(),
        lookalikes: raw.lookalike.into_iter().map(|it| Lookalike { code: it.code, why: it.why }).collect(),
    })
}

impl Anchors {
    /// Whether a file of this name lists packages.
    #[must_use]
    pub fn is_manifest(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.manifests.iter().any(|known| match known.strip_prefix('*') {
            Some(ending) => name.ends_with(ending),
            None => name == known,
        })
    }
}

impl AnchorLibrary {
    /// Strings of which one is in every file that uses the library for Adobe; none for what is not Adobe's.
    pub fn needles(&self) -> impl Iterator<Item = &String> {
        let own = [&self.packages, &self.exchange, &self.sdk];
        own.into_iter().filter(|_| self.adobe).flatten().filter(|name| !name.contains(' '))
    }
}
