//! Functions and their parameters.

use super::Js;
use super::pattern::Target;
use super::stmt::Outer;
use crate::ir::build::Builder;
use crate::ir::{ExprId, ExprKind, Function, FunctionId, How, Param, ScopeKind, Spread, StmtKind};
use crate::lang::tree::{self, field, fields, has_token, span};
use crate::text::Span;
use tree_sitter::Node;

impl Js<'_> {
    /// A function declaration. Its name belongs to the function around, as engines hoist it.
    pub(super) fn function_statement(&mut self, b: &mut Builder, node: Node, outer: &Outer) {
        let name = field(node, "name");
        let id = self.reserve(b, node, outer.span, name.map(|name| self.text(name)));
        b.in_stmt(outer.span, StmtKind::Function(id), |b, _| {
            if let Some(name) = name {
                let place = b.name(span(name), self.text(name));
                b.bind(place, b.function_scope(), None, How::Function(id), outer.span);
                self.export_names(b, outer, &[place]);
            }
            self.fill(b, id, node);
            vec![]
        });
    }

    /// An arrow function or function expression.
    pub(super) fn function_expr(&mut self, b: &mut Builder, node: Node, name: Option<&str>) -> ExprId {
        let from = b.module.exprs.len();
        let own_name = field(node, "name");
        let id = self.reserve(b, node, span(node), own_name.map(|name| self.text(name)).or(name));
        self.fill(b, id, node);
        let value = b.expr(span(node), ExprKind::Function(id));
        b.adopt(from, value);
        value
    }

    /// The function of a method in an object; its name is lowered by the caller.
    pub(super) fn method(&mut self, b: &mut Builder, node: Node) -> FunctionId {
        let name = field(node, "name").and_then(|name| self.key_name(name));
        let id = self.reserve(b, node, span(node), name.as_deref());
        self.fill_method(b, id, node);
        id
    }

    /// The inside of a method, and what its modifiers say.
    pub(super) fn fill_method(&mut self, b: &mut Builder, id: FunctionId, node: Node) {
        let function = &mut b.module.functions[id.index()];
        function.is_getter = has_token(node, "get") || has_token(node, "static get");
        function.is_static = has_token(node, "static") || has_token(node, "static get");
        let modifier = tree::named(node).into_iter().find(|child| child.kind() == "accessibility_modifier");
        function.is_private = modifier.is_some_and(|modifier| self.text(modifier) == "private");
        self.fill(b, id, node);
    }

    /// Notes the decorators of a function.
    pub(super) fn decorate(&mut self, b: &mut Builder, id: FunctionId, decorators: &[Node]) {
        let decorators = decorators.iter().map(|decorator| self.decorator(b, *decorator)).collect();
        b.module.functions[id.index()].decorators = decorators;
    }

    /// `@name`, `@name(…)`.
    pub(super) fn decorator(&mut self, b: &mut Builder, node: Node) -> ExprId {
        match tree::named(node).first() {
            Some(inner) => self.expr(b, *inner),
            None => self.opaque(b, span(node), vec![]),
        }
    }

    /// A function of which only the outside is known.
    pub(super) fn reserve(&mut self, b: &mut Builder, node: Node, here: Span, name: Option<&str>) -> FunctionId {
        let params = field(node, "parameters").or_else(|| field(node, "parameter"));
        let scope = b.scope();
        b.function(Function {
            name: name.map(Into::into),
            span: here,
            scope,
            body: None,
            returns: vec![],
            params: vec![],
            params_span: params.map_or(Span::empty(node.start_byte()), span),
            is_async: has_token(node, "async"),
            is_generator: has_token(node, "*"),
            class: None,
            is_getter: false,
            is_static: false,
            is_private: false,
            decorators: vec![],
        })
    }

    /// The inside of a function, in its own scope.
    fn fill(&mut self, b: &mut Builder, id: FunctionId, node: Node) {
        b.in_scope(ScopeKind::Function(id), b.module.function(id).span, |b, scope| {
            b.module.functions[id.index()].scope = scope;
            if let Some(name) =
                field(node, "name").filter(|_| matches!(node.kind(), "function_expression" | "generator_function"))
            {
                let place = b.name(span(name), self.text(name));
                b.bind(place, scope, None, How::Function(id), span(node));
            }
            self.types_in(b, node, "type_parameters");
            self.params(b, id, node);
            self.types_in(b, node, "return_type");
            let Some(body) = field(node, "body") else {
                return;
            };
            if body.kind() == "statement_block" {
                let block = self.block(b, body, Some(id));
                b.module.functions[id.index()].body = Some(block);
            } else {
                let value = self.expr(b, body);
                let value = self.settled(value);
                b.module.functions[id.index()].returns.push(value);
            }
        });
    }

    fn params(&mut self, b: &mut Builder, id: FunctionId, node: Node) {
        if let Some(only) = field(node, "parameter") {
            return self.param(b, id, only);
        }
        for param in field(node, "parameters").map_or(vec![], tree::named) {
            if param.is_error() {
                self.broken(b, param);
            } else {
                self.param(b, id, param);
            }
        }
    }

    fn param(&mut self, b: &mut Builder, id: FunctionId, node: Node) {
        let (pattern, default) = match node.kind() {
            "required_parameter" | "optional_parameter" => (field(node, "pattern"), field(node, "value")),
            "assignment_pattern" => (field(node, "left"), field(node, "right")),
            _ => (Some(node), None),
        };
        for decorator in fields(node, "decorator") {
            self.decorator(b, decorator);
        }
        let Some(pattern) = pattern else { return };
        // TypeScript's `this: T` is a type, not a parameter.
        if pattern.kind() == "this" {
            return self.types_in(b, node, "type");
        }
        let rest = pattern.kind() == "rest_pattern";
        let inner = if rest { tree::named(pattern).into_iter().next().unwrap_or(pattern) } else { pattern };
        let index = b.module.function(id).params.len() as u32;
        let spread = if rest { Spread::Items } else { Spread::No };
        b.module.functions[id.index()].params.push(Param { span: span(node), name: None, default: None, spread });
        let target = Target { scope: Some(b.scope()), how: How::Param(id, index), span: span(node) };
        let leaves = self.pattern(b, inner, &target);
        self.types_in(b, node, "type");
        let name = self.text(inner);
        let default = default.map(|default| self.expr_named(b, default, Some(name)));
        let param = &mut b.module.functions[id.index()].params[index as usize];
        param.default = default;
        if let ([leaf], false) = (&leaves[..], inner.kind().ends_with("_pattern")) {
            param.name = Some(name.into());
            b.module.binds[leaf.bind.index()].value = default;
            self.param_property(b, id, node, leaf.place);
        }
    }

    /// TypeScript's `constructor(private http: Http)` is a field as well, whose value is the parameter.
    fn param_property(&mut self, b: &mut Builder, id: FunctionId, node: Node, place: ExprId) {
        let marked =
            tree::named(node).iter().any(|part| part.kind().ends_with("_modifier")) || has_token(node, "readonly");
        let class = b.module.function(id).class.filter(|_| marked);
        if let Some(class) = class {
            let scope = b.module.class(class).scope;
            b.bind(place, scope, Some(place), How::Assign, span(node));
        }
    }
}
