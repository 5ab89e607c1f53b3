//! Classes: methods, fields, static blocks.

use super::Js;
use super::stmt::Outer;
use crate::ir::build::Builder;
use crate::ir::{Class, ClassId, ExprId, ExprKind, FunctionId, How, ScopeKind, StmtKind};
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
                let decorator = self.decorator(b, *decorator);
                b.module.classes[id.index()].decorators.push(decorator);
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
        b.adopt(from, value);
        value
    }

    fn reserve_class(&self, b: &mut Builder, here: Span, name: Option<&str>) -> ClassId {
        let scope = b.scope();
        b.class(Class { name: name.map(Into::into), span: here, scope, ..Class::default() })
    }

    fn fill_class(&mut self, b: &mut Builder, id: ClassId, node: Node) {
        for decorator in fields(node, "decorator") {
            let decorator = self.decorator(b, decorator);
            b.module.classes[id.index()].decorators.push(decorator);
        }
        self.types_in(b, node, "type_parameters");
        for heritage in tree::named(node).into_iter().filter(|child| child.kind() == "class_heritage") {
            self.heritage(b, id, heritage);
        }
        let body = field(node, "body");
        let inside = body.map_or(Span::empty(node.end_byte()), span);
        b.in_scope(ScopeKind::Class(id), inside, |b, scope| {
            b.module.classes[id.index()].scope = scope;
            let (block, ()) = b.in_block(inside, None, |b, _| {
                if let Some(body) = body {
                    self.members(b, id, body);
                }
            });
            b.belongs_to_class(block, id);
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

    /// The members, each a statement of the class's block: fields bind, methods are functions.
    fn members(&mut self, b: &mut Builder, class: ClassId, body: Node) {
        // The TypeScript grammar puts a method's decorators before it, beside it.
        let mut decorators: Vec<Node> = vec![];
        let mut children = tree::children(body).into_iter().peekable();
        while let Some(member) = children.next() {
            if member.kind() == "decorator" {
                decorators.push(member);
                continue;
            }
            if !member.is_named() || (member.is_extra() && !member.is_error()) {
                continue;
            }
            let mut here = span(member);
            if let Some(first) = decorators.first() {
                here.start = here.start.min(first.start_byte() as u32);
            }
            if let Some(semicolon) = children.next_if(|next| next.kind() == ";") {
                here.end = semicolon.end_byte() as u32;
            }
            let decorators = std::mem::take(&mut decorators);
            self.deeper(b, member, |js, b| js.member(b, class, member, here, &decorators));
        }
    }

    fn member(&mut self, b: &mut Builder, class: ClassId, node: Node, here: Span, decorators: &[Node]) {
        match node.kind() {
            "method_definition" => self.method_member(b, class, node, here, decorators),
            "field_definition" | "public_field_definition" => self.field_member(b, node, here),
            "class_static_block" => {
                b.in_stmt(here, StmtKind::Other, |b, _| {
                    if let Some(body) = field(node, "body") {
                        b.in_scope(ScopeKind::Block, span(node), |b, _| self.block(b, body, None));
                    }
                    vec![]
                });
            }
            _ if node.is_error() => self.error(b, node),
            _ => self.type_statement(b, node, here),
        }
    }

    fn method_member(&mut self, b: &mut Builder, class: ClassId, node: Node, here: Span, decorators: &[Node]) {
        let name = field(node, "name");
        let called = name.and_then(|name| self.key_name(name));
        let id = self.reserve(b, node, here, called.as_deref());
        b.in_stmt(here, StmtKind::Function(id), |b, _| {
            let decorators: Vec<Node> = decorators.iter().copied().chain(fields(node, "decorator")).collect();
            self.decorate(b, id, &decorators);
            if let Some(name) = name {
                self.bind_method(b, id, node, name);
            }
            b.module.functions[id.index()].class = Some(class);
            self.fill_method(b, id, node);
            vec![]
        });
    }

    /// The name of a method gets its function. A setter is no value that reading the field gives.
    fn bind_method(&mut self, b: &mut Builder, id: FunctionId, node: Node, name: Node) {
        if has_token(node, "set") {
            self.key(b, name);
        } else if let Some(place) = self.member_place(b, name) {
            b.bind(place, b.scope(), None, How::Function(id), span(node));
        }
    }

    fn field_member(&mut self, b: &mut Builder, node: Node, here: Span) {
        b.in_stmt(here, StmtKind::Bind, |b, _| {
            for decorator in fields(node, "decorator") {
                self.decorator(b, decorator);
            }
            let Some(name) = field(node, "name").or_else(|| field(node, "property")) else {
                return vec![];
            };
            let place = self.member_place(b, name);
            let bind = place.map(|place| b.bind(place, b.scope(), None, How::Assign, span(node)));
            self.types_in(b, node, "type");
            let called = self.key_name(name);
            let value = field(node, "value").map(|value| self.expr_named(b, value, called.as_deref()));
            if let Some(bind) = bind {
                b.module.binds[bind.index()].value = value.map(|value| self.settled(value));
            }
            vec![]
        });
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
}
