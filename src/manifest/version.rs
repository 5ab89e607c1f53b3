//! Version ranges, as far as a manifest edit needs them: is what is there new enough, and how is it raised?
//!
//! One reading serves npm, PEP 440, Poetry and Conda, whose notations agree where they overlap, but for a bare version
//! (exact in npm and Poetry; it does not occur in PEP 440).

use std::cmp::Ordering;

/// The numbers of a release; missing ones are zero.
#[derive(Clone, Debug)]
pub(super) struct Version {
    numbers: Vec<u64>,
    /// As written.
    pub(super) text: String,
}

impl Version {
    fn order(&self, other: &Version) -> Ordering {
        let at = |numbers: &[u64], i: usize| numbers.get(i).copied().unwrap_or(0);
        (0..self.numbers.len().max(other.numbers.len()))
            .map(|i| at(&self.numbers, i).cmp(&at(&other.numbers, i)))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    fn older_than(&self, other: &Version) -> bool {
        self.order(other).is_lt()
    }

    /// What may not change without a break: the first number that is not zero, and those before it.
    fn same_line(&self, other: &Version) -> bool {
        let line = |v: &Version| {
            let at = v.numbers.iter().position(|n| *n != 0).unwrap_or(0);
            v.numbers[..v.numbers.len().min(at + 1)].to_vec()
        };
        line(self) == line(other)
    }

    /// The first version after all that begin with the first `count` numbers.
    fn after(&self, count: usize) -> Version {
        let mut numbers: Vec<u64> = self.numbers.iter().copied().take(count.max(1)).collect();
        if let Some(last) = numbers.last_mut() {
            *last = last.saturating_add(1);
        }
        let text = numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(".");
        Version { numbers, text }
    }
}

/// A range that could be read.
#[derive(Clone, Debug, Default)]
pub(super) struct Range {
    /// The oldest version in it.
    pub(super) lower: Option<Version>,
    /// The first version past it.
    upper: Option<Version>,
    /// The bound that someone wrote with `<` or `<=`.
    cap: Option<Version>,
    /// Whether it is one version.
    pub(super) exact: bool,
    /// The operator, if it is one comparison.
    pub(super) operator: &'static str,
}

/// A version as a manifest states it.
#[derive(Clone, Debug)]
pub(super) enum Spec {
    /// Any version, or a tag that follows the newest.
    Any,
    /// A range.
    Range(Range),
    /// A URL, a path, a workspace, an alias, a variable.
    Opaque,
}

/// What an entry that is there means for the one that is wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    /// New enough.
    Satisfied,
    /// Cannot be compared.
    Unreadable,
    /// Older; this range instead.
    Raise(String),
    /// Must not be changed, and why.
    Refuse(String),
}

const OPERATORS: [&str; 11] = ["===", "==", "~=", "!=", ">=", "<=", "=", ">", "<", "^", "~"];

/// Reads `text`.
pub(super) fn parse(text: &str) -> Spec {
    let text = text.trim().trim_start_matches('(').trim_end_matches(')').trim();
    if matches!(text, "" | "*" | "x" | "latest" | "next") {
        return Spec::Any;
    }
    let mut all: Option<Range> = None;
    for alternative in text.split("||") {
        let Some(range) = conjunction(alternative) else { return Spec::Opaque };
        all = Some(match all {
            None => range,
            Some(other) => either(other, range),
        });
    }
    all.map_or(Spec::Opaque, Spec::Range)
}

fn conjunction(text: &str) -> Option<Range> {
    if let Some((from, to)) = text.split_once(" - ") {
        return Some(Range { lower: Some(release(from)?.0), upper: Some(release(to)?.0.after(9)), ..Range::default() });
    }
    let mut rest = text.trim_start_matches([' ', ',']);
    let mut all: Option<Range> = None;
    while !rest.is_empty() {
        let operator = OPERATORS.into_iter().find(|op| rest.starts_with(op)).unwrap_or("");
        let tail = rest[operator.len()..].trim_start();
        let end = tail.find([' ', ',', '<', '>', '=', '!', '~', '^']).unwrap_or(tail.len());
        let one = comparison(operator, &tail[..end])?;
        all = Some(match all {
            None => one,
            Some(other) => both(other, one),
        });
        rest = tail[end..].trim_start_matches([' ', ',', '\t']);
    }
    all
}

fn comparison(operator: &'static str, text: &str) -> Option<Range> {
    let (version, wild) = release(text)?;
    let given = version.numbers.len();
    let base = Range { operator, ..Range::default() };
    Some(match operator {
        "!=" => base,
        "<" => Range { upper: Some(version.clone()), cap: Some(version), ..base },
        "<=" => Range { upper: Some(version.after(given)), cap: Some(version.after(given)), ..base },
        ">" | ">=" => Range { lower: Some(version), ..base },
        "^" => {
            let first = version.numbers.iter().position(|n| *n != 0).unwrap_or(0);
            Range { upper: Some(version.after(first + 1)), lower: Some(version), ..base }
        }
        "~" => Range { upper: Some(version.after(given.min(2))), lower: Some(version), ..base },
        "~=" => Range { upper: Some(version.after(given.saturating_sub(1))), lower: Some(version), ..base },
        // A bare `1` or `1.2` is any version that begins so (npm, Conda's `=`).
        _ if wild || (operator.is_empty() && given < 3) => {
            Range { upper: Some(version.after(given)), lower: Some(version), ..base }
        }
        _ => Range { upper: Some(version.after(9)), lower: Some(version), exact: true, ..base },
    })
}

/// The numbers at the start of `text`, and whether a wildcard follows them. `1.8.0-beta` and `1.8.0rc1` count as `1.8.0`.
fn release(text: &str) -> Option<(Version, bool)> {
    let text = text.trim();
    let digits = text.strip_prefix(['v', 'V']).unwrap_or(text);
    if text.contains([':', '/', '$', '{']) {
        return None;
    }
    let mut numbers = Vec::new();
    for part in digits.split('.') {
        if matches!(part, "*" | "x" | "X") {
            return (!numbers.is_empty()).then(|| (Version { numbers, text: text.to_owned() }, true));
        }
        let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
        match part[..end].parse() {
            Ok(number) => numbers.push(number),
            Err(_) => break,
        }
        if end < part.len() {
            break;
        }
    }
    (!numbers.is_empty()).then(|| (Version { numbers, text: text.to_owned() }, false))
}

fn both(a: Range, b: Range) -> Range {
    let later = |a: Option<Version>, b: Option<Version>| match (a, b) {
        (Some(a), Some(b)) => Some(if a.older_than(&b) { b } else { a }),
        (a, b) => a.or(b),
    };
    let earlier = |a: Option<Version>, b: Option<Version>| match (a, b) {
        (Some(a), Some(b)) => Some(if a.older_than(&b) { a } else { b }),
        (a, b) => a.or(b),
    };
    Range {
        lower: later(a.lower, b.lower),
        upper: earlier(a.upper, b.upper),
        cap: earlier(a.cap, b.cap),
        ..Range::default()
    }
}

fn either(a: Range, b: Range) -> Range {
    let lower = a.lower.zip(b.lower).map(|(a, b)| if b.older_than(&a) { b } else { a });
    let upper = a.upper.zip(b.upper).map(|(a, b)| if a.older_than(&b) { b } else { a });
    let cap = a.cap.zip(b.cap).map(|(a, b)| if a.older_than(&b) { b } else { a });
    Range { lower, upper, cap, ..Range::default() }
}

/// Whether all versions of a range are older than `version`; `false` where the range cannot be read.
pub(super) fn ends_before(range: &str, version: &str) -> bool {
    let (Spec::Range(Range { upper: Some(upper), .. }), Some((version, _))) = (parse(range), release(version)) else {
        return false;
    };
    !version.older_than(&upper)
}

/// Whether `existing` is good enough for `wanted`, and what it becomes if not.
///
/// Raised: an older range of the same major line, and an open range (`>=1`), whose author expects newer majors.
/// Refused: what would cross a major line or a bound that someone set, since other code may depend on it.
pub(super) fn judge(existing: &str, wanted: &str, across_majors: bool) -> Verdict {
    let (have, want) = match (parse(existing), parse(wanted)) {
        (Spec::Opaque, _) => return Verdict::Unreadable,
        (Spec::Any, _) | (_, Spec::Any | Spec::Opaque) => return Verdict::Satisfied,
        (Spec::Range(have), Spec::Range(want)) => (have, want),
    };
    let Some(least) = &want.lower else { return Verdict::Satisfied };
    if let Some(lower) = &have.lower
        && !lower.older_than(least)
    {
        return match &want.upper {
            Some(end) if !lower.older_than(end) => Verdict::Refuse(format!(
                "{existing} is newer than {wanted}, which is the line that the new code was tried with"
            )),
            _ => Verdict::Satisfied,
        };
    }
    if have.lower.is_none() && have.cap.is_none() {
        return Verdict::Satisfied;
    }
    if !across_majors {
        if have.cap.as_ref().is_some_and(|cap| !least.older_than(cap)) {
            return Verdict::Refuse(format!("{existing} keeps it below {}, but {wanted} is needed", least.text));
        }
        if have.upper.is_some() && have.lower.as_ref().is_some_and(|lower| !lower.same_line(least)) {
            return Verdict::Refuse(format!(
                "{existing} is a major version behind {wanted}; other code may need the old one"
            ));
        }
    }
    Verdict::Raise(raised(existing, &have, wanted, least))
}

/// Keeps the way of pinning (`==`, `^`, `~`) and its spacing; any other range becomes the wanted one.
fn raised(existing: &str, have: &Range, wanted: &str, least: &Version) -> String {
    let keeps = have.exact || matches!(have.operator, "^" | "~" | "~=");
    match existing.find(|c: char| c.is_ascii_digit()) {
        Some(at) if keeps => format!("{}{}", existing[..at].trim_end_matches(['v', 'V']), least.text),
        _ => wanted.to_owned(),
    }
}
