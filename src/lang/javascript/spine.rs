//! Chains that lean to the left (`a.b().c()`, `a + b + c`): taken apart by iteration, so that their length costs no stack.
//!
//! The TypeScript grammar binds a call with type arguments, and `!`, too loosely: in `await f<T>(x)`, `!f<T>(x)` and
//! `a + f<T>(x)` the *function* of the call is `await f`, `!f` and `a + f`. A postfix directly upon a prefix or binary
//! operator cannot be written without parentheses, so wherever one is met it is moved to the operator's last operand,
//! where it belongs.

use super::Js;
use crate::ir::build::Builder;
use crate::ir::{Arg, ExprId, ExprKind, Spread};
use crate::lang::tree::{self, field, span};
use crate::text::Span;
use tree_sitter::Node;

/// A node of a chain, and the postfixes that belong to its right operand.
struct Step<'t> {
    node: Node<'t>,
    tail: Vec<Node<'t>>,
}

impl Js<'_> {
    /// Any expression. A function or class found here is called `name`.
    pub(super) fn expr_named<'t>(&mut self, b: &mut Builder, node: Node<'t>, name: Option<&str>) -> ExprId {
        let made = self.deeper(b, node, |js, b| match starts_chain(node) {
            true => js.chain(b, node, vec![]),
            false => js.leaf(b, node, name),
        });
        made.unwrap_or_else(|| self.opaque(b, span(node), vec![]))
    }

    /// An expression with `tail`, outermost first, applied to it.
    fn extended<'t>(&mut self, b: &mut Builder, node: Node<'t>, tail: Vec<Node<'t>>) -> ExprId {
        let made = self.deeper(b, node, |js, b| js.chain(b, node, tail));
        made.unwrap_or_else(|| self.opaque(b, span(node), vec![]))
    }

    fn chain<'t>(&mut self, b: &mut Builder, node: Node<'t>, tail: Vec<Node<'t>>) -> ExprId {
        let mut steps: Vec<Step<'t>> = tail.into_iter().map(|node| Step { node, tail: vec![] }).collect();
        let mut at = node;
        while let Some(next) = left_operand(at) {
            let tail = if at.kind() == "binary_expression" { take_postfixes(&mut steps) } else { vec![] };
            steps.push(Step { node: at, tail });
            at = next;
        }
        let mut value = match prefix_operand(at) {
            Some(operand) => {
                let tail = take_postfixes(&mut steps);
                self.prefix(b, at, operand, tail)
            }
            None => self.expr(b, at),
        };
        while let Some(step) = steps.pop() {
            value = self.step(b, step, value);
        }
        value
    }

    /// `await x`, `!x`, `<T>x`.
    fn prefix<'t>(&mut self, b: &mut Builder, node: Node<'t>, operand: Node<'t>, tail: Vec<Node<'t>>) -> ExprId {
        let value = self.extended(b, operand, tail);
        let whole = span(node).join(b.module.expr(value).outer);
        match node.kind() {
            "await_expression" => b.wrap(value, whole, true),
            "type_assertion" => {
                let from = b.module.exprs.len();
                self.types_in(b, node, "type_arguments");
                b.adopt(from, value);
                b.wrap(value, whole, false)
            }
            _ if tree::has_token(node, "void") && matches!(b.module.kind(value), ExprKind::Number(_)) => {
                b.expr(whole, ExprKind::Null)
            }
            _ => self.opaque(b, whole, vec![value]),
        }
    }

    fn step(&mut self, b: &mut Builder, step: Step, left: ExprId) -> ExprId {
        let Step { node, tail } = step;
        let whole = Span { start: b.module.expr(left).outer.start, end: node.end_byte() as u32 };
        match node.kind() {
            "binary_expression" => self.binary(b, Step { node, tail }, left, whole),
            "call_expression" => self.call(b, node, left, whole, false),
            "member_expression" => match field(node, "property") {
                Some(property) => {
                    let name = self.text(property).into();
                    b.expr(whole, ExprKind::Member { base: left, name, name_span: span(property) })
                }
                None => self.opaque(b, whole, vec![left]),
            },
            "subscript_expression" => match field(node, "index") {
                Some(index) => {
                    let index = self.expr(b, index);
                    b.expr(whole, ExprKind::Index { base: left, index })
                }
                None => self.opaque(b, whole, vec![left]),
            },
            _ => {
                // `x!`, `x as T`, `x satisfies T`, `f<T>`: all but the value is a type.
                let from = b.module.exprs.len();
                for part in tree::named(node).into_iter().skip(1) {
                    self.types(b, part);
                }
                b.adopt(from, left);
                b.wrap(left, whole, false)
            }
        }
    }

    fn binary(&mut self, b: &mut Builder, step: Step, left: ExprId, whole: Span) -> ExprId {
        let op = field(step.node, "operator").map_or("", |op| self.text(op));
        let Some(right) = field(step.node, "right") else {
            return self.opaque(b, whole, vec![left]);
        };
        let right = if step.tail.is_empty() { self.expr(b, right) } else { self.extended(b, right, step.tail) };
        let whole = whole.join(b.module.expr(right).outer);
        let kind = match op {
            "||" | "??" => ExprKind::Choice { options: vec![left, right], tested: None },
            op => ExprKind::Binary { op: op.into(), left, right },
        };
        b.expr(whole, kind)
    }

    /// A call, `new`, or a tagged template, whose callee is lowered already.
    pub(super) fn call(&mut self, b: &mut Builder, node: Node, callee: ExprId, whole: Span, new: bool) -> ExprId {
        let from = b.module.exprs.len();
        self.types_in(b, node, "type_arguments");
        let args = match field(node, "arguments") {
            Some(template) if template.kind() == "template_string" => {
                let value = self.template(b, template);
                vec![Arg { span: span(template), name: None, value, spread: Spread::No }]
            }
            Some(arguments) => self.arguments(b, arguments),
            None => vec![],
        };
        let call = b.expr(whole, ExprKind::Call { callee, args, new });
        b.adopt(from, call);
        call
    }

    fn arguments(&mut self, b: &mut Builder, arguments: Node) -> Vec<Arg> {
        let mut args = vec![];
        for node in tree::named(arguments) {
            if node.is_error() {
                self.broken(b, node);
                continue;
            }
            let (value, spread) = match spread_value(node) {
                Some(value) => (value, Spread::Items),
                None => (node, Spread::No),
            };
            let value = self.expr(b, value);
            args.push(Arg { span: span(node).join(b.module.expr(value).outer), name: None, value, spread });
        }
        args
    }
}

/// What `...x` spreads.
pub(super) fn spread_value(node: Node) -> Option<Node> {
    if node.kind() != "spread_element" {
        return None;
    }
    tree::named(node).into_iter().next()
}

fn starts_chain(node: Node) -> bool {
    left_operand(node).is_some() || prefix_operand(node).is_some()
}

/// The left end of a node that continues a chain.
fn left_operand(node: Node) -> Option<Node> {
    match node.kind() {
        "binary_expression" => field(node, "left"),
        "call_expression" => field(node, "function"),
        "member_expression" | "subscript_expression" => field(node, "object"),
        "non_null_expression" | "as_expression" | "satisfies_expression" | "instantiation_expression" => {
            tree::named(node).into_iter().next()
        }
        _ => None,
    }
}

fn prefix_operand(node: Node) -> Option<Node> {
    match node.kind() {
        "unary_expression" => field(node, "argument"),
        "await_expression" | "type_assertion" => tree::named(node).into_iter().next_back(),
        _ => None,
    }
}

/// Takes off the innermost postfixes, which stand directly upon an operator.
fn take_postfixes<'t>(steps: &mut Vec<Step<'t>>) -> Vec<Node<'t>> {
    let is_postfix = |step: &Step| {
        matches!(
            step.node.kind(),
            "call_expression"
                | "member_expression"
                | "subscript_expression"
                | "non_null_expression"
                | "instantiation_expression"
        )
    };
    let from = steps.iter().rposition(|step| !is_postfix(step)).map_or(0, |last| last + 1);
    steps.split_off(from).into_iter().map(|step| step.node).collect()
}
