//! Languages without a grammar: what the table makes of a text, and what may never happen.

use proptest::prelude::*;
use unjwt::lang::lexical::{self, TokenKind, tokens};

/// The strings of a text, in order.
fn strings<'t>(language: &str, text: &'t str) -> Vec<&'t str> {
    let lexicon = lexical::named(language).expect("a language");
    let found = tokens(lexicon, text).into_iter().filter(|token| token.kind == TokenKind::Text);
    found.map(|token| token.text(text)).collect()
}

fn words<'t>(language: &str, text: &'t str) -> Vec<&'t str> {
    let lexicon = lexical::named(language).expect("a language");
    let found = tokens(lexicon, text).into_iter().filter(|token| token.kind == TokenKind::Word);
    found.map(|token| token.text(text)).collect()
}

#[test]
fn strings_are_told_from_comments() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("go", "a := \"x\\\"y\" // \"no\"\nb := `one\ntwo`", &["x\\\"y", "one\ntwo"]),
        ("csharp", "/* \"no\" */ var a = @\"c:\\\"; var b = $\"{x}/s\";", &["c:\\", "{x}/s"]),
        ("php", "<p>don't</p><?php $a = 'x'; # 'no'\n$b = <<<EOD\ntext\nEOD;\n$c = 'y';", &["x", "text\n", "y"]),
        ("ruby", "a = \"x#{b}y\" # \"no\"\n=begin\n\"no\"\n=end\nc = <<~SQL\n  z\nSQL\n", &["x#{b}y", "  z\n"]),
        ("powershell", "<# \"no\" #>\n$a = \"x`\"y\" # \"no\"\n$b = @\"\nz\n\"@", &["x`\"y", "\nz"]),
        ("kotlin", "val a = \"\"\"x \"y\" z\"\"\" // \"no\"", &["x \"y\" z"]),
        ("r", "a <- 'x' # 'no'\nb <- \"it's\"", &["x", "it's"]),
        ("shell", "curl \"a#b\" -d 'c\nd' # \"no\"\ncat <<EOF\ne f\nEOF\n", &["a#b", "c\nd", "e f\n"]),
        ("shell", "curl -F id=$ID https://x/$P", &["$ID", "https://x/$P"]),
        ("visual-basic", "a = \"x\" ' \"no\"", &["x"]),
        ("lua", "a = [[x]] --[[ \"no\" ]] b = 'y'", &["x", "y"]),
        ("go", "not closed: \"x\nb := \"y\"", &["y"]),
    ];
    for (language, text, want) in cases {
        let found: Vec<&str> = strings(language, text).into_iter().filter(|it| !it.contains("don't")).collect();
        assert_eq!(found, *want, "{language}: {text}");
    }
}

#[test]
fn words_keep_their_members() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("ruby", "OpenSSL::PKey::RSA.new(x)", &["OpenSSL::PKey::RSA.new", "x"]),
        (
            "php",
            "$this->client->post(Firebase\\JWT\\JWT::encode($a))",
            &["this->client->post", "Firebase\\JWT\\JWT::encode", "a"],
        ),
        ("powershell", "Invoke-RestMethod -Uri $a", &["Invoke-RestMethod", "Uri", "a"]),
        ("kotlin", "a.b()\n  .signWith(k)", &["a.b", "signWith", "k"]),
        ("shell", "curl --data-urlencode a=b", &["curl", "data-urlencode", "a"]),
    ];
    for (language, text, want) in cases {
        assert_eq!(words(language, text), *want, "{language}: {text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever the text is, tokens follow each other, and none splits a character.
    #[test]
    fn tokens_lie_in_order(text in "([ \\n\"'`#$(){}<>=:;/*a-zE\\\\ü-]|<<EOF|@\"|\"\"\"|\\?>|<#|\\$\\{){0,60}") {
        for lexicon in lexical::all() {
            let mut end = 0;
            for token in tokens(lexicon, &text) {
                prop_assert!(token.span.start >= end && token.span.end >= token.span.start, "{}", lexicon.name);
                prop_assert!(text.get(token.span.range()).is_some(), "{}", lexicon.name);
                end = token.span.end;
            }
        }
    }
}

#[test]
fn a_file_without_an_ending_says_what_runs_it() {
    let cases = [
        ("bin/token", "#!/bin/sh\n", Some("shell")),
        ("bin/token", "#!/usr/bin/env -S ruby -w\n", Some("ruby")),
        ("bin/token", "#!/usr/bin/php8.2\n", Some("php")),
        ("bin/token", "#!/usr/bin/env python3\n", None),
        ("bin/token.txt", "#!/bin/sh\n", None),
        ("LICENSE", "", None),
    ];
    for (path, text, want) in cases {
        let source = unjwt::text::SourceFile::new(path, text.into());
        assert_eq!(lexical::of_source(&source).map(|lexicon| lexicon.name), want, "{path}: {text}");
    }
}

#[test]
fn the_table_is_sound() {
    let mut endings = std::collections::BTreeSet::new();
    for lexicon in lexical::all() {
        assert!(!lexicon.extensions.is_empty(), "{}", lexicon.name);
        for ending in lexicon.extensions {
            assert!(endings.insert(*ending), "{ending} twice");
            assert!(unjwt::lang::of(&format!("a.{ending}")).is_none(), "{ending} has a grammar");
        }
    }
    for anchors in &unjwt::rules::Rules::embedded().anchors {
        let lexicon = lexical::all().iter().find(|lexicon| lexicon.name == anchors.language);
        assert!(lexicon.is_some(), "{} is no language of the table", anchors.language);
        assert!(anchors.lookalikes.iter().all(|lookalike| !lookalike.why.is_empty()), "{}", anchors.language);
    }
}
