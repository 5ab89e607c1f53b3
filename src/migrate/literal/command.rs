//! A shell's command that sends the form by its arguments: the one for the JWT becomes two, and a multipart form becomes a
//! urlencoded one, which the token endpoint takes.

use super::measure::words;
use super::{GRANT, granted};
use crate::text::{Edit, Span};

/// Programs that send requests, and whether they take a form's fields as bare words (https://httpie.io/docs/cli/forms).
const PROGRAMS: [(&str, bool); 7] = [
    ("curl", false),
    ("curl.exe", false),
    ("wget", false),
    ("http", true),
    ("https", true),
    ("xh", true),
    ("xhs", true),
];
const MULTIPART: &str = "multipart/form-data";
const URLENCODED: &str = "application/x-www-form-urlencoded";

/// A command.
pub(super) struct Command {
    /// Its words, the program's name first.
    words: Vec<Span>,
    /// Whether fields are bare words.
    bare: bool,
}

impl Command {
    /// The command that holds the byte at `at`, or the list of a shell that does: `FORM=(-F a=b)`.
    pub(super) fn around(text: &str, at: usize) -> Option<Self> {
        let starts = |start: usize, name: &str| {
            let (before, after) = (text[..start].chars().next_back(), text[start + name.len()..].chars().next());
            let begins = before.is_none_or(|c| !c.is_alphanumeric() && !"_-.$".contains(c));
            begins && after.is_none_or(|c| c.is_whitespace() || c == '"')
        };
        let named = PROGRAMS.iter().flat_map(|(name, bare)| {
            let found = text[..at].match_indices(name).filter(|(start, name)| starts(*start, name));
            found.map(|(start, _)| (start, *bare, false)).collect::<Vec<_>>()
        });
        let lists = text[..at].match_indices("=(").map(|(start, _)| (start + 2, false, true));
        let mut all: Vec<(usize, bool, bool)> = named.chain(lists).collect();
        all.sort_unstable();
        let read = |(start, bare, list): (usize, bool, bool)| Command { words: words(text, start, list), bare };
        all.into_iter().rev().map(read).find(|command| command.words.iter().any(|word| word.range().contains(&at)))
    }

    /// Whether its body is JSON, as its header, its body or httpie's usual way says.
    pub(super) fn is_json(&self, text: &str) -> bool {
        let own = || self.words.iter().map(|word| &text[word.range()]);
        let form = |word: &str| ["--form", "--multipart"].contains(&word) || is_short(word, 'f');
        own().any(|word| word.contains("application/json") || word.trim_start_matches(['"', '\'']).starts_with('{'))
            || own().any(|word| word == "--json")
            || (self.bare && !own().any(form))
    }

    /// The edits that make a urlencoded form of its multipart one, without those of the word that holds `at`; with the new
    /// text of that word's option. `None` where a part is a file, or more than a text.
    pub(super) fn urlencoded(&self, text: &str, at: usize) -> Option<(Vec<Edit>, Option<String>)> {
        let (mut edits, mut own) = (vec![], None);
        for (index, span) in self.words.iter().enumerate() {
            let word = &text[span.range()];
            if let Some(header) = word.to_ascii_lowercase().find(MULTIPART) {
                let start = span.start as usize + header;
                let rest = &text[start..span.end as usize];
                let len = rest.find(['"', '\'', ' ']).unwrap_or(rest.len());
                edits.push(Edit { span: Span::new(start, start + len), text: URLENCODED.to_owned() });
            }
            let new = match word {
                "--multipart" if self.bare => "--form".to_owned(),
                "-F" | "--form" | "--form-string" if !self.bare => "--data-urlencode".to_owned(),
                _ if !self.bare && is_short(word, 'F') && word.ends_with('F') => {
                    format!("{} --data-urlencode", &word[..word.len() - 1])
                }
                _ => continue,
            };
            edits.push(Edit { span: *span, text: new.clone() });
            if self.bare {
                continue;
            }
            let part = self.words.get(index + 1)?;
            let (_, value) = text[part.range()].split_once('=')?;
            if part.range().contains(&at) {
                own = Some(new);
                continue;
            }
            let plain = word == "--form-string" || !value.contains(";type=") && !value.contains(";filename=");
            let file = word != "--form-string" && value.trim_start_matches(['"', '\'']).starts_with(['@', '<']);
            if file || !plain {
                return None;
            }
        }
        Some((edits, own))
    }

    /// `-d jwt_token=$JWT`, `--data-urlencode "jwt_token=$JWT"`: the option is repeated; of httpie, the bare word.
    /// `option` is the new text of the option.
    pub(super) fn argument(&self, text: &str, field: Span, option: Option<&str>, scopes: &str) -> Option<Edit> {
        let at = self.words.iter().position(|word| word.range().contains(&(field.start as usize)))?;
        let word = self.words[at];
        let quote = match &text[word.start as usize..field.start as usize] {
            "" => None,
            "\"" => Some('"'),
            "'" => Some('\''),
            _ => return None,
        };
        if granted::in_command(text, word.start as usize) {
            return None;
        }
        let before = *self.words.get(at.checked_sub(1)?)?;
        let blank = |from: u32, to: u32| &text[from as usize..to as usize];
        // Where the repeated part begins, and what stands before it.
        let (first, joint) = match self.bare {
            true => (word, blank(before.end, word.start)),
            false => {
                let above = self.words.get(at.checked_sub(2)?)?;
                (before, blank(above.end, before.start))
            }
        };
        let gap = blank(before.end, word.start);
        let has_option = text[before.range()].starts_with('-') && !gap.contains('\n');
        if joint.is_empty() || !(self.bare || has_option) {
            return None;
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || ",._".contains(c);
        // A variable needs quotes that let it through.
        let quote = match quote {
            Some('\'') if scopes.chars().all(plain) => "'",
            None if scopes.chars().all(plain) => "",
            _ => "\"",
        };
        let (name, value) = GRANT;
        let option = option.unwrap_or_else(|| &text[before.range()]).rsplit(' ').next().unwrap_or_default();
        // Of options in one (`-sF`), only the one that it is about comes again.
        let option = match is_short(option, 'd') && option.len() > 2 && option.ends_with('d') {
            true => "-d".to_owned(),
            false => option.to_owned(),
        };
        let again = if first == word { String::new() } else { format!("{option}{gap}") };
        Some(Edit {
            span: word,
            text: format!("{quote}{name}={value}{quote}{joint}{again}{quote}scope={scopes}{quote}"),
        })
    }
}

/// Whether a word is an option of one letter, or several of them in one: `-F`, `-sF`.
fn is_short(word: &str, letter: char) -> bool {
    word.strip_prefix('-')
        .is_some_and(|rest| rest.len() <= 4 && rest.contains(letter) && rest.chars().all(|c| c.is_ascii_alphabetic()))
}
