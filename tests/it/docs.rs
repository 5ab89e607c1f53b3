//! The documentation says what is there: links lead to files, commands and options exist, shown output is real.
//!
//! A line `<!-- run: unjwt … -->` stands before a code block with the output of that command, run in the root.
//! `UNJWT_BLESS=1` writes the blocks anew; an empty one is not filled in yet.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use crate::support::{root, said, unjwt};
use walkdir::WalkDir;

const COMMANDS: &[&str] = &["scan", "report", "fix", "undo", "explain", "rules"];
const RUN: &str = "<!-- run: unjwt ";
const FENCE: &str = "```";

/// Every Markdown file that is ours: (path from the root, text).
fn documents() -> Vec<(String, String)> {
    let mut found: Vec<PathBuf> =
        WalkDir::new(root().join("docs")).into_iter().map(|it| it.unwrap().into_path()).collect();
    found.extend(
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "rules/README.md", "fixtures/README.md"]
            .map(|it| root().join(it)),
    );
    found.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    let name = |path: &Path| path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    found.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

fn readme() -> String {
    fs::read_to_string(root().join("README.md")).unwrap()
}

/// The text between single backticks, line by line, outside of code blocks.
fn inline_code(text: &str) -> Vec<&str> {
    prose(text).flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

/// Lines outside of code blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    text.lines().filter(move |line| {
        let fence = line.starts_with(FENCE);
        inside ^= fence;
        !inside && !fence
    })
}

/// Lines inside code blocks for a shell, without their comments.
fn shell_lines(text: &str) -> Vec<&str> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in text.lines() {
        match line.strip_prefix(FENCE) {
            Some(word) => inside = word == "sh",
            None if inside => found.push(line.split(" #").next().unwrap_or(line).trim()),
            None => {}
        }
    }
    found
}

#[test]
fn relative_links_lead_somewhere() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    for (name, text) in documents() {
        let folder = root().join(&name).parent().unwrap().to_owned();
        for link in prose(&text).flat_map(|line| line.split("](").skip(1)).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap_or_default();
            if link.contains("://") || path.is_empty() {
                continue;
            }
            checked += 1;
            if !folder.join(path).exists() {
                wrong.push(format!("{name}: {link}"));
            }
        }
    }
    assert!(wrong.is_empty() && checked >= 15, "{checked} links, {wrong:#?}");
}

/// A word in backticks that looks like a path of this repository is one. `<…>` and `*` stand for anything.
#[test]
fn named_files_exist() {
    let folders = ["src/", "rules/", "fixtures/", "tests/", "docs/", ".ci/"];
    let mut wrong = Vec::new();
    let mut checked = 0;
    for (name, text) in documents() {
        for word in inline_code(&text).into_iter().filter(|word| folders.iter().any(|folder| word.starts_with(folder)))
        {
            let known = word.split(['<', '*', ' ']).next().unwrap_or_default();
            let known =
                if known.len() < word.len() { known.rsplit_once('/').map_or("", |(folder, _)| folder) } else { known };
            checked += 1;
            if !root().join(known).exists() {
                wrong.push(format!("{name}: {word}"));
            }
        }
    }
    assert!(wrong.is_empty() && checked >= 20, "{checked} names, {wrong:#?}");
}

fn help(command: &str) -> String {
    let arguments: &[&str] = if command.is_empty() { &["--help"] } else { &[command, "--help"] };
    let output = unjwt().args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The options in a help text: `--format`, `-o`, …
fn options_in(text: &str) -> BTreeSet<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let words = text.split(|c: char| !is_part(c)).map(|word| word.trim_end_matches('-'));
    let option = |word: &&str| word.starts_with("--") || (word.len() == 2 && word.starts_with('-'));
    words
        .filter(option)
        .filter(|word| word.trim_start_matches('-').starts_with(|c: char| c.is_ascii_alphabetic()))
        .map(str::to_owned)
        .collect()
}

#[test]
fn options_are_known_to_help() {
    let known: BTreeSet<String> = COMMANDS.iter().flat_map(|command| options_in(&help(command))).collect();
    let mut named = BTreeSet::new();
    for (_, text) in documents() {
        // Not those of other programs: `cargo clippy --all-targets`, `curl -F`, `INSTA_UPDATE=always cargo test`, `rg -c`.
        let others = ["cargo ", "curl ", "rg "];
        let ours = inline_code(&text).into_iter().filter(|code| !others.iter().any(|other| code.contains(other)));
        named.extend(ours.flat_map(options_in));
    }
    let unknown: Vec<_> = named.difference(&known).collect();
    assert!(unknown.is_empty() && named.len() >= 10, "{unknown:?} of {named:?}");
    let table: BTreeSet<String> = options_in(&readme());
    let own =
        |option: &&String| option.starts_with("--") && !["--help", "--version", "--output"].contains(&option.as_str());
    let untold: Vec<_> = known.iter().filter(own).filter(|option| !table.contains(*option)).collect();
    assert!(untold.is_empty(), "the README does not name {untold:?}");
}

/// What the README tells the reader to type is accepted: the command exists, its options, its paths.
#[test]
fn commands_of_the_readme_can_be_typed() {
    let text = readme();
    let lines = shell_lines(&text);
    assert!(lines.contains(&"cargo test"), "{lines:?}");
    let gate = fs::read_to_string(root().join(".ci/run")).unwrap();
    assert!(gate.lines().any(|line| line.ends_with(" cargo test")), "the gate runs the command of the README");
    let mut seen = BTreeSet::new();
    for line in lines {
        let Some(arguments) = line.strip_prefix("unjwt ").or_else(|| line.strip_prefix("cargo run --release -- "))
        else {
            continue;
        };
        let mut words = arguments.split_whitespace();
        let command = words.next().unwrap_or_default();
        assert!(COMMANDS.contains(&command), "{line}");
        let known = options_in(&help(command));
        let unknown: Vec<_> =
            options_in(line.split(" -- ").last().unwrap_or(line)).difference(&known).cloned().collect();
        assert!(unknown.is_empty(), "{line}: {unknown:?}");
        for path in words.filter(|word| word.starts_with("fixtures/")) {
            assert!(root().join(path).is_dir(), "{line}");
        }
        seen.insert(command.to_owned());
    }
    assert_eq!(seen.len(), COMMANDS.len(), "the README shows every command: {seen:?}");
}

#[test]
fn exit_codes_are_those_of_help() {
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "");
    let (help, readme) = (squeezed(&help("")), squeezed(&readme()));
    let codes = help.split("Exit codes: ").nth(1).expect("in the help");
    assert!(readme.contains(&format!("Exit codes: {codes}")), "{codes}");
}

#[test]
fn shown_output_is_real() {
    let mut wrong = Vec::new();
    for (name, text) in documents() {
        let mut new = Vec::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            new.push(line.to_owned());
            let Some(command) = line.strip_prefix(RUN).and_then(|rest| rest.strip_suffix(" -->")) else { continue };
            new.extend(lines.next().map(str::to_owned));
            let shown: Vec<&str> = lines.by_ref().take_while(|line| *line != FENCE).collect();
            let real = output_of(command);
            if !shown.is_empty() && !shown.iter().copied().eq(real.iter().map(String::as_str)) {
                wrong.push(format!("{name}: {command}"));
            }
            new.extend(real);
            new.push(FENCE.to_owned());
        }
        if env::var_os("UNJWT_BLESS").is_some() {
            fs::write(root().join(name), new.join("\n") + "\n").unwrap();
        }
    }
    assert!(wrong.is_empty(), "UNJWT_BLESS=1 writes these anew: {wrong:#?}");
}

/// What a command prints, without blanks at the ends of lines.
fn output_of(command: &str) -> Vec<String> {
    let output = unjwt().args(command.split_whitespace()).current_dir(root()).stdin(Stdio::null()).output().unwrap();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{command}: {}", said(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains(FENCE) && !text.contains(&*root().to_string_lossy()), "{command}: {text}");
    text.trim_end().lines().map(|line| line.trim_end().to_owned()).collect()
}
