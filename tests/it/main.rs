//! The integration tests: data behind a few checks, most of them through the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, missing_docs)]

mod behaviour;
mod broken;
mod clean;
mod fixtures;
mod lower;
mod manifest;
mod mock;
mod rules;
mod support;
