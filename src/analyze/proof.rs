//! What speaks for an exchange, and what follows from it: the one place where it is decided whether a call is one, and
//! how sure that is.

use super::finding::Confidence;

/// What speaks for an exchange.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Proof {
    /// The address holds the exchange path.
    pub path: bool,
    /// The address holds an IMS host.
    pub host: bool,
    /// The body has the field that carries the JWT.
    pub jwt_field: bool,
    /// The body has the client id and the client secret too.
    pub credentials: bool,
    /// The JWT was traced to the call that signs it.
    pub signed: bool,
    /// The claims that are signed are Adobe's.
    pub claims: bool,
    /// An SDK of Adobe's does it.
    pub sdk: bool,
    /// Other things in the file or its package are Adobe's.
    pub around: bool,
    /// The address leads to some other place.
    pub elsewhere: bool,
}

impl Proof {
    /// Whether it is an exchange at all, and how sure that is.
    #[must_use]
    pub fn confidence(self) -> Option<Confidence> {
        self.judged().ok().map(|(confidence, _)| confidence)
    }

    /// How sure it is that this is an exchange, and why.
    ///
    /// # Errors
    /// What it would take, where it is none.
    pub fn judged(self) -> Result<(Confidence, &'static str), &'static str> {
        use Confidence::{High, Low, Medium};
        let form = self.jwt_field && self.credentials;
        match () {
            () if self.sdk => Ok((High, "this call does nothing but the exchange")),
            () if self.path && self.host => Ok((High, "the address is the exchange's, on Adobe's host")),
            () if self.path && self.jwt_field => Ok((High, "the path is the exchange's, and the JWT is sent to it")),
            () if self.path && self.signed => {
                Ok((High, "the path is the exchange's, and a JWT that is signed goes to it"))
            }
            () if form && self.claims => Ok((High, "the form is the exchange's, and the JWT in it has Adobe's claims")),
            () if form && self.host => Ok((High, "the form is the exchange's, and goes to Adobe's host")),
            () if self.path => Ok((Medium, "the path is the exchange's; neither host nor form could be seen")),
            () if form && !self.elsewhere && self.signed => {
                Ok((Medium, "the form is the exchange's, with a JWT that is signed; the address could not be seen"))
            }
            () if form && !self.elsewhere && self.around => Ok((
                Medium,
                "the form is the exchange's, in a project that speaks of Adobe; the address could not be seen",
            )),
            () if form => Ok((Low, "the form is the exchange's, but nothing else here is Adobe's")),
            () if self.jwt_field && self.claims => {
                Ok((Low, "a JWT with Adobe's claims is sent, but no credentials beside it"))
            }
            () if self.jwt_field && self.host => {
                Ok((Low, "a JWT is sent to Adobe's host, but no credentials beside it"))
            }
            () if self.jwt_field => Err(
                "a JWT is sent, but neither the credentials are beside it, nor is the address or are the claims Adobe's",
            ),
            () if self.host => Err("it goes to Adobe's host, but neither to the exchange's path, nor with a JWT"),
            () => Err("neither the address nor the body is the exchange's"),
        }
    }
}
