//! The settings of one file in one form, whether it is a settings file or a program.

use super::word::{Role, Word, Words};
use crate::analyze::adobe;
use crate::analyze::finding::Place;
use crate::config::{Document, Entry, Step};
use crate::rules::{Adobe, normal_key};
use crate::text::FileId;

/// Bytes of a value beyond which nothing is looked for in it.
const LONG: usize = 16 << 10;

/// What settings are judged by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ground<'a, 'r> {
    /// Adobe's names.
    pub(super) adobe: &'r Adobe,
    /// The words of settings.
    pub(super) words: &'a Words<'r>,
}

/// A setting.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// The way to the table that holds it.
    pub(super) table: Vec<Step>,
    /// Its key.
    pub(super) name: String,
    /// Where the key stands.
    pub(super) at: Place,
    /// Its value, the items of a list line by line. Never told to anybody.
    pub(super) value: String,
    /// It stands in a comment.
    pub(super) commented: bool,
    /// It holds a table: `privateKey: {type: string}` of a schema is no key.
    pub(super) is_table: bool,
    /// What the name or the value says it holds.
    pub(super) word: Option<Word>,
}

impl Setting {
    /// What it holds.
    pub(super) fn role(&self) -> Option<Role> {
        self.word.as_ref().map(|word| word.role)
    }

    /// A setting of a key and a value.
    pub(super) fn new(ground: Ground<'_, '_>, table: Vec<Step>, name: String, at: Place, value: String) -> Self {
        let mut setting = Setting { table, name, at, value, commented: false, is_table: false, word: None };
        setting.judge(ground);
        setting
    }

    fn judge(&mut self, ground: Ground<'_, '_>) {
        let by_name = ground.words.word(&self.name);
        let by_value = role_of_value(ground.adobe, &self.name, &self.value);
        self.word = match (by_name, by_value) {
            (Some(word), Some(role)) if is_stronger(role, word.role) => Some(Word { role, ..word }),
            (Some(word), _) => Some(word),
            (None, Some(role)) => {
                let own = ground.words.is_own(&self.name);
                Some(Word { role, prefix: vec![], before: vec![], own })
            }
            (None, None) => None,
        };
    }

    /// Whether its value has one of Adobe's marks.
    pub(super) fn is_marked(&self, adobe: &Adobe) -> bool {
        adobe::has_mark(adobe, &self.value) || adobe::has_mark(adobe, &self.name) || has_metascope(adobe, &self.value)
    }
}

/// Whether what the value says goes before what the name says.
fn is_stronger(value: Role, name: Role) -> bool {
    match value {
        Role::Metascopes => name != Role::JwtOnly,
        Role::JwtOnly => true,
        Role::PrivateKey => matches!(name, Role::ClientSecret | Role::OauthOnly),
        _ => false,
    }
}

/// What a value shows by itself.
fn role_of_value(adobe: &Adobe, name: &str, value: &str) -> Option<Role> {
    let key = normal_key(name);
    if adobe.config.jwt_mode.iter().any(|(mode, wanted)| *mode == key && value.eq_ignore_ascii_case(wanted)) {
        return Some(Role::JwtOnly);
    }
    if value.len() > LONG || value.is_empty() {
        return None;
    }
    match () {
        () if value.trim_start().starts_with("-----BEGIN") && value.contains("PRIVATE KEY-----") => {
            Some(Role::PrivateKey)
        }
        () if has_metascope(adobe, value) && !value.contains(' ')
            || (key.contains("scope") && has_metascope(adobe, value)) =>
        {
            Some(Role::Metascopes)
        }
        () if value.contains(char::is_whitespace) => None,
        () if adobe::has_exchange_path(adobe, value) => Some(Role::Exchange),
        () if adobe::has_host(adobe, value) && !value.contains(&adobe.audience_path) => Some(Role::Exchange),
        () if value.ends_with(&adobe.account_suffix) => Some(Role::Account),
        () if value.ends_with(&adobe.org_suffix) => Some(Role::Org),
        () => None,
    }
}

/// Whether a metascope is in a value: one of the table, or one in an address.
pub(super) fn has_metascope(adobe: &Adobe, value: &str) -> bool {
    let words = value.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let known =
        |word: &str| adobe.is_only_metascope(word) && (adobe.scope_row(word).is_some() || word.ends_with("_sdk"));
    words.clone().any(known) || (value.contains(&adobe.metascope_path) && adobe::has_host(adobe, value))
}

/// The settings of a document: a list is one setting, and belongs to its key.
pub(super) fn of_document(ground: Ground<'_, '_>, file: FileId, document: &Document) -> Vec<Setting> {
    let mut settings: Vec<Setting> = vec![];
    let mut last: Option<(Vec<Step>, usize)> = None;
    for entry in &document.entries {
        let key = key_path(entry);
        if let Some((path, index)) = &last
            && *path == key
            && matches!(entry.path.last(), Some(Step::Item(_)))
        {
            let setting = &mut settings[*index];
            setting.is_table = false;
            if setting.value.len() < LONG {
                setting.value.push('\n');
                setting.value.push_str(entry.text());
            }
            continue;
        }
        last = Some((key, settings.len()));
        settings.push(Setting {
            table: entry.table().to_vec(),
            name: entry.name().to_owned(),
            at: Place { file, span: entry.key },
            value: entry.text().to_owned(),
            commented: entry.commented,
            is_table: entry.value.is_none(),
            word: None,
        });
    }
    for setting in &mut settings {
        let trimmed = setting.value.trim_start_matches('\n').to_owned();
        setting.value = trimmed;
        setting.judge(ground);
    }
    settings
}

/// The path up to the last name.
fn key_path(entry: &Entry) -> Vec<Step> {
    let end = entry.path.iter().rposition(|step| matches!(step, Step::Name(_))).map_or(0, |at| at + 1);
    entry.path[..end].to_vec()
}
