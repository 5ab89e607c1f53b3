//! The first question to a file: does it hold any string that a rule speaks about?
//!
//! Nearly every byte of a tree goes through this search, and nearly none is part of a needle. So every other byte or so is
//! asked whether the three bytes there begin a piece of a needle that no occurrence of it can do without; only where a
//! small table says so, needles are compared. Other searches for this many strings in either letter case look at
//! each byte, one after the other (an automaton), or cannot ignore the case (Teddy).

use super::Error;
use aho_corasick::AhoCorasick;

/// Bytes of a piece.
const PIECE: usize = 3;
/// Bits of a piece's hash.
const BITS: u32 = 15;
/// A needle of no more letters than this is a word by itself: `aepp` is not in `OAEPParameters`.
const SHORT_WORD: usize = 5;
/// Bytes by how common they are in programs; all others are rare.
const COMMON: &[u8] = b" etaonisrlcdpumfhg.vy,bx-wk_(/\"0)'1;";

/// Many strings, searched at once in raw bytes. ASCII letters match in either case. A name of a few letters and digits
/// (at most five) must stand alone.
#[derive(Debug, Clone)]
pub struct Needles {
    strings: Vec<Box<[u8]>>,
    /// Which hashes of pieces there are: one bit for each.
    bits: Box<[u64]>,
    /// Sorted by hash.
    pieces: Vec<Piece>,
    /// Where those with a hash begin, one more for the end.
    begin: Box<[u32]>,
    /// From one looked at byte to the next; 0 if some string is too short for pieces.
    step: usize,
    /// All strings, for that case.
    whole: AhoCorasick,
}

#[derive(Debug, Clone, Copy)]
struct Piece {
    hash: u16,
    /// Which string.
    string: u32,
    /// Where in it.
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
        let shortest = all.iter().map(|string| string.len()).min().unwrap_or(PIECE);
        let step = (shortest + 1).saturating_sub(PIECE).min(4);
        let few = if step == 0 { &all[..] } else { &[] };
        let whole = AhoCorasick::builder().ascii_case_insensitive(true).build(few)?;
        let mut pieces: Vec<Piece> =
            all.iter().enumerate().flat_map(|(index, string)| pieces_of(index, string, step)).collect();
        pieces.sort_unstable_by_key(|piece| piece.hash);
        let begin = (0..=1_u32 << BITS).map(|hash| pieces.partition_point(|piece| u32::from(piece.hash) < hash) as u32);
        let begin = begin.collect();
        let mut bits = vec![0_u64; 1 << (BITS - 6)];
        for piece in &pieces {
            bits[usize::from(piece.hash >> 6)] |= 1 << (piece.hash & 63);
        }
        Ok(Needles { strings: all, bits: bits.into(), pieces, begin, step, whole })
    }

    /// Whether any of them is in `bytes`.
    #[must_use]
    pub fn are_in(&self, bytes: &[u8]) -> bool {
        if self.step == 0 {
            return self.whole.is_match(bytes);
        }
        // Four bytes are read for three, since that is one load.
        let ahead = bytes.windows(PIECE + 1).step_by(self.step).enumerate();
        let mut hits = ahead.filter(|(_, four)| self.may_be(hash(four)));
        if hits.any(|(index, four)| self.begins(bytes, index * self.step, hash(four))) {
            return true;
        }
        let last = bytes.len().saturating_sub(PIECE);
        last.is_multiple_of(self.step) && bytes.len() >= PIECE && self.begins(bytes, last, hash(&bytes[last..]))
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
            let Some(start) = at.checked_sub(usize::from(piece.at)) else { return false };
            let end = start + needle.len();
            bytes.get(start..end).is_some_and(|found| found.eq_ignore_ascii_case(needle))
                && (!is_short_word(needle) || stands_alone(bytes, start, end))
        })
    }
}

/// As many pieces in a row as bytes are passed over, so that one of them is looked at; the rarest of the string.
fn pieces_of(index: usize, string: &[u8], step: usize) -> Vec<Piece> {
    if step == 0 {
        return vec![];
    }
    let commonness = |start: &usize| {
        let rank = |byte: &u8| COMMON.iter().position(|common| *common == byte.to_ascii_lowercase());
        let part = &string[*start..*start + step + PIECE - 1];
        part.iter().map(|byte| rank(byte).map_or(0, |rank| COMMON.len() - rank)).sum::<usize>()
    };
    // A string's beginning is all that need be looked at, however long it is.
    let starts = 0..=(string.len() + 1 - PIECE - step).min(1 << 10);
    let Some(start) = starts.min_by_key(commonness) else { return vec![] };
    let piece = |at: usize| Piece { hash: hash(&string[at..]), string: index as u32, at: at as u16 };
    (start..start + step).map(piece).collect()
}

/// Of the first three bytes, in either letter case; nothing of fewer has a hash of its own.
#[inline]
fn hash(bytes: &[u8]) -> u16 {
    let [a, b, c] = match bytes {
        [a, b, c, ..] => [*a, *b, *c],
        _ => [0; PIECE],
    };
    let folded = u32::from_le_bytes([a, b, c, 0]) | 0x20_20_20;
    (folded.wrapping_mul(0x9e37_79b1) >> (u32::BITS - BITS)) as u16
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
