//! The rule files and their loader.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use unjwt::rules::{Does, Hole, Link, Pattern, Root, RuleError, Rules, ScopeConfidence, Slot};
use walkdir::WalkDir;

const ADOBE: &str = include_str!("../../rules/adobe.toml");

fn load_with(library: &str) -> Result<Rules, Vec<RuleError>> {
    Rules::load([("adobe.toml", ADOBE), ("python/x.toml", library)].into_iter())
}

/// A library file with one call.
fn library(call: &str) -> String {
    format!(
        "name = 'x'\nmodules = ['requests', 'urllib.request', '@a/b']\ndocs = ''\n\n[[call]]\n{call}\n\n\
         [[example]]\nfinds = []\ncode = ''\n\n[[lookalike]]\nwhy = ''\ncode = ''\n"
    )
}

fn call(signature: &str) -> String {
    library(&format!("does = 'request'\nsignature = '{signature}'"))
}

fn render(errors: &[RuleError]) -> String {
    let handler = miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor()).with_width(110);
    let mut text = String::new();
    for error in errors {
        handler.render_report(&mut text, error).expect("writing to a string");
    }
    text
}

fn errors_of(library: &str) -> String {
    render(&load_with(library).expect_err("a mistake"))
}

#[test]
fn embedded_rules_load() {
    if let Err(errors) = Rules::load(Rules::embedded_files().iter().copied()) {
        panic!("{}", render(&errors));
    }
    let rules = Rules::embedded();
    assert!(rules.library("python/requests").is_some());
    assert_eq!(rules.targets_of("python")[0].name, "authlib");
    assert_eq!(rules.targets_of("javascript")[0].name, "passport");
}

#[test]
fn the_table_is_the_folder() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let on_disk: BTreeSet<String> = WalkDir::new(&root)
        .into_iter()
        .map(|entry| entry.expect("readable").into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .map(|path| path.strip_prefix(&root).expect("inside").to_string_lossy().replace('\\', "/"))
        .collect();
    let in_table: BTreeSet<String> = Rules::embedded_files().iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(on_disk, in_table, "src/rules/embedded.rs lists every file under rules/");
}

#[test]
fn every_library_proves_itself() {
    for library in &Rules::embedded().libraries {
        assert!(!library.calls.is_empty(), "{}: no calls", library.id);
        assert!(!library.examples.is_empty() && !library.lookalikes.is_empty(), "{}: no proof", library.id);
        assert!(library.examples.iter().all(|example| !example.finds.is_empty()), "{}: finds nothing", library.id);
        assert!(library.lookalikes.iter().all(|lookalike| !lookalike.why.is_empty()), "{}", library.id);
        assert!(library.docs.starts_with("https://"), "{}: docs", library.id);
        assert_eq!(library.adobe, library.sdk.is_some(), "{}: an SDK says what replaces it", library.id);
    }
}

/// What is read and what is shown are the same notation.
#[test]
fn signatures_round_trip() {
    for library in &Rules::embedded().libraries {
        for rule in &library.calls {
            let shown = rule.signature.to_string();
            let modules = library.modules.iter().map(|it| format!("'{it}'")).collect::<Vec<_>>().join(",");
            let text = format!(
                "name = 'x'\ndocs = ''\nmodules = [{modules}]\n[[call]]\ndoes = 'request'\nsignature = '''{shown}'''\n\
                 [[example]]\nfinds = []\ncode = ''\n[[lookalike]]\nwhy = ''\ncode = ''\n"
            );
            let again = load_with(&text).unwrap_or_else(|errors| panic!("{shown}\n{}", render(&errors)));
            assert_eq!(again.libraries[0].calls[0].signature, rule.signature, "{shown}");
        }
    }
}

#[test]
fn good_signatures() {
    let first =
        |text: &str| load_with(&call(text)).map_err(|errors| render(&errors)).expect("good").libraries.remove(0);
    let plain = first("requests.post(url, data=form, *, json=json)").calls.remove(0).signature;
    assert_eq!(plain.root, Root::Module(vec!["requests".into()]));
    assert_eq!(plain.last_name(), Some("post"));
    let params = plain.last_params();
    assert_eq!(params.iter().map(|it| it.keyword()).collect::<Vec<_>>(), [Some("url"), Some("data"), Some("json")]);
    assert_eq!(params.iter().map(|it| it.keyword_only).collect::<Vec<_>>(), [false, false, true]);

    let dotted = first("urllib.request.urlopen(url)").calls.remove(0).signature;
    assert_eq!(dotted.root, Root::Module(vec!["urllib.request".into()]));
    assert_eq!(dotted.links[0], Link::Name("urlopen".into()));

    let gap = first("requests.Session()..post(url, ...)").calls.remove(0).signature;
    assert_eq!(gap.links[2..4], [Link::Gap, Link::Name("post".into())]);
    assert_eq!(gap.last_params()[1].pattern, Pattern::Rest);

    let record = first(r#"new "@a/b"({url, "data-x": form!, o: {key}}, _, "POST")"#).calls.remove(0).signature;
    assert!(record.new);
    assert_eq!(record.last_name(), None);
    assert_eq!(record.holes(), [Hole::Url, Hole::Form, Hole::Key]);
    assert!(record.last_params()[2].pattern.is_needed());

    assert_eq!(first("_(url)").calls[0].signature.root, Root::Module(first("*.a()").modules));
    assert_eq!(first("$fetch(url)").calls[0].signature.root, Root::Global("fetch".into()));
    assert_eq!(first("*.json()").calls[0].signature.root, Root::Any);
}

#[test]
fn bad_signatures_are_pointed_at() {
    let bad = [
        "requests.post(ulr)",
        "requests.post(url, {method, body})",
        "request.post(url)",
        "requests.post(url",
        "requests.post",
        "requests...post(url)",
        "requests.post(..., url)",
        "requests.post({url, url})",
        "requests.post({url)",
        r#"requests.post("POST)"#,
        "",
        "requests.post(url) and more",
    ];
    let shown: Vec<String> = bad.iter().map(|text| errors_of(&call(text))).collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn other_mistakes_are_pointed_at() {
    let bad = [
        library("does = 'sing'\nsignature = 'requests.a(claims)'"),
        library("does = 'sign'\nsignature = 'requests.a(claims)'\nbody = 'form'"),
        library("does = 'sign'\nsignatur = 'requests.a(claims)'"),
        library("does = 'sign'\nsignature = \"requests.a(\\u0063laims, kay)\""),
        library("does = 'sign'\nsignature = 'requests.a(claims)'\n[response]\ndecoded = ['json()']"),
        "name = 'x'\ndocs = ''".to_owned(),
        "name = ".to_owned(),
    ];
    let mut shown: Vec<String> = bad.iter().map(|text| errors_of(text)).collect();
    let target = "docs = ''\n[[variant]]\nname = 'a'\nvalue = '{{ tokn }} {% if %}'\n";
    let other = "docs = ''\n[[variant]]\nname = 'a'\nvalue = '{{ token }} {{ tokn }}'\n";
    for (name, text) in [("python/targets/a.toml", target), ("python/targets/b.toml", other), ("x/y/z.toml", "")] {
        shown.push(render(&Rules::load([("adobe.toml", ADOBE), (name, text)].into_iter()).expect_err("a mistake")));
    }
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn every_official_metascope_has_a_row() {
    // AdobeDocs/adobe-dev-console@054aa705^:src/pages/guides/authentication/JWT/scopes.md, and for the roles of Reactor
    // AdobeDocs/adobeio-auth:JWT/Scopes.md.
    let official = "ent_analytics_bulk_ingest_sdk ent_dataservices_sdk ent_marketing_sdk ent_campaign_sdk ent_user_sdk \
        ent_cloudmgr_sdk ent_adobeio_sdk event_receiver_api ent_reactor_sdk ent_reactor_admin_sdk \
        ent_reactor_it_admin_sdk ent_reactor_developer_sdk ent_reactor_approver_sdk ent_reactor_publisher_sdk \
        ent_reactor_extension_developer_sdk ent_brand_portal_sdk ent_smartcontent_sdk ent_sensei_image_sdk \
        ent_stocksearch_sdk ent_ccas_sdk ent_documentcloud_sdk ent_gdpr_sdk ent_places_sdk";
    let adobe = &Rules::embedded().adobe;
    for metascope in official.split_whitespace() {
        assert!(adobe.is_metascope(metascope), "{metascope}");
        let row = adobe.scope_row(metascope).unwrap_or_else(|| panic!("{metascope} has no row"));
        let is_known = row.confidence != ScopeConfidence::Unknown;
        assert_eq!(is_known, !row.scopes.is_empty(), "{metascope}: scopes and confidence agree");
        assert!(!is_known || ["openid", "AdobeID"].iter().all(|scope| row.scopes.iter().any(|it| it == scope)));
    }
    assert!(adobe.scope_row("ent_aem_cloud_api").is_some_and(|row| row.aem));
}

#[test]
fn adobe_words() {
    let adobe = &Rules::embedded().adobe;
    assert_eq!(adobe.metascopes_in("https://ims-na1.adobelogin.com/s/ent_user_sdk"), ["ent_user_sdk"]);
    assert_eq!(
        adobe.metascopes_in("client_id, ent_a_sdk,asset_compute_meta ent_"),
        ["ent_a_sdk", "asset_compute_meta"]
    );
    let range = adobe.exchange_path_in("https://x/ims/exchange/v1/jwt/?a").expect("there");
    assert_eq!(&"https://x/ims/exchange/v1/jwt/?a"[range], "ims/exchange/v1/jwt");
    assert!(adobe.host_in("https://IMS-NA1-stg1.adobelogin.com/x").is_some_and(|host| host.stage));
    assert_eq!(adobe.host_in("https://login.example.com"), None);
}

#[test]
fn needles_are_never_part_of_common_words() {
    let needles = Rules::embedded().needles();
    assert!(needles.iter().any(|needle| needle == "ims/exchange/jwt"));
    assert!(needles.iter().any(|needle| needle == "@adobe/jwt-auth"));
    let common = "client_id client_secret content_type import requests document_root access_token parent_id";
    assert_eq!(needles.iter().find(|needle| common.contains(needle.as_str())), None);
}

#[test]
fn templates_render() {
    let rules = Rules::embedded();
    let names = |pairs: &[(Slot, &str)]| -> BTreeMap<Slot, String> {
        pairs.iter().map(|(slot, value)| (*slot, (*value).to_owned())).collect()
    };
    let base = [
        (Slot::ClientId, "CLIENT_ID"),
        (Slot::ClientSecret, "CLIENT_SECRET"),
        (Slot::Scope, "SCOPES"),
        (Slot::TokenUrl, "TOKEN_URL"),
        (Slot::Token, "token"),
        (Slot::Session, "session"),
        (Slot::Response, "response"),
        (Slot::Quote, "'"),
        (Slot::Semicolon, ";"),
    ];
    let flags = [&[][..], &[(Slot::KeepErrors, "1"), (Slot::KeepMilliseconds, "1"), (Slot::Timeout, "10")][..]];
    let mut shown = String::new();
    for target in &rules.targets {
        for variant in &target.variants {
            for (index, extra) in flags.iter().enumerate() {
                let mut slots = names(&base);
                slots.extend(names(extra));
                slots.insert(Slot::Helper, variant.helper_name.clone().unwrap_or_default());
                if index > 0 && target.language == "javascript" {
                    slots.insert(Slot::Types, "1".into());
                    slots.insert(Slot::Agent, "agent".into());
                }
                if index > 0 && target.language == "java" {
                    slots.extend(names(&[(Slot::Error, "IOException"), (Slot::Checked, "1")]));
                }
                let parts = [variant.helper.as_ref(), variant.statements.as_ref(), Some(&variant.value)];
                shown += &format!("=== {} {} {index}\n", target.id, variant.name);
                for part in parts.into_iter().flatten() {
                    shown += &part.render(&slots).expect("renders");
                    shown += "\n---\n";
                }
            }
        }
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn a_users_folder_replaces_and_adds() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("python")).expect("created");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write("README.md", "not a rule");
    write("python/requests.toml", &call("requests.post(url)"));
    write("python/own.toml", &call("requests.send(url)"));
    let rules = Rules::with_folder(folder.path()).map_err(|errors| render(&errors)).expect("good rules");
    assert_eq!(rules.library("python/requests").map(|it| it.calls.len()), Some(1));
    assert!(rules.library("python/own").is_some() && rules.library("python/httpx").is_some());

    write("python/own.toml", "oops");
    assert!(Rules::with_folder(folder.path()).is_err());
    assert!(Rules::with_folder(&folder.path().join("missing")).is_err());
}

/// A wrapper of one's own in a few lines: the language said inside, neither examples nor an `[sdk]` table.
#[test]
fn a_flat_file_says_its_language() {
    let text = "language = 'python'\nname = 'x'\nmodules = ['ourauth']\nadvice = 'do that'\n[[call]]\n\
                does = 'exchange'\nsignature = 'ourauth.token(client_id, private_key)'\n";
    let load = |name: &str, text: &str| Rules::load([("adobe.toml", ADOBE), (name, text)].into_iter());
    let rules = load("own.toml", text).map_err(|errors| render(&errors)).expect("good rules");
    let library = rules.library("python/own").expect("there");
    assert!(library.adobe && library.sdk.as_ref().is_some_and(|sdk| sdk.advice == "do that"));
    assert!(rules.needles().iter().any(|needle| needle == "ourauth"), "its name is searched for");
    assert!(load("python/own.toml", text).is_ok(), "saying it twice is no mistake");

    let global = "language = 'javascript'\nname = 'x'\n[[call]]\ndoes = 'exchange'\nsignature = '$adobeToken(key)'\n";
    let rules = load("g.toml", global).map_err(|errors| render(&errors)).expect("good rules");
    assert!(rules.needles().iter().any(|needle| needle == "adobeToken"));

    let sdk = format!("{text}[sdk]\nadvice = 'this'\n");
    let bad = [
        ("own.toml", text.replace("language = 'python'\n", "")),
        ("own.toml", text.replace("python", "pyton")),
        ("pyton/own.toml", text.replace("language = 'python'\n", "")),
        ("javascript/own.toml", text.to_owned()),
        ("own.toml", sdk),
        ("own.toml", "language = 'python'\nname = 'x'\n".to_owned()),
    ];
    let shown: Vec<String> = bad.iter().map(|(name, text)| render(&load(name, text).expect_err("a mistake"))).collect();
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn two_files_of_one_id_are_a_mistake() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("python")).expect("created");
    let text = call("requests.send(url)");
    std::fs::write(folder.path().join("python/own.toml"), &text).expect("written");
    std::fs::write(folder.path().join("own.toml"), format!("language = 'python'\n{text}")).expect("written");
    let shown = render(&Rules::with_folder(folder.path()).expect_err("a mistake"));
    assert!(shown.contains("is `python/own` as well"), "{shown}");
}

/// Every id that the analysis gives is explained, and nothing else is.
#[test]
fn adobes_own_rules_are_explained() {
    let sources = WalkDir::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
        .into_iter()
        .map(|entry| entry.expect("readable").into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| std::fs::read_to_string(path).expect("readable"));
    let ids: BTreeSet<String> = sources
        .flat_map(|text| {
            text.split("\"adobe/")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .map(|name| format!("adobe/{name}"))
        .collect();
    let explained: BTreeSet<String> = Rules::embedded().adobe.rules.iter().map(|rule| rule.id.clone()).collect();
    assert_eq!(ids, explained);
}

#[test]
fn nearest_names() {
    let rules = Rules::embedded();
    assert_eq!(rules.nearest("adobe/endpont").first(), Some(&"adobe/endpoint"));
    assert_eq!(rules.nearest("reqests").first(), Some(&"python/requests"));
    assert!(rules.nearest("something completely different").is_empty());
}

/// Words are told apart, and each is used by some rule or template.
#[test]
fn no_word_is_idle() {
    let rules = Rules::embedded();
    let calls = || rules.libraries.iter().flat_map(|library| &library.calls);
    let holes: BTreeSet<Hole> = calls().flat_map(|rule| rule.signature.holes()).collect();
    let idle: Vec<_> = Hole::ALL.iter().filter(|hole| !holes.contains(hole)).collect();
    assert!(idle.is_empty(), "holes that no rule uses: {idle:?}");
    let does: BTreeSet<Does> = calls().map(|rule| rule.does).collect();
    assert_eq!(does.len(), Does::ALL.len());
}
