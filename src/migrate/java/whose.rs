//! Whose answer is read: that of the exchange, or that of another request of the program.

use super::is_java;
use crate::analyze::{Exchange, ExprRef, FunctionRef, Place, Program, adobe};
use crate::ir::{ExprId, ExprKind, FunctionId, How, ScopeKind};
use crate::migrate::plan::Plan;
use crate::rules::Does;
use crate::text::{FileId, Span};
use std::collections::BTreeSet;

/// How many callers above the exchange hand its answer on.
const STEPS: usize = 3;
/// How many values are followed from a reader backwards.
const MAX_VALUES: usize = 40;
/// What a request for some other token says.
pub(super) const OTHERS: [&str; 4] = ["/ims/token", "/oauth", "grant_type", "authorization_code"];

/// Whose answer it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Whose {
    /// That of the exchange, as far as is known.
    Ours,
    /// That of another request.
    Others,
    /// That of either, or nobody can tell.
    Shared,
}

/// What is known of the exchange and of the program's other requests.
pub(super) struct Witness<'a> {
    program: &'a Program,
    /// The exchange's own call, and what it sends.
    own: Vec<Place>,
    /// The function of the exchange, and those that call it, with what is written inside them.
    home: Option<FunctionRef>,
    family: BTreeSet<FunctionRef>,
    /// Where other requests are made, or addresses of them stand.
    requests: Vec<Place>,
}

impl<'a> Witness<'a> {
    pub(super) fn new(plan: &'a Plan<'_, '_>, exchange: &Exchange<'_>) -> Self {
        let program = plan.program;
        let fields = exchange.form.fields.iter().map(|field| field.at);
        let address = exchange.url.iter().flat_map(|(whole, _)| [program.place(*whole)]);
        let own: Vec<Place> = std::iter::once(program.place(exchange.call)).chain(fields).chain(address).collect();
        let is_own = |at: Place| own.iter().any(|own| own.file == at.file && own.span.overlaps(at.span));
        let by_rule = plan.analysis.facts.all(Does::Request).map(|hit| program.place(hit.call));
        let java = program.units().filter(|(file, _)| is_java(program, *file));
        let by_text = java.flat_map(|(file, unit)| {
            let is_address = move |id: &ExprId| {
                let text = matches!(unit.module.kind(*id), ExprKind::Text(_))
                    .then(|| program.slice(file, unit.module.expr(*id).span))
                    .unwrap_or_default();
                let ims = adobe::has_host(&plan.rules.adobe, text) && !OTHERS.iter().any(|other| text.contains(other));
                text.starts_with("\"http") && !ims && !adobe::has_exchange_path(&plan.rules.adobe, text)
            };
            unit.module.expr_ids().filter(is_address).map(move |id| program.place(ExprRef { file, expr: id }))
        });
        let requests = by_rule.chain(by_text).filter(|at| !is_own(*at)).collect();
        let home = outer_function(program, exchange.call);
        let mut family: BTreeSet<FunctionRef> = home.into_iter().collect();
        let mut last: Vec<FunctionRef> = family.iter().copied().collect();
        for _ in 0..STEPS {
            let calls = last.iter().flat_map(|function| program.callers(*function).to_vec());
            last = calls.filter_map(|call| outer_function(program, call)).filter(|one| family.insert(*one)).collect();
        }
        Witness { program, own, home, family, requests }
    }

    /// Whose answer an expression reads.
    pub(super) fn whose(&self, at: ExprRef) -> Whose {
        let program = self.program;
        let Some(function) = outer_function(program, at) else { return Whose::Ours };
        if Some(function) == self.home {
            return if self.asks_otherwise(function) { Whose::Shared } else { Whose::Ours };
        }
        let way = self.way(at, function);
        match (way.asks, way.by_family) {
            (true, true) => Whose::Shared,
            (true, false) if way.fields => Whose::Shared,
            (true, false) => Whose::Others,
            (false, false) if way.params && !self.family.contains(&function) => self.handed(function),
            (false, _) => Whose::Ours,
        }
    }

    /// Whether an object of a class is made of another answer than the exchange's: `at` is where it is made.
    pub(super) fn is_made_here(&self, file: FileId, at: Span) -> bool {
        let program = self.program;
        let Some(function) = function_at(program, file, at) else { return self.is_home_class(file, at) };
        let constructs =
            program.module(file).classes.iter().any(|class| class.constructors.contains(&function.function));
        if self.family.contains(&function) || (constructs && self.is_home_class(file, at)) {
            return true;
        }
        let callers = program.callers(function);
        !callers.is_empty()
            && callers.iter().all(|call| outer_function(program, *call).is_some_and(|one| self.family.contains(&one)))
    }

    /// Whether a place is in the class that does the exchange.
    fn is_home_class(&self, file: FileId, at: Span) -> bool {
        let Some(home) = self.home.filter(|home| home.file == file) else { return false };
        let module = self.program.module(file);
        let class = module.function(home.function).class;
        class.is_some_and(|class| module.class(class).span.contains(at))
    }

    /// Who hands an answer to a function that reads it.
    fn handed(&self, function: FunctionRef) -> Whose {
        let callers = self.program.callers(function);
        let known = |call: &ExprRef| {
            outer_function(self.program, *call).is_some_and(|one| self.family.contains(&one) || one == function)
        };
        match callers.iter().filter(|call| known(call)).count() {
            count if count == callers.len() => Whose::Ours,
            _ => Whose::Shared,
        }
    }

    /// Whether the function of the exchange asks for a token by another grant as well.
    fn asks_otherwise(&self, function: FunctionRef) -> bool {
        let module = self.program.module(function.file);
        let span = module.function(function.function).span;
        let own = |at: Span| self.own.iter().any(|own| own.file == function.file && own.span.contains(at));
        module.expr_ids().any(|id| {
            let at = module.expr(id).span;
            matches!(module.kind(id), ExprKind::Text(_))
                && span.contains(at)
                && !own(at)
                && OTHERS.iter().any(|other| self.program.slice(function.file, at).contains(other))
        })
    }

    /// Where the value comes from that an expression of `function` reads.
    fn way(&self, at: ExprRef, function: FunctionRef) -> Way {
        let program = self.program;
        let mut way = Way::default();
        let Some(unit) = program.unit(at.file) else { return way };
        let module = &unit.module;
        let span = module.function(function.function).span;
        let inside: Vec<Span> = self
            .requests
            .iter()
            .filter(|one| one.file == at.file && span.contains(one.span))
            .map(|one| one.span)
            .collect();
        // `json.getLong("expires_in")`: of the whole call.
        let called = module.expr(at.expr).parent.filter(|id| matches!(module.kind(*id), ExprKind::Call { .. }));
        let mut todo: Vec<ExprId> = vec![called.unwrap_or(at.expr)];
        let mut seen: BTreeSet<ExprId> = BTreeSet::new();
        while let Some(value) = todo.pop() {
            if !seen.insert(value) || seen.len() > MAX_VALUES {
                continue;
            }
            let within = module.expr(value).outer;
            let asks = inside.iter().any(|request| within.contains(*request) || request.contains(within));
            way.asks |= asks;
            for id in module.expr_ids().filter(|id| within.contains(module.expr(*id).span)) {
                if let ExprKind::Call { callee, .. } = module.kind(id) {
                    let functions = program.functions_of(ExprRef { file: at.file, expr: *callee });
                    way.by_family |= functions.iter().any(|function| self.family.contains(function));
                }
                let Some((scope, name)) = unit.declared(id).filter(|_| !asks) else { continue };
                if matches!(module.scope(scope).kind, ScopeKind::Class(_)) {
                    way.fields |= self.is_written_by_family(at.file, name);
                    continue;
                }
                for bind in unit.binds_in(scope, name).iter().map(|bind| &module.binds[bind.index()]) {
                    match bind.how {
                        How::Param(of, _) if of == function.function => way.params = true,
                        _ => todo.extend(bind.value),
                    }
                }
            }
        }
        way
    }

    /// Whether the exchange's function, or one that calls it, gives a field its value.
    fn is_written_by_family(&self, file: FileId, name: &str) -> bool {
        let module = self.program.module(file);
        module.binds.iter().any(|bind| {
            let named = match module.kind(bind.place) {
                ExprKind::Name(found) | ExprKind::Member { name: found, .. } => **found == *name,
                _ => false,
            };
            let of_family =
                || function_at(self.program, file, bind.span).is_some_and(|function| self.family.contains(&function));
            named && of_family()
        })
    }
}

/// Where a value comes from.
#[derive(Default)]
struct Way {
    /// A request of the function itself.
    asks: bool,
    /// A call that leads to the exchange.
    by_family: bool,
    /// A parameter.
    params: bool,
    /// A field that the exchange's functions fill.
    fields: bool,
}

/// The method that an expression stands in, lambdas and methods of anonymous classes aside.
fn outer_function(program: &Program, at: ExprRef) -> Option<FunctionRef> {
    function_at(program, at.file, program.module(at.file).expr(at.expr).span)
}

fn function_at(program: &Program, file: FileId, at: Span) -> Option<FunctionRef> {
    let module = program.module(file);
    let ids = (0..module.functions.len() as u32).map(FunctionId);
    let around = ids.filter(|id| module.function(*id).span.contains(at));
    let function = around.max_by_key(|id| module.function(*id).span.len())?;
    Some(FunctionRef { file, function })
}
