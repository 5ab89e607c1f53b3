//! Arms of a `match` for a variant that goes.

use super::is_gone;
use super::mentions::Mention;
use crate::analyze::Program;
use crate::ir::{Declared, ExprKind, ScopeKind};
use crate::migrate::draft::Draft;
use crate::text::{FileId, Span};

/// The arms, or patterns of arms, that a variant has where it is still said, if it is said nowhere else and each `match`
/// keeps others.
pub(super) fn arms(
    program: &Program,
    said: &[Mention],
    file: FileId,
    member: &Declared,
    draft: &Draft,
) -> Option<Vec<(FileId, Span)>> {
    let class = program.module(file).class(member.class).name.as_deref()?;
    let left = said.iter().filter(|mention| !mention.gone && !is_gone(draft, mention.file, mention.span));
    left.map(|mention| Some((mention.file, arm(program, mention, class, draft)?))).collect()
}

fn arm(program: &Program, mention: &Mention, class: &str, draft: &Draft) -> Option<Span> {
    let module = program.module(mention.file);
    let ExprKind::Member { base, .. } = module.kind(mention.expr?) else { return None };
    let (ExprKind::Name(named) | ExprKind::Member { name: named, .. }) = module.kind(*base) else { return None };
    if &**named != class && &**named != "Self" {
        return None;
    }
    let arms = module.scopes.iter().filter(|scope| scope.kind == ScopeKind::Block && scope.span.contains(mention.span));
    let (own, head) = arms
        .filter_map(|scope| Some((scope, pattern(program, mention.file, scope.span)?)))
        .filter(|(scope, head)| mention.span.end as usize <= scope.span.start as usize + head.len())
        .min_by_key(|(scope, _)| scope.span.len())?;
    if head.contains('|') {
        return case(head, own.span.start as usize, mention.span);
    }
    let mut others = module.scopes.iter().filter(|scope| scope.parent == own.parent && scope.span != own.span);
    let stays = others.any(|scope| {
        scope.kind == ScopeKind::Block
            && !is_gone(draft, mention.file, scope.span)
            && pattern(program, mention.file, scope.span).is_some_and(|pattern| pattern.trim() != "_")
    });
    stays.then_some(own.span)
}

/// One of several patterns of an arm, with the bar that parts it from the others.
fn case(head: &str, start: usize, mention: Span) -> Option<Span> {
    let mut depth = 0i32;
    let mut bars = vec![];
    for (at, c) in head.char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '|' if depth == 0 => bars.push(at),
            '|' => return None,
            _ => {}
        }
    }
    let (from, to) = (mention.start as usize - start, mention.end as usize - start);
    let before = bars.iter().rfind(|bar| **bar < from);
    let after = bars.iter().find(|bar| **bar >= to);
    let span = match (before, after) {
        (Some(before), after) => {
            let end = after.map_or(head.len(), |after| *after);
            Span::new(head[..*before].trim_end().len(), head[..end].trim_end().len())
        }
        (None, Some(after)) => {
            let rest = &head[after + 1..];
            Span::new(0, after + 1 + rest.len() - rest.trim_start().len())
        }
        (None, None) => return None,
    };
    (!head.contains(" if ")).then(|| Span::new(start + span.start as usize, start + span.end as usize))
}

/// What stands before the arrow, if a scope is an arm.
fn pattern(program: &Program, file: FileId, arm: Span) -> Option<&str> {
    let text = program.slice(file, arm);
    let word = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let (pattern, _) = text.split_once("=>")?;
    (!matches!(word, "" | "if" | "for" | "while" | "loop" | "match") || text.starts_with(['_', '"'])).then_some(pattern)
}
