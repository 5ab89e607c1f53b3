//! Takes what nobody uses any more out of every file that a migration touches, and out of the files that they import.

use super::cleanup::{self, Context};
use super::draft::Draft;
use super::harmless::is_harmless;
use super::inherited;
use super::java::{self, Handlers};
use super::plan::Plan;
use super::readers::inside;
use super::{asked, dialect, entries, idle, moot};
use crate::analyze::{Def, ExprRef, FunctionRef, Place, Program, Unit, is_test};
use crate::ir::{ExprId, ExprKind, How, ImportStyle, ScopeId, StmtId, StmtKind};
use crate::text::{EditSet, FileId, Span};
use std::collections::{BTreeMap, BTreeSet};

/// How often the checks of a file are looked at again after some have gone.
const MAX_CHECK_ROUNDS: usize = 4;

/// Sweeps every file that the draft touches; then the files that lost their last user.
pub(super) fn sweep(plan: &Plan<'_, '_>, draft: &mut Draft) {
    let (mut done, mut changed): (BTreeSet<FileId>, BTreeSet<FileId>) = (BTreeSet::new(), BTreeSet::new());
    let mut files: Vec<FileId> = draft.gone.keys().chain(draft.stmts.keys()).copied().collect();
    let mut rounds = 0;
    while let Some(file) = files.pop() {
        rounds += 1;
        if rounds > 64 || plan.program.unit(file).is_none() {
            continue;
        }
        if done.insert(file) || changed.remove(&file) {
            one(plan, file, draft);
        }
        for other in dialect::of(plan.program, file).orphans(plan, file, draft) {
            changed.insert(other);
            files.push(other);
        }
        let unused = dialect::of(plan.program, file).unused(plan, draft);
        changed.extend(unused.iter().copied());
        files.extend(unused);
        let handed = idle::settle(plan, draft);
        changed.extend(handed.iter().copied());
        files.extend(handed);
        if !plan.program.syntax(file).is_some_and(|syntax| syntax.records) {
            continue;
        }
        match entries::unread(plan.program, plan.rules, file, draft) {
            Ok(others) => {
                changed.extend(others.iter().copied());
                files.extend(others);
            }
            Err(overlap) => draft.review(
                Place { file, span: overlap.0.span },
                "a setting that only the JWT needed could not be taken out here: delete it by hand",
            ),
        }
    }
}

/// Whether a place went with the draft's edits.
#[must_use]
pub(super) fn is_swept(draft: &Draft, at: Place) -> bool {
    inside(&draft.gone, at.file, at.span)
}

/// Files that hold nothing but comments or a docstring after the sweep; `except` are those that the request stands in.
#[must_use]
pub(super) fn emptied(program: &Program, draft: &Draft, except: &BTreeSet<FileId>) -> Vec<FileId> {
    let is_empty = |file: &FileId, edits: &EditSet| -> bool {
        let source = program.file(*file);
        let Some(unit) = program.unit(*file).filter(|unit| !unit.module.stmts.is_empty()) else { return false };
        // A container holds more than its program.
        if except.contains(file) || source.name() == "__init__.py" || source.ending.is_some() {
            return false;
        }
        let after = source.with_bytes(edits.apply(source.bytes()));
        let module = (unit.language.lower)(&after);
        module.stmts.iter().all(|stmt| {
            stmt.kind == StmtKind::Expr && stmt.exprs.iter().all(|expr| matches!(module.kind(*expr), ExprKind::Text(_)))
        })
    };
    draft.edits.iter().filter(|(file, edits)| is_empty(file, edits)).map(|(file, _)| *file).collect()
}

fn one(plan: &Plan<'_, '_>, file: FileId, draft: &mut Draft) {
    let Some(unit) = plan.program.unit(file) else { return };
    let mut own: Vec<StmtId> = draft.stmts.get(&file).cloned().unwrap_or_default();
    let mut gone = draft.gone.get(&file).cloned().unwrap_or_default();
    gone.extend(own.iter().map(|stmt| unit.module.stmt(*stmt).span));
    let (names, members, all_gone) = (draft.names.clone(), draft.members.clone(), draft.gone.clone());
    let declared = draft.declared.clone();
    let used_elsewhere = |name: &str| is_used_elsewhere(plan.program, file, name, &all_gone);
    let harmless = |expr: ExprId| is_harmless(plan, ExprRef { file, expr }, 0);
    let worthless = |expr: ExprId| idle::is_jwt(plan, ExprRef { file, expr });
    let kept = |scope: ScopeId, name: &str| {
        names.contains(&(file, name.to_owned()))
            || declared.contains(&(file, scope, name.to_owned()))
            || members.contains(name)
    };
    let context = Context {
        module: &unit.module,
        file: plan.program.file(file),
        syntax: unit.language.syntax,
        used_elsewhere: &used_elsewhere,
        harmless_call: &harmless,
        kept_names: &kept,
        worthless: &worthless,
    };
    let mut swept = cleanup::sweep(&context, &gone);
    if asked::signatures(unit, file, &swept.stmts, (&mut gone, &mut own), draft) {
        swept = cleanup::sweep(&context, &gone);
    }
    let without = |swept: &cleanup::Sweep, gone: &[Span]| -> Vec<Span> {
        let whole = swept.stmts.iter().map(|stmt| unit.module.stmt(*stmt).span);
        let parts = swept.members.iter().chain(&swept.binds).map(|bind| cleanup::bind_span(&unit.module, *bind));
        gone.iter().copied().chain(whole).chain(parts).collect()
    };
    while asked::own(unit, file, &without(&swept, &gone), (&mut gone, &mut own), draft) {
        swept = cleanup::sweep(&context, &gone);
    }
    for _ in 0..MAX_CHECK_ROUNDS {
        let without = without(&swept, &gone);
        match moot::checks(plan, file, &context, &without, draft) {
            Ok(true) => {}
            Ok(false) | Err(_) => break,
        }
        own = draft.stmts.get(&file).cloned().unwrap_or_default();
        gone = draft.gone.get(&file).cloned().unwrap_or_default();
        gone.extend(own.iter().map(|stmt| unit.module.stmt(*stmt).span));
        swept = cleanup::sweep(&context, &gone);
    }
    let mut base = draft.gone.get(&file).cloned().unwrap_or_default();
    let mut unwrapped: BTreeSet<StmtId> = draft.take_opened(file);
    let mut edits: EditSet = draft.edits.get(&file).cloned().unwrap_or_default();
    let throws = draft.thrown_in(file);
    let dialect = dialect::of(plan.program, file);
    loop {
        let swept_now = swept.stmts.clone();
        let away = |span: Span| {
            let by_sweep = swept_now.iter().any(|stmt| unit.module.stmt(*stmt).span.contains(span));
            by_sweep || gone.iter().any(|gone| gone.contains(span))
        };
        swept.stmts.retain(|stmt| !dialect.is_named(plan.program, file, unit, *stmt, &away));
        let Handlers { cuts, stmts, unwrapped: bare, doubts } = dialect.handlers(plan, file, unit, &away, &throws);
        for (span, why) in doubts {
            draft.review(Place { file, span }, why);
        }
        let new: Vec<Span> = cuts.into_iter().filter(|cut| !gone.contains(cut)).collect();
        if new.is_empty() {
            break;
        }
        for cut in &new {
            if let Err(overlap) = edits.delete(*cut) {
                draft.review(
                    Place { file, span: overlap.0.span },
                    "nothing throws what this catches any more: delete the clause",
                );
            }
        }
        base.extend(&new);
        draft.gone.entry(file).or_default().extend(&new);
        gone.extend(new);
        gone.extend(stmts.iter().map(|stmt| unit.module.stmt(*stmt).span));
        own.extend(stmts);
        unwrapped.extend(bare);
        swept = cleanup::sweep(&context, &gone);
    }
    empty_withs(unit, &mut swept, &gone, &harmless);
    for span in idle_withs(unit, &swept, &gone) {
        draft.review(
            Place { file, span },
            "nobody reads what is opened here any more: take the line away, and move what is below it out",
        );
    }
    let rewritten = |span: &Span| gone.iter().any(|gone| gone.overlaps(*span));
    for (span, why) in swept.stuck.iter().filter(|(span, _)| !rewritten(span)) {
        draft.review(
            Place { file, span: *span },
            format!("this fed only the JWT and stays ({why}): delete it if you agree"),
        );
    }
    let imports: Vec<Span> = swept.imports.iter().map(|import| unit.module.imports[import.index()].span).collect();
    let members = swept.members.iter().chain(&swept.binds).chain(&swept.idle_parts);
    let members: Vec<Span> = members.map(|bind| cleanup::bind_span(&unit.module, *bind)).collect();
    swept.stmts.extend(own);
    for (function, index) in &swept.idle_params {
        draft.idle.insert((FunctionRef { file, function: *function }, *index));
    }
    swept.stmts.sort();
    swept.stmts.dedup();
    let mut done = cleanup::delete(&context, &swept, &base, &mut edits);
    for stmt in unwrapped.into_iter().rev() {
        done = done.and_then(|()| java::unwrap(plan.program.file(file), unit, stmt, &mut edits));
    }
    match done {
        Ok(()) => {
            draft.edits.insert(file, edits);
            let gone = draft.gone.entry(file).or_default();
            gone.extend(imports);
            gone.extend(members);
            gone.extend(swept.stmts.iter().map(|stmt| unit.module.stmt(*stmt).span));
            inherited::ask(plan, file, unit, draft);
        }
        Err(overlap) => draft.review(
            Place { file, span: overlap.0.span },
            "what only the JWT needed could not be taken out here: delete it by hand",
        ),
    }
}

/// `with open(path) as f:` of which nothing is left goes as a whole, if the value of `f` reaches nobody else.
fn empty_withs(unit: &Unit, swept: &mut cleanup::Sweep, gone: &[Span], harmless: &dyn Fn(ExprId) -> bool) {
    let module = &unit.module;
    for (number, stmt) in module.stmts.iter().enumerate().filter(|(_, stmt)| stmt.kind == StmtKind::With) {
        let id = StmtId(number as u32);
        let [block] = stmt.blocks.as_slice() else { continue };
        let inner = &module.block(*block).stmts;
        let all = !inner.is_empty() && inner.iter().all(|stmt| swept.stmts.contains(stmt));
        let calls =
            stmt.exprs.iter().all(|expr| !matches!(module.kind(*expr), ExprKind::Call { .. }) || harmless(*expr));
        if !all || !calls || gone.iter().any(|gone| gone.overlaps(stmt.span)) || swept.stmts.contains(&id) {
            continue;
        }
        let reaches = module.binds.iter().filter(|bind| bind.stmt == id && bind.how == How::With).any(|bind| {
            let ExprKind::Name(name) = module.kind(bind.place) else { return true };
            let later = |span: Span| span.start >= stmt.span.end;
            let next = module.binds.iter().filter(|other| {
                matches!(module.kind(other.place), ExprKind::Name(found) if found == name)
                    && other.scope == bind.scope
                    && later(other.span)
            });
            let until = next.map(|other| other.span.start).min().unwrap_or(u32::MAX);
            module.expr_ids().any(|read| {
                let span = module.expr(read).span;
                matches!(module.kind(read), ExprKind::Name(found) if found == name)
                    && later(span)
                    && span.start < until
                    && unit.bind_of_place(read).is_none()
            })
        });
        if !reaches {
            swept.stmts.retain(|stmt| !inner.contains(stmt));
            swept.stmts.push(id);
        }
    }
}

/// What a `with` opens whose body stays, although nobody reads the value any more.
fn idle_withs(unit: &Unit, swept: &cleanup::Sweep, gone: &[Span]) -> Vec<Span> {
    let module = &unit.module;
    let away = |span: Span| {
        let by_sweep = swept.stmts.iter().any(|stmt| module.stmt(*stmt).span.contains(span));
        by_sweep || gone.iter().any(|gone| gone.contains(span))
    };
    let opened = module.binds.iter().filter(|bind| bind.how == How::With && !away(bind.span));
    let idle = opened.filter(|bind| {
        let ExprKind::Name(name) = module.kind(bind.place) else { return false };
        let reads: Vec<Span> = module
            .expr_ids()
            .filter(|id| matches!(module.kind(*id), ExprKind::Name(found) if found == name))
            .filter(|id| unit.bind_of_place(*id).is_none())
            .map(|id| module.expr(id).span)
            .filter(|span| module.stmt(bind.stmt).span.contains(*span))
            .collect();
        !reads.is_empty() && reads.into_iter().all(away)
    });
    idle.map(|bind| bind.span).collect()
}

/// Whether another file takes `name` from `file`, or reads a member of that name.
pub(super) fn is_used_elsewhere(
    program: &Program,
    file: FileId,
    name: &str,
    gone: &BTreeMap<FileId, Vec<Span>>,
) -> bool {
    let is_import = program.unit(file).is_some_and(|unit| {
        let binds = unit.binds_in(ScopeId(0), name);
        !binds.is_empty() && binds.iter().all(|bind| matches!(unit.module.binds[bind.index()].how, How::Import(_)))
    });
    let is_top = program.unit(file).is_some_and(|unit| !unit.binds_in(ScopeId(0), name).is_empty());
    if is_top && program.unit(file).is_some_and(|unit| unit.language.syntax.shared_names) {
        return true;
    }
    // The compiler asks for it.
    if !is_top && program.units().any(|(_, unit)| unit.module.types.promised.contains(name)) {
        return true;
    }
    // A test that needs what goes is told of; where a compiler reads all tests at once, it keeps them.
    let counts = |other: FileId, unit: &Unit| {
        unit.is_open() || !is_test(&program.file(other).path) || is_test(&program.file(file).path)
    };
    let others = program.units().filter(|(other, unit)| *other != file && counts(*other, unit));
    others.into_iter().any(|(other, unit)| {
        let imported = unit.module.imports.iter().any(|import| {
            // What a star passes on is the module's own, not what it imports itself.
            let takes = import.item.as_deref() == Some(name) || (import.style == ImportStyle::Star && !is_import);
            takes && !inside(gone, other, import.span) && program.import_target(other, &import.module) == Some(file)
        });
        imported || reads_member(program, unit, other, (file, is_top), name, gone)
    })
}

/// Whether a file reads a member called `name`: of the module `of.0`, where the name is one of its top level (`of.1`), else
/// of anything.
fn reads_member(
    program: &Program,
    unit: &Unit,
    file: FileId,
    of: (FileId, bool),
    name: &str,
    gone: &BTreeMap<FileId, Vec<Span>>,
) -> bool {
    unit.mentions(name).any(|id| {
        let ExprKind::Member { base, .. } = unit.module.kind(id) else { return false };
        if inside(gone, file, unit.module.expr(id).span) {
            return false;
        }
        let base = ExprRef { file, expr: *base };
        !of.1 || program.meanings(base, 0).contains(&Def::File(of.0))
    })
}

/// The signing stays, since something that is not the exchange may use it.
pub(super) fn still_signed(program: &Program, sign: ExprRef, draft: &mut Draft) {
    let at = program.place(sign);
    let module = program.module(sign.file);
    let function = module.function_of(module.expr(sign.expr).scope);
    let name = function.and_then(|function| module.function(function).name.clone());
    let within = name.map_or(String::new(), |name| format!(" in `{name}`"));
    draft.review(
        at,
        format!(
            "a JWT is still signed here{within}: if nothing else uses it, delete it with the claims and the reading of the key that feed it"
        ),
    );
}
