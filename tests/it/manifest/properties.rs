//! Whatever is removed and added, in whatever style: the file still reads, and the other entries stay in their order.

use super::*;
use proptest::prelude::*;

const NAMES: [&str; 6] = ["alpha", "beta", "gamma", "delta", "pyjwt", "zeta"];

/// The names to begin with, those to remove, those to add, and how the file looks.
fn cases() -> impl Strategy<Value = (Vec<&'static str>, Vec<&'static str>, Vec<&'static str>, u8)> {
    let some = || proptest::sample::subsequence(NAMES.to_vec(), 0..=NAMES.len());
    let added = proptest::sample::subsequence(vec!["authlib", "echo", "Mike", "zulu"], 0..=3);
    (some().prop_shuffle(), some(), added, any::<u8>())
}

fn names(format: Format, path: &str, text: &str) -> Vec<String> {
    let file = SourceFile::new(path, text.as_bytes().to_vec());
    dependencies(format, &file).into_iter().map(|one| one.name).collect()
}

/// Replaces, and compares with what a list of names would become.
fn holds(path: &str, text: &str, gone: &[&str], new: &[&str]) {
    let format = format_of(path).expect("a manifest");
    let before = names(format, path, text);
    let ops: Vec<String> =
        gone.iter().map(|name| format!("-{name}")).chain(new.iter().map(|name| format!("+{name}@>=1"))).collect();
    let after = change(path, text, &ops.join(" "));
    let now = names(format, path, &after);
    let old: Vec<&String> = before.iter().filter(|name| !gone.contains(&name.as_str())).collect();
    let stays: Vec<&String> = now.iter().filter(|name| before.contains(name)).collect();
    assert_eq!(old, stays, "{text}\nbecame\n{after}");
    assert_eq!(now.len(), old.len() + new.len(), "{text}\nbecame\n{after}");
    comments_stay(text, &after, gone);
    let windows = text.contains("\r\n");
    let lone = after.replace("\r\n", "");
    assert!(if windows { !lone.contains('\n') } else { lone.len() == after.len() }, "line ends: {after:?}");
    assert!(text.contains(" \n") || !after.contains(" \n"), "blanks at the end of a line: {after:?}");
}

/// A comment goes only with the entry on whose line it is.
fn comments_stay(text: &str, after: &str, gone: &[&str]) {
    for line in text.lines().filter(|line| line.contains('#')) {
        let (entry, comment) = line.split_once('#').unwrap_or((line, ""));
        let entry = entry.trim().trim_end_matches(',');
        if !gone.iter().any(|name| entry.contains(name)) {
            let same = |line: &str| line.contains(entry) && line.ends_with(comment);
            assert!(after.lines().any(same), "{line:?} of {text}\nis lost in {after}");
        }
    }
    assert_eq!(text.matches("# above").count(), after.matches("# above").count(), "{after}");
}

/// Entries between brackets: on one line or many, with and without a trailing comma and comments.
fn brackets(entries: &[String], look: u8, comments: bool) -> String {
    let trailing = if comments && look & 2 != 0 && !entries.is_empty() { "," } else { "" };
    if look & 1 == 0 {
        return format!("{}{trailing}", entries.join(if look & 4 == 0 { ", " } else { "," }));
    }
    let mut text = String::new();
    for (index, entry) in entries.iter().enumerate() {
        if comments && look & 16 != 0 && index % 2 == 0 {
            text += "\n    # above";
        }
        let comma = if index + 1 < entries.len() { "," } else { trailing };
        text += &format!("\n    {entry}{comma}");
        if comments && look & 8 != 0 && index % 2 == 1 {
            text += "  # beside";
        }
    }
    text + "\n"
}

fn ends(text: String, look: u8) -> String {
    let text = if look & 32 == 0 { text } else { text.trim_end().to_owned() };
    if look & 64 == 0 { text } else { text.replace('\n', "\r\n") }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn package_json((have, gone, new, look) in cases()) {
        let entries: Vec<String> = have.iter().map(|name| format!("\"{name}\": \"^1.0.0\"")).collect();
        let text = format!("{{\n  \"dependencies\": {{{}}},\n  \"main\": \"x\"\n}}\n", brackets(&entries, look, false));
        holds(PKG, &ends(text, look), &gone, &new);
    }

    #[test]
    fn pyproject_array((have, gone, new, look) in cases()) {
        let entries: Vec<String> = have.iter().map(|name| format!("\"{name}>=1\"")).collect();
        let text = format!("[project]\ndependencies = [{}]\nname = 'x'\n", brackets(&entries, look, true));
        holds(PYP, &ends(text, look), &gone, &new);
    }

    #[test]
    fn setup_py_list((have, gone, new, look) in cases()) {
        let entries: Vec<String> = have.iter().map(|name| format!("'{name}>=1'")).collect();
        let text = format!("setup(\n  install_requires=[{}],\n)\n", brackets(&entries, look, true));
        holds(SPY, &ends(text, look), &gone, &new);
    }

    #[test]
    fn poetry_table((have, gone, new, look) in cases()) {
        let entries: String = have.iter().map(|name| format!("{name} = \"^1\"  # x\n")).collect();
        let text = format!("[tool.poetry.dependencies]\npython = \"^3\"\n{entries}");
        let gone: Vec<&str> = gone;
        holds(PYP, &ends(text, look), &gone, &new);
    }

    #[test]
    fn requirements((have, gone, new, look) in cases()) {
        let entries: String = have.iter().map(|name| format!("{name}>=1  # x\n")).collect();
        let head = if look & 1 == 0 { "" } else { "# head\n" };
        holds(REQ, &ends(format!("{head}{entries}"), look), &gone, &new);
    }

    #[test]
    fn environment((have, gone, new, look) in cases()) {
        let entries: String = have.iter().map(|name| format!("{}- {name}>=1\n", if look & 1 == 0 { "" } else { "  " })).collect();
        holds(ENV, &ends(format!("name: x\ndependencies:\n{entries}"), look), &gone, &new);
    }

    /// Whatever the bytes are: no panic, and what is not refused reads back (`change` sees to that).
    #[test]
    fn hostile_bytes(
        which in 0..7usize,
        noise in "[ \\[\\]{}()\"'=,:#@;<>^~!*.\\-_a-c1\n\r\t\\\\é\u{feff}]{0,40}",
        at in 0..80usize,
        bad in any::<bool>(),
    ) {
        let (path, text) = SAMPLES[which];
        let at = at.min(text.len());
        let mut bytes = [&text.as_bytes()[..at], noise.as_bytes(), &text.as_bytes()[at..]].concat();
        if bad {
            bytes.insert(at, 0xff);
        }
        let format = format_of(path).expect("a manifest");
        let file = SourceFile::new(path, bytes);
        for found in dependencies(format, &file) {
            prop_assert!(!file.slice(found.span).is_empty());
        }
        let mut edits = EditSet::default();
        let add = [Wanted::runtime("Authlib", ">=1.9.9,<2")];
        if replace(format, &file, &["pyjwt", "a"], &add, &mut edits).is_ok() {
            let after = SourceFile::new(path, edits.apply(file.bytes()));
            let left = dependencies(format, &after);
            prop_assert!(left.iter().all(|one| one.name != "pyjwt" && one.name != "a"));
        }
    }
}

/// One small file a format, all ASCII.
const SAMPLES: [(&str, &str); 7] = [
    (PKG, "{\n  \"dependencies\": {\n    \"a\": \"^1\",\n    \"pyjwt\": \"1\"\n  }\n}\n"),
    (REQ, "a==1 # x\npyjwt[b]>=1; c\n-e x#egg=c\n"),
    (
        PYP,
        "[project]\ndependencies = [\n  \"a\", # x\n  'pyjwt>=1',\n]\n[tool.poetry.dependencies]\na = {version = \"1\"}\n",
    ),
    (PIP, "[packages]\na = \"*\"\npyjwt = {version = \"==1\"}\n"),
    (SPY, "setup(install_requires=[\n  'a', # x\n  \"pyjwt\"],\n  extras_require={'b': ['c']})\n"),
    (CFG, "[options]\ninstall_requires =\n  a\n  pyjwt>=1\n[options.extras_require]\nb = c\n"),
    (ENV, "dependencies:\n  - a=1=b\n  - pip:\n    - pyjwt==1 # x\n    - c\n"),
];
