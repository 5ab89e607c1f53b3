//! The one place where secrets are taken out: every piece of the user's text goes through [`mask`] before it is written.
//!
//! What is masked: the bodies of private keys (also in one-line strings, also cut off), `p8e-…` secrets, JWTs, long
//! base64, UUIDs on a line that speaks of a secret, and literals of at least [`SHORTEST`] bytes that are given to a name
//! such as `client_secret`, unless they are a look-up or a placeholder. Where in doubt it masks: a star too many costs a
//! glance, a secret in a ticket costs a credential.

use regex::{Captures, Regex};
use std::ops::Range;
use std::sync::LazyLock;

/// Bytes of the shortest literal that may be a secret.
const SHORTEST: usize = 8;
/// Bytes in which the end of a private key is looked for.
const KEY_REACH: usize = 32 << 10;

/// The text with every byte of a secret replaced by `*`. Length in bytes and line ends stay, so spans still fit.
#[must_use]
pub fn mask(text: &str) -> String {
    let mut out = text.as_bytes().to_vec();
    for secret in private_keys(text).into_iter().chain(by_shape(text)).chain(by_name(text)) {
        for byte in &mut out[secret] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b'*';
            }
        }
    }
    // Whole characters are replaced, by ASCII, so this is UTF-8; were it not, showing nothing is the safe answer.
    String::from_utf8(out).unwrap_or_else(|_| "*".repeat(text.len()))
}

/// Whether [`mask`] would change anything.
#[must_use]
pub fn has_secret(text: &str) -> bool {
    mask(text) != text
}

/// Names that secrets are given to; in patterns that ignore case.
const NAME: &str = r"(?P<n>(?:secret|passwo?r?d|passphrase|pwd|priv(?:ate)?[_.-]?key|key[_.-]?pass|(?:access|jwt|auth|refresh|bearer|id)[_.-]?token)[\w.-]*)";
/// A quote, which may be escaped because it stands in a string itself.
const QUOTE: &str = r#"(?P<e>\\?)(?P<q>["'`])"#;

/// A pattern of this file. They are all compiled by a test.
fn pattern(text: &str) -> Regex {
    let text = text.replace("NAME", NAME).replace("QUOTE", QUOTE);
    Regex::new(&text).unwrap_or_else(|error| unreachable!("{error}"))
}

/// Ends at the quote that opens the value.
static QUOTED: LazyLock<[Regex; 4]> = LazyLock::new(|| {
    [
        // name = "…", "name": "…", name: Type = "…", x["name"] || "…"
        // No value: `def f(name): """…"""`.
        r#"(?i)NAME\\?["'`]?(?:\s*\]*\s*:|\s*[\])]*\s*(?::\s*&?[\w.<>\[\]' ]{1,30}=|=>|:=|={1,3}|\|\||\?\?|\bor\b))\s*[a-z]{0,2}QUOTE"#,
        // ("name", "…")
        r#"(?i)NAME\\?["'`]\s*,\s*[a-z]{0,2}QUOTE"#,
        // {"key": "name", "value": "…"}, <property name="name" value="…"/>
        r#"(?i)NAME\\?["']\s*,?\s*\\?["']?value\\?["']?\s*[:=]\s*QUOTE"#,
        // setName("…")
        r#"(?i)\b(?:set|with)?_?(?P<n>client_?secret|private_?key|passphrase|password|access_?token)\(\s*QUOTE"#,
    ]
    .map(pattern)
});

/// NAME=value, as a shell and `.env` have it.
static SHELL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?m)^[ \t]*(?:(?:export|set|ENV|ARG|-)\s+)?[A-Z0-9_]*(?P<n>(?:SECRET|PASSWORD|PASSWD|PASSPHRASE|PWD|PRIV(?:ATE)?_?KEY|KEY_PASS|TOKEN)[A-Z0-9_]*)=(?P<v>[^\s"'`][^\s]{7,})"#,
    )
});
/// A line `name: value` or `name = value`; behind a colon the value may stand on the next line, further in.
static SETTING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(?im)^[ \t]*(?:-\s+)?[\w.-]*?NAME[ \t]*(?:[:=][ \t]*|:[ \t]*\r?\n[ \t]+)(?P<v>[^\s"'`#,;(){}\[\]<>$&|]{8,})[ \t]*\r?$"#,
    )
});
/// name=value in a query string or an argument.
static PAIR: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(?i)NAME(?:=|%3D)(?P<v>[^\s"'`<>{}()$&,;\[\]\\]{8,})(?P<after>&?)"#));
/// `--client-secret value`, `<clientSecret>value</…>`, `"value": "…", "key": "client_secret"`.
static MARKED: LazyLock<[Regex; 3]> = LazyLock::new(|| {
    [
        r#"(?i)--[\w-]*?NAME[ =]["']?(?P<v>[^\s"'$<]{8,})"#,
        r#"(?i)<[\w.:-]*?NAME>\s*(?P<v>[^<\s$]{8,})\s*<"#,
        r#"(?i)"value"\s*:\s*"(?P<v>[^"{}]{8,})"\s*,\s*"(?:key|name)"\s*:\s*"[\w.-]*?NAME"#,
    ]
    .map(pattern)
});

/// Values that are secrets whatever stands before them.
static SHAPES: LazyLock<[Regex; 4]> = LazyLock::new(|| {
    [
        r"\bp8e-(?P<v>[A-Za-z0-9_-]{12,})",
        r"\b(?P<v>eyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)?)",
        r"(?P<v>\bMII[A-Za-z0-9+/]{24,}={0,2})",
        r"(?P<v>[A-Za-z0-9+/]{60,}={0,2})",
    ]
    .map(pattern)
});
static UUID: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"));
static ANY_NAME: LazyLock<Regex> = LazyLock::new(|| pattern("(?i)NAME"));
static KEY_BEGIN: LazyLock<Regex> = LazyLock::new(|| pattern(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----"));

fn private_keys(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for begin in KEY_BEGIN.find_iter(text) {
        let rest = &text[begin.end()..];
        // What can stand in a key that is written in a program: base64, blanks, escapes, quotes, joining.
        let may_be = |c: char| c.is_ascii_alphanumeric() || c.is_whitespace() || "+/=\\\"'`,:.-[]|>".contains(c);
        let run = rest.find(|c| !may_be(c)).unwrap_or(rest.len());
        let end = rest.find("-----END").filter(|end| *end <= run.min(KEY_REACH));
        // Without an end only what is long is taken: the words behind it may be code.
        let body = &rest[..end.unwrap_or(run)];
        let is_key = end.is_some() && base64_runs(body, 16).next().is_some();
        let shortest = if is_key { 1 } else { 16 };
        found.extend(base64_runs(body, shortest).map(|run| run.start + begin.end()..run.end + begin.end()));
    }
    found
}

/// Runs of base64 characters; the letter of an escape (`\n`) is not one.
fn base64_runs(text: &str, shortest: usize) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let is = |at: usize| {
        let byte = bytes[at];
        (byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')) && (at == 0 || bytes[at - 1] != b'\\')
    };
    let mut runs = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let end = (at..bytes.len()).find(|at| !is(*at)).unwrap_or(bytes.len());
        if end - at >= shortest {
            runs.push(at..end);
        }
        at = end + 1;
    }
    runs.into_iter()
}

fn by_shape(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (index, shape) in SHAPES.iter().enumerate() {
        let values = shape.captures_iter(text).filter_map(|captures| captures.name("v"));
        let plain_base64 = index == SHAPES.len() - 1;
        found.extend(values.filter(|v| !plain_base64 || is_mixed(v.as_str())).map(|v| v.range()));
    }
    for uuid in UUID.find_iter(text) {
        let from = text[..uuid.start()].rfind('\n').map_or(0, |at| at + 1);
        let to = text[uuid.end()..].find('\n').map_or(text.len(), |at| at + uuid.end());
        if ANY_NAME.is_match(&text[from..to]) {
            found.push(uuid.range());
        }
    }
    found
}

/// Base64 has all sorts of characters; a hash in hex or a long path does not.
fn is_mixed(value: &str) -> bool {
    let any = |test: fn(&char) -> bool| value.chars().any(|c| test(&c));
    let slashes = value.matches('/').count();
    any(char::is_ascii_lowercase)
        && any(char::is_ascii_uppercase)
        && any(char::is_ascii_digit)
        && slashes * 10 < value.len()
}

fn by_name(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for captures in QUOTED.iter().flat_map(|pattern| pattern.captures_iter(text)) {
        let value = literal(text, &captures);
        if closes(text, &captures) || is_next_key(text, &captures, value.end) || is_listed(text, &captures, &value) {
            continue;
        }
        if value.len() >= SHORTEST && !names_no_secret(&captures) && !is_placeholder(&text[value.clone()]) {
            found.push(value);
        }
    }
    let mut plain = |pattern: &Regex, is_secret: &dyn Fn(&Captures<'_>, &str) -> bool| {
        for captures in pattern.captures_iter(text) {
            let Some(value) = captures.name("v") else { continue };
            let is_literal = !names_no_secret(&captures) && !is_placeholder(value.as_str());
            if is_literal && is_secret(&captures, value.as_str()) {
                found.push(value.range());
            }
        }
    };
    plain(&SHELL, &|_, value| !value.contains('(') && !value.contains('['));
    plain(&SETTING, &|_, value| !is_identifier(value) || (value.len() >= 12 && is_one_word(value)));
    plain(&PAIR, &|captures, value| {
        !is_identifier(value) || (is_one_word(value) && captures.name("after").is_some_and(|after| !after.is_empty()))
    });
    MARKED.iter().for_each(|pattern| plain(pattern, &|_, _| true));
    found
}

/// Whether the quote that ends a match closes the literal that the name is in: `"&jwt_token=" + jwt`.
fn closes(text: &str, captures: &Captures<'_>) -> bool {
    let (Some(name), Some(quote), Some(whole)) = (captures.name("n"), captures.name("q"), captures.get(0)) else {
        return false;
    };
    let line = text[..name.start()].rfind('\n').map_or(0, |line| line + 1);
    let before = text[line..name.start()].matches(quote.as_str()).count();
    let between = &text[name.end()..whole.end() - quote.len()];
    before % 2 == 1 && between == "="
}

/// Whether what follows a name and a comma is the key of the next entry: `"key_file": "private.key", "endpoint": …`.
fn is_next_key(text: &str, captures: &Captures<'_>, end: usize) -> bool {
    let (Some(name), Some(whole)) = (captures.name("n"), captures.get(0)) else { return false };
    let behind = text[end..].trim_start_matches(['"', '\'', '`', '\\']).trim_start();
    text[name.end()..whole.end()].contains(',') && behind.starts_with(':') && !behind.starts_with(":=")
}

/// The bytes between the quote that ends a match and the one that closes it; up to the line's end where none does.
fn literal(text: &str, captures: &Captures<'_>) -> Range<usize> {
    let quote = captures.name("q").map_or("\"", |quote| quote.as_str());
    let escaped = captures.name("e").is_some_and(|escape| !escape.as_str().is_empty());
    let opened = captures.get(0).map_or(0, |whole| whole.end());
    // Python's three quotes: two more of them follow, and a key or phrase may go over lines.
    let triple = !escaped && text[opened..].starts_with(&quote.repeat(2));
    let start = if triple { opened + 2 } else { opened };
    let bytes = &text.as_bytes()[start..];
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\n' if quote != "`" && !triple => break,
            b'\\' if escaped && bytes.get(at + 1) == Some(&quote.as_bytes()[0]) => break,
            b'\\' => at += 1,
            byte if byte == quote.as_bytes()[0] => break,
            _ => {}
        }
        at += 1;
    }
    let mut end = (start + at).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

/// `['read_client_secret', 'manage_client_secrets', 'asset_compute']`: words in a list, not a name and its value.
fn is_listed(text: &str, captures: &Captures<'_>, value: &Range<usize>) -> bool {
    let (Some(name), Some(quote)) = (captures.name("n"), captures.name("q")) else { return false };
    let between = &text[name.end()..value.start];
    let is_pair = between.trim_matches(['"', '\'', '`', '\\', ' ', '\t', '\r', '\n']) == ",";
    let opens = text[..name.start()].rfind(quote.as_str()).unwrap_or_default();
    let (before, after) = (text[..opens].trim_end(), text[value.end..].trim_start_matches(quote.as_str()).trim_start());
    let is_word = text[value.clone()].bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'.'));
    is_pair && is_word && before.ends_with([',', '[']) && after.starts_with([',', ']'])
}

/// `secret_name`, `private_key_path`: what they hold is no secret.
fn names_no_secret(captures: &Captures<'_>) -> bool {
    const ENDS: [&str; 14] = [
        "path", "file", "filename", "name", "url", "uri", "endpoint", "type", "env", "arn", "field", "label", "header",
        "expiry",
    ];
    let name = captures.name("n").map(|name| name.as_str().to_ascii_lowercase()).unwrap_or_default();
    // `oauthTokenEndpointV2`
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let bare = if bare.len() < name.len() { bare.trim_end_matches(['v', '_', '-']) } else { bare };
    ENDS.iter().any(|end| bare.ends_with(end))
}

/// A look-up, a template's hole, a file's name, a note to the reader: not a secret.
fn is_placeholder(value: &str) -> bool {
    const PARTS: [&str; 14] = [
        "${",
        "{{",
        "#{",
        "$(",
        "%(",
        "process.env",
        "os.environ",
        "getenv",
        "your",
        "xxxx",
        "changeme",
        "placeholder",
        "****",
        "...",
    ];
    const STARTS: [&str; 12] =
        ["$", "<", "%", "http://", "https://", "./", "../", "~/", "/run/", "/etc/", "/var/", "-----BEGIN"];
    const ENDS: [&str; 9] = [".key", ".pem", ".json", ".txt", ".pfx", ".p12", ".crt", ".der", ".yml"];
    let lower = value.trim().to_ascii_lowercase();
    let first = lower.chars().next();
    PARTS.iter().any(|part| lower.contains(part))
        || STARTS.iter().any(|start| lower.starts_with(&start.to_ascii_lowercase()))
        || ENDS.iter().any(|end| lower.ends_with(end))
        || lower.chars().all(|c| Some(c) == first)
        || is_variable(value.trim())
        || is_path(value.trim())
        || is_name(&lower)
        || is_version(value.trim())
}

/// `^3.445.0`, `>=1.2.3`: what a manifest asks of a package that is called after secrets.
fn is_version(value: &str) -> bool {
    let parts: Vec<&str> = value.trim_start_matches(['^', '~', '>', '<', '=', 'v']).split('.').collect();
    (3..=4).contains(&parts.len())
        && parts.iter().all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// `/adobeio/cert/private-key`: where a secret store, or a disk, has the secret. Words, not the characters of a key.
fn is_path(value: &str) -> bool {
    let is_word = |part: &str| {
        let word = part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'));
        let digits = part.bytes().any(|byte| byte.is_ascii_digit());
        let upper = part.bytes().any(|byte| byte.is_ascii_uppercase());
        word && !part.is_empty() && part.len() <= 24 && !(digits && upper)
    };
    value.strip_prefix('/').is_some_and(|rest| rest.contains('/') && rest.split('/').all(is_word))
}

/// `ADOBE_CLIENT_SECRET`: the name of a variable.
fn is_variable(value: &str) -> bool {
    value.contains('_')
        && value.starts_with(|c: char| c.is_ascii_uppercase())
        && value.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        && !value.bytes().any(|byte| byte.is_ascii_digit())
}

/// The name of a field, such as `client_secret` or `technicalAccountId`, with nothing else.
fn is_name(lower: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: [&str; 39] = [
        "adobe", "ims", "aio", "io", "api", "app", "oauth2", "oauth", "service", "technical", "tech", "account", "acct", "client",
        "org", "organization", "integration", "user", "email", "meta", "metascope", "metascopes", "scope", "scopes",
        "secret", "secrets", "private", "key", "access", "jwt", "token", "auth", "bearer", "password", "passphrase", "id",
        "host", "read", "manage",
    ];
    fn is_made_of_words(rest: &str) -> bool {
        rest.is_empty() || WORDS.iter().any(|word| rest.strip_prefix(word).is_some_and(is_made_of_words))
    }
    lower.split(|c: char| !c.is_ascii_alphanumeric()).all(is_made_of_words)
}

/// `config.clientSecret`: a name in a program.
fn is_identifier(value: &str) -> bool {
    static IDENTIFIER: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"^(?:[A-Za-z_$][A-Za-z_$]*|[A-Za-z_$][\w$]*(?:(?:\.|::|\?\.)[A-Za-z_$][\w$]*)+)[!?]?$")
    });
    IDENTIFIER.is_match(value)
}

/// An identifier that may as well be a secret of letters only.
fn is_one_word(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_alphabetic()) && !ANY_NAME.is_match(value)
}
