//! Settings that a program declares: schemas of the environment, options of a command line. What nobody reads any more is
//! declared no more, or the program would stop without it.

use super::super::draft::Draft;
use super::super::{entries, sweep};
use super::names::Lost;
use crate::analyze::{ExprRef, Follow, Hit, Place, Start};
use crate::ir::{Entry, ExprId, ExprKind, StmtKind};
use crate::rules::{Does, Hole, normal_key};
use crate::text::{Overlap, Span};

/// How deep groups of settings are nested.
const MAX_DEPTH: u8 = 4;

/// What is said of one setting.
const DESCRIBES: [&str; 8] = ["default", "format", "env", "type", "demandOption", "describe", "doc", "required"];

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
                        self.group(origin.expr.expr, "", 0, draft)?;
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
                let by_value: Vec<&Entry> = entries.iter().filter(|entry| self.is_described(entry.value)).collect();
                self.entries(id, entries, &by_value, "", draft)
            }
            _ => Ok(()),
        }
    }

    fn key(&self, entry: &Entry) -> Option<String> {
        self.unit.module.literal(entry.key?)
    }

    /// Whether a value says what a setting must be: `Joi.string().required()`, `Flags.string({ required: true })`.
    fn is_described(&self, value: ExprId) -> bool {
        let program = self.plan.program;
        let at = ExprRef { file: self.file, expr: value };
        if !matches!(program.kind(at), ExprKind::Call { .. }) {
            return false;
        }
        let Start::Package(package) = program.chain(at).start else { return false };
        self.plan.rules.libraries.iter().any(|library| {
            library.language == self.unit.language.rules
                && library.calls.iter().any(|call| call.does == Does::Declare)
                && library.modules.iter().any(|module| {
                    package == *module
                        || package.strip_prefix(module.as_str()).is_some_and(|rest| rest.starts_with('.'))
                })
        })
    }

    /// The entries of a record that declares settings, and of the groups in it: `{ adobe: { privateKey: { … } } }`.
    fn group(&mut self, record: ExprId, path: &str, depth: u8, draft: &mut Draft) -> Result<(), Overlap> {
        let ExprKind::Record(entries) = self.unit.module.kind(record) else { return Ok(()) };
        let all: Vec<&Entry> = entries.iter().collect();
        self.entries(record, entries, &all, path, draft)?;
        for entry in entries.iter().filter(|_| depth < MAX_DEPTH) {
            let Some(key) = self.key(entry) else { continue };
            let gone = sweep::is_swept(draft, Place { file: self.file, span: entry.span });
            if !gone && !self.describes(entry.value) {
                self.group(entry.value, &format!("{path}{key}."), depth + 1, draft)?;
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
        record: ExprId,
        all: &[Entry],
        declare: &[&Entry],
        path: &str,
        draft: &mut Draft,
    ) -> Result<(), Overlap> {
        let goes: Vec<&Entry> = declare
            .iter()
            .copied()
            .filter(|entry| {
                self.key(entry).is_some_and(|key| {
                    let whole = format!("{path}{key}");
                    let without = entry.span;
                    self.lost_without(&key, without, draft)
                        || (whole != key && self.lost_without(&whole, without, draft))
                })
            })
            .collect();
        let record = ExprRef { file: self.file, expr: record };
        for entry in goes {
            match self.renamed(entry, all, draft) {
                Some((span, text)) => draft.replace(Place { file: self.file, span }, text)?,
                None => entries::take_out_entry(self.plan.program, record, all, entry, draft)?,
            }
        }
        Ok(())
    }

    /// What declared the metascopes declares the scopes, where these are read beside it.
    fn renamed(&self, entry: &Entry, all: &[Entry], draft: &Draft) -> Option<(Span, String)> {
        let old = self.key(entry)?;
        let new = self.new_name(&old, entry.span, draft)?;
        let module = &self.unit.module;
        let taken = all.iter().any(|other| self.key(other).as_deref() == Some(new));
        let key = module.expr(entry.key?).span;
        let text = self.plan.program.slice(self.file, key);
        (!taken && !entry.shorthand).then(|| (key, text.replacen(&old, new, 1)))
    }

    /// The name of the scopes for that of the metascopes, without the group that it is in. What is said of the metascopes at
    /// `declares` must fit: a metascope is no scope, and a list of scopes is not JSON.
    fn new_name<'d>(&self, old: &str, declares: Span, draft: &'d Draft) -> Option<&'d str> {
        let adobe = &self.plan.rules.adobe;
        let words = &adobe.config.metascopes;
        let said = self.plan.program.slice(self.file, declares);
        let mut marks = adobe.odd_metascopes.iter().chain([&adobe.metascope_prefix]);
        if marks.any(|mark| said.contains(mark.as_str())) || said.contains("json(") {
            return None;
        }
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

    /// `.requiredOption('--private-key <path>', '…')`, `.option('privateKey', { … })`
    fn option(&mut self, call: ExprId, hit: &Hit<'_>, draft: &mut Draft) -> Result<(), Overlap> {
        let module = &self.unit.module;
        let Some(said) = hit.captures.get(Hole::Name).and_then(|name| module.literal(name.expr)) else { return Ok(()) };
        let Some(name) = option_name(&said) else { return Ok(()) };
        let ExprKind::Call { callee, .. } = module.kind(call) else { return Ok(()) };
        let ExprKind::Member { base, .. } = module.kind(*callee) else { return Ok(()) };
        let whole = Span { start: module.expr(*base).outer.end, end: module.expr(call).span.end };
        let camel = camel(&name);
        let lost = self.lost_without(&camel, whole, draft) || camel != name && self.lost_without(&name, whole, draft);
        if !lost {
            return Ok(());
        }
        if let (Some(new), Some(at)) = (self.new_name(&name, whole, draft), hit.captures.get(Hole::Name)) {
            let span = module.expr(at.expr).span;
            let text = self.plan.program.slice(self.file, span).replacen(&name, new, 1);
            return draft.replace(Place { file: self.file, span }, text);
        }
        let stmt = module.stmt(module.expr(call).stmt);
        if stmt.kind == StmtKind::Expr && stmt.exprs == [call] && matches!(module.kind(*base), ExprKind::Name(_)) {
            draft.stmts.entry(self.file).or_default().push(module.expr(call).stmt);
            return Ok(());
        }
        draft.replace(Place { file: self.file, span: whole }, "")?;
        draft.gone.entry(self.file).or_default().push(whole);
        Ok(())
    }
}

/// The name of an option in what says how it is written: `-k, --private-key <path>`.
fn option_name(said: &str) -> Option<String> {
    if !said.starts_with('-') {
        return (!said.contains(char::is_whitespace)).then(|| said.to_owned());
    }
    let long = said.split([' ', ',', '|', '=']).find_map(|word| word.strip_prefix("--"))?;
    Some(long.to_owned())
}

/// `private-key` is read as `privateKey`.
fn camel(name: &str) -> String {
    let mut parts = name.split('-');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut whole, part| {
        let mut letters = part.chars();
        whole.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        whole.push_str(letters.as_str());
        whole
    })
}
