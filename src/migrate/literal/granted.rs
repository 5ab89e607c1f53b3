//! A form that names a grant type already: it becomes that of OAuth, since a second one would be refused.

use super::GRANT;
use crate::lang::lexical::{Lexicon, Token, TokenKind, tokens};
use crate::text::{Edit, Span};

/// How many brackets around the JWT's entry may hold its form: `{ { "jwt_token", jwt } }`.
const MAX_BRACKETS: usize = 2;

/// The edit of the grant type that stands beside the entry at `field`: `None` where there is none, `Some(None)` where it is
/// not plain.
pub(super) fn beside(lexicon: &Lexicon, text: &str, field: Span) -> Option<Option<Edit>> {
    let all = tokens(lexicon, text);
    let own = all.iter().position(|token| token.span.contains(field))?;
    let is_mark =
        |token: &Token, marks: &str| token.kind == TokenKind::Mark && marks.contains(&text[token.span.range()]);
    let mut depth = 0usize;
    let mut opens = all[..own].iter().enumerate().rev().filter(|(_, token)| {
        depth += usize::from(is_mark(token, ")]}"));
        let opens = is_mark(token, "([{");
        let ours = opens && depth == 0;
        depth = depth.saturating_sub(usize::from(opens && depth > 0));
        ours
    });
    (0..MAX_BRACKETS).find_map(|_| {
        let (open, _) = opens.next()?;
        let mut depth = 0usize;
        let close = all[open..].iter().position(|token| {
            depth += usize::from(is_mark(token, "([{"));
            depth -= usize::from(is_mark(token, ")]}"));
            depth == 0
        });
        let inside = &all[open..open + close?];
        let at = inside.iter().position(|token| {
            matches!(token.kind, TokenKind::Text | TokenKind::Word)
                && text[token.span.range()].trim_start_matches(':') == GRANT.0
        })?;
        let value = inside[at + 1..].iter().find(|token| !is_mark(token, "=>:-,\"'"));
        let plain = value.filter(|token| token.kind == TokenKind::Text);
        Some(plain.map(|token| Edit { span: token.span, text: GRANT.1.to_owned() }))
    })
}

/// Whether the shell command around `at` has a grant type; a backslash at a line's end lets it go on.
pub(super) fn in_command(text: &str, at: usize) -> bool {
    let mut before = String::new();
    let mut here = false;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        before.push_str(line);
        offset += line.len();
        here |= offset > at;
        if !line.trim_end().ends_with('\\') {
            if here {
                break;
            }
            before.clear();
        }
    }
    before.contains("grant_type=")
}
