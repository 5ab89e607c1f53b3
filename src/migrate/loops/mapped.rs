//! Rounds that a list's method makes, or a function that calls itself: `Promise.all(METASCOPES.map((one) => token(one)))`.
//! Where nothing but the JWT needed what the list holds, one call is left; what cannot be written so is told.

use super::super::draft::Draft;
use super::super::idle;
use super::super::plan::Plan;
use super::super::readers::inside;
use super::{MAX_CALLERS, Seen};
use crate::analyze::{Exchange, ExprRef, FunctionRef, Place, Unit};
use crate::ir::{ExprId, ExprKind, FunctionId, How, Key, Module};
use crate::text::{FileId, Overlap, Span};
use std::collections::BTreeSet;

/// Methods of a list that call a function for each of it.
const EACH: [&str; 11] =
    ["map", "forEach", "flatMap", "reduce", "reduceRight", "some", "every", "find", "filter", "mapSeries", "each"];
/// Functions of `Promise` that give what the first of a list gives.
const FIRST: [&str; 2] = ["any", "race"];
/// Functions of `Promise` that give a list of what each gives.
const ALL: [&str; 2] = ["all", "allSettled"];

/// A call that makes rounds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Round {
    /// `LIST.map(…)`: the call, and the function that it is given.
    List(ExprRef, FunctionRef),
    /// A call of a function in itself.
    Again(ExprRef, FunctionRef),
}

/// The rounds around the exchanges.
pub(super) fn rounds(plan: &Plan<'_, '_>, exchanges: &[&Exchange<'_>]) -> BTreeSet<Round> {
    let (mut rounds, mut seen) = (BTreeSet::new(), Seen::default());
    for exchange in exchanges {
        around(plan, exchange.call, 0, &mut seen, &mut rounds);
    }
    rounds
}

/// Lets the rounds be one. `trial` is a draft that was swept.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn settle(
    plan: &Plan<'_, '_>,
    rounds: BTreeSet<Round>,
    trial: &Draft,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    for round in rounds {
        let (call, function) = match round {
            Round::List(call, function) | Round::Again(call, function) => (call, function),
        };
        let Some(unit) = plan.program.unit(function.file) else { continue };
        let scene = Scene { plan, unit, function, trial };
        let done = match round {
            Round::List(..) => scene.list(call, draft)?,
            Round::Again(..) => scene.again(call),
        };
        if let Err(why) = done {
            draft.review(
                plan.program.place(call),
                format!("one request has all scopes and needs no key, so there is nothing to try one after the other: let one round be left ({why})"),
            );
        }
    }
    Ok(())
}

/// Whether lists have such methods.
fn has_methods(unit: &Unit) -> bool {
    unit.language.syntax.records && unit.language.syntax.optional_arguments
}

fn around(plan: &Plan<'_, '_>, call: ExprRef, depth: usize, seen: &mut Seen, found: &mut BTreeSet<Round>) {
    let program = plan.program;
    let Some(unit) = program.unit(call.file).filter(|unit| has_methods(unit) && depth <= MAX_CALLERS) else { return };
    let module = &unit.module;
    let Some(id) = module.function_of(module.expr(call.expr).scope) else { return };
    let function = FunctionRef { file: call.file, function: id };
    if !seen.is_new(function, depth) {
        return;
    }
    if let Some(own) = unit.function_expr(id)
        && let Some(round) = given_to(module, own)
    {
        let round = ExprRef { file: call.file, expr: round };
        found.insert(Round::List(round, function));
        around(plan, round, depth + 1, seen, found);
    }
    if let Some(name) = module.function(id).name.as_deref() {
        for (file, other) in program.units().filter(|(_, other)| has_methods(other)) {
            for mention in other.mentions(name).chain(other.reads_of(name)) {
                let Some(round) = given_to(&other.module, mention) else { continue };
                if program.functions_of(ExprRef { file, expr: mention }).contains(&function) {
                    let round = ExprRef { file, expr: round };
                    found.insert(Round::List(round, function));
                    around(plan, round, depth + 1, seen, found);
                }
            }
        }
    }
    for caller in program.callers(function) {
        let inside = caller.file == call.file
            && module.function(id).span.contains(module.expr(caller.expr).span)
            && module.function_of(module.expr(caller.expr).scope) == Some(id);
        if inside {
            found.insert(Round::Again(*caller, function));
        } else {
            around(plan, *caller, depth + 1, seen, found);
        }
    }
}

/// The call that is given a function for each of a list.
fn given_to(module: &Module, function: ExprId) -> Option<ExprId> {
    let call = module.expr(function).parent?;
    let ExprKind::Call { callee, args, .. } = module.kind(call) else { return None };
    let ExprKind::Member { name, .. } = module.kind(*callee) else { return None };
    (EACH.contains(&&**name) && args.first().is_some_and(|arg| arg.value == function)).then_some(call)
}

struct Scene<'a, 'r> {
    plan: &'a Plan<'a, 'r>,
    /// Of the function.
    unit: &'a Unit,
    function: FunctionRef,
    trial: &'a Draft,
}

impl Scene<'_, '_> {
    fn is_gone(&self, file: FileId, span: Span) -> bool {
        inside(&self.trial.gone, file, span)
    }

    /// What reads the parameter at a position.
    fn reads(&self, index: usize) -> Option<Vec<ExprId>> {
        let module = &self.unit.module;
        let target = module.function(self.function.function);
        let name = target.params.get(index)?.name.as_deref()?;
        let own = |id: &ExprId| self.unit.declaring_scope(module.expr(*id).scope, name) == Some(target.scope);
        Some(self.unit.reads_of(name).filter(own).collect())
    }

    /// The idle parameter that a read is handed to.
    fn handed(&self, read: ExprId) -> Option<(FunctionRef, u32)> {
        let program = self.plan.program;
        let at = ExprRef { file: self.function.file, expr: read };
        let is_it = |(function, index): &&(FunctionRef, u32)| {
            program.callers(*function).iter().any(|call| program.argument(*call, *function, *index) == Some(at))
        };
        self.trial.idle.iter().find(is_it).copied()
    }

    fn is_unused(&self, read: ExprId) -> bool {
        self.is_gone(self.function.file, self.unit.module.expr(read).span) || self.handed(read).is_some()
    }

    /// `LIST.map(…)`; the inner words are why it stays.
    fn list(&self, call: ExprRef, draft: &mut Draft) -> Result<Result<(), &'static str>, Overlap> {
        let program = self.plan.program;
        let module = program.module(call.file);
        let ExprKind::Call { callee, args, .. } = module.kind(call.expr) else { return Ok(Ok(())) };
        let ExprKind::Member { base, name, .. } = module.kind(*callee) else { return Ok(Ok(())) };
        let position = usize::from(name.starts_with("reduce"));
        let Some(reads) = self.reads(position) else { return Ok(Ok(())) };
        let unused = reads.iter().filter(|read| self.is_unused(**read)).count();
        let whole = self.is_gone(call.file, module.expr(call.expr).span);
        if unused == 0 || whole {
            return Ok(Ok(()));
        }
        if unused < reads.len() {
            let list = ExprRef { file: call.file, expr: *base };
            return Ok(match super::is_about_metascopes(self.plan, list) {
                true => Err("what it walks over is read for something else as well"),
                false => Ok(()),
            });
        }
        if &**name != "map" || args.len() != 1 || self.reads(1).is_some_and(|reads| !reads.is_empty()) {
            return Ok(Err("it is no plain `map`"));
        }
        let target = self.unit.module.function(self.function.function);
        let (outer, brackets) = match self.around_list(call, module) {
            Ok(found) => found,
            Err(why) => return Ok(Err(why)),
        };
        let given = args[0].value;
        let (open, close) = if brackets { ("[", "]") } else { ("", "") };
        let place = |start: u32, end: u32| Place { file: call.file, span: Span { start, end } };
        if matches!(module.kind(given), ExprKind::Function(_)) {
            let ([inner], None) = (target.returns.as_slice(), target.body) else {
                return Ok(Err("its body is a block"));
            };
            let mut inner = module.expr(*inner).span;
            if program.slice(call.file, inner).starts_with("await ") {
                inner.start += "await ".len() as u32;
            }
            let handed: BTreeSet<_> = reads.iter().filter_map(|read| self.handed(*read)).collect();
            for (function, index) in handed {
                idle::hand_nothing(program, function, index, draft)?;
            }
            draft.replace(place(outer.start, inner.start), open)?;
            draft.replace(place(inner.end, outer.end), close)?;
            draft.gone.entry(call.file).or_default().push(Span { start: outer.start, end: inner.start });
            return Ok(Ok(()));
        }
        let given = module.expr(given).span;
        let param = target.params.first().map(|param| param.span).unwrap_or_default();
        let alone = target.name.as_deref().is_some_and(|name| {
            let uses = self.unit.reads_of(name).chain(self.unit.mentions(name)).count();
            uses == 1 && call.file == self.function.file && target.params.len() == 1
        });
        if alone {
            draft.replace(Place { file: self.function.file, span: param }, "")?;
            draft.gone.entry(self.function.file).or_default().push(param);
        } else if self.unit.language.syntax.annotations {
            return Ok(Err("its function wants one of the list"));
        }
        draft.replace(place(outer.start, given.start), open)?;
        draft.replace(place(given.end, outer.end), format!("(){close}"))?;
        draft.gone.entry(call.file).or_default().push(Span { start: outer.start, end: given.start });
        Ok(Ok(()))
    }

    /// The bytes that a single call takes the place of, and whether it stands in a list of its own.
    fn around_list(&self, call: ExprRef, module: &Module) -> Result<(Span, bool), &'static str> {
        let own = module.expr(call.expr).span;
        let waited = module.expr(call.expr).parent.and_then(|parent| match module.kind(parent) {
            ExprKind::Call { callee, args, .. } if args.len() == 1 && args[0].value == call.expr => {
                match module.kind(*callee) {
                    ExprKind::Member { base, name, .. } => {
                        matches!(module.kind(*base), ExprKind::Name(base) if &**base == "Promise")
                            .then(|| (parent, name.to_string()))
                    }
                    _ => None,
                }
            }
            _ => None,
        });
        let text = self.plan.program.file(call.file).text();
        match waited {
            Some((promise, name)) if FIRST.contains(&name.as_str()) => match text.contains("AggregateError") {
                true => Err("what all of them refused is read"),
                false => Ok((module.expr(promise).span, false)),
            },
            Some((promise, name)) if ALL.contains(&name.as_str()) => match self.is_any_number(call.file, promise) {
                true => Ok((own, true)),
                false => Err("what comes of each is told apart"),
            },
            _ => Err("its result is not waited for here"),
        }
    }

    /// Whether who gets a list takes any number of items.
    fn is_any_number(&self, file: FileId, list: ExprId) -> bool {
        let Some(unit) = self.plan.program.unit(file) else { return false };
        let module = &unit.module;
        let first = |parent: ExprId, of: ExprId| match module.kind(parent) {
            ExprKind::Index { base, index } if *base == of => {
                matches!(module.kind(*index), ExprKind::Number(number) if **number == *"0")
            }
            ExprKind::Member { base, name, .. } => *base == of && &**name != "length",
            _ => false,
        };
        if let Some(parent) = module.expr(list).parent {
            return module.expr(list).awaited && first(parent, list);
        }
        let binds: Vec<_> = module.binds.iter().filter(|bind| bind.value == Some(list)).collect();
        let [bind] = binds.as_slice() else { return false };
        match (&bind.how, module.kind(bind.place)) {
            (How::Part(path), _) => matches!(path.as_slice(), [Key::Position(0), ..]),
            (How::Assign, ExprKind::Name(name)) => {
                let mut reads = unit.reads_of(name);
                let compared = |id: ExprId| {
                    let up = module.expr(id).parent.map(|parent| module.kind(parent));
                    matches!(up, Some(ExprKind::Binary { .. }))
                };
                reads.all(|read| match module.expr(read).parent {
                    Some(parent) => {
                        let counted =
                            matches!(module.kind(parent), ExprKind::Member { name, .. } if &**name == "length");
                        counted && !compared(parent) || first(parent, read)
                    }
                    None => false,
                })
            }
            _ => false,
        }
    }

    /// A function that calls itself for what is left of a list.
    fn again(&self, call: ExprRef) -> Result<(), &'static str> {
        let module = &self.unit.module;
        let target = module.function(self.function.function);
        let parts: BTreeSet<ExprId> =
            (0..target.params.len()).filter_map(|index| self.reads(index)).flatten().collect();
        let taken: Vec<_> = module
            .binds
            .iter()
            .filter(|bind| bind.value.is_some_and(|value| parts.contains(&value)) && matches!(bind.how, How::Part(_)))
            .collect();
        let item = |bind: &&crate::ir::Bind| match module.kind(bind.place) {
            ExprKind::Name(name) => self.unit.reads_of(name).any(|read| self.is_unused(read)),
            _ => false,
        };
        let direct = parts.iter().any(|read| {
            let parent = module.expr(*read).parent.map(|parent| module.kind(parent));
            matches!(parent, Some(ExprKind::Index { .. })) && self.is_unused(*read)
        });
        let own = module.expr(call.expr).span;
        match (taken.iter().any(item) || direct) && !self.is_gone(call.file, own) {
            true => Err("the function calls itself for the next one"),
            false => Ok(()),
        }
    }
}

/// Whether a function calls itself.
pub(in crate::migrate) fn is_recursive(plan: &Plan<'_, '_>, file: FileId, function: FunctionId) -> bool {
    let module = plan.program.module(file);
    let span = module.function(function).span;
    let calls = plan.program.callers(FunctionRef { file, function });
    calls.iter().any(|call| call.file == file && span.contains(module.expr(call.expr).span))
}
