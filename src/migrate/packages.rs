//! Manifests.

use super::Migration;
use crate::analyze::{Analysis, Program};
use crate::rules::Rules;

/// Adds what the rewritten code needs, removes what nobody needs any more.
pub fn plan(_program: &Program, _rules: &Rules, _analysis: &Analysis<'_>, _migrations: &mut [Migration]) {}
