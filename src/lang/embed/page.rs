//! `<script>` in HTML, Vue and Svelte: the scripts of one page are one program.

use super::Embedded;
use super::weave::Weaver;
use crate::text::Span;

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

/// The program of a page.
pub(super) fn open(text: &str) -> Option<Embedded> {
    let scripts = scripts(text);
    let typed = scripts.iter().any(|script| {
        matches!(attribute(script.tag, "lang").as_str(), "ts" | "typescript" | "tsx")
            || attribute(script.tag, "type") == "text/typescript"
    });
    let mut weaver = Weaver::new(text, if typed { "page.ts" } else { "page.js" });
    for script in scripts.iter().filter(|script| PROGRAMS.contains(&attribute(script.tag, "type").as_str())) {
        weaver.same(script.body);
        weaver.glue("\n", script.body.end as usize);
    }
    weaver.finish()
}

struct Script<'t> {
    /// What stands in the tag after its name.
    tag: &'t str,
    body: Span,
}

fn scripts(text: &str) -> Vec<Script<'_>> {
    let lower = text.to_ascii_lowercase();
    let mut found = vec![];
    let mut at = 0;
    while let Some(start) = lower[at..].find("<script").map(|start| at + start + "<script".len()) {
        at = start;
        if !lower[start..].starts_with(|c: char| c.is_whitespace() || c == '>') || in_comment(text, start) {
            continue;
        }
        let Some(open) = lower[start..].find('>').map(|open| start + open + 1) else { break };
        let Some(close) = lower[open..].find("</script").map(|close| open + close) else { break };
        found.push(Script { tag: &text[start..open - 1], body: Span::new(open, close) });
        at = close;
    }
    found
}

/// Whether a comment that began before `at` has not ended there.
fn in_comment(text: &str, at: usize) -> bool {
    let before = &text[..at];
    before.rfind("<!--").is_some_and(|open| !before[open..].contains("-->"))
}

/// The value of an attribute in lower case; empty where it is missing.
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
