//! Compound statements: `if`, loops, `try`, `switch`, labels.

use super::Java;
use super::stmt::is_statement;
use crate::ir::build::Builder;
use crate::ir::{ExprId, How, ScopeKind, StmtKind};
use crate::lang::tree::{self, field, fields, span};
use crate::text::Span;
use tree_sitter::Node;

impl Java<'_> {
    /// A compound statement, or one that nothing needs to be known of.
    pub(super) fn control(&mut self, b: &mut Builder, node: Node) {
        match node.kind() {
            "if_statement" => self.if_statement(b, node),
            "for_statement" => self.for_statement(b, node),
            "enhanced_for_statement" => self.each_statement(b, node),
            "while_statement" => self.clauses(b, node, StmtKind::Loop, &["condition", "body"]),
            "do_statement" => self.clauses(b, node, StmtKind::Loop, &["body", "condition"]),
            "try_statement" | "try_with_resources_statement" => self.try_statement(b, node),
            "switch_expression" => self.switch_statement(b, node, span(node)),
            _ => {
                b.in_stmt(span(node), StmtKind::Other, |b, _| {
                    // Labels, `synchronized`: the statements and expressions in them.
                    for part in tree::named(node) {
                        match part.kind() {
                            "block" => {
                                self.block(b, part, None);
                            }
                            kind if is_statement(kind) => {
                                self.branch(b, part);
                            }
                            "identifier" if node.kind() == "labeled_statement" => {}
                            _ => {
                                self.part(b, part);
                            }
                        }
                    }
                    vec![]
                });
            }
        }
    }

    /// A statement made of expressions and one `body`, in the given order.
    fn clauses(&mut self, b: &mut Builder, node: Node, kind: StmtKind, fields: &[&str]) {
        b.in_stmt(span(node), kind, |b, _| {
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

    fn if_statement(&mut self, b: &mut Builder, node: Node) {
        b.in_stmt(span(node), StmtKind::If, |b, _| {
            field(node, "condition").map(|condition| self.expr(b, condition));
            for branch in ["consequence", "alternative"].into_iter().filter_map(|name| field(node, name)) {
                self.branch(b, branch);
            }
            vec![]
        });
    }

    fn for_statement(&mut self, b: &mut Builder, node: Node) {
        b.in_stmt(span(node), StmtKind::Loop, |b, _| {
            self.in_own_scope(b, true, span(node), |java, b| {
                for part in fields(node, "init") {
                    if part.kind() == "local_variable_declaration" {
                        java.declarators(b, part);
                    } else {
                        java.expr(b, part);
                    }
                }
                for part in ["condition", "update"].into_iter().flat_map(|name| fields(node, name)) {
                    java.expr(b, part);
                }
                field(node, "body").map(|body| java.branch(b, body));
            });
            vec![]
        });
    }

    /// `for (Type name : value)`
    fn each_statement(&mut self, b: &mut Builder, node: Node) {
        b.in_stmt(span(node), StmtKind::Loop, |b, _| {
            self.in_own_scope(b, true, span(node), |java, b| {
                let modifiers = java.modifiers(b, node);
                let class = field(node, "type").and_then(|class| java.class_type(b, class));
                let name = field(node, "name").filter(|name| name.kind() == "identifier");
                let place = name.map(|name| b.name(span(name), java.text(name)));
                let value = field(node, "value").map(|value| java.expr(b, value));
                if let Some(place) = place {
                    let here = b.module.expr(place).outer;
                    let here = value.map_or(here, |value| here.join(b.module.expr(value).outer));
                    let bind = b.bind(place, b.scope(), value, How::Each, here);
                    let bind = &mut b.module.binds[bind.index()];
                    bind.class = class;
                    bind.decorators = modifiers.annotations;
                }
                field(node, "body").map(|body| java.branch(b, body));
            });
            vec![]
        });
    }

    fn try_statement(&mut self, b: &mut Builder, node: Node) {
        b.in_stmt(span(node), StmtKind::Try, |b, _| {
            let resources = field(node, "resources");
            self.in_own_scope(b, resources.is_some(), span(node), |java, b| {
                for resource in resources.map_or(vec![], tree::named) {
                    java.resource(b, resource);
                }
                field(node, "body").map(|body| java.block(b, body, None));
            });
            for part in tree::named(node) {
                match part.kind() {
                    "catch_clause" => self.handler(b, part),
                    "finally_clause" => {
                        for body in tree::named(part) {
                            self.branch(b, body);
                        }
                    }
                    _ => {}
                }
            }
            vec![]
        });
    }

    /// `Type name = value` in the head of a `try`, or a name that is closed.
    fn resource(&mut self, b: &mut Builder, node: Node) {
        let modifiers = self.modifiers(b, node);
        let class = field(node, "type").and_then(|class| self.class_type(b, class));
        let Some(name) = field(node, "name").filter(|name| name.kind() == "identifier") else {
            for part in tree::named(node).into_iter().filter(|part| part.kind() != "modifiers") {
                self.part(b, part);
            }
            return;
        };
        let place = b.name(span(name), self.text(name));
        let value = field(node, "value").map(|value| self.expr(b, value));
        let bind = b.bind(place, b.scope(), value, How::With, span(node));
        let bind = &mut b.module.binds[bind.index()];
        bind.class = class;
        bind.decorators = modifiers.annotations;
    }

    fn handler(&mut self, b: &mut Builder, node: Node) {
        b.in_scope(ScopeKind::Block, span(node), |b, scope| {
            let mut caught: Vec<ExprId> = vec![];
            let parameter = tree::named(node).into_iter().find(|part| part.kind() == "catch_formal_parameter");
            if let Some(parameter) = parameter {
                self.modifiers(b, parameter);
                for list in tree::named(parameter).into_iter().filter(|part| part.kind() == "catch_type") {
                    let classes = tree::named(list);
                    caught.extend(classes.into_iter().filter_map(|class| self.class_type(b, class)));
                }
                if let Some(name) = field(parameter, "name").filter(|name| name.kind() == "identifier") {
                    let place = b.name(span(name), self.text(name));
                    b.bind(place, scope, None, How::Catch, span(parameter));
                }
            }
            if let Some(body) = field(node, "body") {
                let block = self.block(b, body, None);
                let block = &mut b.module.blocks[block.index()];
                block.is_handler = true;
                block.catches = caught;
            }
        });
    }

    /// `switch` as a statement: the statements of all cases stand in one block.
    pub(super) fn switch_statement(&mut self, b: &mut Builder, node: Node, here: Span) {
        b.in_stmt(here, StmtKind::Other, |b, _| {
            field(node, "condition").map(|value| self.expr(b, value));
            if let Some(body) = field(node, "body") {
                self.in_own_scope(b, true, span(body), |java, b| {
                    b.in_block(span(body), None, |b, _| {
                        for part in tree::named(body).into_iter().flat_map(case_parts) {
                            if part.kind() == "switch_label" {
                                b.in_stmt(span(part), StmtKind::Other, |b, _| {
                                    java.part(b, part);
                                    vec![]
                                });
                            } else {
                                java.stmt(b, part);
                            }
                        }
                    });
                });
            }
            vec![]
        });
    }
}

/// The labels and statements of a case.
fn case_parts(case: Node) -> Vec<Node> {
    if matches!(case.kind(), "switch_rule" | "switch_block_statement_group") { tree::named(case) } else { vec![case] }
}
