//! The names of settings that code reads which signs JWTs for Adobe or swaps them for tokens.

use super::Key;
use crate::analyze::finding::{Finding, Kind};
use crate::analyze::program::Program;
use crate::ir::ExprKind;
use std::collections::{BTreeMap, BTreeSet};

/// Longer texts are no names.
const LONG: usize = 80;

/// All strings and members of such files that may be names.
pub(super) fn names(program: &Program, found: &BTreeMap<Key, Finding>) -> BTreeSet<String> {
    let does = |kind: &Kind| matches!(kind, Kind::TokenExchange | Kind::JwtSign | Kind::SdkImport);
    let files: BTreeSet<_> = found.keys().filter(|(_, kind)| does(kind)).map(|(place, _)| place.file).collect();
    let mut names = BTreeSet::new();
    for file in files {
        let Some(unit) = program.unit(file) else { continue };
        for id in unit.module.expr_ids() {
            match unit.module.kind(id) {
                ExprKind::Member { name, .. } => {
                    names.insert(name.to_string());
                }
                ExprKind::Text(_) => {
                    let text = unit.module.literal(id).filter(|text| is_name(text));
                    names.extend(text);
                }
                _ => {}
            }
        }
    }
    names
}

/// Whether a text can be the name of a setting.
pub(super) fn is_name(text: &str) -> bool {
    (2..=LONG).contains(&text.len()) && text.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
}
