//! Settings of JWT credentials, in settings files and in programs; key files.

mod code;
mod judge;
mod keyfile;
mod read;
mod sheet;
mod tell;
mod tool;
mod word;

use super::adobe;
use super::finding::{Confidence, Finding, Kind, Place};
use super::program::Program;
use crate::config::{self, Format};
use crate::rules::Rules;
use crate::text::{FileId, Span};
use judge::{Around, Group};
use rayon::prelude::*;
use sheet::{Ground, Setting};
use std::collections::{BTreeMap, BTreeSet};

use word::Words;

pub(super) use word::Role;

/// A finding before its number is known.
type Key = (Place, Kind);

/// A group of settings that make a credential, with what is known of it.
#[derive(Clone, Debug)]
pub(super) struct Credential {
    /// The file they stand in.
    pub(super) file: FileId,
    /// Each setting's name, its value, and what it holds.
    pub(super) parts: Vec<(Role, String, String)>,
    /// The findings.
    pub(super) keys: Vec<Key>,
}

/// Adds a finding for each setting of a JWT credential and for each key file; gives the credentials that they make.
pub(super) fn find(program: &Program, rules: &Rules, found: &mut BTreeMap<Key, Finding>) -> Vec<Credential> {
    let read = read::names(program, found);
    let words = Words::new(&rules.adobe.config);
    let ground = Ground { adobe: &rules.adobe, words: &words };
    let files: Vec<(FileId, Format)> = program
        .file_ids()
        .filter(|file| program.unit(*file).is_none() && !is_made(program, *file))
        .filter_map(|file| Some((file, config::format_of(&program.file(file).path)?)))
        .collect();
    let sheets: Vec<(FileId, Format, Vec<Setting>)> = files
        .into_par_iter()
        .map(|(file, format)| {
            let document = config::read(format, program.file(file));
            (file, format, sheet::of_document(ground, file, &document))
        })
        .collect();
    let mut credentials = vec![];
    for (file, format, settings) in &sheets {
        let mut teller = Teller { program, rules, ground, found, file: *file, language: format.language() };
        credentials.extend(teller.file(settings, &read));
    }
    code::find(program, ground, found);
    keyfile::find(program, &sheets, found);
    credentials
}

/// What a tool wrote for itself.
fn is_made(program: &Program, file: FileId) -> bool {
    matches!(program.notes[file.0 as usize].generated, Some("lock file" | "minified" | "source map"))
}

struct Teller<'a> {
    program: &'a Program,
    rules: &'a Rules,
    ground: Ground<'a, 'a>,
    found: &'a mut BTreeMap<Key, Finding>,
    file: FileId,
    language: &'static str,
}

impl Teller<'_> {
    fn file(&mut self, settings: &[Setting], read: &BTreeSet<String>) -> Vec<Credential> {
        let adobe = &self.rules.adobe;
        let source = self.program.file(self.file);
        let named = self.ground.words.is_own(source.name());
        let around = Around { adobe: named || adobe::has_mark(adobe, source.text()), read };
        let mut credentials = vec![];
        let mut told: BTreeSet<usize> = BTreeSet::new();
        for found in tool::matches(self.rules, &source.path, settings) {
            let mut keys = vec![];
            for (index, says) in &found.settings {
                let message = format!("`{}`: {}", tell::shown(&settings[*index].name), says.message);
                keys.push(self.tell(
                    tool::kind(&says.does),
                    &found.tool.id,
                    Some(&found.tool.name),
                    &settings[*index],
                    Confidence::High,
                    message,
                ));
                told.insert(*index);
            }
            for (index, version) in &found.old {
                let message = format!("this version of {} {}", found.tool.name, version.message);
                keys.push(self.tell(
                    Kind::Dependency,
                    &found.tool.id,
                    Some(&found.tool.name),
                    &settings[*index],
                    Confidence::High,
                    message,
                ));
                told.insert(*index);
            }
            credentials.push(self.credential(settings, found.settings.iter().map(|(index, _)| *index), keys));
        }
        for group in judge::groups(self.ground, settings, around) {
            let keys = self.group(settings, &group, &told);
            told.extend(group.members.iter().copied());
            credentials.push(self.credential(settings, group.members.iter().copied(), keys));
        }
        for (_, setting) in settings.iter().enumerate().filter(|(index, _)| !told.contains(index)) {
            self.alone(setting);
        }
        credentials.retain(|credential| !credential.keys.is_empty());
        credentials
    }

    fn group(&mut self, settings: &[Setting], group: &Group, told: &BTreeSet<usize>) -> Vec<Key> {
        let mut keys = vec![];
        for index in &group.members {
            let setting = &settings[*index];
            if told.contains(index) {
                continue;
            }
            let Some((kind, rule, message)) = tell::about(&self.rules.adobe, setting, settings, group.oauth) else {
                continue;
            };
            let confidence = if setting.commented { Confidence::Low } else { group.confidence };
            keys.push(self.tell(kind, rule, None, setting, confidence, message));
        }
        keys
    }

    /// What needs no group: the address of the exchange, and the claims of a JWT.
    fn alone(&mut self, setting: &Setting) {
        let adobe = &self.rules.adobe;
        let is_address = |text: &str| !text.contains(char::is_whitespace) && adobe::has_exchange_path(adobe, text);
        let confidence = if setting.commented { Confidence::Low } else { Confidence::High };
        let here = |kind: Kind| (setting.at, kind);
        if is_address(&setting.name) || is_address(&setting.value) {
            if !self.found.contains_key(&here(Kind::Endpoint)) {
                let message = "the address of the JWT exchange; tokens come from /ims/token/v3 now".to_owned();
                self.tell(Kind::Endpoint, "adobe/endpoint", None, setting, confidence, message);
            }
        } else if ["curl", &adobe.fields.jwt, &adobe.fields.client_secret]
            .iter()
            .all(|word| setting.value.contains(*word))
            && adobe::has_exchange_path(adobe, &setting.value)
            && !self.is_told(Kind::TokenExchange, setting)
        {
            // A step of a workflow, a script of a package.
            let message = format!(
                "a command swaps a JWT for an access token: send grant_type=client_credentials and scope instead of {} to {}",
                adobe.fields.jwt, adobe.token_path
            );
            self.tell(
                Kind::TokenExchange,
                "adobe/exchange",
                None,
                setting,
                confidence.min(Confidence::Medium),
                message,
            );
        } else if adobe::is_metascope_claim(adobe, &setting.name) && setting.name.contains(&adobe.metascope_path) {
            let message = "a metascope in the claims of a JWT for Adobe; OAuth has scopes instead".to_owned();
            self.tell(Kind::Claims, "adobe/claims", None, setting, confidence, message);
        }
    }

    /// Whether such a finding stands on the lines of a setting already.
    fn is_told(&self, kind: Kind, setting: &Setting) -> bool {
        let lines = self.program.file(self.file).lines();
        let line = |at: Place| lines.line_of(at.span.start as usize);
        let own = line(setting.at)..=line(setting.at) + setting.value.lines().count();
        self.found.keys().any(|(at, other)| *other == kind && at.file == self.file && own.contains(&line(*at)))
    }

    fn tell(
        &mut self,
        kind: Kind,
        rule: &str,
        library: Option<&str>,
        setting: &Setting,
        confidence: Confidence,
        message: String,
    ) -> Key {
        let key = (setting.at, kind);
        let generated = self.program.notes[self.file.0 as usize].generated.is_some();
        // Texts of a user interface speak about settings, and are none.
        let is_text = self.program.file(self.file).name().to_ascii_lowercase().starts_with("messages");
        let finding = Finding {
            rule: rule.to_owned(),
            kind,
            language: self.language,
            at: setting.at,
            confidence: if generated || is_text { Confidence::Low } else { confidence },
            message,
            library: library.map(str::to_owned),
            evidence: vec![],
        };
        self.found.entry(key).or_insert(finding);
        key
    }

    fn credential(&self, settings: &[Setting], members: impl Iterator<Item = usize>, keys: Vec<Key>) -> Credential {
        let part = |index: usize| {
            let setting = &settings[index];
            Some((setting.role()?, setting.name.clone(), setting.value.clone()))
        };
        Credential { file: self.file, parts: members.filter_map(part).collect(), keys }
    }
}

/// The place of bytes in a file.
fn place(file: FileId, start: usize, end: usize) -> Place {
    Place { file, span: Span::new(start, end) }
}
