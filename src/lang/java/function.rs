//! Methods, parameters, lambdas.

use super::Java;
use crate::ir::build::Builder;
use crate::ir::{ClassId, ExprId, ExprKind, Function, FunctionId, How, Param, ScopeKind, Spread, StmtKind};
use crate::lang::tree::{self, field, span};
use crate::text::Span;
use tree_sitter::Node;

impl Java<'_> {
    /// A method, with or without a body.
    pub(super) fn method(&mut self, b: &mut Builder, node: Node, here: Span, class: Option<ClassId>) {
        let name = field(node, "name");
        let id = self.reserve_function(b, here, name.map(|name| self.text(name)), field(node, "parameters"));
        b.module.functions[id.index()].class = class;
        b.in_stmt(here, StmtKind::Function(id), |b, _| {
            let modifiers = self.modifiers(b, node);
            let function = &mut b.module.functions[id.index()];
            function.decorators = modifiers.annotations;
            function.is_static = modifiers.is_static;
            if let Some(name) = name {
                let place = b.name(span(name), self.text(name));
                b.bind(place, b.scope(), None, How::Function(id), here);
            }
            self.fill_function(b, id, node);
            vec![]
        });
    }

    /// A function of which only the outside is known.
    pub(super) fn reserve_function(
        &mut self,
        b: &mut Builder,
        here: Span,
        name: Option<&str>,
        params: Option<Node>,
    ) -> FunctionId {
        let scope = b.scope();
        b.function(Function {
            name: name.map(Into::into),
            span: here,
            scope,
            body: None,
            returns: vec![],
            params: vec![],
            params_span: params.map_or(Span::empty(here.start as usize), span),
            is_async: false,
            is_generator: false,
            class: None,
            is_getter: false,
            is_static: false,
            is_private: false,
            decorators: vec![],
        })
    }

    /// The inside of a function, in its own scope.
    pub(super) fn fill_function(&mut self, b: &mut Builder, id: FunctionId, node: Node) {
        b.in_scope(ScopeKind::Function(id), b.module.function(id).span, |b, scope| {
            b.module.functions[id.index()].scope = scope;
            self.types_in(b, node, &["type_parameters", "throws"]);
            if let Some(class) = field(node, "type") {
                self.class_type(b, class);
            }
            if let Some(params) = field(node, "parameters") {
                self.params(b, id, params);
            }
            let Some(body) = field(node, "body") else { return };
            if matches!(body.kind(), "block" | "constructor_body") {
                let block = self.block(b, body, Some(id));
                b.module.functions[id.index()].body = Some(block);
            } else {
                let value = self.expr(b, body);
                b.module.functions[id.index()].returns.push(value);
            }
        });
    }

    /// `(a, b) -> …`
    pub(super) fn lambda(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let from = b.module.exprs.len();
        let id = self.reserve_function(b, span(node), None, field(node, "parameters"));
        self.fill_function(b, id, node);
        let value = b.expr(span(node), ExprKind::Function(id));
        b.adopt(from, value);
        value
    }

    fn params(&mut self, b: &mut Builder, id: FunctionId, node: Node) {
        if node.kind() == "identifier" {
            return self.param(b, id, node, Some(node), Spread::No);
        }
        for param in tree::named(node) {
            match param.kind() {
                "identifier" => self.param(b, id, param, Some(param), Spread::No),
                "formal_parameter" => self.param(b, id, param, field(param, "name"), Spread::No),
                "spread_parameter" => {
                    let declarator = tree::named(param).into_iter().find(|part| part.kind() == "variable_declarator");
                    let name = declarator.and_then(|declarator| field(declarator, "name"));
                    self.param(b, id, param, name, Spread::Items);
                }
                "receiver_parameter" => {}
                _ => {
                    self.part(b, param);
                }
            }
        }
    }

    fn param(&mut self, b: &mut Builder, id: FunctionId, node: Node, name: Option<Node>, spread: Spread) {
        let modifiers = if name == Some(node) { Default::default() } else { self.modifiers(b, node) };
        let class = match field(node, "type") {
            Some(class) => self.class_type(b, class),
            None if node.kind() == "spread_parameter" => {
                let class = tree::named(node).into_iter().find(|part| part.kind().contains("type"));
                class.and_then(|class| self.class_type(b, class)).and(None)
            }
            None => None,
        };
        let name = name.filter(|name| name.kind() == "identifier");
        let params = &mut b.module.functions[id.index()].params;
        let index = params.len() as u32;
        params.push(Param { span: span(node), name: name.map(|name| self.text(name).into()), default: None, spread });
        if let Some(name) = name {
            let place = b.name(span(name), self.text(name));
            let bind = b.bind(place, b.scope(), None, How::Param(id, index), span(node));
            let bind = &mut b.module.binds[bind.index()];
            bind.class = class;
            bind.decorators = modifiers.annotations;
        }
    }
}
