//! A form that is written out plainly, in a language without a grammar: its entry for the JWT becomes two others, in the
//! shape that it has. What has no plain shape is left to a human.

mod command;
mod granted;
mod measure;
mod multipart;
mod spare;
mod unit;

use crate::lang::lexical::{Lexicon, TokenKind, Words, tokens};
use crate::text::{Edit, Span};
use command::Command;
pub(super) use measure::words;
use measure::{ends_name, value_len};
pub(super) use multipart::is_multipart;
use unit::Unit;

/// What the entry becomes.
const GRANT: (&str, &str) = ("grant_type", "client_credentials");

/// The scopes that are asked for.
pub(super) enum Scopes {
    /// One string of them.
    Known(String),
    /// What reads them when the program runs: an expression, in a shell a part of a word.
    Read(String),
}

impl Scopes {
    /// The scopes, if they are known.
    pub(super) fn known(&self) -> Option<&str> {
        if let Scopes::Known(scopes) = self { Some(scopes) } else { None }
    }

    /// What stands in a shell's word.
    fn word(&self) -> &str {
        match self {
            Scopes::Known(text) | Scopes::Read(text) => text,
        }
    }
}

/// The edits that turn the entry whose name is at `field` into `grant_type` and `scope`; `None` where its shape is not
/// plain.
pub(super) fn entry(lexicon: &Lexicon, text: &str, field: Span, scopes: &Scopes) -> Option<Vec<Edit>> {
    let granted = match granted::beside(lexicon, text, field) {
        Some(edit) => vec![edit?],
        None => vec![],
    };
    let mut edits = granted;
    let form = Form { lexicon, text, field, scopes, granted: !edits.is_empty() };
    let at = field.start as usize;
    let command = (lexicon.words == Words::Bare).then(|| Command::around(text, at)).flatten();
    if command.as_ref().is_some_and(|command| command.is_json(text)) {
        return None;
    }
    let (urlencoded, option) = command.as_ref().and_then(|command| command.urlencoded(text, at)).unwrap_or_default();
    edits.push(form.entry(command.as_ref(), option.as_deref())?);
    edits.extend(urlencoded);
    multipart::urlencoded(lexicon, text, field, &mut edits);
    edits.extend(spare::blank(lexicon, text, field)?);
    Some(edits)
}

struct Form<'t> {
    lexicon: &'t Lexicon,
    text: &'t str,
    field: Span,
    scopes: &'t Scopes,
    /// Whether it has a grant type beside the JWT.
    granted: bool,
}

impl Form<'_> {
    fn entry(&self, command: Option<&Command>, option: Option<&str>) -> Option<Edit> {
        let Form { lexicon, text, field, .. } = self;
        let rest = &text[field.end as usize..];
        if rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>") {
            let found = tokens(lexicon, text);
            let string = found.iter().find(|token| token.kind == TokenKind::Text && token.span.contains(*field));
            return match (lexicon.words, string) {
                (Words::Bare, Some(token)) if text[token.span.range()].contains('&') => self.pair(token.span),
                (Words::Bare, _) => command?.argument(text, *field, option, self.scopes.word()),
                (_, Some(token)) => self.pair(token.span),
                (_, None) => self.named(),
            };
        }
        self.named()
    }

    fn edit(start: usize, end: usize, text: String) -> Option<Edit> {
        Some(Edit { span: Span::new(start, end), text })
    }

    /// `client_id=…&client_secret=…&jwt_token=…` in one string, also with the JWT put behind it.
    fn pair(&self, string: Span) -> Option<Edit> {
        let (start, end) = (self.field.start as usize, string.end as usize);
        if self.text[string.range()].contains("grant_type=") {
            return None;
        }
        let shell = self.lexicon.words == Words::Bare;
        let opening = self.text[..string.start as usize].chars().next_back();
        // An expression that is put behind the string.
        let (scopes, behind) = match self.scopes {
            Scopes::Known(scopes) => (scopes.clone(), None),
            // A variable needs quotes that let it through.
            Scopes::Read(read) if shell && opening == Some('\'') => (format!("'\"{read}\"'"), None),
            Scopes::Read(_) if shell && self.is_in_quoted_document(string) => return None,
            Scopes::Read(read) if shell => (read.clone(), None),
            Scopes::Read(read) if read.starts_with('$') && opening == Some('"') => (read.clone(), None),
            Scopes::Read(read) => (String::new(), Some(read)),
        };
        let new = format!("{}={}&scope={scopes}", GRANT.0, GRANT.1);
        let value = self.field.end as usize + 1;
        let inside = self.text.get(value..end)?;
        if !inside.is_empty() && behind.is_some() {
            return None;
        }
        if !inside.is_empty() {
            let len = inside.find('&').unwrap_or(inside.trim_end_matches(['\r', '\n']).len());
            return Self::edit(start, value + len, new);
        }
        let read = behind;
        let quote = self.text[end..].chars().next().filter(|c| "\"'`".contains(*c))?;
        let behind = &self.text[end + 1..];
        if self.lexicon.words == Words::Bare {
            // A shell's word goes on behind the quote.
            let value = words(self.text, end + 1, false).first().copied()?;
            let rest = &self.text[value.range()];
            let whole = value.start as usize == end + 1 && !rest.is_empty() && !rest.contains('&');
            return whole.then(|| Self::edit(start, value.end as usize, format!("{new}{quote}")))?;
        }
        let operator = behind.trim_start();
        let joint = ["..", "<>", "+", ".", "&"].into_iter().find(|joint| operator.starts_with(joint))?;
        let from = self.text.len() - operator.len() + joint.len();
        let len = value_len(&self.text[from..], joint)?;
        let read = read.map_or(String::new(), |read| format!(" {joint} {read}"));
        Self::edit(start, from + len, format!("{new}{quote}{read}"))
    }

    /// Whether a string is a here-document in which variables stay as they are: `<<'EOF'`.
    fn is_in_quoted_document(&self, string: Span) -> bool {
        let above = self.text[..string.start as usize].strip_suffix('\n').unwrap_or_default();
        let line = above.rsplit('\n').next().unwrap_or_default();
        let word = line.rsplit_once("<<").map(|(_, word)| word.trim_start_matches(['-', ' ']));
        word.is_some_and(|word| word.starts_with(['\'', '"', '\\']))
    }

    /// An entry with a name and a value of their own: `"jwt_token" => $jwt`, `jwt_token: jwt`, `.add("jwt_token", jwt)`.
    fn named(&self) -> Option<Edit> {
        let bytes = self.text.as_bytes();
        let (mut start, mut end) = (self.field.start as usize, self.field.end as usize);
        let around = |start: usize, end: usize| Some((*bytes.get(start.checked_sub(1)?)?, *bytes.get(end)?));
        let quote =
            around(start, end).filter(|(open, close)| open == close && b"\"'".contains(open)).map(|pair| pair.0);
        if quote.is_some() {
            (start, end) = (start - 1, end + 1);
        }
        let index = around(start, end) == Some((b'[', b']'));
        if index {
            (start, end) = (start - 1, end + 1);
        } else if quote.is_none() && bytes.get(start.checked_sub(1)?) == Some(&b':') {
            start -= 1;
        }
        let behind = self.text[end..].trim_start_matches([' ', '\t']);
        let joint = ["=>", "->", ":", "=", ","].into_iter().find(|joint| behind.starts_with(joint))?;
        let from = self.text.len() - behind.len() + joint.len();
        let value = from + self.text[from..].len() - self.text[from..].trim_start_matches([' ', '\t']).len();
        let value_end = value + value_len(&self.text[value..], "")?;
        let quote = quote.map_or(if self.lexicon.name == "powershell" { '\'' } else { '"' }, char::from);
        let unit = Unit { form: self, start, end: value_end, value, quote };
        match joint {
            "," => unit.call(),
            _ if index && start.checked_sub(1).is_some_and(|at| ends_name(bytes[at])) => unit.statement(),
            _ => unit.element(),
        }
    }

    /// The last character before `at` that is not blank.
    fn before(&self, at: usize) -> Option<char> {
        self.text[..at].trim_end().chars().next_back()
    }

    fn line_start(&self, at: usize) -> usize {
        let begin = self.text[..at].rfind('\n').map_or(0, |line| line + 1);
        begin + self.text[begin..].len() - self.text[begin..].trim_start_matches([' ', '\t']).len()
    }
}

#[cfg(test)]
mod tests;
