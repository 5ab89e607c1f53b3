//! Classes, interfaces, enums, records and annotation types. All are open: a bare name inside reaches their fields.

use super::Java;
use crate::ir::build::Builder;
use crate::ir::{Class, ClassId, Export, ExprId, ExprKind, How, Param, ScopeId, ScopeKind, Spread, StmtKind};
use crate::lang::tree::{self, field, span};
use crate::text::Span;
use tree_sitter::Node;

impl Java<'_> {
    /// A declaration of any kind of class.
    pub(super) fn class_statement(&mut self, b: &mut Builder, node: Node, here: Span) {
        let name = field(node, "name");
        let id = reserve(b, here, name.map(|name| self.text(name)));
        b.in_stmt(here, StmtKind::Class(id), |b, stmt| {
            let modifiers = self.modifiers(b, node);
            b.module.classes[id.index()].decorators = modifiers.annotations;
            if let Some(name) = name {
                let place = b.name(span(name), self.text(name));
                b.bind(place, b.scope(), None, How::Class(id), here);
                // A file is its first class: the others in it are hardly ever seen from outside.
                if b.scope() == ScopeId(0) && b.module.exports.is_empty() {
                    b.module.exports.push(Export {
                        name: "module.exports".into(),
                        value: Some(place),
                        import: None,
                        stmt,
                    });
                }
            }
            self.types_in(b, node, &["type_parameters", "permits"]);
            for part in tree::named(node) {
                match part.kind() {
                    "superclass" => self.bases(b, id, part),
                    "super_interfaces" | "extends_interfaces" => {
                        tree::named(part).into_iter().for_each(|list| self.bases(b, id, list));
                    }
                    _ => {}
                }
            }
            self.class_body(b, id, node, field(node, "body"));
            vec![]
        });
    }

    fn bases(&mut self, b: &mut Builder, id: ClassId, types: Node) {
        for part in tree::named(types) {
            let base = self.class_type(b, part);
            b.module.classes[id.index()].bases.extend(base);
        }
    }

    /// `new Base(…) { … }`: what is called is a class of its own; its base is lowered already.
    pub(super) fn anonymous_class(&mut self, b: &mut Builder, base: Option<ExprId>, body: Node) -> ExprId {
        let here = base.map_or(span(body), |base| b.module.expr(base).outer.join(span(body)));
        let from = b.module.exprs.len();
        let id = reserve(b, here, None);
        b.module.classes[id.index()].bases.extend(base);
        self.class_body(b, id, body, Some(body));
        let class = b.expr(here, ExprKind::Class(id));
        b.adopt(from, class);
        if let Some(base) = base {
            b.module.exprs[base.index()].parent = Some(class);
        }
        class
    }

    fn class_body(&mut self, b: &mut Builder, id: ClassId, node: Node, body: Option<Node>) {
        let inside = body.map_or(Span::empty(node.end_byte()), span);
        let components = field(node, "parameters").filter(|_| node.kind() == "record_declaration");
        let around = components.map_or(inside, |components| span(components).join(inside));
        b.in_scope(ScopeKind::Class(id), around, |b, scope| {
            b.module.classes[id.index()].scope = scope;
            if let Some(components) = components {
                self.components(b, id, components);
            }
            let (block, ()) = b.in_block(inside, None, |b, _| {
                for member in body.map_or(vec![], tree::named) {
                    self.member(b, id, member);
                }
            });
            b.belongs_to_class(block, id);
        });
    }

    /// The components of a record are its fields and the parameters of its constructor at once.
    fn components(&mut self, b: &mut Builder, class: ClassId, node: Node) {
        let id = self.reserve_function(b, span(node), None, Some(node));
        b.module.functions[id.index()].class = Some(class);
        b.module.classes[class.index()].constructors.push(id);
        let class_scope = b.scope();
        b.in_scope(ScopeKind::Function(id), span(node), |b, scope| b.module.functions[id.index()].scope = scope);
        for part in tree::named(node) {
            let Some(name) = field(part, "name").filter(|name| name.kind() == "identifier") else {
                self.broken(b, part);
                continue;
            };
            let modifiers = self.modifiers(b, part);
            let class = field(part, "type").and_then(|class| self.class_type(b, class));
            let place = b.name(span(name), self.text(name));
            let params = &mut b.module.functions[id.index()].params;
            let index = params.len() as u32;
            params.push(Param {
                span: span(part),
                name: Some(self.text(name).into()),
                default: None,
                spread: Spread::No,
            });
            let bind = b.bind(place, class_scope, None, How::Param(id, index), span(part));
            let bind = &mut b.module.binds[bind.index()];
            bind.class = class;
            bind.decorators = modifiers.annotations;
        }
    }

    /// `NAME(arguments) { … }`: an instance of the enum.
    pub(super) fn enum_constant(&mut self, b: &mut Builder, class: ClassId, node: Node) {
        b.in_stmt(span(node), StmtKind::Bind, |b, _| {
            let modifiers = self.modifiers(b, node);
            let Some(name) = field(node, "name") else { return vec![] };
            let place = b.name(span(name), self.text(name));
            let from = b.module.exprs.len();
            let callee = b.expr(Span::empty(name.end_byte()), ExprKind::Class(class));
            let args = field(node, "arguments").map(|arguments| self.arguments(b, arguments)).unwrap_or_default();
            let whole = Span::new(name.end_byte(), node.end_byte());
            if let Some(body) = field(node, "body") {
                self.anonymous_class(b, None, body);
            }
            let value = b.expr(whole, ExprKind::Call { callee, args, new: true });
            b.adopt(from, value);
            let bind = b.bind(place, b.scope(), Some(value), How::Assign, span(node));
            b.module.binds[bind.index()].decorators = modifiers.annotations;
            vec![]
        });
    }
}

fn reserve(b: &mut Builder, here: Span, name: Option<&str>) -> ClassId {
    let scope = b.scope();
    b.class(Class { name: name.map(Into::into), span: here, scope, is_open: true, ..Class::default() })
}
