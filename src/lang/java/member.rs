//! What stands in a class: fields, methods, constructors, initialisers, classes.

use super::Java;
use crate::ir::build::Builder;
use crate::ir::{ClassId, How, StmtKind};
use crate::lang::tree::{self, field, span};
use tree_sitter::Node;

impl Java<'_> {
    /// One member, a statement of the class's block.
    pub(super) fn member(&mut self, b: &mut Builder, class: ClassId, node: Node) {
        self.deeper(b, node, |java, b| java.member_of_kind(b, class, node));
    }

    fn member_of_kind(&mut self, b: &mut Builder, class: ClassId, node: Node) {
        match node.kind() {
            "field_declaration" | "constant_declaration" => self.variables(b, node, span(node)),
            "method_declaration" => self.method(b, node, span(node), Some(class)),
            "constructor_declaration" | "compact_constructor_declaration" => self.constructor(b, class, node),
            "annotation_type_element_declaration" => self.annotation_element(b, class, node),
            "enum_constant" => self.enum_constant(b, class, node),
            "enum_body_declarations" => {
                for member in tree::named(node) {
                    self.member(b, class, member);
                }
            }
            "static_initializer" => {
                b.in_stmt(span(node), StmtKind::Other, |b, _| {
                    for block in tree::named(node).into_iter().filter(|part| part.kind() == "block") {
                        self.block(b, block, None);
                    }
                    vec![]
                });
            }
            _ => self.stmt(b, node),
        }
    }

    fn constructor(&mut self, b: &mut Builder, class: ClassId, node: Node) {
        let name = field(node, "name").map(|name| self.text(name));
        let id = self.reserve_function(b, span(node), name, field(node, "parameters"));
        b.module.functions[id.index()].class = Some(class);
        b.module.classes[class.index()].constructors.push(id);
        b.in_stmt(span(node), StmtKind::Function(id), |b, _| {
            b.module.functions[id.index()].decorators = self.modifiers(b, node).annotations;
            self.fill_function(b, id, node);
            vec![]
        });
    }

    /// `String value() default "x";`: what it gives is the default.
    fn annotation_element(&mut self, b: &mut Builder, class: ClassId, node: Node) {
        let name = field(node, "name");
        let id = self.reserve_function(b, span(node), name.map(|name| self.text(name)), None);
        b.in_stmt(span(node), StmtKind::Function(id), |b, _| {
            let annotations = self.modifiers(b, node).annotations;
            let function = &mut b.module.functions[id.index()];
            function.decorators = annotations;
            function.class = Some(class);
            if let Some(class) = field(node, "type") {
                self.class_type(b, class);
            }
            if let Some(name) = name {
                let place = b.name(span(name), self.text(name));
                b.bind(place, b.scope(), None, How::Function(id), span(node));
            }
            b.in_scope(crate::ir::ScopeKind::Function(id), span(node), |b, scope| {
                b.module.functions[id.index()].scope = scope;
                if let Some(value) = field(node, "value") {
                    let value = self.element_value(b, value);
                    b.module.functions[id.index()].returns.push(value);
                }
            });
            vec![]
        });
    }
}
