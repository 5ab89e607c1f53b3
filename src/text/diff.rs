//! Unified diffs that `git apply` takes.
//!
//! Lines end at `\n` only, as for git, so a `\r` is part of its line and is kept. Bytes are never decoded: what is not
//! UTF-8 comes out as it went in. [`hunks`] computes, [`render`] writes; between the two a caller may mask lines or take
//! context away.

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};
use std::ops::Range;

/// Lines of unchanged text around a change, as git shows by default.
pub const CONTEXT: usize = 3;

/// A run of changes with the context around it. Line numbers count from 0.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hunk {
    /// The operations in order; together they cover the hunk's lines on both sides without a hole.
    pub ops: Vec<DiffOp>,
}

impl Hunk {
    /// The lines of the old text.
    #[must_use]
    pub fn old_lines(&self) -> Range<usize> {
        join(self.ops.iter().map(DiffOp::old_range))
    }

    /// The lines of the new text.
    #[must_use]
    pub fn new_lines(&self) -> Range<usize> {
        join(self.ops.iter().map(DiffOp::new_range))
    }
}

/// The diff of one file with its old and new bytes: `diff --git a/… b/…`, with three lines of context.
/// Empty where nothing changed.
#[must_use]
pub fn unified(path: &str, old: &[u8], new: &[u8]) -> Vec<u8> {
    let (old, new) = (lines(old), lines(new));
    let hunks = hunks(&old, &new, CONTEXT);
    if hunks.is_empty() { Vec::new() } else { render(path, Some(&old), Some(&new), &hunks) }
}

/// The diff that adds a file.
#[must_use]
pub fn added(path: &str, new: &[u8]) -> Vec<u8> {
    let new = lines(new);
    render(path, None, Some(&new), &hunks(&[], &new, CONTEXT))
}

/// The diff that removes a file.
#[must_use]
pub fn removed(path: &str, old: &[u8]) -> Vec<u8> {
    let old = lines(old);
    render(path, Some(&old), None, &hunks(&old, &[], CONTEXT))
}

/// The lines of `bytes`, each with its `\n`.
#[must_use]
pub fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

/// What changed between two lists of lines, with `context` lines around each change.
#[must_use]
pub fn hunks(old: &[&[u8]], new: &[&[u8]], context: usize) -> Vec<Hunk> {
    if old == new {
        return Vec::new();
    }
    let ops = capture_diff_slices(Algorithm::Myers, old, new);
    group_diff_ops(ops, context).into_iter().map(|ops| Hunk { ops }).collect()
}

/// Writes hunks as text. `old` is `None` for a file that is added, `new` for one that is removed. The lists must be those
/// the hunks were made from, or lists of the same length (masked lines).
#[must_use]
pub fn render<T: AsRef<[u8]>>(path: &str, old: Option<&[T]>, new: Option<&[T]>, hunks: &[Hunk]) -> Vec<u8> {
    let (a, b) = (quoted("a/", path), quoted("b/", path));
    let mut out = format!("diff --git {a} {b}\n");
    if old.is_none() {
        out.push_str("new file mode 100644\n");
    }
    if new.is_none() {
        out.push_str("deleted file mode 100644\n");
    }
    let mut out = out.into_bytes();
    if hunks.is_empty() {
        return out;
    }
    let side = |there: bool, name: &str| if there { with_tab(name) } else { "/dev/null".to_owned() };
    let (from, to) = (side(old.is_some(), &a), side(new.is_some(), &b));
    out.extend_from_slice(format!("--- {from}\n+++ {to}\n").as_bytes());
    for hunk in hunks {
        let header = format!("@@ -{} +{} @@\n", place(&hunk.old_lines()), place(&hunk.new_lines()));
        out.extend_from_slice(header.as_bytes());
        for op in &hunk.ops {
            let (tag, was, is) = op.as_tag_tuple();
            if tag == similar::DiffTag::Equal {
                is.for_each(|line| push(&mut out, b' ', new.and_then(|new| new.get(line))));
                continue;
            }
            was.for_each(|line| push(&mut out, b'-', old.and_then(|old| old.get(line))));
            is.for_each(|line| push(&mut out, b'+', new.and_then(|new| new.get(line))));
        }
    }
    out
}

fn join(ranges: impl Iterator<Item = Range<usize>>) -> Range<usize> {
    ranges.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end)).unwrap_or_default()
}

/// `start,count` of a hunk header: lines from 1; an empty side names the line before it.
fn place(lines: &Range<usize>) -> String {
    match lines.len() {
        0 => format!("{},0", lines.start),
        1 => format!("{}", lines.start + 1),
        count => format!("{},{count}", lines.start + 1),
    }
}

fn push<T: AsRef<[u8]>>(out: &mut Vec<u8>, sign: u8, line: Option<&T>) {
    let Some(line) = line.map(AsRef::as_ref) else { return };
    out.push(sign);
    out.extend_from_slice(line);
    if !line.ends_with(b"\n") {
        out.extend_from_slice(b"\n\\ No newline at end of file\n");
    }
}

/// A name as git writes it with its default `core.quotePath`: in quotes, with C escapes, where a byte is not plain ASCII.
fn quoted(prefix: &str, path: &str) -> String {
    let odd = |byte: u8| !(0x20..0x7f).contains(&byte) || byte == b'"' || byte == b'\\';
    if !path.bytes().any(odd) {
        return format!("{prefix}{path}");
    }
    let mut out = format!("\"{prefix}");
    for byte in path.bytes() {
        match byte {
            b'"' | b'\\' => out.extend(['\\', byte as char]),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            byte if odd(byte) => out.push_str(&format!("\\{byte:03o}")),
            byte => out.push(byte as char),
        }
    }
    out.push('"');
    out
}

/// git ends an unquoted name that holds a blank with a tab, so that a time stamp could not be taken for a part of it.
fn with_tab(name: &str) -> String {
    if name.contains(' ') && !name.starts_with('"') { format!("{name}\t") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::process::Command;

    /// Applies the diff with the real git in an empty folder and gives the file back.
    fn applied(path: &str, old: Option<&[u8]>, new: &[u8]) -> Vec<u8> {
        let diff = old.map_or_else(|| added(path, new), |old| unified(path, old, new));
        apply(path, old, &diff).unwrap()
    }

    /// What is at the path afterwards.
    fn apply(path: &str, old: Option<&[u8]>, diff: &[u8]) -> Option<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        if let Some(old) = old {
            std::fs::write(&file, old).unwrap();
        }
        std::fs::write(folder.path().join("it.patch"), diff).unwrap();
        let git = Command::new("git")
            .current_dir(folder.path())
            .args(["-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", "it.patch"])
            .env("GIT_CEILING_DIRECTORIES", folder.path().parent().unwrap())
            .output()
            .unwrap();
        let shown = String::from_utf8_lossy(diff);
        assert!(git.status.success(), "{}\n{shown}", String::from_utf8_lossy(&git.stderr));
        std::fs::read(&file).ok()
    }

    #[test]
    fn git_applies_odd_files() {
        let long: Vec<u8> = (0..40).flat_map(|n| format!("line {n}\n").into_bytes()).collect();
        let mut edited = long.clone();
        edited.splice(14..15, *b"X");
        edited.splice(200..210, *b"some more\nlines\n");
        let cases: &[(&str, &[u8], &[u8])] = &[
            ("crlf.py", b"a\r\nb\r\nc\r\n", b"a\r\nB\r\nc\r\n"),
            ("mixed.py", b"a\r\nb\nc\rd\n", b"a\r\nB\nc\rd\n"),
            ("no-final.py", b"a\nb", b"a\nc"),
            ("gains-final.py", b"a\nb", b"a\nb\n"),
            ("loses-final.py", b"a\nb\n", b"a\nb"),
            ("bom.py", b"\xef\xbb\xbfa = 1\nb\n", b"\xef\xbb\xbfa = 2\nb\n"),
            ("latin.py", b"# caf\xe9\nx = 1\n", b"# caf\xe9\nx = 2\n"),
            ("empty.py", b"", b"a\n"),
            ("emptied.py", b"a\n", b""),
            ("with blank.py", b"a\n", b"b\n"),
            ("a folder/with blank.py", b"a\n", b"b\n"),
            ("caf\u{e9} \"q\"\\x\t.py", b"a\n", b"b\n"),
            ("top.py", b"a\nb\nc\nd\ne\nf\n", b"z\na\nb\nc\nd\ne\nf\n"),
            ("far.py", &long, &edited),
        ];
        for (path, old, new) in cases {
            assert_eq!(applied(path, Some(old), new), *new, "{path}");
        }
    }

    #[test]
    fn git_adds_files() {
        for (path, new) in [("new.js", &b"a\r\nb"[..]), ("deep/er/new file.js", b"a\n"), ("empty.js", b"")] {
            assert_eq!(applied(path, None, new), new, "{path}");
        }
    }

    #[test]
    fn git_removes_files() {
        let cases = [
            ("gone.js", &b"a\r\nb"[..]),
            ("deep/er/with blank.js", b"a\n"),
            ("empty.js", b""),
            ("\u{e9}.py", b"\xff\n"),
        ];
        for (path, old) in cases {
            assert_eq!(apply(path, Some(old), &removed(path, old)), None, "{path}");
        }
    }

    #[test]
    fn nothing_changed_is_no_diff() {
        assert!(unified("a", b"a\n", b"a\n").is_empty());
    }

    fn line() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            Just(b"a\n".to_vec()),
            Just(b"\n".to_vec()),
            Just(b"a\r\n".to_vec()),
            Just(b"\xff\xfe\n".to_vec()),
            Just(b"no end".to_vec()),
            proptest::collection::vec(any::<u8>(), 0..6),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn git_applies_random_edits(old in proptest::collection::vec(line(), 0..30),
                                    cuts in proptest::collection::vec((0usize..30, 0usize..4, line()), 1..4)) {
            let mut new = old.clone();
            for (at, gone, text) in cuts {
                let at = at.min(new.len());
                let end = (at + gone).min(new.len());
                new.splice(at..end, [text]);
            }
            let (old, new) = (old.concat(), new.concat());
            // git takes a patch with a NUL for a binary one, and discovery skips such files.
            prop_assume!(old != new && !old.contains(&0) && !new.contains(&0));
            prop_assert_eq!(applied("f.txt", Some(&old), &new), new);
        }
    }
}
