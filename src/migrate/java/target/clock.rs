//! Sums of times: what a program says of when its token ends, as far as it is plain.

use crate::analyze::{ExprRef, Follow, Program};
use crate::ir::ExprKind;

const MAX_DEPTH: u8 = 12;
/// What gives the time that it is.
const CLOCKS: [&str; 5] =
    ["System.currentTimeMillis", "Instant.now", "LocalDateTime.now", "ZonedDateTime.now", "OffsetDateTime.now"];
/// Methods and functions that give the same time in another type.
const SAME: [&str; 14] = [
    "getTime",
    "toEpochMilli",
    "toInstant",
    "toMillis",
    "longValue",
    "intValue",
    "ofEpochMilli",
    "ofMillis",
    "from",
    "parseLong",
    "parseInt",
    "valueOf",
    "toIntExact",
    "requireNonNull",
];

/// A sum of moments and durations: how often each is in it. In milliseconds, unless the program reckons in another unit; then
/// all parts are in that.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
pub(super) struct Sum {
    /// The moment of the question.
    pub now: f64,
    /// The moment of the answer.
    pub then: f64,
    /// The lifetime that the answer told, in milliseconds.
    pub life: f64,
    /// A duration.
    pub plus: f64,
}

impl Sum {
    fn added(self, other: Sum, times: f64) -> Sum {
        Sum {
            now: self.now + other.now * times,
            then: self.then + other.then * times,
            life: self.life + other.life * times,
            plus: self.plus + other.plus * times,
        }
    }

    fn times(self, factor: f64) -> Sum {
        Sum::default().added(self, factor)
    }

    fn pure(self) -> Option<f64> {
        (self == Sum { plus: self.plus, ..Sum::default() }).then_some(self.plus)
    }

    /// `self` minus `other`.
    pub(super) fn without(self, other: Sum) -> Sum {
        self.added(other, -1.0)
    }

    /// As it was at the moment of the answer.
    pub(super) fn at_answer(self) -> Sum {
        Sum { now: 0.0, then: self.then + self.now, ..self }
    }

    /// For `end - now`: how long before the token's end it is below zero, in milliseconds. `None` where it is no such sum.
    pub(super) fn margin(self) -> Option<f64> {
        let unit = -self.now;
        let near = |one: f64| (one / unit - 1.0).abs() < 1e-6;
        (unit > 0.0 && near(self.then) && near(self.life)).then_some(-self.plus / unit)
    }
}

/// Reckons what an expression gives. `leaf` knows fields and parts of the answer.
pub(super) fn sum(program: &Program, at: ExprRef, leaf: &dyn Fn(ExprRef) -> Option<Sum>) -> Option<Sum> {
    reckon(program, at, leaf, 0)
}

fn reckon(program: &Program, at: ExprRef, leaf: &dyn Fn(ExprRef) -> Option<Sum>, depth: u8) -> Option<Sum> {
    if let Some(known) = leaf(at) {
        return Some(known);
    }
    if depth > MAX_DEPTH {
        return None;
    }
    let of = |expr| reckon(program, ExprRef { file: at.file, expr }, leaf, depth + 1);
    match program.kind(at) {
        ExprKind::Number(text) => {
            let plain = text.replace('_', "");
            let plus = plain.trim_end_matches(['l', 'L', 'f', 'F', 'd', 'D']).parse().ok()?;
            Some(Sum { plus, ..Sum::default() })
        }
        ExprKind::Binary { op, left, right } => {
            let (left, right) = (of(*left)?, of(*right)?);
            match &**op {
                "+" => Some(left.added(right, 1.0)),
                "-" => Some(left.added(right, -1.0)),
                "*" => match (left.pure(), right.pure()) {
                    (_, Some(factor)) => Some(left.times(factor)),
                    (Some(factor), _) => Some(right.times(factor)),
                    _ => None,
                },
                "/" => right.pure().filter(|by| *by != 0.0).map(|by| left.times(1.0 / by)),
                _ => None,
            }
        }
        ExprKind::Opaque(parts) => match (parts.as_slice(), program.source(at).starts_with(['!', '-', '~'])) {
            ([inner], false) => of(*inner),
            _ => None,
        },
        ExprKind::Call { callee, args, new } => {
            let callee = ExprRef { file: at.file, expr: *callee };
            let source = program.source(callee);
            let args: Vec<_> = args.iter().map(|arg| arg.value).collect();
            if *new {
                return match (source, args.as_slice()) {
                    ("Date", []) => Some(Sum { now: 1.0, ..Sum::default() }),
                    ("Date", [one]) => of(*one),
                    _ => None,
                };
            }
            if CLOCKS.contains(&source) && args.is_empty() {
                return Some(Sum { now: 1.0, ..Sum::default() });
            }
            let ExprKind::Member { base, name, .. } = program.kind(callee) else { return None };
            let base_text = program.source(ExprRef { file: at.file, expr: *base });
            match (&**name, args.as_slice()) {
                (name, []) if SAME.contains(&name) => of(*base),
                (name, [one]) if SAME.contains(&name) && base_text.starts_with(char::is_uppercase) => {
                    match base_text.strip_prefix("TimeUnit.") {
                        Some(unit) => Some(of(*one)?.times(unit_of(unit)?)),
                        None => of(*one),
                    }
                }
                ("getEpochSecond" | "toSeconds" | "getSeconds", []) => Some(of(*base)?.times(0.001)),
                ("ofEpochSecond", [one]) => Some(of(*one)?.times(1000.0)),
                (name, [one]) if name.starts_with("of") && base_text == "Duration" => {
                    Some(of(*one)?.times(unit_of(&name[2..])?))
                }
                ("plus", [one]) => Some(of(*base)?.added(of(*one)?, 1.0)),
                ("minus", [one]) => Some(of(*base)?.added(of(*one)?, -1.0)),
                (name @ ("plus" | "minus"), [one, unit]) => {
                    let unit = program.source(ExprRef { file: at.file, expr: *unit });
                    let sign = if name == "plus" { 1.0 } else { -1.0 };
                    Some(of(*base)?.added(of(*one)?, sign * unit_of(unit.rsplit('.').next()?)?))
                }
                (name, [one]) => {
                    let (sign, unit) = match (name.strip_prefix("plus"), name.strip_prefix("minus")) {
                        (Some(unit), _) => (1.0, unit),
                        (_, Some(unit)) => (-1.0, unit),
                        _ => return None,
                    };
                    Some(of(*base)?.added(of(*one)?, sign * unit_of(unit)?))
                }
                _ => None,
            }
        }
        ExprKind::Name(_) | ExprKind::Member { .. } => {
            let origins = program.origins(at, Follow::ALL);
            match origins.as_slice() {
                [one] if one.expr != at && one.path.is_empty() => reckon(program, one.expr, leaf, depth + 1),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Milliseconds in a unit of `java.time` or `TimeUnit`.
fn unit_of(name: &str) -> Option<f64> {
    match name.to_ascii_lowercase().as_str() {
        "millis" | "milliseconds" => Some(1.0),
        "seconds" => Some(1000.0),
        "minutes" => Some(60_000.0),
        "hours" => Some(3_600_000.0),
        _ => None,
    }
}
