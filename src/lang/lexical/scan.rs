//! Text → tokens. Cannot fail: what is not understood is a mark.

use super::{Lexicon, Quote, Token, TokenKind, Words};
use crate::text::Span;

/// The tokens of a text, in order, without blanks.
#[must_use]
pub fn tokens(lexicon: &Lexicon, text: &str) -> Vec<Token> {
    let mut scan = Scan { lexicon, text, at: 0, tokens: vec![], awaited: vec![] };
    if text.starts_with('\u{feff}') {
        scan.at = 3;
    }
    if let Some(mark) = lexicon.island {
        scan.at = text.find(mark).map_or(scan.at, |at| at + mark.len());
    }
    while scan.at < text.len() {
        scan.step();
    }
    scan.tokens
}

struct Scan<'t> {
    lexicon: &'t Lexicon,
    text: &'t str,
    at: usize,
    tokens: Vec<Token>,
    /// Words that end here-documents which begin on the next line.
    awaited: Vec<&'t str>,
}

impl<'t> Scan<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn push(&mut self, kind: TokenKind, start: usize, end: usize) {
        self.tokens.push(Token { kind, span: Span::new(start, end) });
    }

    fn step(&mut self) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return };
        if first == '\n' && !self.awaited.is_empty() {
            return self.documents();
        }
        // A shell's `#` is a comment only where a word could begin.
        let at_word = self.lexicon.words != Words::Bare || self.is_after_blank();
        if at_word && self.comment(rest) {
            return;
        }
        if first.is_whitespace() {
            self.at += first.len_utf8();
            return;
        }
        if let Some(open) = self.lexicon.heredoc
            && rest.starts_with(open)
            && self.heredoc(&rest[open.len()..], open.len())
        {
            return;
        }
        if self.string(rest) {
            return;
        }
        if self.lexicon.words == Words::Bare {
            return self.bare();
        }
        if is_word(first) && !first.is_ascii_digit() {
            return self.word();
        }
        if first.is_ascii_digit() {
            self.at += rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            return;
        }
        self.push(TokenKind::Mark, self.at, self.at + first.len_utf8());
        self.at += first.len_utf8();
    }

    fn is_after_blank(&self) -> bool {
        self.text[..self.at].chars().next_back().is_none_or(|c| c.is_whitespace() || ";(|&".contains(c))
    }

    fn comment(&mut self, rest: &str) -> bool {
        // A block may begin as a line comment does (`--[[`), so it comes first.
        for (open, close) in self.lexicon.block_comments {
            if let Some(inside) = rest.strip_prefix(open) {
                let len = inside.find(close).map_or(rest.len(), |at| open.len() + at + close.len());
                self.push(TokenKind::Comment, self.at, self.at + len);
                self.at += len;
                return true;
            }
        }
        if self.lexicon.line_comments.iter().any(|open| rest.starts_with(open)) {
            let len = rest.find('\n').unwrap_or(rest.len());
            self.push(TokenKind::Comment, self.at, self.at + len);
            self.at += len;
            return true;
        }
        false
    }

    fn string(&mut self, rest: &str) -> bool {
        for quote in self.lexicon.strings {
            let Some(inside) = rest.strip_prefix(quote.open) else { continue };
            let Some(len) = closing(quote, inside) else { continue };
            let start = self.at + quote.open.len();
            self.push(TokenKind::Text, start, start + len);
            self.at = start + len + quote.close.len();
            return true;
        }
        false
    }

    /// The beginning of a here-document: its text comes on the next line.
    fn heredoc(&mut self, rest: &'t str, open: usize) -> bool {
        let bare = rest.trim_start_matches(['-', '~', ' ']);
        let bare = bare.trim_start_matches(['"', '\'']);
        let len = bare.find(|c: char| !is_word(c)).unwrap_or(bare.len());
        let name = &bare[..len];
        // `list << item` and `1 << 3` begin nothing.
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_uppercase() || c == '_' || c.is_ascii_digit()) {
            return false;
        }
        self.awaited.push(name);
        let start = rest.len() - bare.len() + len;
        let quote = usize::from(rest[start..].starts_with(['"', '\'']));
        self.at += open + start + quote;
        true
    }

    fn documents(&mut self) {
        let mut at = self.at + 1;
        for name in std::mem::take(&mut self.awaited) {
            let start = at;
            loop {
                let line = self.text[at..].find('\n').map_or(self.text.len(), |end| at + end + 1);
                let text = self.text[at..line].trim();
                let ends = text.strip_prefix(name).is_some_and(|rest| !rest.starts_with(is_word));
                if ends || line == self.text.len() {
                    let end = if ends { at } else { line };
                    self.push(TokenKind::Text, start, end);
                    // What stands behind the word (`EOD;`) is code again.
                    at = if ends { at + self.text[at..line].find(name).unwrap_or(0) + name.len() } else { line };
                    break;
                }
                at = line;
            }
        }
        self.at = at;
    }

    /// A name with its members.
    fn word(&mut self) {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut at = self.at;
        loop {
            at += self.text[at..].find(|c: char| !is_word(c)).unwrap_or(self.text.len() - at);
            let dash = self.lexicon.words == Words::Dashed
                && bytes.get(at) == Some(&b'-')
                && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic);
            if dash {
                at += 1;
                continue;
            }
            let rest = &self.text[at..];
            let joint = ["::", "->", "?.", "!!.", "&.", ".", "\\"].iter().find(|joint| rest.starts_with(**joint));
            match joint {
                Some(joint) if rest[joint.len()..].starts_with(|c: char| is_word(c) && !c.is_ascii_digit()) => {
                    at += joint.len();
                }
                _ => break,
            }
        }
        self.push(TokenKind::Word, start, at);
        self.at = at;
    }

    /// A word as a shell has it: `-F`, `client_id=$ID`, `https://${HOST}/path`.
    fn bare(&mut self) {
        let rest = self.rest();
        let ends = |c: char| c.is_whitespace() || "\"'`;|()<>".contains(c);
        let len = match rest.chars().next() {
            Some(first) if ends(first) || (matches!(first, '{' | '}') && !rest.starts_with("{{")) => first.len_utf8(),
            _ => rest.find(ends).unwrap_or(rest.len()),
        };
        let start = self.at;
        self.at += len;
        let word = &rest[..len];
        let name = word.len() - word.trim_start_matches(['-', '$', '@']).len();
        let end = word[name..].find(|c: char| !(is_word(c) || c == '-' || c == '.')).map_or(len, |at| name + at);
        if end > name && end == len {
            self.push(TokenKind::Word, start + name, start + len);
        } else if end > name && word[end..].starts_with('=') {
            self.push(TokenKind::Word, start + name, start + end);
            self.push(TokenKind::Mark, start + end, start + end + 1);
            if end + 1 < len {
                self.push(TokenKind::Text, start + end + 1, start + len);
            }
        } else if len > 1 {
            self.push(TokenKind::Text, start, start + len);
        } else {
            self.push(TokenKind::Mark, start, start + len);
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where a string ends.
fn closing(quote: &Quote, inside: &str) -> Option<usize> {
    let mut chars = inside.char_indices();
    while let Some((at, c)) = chars.next() {
        if inside[at..].starts_with(quote.close) {
            return Some(at);
        }
        if Some(c) == quote.escape {
            chars.next();
        } else if c == '\n' && !quote.lines {
            return None;
        }
    }
    None
}
