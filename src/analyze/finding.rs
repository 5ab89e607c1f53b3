//! What is told to the user.

use crate::text::{FileId, Span};

/// A place in a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// The bytes in it.
    pub span: Span,
}

/// What sort of thing was found.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// The HTTP request or SDK call that swaps a signed JWT for an access token.
    TokenExchange,
    /// A JWT is signed for Adobe.
    JwtSign,
    /// The private key of the credential is read, or lies there.
    PrivateKey,
    /// The claims of the JWT, metascopes among them.
    Claims,
    /// The address of the exchange endpoint.
    Endpoint,
    /// An SDK that does the exchange is brought in.
    SdkImport,
    /// A manifest names a package that only the JWT flow needs.
    Dependency,
    /// A setting that only the JWT credential has.
    ConfigKey,
}

impl Kind {
    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::TokenExchange => "token-exchange",
            Kind::JwtSign => "jwt-sign",
            Kind::PrivateKey => "private-key",
            Kind::Claims => "claims",
            Kind::Endpoint => "endpoint",
            Kind::SdkImport => "sdk-import",
            Kind::Dependency => "dependency",
            Kind::ConfigKey => "config-key",
        }
    }
}

/// Do we believe a finding?
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Confidence {
    /// It may be.
    Low,
    /// It most likely is.
    Medium,
    /// It is.
    High,
}

impl Confidence {
    /// The word in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }
}

/// Another place that supports a finding.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Evidence {
    /// Where.
    pub at: Place,
    /// A short clause for a label: `the JWT is signed here`.
    pub because: String,
}

/// One fact that matters to the user.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The rule that found it: `python/requests`, `adobe/endpoint`.
    pub rule: String,
    /// What it is.
    pub kind: Kind,
    /// `javascript`, `typescript`, `python`, or the sort of file (`json`, `pem`, `requirements`).
    pub language: &'static str,
    /// Where.
    pub at: Place,
    /// Do we believe it?
    pub confidence: Confidence,
    /// One sentence, no secret in it.
    pub message: String,
    /// The library that is used there, as its users call it.
    pub library: Option<String>,
    /// What ties it to Adobe, other places first by importance.
    pub evidence: Vec<Evidence>,
}
