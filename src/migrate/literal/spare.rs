//! A variable that held only the JWT, in a language whose compiler refuses what nobody uses: it becomes the blank one.

use crate::lang::lexical::{Lexicon, Token, TokenKind, tokens};
use crate::text::{Edit, Span};

/// The edit for the variable that is the value of the entry at `field`; `None` where it may be left unused and cannot be made
/// blank.
pub(super) fn blank(lexicon: &Lexicon, text: &str, field: Span) -> Option<Option<Edit>> {
    if !lexicon.unused_is_error {
        return Some(None);
    }
    let all = tokens(lexicon, text);
    let own = all.iter().position(|token| token.span.contains(field))?;
    let is = |at: usize, mark: &str| all.get(at).is_some_and(|token| token.text(text) == mark);
    let begins = |at: &usize| is(*at, "func") && text[..all[*at].span.start as usize].ends_with('\n');
    let first = (0..own).rev().find(begins)?;
    let last = (own..all.len()).find(begins).unwrap_or(all.len());
    // The value's own variable: whatever stands before it, a call or a literal needs none.
    let value =
        (own + 1..last).take_while(|at| !is(*at, ")") && !is(*at, "}")).filter(|at| all[*at].kind == TokenKind::Word);
    let value: Vec<usize> = value.filter(|at| !is(*at, "string")).collect();
    let (Some(place), None) = (value.first(), value.get(1)) else { return Some(None) };
    let name = all[*place].text(text);
    let root = |token: &Token| token.kind == TokenKind::Word && token.text(text).split('.').next() == Some(name);
    let uses: Vec<usize> = (first..last).filter(|at| at != place && root(&all[*at])).collect();
    let body = (first..last).find(|at| is(*at, "{"))?;
    let [declared] = uses[..] else { return if uses.is_empty() { None } else { Some(None) } };
    if name.contains('.') || declared < body {
        return Some(None);
    }
    let line_end =
        text[all[declared].span.start as usize..].find('\n').map(|len| all[declared].span.start as usize + len)?;
    let line = declared..(declared..last).take_while(|at| (all[*at].span.start as usize) < line_end).count() + declared;
    let colon = line.clone().find(|at| is(*at, ":") && is(*at + 1, "="))?;
    let others: Vec<&str> = all[line.start..colon]
        .iter()
        .skip(1)
        .filter(|token| token.kind == TokenKind::Word)
        .map(|token| token.text(text))
        .collect();
    let before = declared.checked_sub(1).map(|at| all[at].text(text));
    if before == Some(",") {
        return None;
    }
    let depth = |at: usize| {
        let marks = all[body..at].iter().map(|token| token.text(text));
        marks.fold(0i32, |depth, mark| depth + i32::from(mark == "{") - i32::from(mark == "}"))
    };
    let known = |name: &str| {
        (first..declared).any(|at| {
            let there = all[at].kind == TokenKind::Word && all[at].text(text) == name;
            there && (at < body || (depth(at) == depth(declared)))
        })
    };
    let span = all[declared].span;
    let new = match others.iter().all(|other| known(other)) {
        // Nothing is declared by it then.
        true => {
            let colon = all[colon].span;
            format!("_{}", &text[span.end as usize..colon.start as usize])
        }
        false => return Some(Some(Edit { span, text: "_".to_owned() })),
    };
    Some(Some(Edit { span: Span { start: span.start, end: all[colon].span.end }, text: new }))
}
