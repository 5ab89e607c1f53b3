//! `catch` clauses whose last thrower goes.

use super::thrown::{is_any, is_related, may_throw};
use crate::analyze::{ExprRef, Unit};
use crate::ir::{BlockId, ExprId, ExprKind, How, StmtId, StmtKind};
use crate::migrate::plan::Plan;
use crate::text::{Edit, EditSet, FileId, Overlap, SourceFile, Span};

/// What must change around code that goes.
#[derive(Debug, Default)]
pub(in crate::migrate) struct Handlers {
    /// Bytes that go: clauses, and alternatives of clauses.
    pub cuts: Vec<Span>,
    /// Statements that nothing leads to any more.
    pub stmts: Vec<StmtId>,
    /// `try` statements that lose all that they have but their body.
    pub unwrapped: Vec<StmtId>,
    /// What only the compiler can tell.
    pub doubts: Vec<(Span, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    Goes,
    /// It goes, but something is left of which nobody knows what it throws.
    Perhaps,
    Unclear,
}

/// Judges the handlers of every `try` that loses a call. `away` tells what goes.
pub(in crate::migrate) fn judge(
    plan: &Plan<'_, '_>,
    file: FileId,
    unit: &Unit,
    away: &dyn Fn(Span) -> bool,
    throws: &[(Span, String)],
) -> Handlers {
    let mut found = Handlers::default();
    for number in (0..unit.module.stmts.len()).rev() {
        let id = StmtId(number as u32);
        let stmt = unit.module.stmt(id);
        if stmt.kind == StmtKind::Try && !away(stmt.span) {
            Judge { plan, file, unit, away, throws }.one(id, &mut found);
        }
    }
    found
}

struct Judge<'a, 'p, 'r> {
    plan: &'a Plan<'p, 'r>,
    file: FileId,
    unit: &'a Unit,
    away: &'a dyn Fn(Span) -> bool,
    /// What new text throws, where.
    throws: &'a [(Span, String)],
}

impl Judge<'_, '_, '_> {
    fn one(&self, id: StmtId, found: &mut Handlers) {
        let module = &self.unit.module;
        let stmt = module.stmt(id);
        let Some((body, rest)) = stmt.blocks.split_first() else { return };
        let area = Span { start: stmt.span.start, end: module.block(*body).span.end };
        let function = module.function_of(stmt.scope);
        let inside = self.unit.calls().iter().copied().filter(|call| {
            let expr = module.expr(*call);
            area.contains(expr.span) && module.function_of(expr.scope) == function
        });
        let (gone, left): (Vec<ExprId>, Vec<ExprId>) = inside.partition(|call| (self.away)(module.expr(*call).span));
        if gone.is_empty() {
            return;
        }
        let mut end = area.end;
        let mut kept = vec![];
        let mut lost = false;
        for block in rest {
            let handler = module.block(*block);
            let clause = Span { start: end, end: handler.span.end };
            end = handler.span.end;
            if !handler.is_handler || handler.catches.is_empty() || (self.away)(handler.span) {
                kept.push(*block);
                continue;
            }
            let fates: Vec<Fate> = handler.catches.iter().map(|class| self.fate(*class, area, &gone, &left)).collect();
            for (class, fate) in handler.catches.iter().zip(&fates) {
                self.doubt(*class, *fate, found);
            }
            let goes = |fate: &Fate| matches!(fate, Fate::Goes | Fate::Perhaps);
            if fates.iter().all(goes) {
                found.cuts.push(clause);
                lost = true;
                continue;
            }
            kept.push(*block);
            let classes: Vec<(Span, bool)> =
                handler.catches.iter().map(|class| module.expr(*class).outer).zip(fates.iter().map(goes)).collect();
            found.cuts.extend(alternatives(&classes));
        }
        if !lost {
            return;
        }
        let head = self
            .plan
            .program
            .file(self.file)
            .slice(Span { start: stmt.span.start, end: module.block(*body).span.start });
        if kept.is_empty() && head.trim() == "try" {
            found.unwrapped.push(id);
        }
        let before = rest.iter().any(|block| self.completes(*block)) || self.completes(*body);
        let after = kept.iter().any(|block| self.completes(*block)) || self.completes(*body);
        if before && !after {
            let later = module.block(stmt.block).stmts.iter().copied();
            found.stmts.extend(later.filter(|other| module.stmt(*other).span.start >= stmt.span.end));
        }
    }

    fn doubt(&self, class: ExprId, fate: Fate, found: &mut Handlers) {
        let span = self.unit.module.expr(class).span;
        let name = self.plan.program.file(self.file).slice(span).to_owned();
        match fate {
            Fate::Stays | Fate::Goes => {}
            Fate::Perhaps => found.doubts.push((
                span,
                format!("nothing that is known here throws `{name}` any more, so its `catch` goes: build it, and put it back if the compiler misses it"),
            )),
            Fate::Unclear => found.doubts.push((
                span,
                format!("what threw `{name}` may be gone: build it, and delete this `catch` if the compiler says that nothing throws it"),
            )),
        }
    }

    fn fate(&self, class: ExprId, area: Span, gone: &[ExprId], left: &[ExprId]) -> Fate {
        let (program, module) = (self.plan.program, &self.unit.module);
        let source = program.source(ExprRef { file: self.file, expr: class });
        let name = source.rsplit('.').next().unwrap_or(source);
        if let Some(only) = self.of_jwt_library(class) {
            let uses = |call: &ExprId| program.chain(ExprRef { file: self.file, expr: *call }).start == only;
            return if left.iter().any(uses) { Fate::Stays } else { Fate::Goes };
        }
        let mut new = self.throws.iter().filter(|(at, _)| area.contains(*at));
        if is_any(name) || self.is_unchecked(class) || new.any(|(_, thrown)| is_related(thrown, name)) {
            return Fate::Stays;
        }
        let thrown = module.stmts.iter().filter(|stmt| stmt.kind == StmtKind::Throw && area.contains(stmt.span));
        let thrown = thrown.filter(|stmt| !(self.away)(stmt.span)).flat_map(|stmt| &stmt.exprs);
        let lands = |expr: &ExprId| match module.kind(*expr) {
            ExprKind::Call { callee, new: true, .. } => {
                let made = program.source(ExprRef { file: self.file, expr: *callee });
                is_related(made.rsplit('.').next().unwrap_or(made), name)
            }
            _ => true,
        };
        if thrown.into_iter().any(lands) {
            return Fate::Stays;
        }
        let ask = |calls: &[ExprId]| -> Vec<Option<bool>> {
            calls.iter().map(|call| may_throw(program, ExprRef { file: self.file, expr: *call }, name)).collect()
        };
        let (gone, left) = (ask(gone), ask(left));
        let unknown = left.contains(&None);
        match (left.contains(&Some(true)), gone.contains(&Some(true))) {
            (true, _) => Fate::Stays,
            (false, true) if unknown => Fate::Perhaps,
            (false, true) => Fate::Goes,
            (false, false) if gone.contains(&None) => Fate::Unclear,
            (false, false) => Fate::Stays,
        }
    }

    /// The start of chains of a library that does nothing but JWTs, if an exception is one of its own.
    fn of_jwt_library(&self, class: ExprId) -> Option<crate::analyze::Start> {
        let chain = self.plan.program.chain(ExprRef { file: self.file, expr: class });
        let crate::analyze::Start::Package(package) = &chain.start else { return None };
        let own = |module: &String| package == module || package.starts_with(&format!("{module}."));
        let library =
            self.plan.rules.libraries.iter().find(|library| library.jwt && library.modules.iter().any(own))?;
        let first = library.modules.first().cloned().unwrap_or_default();
        Some(crate::analyze::Start::Package(first))
    }

    /// Whether a class of the program is an unchecked exception.
    fn is_unchecked(&self, class: ExprId) -> bool {
        let program = self.plan.program;
        program.meanings(ExprRef { file: self.file, expr: class }, 0).iter().any(|def| match def {
            crate::analyze::Def::Class(file, class) => {
                let bases = &program.module(*file).class(*class).bases;
                bases.iter().any(|base| {
                    let name = program.source(ExprRef { file: *file, expr: *base });
                    name.ends_with("RuntimeException") || (is_any(name) && name.starts_with("Illegal"))
                })
            }
            _ => false,
        })
    }

    /// Whether control may reach the end of a block.
    fn completes(&self, block: BlockId) -> bool {
        let module = &self.unit.module;
        let stmts = module.block(block).stmts.iter().copied();
        let Some(last) = stmts.filter(|stmt| !(self.away)(module.stmt(*stmt).span)).last() else { return true };
        let stmt = module.stmt(last);
        match stmt.kind {
            StmtKind::Return | StmtKind::Throw => false,
            StmtKind::If if stmt.blocks.len() < 2 => true,
            StmtKind::If => stmt.blocks.iter().any(|block| self.completes(*block)),
            StmtKind::Try => {
                let (parts, last): (Vec<_>, Vec<_>) = stmt
                    .blocks
                    .iter()
                    .enumerate()
                    .partition(|(at, block)| *at == 0 || module.block(**block).is_handler);
                parts.iter().any(|(_, block)| self.completes(**block))
                    && last.iter().all(|(_, block)| self.completes(**block))
            }
            _ => true,
        }
    }
}

/// `A | B | C`: the bytes of those that go, each with one bar.
fn alternatives(classes: &[(Span, bool)]) -> Vec<Span> {
    let mut cuts = vec![];
    let first = classes.iter().position(|(_, goes)| !goes).unwrap_or(0);
    for (at, (span, goes)) in classes.iter().enumerate().filter(|(_, (_, goes))| *goes) {
        debug_assert!(goes);
        cuts.push(match at < first {
            true => Span { start: span.start, end: classes[at + 1].0.start },
            false => Span { start: classes[at - 1].0.end, end: span.end },
        });
    }
    cuts
}

/// Puts the body of a `try` into the place of the whole: one step less indented, where its names are nobody else's, else
/// in its braces.
///
/// # Errors
/// [`Overlap`] where another edit is there.
pub(in crate::migrate) fn unwrap(
    file: &SourceFile,
    unit: &Unit,
    id: StmtId,
    edits: &mut EditSet,
) -> Result<(), Overlap> {
    let module = &unit.module;
    let stmt = module.stmt(id);
    let Some(body) = stmt.blocks.first().map(|body| module.block(*body)) else { return Ok(()) };
    let (open, close) = (body.span.start, body.span.end - 1);
    let lines = file.lines();
    let line = |at: u32| lines.line_span(lines.line_of(at as usize));
    let (head, foot) = (line(stmt.span.start), line(close));
    let blank = |start: u32, end: u32| file.slice(Span { start, end }).trim().is_empty();
    let alone = blank(head.start, stmt.span.start)
        && blank(open + 1, head.end)
        && blank(foot.start, close)
        && blank(stmt.span.end, line(stmt.span.end).end)
        && head != foot;
    let Some(first) =
        body.stmts.first().map(|first| module.stmt(*first).span.start).filter(|_| alone && !shadows(unit, id))
    else {
        edits.delete(Span { start: stmt.span.start, end: open })?;
        return edits.delete(Span { start: body.span.end, end: stmt.span.end });
    };
    let outer = file.indent_at(stmt.span.start as usize).to_owned();
    let inner = file.indent_at(first as usize).to_owned();
    // Clauses that go are in the foot already.
    let mut all = EditSet::default();
    for edit in edits.edits() {
        let mut edit = edit.clone();
        if body.span.contains(edit.span) {
            edit.text = edit.text.replace(&format!("\n{inner}"), &format!("\n{outer}"));
        }
        all.add(edit)?;
    }
    all.delete(Span { start: head.start, end: head.end })?;
    all.delete(Span { start: foot.start, end: line(stmt.span.end).end })?;
    if let Some(step) = inner.strip_prefix(&outer) {
        let (from, to) = (lines.line_of(first as usize), lines.line_of(close as usize));
        for number in from..to {
            let start = lines.line_span(number).start;
            let cut = Span { start, end: start + step.len() as u32 };
            if file.slice(lines.line_span(number)).starts_with(&inner) && !all.touches(cut) {
                all.add(Edit { span: cut, text: String::new() })?;
            }
        }
    }
    *edits = all;
    Ok(())
}

/// Whether a name that is declared right in the body of a `try` is declared in its function as well.
fn shadows(unit: &Unit, id: StmtId) -> bool {
    let module = &unit.module;
    let stmt = module.stmt(id);
    let function = module.function_of(stmt.scope);
    let name = |place: ExprId| match module.kind(place) {
        ExprKind::Name(name) => Some(name.clone()),
        _ => None,
    };
    let body = stmt.blocks.first().map(|body| module.block(*body).span).unwrap_or_default();
    let declares = |bind: &&crate::ir::Bind| {
        matches!(bind.how, How::Assign | How::With | How::Each | How::Catch)
            && module.function_of(bind.scope) == function
    };
    let (inside, outside): (Vec<_>, Vec<_>) =
        module.binds.iter().filter(declares).partition(|bind| body.contains(bind.span));
    let own = inside.iter().filter(|bind| body.contains(module.scope(bind.scope).span));
    own.into_iter().any(|bind| outside.iter().any(|other| name(other.place) == name(bind.place) && other.stmt != id))
}
