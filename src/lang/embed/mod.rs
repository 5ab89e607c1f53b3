//! Programs in containers: notebooks, pages, collections of requests.
//!
//! A container is opened once, at the start: what is analysed and rewritten is the program's own text, with its own line
//! ends, quotes and indentation ([`Embedded::text`]). When that is done, places are told in the container
//! ([`Embedded::outer`]) and edits are written in its escaping ([`Embedded::write`]). Nothing in between knows of it.
//!
//! | file | what |
//! |---|---|
//! | [`weave`] | making the text of a program from pieces of its container |
//! | [`write`] | edits of the text → edits of the container |
//! | [`notebook`] | Jupyter, Databricks |
//! | [`page`] | `<script>` in HTML, Vue, Svelte |
//! | [`collection`] | Postman and Insomnia: scripts, requests, variables |

mod collection;
mod notebook;
mod page;
mod weave;
mod write;

pub use write::NotWritable;

use crate::text::{SourceFile, Span};

/// A program in a container.
#[derive(Debug)]
pub struct Embedded {
    /// The program.
    pub text: String,
    /// What a file with this text would end with: says the language.
    pub ending: &'static str,
    /// Where each byte of the text comes from, in order, without holes.
    pieces: Vec<Piece>,
    /// What can be written back, in order.
    slots: Vec<Slot>,
    /// Regions of the text that stand for something else, and must stay.
    fixed: Vec<Span>,
}

/// A run of text and the bytes of the container that it comes from.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// Bytes of the text.
    text: Span,
    /// Bytes of the container. Of the same length: byte for byte. Else an escape; empty for what is only in the text.
    raw: Span,
}

/// A region of the container that holds program text.
#[derive(Debug, Clone)]
struct Slot {
    /// Bytes of the text.
    text: Span,
    /// Bytes of the container, without the quotes or brackets around them.
    raw: Span,
    /// How text is written there.
    encoding: Encoding,
}

/// How program text is written in a container.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Encoding {
    /// As it is.
    Raw,
    /// In one JSON string.
    Text,
    /// In a list of JSON strings, one for each line.
    Lines {
        /// What stands between the quotes of two lines: the comma, a line end, indentation.
        between: String,
        /// Whether a string holds the end of its line.
        with_ends: bool,
    },
}

/// What a file is to a front-end.
#[derive(Debug)]
pub enum Opened {
    /// No container: the file is the program, or none.
    Plain,
    /// A container with a program in it.
    Program(Embedded),
    /// A container without one, or one that cannot be read.
    Nothing,
}

/// Opens a file.
#[must_use]
pub fn open(file: &SourceFile) -> Opened {
    if file.ending.is_some() {
        return Opened::Plain;
    }
    let ending = file.name().rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_ascii_lowercase());
    let program = match ending.as_str() {
        "ipynb" => notebook::open(file.text()),
        "py" if notebook::is_databricks(file.text()) => notebook::databricks(file.text()),
        "html" | "htm" | "vue" | "svelte" => page::open(file.text(), &ending),
        "json" if collection::is_one(file) => collection::open(file.text()),
        _ => return Opened::Plain,
    };
    // Bytes that are no text would not come back as they were.
    program.filter(|_| file.is_utf8()).map_or(Opened::Nothing, Opened::Program)
}

impl Embedded {
    /// The program as a file of its own, under the container's path.
    #[must_use]
    pub fn program(&self, container: &SourceFile) -> SourceFile {
        let mut file = SourceFile::new(container.path.clone(), self.text.clone().into_bytes());
        file.ending = Some(self.ending);
        file
    }

    /// Where a span of the text is in the container.
    #[must_use]
    pub fn outer(&self, span: Span) -> Span {
        let start = self.start(span.start);
        if span.is_empty() {
            return Span { start, end: start };
        }
        Span { start, end: self.end(span.end).max(start) }
    }

    /// The byte of the container that the byte of the text at `offset` comes from.
    fn start(&self, offset: u32) -> u32 {
        let at = self.pieces.partition_point(|piece| piece.text.end <= offset);
        match self.pieces.get(at) {
            Some(piece) if piece.text.len() == piece.raw.len() => piece.raw.start + (offset - piece.text.start),
            Some(piece) => piece.raw.start,
            None => self.pieces.last().map_or(0, |piece| piece.raw.end),
        }
    }

    /// The byte of the container after that which the byte of the text before `offset` comes from.
    fn end(&self, offset: u32) -> u32 {
        let at = self.pieces.partition_point(|piece| piece.text.end < offset);
        match self.pieces.get(at) {
            Some(piece) if piece.text.len() == piece.raw.len() => piece.raw.start + (offset - piece.text.start),
            Some(piece) => piece.raw.end,
            None => self.pieces.last().map_or(0, |piece| piece.raw.end),
        }
    }
}
