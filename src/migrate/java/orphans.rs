//! Classes and methods of other files that lost their last user.

use super::is_java;
use crate::analyze::{Def, ExprRef, FunctionRef, Program, Unit};
use crate::ir::{ClassId, ExprId, ExprKind, ImportStyle, StmtId, StmtKind};
use crate::lang;
use crate::migrate::draft::Draft;
use crate::migrate::mocks;
use crate::migrate::plan::Plan;
use crate::migrate::readers::inside;
use crate::text::{FileId, Span};
use std::collections::BTreeSet;

/// Annotations (beside Jackson's) that only say how a class holds or writes data: <https://projectlombok.org/features/>.
const DATA: [&str; 8] =
    ["Data", "Getter", "Setter", "ToString", "EqualsAndHashCode", "NoArgsConstructor", "AllArgsConstructor", "Builder"];

/// Puts what the gone bytes of `file` were the last to use into the draft, to be deleted. Gives the files that it stands in.
pub(in crate::migrate) fn orphans(plan: &Plan<'_, '_>, file: FileId, draft: &mut Draft) -> Vec<FileId> {
    let program = plan.program;
    let Some(unit) = program.unit(file) else { return vec![] };
    let gone = draft.gone.get(&file).cloned().unwrap_or_default();
    let is_gone = |span: Span| gone.iter().any(|gone| gone.contains(span));
    let mut functions: BTreeSet<FunctionRef> = BTreeSet::new();
    let mut classes: BTreeSet<(FileId, ClassId)> = BTreeSet::new();
    for id in unit.module.expr_ids().filter(|id| is_gone(unit.module.expr(*id).span)) {
        let at = ExprRef { file, expr: id };
        match unit.module.kind(id) {
            ExprKind::Call { callee, .. } => functions.extend(program.functions_of(ExprRef { file, expr: *callee })),
            ExprKind::Name(name) if name.starts_with(char::is_uppercase) => {
                classes.extend(program.meanings(at, 0).into_iter().filter_map(|def| match def {
                    Def::Class(file, class) => Some((file, class)),
                    _ => None,
                }));
            }
            _ => {}
        }
    }
    let mut touched = vec![];
    classes.extend(functions.iter().filter_map(|function| {
        let class = program.module(function.file).function(function.function).class?;
        Some((function.file, class))
    }));
    let mut whole: BTreeSet<FileId> = BTreeSet::new();
    for (target, class) in classes.into_iter().filter(|(target, _)| *target != file && is_java(program, *target)) {
        tell_tests(program, target, class, draft);
        if goes_whole(program, target, class, draft) && whole.insert(target) {
            let all = program.module(target).blocks.first().map(|block| block.stmts.clone()).unwrap_or_default();
            if add(draft, target, all) {
                touched.push(target);
            }
        }
    }
    for function in functions.into_iter().filter(|function| function.file != file && !whole.contains(&function.file)) {
        if let Some(stmt) = unused(program, function, draft)
            && add(draft, function.file, vec![stmt])
        {
            touched.push(function.file);
        }
    }
    touched
}

fn add(draft: &mut Draft, file: FileId, stmts: Vec<StmtId>) -> bool {
    let own = draft.stmts.entry(file).or_default();
    let before = own.len();
    own.extend(stmts.into_iter().filter(|stmt| !own.contains(stmt)).collect::<Vec<_>>());
    own.len() > before
}

fn is_away(draft: &Draft, file: FileId, span: Span) -> bool {
    inside(&draft.gone, file, span)
}

/// Whether the class of a file is named, outside of tests, by an expression that stays: in its own package it needs no
/// import.
pub(in crate::migrate) fn is_named_beside(program: &Program, target: FileId, draft: &Draft) -> bool {
    let Some(unit) = program.unit(target).filter(|_| is_java(program, target)) else { return false };
    let folder = |file: FileId| program.file(file).path.rsplit_once('/').map(|(folder, _)| folder);
    unit.module.classes.iter().filter_map(|class| class.name.as_deref()).any(|name| {
        let imports = |file: FileId| {
            program.module(file).imports.iter().any(|import| {
                import.style != ImportStyle::Beside
                    && (import.item.as_deref() == Some(name) || import.module.rsplit('.').next() == Some(name))
            })
        };
        let sees = |file: FileId| folder(file) == folder(target) || imports(file);
        is_said(program, draft, name, |file, _| {
            file != target && !mocks::is_test(&program.file(file).path) && sees(file)
        })
    })
}

/// Whether some expression that stays, in a file for which `here` holds, is the name or member `name`.
fn is_said(program: &Program, draft: &Draft, name: &str, here: impl Fn(FileId, Span) -> bool) -> bool {
    let says = |unit: &Unit, id: ExprId| match unit.module.kind(id) {
        ExprKind::Name(found) => **found == *name || found.rsplit('.').next() == Some(name),
        ExprKind::Member { name: found, .. } => **found == *name,
        _ => false,
    };
    program.units().any(|(file, unit)| {
        unit.module.expr_ids().any(|id| {
            let span = unit.module.expr(id).span;
            says(unit, id) && here(file, span) && !is_away(draft, file, span) && unit.bind_of_place(id).is_none()
        })
    })
}

/// Names a class that only tests use any more.
fn tell_tests(program: &Program, target: FileId, class: ClassId, draft: &mut Draft) {
    let Some(name) = program.module(target).class(class).name.clone() else { return };
    let is_test = |file: FileId| mocks::is_test(&program.file(file).path);
    let said = |here: &dyn Fn(FileId) -> bool| is_said(program, draft, &name, |file, _| file != target && here(file));
    if !is_test(target) && said(&is_test) && !said(&|file| !is_test(file)) {
        let path = &program.file(target).path;
        let step = format!("Delete `{path}` if only the JWT needed it: nothing but tests names `{name}` any more.");
        if !draft.steps.contains(&step) {
            draft.steps.push(step);
        }
    }
}

/// A class with its file: it is the only one there, nobody names it any more, nobody starts it, and no framework does.
fn goes_whole(program: &Program, target: FileId, class: ClassId, draft: &Draft) -> bool {
    let (module, file) = (program.module(target), program.file(target));
    let Some(name) = module.class(class).name.clone() else { return false };
    let top: Vec<ClassId> = module.blocks.first().map_or(vec![], |block| {
        let kinds = block.stmts.iter().map(|stmt| module.stmt(*stmt).kind);
        kinds.filter_map(|kind| if let StmtKind::Class(class) = kind { Some(class) } else { None }).collect()
    });
    let tells_data = |decorator: &ExprId| {
        let source = program.source(ExprRef { file: target, expr: *decorator });
        let name = source.split('(').next().unwrap_or_default().trim_start_matches('@');
        DATA.contains(&name) || name.starts_with("Json")
    };
    let plain = module.class(class).decorators.iter().all(tells_data) && module.class(class).bases.is_empty();
    let starts = module.functions.iter().any(|function| function.name.as_deref() == Some("main"));
    let stem = file.name().rsplit_once('.').map_or(file.name(), |(stem, _)| stem);
    let mut others = program.files.iter().filter(|other| other.path != file.path && !lang::is_program(&other.path));
    top == [class]
        && plain
        && !starts
        && !others.any(|other| other.text().contains(stem))
        && !is_said(program, draft, &name, |file, _| file != target)
}

/// The statement of a method that nobody names any more, and that nobody may call by another name.
fn unused(program: &Program, function: FunctionRef, draft: &Draft) -> Option<StmtId> {
    let module = program.module(function.file);
    let target = module.function(function.function);
    let name = target.name.as_deref()?;
    let class = module.class(target.class?);
    // What an interface asks for, others give.
    if target.body.is_none()
        || !class.bases.is_empty()
        || !target.decorators.is_empty()
        || program.is_extended(function.file, target.class?)
    {
        return None;
    }
    let inside = |file: FileId, span: Span| file != function.file || !target.span.contains(span);
    if draft.members.contains(name) || is_said(program, draft, name, inside) {
        return None;
    }
    // A property that something fills from settings stays whole.
    let property = name.strip_prefix("get").or_else(|| name.strip_prefix("is")).map(|rest| format!("set{rest}"));
    let own = module.functions.iter().filter(|other| other.class == target.class);
    if own.into_iter().any(|other| other.name.as_deref().is_some() && other.name.as_deref() == property.as_deref()) {
        return None;
    }
    let is_it = |stmt: &crate::ir::Stmt| stmt.kind == StmtKind::Function(function.function);
    module.stmts.iter().position(is_it).map(|at| StmtId(at as u32))
}
