//! Rewriting in Java: what the compiler would refuse after the request is changed and what fed the JWT is gone.

mod answer;
mod body;
mod declared;
mod handlers;
mod orphans;
pub(super) mod target;
mod thrown;

pub(super) use answer::contract;
pub(super) use body::entry;
pub(super) use handlers::{Handlers, judge, unwrap};
pub(super) use orphans::orphans;

use super::draft::Draft;
use crate::analyze::{Exchange, ExprRef, FunctionRef, Program, Unit};
use crate::ir::{ExprId, ExprKind, ImportStyle, StmtId, StmtKind};
use crate::text::{FileId, Span};

/// Methods that add a part of a multipart body: Apache `MultipartEntityBuilder`, OkHttp `MultipartBody`, Jersey.
const PARTS: [&str; 5] = ["addTextBody", "addPart", "addBinaryBody", "addFormDataPart", "bodyPart"];

/// Whether a file is Java.
#[must_use]
pub(super) fn is_java(program: &Program, file: FileId) -> bool {
    program.unit(file).is_some_and(|unit| unit.language.rules == "java")
}

/// Says what the compiler, or the server, would refuse after the entry of the JWT is replaced.
pub(super) fn doubts(program: &Program, exchange: &Exchange<'_>, jwt: &str, draft: &mut Draft) {
    for field in exchange.form.fields.iter().filter(|field| field.name == jwt) {
        if !is_java(program, field.at.file) {
            continue;
        }
        if method(program, field.host).is_some_and(|name| PARTS.contains(&name)) {
            draft.manual(field.at, "the body is multipart; the token endpoint takes a form: send it as one");
        }
    }
}

/// Whether a method is declared `private`.
#[must_use]
pub(super) fn is_private(program: &Program, function: FunctionRef) -> bool {
    let target = program.module(function.file).function(function.function);
    let head = program.slice(function.file, Span { start: target.span.start, end: target.params_span.start });
    is_java(program, function.file) && head.split_whitespace().any(|word| word == "private")
}

/// What is handed to a parameter that nobody reads: `null`, with its type where the method has other forms.
#[must_use]
pub(super) fn nothing(program: &Program, function: FunctionRef, index: u32) -> String {
    let module = program.module(function.file);
    let target = module.function(function.function);
    let forms =
        module.functions.iter().filter(|other| other.class == target.class && other.name == target.name).count();
    let param = target.params.get(index as usize).map(|param| program.slice(function.file, param.span));
    let class = param.and_then(|param| param.rsplit_once(char::is_whitespace)).map_or("String", |(class, _)| class);
    let class = class.trim_start_matches("final ").trim();
    if forms > 1 { format!("({class}) null") } else { "null".to_owned() }
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
