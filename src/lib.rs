//! `unjwt` finds code that gets an Adobe access token with a retired Service Account (JWT) credential and rewrites it to
//! OAuth Server-to-Server.
//!
//! The map, from the bottom up; a room uses only rooms above it in this list:
//!
//! | room | knows | must not know |
//! |---|---|---|
//! | [`text`] | files, spans, lines, edits, diffs | programs |
//! | [`ir`] | the common form of a program | grammars, libraries |
//! | [`lang`] | grammars: source file → [`ir::Module`] | libraries |
pub mod analyze;
pub mod apply;
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
