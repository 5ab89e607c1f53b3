//! Comprehensions and generator expressions.

use super::Lowering;
use crate::ir::build::Builder;
use crate::ir::{ExprId, ExprKind, How, ScopeId, ScopeKind};
use crate::lang::tree;
use crate::text::Span;
use tree_sitter::Node;

impl Lowering<'_> {
    /// `span` is given because the parentheses of a lone generator argument belong to the call.
    pub(super) fn comprehension(&mut self, b: &mut Builder, node: Node, span: Span) -> ExprId {
        let outer = b.scope();
        let kind = b.in_scope(ScopeKind::Block, span, |b, scope| {
            let mut record = None;
            let mut element = None;
            let body = tree::field(node, "body");
            match body.filter(|body| body.kind() == "pair") {
                Some(pair) => {
                    let key = tree::field(pair, "key").map(|key| self.expr(b, key));
                    record = key.zip(tree::field(pair, "value").map(|value| self.expr(b, value)));
                }
                None => element = body.map(|body| self.expr(b, body)),
            }
            let mut children = vec![];
            let clauses = tree::named(node).into_iter().filter(|clause| Some(*clause) != body);
            for (position, clause) in clauses.enumerate() {
                // The first iterable is read outside, all else inside.
                let reads = if position == 0 { outer } else { scope };
                children.extend(self.clause(b, clause, scope, reads));
            }
            ExprKind::Comprehension { record, element, children }
        });
        b.expr(span, kind)
    }

    /// One `for … in …` or `if …`.
    fn clause(&mut self, b: &mut Builder, clause: Node, scope: ScopeId, reads: ScopeId) -> Vec<ExprId> {
        let (Some(left), [right, more @ ..]) = (tree::field(clause, "left"), &*tree::fields(clause, "right")) else {
            return tree::named(clause).into_iter().map(|part| self.expr(b, part)).collect();
        };
        let target = self.target(b, left);
        let value = b.in_scope_of(reads, |b| {
            let span = more.last().map_or(tree::span(*right), |last| tree::span(*right).join(tree::span(*last)));
            if more.is_empty() { self.expr(b, *right) } else { self.list_of(b, span, tree::fields(clause, "right")) }
        });
        let whole = b.module.expr(target).outer.join(b.module.expr(value).outer);
        self.bind_target_in(b, Some(scope), target, Some(value), &How::Each, whole);
        vec![target, value]
    }
}
