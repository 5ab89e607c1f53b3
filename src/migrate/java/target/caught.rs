//! Which failures the callers of a request catch, so that the new text fails in the same way.

use super::reads::Reads;
use crate::analyze::{Exchange, ExprRef, FunctionRef, Program};
use crate::ir::{ExprKind, StmtKind};
use crate::migrate::plan::Plan;
use crate::rules::Variant;
use crate::text::Span;
use std::collections::BTreeSet;

/// How the new text fails.
#[derive(Debug, Default)]
pub(super) struct Failures {
    /// The class that is thrown in the place of the library's own, by its simple name.
    pub thrown: Option<String>,
    /// Whether the compiler wants it declared.
    pub is_checked: bool,
}

/// The failures that the program is prepared for.
///
/// # Errors
/// Why the new text could not fail in the same way.
pub(super) fn failures(
    plan: &Plan<'_, '_>,
    exchange: &Exchange<'_>,
    found: &Reads,
    variant: &Variant,
) -> Result<Failures, String> {
    let program = plan.program;
    let call = found.senders.last().copied().unwrap_or(exchange.call);
    let caught = caught(program, call);
    let own: Vec<&str> = exchange.hit.iter().flat_map(|hit| &hit.library.errors).map(|error| simple(error)).collect();
    let known = |class: &str| variant.throws.iter().any(|known| simple(known) == class);
    if let Some(class) =
        caught.iter().find(|class| own.contains(&class.as_str()) && !known(class) && *class != "InterruptedException")
    {
        return Err(format!("`{class}` is caught, which the library does not throw"));
    }
    let module = program.module(call.file);
    let declares = module.function_of(module.expr(call.expr).scope).is_some_and(|function| {
        declared(program, FunctionRef { file: call.file, function }).iter().any(|class| class == "IOException")
    });
    // What a guard threw is thrown by the request itself, where the old one did not look at the status.
    let looks =
        exchange.hit.as_ref().and_then(|hit| hit.library.response.as_ref()).is_some_and(|it| it.fails_on_status);
    let mut thrown: Option<String> = None;
    if !looks {
        let throws = found.throws.iter().map(|stmt| module.stmt(*stmt));
        for class in throws.flat_map(|stmt| &stmt.exprs).filter_map(|expr| match module.kind(*expr) {
            ExprKind::Call { callee, new: true, .. } => {
                Some(program.source(ExprRef { file: call.file, expr: *callee }))
            }
            _ => None,
        }) {
            if !known(class) || thrown.as_deref().is_some_and(|other| other != class) {
                return Err(format!("`{class}` is thrown on a bad status, which the library does not throw"));
            }
            thrown = Some(class.to_owned());
        }
    }
    let caught_own = caught.iter().find(|class| own.contains(&class.as_str()) && known(class)).cloned();
    let checked = (own.contains(&"IOException") && declares).then(|| "IOException".to_owned());
    let thrown = thrown.or(caught_own).or(checked).filter(|class| known(class));
    let is_checked = thrown.as_deref() == Some("IOException");
    if is_checked
        && !declares
        && !caught_here(program, call)
            .iter()
            .any(|class| matches!(class.as_str(), "IOException" | "Exception" | "Throwable"))
    {
        let function = module.function_of(module.expr(call.expr).scope);
        let any = function.is_some_and(|function| {
            declared(program, FunctionRef { file: call.file, function }).iter().any(|class| class == "Exception")
        });
        if !any {
            return Ok(Failures::default());
        }
    }
    Ok(Failures { thrown, is_checked })
}

fn simple(class: &str) -> &str {
    class.rsplit('.').next().unwrap_or(class)
}

/// The classes that are caught around the call, in its function and in those that call it.
fn caught(program: &Program, call: ExprRef) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut seen = BTreeSet::from([call]);
    let mut todo = vec![(call, 0)];
    while let Some((at, depth)) = todo.pop() {
        found.extend(caught_here(program, at));
        let module = program.module(at.file);
        let function = module.function_of(module.expr(at.expr).scope);
        if let Some(function) = function.filter(|_| depth < 4) {
            for caller in program.callers(FunctionRef { file: at.file, function }) {
                if seen.insert(*caller) {
                    todo.push((*caller, depth + 1));
                }
            }
        }
    }
    found
}

fn caught_here(program: &Program, at: ExprRef) -> Vec<String> {
    let module = program.module(at.file);
    let span = module.expr(at.expr).span;
    let mut found = vec![];
    let mut stmt = Some(module.expr(at.expr).stmt);
    while let Some(id) = stmt {
        let node = module.stmt(id);
        let inside = node.blocks.first().is_some_and(|body| module.block(*body).span.contains(span));
        if node.kind == StmtKind::Try && inside {
            for block in node.blocks.iter().skip(1) {
                let classes = module.block(*block).catches.iter();
                found.extend(
                    classes.map(|class| simple(program.source(ExprRef { file: at.file, expr: *class })).to_owned()),
                );
            }
        }
        stmt = module.parent_stmt(id);
    }
    found
}

/// The classes of a method's `throws` clause.
fn declared(program: &Program, function: FunctionRef) -> Vec<String> {
    let target = program.module(function.file).function(function.function);
    let source = program.slice(function.file, Span { start: target.params_span.end, end: target.span.end });
    let head = source.split('{').next().unwrap_or_default();
    let clause = head.split_once("throws").map_or("", |(_, list)| list);
    clause.split(',').map(|class| simple(class.trim()).to_owned()).collect()
}
