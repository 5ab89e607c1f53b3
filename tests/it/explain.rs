//! `unjwt explain` and `unjwt rules`, and rule files of one's own, through the binary.

use crate::cli::unjwt;
use crate::support::{root, said, write_tree};
use std::path::Path;
use std::process::Output;

/// Whether the output has all of these words, however its lines are broken.
#[track_caller]
fn says(output: &Output, code: i32, words: &[&str]) {
    assert_eq!(output.status.code(), Some(code), "{}", said(output));
    let whole = |text: &[u8]| String::from_utf8_lossy(text).split_whitespace().collect::<Vec<_>>().join(" ");
    let text = format!("{} {}", whole(&output.stdout), whole(&output.stderr));
    for word in words {
        assert!(text.contains(word), "no `{word}` in\n{}", said(output));
    }
}

fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
    write_tree(place.path(), &files.collect());
    place
}

#[test]
fn a_rule_is_explained() {
    let here = root();
    says(
        &unjwt(here, &["explain", "python/requests"]),
        0,
        &["sends requests, to anybody", "requests.post(url", "authlib", "Example"],
    );
    says(&unjwt(here, &["explain", "adobe/endpoint"]), 0, &["/ims/token/v3", "What counts as proof"]);
    says(&unjwt(here, &["explain", "umapi-client"]), 0, &["python/umapi-client", "Documentation"]);
    says(
        &unjwt(here, &["explain", "python/reqests"]),
        2,
        &["no rule `python/reqests`", "did you mean `python/requests`"],
    );
    says(&unjwt(here, &["explain"]), 2, &["RULE|PATH"]);
    for rule in unjwt::rules::Rules::embedded().ids() {
        says(
            &unjwt(here, &["explain", rule]),
            0,
            &[rule, "What it means", "What counts as proof", "What becomes of it"],
        );
    }
}

/// Each line of one program with what must be said of it.
#[test]
fn a_line_is_explained() {
    let code = "\
import jwt, requests, corp
from settings import HOST
# requests.post('https://ims-na1.adobelogin.com/ims/exchange/jwt')
FORM = {'client_id': 'a', 'client_secret': 'b', 'jwt_token': HOST}
requests.post('https://ims-na1.adobelogin.com/ims/exchange/jwt', data=FORM)
requests.post('https://ims-na1.adobelogin.com/ims/token/v3', data={'client_id': 'a', 'client_secret': 'b'})
requests.post(HOST, data={'jwt_token': jwt.encode({'iss': 'me'}, HOST)})
corp.send('https://example.com', {'a': 1}).json()
jwt.encode({'iss': 'me', 'sub': 'you'}, HOST)
print('POST to https://ims-na1.adobelogin.com/ims/exchange/jwt please')
requests.post(HOST + '/login', data=FORM)
x = 1
";
    let place =
        tree(&[("app.py", code), ("other.py", "print(1)\n"), ("node_modules/a.js", "x()\n"), ("a.bin", "\0\n")]);
    let line = |line: usize| unjwt(place.path(), &["explain", "--at", &format!("app.py:{line}")]);
    says(&line(3), 0, &["Nothing was found", "a comment here"]);
    says(&line(4), 0, &["It speaks for what was found elsewhere", "app.py:5:1"]);
    says(
        &line(5),
        0,
        &[
            "Found: token exchange (python/requests)",
            "confidence: high, for the address is the exchange's, on Adobe's host",
            "evidence: app.py:4:",
            "migration:",
        ],
    );
    says(
        &line(6),
        0,
        &[
            "Nothing was found",
            "fits python/requests (request)",
            "it resolved to `https://ims-na1.adobelogin.com/ims/token/v3`",
            "yes the address is on Adobe's",
            "no a field `jwt_token` is sent: the fields are `client_id`, `client_secret`",
        ],
    );
    says(
        &line(7),
        0,
        &[
            "it is known only when the program runs",
            "yes a field `jwt_token`",
            "no `client_id` and",
            "neither the credentials",
        ],
    );
    says(&line(8), 0, &["no rule knows `corp.send` (`--rules` takes your own)", "`https://example.com`"]);
    says(&line(9), 0, &["python/pyjwt (sign)", "the fields are `iss`, `sub`", "nothing shows that it is for Adobe"]);
    says(&line(10), 0, &["in a text for people"]);
    says(&line(11), 0, &["confidence: low"]);
    says(&line(12), 0, &["no call on this line"]);
    says(&line(99), 2, &["it has no line 99"]);
    says(&line(0), 2, &["it has no line 0"]);
    let at = |place: &Path, at: &str| unjwt(place, &["explain", "--at", at]);
    says(&at(place.path(), "other.py:1"), 0, &["none of the", "no import ties it"]);
    says(&at(place.path(), "node_modules/a.js:1"), 0, &["`node_modules/` was left out (installed packages)"]);
    says(&at(place.path(), "a.bin:1"), 0, &["the file was left out (binary)"]);
    says(&at(place.path(), "nowhere.py:1"), 2, &["nowhere.py"]);
    says(&at(place.path(), "app.py"), 2, &["a file and a line"]);
    says(&unjwt(place.path(), &["explain", "--at", "app.py:1", "node_modules"]), 0, &["outside of the folder"]);
}

#[test]
fn an_explanation_tells_no_secret() {
    let code = "import requests\nrequests.post('https://ims-na1.adobelogin.com/x', data={'client_secret': 'p8e-0123456789abcdefghijklmnopqrstuv'})\n";
    let place = tree(&[("app.py", code)]);
    let output = unjwt(place.path(), &["explain", "--at", "app.py:2"]);
    assert!(!said(&output).contains("0123456789"), "{}", said(&output));
}

const WRAPPER: &str = "\
language = 'python'
name = 'ourauth'
packages = ['corp-ourauth']
modules = ['ourauth']
advice = 'call ourauth.get_oauth_token instead'

[[call]]
does = 'exchange'
signature = 'ourauth.get_adobe_token(client_id, private_key)'
";
const CLIENT: &str = "\
name = 'corp_http'
modules = ['corp_http']

[[call]]
does = 'request'
method = 'POST'
body = 'form'
signature = 'corp_http.hand_over(form, url)'
";
const USES: &str = "\
import corp_http
import ourauth

def token(key):
    return ourauth.get_adobe_token('id', key)

def other(jwt):
    return corp_http.hand_over({'client_id': 'a', 'client_secret': 'b', 'jwt_token': jwt}, 'https://ims-na1.adobelogin.com/ims/exchange/jwt')
";

#[test]
fn rules_of_ones_own_are_used_everywhere() {
    let place = tree(&[
        ("rules/ourauth.toml", WRAPPER),
        ("rules/python/corp-http.toml", CLIENT),
        ("src/a.py", USES),
        ("src/b.py", "import ourauth\nourauth.get_adobe_token('id', 'key')\n"),
        ("src/requirements.txt", "corp-ourauth==1\n"),
    ]);
    let run = |arguments: &[&str]| unjwt(place.path(), arguments);
    let own = run(&["scan", "--rules", "rules", "src"]);
    says(
        &own,
        1,
        &["token exchange through ourauth", "call ourauth.get_oauth_token instead", "through corp_http", "b.py"],
    );
    says(&run(&["report", "--rules", "rules", "src"]), 1, &["through ourauth", "Proposed change"]);
    says(&run(&["fix", "--rules", "rules", "--review", "--dry-run", "src"]), 1, &["would change: a.py"]);
    says(&run(&["explain", "--rules", "rules", "--at", "src/a.py:5"]), 0, &["python/ourauth", "migration: manual"]);
    says(&run(&["explain", "--rules", "rules", "ourauth"]), 0, &["corp-ourauth", "call ourauth.get_oauth_token"]);
    says(&run(&["rules", "list", "--rules", "rules"]), 0, &["python/ourauth", "corp-ourauth", "python/requests"]);
    let without = run(&["scan", "src"]);
    assert!(!said(&without).contains("ourauth"), "{}", said(&without));
    let listed = run(&["rules", "list", "--format", "json", "--rules", "rules"]);
    let json: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    let rules = json["rules"].as_array().unwrap();
    let own = rules.iter().find(|rule| rule["id"] == "python/ourauth").unwrap();
    assert_eq!((&own["does"][0], &own["packages"][0]), (&"exchange".into(), &"corp-ourauth".into()));
}

#[test]
fn rules_prove_themselves() {
    says(&unjwt(root(), &["rules", "test"]), 0, &["all as they say"]);
    let example = "\n[[example]]\nfinds = ['token-exchange']\ncode = '''\nimport ourauth\n";
    let right = format!("{WRAPPER}{example}ourauth.get_adobe_token('id', 'key')\n'''\n");
    let wrong = format!("{WRAPPER}{example}ourauth.other()\n'''\n");
    let loud = format!(
        "{WRAPPER}\n[[lookalike]]\nwhy = 'is nobody'\ncode = '''\nimport ourauth\nourauth.get_adobe_token('id', 'key')\n'''\n"
    );
    for (text, code, words) in [
        (right.as_str(), 0, &["has no example, or no look-alike"][..]),
        (&wrong, 1, &["python/ourauth: example 1: no token-exchange was found, but sdk-import", "1 is not as it says"]),
        (&loud, 1, &["python/ourauth: look-alike 1 (is nobody): token-exchange, sdk-import was found"]),
    ] {
        let place = tree(&[("rules/ourauth.toml", text)]);
        says(&unjwt(place.path(), &["rules", "test", "--rules", "rules"]), code, words);
    }
}

#[test]
fn a_mistake_in_a_rule_file_is_pointed_at() {
    let bad = CLIENT.replace("url)", "ulr)");
    let place = tree(&[("own/python/corp-http.toml", &bad), ("own/x.toml", "name = 'x'\n"), ("empty/readme.md", "")]);
    let commands: [&[&str]; 6] = [
        &["scan"],
        &["report"],
        &["fix", "--diff"],
        &["explain", "python/requests"],
        &["rules", "list"],
        &["rules", "test"],
    ];
    for command in commands {
        let run = |folder: &str| unjwt(place.path(), &[command, &["--rules", folder]].concat());
        let path = Path::new("own").join("python").join("corp-http.toml");
        let shown = format!("{}:8:40", path.display());
        says(&run("own"), 2, &["`ulr` is not a known hole", &shown, "the language is not said"]);
        says(&run("empty"), 2, &["no rule file (*.toml) in `empty`"]);
        says(&run("nowhere"), 2, &["`nowhere` cannot be read"]);
    }
}

/// A line of a notebook is the notebook's, not that of the program in it.
#[test]
fn a_line_of_a_container_is_explained() {
    let notebook = "fixtures/notebook/pretty/before";
    let text = std::fs::read_to_string(root().join(notebook).join("segments.ipynb")).unwrap();
    let line = 1 + text.lines().position(|line| line.contains("requests.post(")).unwrap();
    let at = format!("{notebook}/segments.ipynb:{line}");
    says(
        &unjwt(root(), &["explain", "--at", &at, notebook]),
        0,
        &["Found: token exchange", "the JWT is sent as this field"],
    );
}
