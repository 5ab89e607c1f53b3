//! Reports of hand-made runs: their shape, and that no secret is in any of them.

use crate::support::world::{because, find, migrate, place, run};
use std::path::Path;
use unjwt::Run;
use unjwt::analyze::{Confidence, Kind, Place};
use unjwt::discover::{Failed, Skipped};
use unjwt::migrate::{Applicability, Blocker};
use unjwt::report::{FORMATS, Options};
use unjwt::text::{FileId, Span};

fn written(run: &Run, format: &str, proposal: bool) -> String {
    let format = FORMATS.iter().find(|known| known.name == format).unwrap();
    let mut out = Vec::new();
    let options = Options { color: false, width: 100, proposal, summary: true };
    (format.write)(run, &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

const MAIN: &str = "import jwt, requests\n\
    # é😀\n\
    token = jwt.encode(claims, key, algorithm='RS256')\n\
    answer = requests.post(URL, data={'client_secret': 'hunter2hunter2', 'jwt_token': token})\n";

fn one() -> Run {
    let files: [(&str, &[u8]); 2] =
        [("app/auth.py", MAIN.as_bytes()), ("app/config.py", b"URL = 'https://x/ims/exchange/jwt'\n")];
    let mut run = run(Path::new("/root"), &files);
    let sign = place(&run, 0, "jwt.encode(claims, key, algorithm='RS256')");
    let post = place(&run, 0, "requests.post(URL, data={'client_secret': 'hunter2hunter2', 'jwt_token': token})");
    let url = place(&run, 1, "https://x/ims/exchange/jwt");
    let exchange = find(&mut run, Kind::TokenExchange, post, "the JWT is exchanged here", Some("requests"));
    let signed = find(&mut run, Kind::JwtSign, sign, "a JWT is signed for Adobe", Some("PyJWT"));
    because(&mut run, exchange, url, "the exchange endpoint");
    let endpoint = find(&mut run, Kind::Endpoint, url, "the exchange endpoint", None);
    run.findings[endpoint].confidence = Confidence::Medium;
    let index = migrate(&mut run, vec![exchange, signed], &[(0, "jwt_token", "grant_type")]);
    run.migrations[index].steps.push("Set ADOBE_SCOPES.".into());
    run.skipped.push(Skipped { path: "x.png".into(), reason: "binary".into() });
    run.failed.push(Failed { path: "locked.py".into(), error: "Permission denied".into() });
    run
}

#[test]
fn human_shows_source_ways_and_counts() {
    insta::assert_snapshot!(written(&one(), "human", false));
}

#[test]
fn the_report_proposes_and_lists_steps() {
    let text = written(&one(), "human", true);
    for part in [
        "Proposed change",
        "--- a/app/auth.py",
        "+answer = requests.post(",
        "Checklist",
        "Console",
        "Set ADOBE_SCOPES.",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn json_is_what_the_design_says() {
    insta::assert_snapshot!(written(&one(), "json", true).replace(env!("CARGO_PKG_VERSION"), "VERSION"));
}

#[test]
fn blockers_and_manual_work_are_told() {
    let mut run = one();
    let at = place(&run, 0, "key");
    run.migrations[0].applicability = Applicability::Manual;
    run.migrations[0].blockers.push(Blocker { at, why: "the key is used for a login as well".into() });
    let text = written(&run, "human", true);
    assert!(text.contains("by hand") && text.contains("login as well") && text.contains("app/auth.py:3:28"), "{text}");
    assert!(!text.contains("Proposed change") && text.contains("Migrations  1 (manual)"));
    assert_eq!(written(&run, "patch", true), "");
}

#[test]
fn a_removed_file_is_shown_without_its_secrets() {
    let mut run = one();
    run.migrations[0].removed.push(FileId(0));
    let text = written(&run, "human", true);
    assert!(text.contains("+++ /dev/null") && text.contains("-import jwt, requests"), "{text}");
    let json: serde_json::Value = serde_json::from_str(&written(&run, "json", true)).unwrap();
    assert_eq!(json["migrations"][0]["files"], serde_json::json!(["app/auth.py"]));
    assert!(json["patches"][0]["diff"].as_str().unwrap().contains("deleted file mode"), "{json}");
    assert!(!text.contains("hunter2") && !json.to_string().contains("hunter2"));
    assert_eq!(written(&run, "patch", true), "");
}

#[test]
fn sixty_equal_sites_stay_readable() {
    let text = "requests.post(URL)\n".repeat(60);
    let mut run = run(Path::new("/root"), &[("a.py", text.as_bytes()), ("b.py", text.as_bytes())]);
    for line in 0..60u32 {
        let span = Span { start: line * 19, end: line * 19 + 18 };
        let exchange = Place { file: FileId(0), span };
        let index = find(&mut run, Kind::TokenExchange, exchange, "the JWT is exchanged here", Some("requests"));
        migrate(&mut run, vec![index], &[]);
        find(&mut run, Kind::Endpoint, Place { file: FileId(1), span }, "the exchange endpoint", None);
    }
    let text = written(&run, "human", false);
    assert!(text.contains("and 57 more like these:") && text.contains("    a.py:60:1\n"), "{text}");
    assert!(text.contains("      b.py:1:1 2:1 3:1 ") && text.lines().count() < 130, "{text}");
}

#[test]
fn nothing_found_is_said_plainly() {
    let run = run(Path::new("/root"), &[("a.py", b"")]);
    let text = written(&run, "human", true);
    assert!(text.contains("Nothing is left to do.") && !text.contains("Checklist"), "{text}");
    assert_eq!(written(&run, "patch", true), "");
}

#[test]
fn planted_secrets_are_in_no_format() {
    let secrets = [
        "s3cr3t-planted-value",
        "p8e-ibndcvsmAp9ZgPBZ606FSlYIZVlsZ-g5",
        "12345678-aaaa-bbbb-cccc-1234567890ab",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj",
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl",
    ];
    let [literal, console, uuid, key, jwt] = secrets;
    let text = format!(
        "client_secret = '{literal}'\nsecret2 = '{console}'\n# the secret: {uuid}\nCALL()\nkey = '''-----BEGIN PRIVATE KEY-----\n\
         {key}\n-----END PRIVATE KEY-----'''\ntoken = '{jwt}'\n"
    );
    for (old, new) in [("CALL()", "call()"), (literal, "x"), ("CALL()\nkey", "key"), (jwt, "gone")] {
        let mut run = run(Path::new("/root"), &[("a.py", text.as_bytes())]);
        let all = Place { file: FileId(0), span: Span::new(0, text.len()) };
        let said = format!("client_secret = '{literal}' {console} secret {uuid} {jwt}");
        let index = find(&mut run, Kind::TokenExchange, all, &said, Some("requests"));
        let call = place(&run, 0, "CALL");
        because(&mut run, index, call, &said);
        let loose = place(&run, 0, "key");
        find(&mut run, Kind::PrivateKey, loose, &said, None);
        let index = migrate(&mut run, vec![index], &[(0, old, new)]);
        run.migrations[index].blockers.push(Blocker { at: all, why: said.clone() });
        run.migrations[index].steps.push(said.clone());
        for format in &FORMATS {
            for proposal in [false, true] {
                let out = written(&run, format.name, proposal);
                let notes = (format.notes)(&run).join("\n");
                for secret in secrets {
                    let shown = secret.trim_start_matches("p8e-");
                    assert!(!out.contains(shown) && !notes.contains(shown), "{} {old}\n{out}", format.name);
                }
            }
        }
    }
}

#[test]
fn hostile_text_does_not_reach_the_terminal() {
    let text = b"x = 1 # \x1b[2J \xe2\x80\xae rtl \r over\nCALL(\xff)\n\x07";
    let name = "a\x1b[31m\nb.py";
    let mut run = run(Path::new("/root"), &[(name, text)]);
    let at = place(&run, 0, "CALL");
    let index = find(&mut run, Kind::TokenExchange, at, "bad \x1b[2J message", None);
    migrate(&mut run, vec![index], &[(0, "CALL", "call")]);
    find(&mut run, Kind::Endpoint, at, "loose", None);
    run.failed.push(Failed { path: name.into(), error: "no\x1b".into() });
    let out = written(&run, "human", true);
    let bad = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!out.contains(bad), "{out:?}");
}

#[test]
fn odd_places_are_shown_somehow() {
    let long = format!("x = '{}'; CALL()\n", "ab ".repeat(2000));
    let files: [(&str, &[u8]); 3] = [("empty.py", b""), ("long.py", long.as_bytes()), ("cut.py", "é".as_bytes())];
    let mut run = run(Path::new("/root"), &files);
    let spans = [(0, 0, 0), (0, 5, 9), (1, 6012, 6018), (2, 1, 2), (2, 0, 2), (7, 0, 1)];
    for (file, start, end) in spans {
        let at = Place { file: FileId(file), span: Span { start, end } };
        let index = find(&mut run, Kind::TokenExchange, at, &format!("at {file} {start}"), None);
        migrate(&mut run, vec![index], &[]);
    }
    for format in &FORMATS {
        let out = written(&run, format.name, true);
        assert!(out.lines().all(|line| line.len() < 600), "{}", format.name);
    }
    assert!(written(&run, "human", false).contains("long.py:1:6013"));
}

#[test]
fn equal_blockers_are_told_once() {
    let mut run = one();
    for word in ["key", "claims", "token", "URL", "jwt"] {
        let at = place(&run, 0, word);
        run.migrations[0].blockers.push(Blocker { at, why: "read this.".into() });
    }
    run.migrations[0].applicability = Applicability::Review;
    let text = written(&run, "human", false).replace("\n          ", " ");
    let told = "- read this (app/auth.py:3:28, app/auth.py:3:20, app/auth.py:3:1 and 2 more)\n";
    assert!(text.contains(told) && text.matches("read this").count() == 1, "{text}");
}

#[test]
fn labels_do_not_overlap() {
    let text = "post(url, {jwt_token: t})\n";
    let mut run = run(Path::new("/root"), &[("a.js", text.as_bytes())]);
    let (call, field, token) = (place(&run, 0, &text[..25]), place(&run, 0, "jwt_token: t"), place(&run, 0, "t}"));
    let index = find(&mut run, Kind::TokenExchange, call, "exchange", None);
    because(&mut run, index, field, "the field");
    because(&mut run, index, token, "field");
    migrate(&mut run, vec![index], &[]);
    let text = written(&run, "human", false);
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    assert!(lines.contains(&"   · ─────┬───────────┬─────"), "{text}");
    assert!(text.contains("╭─[a.js:1:1]") && text.matches("╰── ").count() == 2, "{text}");
}

#[test]
fn far_lines_and_far_columns_are_left_out() {
    let text = format!("A()\n{}B()\n{}C()\n", "filler\n".repeat(30), "x ".repeat(50));
    let mut run = run(Path::new("/root"), &[("a.py", text.as_bytes())]);
    let a = place(&run, 0, "A()");
    let index = find(&mut run, Kind::TokenExchange, a, "first", None);
    for (word, because_of) in [("B()", "second"), ("C()", "third")] {
        let at = place(&run, 0, word);
        because(&mut run, index, at, because_of);
    }
    migrate(&mut run, vec![index], &[]);
    let text = written(&run, "human", false);
    assert!(text.contains("╭─[a.py:32:1]") && text.matches("filler").count() == 2, "{text}");
    assert!(text.contains("    a.py:33:101: third\n"), "{text}");
}

#[test]
fn what_a_migration_leaves_unused_belongs_to_it() {
    let files: [(&str, &[u8]); 3] =
        [("app/auth.py", b"import jwt\nencode()\n"), ("setup.py", b"pyjwt\nother\n"), ("lib/setup.py", b"pyjwt\n")];
    for (applicability, owners) in [
        (Applicability::Manual, vec![Some(0), Some(0), Some(0), None]),
        (Applicability::Safe, vec![Some(0), None, None, None]),
    ] {
        let mut run = run(Path::new("/root"), &files);
        let places = [
            place(&run, 0, "encode()"),
            place(&run, 0, "import jwt"),
            place(&run, 1, "pyjwt"),
            place(&run, 2, "pyjwt"),
        ];
        let kinds = [Kind::JwtSign, Kind::SdkImport, Kind::Dependency, Kind::Dependency];
        for (kind, at) in kinds.into_iter().zip(places) {
            find(&mut run, kind, at, "found", Some("PyJWT"));
        }
        migrate(&mut run, vec![0], &[]);
        run.migrations[0].applicability = applicability;
        assert_eq!(run.owners(), owners);
        let text = written(&run, "human", false);
        assert_eq!(
            text.contains("Take out what nothing else uses then: the import of PyJWT (app/auth.py:1:1)"),
            owners[1].is_some(),
            "{text}"
        );
        assert!(text.contains("Beside the migrations") && text.contains("      lib/setup.py:1:1\n"), "{text}");
    }
}

#[test]
fn an_edited_finding_belongs_to_who_edits_it() {
    let mut run = run(Path::new("/root"), &[("a.py", b"CALL()\n"), ("setup.py", b"pyjwt\n"), ("key.py", b"KEY\n")]);
    let at = place(&run, 0, "CALL()");
    let index = find(&mut run, Kind::TokenExchange, at, "exchange", None);
    for (file, word, kind) in [(1, "pyjwt", Kind::Dependency), (2, "KEY", Kind::PrivateKey)] {
        let at = place(&run, file, word);
        find(&mut run, kind, at, "more", None);
    }
    migrate(&mut run, vec![index], &[(0, "CALL", "call"), (1, "pyjwt", "authlib")]);
    run.migrations[0].removed.push(FileId(2));
    assert_eq!(run.owners(), [Some(0); 3]);
    assert!(!written(&run, "human", false).contains("Beside"));
    let json: serde_json::Value = serde_json::from_str(&written(&run, "json", false)).unwrap();
    assert_eq!(json["migrations"][0]["findings"], serde_json::json!(["f1", "f2", "f3"]));
    assert_eq!(json["findings"][2]["migration"], "m1");
}

#[test]
fn colour_is_only_where_it_is_wanted() {
    let options = Options { color: true, width: 100, proposal: true, summary: true };
    let mut out = Vec::new();
    (FORMATS[0].write)(&one(), &options, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.contains("\u{1b}[31m-answer") && text.contains("\u{1b}[32m+answer"), "{text}");
    assert!(!written(&one(), "human", true).contains('\u{1b}'));
}
