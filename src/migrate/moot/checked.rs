//! Whether a value is looked at only to refuse: by the code around it, by the functions that it is handed to, and by
//! those that get what these make of it.

use super::super::cleanup::{self, Context};
use super::super::harmless;
use super::super::plan::Plan;
use super::lists;
use crate::analyze::{Def, ExprRef, FunctionRef, Unit};
use crate::ir::{
    Bind, BlockId, ExprId, ExprKind, FunctionId, How, ImportStyle, Key, Module, ScopeId, StmtId, StmtKind,
};
use crate::rules::{Does, normal_key};
use crate::text::FileId;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// How far a value is followed from name to name and from function to function.
const MAX_STEPS: u8 = 8;

/// Parts of names that say that something must be there, or that somebody looks whether it is.
const ASKING: [&str; 8] = ["require", "mandatory", "missing", "check", "validat", "assert", "ensure", "demand"];

/// What is known of a value.
#[derive(Clone, Copy, Default)]
struct Way {
    steps: u8,
    /// It is not the value itself but something that is made of it.
    made: bool,
    /// It came into the function that it is in by the call that is followed.
    entered: bool,
    /// It is a record of what was found under each name: `pick(settings, names)`.
    record: bool,
}

pub(super) struct Checked<'a, 'r> {
    pub(super) plan: &'a Plan<'a, 'r>,
    /// Whether a name alone may say it, where the code that looks is not in view.
    pub(super) by_name: bool,
    /// Names that are being followed.
    seen: RefCell<BTreeSet<(FileId, ScopeId, String)>>,
}

impl<'a, 'r> Checked<'a, 'r> {
    pub(super) fn new(plan: &'a Plan<'a, 'r>, by_name: bool) -> Self {
        Checked { plan, by_name, seen: RefCell::default() }
    }

    /// Whether a value is looked at only to refuse, to tell, or to decide.
    pub(super) fn only(&self, value: ExprRef) -> bool {
        self.leads(value, Way::default())
    }

    fn leads(&self, value: ExprRef, mut way: Way) -> bool {
        let Some(unit) = self.plan.program.unit(value.file).filter(|_| way.steps < MAX_STEPS) else { return false };
        let module = &unit.module;
        let mut at = value.expr;
        let mut handed = false;
        // `exports.NAMES = […]`, `module.exports = { NAMES: […] }`
        let named = |bind: &&Bind| matches!(module.kind(bind.place), ExprKind::Name(_)) && bind.value == Some(at);
        if let Some(export) = module.exports.iter().find(|export| export.value == Some(at))
            && !module.binds.iter().any(|bind| named(&bind))
        {
            let way = Way { steps: way.steps + 1, ..way };
            let own = unit.mentions(&export.name).any(|read| unit.bind_of_place(read).is_none());
            return !own && self.taken(value.file, &export.name, way) == Some(true);
        }
        while let Some(parent) = module.expr(at).parent {
            match module.kind(parent) {
                ExprKind::Function(_) => break,
                ExprKind::Comprehension { .. } => way.made = true,
                ExprKind::Record(_) if way.made => {}
                ExprKind::Member { base, .. } if *base == at && way.record => return true,
                ExprKind::Member { base, .. } if *base == at => {
                    let called = module.expr(parent).parent.filter(
                        |call| matches!(module.kind(*call), ExprKind::Call { callee, .. } if *callee == parent),
                    );
                    if let Some(call) = called
                        && !self.only_looks(unit, value.file, call)
                    {
                        return false;
                    }
                    handed |= called.is_some();
                    way.made = true;
                    at = called.unwrap_or(parent);
                    continue;
                }
                ExprKind::Index { base, .. } if *base == at && way.made => {}
                ExprKind::Binary { .. } | ExprKind::Choice { .. } | ExprKind::Text(_) | ExprKind::Opaque(_) => {
                    way.made = true;
                }
                ExprKind::List(_) => {}
                ExprKind::Call { callee, .. } if *callee != at => {
                    let call = ExprRef { file: value.file, expr: parent };
                    if !self.takes(unit, call, *callee, at, way) {
                        return false;
                    }
                    // What declares settings gives back no more than itself.
                    if self.plan.analysis.facts.of_kind(call, Does::Declare).is_some() {
                        return true;
                    }
                    (way.made, handed) = (true, true);
                    way.record = matches!(module.kind(*callee), ExprKind::Name(name) | ExprKind::Member { name, .. } if **name == *"pick");
                }
                _ => return false,
            }
            at = parent;
        }
        self.ends(unit, value.file, at, way, handed)
    }

    /// Whether what is called with a value only looks at it.
    fn takes(&self, unit: &Unit, call: ExprRef, callee: ExprId, value: ExprId, way: Way) -> bool {
        let program = self.plan.program;
        if self.plan.analysis.facts.of_kind(call, Does::Declare).is_some() {
            return true;
        }
        let functions = program.functions_of(ExprRef { file: call.file, expr: callee });
        if !functions.is_empty() {
            return functions.iter().all(|function| self.reads_in(*function, call, value, way));
        }
        let name = match unit.module.kind(callee) {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => &**name,
            _ => return false,
        };
        (self.by_name && is_asking(name)) || harmless::is_harmless(self.plan, call, 0)
    }

    /// Whether a function only looks at the parameter that a call hands a value to.
    fn reads_in(&self, function: FunctionRef, call: ExprRef, value: ExprId, way: Way) -> bool {
        let program = self.plan.program;
        let Some(unit) = program.unit(function.file) else { return false };
        let target = unit.module.function(function.function);
        let value = ExprRef { file: call.file, expr: value };
        let Some(name) = lists::taker(program, function, call, value).and_then(|param| param.name.as_deref()) else {
            return false;
        };
        let way = Way { steps: way.steps + 1, entered: true, ..way };
        self.named(unit, function.file, (target.scope, name), way)
    }

    /// Whether all that reads a name only looks at it.
    fn named(&self, unit: &Unit, file: FileId, (scope, name): (ScopeId, &str), way: Way) -> bool {
        let new = self.seen.borrow_mut().insert((file, scope, name.to_owned()));
        !new || reads(unit, scope, name).all(|read| self.leads(ExprRef { file, expr: read }, way))
    }

    /// Whether a function does nothing but refuse.
    pub(super) fn refuses_only(&self, function: FunctionRef) -> bool {
        let Some(unit) = self.plan.program.unit(function.file) else { return false };
        let body = unit.module.function(function.function).body;
        body.is_some_and(|body| {
            let stmts = &unit.module.block(body).stmts;
            !stmts.is_empty() && stmts.iter().all(|stmt| self.refuses(unit, function.file, *stmt))
        })
    }

    /// Whether a call on a list only looks at it: `names.filter((name) => !settings[name])`.
    fn only_looks(&self, unit: &Unit, file: FileId, call: ExprId) -> bool {
        let module = &unit.module;
        let ExprKind::Call { callee, args, .. } = module.kind(call) else { return false };
        let ExprKind::Member { name, .. } = module.kind(*callee) else { return false };
        args.iter().all(|arg| match module.kind(arg.value) {
            ExprKind::Function(function) if **name == *"forEach" => match module.function(*function).body {
                Some(body) => self.is_look(unit, file, body),
                None => false,
            },
            ExprKind::Function(function) => !writes_outside(module, *function),
            _ => true,
        })
    }

    /// Whether a block, run for each of a list, does nothing but refuse, or note what is missing.
    fn is_look(&self, unit: &Unit, file: FileId, block: BlockId) -> bool {
        let stmts = &unit.module.block(block).stmts;
        !stmts.is_empty() && stmts.iter().all(|stmt| self.refuses(unit, file, *stmt) || self.notes(unit, file, *stmt))
    }

    /// `if (!settings[name]) missing.push(name)`, `if (!settings[name]) message += name`, where what is noted is only
    /// looked at.
    pub(super) fn notes(&self, unit: &Unit, file: FileId, stmt: StmtId) -> bool {
        let module = &unit.module;
        let record = module.stmt(stmt);
        let [block] = record.blocks.as_slice() else { return false };
        record.kind == StmtKind::If
            && module.block(*block).stmts.iter().all(|inner| {
                self.notebook(unit, *inner).is_some_and(|(scope, name)| {
                    let way = Way { steps: 1, made: true, ..Way::default() };
                    let later = |read: &ExprId| !module.stmt(*inner).span.contains(module.expr(*read).span);
                    reads(unit, scope, name).filter(later).all(|read| self.leads(ExprRef { file, expr: read }, way))
                })
            })
    }

    /// The name that a statement adds something to.
    fn notebook<'u>(&self, unit: &'u Unit, stmt: StmtId) -> Option<(ScopeId, &'u str)> {
        let module = &unit.module;
        let record = module.stmt(stmt);
        let place = match record.kind {
            StmtKind::Expr | StmtKind::Bind => {
                let bind = unit.binds_of(stmt).next().map(|bind| bind.place);
                match (bind, record.exprs.as_slice()) {
                    (Some(place), _) => place,
                    (None, [call]) => {
                        let ExprKind::Call { callee, .. } = module.kind(*call) else { return None };
                        let ExprKind::Member { base, name, .. } = module.kind(*callee) else { return None };
                        matches!(&**name, "push" | "append" | "add").then_some(*base)?
                    }
                    _ => return None,
                }
            }
            _ => return None,
        };
        let ExprKind::Name(name) = module.kind(place) else { return None };
        Some((unit.declaring_scope(module.expr(place).scope, name)?, name))
    }

    /// What the statement does that a value comes to.
    fn ends(&self, unit: &Unit, file: FileId, at: ExprId, way: Way, handed: bool) -> bool {
        let module = &unit.module;
        let expr = module.expr(at);
        // The one expression of an arrow function.
        if let Some(function) = answered(module, at) {
            return self.returned(unit, FunctionRef { file, function }, way);
        }
        let record = module.stmt(expr.stmt);
        match record.kind {
            StmtKind::If => record.exprs.iter().any(|condition| module.expr(*condition).outer.contains(expr.span)),
            StmtKind::Loop => {
                let [body] = record.blocks.as_slice() else { return false };
                expr.span.end <= module.block(*body).span.start && self.is_look(unit, file, *body)
            }
            // What is missing is told.
            StmtKind::Throw => way.made || way.steps > 0,
            StmtKind::Expr => {
                handed && !is_refusal(self.plan, file, expr.stmt) || way.steps > 0 && self.is_told(unit, file, at, way)
            }
            StmtKind::Return => match module.function_of(expr.scope) {
                Some(function) => {
                    self.is_told(unit, file, at, way) || self.returned(unit, FunctionRef { file, function }, way)
                }
                None => false,
            },
            StmtKind::Bind => self.bound(unit, file, at, way),
            _ => false,
        }
    }

    /// Whether a statement tells what is wrong: it refuses, or stands under a condition that asks for the same.
    fn is_told(&self, unit: &Unit, file: FileId, at: ExprId, way: Way) -> bool {
        let module = &unit.module;
        let stmt = module.expr(at).stmt;
        if way.steps == 0 {
            return false;
        }
        let named = |id: ExprId| match module.kind(id) {
            ExprKind::Name(name) => {
                unit.declaring_scope(module.expr(id).scope, name).map(|scope| (scope, name.clone()))
            }
            _ => None,
        };
        let names = |at: ExprId| unit.within(module.expr(at).outer).into_iter().filter_map(named);
        let told: Vec<_> = names(at).collect();
        let mut host = module.parent_stmt(stmt);
        while let Some(around) = host {
            let record = module.stmt(around);
            if record.kind == StmtKind::If
                && let [condition] = record.exprs.as_slice()
                && names(*condition).any(|asked| told.contains(&asked))
            {
                return true;
            }
            host = module.parent_stmt(around);
        }
        is_refusal(self.plan, file, stmt)
    }

    fn returned(&self, unit: &Unit, function: FunctionRef, way: Way) -> bool {
        let target = unit.module.function(function.function);
        // The caller that is followed goes on with what it gets.
        if way.entered && (target.name.is_some() || target.params.iter().any(|param| param.name.is_some())) {
            return true;
        }
        let callers = self.plan.program.callers(function);
        let way = Way { steps: way.steps + 1, ..way };
        !callers.is_empty() && callers.iter().all(|call| self.leads(*call, way))
    }

    fn bound(&self, unit: &Unit, file: FileId, at: ExprId, way: Way) -> bool {
        let module = &unit.module;
        let stmt = module.expr(at).stmt;
        let own = |bind: &&Bind| {
            let is_value = bind.value.is_some_and(|value| module.expr(value).outer.contains(module.expr(at).span));
            is_value && !matches!(bind.how, How::Each)
        };
        let binds: Vec<&Bind> = unit.binds_of(stmt).filter(own).collect();
        let way = Way { steps: way.steps + 1, ..way };
        !binds.is_empty()
            && binds.iter().all(|bind| {
                if way.record && matches!(&bind.how, How::Part(path) if matches!(path.as_slice(), [Key::Name(_)])) {
                    return true;
                }
                let ExprKind::Name(name) = module.kind(bind.place) else { return false };
                let is_said = self.by_name && !way.made && is_asking(name);
                let plain = match bind.how {
                    How::Assign | How::Augment => true,
                    How::Part(_) => way.made,
                    // A default.
                    How::Param(..) => true,
                    _ => false,
                };
                let only = way.made || unit.binds_in(bind.scope, name).len() == 1;
                let at_top = bind.scope.index() == 0;
                let here = || self.named(unit, file, (bind.scope, name), way);
                is_said || (plain && only && here() && (!at_top || self.taken(file, name, way).unwrap_or(true)))
            })
    }

    /// Whether all files that take a name of the top level of `file` only look at it; `None` if there is none.
    fn taken(&self, file: FileId, name: &str, way: Way) -> Option<bool> {
        let program = self.plan.program;
        let is_file = |other: FileId, base: ExprId| {
            program.meanings(ExprRef { file: other, expr: base }, 0).contains(&Def::File(file))
        };
        let mut all = None;
        for (other, unit) in program.units().filter(|(other, _)| *other != file) {
            for import in &unit.module.imports {
                let star = import.style == ImportStyle::Star;
                let takes = star || import.item.as_deref() == Some(name);
                if takes && program.import_target(other, &import.module) == Some(file) {
                    let only = !star && self.named(unit, other, (import.scope, &import.local), way);
                    all = Some(all.unwrap_or(true) && only);
                }
            }
            for read in unit.mentions(name) {
                if matches!(unit.module.kind(read), ExprKind::Member { base, .. } if is_file(other, *base)) {
                    all = Some(all.unwrap_or(true) && self.leads(ExprRef { file: other, expr: read }, way));
                }
            }
        }
        all
    }

    /// Whether a check does nothing but refuse.
    pub(super) fn refuses(&self, unit: &Unit, file: FileId, stmt: StmtId) -> bool {
        unit.module.stmt(stmt).kind == StmtKind::If && is_refusal(self.plan, file, stmt)
    }
}

fn is_asking(name: &str) -> bool {
    let name = normal_key(name);
    ASKING.iter().any(|part| name.contains(part))
}

/// Whether a statement does nothing but refuse, or tell somebody.
fn is_refusal(plan: &Plan<'_, '_>, file: FileId, stmt: StmtId) -> bool {
    let Some(unit) = plan.program.unit(file) else { return false };
    let context = Context {
        module: &unit.module,
        file: plan.program.file(file),
        syntax: unit.language.syntax,
        used_elsewhere: &|_| true,
        harmless_call: &|_| false,
        kept_names: &|_, _| true,
        worthless: &|_| false,
    };
    cleanup::is_refusal(&context, stmt)
}

/// The reads of a name that is declared in a scope.
pub(super) fn reads<'u>(unit: &'u Unit, scope: ScopeId, name: &'u str) -> impl Iterator<Item = ExprId> + 'u {
    unit.reads_of(name).filter(move |id| unit.declaring_scope(unit.module.expr(*id).scope, name) == Some(scope))
}

/// The arrow function whose one expression something is.
fn answered(module: &Module, at: ExprId) -> Option<FunctionId> {
    let function = module.function_of(module.expr(at).scope)?;
    let target = module.function(function);
    (target.body.is_none() && target.returns.contains(&at)).then_some(function)
}

/// Whether a function gives something to a field or item of what it has not made itself.
fn writes_outside(module: &Module, function: FunctionId) -> bool {
    let span = module.function(function).span;
    module
        .binds
        .iter()
        .filter(|bind| span.contains(bind.span))
        .any(|bind| matches!(module.kind(bind.place), ExprKind::Member { .. } | ExprKind::Index { .. }))
}
