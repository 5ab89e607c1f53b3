//! What a text without a grammar shows: strings, names and settings that speak about the exchange.

use super::super::adobe;
use super::setting::{Setting, setting};
use crate::lang::lexical::{Lexicon, Token, TokenKind, Words, parts, tokens};
use crate::rules::{Adobe, AnchorLibrary, Anchors, normal_key};
use crate::text::Span;

/// Bytes of a line that are looked at on each side of a token.
const WIDE: usize = 400;
/// Tokens between the fields of one form.
const REACH: usize = 30;

/// One thing that was seen.
#[derive(Clone, Debug)]
pub(super) struct Sight<'r> {
    pub(super) what: What<'r>,
    /// Bytes in the text that was read.
    pub(super) span: Span,
}

/// What it is.
#[derive(Clone, Debug)]
pub(super) enum What<'r> {
    /// The path of the exchange, in a string.
    Path,
    /// The end of that path; a host or the field must be near.
    Tail,
    /// An IMS host.
    Host,
    /// The form's field for the JWT.
    Field,
    /// A metascope.
    Metascope,
    /// Another part of the claims: the audience, a metascope that is put together.
    Claim,
    /// An id of an organisation or technical account.
    Mark,
    /// The frame of a private key.
    Pem,
    /// Something is signed.
    Sign(&'r AnchorLibrary),
    /// A private key is read.
    ReadKey,
    /// A request is sent.
    Request(&'r AnchorLibrary),
    /// An SDK does the exchange.
    Exchange(&'r AnchorLibrary),
    /// A name that only the JWT mode of an SDK has.
    Sdk(&'r AnchorLibrary),
    /// A setting of the credential, or the setting's name.
    Setting(Setting, String),
}

/// A text while it is read.
struct Reading<'a, 'r> {
    lexicon: &'static Lexicon,
    adobe: &'r Adobe,
    /// Libraries that the file may use.
    libraries: Vec<&'r AnchorLibrary>,
    text: &'a str,
    tokens: Vec<Token>,
    sights: Vec<Sight<'r>>,
}

/// Reads a text. `whole` is what the libraries' `needs` are looked for in.
pub(super) fn sights<'r>(
    lexicon: &'static Lexicon,
    anchors: Option<&'r Anchors>,
    adobe: &'r Adobe,
    text: &str,
    whole: &str,
) -> Vec<Sight<'r>> {
    let holds = |need: &String| match lexicon.any_case {
        true => adobe::holds_word(whole, &need.to_ascii_lowercase()),
        false => whole.contains(need.as_str()),
    };
    let fits = |library: &&AnchorLibrary| library.needs.is_empty() || library.needs.iter().any(holds);
    let libraries = anchors.into_iter().flat_map(|anchors| &anchors.libraries).filter(fits).collect();
    let mut reading = Reading { lexicon, adobe, libraries, text, tokens: tokens(lexicon, text), sights: vec![] };
    for at in 0..reading.tokens.len() {
        match reading.tokens[at].kind {
            TokenKind::Text => {
                reading.string(at);
                // A shell's command may be a package: `npx @adobe/tool`.
                if lexicon.words == Words::Bare && reading.of(at).starts_with('@') {
                    reading.anchor(at);
                }
            }
            TokenKind::Word => reading.word(at),
            TokenKind::Comment | TokenKind::Mark => {}
        }
    }
    reading.sights
}

/// Every path of the exchange in a string, in order.
fn exchange_paths(adobe: &Adobe, string: &str) -> Vec<std::ops::Range<usize>> {
    let lower = string.to_ascii_lowercase();
    let paths = adobe.exchange_paths.iter();
    let mut found: Vec<_> =
        paths.flat_map(|path| lower.match_indices(path.as_str()).map(|(at, path)| at..at + path.len())).collect();
    found.sort_by_key(|range| range.start);
    found
}

impl<'a, 'r> Reading<'a, 'r> {
    fn of(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| token.text(self.text))
    }

    fn see(&mut self, what: What<'r>, span: Span) {
        self.sights.push(Sight { what, span });
    }

    fn string(&mut self, at: usize) {
        let span = self.tokens[at].span;
        let start = span.start as usize;
        let string = self.of(at);
        let field = self.adobe.fields.jwt.as_str();
        // Words around the path make it a message or a manual, unless they are a whole request.
        let message =
            string.contains(' ') && !string.contains('\n') && !["=", "curl"].iter().any(|it| string.contains(it));
        let found = if message { vec![] } else { exchange_paths(self.adobe, string) };
        if found.is_empty() {
            self.split_path(at, string);
        }
        for path in found {
            self.see(What::Path, Span::new(start + path.start, start + path.end));
        }
        for (offset, _) in string.match_indices(field) {
            let (before, after) = (string[..offset].chars().next_back(), string[offset + field.len()..].chars().next());
            let alone = before.is_none() && after.is_none();
            let pair = after == Some('=') && before.is_none_or(|c| !c.is_alphanumeric() && c != '_');
            let quoted = before.is_some_and(|c| "\"'`".contains(c)) && after.is_some_and(|c| "\"'`\\".contains(c));
            if alone || pair || quoted {
                self.see(What::Field, Span::new(start + offset, start + offset + field.len()));
            }
        }
        let host = adobe::has_host(self.adobe, string);
        if host {
            self.see(What::Host, span);
        }
        let mut metascope = false;
        for word in self.adobe.metascopes_in(string) {
            let offset = start + (word.as_ptr() as usize - string.as_ptr() as usize);
            self.see(What::Metascope, Span::new(offset, offset + word.len()));
            metascope = true;
        }
        if !metascope && self.is_claim(string, host) {
            self.see(What::Claim, span);
        }
        if string.contains(&self.adobe.org_suffix) || string.contains(&self.adobe.account_suffix) {
            self.see(What::Mark, span);
        }
        if string.contains("PRIVATE KEY-----") {
            self.see(What::Pem, span);
        }
        let set_up = |library: &&AnchorLibrary| library.settings.iter().any(|part| string.contains(part.as_str()));
        if self.libraries.iter().any(set_up) {
            let name = string.rsplit('/').next().unwrap_or(string).to_owned();
            self.see(What::Setting(Setting::JwtOnly, name), span);
        }
        let name = string.split_once('=').map_or(string, |(name, _)| name).trim_matches(['$', '{', '}']);
        let is_name = |c: char| c.is_ascii_alphanumeric() || "_.-:".contains(c);
        if (4..=60).contains(&name.len()) && name.chars().all(is_name) && name != field {
            self.setting(name, span);
        }
    }

    /// A path that is put together from `exchange` and `jwt`, and one whose beginning stands elsewhere.
    fn split_path(&mut self, at: usize, string: &str) {
        let trimmed = string.trim_matches('/');
        let tail = |path: &String| path.split_once('/').is_some_and(|(_, tail)| tail == trimmed);
        if self.adobe.exchange_paths.iter().any(tail) {
            self.see(What::Tail, self.tokens[at].span);
            return;
        }
        if trimmed != "ims" && trimmed != "exchange" && !trimmed.ends_with("ims/exchange") {
            return;
        }
        let mut joined = trimmed.to_owned();
        for next in at + 1..(at + 12).min(self.tokens.len()) {
            if self.tokens[next].kind != TokenKind::Text {
                continue;
            }
            joined = format!("{joined}/{}", self.of(next).trim_matches('/'));
            let span = self.tokens[at].span.join(self.tokens[next].span);
            if self.adobe.exchange_paths.iter().any(|path| joined.ends_with(path.as_str())) {
                return self.see(What::Path, span);
            }
            if self.adobe.exchange_paths.iter().all(|path| !path.starts_with(joined.as_str())) {
                return;
            }
        }
    }

    /// `https://<host>/s/…`, `https://<host>/c/…`, also with the host or the end put in.
    fn is_claim(&self, string: &str, host: bool) -> bool {
        [&self.adobe.metascope_path, &self.adobe.audience_path].into_iter().any(|path| {
            let Some(offset) = string.find(path.as_str()) else { return string == &path[1..] };
            let rest = &string[offset + path.len()..];
            string == path
                || host
                || (string[..offset].contains("//") && (rest.is_empty() || !rest.starts_with(char::is_alphanumeric)))
        })
    }

    fn word(&mut self, at: usize) {
        let token = self.tokens[at];
        let word = self.of(at);
        let last = parts(word).next_back().unwrap_or_default();
        if word == self.adobe.fields.jwt && self.is_key(at) && self.is_in_form(at) {
            return self.see(What::Field, token.span);
        }
        if self.adobe.is_metascope(word) {
            self.see(What::Metascope, token.span);
        }
        if self.lexicon.words == Words::Bare && adobe::has_host(self.adobe, word) {
            self.see(What::Host, token.span);
        }
        if last.eq_ignore_ascii_case("true") {
            self.granted(at);
        }
        self.anchor(at);
        if word != self.adobe.fields.jwt && self.is_named(at) {
            self.setting(last, token.span);
        }
    }

    /// `claims[prefix + scope] = true`: a metascope is claimed, wherever it comes from.
    fn granted(&mut self, at: usize) {
        let before = (0..at).rev().take(12).take_while(|before| self.same_line(*before, before + 1));
        let named = |before: &usize| {
            self.tokens[*before].kind != TokenKind::Mark && normal_key(self.of(*before)).contains("scope")
        };
        if let Some(before) = before.into_iter().find(named) {
            let span = self.tokens[before].span;
            self.see(What::Claim, span);
        }
    }

    /// Whether a word is the name of an entry or an argument: `jwt_token: x`, `:jwt_token => x`, `jwt_token = $x`.
    fn is_key(&self, at: usize) -> bool {
        let (next, then) = (self.of(at + 1), self.of(at + 2));
        let before = at.checked_sub(1).filter(|before| self.same_line(*before, at));
        let in_name =
            before.is_some_and(|before| self.tokens[before].kind == TokenKind::Word || self.of(before) == "$");
        match next {
            ":" => then != ":",
            "=" if then == ">" => true,
            // At the beginning of a line it would be an assignment.
            "=" if self.lexicon.words == Words::Bare => {
                before.is_some() || at.checked_sub(1).is_some_and(|before| self.of(before) == "\\")
            }
            "=" => self.lexicon.equals_keys && then != "=" && !in_name,
            _ => false,
        }
    }

    /// Whether the client secret goes with it, within some tokens: a parameter of that name has no such neighbour.
    fn is_in_form(&self, at: usize) -> bool {
        let near = self.tokens[at.saturating_sub(REACH)..(at + REACH).min(self.tokens.len())].iter();
        near.filter(|token| token.kind != TokenKind::Comment).any(|token| {
            token.kind != TokenKind::Mark && token.text(self.text).contains(&self.adobe.fields.client_secret)
        })
    }

    fn same_line(&self, one: usize, other: usize) -> bool {
        let (one, other) = (self.tokens[one].span, self.tokens[other].span);
        !self.text[one.end as usize..other.start as usize].contains('\n')
    }

    /// Whether something is given this name: `name = x`, `name: x`, `name <- x`, `:name`, `-Name x`.
    fn is_named(&self, at: usize) -> bool {
        let (next, then) = (self.of(at + 1), self.of(at + 2));
        let before = at.checked_sub(1).map_or("", |before| self.of(before));
        let touches = |text: &str| self.text[..self.tokens[at].span.start as usize].ends_with(text);
        let given = match next {
            "=" => then != "=",
            ":" => then == "=" || then != ":",
            "<" => then == "-",
            _ => false,
        };
        let parameter = self.lexicon.words == Words::Dashed && before == "-" && touches("-");
        given || parameter || (before == ":" && touches(":") && !touches("::"))
    }

    fn setting(&mut self, name: &str, span: Span) {
        if let Some(setting) = setting(self.adobe, name) {
            self.see(What::Setting(setting, name.to_owned()), span);
        }
    }

    fn anchor(&mut self, at: usize) {
        let span = self.tokens[at].span;
        for library in self.libraries.clone() {
            let named = |names: &[String]| names.iter().any(|name| self.is_called(at, name));
            let what = match () {
                () if named(&library.exchange) => What::Exchange(library),
                () if named(&library.sdk) => What::Sdk(library),
                () if named(&library.sign) => What::Sign(library),
                () if named(&library.read_key) => What::ReadKey,
                () if named(&library.read_file) && self.speaks_of_keys(at) => What::ReadKey,
                () if named(&library.request) => What::Request(library),
                () => continue,
            };
            if !self.is_import(at) && !self.is_declared(at) && self.has_options(at, library) {
                self.see(what, span);
            }
        }
    }

    /// Whether a shell's command has one of the options that the library needs, on its line or those on which it goes on.
    fn has_options(&self, at: usize, library: &AnchorLibrary) -> bool {
        let rest = &self.text[self.tokens[at].span.start as usize..];
        let ends = |(end, _): &(usize, &str)| !rest[..*end].trim_end_matches('\r').ends_with('\\');
        let end = rest.match_indices('\n').find(ends).map_or(rest.len(), |(end, _)| end);
        let has = |need: &String| rest[..end].contains(need.as_str());
        self.lexicon.words != Words::Bare || library.needs.is_empty() || library.needs.iter().any(has)
    }

    /// Whether the words from `at` on have the name.
    fn is_called(&self, at: usize, name: &str) -> bool {
        let same = |one: &str, other: &str| match self.lexicon.any_case {
            true => one.eq_ignore_ascii_case(other),
            false => one == other,
        };
        let (name, rest) = name.split_once(' ').unwrap_or((name, ""));
        let word = self.of(at);
        // `npx tool@5.2.0`
        let versioned = word.rfind('@').filter(|at| *at > 0 && self.lexicon.words == Words::Bare);
        let mut own = parts(&word[..versioned.unwrap_or(word.len())]).rev();
        parts(name).rev().all(|part| own.next().is_some_and(|own| same(own, part)))
            && rest.split_whitespace().enumerate().all(|(offset, part)| self.of(at + offset + 1) == part)
    }

    /// The line of a token, of long lines the part around it.
    fn line(&self, at: usize) -> &'a str {
        let start = self.tokens[at].span.start as usize;
        let (low, high) = (start.saturating_sub(WIDE), (start + WIDE).min(self.text.len()));
        let bytes = self.text.as_bytes();
        let begin = bytes[low..start].iter().rposition(|byte| *byte == b'\n').map_or(low, |line| low + line + 1);
        let end = bytes[start..high].iter().position(|byte| *byte == b'\n').map_or(high, |line| start + line);
        let is_whole = |at: &usize| self.text.is_char_boundary(*at);
        let begin = (begin..=start).find(is_whole).unwrap_or(start);
        let end = (start..=end).rev().find(is_whole).unwrap_or(start);
        &self.text[begin..end]
    }

    fn is_import(&self, at: usize) -> bool {
        let line = self.line(at);
        let first = line.split_whitespace().next().unwrap_or_default();
        ["import", "using", "use", "package", "require", "namespace"].contains(&first) && !line.contains('(')
    }

    /// Whether the word is the name of a function that is written here.
    fn is_declared(&self, at: usize) -> bool {
        let before = at.checked_sub(1).map_or("", |before| self.of(before));
        ["function", "def", "func", "fun", "sub"].iter().any(|word| before.eq_ignore_ascii_case(word))
    }

    fn speaks_of_keys(&self, at: usize) -> bool {
        let line = self.line(at);
        ["key", "pem", "pfx", "p12", "cert"].iter().any(|word| adobe::holds_word(line, word))
    }
}
