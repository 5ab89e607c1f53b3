//! The mock itself: it must be at least as strict as Adobe's documents, or the behaviour tests prove nothing.
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

use crate::support::ims::{Credential, Forced, Ims};
use crate::support::keys::keys;

const FORM: &str = "application/x-www-form-urlencoded";
const CLIENT: &str = "client_id=fake-client-id&client_secret=fake-client-secret";

fn ims() -> Ims {
    Ims::start(Credential::new(&["ent_user_sdk"], &["openid"]))
}

/// One request; status and body.
fn post(ims: &Ims, path: &str, headers: &str, body: &str) -> (u16, Value) {
    let host = ims.base().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    let length = body.len();
    write!(stream, "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n\r\n{body}")
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), serde_json::from_str(body).unwrap_or_default())
}

fn post_form(ims: &Ims, path: &str, body: &str) -> (u16, Value) {
    post(ims, path, &format!("Content-Type: {FORM}"), body)
}

fn assertion(ims: &Ims, change: impl FnOnce(&mut Value)) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let mut claims = json!({
        "iss": "FAKEORG@AdobeOrg", "sub": "FAKEACCOUNT@techacct.adobe.com", "exp": now + 60,
        "aud": format!("{}/c/fake-client-id", ims.base()),
    });
    claims[format!("{}/s/ent_user_sdk", ims.base())] = json!(true);
    change(&mut claims);
    let key = EncodingKey::from_rsa_pem(&std::fs::read(&keys().private_key_file).unwrap()).unwrap();
    jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, &key).unwrap()
}

fn exchange(ims: &Ims, change: impl FnOnce(&mut Value)) -> (u16, Value) {
    let token = assertion(ims, change);
    post_form(ims, "/ims/exchange/jwt", &format!("{CLIENT}&jwt_token={token}"))
}

#[test]
fn exchange_answers_in_milliseconds_on_all_its_paths() {
    let ims = ims();
    let token = assertion(&ims, |_| ());
    for path in ["/ims/exchange/jwt", "/ims/exchange/jwt/", "/ims/exchange/v1/jwt"] {
        let (status, body) = post_form(&ims, path, &format!("{CLIENT}&jwt_token={token}"));
        assert_eq!((status, &body["expires_in"]), (200, &json!(86_399_994)), "{body}");
    }
    let (status, _) = post(&ims, &format!("/ims/exchange/jwt?{CLIENT}&jwt_token={token}"), "Accept: */*", "");
    assert_eq!(status, 200);
    assert_eq!(ims.take_log().last().unwrap().client_auth, "query");
}

#[test]
fn exchange_takes_multipart() {
    let ims = ims();
    let token = assertion(&ims, |_| ());
    let fields = [("client_id", "fake-client-id"), ("client_secret", "fake-client-secret"), ("jwt_token", &token)];
    let parts = fields
        .map(|(name, value)| format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    let (status, body) = post(
        &ims,
        "/ims/exchange/jwt",
        "Content-Type: multipart/form-data; boundary=B",
        &format!("{}--B--\r\n", parts.concat()),
    );
    assert_eq!(status, 200, "{body}");
}

#[test]
fn exchange_checks_the_assertion() {
    let ims = ims();
    let refused = |change: &dyn Fn(&mut Value), code: &str| {
        let (status, body) = exchange(&ims, change);
        assert_eq!((status, body["error"].as_str()), (400, Some(code)), "{body}");
    };
    refused(&|claims| claims["exp"] = json!(1), "invalid_token");
    refused(&|claims| claims["exp"] = json!(9_999_999_999.5), "invalid_token");
    refused(&|claims| claims["iss"] = json!("x"), "invalid_token");
    refused(&|claims| claims["aud"] = json!("x"), "invalid_client");
    refused(&|claims| claims["https://ims-na1.adobelogin.com/s/ent_other_sdk"] = json!(true), "invalid_scope");
    let forged = format!("{}AA", assertion(&ims, |_| ()));
    let (_, body) = post_form(&ims, "/ims/exchange/jwt", &format!("{CLIENT}&jwt_token={forged}"));
    assert_eq!(body["error"], "invalid_signature");
}

#[test]
fn token_endpoint_answers_in_seconds() {
    let (status, body) =
        post_form(&ims(), "/ims/token/v3", &format!("grant_type=client_credentials&{CLIENT}&scope=openid"));
    assert_eq!((status, &body["expires_in"]), (200, &json!(86_399)));
}

#[test]
fn token_endpoint_refuses_what_adobe_does_not_document() {
    let ims = ims();
    let whole = format!("grant_type=client_credentials&{CLIENT}&scope=openid");
    let basic = post(&ims, "/ims/token/v3", &format!("Content-Type: {FORM}\r\nAuthorization: Basic eDp5"), &whole);
    assert_eq!((basic.0, basic.1["error"].as_str()), (401, Some("invalid_client")));
    let json = post(&ims, "/ims/token/v3", "Content-Type: application/json", "{}");
    assert_eq!(json.0, 415);
    let error = |body: &str| post_form(&ims, "/ims/token/v3", body).1["error"].as_str().unwrap().to_owned();
    assert_eq!(error(&whole.replace("scope=openid", "scope=openid+openid")), "invalid_scope");
    assert_eq!(error(&whole.replace("scope=openid", "scope=AdobeID")), "invalid_scope");
    assert_eq!(error(&whole.replace("fake-client-secret", "x")), "invalid_client");
    assert_eq!(error(&whole.replace("client_credentials", "password")), "unsupported_grant_type");
}

#[test]
fn forced_answers() {
    let ims = ims();
    ims.force(Some(Forced { status: 500, content_type: "text/html", body: "<h1>busy</h1>" }));
    assert_eq!(exchange(&ims, |_| ()).0, 500);
    ims.force(None);
    assert_eq!(exchange(&ims, |_| ()).0, 200);
}
