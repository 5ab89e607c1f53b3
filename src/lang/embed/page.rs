//! `<script>` in HTML, Vue and Svelte: the scripts of one page are one program.

use super::Embedded;
use super::weave::Weaver;
use crate::text::Span;
use std::collections::BTreeSet;

/// Values of `type` with which a script is a program. Templates, JSON and import maps have others.
const PROGRAMS: [&str; 8] = [
    "",
    "module",
    "text/javascript",
    "application/javascript",
    "text/babel",
    "text/jsx",
    "text/typescript",
    "application/x-javascript",
];

/// The program of a page. Names of the scripts that the markup speaks of (`@click="refresh"`, `{{ label }}`) are read by a
/// last statement that is in no script, so that nobody takes them for unused.
pub(super) fn open(text: &str, ending: &str) -> Option<Embedded> {
    let (scripts, others): (Vec<_>, Vec<_>) = scripts(text).into_iter().partition(Script::is_program);
    let typed = scripts.iter().any(|script| {
        matches!(script.attribute("lang").as_str(), "ts" | "typescript" | "tsx")
            || script.attribute("type") == "text/typescript"
    });
    let local = |script: &Script<'_>| !script.attribute("src").is_empty() && !script.attribute("src").contains("//");
    let is_component = matches!(ending, "vue" | "svelte");
    let shares = !is_component && scripts.iter().any(local);
    let language = match (shares, typed) {
        (true, _) => "page.js",
        (false, true) => "component.ts",
        (false, false) => "component.js",
    };
    let mut weaver = Weaver::new(text, language);
    for script in &scripts {
        weaver.same(script.body);
        weaver.glue("\n", script.body.end as usize);
    }
    let all = scripts.iter().chain(&others);
    let names = said_in_markup(text, weaver.text_from(0), all.map(|script| script.body), is_component);
    if !names.is_empty() {
        let end = scripts.last().map_or(0, |script| script.body.end as usize);
        weaver.glue(&format!("[{}];\n", names.into_iter().collect::<Vec<_>>().join(", ")), end);
    }
    weaver.finish()
}

/// Words that cannot stand for a value in an expression.
const RESERVED: [&str; 46] = [
    "as",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "export",
    "extends",
    "finally",
    "for",
    "from",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "of",
    "return",
    "static",
    "super",
    "switch",
    "throw",
    "try",
    "typeof",
    "var",
    "void",
    "while",
    "with",
    "yield",
    "true",
    "false",
    "null",
    "this",
];

/// How attributes begin whose values are code.
const CODE: [&str; 8] = ["on", "@", ":", "v-", "#", "bind:", "use:", "x-"];

/// Characters of the longest name of such an attribute.
const LONGEST: usize = 40;

/// The words of the program that code in the rest of the page has: in handlers and bindings, in components between braces
/// as well, and the tags of other components.
fn said_in_markup(
    text: &str,
    program: &str,
    bodies: impl Iterator<Item = Span>,
    is_component: bool,
) -> BTreeSet<String> {
    let words = |text: &str| -> BTreeSet<String> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
        let is_name = |word: &&str| word.starts_with(|c: char| !c.is_ascii_digit()) && !RESERVED.contains(word);
        text.split(|c: char| !is_part(c)).filter(|word| !word.is_empty()).filter(is_name).map(str::to_owned).collect()
    };
    let mut markup = text.as_bytes().to_vec();
    bodies.for_each(|body| markup[body.range()].fill(b' '));
    let markup = String::from_utf8_lossy(&markup);
    let handler = |(at, _): (usize, &str)| {
        let before: String = markup[..at].chars().rev().take(LONGEST).collect();
        let name: String = before.split(char::is_whitespace).next().unwrap_or_default().chars().rev().collect();
        let value = &markup[at + 1..];
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        CODE.iter().any(|start| name.starts_with(start)).then(|| value[1..].split(quote).next()).flatten()
    };
    let handlers = markup.match_indices('=').filter_map(handler);
    let braced = markup.split('{').skip(1).filter_map(|piece| piece.split('}').next());
    let tags = markup.split('<').skip(1).filter(|tag| tag.starts_with(|c: char| c.is_ascii_uppercase()));
    let tags = tags.filter_map(|tag| tag.split(|c: char| !c.is_ascii_alphanumeric()).next());
    let inside = braced.chain(tags).filter(|_| is_component);
    let known = words(program);
    handlers.chain(inside).flat_map(words).filter(|word| known.contains(word)).collect()
}

struct Script<'t> {
    /// What stands in the tag after its name.
    tag: &'t str,
    body: Span,
}

impl Script<'_> {
    fn is_program(&self) -> bool {
        PROGRAMS.contains(&self.attribute("type").as_str())
    }

    /// The value of an attribute in lower case; empty where it is missing.
    fn attribute(&self, name: &str) -> String {
        attribute(self.tag, name)
    }
}

fn scripts(text: &str) -> Vec<Script<'_>> {
    let lower = text.to_ascii_lowercase();
    let find = |what: &str, from: usize| lower[from..].find(what).map(|at| from + at);
    let mut found = vec![];
    let mut at = 0;
    while let Some(start) = find("<script", at) {
        if let Some(comment) = find("<!--", at).filter(|comment| *comment < start) {
            let Some(end) = find("-->", comment) else { break };
            at = end;
            continue;
        }
        at = start + "<script".len();
        if !lower[at..].starts_with(|c: char| c.is_whitespace() || c == '>') {
            continue;
        }
        let Some(open) = find(">", at).map(|open| open + 1) else { break };
        let Some(close) = find("</script", open) else { break };
        found.push(Script { tag: &text[at..open - 1], body: Span::new(open, close) });
        at = close;
    }
    found
}

fn attribute(tag: &str, name: &str) -> String {
    let lower = tag.to_ascii_lowercase();
    let found = lower.match_indices(name).find_map(|(at, _)| {
        let before = lower[..at].chars().next_back().is_none_or(char::is_whitespace);
        let value = lower[at + name.len()..].trim_start().strip_prefix('=')?.trim_start();
        before.then(|| match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split(quote).next().unwrap_or_default().to_owned(),
            _ => value.split(char::is_whitespace).next().unwrap_or_default().to_owned(),
        })
    });
    found.unwrap_or_default()
}
