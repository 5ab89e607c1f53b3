//! The integration tests: data behind a few checks, most of them through the real binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, missing_docs)]

mod apply;
mod behaviour;
mod broken;
mod clean;
mod cleanup;
mod cli;
mod config;
mod containers;
mod discover;
mod docs;
mod edits;
mod examples;
mod explain;
mod fix;
mod fixtures;
mod lexical;
mod linters;
mod lower;
mod manifest;
mod mask;
mod mock;
mod perturb;
mod report;
mod rules;
mod shapes;
mod support;
mod tidy;
