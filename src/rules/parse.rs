//! Reads the signature notation. Every error has a place in the text.

use super::signature::{Link, Param, Pattern, Root, Signature};
use super::words::{Hole, UnknownWord, suggest};
use std::ops::Range;

/// What is wrong in a piece of notation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Mistake {
    /// Bytes in the notation.
    pub(super) at: Range<usize>,
    pub(super) message: String,
    /// A few words for the place.
    pub(super) label: &'static str,
    pub(super) help: Option<String>,
}

type Parsed<T> = Result<T, Mistake>;

/// Reads a signature of a library that is imported as one of `modules`.
pub(super) fn signature(text: &str, modules: &[String]) -> Parsed<Signature> {
    let mut cursor = Cursor { text, at: 0 };
    cursor.skip_space();
    let new = cursor.take_word("new");
    let (root, mut links) = root(&mut cursor, modules)?;
    while let Some(link) = link(&mut cursor)? {
        links.extend(link);
    }
    if cursor.at < text.len() {
        return Err(cursor.expected("`.`, `..` or `(`", "not part of a signature"));
    }
    if !matches!(links.last(), Some(Link::Call(_))) {
        return Err(cursor.expected("`(`", "a signature ends with a call"));
    }
    Ok(Signature { root, links, new })
}

fn root(cursor: &mut Cursor, modules: &[String]) -> Parsed<(Root, Vec<Link>)> {
    let start = cursor.at;
    if cursor.take("*") {
        return Ok((Root::Any, vec![]));
    }
    if cursor.take("$") {
        return Ok((Root::Global(cursor.name("a global name")?.to_owned()), vec![]));
    }
    if let Some(module) = cursor.quoted()? {
        if !modules.contains(&module) {
            return Err(unknown_module(&module, modules, start..cursor.at));
        }
        return Ok((Root::Module(vec![module]), vec![]));
    }
    if cursor.take_word("_") {
        if modules.is_empty() {
            return Err(Mistake {
                at: start..cursor.at,
                message: "`_` stands for any of the library's `modules`, and there is none".into(),
                label: "no module",
                help: Some("list the import names in `modules`, or begin with `$` for a global name".into()),
            });
        }
        return Ok((Root::Module(modules.to_vec()), vec![]));
    }
    dotted_root(cursor, modules)
}

/// `urllib.request.urlopen(`: the longest prefix that is a module is the root, the rest are members.
fn dotted_root(cursor: &mut Cursor, modules: &[String]) -> Parsed<(Root, Vec<Link>)> {
    let start = cursor.at;
    let mut names = vec![cursor.name("a module, `\"module\"`, `$global`, `_` or `*`")?];
    while cursor.rest().starts_with('.') && !cursor.rest().starts_with("..") {
        cursor.at += 1;
        names.push(cursor.name("a name")?);
    }
    for length in (1..=names.len()).rev() {
        let module = names[..length].join(".");
        if modules.contains(&module) {
            let members = names[length..].iter().map(|name| Link::Name((*name).to_owned())).collect();
            return Ok((Root::Module(vec![module]), members));
        }
    }
    Err(unknown_module(&names.join("."), modules, start..cursor.at))
}

fn unknown_module(module: &str, modules: &[String], at: Range<usize>) -> Mistake {
    Mistake {
        at,
        message: format!("`{module}` is not among the library's `modules`"),
        label: "not a module of this library",
        help: Some(format!(
            "{}; a global name begins with `$`, any receiver is `*`",
            suggest(module, modules.iter().map(String::as_str))
        )),
    }
}

/// The next link; a gap comes with the name that it leads to.
fn link(cursor: &mut Cursor) -> Parsed<Option<Vec<Link>>> {
    if cursor.rest().starts_with("...") {
        return Err(cursor.expected("`..`", "a gap has two dots"));
    }
    if cursor.take("..") {
        let name = cursor.name("the name that the gap leads to")?;
        return Ok(Some(vec![Link::Gap, Link::Name(name.to_owned())]));
    }
    if cursor.take(".") {
        return Ok(Some(vec![Link::Name(cursor.name("a member")?.to_owned())]));
    }
    if cursor.take("(") {
        return Ok(Some(vec![Link::Call(params(cursor)?)]));
    }
    Ok(None)
}

fn params(cursor: &mut Cursor) -> Parsed<Vec<Param>> {
    let mut params = vec![];
    let mut keyword_only = false;
    loop {
        cursor.skip_space();
        if cursor.take(")") {
            return Ok(params);
        }
        if cursor.take("*") {
            keyword_only = true;
        } else {
            params.push(param(cursor, keyword_only)?);
        }
        cursor.skip_space();
        let ended = matches!(params.last(), Some(Param { pattern: Pattern::Rest, .. }));
        match cursor.rest().chars().next() {
            Some(',') if ended => return Err(cursor.expected("`)`", "nothing comes after `...`")),
            Some(',') => cursor.at += 1,
            Some(')') => {}
            _ => return Err(cursor.expected("`,` or `)`", "here")),
        }
    }
}

fn param(cursor: &mut Cursor, keyword_only: bool) -> Parsed<Param> {
    let before = cursor.at;
    if let Some(name) = cursor.maybe_name() {
        cursor.skip_space();
        if cursor.take("=") {
            cursor.skip_space();
            return Ok(Param { keyword: Some(name.to_owned()), keyword_only, pattern: pattern(cursor)? });
        }
    }
    cursor.at = before;
    Ok(Param { keyword: None, keyword_only, pattern: pattern(cursor)? })
}

/// A pattern, with the `!` that may follow it.
fn pattern(cursor: &mut Cursor) -> Parsed<Pattern> {
    let pattern = bare_pattern(cursor)?;
    Ok(marked(cursor, pattern))
}

fn marked(cursor: &mut Cursor, pattern: Pattern) -> Pattern {
    if cursor.take("!") { Pattern::Needed(Box::new(pattern)) } else { pattern }
}

fn bare_pattern(cursor: &mut Cursor) -> Parsed<Pattern> {
    let start = cursor.at;
    if cursor.take("...") {
        return Ok(Pattern::Rest);
    }
    if cursor.take("{") {
        return record(cursor, start);
    }
    if let Some(text) = cursor.quoted()? {
        return Ok(Pattern::Text(text));
    }
    match cursor.name("a hole, `{`, a quoted text, `_` or `...`")? {
        "_" => Ok(Pattern::Any),
        word => Ok(Pattern::Hole(hole(word, start, "not a hole")?)),
    }
}

fn record(cursor: &mut Cursor, opened: usize) -> Parsed<Pattern> {
    let mut entries: Vec<(String, Pattern)> = vec![];
    loop {
        cursor.skip_space();
        if cursor.take("}") {
            return Ok(Pattern::Record(entries));
        }
        let start = cursor.at;
        let (key, pattern) = entry(cursor)?;
        if entries.iter().any(|(known, _)| *known == key) {
            return Err(Mistake {
                at: start..cursor.at,
                message: format!("the key `{key}` comes twice"),
                label: "again here",
                help: None,
            });
        }
        entries.push((key, pattern));
        cursor.skip_space();
        if !cursor.take(",") && !cursor.rest().starts_with('}') {
            let mut mistake = cursor.expected("`,` or `}`", "here");
            if cursor.rest().is_empty() {
                mistake.at = opened..opened + 1;
                mistake.label = "never closed";
            }
            return Err(mistake);
        }
    }
}

fn entry(cursor: &mut Cursor) -> Parsed<(String, Pattern)> {
    let start = cursor.at;
    let (key, bare) = match cursor.quoted()? {
        Some(key) => (key, false),
        None => (cursor.name("a key")?.to_owned(), true),
    };
    cursor.skip_space();
    if cursor.take(":") {
        cursor.skip_space();
        return Ok((key, pattern(cursor)?));
    }
    if !bare {
        return Err(cursor.expected("`:`", "a quoted key needs a value"));
    }
    let hole = hole(&key, start, "this key alone is not a hole; write `key: hole`")?;
    Ok((key, marked(cursor, Pattern::Hole(hole))))
}

fn hole(word: &str, start: usize, label: &'static str) -> Parsed<Hole> {
    word.parse().map_err(|unknown: UnknownWord| Mistake {
        at: start..start + word.len(),
        message: unknown.to_string(),
        label,
        help: Some(unknown.help),
    })
}

struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_space(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.rest().starts_with(token);
        if found {
            self.at += token.len();
        }
        found
    }

    /// Takes a whole word and the blanks after it.
    fn take_word(&mut self, word: &str) -> bool {
        let before = self.at;
        if self.maybe_name() == Some(word) {
            self.skip_space();
            return true;
        }
        self.at = before;
        false
    }

    fn maybe_name(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let name = &rest[..end];
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        self.at += end;
        Some(name)
    }

    fn name(&mut self, what: &str) -> Parsed<&'t str> {
        match self.maybe_name() {
            Some(name) => Ok(name),
            None => Err(self.expected(what, "here")),
        }
    }

    /// A text in single or double quotes, without escapes.
    fn quoted(&mut self) -> Parsed<Option<String>> {
        let Some(quote) = self.rest().chars().next().filter(|c| matches!(c, '"' | '\'')) else { return Ok(None) };
        let inside = &self.rest()[1..];
        let Some(length) = inside.find(quote) else {
            return Err(Mistake {
                at: self.at..self.at + 1,
                message: "a quoted text does not end".into(),
                label: "begins here",
                help: None,
            });
        };
        self.at += length + 2;
        Ok(Some(inside[..length].to_owned()))
    }

    fn expected(&self, what: &str, label: &'static str) -> Mistake {
        let next = self.rest().chars().next();
        let found = next.map_or("the end".to_owned(), |c| format!("`{c}`"));
        Mistake {
            at: self.at..self.at + next.map_or(0, char::len_utf8),
            message: format!("expected {what}, found {found}"),
            label,
            help: None,
        }
    }
}
