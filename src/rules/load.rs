//! From files to typed rules. Goes on after a mistake, so that one run shows them all.

use super::check::File;
use super::words::{Body, Does, Gives, Hole};
use super::{
    Adobe, CallRule, ConfigWords, Example, Fields, Host, Library, Lookalike, NeededImport, Package, Response,
    RuleError, Rules, ScopeRow, Sdk, Target, Tool, Variant, Version, normal_key, raw,
};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use walkdir::WalkDir;

/// What a rule file is, by its path under `rules/`.
enum Kind<'n> {
    Adobe,
    Library { language: &'n str, name: &'n str },
    Target { language: &'n str, name: &'n str },
    Tool { name: &'n str },
    Unknown,
}

impl Kind<'_> {
    fn of(name: &str) -> Kind<'_> {
        let Some(stem) = name.strip_suffix(".toml") else { return Kind::Unknown };
        match stem.split('/').collect::<Vec<_>>()[..] {
            ["adobe"] => Kind::Adobe,
            ["config", name] => Kind::Tool { name },
            [language, name] => Kind::Library { language, name },
            [language, "targets", name] => Kind::Target { language, name },
            _ => Kind::Unknown,
        }
    }
}

/// Reads rule files, given as (path under `rules/`, text).
pub(super) fn load(files: impl Iterator<Item = (String, String)>) -> Result<Rules, Vec<RuleError>> {
    let mut adobe = None;
    let (mut libraries, mut targets, mut tools, mut errors) = (vec![], vec![], vec![], vec![]);
    for (name, text) in files {
        let mut file = File::new(&name, &text);
        match Kind::of(&name) {
            Kind::Adobe => adobe = read_adobe(&mut file).or(adobe),
            Kind::Library { language, name } => libraries.extend(library(&mut file, language, name)),
            Kind::Target { language, name } => targets.extend(target(&mut file, language, name)),
            Kind::Tool { name } => tools.extend(super::load_tool::tool(&mut file, name)),
            Kind::Unknown => file.whole(
                "this is no place for a rule file",
                "allowed: adobe.toml, <language>/<library>.toml, <language>/targets/<name>.toml, config/<tool>.toml",
            ),
        }
        errors.extend(file.into_errors());
    }
    libraries.sort_by(|a: &Library, b| a.id.cmp(&b.id));
    targets.sort_by(|a: &Target, b| a.id.cmp(&b.id));
    tools.sort_by(|a: &Tool, b| a.id.cmp(&b.id));
    match adobe {
        Some(adobe) if errors.is_empty() => Ok(Rules { adobe, libraries, targets, tools }),
        None if errors.is_empty() => Err(vec![RuleError::of_file("adobe.toml", "adobe.toml is missing")]),
        _ => Err(errors),
    }
}

/// Reads the `.toml` files of a user's folder, as (path under it, text). They replace embedded files of the same path.
pub(super) fn read_folder(folder: &Path) -> Result<BTreeMap<String, String>, Vec<RuleError>> {
    let (mut files, mut errors) = (BTreeMap::new(), vec![]);
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let path = match &entry {
            Ok(entry) if entry.file_type().is_file() => entry.path(),
            Ok(_) => continue,
            Err(error) => {
                errors.push(RuleError::of_file(&folder.to_string_lossy(), &error.to_string()));
                continue;
            }
        };
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let inner = path.strip_prefix(folder).unwrap_or(path);
        let name = inner.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
        match std::fs::read_to_string(path) {
            Ok(text) => drop(files.insert(name, text)),
            Err(error) => errors.push(RuleError::of_file(&name, &error.to_string())),
        }
    }
    if errors.is_empty() { Ok(files) } else { Err(errors) }
}

fn library(file: &mut File, language: &str, name: &str) -> Option<Library> {
    let raw: raw::Library = file.toml()?;
    let calls = raw.call.into_iter().filter_map(|call| call_rule(file, call, &raw.modules)).collect();
    if raw.example.is_empty() || raw.lookalike.is_empty() {
        file.whole(
            "a library needs at least one [[example]] and one [[lookalike]]",
            "they prove that the rules find what they mean, and nothing else",
        );
    }
    Some(Library {
        id: format!("{language}/{name}"),
        name: raw.name,
        language: language.to_owned(),
        packages: raw.packages,
        modules: raw.modules,
        adobe: raw.adobe,
        oauth: raw.oauth,
        jwt: raw.jwt,
        docs: raw.docs,
        sdk: raw.sdk.map(|sdk| Sdk { package: sdk.package, since: sdk.since, advice: sdk.advice }),
        errors: raw.errors,
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
        Does::Append => Gives::Nothing,
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

fn read_example(file: &mut File, raw: raw::Example) -> Example {
    let finds: BTreeSet<String> = raw.finds.iter().filter_map(|kind| file.finding_kind(kind)).collect();
    Example { code: raw.code, finds: finds.into_iter().collect() }
}

fn target(file: &mut File, language: &str, name: &str) -> Option<Target> {
    let raw: raw::Target = file.toml()?;
    Some(Target {
        id: format!("{language}/{name}"),
        language: language.to_owned(),
        name: name.to_owned(),
        default: raw.default,
        docs: raw.docs,
        notes: raw.notes,
        variants: raw.variant.into_iter().filter_map(|it| variant(file, it)).collect(),
    })
}

fn variant(file: &mut File, raw: raw::Variant) -> Option<Variant> {
    let packages = raw.package.into_iter().filter_map(|package| read_package(file, package)).collect();
    let imports = raw.import.into_iter().filter_map(|import| read_import(file, import)).collect();
    let helper = raw.helper.and_then(|text| file.template(&text));
    let statements = raw.statements.and_then(|text| file.template(&text));
    Some(Variant {
        name: raw.name,
        is_async: raw.is_async,
        runtime: raw.runtime,
        packages,
        imports,
        helper,
        helper_name: raw.helper_name,
        statements,
        value: file.template(&raw.value)?,
    })
}

fn read_package(file: &mut File, raw: raw::Package) -> Option<Package> {
    let when = file.maybe_word(raw.when.as_ref())?;
    let version = |it: raw::Version| Version { from: it.from, below: it.below, requirement: it.requirement };
    Some(Package { name: raw.name, dev: raw.dev, when, versions: raw.versions.into_iter().map(version).collect() })
}

fn read_import(file: &mut File, raw: raw::Import) -> Option<NeededImport> {
    let when = file.maybe_word(raw.when.as_ref())?;
    let unless = file.maybe_word(raw.unless.as_ref())?;
    let (module, item, local) = (raw.module, raw.item, raw.local);
    Some(NeededImport { module, item, local, when, unless, types_only: raw.types_only })
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
        odd_metascopes: raw.odd_metascopes,
        fields: Fields {
            client_id: raw.fields.client_id,
            client_secret: raw.fields.client_secret,
            jwt: raw.fields.jwt,
        },
        config: config_words(raw.config),
        needles: raw.needles,
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
