//! What is wrong with a rule file, pointed at.

use miette::{Diagnostic, NamedSource, SourceSpan};

/// A mistake in a rule file.
#[derive(Debug, Clone, thiserror::Error, Diagnostic)]
#[error("{message}")]
#[diagnostic(code(unjwt::rules))]
pub struct RuleError {
    /// What is wrong.
    pub message: String,
    /// The file.
    #[source_code]
    pub file: NamedSource<String>,
    /// Where.
    #[label("{label}")]
    pub at: SourceSpan,
    /// A few words for the place.
    pub label: String,
    /// What is allowed.
    #[help]
    pub help: Option<String>,
}
