//! Names of settings that tell of the JWT credential.

use crate::rules::Adobe;

/// What a setting holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Setting {
    /// Metascopes.
    Metascopes,
    /// The private key, or where it is.
    PrivateKey,
    /// The technical account; the OAuth credential has it as well.
    Account,
    /// A JWT that was signed elsewhere.
    SignedJwt,
    /// Something else that only the JWT credential has.
    JwtOnly,
}

/// What a setting of this name holds, whatever stands before it: `ADOBE_IO_PRIVATE_KEY` is a private key.
pub(super) fn setting(adobe: &Adobe, name: &str) -> Option<Setting> {
    let words = &adobe.config;
    let pieces = pieces(name);
    let loud = !name.chars().any(char::is_lowercase);
    (0..pieces.len()).find_map(|from| {
        let key = pieces[from..].concat();
        let has = |list: &[String]| list.contains(&key);
        // A short ending of a longer name is chance.
        match () {
            () if from > 0 && key.len() < 8 => None,
            () if has(&words.jwt_only) => Some(Setting::JwtOnly),
            () if has(&words.metascopes) => Some(Setting::Metascopes),
            () if has(&words.private_key) => Some(Setting::PrivateKey),
            () if has(&words.technical_account) => Some(Setting::Account),
            // In small letters it is the form's field, or a variable.
            () if loud && has(&words.signed_jwt) => Some(Setting::SignedJwt),
            () => None,
        }
    })
}

/// `adobeIoPrivate_key` → `adobe`, `io`, `private`, `key`.
fn pieces(name: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let mut low = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && low) {
            pieces.push(String::new());
        }
        low = c.is_lowercase() || c.is_ascii_digit();
        if let (true, Some(last)) = (c.is_alphanumeric(), pieces.last_mut()) {
            last.extend(c.to_lowercase());
        }
    }
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Rules;

    #[test]
    fn settings_are_known_by_their_ending() {
        let cases = [
            ("ADOBE_IO_PRIVATE_KEY", Some(Setting::PrivateKey)),
            ("privateKey", Some(Setting::PrivateKey)),
            ("BAA_TECHNICAL_ACCOUNT_ID", Some(Setting::Account)),
            ("IMSTechnicalAccountID", Some(Setting::Account)),
            ("metaScopes", Some(Setting::Metascopes)),
            ("JWT_TOKEN", Some(Setting::SignedJwt)),
            ("jwt_token", None),
            ("client_id", None),
            ("tech_idiom", None),
            ("monkey", None),
        ];
        for (name, want) in cases {
            assert_eq!(setting(&Rules::embedded().adobe, name), want, "{name}");
        }
    }
}
