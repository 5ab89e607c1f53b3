//! Rule files as TOML has them, before their words are checked. One struct for each kind of file.

use serde::Deserialize;
use std::collections::BTreeMap;
use toml::Spanned;

/// A text with its place in the file.
pub(super) type Text = Spanned<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Library {
    pub(super) name: String,
    pub(super) language: Option<Text>,
    #[serde(default)]
    pub(super) packages: Vec<String>,
    #[serde(default)]
    pub(super) modules: Vec<String>,
    #[serde(default)]
    pub(super) adobe: bool,
    #[serde(default)]
    pub(super) oauth: bool,
    #[serde(default)]
    pub(super) jwt: bool,
    #[serde(default)]
    pub(super) command_line: bool,
    #[serde(default)]
    pub(super) framework: bool,
    #[serde(default)]
    pub(super) brings: Vec<Brings>,
    #[serde(default)]
    pub(super) companion: Vec<super::library::Companion>,
    #[serde(default)]
    pub(super) docs: String,
    pub(super) sdk: Option<Sdk>,
    pub(super) advice: Option<Text>,
    #[serde(default)]
    pub(super) errors: Vec<String>,
    #[serde(default)]
    pub(super) error_codes: Vec<String>,
    #[serde(default)]
    pub(super) pure: Vec<String>,
    #[serde(default)]
    pub(super) bases: Vec<String>,
    #[serde(default)]
    pub(super) traits: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub(super) call: Vec<Call>,
    pub(super) response: Option<Response>,
    #[serde(default)]
    pub(super) example: Vec<Example>,
    #[serde(default)]
    pub(super) lookalike: Vec<Lookalike>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Brings {
    #[serde(default)]
    pub(super) by: Option<String>,
    pub(super) modules: Vec<String>,
    #[serde(default)]
    pub(super) brought_by: Vec<String>,
    #[serde(default)]
    pub(super) package: Option<Package>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sdk {
    pub(super) package: Option<String>,
    pub(super) since: Option<String>,
    #[serde(default)]
    pub(super) jwt_before: bool,
    pub(super) advice: String,
    #[serde(default)]
    pub(super) metascopes: Vec<String>,
    #[serde(default)]
    pub(super) upgrade: Vec<super::upgrade::Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Call {
    pub(super) does: Text,
    pub(super) signature: Text,
    pub(super) method: Option<String>,
    pub(super) body: Option<Text>,
    #[serde(default, rename = "async")]
    pub(super) is_async: bool,
    pub(super) gives: Option<Text>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Response {
    pub(super) decoded: Vec<Text>,
    pub(super) text: Vec<Text>,
    pub(super) check: Vec<Text>,
    pub(super) status: Vec<Text>,
    pub(super) headers: Vec<Text>,
    pub(super) close: Vec<Text>,
    pub(super) fails_on_status: bool,
    pub(super) callback: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Example {
    pub(super) code: String,
    pub(super) finds: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lookalike {
    pub(super) code: String,
    pub(super) why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Target {
    #[serde(default)]
    pub(super) default: bool,
    #[serde(default)]
    pub(super) rather: Vec<String>,
    pub(super) instead: Option<String>,
    #[serde(default)]
    pub(super) made_in_project: Vec<String>,
    #[serde(default)]
    pub(super) settings_files: Vec<String>,
    #[serde(default)]
    pub(super) used_with: Vec<String>,
    #[serde(default)]
    pub(super) never_with: Vec<String>,
    pub(super) docs: String,
    #[serde(default)]
    pub(super) notes: Vec<String>,
    pub(super) variant: Vec<Variant>,
    #[serde(default)]
    pub(super) import: Vec<Import>,
    #[serde(default)]
    pub(super) reads: BTreeMap<String, Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Variant {
    pub(super) name: String,
    #[serde(default, rename = "async")]
    pub(super) is_async: bool,
    pub(super) runtime: Option<String>,
    #[serde(default)]
    pub(super) lines: Vec<Line>,
    pub(super) gives: Option<Text>,
    pub(super) field: Option<Text>,
    pub(super) beside: Option<Beside>,
    #[serde(default)]
    pub(super) setting: Vec<NewSetting>,
    #[serde(default)]
    pub(super) reads: BTreeMap<String, Text>,
    #[serde(default)]
    pub(super) throws: Vec<String>,
    #[serde(default)]
    pub(super) clients: Vec<String>,
    #[serde(default)]
    pub(super) keeps_errors_of: Vec<String>,
    #[serde(default)]
    pub(super) package: Vec<Package>,
    #[serde(default)]
    pub(super) import: Vec<Import>,
    pub(super) helper: Option<Text>,
    pub(super) helper_name: Option<String>,
    pub(super) statements: Option<Text>,
    pub(super) value: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Beside {
    pub(super) class: String,
    pub(super) text: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSetting {
    pub(super) key: String,
    pub(super) value: Text,
    #[serde(default)]
    pub(super) item: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Package {
    pub(super) name: String,
    #[serde(default)]
    pub(super) dev: bool,
    #[serde(default)]
    pub(super) features: Vec<String>,
    #[serde(default = "yes")]
    pub(super) default_features: bool,
    pub(super) when: Option<Text>,
    #[serde(default)]
    pub(super) brought_by: Vec<String>,
    #[serde(default)]
    pub(super) lines: Vec<Line>,
    pub(super) versions: Vec<Version>,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Version {
    pub(super) from: Option<String>,
    pub(super) below: Option<String>,
    pub(super) of: Option<String>,
    #[serde(default)]
    pub(super) managed: bool,
    pub(super) requirement: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Line {
    pub(super) of: String,
    pub(super) from: Option<String>,
    pub(super) below: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Import {
    pub(super) module: String,
    pub(super) item: Option<String>,
    pub(super) local: String,
    pub(super) when: Option<Text>,
    pub(super) unless: Option<Text>,
    #[serde(default)]
    pub(super) types_only: bool,
    #[serde(default)]
    pub(super) methods_only: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Adobe {
    pub(super) exchange_paths: Vec<String>,
    pub(super) token_path: String,
    pub(super) other_token_paths: Vec<String>,
    pub(super) metascope_path: String,
    pub(super) audience_path: String,
    pub(super) org_suffix: String,
    pub(super) account_suffix: String,
    pub(super) metascope_prefix: String,
    pub(super) metascope_endings: Vec<String>,
    pub(super) odd_metascopes: Vec<String>,
    pub(super) needles: Vec<String>,
    #[serde(default)]
    pub(super) rules: Vec<OwnRule>,
    pub(super) fields: Fields,
    pub(super) config: Config,
    pub(super) hosts: Vec<Host>,
    pub(super) scopes: Vec<Scope>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnRule {
    pub(super) id: String,
    pub(super) kind: Text,
    pub(super) means: String,
    pub(super) proof: String,
    pub(super) change: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fields {
    pub(super) client_id: String,
    pub(super) client_secret: String,
    pub(super) jwt: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Config {
    pub(super) metascopes: Vec<String>,
    pub(super) private_key: Vec<String>,
    pub(super) technical_account: Vec<String>,
    pub(super) org: Vec<String>,
    pub(super) exchange: Vec<String>,
    pub(super) signed_jwt: Vec<String>,
    pub(super) client_id: Vec<String>,
    pub(super) client_secret: Vec<String>,
    pub(super) jwt_only: Vec<String>,
    pub(super) oauth_only: Vec<String>,
    pub(super) jwt_mode: Vec<(String, String)>,
    pub(super) own: Vec<String>,
    pub(super) neutral: Vec<String>,
}

/// A tool that is set up by a file: what its settings mean.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tool {
    pub(super) name: String,
    pub(super) docs: String,
    #[serde(default)]
    pub(super) needles: Vec<String>,
    #[serde(default)]
    pub(super) files: Vec<String>,
    #[serde(default)]
    pub(super) mark: Vec<Mark>,
    #[serde(default)]
    pub(super) setting: Vec<ToolSetting>,
    pub(super) dependency: Option<ToolVersion>,
    #[serde(default)]
    pub(super) example: Vec<ToolExample>,
    #[serde(default)]
    pub(super) lookalike: Vec<ToolLookalike>,
    pub(super) switch: Option<super::tool::ToolSwitch>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mark {
    pub(super) key: String,
    pub(super) value: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ToolSetting {
    pub(super) key: String,
    pub(super) value: Option<String>,
    pub(super) does: Text,
    pub(super) message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ToolVersion {
    pub(super) key: String,
    pub(super) value: String,
    pub(super) below: u32,
    pub(super) message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ToolExample {
    pub(super) file: String,
    pub(super) code: String,
    pub(super) finds: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ToolLookalike {
    pub(super) file: String,
    pub(super) code: String,
    pub(super) why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Host {
    pub(super) name: String,
    #[serde(default)]
    pub(super) stage: bool,
    #[serde(default)]
    pub(super) ims: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Scope {
    pub(super) metascope: Text,
    pub(super) product: String,
    pub(super) scopes: Vec<String>,
    pub(super) confidence: Text,
    #[serde(default)]
    pub(super) aem: bool,
}
