//! Strings: pieces, escapes, and the placeholders of `format!`.

use super::Lowering;
use crate::ir::build::Builder;
use crate::ir::{ExprId, ExprKind, Piece, Text};
use crate::text::Span;

/// What is between the quotes of a literal that is written as `token` at `span`.
pub(super) fn inside(span: Span, token: &str) -> Span {
    let (open, close) = frame(token);
    Span::new(span.start as usize + open, (span.end as usize).saturating_sub(close).max(span.start as usize + open))
}

/// The lengths of what opens and what closes a literal: `r#"` and `"#`.
fn frame(token: &str) -> (usize, usize) {
    let open = token.find('"').map_or(0, |quote| quote + 1);
    let hashes = token[..open].matches('#').count();
    let closes = token.rfind('"').filter(|quote| *quote >= open);
    (open, closes.map_or(0, |quote| (token.len() - quote).max(1 + hashes)))
}

/// What fills the holes of a format string.
pub(super) struct Given {
    /// By position.
    pub(super) values: Vec<ExprId>,
    /// By name.
    pub(super) named: Vec<(String, ExprId)>,
}

impl Lowering<'_> {
    /// A literal as it is.
    pub(super) fn string(&mut self, b: &mut Builder, span: Span) -> ExprId {
        let token = self.text(span);
        let (open, _) = frame(token);
        let inner = inside(span, token);
        let value = decode(self.text(inner), token);
        let pieces = if inner.is_empty() { vec![] } else { vec![Piece::Known { span: inner, value: value.into() }] };
        b.expr(span, ExprKind::Text(Text { pieces, open: token[..open].into() }))
    }

    /// A format string with what fills it, as one text over `whole`. Gives what no placeholder uses, too.
    pub(super) fn formatted(
        &mut self,
        b: &mut Builder,
        literal: Span,
        given: Given,
        whole: Span,
    ) -> (ExprId, Vec<ExprId>) {
        let token = self.text(literal);
        let inner = inside(literal, token);
        let mut pieces: Vec<Piece> = vec![];
        let mut used = vec![];
        let mut next = 0;
        for part in placeholders(self.text(inner)) {
            let span = |(from, to): (usize, usize)| Span::new(inner.start as usize + from, inner.start as usize + to);
            match part {
                Part::Known(range) => {
                    let raw = self.text(span(range));
                    let value = decode(raw, token).replace("{{", "{").replace("}}", "}");
                    pieces.push(Piece::Known { span: span(range), value: value.into() });
                }
                Part::Hole { range, name } => {
                    let name_span = span(name);
                    let name = self.text(name_span);
                    let expr = match name.parse::<usize>() {
                        _ if name.is_empty() => {
                            next += 1;
                            given.values.get(next - 1).copied()
                        }
                        Ok(position) => given.values.get(position).copied(),
                        Err(_) => match given.named.iter().find(|(named, _)| named == name) {
                            Some((_, value)) => Some(*value),
                            None if is_identifier(name) => Some(b.name(name_span, name)),
                            None => None,
                        },
                    };
                    let expr = expr.unwrap_or_else(|| b.expr(span(range), ExprKind::Opaque(vec![])));
                    used.push(expr);
                    pieces.push(Piece::Hole { span: span(range), expr });
                }
            }
        }
        let (open, _) = frame(token);
        let text = b.expr(whole, ExprKind::Text(Text { pieces, open: token[..open].into() }));
        let all = given.values.into_iter().chain(given.named.into_iter().map(|(_, value)| value));
        (text, all.filter(|value| !used.contains(value)).collect())
    }
}

fn is_identifier(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_alphanumeric() || letter == '_')
}

/// A part of a format string, in bytes of what is between the quotes.
enum Part {
    Known((usize, usize)),
    Hole {
        /// With its braces.
        range: (usize, usize),
        /// What stands before `:`.
        name: (usize, usize),
    },
}

/// Splits at `{}`, `{0}`, `{name}`, `{name:>5}`; `{{` and `}}` are characters.
fn placeholders(raw: &str) -> Vec<Part> {
    let bytes = raw.as_bytes();
    let mut parts = vec![];
    let (mut from, mut at) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            // `\u{…}`: no placeholder.
            b'\\' if raw[at..].starts_with("\\u{") => at += raw[at..].find('}').map_or(3, |end| end + 1),
            b'\\' => at += 2,
            b'{' if bytes.get(at + 1) == Some(&b'{') => at += 2,
            b'{' => {
                let Some(length) = raw[at..].find('}') else { break };
                if from < at {
                    parts.push(Part::Known((from, at)));
                }
                let end = at + length + 1;
                let head = raw[at + 1..end - 1].split(':').next().unwrap_or_default();
                let trimmed = head.trim_start();
                let start = at + 1 + head.len() - trimmed.len();
                parts.push(Part::Hole { range: (at, end), name: (start, start + trimmed.trim_end().len()) });
                (from, at) = (end, end);
            }
            _ => at += 1,
        }
    }
    if from < raw.len() {
        parts.push(Part::Known((from, raw.len())));
    }
    parts
}

/// The value of the inside of a literal; `token` tells by its prefix whether escapes count.
fn decode(raw: &str, token: &str) -> String {
    let prefix = token.split('"').next().unwrap_or_default();
    if prefix.contains('r') {
        return raw.replace("\r\n", "\n");
    }
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(next) = rest.chars().next() {
        let (decoded, length) = match next {
            '\\' => escape(rest),
            '\r' if rest.starts_with("\r\n") => (Some('\n'), 2),
            other => (Some(other), other.len_utf8()),
        };
        value.extend(decoded);
        rest = rest.get(length..).unwrap_or_default();
    }
    value
}

/// The character that the escape at the start of `rest` means, and its length.
fn escape(rest: &str) -> (Option<char>, usize) {
    let code = |digits: &str| u32::from_str_radix(&digits.replace('_', ""), 16).ok().and_then(char::from_u32);
    match rest[1..].chars().next() {
        Some('n') => (Some('\n'), 2),
        Some('t') => (Some('\t'), 2),
        Some('r') => (Some('\r'), 2),
        Some('0') => (Some('\0'), 2),
        Some(same @ ('\\' | '\'' | '"')) => (Some(same), 2),
        Some('x') => (rest.get(2..4).and_then(code).or(Some(char::REPLACEMENT_CHARACTER)), 4),
        Some('u') => {
            let end = rest.find('}').unwrap_or(1);
            (rest.get(3..end).and_then(code).or(Some(char::REPLACEMENT_CHARACTER)), end + 1)
        }
        // A line end, and the white space after it, is left out.
        Some('\n' | '\r') => (None, rest.len() - rest[1..].trim_start().len()),
        _ => (Some('\\'), 1),
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, decode, frame, placeholders};

    #[test]
    fn escapes() {
        assert_eq!(decode(r#"a\n\x41\u{e9}\"\\"#, "\""), "a\nAé\"\\");
        assert_eq!(decode("a\\\n    b", "\""), "ab");
        assert_eq!(decode("a\r\nb", "\""), "a\nb");
        assert_eq!(decode(r"\n", "r#\""), r"\n");
        assert_eq!(decode("\\", "\""), "\\");
    }

    #[test]
    fn frames() {
        assert_eq!(frame(r##"r#"a"#"##), (3, 2));
        assert_eq!(frame(r#"b"""#), (2, 1));
    }

    #[test]
    fn holes() {
        let split = |raw: &str| -> Vec<String> {
            let of = |(from, to): (usize, usize)| raw[from..to].to_owned();
            placeholders(raw)
                .into_iter()
                .map(|part| match part {
                    Part::Known(range) => of(range),
                    Part::Hole { range, name } => format!("{}={}", of(range), of(name)),
                })
                .collect()
        };
        assert_eq!(split("{}/ims/{ host :>5}/{{x}}"), ["{}=", "/ims/", "{ host :>5}=host", "/{{x}}"]);
        assert_eq!(split(r"\u{e9}{0"), [r"\u{e9}{0"]);
    }
}
