use super::*;

fn check(path: &str, before: &str, after: &str) {
    let source = SourceFile::new(path, before.as_bytes().to_vec());
    let format = config::format_of(path).unwrap();
    let lines = line::declared(before, format, is_template(&source));
    let change = Change {
        known: ["ADOBE_CLIENT_ID".to_owned()].into(),
        gained: ["ADOBE_SCOPES".to_owned()].into(),
        lost: BTreeSet::new(),
    };
    let mut edits = EditSet::default();
    for line in change.beside(&lines, "ADOBE_SCOPES") {
        if let Some(text) = line.with(before, "ADOBE_SCOPES") {
            edits.insert(line.whole.end as usize, text).unwrap();
        }
    }
    assert_eq!(String::from_utf8(edits.apply(before.as_bytes())).unwrap(), after, "{path}");
}

#[test]
fn scopes_come_beside_the_client_id() {
    let cases = [
        (".env.example", "ADOBE_CLIENT_ID=\n", "ADOBE_CLIENT_ID=\nADOBE_SCOPES=\n"),
        (".env.example", "ADOBE_CLIENT_ID=", "ADOBE_CLIENT_ID=\nADOBE_SCOPES=\n"),
        (
            ".env.sample",
            "export ADOBE_CLIENT_ID=\"your id\" # of the Console\r\nB=c\r\n",
            "export ADOBE_CLIENT_ID=\"your id\" # of the Console\r\nexport ADOBE_SCOPES=\"comma-separated-scopes\"\r\nB=c\r\n",
        ),
        (
            "compose.yml",
            "s:\n  environment:\n    - ADOBE_CLIENT_ID\n    - \"ADOBE_CLIENT_ID=${ADOBE_CLIENT_ID:-}\"\n",
            "s:\n  environment:\n    - ADOBE_CLIENT_ID\n    - ADOBE_SCOPES\n    - \"ADOBE_CLIENT_ID=${ADOBE_CLIENT_ID:-}\"\n    - \"ADOBE_SCOPES=${ADOBE_SCOPES:-}\"\n",
        ),
        (
            "ci.yml",
            "env:\n  ADOBE_CLIENT_ID: ${{ secrets.STAGE_CLIENT_ID }}\n  X: y\n",
            "env:\n  ADOBE_CLIENT_ID: ${{ secrets.STAGE_CLIENT_ID }}\n  ADOBE_SCOPES: ${{ secrets.STAGE_SCOPES }}\n  X: y\n",
        ),
        ("Dockerfile", "FROM a\nARG ADOBE_CLIENT_ID\n", "FROM a\nARG ADOBE_CLIENT_ID\nARG ADOBE_SCOPES\n"),
        ("compose.yml", "e:\n  ADOBE_CLIENT_ID:\n  B: c\n", "e:\n  ADOBE_CLIENT_ID:\n  ADOBE_SCOPES:\n  B: c\n"),
    ];
    for (path, before, after) in cases {
        check(path, before, after);
    }
}

#[test]
fn what_is_not_plain_is_left() {
    let cases = [
        (".env", "ADOBE_CLIENT_ID=0123\n"),
        (".env.example", "# ADOBE_CLIENT_ID=\n"),
        (".env.example", "ADOBE_CLIENT_ID=$(cat id)\n"),
        ("values.yml", "ADOBE_CLIENT_ID: abc\n"),
        ("serverless.yml", "e:\n  ADOBE_CLIENT_ID: ${self:custom.id}\n"),
        ("template.yml", "e:\n  ADOBE_CLIENT_ID: !Ref ClientId\n"),
        ("ci.yml", "a:\n  run: |\n    ADOBE_CLIENT_ID=$ADOBE_CLIENT_ID x\n"),
        ("ci.yml", "env:\n  ADOBE_CLIENT_ID: ${{ secrets.IDENTITY }}\n"),
        ("compose.yml", "e:\n  - ADOBE_CLIENT_ID=${ADOBE_CLIENT_ID:-0123}\n"),
        ("ci.yml", "env:\n  API_KEY: ${{ secrets.API_KEY }}\n"),
    ];
    for (path, text) in cases {
        check(path, text, text);
    }
}
