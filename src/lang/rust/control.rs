//! `if`, `match` and loops, as statements and as values.

use super::{Lowering, at, between, loose, span_of};
use crate::ir::build::Builder;
use crate::ir::{ExprId, ExprKind, How, ScopeKind, StmtKind};
use crate::lang::tree;
use crate::text::Span;
use syn::{Expr, Pat};

impl Lowering<'_> {
    pub(super) fn if_statement(&mut self, b: &mut Builder, node: &syn::ExprIf, span: Span) {
        b.in_stmt(span, StmtKind::If, |b, _| {
            // What the condition binds is seen in the first branch.
            let head = Span::new(span.start as usize, between(&node.then_branch.brace_token.span).end as usize);
            let condition = b.in_scope(ScopeKind::Block, head, |b, _| {
                let condition = self.expr(b, &node.cond);
                self.block(b, &node.then_branch);
                condition
            });
            match node.else_branch.as_ref().map(|(_, branch)| &**branch) {
                Some(Expr::If(next)) => self.else_if(b, next),
                Some(Expr::Block(last)) => {
                    self.block(b, &last.block);
                }
                _ => {}
            }
            vec![condition]
        });
    }

    fn else_if(&mut self, b: &mut Builder, node: &syn::ExprIf) {
        let span = span_of(node);
        if self.depth.enter() {
            b.in_block(span, None, |b, _| self.if_statement(b, node, span));
            self.depth.leave();
        } else {
            b.gap(span, tree::TOO_DEEP);
        }
    }

    /// `if` as a value: one of its branches'.
    pub(super) fn if_value(&mut self, b: &mut Builder, node: &syn::ExprIf) -> ExprId {
        let from = at(node.if_token.span);
        let then = between(&node.then_branch.brace_token.span);
        let (test, first) = b.in_scope(ScopeKind::Block, from.join(then), |b, _| {
            (self.expr(b, &node.cond), self.block_value(b, &node.then_branch))
        });
        match node.else_branch.as_ref() {
            Some((_, other)) => {
                let other = self.expr(b, other);
                let span = from.join(b.module.expr(other).outer);
                b.expr(span, ExprKind::Choice { options: vec![first, other], tested: Some(test) })
            }
            None => b.expr(from.join(then), ExprKind::Opaque(vec![test, first])),
        }
    }

    pub(super) fn match_statement(&mut self, b: &mut Builder, node: &syn::ExprMatch, span: Span) {
        b.in_stmt(span, StmtKind::Other, |b, _| {
            let subject = self.expr(b, &node.expr);
            for arm in &node.arms {
                let arm_span = span_of(arm);
                b.in_scope(ScopeKind::Block, arm_span, |b, _| {
                    self.arm_pattern(b, &arm.pat, subject);
                    match &*arm.body {
                        Expr::Block(body) => {
                            self.block(b, &body.block);
                        }
                        body => {
                            let inner = span_of(body);
                            b.in_block(inner, None, |b, _| self.expression_statement(b, body, inner));
                        }
                    }
                });
            }
            vec![subject]
        });
    }

    /// `match` as a value: one of its arms'.
    pub(super) fn match_value(&mut self, b: &mut Builder, node: &syn::ExprMatch) -> ExprId {
        let subject = self.expr(b, &node.expr);
        let options = node.arms.iter().map(|arm| {
            b.in_scope(ScopeKind::Block, span_of(arm), |b, _| {
                self.arm_pattern(b, &arm.pat, subject);
                self.expr(b, &arm.body)
            })
        });
        let options = options.collect();
        let span = at(node.match_token.span).join(between(&node.brace_token.span));
        b.expr(span, ExprKind::Choice { options, tested: Some(subject) })
    }

    fn arm_pattern(&mut self, b: &mut Builder, pattern: &Pat, subject: ExprId) {
        self.bound_to(b, pattern, subject, &How::Assign);
    }

    /// Binds a pattern that stands apart from its value.
    fn bound_to(&mut self, b: &mut Builder, pattern: &Pat, value: ExprId, how: &How) {
        self.pattern(b, pattern, Some(value), how, span_of(pattern));
    }

    pub(super) fn for_loop(&mut self, b: &mut Builder, node: &syn::ExprForLoop, span: Span) {
        b.in_stmt(span, StmtKind::Loop, |b, _| {
            let value = self.expr(b, &node.expr);
            let body = Span::new(at(node.for_token.span).start as usize, span.end as usize);
            b.in_scope(ScopeKind::Block, body, |b, _| {
                let whole = span_of(&node.pat).join(b.module.expr(value).outer);
                self.pattern(b, &node.pat, Some(value), &How::Each, whole);
                self.block(b, &node.body);
            });
            vec![value]
        });
    }

    pub(super) fn while_loop(&mut self, b: &mut Builder, node: &syn::ExprWhile, span: Span) {
        b.in_stmt(span, StmtKind::Loop, |b, _| {
            b.in_scope(ScopeKind::Block, span, |b, _| {
                let condition = self.expr(b, &node.cond);
                self.block(b, &node.body);
                vec![condition]
            })
        });
    }

    /// `let pattern = value` in a condition: the value; what it binds is seen from here on.
    pub(super) fn let_condition(&mut self, b: &mut Builder, node: &syn::ExprLet) -> ExprId {
        let value = self.expr(b, &node.expr);
        let whole = span_of(&node.pat).join(b.module.expr(value).outer);
        self.pattern(b, &node.pat, Some(value), &How::Assign, whole);
        b.expr(at(node.let_token.span).join(whole), ExprKind::Opaque(vec![value]))
    }

    /// A loop as a value: nothing is known of it, but its statements count.
    pub(super) fn loop_value(&mut self, b: &mut Builder, expr: &Expr) -> ExprId {
        let span = span_of(expr);
        let mut parts = vec![];
        match expr {
            Expr::Loop(node) => {
                self.block(b, &node.body);
            }
            Expr::While(node) => b.in_scope(ScopeKind::Block, span, |b, _| {
                parts.push(self.expr(b, &node.cond));
                self.block(b, &node.body);
            }),
            Expr::ForLoop(node) => {
                let value = self.expr(b, &node.expr);
                b.in_scope(ScopeKind::Block, span, |b, _| {
                    self.pattern(b, &node.pat, None, &How::Each, span_of(&node.pat));
                    self.block(b, &node.body);
                });
                parts.push(value);
            }
            _ => {}
        }
        b.expr(span, ExprKind::Opaque(parts))
    }

    /// A part that is only read.
    pub(super) fn read(&mut self, b: &mut Builder, expr: &Expr) {
        let id = self.expr(b, expr);
        loose(b, id);
    }
}
