//! The credential that the mock knows.
use std::collections::BTreeSet;

/// One credential of the Developer Console. Every value says that it is not real.
#[derive(Clone, Debug)]
pub(crate) struct Credential {
    pub(crate) client_id: &'static str,
    pub(crate) client_secret: &'static str,
    pub(crate) org_id: &'static str,
    pub(crate) technical_account_id: &'static str,
    /// Bound to the JWT side.
    pub(crate) metascopes: BTreeSet<String>,
    /// Allowed on the OAuth side.
    pub(crate) scopes: BTreeSet<String>,
}

impl Credential {
    /// A credential with these metascopes and scopes.
    pub(crate) fn new<S: AsRef<str>>(metascopes: &[S], scopes: &[S]) -> Self {
        let set = |names: &[S]| names.iter().map(|name| name.as_ref().to_owned()).collect();
        Self {
            client_id: "fake-client-id",
            client_secret: "fake-client-secret",
            org_id: "FAKEORG@AdobeOrg",
            technical_account_id: "FAKEACCOUNT@techacct.adobe.com",
            metascopes: set(metascopes),
            scopes: set(scopes),
        }
    }
}
