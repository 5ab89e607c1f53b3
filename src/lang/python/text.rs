//! Strings: pieces, prefixes, escapes.

use super::Lowering;
use crate::ir::build::Builder;
use crate::ir::{ExprId, ExprKind, Piece, Text};
use crate::lang::tree;
use crate::text::Span;
use tree_sitter::Node;

/// What the prefix of a literal says about its escapes.
#[derive(Clone, Copy)]
struct Prefix {
    raw: bool,
    bytes: bool,
    formatted: bool,
}

impl Prefix {
    fn of(open: &str) -> Self {
        let letters = open.trim_end_matches(['"', '\'']).to_ascii_lowercase();
        let has = |letter| letters.contains(letter);
        Prefix { raw: has('r'), bytes: has('b'), formatted: has('f') || has('t') }
    }
}

impl Lowering<'_> {
    /// A literal, or several that stand side by side: one text either way.
    pub(super) fn string(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let literals = match node.kind() {
            "concatenated_string" => tree::named(node).into_iter().filter(|part| part.kind() == "string").collect(),
            _ => vec![node],
        };
        let mut pieces = vec![];
        let mut open: Option<&str> = None;
        for literal in literals {
            let Some(start) = tree::children(literal).into_iter().find(|child| child.kind() == "string_start") else {
                continue;
            };
            open.get_or_insert(self.text(start));
            self.pieces(b, literal, start, &mut pieces);
        }
        match open {
            Some(open) => b.expr(tree::span(node), ExprKind::Text(Text { pieces, open: open.into() })),
            None => self.opaque(b, node),
        }
    }

    /// The pieces of one literal: the holes, and all that lies between them and the quotes.
    fn pieces(&mut self, b: &mut Builder, literal: Node, start: Node, pieces: &mut Vec<Piece>) {
        let prefix = Prefix::of(self.text(start));
        let mut from = start.end_byte();
        let mut open = true;
        for part in tree::children(literal) {
            match part.kind() {
                "interpolation" => {
                    self.known(from, part.start_byte(), prefix, pieces);
                    let expr = self.hole(b, part);
                    pieces.push(Piece::Hole { span: tree::span(part), expr });
                    from = part.end_byte();
                }
                "string_end" => {
                    self.known(from, part.start_byte(), prefix, pieces);
                    open = false;
                }
                _ => {}
            }
        }
        if open {
            self.known(from, literal.end_byte(), prefix, pieces);
        }
    }

    fn known(&self, from: usize, to: usize, prefix: Prefix, pieces: &mut Vec<Piece>) {
        if from < to {
            let value = decode(self.source.get(from..to).unwrap_or_default(), prefix).into();
            pieces.push(Piece::Known { span: Span::new(from, to), value });
        }
    }

    /// What fills `{…}`. The format is left out, unless it says that not the value itself stands there (`!r`, `=`) or
    /// reads names of its own: then the hole is opaque.
    fn hole(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let expression = tree::field(node, "expression").map(|expression| self.expr(b, expression));
        let changed = tree::has_token(node, "=")
            || tree::field(node, "type_conversion").is_some_and(|conversion| self.text(conversion) != "!s");
        let format = tree::field(node, "format_specifier").map(tree::named).unwrap_or_default();
        let nested: Vec<ExprId> = format.into_iter().flat_map(tree::named).map(|part| self.expr(b, part)).collect();
        match expression {
            Some(expression) if !changed && nested.is_empty() => expression,
            _ => b.expr(tree::span(node), ExprKind::Opaque(expression.into_iter().chain(nested).collect())),
        }
    }
}

/// The value of the raw inside of a literal. Named characters (`\N{…}`) stay as written: nobody puts them in a URL.
fn decode(raw: &str, prefix: Prefix) -> String {
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(next) = rest.chars().next() {
        let (decoded, length) = match next {
            '\\' if !prefix.raw => escape(rest, prefix.bytes),
            '{' if prefix.formatted && rest.starts_with("{{") => (Some('{'), 2),
            '}' if prefix.formatted && rest.starts_with("}}") => (Some('}'), 2),
            other => (Some(other), other.len_utf8()),
        };
        value.extend(decoded);
        rest = &rest[length..];
    }
    value
}

/// The character that the escape at the start of `rest` means, and its length. Unknown escapes mean themselves.
fn escape(rest: &str, bytes: bool) -> (Option<char>, usize) {
    let simple = |value| (Some(value), 2);
    match rest[1..].chars().next() {
        Some('\n') => (None, 2),
        Some('\r') => (None, if rest[2..].starts_with('\n') { 3 } else { 2 }),
        Some(same @ ('\\' | '\'' | '"')) => simple(same),
        Some('n') => simple('\n'),
        Some('t') => simple('\t'),
        Some('r') => simple('\r'),
        Some('a') => simple('\x07'),
        Some('b') => simple('\x08'),
        Some('f') => simple('\x0c'),
        Some('v') => simple('\x0b'),
        Some('0'..='7') => {
            let length = rest[1..].bytes().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
            code(&rest[1..1 + length], 8, 1 + length)
        }
        Some('x') => hex(rest, 2),
        Some('u') if !bytes => hex(rest, 4),
        Some('U') if !bytes => hex(rest, 8),
        _ => (Some('\\'), 1),
    }
}

fn hex(rest: &str, digits: usize) -> (Option<char>, usize) {
    match rest.get(2..2 + digits) {
        Some(number) if number.bytes().all(|byte| byte.is_ascii_hexdigit()) => code(number, 16, 2 + digits),
        _ => (Some('\\'), 1),
    }
}

fn code(digits: &str, radix: u32, length: usize) -> (Option<char>, usize) {
    let value = u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    (Some(value.unwrap_or(char::REPLACEMENT_CHARACTER)), length)
}

#[cfg(test)]
mod tests {
    use super::{Prefix, decode};

    #[test]
    fn escapes() {
        let plain = |raw| decode(raw, Prefix::of("\""));
        assert_eq!(plain(r"a\n\x41\u00e9\101\'\d\\"), "a\nAéA'\\d\\");
        assert_eq!(plain("a\\\nb\\\r\nc"), "abc");
        assert_eq!(plain(r"\x4"), r"\x4");
        assert_eq!(plain("\\"), "\\");
        assert_eq!(plain(r"\ud800 é"), "\u{fffd} é");
        assert_eq!(plain("{{"), "{{");
        assert_eq!(decode("{{x}}", Prefix::of("F'''")), "{x}");
        assert_eq!(decode(r"\n", Prefix::of("Rb'")), r"\n");
        assert_eq!(decode(r"\u0041\x41", Prefix::of("b'")), r"\u0041A");
    }
}
