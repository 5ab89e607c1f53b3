//! Does the rewritten program still work? Every case gets a token from a mock IMS before and after the rewrite.
//!
//! * `UNJWT_REQUIRE_RUNTIMES=1`: a missing Python, Node, Java or Cargo fails the test instead of skipping it.
//! * `UNJWT_AFTER=<folder>`: take `<folder>/<language>/<case>/after` for the rewritten project instead of running the
//!   tool; `UNJWT_AFTER=fixtures` runs what is committed.
use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};

use crate::support::case::{self, Case, Report, Side};
use crate::support::ims::{Credential, Ims, Seen};
use crate::support::manifest::mistakes;
use crate::support::{Tree, folders, read_tree, root, said, unjwt, write_tree};

/// Cases that the tool cannot rewrite yet: only their `before` runs. A name leaves this list when its `after` comes.
const PENDING: &[&str] = &[];

const LANGUAGES: &[&str] = &["python", "javascript", "typescript", "java", "rust"];

/// One test a case, so that the test threads run them side by side.
macro_rules! cases {
    ($($test:ident: $name:literal,)*) => {
        pub(crate) const CASES: &[&str] = &[$($name),*];
        $(#[test] fn $test() { behaves($name); })*
    };
}

cases! {
    python_script: "python/script",
    python_format_body: "python/format-body",
    python_asserted_key: "python/asserted-key",
    python_sign_errors: "python/sign-errors",
    python_named_in_script: "python/named-in-script",
    python_class_cached: "python/class-cached",
    python_three_files: "python/three-files",
    python_async_httpx: "python/async-httpx",
    python_urllib: "python/urllib",
    python_login_jwt: "python/login-jwt",
    python_session_errors: "python/session-errors",
    python_keep_ms: "python/keep-ms",
    python_handed_jwt: "python/handed-jwt",
    python_multipart: "python/multipart",
    python_request_parts: "python/request-parts",
    python_path_in_settings: "python/path-in-settings",
    python_aiohttp_client: "python/aiohttp-client",
    python_urllib3_pool: "python/urllib3-pool",
    python_http_client: "python/http-client",
    python_httpx_sync: "python/httpx-sync",
    python_authlib_jose: "python/authlib-jose",
    python_gehirn_jwt: "python/gehirn-jwt",
    python_connector: "python/connector",
    python_two_ways: "python/two-ways",
    python_metascope_loop: "python/metascope-loop",
    python_several_accounts: "python/several-accounts",
    python_required_lists: "python/required-lists",
    python_patched_client: "python/patched-client",
    python_setting_with_default: "python/setting-with-default",
    python_settings_file: "python/settings-file",
    python_logged_client: "python/logged-client",
    python_configured_address: "python/configured-address",
    python_tolerated_refusal: "python/tolerated-refusal",
    python_own_refusal: "python/own-refusal",
    javascript_jwt_auth_promises: "javascript/jwt-auth-promises",
    javascript_promised_text: "javascript/promised-text",
    javascript_axios_cjs: "javascript/axios-cjs",
    javascript_express_middleware: "javascript/express-middleware",
    javascript_request_callback: "javascript/request-callback",
    javascript_fetch_split: "javascript/fetch-split",
    javascript_jwt_auth_many: "javascript/jwt-auth-many",
    javascript_handed_jwt: "javascript/handed-jwt",
    javascript_form_data: "javascript/form-data",
    javascript_settings_checks: "javascript/settings-checks",
    javascript_required_params: "javascript/required-params",
    javascript_guarded_env: "javascript/guarded-env",
    javascript_sign_callback: "javascript/sign-callback",
    javascript_got_workspace: "javascript/got-workspace",
    javascript_needle_callback: "javascript/needle-callback",
    javascript_superagent_cached: "javascript/superagent-cached",
    javascript_request_promise_class: "javascript/request-promise-class",
    javascript_https_content_length: "javascript/https-content-length",
    javascript_esm_create_sign: "javascript/esm-create-sign",
    javascript_jose_ky: "javascript/jose-ky",
    javascript_put_up_with: "javascript/put-up-with",
    javascript_catch_behind: "javascript/catch-behind",
    javascript_jsrsasign_worker: "javascript/jsrsasign-worker",
    javascript_mapped_metascopes: "javascript/mapped-metascopes",
    javascript_mixed_settings: "javascript/mixed-settings",
    javascript_jwt_auth_metascope_loop: "javascript/jwt-auth-metascope-loop",
    javascript_metascope_roles: "javascript/metascope-roles",
    javascript_retry_rounds: "javascript/retry-rounds",
    javascript_required_lists: "javascript/required-lists",
    javascript_demanded_names: "javascript/demanded-names",
    javascript_mocked_tests: "javascript/mocked-tests",
    typescript_class: "typescript/class",
    typescript_taken_apart: "typescript/taken-apart",
    typescript_own_types: "typescript/own-types",
    typescript_asked_settings: "typescript/asked-settings",
    typescript_esm_axios: "typescript/esm-axios",
    typescript_jwt_auth: "typescript/jwt-auth",
    rust_blocking_script: "rust/blocking-script",
    rust_async_service: "rust/async-service",
    rust_ureq_cache: "rust/ureq-cache",
    rust_raw_body: "rust/raw-body",
    rust_oauth2_blocking: "rust/oauth2-blocking",
    rust_oauth2_tokio: "rust/oauth2-tokio",
    rust_oauth2_adapter: "rust/oauth2-adapter",
    rust_oauth2_workspace: "rust/oauth2-workspace",
    rust_own_errors: "rust/own-errors",
    rust_multipart_body: "rust/multipart-body",
    rust_builder_setters: "rust/builder-setters",
    rust_match_arms: "rust/match-arms",
    rust_own_tables: "rust/own-tables",
    java_okhttp_multipart: "java/okhttp-multipart",
    java_star_import: "java/star-import",
    java_apache_jjwt: "java/apache-jjwt",
    java_net_http_java_jwt: "java/net-http-java-jwt",
    java_url_connection_8: "java/url-connection-8",
    java_metascope_roles: "java/metascope-roles",
    java_okhttp_nimbus: "java/okhttp-nimbus",
    java_spring_rest_template: "java/spring-rest-template",
    java_boot_rest_template: "java/boot-rest-template",
    java_boot_rest_client: "java/boot-rest-client",
    java_boot4_properties: "java/boot4-properties",
    java_boot_security: "java/boot-security",
    java_spring5_java8: "java/spring5-java8",
    java_spring_kept: "java/spring-kept",
    java_spring_net_http: "java/spring-net-http",
    java_osgi_spring: "java/osgi-spring",
    java_unirest_jjwt: "java/unirest-jjwt",
    java_jersey_jose4j: "java/jersey-jose4j",
    java_google_http_fusionauth: "java/google-http-fusionauth",
    java_retrofit_java_jwt: "java/retrofit-java-jwt",
    java_apache5_fluent: "java/apache5-fluent",
    java_properties_sample: "java/properties-sample",
    java_answer_class: "java/answer-class",
    java_two_answers: "java/two-answers",
    java_two_grants: "java/two-grants",
    java_jackson_by_jjwt: "java/jackson-by-jjwt",
}

/// The list above is complete, and nothing pending has an `after` already.
#[test]
fn every_runnable_fixture_is_in_the_list() {
    let name = |path: &Path| path.strip_prefix(root().join("fixtures")).unwrap().to_string_lossy().replace('\\', "/");
    let found: BTreeSet<String> = LANGUAGES
        .iter()
        .flat_map(|language| folders(language))
        .filter(|path| path.join("case.toml").exists())
        .map(|path| name(&path))
        .collect();
    let listed: BTreeSet<String> = CASES.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(found, listed, "fixtures with a case.toml, and the `cases!` list");
    for name in PENDING {
        assert!(listed.contains(*name), "{name} is pending, but no case");
        assert!(!case::folder(name).join("after").exists(), "{name} has an `after`: take it off the PENDING list");
    }
}

/// Before, after, after with the user's own HTTP client, and with other targets.
fn behaves(name: &str) {
    let case = Case::load(name).unwrap_or_else(|| panic!("fixtures/{name}/case.toml is missing"));
    if let Err(why) = case.runtime.installed() {
        assert!(env::var_os("UNJWT_REQUIRE_RUNTIMES").is_none(), "{name}: {why}");
        eprintln!("SKIPPED {name}: {why}");
        return;
    }
    let ims = Ims::start(Credential::new(&case.metascopes, &case.scopes));
    let before = case::project(name, "before");
    assert_eq!(mistakes(&before), Vec::<String>::new(), "{name}, before");
    run(name, &case, &before, Side::Before, &ims);
    if let Some(folder) = env::var_os("UNJWT_AFTER") {
        return after_from(&root().join(folder), name, &case, &ims);
    }
    if PENDING.contains(&name) {
        eprintln!("PENDING {name}: only `before` ran");
        return;
    }
    assert!(case::folder(name).join("after").exists(), "{name} has no `after`: UNJWT_BLESS=1 writes it");
    run(name, &case, &fixed(name, &case, &before, &[]), Side::After, &ims);
    if case.in_place {
        run(name, &case, &fixed(name, &case, &before, &["--strategy", "in-place"]), Side::After, &ims);
    }
    for target in &case.targets {
        let arguments = ["--strategy", "library", "--target", target];
        run(name, &case, &fixed(name, &case, &before, &arguments), Side::After, &ims);
    }
}

fn after_from(folder: &Path, name: &str, case: &Case, ims: &Ims) {
    let after: PathBuf = folder.join(name).join("after");
    if !after.exists() {
        eprintln!("SKIPPED {name}: no {}", after.display());
        return;
    }
    run(name, case, &read_tree(&after), Side::After, ims);
}

/// The project as `unjwt fix` leaves it.
pub(crate) fn fixed(name: &str, case: &Case, before: &Tree, strategy: &[&str]) -> Tree {
    let place = tempfile::tempdir().unwrap();
    let project = place.path().join("project");
    write_tree(&project, before);
    let mut command = unjwt();
    command.args(["fix", "--yes", "--allow-no-vcs"]).args(case.review.then_some("--review"));
    let output = command.args(&case.args).args(strategy).arg(&project).output().unwrap();
    // 1: done, and something is left for a human, such as a lock file.
    assert!(matches!(output.status.code(), Some(0 | 1)), "fix {strategy:?} of {name}: {}", said(&output));
    let after = read_tree(&project);
    assert!(&after != before, "fix {strategy:?} of {name} changed nothing: {}", said(&output));
    assert_eq!(mistakes(&after), Vec::<String>::new(), "fix {strategy:?} of {name}: {}", said(&output));
    after
}

fn run(name: &str, case: &Case, project: &Tree, side: Side, ims: &Ims) {
    let report = case.drive(name, project, side, ims);
    let log = ims.take_log();
    let told = format!("{name}, {side:?}: {report:?}\nseen: {log:#?}");
    caller_is_served(case, &report, &told);
    let (tokens, calls): (Vec<&Seen>, Vec<&Seen>) = log.iter().partition(|seen| seen.path.starts_with("/ims/"));
    let refused = log.iter().filter(|seen| seen.status != 200).count();
    assert_eq!(
        (tokens.len(), calls.len(), refused),
        (case.tokens + case.refused, case.tokens.max(case.calls), case.refused),
        "{told}"
    );
    for seen in tokens {
        right_endpoint(case, seen, side, &told);
    }
}

/// The caller has a token that works, and knows how long.
fn caller_is_served(case: &Case, report: &Report, told: &str) {
    assert!(report.ok && !report.access_token_prefix.is_empty(), "{told}");
    assert_eq!(report.expires_at_seconds_from_now.is_some(), case.expires, "{told}");
    if let Some(left) = report.expires_at_seconds_from_now {
        assert!((left - 86_400.0).abs() < 300.0, "the token lives 24 hours: {told}");
    }
}

fn right_endpoint(case: &Case, seen: &Seen, side: Side, told: &str) {
    match side {
        Side::Before => assert!(seen.path.contains("/ims/exchange/"), "{told}"),
        Side::After => {
            assert_eq!(seen.path, "/ims/token/v3", "{told}");
            assert_eq!(seen.client_auth, "body", "{told}");
            let sent: BTreeSet<&str> = seen.scope.iter().flat_map(|scope| scope.split(',')).collect();
            assert_eq!(sent, case.scopes.iter().map(String::as_str).collect(), "{told}");
        }
    }
}
