//! The sweep of dead code, and its deletions. The cases are in `cleanup/*.txt`:
//!
//! ```text
//! ### name of the case (no-op: nothing but the marked text changes)
//! «removed code⇒new text»
//! --- what is expected afterwards; `--- same` if the sweep must find nothing
//! ```
//!
//! A line `!elsewhere a b` first says that other files need `a` and `b`. Names in new text are kept.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use unjwt::ir::{BlockId, ExprId, ExprKind, Module, ScopeId};
use unjwt::lang::{self, Language};
use unjwt::migrate::cleanup::{Context, Sweep, delete, sweep};
use unjwt::text::{EditSet, SourceFile, Span};

/// Calls that the tests take for harmless: the last name of what is called.
const HARMLESS: &[&str] = &[
    "time",
    "open",
    "read",
    "encode",
    "decode",
    "sign",
    "readFileSync",
    "join",
    "now",
    "floor",
    "int",
    "str",
    "get",
    "getenv",
    "format",
    "strip",
    "FormData",
    "URLSearchParams",
    "stringify",
    "toString",
    "replace",
    "exists",
    "dict",
    "utcnow",
    "timedelta",
    "timestamp",
    "trim",
    "load",
    "round",
    "Date",
    "getTime",
    "readFile",
    "urlencode",
];

/// One case, its markers taken out.
struct Case {
    name: String,
    source: String,
    gone: Vec<(Span, String)>,
    expected: String,
    elsewhere: Vec<String>,
}

impl Case {
    fn parse(name: &str, body: &str) -> Case {
        let mut case = Case {
            name: name.to_owned(),
            source: String::new(),
            gone: vec![],
            expected: String::new(),
            elsewhere: vec![],
        };
        let mut body = body;
        while let Some(rest) = body.strip_prefix('!') {
            let (line, after) = rest.split_once('\n').unwrap();
            let mut words = line.split_whitespace().map(str::to_owned);
            match words.next().as_deref() {
                Some("elsewhere") => case.elsewhere.extend(words),
                other => panic!("{other:?} in {name}"),
            }
            body = after;
        }
        let (before, after) = body.rsplit_once("\n---").unwrap_or_else(|| panic!("no --- in {name}"));
        let before = format!("{before}\n");
        let mut rest = &before[..];
        while let Some((plain, marked)) = rest.split_once('«') {
            let (inside, after) = marked.split_once('»').unwrap();
            let (old, new) = inside.split_once('⇒').unwrap_or((inside, ""));
            case.source.push_str(plain);
            let start = case.source.len();
            case.source.push_str(old);
            case.gone.push((Span::new(start, case.source.len()), new.to_owned()));
            rest = after;
        }
        case.source.push_str(rest);
        case.expected = match after.strip_prefix(" same\n") {
            Some(_) => case.replaced(),
            None => after.strip_prefix('\n').unwrap_or(after).to_owned(),
        };
        case
    }

    fn replaced(&self) -> String {
        let bytes = self.edits().apply(self.source.as_bytes());
        String::from_utf8(bytes).unwrap()
    }

    fn edits(&self) -> EditSet {
        let mut edits = EditSet::default();
        for (span, text) in &self.gone {
            edits.replace(*span, text.clone()).unwrap();
        }
        edits
    }
}

fn cases(text: &str) -> Vec<Case> {
    let text = text.split_once("### ").unwrap().1;
    text.split("\n### ")
        .map(|case| {
            let (name, body) = case.split_once('\n').unwrap();
            Case::parse(name, &format!("{}\n", body.trim_end_matches('\n')))
        })
        .collect()
}

fn harmless(module: &Module, call: ExprId) -> bool {
    let ExprKind::Call { callee, .. } = module.kind(call) else { return false };
    match module.kind(*callee) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => HARMLESS.contains(&&**name),
        _ => false,
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let read = text.split_once(" = ").map_or(text, |(_, value)| value);
    read.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '#')
}

/// The file afterwards, and what was swept.
fn run(language: &Language, case: &Case, source: &str, moved: impl Fn(Span) -> Span) -> (Vec<u8>, Sweep) {
    let extension = language.extensions[0];
    let file = SourceFile::new(format!("a.{extension}"), source.as_bytes().to_vec());
    let module = (language.lower)(&file);
    assert!(module.gaps.is_empty(), "{}: {:?}", case.name, module.gaps);
    let context = Context {
        module: &module,
        file: &file,
        syntax: language.syntax,
        used_elsewhere: &|name| case.elsewhere.iter().any(|other| other == name),
        harmless_call: &|call| harmless(&module, call),
        kept_names: &|_: ScopeId, name: &str| case.gone.iter().any(|(_, new)| words(new).any(|word| word == name)),
        worthless: &|_| false,
    };
    let gone: Vec<Span> = case.gone.iter().map(|(span, _)| moved(*span)).collect();
    let swept = sweep(&context, &gone);
    let mut edits = EditSet::default();
    for (span, text) in &case.gone {
        edits.replace(moved(*span), text.clone()).unwrap();
    }
    delete(&context, &swept, &gone, &mut edits).unwrap_or_else(|error| panic!("{}: {error}", case.name));
    let after = edits.apply(file.bytes());
    let again = (language.lower)(&SourceFile::new(format!("a.{extension}"), after.clone()));
    assert!(again.gaps.is_empty(), "{}: {:?}\n{}", case.name, again.gaps, String::from_utf8_lossy(&after));
    (after, swept)
}

fn check(language: &Language, text: &str) {
    let mut failed = String::new();
    for case in cases(text) {
        let (after, swept) = run(language, &case, &case.source, |span| span);
        let after = String::from_utf8(after).unwrap();
        if after != case.expected {
            failed += &format!("=== {}\n{after}--- expected\n{}--- {swept:?}\n", case.name, case.expected);
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

/// Every case with the other line ends, and without the last one.
fn check_line_ends(language: &Language, text: &str) {
    for case in cases(text) {
        let crlf = |text: &str| text.replace('\n', "\r\n");
        let moved = |offset: u32| crlf(&case.source[..offset as usize]).len();
        let moved = |span: Span| Span::new(moved(span.start), moved(span.end));
        let (after, _) = run(language, &case, &crlf(&case.source), moved);
        assert_eq!(String::from_utf8(after).unwrap(), crlf(&case.expected), "{}", case.name);
        let (after, _) = run(language, &case, case.source.trim_end_matches('\n'), |span| span);
        assert_eq!(String::from_utf8(after).unwrap(), case.expected.trim_end_matches('\n'), "{}", case.name);
    }
}

const FILES: [(&str, &str); 5] = [
    ("a.py", include_str!("cleanup/python.txt")),
    ("a.py", include_str!("cleanup/python_layout.txt")),
    ("a.js", include_str!("cleanup/javascript.txt")),
    ("a.js", include_str!("cleanup/javascript_layout.txt")),
    ("a.ts", include_str!("cleanup/typescript.txt")),
];

#[test]
fn line_ends_are_kept() {
    for (path, text) in FILES {
        check_line_ends(language(path), text);
    }
}

/// Whether `small` is `large` with bytes left out, words put into empty blocks aside.
fn only_deletes(small: &str, large: &str) -> bool {
    let mut rest = large.bytes();
    small
        .replace("pass", "")
        .replace("{}", "")
        .bytes()
        .filter(|b| !b.is_ascii_whitespace())
        .all(|byte| rest.any(|b| b == byte))
}

fn is_class_body(module: &Module, block: BlockId) -> bool {
    let inside = |class: &unjwt::ir::Class| class.span.contains(module.block(block).span);
    let innermost =
        module.classes.iter().filter(|class| inside(class)).map(|class| class.span).min_by_key(|span| span.len());
    let in_function = module.functions.iter().any(|function| {
        function.body == Some(block)
            || (function.span.contains(module.block(block).span)
                && innermost.is_some_and(|class| class.contains(function.span)))
    });
    innermost.is_some() && !in_function
}

proptest! {
    /// Whatever statements a migration removes: the rest is a part of the file, and can still be read.
    #[test]
    fn any_removal_leaves_a_file_that_parses(file in 0usize..5, case in any::<prop::sample::Index>(),
                                             picks in prop::collection::vec(any::<prop::sample::Index>(), 1..4)) {
        let (path, text) = FILES[file];
        let mut all = cases(text);
        let mut case = all.swap_remove(case.index(all.len()));
        let module = (language(path).lower)(&SourceFile::new(path, case.source.clone().into_bytes()));
        let filler = if path == "a.py" { "pass" } else { "{}" };
        case.gone.clear();
        for pick in picks {
            let stmt = &module.stmts[pick.index(module.stmts.len())];
            let span = stmt.span;
            // Between the members of a class there are no statements.
            let member = path != "a.py" && is_class_body(&module, stmt.block);
            if !case.gone.iter().any(|(other, _)| other.overlaps(span)) {
                let semicolon = if case.source[span.range()].ends_with(';') { ";" } else { "" };
                let text = if member { String::new() } else { format!("{filler}{semicolon}") };
                case.gone.push((span, text));
            }
        }
        let (after, swept) = run(language(path), &case, &case.source, |span| span);
        let after = String::from_utf8(after).unwrap();
        prop_assert!(only_deletes(&after, &case.source), "{after}");
        for stmt in swept.stmts {
            prop_assert!(!case.gone.iter().any(|(span, _)| module.stmt(stmt).span.overlaps(*span)));
        }
    }
}

fn language(path: &str) -> &'static Language {
    lang::of(path).unwrap()
}

#[test]
fn python() {
    check(language("a.py"), include_str!("cleanup/python.txt"));
}

#[test]
fn python_layout() {
    check(language("a.py"), include_str!("cleanup/python_layout.txt"));
}

#[test]
fn javascript() {
    check(language("a.js"), include_str!("cleanup/javascript.txt"));
}

#[test]
fn javascript_layout() {
    check(language("a.js"), include_str!("cleanup/javascript_layout.txt"));
}

#[test]
fn typescript() {
    check(language("a.ts"), include_str!("cleanup/typescript.txt"));
}
