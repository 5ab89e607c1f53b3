//! What the program makes of the answer: `expires_in` was in milliseconds, and is in seconds now.

use super::is_java;
use super::pojo::{Pojo, pojo};
use super::reader::{doubt, is_name_of_read, one, only_asks};
use super::whose::{Whose, Witness};
use crate::analyze::{Exchange, ExprRef, Follow, FunctionRef, Place, Program, Unit};
use crate::ir::{ExprId, ExprKind, How, ScopeKind, StmtKind};
use crate::migrate::draft::Draft;
use crate::migrate::plan::Plan;
use crate::migrate::{idle, mocks};
use crate::text::{FileId, Overlap, Span};
use std::collections::BTreeSet;

const LEAVES: &str = "the whole answer leaves the view here: its `expires_in` is in seconds now, and was in milliseconds; check who reads it";

/// Types of a method's value that hold the whole answer.
const WHOLE: [&str; 9] = [
    "JSONObject",
    "JsonObject",
    "JsonNode",
    "Map",
    "HttpResponse",
    "CloseableHttpResponse",
    "ResponseEntity",
    "InputStream",
    "JsonElement",
];

/// Keeps the unit of `expires_in`, or says who reads it.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(in crate::migrate) fn contract(
    plan: &Plan<'_, '_>,
    exchange: &Exchange<'_>,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    let (program, call) = (plan.program, exchange.call);
    let witness = Witness::new(plan, exchange);
    let mut speaks = false;
    let files = around(program, call);
    let mut readers: BTreeSet<ExprRef> = BTreeSet::new();
    let kept = pojo(program, &files).filter(|pojo| pojo.is_ours(program, exchange, &witness));
    if let Some(pojo) = &kept {
        speaks = true;
        of_class(program, pojo, draft)?;
    }
    for file in files {
        let Some(unit) = program.unit(file) else { continue };
        let text = program.file(file).text();
        speaks |= ["access_token", "accessToken", "AccessToken", "ACCESS_TOKEN"].iter().any(|word| text.contains(word));
        for at in unit.module.expr_ids().map(|expr| ExprRef { file, expr }) {
            let settled = kept.as_ref().is_some_and(|pojo| {
                pojo.holds(program, at) || pojo.readers(program).contains(&at) || pojo.is_of_another(program, at)
            });
            if settled || !is_expiry(unit, at.expr) || only_asks(unit, at.expr) {
                continue;
            }
            readers.extend(uses_of_constant(program, at).unwrap_or_else(|| vec![at]));
        }
    }
    for at in readers {
        let Some(unit) = program.unit(at.file).filter(|unit| !only_asks(unit, at.expr)) else { continue };
        match witness.whose(at) {
            Whose::Ours => one(program, unit, at, false, draft)?,
            Whose::Shared => doubt(program, at, draft),
            Whose::Others => {}
        }
    }
    let module = program.module(call.file);
    let Some(function) = module.function_of(module.expr(call.expr).scope) else { return Ok(()) };
    let target = module.function(function);
    let head = program.slice(call.file, Span { start: target.span.start, end: target.params_span.start });
    let kind = head.split_whitespace().rev().nth(1).unwrap_or_default();
    let whole = WHOLE.iter().any(|class| kind.starts_with(class));
    if !speaks || whole {
        draft.review(program.place(call), LEAVES);
    }
    Ok(())
}

/// The answers that tests have of their own get seconds; where a test speaks of the same number elsewhere, or has none in
/// milliseconds, a human has a look.
fn tests(program: &Program, pojo: &Pojo, draft: &mut Draft) -> Result<(), Overlap> {
    let tests: Vec<(ExprRef, Option<(Place, String)>)> =
        pojo.tests(program).into_iter().map(|test| (test, in_seconds(program, test))).collect();
    let number = |place: &Place| program.slice(place.file, place.span).trim_end_matches(['l', 'L']);
    for (test, seconds) in &tests {
        let again = |place: &Place| {
            let others = tests.iter().filter_map(|(_, other)| other.as_ref());
            let ours = others.filter(|other| other.0.file == place.file && number(&other.0) == number(place));
            program.file(place.file).text().matches(number(place)).count() > ours.count()
        };
        match seconds {
            Some((place, new)) if !again(place) => draft.replace(*place, new.clone())?,
            _ => draft.review(
                program.place(*test),
                "this test has an answer with `expires_in` in milliseconds, and the token endpoint gives seconds: give it seconds",
            ),
        }
    }
    Ok(())
}

/// The number of milliseconds in a test's answer, and what it is in seconds.
fn in_seconds(program: &Program, test: ExprRef) -> Option<(Place, String)> {
    let module = program.module(test.file);
    let place = |span: Span| Place { file: test.file, span };
    let ExprKind::Call { args, .. } = module.kind(test.expr) else {
        let span = module.expr(test.expr).span;
        let (at, new) = mocks::lifetime(program.slice(test.file, span), span)?;
        return Some((place(at), new));
    };
    let mut long = args.iter().filter_map(|arg| match module.kind(arg.value) {
        ExprKind::Number(number) => {
            let old: u64 = number.trim_end_matches(['l', 'L']).replace('_', "").parse().ok()?;
            (old >= mocks::MILLISECONDS).then(|| (module.expr(arg.value).span, old / 1000))
        }
        _ => None,
    });
    let (span, new) = long.next()?;
    let suffix = program.slice(test.file, span).ends_with(['l', 'L']);
    long.next().is_none().then(|| (place(span), format!("{new}{}", if suffix { "L" } else { "" })))
}

/// The answer is read into a class of the program: its getter keeps the unit for everybody, else those who read its field do.
fn of_class(program: &Program, pojo: &Pojo, draft: &mut Draft) -> Result<(), Overlap> {
    let library = idle::is_library(program, pojo.file);
    let readers = pojo.readers(program);
    tests(program, pojo, draft)?;
    let class = program.module(pojo.file).class(pojo.class).name.clone().unwrap_or_default();
    for at in pojo.inner(program) {
        if let Some(unit) = program.unit(at.file) {
            match stays_inside(unit, pojo, &class, at.expr) {
                true => doubt(program, at, draft),
                false => one(program, unit, at, true, draft)?,
            }
        }
    }
    if let Some(value) = pojo.getter.filter(|_| library || !readers.is_empty()) {
        let at = ExprRef { file: pojo.file, expr: value };
        let span = program.module(at.file).expr(value).outer;
        let touched = draft.edits.get(&at.file).is_some_and(|edits| edits.touches(span));
        if !touched {
            let field = program.slice(at.file, span);
            let text = match pojo.boxed {
                true => format!("{field} == null ? null : {field} * 1000"),
                false => format!("{field} * 1000"),
            };
            draft.edits.entry(at.file).or_default().replace(span, text)?;
        }
        return Ok(());
    }
    for at in readers {
        if let Some(unit) = program.unit(at.file) {
            match pojo.boxed && !super::reader::unboxes(unit, at.expr) {
                true => doubt(program, at, draft),
                false => one(program, unit, at, true, draft)?,
            }
        }
    }
    if library && pojo.leaves(program) {
        draft.review(pojo.place(program), LEAVES);
    }
    Ok(())
}

/// Whether a value is handed on to be kept in another object of its own class, or in the same one: in seconds, as it is.
fn stays_inside(unit: &Unit, pojo: &Pojo, class: &str, at: ExprId) -> bool {
    let module = &unit.module;
    let parent = module.expr(at).parent.map(|parent| module.kind(parent));
    let Some(ExprKind::Call { args, callee, .. }) = parent else { return false };
    let name = match module.kind(*callee) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => &**name,
        _ => "",
    };
    let plain = |text: &str| text.replace('_', "").to_ascii_lowercase();
    args.iter().any(|arg| arg.value == at)
        && (matches!(name, "this" | "super" | "" | "of") || name == class || plain(name).ends_with(&plain(&pojo.field)))
}

/// The file of the exchange, those that call it over two steps, and those of classes that these name.
fn around(program: &Program, call: ExprRef) -> BTreeSet<FileId> {
    let mut files = BTreeSet::from([call.file]);
    let module = program.module(call.file);
    let mut functions: Vec<FunctionRef> = module
        .function_of(module.expr(call.expr).scope)
        .map(|function| FunctionRef { file: call.file, function })
        .into_iter()
        .collect();
    for _ in 0..3 {
        let callers: Vec<ExprRef> = functions.iter().flat_map(|function| program.callers(*function).to_vec()).collect();
        files.extend(callers.iter().map(|call| call.file));
        functions = callers
            .iter()
            .filter_map(|call| {
                let module = program.module(call.file);
                let function = module.function_of(module.expr(call.expr).scope)?;
                Some(FunctionRef { file: call.file, function })
            })
            .collect();
    }
    let named: Vec<FileId> = files
        .iter()
        .filter_map(|file| program.unit(*file).map(|unit| (*file, unit)))
        .flat_map(|(file, unit)| {
            unit.module.imports.iter().filter_map(move |import| {
                let item = import.item.as_ref()?;
                let class = match import.module.is_empty() {
                    true => item.to_string(),
                    false => format!("{}.{item}", import.module),
                };
                program.import_target(file, &class)
            })
        })
        .collect();
    files.extend(named);
    files.into_iter().filter(|file| is_java(program, *file)).collect()
}

/// Whether an expression speaks of the token's lifetime: the member's name as a text, or a name made of it.
fn is_expiry(unit: &Unit, id: ExprId) -> bool {
    match unit.module.kind(id) {
        ExprKind::Text(_) => unit.module.literal(id).as_deref() == Some("expires_in") && !is_of_token(unit, id),
        ExprKind::Name(name) | ExprKind::Member { name, .. } => {
            matches!(&**name, "expires_in" | "getExpires_in" | "getExpiresIn" | "getExpires" | "EXPIRES_IN")
                && unit.bind_of_place(id).is_none()
        }
        _ => false,
    }
}

/// Where a constant stands for the text at `at`, the calls' arguments that name it; `None` if there is none, or something
/// else is done with it.
fn uses_of_constant(program: &Program, at: ExprRef) -> Option<Vec<ExprRef>> {
    let module = program.module(at.file);
    let bind = module.binds.iter().find(|bind| bind.value == Some(at.expr) && matches!(bind.how, How::Assign))?;
    let ExprKind::Name(name) = module.kind(bind.place) else { return None };
    matches!(module.scope(bind.scope).kind, ScopeKind::Class(_)).then_some(())?;
    let mut uses = vec![];
    for (file, unit) in program.units().filter(|(file, _)| is_java(program, *file)) {
        for id in unit.mentions(name).filter(|id| unit.bind_of_place(*id).is_none()) {
            if unit.module.stmt(unit.module.expr(id).stmt).kind == StmtKind::Import {
                continue;
            }
            is_name_of_read(unit, id).then_some(())?;
            let is_it = |origin: &crate::analyze::Origin| origin.expr == at && origin.path.is_empty();
            let means = program.origins(ExprRef { file, expr: id }, Follow::ALL);
            means.iter().all(is_it).then_some(())?;
            uses.push(ExprRef { file, expr: id });
        }
    }
    (!uses.is_empty()).then_some(uses)
}

/// Whether the lifetime is read out of the token itself, beside the time at which it was made: milliseconds, as before
/// (adobe/aio-cli-plugin-jwt-auth:src/jwt-auth-helpers.js). The endpoint's answer has no such time.
fn is_of_token(unit: &Unit, id: ExprId) -> bool {
    let module = &unit.module;
    let function = |id: ExprId| module.function_of(module.expr(id).scope);
    module
        .expr_ids()
        .any(|other| function(other) == function(id) && module.literal(other).as_deref() == Some("created_at"))
}
