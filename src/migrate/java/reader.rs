//! One reader of the lifetime in the answer: what keeps its unit.

use crate::analyze::{ExprRef, Place, Program, Unit};
use crate::ir::{ExprId, ExprKind};
use crate::migrate::draft::Draft;
use crate::migrate::mocks::MILLISECONDS;
use crate::text::{Overlap, Span};

/// Methods that read a number out of JSON, with the name of the member as argument.
const NUMBER: [&str; 6] = ["getLong", "getInt", "optLong", "optInt", "getIntValue", "getLongValue"];
/// Methods that read a member of JSON, and those that make a number of it.
const MEMBER: [&str; 5] = ["get", "path", "findValue", "getAsJsonPrimitive", "getJsonNumber"];
const AS_NUMBER: [&str; 8] =
    ["asLong", "asInt", "getAsLong", "getAsInt", "longValue", "intValue", "longValueExact", "intValueExact"];
/// Methods that give a member, or a value, as text; those that make a number of one.
const TEXT: [&str; 2] = ["getString", "optString"];
const AS_TEXT: [&str; 5] = ["asText", "getAsString", "toString", "textValue", "getString"];
const PARSERS: [&str; 3] = ["parseLong", "parseInt", "valueOf"];
/// Methods that say whether a member is there.
const ASKERS: [&str; 4] = ["has", "hasNonNull", "containsKey", "isNull"];
/// Calls whose argument is in milliseconds, and those that take seconds.
const MILLIS: [(&str, &str); 2] = [("plusMillis", "plusSeconds"), ("ofMillis", "ofSeconds")];

/// Calls that give the number again, in another type; and those that write it down for somebody who reads.
const CONVERTERS: [&str; 4] = ["toIntExact", "valueOf", "intValue", "longValue"];
const TELLERS: [&str; 9] = ["trace", "debug", "info", "warn", "error", "print", "println", "printf", "format"];

/// Keeps the unit for one reader; `known` where it is certain that the answer is what it asks.
///
/// # Errors
/// [`Overlap`] where another edit is there.
pub(super) fn one(program: &Program, unit: &Unit, at: ExprRef, known: bool, draft: &mut Draft) -> Result<(), Overlap> {
    match Reader::new(program, unit, at, known).and_then(|reader| reader.edits()) {
        Some(edits) => {
            let taken = draft.edits.get(&at.file);
            if edits.iter().any(|(span, _)| taken.is_some_and(|taken| taken.touches(*span))) {
                doubt(program, at, draft);
                return Ok(());
            }
            edits.into_iter().try_for_each(|(span, text)| draft.edits.entry(at.file).or_default().replace(span, text))
        }
        None => {
            doubt(program, at, draft);
            Ok(())
        }
    }
}

struct Reader<'a> {
    unit: &'a Unit,
    /// The bytes of the number, and their text for seconds.
    span: Span,
    source: String,
    /// The number with what only changes its type around it, and its bytes for seconds.
    outer: ExprId,
    seconds: String,
    /// What is taken where the answer has no lifetime, and the same in seconds.
    default: Option<(Span, String)>,
}

impl<'a> Reader<'a> {
    fn new(program: &Program, unit: &'a Unit, at: ExprRef, known: bool) -> Option<Self> {
        let module = &unit.module;
        let (whole, default) = number(unit, at.expr, known)?;
        let default = match default {
            Some(id) => {
                let span = module.expr(id).span;
                Some((span, in_seconds(program.slice(at.file, span))?))
            }
            None => None,
        };
        let text = |span: Span| {
            let mut text = program.slice(at.file, span).to_owned();
            if let Some((old, new)) = &default {
                let (start, end) = ((old.start - span.start) as usize, (old.end - span.start) as usize);
                text.replace_range(start..end, new);
            }
            text
        };
        let outer = converted(unit, whole);
        let (span, around) = (module.expr(whole).outer, module.expr(outer).outer);
        Some(Reader { unit, span, source: text(span), outer, seconds: text(around), default })
    }

    /// What is written so that the value stays what it was; nothing where it was taken for seconds; `None` where nobody
    /// can tell.
    fn edits(&self) -> Option<Vec<(Span, String)>> {
        let module = &self.unit.module;
        let scaled = || vec![(self.span, format!("{} * 1000", self.source))];
        let Some(parent) = module.expr(self.outer).parent else { return Some(scaled()) };
        let renamed = |at: Span, name: &str| {
            let default = self.default.iter().cloned();
            default.chain([(at, name.to_owned())]).collect()
        };
        let edits = match module.kind(parent) {
            ExprKind::Call { callee, .. } if tells(self.unit, *callee) => vec![],
            ExprKind::Binary { op, left, right } => {
                let other = if *left == self.outer { *right } else { *left };
                let is_nothing = matches!(module.kind(other), ExprKind::Null)
                    || matches!(module.kind(other), ExprKind::Number(n) if &**n == "0");
                let thousand = matches!(module.kind(other), ExprKind::Number(n) if digits(n) == "1000");
                match &**op {
                    "/" if thousand && *left == self.outer => {
                        vec![(module.expr(parent).span, self.seconds.clone())]
                    }
                    "*" if thousand => vec![],
                    "==" | "!=" | ">" | "<" | ">=" | "<=" if is_nothing => vec![],
                    // A sentence for somebody who reads.
                    "+" if matches!(module.kind(other), ExprKind::Text(_)) => vec![],
                    "+" | "-" | "*" => scaled(),
                    _ => vec![(self.span, format!("({} * 1000)", self.source))],
                }
            }
            ExprKind::Call { callee, args, .. } => {
                let (name, name_span, own) = match module.kind(*callee) {
                    ExprKind::Member { name, name_span, base } => (&**name, *name_span, time_unit(self.unit, *base)),
                    _ => ("", Span::default(), None),
                };
                let others = args.iter().filter(|arg| arg.value != self.outer);
                let beside = others.into_iter().find_map(|arg| time_unit(self.unit, arg.value));
                match (MILLIS.iter().find(|(millis, _)| *millis == name), own, beside) {
                    (Some((_, seconds)), _, _) => renamed(name_span, seconds),
                    (None, Some((_, true)), _) if name == "toSeconds" => {
                        vec![(module.expr(parent).span, self.seconds.clone())]
                    }
                    // `TimeUnit.MILLISECONDS.toHours(…)`
                    (None, Some((at, true)), _) => renamed(at, "SECONDS"),
                    (None, Some((_, false)), _) | (None, None, Some((_, false))) => vec![],
                    _ if name.ends_with("Seconds") => vec![],
                    _ => scaled(),
                }
            }
            ExprKind::Choice { options, .. } if options.contains(&self.outer) => scaled(),
            _ => return None,
        };
        Some(edits)
    }
}

/// A number as it is written, without what says its type.
fn digits(number: &str) -> String {
    number.trim_end_matches(['L', 'l']).replace('_', "")
}

/// A lifetime in milliseconds as one in seconds; nothing stays nothing. `None` where it can be neither.
fn in_seconds(source: &str) -> Option<String> {
    let number: u64 = digits(source).parse().ok()?;
    let end = if source.ends_with(['L', 'l']) { "L" } else { "" };
    match number {
        0 => Some(source.to_owned()),
        _ if number >= MILLISECONDS => Some(format!("{}{end}", number / 1000)),
        _ => None,
    }
}

/// The name of a unit of time where `at` is one, and whether it is that of milliseconds; seconds else.
fn time_unit(unit: &Unit, at: ExprId) -> Option<(Span, bool)> {
    let ExprKind::Member { name, name_span, .. } = unit.module.kind(at) else { return None };
    match &**name {
        "MILLISECONDS" | "MILLIS" | "MILLISECOND" => Some((*name_span, true)),
        "SECONDS" | "SECOND" => Some((*name_span, false)),
        _ => None,
    }
}

/// Whether `name` is the text of a call that only asks whether the lifetime is there: `json.has("expires_in")`.
pub(super) fn only_asks(unit: &Unit, name: ExprId) -> bool {
    let module = &unit.module;
    let Some(ExprKind::Call { callee, args, .. }) = module.expr(name).parent.map(|parent| module.kind(parent)) else {
        return false;
    };
    let asks = matches!(module.kind(*callee), ExprKind::Member { name, .. } if ASKERS.contains(&&**name));
    asks && matches!(args.as_slice(), [arg] if arg.value == name)
}

/// Whether `at` is what a call takes as the name of a member to read.
pub(super) fn is_name_of_read(unit: &Unit, at: ExprId) -> bool {
    let module = &unit.module;
    let Some(ExprKind::Call { callee, args, .. }) = module.expr(at).parent.map(|parent| module.kind(parent)) else {
        return false;
    };
    let reads =
        |name: &str| [&NUMBER[..], &MEMBER[..], &TEXT[..], &ASKERS[..]].iter().any(|names| names.contains(&name));
    let called = matches!(module.kind(*callee), ExprKind::Member { name, .. } if reads(name));
    called && args.first().is_some_and(|arg| arg.value == at)
}

/// Whether what is called says by its name of which unit of time its argument is.
pub(super) fn is_timed(unit: &Unit, callee: ExprId) -> bool {
    let ExprKind::Member { base, name, .. } = unit.module.kind(callee) else { return false };
    MILLIS.iter().any(|(millis, _)| **millis == **name) || time_unit(unit, *base).is_some() || tells(unit, callee)
}

/// Whether a number that may be missing would fail there if it were: it is computed with.
pub(super) fn unboxes(unit: &Unit, at: ExprId) -> bool {
    let module = &unit.module;
    let called =
        module.expr(at).parent.filter(|id| matches!(module.kind(*id), ExprKind::Call { callee, .. } if *callee == at));
    let value = called.unwrap_or(at);
    match module.expr(value).parent.map(|parent| module.kind(parent)) {
        Some(ExprKind::Binary { op, .. }) => !matches!(&**op, "==" | "!="),
        Some(ExprKind::Call { callee, args, .. }) => {
            args.iter().any(|arg| arg.value == value) && is_timed(unit, *callee)
        }
        _ => false,
    }
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

pub(super) fn doubt(program: &Program, at: ExprRef, draft: &mut Draft) {
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
}

/// The expression that gives the lifetime as a number, where `name` is the text in it, and what it gives where there is none.
fn number(unit: &Unit, name: ExprId, known: bool) -> Option<(ExprId, Option<ExprId>)> {
    let module = &unit.module;
    if let (ExprKind::Member { .. } | ExprKind::Name(_), true) = (module.kind(name), known) {
        // `answer.getExpiresIn()`, `answer.expiresIn`
        let parent = module.expr(name).parent.filter(|parent| {
            matches!(module.kind(*parent), ExprKind::Call { callee, args, .. } if *callee == name && args.is_empty())
        });
        return Some((parent.unwrap_or(name), None));
    }
    let call_of = |at: ExprId| {
        let parent = module.expr(at).parent?;
        let ExprKind::Call { callee, args, .. } = module.kind(parent) else { return None };
        let ExprKind::Member { name, .. } = module.kind(*callee) else { return None };
        let position = args.iter().position(|arg| arg.value == at)?;
        Some((parent, &**name, position, args.get(1).map(|arg| arg.value)))
    };
    let (at, called, 0, default) = call_of(name)? else { return None };
    if NUMBER.contains(&called) {
        return Some((at, default));
    }
    // `json.get("expires_in").asLong()`
    let of_member = |at: ExprId, names: &[&str]| {
        let member = module.expr(at).parent?;
        let ExprKind::Member { base, name, .. } = module.kind(member) else { return None };
        let call = module.expr(member).parent.filter(|_| *base == at && names.contains(&&**name))?;
        let ExprKind::Call { args, .. } = module.kind(call) else { return None };
        Some((call, args.first().map(|arg| arg.value)))
    };
    if MEMBER.contains(&called)
        && default.is_none()
        && let Some(found) = of_member(at, &AS_NUMBER)
    {
        return Some(found);
    }
    // `Long.parseLong(json.getString("expires_in"))`
    let text = match MEMBER.contains(&called) {
        true => of_member(at, &AS_TEXT).map_or(at, |(call, _)| call),
        false if TEXT.contains(&called) => at,
        false => return None,
    };
    let of_text = |at: ExprId, names: &[&str]| {
        call_of(at).filter(|(_, name, position, _)| *position == 0 && names.contains(name))
    };
    let text =
        of_text(text, &["valueOf"]).filter(|(call, ..)| is_of(unit, *call, "String")).map_or(text, |(call, ..)| call);
    let (call, _, _, _) = of_text(text, &PARSERS)?;
    let parses = ["Long", "Integer"].iter().any(|class| is_of(unit, call, class));
    (parses && default.is_none()).then_some((call, None))
}

/// Whether a call is one of a class by its name.
fn is_of(unit: &Unit, call: ExprId, class: &str) -> bool {
    let ExprKind::Call { callee, .. } = unit.module.kind(call) else { return false };
    let ExprKind::Member { base, .. } = unit.module.kind(*callee) else { return false };
    matches!(unit.module.kind(*base), ExprKind::Name(name) if **name == *class)
}
