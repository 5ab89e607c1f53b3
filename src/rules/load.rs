//! From files to typed rules. Goes on after a mistake, so that one run shows them all.

use super::check::File;
use super::load_target;
use super::words::{Body, Does, Gives, Hole};
use super::{
    Adobe, Anchors, Brings, CallRule, ConfigWords, Example, Fields, Host, Library, Lookalike, NeededImport, OwnRule,
    Package, Response, RuleError, Rules, ScopeRow, Sdk, Target, Tool, Version, normal_key, raw,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use walkdir::WalkDir;

/// A file as it was read.
pub(super) struct RuleFile {
    /// Path under its folder of rules.
    name: String,
    /// Path in messages.
    shown: String,
    text: String,
    /// A user's, which replaces an embedded one.
    own: bool,
}

impl RuleFile {
    pub(super) fn embedded(name: &str, text: &str) -> Self {
        RuleFile { name: name.to_owned(), shown: format!("rules/{name}"), text: text.to_owned(), own: false }
    }
}

/// What a rule file is, by its path under the folder of rules.
enum Kind<'n> {
    Adobe,
    /// Without a folder the file says its language itself.
    Library {
        language: Option<&'n str>,
        name: &'n str,
    },
    Target {
        language: &'n str,
        name: &'n str,
    },
    Anchors {
        language: &'n str,
    },
    Tool {
        name: &'n str,
    },
    Unknown,
}

impl Kind<'_> {
    fn of(name: &str) -> Kind<'_> {
        let Some(stem) = name.strip_suffix(".toml") else { return Kind::Unknown };
        match stem.split('/').collect::<Vec<_>>()[..] {
            ["adobe"] => Kind::Adobe,
            ["config", name] => Kind::Tool { name },
            ["anchors", language] => Kind::Anchors { language },
            [name] => Kind::Library { language: None, name },
            [language, name] => Kind::Library { language: Some(language), name },
            [language, "targets", name] => Kind::Target { language, name },
            _ => Kind::Unknown,
        }
    }
}

/// Reads rule files; a user's come last, and replace those of the same id before them.
pub(super) fn load(files: impl Iterator<Item = RuleFile>) -> Result<Rules, Vec<RuleError>> {
    let (mut adobe, mut errors) = (None, vec![]);
    let mut anchors: BTreeMap<String, Anchors> = BTreeMap::new();
    let mut tools: BTreeMap<String, Tool> = BTreeMap::new();
    let mut libraries: BTreeMap<String, Library> = BTreeMap::new();
    let mut targets: BTreeMap<String, Target> = BTreeMap::new();
    let mut own: BTreeMap<String, String> = BTreeMap::new();
    for RuleFile { name, shown, text, own: is_own } in files {
        let mut file = File::new(&shown, &text);
        match Kind::of(&name) {
            Kind::Adobe => adobe = read_adobe(&mut file).or(adobe),
            Kind::Library { language, name } => {
                if let Some(library) = library(&mut file, language, name) {
                    let other = own.get(&library.id).filter(|_| is_own);
                    if let Some(other) = other {
                        file.whole(&format!("`{other}` is `{}` as well", library.id), "give one of them another name");
                    } else if is_own {
                        own.insert(library.id.clone(), shown.clone());
                    }
                    libraries.insert(library.id.clone(), library);
                }
            }
            Kind::Target { language, name } => {
                if let Some(target) = load_target::target(&mut file, language, name) {
                    targets.insert(target.id.clone(), target);
                }
            }
            Kind::Anchors { language } => {
                anchors.extend(super::anchors::read(&mut file, language).map(|it| (it.language.clone(), it)));
            }
            Kind::Tool { name } => {
                tools.extend(super::load_tool::tool(&mut file, name).map(|it| (it.id.clone(), it)));
            }
            Kind::Unknown => file.whole(
                "this is no place for a rule file",
                "allowed: adobe.toml, anchors/<language>.toml, <language>/<library>.toml, <library>.toml that says its `language`, \
                 <language>/targets/<name>.toml, config/<tool>.toml",
            ),
        }
        errors.extend(file.into_errors());
    }
    let (libraries, targets) = (libraries.into_values().collect(), targets.into_values().collect());
    let (anchors, tools) = (anchors.into_values().collect(), tools.into_values().collect());
    match adobe {
        Some(adobe) if errors.is_empty() => Ok(Rules { adobe, libraries, targets, anchors, tools }),
        None if errors.is_empty() => Err(vec![RuleError::of_file("adobe.toml", "adobe.toml is missing")]),
        _ => Err(errors),
    }
}

/// Reads the `.toml` files of a user's folder.
pub(super) fn read_folder(folder: &Path) -> Result<Vec<RuleFile>, Vec<RuleError>> {
    let (mut files, mut errors) = (vec![], vec![]);
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let path = match &entry {
            Ok(entry) if entry.file_type().is_file() => entry.path(),
            Ok(_) => continue,
            Err(error) => {
                let shown = error.path().unwrap_or(folder).to_string_lossy();
                let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                errors.push(RuleError::of_file(&shown, &format!("`{shown}` cannot be read: {why}")));
                continue;
            }
        };
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let inner = path.strip_prefix(folder).unwrap_or(path);
        let name = inner.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
        let shown = path.to_string_lossy().into_owned();
        match std::fs::read_to_string(path) {
            Ok(text) => files.push(RuleFile { name, shown, text, own: true }),
            Err(error) => errors.push(RuleError::of_file(&shown, &format!("`{shown}` cannot be read: {error}"))),
        }
    }
    if files.is_empty() && errors.is_empty() {
        let shown = folder.to_string_lossy();
        errors.push(RuleError::of_file(&shown, &format!("there is no rule file (*.toml) in `{shown}`")));
    }
    if errors.is_empty() { Ok(files) } else { Err(errors) }
}

fn library(file: &mut File, folder: Option<&str>, name: &str) -> Option<Library> {
    let raw: raw::Library = file.toml()?;
    let language = match (folder, &raw.language) {
        (Some(folder), None) => file.language(folder, None),
        (None, Some(said)) => file.language(said.get_ref(), Some(said)),
        (Some(folder), Some(said)) if folder == said.get_ref() => file.language(folder, Some(said)),
        (Some(_), Some(said)) => {
            file.mistake(said, "the file lies in the folder of another language", "here");
            None
        }
        (None, None) => {
            file.whole("the language is not said", "write `language = \"python\"`, or put the file into `python/`");
            None
        }
    };
    if raw.call.is_empty() && !raw.adobe {
        file.whole("a library needs at least one [[call]]", "it says what a call looks like, and what it does");
    }
    let calls: Vec<CallRule> = raw.call.into_iter().filter_map(|call| call_rule(file, call, &raw.modules)).collect();
    let sdk = raw.sdk.map(|sdk| read_sdk(file, sdk));
    if let Some(advice) = raw.advice.as_ref().filter(|_| sdk.is_some()) {
        file.mistake(advice, "the [sdk] table has an advice already", "again here");
    }
    let advised = raw.advice.map(|advice| Sdk { advice: advice.into_inner(), ..Sdk::default() });
    Some(Library {
        id: format!("{}/{name}", language?),
        name: raw.name,
        language: language?.to_owned(),
        packages: raw.packages,
        modules: raw.modules,
        adobe: raw.adobe || calls.iter().any(|call| call.does == Does::Exchange),
        oauth: raw.oauth,
        jwt: raw.jwt,
        command_line: raw.command_line,
        framework: raw.framework,
        docs: raw.docs,
        sdk: sdk.or(advised),
        errors: raw.errors,
        error_codes: raw.error_codes,
        pure: raw.pure,
        bases: raw.bases,
        brings: raw.brings.into_iter().filter_map(|brings| read_brings(file, brings)).collect(),
        companions: raw.companion,
        traits: raw.traits,
        calls,
        response: raw.response.map(|response| read_response(file, response)),
        examples: raw.example.into_iter().map(|example| read_example(file, example)).collect(),
        lookalikes: raw.lookalike.into_iter().map(|it| Lookalike { code: it.code, why: it.why }).collect(),
    })
}

fn call_rule(file: &mut File, raw: raw::Call, modules: &[String]) -> Option<CallRule> {
    let does: Option<Does> = file.word(&raw.does);
    let signature = file.signature(&raw.signature, modules);
    let body: Option<Option<Body>> = file.maybe_word(raw.body.as_ref());
    let gives: Option<Option<Gives>> = file.maybe_word(raw.gives.as_ref());
    let rule = CallRule {
        does: does?,
        signature: signature?,
        method: raw.method,
        body: body?,
        is_async: raw.is_async,
        gives: gives?.unwrap_or(usual_result(does?)),
    };
    if let Some(place) = raw.body.filter(|_| !rule.signature.holes().contains(&Hole::Form)) {
        file.mistake(&place, "`body` says how `form` goes out, and the signature has no `form`", "for what?");
    }
    Some(rule)
}

fn usual_result(does: Does) -> Gives {
    match does {
        Does::Sign => Gives::Jwt,
        Does::Request => Gives::Response,
        Does::Exchange => Gives::Token,
        Does::Client => Gives::Client,
        Does::ReadKey => Gives::Key,
        Does::Encode => Gives::Form,
        Does::Append | Does::Declare | Does::Mock | Does::MockClient => Gives::Nothing,
        Does::JoinUrl => Gives::Url,
        Does::Format => Gives::Text,
        Does::Decode => Gives::Body,
    }
}

fn read_response(file: &mut File, raw: raw::Response) -> Response {
    Response {
        decoded: file.accesses(&raw.decoded),
        text: file.accesses(&raw.text),
        check: file.accesses(&raw.check),
        status: file.accesses(&raw.status),
        headers: file.accesses(&raw.headers),
        close: file.accesses(&raw.close),
        fails_on_status: raw.fails_on_status,
        callback: raw.callback.iter().filter_map(|role| file.word(role)).collect(),
    }
}

pub(super) fn read_example(file: &mut File, raw: raw::Example) -> Example {
    let finds: BTreeSet<String> = raw.finds.iter().filter_map(|kind| file.finding_kind(kind)).collect();
    Example { code: raw.code, finds: finds.into_iter().collect() }
}

fn read_sdk(file: &mut File, raw: raw::Sdk) -> Sdk {
    let package = raw.package.as_deref();
    let upgrades = raw.upgrade.into_iter().map(|upgrade| super::upgrade::read(file, upgrade, package)).collect();
    Sdk {
        package: raw.package,
        since: raw.since,
        jwt_before: raw.jwt_before,
        advice: raw.advice,
        metascopes: raw.metascopes,
        upgrades,
    }
}

pub(super) fn read_package(file: &mut File, raw: raw::Package) -> Option<Package> {
    let when = file.maybe_word(raw.when.as_ref())?;
    let version = |it: raw::Version| Version {
        from: it.from,
        below: it.below,
        of: it.of,
        managed: it.managed,
        requirement: it.requirement,
    };
    let versions = raw.versions.into_iter().map(version).collect();
    let lines = raw.lines.into_iter().map(super::load_target::line).collect();
    let raw::Package { name, dev, features, default_features, brought_by, .. } = raw;
    Some(Package { name, dev, features, default_features, when, brought_by, lines, versions })
}

fn read_brings(file: &mut File, raw: raw::Brings) -> Option<Brings> {
    let package = raw.package.map(|package| read_package(file, package));
    let package = if let Some(None) = package { return None } else { package.flatten() };
    Some(Brings { by: raw.by, modules: raw.modules, brought_by: raw.brought_by, package })
}

pub(super) fn read_import(file: &mut File, raw: raw::Import) -> Option<NeededImport> {
    let when = file.maybe_word(raw.when.as_ref())?;
    let unless = file.maybe_word(raw.unless.as_ref())?;
    let raw::Import { module, item, local, types_only, methods_only, .. } = raw;
    Some(NeededImport { module, item, local, when, unless, types_only, methods_only })
}

fn read_adobe(file: &mut File) -> Option<Adobe> {
    let raw: raw::Adobe = file.toml()?;
    Some(Adobe {
        exchange_paths: raw.exchange_paths,
        token_path: raw.token_path,
        other_token_paths: raw.other_token_paths,
        hosts: raw.hosts.into_iter().map(|it| Host { name: it.name, stage: it.stage, ims: it.ims }).collect(),
        metascope_path: raw.metascope_path,
        audience_path: raw.audience_path,
        org_suffix: raw.org_suffix,
        account_suffix: raw.account_suffix,
        metascope_prefix: raw.metascope_prefix,
        metascope_endings: raw.metascope_endings,
        odd_metascopes: raw.odd_metascopes,
        fields: Fields {
            client_id: raw.fields.client_id,
            client_secret: raw.fields.client_secret,
            jwt: raw.fields.jwt,
        },
        config: config_words(raw.config),
        needles: raw.needles,
        rules: own_rules(file, raw.rules),
        scopes: scope_rows(file, raw.scopes),
    })
}

fn config_words(raw: raw::Config) -> ConfigWords {
    let normal = |keys: Vec<String>| -> Vec<String> {
        keys.iter().map(|key| normal_key(key)).collect::<BTreeSet<_>>().into_iter().collect()
    };
    ConfigWords {
        metascopes: normal(raw.metascopes),
        private_key: normal(raw.private_key),
        technical_account: normal(raw.technical_account),
        org: normal(raw.org),
        exchange: normal(raw.exchange),
        client_id: normal(raw.client_id),
        client_secret: normal(raw.client_secret),
        signed_jwt: normal(raw.signed_jwt),
        jwt_only: normal(raw.jwt_only),
        oauth_only: normal(raw.oauth_only),
        jwt_mode: raw.jwt_mode.into_iter().map(|(key, value)| (normal_key(&key), value)).collect(),
        own: normal(raw.own),
        neutral: normal(raw.neutral),
    }
}

fn own_rules(file: &mut File, raw: Vec<raw::OwnRule>) -> Vec<OwnRule> {
    let mut rules = vec![];
    for rule in raw {
        let Some(kind) = file.finding_kind(&rule.kind) else { continue };
        rules.push(OwnRule { id: rule.id, kind, means: rule.means, proof: rule.proof, change: rule.change });
    }
    rules
}

fn scope_rows(file: &mut File, raw: Vec<raw::Scope>) -> Vec<ScopeRow> {
    let mut rows: Vec<ScopeRow> = vec![];
    for row in raw {
        let Some(confidence) = file.word(&row.confidence) else { continue };
        if rows.iter().any(|known| known.metascope == *row.metascope.get_ref()) {
            file.mistake(&row.metascope, "this metascope has a row already", "again here");
        }
        let metascope = row.metascope.into_inner();
        rows.push(ScopeRow { metascope, product: row.product, scopes: row.scopes, confidence, aem: row.aem });
    }
    rows
}
