//! The `library` strategy.

use super::draft::Draft;
use super::plan::Plan;
use super::scopes::Chosen;
use crate::analyze::{Exchange, ExprRef, Program};
use crate::rules::{Adobe, normal_key};

/// Where the decoded body of an answer is read.
#[derive(Debug, Default)]
pub struct Decoded {
    bodies: Vec<ExprRef>,
}

impl Decoded {
    /// The expressions whose value is the decoded body.
    #[must_use]
    pub fn bodies(&self) -> Vec<ExprRef> {
        self.bodies.clone()
    }
}

/// Drafts the edits; `None` where no library can take the place.
#[must_use]
pub fn draft(_plan: &Plan<'_, '_>, _exchange: &Exchange<'_>, _chosen: &Chosen) -> Option<(String, Draft)> {
    None
}

/// How the answer is read.
#[must_use]
pub fn decoded(_program: &Program, _exchange: &Exchange<'_>) -> Option<Decoded> {
    None
}

/// The expression that gives the client id.
#[must_use]
pub fn client_id(adobe: &Adobe, exchange: &Exchange<'_>) -> Option<ExprRef> {
    let wanted = normal_key(&adobe.fields.client_id);
    exchange.form.fields.iter().find(|field| normal_key(&field.name) == wanted).and_then(|field| field.value)
}
