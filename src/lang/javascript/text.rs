//! Strings and templates, in pieces with their escapes decoded.

use super::Js;
use crate::ir::build::Builder;
use crate::ir::{ExprId, ExprKind, Piece, Text};
use crate::lang::tree::{self, span};
use crate::text::Span;
use std::iter::Peekable;
use std::str::Chars;
use tree_sitter::Node;

impl Js<'_> {
    /// `'…'` or `"…"`.
    pub(super) fn string(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let open = self.text(node).chars().next().filter(|quote| matches!(quote, '"' | '\'')).unwrap_or('"');
        let inner = self.inside(node);
        let pieces = self.known(inner, inner.end).into_iter().collect();
        b.expr(span(node), ExprKind::Text(Text { pieces, open: open.to_string().into() }))
    }

    /// The value of a string node.
    pub(super) fn string_value(&self, node: Node) -> String {
        decode(&self.source[self.inside(node).range()])
    }

    /// The bytes between the quotes.
    pub(super) fn inside(&self, node: Node) -> Span {
        let text = self.text(node);
        let Some(quote) = text.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`')) else {
            return span(node);
        };
        let closed = text.len() > 1 && text.ends_with(quote);
        Span::new(node.start_byte() + 1, node.end_byte() - usize::from(closed))
    }

    /// `` `…${expr}…` ``.
    pub(super) fn template(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let inner = self.inside(node);
        let mut pieces = vec![];
        let mut from = inner.start;
        for hole in tree::named(node).into_iter().filter(|child| child.kind() == "template_substitution") {
            let hole_span = span(hole);
            pieces.extend(self.known(Span { start: from.min(hole_span.start), end: hole_span.start }, inner.end));
            let parts = tree::named(hole);
            let expr = match parts[..] {
                [only] => self.expr(b, only),
                _ => self.broken(b, hole),
            };
            pieces.push(Piece::Hole { span: hole_span, expr });
            from = hole_span.end;
        }
        pieces.extend(self.known(Span { start: from.min(inner.end), end: inner.end }, inner.end));
        b.expr(span(node), ExprKind::Text(Text { pieces, open: "`".into() }))
    }

    /// The literal part in `part`, unless it is empty. Nothing past `end` belongs to the string.
    fn known(&self, part: Span, end: u32) -> Option<Piece> {
        let raw = self.source.get(part.range()).filter(|_| part.end <= end)?;
        (!raw.is_empty()).then(|| Piece::Known { span: part, value: decode(raw).into() })
    }
}

/// The value of the inside of a literal.
pub(super) fn decode(raw: &str) -> String {
    if !raw.contains(['\\', '\r']) {
        return raw.to_owned();
    }
    let mut value = String::with_capacity(raw.len());
    let mut high: Option<u16> = None;
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        let decoded = match c {
            // A template's line ends are always `\n`.
            '\r' => {
                chars.next_if_eq(&'\n');
                Some(Ok('\n'))
            }
            '\\' => escape(&mut chars),
            c => Some(Ok(c)),
        };
        push(&mut value, &mut high, decoded);
    }
    if high.is_some() {
        value.push(char::REPLACEMENT_CHARACTER);
    }
    value
}

/// Appends a character, or one half of a surrogate pair (`Err`), which waits for the other half.
fn push(value: &mut String, high: &mut Option<u16>, decoded: Option<Result<char, u16>>) {
    let Some(decoded) = decoded else { return };
    match (high.take(), decoded) {
        (Some(first), Err(second)) => {
            let pair = char::decode_utf16([first, second]).next().and_then(Result::ok);
            value.push(pair.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        (None, Err(first)) => *high = Some(first),
        (waiting, Ok(c)) => {
            value.extend(waiting.map(|_| char::REPLACEMENT_CHARACTER));
            value.push(c);
        }
    }
}

/// What stands after a backslash. `None` for a continued line.
fn escape(chars: &mut Peekable<Chars>) -> Option<Result<char, u16>> {
    let c = chars.next()?;
    let plain = match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'v' => '\u{b}',
        '\n' | '\u{2028}' | '\u{2029}' => return None,
        '\r' => {
            chars.next_if_eq(&'\n');
            return None;
        }
        'x' => return Some(unit(hex(chars, 2))),
        'u' if chars.next_if_eq(&'{').is_some() => {
            let code = hex(chars, 8);
            chars.next_if_eq(&'}');
            return Some(unit(code));
        }
        'u' => return Some(unit(hex(chars, 4))),
        '0'..='7' => return Some(unit(octal(c, chars))),
        other => other,
    };
    Some(Ok(plain))
}

fn hex(chars: &mut Peekable<Chars>, most: usize) -> u32 {
    digits(chars, most, 16, 0)
}

fn octal(first: char, chars: &mut Peekable<Chars>) -> u32 {
    let most = if first <= '3' { 2 } else { 1 };
    digits(chars, most, 8, first.to_digit(8).unwrap_or(0))
}

fn digits(chars: &mut Peekable<Chars>, most: usize, radix: u32, start: u32) -> u32 {
    let mut code = start;
    for _ in 0..most {
        let Some(digit) = chars.peek().and_then(|c| c.to_digit(radix)) else {
            break;
        };
        code = code.saturating_mul(radix).saturating_add(digit);
        chars.next();
    }
    code
}

/// A character, or half of a surrogate pair.
fn unit(code: u32) -> Result<char, u16> {
    match char::from_u32(code) {
        Some(c) => Ok(c),
        None => u16::try_from(code).map_or(Ok(char::REPLACEMENT_CHARACTER), Err),
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn escapes_are_decoded() {
        assert_eq!(decode(r"a\n\x41\u0042\u{1f600}\uD83D\uDE00\0\'\/"), "a\nAB😀😀\0'/");
        assert_eq!(decode("a\\\r\nb\\\nc"), "abc");
        assert_eq!(decode("a\r\nb"), "a\nb");
        assert_eq!(decode(r"\uD83Dx\101"), "\u{fffd}xA");
        assert_eq!(decode("\\"), "");
    }
}
