//! How calls of an SDK are switched to its OAuth mode, as data.

use super::check::File;
use super::load::read_import;
use super::raw::{Import, Text};
use super::target::{Package, Template, Variant, Version};
use super::words::Gives;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Named parts of a call (links of a chain, arguments, entries of a record), with what takes the place of each. One that
/// is empty goes.
pub type Parts = BTreeMap<String, Vec<Template>>;

/// How a call of an SDK is switched to its OAuth mode.
#[derive(Clone, PartialEq, Debug)]
pub struct Upgrade {
    /// What the code needs: the package, imports, the statements before the call.
    pub variant: Variant,
    /// Links of a builder chain.
    pub links: Parts,
    /// Arguments of the call, by keyword; one that is given by position has the keyword of the call's signature.
    pub arguments: Parts,
    /// Entries of the record that the call is given.
    pub entries: Parts,
    /// Links, arguments or entries that a call must have to be switched like this.
    pub needs: Vec<String>,
    /// Names of the JWT mode in the library's modules, each with its OAuth twin; in the file of the call.
    pub twins: BTreeMap<String, String>,
    /// Modules that have another name in the new version, wherever they are imported; what lies in them moves along.
    pub modules: BTreeMap<String, String>,
    /// Names in the library's modules that are others in the new version, wherever they are used.
    pub names: BTreeMap<String, String>,
    /// Names in the library's modules that mean something else in the new version, and what: a human looks at each use.
    pub changed: BTreeMap<String, String>,
    /// Parts after whose change a human looks at something, and at what.
    pub doubts: BTreeMap<String, String>,
    /// What a human does afterwards.
    pub steps: Vec<String>,
}

/// The table as TOML has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    requirement: String,
    #[serde(default)]
    import: Vec<Import>,
    statements: Option<Text>,
    #[serde(default)]
    links: BTreeMap<String, Vec<Text>>,
    #[serde(default)]
    arguments: BTreeMap<String, Vec<Text>>,
    #[serde(default)]
    entries: BTreeMap<String, Vec<Text>>,
    #[serde(default)]
    needs: Vec<String>,
    #[serde(default)]
    twins: BTreeMap<String, String>,
    #[serde(default)]
    modules: BTreeMap<String, String>,
    #[serde(default)]
    names: BTreeMap<String, String>,
    #[serde(default)]
    changed: BTreeMap<String, String>,
    #[serde(default)]
    doubts: BTreeMap<String, String>,
    #[serde(default)]
    steps: Vec<String>,
}

/// Checks the table. `package` is the one with the OAuth mode.
pub(super) fn read(file: &mut File, raw: Raw, package: Option<&str>) -> Upgrade {
    let version = Version { from: None, below: None, of: None, managed: false, requirement: raw.requirement };
    let package = package.map(|name| Package::runtime(name, vec![version]));
    let variant = Variant {
        name: "sdk".to_owned(),
        is_async: false,
        runtime: None,
        lines: vec![],
        gives: Gives::Body,
        reads: BTreeMap::new(),
        throws: vec![],
        clients: vec![],
        keeps_errors_of: vec![],
        packages: package.into_iter().collect(),
        imports: raw.import.into_iter().filter_map(|import| read_import(file, import)).collect(),
        field: None,
        beside: None,
        settings: vec![],
        helper: None,
        helper_name: None,
        statements: raw.statements.and_then(|text| file.template(&text)),
        value: Template { text: String::new(), slots: vec![] },
    };
    Upgrade {
        variant,
        links: parts(file, raw.links),
        arguments: parts(file, raw.arguments),
        entries: parts(file, raw.entries),
        needs: raw.needs,
        twins: raw.twins,
        modules: raw.modules,
        names: raw.names,
        changed: raw.changed,
        doubts: raw.doubts,
        steps: raw.steps,
    }
}

fn parts(file: &mut File, raw: BTreeMap<String, Vec<Text>>) -> Parts {
    raw.into_iter().map(|(name, texts)| (name, texts.iter().filter_map(|text| file.template(text)).collect())).collect()
}
