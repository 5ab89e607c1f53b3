//! What stands before and between the tokens: byte order mark, shebang, comments. And how deep the tokens nest.

use super::at;
use crate::text::Span;
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use std::borrow::Cow;

/// The byte order mark and the shebang line as blanks: the parser would cut them off, and every offset would move.
pub(super) fn readable(source: &str) -> Cow<'_, str> {
    match hidden(source) {
        0 => Cow::Borrowed(source),
        end => Cow::Owned(format!("{}{}", " ".repeat(end), &source[end..])),
    }
}

/// The end of the byte order mark and the shebang line. `#![…]` is an attribute.
fn hidden(source: &str) -> usize {
    let mark = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let line = source[mark..].split('\n').next().unwrap_or_default();
    let shebang = match line.strip_prefix("#!") {
        Some(rest) if !rest.trim_start().starts_with('[') => mark + line.trim_end_matches('\r').len(),
        _ => mark,
    };
    shebang + front_matter(&source[shebang..])
}

/// The length of a script's embedded manifest: <https://doc.rust-lang.org/cargo/reference/unstable.html#script>
fn front_matter(text: &str) -> usize {
    let body = text.trim_start();
    let start = text.len() - body.len();
    let end = body.strip_prefix("---").and_then(|rest| rest.find("\n---"));
    end.map_or(0, |end| start + end + "---\n---".len())
}

/// How much may be open at one token: tokens since the last `,` or `;` or block, added up over the groups around.
const LIMIT: u32 = 3000;
/// What a group costs the parser, in tokens.
const GROUP: u32 = 6;

/// Whether parsing might need more stack than there is. Recursion can only go as deep as tokens follow each other without
/// something that ends a list's item or a statement.
pub(super) fn is_too_deep(tokens: TokenStream) -> bool {
    struct Level {
        tokens: std::iter::Peekable<proc_macro2::token_stream::IntoIter>,
        around: u32,
        run: u32,
    }
    let level = |tokens: TokenStream, around| Level { tokens: tokens.into_iter().peekable(), around, run: 0 };
    let mut levels = vec![level(tokens, 0)];
    while let Some(top) = levels.last_mut() {
        let Some(token) = top.tokens.next() else {
            levels.pop();
            continue;
        };
        top.run += 1;
        let open = top.around + top.run;
        if open > LIMIT {
            return true;
        }
        match token {
            TokenTree::Punct(punct) if matches!(punct.as_char(), ',' | ';') => top.run = 0,
            TokenTree::Group(group) => {
                if group.delimiter() == Delimiter::Brace && !top.tokens.peek().is_some_and(goes_on) {
                    top.run = 0;
                }
                levels.push(level(group.stream(), open + GROUP));
            }
            _ => {}
        }
    }
    false
}

/// Whether a token behind a block belongs to the same expression.
fn goes_on(token: &TokenTree) -> bool {
    match token {
        TokenTree::Ident(ident) => ident == "else" || ident == "as",
        TokenTree::Punct(punct) => punct.as_char() != '#',
        _ => false,
    }
}

/// Every comment, without its line end. Documentation is a comment too, though it is tokens for the parser.
pub(super) fn comments(tokens: TokenStream, source: &str) -> Vec<Span> {
    let mut found = vec![];
    let mut from = hidden(source);
    let mut levels = vec![(tokens.into_iter(), None)];
    while let Some((tokens, close)) = levels.last_mut() {
        let Some(token) = tokens.next() else {
            let close: Option<Span> = *close;
            levels.pop();
            if let Some(close) = close {
                between_tokens(source, from, close.start as usize, &mut found);
                from = close.end as usize;
            }
            continue;
        };
        let span = at(token.span());
        let (start, end) = (span.start as usize, span.end as usize);
        if start < from {
            continue;
        }
        between_tokens(source, from, start, &mut found);
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '#' && is_comment(source, start) => {
                debug_assert!(punct.spacing() == Spacing::Alone || end > start + 1);
                found.push(line_of(source, start, end));
                from = end;
            }
            TokenTree::Group(group) => {
                let (open, close) = (at(group.span_open()), at(group.span_close()));
                from = open.end as usize;
                levels.push((group.stream().into_iter(), Some(close)));
            }
            _ => from = end,
        }
    }
    between_tokens(source, from, source.len(), &mut found);
    found
}

fn is_comment(source: &str, start: usize) -> bool {
    let rest = source.get(start..).unwrap_or_default();
    rest.starts_with("//") || rest.starts_with("/*")
}

fn line_of(source: &str, start: usize, end: usize) -> Span {
    let text = source.get(start..end).unwrap_or_default();
    Span::new(start, start + text.trim_end_matches(['\r', '\n']).len())
}

/// The comments in a stretch that holds nothing but comments and white space.
fn between_tokens(source: &str, from: usize, to: usize, found: &mut Vec<Span>) {
    let mut start = from;
    while let Some(text) = source.get(start..to) {
        let Some(next) = text.find(['/']).map(|offset| start + offset) else { return };
        let text = &source[next..to];
        let length = if text.starts_with("/*") { block_length(text) } else { text.find('\n').unwrap_or(text.len()) };
        found.push(line_of(source, next, next + length));
        start = next + length.max(1);
    }
}

/// The length of the block comment at the start of `text`; they nest.
fn block_length(text: &str) -> usize {
    let mut depth = 0usize;
    let mut at = 0;
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The offset after the shebang, the first comment where it is the file's own, and the attributes of the file.
pub(super) fn prologue_end(source: &str, comments: &[Span], attributes: Option<usize>) -> usize {
    let mut end = hidden(source);
    for comment in comments {
        let gap = source.get(end..comment.start as usize).unwrap_or("x");
        let after = source.get(comment.end as usize..).unwrap_or_default();
        let blank_line = after
            .trim_start_matches([' ', '\t', '\r'])
            .strip_prefix('\n')
            .is_none_or(|rest| rest.trim_start_matches([' ', '\t', '\r']).starts_with('\n') || rest.starts_with("//"));
        if !gap.trim().is_empty() || !blank_line || source[comment.range()].starts_with("///") {
            break;
        }
        end = comment.end as usize;
    }
    end.max(attributes.unwrap_or_default())
}
