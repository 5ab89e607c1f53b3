//! Test doubles: what stands in for a request is called like it, and sends nothing.

use super::fact::Hit;
use super::program::{ExprRef, Program};
use crate::ir::{ExprId, ExprKind, Module};
use crate::rules::{Does, Root};

/// Parts of a path that say that a file is a test, or helps one.
const TEST_FOLDERS: [&str; 10] =
    ["test", "tests", "__tests__", "spec", "specs", "__specs__", "mocks", "__mocks__", "e2e", "testing"];

/// Words in the name of something that stands in for something else.
const DOUBLES: [&str; 7] = ["mock", "stub", "fake", "spy", "double", "respx", "responses"];

/// Whether a file is a test, or helps one, by its path.
#[must_use]
pub fn is_test(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    let mut parts = path.split('/');
    let name = parts.next_back().unwrap_or_default();
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    parts.any(|part| TEST_FOLDERS.contains(&part))
        || [".test.", ".spec."].iter().any(|mark| name.contains(mark))
        || ["-test", "_test", "-spec", "_spec"].iter().any(|end| stem.ends_with(end))
        || (name.ends_with(".py") && (stem.starts_with("test_") || stem == "conftest"))
}

/// Whether a call in a test, of something that nobody sees being made, tells a double what to answer, or asks it what it
/// was given. `sends_jwt` says whether the JWT is among what it is given.
pub(super) fn is_double(program: &Program, call: ExprRef, hit: Option<&Hit<'_>>, sends_jwt: bool) -> bool {
    if hit.is_some_and(|hit| hit.rule.signature.root != Root::Any) || !is_test(&program.file(call.file).path) {
        return false;
    }
    let ExprKind::Call { callee, .. } = program.kind(call) else { return false };
    let names = names(program.module(call.file), *callee);
    let asserts = names.first().is_some_and(|name| name.starts_with("assert") || *name == "call");
    !sends_jwt || asserts || names.iter().any(|name| DOUBLES.iter().any(|word| name.contains(word)))
}

/// Whether a rule of a double, or of what declares settings, for any receiver means this one: its library is imported here, or the receiver has the name of a
/// fixture of its (the rule file lists it among the modules).
pub(super) fn is_meant(program: &Program, hit: &Hit<'_>) -> bool {
    if !matches!(hit.rule.does, Does::Mock | Does::MockClient | Does::Declare) || hit.rule.signature.root != Root::Any {
        return true;
    }
    let module = program.module(hit.call.file);
    let modules = &hit.library.modules;
    let imported = module.imports.iter().any(|import| {
        let begins = |name: &String| import.module.strip_prefix(name.as_str());
        modules.iter().filter_map(begins).any(|rest| rest.is_empty() || rest.starts_with('.'))
    });
    let ExprKind::Call { callee, .. } = program.kind(hit.call) else { return false };
    let named = names(module, *callee);
    imported || named.last().is_some_and(|name| modules.iter().any(|module| module == name))
}

/// The names of a chain of members and calls, the last first, in small letters.
fn names(module: &Module, at: ExprId) -> Vec<String> {
    match module.kind(at) {
        ExprKind::Name(name) => vec![name.to_ascii_lowercase()],
        ExprKind::Member { base, name, .. } => {
            std::iter::once(name.to_ascii_lowercase()).chain(names(module, *base)).collect()
        }
        ExprKind::Call { callee, .. } => names(module, *callee),
        ExprKind::Index { base, .. } => names(module, *base),
        _ => vec![],
    }
}
