//! A form that goes out as multipart, where a few words say so: it goes out urlencoded, which the token endpoint takes.

use crate::lang::lexical::Lexicon;
use crate::text::{Edit, Span};

/// What sends a form as multipart in a language, each with what sends it urlencoded. The first may come only once in a file, for
/// other requests may go out the same way.
///
/// <https://laravel.com/docs/http-client>, <https://square.github.io/okhttp/5.x/okhttp/okhttp3/-form-body>,
/// <https://learn.microsoft.com/powershell/module/microsoft.powershell.utility/invoke-restmethod>,
/// <https://httr.r-lib.org/reference/POST.html>
const WORDS: &[(&str, &[(&str, &str)])] = &[
    ("php", &[("asMultipart()", "asForm()")]),
    ("powershell", &[("-Form ", "-Body ")]),
    (
        "kotlin",
        &[
            ("MultipartBody.Builder()", "FormBody.Builder()"),
            (".setType(MultipartBody.FORM)", ""),
            (".addFormDataPart(", ".add("),
            ("import okhttp3.MultipartBody\n", "import okhttp3.FormBody\n"),
        ],
    ),
    ("r", &[("encode = \"multipart\"", "encode = \"form\"")]),
];
/// An array is sent as multipart, a string as it is: <https://www.php.net/curl_setopt>
const FIELDS: &str = "CURLOPT_POSTFIELDS";

/// Adds to the edits of the entry at `field` those that send its form urlencoded; none where that is not sure.
pub(super) fn urlencoded(lexicon: &Lexicon, text: &str, field: Span, edits: &mut Vec<Edit>) {
    if lexicon.name == "php" {
        edits.extend(built(text, field.start as usize).into_iter().flatten());
    }
    let Some((_, words)) = WORDS.iter().find(|(name, _)| *name == lexicon.name) else { return };
    let changed = |text: &str| words.iter().fold(text.to_owned(), |text, (old, new)| text.replace(old, new));
    if words.first().is_none_or(|(old, _)| text.matches(old).count() != 1) || is_multipart(lexicon, &changed(text)) {
        return;
    }
    let own: Vec<Span> = edits.iter().map(|edit| edit.span).collect();
    for edit in &mut *edits {
        edit.text = changed(&edit.text);
    }
    for (old, new) in *words {
        let found = text.match_indices(old).map(|(start, _)| Span::new(start, start + old.len()));
        let free = found.filter(|span| !own.iter().any(|own| own.overlaps(*span)));
        edits.extend(free.map(|span| blanks(text, span, new)));
    }
}

/// A link of a chain that goes takes its line with it.
fn blanks(text: &str, span: Span, new: &str) -> Edit {
    let before = &text[..span.start as usize];
    let lead = before.trim_end().len();
    let whole = new.is_empty() && before[lead..].contains('\n');
    let start = if whole { lead } else { span.start as usize };
    Edit { span: Span::new(start, span.end as usize), text: new.to_owned() }
}

/// The array that curl is given, as a string: where it stands, or by its variable.
fn built(text: &str, field: usize) -> Option<[Edit; 2]> {
    let open = enclosing(text, field)?;
    let close = open + closing(&text[open..])?;
    let start = open - if text[..open].ends_with("array") { 5 } else { 0 };
    let head = text[..start].trim_end();
    let is_given = |head: &str| {
        ["=>", ","].iter().any(|mark| head.strip_suffix(mark).is_some_and(|head| head.trim_end().ends_with(FIELDS)))
    };
    let wrap = |start: usize, end: usize| {
        [
            Edit { span: Span::empty(start), text: "http_build_query(".to_owned() },
            Edit { span: Span::empty(end), text: ")".to_owned() },
        ]
    };
    if is_given(head) {
        return Some(wrap(start, close + 1));
    }
    let name = head.strip_suffix('=')?.trim_end();
    let name = &name[name.rfind('$')?..];
    if !name[1..].chars().all(|c| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let mut uses = text.match_indices(name).map(|(at, _)| at).filter(|at| {
        let ends = !text[at + name.len()..].starts_with(|c: char| c.is_alphanumeric() || "_[-".contains(c));
        ends && is_given(text[..*at].trim_end())
    });
    let (Some(at), None) = (uses.next(), uses.next()) else { return None };
    Some(wrap(at, at + name.len()))
}

/// The bracket around a place.
fn enclosing(text: &str, at: usize) -> Option<usize> {
    let mut depth = 0usize;
    text[..at].char_indices().rev().find_map(|(place, c)| match c {
        ')' | ']' => {
            depth += 1;
            None
        }
        '(' | '[' if depth == 0 => Some(place),
        '(' | '[' => {
            depth -= 1;
            None
        }
        _ => None,
    })
}

/// The bytes up to the bracket that closes the first.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    text.char_indices().find_map(|(place, c)| {
        depth += usize::from("([".contains(c));
        depth -= usize::from(")]".contains(c)).min(depth);
        (depth == 0).then_some(place)
    })
}

/// Whether a form of the file may go out as multipart, as far as its words tell.
pub(in crate::migrate) fn is_multipart(lexicon: &Lexicon, text: &str) -> bool {
    let array = |at: usize| {
        let given = text[at + FIELDS.len()..].trim_start_matches([' ', ',', '=', '>']);
        let name: String = given.chars().take_while(|c| c.is_alphanumeric() || "$_".contains(*c)).collect();
        let listed = |name: &str| ["[", "array("].iter().any(|open| text.contains(&format!("{name} = {open}")));
        ["array(", "["].iter().any(|start| given.starts_with(start)) || (name.starts_with('$') && listed(&name))
    };
    text.to_ascii_lowercase().contains("multipart")
        || match lexicon.name {
            "php" => text.match_indices(FIELDS).any(|(at, _)| array(at)),
            "powershell" => text.contains("-Form "),
            "kotlin" => text.contains("addFormDataPart"),
            // It is what httr does by itself.
            "r" => text.contains("POST(") && text.contains("body = list(") && !text.contains("encode = \"form\""),
            _ => false,
        }
}
