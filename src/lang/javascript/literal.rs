//! Objects and arrays.

use super::Js;
use super::spine::spread_value;
use crate::ir::build::Builder;
use crate::ir::{Entry, ExprId, ExprKind, Item, Piece, Text};
use crate::lang::tree::{self, field, span};
use crate::text::Span;
use tree_sitter::Node;

impl Js<'_> {
    /// `{…}`.
    pub(super) fn record(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let from = b.module.exprs.len();
        let mut entries = vec![];
        for child in tree::named(node) {
            match self.entry(b, child) {
                Some(entry) => entries.push(entry),
                None => {
                    self.broken(b, child);
                }
            }
        }
        let record = b.expr(span(node), ExprKind::Record(entries));
        b.adopt(from, record);
        record
    }

    fn entry(&mut self, b: &mut Builder, node: Node) -> Option<Entry> {
        let (key, value, shorthand) = match node.kind() {
            "pair" => {
                let (key, value) = (field(node, "key")?, field(node, "value")?);
                let name = self.key_name(key);
                let key = self.key(b, key);
                (Some(key), self.expr_named(b, value, name.as_deref()), false)
            }
            "shorthand_property_identifier" => {
                let key = self.bare_key(b, node);
                (Some(key), b.name(span(node), self.text(node)), true)
            }
            "spread_element" => (None, self.expr(b, spread_value(node)?), false),
            "method_definition" => {
                let key = self.key(b, field(node, "name")?);
                (Some(key), self.method_value(b, node), false)
            }
            _ => return None,
        };
        Some(Entry { span: span(node), key, value, shorthand })
    }

    /// The function of a method in an object. A setter is there, but is not what reading the property gives.
    fn method_value(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let function = self.method(b, node);
        let start = ["type_parameters", "parameters"].iter().find_map(|name| field(node, name)).unwrap_or(node);
        let here = Span::new(start.start_byte(), node.end_byte());
        let value = b.expr(here, ExprKind::Function(function));
        if tree::has_token(node, "set") { self.opaque(b, here, vec![value]) } else { value }
    }

    /// A property name as an expression. A computed one is whatever stands in the brackets.
    pub(super) fn key(&mut self, b: &mut Builder, node: Node) -> ExprId {
        match node.kind() {
            "string" => self.string(b, node),
            "computed_property_name" => match tree::named(node).first() {
                Some(inner) => {
                    let key = self.expr(b, *inner);
                    b.wrap(key, span(node), false)
                }
                None => self.broken(b, node),
            },
            _ => self.bare_key(b, node),
        }
    }

    fn bare_key(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let known = Piece::Known { span: span(node), value: self.text(node).into() };
        let pieces = if span(node).is_empty() { vec![] } else { vec![known] };
        b.expr(span(node), ExprKind::Text(Text { pieces, open: "".into() }))
    }

    /// A property name, where it is known.
    pub(super) fn key_name(&self, node: Node) -> Option<String> {
        match node.kind() {
            "string" => Some(self.string_value(node)),
            "computed_property_name" => {
                let inner = tree::named(node).into_iter().next()?;
                (inner.kind() == "string").then(|| self.string_value(inner))
            }
            _ => Some(self.text(node).to_owned()),
        }
    }

    /// `[…]`. A hole (`[, a]`) is `undefined`.
    pub(super) fn list(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let mut items = vec![];
        for element in elements(node) {
            let item = match element {
                Element::Hole(at) => Item { value: b.expr(Span::empty(at), ExprKind::Null), spread: false },
                Element::Node(child) => {
                    let spread = spread_value(child);
                    Item { value: self.expr(b, spread.unwrap_or(child)), spread: spread.is_some() }
                }
            };
            items.push(item);
        }
        b.expr(span(node), ExprKind::List(items))
    }
}

/// An element of an array or array pattern.
pub(super) enum Element<'t> {
    /// Nothing before the comma at this offset.
    Hole(usize),
    Node(Node<'t>),
}

/// The elements of an array or array pattern, holes included.
pub(super) fn elements(node: Node) -> Vec<Element> {
    let mut found = vec![];
    let mut filled = false;
    for child in tree::children(node) {
        if child.kind() == "," {
            if !filled {
                found.push(Element::Hole(child.start_byte()));
            }
            filled = false;
        } else if child.is_named() && (!child.is_extra() || child.is_error()) {
            found.push(Element::Node(child));
            filled = true;
        }
    }
    found
}
