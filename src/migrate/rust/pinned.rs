//! Tests that stand in for IMS: the path that their server listens to, the form that it asks for, what it answers.

use crate::analyze::{Exchange, Place, Program, adobe};
use crate::ir::{ExprKind, StmtKind};
use crate::migrate::draft::Draft;
use crate::migrate::in_place;
use crate::migrate::packages::manifests_of;
use crate::rules::Adobe;
use crate::text::{FileId, Overlap, Span};
use std::collections::BTreeSet;

/// What a token lasts in milliseconds is more than this; in seconds it is a day.
const FEWEST_MILLISECONDS: u64 = 10_000_000;

/// Lets the tests of the packages whose exchanges all move stand in for the token endpoint.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(in crate::migrate) fn renew(
    program: &Program,
    rules: &Adobe,
    moved: &[&Exchange<'_>],
    all: &[Exchange<'_>],
    draft: &mut Draft,
) -> Result<(), Overlap> {
    let packages = |file| manifests_of(program, file).into_iter().collect::<BTreeSet<_>>();
    let of_rust = |exchange: &&Exchange<'_>| program.is_typed(exchange.call.file);
    let moving: BTreeSet<FileId> =
        moved.iter().copied().filter(of_rust).flat_map(|exchange| packages(exchange.call.file)).collect();
    let stays = |exchange: &&Exchange<'_>| !moved.iter().any(|other| other.call == exchange.call);
    if moving.is_empty() || all.iter().filter(of_rust).any(|exchange| stays(&exchange)) {
        return Ok(());
    }
    let files: Vec<FileId> = program
        .units()
        .map(|(file, _)| file)
        .filter(|file| program.is_typed(*file) && !packages(*file).is_disjoint(&moving))
        .collect();
    for file in files {
        for region in regions(program, file) {
            one(program, rules, file, region, draft)?;
        }
    }
    Ok(())
}

/// The tests in a file.
fn regions(program: &Program, file: FileId) -> Vec<Span> {
    let source = program.file(file);
    if source.path.starts_with("tests/") || source.path.contains("/tests/") {
        return vec![Span::new(0, source.text().len())];
    }
    let stmts = program.module(file).stmts.iter().filter(|stmt| matches!(stmt.kind, StmtKind::Class(_)));
    stmts.map(|stmt| stmt.span).filter(|span| source.slice(*span).starts_with("#[cfg(test)]")).collect()
}

fn one(program: &Program, rules: &Adobe, file: FileId, region: Span, draft: &mut Draft) -> Result<(), Overlap> {
    let module = program.module(file);
    let texts =
        || module.exprs.iter().filter(|expr| matches!(expr.kind, ExprKind::Text(_)) && region.contains(expr.span));
    let mut edits: Vec<(Span, String)> = vec![];
    for expr in texts().filter(|expr| adobe::has_exchange_path(rules, program.slice(file, expr.span).trim_matches('"')))
    {
        edits.extend(in_place::new_path(program, rules, Place { file, span: expr.span }));
    }
    let kept = draft
        .edits
        .values()
        .flat_map(|edits| edits.edits())
        .any(|edit| edit.text.contains("// callers expect milliseconds"));
    if edits.is_empty() {
        // What reads the answer was mended, in tests as well: an answer of their own is read by the same code.
        let text = program.slice(file, region);
        let mended = draft.edits.get(&file).is_some_and(|edits| edits.touches(region));
        if kept || !text.contains("access_token") || (text.contains(".expires_in") && !mended) {
            return Ok(());
        }
        return put(file, lifetimes(text, region.start as usize, true), draft);
    }
    for expr in texts() {
        let text = program.slice(file, expr.span);
        let inner = text.trim_matches('"');
        let sent = inner.strip_prefix(rules.fields.jwt.as_str());
        let asked = expr.parent.is_some_and(|call| program.slice(file, module.expr(call).span).contains("contains("));
        let new = match sent {
            Some("") if asked => "client_credentials",
            Some(value) if value.starts_with('=') => "grant_type=client_credentials",
            _ => continue,
        };
        if text.starts_with('"') && text.ends_with('"') {
            edits.push((expr.span, format!("\"{new}\"")));
        }
    }
    edits.extend(lifetimes(program.slice(file, region), region.start as usize, kept));
    put(file, edits, draft)
}

fn put(file: FileId, edits: Vec<(Span, String)>, draft: &mut Draft) -> Result<(), Overlap> {
    for (span, text) in edits {
        let touched = draft.edits.get(&file).is_some_and(|edits| edits.touches(span));
        let gone = draft.gone.get(&file).is_some_and(|gone| gone.iter().any(|gone| gone.overlaps(span)));
        if !touched && !gone {
            draft.edits.entry(file).or_default().replace(span, text)?;
        }
    }
    Ok(())
}

/// The milliseconds of answers, in seconds; where the program does not keep milliseconds, also what such a number is
/// compared with.
fn lifetimes(text: &str, start: usize, kept: bool) -> Vec<(Span, String)> {
    let mut answers: Vec<&str> = vec![];
    for (at, word) in text.match_indices("expires_in") {
        let rest = text[at + word.len()..].trim_start_matches(['"', '\\', '\'', ' ', ':']);
        let digits = &rest[..rest.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(rest.len())];
        if seconds(digits).is_some() && rest.len() < text.len() - at {
            answers.push(digits);
        }
    }
    let mut edits = vec![];
    for digits in answers.iter().collect::<BTreeSet<_>>() {
        let Some(new) = seconds(digits) else { continue };
        for (at, _) in text.match_indices(*digits) {
            let whole = |c: char| c.is_ascii_digit() || c == '_';
            let before = text[..at].trim_end_matches(['"', '\\', '\'', ' ', ':']);
            let inside = text[..at].ends_with(whole) || text[at + digits.len()..].starts_with(whole);
            let is_answer = before.ends_with("expires_in");
            if !inside && (is_answer || !kept) && !before.ends_with("millis(") {
                edits.push((Span::new(start + at, start + at + digits.len()), new.clone()));
            }
        }
    }
    edits
}

/// A number of milliseconds in seconds.
fn seconds(digits: &str) -> Option<String> {
    let number: u64 = digits.replace('_', "").parse().ok()?;
    (number > FEWEST_MILLISECONDS).then(|| (number / 1000).to_string())
}
