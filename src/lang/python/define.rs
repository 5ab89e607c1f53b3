//! Functions, their parameters, lambdas, classes.

use super::Lowering;
use crate::ir::build::Builder;
use crate::ir::{
    Class, ClassId, ExprId, ExprKind, Function, FunctionId, How, Param, ScopeId, ScopeKind, Spread, StmtKind,
};
use crate::lang::tree;
use crate::text::Span;
use tree_sitter::Node;

impl Lowering<'_> {
    pub(super) fn decorated(&mut self, b: &mut Builder, node: Node, span: Span) {
        match tree::field(node, "definition") {
            Some(definition) if definition.kind() == "class_definition" => {
                self.class_statement(b, definition, Some(node), span);
            }
            Some(definition) => self.function_statement(b, definition, Some(node), span),
            None => self.items(b, tree::children(node)),
        }
    }

    /// `def`; `around` is the node that holds its decorators.
    pub(super) fn function_statement(&mut self, b: &mut Builder, node: Node, around: Option<Node>, span: Span) {
        let Some(name) = tree::field(node, "name") else {
            return self.items(b, tree::children(node));
        };
        let params = tree::field(node, "parameters");
        let params_span = params.map_or(Span::empty(name.end_byte()), tree::span);
        let mut function = blank_function(b, span, params_span);
        function.name = Some(self.text(name).into());
        function.is_async = tree::has_token(node, "async");
        let id = b.function(function);
        b.in_stmt(span, StmtKind::Function(id), |b, _| {
            let mut exprs = self.decorators(b, around);
            self.note_decorators(b, id, &exprs);
            exprs.push(self.declare(b, name, How::Function(id), span));
            let outer = b.scope();
            let inside = Span::new(params_span.start as usize, (span.end as usize).max(params_span.end as usize));
            b.in_scope(ScopeKind::Function(id), inside, |b, scope| {
                b.module.functions[id.index()].scope = scope;
                self.functions.push(id);
                exprs.extend(tree::field(node, "type_parameters").map(|types| self.outside(b, outer, types)));
                exprs.extend(params.map(|params| self.parameters(b, id, params, outer)).unwrap_or_default());
                exprs.extend(tree::field(node, "return_type").map(|class| self.outside(b, outer, class)));
                if let Some(body) = tree::field(node, "body") {
                    let block = self.block(b, body, Some(id));
                    b.module.functions[id.index()].body = Some(block);
                }
                self.functions.pop();
            });
            exprs
        });
    }

    pub(super) fn lambda(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let span = tree::span(node);
        let params = tree::field(node, "parameters");
        let params_span = params.map_or(Span::empty(node.start_byte() + "lambda".len()), tree::span);
        let function = blank_function(b, span, params_span);
        let id = b.function(function);
        let outer = b.scope();
        let parts = b.in_scope(ScopeKind::Function(id), span, |b, scope| {
            b.module.functions[id.index()].scope = scope;
            self.functions.push(id);
            let mut parts = params.map(|params| self.parameters(b, id, params, outer)).unwrap_or_default();
            if let Some(body) = tree::field(node, "body") {
                let value = self.expr(b, body);
                b.module.functions[id.index()].returns.push(value);
                parts.push(value);
            }
            self.functions.pop();
            parts
        });
        let lambda = b.expr(span, ExprKind::Function(id));
        for part in parts {
            b.module.exprs[part.index()].parent = Some(lambda);
        }
        lambda
    }

    /// Defaults and types are looked up outside the function.
    fn outside(&mut self, b: &mut Builder, outer: ScopeId, node: Node) -> ExprId {
        b.in_scope_of(outer, |b| self.expr(b, node))
    }

    /// Notes the parameters of `id`; gives the places, types and defaults in source order.
    fn parameters(&mut self, b: &mut Builder, id: FunctionId, node: Node, outer: ScopeId) -> Vec<ExprId> {
        let mut exprs = vec![];
        for param in tree::named(node) {
            match param.kind() {
                "keyword_separator" | "positional_separator" => {}
                kind if param.is_error() || kind == "ERROR" => exprs.push(self.outside(b, outer, param)),
                _ => exprs.extend(self.parameter(b, id, param, outer)),
            }
        }
        exprs
    }

    fn parameter(&mut self, b: &mut Builder, id: FunctionId, node: Node, outer: ScopeId) -> Vec<ExprId> {
        // `typed_parameter` has no field for what it types.
        let named = match node.kind() {
            "typed_parameter" => tree::named(node).first().copied(),
            _ => tree::field(node, "name"),
        };
        let pattern = named.unwrap_or(node);
        let (spread, place) = match pattern.kind() {
            "list_splat_pattern" => (Spread::Items, tree::named(pattern).first().copied()),
            "dictionary_splat_pattern" => (Spread::Entries, tree::named(pattern).first().copied()),
            _ => (Spread::No, Some(pattern)),
        };
        let place = place.map(|place| self.expr(b, place));
        let annotation = tree::field(node, "type").map(|class| self.outside(b, outer, class));
        let default = tree::field(node, "value").map(|value| self.outside(b, outer, value));
        let name = match place.map(|place| b.module.kind(place)) {
            Some(ExprKind::Name(name)) => Some(name.clone()),
            _ => None,
        };
        let span = tree::span(node);
        let params = &mut b.module.functions[id.index()].params;
        let index = params.len() as u32;
        params.push(Param { span, name, default, spread });
        if let Some(place) = place {
            let scope = Some(b.scope());
            self.bind_target_in(b, scope, place, default, &How::Param(id, index), span);
        }
        place.into_iter().chain(annotation).chain(default).collect()
    }

    fn decorators(&mut self, b: &mut Builder, around: Option<Node>) -> Vec<ExprId> {
        let nodes = around.map(tree::named).unwrap_or_default();
        let decorators = nodes.into_iter().filter(|node| node.kind() == "decorator");
        decorators.flat_map(tree::named).map(|decorator| self.expr(b, decorator)).collect()
    }

    fn note_decorators(&self, b: &mut Builder, id: FunctionId, decorators: &[ExprId]) {
        let last_name = |decorator: &ExprId| match b.module.kind(*decorator) {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => name.clone(),
            _ => "".into(),
        };
        let names: Vec<Box<str>> = decorators.iter().map(last_name).collect();
        let any = |wanted: &[&str]| names.iter().any(|name| wanted.contains(&&**name));
        let function = &mut b.module.functions[id.index()];
        function.is_getter = any(&["property", "cached_property", "abstractproperty"]);
        function.is_static = any(&["staticmethod", "classmethod"]);
        function.decorators = decorators.to_vec();
    }

    /// The name of a definition, bound where Python declares it.
    fn declare(&mut self, b: &mut Builder, name: Node, how: How, span: Span) -> ExprId {
        let place = b.name(tree::span(name), self.text(name));
        let scope = self.declaring_scope(b, self.text(name));
        b.bind(place, scope, None, how, span);
        place
    }

    pub(super) fn class_statement(&mut self, b: &mut Builder, node: Node, around: Option<Node>, span: Span) {
        let Some(name) = tree::field(node, "name") else {
            return self.items(b, tree::children(node));
        };
        let class = Class { name: Some(self.text(name).into()), span, scope: b.scope(), ..Class::default() };
        let id = b.class(class);
        b.in_stmt(span, StmtKind::Class(id), |b, _| {
            let mut exprs = self.decorators(b, around);
            exprs.push(self.declare(b, name, How::Class(id), span));
            exprs.extend(tree::field(node, "type_parameters").map(|types| self.expr(b, types)));
            let superclasses = tree::field(node, "superclasses").map(tree::named).unwrap_or_default();
            exprs.extend(superclasses.into_iter().map(|base| self.base(b, id, base)));
            let body = tree::field(node, "body");
            let start = body.map_or(name.end_byte(), |body| body.start_byte()).min(span.end as usize);
            b.in_scope(ScopeKind::Class(id), Span::new(start, span.end as usize), |b, scope| {
                b.module.classes[id.index()].scope = scope;
                self.block_in(b, node, "body");
            });
            exprs
        });
    }

    /// A base class, or an option such as `metaclass=Meta`.
    fn base(&mut self, b: &mut Builder, class: ClassId, node: Node) -> ExprId {
        if let Some(option) = tree::field(node, "value").filter(|_| node.kind() == "keyword_argument") {
            return self.expr(b, option);
        }
        let base = self.expr(b, node);
        b.module.classes[class.index()].bases.push(base);
        base
    }
}

/// A function of which only the place is known yet. Its scope is set when it is entered.
fn blank_function(b: &Builder, span: Span, params_span: Span) -> Function {
    let scope = b.scope();
    let class = match b.module.scope(scope).kind {
        ScopeKind::Class(class) => Some(class),
        _ => None,
    };
    Function {
        name: None,
        span,
        scope,
        body: None,
        returns: vec![],
        params: vec![],
        params_span,
        is_async: false,
        is_generator: false,
        class,
        is_getter: false,
        is_static: false,
        is_private: false,
        decorators: vec![],
    }
}
