//! Adobe's marks in strings and records. What they are is data (`rules/adobe.toml`); how they are looked for is here.

use super::form::Form;
use crate::rules::Adobe;

/// Whether an address holds the path of the exchange: `…/ims/exchange/jwt`, versioned or not, at its end or before a query.
#[must_use]
pub fn has_exchange_path(adobe: &Adobe, text: &str) -> bool {
    adobe.exchange_paths.iter().any(|path| {
        text.match_indices(path.as_str()).any(|(at, _)| {
            let after = text[at + path.len()..].trim_start_matches('/');
            after.is_empty() || !after.starts_with(|c: char| c.is_ascii_alphanumeric())
        })
    })
}

/// Whether a text names an IMS host.
#[must_use]
pub fn has_host(adobe: &Adobe, text: &str) -> bool {
    adobe.hosts.iter().any(|host| host.ims && text.contains(&host.name)) || text.contains(".adobelogin.com")
}

/// Whether an address says that it is another one than the exchange: its path is known, or its host, and is none of Adobe's.
#[must_use]
pub fn is_elsewhere(adobe: &Adobe, text: &str) -> bool {
    if has_exchange_path(adobe, text) || has_host(adobe, text) {
        return false;
    }
    let address = text.split(['?', '#']).next().unwrap_or_default();
    let after_host = address.split_once("://").map_or(address, |(_, rest)| rest);
    let (host, path) = after_host.split_once('/').unwrap_or((after_host, ""));
    let says = |part: &str| part.chars().any(char::is_alphanumeric);
    says(path) || (address.contains("://") && says(host) && !host.contains('\u{fffc}'))
}

/// The metascope in the name of a claim, or by itself: `ent_user_sdk` of `https://…/s/ent_user_sdk`.
#[must_use]
pub fn metascope<'a>(adobe: &Adobe, text: &'a str) -> Option<&'a str> {
    let (name, behind_path) = match text.rfind(&adobe.metascope_path) {
        Some(at) => (&text[at + adobe.metascope_path.len()..], true),
        None => (text, false),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let ok = !name.is_empty() && name.chars().all(plain);
    let known = adobe.is_metascope(name) || (behind_path && name.starts_with(&adobe.metascope_prefix));
    (ok && known).then_some(name)
}

/// Whether a claim's name is that of a metascope: `<ims>/s/…`.
#[must_use]
pub fn is_metascope_claim(adobe: &Adobe, name: &str) -> bool {
    (name.contains(&adobe.metascope_path) && (has_host(adobe, name) || name.contains('\u{fffc}')))
        || metascope(adobe, name).is_some()
}

/// Whether a text holds the claims of an Adobe JWT, as JSON does: `"https://…/s/ent_…": true`.
#[must_use]
pub fn is_claims_text(adobe: &Adobe, text: &str) -> bool {
    let is_claim = |word: &str| has_host(adobe, word) || word.contains('\u{fffc}');
    text.contains('{') && text.split('"').any(|word| word.contains(&adobe.metascope_path) && is_claim(word))
}

/// The metascopes that stand in such a text.
pub fn metascopes_in<'a>(adobe: &'a Adobe, text: &'a str) -> impl Iterator<Item = &'a str> {
    text.split('"').filter(|word| word.contains(&adobe.metascope_path)).filter_map(|word| metascope(adobe, word))
}

/// What a string by itself says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Said<'a> {
    /// The address of the exchange.
    Endpoint,
    /// A text for people in which the address stands: words around it make it a message or a manual.
    Prose,
    /// A metascope.
    Metascope(&'a str),
    /// Nothing of ours, or too much for one address or name.
    Nothing,
}

/// Bytes of the longest string that is one address or name.
const LONGEST: usize = 400;

/// What a string by itself says.
#[must_use]
pub fn said<'a>(adobe: &Adobe, text: &'a str) -> Said<'a> {
    if text.len() > LONGEST {
        return Said::Nothing;
    }
    match (has_exchange_path(adobe, text), metascope(adobe, text)) {
        (true, _) if text.contains(char::is_whitespace) => Said::Prose,
        (true, _) => Said::Endpoint,
        (false, Some(metascope)) => Said::Metascope(metascope),
        (false, None) => Said::Nothing,
    }
}

/// Whether a record holds the claims of an Adobe JWT.
#[must_use]
pub fn are_claims(adobe: &Adobe, form: &Form) -> bool {
    form.fields.iter().any(|field| is_metascope_claim(adobe, &field.name))
}

/// Whether a text has one of Adobe's own marks: an IMS host, an id's ending, a metascope.
#[must_use]
pub fn has_mark(adobe: &Adobe, text: &str) -> bool {
    has_host(adobe, text)
        || text.contains(&adobe.account_suffix)
        || text.contains(&adobe.org_suffix)
        || adobe.exchange_paths.iter().any(|path| text.contains(path.as_str()))
}

/// Whether `word`, in lower case, is in a text in any letter case.
#[must_use]
pub fn holds_word(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}
