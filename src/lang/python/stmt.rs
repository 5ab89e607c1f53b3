//! Blocks and simple statements.

use super::Lowering;
use crate::ir::build::Builder;
use crate::ir::{BlockId, ExprId, ExprKind, FunctionId, How, ScopeId, StmtKind};
use crate::lang::tree;
use crate::text::Span;
use tree_sitter::Node;

impl Lowering<'_> {
    /// Lowers the children of a module or block, in order. Never fails: what is no statement is looked into.
    pub(super) fn items(&mut self, b: &mut Builder, nodes: Vec<Node>) {
        let mut nodes = nodes.into_iter().peekable();
        while let Some(node) = nodes.next() {
            let semicolon = nodes.next_if(|next| next.kind() == ";");
            let end = semicolon.map_or_else(|| last_byte(node), |semicolon| semicolon.end_byte());
            self.item(b, node, end);
        }
    }

    fn item(&mut self, b: &mut Builder, node: Node, end: usize) {
        if node.kind() == "comment" || !node.is_named() || node.is_missing() {
            return;
        }
        let span = Span::new(node.start_byte(), end.max(node.start_byte()));
        if !self.depth.enter() {
            b.gap(span, tree::TOO_DEEP);
            return;
        }
        self.statement(b, node, span);
        self.depth.leave();
    }

    fn statement(&mut self, b: &mut Builder, node: Node, span: Span) {
        match node.kind() {
            "expression_statement" => self.expression_statement(b, node, span),
            "import_statement" => self.import_statement(b, node, span),
            "import_from_statement" => self.import_from(b, node, span),
            "future_import_statement" => self.import_from(b, node, span),
            "return_statement" => self.return_statement(b, node, span),
            "raise_statement" => self.parts(b, node, span, StmtKind::Throw),
            "print_statement" | "exec_statement" => self.parts(b, node, span, StmtKind::Expr),
            "assert_statement" => self.parts(b, node, span, StmtKind::Other),
            "delete_statement" => self.delete(b, node, span),
            "pass_statement" | "break_statement" | "continue_statement" => {
                b.in_stmt(span, StmtKind::Other, |_, _| vec![]);
            }
            "global_statement" | "nonlocal_statement" => self.outer_names(b, node, span),
            "type_alias_statement" => self.type_alias(b, node, span),
            "if_statement" => self.if_statement(b, node, span),
            "for_statement" => self.for_statement(b, node, span),
            "while_statement" => self.while_statement(b, node, span),
            "try_statement" => self.try_statement(b, node, span),
            "with_statement" => self.with_statement(b, node, span),
            "match_statement" => self.match_statement(b, node, span),
            "function_definition" => self.function_statement(b, node, None, span),
            "class_definition" => self.class_statement(b, node, None, span),
            "decorated_definition" => self.decorated(b, node, span),
            _ => self.debris(b, node, span),
        }
    }

    /// Error nodes, and clauses whose statement was not recognised: statements in them still count, and so do the
    /// names in what else is there.
    fn debris(&mut self, b: &mut Builder, node: Node, span: Span) {
        if is_container(node) {
            return self.items(b, tree::children(node));
        }
        b.in_stmt(span, StmtKind::Other, |b, _| vec![self.expr(b, node)]);
    }

    fn expression_statement(&mut self, b: &mut Builder, node: Node, span: Span) {
        let parts = tree::named(node);
        match parts.as_slice() {
            [only] if only.kind() == "assignment" => self.assignment(b, *only, span),
            [only] if only.kind() == "augmented_assignment" => self.augmented(b, *only, span),
            [only] => {
                b.in_stmt(span, StmtKind::Expr, |b, _| vec![self.expr(b, *only)]);
            }
            _ => {
                b.in_stmt(span, StmtKind::Expr, |b, _| vec![self.list_of(b, tree::span(node), parts)]);
            }
        }
    }

    /// A statement of which only the expressions matter.
    fn parts(&mut self, b: &mut Builder, node: Node, span: Span, kind: StmtKind) {
        b.in_stmt(span, kind, |b, _| tree::named(node).into_iter().map(|part| self.expr(b, part)).collect());
    }

    /// `del record[key]` is `record.pop(key)`.
    fn delete(&mut self, b: &mut Builder, node: Node, span: Span) {
        let targets = match tree::named(node).as_slice() {
            [list] if list.kind() == "expression_list" => tree::named(*list),
            targets => targets.to_vec(),
        };
        if !targets.iter().all(|target| target.kind() == "subscript") {
            return self.parts(b, node, span, StmtKind::Other);
        }
        b.in_stmt(span, StmtKind::Expr, |b, _| {
            let pop = |this: &mut Self, b: &mut Builder, target: Node| {
                let Some(value) = tree::field(target, "value") else { return this.expr(b, target) };
                let base = this.expr(b, value);
                let key = this.index(b, target, tree::fields(target, "subscript"));
                let head = tree::span(value);
                let name_span = Span { start: head.end, ..head };
                let callee = b.expr(head, ExprKind::Member { base, name: "pop".into(), name_span });
                let args = vec![b.arg(key)];
                b.expr(tree::span(target), ExprKind::Call { callee, args, new: false })
            };
            targets.iter().map(|target| pop(self, b, *target)).collect()
        });
    }

    fn return_statement(&mut self, b: &mut Builder, node: Node, span: Span) {
        b.in_stmt(span, StmtKind::Return, |b, _| {
            let values: Vec<ExprId> = tree::named(node).into_iter().map(|value| self.expr(b, value)).collect();
            if let (Some(function), Some(value)) = (self.functions.last(), values.first()) {
                b.module.functions[function.index()].returns.push(*value);
            }
            values
        });
    }

    /// `global`, `nonlocal`: from here on the names of this function are declared elsewhere.
    fn outer_names(&mut self, b: &mut Builder, node: Node, span: Span) {
        b.in_stmt(span, StmtKind::Other, |b, _| {
            let here = b.function_scope();
            for name in tree::named(node) {
                let name = self.text(name);
                let scope =
                    if node.kind() == "global_statement" { ScopeId(0) } else { self.nonlocal_scope(b, here, name) };
                self.moved.insert((here, name.to_owned()), scope);
            }
            vec![]
        });
    }

    fn assignment(&mut self, b: &mut Builder, node: Node, span: Span) {
        b.in_stmt(span, StmtKind::Bind, |b, _| {
            let mut exprs = vec![];
            let mut targets = vec![];
            let mut at = node;
            // `a = b = value` nests to the right.
            let value = loop {
                let whole = Span::new(at.start_byte(), node.end_byte());
                if let Some(left) = tree::field(at, "left") {
                    let target = self.target(b, left);
                    exprs.push(target);
                    targets.push((target, whole));
                }
                exprs.extend(tree::field(at, "type").map(|annotation| self.expr(b, annotation)));
                match tree::field(at, "right") {
                    Some(right) if right.kind() == "assignment" => at = right,
                    Some(right) => break Some(self.expr(b, right)),
                    None => break None,
                }
            };
            for (target, whole) in targets {
                self.bind_target(b, target, value, &How::Assign, whole);
            }
            exprs.extend(value);
            exprs
        });
    }

    fn augmented(&mut self, b: &mut Builder, node: Node, span: Span) {
        b.in_stmt(span, StmtKind::Bind, |b, _| {
            let target = tree::field(node, "left").map(|left| self.target(b, left));
            let value = tree::field(node, "right").map(|right| self.expr(b, right));
            if let Some(target) = target {
                self.bind_target(b, target, value, &How::Augment, tree::span(node));
            }
            target.into_iter().chain(value).collect()
        });
    }

    /// `type Name = …`
    fn type_alias(&mut self, b: &mut Builder, node: Node, span: Span) {
        b.in_stmt(span, StmtKind::Bind, |b, _| {
            let left = tree::field(node, "left").map(|left| self.expr(b, left));
            let right = tree::field(node, "right").map(|right| self.expr(b, right));
            if let Some(place) = left.filter(|left| matches!(b.module.kind(*left), ExprKind::Name(_))) {
                self.bind_target(b, place, right, &How::Assign, tree::span(node));
            }
            left.into_iter().chain(right).collect()
        });
    }

    /// The block of a node's suite. Its span is exactly that of its statements.
    pub(super) fn block(&mut self, b: &mut Builder, node: Node, function: Option<FunctionId>) -> BlockId {
        let span = empty_at(b, node);
        let (id, ()) = b.in_block(span, function, |b, _| self.items(b, tree::children(node)));
        let stmts = &b.module.blocks[id.index()].stmts;
        if let (Some(first), Some(last)) = (stmts.first(), stmts.last()) {
            b.module.blocks[id.index()].span = b.module.stmt(*first).span.join(b.module.stmt(*last).span);
        }
        id
    }

    /// The suite in `field`, where there is one.
    pub(super) fn block_in(&mut self, b: &mut Builder, node: Node, field: &str) -> Option<BlockId> {
        tree::field(node, field).map(|body| self.block(b, body, None))
    }
}

/// Where a suite without statements stands. Its node may lie behind comments, where its statement has ended.
fn empty_at(b: &Builder, node: Node) -> Span {
    let around = b.module.stmt(b.stmt()).span;
    Span::empty(node.start_byte().clamp(around.start as usize, around.end as usize))
}

/// Whether statements may be among the children.
fn is_container(node: Node) -> bool {
    let holds = ["block", "elif_clause", "else_clause", "except_clause", "finally_clause", "case_clause", "module"];
    node.is_error() || holds.contains(&node.kind())
}

/// The end of a statement: blocks may take comments and line ends after their last statement with them.
pub(super) fn last_byte(node: Node) -> usize {
    let mut at = node;
    while ends_in_block(at) {
        let last = tree::children(at).into_iter().rev().find(|child| child.kind() != "comment" && !is_empty(*child));
        match last {
            Some(last) => at = last,
            None => break,
        }
    }
    if at.id() != node.id() || !ends_in_block(at) { at.end_byte() } else { node.start_byte() }
}

fn is_empty(node: Node) -> bool {
    let is_blank = |child: &Node| child.is_extra() && !child.is_error();
    node.start_byte() == node.end_byte() || (node.kind() == "block" && tree::children(node).iter().all(is_blank))
}

fn ends_in_block(node: Node) -> bool {
    node.kind() == "block"
        || node.kind().ends_with("_clause")
        || node.kind().ends_with("_definition")
        || matches!(
            node.kind(),
            "if_statement"
                | "for_statement"
                | "while_statement"
                | "try_statement"
                | "with_statement"
                | "match_statement"
        )
}
