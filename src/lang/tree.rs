//! What every front-end over tree-sitter needs: parsers, spans, children, a limit on nesting, and the unreadable regions.

use crate::text::Span;
use std::cell::RefCell;
use tree_sitter::{Language, Node, Parser, Tree};

/// Why a region that the grammar could not place is a gap.
pub(crate) const SYNTAX_ERROR: &str = "syntax error";
/// Why a place where the grammar had to make something up is a gap.
pub(crate) const MISSING: &str = "something is missing";
/// Why a region below [`Depth`]'s limit is a gap.
pub(crate) const TOO_DEEP: &str = "nested too deeply";

thread_local! {
    /// Making a parser is dear beside parsing a small file; each thread keeps one for each grammar.
    static PARSERS: RefCell<Vec<(Language, Parser)>> = const { RefCell::new(Vec::new()) };
}

/// Parses `text`. tree-sitter skips a BOM without shifting offsets. `None` only where the grammar cannot be loaded.
pub(crate) fn parse(language: Language, text: &str) -> Option<Tree> {
    PARSERS.with_borrow_mut(|parsers| {
        let known = parsers.iter().position(|(of, _)| *of == language);
        let at = match known {
            Some(at) => at,
            None => {
                let mut parser = Parser::new();
                parser.set_language(&language).ok()?;
                parsers.push((language, parser));
                parsers.len() - 1
            }
        };
        parsers[at].1.parse(text, None)
    })
}

/// The bytes of a node.
pub(crate) fn span(node: Node) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

/// The text of a node.
pub(crate) fn text<'t>(node: Node, source: &'t str) -> &'t str {
    source.get(node.byte_range()).unwrap_or_default()
}

/// All children, tokens included. (`Node::child(i)` counts from the front each time; this is linear.)
pub(crate) fn children<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    node.children(&mut node.walk()).collect()
}

/// The children that mean something: no punctuation, no comments.
pub(crate) fn named<'t>(node: Node<'t>) -> Vec<Node<'t>> {
    node.named_children(&mut node.walk()).filter(|child| !child.is_extra() || child.is_error()).collect()
}

/// The child in a field.
pub(crate) fn field<'t>(node: Node<'t>, name: &str) -> Option<Node<'t>> {
    node.child_by_field_name(name)
}

/// The children in a field that may repeat, without the separating tokens.
pub(crate) fn fields<'t>(node: Node<'t>, name: &str) -> Vec<Node<'t>> {
    node.children_by_field_name(name, &mut node.walk()).filter(Node::is_named).collect()
}

/// Whether a token (`async`, `=`, `new` …) is among the direct children.
pub(crate) fn has_token(node: Node, token: &str) -> bool {
    node.children(&mut node.walk()).any(|child| !child.is_named() && child.kind() == token)
}

/// Counts how deep lowering is, so that minified or hostile input cannot overflow the stack. Left-nested chains
/// (`a + b + …`) should be taken apart with [`left_spine`], which costs one level however long they are.
#[derive(Debug, Default)]
pub(crate) struct Depth(u32);

impl Depth {
    /// Hand-written code stays below 60; at 250 a debug build needs about half of a 2 MiB thread stack.
    const LIMIT: u32 = 250;

    /// One level down. Where it says no, make an opaque node and a gap ([`TOO_DEEP`]), and do not call [`leave`](Self::leave).
    pub(crate) fn enter(&mut self) -> bool {
        let may = self.0 < Self::LIMIT;
        self.0 += u32::from(may);
        may
    }

    /// One level up.
    pub(crate) fn leave(&mut self) {
        self.0 = self.0.saturating_sub(1);
    }
}

/// Takes `((a + b) + c) + d` apart: the leftmost operand `a`, and the nodes `a + b`, `… + c`, `… + d` from the inside
/// out. `left` gives the left operand of a node that belongs to the chain.
pub(crate) fn left_spine<'t>(node: Node<'t>, left: impl Fn(Node<'t>) -> Option<Node<'t>>) -> (Node<'t>, Vec<Node<'t>>) {
    let mut chain = vec![];
    let mut at = node;
    while let Some(next) = left(at) {
        chain.push(at);
        at = next;
    }
    chain.reverse();
    (at, chain)
}

/// Visits every node below `root` once, parents first, without recursion. `into` says whether to look inside a node.
pub(crate) fn walk<'t>(root: Node<'t>, mut into: impl FnMut(Node<'t>) -> bool) {
    let mut cursor = root.walk();
    loop {
        if into(cursor.node()) && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return;
            }
        }
    }
}

/// Every comment, without its line end.
pub(crate) fn comments(root: Node, source: &str, kinds: &[&str]) -> Vec<Span> {
    let mut found = vec![];
    walk(root, |node| {
        if kinds.contains(&node.kind()) && !node.is_missing() {
            let length = text(node, source).trim_end_matches(['\r', '\n']).len();
            found.push(Span::new(node.start_byte(), node.start_byte() + length));
        }
        true
    });
    found
}

/// The regions that the grammar could not place, with the reason. Of an error node only the stray tokens count, where
/// there are any: the named nodes in it were recognised and are lowered.
pub(crate) fn gaps(root: Node) -> Vec<(Span, &'static str)> {
    let mut found = vec![];
    walk(root, |node| {
        if node.is_missing() {
            found.push((span(node), MISSING));
        } else if node.is_error() {
            found.extend(stray_tokens(node).into_iter().map(|span| (span, SYNTAX_ERROR)));
        }
        node.has_error()
    });
    found
}

/// Runs of unnamed tokens in an error node; the whole node where all in it has a name, or nothing is in it.
fn stray_tokens(error: Node) -> Vec<Span> {
    let mut runs: Vec<Span> = vec![];
    let mut joins = false;
    for child in children(error) {
        let stray = !child.is_named();
        match runs.last_mut() {
            Some(run) if stray && joins => *run = run.join(span(child)),
            _ if stray => runs.push(span(child)),
            _ => {}
        }
        joins = stray;
    }
    if runs.is_empty() && !children(error).iter().any(|child| child.is_error()) {
        runs.push(span(error));
    }
    runs
}
