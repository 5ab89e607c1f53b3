//! The unit of `expires_in` in a checked language: every reader is in the package, and is in view. The exchange answered
//! in milliseconds, the token endpoint answers in seconds.

use super::units;
use super::unused;
use crate::analyze::{Exchange, ExprRef, Follow, FunctionRef, Place, Program};
use crate::ir::{Declared, ExprId, ExprKind, How, Module, Piece};
use crate::migrate::contract::reads;
use crate::migrate::draft::Draft;
use crate::migrate::plan::Plan;
use crate::text::{FileId, Overlap, Span};
use std::collections::HashSet;

const FIELD: &str = "expires_in";
const CHECK: &str = "`expires_in` is in seconds now, and was in milliseconds: check this reader";

/// Makes every reader give what it gave before.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(in crate::migrate) fn mend(plan: &Plan<'_, '_>, exchange: &Exchange<'_>, draft: &mut Draft) -> Result<(), Overlap> {
    let program = plan.program;
    let fields = fields(program);
    let others = asks_elsewhere(program, exchange);
    for (file, member) in &fields {
        if others {
            continue;
        }
        declared(plan, *file, member, draft)?;
    }
    let names: Vec<&str> = fields.iter().map(|(_, member)| &*member.name).chain([FIELD]).collect();
    let mut readers = Readers { program, draft, seen: HashSet::new() };
    for (file, unit) in units(program) {
        for expr in unit.module.expr_ids() {
            let at = ExprRef { file, expr };
            if unit.bind_of_place(expr).is_some() || !reads_field(&unit.module, expr, &names) {
                continue;
            }
            if others && !comes_from(program, at, exchange.call) {
                readers.draft.review(program.place(at), CHECK);
                continue;
            }
            let number = number_of(program, &fields, at);
            readers.mend(at, number, 0)?;
        }
    }
    Ok(())
}

/// Fields that hold it: by their own name or by the name that serde is told.
fn fields(program: &Program) -> Vec<(FileId, Declared)> {
    let mut found = vec![];
    for (file, unit) in units(program) {
        let types = &unit.module.types;
        let is_it = |member: &&Declared| {
            let written = types.written.get(&(member.class, member.name.clone()));
            written.map_or(&*member.name, |written| &*written.name) == FIELD && !member.is_variant
        };
        found.extend(types.members.iter().filter(is_it).map(|member| (file, member.clone())));
    }
    found
}

/// Whether the program gets tokens in another way as well, so that a field of that name may be of another answer.
fn asks_elsewhere(program: &Program, exchange: &Exchange<'_>) -> bool {
    units(program).any(|(file, unit)| {
        let by_text = unit.module.expr_ids().any(|id| {
            matches!(unit.module.kind(id), ExprKind::Text(_))
                && exchange.call != (ExprRef { file, expr: id })
                && unit.module.literal(id).is_some_and(|text| text == "grant_type" || text.contains("grant_type="))
        });
        by_text || unit.module.types.members.iter().any(|member| &*member.name == "grant_type")
    })
}

fn comes_from(program: &Program, at: ExprRef, call: ExprRef) -> bool {
    let holds = |origin: ExprRef| {
        origin == call || origin.file == call.file && program.place(origin).span.contains(program.place(call).span)
    };
    program.origins(at, Follow::ALL).iter().any(|origin| holds(origin.expr))
}

/// `x.expires_in`, `x["expires_in"]`, `x.get("expires_in")`, `x.pointer("/expires_in")`
fn reads_field(module: &Module, expr: ExprId, names: &[&str]) -> bool {
    match module.kind(expr) {
        ExprKind::Member { name, .. } => names.contains(&&**name),
        ExprKind::Index { index, .. } => module.literal(*index).as_deref() == Some(FIELD),
        ExprKind::Call { callee, args, .. } => {
            let by = matches!(module.kind(*callee), ExprKind::Member { name, .. } if matches!(&**name, "get" | "pointer" | "remove"));
            by && args
                .first()
                .and_then(|arg| module.literal(arg.value))
                .is_some_and(|key| key.trim_start_matches('/') == FIELD)
        }
        _ => false,
    }
}

/// What stands in the declaration: a comment, a helper of serde's.
fn declared(plan: &Plan<'_, '_>, file: FileId, member: &Declared, draft: &mut Draft) -> Result<(), Overlap> {
    let program = plan.program;
    let source = program.file(file);
    let own = program.slice(file, member.span);
    if let Some(at) = own.find("DurationMilliSeconds") {
        let start = member.span.start as usize + at;
        draft
            .edits
            .entry(file)
            .or_default()
            .replace(Span::new(start, start + "DurationMilliSeconds".len()), "DurationSeconds")?;
    }
    let lines = source.lines();
    let is_comment = |line: usize| source.slice(lines.line_span(line)).trim_start().starts_with("//");
    let (mut first, last) = (lines.line_of(member.span.start as usize), lines.line_of(member.span.end as usize));
    while first > 0 && is_comment(first - 1) {
        first -= 1;
    }
    for span in (first..=last).filter(|line| is_comment(*line)).map(|line| lines.line_span(line)) {
        let text = source.slice(span);
        for (old, new) in [("illiseconds", "seconds"), ("illisecond", "second"), ("(ms)", "(s)")] {
            if let Some(at) = text.find(old) {
                let capital = text[..at].ends_with('M');
                let start = span.start as usize + at - usize::from(old.starts_with('i'));
                let new = if capital { new.replacen('s', "S", 1) } else { new.to_owned() };
                draft
                    .edits
                    .entry(file)
                    .or_default()
                    .replace(Span::new(start, span.start as usize + at + old.len()), new)?;
                break;
            }
        }
    }
    if unused::is_public_member(program, file, member) {
        let at = Place { file, span: member.span };
        draft.review(
            at,
            "`expires_in` is public and holds seconds now, milliseconds before: tell those who use this package",
        );
    }
    Ok(())
}

/// How a number is written in the type that a reader has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Number {
    Whole,
    Float,
    /// Not known to be a number: an option, a JSON value.
    Unknown,
}

fn number_of(program: &Program, fields: &[(FileId, Declared)], at: ExprRef) -> Number {
    if !matches!(program.kind(at), ExprKind::Member { .. }) {
        return Number::Unknown;
    }
    let mut kinds = fields.iter().map(|(file, member)| {
        let text = program.slice(*file, member.span);
        match text.rsplit(':').next().unwrap_or_default().trim() {
            "f64" | "f32" => Number::Float,
            class
                if class.starts_with(['u', 'i'])
                    && class[1..].chars().all(|c| c.is_ascii_digit() || "size".contains(c)) =>
            {
                Number::Whole
            }
            _ => Number::Unknown,
        }
    });
    let first = kinds.next().unwrap_or(Number::Unknown);
    if kinds.all(|kind| kind == first) { first } else { Number::Unknown }
}

struct Readers<'a> {
    program: &'a Program,
    draft: &'a mut Draft,
    seen: HashSet<ExprRef>,
}

impl Readers<'_> {
    fn review(&mut self, at: ExprRef) {
        self.draft.review(self.program.place(at), CHECK);
    }

    fn replace(&mut self, file: FileId, span: Span, text: String) -> Result<(), Overlap> {
        if self.draft.edits.get(&file).is_some_and(|edits| edits.touches(span)) {
            self.draft.review(Place { file, span }, CHECK);
            return Ok(());
        }
        self.draft.edits.entry(file).or_default().replace(span, text)
    }

    /// The value of `at` was in milliseconds.
    fn mend(&mut self, at: ExprRef, number: Number, depth: u8) -> Result<(), Overlap> {
        if depth > 12 || !self.seen.insert(at) {
            return Ok(());
        }
        let program = self.program;
        let module = program.module(at.file);
        let sub = |expr| ExprRef { file: at.file, expr };
        let own = module.expr(at.expr).outer;
        let source = program.slice(at.file, own).to_owned();
        if let Some(bind) = module.binds.iter().find(|bind| bind.value == Some(at.expr))
            && bind.how == How::Assign
        {
            let place = sub(bind.place);
            let Some(holder) =
                matches!(module.kind(bind.place), ExprKind::Name(_)).then(|| program.holder(place)).flatten()
            else {
                return self.keep(at, number);
            };
            for read in reads(program, &holder) {
                self.mend(read, number, depth + 1)?;
            }
            return Ok(());
        }
        let Some(parent) = module.expr(at.expr).parent else { return self.given_back(at, number, depth) };
        match module.kind(parent) {
            ExprKind::Member { base, name, .. } if *base == at.expr => {
                let call = module
                    .expr(parent)
                    .parent
                    .filter(|call| matches!(module.kind(*call), ExprKind::Call { callee, .. } if *callee == parent));
                match call {
                    Some(call) if TURNS.contains(&&**name) => {
                        let number = match &**name {
                            "as_f64" => Number::Unknown,
                            name if name.starts_with("unwrap") || name.starts_with("expect") => match number {
                                Number::Unknown if source.ends_with("as_f64()") => Number::Float,
                                Number::Unknown => Number::Whole,
                                known => known,
                            },
                            _ => number,
                        };
                        if let ExprKind::Call { args, .. } = module.kind(call)
                            && let [arg] = args.as_slice()
                        {
                            self.fallback(at.file, module, arg.value)?;
                        }
                        self.mend(sub(call), number, depth + 1)
                    }
                    _ => self.keep(at, number),
                }
            }
            ExprKind::Binary { op, left, right } => {
                let thousand = |id: ExprId| matches!(module.kind(id), ExprKind::Number(n) if matches!(&*n.replace('_', ""), "1000" | "1000.0" | "1000u64" | "1e3"));
                match &**op {
                    "/" if *left == at.expr && thousand(*right) => {
                        // What parentheses around the division were for is not there any more.
                        // What parentheses around the division were for is not there any more.
                        let whole = module.expr(parent);
                        let around = program.slice(at.file, whole.outer);
                        let plain = around.starts_with('(') && whole.outer.len() == whole.span.len() + 2;
                        if plain && !source.contains(" as ") {
                            let (open, close) = (whole.outer.start as usize, whole.outer.end as usize);
                            self.replace(at.file, Span::new(open, open + 1), String::new())?;
                            return self.replace(at.file, Span::new(own.end as usize, close), String::new());
                        }
                        self.replace(at.file, Span { start: own.end, end: whole.span.end }, String::new())
                    }
                    "*" if thousand(*left) || thousand(*right) => Ok(()),
                    _ => self.keep(at, number),
                }
            }
            ExprKind::Call { callee, args, .. } if args.iter().any(|arg| arg.value == at.expr) => {
                let named = match module.kind(*callee) {
                    ExprKind::Name(name) => Some((&**name, module.expr(*callee).span)),
                    ExprKind::Member { name, name_span, .. } => Some((&**name, *name_span)),
                    _ => None,
                };
                match named {
                    Some(("from_millis", span)) => self.replace(at.file, span, "from_secs".to_owned()),
                    Some(("milliseconds", span)) => self.replace(at.file, span, "seconds".to_owned()),
                    Some(("try_milliseconds", span)) => self.replace(at.file, span, "try_seconds".to_owned()),
                    // It was taken for seconds, which it is now.
                    Some(("from_secs" | "seconds" | "try_seconds" | "from_secs_f64", _)) => Ok(()),
                    Some(("Some" | "Ok" | "from" | "try_from", _)) => self.mend(sub(parent), number, depth + 1),
                    _ => self.keep(at, number),
                }
            }
            ExprKind::Record(entries) => {
                let entry = entries.iter().find(|entry| entry.value == at.expr);
                let key = entry.and_then(|entry| module.literal(entry.key?));
                // Its readers are looked at, too.
                if key.as_deref() == Some(FIELD) && module.types.records.contains_key(&parent) {
                    Ok(())
                } else {
                    self.keep(at, number)
                }
            }
            ExprKind::Text(text) => {
                let inline = text
                    .pieces
                    .iter()
                    .any(|piece| matches!(piece, Piece::Hole { span, expr } if *expr == at.expr && span.contains(own)));
                if inline {
                    self.review(at);
                    return Ok(());
                }
                self.keep(at, number)
            }
            // `unwrap_or(0)`: the value, or the other one.
            ExprKind::Choice { options, .. } if options.contains(&at.expr) => {
                let number = if number == Number::Unknown { Number::Whole } else { number };
                for other in options.iter().filter(|other| **other != at.expr) {
                    self.fallback(at.file, module, *other)?;
                }
                self.mend(sub(parent), number, depth + 1)
            }
            _ => self.keep(at, number),
        }
    }

    /// The default in `unwrap_or(86399000)` is in milliseconds as well.
    fn fallback(&mut self, file: FileId, module: &Module, other: ExprId) -> Result<(), Overlap> {
        let ExprKind::Number(number) = module.kind(other) else { return Ok(()) };
        let digits = number.replace('_', "");
        let Some(seconds) = digits.strip_suffix("000").filter(|seconds| seconds.len() > 2) else { return Ok(()) };
        let seconds = seconds.to_owned();
        self.replace(file, module.expr(other).span, seconds)
    }

    /// Whoever gets the value gets milliseconds as before.
    fn keep(&mut self, at: ExprRef, number: Number) -> Result<(), Overlap> {
        let factor = match number {
            Number::Whole => "1000",
            Number::Float => "1000.0",
            Number::Unknown => {
                self.review(at);
                return Ok(());
            }
        };
        let module = self.program.module(at.file);
        let expr = module.expr(at.expr);
        // `Ok(x)` wraps the number, `x as i64` is one.
        let wrapped = expr.outer.start < expr.span.start;
        let span = if wrapped { expr.span } else { expr.outer };
        let source = self.program.slice(at.file, span).to_owned();
        let alone = !wrapped
            && match module.expr(at.expr).parent.map(|parent| module.kind(parent)) {
                None | Some(ExprKind::Call { .. } | ExprKind::Record(_) | ExprKind::List(_) | ExprKind::Text(_)) => {
                    true
                }
                Some(ExprKind::Binary { op, .. }) => matches!(&**op, "+" | "-"),
                _ => false,
            };
        let text = if alone { format!("{source} * {factor}") } else { format!("({source} * {factor})") };
        self.replace(at.file, span, text)
    }

    /// A value that a function gives: its callers get it.
    fn given_back(&mut self, at: ExprRef, number: Number, depth: u8) -> Result<(), Overlap> {
        let module = self.program.module(at.file);
        let function = module.function_of(module.expr(at.expr).scope);
        let gives = function.filter(|function| module.function(*function).returns.contains(&at.expr));
        let callers: Vec<ExprRef> =
            gives.map_or(vec![], |function| self.program.callers(FunctionRef { file: at.file, function }).to_vec());
        if callers.is_empty() {
            return self.keep(at, number);
        }
        for call in callers {
            self.mend(call, number, depth + 1)?;
        }
        Ok(())
    }
}

/// Methods that give the same number in another shape.
const TURNS: &[&str] = &[
    "as_u64",
    "as_i64",
    "as_f64",
    "and_then",
    "clone",
    "cloned",
    "copied",
    "expect",
    "into",
    "ok",
    "ok_or",
    "ok_or_else",
    "parse",
    "to_owned",
    "try_into",
    "unwrap",
    "unwrap_or",
    "unwrap_or_default",
];
