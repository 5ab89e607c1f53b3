//! An address that is a setting: it is changed where it is set, as far as that is in view.

use crate::analyze::{ExprRef, Follow, Part, Parts, Place, Program};
use crate::config;
use crate::ir::ExprKind;
use crate::migrate::draft::Draft;
use crate::rules::Adobe;
use crate::text::{FileId, Overlap, Span};

/// Changes the settings that a program reads its address from.
///
/// # Errors
/// [`Overlap`] where another edit is there.
pub(super) fn setting(
    program: &Program,
    adobe: &Adobe,
    at: Place,
    url: &Parts,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    let Some(Part::Unknown(gap)) = url.0.last() else {
        draft.manual(
            at,
            format!("the address of the exchange is not in one literal: make it end in {}", adobe.token_path),
        );
        return Ok(());
    };
    let names = names(program, *gap);
    let mut changed = vec![];
    let may_change = |file: &FileId| {
        let note = program.notes.get(file.0 as usize).copied().unwrap_or_default();
        !note.ignored && note.generated.is_none() && config::format_of(&program.file(*file).path).is_some()
    };
    for file in program.file_ids().filter(may_change) {
        for span in lines(program, adobe, file, &names) {
            let path = &program.file(file).path;
            draft.edits.entry(file).or_default().replace(span, adobe.token_path.trim_matches('/'))?;
            if !changed.contains(path) {
                changed.push(path.clone());
            }
        }
    }
    let token_path = &adobe.token_path;
    if changed.is_empty() {
        let source = program.source(*gap).lines().next().unwrap_or_default();
        draft.review(at, format!("the address is a setting, `{source}`: make it end in {token_path} where it is set"));
        return Ok(());
    }
    let step = format!(
        "The address in {} ends in {token_path} now: change it wherever else these settings are kept.",
        changed.join(", ")
    );
    if !draft.steps.contains(&step) {
        draft.steps.push(step);
    }
    Ok(())
}

/// What a setting may be called: the texts that a look-up is given, the getter's name, the last name of a path.
pub(super) fn names(program: &Program, gap: ExprRef) -> Vec<String> {
    let mut names = vec![];
    for origin in program.origins(gap, Follow::ALL) {
        names.extend(origin.path.last().map(|name| name.to_string()));
    }
    for place in program.origins(gap, Follow::ALL).into_iter().map(|origin| origin.expr).chain([gap]) {
        let module = program.module(place.file);
        let mut at = place.expr;
        // `settings.get("metascopes").split(",")`, `params.metascopes.split(",")`
        while let ExprKind::Call { args, callee, .. } = module.kind(at) {
            names.extend(args.iter().filter_map(|arg| module.literal(arg.value)));
            let ExprKind::Member { base, name, .. } = module.kind(*callee) else { break };
            names.push(name.trim_start_matches("get").to_owned());
            at = *base;
        }
        match module.kind(at) {
            ExprKind::Member { name, .. } => names.push(name.to_string()),
            ExprKind::Index { index, .. } => names.extend(module.literal(*index)),
            _ => {}
        }
    }
    names.retain(|name| name.len() > 2);
    names
}

/// The exchange's path on lines that begin with one of the names.
fn lines(program: &Program, adobe: &Adobe, file: FileId, names: &[String]) -> Vec<Span> {
    let text = program.file(file).text();
    let mut found = vec![];
    if names.is_empty() || !adobe.exchange_paths.iter().any(|path| text.contains(path.as_str())) {
        return found;
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let key: String =
            line.split(['=', ':']).next().unwrap_or_default().chars().filter(|c| c.is_alphanumeric()).collect();
        let is_it = |name: &String| {
            let plain: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
            key.eq_ignore_ascii_case(&plain)
        };
        let path = adobe.exchange_paths.iter().filter_map(|path| line.find(path.as_str()).map(|at| (at, path.len())));
        if let Some((at, length)) = path.max_by_key(|(_, length)| *length).filter(|_| names.iter().any(is_it)) {
            let end = at + length + usize::from(line[at + length..].starts_with('/'));
            found.push(Span::new(start + at, start + end));
        }
        start += line.len();
    }
    found
}
