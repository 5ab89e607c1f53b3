//! What Adobe decides: addresses, claim shapes, field names, metascopes, scopes. Read from `rules/adobe.toml`.

use super::words::ScopeConfidence;

/// Adobe's names.
#[derive(Clone, PartialEq, Debug)]
pub struct Adobe {
    /// Paths of the exchange, without slashes at the ends: `ims/exchange/jwt`.
    pub exchange_paths: Vec<String>,
    /// Path of the OAuth token endpoint: `/ims/token/v3`.
    pub token_path: String,
    /// Older token paths that do the same (`/ims/token/v2`); not proof of anything, user logins use them too.
    pub other_token_paths: Vec<String>,
    /// IMS hosts, the production one first.
    pub hosts: Vec<Host>,
    /// What stands between the host and a metascope in a claim's name: `/s/`.
    pub metascope_path: String,
    /// What stands between the host and the client id in `aud`: `/c/`.
    pub audience_path: String,
    /// How organisation ids end: `@AdobeOrg`.
    pub org_suffix: String,
    /// How technical account ids end: `@techacct.adobe.com`.
    pub account_suffix: String,
    /// How most metascopes begin: `ent_`.
    pub metascope_prefix: String,
    /// How metascopes end that are not in the table: `_sdk`.
    pub metascope_endings: Vec<String>,
    /// Metascopes that do not begin so.
    pub odd_metascopes: Vec<String>,
    /// The names of the exchange's form fields.
    pub fields: Fields,
    /// Words in names of settings that only the JWT credential has.
    pub config: ConfigWords,
    /// Strings of which at least one is in every file that can hold a finding, beside those that rules give.
    pub needles: Vec<String>,
    /// What the rules mean that belong to no library.
    pub rules: Vec<OwnRule>,
    /// Metascope → scopes, one row per metascope.
    pub scopes: Vec<ScopeRow>,
}

/// A rule that belongs to no library, in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OwnRule {
    /// `adobe/endpoint`
    pub id: String,
    /// The kind of its findings: `endpoint`.
    pub kind: String,
    /// What was found, and why it matters.
    pub means: String,
    /// What counts as proof.
    pub proof: String,
    /// What becomes of it.
    pub change: String,
}

/// An IMS host.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Host {
    /// `ims-na1.adobelogin.com`
    pub name: String,
    /// Whether it is a stage host.
    pub stage: bool,
    /// Whether it belongs to IMS proper. `false` for hosts that serve other things too and prove little.
    pub ims: bool,
}

/// The names of form fields.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fields {
    /// `client_id`
    pub client_id: String,
    /// `client_secret`
    pub client_secret: String,
    /// `jwt_token`
    pub jwt: String,
}

/// Names of settings, normalised: lower case, only letters and digits ([`normal_key`]).
///
/// None of them is enough alone: the file or package must show Adobe in another way.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ConfigWords {
    /// Metascopes.
    pub metascopes: Vec<String>,
    /// The private key, its path, its passphrase.
    pub private_key: Vec<String>,
    /// The technical account. Both credentials have it.
    pub technical_account: Vec<String>,
    /// The organisation. Both credentials have it.
    pub org: Vec<String>,
    /// The exchange's address or path.
    pub exchange: Vec<String>,
    /// A JWT made elsewhere.
    pub signed_jwt: Vec<String>,
    /// The client id. Both credentials have it.
    pub client_id: Vec<String>,
    /// The client secret. Both credentials have it.
    pub client_secret: Vec<String>,
    /// Other words that only the JWT credential has.
    pub jwt_only: Vec<String>,
    /// Words that only the OAuth Server-to-Server credential has.
    pub oauth_only: Vec<String>,
    /// Keys with a fixed value that say the JWT mode is on: (normalised key, value).
    pub jwt_mode: Vec<(String, String)>,
    /// Segments of names that say that a setting is Adobe's.
    pub own: Vec<String>,
    /// Segments of names that say nothing about whose a setting is.
    pub neutral: Vec<String>,
}

/// A row of the scopes table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ScopeRow {
    /// The metascope.
    pub metascope: String,
    /// The product.
    pub product: String,
    /// Its scopes in Adobe's order; empty where nobody says.
    pub scopes: Vec<String>,
    /// How much the row is worth.
    pub confidence: ScopeConfidence,
    /// A credential of the AEM Developer Console: another migration, not rewritten by default.
    pub aem: bool,
}

impl Adobe {
    /// The row of a metascope.
    #[must_use]
    pub fn scope_row(&self, metascope: &str) -> Option<&ScopeRow> {
        self.scopes.iter().find(|row| row.metascope == metascope)
    }

    /// Whether `word` is a metascope, known or only shaped like one (`ent_[a-z0-9_]+_sdk`).
    #[must_use]
    pub fn is_metascope(&self, word: &str) -> bool {
        let shaped = word.strip_prefix(&self.metascope_prefix).is_some_and(|rest| {
            self.metascope_endings.iter().any(|end| rest.ends_with(end.as_str()))
                && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        });
        shaped || self.scope_row(word).is_some() || self.odd_metascopes.iter().any(|odd| odd == word)
    }

    /// Whether `word` is a metascope and no OAuth scope as well, as `event_receiver_api` is.
    #[must_use]
    pub fn is_only_metascope(&self, word: &str) -> bool {
        self.is_metascope(word) && !self.scopes.iter().any(|row| row.scopes.iter().any(|scope| scope == word))
    }

    /// Words of which one is in every program that does the exchange, however it puts the path and the field's name
    /// together: what the paths end with, and the field's first word. In lower case.
    #[must_use]
    pub fn exchange_words(&self) -> Vec<String> {
        let ends = self.exchange_paths.iter().filter_map(|path| path.rsplit('/').next());
        let field = self.fields.jwt.split('_').next();
        let words: std::collections::BTreeSet<String> = ends.chain(field).map(str::to_ascii_lowercase).collect();
        words.into_iter().collect()
    }

    /// The metascopes in a text (`https://ims-na1.adobelogin.com/s/ent_user_sdk`, `ent_a_sdk, ent_b_sdk`), in order.
    #[must_use]
    pub fn metascopes_in<'t>(&self, text: &'t str) -> Vec<&'t str> {
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| self.is_metascope(word)).collect()
    }

    /// The IMS host in a text, if one is there. The longest counts.
    #[must_use]
    pub fn host_in(&self, text: &str) -> Option<&Host> {
        let text = text.to_ascii_lowercase();
        self.hosts.iter().filter(|host| text.contains(&host.name)).max_by_key(|host| host.name.len())
    }

    /// The exchange path in a text, as bytes `[start, end)` without slashes at the ends, if one is there.
    #[must_use]
    pub fn exchange_path_in(&self, text: &str) -> Option<std::ops::Range<usize>> {
        let lower = text.to_ascii_lowercase();
        let found = self.exchange_paths.iter().filter_map(|path| lower.find(path).map(|at| at..at + path.len()));
        found.max_by_key(|range| range.len())
    }
}

/// A setting's name as [`ConfigWords`] has it: `AIO_META__SCOPES`, `metaScopes` and `meta-scopes` are one.
#[must_use]
pub fn normal_key(key: &str) -> String {
    key.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
