//! Statements whose life hangs on others: blocks that would be empty, checks of values that are gone, handlers of errors
//! that nothing raises any more.

use super::Context;
use super::log;
use super::names::{NameId, Names, is_self, last_name, root};
use super::units::{UnitId, Units};
use crate::ir::{Bind, BlockId, Entry, ExprId, ExprKind, How, StmtId, StmtKind};
use std::collections::BTreeSet;

/// Calls that end the program, refuse, or tell somebody: what a failed check does.
const REFUSALS: [&str; 29] = [
    "exit",
    "_exit",
    "abort",
    "quit",
    "print",
    "println",
    "log",
    "error",
    "warn",
    "warning",
    "info",
    "debug",
    "exception",
    "critical",
    "severe",
    "fatal",
    "reject",
    "next",
    "callback",
    "cb",
    "done",
    "setFailed",
    "json",
    "send",
    "sendStatus",
    "status",
    "echo",
    "fail",
    "printStackTrace",
];

/// Keys of a record that tells the caller what went wrong.
const ANSWERS: [&str; 5] = ["error", "errors", "statusCode", "status", "success"];

/// A line for a reader of the output or of the log, if it is about worthless values alone: it is not missed.
pub(super) struct Told {
    /// What is handed to the call.
    pub(super) args: Vec<ExprId>,
    /// The worthless values.
    about: Vec<ExprId>,
}

/// What a call tells, if it is such a line.
pub(super) fn told(context: &Context, expr: ExprId) -> Option<Told> {
    let module = context.module;
    let args = tells(context, expr)?;
    let mut todo = args.clone();
    let mut about = vec![];
    while let Some(at) = todo.pop() {
        // `jwt.verify(token, certificate)`: what is made of it is of no use either.
        let made = match module.kind(at) {
            ExprKind::Call { args, .. } if (context.harmless_call)(at) => args.first().map(|arg| arg.value),
            // `token[:10]`
            ExprKind::Index { base, .. } => Some(*base),
            _ => None,
        };
        let worthless = [Some(at), made].into_iter().flatten().find(|value| (context.worthless)(*value));
        if let Some(value) = worthless {
            about.push(value);
        } else if let ExprKind::Call { args, .. } = module.kind(at) {
            todo.extend(args.iter().map(|arg| arg.value));
        } else if matches!(module.kind(at), ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Index { .. }) {
            return None;
        } else {
            todo.extend(module.children(at));
        }
    }
    (!about.is_empty()).then_some(Told { args, about })
}

/// What is handed to a call that writes a line which is no warning.
fn tells(context: &Context, expr: ExprId) -> Option<Vec<ExprId>> {
    log::line(context.module, expr).filter(|line| !line.warns).map(|line| line.args)
}

/// Decides for every statement, innermost first, whether it can go at all, and on whom that depends.
pub(super) fn judge(context: &Context, names: &Names, units: &mut Units) {
    for index in (0..context.module.stmts.len()).rev() {
        let stmt = StmtId(index as u32);
        match (context.module.stmt(stmt).kind, units.of(stmt)) {
            (_, &[]) => {}
            (StmtKind::If | StmtKind::Loop | StmtKind::Try | StmtKind::With, &[unit, ..]) => {
                Judge { context, names, units }.compound(stmt, unit);
            }
            (StmtKind::Class(_), &[unit, ..]) => {
                let loud = inner(context, stmt).into_iter().any(|child| lives_anyway(units, child));
                units.get_mut(unit).always |= loud;
            }
            (_, &[unit, ..]) => Judge { context, names, units }.simple(stmt, unit),
        }
    }
}

struct Judge<'a, 'c> {
    context: &'a Context<'c>,
    names: &'a Names,
    units: &'a mut Units,
}

impl Judge<'_, '_> {
    fn simple(&mut self, stmt: StmtId, unit: UnitId) {
        match self.context.module.stmt(stmt).kind {
            StmtKind::Return | StmtKind::Throw | StmtKind::Export => self.units.get_mut(unit).always = true,
            StmtKind::Other if is_pass(self.context, stmt) => self.units.get_mut(unit).attached = true,
            StmtKind::Other => self.units.get_mut(unit).always = true,
            StmtKind::Import if self.units.get(unit).writes.is_empty() => self.units.get_mut(unit).always = true,
            StmtKind::Expr => self.remark(stmt, unit),
            _ => {}
        }
    }

    /// A statement without effect, such as a log line that nobody misses, goes with the last value that it is about.
    fn remark(&mut self, stmt: StmtId, unit: UnitId) {
        if self.units.get(unit).always || !self.units.get(unit).writes.is_empty() {
            return;
        }
        let exprs = &self.context.module.stmt(stmt).exprs;
        let spoken_of = spoken_of(self.context, self.names, stmt);
        if !spoken_of.is_empty() {
            self.units.get_mut(unit).watches = spoken_of;
            return;
        }
        let told = exprs.first().filter(|_| exprs.len() == 1).and_then(|expr| told(self.context, *expr));
        match self.watched(told.as_ref().map_or(exprs, |told| &told.about)) {
            Some(watches) if watches.is_empty() => self.units.get_mut(unit).attached = true,
            Some(watches) => self.units.get_mut(unit).watches = watches,
            None => self.units.get_mut(unit).always = true,
        }
    }

    fn compound(&mut self, stmt: StmtId, unit: UnitId) {
        let module = self.context.module;
        let kind = module.stmt(stmt).kind;
        let mut hanging = vec![];
        let mut loud = self.units.get(unit).always;
        for block in &module.stmt(stmt).blocks {
            for child in module.block(*block).stmts.iter().copied().filter(|child| lives_anyway(self.units, *child)) {
                if self.may_hang(kind, *block, child) { hanging.push(child) } else { loud = true }
            }
        }
        for child in
            inner(self.context, stmt).iter().flat_map(|child| self.units.of(*child)).copied().collect::<Vec<_>>()
        {
            let writes = self.units.get(child).writes.clone();
            self.units.get_mut(unit).writes.extend(writes);
        }
        if !loud && kind == StmtKind::If && !hanging.is_empty() {
            // A check that also gives a value is there for that value.
            let given = self.units.get(unit).writes.clone();
            let watched = if given.is_empty() { self.watched(&module.stmt(stmt).exprs) } else { Some(given) };
            match watched {
                Some(watches) if !watches.is_empty() => self.units.get_mut(unit).watches = watches,
                _ => loud = true,
            }
        }
        self.units.get_mut(unit).always = loud;
        if !loud {
            hanging.into_iter().for_each(|child| self.attach(child));
        }
    }

    /// Whether a statement that is seen may go with the compound statement around it.
    fn may_hang(&self, kind: StmtKind, block: BlockId, child: StmtId) -> bool {
        match kind {
            StmtKind::If => is_refusal(self.context, child),
            StmtKind::Try => {
                let handles = self.context.module.block(block).is_handler;
                let is_about = || self.is_about_error(block, child);
                handles && (is_refusal(self.context, child) || is_answer(self.context, child) || is_about())
            }
            StmtKind::Loop => is_jump(self.context, child),
            _ => false,
        }
    }

    /// Whether a statement of a handler only says more of the error that goes on from there: `error.code = "SIGN_FAILED"`.
    fn is_about_error(&self, handler: BlockId, stmt: StmtId) -> bool {
        let module = self.context.module;
        let own = |bind: &Bind| bind.how == How::Catch || module.stmt(bind.stmt).block == handler;
        let is_own = |place: ExprId| {
            let at = root(module, place);
            let ExprKind::Name(name) = module.kind(at) else { return false };
            let names = self.names.resolve(module, module.expr(at).scope, name);
            let mut binds = names.iter().flat_map(|name| &self.names.get(*name).binds);
            !names.is_empty() && binds.all(|bind| own(&module.binds[bind.index()]))
        };
        let plain = |value: ExprId| {
            let mut todo = vec![value];
            while let Some(at) = todo.pop() {
                if matches!(module.kind(at), ExprKind::Call { .. }) && !(self.context.harmless_call)(at) {
                    return false;
                }
                todo.extend(module.children(at));
            }
            true
        };
        let ends = module.block(handler).stmts.last().map(|last| module.stmt(*last).kind);
        let mut binds = module.binds.iter().filter(|bind| bind.stmt == stmt).peekable();
        matches!(ends, Some(StmtKind::Throw | StmtKind::Return))
            && binds.peek().is_some()
            && binds.all(|bind| is_own(bind.place) && bind.value.is_some_and(plain))
    }

    fn attach(&mut self, stmt: StmtId) {
        for id in self.units.of(stmt).to_vec() {
            let unit = self.units.get_mut(id);
            unit.always = false;
            unit.attached = true;
        }
        for child in inner(self.context, stmt) {
            self.attach(child);
        }
    }

    /// The names whose values an expression looks at; `None` if it also looks at something that cannot be named.
    fn watched(&self, exprs: &[ExprId]) -> Option<BTreeSet<NameId>> {
        let mut watched = BTreeSet::new();
        for expr in exprs {
            self.watch(*expr, &mut watched)?;
        }
        Some(watched)
    }

    fn watch(&self, id: ExprId, watched: &mut BTreeSet<NameId>) -> Option<()> {
        let module = self.context.module;
        match module.kind(id) {
            ExprKind::Name(name) => {
                let found = self.names.resolve(module, module.expr(id).scope, name);
                let open = found.is_empty() || found.iter().any(|name| self.names.get(*name).given);
                watched.extend(found);
                (!open).then_some(())
            }
            ExprKind::Member { base, name, .. } if is_self(module, *base) => {
                watched.insert(self.names.field(name)?);
                Some(())
            }
            ExprKind::Call { callee, args, .. } => {
                if !self.is_tool(*callee) {
                    self.watch(*callee, watched)?;
                }
                args.iter().try_for_each(|arg| self.watch(arg.value, watched))
            }
            ExprKind::Function(_) | ExprKind::Class(_) => None,
            _ => module.children(id).into_iter().try_for_each(|child| self.watch(child, watched)),
        }
    }

    /// Whether what is called is a tool (`len`, `os.path.exists`, `log.error`) and not a value that is looked at
    /// (`key.trim`).
    fn is_tool(&self, callee: ExprId) -> bool {
        let module = self.context.module;
        if last_name(module, callee).is_some_and(|name| REFUSALS.contains(&name)) {
            return true;
        }
        let root = root(module, callee);
        let ExprKind::Name(name) = module.kind(root) else { return false };
        let names = self.names.resolve(module, module.expr(root).scope, name);
        let tool = |how: &How| matches!(how, How::Import(_) | How::Function(_) | How::Class(_));
        let binds = names.iter().flat_map(|name| &self.names.get(*name).binds);
        !is_self(module, root) && binds.into_iter().all(|bind| tool(&module.binds[bind.index()].how))
    }
}

/// `throw`, `return None`, `process.exit(1)`, `console.error(…)`, also under a condition.
pub(super) fn is_refusal(context: &Context, stmt: StmtId) -> bool {
    let module = context.module;
    let exprs = &module.stmt(stmt).exprs;
    match module.stmt(stmt).kind {
        StmtKind::Throw => true,
        StmtKind::Return => exprs.iter().all(|value| is_no_answer(context, *value)),
        StmtKind::Expr => exprs.iter().all(|value| is_refusing_call(context, *value)),
        StmtKind::If => inner(context, stmt).into_iter().all(|child| is_refusal(context, child)),
        _ => is_jump(context, stmt) || is_pass(context, stmt),
    }
}

fn is_no_answer(context: &Context, value: ExprId) -> bool {
    match context.module.kind(value) {
        ExprKind::Null | ExprKind::Bool(_) | ExprKind::Number(_) | ExprKind::Text(_) => true,
        _ => is_refusing_call(context, value),
    }
}

/// Whether a handler of errors gives its caller an answer that tells of the error: `return errorResponse(500, e)`,
/// `return { statusCode: 500 }`.
fn is_answer(context: &Context, stmt: StmtId) -> bool {
    let module = context.module;
    let stmt = module.stmt(stmt);
    let tells = |value: &ExprId| match module.kind(*value) {
        ExprKind::Record(entries) => {
            let key = |entry: &Entry| entry.key.and_then(|key| module.literal(key));
            entries.iter().filter_map(key).any(|key| ANSWERS.contains(&&*key))
        }
        ExprKind::Call { callee, .. } => last_name(module, *callee).is_some_and(|name| {
            let name = name.to_ascii_lowercase();
            name.contains("error") || name.contains("fail")
        }),
        _ => false,
    };
    stmt.kind == StmtKind::Return && !stmt.exprs.is_empty() && stmt.exprs.iter().all(tells)
}

/// The names that a fixed line of the log speaks of, where the statement before or behind it gives them a value:
/// `log.info("Making jwt_token")`.
fn spoken_of(context: &Context, names: &Names, stmt: StmtId) -> BTreeSet<NameId> {
    let module = context.module;
    let [expr] = module.stmt(stmt).exprs[..] else { return BTreeSet::new() };
    let texts: Option<Vec<String>> = tells(context, expr)
        .and_then(|args| args.into_iter().map(|arg| module.literal(arg).map(|text| words(&text))).collect());
    let Some(text) = texts.map(|texts| texts.concat()) else { return BTreeSet::new() };
    let beside = &module.block(module.stmt(stmt).block).stmts;
    let Some(at) = beside.iter().position(|other| *other == stmt) else { return BTreeSet::new() };
    let beside = [at.checked_sub(1), at.checked_add(1)].map(|at| at.and_then(|at| beside.get(at)).copied());
    let binds = module.binds.iter().filter(|bind| beside.contains(&Some(bind.stmt)) && bind.how == How::Assign);
    let bound = binds.filter_map(|bind| names.bound(module, bind));
    bound.filter(|name| text.contains(&words(&names.get(*name).text))).collect()
}

/// The arguments of a statement that does nothing but tell of something worthless, or of a name beside it.
pub(super) fn only_tells(context: &Context, names: &Names, stmt: StmtId, expr: ExprId) -> Option<Vec<ExprId>> {
    if context.module.stmt(stmt).kind != StmtKind::Expr {
        return None;
    }
    let named = || tells(context, expr).filter(|_| !spoken_of(context, names, stmt).is_empty());
    told(context, expr).map(|told| told.args).or_else(named)
}

/// A text as words between single blanks: ` jwt token ` for `jwt_token.`.
fn words(text: &str) -> String {
    let letters = |c: char| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' };
    let plain: String = text.chars().map(letters).collect();
    format!(" {} ", plain.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The statements directly in the blocks of a statement.
fn inner(context: &Context, stmt: StmtId) -> Vec<StmtId> {
    let module = context.module;
    module.stmt(stmt).blocks.iter().flat_map(|block| module.block(*block).stmts.iter().copied()).collect()
}

fn lives_anyway(units: &Units, stmt: StmtId) -> bool {
    units.of(stmt).iter().any(|id| units.get(*id).always || units.get(*id).gone || units.get(*id).torn)
}

fn is_refusing_call(context: &Context, id: ExprId) -> bool {
    match context.module.kind(id) {
        ExprKind::Call { callee, .. } => {
            last_name(context.module, *callee).is_some_and(|name| REFUSALS.contains(&name))
        }
        ExprKind::Text(_) => true,
        _ => false,
    }
}

fn is_pass(context: &Context, stmt: StmtId) -> bool {
    matches!(word(context, stmt), "pass" | "")
}

fn is_jump(context: &Context, stmt: StmtId) -> bool {
    matches!(word(context, stmt), "break" | "continue")
}

fn word<'a>(context: &Context<'a>, stmt: StmtId) -> &'a str {
    context.file.slice(context.module.stmt(stmt).span).trim_end_matches(';').trim()
}
