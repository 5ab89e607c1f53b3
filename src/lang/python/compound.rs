//! `if`, loops, `try`, `with`, `match`.

use super::Lowering;
use super::stmt::last_byte;
use crate::ir::build::Builder;
use crate::ir::{ExprId, ExprKind, How, Item, Key, StmtKind};
use crate::lang::tree;
use crate::text::Span;
use tree_sitter::Node;

impl Lowering<'_> {
    pub(super) fn if_statement(&mut self, b: &mut Builder, node: Node, span: Span) {
        let branches = tree::fields(node, "alternative");
        self.branch(b, node, &branches, span);
    }

    /// An `if` or `elif` with the branches after it; the next `elif` is an `if` in a block of its own.
    fn branch(&mut self, b: &mut Builder, node: Node, after: &[Node], span: Span) {
        b.in_stmt(span, StmtKind::If, |b, _| {
            let condition = tree::field(node, "condition").map(|condition| self.expr(b, condition));
            let outside = self.type_only;
            self.type_only |= condition.is_some_and(|condition| is_type_checking(b, condition));
            self.block_in(b, node, "consequence");
            self.type_only = outside;
            match after.split_first() {
                Some((next, rest)) if next.kind() == "elif_clause" => {
                    let span = Span::new(next.start_byte(), last_byte(*rest.last().unwrap_or(next)));
                    self.else_if(b, *next, rest, span);
                }
                Some((last, _)) => self.else_block(b, *last),
                None => {}
            }
            condition.into_iter().collect()
        });
    }

    fn else_if(&mut self, b: &mut Builder, node: Node, after: &[Node], span: Span) {
        if self.depth.enter() {
            b.in_block(span, None, |b, _| self.branch(b, node, after, span));
            self.depth.leave();
        } else {
            b.gap(span, tree::TOO_DEEP);
        }
    }

    fn else_block(&mut self, b: &mut Builder, clause: Node) {
        self.block_in(b, clause, "body");
    }

    pub(super) fn for_statement(&mut self, b: &mut Builder, node: Node, span: Span) {
        b.in_stmt(span, StmtKind::Loop, |b, _| {
            let left = tree::field(node, "left");
            let right = tree::field(node, "right");
            let target = left.map(|left| self.target(b, left));
            let value = right.map(|right| self.expr(b, right));
            if let (Some(target), Some(left)) = (target, left) {
                let end = right.unwrap_or(left).end_byte();
                self.bind_target(b, target, value, &How::Each, Span::new(left.start_byte(), end));
            }
            self.loop_blocks(b, node);
            target.into_iter().chain(value).collect()
        });
    }

    pub(super) fn while_statement(&mut self, b: &mut Builder, node: Node, span: Span) {
        b.in_stmt(span, StmtKind::Loop, |b, _| {
            let condition = tree::field(node, "condition").map(|condition| self.expr(b, condition));
            self.loop_blocks(b, node);
            condition.into_iter().collect()
        });
    }

    fn loop_blocks(&mut self, b: &mut Builder, node: Node) {
        self.block_in(b, node, "body");
        if let Some(clause) = tree::field(node, "alternative") {
            self.else_block(b, clause);
        }
    }

    pub(super) fn try_statement(&mut self, b: &mut Builder, node: Node, span: Span) {
        b.in_stmt(span, StmtKind::Try, |b, _| {
            let mut exprs = vec![];
            self.block_in(b, node, "body");
            for clause in tree::named(node) {
                match clause.kind() {
                    "except_clause" | "except_group_clause" => exprs.extend(self.handler(b, clause)),
                    "else_clause" => self.else_block(b, clause),
                    "finally_clause" => self.suites(b, clause),
                    _ => {}
                }
            }
            exprs
        });
    }

    /// The suites of a clause that gives them no field.
    fn suites(&mut self, b: &mut Builder, clause: Node) {
        for suite in tree::named(clause).into_iter().filter(|child| child.kind() == "block") {
            self.block(b, suite, None);
        }
    }

    /// An `except` clause; gives the expressions of its head.
    fn handler(&mut self, b: &mut Builder, clause: Node) -> Vec<ExprId> {
        let parts = tree::named(clause);
        let (suites, head): (Vec<Node>, Vec<Node>) = parts.into_iter().partition(|part| part.kind() == "block");
        let alias = tree::field(clause, "alias");
        let (types, name) = match head.as_slice() {
            [one] if one.kind() == "as_pattern" => (tree::named(*one)[..1].to_vec(), tree::field(*one, "alias")),
            [types @ .., name] if Some(*name) == alias => (types.to_vec(), alias),
            // Python 2's `except E, e`; with a capital it is 3.14's list of types.
            [one, name] if self.text(*name).starts_with(|first: char| first.is_lowercase() || first == '_') => {
                (vec![*one], Some(*name))
            }
            all => (all.to_vec(), None),
        };
        let types: Vec<ExprId> = types.into_iter().map(|class| self.expr(b, class)).collect();
        let place = name.map(|name| self.target(b, name));
        if let (Some(place), Some(name)) = (place, name) {
            let start = head.first().unwrap_or(&name).start_byte();
            self.bind_target(b, place, None, &How::Catch, Span::new(start, name.end_byte()));
        }
        for suite in suites {
            let block = self.block(b, suite, None);
            let catches = types.iter().flat_map(|class| taken_apart(b, *class)).collect();
            let block = &mut b.module.blocks[block.index()];
            block.catches = catches;
            block.is_handler = true;
        }
        types.into_iter().chain(place).collect()
    }

    pub(super) fn with_statement(&mut self, b: &mut Builder, node: Node, span: Span) {
        b.in_stmt(span, StmtKind::With, |b, _| {
            let clauses = tree::named(node).into_iter().filter(|child| child.kind() == "with_clause");
            let items: Vec<Node> = clauses.flat_map(tree::named).collect();
            let exprs = items.into_iter().flat_map(|item| self.with_item(b, item)).collect();
            self.block_in(b, node, "body");
            exprs
        });
    }

    /// `value as target`; several in parentheses look like a tuple to the grammar.
    fn with_item(&mut self, b: &mut Builder, item: Node) -> Vec<ExprId> {
        let value = tree::field(item, "value").unwrap_or(item);
        let inner = tree::named(value);
        let grouped = matches!(value.kind(), "tuple" | "parenthesized_expression")
            && inner.iter().any(|part| part.kind() == "as_pattern");
        if grouped {
            return inner.into_iter().flat_map(|part| self.bound_value(b, part)).collect();
        }
        self.bound_value(b, value)
    }

    /// `value as target` in parts, bound; any other expression as it is.
    pub(super) fn bound_value(&mut self, b: &mut Builder, node: Node) -> Vec<ExprId> {
        let parts = tree::named(node);
        let (true, Some(first)) = (node.kind() == "as_pattern", parts.first()) else {
            return vec![self.expr(b, node)];
        };
        let value = self.expr(b, *first);
        let target = tree::field(node, "alias").map(|alias| self.target(b, alias));
        if let Some(target) = target {
            self.bind_target(b, target, Some(value), &How::With, tree::span(node));
        }
        std::iter::once(value).chain(target).collect()
    }

    pub(super) fn match_statement(&mut self, b: &mut Builder, node: Node, span: Span) {
        b.in_stmt(span, StmtKind::Other, |b, _| {
            let subjects = tree::fields(node, "subject");
            let mut exprs: Vec<ExprId> = subjects.into_iter().map(|subject| self.expr(b, subject)).collect();
            let cases = tree::field(node, "body").map(tree::named).unwrap_or_default();
            for case in cases {
                for part in tree::named(case).into_iter().filter(|part| part.kind() != "block") {
                    exprs.push(self.expr(b, part));
                }
                self.block_in(b, case, "consequence");
            }
            exprs
        });
    }

    /// A pattern of `case`: what it captures is bound without a value; dotted names and literals are read.
    pub(super) fn case_pattern(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let captures = match node.kind() {
            "dotted_name" => node.parent().is_some_and(|parent| parent.kind() != "class_pattern"),
            _ => true,
        };
        let parts = tree::named(node);
        let is_wildcard = self.text(node).trim_start_matches('*') == "_";
        if let ("dotted_name" | "splat_pattern", [only], true, false) =
            (node.kind(), parts.as_slice(), captures, is_wildcard)
        {
            return self.capture(b, *only);
        }
        if node.kind() == "dotted_name" {
            return self.dotted_read(b, &parts);
        }
        let parts = parts.into_iter().map(|part| match (node.kind(), part.kind()) {
            ("as_pattern", "identifier") => self.capture(b, part),
            ("keyword_pattern", "identifier") => b.expr(tree::span(part), ExprKind::Opaque(vec![])),
            _ => self.expr(b, part),
        });
        let parts = parts.collect();
        b.expr(tree::span(node), ExprKind::Opaque(parts))
    }

    fn capture(&mut self, b: &mut Builder, name: Node) -> ExprId {
        let place = self.expr(b, name);
        self.bind_target(b, place, None, &How::Part(vec![Key::Rest]), tree::span(name));
        place
    }

    /// `a.b.c` of a pattern or decorator, as members.
    fn dotted_read(&mut self, b: &mut Builder, parts: &[Node]) -> ExprId {
        let Some((first, rest)) = parts.split_first() else {
            return b.expr(Span::default(), ExprKind::Opaque(vec![]));
        };
        let mut at = b.name(tree::span(*first), self.text(*first));
        for part in rest {
            let (name, name_span) = (self.text(*part).into(), tree::span(*part));
            let whole = tree::span(*first).join(name_span);
            at = b.expr(whole, ExprKind::Member { base: at, name, name_span });
        }
        at
    }
}

fn is_type_checking(b: &Builder, condition: ExprId) -> bool {
    matches!(b.module.kind(condition), ExprKind::Name(name) | ExprKind::Member { name, .. } if &**name == "TYPE_CHECKING")
}

/// The exception types in `(A, B)`, or the one that stands alone.
fn taken_apart(b: &Builder, class: ExprId) -> Vec<ExprId> {
    match b.module.kind(class) {
        ExprKind::List(items) => items.iter().map(|item: &Item| item.value).collect(),
        _ => vec![class],
    }
}
