//! Analysis: pure functions over an immutable program.

mod finding;

pub use finding::{Confidence, Evidence, Finding, Kind, Place};
