//! The metascopes of a JWT that was signed by hand and stands in the text.

use crate::analyze::{Field, Program};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The names that a signed JWT claims, where the field's value is one in full. Its signature is not looked at.
pub(super) fn claimed(program: &Program, field: &Field) -> Vec<String> {
    let text = match field.value.and_then(|value| program.text(value).exact()) {
        Some(text) => text,
        None if field.value.is_none() => program.slice(field.at.file, field.at.span).to_owned(),
        None => return vec![],
    };
    // A JSON object in Base64 begins so.
    let Some(start) = text.find("eyJ") else { return vec![] };
    let Some(payload) = text[start..].split('.').nth(1) else { return vec![] };
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')) else { return vec![] };
    let Ok(serde_json::Value::Object(claims)) = serde_json::from_slice(&bytes) else { return vec![] };
    claims.into_iter().filter(|(_, value)| value.as_bool() == Some(true)).map(|(name, _)| name).collect()
}
