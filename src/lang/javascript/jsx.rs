//! JSX: an opaque node with everything in it that is code.

use super::Js;
use crate::ir::ExprId;
use crate::ir::build::Builder;
use crate::lang::tree::{self, field, span};
use tree_sitter::Node;

impl Js<'_> {
    /// An element, a fragment or `{…}`.
    pub(super) fn jsx(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let mut parts = vec![];
        self.jsx_parts(b, node, &mut parts);
        self.opaque(b, span(node), parts)
    }

    fn jsx_parts(&mut self, b: &mut Builder, node: Node, parts: &mut Vec<ExprId>) {
        for child in tree::named(node) {
            match child.kind() {
                "jsx_opening_element" => self.jsx_parts(b, child, parts),
                "jsx_attribute" => parts.extend(self.jsx_value(b, child)),
                "identifier" | "member_expression" => {
                    if self.is_component(node, child) {
                        parts.push(self.expr(b, child));
                    }
                }
                "type_arguments" => self.types(b, child),
                "spread_element" => parts.extend(super::spine::spread_value(child).map(|value| self.expr(b, value))),
                "jsx_closing_element" | "jsx_text" | "html_character_reference" | "jsx_namespace_name" => {}
                _ => parts.push(self.expr(b, child)),
            }
        }
    }

    fn jsx_value(&mut self, b: &mut Builder, attribute: Node) -> Option<ExprId> {
        let value = tree::named(attribute).into_iter().nth(1)?;
        Some(self.expr(b, value))
    }

    /// `<Name>` and `<a.b>` read a name; `<div>` does not. In `{name}` it is an ordinary expression.
    fn is_component(&self, parent: Node, child: Node) -> bool {
        field(parent, "name") != Some(child)
            || child.kind() == "member_expression"
            || self.text(child).starts_with(|first: char| !first.is_ascii_lowercase())
    }
}
