//! Classes: methods, fields, static blocks.

use super::Js;
use super::stmt::Outer;
use crate::ir::build::Builder;
use crate::ir::{Class, ClassId, ExprId, ExprKind, FunctionId, How, ScopeId, ScopeKind, StmtKind};
use crate::lang::tree::{self, field, fields, has_token, span};
use crate::text::Span;
use tree_sitter::Node;

impl Js<'_> {
    /// A class declaration.
    pub(super) fn class_statement(&mut self, b: &mut Builder, node: Node, outer: &Outer) {
        let name = field(node, "name");
        let id = self.reserve_class(b, outer.span, name.map(|name| self.text(name)));
        b.in_stmt(outer.span, StmtKind::Class(id), |b, _| {
            for decorator in &outer.decorators {
                self.decorator(b, *decorator);
            }
            if let Some(name) = name {
                let place = b.name(span(name), self.text(name));
                b.bind(place, b.scope(), None, How::Class(id), outer.span);
                self.export_names(b, outer, &[place]);
            }
            self.fill_class(b, id, node);
            vec![]
        });
    }

    /// A class expression. Its own name is known inside only.
    pub(super) fn class_expr(&mut self, b: &mut Builder, node: Node, name: Option<&str>) -> ExprId {
        let from = b.module.exprs.len();
        let own_name = field(node, "name");
        let id = self.reserve_class(b, span(node), own_name.map(|name| self.text(name)).or(name));
        self.in_own_scope(b, own_name.is_some(), span(node), |js, b| {
            if let Some(name) = own_name {
                let place = b.name(span(name), js.text(name));
                b.bind(place, b.scope(), None, How::Class(id), span(node));
            }
            js.fill_class(b, id, node);
        });
        let value = b.expr(span(node), ExprKind::Class(id));
        self.adopt(b, from, value);
        value
    }

    fn reserve_class(&self, b: &mut Builder, here: Span, name: Option<&str>) -> ClassId {
        let scope = b.scope();
        b.class(Class { name: name.map(Into::into), span: here, scope, bases: vec![] })
    }

    fn fill_class(&mut self, b: &mut Builder, id: ClassId, node: Node) {
        for decorator in fields(node, "decorator") {
            self.decorator(b, decorator);
        }
        self.types_in(b, node, "type_parameters");
        for heritage in tree::named(node).into_iter().filter(|child| child.kind() == "class_heritage") {
            self.heritage(b, id, heritage);
        }
        let body = field(node, "body");
        let inside = body.map_or(Span::empty(node.end_byte()), span);
        b.in_scope(ScopeKind::Class(id), inside, |b, scope| {
            b.module.classes[id.index()].scope = scope;
            self.members(b, id, scope, body.map_or(vec![], tree::named));
        });
    }

    /// `extends Base`, `extends Base<T> implements I`.
    fn heritage(&mut self, b: &mut Builder, id: ClassId, node: Node) {
        for part in tree::named(node) {
            match part.kind() {
                "extends_clause" => {
                    for base in fields(part, "value") {
                        let base = self.expr(b, base);
                        b.module.classes[id.index()].bases.push(base);
                    }
                    for types in fields(part, "type_arguments") {
                        self.types(b, types);
                    }
                }
                "implements_clause" => self.types(b, part),
                _ => {
                    let base = self.expr(b, part);
                    b.module.classes[id.index()].bases.push(base);
                }
            }
        }
    }

    fn members(&mut self, b: &mut Builder, id: ClassId, scope: ScopeId, members: Vec<Node>) {
        // The TypeScript grammar puts a method's decorators before it, beside it.
        let mut decorators: Vec<Node> = vec![];
        for member in members {
            match member.kind() {
                "decorator" => decorators.push(member),
                "method_definition" => {
                    self.method_member(b, id, scope, member, &std::mem::take(&mut decorators));
                }
                "field_definition" | "public_field_definition" => self.field_member(b, scope, member),
                "class_static_block" => {
                    if let Some(body) = field(member, "body") {
                        b.in_scope(ScopeKind::Block, span(member), |b, _| self.block(b, body, None));
                    }
                }
                _ if member.is_error() => {
                    self.broken(b, member);
                }
                _ => self.signature(b, member),
            }
        }
        for decorator in decorators {
            self.decorator(b, decorator);
        }
    }

    fn method_member(&mut self, b: &mut Builder, id: ClassId, scope: ScopeId, node: Node, decorators: &[Node]) {
        let place = field(node, "name").and_then(|name| self.member_place(b, name));
        // A setter is no value that reading the field gives.
        let bind = place.filter(|_| !has_token(node, "set")).map(|place| {
            // The function is made below; its number is the next.
            let next = FunctionId(b.module.functions.len() as u32);
            b.bind(place, scope, None, How::Function(next), span(node))
        });
        let function = self.method(b, node, Some(id), decorators);
        if let Some(bind) = bind {
            b.module.binds[bind.index()].how = How::Function(function);
        }
    }

    fn field_member(&mut self, b: &mut Builder, scope: ScopeId, node: Node) {
        for decorator in fields(node, "decorator") {
            self.decorator(b, decorator);
        }
        let Some(name) = field(node, "name").or_else(|| field(node, "property")) else {
            return;
        };
        let place = self.member_place(b, name);
        let bind = place.map(|place| b.bind(place, scope, None, How::Assign, span(node)));
        self.types_in(b, node, "type");
        let called = self.key_name(name);
        let value = field(node, "value").map(|value| self.expr_named(b, value, called.as_deref()));
        if let Some(bind) = bind {
            b.module.binds[bind.index()].value = value.map(|value| self.settled(value));
        }
    }

    /// The name of a member as a place. Only a plain name can be one; others are ordinary expressions.
    fn member_place(&mut self, b: &mut Builder, name: Node) -> Option<ExprId> {
        match name.kind() {
            "property_identifier" | "private_property_identifier" => Some(b.name(span(name), self.text(name))),
            _ => {
                self.key(b, name);
                None
            }
        }
    }

    /// An overload, an abstract method, an index signature: only types.
    fn signature(&mut self, b: &mut Builder, node: Node) {
        let name = field(node, "name");
        for part in tree::named(node).into_iter().filter(|part| Some(*part) != name) {
            self.types(b, part);
        }
    }
}
