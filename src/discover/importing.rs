//! What the import statements of a file speak about, as far as raw bytes tell. Each file is read once, in the walk; who
//! imports a file that turns out to matter is known from these words, without a second look at all others.

use crate::lang::{self, Imports};
use aho_corasick::{AhoCorasick, MatchKind};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// Bytes of a statement that are looked at.
const REACH: usize = 2_000;

/// For the words with which imports begin in a language, the search for them.
static BEGINNINGS: LazyLock<FxHashMap<&[&str], AhoCorasick>> = LazyLock::new(|| {
    let words = lang::ALL.iter().map(|language| language.imports.words);
    // Only with this kind of match the search goes many bytes at a time.
    let finder = |words| AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(words).ok();
    words.filter_map(|words| Some((words, finder(words)?))).collect()
});

/// Words as hashes. Two words with one hash only mean that a file is looked at for nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Words(Box<[u32]>);

impl Words {
    /// The words in all import statements of a file.
    pub(super) fn of(imports: &Imports, bytes: &[u8]) -> Self {
        let mut all: Vec<u32> = statements(imports, bytes).flat_map(words).map(hash).collect();
        all.sort_unstable();
        all.dedup();
        Words(all.into())
    }

    /// Whether an import statement has the word.
    pub(super) fn say(&self, word: &str) -> bool {
        self.0.binary_search(&hash(word.as_bytes())).is_ok()
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the file `from`, which has them, may import one of the sought files.
    pub(super) fn may_mean(&self, from: &str, sought: &Sought) -> bool {
        let mut own: Option<Vec<u32>> = None;
        let mut is_known = |part: &u32| {
            let own = own.get_or_insert_with(|| names(from.as_bytes()).map(hash).collect());
            own.contains(part) || self.0.binary_search(part).is_ok()
        };
        let mut folders = self.0.iter().flat_map(|word| sought.folders(*word));
        folders.any(|folder| folder.iter().all(&mut is_known))
    }
}

/// Folders that a language may look into without being told: a source root, and what a test belongs to.
const UNWRITTEN: [&str; 2] = ["src", "main"];

/// Files whose importers are looked for, by the words that an import statement must have for them: a bit for each hash
/// of twelve bits, since nearly no word is sought, and for each hash the folders that such files are in, as hashes. A
/// folder on the way to a file is written in the statement, or is one on the way to the file that imports.
#[derive(Debug)]
pub(super) struct Sought([u64; 64], FxHashMap<u32, Vec<Box<[u32]>>>);

impl Default for Sought {
    fn default() -> Self {
        Sought([0; 64], FxHashMap::default())
    }
}

impl Sought {
    /// Adds a file: the word by which it is imported, and its folder.
    pub(super) fn add(&mut self, text: &str, folder: &str) {
        let Some(hash) = words(text.as_bytes()).next().map(hash) else { return };
        let written = folder.split('/').filter(|part| !UNWRITTEN.contains(part));
        let written = written.filter_map(|part| names(part.as_bytes()).next()).map(self::hash).collect();
        self.0[(hash >> 6 & 63) as usize] |= 1 << (hash & 63);
        self.1.entry(hash).or_default().push(written);
    }

    #[inline]
    fn folders(&self, hash: u32) -> &[Box<[u32]>] {
        let may_be = self.0[(hash >> 6 & 63) as usize] >> (hash & 63) & 1 != 0;
        if may_be { self.1.get(&hash).map_or(&[], Vec::as_slice) } else { &[] }
    }

    fn are_in(&self, text: &[u8]) -> bool {
        words(text).any(|word| !self.folders(hash(word)).is_empty())
    }
}

/// The rest of each statement behind a word that imports. None of them overlap.
fn statements<'t>(imports: &Imports, bytes: &'t [u8]) -> impl Iterator<Item = &'t [u8]> + use<'t> {
    let mut seen = 0;
    let hits = BEGINNINGS.get(imports.words).into_iter().flat_map(move |finder| finder.find_iter(bytes));
    hits.map(|hit| hit.end()).filter_map(move |start| {
        if start < seen {
            return None;
        }
        let rest = &bytes[start..bytes.len().min(start + REACH)];
        let rest = &rest[..end_of_statement(rest)];
        seen = start + rest.len();
        Some(rest)
    })
}

/// A statement ends with `;`, with a bracket that was opened before it, or with its line outside of brackets.
fn end_of_statement(rest: &[u8]) -> usize {
    let (mut depth, mut begun) = (0_u32, false);
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => return at,
            b')' | b']' | b'}' => depth -= 1,
            b';' => return at,
            b'\n' if depth == 0 && begun && !continues(&rest[..at]) => return at,
            byte => begun |= !byte.is_ascii_whitespace(),
        }
    }
    rest.len()
}

fn continues(line: &[u8]) -> bool {
    line.strip_suffix(b"\r").unwrap_or(line).ends_with(b"\\")
}

/// A module string that names nothing but folders, as in `require('..')`, has one word, this one.
pub(super) const DOTS: &str = ".";

fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_dots = |piece: &[u8]| piece.starts_with(b".") && piece.iter().all(|byte| matches!(byte, b'.' | b'/'));
    let dots = text.contains(&b'.') && pieces(text).any(is_dots);
    names(text).chain(dots.then_some(DOTS.as_bytes()))
}

fn names(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| !IN_NAME[usize::from(*byte)]).filter(|word| !word.is_empty())
}

/// What stands between white space, quotes, brackets and the like.
fn pieces(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| BETWEEN[usize::from(*byte)]).filter(|piece| !piece.is_empty())
}

const BETWEEN: [bool; 256] = bytes(b" \t\n\r\x0c'\"`()[]{},;");
const IN_NAME: [bool; 256] = {
    let mut all = bytes(b"_-$");
    let mut byte = 0;
    while byte < 256 {
        all[byte] |= byte >= 0x80 || (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    all
};

const fn bytes(these: &[u8]) -> [bool; 256] {
    let mut all = [false; 256];
    let mut at = 0;
    while at < these.len() {
        all[these[at] as usize] = true;
        at += 1;
    }
    all
}

/// FNV-1a.
fn hash(word: &[u8]) -> u32 {
    word.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// The module strings that the import statements of a file may hold, at least those that parsing finds: each piece of a
/// statement, and its first with each of the others as its item. Only those that end with a piece in which a sought word is are given.
pub(super) fn modules(imports: &Imports, bytes: &[u8], sought: &Sought) -> Vec<String> {
    let mut found = Vec::new();
    for statement in statements(imports, bytes).filter(|statement| sought.are_in(statement)) {
        let mut first: Option<&[u8]> = None;
        for piece in pieces(statement) {
            if sought.are_in(piece) {
                let item = String::from_utf8_lossy(piece);
                let of = first.map(String::from_utf8_lossy);
                found.extend(
                    of.map(|of| if of.ends_with('.') { format!("{of}{item}") } else { format!("{of}.{item}") }),
                );
                found.push(item.into_owned());
            }
            first.get_or_insert(piece);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: Imports = Imports { words: &["import", "require", "from"], whole: true, beside: false, package: None };

    fn sought(text: &str) -> Sought {
        let mut sought = Sought::default();
        sought.add(text, "");
        sought
    }

    #[test]
    fn words_of_statements_are_known() {
        let cases = [
            ("import a.b_c as d\n", "b_c", true),
            ("from .x import (\n  one, # (two)\n  my_auth)\n", "my_auth", true),
            ("from x import \\\n  auth\n", "auth", true),
            ("from x import y\nauth()\n", "auth", false),
            ("const a = require('../lib/my-auth.js');", "my-auth", true),
            ("import {\n a,\n b\n} from '../lib/my-auth.js'", "my-auth", true),
            ("} from\n  './auth'", "auth", true),
            ("import('./auth').then(x); other()", "other", false),
            ("auth", "auth", false),
            ("import x from './my auth'", "my auth", true),
            ("import x from './café'", "café", true),
            ("require('../..')", DOTS, true),
            ("require('./a')", DOTS, false),
        ];
        for (text, stem, want) in cases {
            assert_eq!(Words::of(&BOTH, text.as_bytes()).may_mean("", &sought(stem)), want, "{stem} in {text}");
        }
    }

    #[test]
    fn a_folder_is_written_or_shared() {
        let cases = [
            ("from .auth import x", "a/c.py", "a", true),
            ("from .auth import x", "b/c.py", "a", false),
            ("from ..pkg.auth import x", "a/b/c.py", "a/pkg", true),
            ("from ..pkg.auth import x", "a/b/c.py", "a/other", false),
            ("import x from '@/auth'", "app/b.js", "src", true),
            ("require('./lib/auth')", "one/b.js", "two/lib", false),
            ("require('./my.lib/auth')", "one/b.js", "one/my.lib", true),
            ("require('./auth')", "auth.js", "", true),
        ];
        for (text, from, folder, want) in cases {
            let mut sought = Sought::default();
            sought.add("auth", folder);
            let words = Words::of(&BOTH, text.as_bytes());
            assert_eq!(words.may_mean(from, &sought), want, "{folder} in {text} of {from}");
        }
    }

    #[test]
    fn modules_are_pieces_and_items() {
        let of = |text: &str, stem| modules(&BOTH, text.as_bytes(), &sought(stem));
        assert_eq!(of("from ..a import (b,\n c)", "c"), ["..a.c", "c"]);
        assert_eq!(of("from . import b", "b"), [".b", "b"]);
        assert_eq!(of("x = require('./a')", "a"), ["./a"]);
        assert!(of("x = require('./a')", "x").is_empty());
    }

    #[test]
    fn a_statement_without_end_is_cut() {
        let long = format!("import ({}", "a, ".repeat(5_000));
        let got: usize = statements(&BOTH, long.as_bytes()).map(<[u8]>::len).sum();
        assert_eq!(got, REACH);
    }
}
