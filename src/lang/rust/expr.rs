//! Expressions.

use super::{Lowering, at, between, span_of};
use crate::ir::build::Builder;
use crate::ir::{ExprId, ExprKind, Item};
use crate::text::Span;
use syn::{Expr, Lit, Member};

impl Lowering<'_> {
    /// Lowers an expression. What has no common form is opaque, with its parts. `?`, `.await`, `&`, `*`, casts and
    /// parentheses are transparent.
    pub(super) fn expr(&mut self, b: &mut Builder, expr: &Expr) -> ExprId {
        if !self.depth.enter() {
            return self.too_deep(b, span_of(expr));
        }
        // Chains nest to the left, however long they are: one level of recursion.
        let mut chain = vec![];
        let mut first = expr;
        while let Some(left) = left_of(first) {
            chain.push(first);
            first = left;
        }
        let mut id = self.any(b, first);
        for step in chain.into_iter().rev() {
            id = self.step(b, id, step);
        }
        self.depth.leave();
        id
    }

    /// What follows a value: `.method(…)`, `.field`, `[…]`, `(…)`, `?`, `.await`, `as T`, an operator.
    fn step(&mut self, b: &mut Builder, base: ExprId, expr: &Expr) -> ExprId {
        let from = b.module.expr(base).outer;
        match expr {
            Expr::MethodCall(node) => self.method_call(b, base, node),
            Expr::Call(node) => self.call(b, base, node),
            Expr::Field(node) => match &node.member {
                Member::Named(name) => {
                    let name_span = at(name.span());
                    let kind = ExprKind::Member { base, name: self.ident(name).into(), name_span };
                    b.expr(from.join(name_span), kind)
                }
                Member::Unnamed(index) => {
                    let span = at(index.span);
                    let position = b.expr(span, ExprKind::Number(self.text(span).into()));
                    b.expr(from.join(span), ExprKind::Index { base, index: position })
                }
            },
            Expr::Index(node) => {
                let index = self.expr(b, &node.index);
                b.expr(from.join(between(&node.bracket_token.span)), ExprKind::Index { base, index })
            }
            Expr::Try(node) => b.wrap(base, from.join(at(node.question_token.span)), false),
            Expr::Await(node) => b.wrap(base, from.join(at(node.await_token.span)), true),
            Expr::Cast(node) => {
                self.mention_type(b, &node.ty);
                b.wrap(base, from.join(span_of(&node.ty)), false)
            }
            Expr::Binary(node) => {
                let right = self.expr(b, &node.right);
                let op = span_of(&node.op);
                let span = from.join(b.module.expr(right).outer);
                b.expr(span, ExprKind::Binary { op: self.text(op).into(), left: base, right })
            }
            _ => base,
        }
    }

    fn any(&mut self, b: &mut Builder, expr: &Expr) -> ExprId {
        match expr {
            Expr::Lit(node) => self.literal(b, &node.lit),
            Expr::Path(node) => {
                if let Some(qualified) = &node.qself {
                    self.mention_type(b, &qualified.ty);
                }
                match node.path.get_ident() {
                    Some(ident) if ident == "None" => b.expr(at(ident.span()), ExprKind::Null),
                    _ => self.path(b, &node.path),
                }
            }
            Expr::Paren(node) => self.wrapped(b, &node.expr, between(&node.paren_token.span)),
            Expr::Group(node) => self.expr(b, &node.expr),
            Expr::Reference(node) => self.wrapped(b, &node.expr, at(node.and_token.span)),
            Expr::RawAddr(node) => self.wrapped(b, &node.expr, at(node.and_token.span)),
            Expr::Unary(node) => match &node.op {
                syn::UnOp::Deref(star) => self.wrapped(b, &node.expr, at(star.span)),
                _ => self.unary(b, node),
            },
            Expr::Array(node) => self.list(b, node.elems.iter(), between(&node.bracket_token.span)),
            Expr::Tuple(node) => self.list(b, node.elems.iter(), between(&node.paren_token.span)),
            Expr::Repeat(node) => {
                let parts = vec![self.expr(b, &node.expr), self.expr(b, &node.len)];
                b.expr(between(&node.bracket_token.span), ExprKind::Opaque(parts))
            }
            Expr::Struct(node) => self.struct_literal(b, node),
            Expr::Closure(node) => self.closure(b, node),
            Expr::Async(node) => self.async_block(b, node),
            Expr::Block(node) => self.block_value(b, &node.block),
            Expr::Unsafe(node) => self.labelled(b, &node.block, at(node.unsafe_token.span)),
            Expr::Const(node) => self.labelled(b, &node.block, at(node.const_token.span)),
            Expr::TryBlock(node) => self.labelled(b, &node.block, at(node.try_token.span)),
            Expr::If(node) => self.if_value(b, node),
            Expr::Match(node) => self.match_value(b, node),
            Expr::Let(node) => self.let_condition(b, node),
            Expr::Loop(_) | Expr::While(_) | Expr::ForLoop(_) => self.loop_value(b, expr),
            Expr::Macro(node) => self.macro_call(b, &node.mac),
            Expr::Return(node) => {
                let value = node.expr.as_ref().map(|value| self.expr(b, value));
                if let Some(value) = value {
                    self.returned(b, value);
                }
                self.parts(b, at(node.return_token.span), value.into_iter().collect())
            }
            Expr::Break(node) => {
                let value = node.expr.as_ref().map(|value| self.expr(b, value));
                self.parts(b, span_of(expr), value.into_iter().collect())
            }
            Expr::Yield(node) => {
                let value = node.expr.as_ref().map(|value| self.expr(b, value));
                self.parts(b, span_of(expr), value.into_iter().collect())
            }
            Expr::Assign(node) => {
                let parts = vec![self.expr(b, &node.left), self.expr(b, &node.right)];
                self.parts(b, span_of(expr), parts)
            }
            Expr::Range(node) => {
                let ends = node.start.iter().chain(&node.end).map(|end| self.expr(b, end)).collect();
                self.parts(b, span_of(expr), ends)
            }
            _ => b.expr(span_of(expr), ExprKind::Opaque(vec![])),
        }
    }

    /// Something without a common form.
    fn parts(&mut self, b: &mut Builder, span: Span, parts: Vec<ExprId>) -> ExprId {
        let span = parts.iter().fold(span, |all, part| all.join(b.module.expr(*part).outer));
        b.expr(span, ExprKind::Opaque(parts))
    }

    fn wrapped(&mut self, b: &mut Builder, inner: &Expr, with: Span) -> ExprId {
        let id = self.expr(b, inner);
        b.wrap(id, with, false)
    }

    fn labelled(&mut self, b: &mut Builder, block: &syn::Block, word: Span) -> ExprId {
        let id = self.block_value(b, block);
        b.wrap(id, word, false)
    }

    /// `-1` is a number; any other sign makes an opaque value.
    fn unary(&mut self, b: &mut Builder, node: &syn::ExprUnary) -> ExprId {
        let op = span_of(&node.op);
        if let (syn::UnOp::Neg(_), Expr::Lit(literal)) = (&node.op, &*node.expr) {
            let span = op.join(at(literal.lit.span()));
            return b.expr(span, ExprKind::Number(self.text(span).into()));
        }
        let inner = self.expr(b, &node.expr);
        let span = op.join(b.module.expr(inner).outer);
        b.expr(span, ExprKind::Opaque(vec![inner]))
    }

    pub(super) fn list<'e>(&mut self, b: &mut Builder, items: impl Iterator<Item = &'e Expr>, span: Span) -> ExprId {
        let items = items.map(|item| Item { value: self.expr(b, item), spread: false }).collect();
        b.expr(span, ExprKind::List(items))
    }

    pub(super) fn literal(&mut self, b: &mut Builder, literal: &Lit) -> ExprId {
        let span = at(literal.span());
        match literal {
            Lit::Str(_) | Lit::ByteStr(_) | Lit::CStr(_) => self.string(b, span),
            Lit::Int(_) | Lit::Float(_) => b.expr(span, ExprKind::Number(self.text(span).into())),
            Lit::Bool(value) => b.expr(span, ExprKind::Bool(value.value)),
            _ => b.expr(span, ExprKind::Opaque(vec![])),
        }
    }
}

/// What stands to the left in a chain.
fn left_of(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::MethodCall(node) => Some(&node.receiver),
        Expr::Call(node) => Some(&node.func),
        Expr::Field(node) => Some(&node.base),
        Expr::Index(node) => Some(&node.expr),
        Expr::Try(node) => Some(&node.expr),
        Expr::Await(node) => Some(&node.base),
        Expr::Cast(node) => Some(&node.expr),
        Expr::Binary(node) => Some(&node.left),
        _ => None,
    }
}
