//! Compound statements: `if`, loops, `try`, `switch`, labels.

use super::Js;
use super::pattern::Target;
use super::stmt::declares;
use crate::ir::build::Builder;
use crate::ir::{How, ScopeKind, StmtKind};
use crate::lang::tree::{self, field, span};
use crate::text::Span;
use tree_sitter::Node;

impl Js<'_> {
    /// A compound statement, or one that nothing needs to be known of.
    pub(super) fn control(&mut self, b: &mut Builder, node: Node, here: Span) {
        match node.kind() {
            "if_statement" => self.if_statement(b, node, here),
            "for_statement" => self.for_statement(b, node, here),
            "for_in_statement" => self.for_in_statement(b, node, here),
            "while_statement" => self.clauses(b, node, here, StmtKind::Loop, &["condition", "body"]),
            "do_statement" => self.clauses(b, node, here, StmtKind::Loop, &["body", "condition"]),
            "with_statement" => self.clauses(b, node, here, StmtKind::With, &["object", "body"]),
            "labeled_statement" => self.clauses(b, node, here, StmtKind::Other, &["body"]),
            "try_statement" => self.try_statement(b, node, here),
            "switch_statement" => self.switch_statement(b, node, here),
            "break_statement" | "continue_statement" | "debugger_statement" | "empty_statement" => {
                self.simple(b, node, here, StmtKind::Other);
            }
            _ => {
                b.in_stmt(here, StmtKind::Other, |b, _| {
                    self.part(b, node);
                    vec![]
                });
            }
        }
    }

    /// A statement made of expressions and one `body`, in the given order.
    fn clauses(&mut self, b: &mut Builder, node: Node, here: Span, kind: StmtKind, fields: &[&str]) {
        b.in_stmt(here, kind, |b, _| {
            for name in fields {
                match field(node, name) {
                    Some(body) if *name == "body" => {
                        self.branch(b, body);
                    }
                    Some(part) => {
                        self.expr(b, part);
                    }
                    None => {}
                }
            }
            vec![]
        });
    }

    fn if_statement(&mut self, b: &mut Builder, node: Node, here: Span) {
        b.in_stmt(here, StmtKind::If, |b, _| {
            field(node, "condition").map(|condition| self.expr(b, condition));
            field(node, "consequence").map(|branch| self.branch(b, branch));
            let otherwise = field(node, "alternative").and_then(|clause| tree::named(clause).into_iter().next());
            otherwise.map(|branch| self.branch(b, branch));
            vec![]
        });
    }

    fn for_statement(&mut self, b: &mut Builder, node: Node, here: Span) {
        let initializer = field(node, "initializer");
        b.in_stmt(here, StmtKind::Loop, |b, _| {
            self.in_own_scope(b, initializer.is_some_and(declares), span(node), |js, b| {
                if let Some(initializer) = initializer {
                    if initializer.kind().ends_with("_declaration") {
                        js.declarators(b, initializer);
                    } else {
                        js.head(b, initializer);
                    }
                }
                for part in ["condition", "increment"].into_iter().flat_map(|name| tree::fields(node, name)) {
                    js.head(b, part);
                }
                field(node, "body").map(|body| js.branch(b, body));
            });
            vec![]
        });
    }

    /// One of the three parts of a `for`, which may be empty.
    fn head(&mut self, b: &mut Builder, node: Node) {
        if node.kind() != "empty_statement" {
            self.expr(b, node);
        }
    }

    /// `for (… of …)`, `for (… in …)`.
    fn for_in_statement(&mut self, b: &mut Builder, node: Node, here: Span) {
        let kind = field(node, "kind").map(|kind| self.text(kind));
        b.in_stmt(here, StmtKind::Loop, |b, _| {
            self.in_own_scope(b, kind.is_some_and(|kind| kind != "var"), span(node), |js, b| {
                let right = field(node, "right");
                if let Some(left) = field(node, "left") {
                    let end = right.map_or(left.end_byte(), |right| right.end_byte());
                    let scope = match kind {
                        Some("var") => Some(b.function_scope()),
                        Some(_) => Some(b.scope()),
                        None => None,
                    };
                    let target = Target { scope, how: How::Each, span: Span::new(left.start_byte(), end) };
                    let leaves = js.pattern(b, left, &target);
                    field(node, "value").map(|value| js.expr(b, value));
                    let value = right.map(|right| js.expr(b, right));
                    js.give(b, &leaves, value, true);
                }
                field(node, "body").map(|body| js.branch(b, body));
            });
            vec![]
        });
    }

    fn try_statement(&mut self, b: &mut Builder, node: Node, here: Span) {
        b.in_stmt(here, StmtKind::Try, |b, _| {
            field(node, "body").map(|body| self.block(b, body, None));
            if let Some(handler) = field(node, "handler") {
                self.handler(b, handler);
            }
            let last = field(node, "finalizer").and_then(|clause| field(clause, "body"));
            last.map(|body| self.block(b, body, None));
            vec![]
        });
    }

    fn handler(&mut self, b: &mut Builder, node: Node) {
        b.in_scope(ScopeKind::Block, span(node), |b, scope| {
            if let Some(parameter) = field(node, "parameter") {
                let target = Target { scope: Some(scope), how: How::Catch, span: span(parameter) };
                self.pattern(b, parameter, &target);
                self.types_in(b, node, "type");
            }
            if let Some(body) = field(node, "body") {
                let block = self.block(b, body, None);
                b.module.blocks[block.index()].is_handler = true;
            }
        });
    }

    /// `switch`: the statements of all cases stand in one block.
    fn switch_statement(&mut self, b: &mut Builder, node: Node, here: Span) {
        b.in_stmt(here, StmtKind::Other, |b, _| {
            field(node, "value").map(|value| self.expr(b, value));
            if let Some(body) = field(node, "body") {
                let cases = tree::named(body);
                let scoped = cases.iter().any(|case| tree::fields(*case, "body").into_iter().any(declares));
                self.in_own_scope(b, scoped, span(body), |js, b| {
                    b.in_block(span(body), None, |b, _| cases.into_iter().for_each(|case| js.case(b, case)));
                });
            }
            vec![]
        });
    }

    fn case(&mut self, b: &mut Builder, case: Node) {
        if case.is_error() {
            self.stmt(b, case);
            return;
        }
        let value = field(case, "value");
        value.map(|value| self.expr(b, value));
        for part in tree::named(case).into_iter().filter(|part| Some(*part) != value) {
            self.stmt(b, part);
        }
    }
}
