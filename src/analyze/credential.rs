//! Which findings belong to one credential: the exchanges that send its client id, the settings beside that id, the key
//! files that those name.

use super::exchange::Exchange;
use super::finding::{Finding, Kind, Place};
use super::flow::{Follow, Origin};
use super::program::{ExprRef, Program};
use super::settings::{self, Role};
use crate::ir::ExprKind;
use crate::rules::{Adobe, Hole, normal_key};
use crate::text::FileId;
use std::collections::{BTreeMap, BTreeSet};

/// A credential.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Credential {
    /// Its client id where that is written down; else the name of the setting that holds it. Neither is a secret.
    pub client_id: String,
    /// Its findings (indices), sorted.
    pub findings: Vec<usize>,
}

/// What is known of a credential from one place.
#[derive(Default)]
struct Part {
    values: BTreeSet<String>,
    /// Normalised name → as it is written.
    names: BTreeMap<String, String>,
    findings: BTreeSet<usize>,
}

impl Part {
    fn name(&mut self, name: &str) {
        if !name.is_empty() {
            self.names.entry(normal_key(name)).or_insert_with(|| name.to_owned());
        }
    }

    fn value(&mut self, value: &str) {
        if !is_placeholder(value) {
            self.values.insert(value.to_owned());
        }
    }

    fn is_known(&self) -> bool {
        !self.values.is_empty() || !self.names.is_empty()
    }

    fn merge(&mut self, other: Part) {
        self.values.extend(other.values);
        self.names.extend(other.names);
        self.findings.extend(other.findings);
    }
}

/// The credentials of a program, by their first finding.
pub(super) fn credentials(
    program: &Program,
    adobe: &Adobe,
    exchanges: &[Exchange<'_>],
    of_exchange: &[Vec<usize>],
    findings: &[Finding],
    groups: &[settings::Credential],
) -> Vec<Credential> {
    let mut all = of_settings(findings, groups);
    for (exchange, numbers) in exchanges.iter().zip(of_exchange) {
        let mut part = Part { findings: numbers.iter().copied().collect(), ..Part::default() };
        for value in client_ids(adobe, exchange) {
            for origin in program.origins(value, Follow::ALL) {
                said(program, adobe, &origin, &mut part);
            }
        }
        if part.is_known() {
            join(&mut all, part);
        }
    }
    key_files(findings, &mut all);
    let named = |part: Part| {
        let client_id = part.values.into_iter().next().or_else(|| part.names.into_values().next())?;
        Some(Credential { client_id, findings: part.findings.into_iter().collect() })
    };
    let mut credentials: Vec<Credential> = all.into_iter().filter_map(named).collect();
    credentials.retain(|credential| !credential.findings.is_empty());
    credentials.sort_by(|a, b| a.findings.cmp(&b.findings));
    credentials
}

/// One part for each credential in settings. A group without a client id belongs to the only one in its file that has one.
fn of_settings(findings: &[Finding], groups: &[settings::Credential]) -> Vec<Part> {
    let index: BTreeMap<(Place, Kind), usize> =
        findings.iter().enumerate().map(|(number, finding)| ((finding.at, finding.kind), number)).collect();
    let numbers = |group: &settings::Credential| group.keys.iter().filter_map(|key| index.get(key).copied()).collect();
    let id = |group: &settings::Credential| {
        let mut part = Part { findings: numbers(group), ..Part::default() };
        for (_, name, value) in group.parts.iter().filter(|(role, ..)| *role == Role::ClientId) {
            part.name(name);
            part.value(value);
        }
        part
    };
    let mut known: Vec<(Option<FileId>, Part)> = vec![];
    let mut others = vec![];
    for group in groups {
        let part = id(group);
        if part.is_known() { known.push((Some(group.file), part)) } else { others.push((group, part)) }
    }
    for (group, mut part) in others {
        let mut near = known.iter_mut().filter(|(file, _)| *file == Some(group.file));
        match (near.next(), near.next()) {
            (Some((_, home)), None) => home.findings.extend(part.findings),
            (None, _) => {
                // The next best name of a credential.
                for (_, name, value) in group.parts.iter().filter(|(role, ..)| *role == Role::Account) {
                    part.name(name);
                    part.value(value);
                }
                if part.is_known() {
                    known.push((None, part));
                }
            }
            _ => {}
        }
    }
    let mut all: Vec<Part> = vec![];
    for (_, part) in known {
        match all.iter_mut().find(|other| !part.values.is_disjoint(&other.values)) {
            Some(other) => other.merge(part),
            None => all.push(part),
        }
    }
    all
}

/// Adds what an exchange says to the credential that it must be: of the same id, or the only one with a setting of that
/// name.
fn join(all: &mut Vec<Part>, part: Part) {
    if let Some(same) = all.iter_mut().find(|other| !part.values.is_disjoint(&other.values)) {
        return same.merge(part);
    }
    let fits = |other: &Part| part.names.keys().any(|name| other.names.contains_key(name));
    let fitting: Vec<usize> = (0..all.len()).filter(|at| part.values.is_empty() && fits(&all[*at])).collect();
    match fitting[..] {
        [one] => all[one].merge(part),
        _ => all.push(part),
    }
}

/// The values that an exchange sends as client id, or gives to an SDK as such.
fn client_ids(adobe: &Adobe, exchange: &Exchange<'_>) -> Vec<ExprRef> {
    let is_id = |name: &str| name == adobe.fields.client_id || adobe.config.client_id.contains(&normal_key(name));
    let fields = exchange.form.fields.iter().filter(|field| is_id(&field.name)).filter_map(|field| field.value);
    let hole = exchange.hit.as_ref().and_then(|hit| hit.captures.get(Hole::ClientId));
    fields.chain(hole).collect()
}

/// What an origin says about a client id: itself, or the name of the setting that it is read from.
fn said(program: &Program, adobe: &Adobe, origin: &Origin, part: &mut Part) {
    let at = origin.expr;
    if let Some(last) = origin.path.last() {
        return part.name(last);
    }
    match program.kind(at) {
        ExprKind::Text(_) => {
            if let Some(value) = program.text(at).exact() {
                part.value(&value);
            }
        }
        ExprKind::Call { args, .. } => {
            let texts: Vec<String> = args.iter().filter_map(|arg| program.module(at.file).literal(arg.value)).collect();
            let is_id = |text: &&String| adobe.config.client_id.contains(&normal_key(text));
            if let Some(name) = texts.iter().find(is_id).or(texts.first()) {
                part.name(name);
            }
        }
        ExprKind::Index { index, .. } => {
            if let Some(name) = program.module(at.file).literal(*index) {
                part.name(&name);
            }
        }
        ExprKind::Member { name, .. } | ExprKind::Name(name) => part.name(name),
        _ => {}
    }
}

/// A key file belongs where it is named; where there is one credential only, to that.
fn key_files(findings: &[Finding], all: &mut [Part]) {
    for (number, finding) in findings.iter().enumerate().filter(|(_, finding)| finding.rule == "adobe/key-file") {
        let names = |part: &Part| {
            let place = |own: &usize| findings.get(*own).map(|own| own.at);
            part.findings.iter().filter_map(place).any(|at| finding.evidence.iter().any(|it| it.at == at))
        };
        let home = all.iter().position(names).or((all.len() == 1).then_some(0));
        if let Some(home) = home {
            all[home].findings.insert(number);
        }
    }
}

/// Whether a value stands for the one that somebody will write there.
fn is_placeholder(value: &str) -> bool {
    const PARTS: &[&str] = &["<", "{", "$", "*", "your", "xxx", "change", "placeholder", "..."];
    let lower = value.to_ascii_lowercase();
    lower.len() < 4 || lower.contains(char::is_whitespace) || PARTS.iter().any(|part| lower.contains(part))
}
