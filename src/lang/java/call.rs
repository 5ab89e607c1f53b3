//! Calls: of methods, of constructors; and references to methods.

use super::Java;
use crate::ir::build::Builder;
use crate::ir::{Arg, ExprId, ExprKind};
use crate::lang::tree::{self, field, span};
use crate::text::Span;
use tree_sitter::Node;

impl Java<'_> {
    /// `left.name(arguments)`
    pub(super) fn method_call(&mut self, b: &mut Builder, node: Node, left: ExprId, whole: Span) -> ExprId {
        let Some(name) = field(node, "name") else {
            return self.opaque(b, whole, vec![left]);
        };
        let until_name = Span { start: b.module.expr(left).outer.start, end: name.end_byte() as u32 };
        let kind = ExprKind::Member { base: left, name: self.text(name).into(), name_span: span(name) };
        let callee = b.expr(until_name, kind);
        self.call(b, node, callee, whole, false)
    }

    /// `name(arguments)`
    pub(super) fn bare_call(&mut self, b: &mut Builder, node: Node) -> ExprId {
        match field(node, "name") {
            Some(name) => {
                let callee = b.name(span(name), self.text(name));
                self.call(b, node, callee, span(node), false)
            }
            None => self.broken(b, node),
        }
    }

    fn call(&mut self, b: &mut Builder, node: Node, callee: ExprId, whole: Span, new: bool) -> ExprId {
        let from = b.module.exprs.len();
        self.types_in(b, node, &["type_arguments"]);
        let args = field(node, "arguments").map(|arguments| self.arguments(b, arguments)).unwrap_or_default();
        let call = b.expr(whole, ExprKind::Call { callee, args, new });
        b.adopt(from, call);
        call
    }

    /// The arguments in parentheses.
    pub(super) fn arguments(&mut self, b: &mut Builder, node: Node) -> Vec<Arg> {
        let mut args = vec![];
        for part in tree::named(node) {
            if part.is_error() {
                self.broken(b, part);
            } else if let Some(value) = self.part(b, part) {
                args.push(b.arg(value));
            }
        }
        args
    }

    /// `new Type(arguments) { … }`
    pub(super) fn creation(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let from = b.module.exprs.len();
        let Some(class) = field(node, "type") else {
            return self.broken(b, node);
        };
        // `outer.new Inner()`
        let outer = tree::named(node).into_iter().next().filter(|first| first.end_byte() <= class.start_byte());
        outer.map(|outer| self.part(b, outer));
        let base = self.class_type(b, class);
        let body = tree::named(node).into_iter().find(|part| part.kind() == "class_body");
        let args = field(node, "arguments").map(|arguments| self.arguments(b, arguments)).unwrap_or_default();
        let callee = match (body, base) {
            (Some(body), _) => self.anonymous_class(b, base, body),
            (None, Some(base)) => base,
            (None, None) => self.opaque(b, span(class), vec![]),
        };
        let call = b.expr(span(node), ExprKind::Call { callee, args, new: true });
        b.adopt(from, call);
        call
    }

    /// `this(…)`, `super(…)` at the beginning of a constructor.
    pub(super) fn constructor_call(&mut self, b: &mut Builder, node: Node) {
        let outer = field(node, "object");
        outer.map(|outer| self.expr(b, outer));
        match field(node, "constructor") {
            Some(constructor) => {
                let callee = b.name(span(constructor), self.text(constructor));
                let whole = Span::new(constructor.start_byte(), node.end_byte());
                self.call(b, node, callee, whole, false);
            }
            None => {
                self.broken(b, node);
            }
        }
    }

    /// `Type::name`, `value::name`; `Type::new` is the class.
    pub(super) fn method_reference(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let from = b.module.exprs.len();
        let parts = tree::named(node);
        let Some(first) = parts.first() else {
            return self.broken(b, node);
        };
        let base = match first.kind() {
            kind if kind.contains("type") => self.class_type(b, *first),
            _ => self.part(b, *first),
        };
        let base = base.unwrap_or_else(|| self.opaque(b, span(*first), vec![]));
        for part in parts.iter().filter(|part| part.kind() == "type_arguments") {
            self.types(b, *part);
        }
        let name = parts.last().filter(|name| name.kind() == "identifier" && **name != *first);
        let value = match name {
            Some(name) => {
                let kind = ExprKind::Member { base, name: self.text(*name).into(), name_span: span(*name) };
                b.expr(span(node), kind)
            }
            None => b.wrap(base, span(node), false),
        };
        b.adopt(from, value);
        value
    }
}
