//! What is assigned to: names, members, destructuring patterns.

use super::Js;
use super::literal::{Element, elements};
use crate::ir::build::Builder;
use crate::ir::{BindId, ExprId, ExprKind, How, Key, ScopeId};
use crate::lang::tree::{self, field, span};
use crate::text::Span;
use tree_sitter::Node;

/// What the places of one pattern have in common.
pub(super) struct Target {
    /// Where names are declared; `None` for an assignment to names that are declared elsewhere.
    pub(super) scope: Option<ScopeId>,
    /// How the whole value is given, where it is not taken apart.
    pub(super) how: How,
    /// The span of the binds.
    pub(super) span: Span,
}

/// A place in a pattern.
pub(super) struct Leaf {
    pub(super) place: ExprId,
    pub(super) bind: BindId,
    /// The element of the pattern: `a`, `a: b`, `a = 1`.
    pub(super) span: Span,
}

impl Js<'_> {
    /// Binds every place in a pattern, in source order. The value comes later, with [`give`](Self::give).
    ///
    /// A default (`{ a = 1 }`) is a second value that the name can have, hence a second bind.
    pub(super) fn pattern(&mut self, b: &mut Builder, node: Node, target: &Target) -> Vec<Leaf> {
        let mut leaves = vec![];
        self.pattern_at(b, node, span(node), target, &mut vec![], &mut leaves);
        leaves
    }

    /// Gives the binds of a pattern their value. Of each element of a loop's value a part has no path: there it is left out.
    pub(super) fn give(&mut self, b: &mut Builder, leaves: &[Leaf], value: Option<ExprId>, each: bool) {
        for leaf in leaves {
            let bind = &mut b.module.binds[leaf.bind.index()];
            if !(each && matches!(bind.how, How::Part(_))) {
                bind.value = value;
            }
        }
    }

    fn pattern_at(
        &mut self,
        b: &mut Builder,
        node: Node,
        element: Span,
        target: &Target,
        path: &mut Vec<Key>,
        leaves: &mut Vec<Leaf>,
    ) {
        self.deeper(b, node, |js, b| match node.kind() {
            "object_pattern" => {
                for part in tree::named(node) {
                    js.property(b, part, target, path, leaves);
                }
            }
            "array_pattern" => {
                for (position, part) in elements(node).into_iter().enumerate() {
                    let Element::Node(part) = part else { continue };
                    let key = if part.kind() == "rest_pattern" { Key::Rest } else { Key::Position(position as u32) };
                    path.push(key);
                    js.pattern_at(b, part, span(part), target, path, leaves);
                    path.pop();
                }
            }
            "assignment_pattern" | "object_assignment_pattern" => js.defaulted(b, node, element, target, path, leaves),
            "rest_pattern" | "parenthesized_expression" => {
                if let Some(inner) = tree::named(node).first() {
                    js.pattern_at(b, *inner, element, target, path, leaves);
                }
            }
            _ => js.place(b, node, element, target, path, leaves),
        });
    }

    /// One part of `{…}`.
    fn property(&mut self, b: &mut Builder, node: Node, target: &Target, path: &mut Vec<Key>, leaves: &mut Vec<Leaf>) {
        let (key, value) = match node.kind() {
            "pair_pattern" => match (field(node, "key"), field(node, "value")) {
                (Some(key), Some(value)) => (self.property_key(b, key), value),
                _ => return,
            },
            "rest_pattern" => (Key::Rest, node),
            "object_assignment_pattern" => match field(node, "left") {
                Some(left) => (Key::Name(self.text(left).into()), node),
                None => return,
            },
            _ => (Key::Name(self.text(node).into()), node),
        };
        path.push(key);
        self.pattern_at(b, value, span(node), target, path, leaves);
        path.pop();
    }

    /// The key of `key: place`. One that is computed can be any: [`Key::Rest`] is the nearest that can be said.
    fn property_key(&mut self, b: &mut Builder, key: Node) -> Key {
        match self.key_name(key) {
            Some(name) => Key::Name(name.into()),
            None => {
                self.key(b, key);
                Key::Rest
            }
        }
    }

    fn defaulted(
        &mut self,
        b: &mut Builder,
        node: Node,
        element: Span,
        target: &Target,
        path: &mut Vec<Key>,
        leaves: &mut Vec<Leaf>,
    ) {
        let Some(left) = field(node, "left") else {
            return;
        };
        let before = leaves.len();
        self.pattern_at(b, left, element, target, path, leaves);
        let Some(right) = field(node, "right") else {
            return;
        };
        let name = (left.named_child_count() == 0).then(|| self.text(left));
        let value = self.expr_named(b, right, name);
        if let [leaf] = &leaves[before..] {
            let (place, scope) = (leaf.place, b.module.binds[leaf.bind.index()].scope);
            let bind = b.bind(place, scope, Some(value), How::Assign, target.span);
            self.reassigned.extend(target.scope.is_none().then_some(bind));
        }
    }

    fn place(
        &mut self,
        b: &mut Builder,
        node: Node,
        element: Span,
        target: &Target,
        path: &[Key],
        leaves: &mut Vec<Leaf>,
    ) {
        let place = match node.kind() {
            // A name whatever it is called: `undefined` and keywords parse as other nodes.
            "undefined" => b.name(span(node), self.text(node)),
            _ => self.expr(b, node),
        };
        let kind = b.module.kind(place);
        if !matches!(kind, ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Index { .. }) {
            return;
        }
        let is_name = matches!(kind, ExprKind::Name(_));
        let scope = target.scope.filter(|_| is_name).unwrap_or_else(|| b.scope());
        let how = if path.is_empty() { target.how.clone() } else { How::Part(path.to_vec()) };
        let bind = b.bind(place, scope, None, how, target.span);
        self.reassigned.extend((is_name && target.scope.is_none()).then_some(bind));
        leaves.push(Leaf { place, bind, span: element });
    }
}
