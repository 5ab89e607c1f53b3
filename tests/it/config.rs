//! Settings files: what is read from them, and that nothing makes the reader fall.

use proptest::prelude::*;
use unjwt::config::{Entry, Format, Step, format_of, read};
use unjwt::text::SourceFile;

fn entries(path: &str, text: &str) -> Vec<Entry> {
    let format = format_of(path).unwrap_or_else(|| panic!("{path}: no settings"));
    let file = SourceFile::new(path, text.as_bytes().to_vec());
    let entries = read(format, &file).entries;
    for entry in &entries {
        let value = entry.value.as_ref().map(|value| value.span);
        for span in [Some(entry.key), value].into_iter().flatten() {
            assert!(text.get(span.range()).is_some(), "{path}: {entry:?}");
        }
    }
    entries
}

/// One entry a line: `path = value`, `#` before what is commented out. Tables are left out.
fn shown(path: &str, text: &str) -> String {
    let steps = |entry: &Entry| {
        let step = |step: &Step| match step {
            Step::Name(name) => name.clone(),
            Step::Item(number) => number.to_string(),
        };
        entry.path.iter().map(step).collect::<Vec<_>>().join("/")
    };
    let line = |entry: &Entry| {
        let value = entry.value.as_ref()?;
        let mark = if entry.commented { "#" } else { "" };
        Some(format!("{mark}{} = {}", steps(entry), value.text.trim()))
    };
    entries(path, text).iter().filter_map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn settings_are_read() {
    let cases: &[(&str, &str, &str)] = &[
        (
            "a.json",
            "{\"ims\": {\"keys\": [\"x\", \"y\"], \"on\": true}}",
            "ims/keys/0 = x\nims/keys/1 = y\nims/on = true",
        ),
        ("a.cfg.json", "// \"key\": \"old\"\n{\n  \"a.b\": \"c\", // why\n}", "#key = old\na.b = c"),
        ("a.hjson", "{\n  jwt: {\n    id: some words\n  }\n}", "jwt/id = some words"),
        ("a.yml", "a:\n  - b: 1\n    c: é\n  - b: \"2\"\n", "a/0/b = 1\na/0/c = é\na/1/b = 2"),
        (
            "a.yml",
            "server:\n  #host: x\n  port: 1\n# free words: are many more of them\n",
            "#server/host = x\nserver/port = 1",
        ),
        (
            "a.yml",
            "env:\n  - name: KEY\n    value: v\n  - OTHER=w\n",
            "env/0/name = KEY\nenv/KEY = v\nenv/0/value = v\nenv/1 = OTHER=w\nenv/OTHER = w",
        ),
        ("a.yml.j2", "a:\n  b: {{ c }}\n{% if d %}\n  e: f\n{% endif %}\n", "a/b = {{ c }}\na/e = f"),
        ("a.toml", "[a]\nb = 'c'\n[[d]]\ne = 1\n# f = 'g'\n", "a/b = c\nd/0/e = 1\n#d/0/f = g"),
        (".env.sample", "A=1\nexport B=\"two words\" \n#C=3\nD= # none\n", "A = 1\nB = two words\n#C = 3\nD = "),
        ("Dockerfile", "FROM x\nENV KEY value\nARG OTHER=1\nRUN a == b\n", "KEY = value\nOTHER = 1"),
        ("a.properties", "a.b = c d\n! e: f\ng: h", "a.b = c d\n#e = f\ng = h"),
        (
            "usermanagement.config",
            "[server]\nhost = x\n[enterprise]\nid: 1 ; y\n",
            "server/host = x\nenterprise/id = 1 ; y",
        ),
        (
            "a.xml",
            "<r xmlns:j='x' j:t='y' key=\"k\"><i>1</i><i a='&amp;'/></r>",
            "r/t = y\nr/key = k\nr/i/0 = 1\nr/i/1/a = &",
        ),
        (
            "a.xml",
            "<beans><property name='privateKey' value='v'/></beans>",
            "beans/property/name = privateKey\nbeans/privateKey = v\nbeans/property/value = v",
        ),
        ("\u{feff}.json", "\u{feff}{\"a\": 1}", "a = 1"),
        ("a.json", "{\n  \"a\": \"b\",\n  \"cut", "a = b"),
        ("a.yaml", "", ""),
    ];
    for (path, text, want) in cases {
        assert_eq!(&shown(path, text), want, "{path}: {text}");
    }
}

#[test]
fn names_tell_the_format() {
    let cases = [
        ("a/.env.local", Some(Format::Env)),
        ("config/x.yml.example", Some(Format::Yaml)),
        (".aio", Some(Format::Json)),
        ("project.aio", Some(Format::Json)),
        ("My.postman_environment.json", None),
        ("token.py", None),
        ("Makefile", None),
    ];
    for (path, want) in cases {
        assert_eq!(format_of(path), want, "{path}");
    }
}

#[test]
fn depth_and_size_do_not_harm() {
    let deep = 50_000;
    let cases = [
        ("a.json", "[".repeat(deep)),
        ("a.json", "{\"a\":".repeat(deep)),
        ("a.yml", "[".repeat(deep)),
        ("a.yml", "- ".repeat(2_000)),
        ("a.toml", format!("a = {}", "[".repeat(deep))),
        ("a.xml", "<a>".repeat(deep)),
        ("a.xml", format!("{}{}", "<a>".repeat(deep), "</a>".repeat(deep))),
        (".env", "A=".repeat(deep)),
        ("a.yml", "#a: b\n".repeat(deep)),
    ];
    for (path, text) in cases {
        entries(path, &text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_is_read(text in "[a-c\"'{}\\[\\]:=<>/#!é \n\t,.&;-]{0,60}", path in prop::sample::select(vec![
        "a.json", "a.yml", "a.toml", ".env", "a.properties", "a.ini", "a.xml",
    ])) {
        entries(path, &text);
    }
}
