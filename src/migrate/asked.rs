//! Types that go on asking for what went: members of records, bodies of functions. The compiler would miss it.

use super::draft::Draft;
use super::entries;
use super::sweep::is_swept;
use crate::analyze::{Place, Program, Unit};
use crate::ir::{ExprKind, StmtId, StmtKind};
use crate::text::{FileId, Overlap, Span};
use std::collections::BTreeSet;

/// Takes members out of types where no record has them any more, and lets records lack them where some have.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn follow(program: &Program, draft: &mut Draft) -> Result<(), Overlap> {
    let (mut lost, mut kept) = (BTreeSet::new(), BTreeSet::new());
    for (file, unit) in program.units() {
        let goes = |span: Span| is_swept(draft, Place { file, span });
        for expr in &unit.module.exprs {
            let ExprKind::Record(entries) = &expr.kind else { continue };
            for entry in entries {
                let Some(name) = entry.key.and_then(|key| unit.module.literal(key)) else { continue };
                match goes(entry.span) {
                    true if !goes(expr.span) => drop(lost.insert(name)),
                    true => {}
                    false => drop(kept.insert(name)),
                }
            }
        }
    }
    if lost.is_empty() {
        return Ok(());
    }
    for (file, unit) in program.units() {
        let mut before: Option<Span> = None;
        for asked in &unit.module.types.asked {
            let previous = before.replace(asked.span).filter(|before| before.end <= asked.span.start);
            let goes = draft.gone.get(&file).is_some_and(|gone| gone.iter().any(|gone| gone.overlaps(asked.span)));
            if goes || !lost.contains(&*asked.name) {
                continue;
            }
            if kept.contains(&*asked.name) {
                if !asked.is_optional {
                    draft.insert(file, asked.name_span.end as usize, "?")?;
                }
                continue;
            }
            let text = program.file(file).text();
            let rest = &text[asked.span.end as usize..];
            let end = asked.span.end + u32::from(rest.starts_with(';'));
            let span = entries::item_with_comma(program, file, previous, Span { start: asked.span.start, end });
            let span = with_doc(program, file, span);
            draft.replace(Place { file, span }, "")?;
            draft.gone.entry(file).or_default().push(asked.span);
        }
    }
    Ok(())
}

/// Whole lines with the documentation that stands above them.
fn with_doc(program: &Program, file: FileId, span: Span) -> Span {
    let source = program.file(file);
    let before = source.slice(Span { start: 0, end: span.start });
    let whole = before.is_empty() || before.ends_with('\n');
    let Some(start) = before.trim_end().strip_suffix("*/").and_then(|doc| doc.rfind("/**")).filter(|_| whole) else {
        return span;
    };
    let line = source.lines().line_span(source.lines().line_of(start));
    let alone = source.slice(Span { start: line.start, end: start as u32 }).trim().is_empty();
    if alone { Span { start: line.start, end: span.end } } else { span }
}

/// Takes the types that a file declared for itself, and that only what goes (`away`) named. Says whether there were any.
pub(super) fn own(
    unit: &Unit,
    file: FileId,
    away: &[Span],
    (gone, own): (&mut Vec<Span>, &mut Vec<StmtId>),
    draft: &mut Draft,
) -> bool {
    let module = &unit.module;
    let goes = |span: Span| away.iter().any(|away| away.contains(span));
    let found = module.types.own.iter().filter(|(stmt, name)| {
        let is_part =
            |(part, other): &(StmtId, Box<str>), span| other == name && module.stmt(*part).span.contains(span);
        let within = |span: Span| module.types.own.iter().any(|part| is_part(part, span));
        let reads = unit.reads_of(name);
        let mut reads = reads.map(|id| module.expr(id).span).filter(|span| !within(*span)).peekable();
        !goes(module.stmt(*stmt).span) && reads.peek().is_some() && reads.all(goes)
    });
    let found: Vec<StmtId> = found.map(|(stmt, _)| *stmt).collect();
    gone.extend(found.iter().map(|stmt| module.stmt(*stmt).span));
    own.extend(&found);
    draft.stmts.entry(file).or_default().extend(&found);
    !found.is_empty()
}

/// Takes the signatures of functions that go. Says whether there were any.
pub(super) fn signatures(
    unit: &Unit,
    file: FileId,
    stmts: &[StmtId],
    (gone, own): (&mut Vec<Span>, &mut Vec<StmtId>),
    draft: &mut Draft,
) -> bool {
    let module = &unit.module;
    let goes = |name: &str, signature: StmtId| {
        stmts.iter().any(|stmt| match module.stmt(*stmt).kind {
            StmtKind::Function(function) => {
                module.function(function).name.as_deref() == Some(name)
                    && module.stmt(*stmt).block == module.stmt(signature).block
            }
            _ => false,
        })
    };
    let all = module.types.signatures.iter();
    let found: Vec<StmtId> = all.filter(|(stmt, name)| goes(name, *stmt)).map(|(stmt, _)| *stmt).collect();
    gone.extend(found.iter().map(|stmt| module.stmt(*stmt).span));
    own.extend(&found);
    draft.stmts.entry(file).or_default().extend(&found);
    !found.is_empty()
}
