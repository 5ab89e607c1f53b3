//! The first question to a file: does it hold any string that a rule speaks about?
//!
//! Nearly every byte of a tree goes through this search, and nearly none is part of a needle. So only every fourth byte is
//! asked whether the three bytes there may be a piece of a needle that no occurrence of it can do without; only where a
//! small table says so, needles are compared. Other searches for this many strings in either letter case look at
//! each byte, one after the other (an automaton), or cannot ignore the case (Teddy).

use super::Error;
use aho_corasick::AhoCorasick;

/// Bytes of a piece.
const PIECE: usize = 3;
/// From one looked at byte to the next. No shorter string has pieces.
const STEP: usize = 4;
/// Bits of a piece's hash.
const BITS: u32 = 16;
/// A needle of no more letters than this is a word by itself: `aepp` is not in `OAEPParameters`.
const SHORT_WORD: usize = 5;
/// The commonest bytes of programs, the rarest of them first; all others are rarer.
const COMMON: &[u8] = b";1')0\"/(_kw-xb,yv.ghfmupdclrsinoate ";
/// How common any byte at all is, by the same measure (bytes come as often as their places there say, nearly).
const ANY: usize = 1200;
/// Makes ASCII letters equal in either case, and some other bytes.
const FOLD: u64 = u64::from_ne_bytes([0x20; 8]);

/// Many strings, searched at once in raw bytes. ASCII letters match in either case. A name of a few letters and digits
/// (at most five) must stand alone.
#[derive(Debug, Clone)]
pub struct Needles {
    strings: Vec<Box<[u8]>>,
    /// Which hashes of pieces there are: one bit for each.
    bits: Box<[u64; 1 << (BITS - 6)]>,
    /// Sorted by hash.
    pieces: Vec<Piece>,
    /// Where those with a hash begin, one more for the end.
    begin: Box<[u32]>,
    /// All strings, if one of them is too short for pieces.
    whole: Option<AhoCorasick>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Piece {
    hash: u16,
    /// Which string.
    string: u32,
    /// Where in it, counted from the byte before it.
    at: u16,
}

impl Needles {
    /// From the strings of the rules. A string with `/` is searched with `\/` as well, as JSON may write it.
    ///
    /// # Errors
    /// [`Error::Needles`] if there are too many of them.
    pub fn new<S: AsRef<str>>(strings: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        let mut all: Vec<Box<[u8]>> = Vec::new();
        for string in strings {
            let string = string.as_ref();
            if string.contains('/') {
                all.push(string.replace('/', "\\/").into_bytes().into());
            }
            if !string.is_empty() {
                all.push(string.as_bytes().into());
            }
        }
        let is_short = all.iter().any(|string| string.len() < STEP);
        let whole = is_short.then(|| AhoCorasick::builder().ascii_case_insensitive(true).build(&all)).transpose()?;
        let mut pieces: Vec<Piece> =
            all.iter().enumerate().flat_map(|(index, string)| pieces_of(index, string)).collect();
        pieces.sort_unstable();
        pieces.dedup();
        let mut bits = Box::new([0; 1 << (BITS - 6)]);
        let mut begin = vec![0; (1 << BITS) + 1];
        for piece in &pieces {
            bits[usize::from(piece.hash >> 6)] |= 1 << (piece.hash & 63);
            begin[usize::from(piece.hash) + 1] += 1;
        }
        (1..begin.len()).for_each(|hash| begin[hash] += begin[hash - 1]);
        Ok(Needles { strings: all, bits, pieces, begin: begin.into(), whole })
    }

    /// Whether any of them is in `bytes`.
    #[must_use]
    pub fn are_in(&self, bytes: &[u8]) -> bool {
        if let Some(whole) = &self.whole {
            return whole.is_match(bytes);
        }
        let (words, rest) = bytes.as_chunks();
        let mut last = [0; 2 * STEP];
        last[..rest.len()].copy_from_slice(rest);
        words.iter().enumerate().any(|(index, word)| self.begin_in(bytes, index * word.len(), *word))
            || self.begin_in(bytes, bytes.len() - rest.len(), last)
    }

    /// Whether a needle of which a piece is looked at in `word`, the bytes at `at`, is there wholly.
    #[inline]
    fn begin_in(&self, bytes: &[u8], at: usize, word: [u8; 2 * STEP]) -> bool {
        let word = u64::from_le_bytes(word) | FOLD;
        let (one, other) = (hash(word as u32), hash((word >> 32) as u32));
        (self.may_be(one) | self.may_be(other)) && (self.begins(bytes, at, one) || self.begins(bytes, at + STEP, other))
    }

    #[inline]
    fn may_be(&self, hash: u16) -> bool {
        self.bits[usize::from(hash >> 6)] >> (hash & 63) & 1 != 0
    }

    /// Whether a needle of which a piece with this hash is at `at` is there wholly.
    #[cold]
    fn begins(&self, bytes: &[u8], at: usize, hash: u16) -> bool {
        let hash = usize::from(hash);
        self.pieces[self.begin[hash] as usize..self.begin[hash + 1] as usize].iter().any(|piece| {
            let needle = &self.strings[piece.string as usize];
            let Some(start) = (at + 1).checked_sub(usize::from(piece.at)) else { return false };
            let end = start + needle.len();
            bytes.get(start..end).is_some_and(|found| found.eq_ignore_ascii_case(needle))
                && (!is_short_word(needle) || stands_alone(bytes, start, end))
        })
    }
}

/// As many pieces in a row as bytes are passed over, so that one of them is looked at; the rarest of the string. The
/// first may begin one byte before the string, and the last end one behind it: any byte may be there.
fn pieces_of(index: usize, string: &[u8]) -> Vec<Piece> {
    // Counted from the byte before the string.
    let byte = |at: usize| at.checked_sub(1).and_then(|at| string.get(at)).copied();
    let rank = |byte: u8| COMMON.iter().position(|common| *common == byte.to_ascii_lowercase());
    let weight = |at: usize| byte(at).map_or(ANY, |byte| rank(byte).map_or(2, |rank| rank + 3));
    let commonness = |start: &usize| -> usize {
        (*start..*start + STEP).map(|at| (at..at + PIECE).map(weight).product::<usize>()).sum()
    };
    // A string's beginning is all that need be looked at, however long it is.
    let starts = 0..(string.len() + 1).saturating_sub(STEP).min(1 << 10);
    let Some(start) = starts.min_by_key(commonness) else { return vec![] };
    let piece = |at: usize, outside: u8| {
        let [a, b, c] = [at, at + 1, at + 2].map(|at| byte(at).unwrap_or(outside));
        Piece { hash: hash(u32::from_le_bytes([a, b, c, 0]) | FOLD as u32), string: index as u32, at: at as u16 }
    };
    let outside = |at: usize| if (at..at + PIECE).all(|at| byte(at).is_some()) { 0..=0 } else { 0..=u8::MAX };
    (start..start + STEP).flat_map(|at| outside(at).map(move |byte| piece(at, byte))).collect()
}

/// Of the lower three bytes, which are folded; the multiplier leaves the fourth out.
#[inline]
fn hash(bytes: u32) -> u16 {
    (bytes.wrapping_mul(0x9e37_7900) >> (u32::BITS - BITS)) as u16
}

fn is_short_word(needle: &[u8]) -> bool {
    needle.len() <= SHORT_WORD && needle.iter().all(u8::is_ascii_alphanumeric)
}

fn stands_alone(bytes: &[u8], start: usize, end: usize) -> bool {
    let outside = [start.checked_sub(1), Some(end)].into_iter().flatten();
    outside.filter_map(|at| bytes.get(at)).all(|byte| !byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_json_slashes_do_not_hide_a_needle() {
        let needles = Needles::new(["ims/exchange/jwt", "jwt_token", ""]).unwrap();
        for text in [&b"https://x/IMS/Exchange/jwt/"[..], br#""ims\/exchange\/jwt""#, b"\xffJWT_TOKEN\xff"] {
            assert!(needles.are_in(text));
        }
        for text in [&b""[..], b"ims/exchange", b"jwt-token"] {
            assert!(!needles.are_in(text));
        }
    }

    #[test]
    fn needles_are_found_wherever_they_stand() {
        for shortest in ["abcd", "abc", "ab", "abcdefghi"] {
            let strings = [shortest, "ims/exchange/jwt", " ent_", "@techacct.adobe.com"];
            let needles = Needles::new(strings).unwrap();
            for string in strings {
                for before in 0..10 {
                    for after in 0..10 {
                        let text = format!("{}{}{}", "-".repeat(before), string.to_uppercase(), "-".repeat(after));
                        assert!(needles.are_in(text.as_bytes()), "{text} for {shortest}");
                        let damaged = text.replacen(['T', 'B'], "?", 1);
                        assert!(!needles.are_in(damaged.as_bytes()), "{damaged} for {shortest}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_short_name_is_a_word() {
        let needles = Needles::new(["aepp", "cjapy", "launchpy"]).unwrap();
        for text in ["import aepp", "aepp>=1", "'aepp'", "my_aepp_config", "OAEPParameters, aepp", "relaunchpython"] {
            assert!(needles.are_in(text.as_bytes()), "{text}");
        }
        for text in ["OAEPParameters", "aepp2", "cjapython", "aep p"] {
            assert!(!needles.are_in(text.as_bytes()), "{text}");
        }
    }
}
