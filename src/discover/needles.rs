//! The first question to a file: does it hold any string that a rule speaks about?

use super::Error;
use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// Many strings, searched at once in raw bytes. ASCII letters match in either case.
#[derive(Debug, Clone)]
pub struct Needles {
    automaton: AhoCorasick,
}

impl Needles {
    /// From the strings of the rules. A string with `/` is searched with `\/` as well, as JSON may write it.
    ///
    /// # Errors
    /// [`Error::Needles`] if there are too many of them for one automaton.
    pub fn new<S: AsRef<str>>(strings: impl IntoIterator<Item = S>) -> Result<Self, Error> {
        let mut all = Vec::new();
        for string in strings {
            let string = string.as_ref();
            if string.contains('/') {
                all.push(string.replace('/', "\\/"));
            }
            if !string.is_empty() {
                all.push(string.to_owned());
            }
        }
        // Nearly all time goes into this search: the automaton that is the fastest, whatever memory it takes (under 1 MiB).
        let kind = Some(AhoCorasickKind::DFA);
        let automaton = AhoCorasick::builder().ascii_case_insensitive(true).kind(kind).build(all)?;
        Ok(Needles { automaton })
    }

    /// Whether any of them is in `bytes`.
    #[must_use]
    pub fn are_in(&self, bytes: &[u8]) -> bool {
        self.automaton.is_match(bytes)
    }
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
}
