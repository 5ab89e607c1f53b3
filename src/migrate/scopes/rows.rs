//! The rows of Adobe's table that belong to some metascopes, together.

use crate::rules::{Adobe, ScopeConfidence};

/// What Adobe's table says of some metascopes.
pub(super) struct Rows {
    /// The union of their scopes.
    pub scopes: Vec<String>,
    /// Why they must be looked at.
    pub doubts: Vec<String>,
    /// Whether there are some, and the table has all of them.
    pub complete: bool,
}

impl Rows {
    pub(super) fn of(adobe: &Adobe, metascopes: &[String]) -> Rows {
        let mut rows = Rows { scopes: vec![], doubts: vec![], complete: !metascopes.is_empty() };
        for metascope in metascopes {
            let Some(row) = adobe.scope_row(metascope).filter(|row| !row.scopes.is_empty()) else {
                rows.complete = false;
                rows.doubts.push(format!(
                    "Adobe publishes no scopes for `{metascope}`: take them from the Console and name them with --scopes"
                ));
                continue;
            };
            let new: Vec<String> = row.scopes.iter().filter(|scope| !rows.scopes.contains(scope)).cloned().collect();
            rows.scopes.extend(new);
            if row.confidence != ScopeConfidence::Official {
                rows.doubts.push(format!(
                    "the scopes for `{metascope}` come from public code, not from Adobe's documentation: compare them with the Console"
                ));
            }
        }
        rows
    }
}
