//! Arms of a `match` for a variant that goes.

use super::is_gone;
use super::mentions::Mention;
use crate::analyze::Program;
use crate::ir::{Declared, ExprKind, ScopeKind};
use crate::migrate::draft::Draft;
use crate::text::{FileId, Span};

/// The arms that a variant has where it is still said, if it is said nowhere else and each `match` keeps others.
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
    let own = module.scopes.iter().find(|scope| {
        scope.kind == ScopeKind::Block
            && scope.span.start == mention.span.start
            && pattern(program, mention.file, scope.span).is_some_and(|pattern| !pattern.contains('|'))
    })?;
    let mut others = module.scopes.iter().filter(|scope| scope.parent == own.parent && scope.span != own.span);
    let stays = others.any(|scope| {
        scope.kind == ScopeKind::Block
            && !is_gone(draft, mention.file, scope.span)
            && pattern(program, mention.file, scope.span).is_some_and(|pattern| pattern.trim() != "_")
    });
    stays.then_some(own.span)
}

/// What stands before the arrow, if a scope is an arm.
fn pattern(program: &Program, file: FileId, arm: Span) -> Option<&str> {
    let text = program.slice(file, arm);
    let word = text.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let (pattern, _) = text.split_once("=>")?;
    (!matches!(word, "" | "if" | "for" | "while" | "loop" | "match") || text.starts_with(['_', '"'])).then_some(pattern)
}
