//! Variables, and assignments to what is declared elsewhere.

use super::Js;
use super::pattern::Target;
use super::stmt::Outer;
use crate::ir::build::Builder;
use crate::ir::{ExprId, ExprKind, How, ScopeKind, StmtKind};
use crate::lang::tree::{self, field, span};
use tree_sitter::Node;

impl Js<'_> {
    /// `const`, `let`, `var`, `using`.
    pub(super) fn variables(&mut self, b: &mut Builder, node: Node, outer: &Outer) {
        b.in_stmt(outer.span, StmtKind::Bind, |b, _| {
            let places = self.declarators(b, node);
            self.export_names(b, outer, &places);
            vec![]
        });
    }

    /// The declarators of a declaration; gives the places.
    pub(super) fn declarators(&mut self, b: &mut Builder, node: Node) -> Vec<ExprId> {
        let declarators: Vec<Node> = tree::named(node);
        let alone = declarators.len() == 1;
        declarators.into_iter().flat_map(|declarator| self.declarator(b, node, declarator, alone)).collect()
    }

    fn declarator(&mut self, b: &mut Builder, around: Node, node: Node, alone: bool) -> Vec<ExprId> {
        let (true, Some(pattern)) = (node.kind() == "variable_declarator", field(node, "name")) else {
            self.broken(b, node);
            return vec![];
        };
        let scope = if around.kind() == "variable_declaration" { b.function_scope() } else { b.scope() };
        let target = Target { scope: Some(scope), how: How::Assign, span: span(node) };
        let leaves = self.pattern(b, pattern, &target);
        self.types_in(b, node, "type");
        let Some(value) = field(node, "value") else {
            return leaves.iter().map(|leaf| leaf.place).collect();
        };
        let required = self.required(value);
        let name = (pattern.kind() == "identifier").then(|| self.text(pattern));
        let value = self.expr_named(b, value, name);
        self.give(b, &leaves, Some(self.settled(value)), false);
        if let Some(required) = required {
            self.import_required(b, &required, &leaves, alone);
        }
        leaves.iter().map(|leaf| leaf.place).collect()
    }

    /// `a = b` in the middle of something: both sides are there, and what it gives is the right one.
    pub(super) fn assignment_expr(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let from = b.module.exprs.len();
        let (left, right) = self.assignment(b, node);
        let whole = self.opaque(b, span(node), left.into_iter().chain(right).collect());
        self.settled.extend(right.map(|right| (whole, self.settled(right))));
        b.adopt(from, whole);
        whole
    }

    /// Binds the left side of `a = b` or `a += b`; gives both sides.
    pub(super) fn assignment(&mut self, b: &mut Builder, node: Node) -> (Option<ExprId>, Option<ExprId>) {
        let how = if node.kind() == "assignment_expression" { How::Assign } else { How::Augment };
        let augments = how == How::Augment;
        let Some(left) = field(node, "left") else {
            return (Some(self.broken(b, node)), None);
        };
        let target = Target { scope: None, how, span: span(node) };
        let leaves = self.pattern(b, left, &target);
        let left = match leaves[..] {
            [ref leaf] if !left.kind().ends_with("_pattern") => leaf.place,
            _ => self.opaque(b, span(left), leaves.iter().map(|leaf| leaf.place).collect()),
        };
        let Some(right) = field(node, "right") else {
            return (Some(left), None);
        };
        let name = match b.module.kind(left) {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name.clone()),
            _ => None,
        };
        let right = self.expr_named(b, right, name.as_deref());
        let value = self.settled(right);
        self.give(b, &leaves, Some(value), false);
        if !augments {
            self.commonjs_export(b, left, value);
        }
        (Some(left), Some(right))
    }

    /// The value that an expression gives, also where it is an assignment itself (`a = b = c`) or a sequence.
    pub(super) fn settled(&self, value: ExprId) -> ExprId {
        self.settled.get(&value).copied().unwrap_or(value)
    }

    /// `i++`: gets a value that nobody can see.
    pub(super) fn update(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let Some(argument) = field(node, "argument") else {
            return self.broken(b, node);
        };
        let target = Target { scope: None, how: How::Augment, span: span(node) };
        let from = b.module.exprs.len();
        let leaves = self.pattern(b, argument, &target);
        let whole = self.opaque(b, span(node), leaves.iter().map(|leaf| leaf.place).collect());
        b.adopt(from, whole);
        whole
    }

    /// `namespace N { … }`, `declare module 'm' { … }`.
    pub(super) fn namespace(&mut self, b: &mut Builder, node: Node, outer: &Outer) {
        b.in_stmt(outer.span, StmtKind::Other, |b, _| {
            if let Some(name) = field(node, "name").filter(|name| name.kind() == "identifier") {
                let place = b.name(span(name), self.text(name));
                b.bind(place, b.scope(), None, How::Assign, span(node));
                self.export_names(b, outer, &[place]);
            }
            if let Some(body) = field(node, "body") {
                b.in_scope(ScopeKind::Block, span(body), |b, _| self.block(b, body, None));
            }
            vec![]
        });
    }

    /// `declare …`: the declaration itself, or a block of them.
    pub(super) fn ambient(&mut self, b: &mut Builder, node: Node, outer: &Outer) {
        match tree::named(node).first() {
            Some(inner) if super::stmt::is_statement(inner.kind()) || inner.kind() != "property_identifier" => {
                self.stmt_in(b, *inner, outer);
            }
            _ => self.type_statement(b, node, outer.span),
        }
    }
}
