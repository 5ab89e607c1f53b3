//! Lines and columns of byte offsets.

use super::Span;

/// A place for people: line and column from 1; the column counts **characters** (Unicode scalar values).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// Where each line of a file begins. `\n`, `\r\n` and a lone `\r` end a line.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<u32>,
    len: u32,
}

impl LineIndex {
    /// Indexes `bytes`.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        let mut starts = vec![0];
        for (i, byte) in bytes.iter().enumerate() {
            let ends = *byte == b'\n' || (*byte == b'\r' && bytes.get(i + 1) != Some(&b'\n'));
            if ends {
                starts.push(i as u32 + 1);
            }
        }
        LineIndex { starts, len: bytes.len() as u32 }
    }

    /// The number (from 0) of the line that holds the byte at `offset`.
    #[must_use]
    pub fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start as usize <= offset).saturating_sub(1)
    }

    /// The span of line `line` (from 0), its line end included; empty past the end.
    #[must_use]
    pub fn line_span(&self, line: usize) -> Span {
        let start = self.starts.get(line).copied().unwrap_or(self.len);
        let end = self.starts.get(line + 1).copied().unwrap_or(self.len);
        Span { start, end }
    }

    /// How many lines there are (a last empty line counts).
    #[must_use]
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The position of byte `offset` in `text`, which must be the text that was indexed.
    #[must_use]
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let line = self.line_of(offset);
        let start = self.starts[line] as usize;
        let upto = offset.min(text.len());
        let column = text.as_bytes()[start..upto].iter().filter(|byte| (**byte & 0xc0) != 0x80).count();
        Position { line: line as u32 + 1, column: column as u32 + 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "é😀x\r\ny\rz";
        let index = LineIndex::new(text.as_bytes());
        let at = |needle: &str| index.position(text, text.find(needle).unwrap_or(0));
        assert_eq!(at("x"), Position { line: 1, column: 3 });
        assert_eq!(at("y"), Position { line: 2, column: 1 });
        assert_eq!(at("z"), Position { line: 3, column: 1 });
        assert_eq!(index.count(), 3);
    }
}
