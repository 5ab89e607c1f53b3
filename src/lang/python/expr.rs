//! Expressions.

use super::Lowering;
use crate::ir::build::Builder;
use crate::ir::{Arg, Entry, ExprId, ExprKind, How, Item, Spread};
use crate::lang::tree;
use crate::text::Span;
use tree_sitter::Node;

impl Lowering<'_> {
    /// Lowers any node that stands where an expression does. What has no common form is opaque, with its parts.
    pub(super) fn expr(&mut self, b: &mut Builder, node: Node) -> ExprId {
        if !self.depth.enter() {
            return self.too_deep(b, node);
        }
        let id = self.any(b, node);
        self.depth.leave();
        id
    }

    fn any(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let span = tree::span(node);
        match node.kind() {
            "identifier" => b.name(span, self.text(node)),
            "true" => b.expr(span, ExprKind::Bool(true)),
            "false" => b.expr(span, ExprKind::Bool(false)),
            "none" => b.expr(span, ExprKind::Null),
            "integer" | "float" => b.expr(span, ExprKind::Number(self.text(node).into())),
            "string" | "concatenated_string" => self.string(b, node),
            "parenthesized_expression" => self.wrapped(b, node, false),
            "await" => self.wrapped(b, node, true),
            "type" => self.alone(b, node),
            "attribute" => self.attribute(b, node),
            "subscript" => self.subscript(b, node),
            "generic_type" => self.generic(b, node),
            "call" => self.call(b, node),
            "list" | "set" | "tuple" | "expression_list" | "pattern_list" | "tuple_pattern" | "list_pattern" => {
                self.list_of(b, span, tree::named(node))
            }
            "dictionary" => self.dictionary(b, node),
            "list_comprehension" | "set_comprehension" | "dictionary_comprehension" | "generator_expression" => {
                self.comprehension(b, node, span)
            }
            "lambda" => self.lambda(b, node),
            "conditional_expression" => self.conditional(b, node),
            "binary_operator" | "boolean_operator" => self.operators(b, node),
            "comparison_operator" => self.comparison(b, node),
            "unary_operator" => self.unary(b, node),
            "named_expression" => self.walrus(b, node),
            "as_pattern" if node.parent().is_none_or(|parent| parent.kind() != "case_pattern") => {
                let parts = self.bound_value(b, node);
                b.expr(span, ExprKind::Opaque(parts))
            }
            "as_pattern" | "dotted_name" | "splat_pattern" | "keyword_pattern" => self.case_pattern(b, node),
            "yield" => {
                if let Some(function) = self.functions.last() {
                    b.module.functions[function.index()].is_generator = true;
                }
                self.opaque(b, node)
            }
            _ => self.opaque(b, node),
        }
    }

    /// Something without a common form.
    pub(super) fn opaque(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let parts = tree::named(node).into_iter().map(|part| self.expr(b, part)).collect();
        b.expr(tree::span(node), ExprKind::Opaque(parts))
    }

    /// A node that stands for the one expression in it.
    fn alone(&mut self, b: &mut Builder, node: Node) -> ExprId {
        match tree::named(node).as_slice() {
            [only] if tree::span(*only) == tree::span(node) => self.expr(b, *only),
            _ => self.opaque(b, node),
        }
    }

    /// Parentheses and `await`.
    fn wrapped(&mut self, b: &mut Builder, node: Node, awaited: bool) -> ExprId {
        match tree::named(node).as_slice() {
            [only] => {
                let inner = self.expr(b, *only);
                b.wrap(inner, tree::span(node), awaited)
            }
            _ => self.opaque(b, node),
        }
    }

    fn attribute(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let (Some(object), Some(name)) = (tree::field(node, "object"), tree::field(node, "attribute")) else {
            return self.opaque(b, node);
        };
        let base = self.expr(b, object);
        let kind = ExprKind::Member { base, name: self.text(name).into(), name_span: tree::span(name) };
        b.expr(tree::span(node), kind)
    }

    fn subscript(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let Some(value) = tree::field(node, "value") else {
            return self.opaque(b, node);
        };
        let base = self.expr(b, value);
        let index = self.index(b, node, tree::fields(node, "subscript"));
        b.expr(tree::span(node), ExprKind::Index { base, index })
    }

    /// `Optional[X]` in a type.
    fn generic(&mut self, b: &mut Builder, node: Node) -> ExprId {
        match tree::named(node).as_slice() {
            [class, arguments] => {
                let base = self.expr(b, *class);
                let index = self.index(b, *arguments, tree::named(*arguments));
                b.expr(tree::span(node), ExprKind::Index { base, index })
            }
            _ => self.opaque(b, node),
        }
    }

    /// What stands in brackets; several are a tuple.
    pub(super) fn index(&mut self, b: &mut Builder, around: Node, parts: Vec<Node>) -> ExprId {
        match parts.as_slice() {
            [only] => self.expr(b, *only),
            [first, .., last] => {
                let span = tree::span(*first).join(tree::span(*last));
                self.list_of(b, span, parts)
            }
            [] => b.expr(Span::empty(around.end_byte()), ExprKind::Opaque(vec![])),
        }
    }

    fn call(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let (Some(function), Some(arguments)) = (tree::field(node, "function"), tree::field(node, "arguments")) else {
            return self.opaque(b, node);
        };
        let callee = self.expr(b, function);
        let args = if arguments.kind() == "generator_expression" {
            // `f(x for x in y)`: the parentheses are the call's.
            let value = self.comprehension(b, arguments, within_parentheses(arguments));
            vec![b.arg(value)]
        } else {
            tree::named(arguments).into_iter().map(|argument| self.argument(b, argument)).collect()
        };
        b.expr(tree::span(node), ExprKind::Call { callee, args, new: false })
    }

    fn argument(&mut self, b: &mut Builder, node: Node) -> Arg {
        let name = tree::field(node, "name").filter(|_| node.kind() == "keyword_argument");
        let (spread, value) = self.spread(b, node);
        Arg { span: tree::span(node), name: name.map(|name| self.text(name).into()), value, spread }
    }

    /// The value of an argument, item or entry, without its stars and keyword.
    fn spread(&mut self, b: &mut Builder, node: Node) -> (Spread, ExprId) {
        let spread = match node.kind() {
            "list_splat" | "list_splat_pattern" => Spread::Items,
            "dictionary_splat" | "dictionary_splat_pattern" => Spread::Entries,
            _ => Spread::No,
        };
        let inner = match node.kind() {
            "keyword_argument" => tree::field(node, "value"),
            _ if spread != Spread::No => tree::named(node).first().copied(),
            _ => None,
        };
        (spread, self.expr(b, inner.unwrap_or(node)))
    }

    /// A list of parts that stand apart by commas.
    pub(super) fn list_of(&mut self, b: &mut Builder, span: Span, parts: Vec<Node>) -> ExprId {
        let items = parts.into_iter().map(|part| {
            let (spread, value) = self.spread(b, part);
            Item { value, spread: spread != Spread::No }
        });
        let items = items.collect();
        b.expr(span, ExprKind::List(items))
    }

    fn dictionary(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let entries = tree::named(node).into_iter().map(|part| self.entry(b, part)).collect();
        b.expr(tree::span(node), ExprKind::Record(entries))
    }

    fn entry(&mut self, b: &mut Builder, node: Node) -> Entry {
        let span = tree::span(node);
        if let (Some(key), Some(value)) = (tree::field(node, "key"), tree::field(node, "value")) {
            let key = self.expr(b, key);
            return Entry { span, key: Some(key), value: self.expr(b, value), shorthand: false };
        }
        let (_, value) = self.spread(b, node);
        Entry { span, key: None, value, shorthand: false }
    }

    /// `value if test else other`
    fn conditional(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let parts: Vec<ExprId> = tree::named(node).into_iter().map(|part| self.expr(b, part)).collect();
        let kind = match parts.as_slice() {
            [value, test, other] => ExprKind::Choice { options: vec![*value, *other], tested: Some(*test) },
            _ => ExprKind::Opaque(parts),
        };
        b.expr(tree::span(node), kind)
    }

    /// A chain of operators, however long, in one level of recursion.
    fn operators(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let is_operator = |node: Node| matches!(node.kind(), "binary_operator" | "boolean_operator");
        let (first, chain) = tree::left_spine(node, |node| tree::field(node, "left").filter(|_| is_operator(node)));
        let mut at = self.expr(b, first);
        let mut alternatives: Vec<ExprId> = vec![];
        for (position, step) in chain.iter().enumerate() {
            let Some(right) = tree::field(*step, "right").map(|right| self.expr(b, right)) else {
                continue;
            };
            let op = tree::field(*step, "operator").map(|op| self.text(op)).unwrap_or_default();
            if op != "or" {
                at = b.expr(tree::span(*step), ExprKind::Binary { op: op.into(), left: at, right });
                continue;
            }
            // `a or b or c` is one choice.
            if alternatives.is_empty() {
                alternatives.push(at);
            }
            alternatives.push(right);
            let goes_on = chain.get(position + 1).is_some_and(|next| tree::has_token(*next, "or"));
            if !goes_on {
                let kind = ExprKind::Choice { options: std::mem::take(&mut alternatives), tested: None };
                at = b.expr(tree::span(*step), kind);
            }
        }
        at
    }

    /// `a < b`, also `a < b < c`, which is read as `(a < b) < c`.
    fn comparison(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let operators: Vec<Node> = node.children_by_field_name("operators", &mut node.walk()).collect();
        let operands = tree::named(node);
        let (true, Some((first, rest))) = (operators.len() + 1 == operands.len(), operands.split_first()) else {
            return self.opaque(b, node);
        };
        let mut at = self.expr(b, *first);
        for (operator, operand) in operators.iter().zip(rest) {
            let right = self.expr(b, *operand);
            let span = tree::span(*first).join(tree::span(*operand));
            let op = self.text(*operator).split_whitespace().collect::<Vec<_>>().join(" ");
            at = b.expr(span, ExprKind::Binary { op: op.into(), left: at, right });
        }
        at
    }

    /// `-1` is a number; any other sign makes an opaque value.
    fn unary(&mut self, b: &mut Builder, node: Node) -> ExprId {
        match tree::field(node, "argument") {
            Some(argument) if matches!(argument.kind(), "integer" | "float") => {
                b.expr(tree::span(node), ExprKind::Number(self.text(node).into()))
            }
            _ => self.opaque(b, node),
        }
    }

    /// `name := value` is its value; the name stands beside it, so that both are found.
    fn walrus(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let (Some(name), Some(value)) = (tree::field(node, "name"), tree::field(node, "value")) else {
            return self.opaque(b, node);
        };
        let place = self.expr(b, name);
        let value = self.expr(b, value);
        self.bind_target(b, place, Some(value), &How::Assign, tree::span(node));
        b.expr(tree::span(node), ExprKind::Choice { options: vec![place, value], tested: None })
    }
}

/// From the first to the last part of a node.
fn within_parentheses(node: Node) -> Span {
    let parts = tree::named(node);
    match (parts.first(), parts.last()) {
        (Some(first), Some(last)) => tree::span(*first).join(tree::span(*last)),
        _ => tree::span(node),
    }
}
