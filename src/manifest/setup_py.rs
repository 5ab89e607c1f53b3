//! `setup.py`, as far as its lists are literal: `install_requires=[…]`, also through one module-level name.
//!
//! This is a program, so it is read with care and by its tokens only: a list is edited if nothing but string literals,
//! commas and comments make its value, and refused otherwise.

use super::list::{Brackets, Entry, Layout, List, Style};
use super::{Refusal, Section, requirement};
use crate::text::{SourceFile, Span};

const COMPUTED: &str = "the list is computed, not literal; edit it by hand";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Word,
    /// With the lengths of its prefix and its quote.
    Text(usize, usize),
    Sign(u8),
}

#[derive(Clone, Copy, Debug)]
struct Token {
    kind: Kind,
    span: Span,
    /// How many brackets are open around it.
    depth: usize,
}

/// Reads all lists of the file.
pub(super) fn read(file: &SourceFile) -> Result<Vec<List>, Refusal> {
    let Some(tokens) = tokens(file.text()) else {
        return Err(Refusal::new(file, "its brackets or quotes do not match; mend it first"));
    };
    let reader = Reader { file, tokens };
    let mut lists = Vec::new();
    for at in 0..reader.tokens.len() {
        let Some((key, value)) = reader.argument(at) else { continue };
        match key {
            "install_requires" => lists.extend(reader.value(value, Section::Runtime)),
            "tests_require" => lists.extend(reader.value(value, Section::Dev)),
            "setup_requires" => lists.extend(reader.value(value, Section::Build)),
            "extras_require" => lists.extend(reader.extras(value)),
            _ => {}
        }
    }
    Ok(lists)
}

struct Reader<'a> {
    file: &'a SourceFile,
    tokens: Vec<Token>,
}

impl Reader<'_> {
    fn sign(&self, at: usize) -> Option<u8> {
        match self.tokens.get(at)?.kind {
            Kind::Sign(sign) => Some(sign),
            _ => None,
        }
    }

    fn word(&self, at: usize) -> Option<&str> {
        let token = self.tokens.get(at)?;
        (token.kind == Kind::Word).then(|| self.file.slice(token.span))
    }

    /// `key=value` in a call, or `"key": value` in a dict: the key, and the index of the value.
    fn argument(&self, at: usize) -> Option<(&str, usize)> {
        let token = self.tokens.get(at)?;
        match token.kind {
            Kind::Word if token.depth > 0 && self.sign(at + 1) == Some(b'=') && self.sign(at + 2) != Some(b'=') => {
                Some((self.file.slice(token.span), at + 2))
            }
            Kind::Text(..) if self.sign(at + 1) == Some(b':') => Some((self.file.slice(self.inner(token)), at + 2)),
            _ => None,
        }
    }

    fn inner(&self, token: &Token) -> Span {
        let Kind::Text(prefix, quote) = token.kind else { return token.span };
        Span::new(token.span.start as usize + prefix + quote, token.span.end as usize - quote)
    }

    /// The list that the expression at `at` is; a blocked list if it is computed.
    fn value(&self, at: usize, section: Section) -> Option<List> {
        if self.sign(at) == Some(b'[') {
            return self.list(at, section);
        }
        if let Some(name) = self.word(at)
            && matches!(self.sign(at + 1), Some(b',' | b')' | b'}'))
            && let Some(literal) = self.variable(name, at)
        {
            return self.list(literal, section);
        }
        let span = self.tokens.get(at)?.span;
        Some(blocked(self.brackets(Span::empty(span.start as usize), section, '"')))
    }

    /// The literal list of a module-level name that is bound once and used nowhere but at `used`.
    fn variable(&self, name: &str, used: usize) -> Option<usize> {
        let uses: Vec<usize> = (0..self.tokens.len()).filter(|at| self.word(*at) == Some(name)).collect();
        let keyword = |at: &usize| self.tokens[*at].depth > 0 && self.sign(at + 1) == Some(b'=');
        let uses: Vec<usize> = uses.into_iter().filter(|at| !keyword(at) || *at == used).collect();
        let [bound, other] = uses[..] else { return None };
        let literal = self.sign(bound + 1) == Some(b'=') && self.sign(bound + 2) == Some(b'[');
        (other == used && literal && self.tokens[bound].depth == 0).then_some(bound + 2)
    }

    fn close(&self, open: usize) -> Option<usize> {
        let depth = self.tokens.get(open)?.depth;
        (open + 1..self.tokens.len()).find(|at| self.tokens[*at].depth == depth)
    }

    fn list(&self, open: usize, section: Section) -> Option<List> {
        let close = self.close(open)?;
        let depth = self.tokens[open].depth + 1;
        let inside = Span::new(self.tokens[open].span.end as usize, self.tokens[close].span.start as usize);
        let items = &self.tokens[open + 1..close];
        let groups = items.split(|token| token.depth == depth && token.kind == Kind::Sign(b','));
        let entries: Vec<Entry> = groups.filter(|group| !group.is_empty()).map(|group| self.entry(group)).collect();
        let quote = items.iter().find(|token| matches!(token.kind, Kind::Text(..)));
        let quote = quote.map_or_else(|| self.usual_quote(), |token| self.quote(token));
        let mut list = self.brackets(inside, section, quote);
        list.entries = entries;
        let words = items.iter().any(|token| token.kind == Kind::Word && token.depth == depth);
        let comprehension = words && list.entries.iter().any(|entry| entry.name.is_none());
        if comprehension || !self.ends(close) {
            return Some(blocked(list));
        }
        Some(list)
    }

    /// Whether the value ends with the bracket at `close`: in a call or dict, or at the end of a line.
    fn ends(&self, close: usize) -> bool {
        let Some(next) = self.tokens.get(close + 1) else { return true };
        let between = Span::new(self.tokens[close].span.end as usize, next.span.start as usize);
        let new_line = self.tokens[close].depth == 0 && self.file.slice(between).contains('\n');
        new_line || matches!(next.kind, Kind::Sign(b',' | b')' | b'}'))
    }

    /// An item: its name is that of its first string; what is more than one plain string has no readable version.
    fn entry(&self, group: &[Token]) -> Entry {
        let outer = group.iter().fold(group[0].span, |all, token| all.join(token.span));
        let Kind::Text(prefix, _) = group[0].kind else { return Entry { span: outer, outer, name: None } };
        let inner = self.inner(&group[0]);
        let plain = group.len() == 1 && prefix == 0;
        let mut name = requirement::name(self.file, inner);
        if let Some(name) = &mut name {
            name.opaque |= !plain;
        }
        Entry { span: if plain { inner } else { outer }, outer, name }
    }

    fn quote(&self, token: &Token) -> char {
        let text = self.file.slice(token.span);
        text.chars().find(|c| matches!(c, '"' | '\'')).unwrap_or('"')
    }

    fn usual_quote(&self) -> char {
        let texts = || self.tokens.iter().filter(|token| matches!(token.kind, Kind::Text(_, 1)));
        let single = texts().filter(|token| self.quote(token) == '\'').count();
        if 2 * single > texts().count() { '\'' } else { '"' }
    }

    fn brackets(&self, inside: Span, section: Section, quote: char) -> List {
        let brackets = Brackets { inside, fresh: (String::new(), String::new()), gap: " ".to_owned() };
        List::new(section, Layout::Brackets(brackets), Style::Quoted { quote })
    }

    /// `{"extra": [...]}`
    fn extras(&self, open: usize) -> Vec<List> {
        if self.sign(open) != Some(b'{') {
            return Vec::new();
        }
        let Some(close) = self.close(open) else { return Vec::new() };
        let depth = self.tokens[open].depth + 1;
        let keys = (open + 1..close).filter(|at| self.tokens[*at].depth == depth);
        keys.filter_map(|at| {
            let (key, value) = self.argument(at)?;
            self.value(value, Section::Optional(key.to_owned()))
        })
        .collect()
    }
}

fn blocked(mut list: List) -> List {
    list.blocked = Some(COMPUTED.to_owned());
    list
}

/// The tokens of a Python text without comments and blanks; none if brackets or quotes do not match.
fn tokens(text: &str) -> Option<Vec<Token>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut open: Vec<u8> = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let start = at;
        let rest = &text[at..];
        let mut depth = open.len();
        let kind = match byte {
            b'#' => {
                at += rest.find('\n').unwrap_or(rest.len());
                continue;
            }
            b if b.is_ascii_alphanumeric() || *b == b'_' || !b.is_ascii() => {
                let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
                let quoted = rest[length..].starts_with(['"', '\'']) && length <= 2;
                at += if length == 0 { rest.chars().next().map_or(1, char::len_utf8) } else { length };
                if quoted { string(text, &mut at, length)? } else { Kind::Word }
            }
            b'"' | b'\'' => string(text, &mut at, 0)?,
            b if b.is_ascii_whitespace() || *b == b'\\' => {
                at += 1;
                continue;
            }
            sign => {
                at += 1;
                match sign {
                    b'(' | b'[' | b'{' => open.push(*sign),
                    b')' | b']' | b'}' => {
                        let pair = open.pop()?;
                        if !matches!((pair, sign), (b'(', b')') | (b'[', b']') | (b'{', b'}')) {
                            return None;
                        }
                        depth = open.len();
                    }
                    _ => {}
                }
                Kind::Sign(*sign)
            }
        };
        found.push(Token { kind, span: Span::new(start, at), depth });
    }
    open.is_empty().then_some(found)
}

/// Reads a string literal whose quote is at `at`, after a prefix of `prefix` bytes.
fn string(text: &str, at: &mut usize, prefix: usize) -> Option<Kind> {
    let rest = &text[*at..];
    let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| rest.starts_with(quote))?;
    let mut end = quote.len();
    loop {
        let tail = rest.get(end..)?;
        if tail.starts_with(quote) {
            break;
        }
        let c = tail.chars().next()?;
        if c == '\n' && quote.len() == 1 {
            return None;
        }
        end += if c == '\\' { 1 + tail[1..].chars().next()?.len_utf8() } else { c.len_utf8() };
    }
    *at += end + quote.len();
    Some(Kind::Text(prefix, quote.len()))
}
