//! What the name of a setting says: which part of a credential it holds, and whose.

use crate::rules::{ConfigWords, normal_key};
use std::collections::{HashMap, HashSet};

/// What part of a credential a setting holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(in crate::analyze) enum Role {
    /// The private key, its file or passphrase.
    PrivateKey,
    /// Metascopes.
    Metascopes,
    /// A JWT that was signed elsewhere.
    SignedJwt,
    /// Something else that only the JWT credential has, or that turns it on.
    JwtOnly,
    /// The address or host of the exchange.
    Exchange,
    /// The technical account.
    Account,
    /// The organisation.
    Org,
    /// The client id.
    ClientId,
    /// The client secret.
    ClientSecret,
    /// Something that only the OAuth credential has.
    OauthOnly,
}

/// A name taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Word {
    /// What it holds.
    pub(super) role: Role,
    /// What stands before the word and tells one credential from another: `google` of `GOOGLE_PRIVATE_KEY`. Empty if
    /// there is nothing but words that all share.
    pub(super) prefix: Vec<String>,
    /// All that stands before the word, as it is.
    pub(super) before: Vec<String>,
    /// The name says that it is Adobe's.
    pub(super) own: bool,
}

/// Names have few parts; what has more is none.
const PARTS: usize = 12;

/// The words of settings, ready for looking up.
#[derive(Debug)]
pub(super) struct Words<'r> {
    roles: HashMap<&'r str, Role>,
    own: HashSet<&'r str>,
    neutral: HashSet<&'r str>,
}

impl<'r> Words<'r> {
    pub(super) fn new(config: &'r ConfigWords) -> Self {
        let lists = [
            (Role::ClientSecret, &config.client_secret),
            (Role::ClientId, &config.client_id),
            (Role::Org, &config.org),
            (Role::Account, &config.technical_account),
            (Role::Exchange, &config.exchange),
            (Role::SignedJwt, &config.signed_jwt),
            (Role::JwtOnly, &config.jwt_only),
            (Role::Metascopes, &config.metascopes),
            (Role::PrivateKey, &config.private_key),
            (Role::OauthOnly, &config.oauth_only),
        ];
        // Where a word is in two lists, the later one counts: it says more.
        let roles = lists.into_iter().flat_map(|(role, words)| words.iter().map(move |word| (word.as_str(), role)));
        let set = |words: &'r [String]| words.iter().map(String::as_str).collect();
        Words { roles: roles.collect(), own: set(&config.own), neutral: set(&config.neutral) }
    }

    /// Takes a name apart; `None` if no word of a credential is in it. The longest word counts, then the last.
    pub(super) fn word(&self, name: &str) -> Option<Word> {
        let parts = segments(name);
        if parts.len() > PARTS {
            return None;
        }
        for length in (1..=parts.len()).rev() {
            for start in (0..=parts.len() - length).rev() {
                let run = parts[start..start + length].concat();
                let Some(role) = self.roles.get(run.as_str()) else { continue };
                let before = parts[..start].to_vec();
                let shared = |part: &String| {
                    self.own.contains(part.as_str())
                        || self.neutral.contains(part.as_str())
                        || part.chars().all(char::is_numeric)
                };
                let prefix = if before.iter().all(shared) { vec![] } else { before.clone() };
                return Some(Word { role: *role, prefix, before, own: self.is_own(name) });
            }
        }
        None
    }

    /// Whether a name speaks of Adobe: `ADOBE_KEY`, `aio.meta.scopes`, `IMSORGID`.
    pub(super) fn is_own(&self, name: &str) -> bool {
        let whole = normal_key(name);
        let mut parts = segments(name);
        // `IMSORGID_PROD`: no sign parts the first two words.
        let joined = |part: &str| self.roles.contains_key(part) && self.own.iter().any(|own| part.starts_with(own));
        if parts.iter().any(|part| self.own.contains(part.as_str())) {
            return true;
        }
        parts.push(whole.clone());
        parts.iter().any(|part| joined(part)) || self.own.iter().any(|own| own.len() >= 5 && whole.contains(own))
    }
}

/// The parts of a name, in lower case: `AIO_meta__scopes`, `aio.metaScopes` and `AIOMetaScopes` have the same three.
pub(super) fn segments(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut parts: Vec<String> = vec![];
    let mut part = String::new();
    for (index, c) in chars.iter().copied().enumerate() {
        let before = index.checked_sub(1).map(|at| chars[at]);
        let after = chars.get(index + 1).copied();
        let rises = before.is_some_and(char::is_lowercase) && c.is_uppercase();
        // The last capital of a row begins the next word, if small letters follow: `IMSKey`.
        let ends_row = before.is_some_and(char::is_uppercase)
            && c.is_uppercase()
            && after.is_some_and(char::is_lowercase)
            && chars.get(index + 2).is_some_and(|c| c.is_lowercase());
        if (!c.is_alphanumeric() || rises || ends_row) && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
        }
        if c.is_alphanumeric() {
            part.extend(c.to_lowercase());
        }
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    #[test]
    fn names_are_taken_apart() {
        let cases = [
            ("AIO_ims_contexts_Mine_meta__scopes", "Metascopes/aio ims contexts mine/own"),
            ("IMS_PRIVATE_KEY_PROD", "PrivateKey//own"),
            ("IMSPrivateKey", "PrivateKey//own"),
            ("enterprise.privKeyPath", "PrivateKey//"),
            ("AEM_SERVICECREDENTIALS_META_SCOPES", "Metascopes//own"),
            ("aio.meta.scopes", "Metascopes//own"),
            ("getTechnicalAccountId", "Account//"),
            ("GOOGLE_PRIVATE_KEY", "PrivateKey/google/"),
            ("p12FilePath", "PrivateKey//"),
            ("IMSORGID_PROD", "Org//own"),
            ("client_secrets", "OauthOnly//"),
            ("clientSecretCredentialsId", "ClientSecret//"),
            ("publicKey", "none"),
            ("LOG_LEVEL", "none"),
            ("", "none"),
        ];
        let words = Words::new(&Rules::embedded().adobe.config);
        for (name, want) in cases {
            let got = words.word(name).map_or("none".to_owned(), |word| {
                let own = if word.own { "own" } else { "" };
                format!("{:?}/{}/{own}", word.role, word.prefix.join(" "))
            });
            assert_eq!(got, want, "{name}");
        }
    }
}
