//! One file's bytes, and a text view of them with the same offsets.

use super::{LineIndex, Span};
use std::sync::Arc;

/// A file's number within one run; an index into the program's file list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FileId(pub u32);

/// The line end that a file uses most.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Eol {
    /// `\n`
    Lf,
    /// `\r\n`
    CrLf,
}

impl Eol {
    /// The characters themselves.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Eol::Lf => "\n",
            Eol::CrLf => "\r\n",
        }
    }
}

/// A file as it was read. Edits are made on [`bytes`](Self::bytes); everything else looks at [`text`](Self::text).
/// A clone shares them.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Path relative to the scanned root, with `/` on every system.
    pub path: String,
    /// The ending that a file with this text would have, where the path has another one: the text was taken out of a
    /// container (`py` for the program of a notebook).
    pub ending: Option<&'static str>,
    /// Where the bytes are not UTF-8, every bad byte is replaced by one ASCII SUB, so that offsets agree.
    text: Arc<String>,
    /// Only where they are not UTF-8.
    bytes: Option<Arc<Vec<u8>>>,
    lines: Arc<LineIndex>,
}

impl SourceFile {
    /// Takes the bytes of a file. Never fails: what is not UTF-8 is seen as the SUB character (U+001A).
    #[must_use]
    pub fn new(path: impl Into<String>, bytes: Vec<u8>) -> Self {
        let lines = Arc::new(LineIndex::new(&bytes));
        let (text, bytes) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => (same_length_text(error.as_bytes()), Some(Arc::new(error.into_bytes()))),
        };
        SourceFile { path: path.into(), ending: None, text: Arc::new(text), bytes, lines }
    }

    /// The same file with other bytes.
    #[must_use]
    pub fn with_bytes(&self, bytes: Vec<u8>) -> Self {
        SourceFile { ending: self.ending, ..SourceFile::new(self.path.clone(), bytes) }
    }

    /// The bytes, exactly as on disk.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_ref().map_or(self.text.as_bytes(), |bytes| bytes)
    }

    /// The text; byte offsets are those of [`bytes`](Self::bytes). Includes a BOM if there is one.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether every byte is valid UTF-8.
    #[must_use]
    pub fn is_utf8(&self) -> bool {
        self.bytes.is_none()
    }

    /// The text in a span; empty if the span is not on character boundaries.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text().get(span.range()).unwrap_or_default()
    }

    /// Line starts and positions.
    #[must_use]
    pub fn lines(&self) -> &LineIndex {
        &self.lines
    }

    /// The line end that the file uses most; `\n` where there is none.
    #[must_use]
    pub fn eol(&self) -> Eol {
        let crlf = self.bytes().windows(2).filter(|pair| pair == b"\r\n").count();
        let lf = self.bytes().iter().filter(|byte| **byte == b'\n').count() - crlf;
        if crlf > lf { Eol::CrLf } else { Eol::Lf }
    }

    /// The file name without folders.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The folder, without a trailing `/`; empty for a file in the root.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The white space that begins the line on which `offset` (bytes) lies.
    #[must_use]
    pub fn indent_at(&self, offset: usize) -> &str {
        let start = self.lines.line_span(self.lines.line_of(offset)).start as usize;
        let rest = &self.text()[start..];
        &rest[..rest.len() - rest.trim_start_matches([' ', '\t']).len()]
    }
}

fn same_length_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(std::iter::repeat_n('\u{1a}', chunk.invalid().len()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_bytes_keep_offsets() {
        let file = SourceFile::new("a.py", b"a = 'caf\xe9' # \xc3\xa9\nb".to_vec());
        assert!(!file.is_utf8());
        assert_eq!(file.text().len(), file.bytes().len());
        assert_eq!(file.slice(Span::new(13, 15)), "é");
    }

    #[test]
    fn the_commoner_line_end_wins() {
        assert_eq!(SourceFile::new("a", b"a\r\nb\r\nc\n".to_vec()).eol(), Eol::CrLf);
        assert_eq!(SourceFile::new("a", b"a".to_vec()).eol(), Eol::Lf);
    }
}
