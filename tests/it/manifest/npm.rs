//! package.json

use super::*;

#[test]
fn package_json_entries() {
    let four = "{\n  \"dependencies\": {\n    \"axios\": \"^1.0.0\",\n    \"jsonwebtoken\": \"^9.0.0\",\n    \"qs\": \"^6.0.0\"\n  }\n}\n";
    check(
        PKG,
        four,
        SWAP,
        "{\n  \"dependencies\": {\n    \"axios\": \"^1.0.0\",\n    \"passport-oauth2\": \"^1.8.0\",\n    \"qs\": \"^6.0.0\"\n  }\n}\n",
    );
    check(
        PKG,
        four,
        "-qs +zod@^3.0.0",
        "{\n  \"dependencies\": {\n    \"axios\": \"^1.0.0\",\n    \"jsonwebtoken\": \"^9.0.0\",\n    \"zod\": \"^3.0.0\"\n  }\n}\n",
    );
    check(
        PKG,
        four,
        "-qs",
        "{\n  \"dependencies\": {\n    \"axios\": \"^1.0.0\",\n    \"jsonwebtoken\": \"^9.0.0\"\n  }\n}\n",
    );
    check(PKG, four, "-qs -jsonwebtoken", "{\n  \"dependencies\": {\n    \"axios\": \"^1.0.0\"\n  }\n}\n");
    check(PKG, four, "-qs -jsonwebtoken -axios", "{\n  \"dependencies\": {}\n}\n");
    check(
        PKG,
        four,
        "-qs -jsonwebtoken -axios +b@^1 +a@^1",
        "{\n  \"dependencies\": {\n    \"a\": \"^1\",\n    \"b\": \"^1\"\n  }\n}\n",
    );
    check(
        PKG,
        four,
        "-axios +a@^1",
        "{\n  \"dependencies\": {\n    \"a\": \"^1\",\n    \"jsonwebtoken\": \"^9.0.0\",\n    \"qs\": \"^6.0.0\"\n  }\n}\n",
    );
    // A prefix of another name is another name.
    check(PKG, four, "-jsonweb -axi -jsonwebtoken2", "=");
    // Both sections, types by name, bundles.
    check(
        PKG,
        "{\n\t\"dependencies\": {\n\t\t\"jsonwebtoken\": \"9\"\n\t},\n\t\"devDependencies\": {\n\t\t\"@types/jsonwebtoken\": \"9\",\n\t\t\"jsonwebtoken\": \"9\"\n\t},\n\t\"bundleDependencies\": [\n\t\t\"jsonwebtoken\"\n\t]\n}",
        "-jsonwebtoken -@types/jsonwebtoken +dev:@types/passport-oauth2@^1.8.0",
        "{\n\t\"dependencies\": {},\n\t\"devDependencies\": {\n\t\t\"@types/passport-oauth2\": \"^1.8.0\"\n\t},\n\t\"bundleDependencies\": []\n}",
    );
}

#[test]
fn package_json_style_is_kept() {
    check(
        PKG,
        "{\r\n    \"dependencies\": {\r\n        \"b\": \"^1.0.0\"\r\n    }\r\n}\r\n",
        "+c@^1",
        "{\r\n    \"dependencies\": {\r\n        \"b\": \"^1.0.0\",\r\n        \"c\": \"^1\"\r\n    }\r\n}\r\n",
    );
    check(
        PKG,
        "\u{feff}{\n \"dependencies\": {\n  \"jsonwebtoken\": \"^9.0.0\"\n }\n}",
        SWAP,
        "\u{feff}{\n \"dependencies\": {\n  \"passport-oauth2\": \"^1.8.0\"\n }\n}",
    );
    check(
        PKG,
        r#"{"name":"x","dependencies":{"jsonwebtoken":"^9.0.0","qs":"^6"}}"#,
        SWAP,
        r#"{"name":"x","dependencies":{"passport-oauth2":"^1.8.0","qs":"^6"}}"#,
    );
    check(
        PKG,
        r#"{ "name": "x", "dependencies": { "a": "^1" } }"#,
        "+b@^2",
        r#"{ "name": "x", "dependencies": { "a": "^1", "b": "^2" } }"#,
    );
    check(PKG, r#"{ "name": "x", "dependencies": {} }"#, "+b@^2", r#"{ "name": "x", "dependencies": { "b": "^2" } }"#);
    check(
        PKG,
        "{\n  \"dependencies\": {}\n}\n",
        "+b@^2 +a@^1",
        "{\n  \"dependencies\": {\n    \"a\": \"^1\",\n    \"b\": \"^2\"\n  }\n}\n",
    );
    check(
        PKG,
        "{\n  \"dependencies\" : {\n    \"zod\" : \"^1\",\n    \"a\" : \"^1\"\n  }\n}\n",
        "+m@^1",
        "{\n  \"dependencies\" : {\n    \"zod\" : \"^1\",\n    \"a\" : \"^1\",\n    \"m\" : \"^1\"\n  }\n}\n",
    );
    // Commas first, once the custom of npm's own code.
    check(
        PKG,
        "{ \"dependencies\":\n  { \"a\": \"^1\"\n  , \"b\": \"^1\"\n  }\n}\n",
        "-b",
        "{ \"dependencies\":\n  { \"a\": \"^1\"\n  }\n}\n",
    );
    // Exact versions everywhere: exact it is.
    check(
        PKG,
        "{\n  \"dependencies\": {\n    \"a\": \"1.0.0\",\n    \"b\": \"2.1.0\"\n  }\n}\n",
        "+c@^1.8.0",
        "{\n  \"dependencies\": {\n    \"a\": \"1.0.0\",\n    \"b\": \"2.1.0\",\n    \"c\": \"1.8.0\"\n  }\n}\n",
    );
}

#[test]
fn package_json_sections_are_made() {
    check(
        PKG,
        "{\n  \"private\": true,\n  \"workspaces\": [\"packages/*\"]\n}\n",
        "+a@^1",
        "{\n  \"private\": true,\n  \"workspaces\": [\"packages/*\"],\n  \"dependencies\": {\n    \"a\": \"^1\"\n  }\n}\n",
    );
    check(
        PKG,
        "{\n\t\"scripts\": {\n\t\t\"t\": \"x\"\n\t},\n\t\"devDependencies\": {\n\t\t\"jsonwebtoken\": \"9\"\n\t},\n\t\"license\": \"MIT\"\n}",
        SWAP,
        "{\n\t\"scripts\": {\n\t\t\"t\": \"x\"\n\t},\n\t\"devDependencies\": {},\n\t\"dependencies\": {\n\t\t\"passport-oauth2\": \"^1.8.0\"\n\t},\n\t\"license\": \"MIT\"\n}",
    );
    check(PKG, "{}\n", "+a@^1", "{\n  \"dependencies\": {\n    \"a\": \"^1\"\n  }\n}\n");
    check(PKG, r#"{"name":"x","version":"1"}"#, "+a@^1", r#"{"name":"x","version":"1","dependencies":{"a":"^1"}}"#);
    check(PKG, "{\n  \"name\": \"x\"\n}\n", "-jsonwebtoken", "=");
}

#[test]
fn package_json_versions() {
    let with =
        |version: &str| format!("{{\n  \"dependencies\": {{\n    \"passport-oauth2\": \"{version}\"\n  }}\n}}\n");
    let raise = |from: &str, to: &str| {
        check(
            PKG,
            &with(from),
            "+passport-oauth2@^1.8.0",
            if to.starts_with(['=', '!']) { to.to_owned() } else { with(to) }.as_str(),
        )
    };
    raise("^1.8.0", "=");
    raise("^1.9", "=");
    raise("*", "=");
    raise("latest", "=");
    raise("workspace:*", "=");
    raise("github:jaredhanson/passport-oauth2", "=");
    raise("1.x", "^1.8.0");
    raise("^1.6.1", "^1.8.0");
    raise("~1.6.1", "~1.8.0");
    raise("1.6.1", "1.8.0");
    raise(">=1.0.0", "^1.8.0");
    raise("^1.2.0 || ^2.0.0", "^1.8.0");
    raise(">=1.0.0 <1.7.0", "!below");
    raise("^0.5.0", "!major version behind");
    raise("^2.0.0", "!newer than");
    check(PKG, &with("^0.5.0"), "+major:passport-oauth2@^1.8.0", &with("^1.8.0"));
    // Development only: it moves.
    check(
        PKG,
        "{\n  \"dependencies\": {\n    \"a\": \"^1\"\n  },\n  \"devDependencies\": {\n    \"b\": \"^1\",\n    \"c\": \"^1\"\n  }\n}\n",
        "+c@^1",
        "{\n  \"dependencies\": {\n    \"a\": \"^1\",\n    \"c\": \"^1\"\n  },\n  \"devDependencies\": {\n    \"b\": \"^1\"\n  }\n}\n",
    );
    check(PKG, "{\"peerDependencies\": {\"a\": \"^1.0.0\"}}", "+a@^1.5.0", "!peer");
    check(PKG, "{\"dependencies\": {\"a\": \"^1.0.0\"}}", "+dev:a@^1.0.0", "=");
}

#[test]
fn package_json_refusals() {
    check(PKG, "{\n  // note\n  \"dependencies\": {}\n}", SWAP, "!not valid JSON");
    check(PKG, "{\"dependencies\": {\"a\": \"1\",}}", "-a", "!not valid JSON");
    check(PKG, "[]", SWAP, "!not a JSON object");
    check(PKG, "{\"dependencies\": []}", SWAP, "!not an object");
    check(PKG, "{\"dependencies\": null}", "+a@^1", "!not an object");
    check(PKG, "{\"dependencies\": {\"a\": \"1\"}, \"dependencies\": {\"b\": \"1\"}}", "-a", "!occurs twice");
    check(PKG, "{\"dependencies\": {\"a\": \"1\"}}", "-a +a@^1", "!at once");
}

#[test]
fn outcomes_are_told_apart() {
    let file = SourceFile::new(PKG, br#"{"dependencies": {"a": "^1.0.0", "b": "^1.0.0", "c": "file:../c"}}"#.to_vec());
    let mut edits = EditSet::default();
    let put = |name: &str, range: &str| {
        add(Format::PackageJson, &file, &Wanted::runtime(name, range), &mut EditSet::default())
    };
    assert_eq!(put("a", "^1.0.0"), Ok(Added::Already));
    assert_eq!(put("a", "^1.2.0"), Ok(Added::Raised("^1.0.0".to_owned())));
    assert_eq!(put("c", "^1.2.0"), Ok(Added::Unchecked("\"c\": \"file:../c\"".to_owned())));
    assert_eq!(put("d", "^1.2.0"), Ok(Added::New));
    assert_eq!(remove(Format::PackageJson, &file, "x", &mut edits), Ok(Removed::Absent));
    assert_eq!(remove(Format::PackageJson, &file, "b", &mut edits), Ok(Removed::Gone(1)));
    assert!(remove(Format::PackageJson, &file, "a", &mut edits).is_err(), "one list is planned at once");
    assert_eq!(edits.apply(file.bytes()), br#"{"dependencies": {"a": "^1.0.0", "c": "file:../c"}}"#);
}
