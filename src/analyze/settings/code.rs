//! Settings that stand in programs: constants, records, fields of a class, names that are read from somewhere, options of a
//! command line. Judged as those of settings files are; only what the JWT credential alone has is told, and the technical
//! account: ids and secrets stay.

use super::judge::{self, Around};
use super::read::is_name;
use super::sheet::{Ground, Setting};
use super::word::Role;
use super::{Key, place, tell};
use crate::analyze::Unit;
use crate::analyze::adobe;
use crate::analyze::finding::{Confidence, Evidence, Finding, Kind};
use crate::analyze::program::Program;
use crate::config::Step;
use crate::ir::{ExprId, ExprKind, How, Piece, ScopeKind};
use crate::rules::normal_key;
use crate::text::{FileId, Span};
use std::collections::{BTreeMap, BTreeSet};

/// How many more places of one setting are told.
const PLACES: usize = 8;

/// Adds a finding for each setting of a JWT credential that stands in a program and is not told yet.
pub(super) fn find(program: &Program, ground: Ground<'_, '_>, found: &mut BTreeMap<Key, Finding>) {
    let none = BTreeSet::new();
    for (file, unit) in program.units() {
        let mut lines = told_lines(program, file, found);
        let does = |kind: &Kind| matches!(kind, Kind::TokenExchange | Kind::JwtSign | Kind::SdkImport | Kind::Endpoint);
        let has_exchange = found.keys().any(|(place, kind)| place.file == file && does(kind));
        let source = program.file(file);
        let adobe = ground.adobe;
        let own_name = ground.words.is_own(source.name());
        let around = Around { adobe: has_exchange || own_name || adobe::has_mark(adobe, source.text()), read: &none };
        let settings = settings(ground, file, unit, &|span| source.slice(span).to_owned());
        let mut seen: BTreeMap<String, Key> = BTreeMap::new();
        for group in judge::groups(ground, &settings, around) {
            for index in group.members {
                let setting = &settings[index];
                let line = source.lines().line_of(setting.at.span.start as usize);
                let tells = matches!(
                    setting.role(),
                    Some(Role::PrivateKey | Role::Metascopes | Role::SignedJwt | Role::JwtOnly | Role::Account)
                );
                // The field of the request is told with the exchange.
                let is_field = setting.name == adobe.fields.jwt;
                if !tells || is_field || lines.contains(&line) {
                    continue;
                }
                // One name, one finding; where else it stands is told with it.
                let name = normal_key(&setting.name);
                if let Some(first) = seen.get(&name).and_then(|key| found.get_mut(key)) {
                    let near = source.lines().line_of(first.at.span.start as usize) == line;
                    if !near && first.evidence.len() < PLACES {
                        first.evidence.push(Evidence { at: setting.at, because: "the same setting".into() });
                    }
                    continue;
                }
                seen.insert(name, (setting.at, Kind::ConfigKey));
                lines.insert(line);
                let Some((_, _, message)) = tell::about(adobe, setting, &settings, group.oauth) else { continue };
                // Names in code are weaker than keys in a settings file: somebody may only pass them on.
                let confidence = group.confidence.min(Confidence::Medium);
                let finding = Finding {
                    rule: "adobe/config-key".to_owned(),
                    kind: Kind::ConfigKey,
                    language: unit.language.name,
                    at: setting.at,
                    confidence,
                    message,
                    library: None,
                    evidence: vec![],
                };
                found.entry((setting.at, Kind::ConfigKey)).or_insert(finding);
            }
        }
    }
}

/// The lines on which something is told already.
fn told_lines(program: &Program, file: FileId, found: &BTreeMap<Key, Finding>) -> BTreeSet<usize> {
    let lines = program.file(file).lines();
    let mut told = BTreeSet::new();
    for (place, _) in found.keys().filter(|(place, _)| place.file == file) {
        let first = lines.line_of(place.span.start as usize);
        told.extend(first..=lines.line_of(place.span.end as usize).min(first + 60));
    }
    told
}

fn settings(ground: Ground<'_, '_>, file: FileId, unit: &Unit, source: &dyn Fn(Span) -> String) -> Vec<Setting> {
    let module = &unit.module;
    let mut settings = vec![];
    let mut add = |table: Vec<Step>, name: &str, at: Span, value: String| {
        if is_name(name) {
            let at = place(file, at.start as usize, at.end as usize);
            settings.push(Setting::new(ground, table, name.to_owned(), at, value));
        }
    };
    // Constants of the module and fields of a class.
    for bind in &module.binds {
        let ExprKind::Name(name) = module.kind(bind.place) else { continue };
        let is_home = matches!(module.scope(bind.scope).kind, ScopeKind::Module | ScopeKind::Class(_));
        if !is_home || !matches!(bind.how, How::Assign) {
            continue;
        }
        let value = bind.value.map(|value| literal(unit, value)).unwrap_or_default();
        add(vec![step("scope", bind.scope.index())], name, module.expr(bind.place).span, value);
    }
    for id in module.expr_ids() {
        let expr = module.expr(id);
        match &expr.kind {
            ExprKind::Record(entries) => {
                for entry in entries {
                    let Some(key) = entry.key else { continue };
                    let Some(name) = module.literal(key) else { continue };
                    add(vec![step("record", id.index())], &name, module.expr(key).span, literal(unit, entry.value));
                }
            }
            // Names that are asked for: `env("ADOBE_PRIVATE_KEY")`, `config["private_key"]`, `["client_id", "meta_scopes"]`.
            ExprKind::Text(_) if !is_key(unit, id) => {
                let Some(name) = module.literal(id) else { continue };
                add(vec![], name.trim_start_matches('-'), expr.span, given(unit, id));
            }
            ExprKind::Member { base, name, name_span } => {
                let base = source(module.expr(*base).span);
                if base == "process.env" || base.ends_with(".env") || base == "env" {
                    add(vec![], name, *name_span, String::new());
                }
            }
            _ => {}
        }
    }
    settings
}

fn step(what: &str, number: usize) -> Step {
    Step::Name(format!("{what} {number}"))
}

/// The known characters of a value.
fn literal(unit: &Unit, value: ExprId) -> String {
    let ExprKind::Text(text) = unit.module.kind(value) else { return String::new() };
    let known = text.pieces.iter().filter_map(|piece| match piece {
        Piece::Known { value, .. } => Some(&**value),
        Piece::Hole { .. } => None,
    });
    known.collect()
}

/// The value that a call gives to a name: `set("authentication_method", "jwt")`.
fn given(unit: &Unit, name: ExprId) -> String {
    let Some(parent) = unit.module.expr(name).parent else { return String::new() };
    let ExprKind::Call { args, .. } = unit.module.kind(parent) else { return String::new() };
    match &args[..] {
        [first, second, ..] if first.value == name => literal(unit, second.value),
        _ => String::new(),
    }
}

/// Whether an expression is the key of a record.
fn is_key(unit: &Unit, id: ExprId) -> bool {
    let Some(parent) = unit.module.expr(id).parent else { return false };
    matches!(unit.module.kind(parent), ExprKind::Record(entries) if entries.iter().any(|entry| entry.key == Some(id)))
}
