//! Rust snippets and what is special about Rust.

use super::{check_snippets, lowered, unsound};
use unjwt::ir::{ExprKind, Piece};

/// Their dumps are in `snapshots`.
pub(super) const SNIPPETS: super::Snippets = &[
    (
        "imports",
        r#"#![allow(dead_code)]
// licence

use std::{env, fs::{self, read_to_string as read}};
use jsonwebtoken::{encode, EncodingKey as Key};
use crate::config::*;
pub use self::auth::Token;
use super::ims;
use serde as _;
extern crate base64 as b64;
mod auth;
#[path = "other/claims.rs"]
pub mod claims;
fn f() -> String {
    use anyhow::Result;
    let _ = reqwest::blocking::get(crate::consts::IMS);
    std::env::var("X").unwrap()
}
mod tests {
    use super::*;
    use super::auth::f;
    const A: &str = super::B;
}
const B: &str = crate::tests::A;
"#,
    ),
    (
        "strings",
        r##"//! Inner documentation.
const A: &str = "a\n\x41\u{e9}\
    b";
static B: &[u8] = b"x\\";
const R: &str = r#"{"k": "v"}"#;
const E: &str = "";
fn f(host: &str) {
    let url = format!("https://{host}/{}/c/{id:>5}?{0}{{x}}", a.b(), id = c);
    let path = concat!("/ims", "/exchange/jwt", env!("X"));
    println!("{url} failed: {:?}", url);
    anyhow::bail!("no token");
    tracing::info!(target: "a", user = %name, "got {path}");
    let page = include_str!("page.html");
}
"##,
    ),
    (
        "values",
        r#"fn f() {
    let a = vec![("client_id", &id), ("jwt_token", jwt.as_str())];
    let b = [1, -2, 3.5];
    let c = json!({"iss": org, (format!("{}/s/x", ims)): true, "list": [1, null, {"k": a::b}], key: {}});
    let d = HashMap::from([("a", "b")]);
    let e = Config { id, secret: env("S")?, ..Default::default() };
    let f = (x as u64 + 1) * 2 == y && !z;
    let g = Some(Box::new(String::from("x")));
    let h = a.0.b[1]["k"];
    let i = var.unwrap_or("x".into());
    let j = var.unwrap_or_else(|_| default());
    let k = &mut *client.post(url).form(&a).send().await?.json::<Token>().await?;
    let l = None::<u8>;
    let m = [0; 4];
    let n = 1..=2;
}
"#,
    ),
    (
        "functions",
        r#"/// Gets a token.
#[tokio::main]
pub async fn token<T: Into<String>>(client: &reqwest::Client, (a, b): (u8, u8), Config { id, .. }: Config) -> Result<Token> where T: Send {
    let map = |x: u8| x + 1;
    let later = async move { get().await };
    tokio::spawn(async move { later.await; });
    if a > b {
        return Err(anyhow!("no"));
    }
    let t = match get(id).await {
        Ok(t) => t,
        Err(e) if e.is_timeout() => return Err(e.into()),
        Err(e) => { log(e); Token::default() }
    };
    Ok(t)
}
fn nothing() { other() }
fn choice(x: bool) -> &'static str {
    if x { "a" } else if y() { "b" } else { let c = "c"; c }
}
"#,
    ),
    (
        "classes",
        r#"#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Claims<'a> {
    /// The organisation.
    iss: &'a str,
    token_type: Option<String>,
    #[serde(rename = "https://ims-na1.adobelogin.com/s/ent_user_sdk")]
    user_sdk: bool,
    #[serde(rename(serialize = "aud", deserialize = "x"), default)]
    audience: String,
}
pub struct Client { http: Arc<reqwest::Client>, config: Config }
enum Kind { A, B(String) }
struct Unit;
impl Client {
    const IMS: &'static str = "ims";
    pub fn new(config: Config) -> Self {
        Self { http: reqwest::Client::new().into(), config }
    }
    async fn get(&self, kind: Kind) -> Result<Token, Error> {
        self.http.post(Self::IMS).send().await
    }
}
trait Source { const X: u8 = 1; fn get(&self) -> String { Self::X.to_string() } fn other(&mut self); }
impl Source for Client { fn other(&mut self) {} }
impl fmt::Display for other::Thing { fn fmt(&self) {} }
type Alias = Client;
"#,
    ),
    (
        "branches",
        r#"fn f() {
    if let Some(x) = a() && x > 1 { b(x); } else if let Ok((p, q)) = c() { d(p, q) } else { e() }
    match kind { Kind::A => one(), Kind::B { id, .. } | Kind::C(id) => { two(id); } None => {} other @ 1..=2 => three(other), }
    for (k, v) in map.iter() { params.push((k, v)); }
    while let Some(item) = queue.pop() { item.x = 1; count += 1; }
    'outer: loop { break 'outer; }
    unsafe { raw() }
    { let inner = 1; }
    let Some(y) = z else { return };
    let [first, .., last] = list;
    config["k"] = value;
    let v = loop { break 1 };
}
"#,
    ),
    (
        "macros",
        r#"lazy_static! { static ref URL: String = format!("{}/ims", HOST); }
thread_local! { static X: u8 = 1; }
macro_rules! m { ($x:expr) => { $x } }
fn f() {
    tokio::select! { token = get() => use_it(token), _ = stop.recv() => { return; } }
    assert_eq!(a, b, "message {}", c);
    let v = matches!(x, Some(_) if y);
    html! { <p> { name } </p> }
}
"#,
    ),
];

#[test]
fn snippets() {
    check_snippets("rust", "snippet.rs", SNIPPETS);
}

#[test]
fn what_does_not_parse_is_one_gap() {
    let (module, _) = lowered("a.rs", b"fn f( {\n// note\nlet x = 1;");
    assert_eq!(module.gaps.len(), 1);
    assert!(module.exprs.is_empty());
    let (module, _) = lowered("a.rs", b"fn f() { // note\n let = ; }");
    assert_eq!((module.gaps.len(), module.comments.len()), (1, 1));
}

#[test]
fn deep_nesting_is_a_gap() {
    let many = 200_000;
    let sources = [
        format!("fn f() {{ let x = {}1{}; }}", "(".repeat(many), ")".repeat(many)),
        format!("fn f() {{ let x = {}1; }}", "-".repeat(many)),
        format!("fn f() {{ let x = {}1; }}", "a = ".repeat(many)),
        format!("fn f() {{ let x = {}1; }}", "a + ".repeat(many)),
        format!("fn f() {{ a{}; }}", ".b()".repeat(many)),
        format!("fn f() {{ {} }}", "if x {} else ".repeat(many)),
        format!("fn f(x: {}u8) {{}}", "&".repeat(many)),
        format!("{}{}", "mod a {".repeat(many), "}".repeat(many)),
    ];
    for source in sources {
        let (module, _) = lowered("a.rs", source.as_bytes());
        assert!(!module.gaps.is_empty(), "{}", &source[..40]);
    }
    // What people write is far from that.
    let (module, _) = lowered("a.rs", format!("fn f() {{ a{}; }}", ".b()".repeat(400)).as_bytes());
    assert!(module.gaps.is_empty());
}

/// The place of the literal `url` in the source, and its value.
fn literal(source: &[u8]) -> (String, String) {
    let (module, file) = lowered("a.rs", source);
    let texts = module.exprs.iter().filter_map(|expr| match &expr.kind {
        ExprKind::Text(text) => text.pieces.first(),
        _ => None,
    });
    let pieces = texts.filter_map(|piece| match piece {
        Piece::Known { span, value } => Some((file.slice(*span).to_owned(), value.to_string())),
        Piece::Hole { .. } => None,
    });
    pieces.fold(Default::default(), |_, piece| piece)
}

#[test]
fn offsets_are_those_of_the_file() {
    for source in [
        "\u{feff}#!/usr/bin/env run-cargo-script\r\n// é\r\nconst A: &str = \"url\";\r\n",
        "#!/usr/bin/env -S cargo +nightly -Zscript\nconst É: &str = \"é\"; const A: &str = \"url\";",
        "#![allow(x)]\nconst A: &str = r##\"url\"##;",
    ] {
        assert_eq!(literal(source.as_bytes()), ("url".to_owned(), "url".to_owned()), "{source:?}");
        assert_eq!(unsound("a.rs", source.as_bytes()), Vec::<String>::new());
    }
}
