//! Settings of tools that are known by name: which tables of a file are theirs.

use super::sheet::Setting;
use crate::analyze::finding::Kind;
use crate::config::Step;
use crate::rules::{Rules, Tool, ToolSetting, ToolVersion};
use std::collections::BTreeSet;

/// A table of a tool's.
pub(super) struct Match<'r> {
    /// The tool.
    pub(super) tool: &'r Tool,
    /// Its settings: index, and what the tool says.
    pub(super) settings: Vec<(usize, &'r ToolSetting)>,
    /// Settings that name a version without an OAuth mode.
    pub(super) old: Vec<(usize, &'r ToolVersion)>,
}

/// The tables of tools in a file of this path.
pub(super) fn matches<'r>(rules: &'r Rules, path: &str, settings: &[Setting]) -> Vec<Match<'r>> {
    let mut found: Vec<Match<'r>> = vec![];
    for tool in rules.tools.iter().filter(|tool| tool.may_be_in(path)) {
        let mut mine = Match { tool, settings: vec![], old: vec![] };
        for table in tables(tool, settings) {
            let inside: Vec<(usize, Vec<&str>)> = settings
                .iter()
                .enumerate()
                .filter(|(_, setting)| !setting.commented && setting.table.starts_with(table))
                .map(|(index, setting)| (index, names(table, setting)))
                .collect();
            let is_there =
                |mark: &crate::rules::Mark| inside.iter().any(|(index, names)| mark.is(names, &settings[*index].value));
            if !tool.marks.iter().all(is_there) {
                continue;
            }
            for (index, names) in &inside {
                let says = tool.settings.iter().find(|says| says.at.is(names, &settings[*index].value));
                mine.settings.extend(says.map(|says| (*index, says)));
            }
        }
        if let Some(version) = tool.version.as_ref().filter(|_| !mine.settings.is_empty()) {
            let is_old = |(index, setting): (usize, &Setting)| is_old(version, setting).then_some((index, version));
            mine.old = settings.iter().enumerate().filter_map(is_old).collect();
        }
        if !mine.settings.is_empty() {
            found.push(mine);
        }
    }
    found
}

/// The tables that hold the tool's first mark; the whole file where it has none.
fn tables<'s>(tool: &Tool, settings: &'s [Setting]) -> BTreeSet<&'s [Step]> {
    let Some(mark) = tool.marks.first() else { return BTreeSet::from([&[][..]]) };
    let mut tables = BTreeSet::new();
    for setting in settings.iter().filter(|setting| !setting.commented) {
        let names = setting.table.iter().filter(|step| matches!(step, Step::Name(_))).count();
        let Some(above) = (names + 1).checked_sub(mark.key.depth()) else { continue };
        // The table whose way down to the key is as long as the mark's.
        let ends = (0..=setting.table.len()).rev();
        let is_it =
            |end: &usize| setting.table[..*end].iter().filter(|step| matches!(step, Step::Name(_))).count() == above;
        let Some(end) = ends.into_iter().find(is_it) else { continue };
        let table = &setting.table[..end];
        if mark.is(&self::names(table, setting), &setting.value) {
            tables.insert(table);
        }
    }
    tables
}

/// The keys from a table to a setting in it.
fn names<'s>(table: &[Step], setting: &'s Setting) -> Vec<&'s str> {
    let steps = setting.table.iter().skip(table.len());
    let steps = steps.filter_map(|step| if let Step::Name(name) = step { Some(name.as_str()) } else { None });
    steps.chain([setting.name.as_str()]).collect()
}

fn is_old(version: &ToolVersion, setting: &Setting) -> bool {
    if setting.commented || !version.at.is(&[&setting.name], &setting.value) {
        return false;
    }
    let start = version.at.value.as_deref().and_then(|value| value.split('*').next()).unwrap_or_default();
    let rest = setting.value.strip_prefix(start).unwrap_or_default().trim_start_matches('v');
    let major: String = rest.chars().take_while(char::is_ascii_digit).collect();
    // A branch or a commit says nothing.
    let ends = rest[major.len()..].chars().next().is_none_or(|c| c == '.');
    ends && major.parse::<u32>().is_ok_and(|major| major < version.below)
}

/// The kind that a rule file names.
pub(super) fn kind(word: &str) -> Kind {
    const KINDS: [Kind; 8] = [
        Kind::TokenExchange,
        Kind::JwtSign,
        Kind::PrivateKey,
        Kind::Claims,
        Kind::Endpoint,
        Kind::SdkImport,
        Kind::Dependency,
        Kind::ConfigKey,
    ];
    KINDS.into_iter().find(|kind| kind.as_str() == word).unwrap_or(Kind::ConfigKey)
}
