//! Parameters that lost their last reader. One that carried the JWT goes, with what its callers hand over, where every
//! caller is in view; one that carried the key stays, since it is a contract, and the callers in view hand nothing over.

use super::draft::Draft;
use super::entries;
use super::plan::Plan;
use super::readers::inside;
use super::{dialect, unwrap};
use crate::analyze::{Def, Exchange, ExprRef, Follow, FunctionRef, Place, Program, is_test};
use crate::ir::{ExprKind, Function, How, Module};
use crate::rules::{Does, Rules, normal_key};
use crate::text::{FileId, Overlap, Span};

/// Deals with all parameters that the draft left idle. Gives the files that changed.
pub(super) fn settle(plan: &Plan<'_, '_>, draft: &mut Draft) -> Vec<FileId> {
    let mut changed = vec![];
    for (function, index) in draft.idle.clone() {
        match dialect::of(plan.program, function.file).idle(plan, function, index, draft) {
            Ok(files) => changed.extend(files),
            Err(overlap) => still_handed(function.file, &overlap, draft),
        }
    }
    changed
}

/// A callback that got the JWT dissolves; a parameter for the JWT goes; one for the key is handed an empty text.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn common(
    plan: &Plan<'_, '_>,
    function: FunctionRef,
    index: u32,
    draft: &mut Draft,
) -> Result<Vec<FileId>, Overlap> {
    if unwrap::callback(plan, function, index, draft)? {
        return Ok(vec![function.file]);
    }
    let mut changed = of_jwt(plan, function, index, draft)?;
    if changed.is_empty() && is_key(plan, function, index) && !carried_jwt(plan, function, index) {
        for call in plan.program.callers(function) {
            let Some(value) = plan.program.argument(*call, function, index) else { continue };
            if entries::stays(plan.program, value) {
                continue;
            }
            let Some(prefix) = text_for(plan.program, function, index) else {
                let why = "this is read for the JWT alone, and no text can take its place: hand nothing over";
                draft.review(plan.program.place(value), why);
                continue;
            };
            match entries::empty(plan.program, value, prefix, draft) {
                Ok(file) => changed.extend(file),
                Err(overlap) => still_handed(call.file, &overlap, draft),
            }
        }
    }
    Ok(changed)
}

/// What stands before the quotes of an empty text that fits a parameter's type; `None` where none does.
fn text_for(program: &Program, function: FunctionRef, index: u32) -> Option<&'static str> {
    let params = &program.module(function.file).function(function.function).params;
    let text = params.get(index as usize).map_or("", |param| program.slice(function.file, param.span));
    let declared = text.split_once(':').map_or("", |(_, kind)| kind.split('=').next().unwrap_or_default());
    let is = |word: &str| declared.to_ascii_lowercase().contains(word);
    match () {
        () if declared.trim().is_empty() || ["str", "any", "unknown"].into_iter().any(is) => Some(""),
        () if is("bytes") => Some("b"),
        () => None,
    }
}

/// A parameter for the JWT goes.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn of_jwt(
    plan: &Plan<'_, '_>,
    function: FunctionRef,
    index: u32,
    draft: &mut Draft,
) -> Result<Vec<FileId>, Overlap> {
    if carried_jwt(plan, function, index) { hand_nothing(plan.program, function, index, draft) } else { Ok(vec![]) }
}

/// What is still made for a parameter that the JWT of an exchange came from and that nobody reads any more, where it is
/// not in view who signs.
pub(super) fn still_made(plan: &Plan<'_, '_>, moved: &[&Exchange<'_>], draft: &mut Draft) {
    let program = plan.program;
    let jwts = moved.iter().filter_map(|exchange| exchange.jwt);
    let origins = jwts.flat_map(|jwt| program.origins(jwt, Follow::INSIDE));
    let params: Vec<Def> = origins.flat_map(|origin| program.meanings(origin.expr, 0)).collect();
    for (function, index) in draft.idle.clone() {
        if !params.contains(&Def::Param(function, index)) {
            continue;
        }
        for call in program.callers(function) {
            let Some(value) = program.argument(*call, function, index) else { continue };
            let at = program.place(value);
            let is_call = |at: ExprRef| matches!(program.kind(at), ExprKind::Call { .. });
            let origins = program.origins(value, Follow::INSIDE);
            let is_made = is_call(value) || origins.iter().any(|origin| is_call(origin.expr));
            if is_made && !inside(&draft.gone, at.file, at.span) && !is_test(&program.file(at.file).path) {
                draft.review(
                    at,
                    "a JWT seems to be made for this still, and nobody reads it any more: delete what makes it",
                );
            }
        }
    }
}

fn still_handed(file: FileId, overlap: &Overlap, draft: &mut Draft) {
    let at = Place { file, span: overlap.0.span };
    draft.review(at, "what only the JWT needed is still handed over here: hand nothing over");
}

fn is_key(plan: &Plan<'_, '_>, function: FunctionRef, index: u32) -> bool {
    let target = plan.program.module(function.file).function(function.function);
    let name = target.params.get(index as usize).and_then(|param| param.name.clone()).unwrap_or_default();
    is_key_name(plan.rules, &name)
}

/// Whether something of that name is, or leads to, the private key.
#[must_use]
pub(super) fn is_key_name(rules: &Rules, name: &str) -> bool {
    let name = normal_key(name);
    // An API key is the client id.
    rules.adobe.config.private_key.contains(&name)
        || (!name.ends_with("apikey") && ["key", "keyfile", "keypath", "pem"].iter().any(|end| name.ends_with(end)))
}

/// Whether a caller hands over what a signing call made.
fn carried_jwt(plan: &Plan<'_, '_>, function: FunctionRef, index: u32) -> bool {
    let program = plan.program;
    let handed = program.callers(function).iter().filter_map(|call| program.argument(*call, function, index));
    handed.into_iter().any(|value| is_jwt(plan, value))
}

/// Whether a value is what a signing call made.
pub(super) fn is_jwt(plan: &Plan<'_, '_>, value: ExprRef) -> bool {
    if !matches!(plan.program.kind(value), ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Call { .. }) {
        return false;
    }
    let origins = plan.program.origins(value, Follow::ALL);
    origins
        .iter()
        .any(|origin| origin.path.is_empty() && plan.analysis.facts.of_kind(origin.expr, Does::Sign).is_some())
}

/// Takes the parameter away, and the arguments of all callers.
pub(super) fn hand_nothing(
    program: &Program,
    function: FunctionRef,
    index: u32,
    draft: &mut Draft,
) -> Result<Vec<FileId>, Overlap> {
    let callers = program.callers(function);
    let module = program.module(function.file);
    let target = module.function(function.function);
    let Some(param) = target.params.get(index as usize) else { return Ok(vec![]) };
    let arguments: Vec<(ExprRef, Option<Span>)> =
        callers.iter().map(|call| (*call, argument_span(program, *call, function, index))).collect();
    let gone = |draft: &Draft, file: FileId, span: Span| inside(&draft.gone, file, span);
    if gone(draft, function.file, param.span) {
        return Ok(vec![]);
    }
    let whole = arguments.iter().all(|(_, span)| span.is_some())
        && is_closed(program, function)
        && !has_shorter_form(module, target);
    let mut changed = vec![];
    if whole {
        let spans: Vec<Span> = target.params.iter().map(|param| param.span).collect();
        let span = item(program, function.file, &spans, index as usize);
        draft.replace(Place { file: function.file, span }, "")?;
        super::java::untell(program, function, index, draft)?;
        // The parameter is its own declaration: nothing reads it, but its bytes may lie outside `span`'s comma.
        draft.gone.entry(function.file).or_default().push(param.span);
        changed.push(function.file);
    }
    for (call, span) in arguments {
        let Some(span) = span.filter(|span| !gone(draft, call.file, *span)) else { continue };
        let ExprKind::Call { args, .. } = program.kind(call) else { continue };
        let spans: Vec<Span> = args.iter().map(|arg| arg.span).collect();
        let Some(position) = spans.iter().position(|other| *other == span) else { continue };
        let named = args[position].name.is_some();
        let last = position + 1 == spans.len();
        if !whole && !may_be_missing(program, function, index, draft)? {
            draft.review(
                Place { file: call.file, span },
                "what only the JWT needed is handed over here to a function that others may call: take its parameter away",
            );
            continue;
        }
        let optional = last && program.syntax(call.file).is_some_and(|syntax| syntax.optional_arguments);
        let value = program.kind(ExprRef { file: call.file, expr: args[position].value });
        if !whole && !optional && matches!(value, ExprKind::Text(_) | ExprKind::Null) {
            // It costs nothing, and tells no more than it did.
            continue;
        }
        if whole || optional {
            let bytes = item(program, call.file, &spans, position);
            draft.replace(Place { file: call.file, span: bytes }, "")?;
            draft.gone.entry(call.file).or_default().push(span);
        } else {
            let nothing = dialect::of(program, call.file).nothing(program, function, index);
            let value = program.module(call.file).expr(args[position].value).outer;
            let span = if named { value } else { span };
            draft.replace(Place { file: call.file, span }, nothing)?;
        }
        changed.push(call.file);
    }
    Ok(changed)
}

/// Whether callers may leave a parameter out. In TypeScript it is made so, where it is the last one.
fn may_be_missing(program: &Program, function: FunctionRef, index: u32, draft: &mut Draft) -> Result<bool, Overlap> {
    let module = program.module(function.file);
    let params = &module.function(function.function).params;
    let typed = program.syntax(function.file).is_some_and(|syntax| syntax.annotations);
    let Some(param) = params.get(index as usize).filter(|param| typed && param.default.is_none()) else {
        return Ok(true);
    };
    let bind = module.binds.iter().find(|bind| bind.how == How::Param(function.function, index));
    let (Some(bind), true) = (bind, index as usize + 1 == params.len()) else { return Ok(false) };
    let end = module.expr(bind.place).span.end as usize;
    let rest = &program.file(function.file).text()[end..param.span.end as usize];
    let mark = Span::new(end, end);
    let made = draft.edits.get(&function.file).is_some_and(|edits| edits.edits().iter().any(|edit| edit.span == mark));
    if !rest.starts_with('?') && !made {
        draft.insert(function.file, end, "?")?;
    }
    Ok(true)
}

/// The bytes of the argument that a parameter gets; `None` where the call is not plain enough to tell.
fn argument_span(program: &Program, call: ExprRef, function: FunctionRef, index: u32) -> Option<Span> {
    let value = program.argument(call, function, index)?;
    let ExprKind::Call { args, .. } = program.kind(call) else { return None };
    args.iter().find(|arg| arg.value == value.expr).map(|arg| arg.span)
}

/// Whether nobody but the calls in view can call a function: it is not handed around, not overridden, not decorated, and
/// other packages have no way to it.
fn is_closed(program: &Program, function: FunctionRef) -> bool {
    let module = program.module(function.file);
    let target = module.function(function.function);
    let Some(name) = target.name.as_deref() else { return false };
    let private = target.is_private || name.starts_with(['_', '#']) || super::java::is_private(program, function);
    if !target.decorators.is_empty() && !target.is_static {
        return false;
    }
    let of_class_alone = super::java::is_private(program, function);
    if let Some(class) = target.class
        && !of_class_alone
        && (!module.class(class).bases.is_empty() || program.is_extended(function.file, class))
    {
        return false;
    }
    let callers = program.callers(function);
    // The program starts in this file.
    let starts = super::java::is_java(program, function.file) && has_main(module);
    let foreign = starts || callers.iter().any(|call| call.file != function.file);
    let listed = exports(module, name);
    if (listed || target.class.is_some()) && !private && !foreign {
        return false;
    }
    if !private && is_library(program, function.file) {
        return false;
    }
    program.units().all(|(file, unit)| {
        unit.module.expr_ids().all(|id| {
            let named = match unit.module.kind(id) {
                ExprKind::Name(found) | ExprKind::Member { name: found, .. } => **found == *name,
                _ => false,
            };
            !named
                || unit.bind_of_place(id).is_some()
                || is_export(&unit.module, id, name)
                || !may_mean(program, ExprRef { file, expr: id }, function)
                || callers.iter().any(|call| call.file == file && is_callee(program, *call, id))
        })
    })
}

/// Whether a class has another method of that name that takes one argument less: in a language of classes the two would
/// be the same then.
fn has_shorter_form(module: &Module, target: &Function) -> bool {
    let open = target.class.is_some_and(|class| module.class(class).is_open);
    let is_it = |other: &Function| {
        other.class == target.class && other.name == target.name && other.params.len() + 1 == target.params.len()
    };
    open && module.functions.iter().any(is_it)
}

/// Whether a name may stand for a function, as far as is known.
pub(super) fn may_mean(program: &Program, at: ExprRef, function: FunctionRef) -> bool {
    let variable = program.unit(at.file).filter(|unit| unit.is_open()).is_some_and(|unit| {
        let ExprKind::Name(name) = unit.module.kind(at.expr) else { return false };
        let Some(scope) = unit.declaring_scope(unit.module.expr(at.expr).scope, name) else { return false };
        let is_method = |bind: &crate::ir::BindId| matches!(unit.module.binds[bind.index()].how, How::Function(_));
        !unit.module.calls_method(at.expr) && !unit.binds_in(scope, name).iter().any(is_method)
    });
    let meant = program.functions_of(at);
    !variable && !has_other_arity(program, at, function) && (meant.is_empty() || meant.contains(&function))
}

/// Whether a call hands over another number of arguments than a method takes, where methods are told apart by that.
fn has_other_arity(program: &Program, at: ExprRef, function: FunctionRef) -> bool {
    let Some(unit) = program.unit(at.file).filter(|unit| unit.is_open()) else { return false };
    let params = &program.module(function.file).function(function.function).params;
    let any = params.last().is_some_and(|last| program.slice(function.file, last.span).contains("..."));
    let call = unit.module.expr(at.expr).parent.map(|parent| unit.module.kind(parent));
    matches!(call, Some(ExprKind::Call { callee, args, .. }) if *callee == at.expr && args.len() != params.len())
        && !any
}

fn is_callee(program: &Program, call: ExprRef, id: crate::ir::ExprId) -> bool {
    matches!(program.kind(call), ExprKind::Call { callee, .. } if *callee == id)
}

/// Whether a module gives the name to others.
fn exports(module: &Module, name: &str) -> bool {
    module.exports.iter().any(|export| {
        *export.name == *name
            || &*export.name == "module.exports" && {
                export
                    .value
                    .is_some_and(|value| matches!(module.kind(value), ExprKind::Name(found) if **found == *name))
            }
    })
}

/// Whether a name is read only to be exported: `module.exports = { name }`, `export { name }`.
fn is_export(module: &Module, id: crate::ir::ExprId, name: &str) -> bool {
    let exported = |other: crate::ir::ExprId| {
        module.exports.iter().any(|export| export.value == Some(other)) && exports(module, name)
    };
    let by_parent = module.expr(id).parent.is_some_and(|parent| {
        matches!(module.kind(parent), ExprKind::Record(_)) && exported(parent)
            || module
                .binds
                .iter()
                .any(|bind| bind.value == Some(id) && bind.how == How::Assign && exports(module, name))
    });
    exported(id) || by_parent
}

/// Whether a file belongs to a package that others install.
pub(super) fn is_library(program: &Program, file: FileId) -> bool {
    let path = &program.file(file).path;
    if program.syntax(file).is_some_and(|syntax| syntax.methods_only) {
        // A program has a place where it starts, in the same build.
        let root =
            super::packages::manifests_of(program, file).first().map(|manifest| program.file(*manifest).path.clone());
        let beside = |other: FileId| {
            let path = &program.file(other).path;
            !path.contains("/test/") && root.as_ref().is_none_or(|root| crate::analyze::is_below(root, path))
        };
        return !program.units().any(|(other, unit)| has_main(&unit.module) && beside(other));
    }
    program.files.iter().any(|manifest| {
        let text = || manifest.text();
        let package = match manifest.path.rsplit('/').next().unwrap_or_default() {
            "setup.py" => text().contains("setup("),
            "setup.cfg" => text().contains("[metadata]"),
            "pyproject.toml" => text().contains("[project]") || text().contains("[tool.poetry]"),
            _ => false,
        };
        package && path.ends_with(".py") && crate::analyze::is_below(&manifest.path, path)
    })
}

/// Whether a Java file has the method that a program starts with.
fn has_main(module: &Module) -> bool {
    module.functions.iter().any(|function| function.is_static && function.name.as_deref() == Some("main"))
}

/// One item of a list in parentheses, with the comma that sets it off.
pub(super) fn item(program: &Program, file: FileId, spans: &[Span], index: usize) -> Span {
    let span = spans[index];
    let text = program.file(file).text();
    match (index.checked_sub(1).map(|before| spans[before]), spans.get(index + 1)) {
        // A trailing comma stays behind the one before; what stands alone takes it along.
        (Some(before), _) => Span { start: before.end, end: span.end },
        (None, Some(next)) => Span { start: span.start, end: next.start },
        (None, None) => {
            let rest = &text[span.end as usize..];
            let comma = rest.len() - rest.trim_start().len();
            let end =
                if rest.trim_start().starts_with(',') { span.end as usize + comma + 1 } else { span.end as usize };
            Span::new(span.start as usize, end)
        }
    }
}
