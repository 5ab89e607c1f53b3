//! A mock of Adobe IMS on 127.0.0.1, as strict as the documented parts of the real one, with a log of what it saw.
use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Body;
use axum::extract::{Form, FromRequest, Multipart, Query, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

pub(crate) use super::credential::Credential;
use super::keys::keys;

/// The host that real code names; claims may keep it although the request goes to the mock.
pub(crate) const REAL_IMS: &str = "https://ims-na1.adobelogin.com";
/// What the JWT exchange says: milliseconds.
const EXPIRES_IN_MS: u64 = 86_399_994;
/// What the token endpoint says: seconds.
const EXPIRES_IN_S: u64 = 86_399;

/// One request, as far as a test may ask about it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) path: String,
    pub(crate) status: u16,
    /// The OAuth error code of the answer.
    pub(crate) error: Option<String>,
    /// Where the client secret was: `body`, `query`, `basic` or `none`.
    pub(crate) client_auth: &'static str,
    pub(crate) grant_type: Option<String>,
    /// `scope` exactly as it came.
    pub(crate) scope: Option<String>,
}

/// An answer that replaces the real one, for error cases.
#[derive(Clone, Debug)]
pub(crate) struct Forced {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: &'static str,
}

/// A running mock; it stops when dropped.
pub(crate) struct Ims {
    base: String,
    shared: Arc<Shared>,
    _runtime: tokio::runtime::Runtime,
}

struct Shared {
    base: String,
    credential: Credential,
    state: Mutex<Mutable>,
}

#[derive(Default)]
struct Mutable {
    log: Vec<Seen>,
    tokens: BTreeSet<String>,
    forced: Option<Forced>,
}

impl Ims {
    /// Starts a mock that knows one credential, on a free port.
    pub(crate) fn start(credential: Credential) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared { base: base.clone(), credential, state: Mutex::default() });
        let app = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            axum::serve(listener, app).await.unwrap();
        });
        Self { base, shared, _runtime: runtime }
    }

    /// `http://127.0.0.1:<port>`.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The credential it knows.
    pub(crate) fn credential(&self) -> &Credential {
        &self.shared.credential
    }

    /// Everything seen since the last call.
    pub(crate) fn take_log(&self) -> Vec<Seen> {
        std::mem::take(&mut self.shared.state.lock().unwrap().log)
    }

    /// From now on every token request gets this answer; `None` ends it.
    pub(crate) fn force(&self, forced: Option<Forced>) {
        self.shared.state.lock().unwrap().forced = forced;
    }
}

/// A refusal: status, `error`, `error_description`.
struct Refused(StatusCode, &'static str, String);

fn refuse<T>(status: u16, error: &'static str, why: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(StatusCode::from_u16(status).unwrap(), error, why.into()))
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let mut seen = Seen { path: path.clone(), client_auth: "none", ..Seen::default() };
    let result = match (request.method().as_str(), path.as_str()) {
        ("GET", path) if path.starts_with("/api/") => protected(&shared, request.headers()),
        ("POST", path) if path.starts_with("/ims/") => token_request(&shared, request, &mut seen).await,
        _ => refuse(404, "not_found", path.as_str()),
    };
    let forced = shared.state.lock().unwrap().forced.clone().filter(|_| path.starts_with("/ims/"));
    let response = match (forced, result) {
        (Some(forced), _) => reply(forced.status, forced.content_type, forced.body.to_owned()),
        (None, Ok(body)) => reply(200, "application/json;charset=UTF-8", body.to_string()),
        (None, Err(Refused(status, error, why))) => {
            seen.error = Some(error.to_owned());
            let body = json!({ "error": error, "error_description": why });
            reply(status.as_u16(), "application/json;charset=UTF-8", body.to_string())
        }
    };
    seen.status = response.status().as_u16();
    shared.state.lock().unwrap().log.push(seen);
    response
}

fn reply(status: u16, content_type: &str, body: String) -> Response {
    let headers = [(header::CONTENT_TYPE, content_type.to_owned()), (header::CACHE_CONTROL, "no-store".to_owned())];
    (StatusCode::from_u16(status).unwrap(), headers, Body::from(body)).into_response()
}

/// An Adobe API: wants a token that this mock issued, and the client id as `x-api-key`.
fn protected(shared: &Shared, headers: &HeaderMap) -> Result<Value, Refused> {
    let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let authorization = value("authorization");
    let token = authorization.strip_prefix("Bearer ").or_else(|| authorization.strip_prefix("bearer "));
    if !token.is_some_and(|token| shared.state.lock().unwrap().tokens.contains(token)) {
        return refuse(401, "401013", "Oauth token is not valid");
    }
    if value("x-api-key") != shared.credential.client_id {
        return refuse(403, "403000", "Api Key is invalid");
    }
    Ok(json!({ "ok": true }))
}

async fn token_request(shared: &Shared, request: Request, seen: &mut Seen) -> Result<Value, Refused> {
    let path = request.uri().path().to_owned();
    let basic = request.headers().contains_key(header::AUTHORIZATION);
    let Query(query) = Query::<BTreeMap<String, String>>::try_from_uri(request.uri()).unwrap_or_default();
    let form = form(request).await;
    let body = form.as_ref().ok().cloned().unwrap_or_default();
    seen.client_auth = match () {
        () if basic => "basic",
        () if body.contains_key("client_secret") => "body",
        () if query.contains_key("client_secret") => "query",
        () => "none",
    };
    let params: BTreeMap<String, String> = query.into_iter().chain(body).collect();
    seen.grant_type = params.get("grant_type").cloned();
    seen.scope = params.get("scope").cloned();
    form?;
    match path.trim_end_matches('/') {
        "/ims/exchange/jwt" | "/ims/exchange/v1/jwt" => exchange(shared, &params),
        "/ims/token/v3" if basic => refuse(401, "invalid_client", "HTTP Basic is not accepted"),
        "/ims/token/v3" => client_credentials(shared, &params),
        _ => refuse(404, "not_found", path),
    }
}

/// The fields of the body. Only forms are read: Adobe documents nothing else.
async fn form(request: Request) -> Result<BTreeMap<String, String>, Refused> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("").to_owned();
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|n| n.to_str().ok()).unwrap_or("").to_owned();
    let chunked = request.headers().contains_key(header::TRANSFER_ENCODING);
    if !chunked && matches!(length.as_str(), "" | "0") {
        return Ok(BTreeMap::new());
    }
    if kind.starts_with("application/x-www-form-urlencoded") {
        return match Form::<BTreeMap<String, String>>::from_request(request, &()).await {
            Ok(Form(fields)) => Ok(fields),
            Err(error) => refuse(400, "bad_request", error.to_string()),
        };
    }
    if !kind.starts_with("multipart/form-data") {
        return refuse(415, "unsupported_media_type", kind);
    }
    let mut fields = BTreeMap::new();
    let Ok(mut parts) = Multipart::from_request(request, &()).await else {
        return refuse(400, "bad_request", "no boundary");
    };
    while let Ok(Some(part)) = parts.next_field().await {
        let name = part.name().unwrap_or_default().to_owned();
        fields.insert(name, part.text().await.unwrap_or_default());
    }
    Ok(fields)
}

fn client(shared: &Shared, params: &BTreeMap<String, String>) -> Result<(), Refused> {
    let get = |name: &str| params.get(name).map(String::as_str);
    if get("client_id") != Some(shared.credential.client_id) {
        return refuse(400, "invalid_client", "invalid client_id parameter");
    }
    if get("client_secret") != Some(shared.credential.client_secret) {
        return refuse(401, "invalid_client", "invalid client_secret parameter");
    }
    Ok(())
}

/// The retired exchange: the assertion is checked like at Adobe's.
fn exchange(shared: &Shared, params: &BTreeMap<String, String>) -> Result<Value, Refused> {
    client(shared, params)?;
    let Some(claims) = params.get("jwt_token").and_then(|token| verified(token)) else {
        return refuse(400, "invalid_signature", "Could not match JWT signature to any of the bindings");
    };
    let hosts = [shared.base.as_str(), REAL_IMS];
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    if !hosts.iter().any(|host| text("aud") == format!("{host}/c/{}", shared.credential.client_id)) {
        return refuse(400, "invalid_client", "client_id does not match aud");
    }
    if text("iss") != shared.credential.org_id || text("sub") != shared.credential.technical_account_id {
        return refuse(400, "invalid_token", "bad iss or sub");
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    if claims.get("exp").and_then(Value::as_u64).is_none_or(|exp| exp < now) {
        return refuse(400, "invalid_token", "JWT token is expired, or exp is not an integer");
    }
    let asked: Vec<String> = metascopes(&claims, &hosts);
    if asked.is_empty() || !asked.iter().all(|name| shared.credential.metascopes.contains(name)) {
        return refuse(400, "invalid_scope", format!("{asked:?} are not a subset of the metascopes in the binding"));
    }
    Ok(json!({ "token_type": "bearer", "access_token": issue(shared), "expires_in": EXPIRES_IN_MS }))
}

/// The claims, when the signature is good; expiry and audience are checked by hand, for Adobe's error codes.
fn verified(token: &str) -> Option<serde_json::Map<String, Value>> {
    let mut rules = Validation::new(Algorithm::RS256);
    rules.required_spec_claims.clear();
    rules.validate_exp = false;
    rules.validate_aud = false;
    let key = DecodingKey::from_rsa_der(&keys().public_der);
    jsonwebtoken::decode(token, &key, &rules).ok().map(|data| data.claims)
}

fn metascopes(claims: &serde_json::Map<String, Value>, hosts: &[&str]) -> Vec<String> {
    let name =
        |claim: &str| hosts.iter().find_map(|host| claim.strip_prefix(host)?.strip_prefix("/s/").map(str::to_owned));
    claims.iter().filter(|(_, value)| **value == Value::Bool(true)).filter_map(|(claim, _)| name(claim)).collect()
}

/// The current endpoint.
fn client_credentials(shared: &Shared, params: &BTreeMap<String, String>) -> Result<Value, Refused> {
    match params.get("grant_type").map(String::as_str) {
        None => refuse(400, "invalid_request", "missing grant_type"),
        Some("client_credentials") => Ok(()),
        Some(other) => refuse(400, "unsupported_grant_type", other),
    }?;
    client(shared, params)?;
    let scope = params.get("scope").map(String::as_str).unwrap_or_default();
    if scope.is_empty() || scope.contains(char::is_whitespace) {
        return refuse(400, "invalid_scope", "scope must be a comma-separated list");
    }
    if let Some(bad) = scope.split(',').find(|name| !shared.credential.scopes.contains(*name)) {
        return refuse(400, "invalid_scope", format!("Invalid scope {bad}"));
    }
    Ok(json!({ "access_token": issue(shared), "token_type": "bearer", "expires_in": EXPIRES_IN_S }))
}

fn issue(shared: &Shared) -> String {
    let mut state = shared.state.lock().unwrap();
    let token = format!("fake-access-token-{}", state.tokens.len() + 1);
    state.tokens.insert(token.clone());
    token
}
