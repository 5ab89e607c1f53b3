//! Equal things told once: a repository with sixty equal exchanges gets one explanation and sixty places.

use crate::analyze::{Finding, Kind, Place};
use crate::migrate::Migration;
use crate::run::Run;

/// How many of a group are shown in full; the others are places.
pub(super) const SHOWN: usize = 3;

/// Migrations (indices) that say the same, in the order of their first.
pub(super) fn migrations(run: &Run) -> Vec<Vec<usize>> {
    grouped(0..run.migrations.len(), |index| key(run, &run.migrations[index]))
}

/// Findings (indices) that say the same, in the order of their first.
pub(super) fn findings(run: &Run, indices: &[usize]) -> Vec<Vec<usize>> {
    grouped(indices.iter().copied(), |index| {
        let finding = &run.findings[index];
        (finding.kind, finding.confidence, finding.message.clone())
    })
}

fn grouped<K: PartialEq>(indices: impl IntoIterator<Item = usize>, key: impl Fn(usize) -> K) -> Vec<Vec<usize>> {
    let mut groups: Vec<(K, Vec<usize>)> = Vec::new();
    for index in indices {
        let key = key(index);
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, group)) => group.push(index),
            None => groups.push((key, vec![index])),
        }
    }
    groups.into_iter().map(|(_, group)| group).collect()
}

fn key(run: &Run, migration: &Migration) -> String {
    let whys: Vec<&str> = migration.blockers.iter().map(|blocker| blocker.why.as_str()).collect();
    let parts = (migration.language, migration.strategy, &migration.target, migration.applicability);
    format!("{:?}", (title(run, migration), parts, whys, &migration.steps))
}

/// `token exchange through requests + PyJWT`.
pub(super) fn title(run: &Run, migration: &Migration) -> String {
    let findings = || migration.findings.iter().filter_map(|index| run.findings.get(*index));
    let mut libraries: Vec<&str> = Vec::new();
    for kind in [Kind::TokenExchange, Kind::SdkImport, Kind::JwtSign] {
        for library in
            findings().filter(|finding| finding.kind == kind).filter_map(|finding| finding.library.as_deref())
        {
            if !libraries.contains(&library) {
                libraries.push(library);
            }
        }
    }
    let what = if findings().any(|finding| matches!(finding.kind, Kind::TokenExchange | Kind::SdkImport)) {
        "token exchange"
    } else {
        main(run, migration).map_or("JWT credential", |finding| words(finding.kind))
    };
    match libraries.as_slice() {
        [] => what.to_owned(),
        libraries => format!("{what} through {}", libraries.join(" + ")),
    }
}

/// The finding that a migration is shown at: the exchange, or the first.
pub(super) fn main<'a>(run: &'a Run, migration: &Migration) -> Option<&'a Finding> {
    let findings = || migration.findings.iter().filter_map(|index| run.findings.get(*index));
    findings().find(|finding| finding.kind == Kind::TokenExchange).or_else(|| findings().next())
}

/// Where it is shown.
pub(super) fn place(run: &Run, migration: &Migration) -> Option<Place> {
    main(run, migration).map(|finding| finding.at)
}

/// A kind in a word.
pub(super) fn short(kind: Kind) -> &'static str {
    match kind {
        Kind::SdkImport => "the import of",
        Kind::Dependency => "the dependency on",
        other => words(other),
    }
}

/// A kind in plain words.
pub(super) fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::TokenExchange => "token exchange",
        Kind::JwtSign => "JWT is signed",
        Kind::PrivateKey => "private key",
        Kind::Claims => "claims of the JWT",
        Kind::Endpoint => "exchange endpoint",
        Kind::SdkImport => "SDK that does the exchange",
        Kind::Dependency => "dependency",
        Kind::ConfigKey => "setting of the JWT credential",
    }
}
