//! `unjwt` finds code that gets an Adobe access token with a retired Service Account (JWT) credential and rewrites it to
//! OAuth Server-to-Server.
//!
//! The map, from the bottom up; a room uses only rooms above it in this list:
//!
//! | room | knows | must not know |
//! |---|---|---|
//! | [`text`] | files, spans, lines, edits, diffs | programs |
//! | [`manifest`] | lists of dependencies, and how they are edited | why |
//! | [`config`] | settings files: keys, values, where they stand | what they mean |
//! | [`ir`] | the common form of a program | grammars, libraries |
//! | [`lang`] | grammars: source file → [`ir::Module`] | libraries |
//! | [`rules`] | libraries, Adobe, what rewrites produce: the files under `/rules` | programs |
//! | [`discover`] | folders, names, raw bytes, import strings | findings |
//! | [`analyze`] | facts and findings | how they are changed |
//! | [`migrate`] | strategies, edits | the disk |
//! | [`apply`] | writing all or nothing, taking back, git | what the edits mean |
//! | [`report`] | forms of output, secrets | the terminal |
//! | [`cli`] | arguments, terminal, exit codes | everything below, save by its front door |
//!
//! [`pipeline::run`] puts them together.

pub mod analyze;
pub mod apply;
pub mod cli;
pub mod config;
pub mod discover;
pub mod ir;
pub mod lang;
pub mod manifest;
pub mod migrate;
pub mod pipeline;
pub mod report;
pub mod rules;
pub mod run;
pub mod text;

pub use pipeline::{Error, Options, run as scan};
pub use run::Run;
