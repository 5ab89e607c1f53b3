//! What is told about a setting, and what becomes of it.

use super::sheet::Setting;
use super::word::Role;
use crate::analyze::adobe;
use crate::analyze::finding::Kind;
use crate::rules::Adobe;

/// Kind, rule and message of a setting of a JWT credential.
pub(super) fn about(adobe: &Adobe, setting: &Setting, oauth: bool) -> Option<(Kind, &'static str, String)> {
    let role = setting.role()?;
    let (kind, rule, what) = match role {
        Role::PrivateKey => (
            Kind::PrivateKey,
            "adobe/private-key",
            "the private key of the JWT credential; OAuth needs none, so it goes",
        ),
        Role::Metascopes => (Kind::Claims, "adobe/claims", metascopes(adobe, &setting.value)),
        Role::SignedJwt => (Kind::ConfigKey, "adobe/config-key", "a signed JWT; OAuth sends none, so it goes"),
        Role::JwtOnly | Role::Exchange if adobe::has_exchange_path(adobe, &setting.value) => {
            (Kind::Endpoint, "adobe/endpoint", "the address of the JWT exchange; tokens come from /ims/token/v3 now")
        }
        Role::JwtOnly if setting.name.to_ascii_lowercase().contains("endpoint") => (
            Kind::ConfigKey,
            "adobe/config-key",
            "the path of the JWT exchange: it goes, or becomes /ims/token/v3 where the request still reads it",
        ),
        Role::JwtOnly => (Kind::ConfigKey, "adobe/config-key", "only the JWT credential has it; it goes with it"),
        Role::Exchange => {
            (Kind::ConfigKey, "adobe/config-key", "where the exchange goes; the host stays, the path is /ims/token/v3")
        }
        Role::Account => (
            Kind::ConfigKey,
            "adobe/config-key",
            "the technical account; it stays the same, but the token request needs it no more",
        ),
        Role::Org => (
            Kind::ConfigKey,
            "adobe/config-key",
            "the organisation; it stays the same, but the token request needs it no more",
        ),
        Role::ClientId => (Kind::ConfigKey, "adobe/config-key", "stays: the OAuth credential has the same client id"),
        Role::ClientSecret => {
            (Kind::ConfigKey, "adobe/config-key", "stays, with a client secret of the OAuth credential")
        }
        Role::OauthOnly => return None,
    };
    let commented = if setting.commented { ", commented out" } else { "" };
    let half = if oauth { "; OAuth settings stand beside it already" } else { "" };
    let name = shown(&setting.name);
    Some((kind, rule, format!("`{name}`{commented}: {what}{half}")))
}

fn metascopes(adobe: &Adobe, value: &str) -> &'static str {
    let aem = adobe.metascopes_in(value).iter().any(|name| adobe.scope_row(name).is_some_and(|row| row.aem));
    match aem {
        true => "metascopes of an AEM service credential, which is replaced in the AEM Developer Console",
        false => "metascopes; OAuth has scopes instead, as the Console shows them",
    }
}

/// A name as it can be shown: names of settings are short.
pub(super) fn shown(name: &str) -> String {
    let mut short: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    if short.len() < name.len() {
        short.push('…');
    }
    short
}
