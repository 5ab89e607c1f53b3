//! Blocks and statements.

use super::{Lowering, between, span_of};
use crate::ir::build::Builder;
use crate::ir::{BlockId, ExprId, ExprKind, How, ScopeKind, StmtKind};
use crate::lang::tree;
use crate::text::Span;
use syn::{Block, Expr, Item, Stmt};

impl Lowering<'_> {
    /// The types that are declared in a block: an `impl` there may stand before its type.
    pub(super) fn block_items(&mut self, b: &mut Builder, stmts: &[Stmt]) {
        let items = stmts.iter().filter_map(|stmt| match stmt {
            Stmt::Item(item @ (Item::Struct(_) | Item::Enum(_) | Item::Trait(_) | Item::Use(_))) => Some(item),
            _ => None,
        });
        let items: Vec<&Item> = items.collect();
        self.declare_names(items.iter().copied());
        self.reserve_classes(b, items);
    }

    /// A block as a branch or body, with a scope of its own.
    pub(super) fn block(&mut self, b: &mut Builder, block: &Block) -> BlockId {
        let span = between(&block.brace_token.span);
        b.in_scope(ScopeKind::Block, span, |b, _| {
            let (id, ()) = b.in_block(span, None, |b, _| {
                self.block_items(b, &block.stmts);
                block.stmts.iter().for_each(|stmt| self.statement(b, stmt));
            });
            id
        })
    }

    /// A block as a value: its statements belong to the statement around, its last expression is the value.
    pub(super) fn block_value(&mut self, b: &mut Builder, block: &Block) -> ExprId {
        let span = between(&block.brace_token.span);
        let (stmts, last) = match block.stmts.split_last() {
            Some((Stmt::Expr(value, None), stmts)) => (stmts, Some(value)),
            _ => (block.stmts.as_slice(), None),
        };
        b.in_scope(ScopeKind::Block, span, |b, _| {
            b.in_block(span, None, |b, _| {
                self.block_items(b, &block.stmts);
                stmts.iter().for_each(|stmt| self.statement(b, stmt));
            });
            match last {
                Some(value) => {
                    let value = self.expr(b, value);
                    b.wrap(value, span, false)
                }
                None => b.expr(span, ExprKind::Opaque(vec![])),
            }
        })
    }

    pub(super) fn statement(&mut self, b: &mut Builder, stmt: &Stmt) {
        let span = span_of(stmt);
        if !self.depth.enter() {
            return b.gap(span, tree::TOO_DEEP);
        }
        match stmt {
            Stmt::Local(local) => self.local(b, local, span),
            Stmt::Item(item) => self.item(b, item),
            Stmt::Expr(expr, _) => self.expression_statement(b, expr, span),
            Stmt::Macro(call) => {
                b.in_stmt(span, StmtKind::Expr, |b, _| vec![self.macro_call(b, &call.mac)]);
            }
        }
        self.depth.leave();
    }

    /// `let pattern = value else { … };`
    fn local(&mut self, b: &mut Builder, local: &syn::Local, span: Span) {
        b.in_stmt(span, StmtKind::Bind, |b, _| {
            let first = b.module.exprs.len();
            let value = local.init.as_ref().map(|init| self.expr(b, &init.expr));
            if let syn::Pat::Ident(name) = &local.pat {
                self.functions_meant(b, self.ident(&name.ident), first);
            }
            let pattern = span_of(&local.pat);
            let whole = value.map_or(pattern, |value| pattern.join(b.module.expr(value).outer));
            self.pattern(b, &local.pat, value, &How::Assign, whole);
            if let (Some(value), syn::Pat::Ident(name)) = (value, &local.pat)
                && let ExprKind::Function(function) = b.module.kind(value)
            {
                let function = function.index();
                b.module.functions[function].name = Some(self.ident(&name.ident).into());
            }
            if let Some((_, otherwise)) = local.init.as_ref().and_then(|init| init.diverge.as_ref())
                && let Expr::Block(otherwise) = &**otherwise
            {
                self.block(b, &otherwise.block);
            }
            value.into_iter().collect()
        });
    }

    /// `let token = token(config)` calls the function: the name is not declared yet.
    fn functions_meant(&self, b: &mut Builder, name: &str, first: usize) {
        let Some(scope) = self.modules.last().filter(|_| self.declared.contains(name)) else { return };
        for id in (first..b.module.exprs.len()).map(|id| ExprId(id as u32)) {
            let named = matches!(b.module.kind(id), ExprKind::Name(found) if **found == *name);
            let parent = b.module.expr(id).parent.map(|parent| b.module.kind(parent));
            if named && matches!(parent, Some(ExprKind::Call { callee, .. }) if *callee == id) {
                b.module.exprs[id.index()].scope = *scope;
            }
        }
    }

    /// An expression that stands as a statement, `span` with its semicolon.
    pub(super) fn expression_statement(&mut self, b: &mut Builder, expr: &Expr, span: Span) {
        match expr {
            Expr::If(node) => self.if_statement(b, node, span),
            Expr::Match(node) => self.match_statement(b, node, span),
            Expr::ForLoop(node) => self.for_loop(b, node, span),
            Expr::While(node) => self.while_loop(b, node, span),
            Expr::Loop(node) => {
                b.in_stmt(span, StmtKind::Loop, |b, _| {
                    self.block(b, &node.body);
                    vec![]
                });
            }
            Expr::Block(node) => self.bare_block(b, &node.block, span),
            Expr::Unsafe(node) => self.bare_block(b, &node.block, span),
            Expr::Return(node) => {
                b.in_stmt(span, StmtKind::Return, |b, _| {
                    let value = node.expr.as_ref().map(|value| self.expr(b, value));
                    if let Some(value) = value {
                        self.returned(b, value);
                    }
                    value.into_iter().collect()
                });
            }
            Expr::Break(_) | Expr::Continue(_) => {
                b.in_stmt(span, StmtKind::Other, |b, _| vec![self.expr(b, expr)]);
            }
            Expr::Assign(node) => self.assignment(b, &node.left, &node.right, &How::Assign, span),
            Expr::Binary(node) if is_assignment(&node.op) => {
                self.assignment(b, &node.left, &node.right, &How::Augment, span);
            }
            _ => {
                b.in_stmt(span, StmtKind::Expr, |b, _| vec![self.expr(b, expr)]);
            }
        }
    }

    fn bare_block(&mut self, b: &mut Builder, block: &Block, span: Span) {
        b.in_stmt(span, StmtKind::Other, |b, _| {
            self.block(b, block);
            vec![]
        });
    }

    fn assignment(&mut self, b: &mut Builder, left: &Expr, right: &Expr, how: &How, span: Span) {
        b.in_stmt(span, StmtKind::Bind, |b, _| {
            let place = self.expr(b, left);
            let value = self.expr(b, right);
            let whole = b.module.expr(place).outer.join(b.module.expr(value).outer);
            if let ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Index { .. } = b.module.kind(place) {
                let scope = self.place_scope(b, place);
                b.bind(place, scope, Some(value), how.clone(), whole);
            }
            vec![place, value]
        });
    }

    /// The scope that declares a name that is assigned to; that of the statement for other places.
    fn place_scope(&self, b: &Builder, place: ExprId) -> crate::ir::ScopeId {
        let ExprKind::Name(name) = b.module.kind(place) else { return b.scope() };
        let around = std::iter::successors(Some(b.scope()), |scope| b.module.scope(*scope).parent);
        let declares = |scope: &crate::ir::ScopeId| {
            b.module.binds.iter().any(|bind| {
                bind.scope == *scope && matches!(b.module.kind(bind.place), ExprKind::Name(bound) if bound == name)
            })
        };
        around.into_iter().find(declares).unwrap_or_else(|| b.scope())
    }
}

pub(super) fn is_assignment(op: &syn::BinOp) -> bool {
    use syn::BinOp::{
        AddAssign, BitAndAssign, BitOrAssign, BitXorAssign, DivAssign, MulAssign, RemAssign, ShlAssign, ShrAssign,
        SubAssign,
    };
    matches!(
        op,
        AddAssign(_)
            | SubAssign(_)
            | MulAssign(_)
            | DivAssign(_)
            | RemAssign(_)
            | BitAndAssign(_)
            | BitOrAssign(_)
            | BitXorAssign(_)
            | ShlAssign(_)
            | ShrAssign(_)
    )
}
