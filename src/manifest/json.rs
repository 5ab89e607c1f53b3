//! Where the values of a JSON text stand. serde_json decides whether the text is JSON; it keeps no positions, so this
//! scanner, which may rely on the text being valid, finds them. Unlike a map it also sees a key that occurs twice.

use super::Refusal;
use super::list::bom;
use crate::text::{SourceFile, Span};

/// A JSON value with its place.
#[derive(Debug)]
pub struct Node {
    /// With quotes or brackets.
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What a value is.
#[derive(Debug)]
pub enum Kind {
    /// `{…}`
    Object(Vec<Member>),
    /// `[…]`
    Array(Vec<Node>),
    /// `"…"`
    Text,
    /// A number, `true`, `false`, `null`.
    Other,
}

/// One member of an object.
#[derive(Debug)]
pub struct Member {
    /// The key without quotes, as written (escapes are left; names of packages have none).
    pub key: String,
    /// The key with its quotes.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The bytes between quotes or brackets.
    #[must_use]
    pub fn inside(&self) -> Span {
        Span::new(self.span.start as usize + 1, (self.span.end as usize - 1).max(self.span.start as usize + 1))
    }

    /// The value of a key; `None` where it is missing or this is no object.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        let Kind::Object(members) = &self.kind else { return None };
        members.iter().find(|member| member.key == key).map(|member| &member.value)
    }

    /// The items of an array; none where it is something else.
    #[must_use]
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::Array(items) => items,
            _ => &[],
        }
    }
}

/// Reads `text`, with or without a byte order mark; `None` where it is not JSON. (No more than 128 levels deep.)
#[must_use]
pub fn read(text: &str) -> Option<Node> {
    let start = bom(text);
    serde_json::from_str::<serde_json::Value>(&text[start..]).ok()?;
    Scanner { text, at: start }.value()
}

/// Reads `file`, which must be JSON with an object at the top.
pub(super) fn object(file: &SourceFile) -> Result<(Span, Vec<Member>), Refusal> {
    let start = bom(file.text());
    let text = &file.text()[start..];
    if !file.is_utf8() {
        return Err(Refusal::new(file, "not UTF-8; edit it by hand"));
    }
    if let Err(error) = serde_json::from_str::<serde_json::Value>(text) {
        return Err(Refusal::new(file, format!("not valid JSON ({error}); mend it first")));
    }
    let root = Scanner { text: file.text(), at: start }.value();
    match root {
        Some(Node { span, kind: Kind::Object(members) }) => Ok((span, members)),
        _ => Err(Refusal::new(file, "not a JSON object")),
    }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl Scanner<'_> {
    fn peek(&mut self) -> Option<u8> {
        let rest = self.text.as_bytes().get(self.at..)?;
        self.at += rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.text.as_bytes().get(self.at).copied()
    }

    /// Depth is bounded: serde_json refuses what nests deeper than 128.
    fn value(&mut self) -> Option<Node> {
        let first = self.peek()?;
        let start = self.at;
        let kind = match first {
            b'{' => Kind::Object(self.members()?),
            b'[' => Kind::Array(self.items()?),
            b'"' => {
                self.string()?;
                Kind::Text
            }
            _ => {
                let rest = &self.text[start..];
                let end = rest.find([',', '}', ']', ' ', '\t', '\r', '\n']).unwrap_or(rest.len());
                self.at += end.max(1);
                Kind::Other
            }
        };
        Some(Node { span: Span::new(start, self.at), kind })
    }

    fn string(&mut self) -> Option<Span> {
        let start = self.at;
        let mut at = start + 1;
        loop {
            match self.text.as_bytes().get(at)? {
                b'\\' => at += 2,
                b'"' => break,
                _ => at += 1,
            }
        }
        self.at = at + 1;
        Some(Span::new(start, self.at))
    }

    fn members(&mut self) -> Option<Vec<Member>> {
        let mut found = Vec::new();
        self.at += 1;
        loop {
            match self.peek()? {
                b'}' => break,
                b',' => self.at += 1,
                _ => {
                    let key_span = self.string()?;
                    self.peek()?;
                    self.at += 1;
                    let value = self.value()?;
                    let key = self.text[key_span.range()].trim_matches('"').to_owned();
                    found.push(Member { key, key_span, value });
                }
            }
        }
        self.at += 1;
        Some(found)
    }

    fn items(&mut self) -> Option<Vec<Node>> {
        let mut found = Vec::new();
        self.at += 1;
        loop {
            match self.peek()? {
                b']' => break,
                b',' => self.at += 1,
                _ => found.push(self.value()?),
            }
        }
        self.at += 1;
        Some(found)
    }
}
