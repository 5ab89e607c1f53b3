//! A form that is declared by annotations: the parameter of the JWT becomes two, and so does its argument in every call.

use super::{is_java, untell};
use crate::analyze::{ExprRef, Field, FunctionRef, Place, Program};
use crate::ir::{ExprKind, FunctionId, How};
use crate::migrate::draft::Draft;
use crate::migrate::idle;
use crate::migrate::in_place::joined;
use crate::migrate::scopes::Scopes;
use crate::text::{FileId, Overlap, Span};

/// `@Field("jwt_token") String jwt` becomes `@Field("grant_type") String grantType, @Field("scope") String scope`.
///
/// # Errors
/// [`Overlap`] where another edit is there.
pub(super) fn entry(program: &Program, field: &Field, scopes: &Scopes, draft: &mut Draft) -> Result<(), Overlap> {
    match parts(program, field) {
        Ok((function, index)) => rewrite(program, field, function, index, scopes, draft),
        Err(why) => {
            draft.manual(
                field.at,
                format!("{why}: give it fields grant_type and scope instead of jwt_token, and mend its callers"),
            );
            Ok(())
        }
    }
}

/// The method and the position of the parameter that a field is.
fn parts(program: &Program, field: &Field) -> Result<(FunctionRef, u32), &'static str> {
    const WHY: &str = "the form is the signature of a method";
    let module = program.module(field.at.file);
    let bind = module.binds.iter().find(|bind| bind.span == field.at.span).ok_or(WHY)?;
    let How::Param(function, index) = bind.how else { return Err(WHY) };
    let function = FunctionRef { file: field.at.file, function };
    let target = module.function(function.function);
    let named = |id: FunctionId| module.function(id).name == target.name && module.function(id).class == target.class;
    let forms = (0..module.functions.len() as u32).map(FunctionId).filter(|id| named(*id)).count();
    let body = target
        .decorators
        .iter()
        .any(|decorator| program.source(ExprRef { file: function.file, expr: *decorator }).contains("jwt_token"));
    match target.class {
        Some(class) if program.is_extended(function.file, class) => Err("this method is implemented in view"),
        _ if forms > 1 => Err("this method has another form of the same name"),
        _ if body => Err("the body is a text of its own"),
        _ if !is_java(program, function.file) => Err(WHY),
        _ => Ok((function, index)),
    }
}

fn rewrite(
    program: &Program,
    field: &Field,
    function: FunctionRef,
    index: u32,
    scopes: &Scopes,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    let raw = program.slice(field.at.file, field.at.span).to_owned();
    let module = program.module(function.file);
    let name = module.function(function.function).params.get(index as usize).and_then(|param| param.name.clone());
    let literal = field.name_parts.places().any(|(_, place)| field.at.span.contains(place.span));
    let (Some(name), true) = (name, literal) else {
        draft.manual(
            field.at,
            "the field's name is a constant that is defined elsewhere: send grant_type and scope instead",
        );
        return Ok(());
    };
    let with = |wanted: &str, variable: &str| {
        let head = raw.strip_suffix(&*name).unwrap_or(&raw);
        format!("{}{variable}", head.replacen("jwt_token", wanted, 1))
    };
    let (first, second) = (with("grant_type", "grantType"), with("scope", "scope"));
    let text = joined(program, field.at, &first, &second);
    draft.edits.entry(field.at.file).or_default().replace(field.at.span, text)?;
    for call in program.callers(function) {
        let argument = program.argument(*call, function, index);
        let ExprKind::Call { args, .. } = program.kind(*call) else { continue };
        let Some(arg) = argument.and_then(|value| args.iter().find(|arg| arg.value == value.expr)) else {
            draft.manual(
                program.place(*call),
                "the JWT is handed over here in a way that is not plain: hand grant type and scopes over",
            );
            continue;
        };
        let at = Place { file: call.file, span: Span { start: arg.span.start, end: arg.span.end } };
        let scope = super::scope(program, call.file, scopes, draft);
        let scope = super::fitted(program, at, &scope);
        let text =
            joined(program, at, "\"client_credentials\"", &scope).replace(", \n", ",\n").replace(", \r\n", ",\r\n");
        draft.replace(at, text)?;
    }
    if is_closed(program, function) {
        return Ok(());
    }
    draft.review(field.at, "the method has two parameters instead of the JWT: mend callers that are not in view");
    Ok(())
}

/// A parameter with Spring's `@Value` that nobody reads any more goes from a constructor that the program never calls: Spring
/// alone does, and would ask for the setting. Gives the files that changed.
///
/// # Errors
/// [`Overlap`] where another edit is there.
pub(in crate::migrate) fn injected(
    program: &Program,
    function: FunctionRef,
    index: u32,
    draft: &mut Draft,
) -> Result<Vec<FileId>, Overlap> {
    let module = program.module(function.file);
    let target = module.function(function.function);
    let (Some(param), Some(class)) = (target.params.get(index as usize), target.class) else { return Ok(vec![]) };
    let name = module.class(class).name.as_deref().unwrap_or_default();
    let makes = |expr: &crate::ir::Expr, module: &crate::ir::Module| match &expr.kind {
        ExprKind::Call { callee, new: true, .. } => {
            matches!(module.kind(*callee), ExprKind::Name(called) | ExprKind::Member { name: called, .. } if **called == *name)
        }
        _ => false,
    };
    let made = program.units().any(|(_, unit)| unit.module.exprs.iter().any(|expr| makes(expr, &unit.module)));
    let constructor = module.class(class).constructors.contains(&function.function);
    let spans: Vec<Span> = target.params.iter().map(|param| param.span).collect();
    let whole = idle::item(program, function.file, &spans, index as usize);
    let edits = draft.edits.entry(function.file).or_default();
    if !program.slice(function.file, param.span).starts_with("@Value(")
        || !constructor
        || made
        || program.is_extended(function.file, class)
        || edits.touches(whole)
    {
        return Ok(vec![]);
    }
    edits.delete(whole)?;
    draft.gone.entry(function.file).or_default().push(param.span);
    untell(program, function, index, draft)?;
    Ok(vec![function.file])
}

/// Whether every call of the method is in view: a program, no library, in which whoever says the method's name calls it.
fn is_closed(program: &Program, function: FunctionRef) -> bool {
    let callers = program.callers(function);
    let target = program.module(function.file).function(function.function);
    let Some(name) = target.name.as_deref() else { return false };
    let calls = |file, id| {
        let is_it = |call: &&ExprRef| {
            call.file == file && matches!(program.kind(**call), ExprKind::Call { callee, .. } if *callee == id)
        };
        callers.iter().find(is_it).is_some()
    };
    !callers.is_empty()
        && !idle::is_library(program, function.file)
        && program.units().all(|(file, unit)| {
            unit.module.expr_ids().all(|id| {
                let named = matches!(unit.module.kind(id), ExprKind::Member { name: found, .. } if **found == *name);
                !named || calls(file, id) || !idle::may_mean(program, ExprRef { file, expr: id }, function)
            })
        })
}
