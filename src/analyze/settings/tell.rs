//! What is told about a setting, and what becomes of it.

use super::sheet::Setting;
use super::word::Role;
use crate::analyze::adobe;
use crate::analyze::finding::Kind;
use crate::config::Step;
use crate::rules::Adobe;

/// The keys that a context of Adobe's command line has for a JWT; they have other names wherever they are not meant for it.
/// `aio config:set ims.contexts.X config.json --file --json`: adobe/aio-cli-plugin-cloudmanager:README.md
const CONTEXT: &[&str] = &["client_id", "client_secret", "technical_account_id", "meta_scopes", "ims_org_id"];

/// Kind, rule and message of a setting of a JWT credential; `all` are those of its file or program.
pub(super) fn about(
    adobe: &Adobe,
    setting: &Setting,
    all: &[Setting],
    oauth: bool,
) -> Option<(Kind, &'static str, String)> {
    let role = setting.role()?;
    let (kind, rule, what) = match role {
        Role::PrivateKey => (
            Kind::PrivateKey,
            "adobe/private-key",
            "the private key of the JWT credential; OAuth needs none, so it goes",
        ),
        Role::Metascopes if in_context(setting, all) => {
            (Kind::Claims, "adobe/claims", "becomes `scopes` of the IMS context, a list, as the Console shows them")
        }
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
        Role::JwtOnly if setting.name == "oauth_enabled" => (
            Kind::ConfigKey,
            "adobe/config-key",
            "becomes `true`: the Cloud Manager plugin of `aio` uses OAuth then, from 4.2.0 on",
        ),
        Role::JwtOnly => (Kind::ConfigKey, "adobe/config-key", "only the JWT credential has it; it goes with it"),
        Role::Exchange => {
            (Kind::ConfigKey, "adobe/config-key", "where the exchange goes; the host stays, the path is /ims/token/v3")
        }
        Role::Account if in_context(setting, all) && !has_address(setting, all) => (
            Kind::ConfigKey,
            "adobe/config-key",
            "stays: an IMS context with OAuth wants it as well, and `technical_account_email` beside it",
        ),
        Role::Account | Role::Org if in_context(setting, all) => {
            (Kind::ConfigKey, "adobe/config-key", "stays: an IMS context with OAuth wants it as well")
        }
        Role::ClientSecret if in_context(setting, all) => (
            Kind::ConfigKey,
            "adobe/config-key",
            "becomes `client_secrets` of the IMS context, a list, with a client secret of the OAuth credential",
        ),
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

/// Whether it is part of a context of Adobe's command line and `@adobe/aio-lib-ims`, by its name (`AIO_ims_contexts_X_…`) or
/// its table (`ims.contexts.X`). With OAuth it must have `client_secrets`, `scopes`, `technical_account_id`,
/// `technical_account_email` and `ims_org_id`: adobe/aio-lib-ims-oauth:src/ims-oauth_server_to_server.js
fn in_context(setting: &Setting, all: &[Setting]) -> bool {
    let beside = |name: &&str| all.iter().any(|other| other.name == **name && other.table == setting.table);
    if CONTEXT.iter().all(beside) {
        return true;
    }

    let tables =
        setting.table.iter().filter_map(|step| if let Step::Name(name) = step { Some(name.as_str()) } else { None });
    let way: Vec<String> = tables.chain([setting.name.as_str()]).map(|part| part.to_ascii_lowercase()).collect();
    way.windows(2).any(|two| two[0].trim_start_matches('$') == "ims" && two[1] == "contexts")
        || way.iter().any(|part| part.starts_with("aio_ims_contexts_") || part.starts_with("ims.contexts."))
}

/// Whether the address of the technical account is set in the same place.
fn has_address(setting: &Setting, all: &[Setting]) -> bool {
    let is_it = |other: &Setting| {
        other.table == setting.table
            && other.name.to_ascii_lowercase().replace("__", "_").ends_with("technical_account_email")
    };
    all.iter().any(is_it)
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
