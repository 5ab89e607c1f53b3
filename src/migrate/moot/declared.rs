//! Settings that a program declares: schemas of the environment, options of a command line ([`options`](super::options)).
//! What nobody reads any more is declared no more, or the program would stop without it.

use super::super::draft::Draft;
use super::super::{entries, sweep};
use super::names::{Fate, Lost, is_record};
use crate::analyze::{ExprRef, Follow, Place, Start};
use crate::ir::{Entry, ExprId, ExprKind};
use crate::rules::{Does, Hole, Library, normal_key};
use crate::text::{Overlap, Span};

/// How deep groups of settings are nested.
const MAX_DEPTH: u8 = 4;

/// What is said of one setting.
const DESCRIBES: [&str; 8] = ["default", "format", "env", "type", "demandOption", "describe", "doc", "required"];

/// Settings that stand together.
struct Group<'g> {
    record: ExprId,
    /// The names of the groups around it, each with a dot behind it.
    path: &'g str,
    /// Whether these are options of a command line.
    options: bool,
}

impl Lost<'_, '_> {
    /// Takes the settings that lost their readers out of what declares them.
    ///
    /// # Errors
    /// [`Overlap`] where another edit is in the way.
    pub(super) fn declared(&mut self, id: ExprId, draft: &mut Draft) -> Result<(), Overlap> {
        let module = &self.unit.module;
        if sweep::is_swept(draft, Place { file: self.file, span: module.expr(id).span }) {
            return Ok(());
        }
        match module.kind(id) {
            ExprKind::Call { .. } => {
                let at = ExprRef { file: self.file, expr: id };
                let Some(hit) = self.plan.analysis.facts.of_kind(at, Does::Declare) else { return Ok(()) };
                self.option(id, hit, draft)?;
                let Some(form) = hit.captures.get(Hole::Form) else { return Ok(()) };
                for origin in self.plan.program.origins(form, Follow::INSIDE) {
                    if origin.expr.file == self.file && origin.path.is_empty() {
                        let group = Group { record: origin.expr.expr, path: "", options: hit.library.command_line };
                        self.group(&group, 0, draft)?;
                    }
                }
                Ok(())
            }
            ExprKind::Record(entries) => {
                // JSON Schema: `{ type: 'object', required: […], properties: { … } }`.
                let named = |name: &str| entries.iter().find(|entry| self.key(entry).as_deref() == Some(name));
                let by_schema = named("type").and(named("properties"));
                if let Some(properties) = by_schema {
                    let required = named("required").map(|entry| entry.value);
                    return self.json_schema(properties.value, required, draft);
                }
                let by_value: Vec<&Entry> =
                    entries.iter().filter(|entry| self.is_described(self.at(entry.value))).collect();
                self.entries(&Group { record: id, path: "", options: false }, entries, &by_value, draft)
            }
            _ => Ok(()),
        }
    }

    pub(super) fn at(&self, expr: ExprId) -> ExprRef {
        ExprRef { file: self.file, expr }
    }

    pub(super) fn key(&self, entry: &Entry) -> Option<String> {
        self.unit.module.literal(entry.key?)
    }

    /// Whether a value says what a setting must be: `Joi.string().required()`, `Flags.string({ required: true })`.
    pub(super) fn is_described(&self, at: ExprRef) -> bool {
        let program = self.plan.program;
        match program.kind(at) {
            ExprKind::Call { .. } => {}
            // `{ type: 'string', demandOption: true }`
            ExprKind::Record(entries) => {
                return entries.iter().any(|entry| {
                    entry.key.and_then(|key| program.module(at.file).literal(key)).as_deref() == Some("demandOption")
                });
            }
            _ => return false,
        }
        self.declarer(at).is_some()
    }

    /// The library that a chain which says what a setting must be begins with.
    pub(super) fn declarer(&self, at: ExprRef) -> Option<&Library> {
        let Start::Package(package) = self.plan.program.chain(at).start else { return None };
        self.plan.rules.libraries.iter().find(|library| {
            library.language == self.unit.language.rules
                && library.calls.iter().any(|call| call.does == Does::Declare)
                && library.modules.iter().any(|module| {
                    package == *module
                        || package.strip_prefix(module.as_str()).is_some_and(|rest| rest.starts_with('.'))
                })
        })
    }

    /// The entries of a record that declares settings, and of the groups in it: `{ adobe: { privateKey: { … } } }`.
    fn group(&mut self, group: &Group<'_>, depth: u8, draft: &mut Draft) -> Result<(), Overlap> {
        let ExprKind::Record(entries) = self.unit.module.kind(group.record) else { return Ok(()) };
        let all: Vec<&Entry> = entries.iter().collect();
        self.entries(group, entries, &all, draft)?;
        for entry in entries.iter().filter(|_| depth < MAX_DEPTH) {
            let Some(key) = self.key(entry) else { continue };
            let gone = sweep::is_swept(draft, Place { file: self.file, span: entry.span });
            if !gone && !self.describes(entry.value) {
                let path = format!("{}{key}.", group.path);
                self.group(&Group { record: entry.value, path: &path, ..*group }, depth + 1, draft)?;
            }
        }
        Ok(())
    }

    /// Whether a record says what one setting must be, rather than to hold settings: `{ format: String, default: '' }`.
    fn describes(&self, record: ExprId) -> bool {
        let ExprKind::Record(entries) = self.unit.module.kind(record) else { return true };
        entries.iter().any(|entry| self.key(entry).is_some_and(|key| DESCRIBES.contains(&&*key)))
    }

    fn entries(
        &mut self,
        group: &Group<'_>,
        all: &[Entry],
        declare: &[&Entry],
        draft: &mut Draft,
    ) -> Result<(), Overlap> {
        let path = group.path;
        let goes: Vec<&Entry> = declare
            .iter()
            .copied()
            .filter(|entry| {
                self.key(entry).is_some_and(|key| {
                    let alone = self.fate(&key, entry.span, None, draft);
                    if path.is_empty() {
                        return alone == Fate::Lost;
                    }
                    // By its last name alone it is read where its group is, if that is the only one with such a setting.
                    let around = path.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
                    let module = &self.unit.module;
                    let is_key = |text: &ExprId| module.expr(*text).parent.is_some_and(|of| is_record(module, of));
                    let one = self.unit.texts(&key).filter(is_key).count() < 2 && self.is_taken(around);
                    match self.fate(&format!("{path}{key}"), entry.span, None, draft) {
                        Fate::Lost => true,
                        Fate::Read => false,
                        Fate::Unknown => one && alone == Fate::Lost,
                    }
                })
            })
            .collect();
        let record = self.at(group.record);
        for entry in goes {
            let option = group.options || self.is_option(entry.value);
            match self.renamed(entry, all, draft) {
                Some((span, text)) => {
                    if let (true, Some(name)) = (option, self.key(entry)) {
                        let new = self.new_name(&name, draft).map(str::to_owned);
                        draft.options.entry(self.file).or_default().insert((name, new));
                    }
                    draft.replace(Place { file: self.file, span }, text)?;
                }
                None if option => self.asked_no_more(entry, draft)?,
                None => entries::take_out_entry(self.plan.program, record, all, entry, draft)?,
            }
        }
        Ok(())
    }

    /// What declared the metascopes declares the scopes, where these are read beside it. What is said of the metascopes may
    /// not fit: then it is what is said of the client id.
    fn renamed(&self, entry: &Entry, all: &[Entry], draft: &Draft) -> Option<(Span, String)> {
        let old = self.key(entry)?;
        let new = self.new_name(&old, draft)?;
        let module = &self.unit.module;
        let taken = all.iter().any(|other| self.key(other).as_deref() == Some(new));
        if taken || entry.shorthand {
            return None;
        }
        let text = |span: Span| self.plan.program.slice(self.file, span);
        let key = module.expr(entry.key?).span;
        let name = text(key).replacen(&old, new, 1);
        if self.fits_scopes(entry.span) {
            return Some((key, name));
        }
        let words = &self.plan.rules.adobe.config.client_id;
        let is_id = |other: &&Entry| {
            let key = self.key(other).map(|key| normal_key(&key));
            key.is_some_and(|key| words.iter().any(|word| key.ends_with(word.as_str())))
        };
        let id = all.iter().find(is_id).map(|other| text(module.expr(other.value).outer))?;
        let plain = !id.contains(['\n', '"', '\'', '`']);
        plain.then(|| (entry.span, format!("{name}: {id}")))
    }

    /// Whether what is said of the metascopes may be said of scopes: a metascope is no scope, and a list of scopes is not JSON.
    pub(super) fn fits_scopes(&self, declares: Span) -> bool {
        let adobe = &self.plan.rules.adobe;
        let said = self.plan.program.slice(self.file, declares);
        let mut marks = adobe.odd_metascopes.iter().chain([&adobe.metascope_prefix]);
        !marks.any(|mark| said.contains(mark.as_str())) && !said.contains("json(")
    }

    /// The name of the scopes for that of the metascopes, without the group that it is in.
    pub(super) fn new_name<'d>(&self, old: &str, draft: &'d Draft) -> Option<&'d str> {
        let words = &self.plan.rules.adobe.config.metascopes;
        let old = normal_key(old);
        let new = draft.settings.iter().next().filter(|_| words.iter().any(|word| old.contains(word.as_str())))?;
        new.rsplit(['.', ':']).next()
    }

    fn json_schema(&mut self, properties: ExprId, required: Option<ExprId>, draft: &mut Draft) -> Result<(), Overlap> {
        let module = &self.unit.module;
        let ExprKind::Record(all) = module.kind(properties) else { return Ok(()) };
        let items = required.and_then(|list| super::lists::members(self.unit, list)).unwrap_or_default();
        let mut goes: Vec<(&Entry, String)> = vec![];
        for entry in all {
            let Some(key) = self.key(entry) else { continue };
            let item = items.iter().find(|item| module.literal(**item).as_deref() == Some(&key));
            if self.lost_twice(&key, entry.span, item.map(|item| module.expr(*item).outer), draft) {
                goes.push((entry, key));
            }
        }
        let spans: Vec<Span> = items.iter().map(|item| module.expr(*item).outer).collect();
        let of = ExprRef { file: self.file, expr: properties };
        let mut listed = std::collections::BTreeSet::new();
        for (entry, key) in goes {
            entries::take_out_entry(self.plan.program, of, all, entry, draft)?;
            listed.extend(items.iter().position(|item| module.literal(*item).as_deref() == Some(&key)));
        }
        if let Some(list) = required.filter(|_| !listed.is_empty() && listed.len() < items.len()) {
            super::lists::cut(self.plan.program, self.file, list, &spans, &listed, draft)?;
            draft.gone.entry(self.file).or_default().extend(listed.iter().map(|index| spans[*index]));
        }
        Ok(())
    }
}
