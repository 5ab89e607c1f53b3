//! Items: modules, functions, constants.

use super::{Lowering, at, between, loose, span_of};
use crate::ir::build::Builder;
use crate::ir::{ExprId, ExprKind, Function, FunctionId, How, Param, ScopeKind, Spread, StmtId, StmtKind};
use crate::lang::tree;
use crate::text::Span;
use syn::{FnArg, Item, Pat, ReturnType, Signature};

impl Lowering<'_> {
    /// The items of a module. Types come first, since an `impl` may stand before its type.
    pub(super) fn items(&mut self, b: &mut Builder, items: &[Item]) {
        self.reserve_classes(b, items);
        for item in items {
            self.item(b, item);
        }
    }

    pub(super) fn item(&mut self, b: &mut Builder, item: &Item) {
        let span = self.item_span(item);
        if !self.depth.enter() {
            return b.gap(span, tree::TOO_DEEP);
        }
        let stmt = StmtId(b.module.stmts.len() as u32);
        match item {
            Item::Use(item) => self.use_item(b, item, span),
            Item::ExternCrate(item) => self.extern_crate(b, item, span),
            Item::Mod(item) => match &item.content {
                Some((brace, items)) => self.inline_module(b, item, between(&brace.span), items, span),
                None => self.module_file(b, item, span),
            },
            Item::Fn(item) => {
                self.function(b, &item.attrs, &item.sig, Some(&item.block), span);
            }
            Item::Const(item) => self.constant(b, &item.attrs, &item.ident, Some(&item.ty), Some(&item.expr), span),
            Item::Static(item) => self.constant(b, &item.attrs, &item.ident, Some(&item.ty), Some(&item.expr), span),
            Item::Struct(item) => self.structure(b, item, span),
            Item::Enum(item) => self.enumeration(b, item, span),
            Item::Union(item) => self.plain_class(b, &item.ident, span),
            Item::Trait(item) => self.trait_item(b, item, span),
            Item::Impl(item) => self.implementation(b, item, span),
            Item::Type(item) => {
                b.in_stmt(span, StmtKind::Bind, |b, _| {
                    let place = b.name(at(item.ident.span()), self.ident(&item.ident));
                    let value = self.type_name(b, &item.ty);
                    let scope = b.scope();
                    let whole = at(item.ident.span()).join(span_of(&item.ty));
                    b.bind(place, scope, value, How::Assign, whole);
                    std::iter::once(place).chain(value).collect()
                });
            }
            Item::Macro(item) if item.ident.is_none() => {
                b.in_stmt(span, StmtKind::Expr, |b, _| vec![self.macro_call(b, &item.mac)]);
            }
            _ => {
                b.in_stmt(span, StmtKind::Other, |_, _| vec![]);
            }
        }
        if b.module.stmts.len() > stmt.index() && visibility(item).is_some_and(is_public) {
            b.module.types.public.insert(stmt);
        }
        self.depth.leave();
    }

    /// `mod x { … }`. Inside, names are seen as in a block; from outside they are members, as a class's are.
    fn inline_module(&mut self, b: &mut Builder, item: &syn::ItemMod, body: Span, items: &[Item], span: Span) {
        let id = self.new_class(b, &item.ident, body);
        b.in_stmt(span, StmtKind::Class(id), |b, _| {
            self.attributes(b, &item.attrs);
            let place = self.declare(b, &item.ident, How::Class(id), span);
            let outside = b.module.class(id).scope;
            let first = b.module.binds.len();
            b.in_scope_of(outside, |b| {
                b.in_scope(ScopeKind::Block, body, |b, inside| {
                    self.modules.push(inside);
                    b.in_block(body, None, |b, _| self.items(b, items));
                    self.modules.pop();
                    let own = |bind: &&crate::ir::Bind| bind.scope == inside;
                    let seen: Vec<_> = b.module.binds[first..].iter().filter(own).cloned().collect();
                    let seen = seen.into_iter().map(|bind| crate::ir::Bind { scope: outside, ..bind });
                    b.module.binds.extend(seen);
                });
            });
            vec![place]
        });
    }

    /// The name of an item, bound in the scope that it stands in.
    pub(super) fn declare(&mut self, b: &mut Builder, ident: &syn::Ident, how: How, span: Span) -> ExprId {
        let place = b.name(at(ident.span()), self.ident(ident));
        let scope = b.scope();
        b.bind(place, scope, None, how, span);
        place
    }

    /// `const`, `static`, also in an `impl` or a trait.
    pub(super) fn constant(
        &mut self,
        b: &mut Builder,
        attributes: &[syn::Attribute],
        ident: &syn::Ident,
        class: Option<&syn::Type>,
        value: Option<&syn::Expr>,
        span: Span,
    ) {
        b.in_stmt(span, StmtKind::Bind, |b, _| {
            self.attributes(b, attributes);
            let name = at(ident.span());
            let place = b.name(name, self.ident(ident));
            if let Some(class) = class {
                self.mention_type(b, class);
            }
            let value = value.map(|value| self.expr(b, value));
            let whole = value.map_or(name, |value| name.join(b.module.expr(value).outer));
            let scope = b.scope();
            b.bind(place, scope, value, How::Assign, whole);
            std::iter::once(place).chain(value).collect()
        });
    }

    /// A function or method; without a body, a trait's.
    pub(super) fn function(
        &mut self,
        b: &mut Builder,
        attributes: &[syn::Attribute],
        signature: &Signature,
        body: Option<&syn::Block>,
        span: Span,
    ) {
        let params_span = between(&signature.paren_token.span);
        let mut function = blank(b, span, params_span);
        function.name = Some(self.ident(&signature.ident).into());
        function.is_async = signature.asyncness.is_some();
        function.class = self.own_class.filter(|class| b.module.class(*class).scope == b.scope());
        function.is_static = function.class.is_some() && !matches!(signature.inputs.first(), Some(FnArg::Receiver(_)));
        let id = b.function(function);
        b.in_stmt(span, StmtKind::Function(id), |b, _| {
            self.attributes(b, attributes);
            let place = self.declare(b, &signature.ident, How::Function(id), span);
            let inside = Span::new(at(signature.ident.span()).end as usize, span.end as usize);
            b.in_scope(ScopeKind::Function(id), inside, |b, scope| {
                b.module.functions[id.index()].scope = scope;
                for (index, input) in signature.inputs.iter().enumerate() {
                    self.parameter(b, id, index as u32, input);
                }
                let gives = match &signature.output {
                    ReturnType::Type(_, class) => {
                        self.mention_type(b, class);
                        if let Some(class) = self.instance_type(b, class) {
                            b.module.types.returns.insert(id, class);
                        }
                        true
                    }
                    ReturnType::Default => false,
                };
                self.where_clause(b, &signature.generics);
                if let Some(body) = body {
                    let block = self.function_body(b, body, id, gives);
                    b.module.functions[id.index()].body = Some(block);
                }
            });
            vec![place]
        });
    }

    fn parameter(&mut self, b: &mut Builder, id: FunctionId, index: u32, input: &FnArg) {
        let span = span_of(input);
        let param = Param { span, name: None, default: None, spread: Spread::No };
        b.module.functions[id.index()].params.push(param);
        match input {
            FnArg::Receiver(receiver) => {
                let name = at(receiver.self_token.span);
                let place = b.name(name, self.text(name));
                let place = loose(b, place);
                let scope = b.scope();
                b.bind(place, scope, None, How::Param(id, index), span);
                b.module.functions[id.index()].params[index as usize].name = Some("self".into());
            }
            FnArg::Typed(typed) => {
                self.param_pattern(b, id, index, &typed.pat, span);
                self.mention_type(b, &typed.ty);
                if let Some(class) = self.instance_type(b, &typed.ty) {
                    b.module.types.params.insert((id, index), class);
                }
            }
        }
    }

    /// What a parameter binds; a name is the parameter's own.
    pub(super) fn param_pattern(&mut self, b: &mut Builder, id: FunctionId, index: u32, pattern: &Pat, span: Span) {
        if let Pat::Ident(ident) = pattern {
            b.module.functions[id.index()].params[index as usize].name = Some(self.ident(&ident.ident).into());
        }
        self.pattern(b, pattern, None, &How::Param(id, index), span);
    }

    /// The block of a function, whose last expression it gives.
    pub(super) fn function_body(
        &mut self,
        b: &mut Builder,
        block: &syn::Block,
        id: FunctionId,
        gives: bool,
    ) -> crate::ir::BlockId {
        self.functions.push(id);
        let (body, ()) = b.in_block(between(&block.brace_token.span), Some(id), |b, _| {
            self.block_items(b, &block.stmts);
            let last = block.stmts.len().saturating_sub(1);
            for (position, stmt) in block.stmts.iter().enumerate() {
                match stmt {
                    syn::Stmt::Expr(value, None) if gives && position == last => self.given(b, value),
                    syn::Stmt::Macro(call) if gives && position == last && call.semi_token.is_none() => {
                        let span = span_of(stmt);
                        b.in_stmt(span, StmtKind::Return, |b, _| {
                            let value = self.macro_call(b, &call.mac);
                            b.module.functions[id.index()].returns.push(value);
                            vec![value]
                        });
                    }
                    _ => self.statement(b, stmt),
                }
            }
        });
        self.functions.pop();
        body
    }

    /// The value that a function gives without `return`.
    fn given(&mut self, b: &mut Builder, value: &syn::Expr) {
        if let syn::Expr::Return(_) = value {
            return self.expression_statement(b, value, span_of(value));
        }
        b.in_stmt(span_of(value), StmtKind::Return, |b, _| {
            let id = self.expr(b, value);
            self.returned(b, id);
            vec![id]
        });
    }

    /// Notes what the innermost function gives; an error is none of it.
    pub(super) fn returned(&self, b: &mut Builder, value: ExprId) {
        let is_error = match b.module.kind(value) {
            ExprKind::Call { callee, .. } => {
                matches!(b.module.kind(*callee), ExprKind::Name(name) if &**name == "Err")
            }
            _ => false,
        };
        if let (Some(function), false) = (self.functions.last(), is_error) {
            b.module.functions[function.index()].returns.push(value);
        }
    }
}

/// A function of which only the place is known yet. Its scope is set when it is entered.
pub(super) fn blank(b: &Builder, span: Span, params_span: Span) -> Function {
    Function {
        name: None,
        span,
        scope: b.scope(),
        body: None,
        returns: vec![],
        params: vec![],
        params_span,
        is_async: false,
        is_generator: false,
        class: None,
        is_getter: false,
        is_static: false,
        is_private: false,
        decorators: vec![],
    }
}

/// `pub`, and not `pub(crate)`.
pub(super) fn is_public(visibility: &syn::Visibility) -> bool {
    matches!(visibility, syn::Visibility::Public(_))
}

fn visibility(item: &Item) -> Option<&syn::Visibility> {
    match item {
        Item::Const(item) => Some(&item.vis),
        Item::Enum(item) => Some(&item.vis),
        Item::ExternCrate(item) => Some(&item.vis),
        Item::Fn(item) => Some(&item.vis),
        Item::Mod(item) => Some(&item.vis),
        Item::Static(item) => Some(&item.vis),
        Item::Struct(item) => Some(&item.vis),
        Item::Trait(item) => Some(&item.vis),
        Item::Type(item) => Some(&item.vis),
        Item::Union(item) => Some(&item.vis),
        Item::Use(item) => Some(&item.vis),
        _ => None,
    }
}
