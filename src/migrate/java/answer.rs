//! What the program makes of the answer: `expires_in` was in milliseconds, and is in seconds now.

use super::is_java;
use super::pojo::{Pojo, pojo};
use crate::analyze::{Exchange, ExprRef, FunctionRef, Place, Program, Unit};
use crate::ir::{ExprId, ExprKind};
use crate::migrate::draft::Draft;
use crate::migrate::idle;
use crate::text::{FileId, Overlap, Span};
use std::collections::BTreeSet;

/// Methods that read a number out of JSON, with the name of the member as argument.
const NUMBER: [&str; 6] = ["getLong", "getInt", "optLong", "optInt", "getIntValue", "getLongValue"];
/// Methods that read a member of JSON, and those that make a number of it.
const MEMBER: [&str; 5] = ["get", "path", "findValue", "getAsJsonPrimitive", "getJsonNumber"];
const AS_NUMBER: [&str; 8] =
    ["asLong", "asInt", "getAsLong", "getAsInt", "longValue", "intValue", "longValueExact", "intValueExact"];
/// Calls whose argument is in seconds, or in milliseconds.
const SECONDS: [&str; 4] = ["plusSeconds", "ofSeconds", "minusSeconds", "toSeconds"];
const MILLIS: [(&str, &str); 2] = [("plusMillis", "plusSeconds"), ("ofMillis", "ofSeconds")];

/// Calls that give the number again, in another type; and those that write it down for somebody who reads.
const CONVERTERS: [&str; 4] = ["toIntExact", "valueOf", "intValue", "longValue"];
const TELLERS: [&str; 9] = ["trace", "debug", "info", "warn", "error", "print", "println", "printf", "format"];

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
    program: &Program,
    exchange: &Exchange<'_>,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    let call = exchange.call;
    let mut speaks = false;
    let files = around(program, call);
    let kept = pojo(program, &files).filter(|pojo| pojo.is_ours(program, exchange));
    if let Some(pojo) = &kept {
        speaks = true;
        of_class(program, pojo, draft)?;
    }
    for file in files {
        let Some(unit) = program.unit(file) else { continue };
        let text = program.file(file).text();
        speaks |= ["access_token", "accessToken", "AccessToken", "ACCESS_TOKEN"].iter().any(|word| text.contains(word));
        for at in unit.module.expr_ids().map(|expr| ExprRef { file, expr }) {
            let settled =
                kept.as_ref().is_some_and(|pojo| pojo.holds(program, at) || pojo.readers(program).contains(&at));
            if is_expiry(unit, at.expr) && !settled {
                one(program, unit, at, false, draft)?;
            }
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

/// The answer is read into a class of the program: its getter keeps the unit for everybody, else those who read its field do.
fn of_class(program: &Program, pojo: &Pojo, draft: &mut Draft) -> Result<(), Overlap> {
    let library = idle::is_library(program, pojo.file);
    let readers = pojo.readers(program);
    if let Some(test) = pojo.tested(program) {
        draft.review(
            program.place(test),
            "this test has an answer with `expires_in` in milliseconds, and the token endpoint gives seconds: give it seconds",
        );
    }
    if let Some(value) = pojo.getter.filter(|_| library || !readers.is_empty()) {
        let at = ExprRef { file: pojo.file, expr: value };
        let span = program.module(at.file).expr(value).outer;
        let touched = draft.edits.get(&at.file).is_some_and(|edits| edits.touches(span));
        if !touched {
            let text = format!("{} * 1000", program.slice(at.file, span));
            draft.edits.entry(at.file).or_default().replace(span, text)?;
        }
        return Ok(());
    }
    for at in readers {
        if let Some(unit) = program.unit(at.file) {
            one(program, unit, at, true, draft)?;
        }
    }
    if library && pojo.leaves(program) {
        draft.review(pojo.place(program), LEAVES);
    }
    Ok(())
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

/// Whether the lifetime is read out of the token itself, beside the time at which it was made: milliseconds, as before
/// (adobe/aio-cli-plugin-jwt-auth:src/jwt-auth-helpers.js). The endpoint's answer has no such time.
fn is_of_token(unit: &Unit, id: ExprId) -> bool {
    let module = &unit.module;
    let function = |id: ExprId| module.function_of(module.expr(id).scope);
    module
        .expr_ids()
        .any(|other| function(other) == function(id) && module.literal(other).as_deref() == Some("created_at"))
}

/// Keeps the unit for one reader; `known` where it is certain that the answer is what it asks.
fn one(program: &Program, unit: &Unit, at: ExprRef, known: bool, draft: &mut Draft) -> Result<(), Overlap> {
    let module = &unit.module;
    let Some((whole, sure)) = number(unit, at.expr, known) else {
        return doubt(program, at, draft);
    };
    let span = module.expr(whole).outer;
    let source = program.slice(at.file, span).to_owned();
    let outer = converted(unit, whole);
    let parent = module.expr(outer).parent;
    let edit = match parent.map(|parent| (parent, module.kind(parent))) {
        Some((_, ExprKind::Call { callee, .. })) if tells(unit, *callee) => None,
        Some((parent, ExprKind::Binary { op, left, right })) => {
            let other = if *left == outer { *right } else { *left };
            let is_nothing = matches!(module.kind(other), ExprKind::Null)
                || matches!(module.kind(other), ExprKind::Number(n) if &**n == "0");
            let thousand = matches!(module.kind(other), ExprKind::Number(n) if n.trim_end_matches(['L', 'l']).replace('_', "") == "1000");
            match &**op {
                "/" if thousand && *left == outer => {
                    Some((module.expr(parent).span, program.slice(at.file, module.expr(outer).outer).to_owned()))
                }
                "*" if thousand => None,
                "==" | "!=" | ">" | "<" | ">=" | "<=" if is_nothing => None,
                // A sentence for somebody who reads.
                "+" if matches!(module.kind(other), ExprKind::Text(_)) => None,
                "+" | "-" | "*" => Some((span, format!("{source} * 1000"))),
                _ => Some((span, format!("({source} * 1000)"))),
            }
        }
        Some((_, ExprKind::Call { callee, .. })) => {
            let (name, name_span) = match module.kind(*callee) {
                ExprKind::Member { name, name_span, .. } => (&**name, *name_span),
                _ => ("", Span::default()),
            };
            match MILLIS.iter().find(|(millis, _)| *millis == name) {
                _ if SECONDS.contains(&name) => None,
                Some((_, seconds)) => Some((name_span, (*seconds).to_owned())),
                None => Some((span, format!("{source} * 1000"))),
            }
        }
        None => Some((span, format!("{source} * 1000"))),
        _ => return doubt(program, at, draft),
    };
    let Some((span, text)) = edit else { return Ok(()) };
    if !sure || draft.edits.get(&at.file).is_some_and(|edits| edits.touches(span)) {
        return doubt(program, at, draft);
    }
    draft.edits.entry(at.file).or_default().replace(span, text)
}

/// The number with what only changes its type around it.
fn converted(unit: &Unit, number: ExprId) -> ExprId {
    let module = &unit.module;
    let mut at = number;
    while let Some(parent) = module.expr(at).parent {
        let converts = match module.kind(parent) {
            ExprKind::Call { callee, args, .. } => {
                let named =
                    matches!(module.kind(*callee), ExprKind::Member { name, .. } if CONVERTERS.contains(&&**name));
                named && matches!(args.as_slice(), [arg] if arg.value == at)
            }
            _ => false,
        };
        if !converts {
            break;
        }
        at = parent;
    }
    at
}

/// Whether what is called tells somebody what it is given.
fn tells(unit: &Unit, callee: ExprId) -> bool {
    matches!(unit.module.kind(callee), ExprKind::Member { name, .. } if TELLERS.contains(&&**name))
}

fn doubt(program: &Program, at: ExprRef, draft: &mut Draft) -> Result<(), Overlap> {
    let place = program.place(at);
    let line = program.file(place.file).lines().line_of(place.span.start as usize);
    let known = draft.blockers.iter().any(|(blocker, _)| {
        blocker.at.file == place.file
            && program.file(place.file).lines().line_of(blocker.at.span.start as usize) == line
    });
    if !known {
        draft.review(
            Place { file: place.file, span: place.span },
            "`expires_in` is in seconds now, and was in milliseconds: mend what is computed from it",
        );
    }
    Ok(())
}

/// The expression that gives the lifetime as a number, where `name` is the text in it; whether that is certain.
fn number(unit: &Unit, name: ExprId, known: bool) -> Option<(ExprId, bool)> {
    let module = &unit.module;
    if let (ExprKind::Member { .. }, true) = (module.kind(name), known) {
        // `answer.getExpiresIn()`, `answer.expiresIn`
        let parent = module.expr(name).parent.filter(|parent| {
            matches!(module.kind(*parent), ExprKind::Call { callee, args, .. } if *callee == name && args.is_empty())
        });
        return Some((parent.unwrap_or(name), true));
    }
    let call_of = |at: ExprId| {
        let parent = module.expr(at).parent?;
        let ExprKind::Call { callee, args, .. } = module.kind(parent) else { return None };
        let ExprKind::Member { name, .. } = module.kind(*callee) else { return None };
        args.first().filter(|arg| arg.value == at).map(|_| (parent, &**name))
    };
    let (mut at, called) = call_of(name)?;
    if NUMBER.contains(&called) {
        return Some((at, true));
    }
    if !MEMBER.contains(&called) {
        return None;
    }
    let member = module.expr(at).parent?;
    if let ExprKind::Member { base, name, .. } = module.kind(member)
        && *base == at
        && AS_NUMBER.contains(&&**name)
    {
        at = module.expr(member).parent?;
        return Some((at, true));
    }
    None
}
