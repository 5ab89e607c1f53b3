//! Checks that a rewrite makes pointless: `if (!clientId || !privateKey) throw …` must not ask for a key that nobody reads
//! any more.

mod checked;
mod declared;
mod lists;
mod names;
mod open;
mod options;
mod reads;
mod roads;
mod sides;
mod still;

pub(super) use names::take_out;
pub(super) use sides::{is_link, side_cuts, sides};
pub(super) use still::asked as asked_still;

use super::cleanup::{self, Context};
use super::draft::Draft;
use super::loops;
use super::plan::Plan;
use crate::analyze::{Place, Program, Unit, is_self};
use crate::ir::{ExprId, ExprKind, How, ScopeId, StmtId, StmtKind};
use crate::rules::normal_key;
use crate::text::{FileId, Overlap, Span};
use reads::Read;
use std::collections::BTreeSet;

/// What a check looks at: a name, or a path such as `config.privateKey`, with the scope that declares where it begins.
type Looked = (Option<ScopeId>, String);

/// What may be moot: one side of an `||` or `&&`, an item of a list, or a whole statement.
struct Candidate {
    stmt: StmtId,
    side: Option<ExprId>,
    /// The chain or list that it is a side of, other than the condition itself.
    of: Option<ExprId>,
    /// Without any of its sides the statement has nothing to do.
    goes: bool,
    looks_at: BTreeSet<Looked>,
    writes: BTreeSet<Looked>,
}

/// Takes out of `file` the checks, or those sides of them, and the assignments to fields of others that are about nothing
/// but what lost its readers with the bytes in `gone`. Says whether there were any.
///
/// # Errors
/// [`Overlap`] where another edit is in the way.
pub(super) fn checks(
    plan: &Plan<'_, '_>,
    file: FileId,
    context: &Context<'_>,
    gone: &[Span],
    draft: &mut Draft,
) -> Result<bool, Overlap> {
    let Some(unit) = plan.program.unit(file) else { return Ok(false) };
    let scene = Scene { plan, program: plan.program, file, unit, gone, context };
    let ids = (0..unit.module.stmts.len() as u32).map(StmtId);
    let all: Vec<Candidate> = ids.flat_map(|stmt| scene.candidates(stmt)).collect();
    let moot = scene.moot(&all);
    let touched: BTreeSet<(StmtId, Option<ExprId>)> =
        moot.iter().map(|index| (all[*index].stmt, all[*index].of)).collect();
    for (stmt, of) in &touched {
        let own: Vec<usize> =
            (0..all.len()).filter(|index| all[*index].stmt == *stmt && all[*index].of == *of).collect();
        let left = own.iter().any(|index| !moot.contains(index));
        if !left && !all[own[0]].goes {
            let sides: Vec<ExprId> = own.iter().filter_map(|index| all[*index].side).collect();
            if of.is_none() {
                scene.open(*stmt, &sides, draft);
            }
            continue;
        }
        if !left {
            draft.stmts.entry(file).or_default().push(*stmt);
            continue;
        }
        let span = |index: &usize| all[*index].side.map_or(Span::default(), |side| unit.module.expr(side).outer);
        let spans: Vec<Span> = own.iter().map(span).collect();
        let goes = (0..own.len()).filter(|position| moot.contains(&own[*position])).collect();
        match of {
            Some(list) => lists::cut(plan.program, file, *list, &spans, &goes, draft)?,
            None => {
                for cut in side_cuts(&spans, &goes) {
                    draft.replace(Place { file, span: cut }, "")?;
                }
            }
        }
    }
    Ok(!touched.is_empty())
}

/// Whether a call looks something up by its key: `settings.get("key")`, `_.has(settings, "key")`.
fn asks_for_key(name: &str) -> bool {
    matches!(name, "get" | "has" | "hasOwn" | "hasOwnProperty")
}

struct Scene<'a> {
    plan: &'a Plan<'a, 'a>,
    program: &'a Program,
    file: FileId,
    unit: &'a Unit,
    gone: &'a [Span],
    context: &'a Context<'a>,
}

impl Scene<'_> {
    fn candidates(&self, stmt: StmtId) -> Vec<Candidate> {
        let module = &self.unit.module;
        let record = module.stmt(stmt);
        let source = self.program.file(self.file);
        if self.is_gone(record.span) {
            return vec![];
        }
        if let Some(written) = self.written(stmt) {
            // The only statement of a block leaves with what is around it, or not at all.
            let beside =
                module.block(record.block).stmts.iter().filter(|other| !self.is_gone(module.stmt(**other).span));
            let writes = BTreeSet::from([written]);
            let alone = beside.count() < 2;
            return if alone {
                vec![]
            } else {
                vec![Candidate { stmt, side: None, of: None, goes: true, looks_at: BTreeSet::new(), writes }]
            };
        }
        if let Some(line) = self.told(stmt).or_else(|| self.demanded(stmt)) {
            return vec![line];
        }
        let mut inner = lists::items(self, stmt);
        let [condition] = record.exprs.as_slice() else { return inner };
        if self.is_gone(module.expr(*condition).span) {
            return inner;
        }
        if record.kind != StmtKind::If || is_link(source, record.span) {
            return inner;
        }
        // Where a function calls itself, this is how it ends.
        let function = module.function_of(record.scope);
        if function.is_some_and(|function| loops::is_recursive(self.plan, self.file, function)) {
            return inner;
        }
        let checked = checked::Checked::new(self.plan, false);
        let goes = cleanup::refuses(self.context, stmt) || checked.notes(self.unit, self.file, stmt);
        if goes {
            inner.extend(lists::negated(self, stmt, *condition));
        }
        let mut sides = vec![];
        // What was asked for beside others: `if (id && key) …`.
        let operator = if goes { ["||", "or"] } else { ["&&", "and"] };
        self::sides(module, source, *condition, &operator, &mut sides);
        if goes || sides.len() > 1 {
            inner.extend(sides.into_iter().map(|side| self.side(stmt, side, None, goes)));
            return inner;
        }
        if !inner.is_empty() {
            return inner;
        }
        // `if (!account.key) account.key = read(account.keyFile)`
        let within = record.blocks.iter().flat_map(|block| &module.block(*block).stmts);
        let writes: Option<BTreeSet<Looked>> = within.map(|inner| self.written(*inner)).collect();
        let Some(writes) = writes.filter(|writes| !writes.is_empty()) else {
            return match self.unit.is_open() {
                true => vec![self.side(stmt, *condition, None, false)],
                false => vec![],
            };
        };
        let side = self.side(stmt, *condition, None, true);
        vec![Candidate { side: None, writes, ..side }]
    }

    /// A side of a chain, or an item of a list.
    fn side(&self, stmt: StmtId, side: ExprId, of: Option<ExprId>, goes: bool) -> Candidate {
        let mut found = BTreeSet::new();
        let looks_at = self.looks_at(side, &mut found).map(|()| found).unwrap_or_default();
        Candidate { stmt, side: Some(side), of, goes, looks_at, writes: BTreeSet::new() }
    }

    /// The field that a statement fills and does nothing else: `config.key = readFile(…)`.
    fn written(&self, stmt: StmtId) -> Option<Looked> {
        let module = &self.unit.module;
        let record = module.stmt(stmt);
        let mut own = self.unit.binds_of(stmt);
        let (Some(bind), None) = (own.next(), own.next()) else { return None };
        let is_field = matches!(module.kind(bind.place), ExprKind::Member { .. } | ExprKind::Index { .. });
        let is_plain = bind.how == How::Assign && matches!(record.kind, StmtKind::Bind | StmtKind::Expr);
        let acts = |id: &ExprId| match module.kind(*id) {
            ExprKind::Call { .. } => !(self.context.harmless_call)(*id),
            ExprKind::Function(_) => true,
            _ => false,
        };
        // The sweep itself knows the fields of the own object.
        let is_own = matches!(module.kind(bind.place), ExprKind::Member { base, .. } if is_self(module.kind(*base)));
        let quiet = is_field && !is_own && is_plain && !self.unit.within(record.span).iter().any(acts);
        quiet.then(|| self.looked(bind.place)).flatten()
    }

    /// Collects what a condition looks at; `None` if something of it has no name.
    fn looks_at(&self, expr: ExprId, found: &mut BTreeSet<Looked>) -> Option<()> {
        let module = &self.unit.module;
        if let Some(looked) = self.looked(expr) {
            found.insert(looked);
            return Some(());
        }
        match module.kind(expr) {
            ExprKind::Call { callee, args, .. } if (self.context.harmless_call)(expr) => {
                args.iter().try_for_each(|arg| self.looks_at(arg.value, found))?;
                match module.kind(*callee) {
                    ExprKind::Member { name, .. } if args.is_empty() && self.gives_setting(name) => {
                        self.looks_at(*callee, found)
                    }
                    ExprKind::Member { base, .. } if !self.is_tool(*base) => self.looks_at(*base, found),
                    ExprKind::Name(_) | ExprKind::Member { .. } => Some(()),
                    _ => None,
                }
            }
            ExprKind::Text(_) | ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::Null => Some(()),
            ExprKind::Binary { left, right, .. } => {
                self.looks_at(*left, found)?;
                self.looks_at(*right, found)
            }
            ExprKind::Opaque(parts) if parts.len() == 1 => self.looks_at(parts[0], found),
            // `config.key.length`: of what is looked at the innermost part counts.
            ExprKind::Member { base, .. } => self.looks_at(*base, found),
            _ => None,
        }
    }

    /// What is called for help: a module, a class, the object itself (`fs.existsSync`, `os.path.exists`, `self.check`).
    fn is_tool(&self, mut at: ExprId) -> bool {
        let module = &self.unit.module;
        while let ExprKind::Member { base, .. } = module.kind(at) {
            at = *base;
        }
        let ExprKind::Name(name) = module.kind(at) else { return false };
        if is_self(module.kind(at)) {
            return true;
        }
        let Some(scope) = self.unit.declaring_scope(module.expr(at).scope, name) else {
            return !is_self(module.kind(at));
        };
        let binds = self.unit.binds_in(scope, name);
        binds.iter().all(|id| matches!(module.binds[id.index()].how, How::Import(_) | How::Class(_)))
    }

    /// Whether a method gives what only the JWT needed: `getPrivateKey`.
    fn gives_setting(&self, name: &str) -> bool {
        let config = &self.plan.rules.adobe.config;
        let key = normal_key(name.strip_prefix("get").unwrap_or(name));
        self.unit.is_open()
            && [&config.private_key, &config.technical_account, &config.metascopes]
                .iter()
                .any(|keys| keys.contains(&key))
    }

    /// A name, or a path of members and literal keys that begins with one: `config.key`, `config["key"]` and
    /// `config.get("key")` are the same.
    fn looked(&self, expr: ExprId) -> Option<Looked> {
        let module = &self.unit.module;
        let step = |base: ExprId, key: &str| {
            let (scope, path) = self.beginning(base)?;
            Some((scope, format!("{path}.{key}")))
        };
        match module.kind(expr) {
            ExprKind::Name(name) if !is_self(module.kind(expr)) => {
                Some((Some(self.unit.declaring_scope(module.expr(expr).scope, name)?), name.to_string()))
            }
            ExprKind::Member { base, name, .. } => step(*base, name),
            ExprKind::Index { base, index } => step(*base, &module.literal(*index)?),
            ExprKind::Call { callee, args, new: false } => {
                let key = module.literal(args.last()?.value)?;
                match (module.kind(*callee), args.as_slice()) {
                    (ExprKind::Member { base, name, .. }, [_]) if asks_for_key(name) => step(*base, &key),
                    (_, [_]) => step(*callee, &key),
                    (ExprKind::Name(name) | ExprKind::Member { name, .. }, [base, _]) if asks_for_key(name) => {
                        step(base.value, &key)
                    }
                    _ => None,
                }
            }
            // `"key" in settings`
            ExprKind::Binary { left, right, op } if **op == *"in" => step(*right, &module.literal(*left)?),
            _ => None,
        }
    }

    /// What comes before the last step of a path; a name that nobody declares, and `this`, are allowed there.
    fn beginning(&self, at: ExprId) -> Option<Looked> {
        let module = &self.unit.module;
        match module.kind(at) {
            kind if is_self(kind) => {
                let class = module.class_of(module.expr(at).scope)?;
                Some((Some(module.class(class).scope), String::new()))
            }
            ExprKind::Name(name) => Some((self.unit.declaring_scope(module.expr(at).scope, name), name.to_string())),
            _ => self.looked(at),
        }
    }

    /// The candidates that are about nothing which anybody else reads, by index.
    fn moot(&self, all: &[Candidate]) -> BTreeSet<usize> {
        let module = &self.unit.module;
        let is_about = |candidate: &Candidate| !candidate.looks_at.is_empty() || !candidate.writes.is_empty();
        let mut moot: BTreeSet<usize> = (0..all.len()).filter(|index| is_about(&all[*index])).collect();
        if moot.is_empty() {
            return moot;
        }
        let reads = self.reads();
        // What is written may be read with the whole that it is part of.
        let is_of = |read: &Read, looked: &Looked, written: bool| {
            let is_whole =
                || read.whole && read.looked.0 == looked.0 && looked.1.starts_with(&format!("{}.", read.looked.1));
            read.looked == *looked || (written && is_whole())
        };
        let lost: Vec<&Read> = reads.iter().filter(|read| self.is_gone(read.span)).collect();
        // `settings.getKey()`, whatever the settings are called elsewhere.
        let is_same_getter = |read: &Read, looked: &Looked| {
            let (name, other) = (looked.1.rsplit_once('.'), read.looked.1.rsplit_once('.'));
            matches!((name, other), (Some((_, name)), Some((_, other))) if name == other && self.gives_setting(name))
        };
        let was_read = |looked: &Looked, written: bool| {
            lost.iter().any(|read| is_of(read, looked, written) || is_same_getter(read, looked))
        };
        moot.retain(|index| {
            let Candidate { looks_at, writes, .. } = &all[*index];
            looks_at.iter().all(|looked| was_read(looked, false)) && writes.iter().all(|looked| was_read(looked, true))
        });
        loop {
            // What refuses goes with its message: `if (!key) throw new Error(`no key at ${key}`)`.
            let is_whole = |Candidate { stmt, goes, .. }: &Candidate| {
                *goes && (0..all.len()).all(|other| all[other].stmt != *stmt || moot.contains(&other))
            };
            let span = |index: &usize| match all[*index].side {
                Some(side) if !is_whole(&all[*index]) => module.expr(side).outer,
                _ => module.stmt(all[*index].stmt).span,
            };
            let spans: Vec<Span> = moot.iter().map(span).collect();
            let goes = |read: &Read| self.is_gone(read.span) || spans.iter().any(|moot| moot.contains(read.span));
            // The same field through another name: `settings.account.key` for `account.key`.
            let aliased = |looked: &Looked| {
                let field = looked.1.rsplit_once('.').map(|(_, field)| field);
                // A field of the own object is no field of another one.
                let is_own = |path: &str| path.starts_with('.') && path.matches('.').count() == 1;
                let is_it = |read: &Read| {
                    let other = read.looked.1.as_str();
                    other.rsplit('.').next() == field && read.looked != *looked && is_own(other) == is_own(&looked.1)
                };
                field.is_some() && reads.iter().any(|read| is_it(read) && !goes(read))
            };
            let is_unread = |looked: &Looked, written: bool| {
                reads.iter().filter(|read| is_of(read, looked, written)).all(goes)
                    && !aliased(looked)
                    && !self.is_read_otherwise(looked)
            };
            let stays_moot = |index: &usize| {
                let candidate = &all[*index];
                candidate.looks_at.iter().all(|looked| is_unread(looked, false))
                    && candidate.writes.iter().all(|looked| is_unread(looked, true))
            };
            let next: BTreeSet<usize> = moot.iter().copied().filter(stays_moot).collect();
            if next.len() == moot.len() {
                return moot;
            }
            moot = next;
        }
    }
}
