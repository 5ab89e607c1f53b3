//! Unusual bytes. Where a program is readable, only what the rewrite must touch may change; where it is not, nothing.
use std::fs;
use std::path::Path;
use std::process::Output;

use crate::support::{folders, read_tree, said, unjwt};

const BOM: &[u8] = b"\xef\xbb\xbf";
const EXCHANGE: &str = r#"import jwt, requests
def token(c, k):
    t = jwt.encode({"iss": "o@AdobeOrg", "https://ims-na1.adobelogin.com/s/ent_user_sdk": True}, k, algorithm="RS256")
    return requests.post("https://ims-na1.adobelogin.com/ims/exchange/jwt", data={"client_id": c, "jwt_token": t}).json()
"#;

/// Lines of these fixtures that say KEEP come out byte for byte, line end included, and in order.
#[test]
fn edits_leave_other_bytes_alone() {
    let cases = folders("broken");
    assert!(cases.len() >= 10, "{cases:?}");
    let wrong: Vec<String> = cases.iter().filter_map(|case| edited(case).err()).collect();
    assert!(wrong.is_empty(), "{} of {} are wrong\n\n{}", wrong.len(), cases.len(), wrong.join("\n\n"));
}

/// Git or an editor may have "repaired" them: then the test above proves nothing.
#[test]
fn fixtures_still_have_their_bytes() {
    for case in folders("broken") {
        let (name, (_, bytes)) = (case.file_name().unwrap().to_string_lossy().into_owned(), program(&case));
        let (crlf, lf) = (count(&bytes, b"\r\n"), count(&bytes, b"\n"));
        let kind = name.split('-').next().unwrap();
        let as_named = match kind {
            "crlf" => crlf == lf && lf > 0,
            "mixed" => 0 < crlf && crlf < lf,
            "bom" => bytes.starts_with(BOM),
            "latin1" => std::str::from_utf8(&bytes).is_err(),
            "tabs" => count(&bytes, b"\n\t\t") > 0 && count(&bytes, b"\n    ") == 0,
            other => panic!("what is {other}?"),
        };
        assert!(as_named, "{name} is not what it is called");
        assert!(lines(&bytes).iter().filter(|line| keep(line)).count() >= 6, "{name}");
    }
}

/// Whatever a folder holds, the tool ends in an orderly way and does not touch what it cannot read.
#[test]
fn hostile_input_is_survived_and_left_alone() {
    for (name, bytes) in hostile() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join(name), &bytes).unwrap();
        let before = read_tree(place.path());
        let output = unjwt().args(["scan", "--format", "json"]).arg(place.path()).output().unwrap();
        assert!(orderly(&output), "scan of {name}: {}", said(&output));
        let output = fix(place.path());
        assert!(orderly(&output), "fix of {name}: {}", said(&output));
        assert_eq!(read_tree(place.path()), before, "fix changed {name}");
    }
}

fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let broken_syntax = EXCHANGE.replace("def token(c, k):", "def token(c, k:");
    let minified = format!(
        "{};{}",
        "var a=function(b){return b*2};".repeat(4000),
        "x.post('https://ims-na1.adobelogin.com/ims/exchange/jwt')"
    );
    let deep = format!("x = {}1{}\n", "(".repeat(20_000), ")".repeat(20_000));
    // Each of the fields is made of all of them: there are more ways through them than anybody can go.
    let (names, mut web) =
        (["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"], "FIELD = 'jwt_token'\nclass Web:\n".to_owned());
    for name in names {
        let made = names.map(|other| format!("        self.{name} = self.{other}.step(self.{other})\n")).concat();
        web += &format!("    def make_{name}(self):\n{made}");
    }
    vec![
        ("empty.py", Vec::new()),
        ("web.py", web.into_bytes()),
        ("empty.js", Vec::new()),
        ("only-bom.js", BOM.to_vec()),
        ("nul.py", EXCHANGE.replace("def ", "\0def ").into_bytes()),
        ("utf16.js", "\u{feff}const jwt = require('jsonwebtoken')".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("syntax.py", broken_syntax.into_bytes()),
        ("app.min.js", minified.into_bytes()),
        ("deep.py", format!("{deep}{EXCHANGE}").replace("requests.post(", "nobody(").into_bytes()),
        ("half.ts", b"const t = `${a + `${b".to_vec()),
        ("package.json", b"{ \"dependencies\": { \"jsonwebtoken\": ".to_vec()),
    ]
}

/// It said something by its exit code; it was not killed, and did not panic (101).
fn orderly(output: &Output) -> bool {
    matches!(output.status.code(), Some(0 | 1 | 3 | 4))
}

fn fix(project: &Path) -> Output {
    unjwt().args(["fix", "--yes", "--review", "--allow-no-vcs"]).arg(project).output().unwrap()
}

fn edited(case: &Path) -> Result<(), String> {
    let name = case.file_name().unwrap().to_string_lossy();
    let place = tempfile::tempdir().unwrap();
    crate::support::write_tree(place.path(), &read_tree(case));
    let output = fix(place.path());
    let ((_, before), (_, after)) = (program(case), program(place.path()));
    let wrong = |what: &str| Err(format!("{name}: {what}\n{}\n{}", said(&output), String::from_utf8_lossy(&after)));
    if before == after || count(&after, b"ims/exchange/jwt") > 0 {
        return wrong("not rewritten");
    }
    if before.starts_with(BOM) != after.starts_with(BOM) || count(&after, BOM) > 1 {
        return wrong("the byte order mark");
    }
    let kept =
        |bytes: &[u8]| lines(bytes).into_iter().filter(|line| keep(line)).map(<[u8]>::to_vec).collect::<Vec<_>>();
    if kept(&before) != kept(&after) {
        return wrong("a line that had nothing to do with it");
    }
    if !same_line_ends(&before, &after) {
        return wrong("line ends");
    }
    if name.starts_with("tabs") && count(&after, b"\n    ") > 0 {
        return wrong("indented with blanks in a file of tabs");
    }
    Ok(())
}

/// A file with one kind of line end keeps to it; a mixed one has its freedom.
fn same_line_ends(before: &[u8], after: &[u8]) -> bool {
    let ends = |bytes: &[u8]| (count(bytes, b"\r\n"), count(bytes, b"\n"));
    match ends(before) {
        (0, _) => ends(after).0 == 0,
        (crlf, lf) if crlf == lf => ends(after).0 == ends(after).1,
        _ => true,
    }
}

/// The one program of a folder.
fn program(folder: &Path) -> (String, Vec<u8>) {
    let is_program = |path: &str| path.starts_with("token.");
    read_tree(folder).into_iter().find(|(path, _)| is_program(path)).unwrap()
}

fn keep(line: &[u8]) -> bool {
    count(line, b"KEEP") > 0
}

/// Lines with their ends.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

fn count(bytes: &[u8], what: &[u8]) -> usize {
    bytes.windows(what.len()).filter(|window| *window == what).count()
}

/// What is asked for each name or statement must not look through the whole file again.
#[test]
fn a_long_file_is_planned_in_reasonable_time() {
    let other = |number: usize| {
        format!(
            "def f{number}(a, b):\n    x{number} = a.size + b.part{number}\n    if x{number} > 1:\n        a.v = x{number}\n    return [x{number}, 'name{number}']\n"
        )
    };
    let names = (0..2000).map(|number| format!("'name{number}'")).collect::<Vec<_>>().join(", ");
    let text = format!("{EXCHANGE}{}NAMES = [{names}]\n", (0..2000).map(other).collect::<String>());
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("long.py"), text).unwrap();
    let begun = std::time::Instant::now();
    let output = unjwt().args(["scan", "--format", "json"]).current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(begun.elapsed() < std::time::Duration::from_secs(40), "{:?}", begun.elapsed());
}
