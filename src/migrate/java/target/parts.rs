//! Parts of an answer: which one is read, and as which type.

use crate::analyze::{ExprRef, Program};
use crate::ir::ExprKind;
use crate::rules::normal_key;
use crate::text::Span;

/// Conversions of a member to a string, a `long`, an `int`.
const TO_TEXT: [&str; 6] = ["asText", "textValue", "toString", "getAsString", "asString", "stringValue"];
const TO_LONG: [&str; 3] = ["asLong", "longValue", "getAsLong"];
const TO_INT: [&str; 3] = ["asInt", "intValue", "getAsInt"];

/// The Java type that the program reads a part as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum As {
    Text,
    Long,
    Int,
}

/// One place where a part of the answer is read, conversions and casts included.
#[derive(Clone, Debug)]
pub(super) struct Read {
    pub at: ExprRef,
    /// `access_token`, `expires_in`, `token_type`; empty for the whole answer as text.
    pub part: &'static str,
    pub kind: As,
}

/// What is done with a part.
pub(super) enum Taken {
    /// It is only asked whether it is there.
    Asked(ExprRef),
    /// It is read.
    Read(Read),
}

/// Follows the member `name` of an answer through what converts it.
///
/// # Errors
/// Why the new text could not give it, in words.
pub(super) fn taken(program: &Program, at: ExprRef, name: &str) -> Result<Taken, String> {
    let Some(part) = part_of(name) else {
        return Err(format!("`{name}` of the answer is read, which the library does not give"));
    };
    let (mut at, mut kind) = (at, given(program, at));
    for _ in 0..4 {
        let module = program.module(at.file);
        let Some(parent) = module.expr(at.expr).parent else { break };
        let up = ExprRef { file: at.file, expr: parent };
        let (name, whole) = match module.kind(parent) {
            ExprKind::Member { base, name, .. } if *base == at.expr => match called(program, up) {
                Some(call) => (name.clone(), call),
                None => break,
            },
            ExprKind::Call { callee, args, .. } if args.len() == 1 && args[0].value == at.expr => {
                match program.source(ExprRef { file: at.file, expr: *callee }) {
                    "String.valueOf" | "Objects.toString" => ("toString".into(), up),
                    "Objects.requireNonNull" => ("".into(), up),
                    "Long.parseLong" | "Long.valueOf" => ("longValue".into(), up),
                    "Integer.parseInt" | "Integer.valueOf" => ("intValue".into(), up),
                    _ => break,
                }
            }
            ExprKind::Binary { op, left, right } if matches!(&**op, "==" | "!=") => {
                let null = [*left, *right].iter().any(|side| matches!(module.kind(*side), ExprKind::Null));
                if null {
                    return Ok(Taken::Asked(at));
                }
                break;
            }
            _ => break,
        };
        match &*name {
            "" => {}
            "isNull" | "isEmpty" | "isBlank" | "isMissingNode" => {
                return Ok(Taken::Asked(whole));
            }
            name if TO_TEXT.contains(&name) => kind = Some(As::Text),
            name if TO_LONG.contains(&name) => kind = Some(As::Long),
            name if TO_INT.contains(&name) => kind = Some(As::Int),
            _ => return Err(format!("`{name}` is asked of a part of the answer")),
        }
        at = whole;
        kind = cast(program, at).or(kind);
    }
    match (part, kind) {
        ("expires_in", Some(kind)) => Ok(Taken::Read(Read { at, part, kind })),
        (_, Some(As::Text)) => Ok(Taken::Read(Read { at, part, kind: As::Text })),
        _ => Err(format!("the type that `{part}` is read as is not plain")),
    }
}

/// The type that an accessor gives, or that its value is cast to.
fn given(program: &Program, at: ExprRef) -> Option<As> {
    let by_name = match program.kind(at) {
        ExprKind::Call { callee, args, .. } => match program.kind(ExprRef { file: at.file, expr: *callee }) {
            ExprKind::Member { name, .. } => match &**name {
                "getString" | "optString" => Some(As::Text),
                "getLong" | "optLong" => Some(As::Long),
                "getInt" | "optInt" => Some(As::Int),
                // A getter of a class of the program: its own declaration tells.
                name if args.is_empty() => declared(program, ExprRef { file: at.file, expr: *callee }, name),
                _ => None,
            },
            _ => None,
        },
        ExprKind::Member { name, .. } => declared(program, at, name),
        _ => None,
    };
    cast(program, at).or(by_name)
}

/// The type that a method or field of that name is declared with, wherever in the program; the same for all.
fn declared(program: &Program, at: ExprRef, name: &str) -> Option<As> {
    let functions = program.functions_of(at);
    let heads: Vec<String> = match functions.is_empty() {
        false => functions
            .iter()
            .map(|function| {
                let target = program.module(function.file).function(function.function);
                program
                    .slice(function.file, Span { start: target.span.start, end: target.params_span.start })
                    .to_owned()
            })
            .collect(),
        // A record, a field, or what an annotation makes: `String accessToken`.
        true => {
            let wanted = normal_key(name.strip_prefix("get").unwrap_or(name));
            let typed = ["String ", "long ", "Long ", "int ", "Integer "];
            let texts = program.units().map(|(file, _)| program.file(file).text());
            texts
                .flat_map(|text| text.split([';', ',', '(', ')', '{', '\n']))
                .filter(|piece| {
                    let mut words = piece.split_whitespace().rev();
                    words.next().is_some_and(|word| normal_key(word) == wanted)
                        && typed.iter().any(|class| piece.contains(class))
                })
                .map(|piece| format!("{piece} _"))
                .collect()
        }
    };
    let class = |head: &String| -> Option<As> {
        let word = head.split_whitespace().rev().nth(if functions.is_empty() { 2 } else { 1 })?;
        match word {
            "String" => Some(As::Text),
            "long" | "Long" => Some(As::Long),
            "int" | "Integer" => Some(As::Int),
            _ => None,
        }
    };
    let mut kinds = heads.iter().map(class);
    let first = kinds.next()??;
    kinds.all(|kind| kind == Some(first)).then_some(first)
}

fn cast(program: &Program, at: ExprRef) -> Option<As> {
    let module = program.module(at.file);
    let expr = module.expr(at.expr);
    let before = program.slice(at.file, Span { start: expr.outer.start, end: expr.span.start });
    let class: String = before.chars().filter(|c| !c.is_whitespace()).collect();
    match class.trim_start_matches('(').trim_end_matches(['(', ')']) {
        "String" => Some(As::Text),
        "long" | "Long" => Some(As::Long),
        "int" | "Integer" => Some(As::Int),
        _ => None,
    }
}

/// The call of a member.
pub(super) fn called(program: &Program, member: ExprRef) -> Option<ExprRef> {
    let module = program.module(member.file);
    let call = module.expr(member.expr).parent?;
    matches!(module.kind(call), ExprKind::Call { callee, .. } if *callee == member.expr)
        .then_some(ExprRef { file: member.file, expr: call })
}

/// The part that a key or a getter names.
pub(super) fn part_of(name: &str) -> Option<&'static str> {
    let key = normal_key(name);
    match key.strip_prefix("get").unwrap_or(&key) {
        "accesstoken" => Some("access_token"),
        "expiresin" | "expires" => Some("expires_in"),
        "tokentype" => Some("token_type"),
        _ => None,
    }
}
