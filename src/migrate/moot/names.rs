//! Lists of settings that code asks for by name: what only the JWT needed is no more asked for.
//!
//! `for (const key of ['client_id', 'client_secret', 'private_key']) if (!params[key]) throw …`

use super::super::draft::Draft;
use super::super::plan::Plan;
use super::super::{entries, sweep};
use super::checked::Checked;
use super::lists;
use super::roads::Roads;
use crate::analyze::{ExprRef, Place, Unit};
use crate::ir::{ExprId, ExprKind, How, Key, Module, Spread, StmtKind};
use crate::rules::{ConfigWords, Does, Hole, normal_key};
use crate::text::{FileId, Overlap, Span};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Takes the names that lost their last reader out of the lists of those that must be there, and the calls that ask for one
/// alone. Says whether anything went.
///
/// # Errors
/// [`Overlap`] where another edit is in the way.
pub(in crate::migrate) fn take_out(plan: &Plan<'_, '_>, draft: &mut Draft) -> Result<bool, Overlap> {
    let before = (draft.stmts.clone(), draft.gone.clone());
    let touched: BTreeSet<FileId> =
        draft.gone.iter().filter(|(_, gone)| !gone.is_empty()).map(|(file, _)| *file).collect();
    let roads = Roads::new(plan.program);
    let around: BTreeSet<FileId> = touched.iter().flat_map(|file| roads.around(plan.program, *file)).collect();
    let declaring = plan.analysis.facts.all(Does::Declare).map(|hit| hit.call.file);
    let around: BTreeSet<FileId> = around.into_iter().chain(declaring).collect();
    for file in touched.union(&around).filter(|file| !plan.program.is_typed(**file)) {
        let Some(unit) = plan.program.unit(*file) else { continue };
        let mut lost = Lost { plan, file: *file, unit, roads: &roads, reach: None, asking: RefCell::default() };
        for id in unit.module.expr_ids() {
            lost.list(id, draft)?;
            lost.call(id, draft)?;
            lost.declared(id, draft)?;
        }
    }
    Ok((&draft.stmts, &draft.gone) != (&before.0, &before.1))
}

/// What becomes of a setting.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Somebody goes on reading it.
    Read,
    /// All that read it goes.
    Lost,
    /// Nobody in view reads it.
    Unknown,
}

/// Names that lost their readers, as one file sees it.
pub(super) struct Lost<'a, 'r> {
    pub(super) plan: &'a Plan<'a, 'r>,
    pub(super) file: FileId,
    pub(super) unit: &'a Unit,
    roads: &'a Roads,
    /// The files whose reads count, once they were asked for.
    reach: Option<BTreeSet<FileId>>,
    /// What is known of lists and calls: whether they only check that something is there.
    asking: RefCell<BTreeMap<ExprRef, bool>>,
}

impl<'a> Lost<'a, '_> {
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

    /// As [`Lost::lost`]; the two places that declare the setting do not count.
    pub(super) fn lost_twice(&mut self, name: &str, declares: Span, again: Option<Span>, draft: &Draft) -> bool {
        self.fate(name, declares, again, draft) == Fate::Lost
    }

    /// What becomes of a setting, but for the two places that declare it.
    pub(super) fn fate(&mut self, name: &str, declares: Span, again: Option<Span>, draft: &Draft) -> Fate {
        if draft.members.contains(name) {
            return Fate::Read;
        }
        let mut lost = false;
        let mut left = |file: FileId, spans: Vec<Span>| {
            let (gone, stays): (Vec<Span>, Vec<Span>) =
                spans.into_iter().partition(|span| sweep::is_swept(draft, Place { file, span: *span }));
            lost |= !gone.is_empty();
            !stays.is_empty()
        };
        let mut own = self.reads(self.file, self.unit, name);
        own.extend(self.said(self.file, self.unit, name, |module, id| !is_record(module, id)));
        let mut keys = self.said(self.file, self.unit, name, is_record);
        if !declares.is_empty() {
            // A key that went says nothing of a reader.
            keys.retain(|span| !sweep::is_swept(draft, Place { file: self.file, span: *span }));
        }
        own.extend(keys);
        own.retain(|span| !declares.contains(*span) && again != Some(*span));
        if left(self.file, own) {
            return Fate::Read;
        }
        for (file, unit) in self.others() {
            let mut spans = self.reads(file, unit, name);
            spans.extend(self.said(file, unit, name, |module, id| matches!(module.kind(id), ExprKind::List(_))));
            if left(file, spans) {
                return Fate::Read;
            }
        }
        if lost { Fate::Lost } else { Fate::Unknown }
    }

    /// The other files whose reads count.
    fn others(&mut self) -> Vec<(FileId, &'a Unit)> {
        let program = self.plan.program;
        let reach = self.reach.get_or_insert_with(|| self.roads.around(program, self.file));
        let others = reach.iter().filter(|file| **file != self.file);
        others.filter_map(|file| Some((*file, program.unit(*file)?))).collect()
    }

    /// Whether anybody takes `name` from something, or did.
    pub(super) fn is_taken(&mut self, name: &str) -> bool {
        let own = !self.reads(self.file, self.unit, name).is_empty();
        own || self.others().into_iter().any(|(file, unit)| !self.reads(file, unit, name).is_empty())
    }

    /// Where a file takes `name` from something: `settings.name`, `settings["name"]`, `settings.get("name")`, `{ name }`, by an
    /// import from another file.
    fn reads(&self, file: FileId, unit: &Unit, name: &str) -> Vec<Span> {
        let module = &unit.module;
        let key = Key::Name(name.into());
        let mentions = unit.mentions(name).filter(|id| unit.bind_of_place(*id).is_none());
        let parts = module.binds.iter().filter(|bind| matches!(&bind.how, How::Part(path) if path.contains(&key)));
        let mentioned = |id: ExprId| match module.kind(id) {
            ExprKind::Call { args, .. } => args.first().map_or(module.expr(id).span, |arg| module.expr(arg.value).span),
            _ => module.expr(id).span,
        };
        let imports = module.imports.iter().filter(|import| {
            import.item.as_deref() == Some(name) && self.plan.program.import_target(file, &import.module).is_some()
        });
        let named = mentions.filter(|id| !self.names_option(file, *id)).map(mentioned);
        let parts = parts.map(|bind| module.expr(bind.place).span);
        named.chain(parts).chain(imports.map(|import| import.span)).collect()
    }

    /// Whether a call declares the option that it names: `.option('key', { … })`.
    fn names_option(&self, file: FileId, call: ExprId) -> bool {
        let hit = self.plan.analysis.facts.of_kind(ExprRef { file, expr: call }, Does::Declare);
        hit.is_some_and(|hit| hit.captures.get(Hole::Name).is_some())
    }

    /// Whether a text names a setting that is declared there: it is the name of an option, or the key of an entry that says
    /// what a setting must be.
    fn is_declared(&self, file: FileId, unit: &Unit, text: ExprId, around: ExprId) -> bool {
        match unit.module.kind(around) {
            ExprKind::Call { .. } => self.names_option(file, around),
            ExprKind::Record(entries) => {
                let mut own = entries.iter().filter(|entry| entry.key == Some(text));
                own.any(|entry| self.is_described(ExprRef { file, expr: entry.value }))
            }
            _ => false,
        }
    }

    /// Where a file says a name, in what `counts`, for any other reason than to check that it is there.
    fn said(&self, file: FileId, unit: &Unit, name: &str, counts: fn(&Module, ExprId) -> bool) -> Vec<Span> {
        let module = &unit.module;
        let says = |id: &ExprId| {
            let around = module.expr(*id).parent;
            around.is_none_or(|around| {
                counts(module, around) && !self.asks(file, unit, around) && !self.is_declared(file, unit, *id, around)
            })
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
        let Some(items) = lists::members(unit, at.expr) else {
            return self.refusing(at.file, unit, at.expr) || !self.listed(at.file, unit, at.expr).is_empty();
        };
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

    /// Takes out the call that asks for one name alone, or the names among its arguments, if they are lost.
    fn call(&mut self, call: ExprId, draft: &mut Draft) -> Result<(), Overlap> {
        let module = &self.unit.module;
        let ExprKind::Call { args, .. } = module.kind(call) else { return Ok(()) };
        let stmt = module.expr(call).stmt;
        let names: Vec<String> = args.iter().filter_map(|arg| module.literal(arg.value)).collect();
        if names.is_empty() || sweep::is_swept(draft, Place { file: self.file, span: module.stmt(stmt).span }) {
            return Ok(());
        }
        let listed = self.listed(self.file, self.unit, call);
        let goes: BTreeSet<usize> = (0..listed.len())
            .filter(|index| module.literal(listed[*index]).is_some_and(|name| self.lost(&name, draft)))
            .collect();
        let spans: Vec<Span> = listed.iter().map(|item| module.expr(*item).outer).collect();
        let known = goes.iter().all(|index| sweep::is_swept(draft, Place { file: self.file, span: spans[*index] }));
        if !known && goes.len() < listed.len() {
            lists::cut(self.plan.program, self.file, call, &spans, &goes, draft)?;
            draft.gone.entry(self.file).or_default().extend(goes.iter().map(|index| spans[*index]));
            return Ok(());
        }
        let alone = module.block(module.stmt(stmt).block).stmts.len() < 2;
        if let [name] = names.as_slice()
            && !alone
            && self.refusing(self.file, self.unit, call)
            && self.lost(name, draft)
        {
            draft.stmts.entry(self.file).or_default().push(stmt);
        }
        Ok(())
    }

    /// The names that a call gives to the last parameter of a function, which takes any number and only looks at them:
    /// `check(settings, 'client_id', 'private_key')`.
    fn listed(&self, file: FileId, unit: &Unit, call: ExprId) -> Vec<ExprId> {
        let module = &unit.module;
        let ExprKind::Call { callee, args, .. } = module.kind(call) else { return vec![] };
        let functions = self.plan.program.functions_of(ExprRef { file, expr: *callee });
        let [function] = functions.as_slice() else { return vec![] };
        let taken = |arg: &&crate::ir::Arg| {
            let value = ExprRef { file, expr: arg.value };
            lists::taker(self.plan.program, *function, ExprRef { file, expr: call }, value)
                .is_some_and(|param| param.spread != Spread::No)
        };
        let items: Vec<ExprId> = args.iter().filter(taken).map(|arg| arg.value).collect();
        let named = items.iter().all(|item| module.literal(*item).is_some());
        let looks = |item: &ExprId| Checked::new(self.plan, false).only(ExprRef { file, expr: *item });
        if named && items.len() > 1 && items.iter().take(1).all(looks) { items } else { vec![] }
    }
}

pub(super) fn is_record(module: &Module, id: ExprId) -> bool {
    matches!(module.kind(id), ExprKind::Record(_))
}

/// Whether only the JWT credential, or its technical account, is told by a name.
pub(super) fn is_jwts(words: &ConfigWords, name: &str) -> bool {
    let name = normal_key(name);
    [&words.private_key, &words.metascopes, &words.technical_account]
        .into_iter()
        .flatten()
        .any(|word| name.contains(word))
}
