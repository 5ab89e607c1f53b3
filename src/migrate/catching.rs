//! Handlers of a JWT library's errors, where nothing raises them any more.

use super::java::Handlers;
use super::plan::Plan;
use crate::analyze::{ExprRef, Program, Start, Unit};
use crate::ir::{ExprId, ExprKind, Stmt, StmtKind};
use crate::rules::Library;
use crate::text::{FileId, Span};

/// The clauses that go: their `try` lost a call, another clause of it stays, and nothing of the program uses the library
/// any more but to catch its errors. `away` tells what goes.
pub(super) fn lost(plan: &Plan<'_, '_>, file: FileId, unit: &Unit, away: &dyn Fn(Span) -> bool) -> Handlers {
    let (program, module) = (plan.program, &unit.module);
    let mut found = Handlers::default();
    let tries = module.stmts.iter().filter(|stmt| stmt.kind == StmtKind::Try && !away(stmt.span));
    let loses_call = |stmt: &&Stmt| {
        let body = stmt.blocks.first().map(|body| module.block(*body).span).unwrap_or_default();
        let mut calls = unit.calls().iter().map(|call| module.expr(*call).span);
        calls.any(|call| body.contains(call) && away(call))
    };
    for stmt in tries.filter(loses_call) {
        let mut end = stmt.blocks.first().map_or(stmt.span.start, |body| module.block(*body).span.end);
        let (mut cuts, mut kept) = (vec![], false);
        for block in stmt.blocks.iter().skip(1).map(|block| module.block(*block)) {
            let clause = whole_lines(program, file, Span { start: end, end: block.span.end });
            end = block.span.end;
            let libraries: Option<Vec<&Library>> =
                block.catches.iter().map(|class| library_of(plan, ExprRef { file, expr: *class })).collect();
            let libraries = libraries.filter(|all| block.is_handler && !all.is_empty() && !away(block.span));
            match libraries {
                Some(all) if !all.iter().any(|library| is_used(program, file, library, away)) => cuts.push(clause),
                _ => kept |= block.is_handler || program.slice(file, clause).trim_start().starts_with("finally"),
            }
        }
        if kept {
            found.cuts.extend(cuts);
        }
    }
    found
}

/// From the line after the one in which a span begins to the end of the line in which it ends.
fn whole_lines(program: &Program, file: FileId, span: Span) -> Span {
    let lines = program.file(file).lines();
    let line = |at: u32| lines.line_span(lines.line_of(at as usize));
    Span { start: line(span.start).end.min(span.end), end: line(span.end).end }
}

/// The library that does nothing but JWTs, if an error is one of its own.
fn library_of<'r>(plan: &Plan<'_, 'r>, class: ExprRef) -> Option<&'r Library> {
    let Start::Package(package) = plan.program.chain(class).start else { return None };
    plan.rules.libraries.iter().find(|library| library.jwt && is_of(library, &package))
}

fn is_of(library: &Library, package: &str) -> bool {
    library.modules.iter().any(|module| {
        package.strip_prefix(module.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

/// Whether something that stays names the library, but to catch what it raises. What goes is known of one file only.
fn is_used(program: &Program, own: FileId, library: &Library, away: &dyn Fn(Span) -> bool) -> bool {
    let units = program.units().filter(|(_, unit)| unit.language.rules == library.language);
    units.into_iter().any(|(file, unit)| {
        let module = &unit.module;
        let caught: Vec<Span> =
            module.blocks.iter().flat_map(|block| &block.catches).map(|class| module.expr(*class).span).collect();
        let says = |id: ExprId| {
            let span = module.expr(id).span;
            matches!(module.kind(id), ExprKind::Name(_))
                && unit.bind_of_place(id).is_none()
                && !(file == own && away(span))
                && !caught.iter().any(|class| class.contains(span))
                && matches!(&program.chain(ExprRef { file, expr: id }).start, Start::Package(package) if is_of(library, package))
        };
        let imports = module.imports.iter().any(|import| is_of(library, &import.module));
        imports && module.expr_ids().any(says)
    })
}
