//! The JWT as a part of a query or form that is written as one text: `…&jwt_token=` + the JWT.

use super::dialect;
use super::draft::Draft;
use super::in_place::{quote_of, scope_text};
use super::scopes::Scopes;
use crate::analyze::{ExprRef, Field, Place, Program};
use crate::ir::{ExprKind, Piece};
use crate::text::{Overlap, Span};

/// `…&jwt_token=` in a string, followed by a gap or an operand.
pub(super) fn entry(program: &Program, field: &Field, scopes: &Scopes, draft: &mut Draft) -> Result<(), Overlap> {
    let raw = program.slice(field.at.file, field.at.span);
    let module = program.module(field.at.file);
    let Some(start) = raw.find("jwt_token=") else {
        draft.manual(field.at, "the field is not written in one piece: send grant_type and scope instead of jwt_token");
        return Ok(());
    };
    let from = field.at.span.start as usize + start;
    let end = from + "jwt_token=".len();
    let known = match scopes {
        Scopes::Known(list) => Some(list.join(",")),
        Scopes::Setting { .. } => None,
    };
    let name = "grant_type=client_credentials&scope=";
    let at = |start: usize, end: usize| Place { file: field.at.file, span: Span::new(start, end) };
    let Some(value) = field.value.filter(|value| value.file == field.at.file) else {
        // The JWT itself stands in the string.
        let length = raw[start + "jwt_token=".len()..].find(['&', '"', '\'', ' ']).unwrap_or(raw.len() - start - 10);
        let Some(known) = known else {
            draft.manual(field.at, "the scopes are not known: write them into the string by hand");
            return Ok(());
        };
        return draft.replace(at(from, end + length), format!("{name}{known}"));
    };
    // In a template the whole placeholder is replaced; elsewhere the operand.
    let outer = module.expr(value.expr).outer;
    let hole = placeholder(program, field, value);
    if hole.is_some_and(|hole| (hole.end as usize) < end) {
        draft.manual(field.at, "the JWT stands before its name here: send grant_type and scope instead of jwt_token");
        return Ok(());
    }
    if let Some(hole) = hole.filter(|hole| !hole.contains(outer)) {
        if dialect::of(program, field.at.file).format_argument(program, hole, value, scopes, draft)? {
            let end = if known.is_some() { hole.end as usize } else { end };
            return draft.replace(at(from, end), format!("{name}{}", known.unwrap_or_default()));
        }
        draft.manual(
            field.at,
            "the JWT is an argument of the format: send grant_type and scope instead, and take it out",
        );
        return Ok(());
    }
    match (hole, known) {
        (Some(hole), Some(known)) => draft.replace(at(from, hole.end as usize), format!("{name}{known}")),
        (Some(hole), None) => {
            draft.replace(at(from, end), name)?;
            let (open, close) = (outer.start - hole.start, hole.end - outer.end);
            let text = program.slice(field.at.file, hole);
            let (open, close) = (text[..open as usize].to_owned(), text[text.len() - close as usize..].to_owned());
            draft.replace(
                Place { file: field.at.file, span: hole },
                format!("{open}{}{close}", scope_text(scopes, inside(program, field, value))),
            )
        }
        (None, known) => {
            let quote = quote_of(
                program.slice(field.at.file, Span { start: field.at.span.start - 1, end: field.at.span.end }),
                '\'',
            );
            // `…&jwt_token=' + jwt` becomes one literal.
            let between = program.slice(field.at.file, Span::new(end, outer.start as usize));
            if let Some(known) =
                known.as_ref().filter(|_| between.strip_prefix(quote).is_some_and(|op| op.trim() == "+"))
            {
                return draft.replace(at(from, outer.end as usize), format!("{name}{known}{quote}"));
            }
            draft.replace(at(from, end), name)?;
            let text = known.map_or_else(|| scope_text(scopes, quote), |known| format!("{quote}{known}{quote}"));
            draft.replace(Place { file: field.at.file, span: outer }, text)
        }
    }
}

/// A quote that does not end the template which holds `value`: Python before 3.12 knows no other way to write one there.
fn inside(program: &Program, field: &Field, value: ExprRef) -> char {
    let module = program.module(field.at.file);
    let template = module.expr(value.expr).parent.map(|parent| program.slice(field.at.file, module.expr(parent).outer));
    let opens = template.and_then(|template| template.chars().find(|c| matches!(c, '"' | '\'' | '`')));
    if opens == Some('\'') { '"' } else { '\'' }
}

/// The placeholder of a template that holds `value`.
fn placeholder(program: &Program, field: &Field, value: ExprRef) -> Option<Span> {
    let module = program.module(field.at.file);
    let parent = module.expr(value.expr).parent?;
    let ExprKind::Text(text) = module.kind(parent) else { return None };
    text.pieces.iter().find_map(|piece| match piece {
        Piece::Hole { span, expr } if *expr == value.expr => Some(*span),
        _ => None,
    })
}
