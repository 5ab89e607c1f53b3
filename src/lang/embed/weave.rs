//! Making the text of a program from pieces of its container.

use super::{Embedded, Encoding, Piece, Slot};
use crate::manifest::json::{Kind, Node};
use crate::text::Span;

/// Puts a program together, piece by piece.
pub(super) struct Weaver<'a> {
    raw: &'a str,
    out: Embedded,
}

impl<'a> Weaver<'a> {
    /// For the container with the text `raw`; what comes out is a program as in a file that ends with `ending`.
    pub(super) fn new(raw: &'a str, ending: &'static str) -> Self {
        let out = Embedded { text: String::new(), ending, pieces: vec![], slots: vec![], fixed: vec![] };
        Weaver { raw, out }
    }

    /// The program; `None` where nothing was put in.
    pub(super) fn finish(self) -> Option<Embedded> {
        (!self.out.slots.is_empty()).then_some(self.out)
    }

    /// How long the text is.
    pub(super) fn len(&self) -> usize {
        self.out.text.len()
    }

    /// The text from `start` on.
    pub(super) fn text_from(&self, start: usize) -> &str {
        self.out.text.get(start..).unwrap_or_default()
    }

    /// Text that is not in the container; to people it stands at the byte `at` of it.
    pub(super) fn glue(&mut self, text: &str, at: usize) {
        self.push(text, Span::empty(at));
    }

    /// Bytes of the container as they are.
    pub(super) fn same(&mut self, span: Span) {
        let start = self.len();
        self.push(&self.raw[span.range()], span);
        self.slot(start, span, Encoding::Raw);
    }

    /// What a JSON string says.
    pub(super) fn string(&mut self, node: &Node) {
        let start = self.len();
        self.decoded(node.inside());
        self.slot(start, node.inside(), Encoding::Text);
    }

    /// What a list of JSON strings says, one string a line; a lone string is taken as it is.
    pub(super) fn lines(&mut self, node: &Node, with_ends: bool) {
        if matches!(node.kind, Kind::Text) {
            return self.string(node);
        }
        let items: Vec<&Node> = node.items().iter().filter(|item| matches!(item.kind, Kind::Text)).collect();
        let start = self.len();
        for (number, item) in items.iter().enumerate() {
            self.decoded(item.inside());
            if !with_ends && number + 1 < items.len() {
                self.glue("\n", item.inside().end as usize);
            }
        }
        let between = self.between(node, &items);
        self.slot(start, node.inside(), Encoding::Lines { between, with_ends });
    }

    /// What stands between the quotes of two items; of a single one, what stands before it.
    fn between(&self, list: &Node, items: &[&Node]) -> String {
        match items {
            [first, second, ..] => self.raw[first.span.end as usize..second.span.start as usize].to_owned(),
            [only] => format!(",{}", &self.raw[list.inside().start as usize..only.span.start as usize]),
            [] => ",".to_owned(),
        }
    }

    /// Says that the text in `span` stands for something else; its first byte becomes `mark`, which must keep its length.
    pub(super) fn fix(&mut self, span: Span, mark: &str) {
        let range = span.start as usize..span.start as usize + mark.len();
        if self.out.text.is_char_boundary(range.start) && self.out.text.is_char_boundary(range.end) {
            self.out.text.replace_range(range, mark);
            self.out.fixed.push(span);
        }
    }

    fn slot(&mut self, start: usize, raw: Span, encoding: Encoding) {
        if self.len() > start {
            self.out.slots.push(Slot { text: Span::new(start, self.len()), raw, encoding });
        }
    }

    fn push(&mut self, text: &str, raw: Span) {
        if !text.is_empty() {
            let start = self.len();
            self.out.text.push_str(text);
            self.out.pieces.push(Piece { text: Span::new(start, self.len()), raw });
        }
    }

    /// The inside of a JSON string: runs as they are, and escapes.
    fn decoded(&mut self, span: Span) {
        let (mut at, end) = (span.start as usize, span.end as usize);
        while at < end {
            let rest = &self.raw[at..end];
            let run = rest.find('\\').unwrap_or(rest.len());
            self.push(&rest[..run], Span::new(at, at + run));
            at += run;
            if at < end {
                let (text, length) = escape(&self.raw[at..end]);
                self.push(text.encode_utf8(&mut [0; 4]), Span::new(at, at + length));
                at += length;
            }
        }
    }
}

/// The character that an escape of JSON at the start of `text` means, and its length in bytes.
fn escape(text: &str) -> (char, usize) {
    let unit = |text: &str| text.strip_prefix("\\u").and_then(|rest| u32::from_str_radix(rest.get(..4)?, 16).ok());
    let plain = match text.as_bytes().get(1) {
        Some(b'n') => '\n',
        Some(b't') => '\t',
        Some(b'r') => '\r',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'u') => {
            let Some(first) = unit(text) else { return ('\u{fffd}', text.len().min(2)) };
            let second = text.get(6..).and_then(unit).filter(|second| (0xdc00..0xe000).contains(second));
            return match second.filter(|_| (0xd800..0xdc00).contains(&first)) {
                Some(second) => {
                    let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                    (char::from_u32(code).unwrap_or('\u{fffd}'), 12)
                }
                None => (char::from_u32(first).unwrap_or('\u{fffd}'), 6),
            };
        }
        Some(other) if other.is_ascii() => *other as char,
        _ => return ('\u{fffd}', 1),
    };
    (plain, 2)
}
