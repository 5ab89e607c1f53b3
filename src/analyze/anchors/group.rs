//! Which path, field and request belong to one exchange.

use super::sight::What;
use super::{File, line_of};
use crate::analyze::Program;
use crate::lang::lexical::Words;
use crate::rules::AnchorLibrary;
use crate::text::Span;

/// Lines over which fields, or a field and a path, are taken for parts of one exchange.
const NEAR: usize = 8;
/// Lines in which the request comes after the field.
const AFTER: usize = 10;
/// Lines between a path and a request where no field is in view.
const BESIDE: usize = 3;

/// An exchange by its parts.
pub(super) struct Group<'r> {
    /// From the first part to the last.
    pub(super) span: Span,
    /// The field is among them.
    pub(super) field: Option<Span>,
    /// A path is among them.
    pub(super) path: Option<Span>,
    /// What sends the request.
    pub(super) request: Option<&'r AnchorLibrary>,
}

/// The exchanges of a file, by place.
pub(super) fn groups<'r>(program: &Program, file: &File<'r>) -> Vec<Group<'r>> {
    let line = |span: Span| line_of(program, file.id, span);
    let spans = |wanted: fn(&What<'_>) -> bool| -> Vec<Span> {
        file.sights.iter().filter(|sight| wanted(&sight.what)).map(|sight| sight.span).collect()
    };
    let paths = spans(|what| matches!(what, What::Path | What::Tail));
    let requests: Vec<(usize, Span, &AnchorLibrary)> = file
        .sights
        .iter()
        .filter_map(|sight| match sight.what {
            What::Request(library) => Some((line(sight.span), sight.span, library)),
            _ => None,
        })
        .collect();
    let mut fields: Vec<(Span, Span)> = vec![];
    for field in spans(|what| matches!(what, What::Field)) {
        match fields.last_mut() {
            Some((_, last)) if line(field).abs_diff(line(*last)) <= NEAR => *last = field,
            _ => fields.push((field, field)),
        }
    }
    let mut groups = vec![];
    for (first, last) in fields {
        let mut span = first.join(last);
        let (top, bottom) = (line(first), line(last));
        let upto = requests.partition_point(|(at, ..)| *at <= top);
        let before = requests[..upto].last().filter(|(at, ..)| top - at <= NEAR);
        let from = requests.partition_point(|(at, ..)| *at < bottom);
        let after = requests.get(from).filter(|(at, ..)| at - bottom <= AFTER);
        // A shell names the program first and what it sends behind it.
        let request = match file.lexicon.words {
            Words::Bare => before.or(after),
            _ => after.or(before),
        };
        span = request.map_or(span, |(_, at, _)| span.join(*at));
        let (top, bottom) = (line(span), line(Span::empty(span.end as usize)));
        let from = paths.partition_point(|path| line(*path) + NEAR < top);
        let path = paths.get(from).copied().filter(|path| line(*path) <= bottom + NEAR);
        span = path.map_or(span, |path| span.join(path));
        groups.push(Group { span, field: Some(first), path, request: request.map(|(.., library)| *library) });
    }
    let whole = groups.iter().all(|group| group.path.is_some());
    let fields = groups.len();
    for path in paths.into_iter().filter(|_| whole) {
        let top = line(path);
        let from = requests.partition_point(|(at, ..)| *at + BESIDE < top);
        let near = requests.get(from).filter(|(at, ..)| *at <= top + BESIDE);
        if let Some((_, at, library)) = near.filter(|_| !is_within(&groups[..fields], path)) {
            groups.push(Group { span: path.join(*at), field: None, path: Some(path), request: Some(library) });
        }
    }
    groups.sort_by_key(|group| group.span);
    groups
}

/// Whether a place lies in one of the groups, which are in order.
pub(super) fn is_within(groups: &[Group<'_>], span: Span) -> bool {
    let upto = groups.partition_point(|group| group.span.start <= span.start);
    // Those before may reach over the last one.
    groups[..upto].iter().rev().take(4).any(|group| group.span.contains(span))
}
