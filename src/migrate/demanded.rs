//! Lists of settings that code asks for by name: what only the JWT needed is no more asked for.
//!
//! `for (const key of ['client_id', 'client_secret', 'private_key']) if (!params[key]) throw …`

use super::draft::Draft;
use super::{entries, java, sweep, typed};
use crate::analyze::{ExprRef, Place, Program, Unit};
use crate::ir::{ExprKind, How, Key};
use crate::rules::{ConfigWords, Rules, normal_key};
use crate::text::{FileId, Overlap, Span};

/// Takes out of such lists the names that only bytes that went away read. A list counts that names one of the JWT's own
/// settings, and one that stays.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn take_out(program: &Program, rules: &Rules, draft: &mut Draft) -> Result<(), Overlap> {
    let files: Vec<FileId> = draft.gone.keys().copied().collect();
    for file in files.into_iter().filter(|file| !typed::is_typed(program, *file) && !java::is_java(program, *file)) {
        let Some(unit) = program.unit(file) else { continue };
        for list in unit.module.expr_ids() {
            one(program, rules, unit, ExprRef { file, expr: list }, draft)?;
        }
    }
    Ok(())
}

fn one(program: &Program, rules: &Rules, unit: &Unit, list: ExprRef, draft: &mut Draft) -> Result<(), Overlap> {
    let module = &unit.module;
    let ExprKind::List(items) = module.kind(list.expr) else { return Ok(()) };
    let span = module.expr(list.expr).span;
    let touched = draft.edits.get(&list.file).is_some_and(|edits| edits.touches(span));
    let names: Option<Vec<String>> = items.iter().map(|item| module.literal(item.value)).collect();
    let Some(names) = names.filter(|names| names.len() > 1 && !touched) else { return Ok(()) };
    if !names.iter().any(|name| is_jwts(&rules.adobe.config, name)) {
        return Ok(());
    }
    let uses: Vec<Use> = names.iter().map(|name| Use::of(program, list.file, name, draft)).collect();
    let goes: Vec<bool> = uses.iter().map(|used| *used == Use::Gone).collect();
    let ours = names.iter().zip(&goes).any(|(name, goes)| *goes && is_jwts(&rules.adobe.config, name));
    // One that is left alone would be no list in Python: `("client_id")`.
    if !ours || !uses.contains(&Use::Stays) || goes.iter().filter(|goes| !**goes).count() < 2 {
        return Ok(());
    }
    let spans: Vec<Span> = items.iter().map(|item| module.expr(item.value).outer).collect();
    let kept: Vec<Span> = spans.iter().zip(&goes).filter(|(_, goes)| !**goes).map(|(span, _)| *span).collect();
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else { return Ok(()) };
    let inner = Span { start: first.start, end: last.end };
    if !program.slice(list.file, inner).contains('\n') {
        let joint = program.slice(list.file, Span { start: first.end, end: spans[1].start }).to_owned();
        let texts: Vec<&str> = kept.iter().map(|span| program.slice(list.file, *span)).collect();
        return draft.replace(Place { file: list.file, span: inner }, texts.join(&joint));
    }
    for (at, span) in spans.iter().enumerate().filter(|(at, _)| goes[*at]) {
        let previous = at.checked_sub(1).map(|before| spans[before]);
        let whole = entries::item_with_comma(program, list.file, previous, *span);
        draft.edits.entry(list.file).or_default().delete(whole)?;
        draft.gone.entry(list.file).or_default().push(*span);
    }
    Ok(())
}

/// What became of the reads of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// All went away.
    Gone,
    /// Some stay, or new text reads it.
    Stays,
    /// There never was one.
    None,
}

impl Use {
    fn of(program: &Program, file: FileId, name: &str, draft: &Draft) -> Self {
        let Some(unit) = program.unit(file) else { return Use::None };
        let module = &unit.module;
        let key = Key::Name(name.into());
        let reads = unit.mentions(name).filter(|id| unit.bind_of_place(*id).is_none()).map(|id| module.expr(id).span);
        let parts = module.binds.iter().filter(|bind| matches!(&bind.how, How::Part(path) if path.contains(&key)));
        let all: Vec<Span> = reads.chain(parts.map(|bind| bind.span)).collect();
        let stays = |span: &Span| !sweep::is_swept(draft, Place { file, span: *span });
        match () {
            () if draft.members.contains(name) || all.iter().any(stays) => Use::Stays,
            () if all.is_empty() => Use::None,
            () => Use::Gone,
        }
    }
}

/// Whether only the JWT credential, or its technical account, is told by a name.
fn is_jwts(words: &ConfigWords, name: &str) -> bool {
    let name = normal_key(name);
    [&words.private_key, &words.metascopes, &words.technical_account]
        .into_iter()
        .flatten()
        .any(|word| name.contains(word))
}
