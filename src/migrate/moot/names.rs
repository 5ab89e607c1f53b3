//! Lists of settings that code asks for by name: what only the JWT needed is no more asked for.
//!
//! `for (const key of ['client_id', 'client_secret', 'private_key']) if (!params[key]) throw …`

use super::super::draft::Draft;
use super::super::plan::Plan;
use super::super::{entries, sweep};
use super::checked::Checked;
use super::lists;
use crate::analyze::{ExprRef, Place, Unit};
use crate::ir::{ExprId, ExprKind, How, Key, Module, StmtKind};
use crate::rules::{ConfigWords, Does, normal_key};
use crate::text::{FileId, Overlap, Span};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Takes the names that lost their last reader out of the lists of those that must be there, and the calls that ask for one
/// alone. Says whether a statement went.
///
/// # Errors
/// [`Overlap`] where another edit is in the way.
pub(in crate::migrate) fn take_out(plan: &Plan<'_, '_>, draft: &mut Draft) -> Result<bool, Overlap> {
    let before = draft.stmts.clone();
    let touched: BTreeSet<FileId> =
        draft.gone.iter().filter(|(_, gone)| !gone.is_empty()).map(|(file, _)| *file).collect();
    let around: BTreeSet<FileId> = touched.iter().flat_map(|file| neighbours(plan, *file)).collect();
    let declaring = plan.analysis.facts.all(Does::Declare).map(|hit| hit.call.file);
    let around: BTreeSet<FileId> = around.into_iter().chain(declaring).collect();
    for file in touched.union(&around).filter(|file| !plan.program.is_typed(**file)) {
        let Some(unit) = plan.program.unit(*file) else { continue };
        let mut lost = Lost { plan, file: *file, unit, reach: BTreeSet::new(), asking: RefCell::default() };
        for id in unit.module.expr_ids() {
            lost.list(id, draft)?;
            lost.call(id, draft);
            lost.declared(id, draft)?;
        }
    }
    Ok(draft.stmts != before)
}

/// The files that a file imports, and those that import it.
fn neighbours(plan: &Plan<'_, '_>, file: FileId) -> Vec<FileId> {
    let program = plan.program;
    let imported = |from: FileId, unit: &Unit| -> Vec<FileId> {
        unit.module.imports.iter().filter_map(|import| program.import_target(from, &import.module)).collect()
    };
    // Where other files are reached without an import, all of them are beside it.
    if let Some(unit) = program.unit(file).filter(|unit| unit.is_open()) {
        let same = |other: &Unit| other.is_open() && other.language.rules == unit.language.rules;
        return program.units().filter(|(_, other)| same(other)).map(|(other, _)| other).collect();
    }
    let own = program.unit(file).map(|unit| imported(file, unit)).unwrap_or_default();
    let takers = program.units().filter(|(other, unit)| *other != file && imported(*other, unit).contains(&file));
    own.into_iter().chain(takers.map(|(other, _)| other)).collect()
}

/// Names that lost their readers, as one file sees it.
pub(super) struct Lost<'a, 'r> {
    pub(super) plan: &'a Plan<'a, 'r>,
    pub(super) file: FileId,
    pub(super) unit: &'a Unit,
    /// The files whose reads count: what the file imports, and on; empty until it is asked for.
    reach: BTreeSet<FileId>,
    /// What is known of lists and calls: whether they only check that something is there.
    asking: RefCell<BTreeMap<ExprRef, bool>>,
}

impl Lost<'_, '_> {
    fn list(&mut self, list: ExprId, draft: &mut Draft) -> Result<(), Overlap> {
        let module = &self.unit.module;
        let Some(items) = lists::members(self.unit, list).filter(|items| items.len() > 1) else { return Ok(()) };
        let Some(names) = items.iter().map(|item| module.literal(*item)).collect::<Option<Vec<String>>>() else {
            return Ok(());
        };
        // A row of a table, `("key", "str")`, is no list of names.
        let in_list = module.expr(list).parent.is_some_and(|around| matches!(module.kind(around), ExprKind::List(_)));
        let span = module.expr(list).span;
        if in_list || sweep::is_swept(draft, Place { file: self.file, span }) {
            return Ok(());
        }
        let words = &self.plan.rules.adobe.config;
        let by_name = names.iter().any(|name| is_jwts(words, name));
        let goes: BTreeSet<usize> = (0..names.len()).filter(|index| self.lost(&names[*index], draft)).collect();
        let known = goes
            .iter()
            .all(|index| sweep::is_swept(draft, Place { file: self.file, span: module.expr(items[*index]).span }));
        let checked = Checked::new(self.plan, by_name);
        if known || goes.len() == items.len() || !checked.only(ExprRef { file: self.file, expr: list }) {
            return Ok(());
        }
        let spans: Vec<Span> = items.iter().map(|item| module.expr(*item).outer).collect();
        let inner = Span { start: spans[0].start, end: spans[spans.len() - 1].end };
        if !self.plan.program.slice(self.file, inner).contains('\n') {
            return lists::cut(self.plan.program, self.file, list, &spans, &goes, draft);
        }
        for index in goes {
            let previous = index.checked_sub(1).map(|before| spans[before]);
            let whole = entries::item_with_comma(self.plan.program, self.file, previous, spans[index]);
            draft.edits.entry(self.file).or_default().delete(whole)?;
            draft.gone.entry(self.file).or_default().push(spans[index]);
        }
        Ok(())
    }

    /// Whether a setting was read by what goes, and is read by nothing else in reach.
    fn lost(&mut self, name: &str, draft: &Draft) -> bool {
        self.lost_twice(name, Span::default(), None, draft)
    }

    /// As [`Lost::lost`]; what declares the setting does not count.
    pub(super) fn lost_without(&mut self, name: &str, declares: Span, draft: &Draft) -> bool {
        self.lost_twice(name, declares, None, draft)
    }

    /// As [`Lost::lost_without`], where two places declare the setting.
    pub(super) fn lost_twice(&mut self, name: &str, declares: Span, again: Option<Span>, draft: &Draft) -> bool {
        if draft.members.contains(name) {
            return false;
        }
        let mut lost = false;
        let mut left = |file: FileId, spans: Vec<Span>| {
            let (gone, stays): (Vec<Span>, Vec<Span>) =
                spans.into_iter().partition(|span| sweep::is_swept(draft, Place { file, span: *span }));
            lost |= !gone.is_empty();
            !stays.is_empty()
        };
        let mut own = reads(self.unit, name);
        own.extend(self.said(self.file, self.unit, name, |module, id| !is_record(module, id)));
        let mut keys = self.said(self.file, self.unit, name, is_record);
        if !declares.is_empty() {
            // A key that went says nothing of a reader.
            keys.retain(|span| !sweep::is_swept(draft, Place { file: self.file, span: *span }));
        }
        own.extend(keys);
        own.retain(|span| !declares.contains(*span) && again != Some(*span));
        if left(self.file, own) {
            return false;
        }
        if self.reach.is_empty() {
            self.reach = self.reached();
        }
        let program = self.plan.program;
        let others = self.reach.iter().filter_map(|file| Some((*file, program.unit(*file)?)));
        for (file, unit) in others.filter(|(file, _)| *file != self.file) {
            let mut spans = reads(unit, name);
            spans.extend(self.said(file, unit, name, |module, id| matches!(module.kind(id), ExprKind::List(_))));
            if left(file, spans) {
                return false;
            }
        }
        lost
    }

    /// Where a file says a name, in what `counts`, for any other reason than to check that it is there.
    fn said(&self, file: FileId, unit: &Unit, name: &str, counts: fn(&Module, ExprId) -> bool) -> Vec<Span> {
        let module = &unit.module;
        let says = |id: &ExprId| {
            let around = module.expr(*id).parent;
            around.is_none_or(|around| counts(module, around) && !self.asks(file, unit, around))
        };
        unit.texts(name).filter(says).map(|id| module.expr(id).span).collect()
    }

    /// Whether a list, or a call, only checks that the settings that it names are there.
    fn asks(&self, file: FileId, unit: &Unit, at: ExprId) -> bool {
        let at_ref = ExprRef { file, expr: at };
        if let Some(known) = self.asking.borrow().get(&at_ref) {
            return *known;
        }
        let asks = self.asks_anew(at_ref, unit);
        self.asking.borrow_mut().insert(at_ref, asks);
        asks
    }

    fn asks_anew(&self, at: ExprRef, unit: &Unit) -> bool {
        let Some(items) = lists::members(unit, at.expr) else { return self.refusing(at.file, unit, at.expr) };
        let words = &self.plan.rules.adobe.config;
        let mut names = items.iter().filter_map(|item| unit.module.literal(*item));
        Checked::new(self.plan, names.any(|name| is_jwts(words, &name))).only(at)
    }

    /// Whether a statement is a call of a function that does nothing but refuse: `mustHave(params, 'client_id')`.
    fn refusing(&self, file: FileId, unit: &Unit, call: ExprId) -> bool {
        let program = self.plan.program;
        let ExprKind::Call { callee, .. } = unit.module.kind(call) else { return false };
        let stmt = unit.module.stmt(unit.module.expr(call).stmt);
        let functions = program.functions_of(ExprRef { file, expr: *callee });
        let checked = Checked::new(self.plan, false);
        stmt.kind == StmtKind::Expr
            && stmt.exprs == [call]
            && !functions.is_empty()
            && functions.iter().all(|function| checked.refuses_only(*function))
    }

    /// The name that a call asks for, if that is lost.
    fn call(&mut self, call: ExprId, draft: &mut Draft) {
        let module = &self.unit.module;
        let ExprKind::Call { args, .. } = module.kind(call) else { return };
        let names: Vec<String> = args.iter().filter_map(|arg| module.literal(arg.value)).collect();
        let stmt = module.expr(call).stmt;
        let alone = module.block(module.stmt(stmt).block).stmts.len() < 2;
        if let [name] = names.as_slice()
            && !alone
            && !sweep::is_swept(draft, Place { file: self.file, span: module.stmt(stmt).span })
            && self.refusing(self.file, self.unit, call)
            && self.lost(name, draft)
        {
            draft.stmts.entry(self.file).or_default().push(stmt);
        }
    }

    /// What the file imports, and those that import it with what they import: who may get the same settings.
    fn reached(&self) -> BTreeSet<FileId> {
        let program = self.plan.program;
        let language = self.unit.language.rules;
        // Where other files are reached without an import, all of them are.
        if self.unit.is_open() {
            return program.units().filter(|(_, unit)| unit.language.rules == language).map(|(file, _)| file).collect();
        }
        let mut found = BTreeSet::from([self.file]);
        let mut todo = vec![self.file];
        while let Some(file) = todo.pop() {
            let Some(unit) = program.unit(file) else { continue };
            let imported = unit.module.imports.iter().filter_map(|import| program.import_target(file, &import.module));
            todo.extend(imported.filter(|target| found.insert(*target)));
        }
        let mut above = vec![self.file];
        while let Some(file) = above.pop() {
            let takers = program.units().filter(|(other, unit)| {
                let mut imports = unit.module.imports.iter();
                !found.contains(other)
                    && imports.any(|import| program.import_target(*other, &import.module) == Some(file))
            });
            let takers: Vec<FileId> = takers.map(|(other, _)| other).collect();
            found.extend(&takers);
            above.extend(takers);
        }
        found
    }
}

fn is_record(module: &Module, id: ExprId) -> bool {
    matches!(module.kind(id), ExprKind::Record(_))
}

/// Where a file takes `name` from something: `settings.name`, `settings["name"]`, `settings.get("name")`, `{ name }`.
fn reads(unit: &Unit, name: &str) -> Vec<Span> {
    let module = &unit.module;
    let key = Key::Name(name.into());
    let mentions = unit.mentions(name).filter(|id| unit.bind_of_place(*id).is_none());
    let parts = module.binds.iter().filter(|bind| matches!(&bind.how, How::Part(path) if path.contains(&key)));
    let mentioned = |id: ExprId| match module.kind(id) {
        ExprKind::Call { args, .. } => args.first().map_or(module.expr(id).span, |arg| module.expr(arg.value).span),
        _ => module.expr(id).span,
    };
    mentions.map(mentioned).chain(parts.map(|bind| module.expr(bind.place).span)).collect()
}

/// Whether only the JWT credential, or its technical account, is told by a name.
pub(super) fn is_jwts(words: &ConfigWords, name: &str) -> bool {
    let name = normal_key(name);
    [&words.private_key, &words.metascopes, &words.technical_account]
        .into_iter()
        .flatten()
        .any(|word| name.contains(word))
}
