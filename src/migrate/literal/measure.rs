//! Where a value, a call and the words of a shell's command end, by their brackets and quotes.

use crate::text::Span;

/// Stands for an open `\"`.
const ESCAPED: char = '\\';

/// Where the expression that is called at an opening bracket begins: `new KeyValuePair<string, string>(`, `.add(`.
pub(super) fn called(text: &str, open: usize) -> usize {
    let mut start = open;
    let mut depth = 0usize;
    for (at, c) in text[..open].char_indices().rev() {
        match c {
            '>' if !text[..at].ends_with('-') => depth += 1,
            '<' if depth > 0 => depth -= 1,
            _ if depth > 0 && c != '\n' => {}
            _ if c.is_alphanumeric() || "_.$:->?".contains(c) => {}
            _ => break,
        }
        start = at;
    }
    start - if text[..start].ends_with("new ") { 4 } else { 0 }
}

pub(super) fn ends_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_)]".contains(&byte)
}

/// The bytes of a value: up to a comma, a semicolon, a closing bracket or the line's end, or `joint` where one is given.
pub(super) fn value_len(text: &str, joint: &str) -> Option<usize> {
    let mut depth = 0usize;
    let mut quote: Option<char> = None;
    let mut escaped = false;
    let mut comment = false;
    let mut len = text.len();
    for (at, c) in text.char_indices() {
        if let Some(open) = quote {
            if escaped {
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == open {
                quote = None;
            }
            continue;
        }
        let joined =
            !joint.is_empty() && depth == 0 && at > 1 && text[at..].starts_with(joint) && text[..at].ends_with(' ');
        // In a string these are no marks: `"#{jwt}"`.
        comment |= ["//", "#", "/*"].iter().any(|mark| text[at..].starts_with(mark));
        match c {
            '"' | '\'' => quote = Some(c),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth > 0 => depth -= 1,
            ')' | ']' | '}' | ',' | ';' | '\n' if depth == 0 => {
                len = at;
                break;
            }
            _ if joined => {
                len = at;
                break;
            }
            _ => {}
        }
    }
    let value = text[..len].trim_end();
    // A value that goes on in the next line, or is followed by a comment, is not plain.
    let goes_on = text[len..].trim_start().starts_with(['.', '?', '+', '|', '&', '-']);
    (!value.trim().is_empty() && !goes_on && !comment && quote.is_none()).then_some(value.len())
}

/// The words from `at` to the end of a shell's command, over lines that go on. What stands between them is blank, or the mark
/// of a redirection. In a `list`, line ends are blanks. A line that begins with an option goes on, too: no command begins so, but
/// notes are written so.
pub(in crate::migrate) fn words(text: &str, at: usize, list: bool) -> Vec<Span> {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    // A command in backticks ends with them.
    let quoted = text[line..at].matches('`').count() % 2 == 1;
    let mut words = vec![];
    let mut open: Vec<char> = vec![];
    let mut start = Some(at).filter(|_| !list);
    let mut chars = text[at..].char_indices().map(|(offset, c)| (at + offset, c)).peekable();
    let mut end = text.len();
    while let Some((place, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let goes_on = c == '\\' && matches!(next, Some('\n' | '\r'));
        let around = open.last().copied();
        let blank = open.is_empty() && (c.is_whitespace() || goes_on || "<>".contains(c));
        let ends = open.is_empty()
            && !goes_on
            && (";|&)".contains(c)
                || (c == '\n' && !list && !text[place..].trim_start().starts_with('-'))
                || (c == '`' && quoted));
        if ends {
            end = place;
            break;
        }
        if blank {
            words.extend(start.take().map(|start| Span::new(start, place)));
            if goes_on {
                while chars.next_if(|(_, c)| matches!(c, '\n' | '\r')).is_some() {}
            }
            continue;
        }
        start = start.or(Some(place));
        match (around, c) {
            (Some('\''), _) if c != '\'' => {}
            // In a string of JSON these are the quotes.
            (None | Some(ESCAPED), '\\') if next == Some('"') => {
                chars.next();
                match around {
                    None => open.push(ESCAPED),
                    Some(_) => drop(open.pop()),
                }
            }
            (_, '\\') => {
                chars.next();
            }
            (Some(ESCAPED), _) => {}
            (Some(quote), _) if c == quote => drop(open.pop()),
            (Some('('), ')') | (Some('{'), '}') => drop(open.pop()),
            (Some('"'), '(' | '{') if !text[..place].ends_with('$') => {}
            (Some('"'), '\'') => {}
            (_, '"' | '\'' | '`' | '(' | '{') => open.push(c),
            _ => {}
        }
    }
    words.extend(start.map(|start| Span::new(start, end)));
    words
}
