//! Statements; compound ones are in `control`, declarations in `declare`.

use super::Js;
use crate::ir::build::Builder;
use crate::ir::{BlockId, FunctionId, ScopeKind, StmtKind};
use crate::lang::tree::{self, field, span};
use crate::text::Span;
use tree_sitter::Node;

/// What stands around a declaration: `export`, `declare`, decorators.
pub(super) struct Outer<'t> {
    /// The whole statement.
    pub(super) span: Span,
    /// The decorators before `export`.
    pub(super) decorators: Vec<Node<'t>>,
    pub(super) exported: Exported,
}

/// How a declaration is exported.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Exported {
    No,
    Named,
    Default,
}

/// Whether a node of this kind is a statement.
pub(super) fn is_statement(kind: &str) -> bool {
    kind.ends_with("_statement") || kind.ends_with("_declaration") || kind == "statement_block" || kind == "module"
}

impl Js<'_> {
    /// A statement, on its own.
    pub(super) fn stmt(&mut self, b: &mut Builder, node: Node) {
        let outer = Outer { span: span(node), decorators: vec![], exported: Exported::No };
        self.stmt_in(b, node, &outer);
    }

    /// A statement in what stands around it.
    pub(super) fn stmt_in(&mut self, b: &mut Builder, node: Node, outer: &Outer) {
        self.deeper(b, node, |js, b| js.stmt_of_kind(b, node, outer));
    }

    fn stmt_of_kind(&mut self, b: &mut Builder, node: Node, outer: &Outer) {
        match node.kind() {
            "expression_statement" => self.expression_statement(b, node, outer),
            "lexical_declaration" | "variable_declaration" | "using_declaration" => self.variables(b, node, outer),
            "return_statement" => self.return_statement(b, node, outer.span),
            "throw_statement" => self.simple(b, node, outer.span, StmtKind::Throw),
            "import_statement" => self.import_statement(b, node, outer.span),
            "import_alias" => self.import_alias(b, node, outer),
            "export_statement" => self.export_statement(b, node, outer.span),
            "function_declaration" | "generator_function_declaration" => self.function_statement(b, node, outer),
            "class_declaration" | "abstract_class_declaration" => self.class_statement(b, node, outer),
            "interface_declaration" | "type_alias_declaration" | "function_signature" => {
                self.type_statement(b, node, outer.span);
            }
            "enum_declaration" => self.enumeration(b, node, outer),
            "module" | "internal_module" => self.namespace(b, node, outer),
            "ambient_declaration" => self.ambient(b, node, outer),
            "statement_block" => {
                b.in_stmt(outer.span, StmtKind::Other, |b, _| {
                    self.block(b, node, None);
                    vec![]
                });
            }
            "hash_bang_line" => {}
            _ if node.is_error() => self.error(b, node),
            _ => self.control(b, node, outer.span),
        }
    }

    /// A statement of which only the expressions matter.
    pub(super) fn simple(&mut self, b: &mut Builder, node: Node, here: Span, kind: StmtKind) {
        b.in_stmt(here, kind, |b, _| {
            for part in tree::named(node).into_iter().filter(|part| part.kind() != "statement_identifier") {
                self.expr(b, part);
            }
            vec![]
        });
    }

    fn expression_statement(&mut self, b: &mut Builder, node: Node, outer: &Outer) {
        let only = tree::named(node).into_iter().next();
        match only {
            Some(inner) if inner.kind() == "internal_module" => self.namespace(b, inner, outer),
            Some(inner) if inner.kind().ends_with("assignment_expression") => {
                b.in_stmt(outer.span, StmtKind::Bind, |b, _| {
                    self.assignment(b, inner);
                    vec![]
                });
            }
            Some(inner) if is_assignment(inner) => self.simple(b, node, outer.span, StmtKind::Bind),
            _ => self.simple(b, node, outer.span, StmtKind::Expr),
        }
    }

    fn return_statement(&mut self, b: &mut Builder, node: Node, here: Span) {
        b.in_stmt(here, StmtKind::Return, |b, _| {
            let value = tree::named(node).first().map(|value| self.expr(b, *value));
            let value = value.map(|value| self.settled(value));
            if let (Some(value), ScopeKind::Function(function)) = (value, b.module.scope(b.function_scope()).kind) {
                b.module.functions[function.index()].returns.push(value);
            }
            vec![]
        });
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

    /// Statements in braces, in a scope of their own if they declare something in it. A function's body shares the
    /// scope of its parameters.
    pub(super) fn block(&mut self, b: &mut Builder, node: Node, function: Option<FunctionId>) -> BlockId {
        let statements = tree::named(node);
        let declares = function.is_none() && statements.iter().any(|statement| declares(*statement));
        self.in_own_scope(b, declares, span(node), |js, b| {
            b.in_block(span(node), function, |b, _| {
                for statement in statements {
                    js.stmt(b, statement);
                }
            })
            .0
        })
    }

    /// The branch of an `if` or loop, with or without braces.
    pub(super) fn branch(&mut self, b: &mut Builder, node: Node) -> BlockId {
        if node.kind() == "statement_block" {
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

/// `({ a } = b)`, which needs its parentheses.
fn is_assignment(node: Node) -> bool {
    node.kind() == "parenthesized_expression"
        && tree::named(node).first().is_some_and(|inner| inner.kind() == "assignment_expression")
}

/// Whether a statement declares a name for its block only.
pub(super) fn declares(statement: Node) -> bool {
    match statement.kind() {
        "lexical_declaration"
        | "using_declaration"
        | "class_declaration"
        | "abstract_class_declaration"
        | "enum_declaration" => true,
        "export_statement" => field(statement, "declaration").is_some_and(declares),
        _ => false,
    }
}
