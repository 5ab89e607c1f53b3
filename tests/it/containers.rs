//! Programs in containers: what is taken out, where its places are, and that edits come back in the container's shape.

use proptest::prelude::*;
use serde_json::Value;

use unjwt::lang::embed::{Embedded, Opened, open};
use unjwt::text::{Edit, EditSet, SourceFile, Span};

fn program(path: &str, text: &str) -> Option<(SourceFile, Embedded)> {
    let file = SourceFile::new(path, text.as_bytes().to_vec());
    match open(&file) {
        Opened::Program(embedded) => Some((file, embedded)),
        Opened::Plain | Opened::Nothing => None,
    }
}

fn notebook(source: &str) -> String {
    format!(
        r#"{{"cells":[{{"cell_type":"code","outputs":[{{"text":["x = 9"]}}],"source":{source}}}],"metadata":{{}},"nbformat":4}}"#
    )
}

/// Each container with the text of its program; `None` where there is none to be read.
#[test]
fn programs_are_taken_out() {
    let kernel = |name: &str| {
        let metadata = format!(r#""metadata":{{"kernelspec":{{"language":"{name}"}}}}"#);
        notebook(r#"["x = 1"]"#).replace(r#""metadata":{}"#, &metadata)
    };
    let markdown = notebook(r#"["jwt_token"]"#).replace("\"code\"", "\"markdown\"");
    let postman = r#"{"info":{"schema":"https://schema.getpostman.com/x"},"item":[{"request":{"url":"u"},
        "event":[{"listen":"prerequest","script":{"exec":["a()","b()"]}}]}]}"#;
    let cases = [
        ("lines", "a.ipynb", notebook(r#"["x = 1\n","y = \"\u00e9\""]"#), Some("x = 1\ny = \"é\"\n")),
        ("one string", "a.ipynb", notebook(r#""x = 1\ny = 2\n""#), Some("x = 1\ny = 2\n")),
        ("a pair of escapes", "a.ipynb", notebook(r#"["'\ud83d\ude00'"]"#), Some("'😀'\n")),
        (
            "commands",
            "a.ipynb",
            notebook(r#"["%pip install a\n","!ls\n","f = !ls\n","x?"]"#),
            Some("0#ip install a\n0#s\nf = 0#s\n0#\n"),
        ),
        ("no commands", "a.ipynb", notebook(r#"["x = (a\n"," % b)\n","y != 1"]"#), Some("x = (a\n % b)\ny != 1\n")),
        ("a timed cell", "a.ipynb", notebook(r#"["%%time\n","x = 1"]"#), Some("0#time\nx = 1\n")),
        ("a shell cell", "a.ipynb", notebook(r#"["%%bash\n","curl jwt_token"]"#), None),
        ("another language's cell", "a.ipynb", notebook(r#"["%sql\n","select 1"]"#), None),
        ("prose", "a.ipynb", markdown, None),
        ("R", "a.ipynb", kernel("R"), None),
        ("Python", "a.ipynb", kernel("python"), Some("x = 1\n")),
        (
            "Databricks",
            "a.py",
            "# Databricks notebook source\nimport jwt\n# COMMAND ----------\n# x\n".to_owned(),
            Some("0#Databricks notebook source\nimport jwt\n0#COMMAND ----------\n# x\n"),
        ),
        ("plain Python", "a.py", "import jwt\n# Databricks notebook source\n".to_owned(), None),
        ("no JSON", "a.ipynb", "{\"cells\": [".to_owned(), None),
        ("not a notebook", "a.ipynb", "[1, 2]".to_owned(), None),
        ("a page", "a.html", "<p>x</p><script>\nlet a = 1\n</script>".to_owned(), Some("\nlet a = 1\n\n")),
        ("data in a page", "a.html", "<script type=\"application/json\">{}</script>".to_owned(), None),
        ("a comment in a page", "a.html", "<!-- <script>a()</script> -->".to_owned(), None),
        ("a script without end", "a.html", "<script>a()".to_owned(), None),
        (
            "a component",
            "a.vue",
            "<b @click=\"go\"/><script>function go() {}\n</script>".to_owned(),
            Some("function go() {}\n\n[go];\n"),
        ),
        ("a collection", "a.json", postman.to_owned(), Some("{\na()\nb()\npm.sendRequest({\"url\":\"u\"});\n}\n")),
        ("other JSON", "a.json", "{\"item\": []}".to_owned(), None),
    ];
    for (what, path, text, want) in cases {
        let found = program(path, &text).map(|(_, embedded)| embedded.text);
        assert_eq!(found.as_deref(), want, "{what}");
    }
}

#[test]
fn places_are_those_of_the_container() {
    let text = notebook(r#"["a = \"\u00e9\"\n","b = 1"]"#);
    let (file, embedded) = program("a.ipynb", &text).unwrap();
    let outer = |piece: &str| {
        let start = embedded.text.find(piece).unwrap();
        file.slice(embedded.outer(Span::new(start, start + piece.len()))).to_owned()
    };
    assert_eq!(outer("b = 1"), "b = 1");
    assert_eq!(outer("\"é\""), r#"\"\u00e9\""#);
    assert_eq!(outer("é"), r"\u00e9");
    assert_eq!(outer("a = \"é\"\nb"), r#"a = \"\u00e9\"\n","b"#);
}

/// (what, source of the cell, text to replace, by what, source afterwards). `None`: it is refused.
#[test]
fn edits_keep_the_shape_of_a_cell() {
    let cases = [
        ("a line changes", r#"["a\n","b\n","c"]"#, "b", "B\"", Some(r#"["a\n","B\"\n","c"]"#)),
        ("a line goes", r#"["a\n", "b\n", "c"]"#, "b\n", "", Some(r#"["a\n", "c"]"#)),
        ("the last line goes", r#"["a\n", "b"]"#, "b\n", "", Some(r#"["a"]"#)),
        ("all lines go", r#"[ "a\n", "b" ]"#, "a\nb\n", "", Some("[]")),
        (
            "a line comes",
            "[\n \"a\\n\",\n \"b\"\n]",
            "b",
            "x\ny\nb",
            Some("[\n \"a\\n\",\n \"x\\n\",\n \"y\\n\",\n \"b\"\n]"),
        ),
        ("a line comes last", "[\n \"a\"\n]", "a", "a\nb", Some("[\n \"a\\n\",\n \"b\"\n]")),
        ("one string stays one", r#""a\nb\nc""#, "b", "x\n\"y\"", Some(r#""a\nx\n\"y\"\nc""#)),
        ("a line of one string goes", r#""a\nb\nc""#, "b\n", "", Some(r#""a\nc""#)),
        ("escapes elsewhere stay", r#"["\u0061\/\n","b"]"#, "b", "B", Some(r#"["\u0061\/\n","B"]"#)),
        ("ASCII stays ASCII", r#"["'\u00e9' + b"]"#, "b", "c", Some(r#"["'\u00e9' + c"]"#)),
        ("a command stays", r#"["!ls\n","b"]"#, "0#s\nb", "c", None),
        ("below a command", r#"["!ls\n","b"]"#, "b", "c", Some(r#"["!ls\n","c"]"#)),
        ("a cell magic stays first", r#"["%%time\n","b"]"#, "0#time", "c\n0#time", None),
    ];
    for (what, source, old, new, want) in cases {
        let (file, embedded) = program("a.ipynb", &notebook(source)).unwrap();
        let start = embedded.text.find(old).unwrap();
        let mut edits = EditSet::default();
        edits.replace(Span::new(start, start + old.len()), new).unwrap();
        let found =
            embedded.write(&file, &edits).ok().map(|edits| String::from_utf8(edits.apply(file.bytes())).unwrap());
        assert_eq!(found, want.map(notebook), "{what}");
    }
}

/// The cells of a notebook, and whether their sources are lists of lines as Jupyter writes them.
fn sources(notebook: &[u8]) -> (Vec<String>, bool) {
    let value: Value = serde_json::from_slice(notebook).unwrap();
    let mut tidy = true;
    let cells = value["cells"].as_array().unwrap().iter().map(|cell| {
        let lines: Vec<&str> = cell["source"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        let last = lines.len().saturating_sub(1);
        tidy &= lines.iter().enumerate().all(|(number, line)| {
            let ends = line.matches('\n').count();
            !line.is_empty() && (line.ends_with('\n') && ends == 1 || number == last && ends == 0)
        });
        lines.concat()
    });
    let cells = cells.collect();
    (cells, tidy)
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[a-z\"\\\\é\t ]{1,6}",
        Just("import x".to_owned()),
        Just("'\u{1f600}'".to_owned())
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever is edited: the notebook stays JSON, its cells stay lists of lines, the edited program is in it, and
    /// cells without an edit stay byte for byte.
    #[test]
    fn any_edit_comes_back(
        cells in proptest::collection::vec(proptest::collection::vec(line(), 1..5), 1..4),
        cuts in proptest::collection::vec((0usize..60, 0usize..12, prop_oneof![Just(String::new()), Just("new = \"1\"\nx".to_owned()), Just("y\n".to_owned())]), 1..4),
        pretty in any::<bool>(),
    ) {
        let source = |lines: &Vec<String>| {
            let text = lines.join("\n");
            Value::from(text.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>())
        };
        let cells: Vec<Value> =
            cells.iter().map(|lines| serde_json::json!({"cell_type": "code", "outputs": [], "source": source(lines)})).collect();
        let value = serde_json::json!({"cells": cells, "metadata": {}, "nbformat": 4});
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let Some((file, embedded)) = program("a.ipynb", &text) else { return Ok(()) };
        let mut edits = EditSet::default();
        let boundary = |mut at: usize| { while !embedded.text.is_char_boundary(at) { at -= 1 } at };
        for (at, length, new) in cuts {
            let start = boundary(at.min(embedded.text.len()));
            let end = boundary((start + length).min(embedded.text.len())).max(start);
            let _ = edits.add(Edit { span: Span::new(start, end), text: new });
        }
        let Ok(written) = embedded.write(&file, &edits) else { return Ok(()) };
        let after = written.apply(file.bytes());
        let (_, tidy) = sources(&after);
        prop_assert!(tidy, "{}", String::from_utf8_lossy(&after));
        let meant = String::from_utf8(edits.apply(embedded.text.as_bytes())).unwrap();
        let held = program("a.ipynb", std::str::from_utf8(&after).unwrap()).map_or(String::new(), |(_, held)| held.text);
        let lines = |text: &str| text.lines().map(str::trim_end).filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>();
        prop_assert_eq!(lines(&held), lines(&meant));
    }

    /// No text makes opening fall over, and every place lies in the container, on characters.
    #[test]
    fn anything_can_be_opened(text in "[\\[\\]{}\":,a-z\\\\n u0-9<>/=!%é]{0,80}", name in prop_oneof![Just("a.ipynb"), Just("a.html"), Just("a.vue"), Just("a.postman_collection.json")]) {
        let wrapped = [text.clone(), format!("<script>{text}</script>{text}"), notebook(&Value::from(text).to_string())];
        for text in wrapped {
            let Some((file, embedded)) = program(name, &text) else { continue };
            for (at, piece) in embedded.text.char_indices() {
                let outer = embedded.outer(Span::new(at, at + piece.len_utf8()));
                prop_assert!(file.text().get(outer.range()).is_some());
            }
        }
    }
}
