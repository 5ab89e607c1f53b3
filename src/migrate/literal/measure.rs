//! Where a value, a call and a word of a shell end, by their brackets and quotes.

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
    let comment = ["//", "#", "/*"].iter().any(|mark| value.contains(mark));
    (!value.trim().is_empty() && !goes_on && !comment && quote.is_none()).then_some(value.len())
}

/// The bytes of a shell's word.
pub(super) fn word_len(text: &str) -> Option<usize> {
    let mut quote: Option<char> = None;
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '(' | '{') => depth += 1,
            (None, ')' | '}') if depth > 0 => depth -= 1,
            (None, ')' | ';' | '|' | '&') if depth == 0 => return Some(at),
            (None, _) if c.is_whitespace() && depth == 0 => return Some(at),
            (None, _) => {}
        }
    }
    (quote.is_none() && depth == 0).then_some(text.len())
}
