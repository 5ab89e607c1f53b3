//! Statements; compound ones are in `control`.

use super::Java;
use crate::ir::build::Builder;
use crate::ir::{BlockId, FunctionId, How, ScopeKind, StmtKind};
use crate::lang::tree::{self, field, fields, span};
use crate::text::Span;
use tree_sitter::Node;

/// Whether a node of this kind is a statement.
pub(super) fn is_statement(kind: &str) -> bool {
    kind.ends_with("_statement") || kind.ends_with("_declaration") || kind == "block" || kind == "static_initializer"
}

impl Java<'_> {
    /// A statement.
    pub(super) fn stmt(&mut self, b: &mut Builder, node: Node) {
        self.deeper(b, node, |java, b| java.stmt_of_kind(b, node));
    }

    fn stmt_of_kind(&mut self, b: &mut Builder, node: Node) {
        let here = span(node);
        match node.kind() {
            "expression_statement" => self.expression_statement(b, node),
            "local_variable_declaration" | "field_declaration" | "constant_declaration" => {
                self.variables(b, node, here);
            }
            "return_statement" => self.return_statement(b, node),
            "throw_statement" => self.simple(b, node, StmtKind::Throw),
            "assert_statement" | "yield_statement" => self.simple(b, node, StmtKind::Other),
            "break_statement" | "continue_statement" => {
                b.in_stmt(here, StmtKind::Other, |_, _| vec![]);
            }
            "explicit_constructor_invocation" => {
                b.in_stmt(here, StmtKind::Expr, |b, _| {
                    self.constructor_call(b, node);
                    vec![]
                });
            }
            "import_declaration" => self.import_statement(b, node, here),
            "package_declaration" => self.package_statement(b, node, here),
            "class_declaration"
            | "interface_declaration"
            | "enum_declaration"
            | "record_declaration"
            | "annotation_type_declaration" => self.class_statement(b, node, here),
            "method_declaration" => self.method(b, node, here, None),
            "module_declaration" => {
                b.in_stmt(here, StmtKind::Other, |_, _| vec![]);
            }
            "block" => {
                b.in_stmt(here, StmtKind::Other, |b, _| {
                    self.block(b, node, None);
                    vec![]
                });
            }
            _ if node.is_error() => self.error(b, node),
            _ => self.control(b, node),
        }
    }

    /// A statement of which only the expressions matter.
    fn simple(&mut self, b: &mut Builder, node: Node, kind: StmtKind) {
        b.in_stmt(span(node), kind, |b, _| {
            for part in tree::named(node) {
                self.part(b, part);
            }
            vec![]
        });
    }

    fn expression_statement(&mut self, b: &mut Builder, node: Node) {
        match tree::named(node).first() {
            Some(inner) if inner.kind() == "assignment_expression" => {
                b.in_stmt(span(node), StmtKind::Bind, |b, _| {
                    self.assignment(b, *inner);
                    vec![]
                });
            }
            Some(inner) if inner.kind() == "switch_expression" => self.switch_statement(b, *inner, span(node)),
            _ => self.simple(b, node, StmtKind::Expr),
        }
    }

    fn return_statement(&mut self, b: &mut Builder, node: Node) {
        b.in_stmt(span(node), StmtKind::Return, |b, _| {
            let value = tree::named(node).first().and_then(|value| self.part(b, *value));
            if let (Some(value), ScopeKind::Function(function)) = (value, b.module.scope(b.function_scope()).kind) {
                b.module.functions[function.index()].returns.push(value);
            }
            vec![]
        });
    }

    /// Variables, fields, constants: `Type a = x, b;`.
    pub(super) fn variables(&mut self, b: &mut Builder, node: Node, here: Span) {
        b.in_stmt(here, StmtKind::Bind, |b, _| {
            self.declarators(b, node);
            vec![]
        });
    }

    /// The type and the declarators of a declaration.
    pub(super) fn declarators(&mut self, b: &mut Builder, node: Node) {
        let modifiers = self.modifiers(b, node);
        let class = field(node, "type").and_then(|class| self.class_type(b, class));
        for declarator in fields(node, "declarator") {
            let Some(name) = field(declarator, "name").filter(|name| name.kind() == "identifier") else {
                self.broken(b, declarator);
                continue;
            };
            let place = b.name(span(name), self.text(name));
            let bind = b.bind(place, b.scope(), None, How::Assign, span(declarator));
            let value = field(declarator, "value").map(|value| self.expr(b, value));
            let bind = &mut b.module.binds[bind.index()];
            bind.value = value;
            bind.class = class;
            bind.decorators.clone_from(&modifiers.annotations);
        }
        for error in tree::named(node).into_iter().filter(Node::is_error) {
            self.broken(b, error);
        }
    }

    /// A region with a syntax error between statements: what was recognised in it still counts.
    pub(super) fn error(&mut self, b: &mut Builder, node: Node) {
        for part in tree::named(node) {
            if is_statement(part.kind()) || part.is_error() {
                self.stmt(b, part);
            } else {
                b.in_stmt(span(part), StmtKind::Other, |b, _| {
                    self.part(b, part);
                    vec![]
                });
            }
        }
    }

    /// Statements in braces, in a scope of their own if they declare something in it. A function's body shares the scope
    /// of its parameters.
    pub(super) fn block(&mut self, b: &mut Builder, node: Node, function: Option<FunctionId>) -> BlockId {
        let statements = tree::named(node);
        let declares = function.is_none() && statements.iter().any(|statement| declares(*statement));
        self.in_own_scope(b, declares, span(node), |java, b| {
            b.in_block(span(node), function, |b, _| {
                for statement in statements {
                    java.stmt(b, statement);
                }
            })
            .0
        })
    }

    /// The branch of an `if` or loop, with or without braces.
    pub(super) fn branch(&mut self, b: &mut Builder, node: Node) -> BlockId {
        if node.kind() == "block" {
            return self.block(b, node, None);
        }
        b.in_block(span(node), None, |b, _| self.stmt(b, node)).0
    }

    /// Runs `inside` in a block scope, where `needed`.
    pub(super) fn in_own_scope<T>(
        &mut self,
        b: &mut Builder,
        needed: bool,
        here: Span,
        inside: impl FnOnce(&mut Self, &mut Builder) -> T,
    ) -> T {
        if needed { b.in_scope(ScopeKind::Block, here, |b, _| inside(self, b)) } else { inside(self, b) }
    }
}

/// Whether a statement declares a name for its block only.
pub(super) fn declares(statement: Node) -> bool {
    statement.kind().ends_with("_declaration")
}
