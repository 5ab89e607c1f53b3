//! Java: what was done only where the JWT was there is done always, and what told of it goes.

use super::{Candidate, Scene};
use crate::ir::{BlockId, ExprId, StmtId, StmtKind};
use crate::migrate::cleanup;
use crate::migrate::draft::Draft;
use crate::migrate::java;
use crate::text::Span;
use std::collections::BTreeSet;

impl Scene<'_> {
    /// A statement that only tells somebody about worthless values.
    pub(super) fn told(&self, stmt: StmtId) -> Option<Candidate> {
        let args = self.unit.is_open().then(|| cleanup::told(self.context, stmt)).flatten()?;
        let mut looks_at = BTreeSet::new();
        args.iter().try_for_each(|arg| self.looks_at(*arg, &mut looks_at))?;
        Some(Candidate { stmt, side: None, of: None, goes: true, looks_at, writes: BTreeSet::new() })
    }

    /// `Assert.hasText(settings.getKey(), "…");`, `assert settings.key`, which do nothing but refuse.
    pub(super) fn demanded(&self, stmt: StmtId) -> Option<Candidate> {
        let record = self.unit.module.stmt(stmt);
        let demanded = match (record.exprs.as_slice(), record.kind) {
            ([expr], StmtKind::Expr) if self.unit.is_open() => java::demanded(&self.unit.module, *expr)?,
            ([expr, ..], StmtKind::Other) if self.program.slice(self.file, record.span).starts_with("assert ") => *expr,
            _ => return None,
        };
        let mut looks_at = BTreeSet::new();
        self.looks_at(demanded, &mut looks_at)?;
        Some(Candidate { stmt, side: None, of: None, goes: true, looks_at, writes: BTreeSet::new() })
    }

    /// `if (jwt != null && !jwt.isEmpty()) { … }`, where nothing is done without the JWT: its block takes its place.
    pub(super) fn open(&self, stmt: StmtId, sides: &[ExprId], draft: &mut Draft) {
        let module = &self.unit.module;
        let record = module.stmt(stmt);
        let Some((body, rest)) = record.blocks.split_first() else { return };
        let refuses = |block: &BlockId| {
            let inner = &module.block(*block).stmts;
            inner.iter().all(|stmt| cleanup::is_refusal(self.context, *stmt))
        };
        let there = sides.iter().all(|side| java::asks_presence(self.program, self.file, *side));
        let inner = module.block(*body).span;
        let braces = self.program.slice(self.file, inner).starts_with('{');
        if !self.unit.is_open() || !braces || !there || !rest.iter().all(refuses) {
            return;
        }
        let around =
            [Span { start: record.span.start, end: inner.start }, Span { start: inner.end, end: record.span.end }];
        draft.gone.entry(self.file).or_default().extend(around.iter().filter(|span| !span.is_empty()));
        draft.opened.push((self.file, stmt));
    }
}
