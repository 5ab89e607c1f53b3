//! Every example of every rule file through the whole of a scan: what the file says about itself is so.

use unjwt::Options;
use unjwt::analyze::Confidence;
use unjwt::rules::{Library, Rules};

/// The kinds that would send somebody to work.
const LOUD: &[&str] = &["token-exchange", "jwt-sign", "sdk-import"];

#[test]
fn examples_are_found() {
    let wrong = of_each(|library| {
        library.examples.iter().enumerate().filter_map(|(i, example)| {
            let found = kinds(library, &example.code);
            let missing: Vec<&String> = example.finds.iter().filter(|kind| !found.contains(kind)).collect();
            (!missing.is_empty()).then(|| format!("example {i}: no {missing:?} among {found:?}"))
        })
    });
    assert!(wrong.is_empty(), "{} examples\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn lookalikes_are_not() {
    let wrong = of_each(|library| {
        library.lookalikes.iter().filter_map(|lookalike| {
            let found = kinds(library, &lookalike.code);
            let loud: Vec<&String> = found.iter().filter(|kind| LOUD.contains(&kind.as_str())).collect();
            (!loud.is_empty()).then(|| format!("look-alike ({}): {loud:?}", lookalike.why))
        })
    });
    assert!(wrong.is_empty(), "{} look-alikes\n{}", wrong.len(), wrong.join("\n"));
}

/// The same for tools that are set up by files.
#[test]
fn settings_of_tools_are_found_and_nobody_elses() {
    let mut wrong = vec![];
    for tool in &Rules::embedded().tools {
        for example in &tool.examples {
            let found = kinds_in(&example.file, &example.code);
            let missing: Vec<&String> = example.finds.iter().filter(|kind| !found.contains(kind)).collect();
            if !missing.is_empty() {
                wrong.push(format!("{}: no {missing:?} among {found:?}", tool.id));
            }
        }
        for lookalike in &tool.lookalikes {
            let found = kinds_in(&lookalike.file, &lookalike.code);
            if !found.is_empty() {
                wrong.push(format!("{}: look-alike ({}): {found:?}", tool.id, lookalike.why));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn of_each<'r, I: Iterator<Item = String> + 'r>(check: impl Fn(&'r Library) -> I) -> Vec<String> {
    let named = |library: &'r Library| check(library).map(move |what| format!("{}: {what}", library.id));
    Rules::embedded().libraries.iter().flat_map(named).collect()
}

/// The kinds of findings of at least medium confidence in one file.
fn kinds(library: &Library, code: &str) -> Vec<String> {
    let name = match library.language.as_str() {
        "python" => "example.py",
        _ => "example.ts",
    };
    kinds_in(name, code)
}

/// The same in a file of a path.
fn kinds_in(path: &str, code: &str) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let at = folder.path().join(path);
    std::fs::create_dir_all(at.parent().expect("a folder")).expect("made");
    std::fs::write(at, code).expect("written");
    let run = unjwt::scan(&[folder.path().to_path_buf()], &Options::default()).expect("a run");
    let believed = run.findings.iter().filter(|finding| finding.confidence >= Confidence::Medium);
    believed.map(|finding| finding.kind.as_str().to_owned()).collect()
}
