//! Taking items out of lists with commas: names of imports and object patterns, declarators.

use super::Context;
use crate::ir::ExprId;
use crate::text::Span;

/// The whole piece (`a`, `a: b`) of an object pattern that binds `place`, if it can be taken out without changing what the
/// others get.
pub(super) fn of_pattern(context: &Context, place: ExprId) -> Option<Span> {
    let text = context.file.text();
    let span = context.module.expr(place).span;
    let before = text.get(..span.start as usize)?.trim_end();
    let after = text.get(span.end as usize..)?.trim_start();
    let start = match before.strip_suffix(':') {
        Some(key) => before_key(key.trim_end())?,
        None if before.ends_with(['{', ',']) => span.start as usize,
        None => return None,
    };
    let rest = enclosed(text, span)?.contains("...");
    (after.starts_with([',', '}']) && !rest).then(|| Span::new(start, span.end as usize))
}

/// Where the key that ends `text` begins, if it is a plain one.
fn before_key(text: &str) -> Option<usize> {
    let letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '\'' | '"' | '-');
    let start = text.trim_end_matches(letter);
    (start.len() < text.len() && start.trim_end().ends_with(['{', ','])).then_some(start.len())
}

/// The inside of the braces around `span`.
fn enclosed(text: &str, span: Span) -> Option<&str> {
    let mut depth = 0;
    let open = text.get(..span.start as usize)?.bytes().rposition(|byte| closes(byte, b'}', b'{', &mut depth))?;
    depth = 0;
    let tail = text.get(span.end as usize..)?;
    let close = tail.bytes().position(|byte| closes(byte, b'{', b'}', &mut depth))?;
    text.get(open + 1..span.end as usize + close)
}

/// Whether `byte` is the bracket `wanted` that no `other` on the way pairs with.
fn closes(byte: u8, other: u8, wanted: u8, depth: &mut u32) -> bool {
    if byte == other {
        *depth += 1;
    } else if byte == wanted {
        if *depth == 0 {
            return true;
        }
        *depth -= 1;
    }
    false
}

/// The bytes to delete so that the items marked in `items` (all items of the list, in order) go, with their commas.
/// Empty where no tidy way is known; at least one item must stay.
pub(super) fn cuts(context: &Context, items: &[(Span, bool)]) -> Vec<Span> {
    let mut cuts = vec![];
    let mut at = 0;
    while at < items.len() {
        let end = at + items[at..].iter().take_while(|(_, goes)| *goes).count();
        if end > at {
            let before = at.checked_sub(1).map(|index| items[index].0);
            let run: Vec<Span> = items[at..end].iter().map(|(span, _)| *span).collect();
            cuts.extend(cut_run(context, before, &run, items.get(end).map(|(span, _)| *span)));
        }
        at = end + 1;
    }
    cuts
}

fn cut_run(context: &Context, before: Option<Span>, run: &[Span], after: Option<Span>) -> Vec<Span> {
    let text = context.file.text();
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return vec![] };
    let between = |from: u32, to: u32| text.get(from as usize..to as usize).unwrap_or_default();
    if let Some(lines) = run.iter().map(|item| own_lines(context, *item)).collect::<Option<Vec<Span>>>() {
        return lines;
    }
    match (before, after) {
        // `import Default, { gone }` leaves `import Default`.
        (Some(before), None) if between(before.end, first.start).contains('{') => {
            let close = text.get(last.end as usize..).and_then(|rest| rest.find('}'));
            close.map(|close| Span { start: before.end, end: last.end + close as u32 + 1 }).into_iter().collect()
        }
        (_, Some(after)) if between(last.end, after.start).contains('{') => {
            let open = between(last.end, after.start).find('{').unwrap_or_default() as u32;
            let shared = before.is_some_and(|before| between(before.end, first.start).contains(','));
            if shared { vec![] } else { vec![Span { start: first.start, end: last.end + open }] }
        }
        (_, Some(after)) if between(last.end, after.start).contains('}') => match before {
            Some(before) if !between(before.end, first.start).contains('{') => {
                vec![Span { start: before.end, end: last.end }]
            }
            _ => vec![],
        },
        (_, Some(after)) => vec![Span { start: first.start, end: after.start }],
        (Some(before), None) => after_kept(context, before, *first, *last),
        (None, None) => vec![],
    }
}

/// The last items of a list go with the comma before them; comments that follow that comma stay.
fn after_kept(context: &Context, before: Span, first: Span, last: Span) -> Vec<Span> {
    let gap = Span { start: before.end, end: first.start };
    match context.module.comments.iter().filter(|comment| gap.contains(**comment)).max() {
        None => vec![Span { start: before.end, end: last.end }],
        Some(comment) => {
            let comma = context.file.slice(gap).find(',').unwrap_or_default() as u32 + before.end;
            vec![Span { start: comma, end: comma + 1 }, Span { start: comment.end, end: last.end }]
        }
    }
}

/// The lines of an item that shares them with nothing but its comma and a comment behind it.
fn own_lines(context: &Context, item: Span) -> Option<Span> {
    let lines = context.file.lines();
    let first = lines.line_span(lines.line_of(item.start as usize));
    let last = lines.line_span(lines.line_of(item.end as usize));
    let head = context.file.slice(Span { start: first.start, end: item.start });
    let tail = context.file.slice(Span { start: item.end, end: last.end }).trim_start().strip_prefix(',')?.trim();
    let comment = tail.is_empty() || tail.starts_with(context.syntax.comment);
    (head.trim().is_empty() && comment).then(|| first.join(last))
}
