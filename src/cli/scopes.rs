//! `--scopes LIST|@FILE`: a list as the Console prints it, or a file with one (text, or JSON of the Console).

use super::error::Error;
use serde_json::Value;

/// Bytes of the largest file that is read for scopes.
const LIMIT: u64 = 1 << 20;

/// The scopes, each once, in their order.
pub(super) fn parse(argument: &str) -> Result<Vec<String>, Error> {
    let list = match argument.strip_prefix('@') {
        Some(path) => from_file(path)?,
        None => split(argument),
    };
    let mut scopes: Vec<String> = Vec::new();
    for scope in list {
        let fits = |c: char| c.is_ascii_alphanumeric() || "_.:/-".contains(c);
        if !scope.chars().all(fits) {
            return Err(Error::Scopes(format!("`{}` is not a scope", crate::report::plain(&scope))));
        }
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    if scopes.is_empty() { Err(Error::Scopes("there is no scope in it".into())) } else { Ok(scopes) }
}

fn from_file(path: &str) -> Result<Vec<String>, Error> {
    let fail = |why: String| Error::Scopes(format!("`{path}`: {why}"));
    let meta = std::fs::metadata(path).map_err(|error| fail(error.to_string()))?;
    if !meta.is_file() || meta.len() > LIMIT {
        return Err(fail("it is not a file of at most 1 MiB".into()));
    }
    let text = std::fs::read_to_string(path).map_err(|error| fail(error.to_string()))?;
    let text = text.trim_start_matches('\u{feff}');
    if !text.trim_start().starts_with(['{', '[']) {
        return Ok(split(text));
    }
    let json: Value = serde_json::from_str(text).map_err(|error| fail(error.to_string()))?;
    let mut scopes = Vec::new();
    collect(&json, json.is_array(), &mut scopes);
    Ok(scopes)
}

/// Takes every value of a key `scope` or `scopes`, at any depth.
fn collect(json: &Value, here: bool, scopes: &mut Vec<String>) {
    match json {
        Value::String(text) if here => scopes.extend(split(text)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, here, scopes)),
        Value::Object(fields) => {
            for (key, value) in fields {
                let key = key.to_ascii_lowercase();
                collect(value, key == "scope" || key == "scopes" || key.ends_with("_scopes"), scopes);
            }
        }
        _ => {}
    }
}

fn split(text: &str) -> Vec<String> {
    text.split(|c: char| c == ',' || c.is_whitespace()).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_read_as_the_console_prints_them() {
        assert_eq!(parse("openid, AdobeID,openid\nread").unwrap(), ["openid", "AdobeID", "read"]);
        for bad in ["", " , ", "a;b", "\"openid\"", "@/no/such/file"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn files_may_be_text_or_json() {
        let folder = tempfile::tempdir().unwrap();
        let cases = [
            ("openid\nAdobeID\n", &["openid", "AdobeID"][..]),
            ("[\"openid\", \"AdobeID\"]", &["openid", "AdobeID"]),
            (
                r#"{"project": {"id": "1", "credentials": [{"oauth_server_to_server": {"scopes": ["openid"]}}]}}"#,
                &["openid"],
            ),
            (r#"{"CLIENT_SECRETS": ["no"], "SCOPES": "a, b"}"#, &["a", "b"]),
        ];
        for (text, want) in cases {
            let path = folder.path().join("scopes");
            std::fs::write(&path, text).unwrap();
            assert_eq!(parse(&format!("@{}", path.display())).unwrap(), want);
        }
    }
}
