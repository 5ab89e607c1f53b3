//! Annotations, which are calls or names; and modifiers.

use super::Java;
use crate::ir::build::Builder;
use crate::ir::{Arg, ExprId, ExprKind, Item, Spread};
use crate::lang::tree::{self, field, has_token, span};
use tree_sitter::Node;

/// What stands before a declaration.
#[derive(Default)]
pub(super) struct Modifiers {
    pub(super) annotations: Vec<ExprId>,
    pub(super) is_static: bool,
}

impl Java<'_> {
    /// The modifiers of a declaration.
    pub(super) fn modifiers(&mut self, b: &mut Builder, node: Node) -> Modifiers {
        let mut found = Modifiers::default();
        for part in tree::named(node) {
            match part.kind() {
                "modifiers" => {
                    found.is_static |= has_token(part, "static");
                    let annotations = tree::named(part);
                    found.annotations.extend(annotations.into_iter().map(|part| self.annotation(b, part)));
                }
                "annotation" | "marker_annotation" => found.annotations.push(self.annotation(b, part)),
                _ => {}
            }
        }
        found
    }

    /// `@Name` is a name, `@Name(…)` a call with positional and named arguments.
    pub(super) fn annotation(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let made = self.deeper(b, node, |java, b| java.annotation_of(b, node));
        made.unwrap_or_else(|| self.opaque(b, span(node), vec![]))
    }

    fn annotation_of(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let Some(name) = field(node, "name") else {
            return self.broken(b, node);
        };
        let callee = self.dotted_name(b, name);
        let Some(arguments) = field(node, "arguments") else {
            return callee;
        };
        let from = b.module.exprs.len();
        let mut args = vec![];
        for part in tree::named(arguments) {
            let key = field(part, "key").filter(|_| part.kind() == "element_value_pair");
            let value = match key {
                Some(_) => field(part, "value"),
                None => Some(part),
            };
            let Some(value) = value.filter(|value| !value.is_error()) else {
                self.broken(b, part);
                continue;
            };
            let value = self.element_value(b, value);
            let name = key.map(|key| self.text(key).into());
            args.push(Arg { span: span(part), name, value, spread: Spread::No });
        }
        let call = b.expr(span(node), ExprKind::Call { callee, args, new: false });
        b.adopt(from, call);
        call
    }

    /// The value of an annotation's element.
    pub(super) fn element_value(&mut self, b: &mut Builder, node: Node) -> ExprId {
        match node.kind() {
            "annotation" | "marker_annotation" => self.annotation(b, node),
            "element_value_array_initializer" => {
                let from = b.module.exprs.len();
                let values = tree::named(node).into_iter().map(|part| self.element_value(b, part)).collect::<Vec<_>>();
                let items = values.into_iter().map(|value| Item { value, spread: false }).collect();
                let list = b.expr(span(node), ExprKind::List(items));
                b.adopt(from, list);
                list
            }
            _ => self.expr(b, node),
        }
    }

    /// `a`, `a.b.C` where only a class can stand.
    fn dotted_name(&mut self, b: &mut Builder, node: Node) -> ExprId {
        if let Some(class) = self.qualified(b, node, 1) {
            return class;
        }
        match (field(node, "scope"), field(node, "name")) {
            (Some(scope), Some(name)) => {
                let base = self.deeper(b, scope, |java, b| java.dotted_name(b, scope));
                let base = base.unwrap_or_else(|| self.opaque(b, span(scope), vec![]));
                b.expr(span(node), ExprKind::Member { base, name: self.text(name).into(), name_span: span(name) })
            }
            _ if node.kind() == "identifier" => b.name(span(node), self.text(node)),
            _ => self.broken(b, node),
        }
    }
}
