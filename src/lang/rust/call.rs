//! Calls, closures, `async` blocks.

use super::{Lowering, at, between, loose, span_of};
use crate::ir::build::Builder;
use crate::ir::{Arg, ExprId, ExprKind, Param, ScopeKind, Spread};
use crate::text::Span;
use syn::{Expr, Pat, ReturnType};

/// Functions of the language's own library that give their argument as it is, or in a box.
const SAME: &[&str] = &["Ok", "Some", "Box::new", "Arc::new", "Rc::new", "Mutex::new", "String::from", "Cow::from"];
/// Functions that give what their closure makes, the first time that somebody asks.
const LAZY: &[&str] = &["Lazy::new", "LazyLock::new", "LazyCell::new"];
/// Methods that give the value, or else what they are handed.
const OR: &[&str] = &["unwrap_or", "or"];
/// The same, where a closure makes it.
const OR_ELSE: &[&str] = &["unwrap_or_else", "or_else"];

impl Lowering<'_> {
    pub(super) fn call(&mut self, b: &mut Builder, callee: ExprId, node: &syn::ExprCall) -> ExprId {
        let span = b.module.expr(callee).outer.join(between(&node.paren_token.span));
        let name: String = self.text(b.module.expr(callee).outer).split_whitespace().collect();
        let is_same = SAME.iter().any(|same| name == *same || name.ends_with(&format!("::{same}")));
        if let (true, 1, Some(only)) = (is_same, node.args.len(), node.args.first()) {
            loose(b, callee);
            let value = self.expr(b, only);
            return b.wrap(value, span, false);
        }
        if let (true, 1, Some(Expr::Closure(closure))) =
            (LAZY.iter().any(|lazy| name.ends_with(lazy)), node.args.len(), node.args.first())
        {
            loose(b, callee);
            let made = self.closure(b, closure);
            return b.expr(span, ExprKind::Call { callee: made, args: vec![], new: false });
        }
        let args = node.args.iter().map(|arg| self.argument(b, arg)).collect();
        b.expr(span, ExprKind::Call { callee, args, new: false })
    }

    pub(super) fn argument(&mut self, b: &mut Builder, arg: &Expr) -> Arg {
        let value = self.expr(b, arg);
        Arg { span: b.module.expr(value).outer, name: None, value, spread: Spread::No }
    }

    pub(super) fn method_call(&mut self, b: &mut Builder, base: ExprId, node: &syn::ExprMethodCall) -> ExprId {
        let name_span = at(node.method.span());
        let name = self.ident(&node.method);
        let start = b.module.expr(base).outer;
        let end = between(&node.paren_token.span);
        if let Some(generics) = &node.turbofish {
            self.generics(b, generics);
        }
        if let (true, 1, Some(only)) =
            (OR.contains(&name) || OR_ELSE.contains(&name), node.args.len(), node.args.first())
        {
            let other = self.expr(b, only);
            let other = match b.module.kind(other) {
                // What the closure gives is what a call of it gives.
                ExprKind::Function(_) | ExprKind::Name(_) | ExprKind::Member { .. } if OR_ELSE.contains(&name) => {
                    b.expr(b.module.expr(other).outer, ExprKind::Call { callee: other, args: vec![], new: false })
                }
                _ => other,
            };
            return b.expr(start.join(end), ExprKind::Choice { options: vec![base, other], tested: None });
        }
        let callee = b.expr(start.join(name_span), ExprKind::Member { base, name: name.into(), name_span });
        let args = node.args.iter().map(|arg| self.argument(b, arg)).collect();
        b.expr(start.join(end), ExprKind::Call { callee, args, new: false })
    }

    /// `|a, b| value`, `async move || { … }`
    pub(super) fn closure(&mut self, b: &mut Builder, node: &syn::ExprClosure) -> ExprId {
        let params_span = at(node.inputs_begin.span).join(at(node.inputs_end.span));
        let span = span_of(node);
        let mut function = super::item::blank(b, span, params_span);
        function.is_async = node.asyncness.is_some();
        let id = b.function(function);
        b.in_scope(ScopeKind::Function(id), span, |b, scope| {
            b.module.functions[id.index()].scope = scope;
            for (index, input) in node.inputs.iter().enumerate() {
                let span = span_of(input);
                let param = Param { span, name: None, default: None, spread: Spread::No };
                b.module.functions[id.index()].params.push(param);
                let inner = match input {
                    Pat::Type(typed) => {
                        self.mention_type(b, &typed.ty);
                        if let Some(class) = self.instance_type(b, &typed.ty) {
                            b.module.types.params.insert((id, index as u32), class);
                        }
                        &typed.pat
                    }
                    other => other,
                };
                self.param_pattern(b, id, index as u32, inner, span);
            }
            if let ReturnType::Type(_, class) = &node.output {
                self.mention_type(b, class);
            }
            match &*node.body {
                Expr::Block(body) if body.label.is_none() => self.expression_body(b, id, &body.block),
                // `|x| async move { … }` is called and awaited as one.
                Expr::Async(body) => {
                    b.module.functions[id.index()].is_async = true;
                    self.expression_body(b, id, &body.block);
                }
                value => {
                    self.functions.push(id);
                    let value = self.expr(b, value);
                    self.returned(b, value);
                    loose(b, value);
                    self.functions.pop();
                }
            }
        });
        b.expr(span, ExprKind::Function(id))
    }

    fn expression_body(&mut self, b: &mut Builder, id: crate::ir::FunctionId, body: &syn::Block) {
        let block = self.function_body(b, body, id, true);
        b.module.functions[id.index()].body = Some(block);
    }

    /// `async { … }`: a function that takes nothing and is called where it is awaited.
    pub(super) fn async_block(&mut self, b: &mut Builder, node: &syn::ExprAsync) -> ExprId {
        let word = at(node.async_token.span);
        let span = word.join(between(&node.block.brace_token.span));
        let mut function = super::item::blank(b, span, Span::empty(word.end as usize));
        function.is_async = true;
        let id = b.function(function);
        b.in_scope(ScopeKind::Function(id), span, |b, scope| {
            b.module.functions[id.index()].scope = scope;
            self.expression_body(b, id, &node.block);
        });
        let callee = b.expr(span, ExprKind::Function(id));
        b.expr(span, ExprKind::Call { callee, args: vec![], new: false })
    }
}
