//! Rewriting in Java: what the compiler would refuse after the request is changed and what fed the JWT is gone.

mod answer;
mod body;
mod brought;
mod declared;
mod handlers;
mod multipart;
mod orphans;
mod pojo;
mod reader;
pub(super) mod target;
mod thrown;
mod whose;

pub(super) use answer::contract;
pub(super) use body::{entry, grant};
pub(super) use brought::brought;
pub(in crate::migrate) use declared::injected;
pub(super) use handlers::{Handlers, judge, unwrap};
pub(super) use orphans::{is_named_beside, orphans};

use super::draft::Draft;
use super::in_place::scope_text;
use super::scopes::Scopes;
use super::write::Style;
use crate::analyze::{Exchange, ExprRef, FunctionRef, Place, Program, Unit};
use crate::ir::{ExprId, ExprKind, Function, ImportStyle, Module, StmtId, StmtKind};
use crate::text::{FileId, Overlap, Span};

/// The longest line that is written in one piece.
const WIDTH: usize = 120;

/// Methods that add a part of a multipart body: Apache `MultipartEntityBuilder`, OkHttp `MultipartBody`, Jersey.
const PARTS: [&str; 5] = ["addTextBody", "addPart", "addBinaryBody", "addFormDataPart", "bodyPart"];

/// Whether a file is Java.
#[must_use]
pub(super) fn is_java(program: &Program, file: FileId) -> bool {
    program.unit(file).is_some_and(|unit| unit.language.rules == "java")
}

/// Mends, or says, what the compiler, or the server, would refuse after the entry of the JWT is replaced.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn doubts(program: &Program, exchange: &Exchange<'_>, jwt: &str, draft: &mut Draft) -> Result<(), Overlap> {
    if multipart::form(program, exchange, draft)? {
        return Ok(());
    }
    for field in exchange.form.fields.iter().filter(|field| field.name == jwt) {
        let annotation = program.source(field.host);
        if annotation.starts_with("@RequestPart(")
            || method(program, field.host).is_some_and(|name| PARTS.contains(&name))
        {
            draft.manual(field.at, "the body is multipart; the token endpoint takes a form: send it as one");
        }
    }
    Ok(())
}

/// Whether a method is declared `private`.
#[must_use]
pub(super) fn is_private(program: &Program, function: FunctionRef) -> bool {
    let target = program.module(function.file).function(function.function);
    let head = program.slice(function.file, Span { start: target.span.start, end: target.params_span.start });
    is_java(program, function.file) && head.split_whitespace().any(|word| word == "private")
}

/// The scopes as an expression of a file, with what it imports.
pub(super) fn scope(program: &Program, file: FileId, scopes: &Scopes, draft: &mut Draft) -> String {
    let text = scope_text(scopes, '"');
    let Scopes::Setting { needs: Some(class), .. } = scopes else { return text };
    let name = class.rsplit('.').next().unwrap_or(class);
    match target::import(program, file, class, draft) {
        true => text,
        false => text.replacen(name, class, 1),
    }
}

/// Text for a place, on a line of its own where the line would be too long with it; `file` is written so that lines go on
/// two steps deeper.
pub(super) fn fitted(program: &Program, at: Place, text: &str) -> String {
    let source = program.file(at.file);
    let lines = source.lines();
    let line = lines.line_span(lines.line_of(at.span.start as usize));
    let before = source.slice(Span { start: line.start, end: at.span.start });
    let after = source.slice(Span { start: at.span.end, end: line.end.max(at.span.end) });
    let length = before.chars().count() + text.chars().count() + after.trim_end().chars().count();
    let indent = source.indent_at(at.span.start as usize);
    if length <= WIDTH || before.trim().is_empty() || !text.starts_with(|c: char| c.is_alphabetic()) {
        return text.to_owned();
    }
    let step = Style::of(program, at.file).indent;
    format!("{}{indent}{step}{step}{text}", source.eol().as_str())
}

/// What is handed to a parameter that nobody reads: `null`, with its type where the method has other forms.
#[must_use]
pub(super) fn nothing(program: &Program, function: FunctionRef, index: u32) -> String {
    let module = program.module(function.file);
    let target = module.function(function.function);
    let is_form = |other: &&Function| {
        other.class == target.class && other.name == target.name && other.params.len() == target.params.len()
    };
    let forms = module.functions.iter().filter(is_form).count();
    let param = target.params.get(index as usize).map(|param| program.slice(function.file, param.span));
    let class = param.and_then(|param| param.rsplit_once(char::is_whitespace)).map_or("String", |(class, _)| class);
    let class = class.trim_start_matches("final ").trim();
    if forms > 1 { format!("({class}) null") } else { "null".to_owned() }
}

/// Takes a parameter that goes out of the comment above its method: `@param jwt …`, to the next tag.
///
/// # Errors
/// [`Overlap`] where another edit is there.
pub(super) fn untell(program: &Program, function: FunctionRef, index: u32, draft: &mut Draft) -> Result<(), Overlap> {
    let module = program.module(function.file);
    let target = module.function(function.function);
    let name = target.params.get(index as usize).and_then(|param| param.name.as_deref());
    let is_above = |comment: &&Span| {
        comment.end <= target.span.start
            && program.slice(function.file, Span { start: comment.end, end: target.span.start }).trim().is_empty()
    };
    let comment = module.comments.iter().find(is_above);
    let (Some(name), Some(comment), true) = (name, comment, is_java(program, function.file)) else { return Ok(()) };
    let source = program.file(function.file);
    let lines = source.lines();
    let text = |line: usize| source.slice(lines.line_span(line)).trim_start_matches([' ', '\t', '*']).trim_end();
    let (first, last) = (lines.line_of(comment.start as usize) + 1, lines.line_of(comment.end as usize - 1));
    let is_tag = |line: usize| text(line).split_whitespace().take(2).eq(["@param", name]);
    let Some(start) = (first..last).find(|line| is_tag(*line)) else { return Ok(()) };
    let end = (start + 1..last).find(|line| text(*line).starts_with('@') || text(*line).is_empty()).unwrap_or(last);
    let span = Span { start: lines.line_span(start).start, end: lines.line_span(end).start };
    draft.edits.entry(function.file).or_default().delete(span)
}

/// Import statements that the sweep may take: the common form does not see every use of a name, the text does.
pub(super) fn is_named(
    program: &Program,
    file: FileId,
    unit: &Unit,
    import: StmtId,
    away: &dyn Fn(Span) -> bool,
) -> bool {
    let module = &unit.module;
    let Some(import) = module.imports.iter().find(|found| found.stmt == import && found.style == ImportStyle::Static)
    else {
        return false;
    };
    let text = program.file(file).text();
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    text.match_indices(&*import.local).any(|(start, name)| {
        let end = start + name.len();
        let span = Span::new(start, end);
        let whole = !text[..start].ends_with(word) && !text[end..].starts_with(word);
        let stmt_of = |stmt: &crate::ir::Stmt| stmt.kind == StmtKind::Import && stmt.span.contains(span);
        let said = module.comments.iter().any(|comment| comment.contains(span))
            || module.expr_ids().any(|id| is_in_text(unit, id, span));
        whole && !away(span) && !said && !module.stmts.iter().any(stmt_of)
    })
}

/// Methods that hold for a value that is there; after `!` those that hold where it is not.
const PRESENT: [&str; 8] =
    ["isNotBlank", "isNotEmpty", "isNoneBlank", "isNoneEmpty", "hasText", "hasLength", "nonNull", "isPresent"];
const ABSENT: [&str; 7] = ["isEmpty", "isBlank", "isNull", "equals", "isNullOrEmpty", "isAnyBlank", "isAnyEmpty"];

/// Whether a condition holds for every value that is there: `jwt != null`, `!jwt.isEmpty()`, `jwt.length() > 0`.
pub(super) fn asks_presence(program: &Program, file: FileId, condition: ExprId) -> bool {
    let module = program.module(file);
    let called = |id: ExprId, names: &[&str]| match module.kind(id) {
        ExprKind::Call { callee, .. } => match module.kind(*callee) {
            ExprKind::Member { name, .. } | ExprKind::Name(name) => names.contains(&&**name),
            _ => false,
        },
        _ => false,
    };
    let is_nothing = |id: ExprId| match module.kind(id) {
        ExprKind::Null => true,
        ExprKind::Number(number) => &**number == "0",
        _ => module.literal(id).as_deref() == Some(""),
    };
    let negated = program.slice(file, module.expr(condition).span).starts_with('!');
    match module.kind(condition) {
        ExprKind::Binary { op, left, right } => match &**op {
            "!=" => is_nothing(*left) || is_nothing(*right),
            ">" => is_nothing(*right) && called(*left, &["length", "size"]),
            _ => false,
        },
        ExprKind::Opaque(parts) => {
            matches!(parts.as_slice(), [inner] if negated && called(*inner, &ABSENT) && !program.slice(file, module.expr(*inner).span).starts_with('!'))
        }
        ExprKind::Call { .. } => !negated && called(condition, &PRESENT),
        _ => false,
    }
}

/// Whether a method asks of each of its arguments whether it is there: `StringUtils.isAnyBlank(id, key)`.
pub(super) fn asks_each(name: &str) -> bool {
    matches!(name, "isAnyBlank" | "isAnyEmpty" | "isNoneBlank" | "isNoneEmpty" | "isAllBlank" | "isAllEmpty")
}

/// Classes whose methods refuse what is not there, and the beginnings of these methods' names: the class library's, Spring's,
/// Guava's, of Apache Commons, and JUnit's namesake left out, since a test's `Assert` does not say `hasText`.
const DEMANDING: [&str; 4] = ["Objects", "Assert", "Preconditions", "Validate"];
const DEMANDS: [&str; 7] =
    ["requireNonNull", "hasText", "hasLength", "notNull", "notEmpty", "notBlank", "checkNotNull"];

/// What must be there for a call that refuses else: `Objects.requireNonNull(key, "no key")`.
pub(super) fn demanded(module: &Module, call: ExprId) -> Option<ExprId> {
    let ExprKind::Call { callee, args, new: false } = module.kind(call) else { return None };
    let name = match module.kind(*callee) {
        ExprKind::Name(name) => name,
        ExprKind::Member { base, name, .. } => {
            let ExprKind::Name(class) = module.kind(*base) else { return None };
            DEMANDING.contains(&class.rsplit('.').next().unwrap_or(class)).then_some(name)?
        }
        _ => return None,
    };
    DEMANDS.contains(&&**name).then(|| args.first().map(|arg| arg.value)).flatten()
}

/// Whether an annotation makes the program refuse to start or to go on without a value: Bean Validation's and Lombok's, and
/// Spring's placeholder without a default.
pub(super) fn demands(annotation: &str) -> bool {
    let (name, rest) = annotation.split_once('(').unwrap_or((annotation, ""));
    match name.trim_start_matches('@').rsplit('.').next() {
        Some("NotBlank" | "NotNull" | "NotEmpty" | "NonNull") => true,
        Some("Value") => rest.split_once("${").is_some_and(|(_, key)| !key.contains(':')),
        _ => false,
    }
}

fn is_in_text(unit: &Unit, id: ExprId, span: Span) -> bool {
    matches!(unit.module.kind(id), ExprKind::Text(_)) && unit.module.expr(id).span.contains(span)
}

fn method(program: &Program, call: ExprRef) -> Option<&str> {
    let ExprKind::Call { callee, .. } = program.kind(call) else { return None };
    match program.kind(ExprRef { file: call.file, expr: *callee }) {
        ExprKind::Member { name, .. } => Some(name),
        _ => None,
    }
}
