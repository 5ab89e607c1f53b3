//! Lowering: what the common form of small snippets looks like, and what holds for any input.

mod java;
mod javascript;
mod python;
mod rust;

use crate::support::invariants::violations;
use proptest::prelude::*;
use unjwt::ir::{Module, dump::dump};
use unjwt::lang;
use unjwt::text::SourceFile;

/// Small programs of one language: their names and sources.
type Snippets = &'static [(&'static str, &'static str)];

/// A file name for each language with front-end, and the snippets that damage is done to.
const LANGUAGES: &[(&str, Snippets)] = &[
    ("snippet.py", python::SNIPPETS),
    ("snippet.js", javascript::JAVASCRIPT),
    ("snippet.ts", javascript::TYPESCRIPT),
    ("snippet.tsx", javascript::TSX),
    ("Snippet.java", java::SNIPPETS),
    ("snippet.rs", rust::SNIPPETS),
];

/// Lowers `source` as if it stood in `path`; an empty module where no language takes the path.
fn lowered(path: &str, source: &[u8]) -> (Module, SourceFile) {
    let file = SourceFile::new(path, source.to_vec());
    let module = lang::of(path).map(|language| (language.lower)(&file));
    (module.unwrap_or_default(), file)
}

/// What is wrong with the module that `source` lowers to.
fn unsound(path: &str, source: &[u8]) -> Vec<String> {
    let (module, file) = lowered(path, source);
    let _ = dump(&module, &file);
    violations(&module, &file)
}

/// Compares the dump of every snippet with its snapshot, and checks it.
fn check_snippets(prefix: &str, path: &str, snippets: Snippets) {
    for (name, source) in snippets {
        let (module, file) = lowered(path, source.as_bytes());
        assert_eq!(violations(&module, &file), Vec::<String>::new(), "{name}");
        insta::with_settings!({ description => *source, omit_expression => true, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("{prefix}_{name}"), dump(&module, &file));
        });
    }
}

#[test]
fn empty_files_are_sound() {
    for (path, _) in LANGUAGES {
        for source in ["", "\n", "\u{feff}", " ", "\0"] {
            assert_eq!(unsound(path, source.as_bytes()), Vec::<String>::new(), "{path}: {source:?}");
        }
    }
}

/// The bytes between two places of a snippet; all numbers count modulo what there is.
fn cut(snippets: Snippets, (which, from, to): (usize, usize, usize)) -> &'static [u8] {
    let bytes = snippets[which % snippets.len()].1.as_bytes();
    let (from, to) = (from % (bytes.len() + 1), to % (bytes.len() + 1));
    &bytes[from.min(to)..from.max(to)]
}

/// Fails with the input in readable form.
fn expect_sound(path: &str, source: &[u8]) -> Result<(), TestCaseError> {
    let found = unsound(path, source);
    prop_assert!(found.is_empty(), "{found:?} in {path}: {:?}", String::from_utf8_lossy(source));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_are_sound(language in 0..LANGUAGES.len(), bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        expect_sound(LANGUAGES[language].0, &bytes)?;
    }

    #[test]
    fn characters_of_code_are_sound(
        language in 0..LANGUAGES.len(),
        text in "[-a-f0-9(){}\\[\\]'\"`:;,.=<>+*/@#\\\\ \n\t\r$!?&|é]{0,120}",
    ) {
        expect_sound(LANGUAGES[language].0, text.as_bytes())?;
    }

    #[test]
    fn splices_are_sound(
        language in 0..LANGUAGES.len(),
        cuts in proptest::collection::vec(any::<(usize, usize, usize)>(), 1..5),
    ) {
        let (path, snippets) = LANGUAGES[language];
        let source: Vec<u8> = cuts.into_iter().flat_map(|at| cut(snippets, at)).copied().collect();
        expect_sound(path, &source)?;
    }

    #[test]
    fn truncations_are_sound(language in 0..LANGUAGES.len(), which in any::<usize>(), to in any::<usize>()) {
        let (path, snippets) = LANGUAGES[language];
        expect_sound(path, cut(snippets, (which, 0, to)))?;
    }
}
