//! Expressions that are not chains; see `spine` for those.

use super::Js;
use crate::ir::build::Builder;
use crate::ir::{ExprId, ExprKind, ScopeKind};
use crate::lang::tree::{self, field, span};
use tree_sitter::Node;

impl Js<'_> {
    /// Any expression.
    pub(super) fn expr(&mut self, b: &mut Builder, node: Node) -> ExprId {
        self.expr_named(b, node, None)
    }

    /// An expression that does not lean to the left.
    pub(super) fn leaf(&mut self, b: &mut Builder, node: Node, name: Option<&str>) -> ExprId {
        let here = span(node);
        match node.kind() {
            "identifier"
            | "this"
            | "super"
            | "import"
            | "type_identifier"
            | "private_property_identifier"
            | "shorthand_property_identifier"
            | "shorthand_property_identifier_pattern" => b.name(here, self.text(node)),
            "undefined" | "null" => b.expr(here, ExprKind::Null),
            "true" => b.expr(here, ExprKind::Bool(true)),
            "false" => b.expr(here, ExprKind::Bool(false)),
            "number" => b.expr(here, ExprKind::Number(self.text(node).into())),
            "string" => self.string(b, node),
            "template_string" => self.template(b, node),
            "regex" => self.opaque(b, here, vec![]),
            "object" => self.record(b, node),
            "array" => self.list(b, node),
            "arrow_function" | "function_expression" | "generator_function" => self.function_expr(b, node, name),
            "class" => self.class_expr(b, node, name),
            "parenthesized_expression" => self.parenthesized(b, node, name),
            "ternary_expression" => self.ternary(b, node, name),
            "assignment_expression" | "augmented_assignment_expression" => self.assignment_expr(b, node),
            "update_expression" => self.update(b, node),
            "yield_expression" => self.yielded(b, node),
            "sequence_expression" => self.sequence(b, node),
            "new_expression" => self.new_expr(b, node),
            "meta_property" => self.meta_property(b, node),
            "jsx_element" | "jsx_self_closing_element" | "jsx_expression" => self.jsx(b, node),
            _ => self.broken(b, node),
        }
    }

    fn parenthesized(&mut self, b: &mut Builder, node: Node, name: Option<&str>) -> ExprId {
        match tree::named(node).first() {
            Some(inner) if !inner.is_error() => {
                let value = detached(*inner).unwrap_or(*inner);
                let value = self.expr_named(b, value, name);
                let from = b.module.exprs.len();
                self.types_in(b, node, "type");
                b.adopt(from, value);
                b.wrap(value, span(node), false)
            }
            _ => self.broken(b, node),
        }
    }

    /// `a, b`: what it gives is the last.
    fn sequence(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let whole = self.broken(b, node);
        let last = match b.module.kind(whole) {
            ExprKind::Opaque(parts) => parts.last().copied(),
            _ => None,
        };
        self.settled.extend(last.map(|last| (whole, self.settled(last))));
        whole
    }

    fn ternary(&mut self, b: &mut Builder, node: Node, name: Option<&str>) -> ExprId {
        let tested = field(node, "condition").map(|node| self.expr(b, node));
        let sides = ["consequence", "alternative"].into_iter().filter_map(|side| field(node, side));
        let options: Vec<ExprId> = sides.map(|side| self.expr_named(b, side, name)).collect();
        b.expr(span(node), ExprKind::Choice { options, tested })
    }

    fn yielded(&mut self, b: &mut Builder, node: Node) -> ExprId {
        if let ScopeKind::Function(function) = b.module.scope(b.function_scope()).kind {
            b.module.functions[function.index()].is_generator = true;
        }
        self.broken(b, node)
    }

    fn new_expr(&mut self, b: &mut Builder, node: Node) -> ExprId {
        match field(node, "constructor") {
            Some(constructor) => {
                let callee = self.expr(b, constructor);
                self.call(b, node, callee, span(node), true)
            }
            None => self.broken(b, node),
        }
    }

    /// `import.meta` is read like a member, so that `import.meta.env.X` is one chain; `new.target` says nothing.
    fn meta_property(&mut self, b: &mut Builder, node: Node) -> ExprId {
        match tree::children(node)[..] {
            [import, _, meta] if self.text(import) == "import" => {
                let base = b.name(span(import), "import");
                let name = self.text(meta).into();
                b.expr(span(node), ExprKind::Member { base, name, name_span: span(meta) })
            }
            _ => self.opaque(b, span(node), vec![]),
        }
    }

    /// A node of which nothing is known but its parts: a sequence, a `yield`, what a syntax error left.
    pub(super) fn broken(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let from = b.module.exprs.len();
        let parts = tree::named(node).into_iter().filter_map(|part| self.part(b, part)).collect();
        let whole = self.opaque(b, span(node), parts);
        b.adopt(from, whole);
        whole
    }

    /// A part of something unknown, if it is an expression or holds one. Statements in it (in a region with a syntax
    /// error) get a block of their own.
    pub(super) fn part(&mut self, b: &mut Builder, node: Node) -> Option<ExprId> {
        let kind = node.kind();
        if super::stmt::is_statement(kind) {
            b.in_block(span(node), None, |b, _| self.stmt(b, node));
            return None;
        }
        let says_nothing =
            matches!(kind, "property_identifier" | "statement_identifier" | "optional_chain" | "jsx_text")
                || ["string_", "regex_", "escape_", "html_", "hash_"].iter().any(|start| kind.starts_with(start))
                || kind.ends_with("_modifier");
        if says_nothing {
            return None;
        }
        if kind.contains("type") && kind != "type_assertion" {
            self.types(b, node);
            return None;
        }
        Some(self.expr(b, node))
    }
}

/// The `f` of `0, f`: compilers write `(0, m.f)(x)` for a call without `this`, which is nothing but `m.f(x)`.
fn detached(sequence: Node) -> Option<Node> {
    let [zero, value] = tree::named(sequence)[..] else {
        return None;
    };
    (sequence.kind() == "sequence_expression" && zero.kind() == "number").then_some(value)
}
