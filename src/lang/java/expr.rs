//! Expressions that are no calls.

use super::Java;
use super::stmt::is_statement;
use crate::ir::build::Builder;
use crate::ir::{ExprId, ExprKind, How, Item};
use crate::lang::tree::{self, field, span};
use crate::text::Span;
use tree_sitter::Node;

impl Java<'_> {
    /// Any expression. Chains that nest to the left (`a.b().c()`, `a + b + c`) cost one level, however long they are.
    pub(super) fn expr(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let made = self.deeper(b, node, |java, b| java.chain(b, node));
        made.unwrap_or_else(|| self.opaque(b, span(node), vec![]))
    }

    fn chain(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let (mut steps, mut at) = (vec![], node);
        let mut value = loop {
            if at.kind() == "field_access"
                && let Some(class) = self.qualified(b, at, 2)
            {
                break class;
            }
            match left_operand(at) {
                Some(next) => {
                    steps.push(at);
                    at = next;
                }
                None => break self.leaf(b, at),
            }
        };
        while let Some(step) = steps.pop() {
            value = self.step(b, step, value);
        }
        value
    }

    fn step(&mut self, b: &mut Builder, node: Node, left: ExprId) -> ExprId {
        let whole = span(node).join(b.module.expr(left).outer);
        match node.kind() {
            "method_invocation" => self.method_call(b, node, left, whole),
            "field_access" => match field(node, "field") {
                Some(name) => {
                    let kind = ExprKind::Member { base: left, name: self.text(name).into(), name_span: span(name) };
                    b.expr(whole, kind)
                }
                None => self.opaque(b, whole, vec![left]),
            },
            "array_access" => match field(node, "index") {
                Some(index) => {
                    let index = self.expr(b, index);
                    b.expr(whole, ExprKind::Index { base: left, index })
                }
                None => self.opaque(b, whole, vec![left]),
            },
            _ => {
                let op = field(node, "operator").map_or("", |op| self.text(op));
                match field(node, "right") {
                    Some(right) => {
                        let right = self.expr(b, right);
                        b.expr(whole, ExprKind::Binary { op: op.into(), left, right })
                    }
                    None => self.opaque(b, whole, vec![left]),
                }
            }
        }
    }

    fn leaf(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let here = span(node);
        match node.kind() {
            "identifier" | "type_identifier" | "this" | "super" => b.name(here, self.text(node)),
            "true" => b.expr(here, ExprKind::Bool(true)),
            "false" => b.expr(here, ExprKind::Bool(false)),
            "null_literal" => b.expr(here, ExprKind::Null),
            "string_literal" | "character_literal" => self.string(b, node),
            kind if kind.ends_with("_literal") && kind != "class_literal" => {
                b.expr(here, ExprKind::Number(self.text(node).into()))
            }
            "class_literal" => self.class_literal(b, node),
            "parenthesized_expression" => match tree::named(node).as_slice() {
                [only] if !only.is_error() => {
                    let inner = self.expr(b, *only);
                    b.wrap(inner, here, false)
                }
                _ => self.broken(b, node),
            },
            "cast_expression" => self.cast(b, node),
            "instanceof_expression" => self.instance_of(b, node),
            "ternary_expression" => {
                let tested = field(node, "condition").map(|node| self.expr(b, node));
                let sides = ["consequence", "alternative"].into_iter().filter_map(|side| field(node, side));
                let options: Vec<ExprId> = sides.map(|side| self.expr(b, side)).collect();
                b.expr(here, ExprKind::Choice { options, tested })
            }
            "assignment_expression" => self.assignment_expr(b, node),
            "update_expression" => self.update(b, node),
            "unary_expression" => self.unary(b, node),
            "lambda_expression" => self.lambda(b, node),
            "method_invocation" => self.bare_call(b, node),
            "object_creation_expression" => self.creation(b, node),
            "method_reference" => self.method_reference(b, node),
            "array_initializer" => self.list(b, here, node),
            "array_creation_expression" => self.array(b, node),
            "switch_expression" => self.switch_value(b, node),
            "annotation" | "marker_annotation" | "element_value_array_initializer" => self.element_value(b, node),
            _ => self.broken(b, node),
        }
    }

    /// `Name.class`
    fn class_literal(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let here = span(node);
        let class = tree::named(node).first().and_then(|class| self.class_type(b, *class));
        let word = tree::children(node).into_iter().rfind(|child| child.kind() == "class" && !child.is_missing());
        match (class, word) {
            (Some(base), Some(word)) => {
                b.expr(here, ExprKind::Member { base, name: "class".into(), name_span: span(word) })
            }
            _ => self.opaque(b, here, vec![]),
        }
    }

    fn cast(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let from = b.module.exprs.len();
        for class in tree::fields(node, "type") {
            self.class_type(b, class);
        }
        let Some(value) = field(node, "value") else {
            return self.broken(b, node);
        };
        let value = self.expr(b, value);
        b.adopt(from, value);
        b.wrap(value, span(node), false)
    }

    /// `value instanceof Type name`: the name holds the value too.
    fn instance_of(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let from = b.module.exprs.len();
        let left = field(node, "left").map(|left| self.expr(b, left));
        let class = field(node, "right").and_then(|class| self.class_type(b, class));
        if let Some(name) = field(node, "name") {
            let place = b.name(span(name), self.text(name));
            let bind = b.bind(place, b.scope(), left, How::Assign, span(node));
            b.module.binds[bind.index()].class = class;
        }
        field(node, "pattern").map(|pattern| self.part(b, pattern));
        let whole = self.opaque(b, span(node), left.into_iter().collect());
        b.adopt(from, whole);
        whole
    }

    fn unary(&mut self, b: &mut Builder, node: Node) -> ExprId {
        match field(node, "operand") {
            Some(operand) if operand.kind().ends_with("_literal") && self.text(node).starts_with(['-', '+']) => {
                b.expr(span(node), ExprKind::Number(self.text(node).into()))
            }
            _ => self.broken(b, node),
        }
    }

    /// `a = b` in the middle of something is its value; the place stands beside it, so that both are found.
    fn assignment_expr(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let from = b.module.exprs.len();
        let options: Vec<ExprId> = self.assignment(b, node).into_iter().flatten().collect();
        let value = b.expr(span(node), ExprKind::Choice { options, tested: None });
        b.adopt(from, value);
        value
    }

    /// Binds the left side of `a = b` or `a += b`; gives both sides.
    pub(super) fn assignment(&mut self, b: &mut Builder, node: Node) -> [Option<ExprId>; 2] {
        let op = field(node, "operator").map_or("=", |op| self.text(op));
        let how = if op == "=" { How::Assign } else { How::Augment };
        let place = field(node, "left").map(|left| self.expr(b, left));
        let value = field(node, "right").map(|right| self.expr(b, right));
        if let Some(place) = place {
            self.give(b, place, value, how, span(node));
        }
        [place, value]
    }

    fn give(&mut self, b: &mut Builder, place: ExprId, value: Option<ExprId>, how: How, here: Span) {
        match b.module.kind(place) {
            ExprKind::Name(_) => {
                let bind = b.bind(place, b.scope(), value, how, here);
                self.reassigned.push(bind);
            }
            ExprKind::Member { .. } | ExprKind::Index { .. } => {
                b.bind(place, b.scope(), value, how, here);
            }
            _ => {}
        }
    }

    /// `i++`: gets a value that nobody can see.
    fn update(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let whole = self.broken(b, node);
        let place = match b.module.kind(whole) {
            ExprKind::Opaque(parts) => parts.first().copied(),
            _ => None,
        };
        if let Some(place) = place {
            self.give(b, place, None, How::Augment, span(node));
        }
        whole
    }

    fn list(&mut self, b: &mut Builder, here: Span, node: Node) -> ExprId {
        let from = b.module.exprs.len();
        let values: Vec<ExprId> = tree::named(node).into_iter().filter_map(|part| self.part(b, part)).collect();
        let items = values.into_iter().map(|value| Item { value, spread: false }).collect();
        let list = b.expr(here, ExprKind::List(items));
        b.adopt(from, list);
        list
    }

    /// `new Type[] { … }`, `new Type[n]`
    fn array(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let from = b.module.exprs.len();
        field(node, "type").and_then(|class| self.class_type(b, class));
        let value = match field(node, "value") {
            Some(value) => self.list(b, span(node), value),
            None => {
                let sizes = tree::named(node).into_iter().filter(|part| part.kind() == "dimensions_expr");
                let sizes: Vec<ExprId> = sizes.map(|size| self.broken(b, size)).collect();
                self.opaque(b, span(node), sizes)
            }
        };
        b.adopt(from, value);
        value
    }

    /// `switch` as a value: one of what its rules give.
    fn switch_value(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let from = b.module.exprs.len();
        let tested = field(node, "condition").map(|value| self.expr(b, value));
        let mut options = vec![];
        for part in field(node, "body").map_or(vec![], tree::named).into_iter().flat_map(tree::named) {
            match part.kind() {
                "expression_statement" => {
                    options.extend(tree::named(part).into_iter().filter_map(|value| self.part(b, value)));
                }
                _ => {
                    self.part(b, part);
                }
            }
        }
        let value = b.expr(span(node), ExprKind::Choice { options, tested });
        b.adopt(from, value);
        value
    }

    /// An expression that says nothing but that its parts are there.
    pub(super) fn opaque(&self, b: &mut Builder, span: Span, parts: Vec<ExprId>) -> ExprId {
        b.expr(span, ExprKind::Opaque(parts))
    }

    /// A node of which nothing is known but its parts.
    pub(super) fn broken(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let from = b.module.exprs.len();
        let parts = tree::named(node).into_iter().filter_map(|part| self.part(b, part)).collect();
        let whole = self.opaque(b, span(node), parts);
        b.adopt(from, whole);
        whole
    }

    /// A part of something unknown, if it is an expression or holds one. Statements in it get a block of their own.
    pub(super) fn part(&mut self, b: &mut Builder, node: Node) -> Option<ExprId> {
        let kind = node.kind();
        if is_statement(kind) {
            b.in_block(span(node), None, |b, _| self.stmt(b, node));
            return None;
        }
        if matches!(kind, "modifiers" | "underscore_pattern" | "asterisk" | "string_fragment" | "escape_sequence") {
            return None;
        }
        if kind.contains("type") && kind != "type_identifier" {
            self.deeper(b, node, |java, b| java.types(b, node));
            return None;
        }
        Some(self.expr(b, node))
    }
}

/// The left end of a node that continues a chain.
fn left_operand(node: Node) -> Option<Node> {
    match node.kind() {
        "binary_expression" => field(node, "left"),
        "array_access" => field(node, "array"),
        // `Outer.super.f()` has two nodes before the name; the nearest to it says whose `f` it is.
        "method_invocation" | "field_access" => {
            let parts = tree::named(node);
            parts.into_iter().find(|part| part.kind() == "super").or_else(|| field(node, "object"))
        }
        _ => None,
    }
}
