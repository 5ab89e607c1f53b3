//! Strings, characters and text blocks, in pieces with their escapes decoded.

use super::Java;
use crate::ir::build::Builder;
use crate::ir::{ExprId, ExprKind, Piece, Text};
use crate::lang::tree::span;
use crate::text::Span;
use std::iter::Peekable;
use std::str::Chars;
use tree_sitter::Node;

impl Java<'_> {
    /// `"…"`, `'…'`, `"""…"""`.
    pub(super) fn string(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let text = self.text(node);
        let here = span(node);
        let open = ["\"\"\"", "\"", "'"].into_iter().find(|open| text.starts_with(open)).unwrap_or("");
        let closed = text.len() >= 2 * open.len() && text.ends_with(open);
        let end = text.len() - if closed { open.len() } else { 0 };
        let (start, end) = (here.start as usize + open.len().min(end), here.start as usize + end);
        let pieces =
            if open.len() == 3 { self.lines(start, end) } else { self.known(start, end).into_iter().collect() };
        b.expr(here, ExprKind::Text(Text { pieces, open: open.into() }))
    }

    fn known(&self, start: usize, end: usize) -> Option<Piece> {
        let raw = self.source.get(start..end).filter(|raw| !raw.is_empty())?;
        Some(Piece::Known { span: Span::new(start, end), value: decode(raw).into() })
    }

    /// The lines of a text block, without the indentation that they share and the blanks at their ends.
    fn lines(&self, start: usize, end: usize) -> Vec<Piece> {
        let inside = self.source.get(start..end).unwrap_or_default();
        let Some(first) = inside.find('\n') else {
            return self.known(start, end).into_iter().collect();
        };
        let lines: Vec<&str> = inside[first + 1..].split_inclusive('\n').collect();
        let indent_of = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
        // The line of the closing quotes counts, even where nothing else stands in it.
        let counts = |(index, line): &(usize, &&str)| !line.trim().is_empty() || index + 1 == lines.len();
        let shared = lines.iter().enumerate().filter(counts).map(|(_, line)| indent_of(line)).min().unwrap_or(0);
        let mut pieces = vec![];
        let mut at = start + first + 1;
        for line in lines {
            let content = line.trim_end();
            let from = at + indent_of(content).min(shared);
            pieces.extend(self.known(from.min(at + content.len()), at + content.len()));
            if line.ends_with('\n') && !content.ends_with('\\') {
                let feed = at + line.len() - 1;
                pieces.push(Piece::Known { span: Span::new(feed, feed + 1), value: "\n".into() });
            }
            at += line.len();
        }
        pieces
    }
}

/// The value of the inside of a literal.
fn decode(raw: &str) -> String {
    if !raw.contains('\\') {
        return raw.to_owned();
    }
    let mut units: Vec<u16> = vec![];
    let mut chars = raw.chars().peekable();
    let mut buffer = [0; 2];
    while let Some(c) = chars.next() {
        match if c == '\\' { escape(&mut chars) } else { Some(Ok(c)) } {
            Some(Ok(c)) => units.extend_from_slice(c.encode_utf16(&mut buffer)),
            Some(Err(unit)) => units.push(unit),
            None => {}
        }
    }
    String::from_utf16_lossy(&units)
}

/// What stands after a backslash: a character, or a UTF-16 unit. `None` for a continued line.
fn escape(chars: &mut Peekable<Chars>) -> Option<Result<char, u16>> {
    let c = chars.next()?;
    let plain = match c {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        's' => ' ',
        '\n' | '\r' => return None,
        'u' => {
            while chars.next_if_eq(&'u').is_some() {}
            return Some(Err(digits(chars, 4, 16, 0)));
        }
        '0'..='7' => {
            let most = if c <= '3' { 2 } else { 1 };
            return Some(Err(digits(chars, most, 8, c as u16 - '0' as u16)));
        }
        other => other,
    };
    Some(Ok(plain))
}

fn digits(chars: &mut Peekable<Chars>, most: usize, radix: u16, start: u16) -> u16 {
    let mut code = start;
    for _ in 0..most {
        let Some(digit) = chars.peek().and_then(|c| c.to_digit(u32::from(radix))) else { break };
        code = code.wrapping_mul(radix).wrapping_add(digit as u16);
        chars.next();
    }
    code
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn escapes_are_decoded() {
        assert_eq!(decode(r#"a\n\101\u0042\uuD83D\uDE00\0\"\'\s"#), "a\nAB😀\0\"' ");
        assert_eq!(decode("\\"), "");
        assert_eq!(decode("a\\\nb"), "ab");
    }
}
