//! Types: only the names in them count, so that an import used in a type is used.

use super::Js;
use crate::ir::build::Builder;
use crate::ir::{Asked, Entry, ExprKind, How, StmtKind};
use crate::lang::tree::{self, field, span};
use tree_sitter::Node;

impl Js<'_> {
    /// The names in the field `name` of `node`, if it is there.
    pub(super) fn types_in(&mut self, b: &mut Builder, node: Node, name: &str) {
        match field(node, name) {
            Some(found) => self.types(b, found),
            // Not a field everywhere: `<T>x` has its type as a plain child.
            None => {
                for child in tree::named(node).into_iter().filter(|child| child.kind() == name) {
                    self.types(b, child);
                }
            }
        }
    }

    /// Every name read in a type. Parameter and property names in it are not read.
    pub(super) fn types(&mut self, b: &mut Builder, node: Node) {
        let mut left = vec![node];
        while let Some(node) = left.pop() {
            match node.kind() {
                "type_identifier" | "identifier" | "this" => {
                    b.name(span(node), self.text(node));
                }
                "required_parameter" | "optional_parameter" => left.extend(field(node, "type")),
                "property_signature" => {
                    self.asked(b, node);
                    left.extend(tree::named(node).into_iter().rev());
                }
                "method_signature" | "abstract_method_signature" => {
                    self.promised(b, node);
                    left.extend(tree::named(node).into_iter().rev());
                }
                "nested_type_identifier" => left.extend(field(node, "module")),
                "nested_identifier" | "member_expression" => left.extend(field(node, "object")),
                "type_parameter" => {
                    left.extend(["constraint", "value"].into_iter().filter_map(|part| field(node, part)));
                }
                "mapped_type_clause" => {
                    left.extend(["type", "alias"].into_iter().filter_map(|part| field(node, part)));
                }
                "index_signature" => {
                    let name = field(node, "name");
                    left.extend(tree::named(node).into_iter().filter(|child| Some(*child) != name));
                }
                _ => left.extend(tree::named(node).into_iter().rev()),
            }
        }
    }

    /// `privateKey?: string` in a type of records.
    fn asked(&self, b: &mut Builder, node: Node) {
        let Some(name) = field(node, "name") else { return };
        let name_span = span(name);
        let text = self.text(name).trim_matches(['"', '\'']);
        let mut cursor = node.walk();
        let is_optional = node.children(&mut cursor).any(|child| child.kind() == "?");
        b.module.types.asked.push(Asked { name: text.into(), name_span, span: span(node), is_optional });
    }

    /// `sign(): string;` in a type of records, `abstract sign(): string;` in a class.
    fn promised(&self, b: &mut Builder, node: Node) {
        let name = field(node, "name").map(|name| self.text(name).into());
        b.module.types.promised.extend(name);
    }

    /// `interface`, `type`, an overload: a statement that only has types. The declared name is not a read.
    pub(super) fn type_statement(&mut self, b: &mut Builder, node: Node, here: crate::text::Span) {
        b.in_stmt(here, StmtKind::Other, |b, stmt| {
            let name = field(node, "name");
            if node.kind() == "abstract_method_signature" {
                self.promised(b, node);
            }
            if let Some(name) = name.filter(|_| node.kind() == "function_signature") {
                let text = self.text(name).into();
                b.module.types.signatures.push((stmt, text));
            } else if let Some(name) = name.filter(|_| here == span(node)) {
                let text = self.text(name).into();
                b.module.types.own.push((stmt, text));
            }
            for child in tree::named(node).into_iter().filter(|child| Some(*child) != name) {
                self.types(b, child);
            }
            vec![]
        });
    }

    /// `enum E { A = 'x' }`: its members are the entries of a record.
    pub(super) fn enumeration(&mut self, b: &mut Builder, node: Node, outer: &super::stmt::Outer) {
        b.in_stmt(outer.span, StmtKind::Other, |b, _| {
            let Some(name) = field(node, "name") else {
                return vec![];
            };
            let place = b.name(span(name), self.text(name));
            let bind = b.bind(place, b.scope(), None, How::Assign, span(node));
            let entries = field(node, "body").map_or(vec![], tree::named);
            let entries = entries.into_iter().filter_map(|member| self.enum_entry(b, member)).collect();
            let here = field(node, "body").map_or(span(node), span);
            let value = b.expr(here, ExprKind::Record(entries));
            b.module.binds[bind.index()].value = Some(value);
            self.export_names(b, outer, &[place]);
            vec![]
        });
    }

    fn enum_entry(&mut self, b: &mut Builder, member: Node) -> Option<Entry> {
        let (key, value) = match member.kind() {
            "enum_assignment" => (field(member, "name")?, field(member, "value")),
            "property_identifier" | "string" => (member, None),
            _ => return None,
        };
        let key = self.key(b, key);
        let value = match value {
            Some(value) => self.expr(b, value),
            None => self.opaque(b, crate::text::Span::empty(member.end_byte()), vec![]),
        };
        Some(Entry { span: span(member), key: Some(key), value, shorthand: false })
    }
}
