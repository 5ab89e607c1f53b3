//! Types: the names in them, and the class that a place is declared to hold one of.

use super::Java;
use crate::ir::build::Builder;
use crate::ir::{ExprId, ExprKind};
use crate::lang::tree::{self, span};
use tree_sitter::Node;

impl Java<'_> {
    /// The class that a type names, with its arguments left out; `None` for arrays, primitive types and `var`. Every name
    /// in it is lowered.
    pub(super) fn class_type(&mut self, b: &mut Builder, node: Node) -> Option<ExprId> {
        self.deeper(b, node, |java, b| java.class_type_of(b, node)).flatten()
    }

    fn class_type_of(&mut self, b: &mut Builder, node: Node) -> Option<ExprId> {
        match node.kind() {
            "type_identifier" | "identifier" if self.text(node) == "var" => None,
            "type_identifier" | "identifier" => Some(b.name(span(node), self.text(node))),
            "scoped_type_identifier" => self.scoped_type(b, node),
            "generic_type" | "annotated_type" => {
                let mut class = None;
                for part in tree::named(node) {
                    match part.kind() {
                        "type_arguments" => self.types(b, part),
                        "annotation" | "marker_annotation" => {
                            self.annotation(b, part);
                        }
                        _ => class = self.class_type(b, part),
                    }
                }
                class
            }
            _ => {
                self.types(b, node);
                None
            }
        }
    }

    /// `a.b.Outer.Inner`
    fn scoped_type(&mut self, b: &mut Builder, node: Node) -> Option<ExprId> {
        if let Some(class) = self.qualified(b, node, 1) {
            return Some(class);
        }
        let parts = tree::named(node);
        let (name, before) = parts.split_last()?;
        let mut base = None;
        for part in before {
            base = match part.kind() {
                "annotation" | "marker_annotation" => {
                    self.annotation(b, *part);
                    base
                }
                _ => self.class_type(b, *part),
            };
        }
        let kind = ExprKind::Member { base: base?, name: self.text(*name).into(), name_span: span(*name) };
        Some(b.expr(span(node), kind))
    }

    /// Lowers every name that is read in a type, or in a list of types.
    pub(super) fn types(&mut self, b: &mut Builder, node: Node) {
        for part in tree::named(node) {
            match part.kind() {
                "annotation" | "marker_annotation" => {
                    self.annotation(b, part);
                }
                "dimensions" => self.types(b, part),
                _ if part.is_error() => {
                    self.part(b, part);
                }
                // The declared name of a type parameter is no read.
                "type_identifier" if node.kind() == "type_parameter" => {}
                "type_bound" | "type_list" | "type_parameter" | "wildcard" | "type_arguments" => {
                    self.deeper(b, part, |java, b| java.types(b, part));
                }
                "super" => {}
                _ => {
                    self.class_type(b, part);
                }
            }
        }
    }

    /// The names in the parts of `node` of these kinds: `throws`, `type_parameters`, …
    pub(super) fn types_in(&mut self, b: &mut Builder, node: Node, kinds: &[&str]) {
        for part in tree::named(node).into_iter().filter(|part| kinds.contains(&part.kind())) {
            self.types(b, part);
        }
    }
}
