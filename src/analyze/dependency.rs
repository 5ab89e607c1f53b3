//! Lines in manifests that name packages of the JWT flow.

use super::exchange::Exchange;
use super::fact::Facts;
use super::finding::{Confidence, Finding, Kind, Place};
use super::program::Program;
use crate::manifest;
use crate::rules::{Does, Library, Rules};
use crate::text::FileId;
use std::collections::{BTreeMap, BTreeSet};

/// Adds a finding for each such line: an SDK that does the exchange, or a library that signs Adobe's JWT in the files
/// below the manifest.
pub(super) fn find(
    program: &Program,
    rules: &Rules,
    exchanges: &[Exchange<'_>],
    facts: &Facts<'_>,
    found: &mut BTreeMap<(Place, Kind), Finding>,
) {
    let signers = signers(exchanges, facts, found, program);
    let sdks: BTreeSet<(FileId, &str)> = found
        .values()
        .filter(|finding| matches!(finding.kind, Kind::SdkImport | Kind::TokenExchange))
        .filter_map(|finding| Some((finding.at.file, rules.library(&finding.rule)?.id.as_str())))
        .collect();
    for file in program.file_ids() {
        let source = program.file(file);
        let Some(format) = manifest::format_of(&source.path) else { continue };
        for dependency in manifest::dependencies(format, source) {
            let named = |library: &&Library| {
                library.packages.iter().any(|package| {
                    library.language == format.rules() && manifest::same_name(format, package, &dependency.name)
                })
            };
            for library in rules.libraries.iter().filter(named) {
                let below = |other: FileId| is_below(&source.path, &program.file(other).path);
                let mut old = None;
                let confidence = if library.adobe {
                    let used = sdks.iter().any(|(other, id)| *id == library.id && below(*other));
                    old = before_oauth(library, dependency.version.as_deref()).filter(|_| !used);
                    if library.oauth && !used && old.is_none() {
                        continue;
                    }
                    if used { Confidence::High } else { Confidence::Medium }
                } else if library.jwt && signers.iter().any(|(other, id)| **id == library.id && below(*other)) {
                    Confidence::High
                } else {
                    continue;
                };
                let at = Place { file, span: dependency.span };
                let message = if let Some(since) = old {
                    format!("{} knows OAuth from version {since} on, and this one is older: raise it", library.name)
                } else if library.adobe {
                    format!("{} does the JWT exchange", library.name)
                } else {
                    format!("{} signs Adobe's JWT in this package", library.name)
                };
                let finding = Finding {
                    rule: library.id.clone(),
                    kind: Kind::Dependency,
                    language: format.language(),
                    at,
                    confidence,
                    message,
                    library: Some(library.name.clone()),
                    evidence: vec![],
                };
                found.entry((at, Kind::Dependency)).or_insert(finding);
            }
        }
    }
}

/// The version from which an SDK has an OAuth mode, where the one that is listed has none.
fn before_oauth<'l>(library: &'l Library, version: Option<&str>) -> Option<&'l str> {
    let sdk = library.sdk.as_ref().filter(|sdk| sdk.jwt_before);
    let since = sdk.and_then(|sdk| sdk.since.as_deref())?;
    manifest::ends_before(version?, since).then_some(since)
}

/// Which libraries sign Adobe's JWT, and where.
fn signers<'r>(
    exchanges: &[Exchange<'_>],
    facts: &Facts<'r>,
    found: &BTreeMap<(Place, Kind), Finding>,
    program: &Program,
) -> BTreeSet<(FileId, &'r str)> {
    let traced = exchanges.iter().flat_map(|exchange| exchange.signs.iter().copied());
    let lone = facts
        .all(Does::Sign)
        .map(|hit| hit.call)
        .filter(|call| found.contains_key(&(program.place(*call), Kind::JwtSign)));
    let calls: BTreeSet<_> = traced.chain(lone).collect();
    calls
        .into_iter()
        .flat_map(|call| {
            facts
                .of(call)
                .iter()
                .filter(|hit| hit.rule.does == Does::Sign)
                .map(move |hit| (call.file, hit.library.id.as_str()))
        })
        .collect()
}

/// Whether `path` lies in the folder of `manifest`, or below it.
#[must_use]
pub fn is_below(manifest: &str, path: &str) -> bool {
    match manifest.rsplit_once('/') {
        Some((folder, _)) => path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')),
        None => true,
    }
}
