//! Loops that try one metascope after the other: one request has all scopes, so the body runs once and the loop goes.
//!
//! A loop is such a one if what it walks over fed only the JWT. What still looks at it is known once there is a single
//! round ([`once`]): `i === LIST.length - 1` is true then, and the branches that hang on it are decided.

mod flow;
mod lift;
mod mapped;
mod once;

use super::draft::Draft;
use super::idle;
use super::moot;
use super::plan::Plan;
use super::sweep;
use crate::analyze::adobe;
use crate::analyze::{Exchange, ExprRef, Follow, FunctionRef, Place, Unit};
use crate::ir::{ExprId, ExprKind, Module, StmtId, StmtKind};
use crate::rules::normal_key;
use crate::text::{FileId, Overlap, Span};
pub(super) use lift::{Lift, lift};
pub(super) use mapped::is_recursive;
use once::{Once, Value};
use std::collections::{BTreeMap, BTreeSet};

/// How far up the callers of the request's function a loop is looked for.
const MAX_CALLERS: usize = 3;

/// Finds the loops around the exchanges that have one round left, and notes in the draft what goes with them; the text
/// moves at the end, by [`lift`].
pub(super) fn dissolve(plan: &Plan<'_, '_>, exchanges: &[&Exchange<'_>], draft: &mut Draft) -> Vec<Lift> {
    let before = draft.clone();
    let Some(first) = exchanges.first() else { return vec![] };
    found(plan, exchanges, draft).unwrap_or_else(|overlap| {
        *draft = before;
        let at = Place { file: first.call.file, span: overlap.0.span };
        draft.review(at, "one request has all scopes: see whether a loop around it is left");
        vec![]
    })
}

fn found(plan: &Plan<'_, '_>, exchanges: &[&Exchange<'_>], draft: &mut Draft) -> Result<Vec<Lift>, Overlap> {
    let mut loops = BTreeSet::new();
    let mut seen = Seen::default();
    for exchange in exchanges {
        around(plan, exchange.call, 0, &mut seen, &mut loops);
    }
    let rounds = mapped::rounds(plan, exchanges);
    if loops.is_empty() && rounds.is_empty() {
        return Ok(vec![]);
    }
    // What is gone in the end is known only after a sweep.
    let mut trial = draft.clone();
    sweep::sweep(plan, &mut trial);
    mapped::settle(plan, rounds, &trial, draft)?;
    let mut lifts = vec![];
    for (file, stmt) in loops {
        let Some(unit) = plan.program.unit(file) else { continue };
        let gone = trial.gone.get(&file).cloned().unwrap_or_default();
        let Some(trying) = Trying::find(plan, file, unit, stmt, (&gone, &trial)) else { continue };
        match trying.settled() {
            Ok(settled) => lifts.extend(settled.put(plan, file, draft)?),
            Err(why) if is_about_metascopes(plan, ExprRef { file, expr: trying.once.list }) => draft.review(
                Place { file, span: trying.head },
                format!("one request has all scopes, so there is nothing to try one after the other: take the loop away ({why})"),
            ),
            Err(_) => {}
        }
    }
    Ok(lifts)
}

/// Functions whose callers were looked at, with the steps that it took to get there.
#[derive(Default)]
struct Seen(BTreeMap<FunctionRef, usize>);

impl Seen {
    /// Whether a function has callers that were not looked at from as near.
    fn is_new(&mut self, function: FunctionRef, depth: usize) -> bool {
        let known = self.0.entry(function).or_insert(usize::MAX);
        let is_new = depth < *known;
        *known = depth.min(*known);
        is_new
    }
}

/// The loops around a call, and around the calls of the function that it stands in.
fn around(plan: &Plan<'_, '_>, call: ExprRef, depth: usize, seen: &mut Seen, loops: &mut BTreeSet<(FileId, StmtId)>) {
    let Some(unit) = plan.program.unit(call.file) else { return };
    let module = &unit.module;
    let mut at = Some(module.expr(call.expr).stmt);
    while let Some(stmt) = at {
        match module.stmt(stmt).kind {
            StmtKind::Loop => {
                loops.insert((call.file, stmt));
            }
            StmtKind::Function(_) | StmtKind::Class(_) => break,
            _ => {}
        }
        at = module.parent_stmt(stmt);
    }
    let Some(function) = module.function_of(module.expr(call.expr).scope).filter(|_| depth < MAX_CALLERS) else {
        return;
    };
    let function = FunctionRef { file: call.file, function };
    if seen.is_new(function, depth) {
        for caller in plan.program.callers(function) {
            around(plan, *caller, depth + 1, seen, loops);
        }
    }
}

/// Whether a list is one of metascopes, or its name says so.
fn is_about_metascopes(plan: &Plan<'_, '_>, list: ExprRef) -> bool {
    let program = plan.program;
    let is_one = |value: ExprRef| {
        let text = program.text(value).exact();
        text.is_some_and(|text| adobe::metascope(&plan.rules.adobe, &text).is_some())
    };
    let by_item = program.origins(list, Follow::ALL).into_iter().any(|origin| match program.kind(origin.expr) {
        ExprKind::List(items) => items.iter().any(|item| is_one(ExprRef { file: origin.expr.file, expr: item.value })),
        _ => false,
    });
    by_item || normal_key(program.source(list)).contains("metascope")
}

/// A loop that tries something for each of a list.
struct Trying<'a, 'r> {
    plan: &'a Plan<'a, 'r>,
    unit: &'a Unit,
    file: FileId,
    stmt: StmtId,
    /// From `for` to the body.
    head: Span,
    gone: &'a [Span],
    once: Once<'a>,
    /// Reads that are handed to parameters which nobody reads any more.
    handed: Vec<(ExprId, FunctionRef, u32)>,
}

/// What becomes of a loop whose body runs once.
#[derive(Default)]
struct Settled {
    lifts: Vec<Lift>,
    /// Statements that go: jumps, branches that nobody takes, what nobody reaches.
    stmts: Vec<StmtId>,
    /// Bytes that are taken out.
    cuts: Vec<Span>,
    /// Bytes that [`lift`] takes out.
    gone: Vec<Span>,
    /// Lines that told which one is tried.
    told: Vec<Span>,
    /// Parameters that carried it.
    idle: Vec<(FunctionRef, u32)>,
}

impl Settled {
    fn put(self, plan: &Plan<'_, '_>, file: FileId, draft: &mut Draft) -> Result<Vec<Lift>, Overlap> {
        for (function, index) in self.idle {
            idle::hand_nothing(plan.program, function, index, draft)?;
        }
        for cut in self.cuts {
            draft.replace(Place { file, span: cut }, "")?;
        }
        draft.gone.entry(file).or_default().extend(self.gone);
        draft.stmts.entry(file).or_default().extend(self.stmts);
        for span in self.told {
            draft.review(
                Place { file, span },
                "this line told which metascope was tried: see that it still says something",
            );
        }
        Ok(self.lifts)
    }
}

impl<'a, 'r> Trying<'a, 'r> {
    /// `None` if what the loop walks over did not feed the JWT.
    fn find(
        plan: &'a Plan<'a, 'r>,
        file: FileId,
        unit: &'a Unit,
        stmt: StmtId,
        (gone, trial): (&'a [Span], &Draft),
    ) -> Option<Trying<'a, 'r>> {
        let module = &unit.module;
        let record = module.stmt(stmt);
        let body = module.block(*record.blocks.first()?);
        let head = Span { start: record.span.start, end: body.span.start };
        let away = gone.iter().any(|gone| gone.contains(record.span));
        let source = plan.program.file(file);
        let harmless = |expr: ExprId| super::harmless::is_harmless(plan, ExprRef { file, expr }, 0);
        let once = Once::new(unit, source, stmt, head, &harmless).filter(|_| !away && !head.is_empty())?;
        let handed = once.reads().filter_map(|read| {
            let idle = |(function, index): &&(FunctionRef, u32)| {
                plan.program
                    .callers(*function)
                    .iter()
                    .any(|call| plan.program.argument(*call, *function, *index) == Some(ExprRef { file, expr: read }))
            };
            trial.idle.iter().find(idle).map(|(function, index)| (read, *function, *index))
        });
        let handed = handed.collect();
        let trying = Trying { plan, unit, file, stmt, head, gone, once, handed };
        let fed = trying.once.reads().any(|read| trying.is_unused(read));
        fed.then_some(trying)
    }

    fn module(&self) -> &'a Module {
        &self.unit.module
    }

    /// Whether a read goes, or hands over what nobody reads.
    fn is_unused(&self, read: ExprId) -> bool {
        self.is_gone(self.module().expr(read).span) || self.handed.iter().any(|(handed, ..)| *handed == read)
    }

    fn is_gone(&self, span: Span) -> bool {
        self.gone.iter().any(|gone| gone.contains(span))
    }

    /// What becomes of the loop, or why it cannot go.
    fn settled(&self) -> Result<Settled, &'static str> {
        let module = self.module();
        let record = module.stmt(self.stmt);
        if record.blocks.len() > 1 {
            return Err("it has an `else`");
        }
        let mut settled = Settled::default();
        let decided = self.decide(&mut settled)?;
        self.take_words(&mut settled, &decided);
        let told = |span: Span| settled.cuts.iter().chain(&decided).any(|done| done.contains(span));
        let away = |span: Span| settled.stmts.iter().any(|stmt| module.stmt(*stmt).span.contains(span));
        let open = self.once.reads().any(|read| {
            let span = module.expr(read).span;
            let known = self.once.givers.iter().any(|stmt| module.stmt(*stmt).span.contains(span));
            !self.head.contains(span) && !self.is_unused(read) && !told(span) && !away(span) && !known
        });
        if open {
            return Err("what it walks over is read for something else as well");
        }
        let flow = flow::Flow {
            unit: self.unit,
            source: self.plan.program.file(self.file),
            gone: self.gone,
            once: &self.once,
        };
        settled.stmts.extend(flow.jumps(self.stmt)?);
        settled.stmts.extend(flow.unreached(self.stmt)?);
        let lift = Lift::new(self.unit, self.plan.program.file(self.file), self.file, self.stmt, record.blocks[0])?;
        settled.gone.push(lift.head);
        settled.lifts.push(lift);
        settled.idle = self.handed.iter().map(|(_, function, index)| (*function, *index)).collect();
        Ok(settled)
    }

    /// Decides the branches that ask for the round. Gives the conditions that are decided.
    fn decide(&self, settled: &mut Settled) -> Result<Vec<Span>, &'static str> {
        let module = self.module();
        let source = self.plan.program.file(self.file);
        let record = module.stmt(self.stmt);
        let mut decided: Vec<Span> = vec![];
        for (number, inner) in module.stmts.iter().enumerate() {
            let stmt = StmtId(number as u32);
            let [condition] = inner.exprs.as_slice() else { continue };
            let inside = inner.kind == StmtKind::If && record.span.contains(inner.span);
            let dead = settled.stmts.iter().any(|gone| module.stmt(*gone).span.contains(inner.span));
            if !inside || dead || self.is_gone(inner.span) {
                continue;
            }
            let span = module.expr(*condition).outer;
            match self.once.value(*condition) {
                Some(Value::Bool(taken)) if self.asks(span) => {
                    if moot::is_link(source, inner.span) {
                        return Err("an `else if` asks for the round");
                    }
                    decided.push(span);
                    match inner.blocks.get(usize::from(!taken)) {
                        Some(block) => {
                            let lift = Lift::new(self.unit, source, self.file, stmt, *block)?;
                            settled.gone.push(span);
                            settled
                                .gone
                                .extend(inner.blocks.get(usize::from(taken)).map(|other| module.block(*other).span));
                            settled.lifts.push(lift);
                        }
                        None => settled.stmts.push(stmt),
                    }
                }
                _ => self.take_sides(*condition, settled),
            }
        }
        Ok(decided)
    }

    /// Whether something in a span looks at the round.
    fn asks(&self, span: Span) -> bool {
        self.once.reads().any(|read| span.contains(self.module().expr(read).span))
    }

    /// The sides of a condition that are known: `retry && i < LIST.length - 1`.
    fn take_sides(&self, condition: ExprId, settled: &mut Settled) {
        let module = self.module();
        let source = self.plan.program.file(self.file);
        for (operators, value) in [(["&&", "and"], true), (["||", "or"], false)] {
            let mut sides = vec![];
            moot::sides(module, source, condition, &operators, &mut sides);
            let known = |side: &ExprId| {
                self.once.value(*side) == Some(Value::Bool(value)) && self.asks(module.expr(*side).outer)
            };
            if sides.iter().any(known) && !sides.iter().all(known) {
                let spans: Vec<Span> = sides.iter().map(|side| module.expr(*side).outer).collect();
                let goes: BTreeSet<usize> = (0..sides.len()).filter(|index| known(&sides[*index])).collect();
                settled.cuts.extend(moot::side_cuts(&spans, &goes));
            }
        }
    }

    /// Takes what was tried out of the lines that told it: `log("not", metascope, error)`.
    fn take_words(&self, settled: &mut Settled, decided: &[Span]) {
        let module = self.module();
        for read in self.once.reads() {
            let expr = module.expr(read);
            let done = self.is_unused(read) || decided.iter().any(|done| done.contains(expr.span));
            let Some(call) = self.telling(expr.stmt).filter(|_| !done) else { continue };
            let ExprKind::Call { args, .. } = module.kind(call) else { continue };
            let spans: Vec<Span> = args.iter().map(|arg| arg.span).collect();
            let format = args
                .first()
                .and_then(|first| module.literal(first.value))
                .is_some_and(|text| text.contains("{}") || text.contains('%'));
            let whole = args.iter().position(|arg| arg.value == read && arg.name.is_none());
            if let Some(position) = whole.filter(|_| spans.len() > 1 && !format) {
                settled.cuts.push(idle::item(self.plan.program, self.file, &spans, position));
                settled.told.push(expr.span);
            }
        }
    }

    /// The call of a statement that only tells somebody: `console.log(…)`, `print(…)`.
    fn telling(&self, stmt: StmtId) -> Option<ExprId> {
        let module = self.module();
        let record = module.stmt(stmt);
        let [call] = record.exprs.as_slice() else { return None };
        let ExprKind::Call { callee, .. } = module.kind(*call) else { return None };
        let source = self.plan.program.file(self.file).slice(module.expr(*callee).span).to_ascii_lowercase();
        let tells = source == "print" || source.contains("console.") || source.contains("log");
        (record.kind == StmtKind::Expr && tells).then_some(*call)
    }
}
