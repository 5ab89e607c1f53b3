//! What is assigned to, and the scope that declares it.

use super::Lowering;
use crate::ir::build::Builder;
use crate::ir::{ExprId, ExprKind, How, Key, ScopeId, ScopeKind};
use crate::lang::tree;
use crate::text::Span;
use tree_sitter::Node;

impl Lowering<'_> {
    /// The place or places on the left of an assignment; a pattern is a list of places.
    pub(super) fn target(&mut self, b: &mut Builder, node: Node) -> ExprId {
        let inner = if node.kind() == "as_pattern_target" { tree::named(node).first().copied() } else { None };
        self.expr(b, inner.unwrap_or(node))
    }

    /// Binds a target in the scope that Python declares its names in.
    pub(super) fn bind_target(
        &mut self,
        b: &mut Builder,
        target: ExprId,
        value: Option<ExprId>,
        how: &How,
        whole: Span,
    ) {
        self.bind_target_in(b, None, target, value, how, whole);
    }

    /// As [`bind_target`](Self::bind_target), declaring names in `scope` where one is given (comprehensions).
    ///
    /// Of a loop's, `with`'s or parameter's value a part has no path that the common form can say: there `value` is left out.
    pub(super) fn bind_target_in(
        &mut self,
        b: &mut Builder,
        scope: Option<ScopeId>,
        target: ExprId,
        value: Option<ExprId>,
        how: &How,
        whole: Span,
    ) {
        let mut places = vec![];
        leaves(b, target, &mut vec![], &mut places);
        for (place, path) in places {
            let scope = match b.module.kind(place) {
                ExprKind::Name(name) => scope.unwrap_or_else(|| self.declaring_scope(b, name)),
                _ => b.scope(),
            };
            if path.is_empty() {
                name_function(b, place, value, how);
                b.bind(place, scope, value, how.clone(), whole);
            } else {
                let value = value.filter(|_| *how == How::Assign);
                b.bind(place, scope, value, How::Part(path), whole);
            }
        }
    }

    /// The scope in which a name that is assigned to here is declared.
    pub(super) fn declaring_scope(&self, b: &Builder, name: &str) -> ScopeId {
        let here = b.function_scope();
        self.moved.get(&(here, name.to_owned())).copied().unwrap_or(here)
    }

    /// The nearest function around `here` that has bound `name`, else the nearest function.
    pub(super) fn nonlocal_scope(&self, b: &Builder, here: ScopeId, name: &str) -> ScopeId {
        let around = std::iter::successors(b.module.scope(here).parent, |scope| b.module.scope(*scope).parent);
        let functions: Vec<ScopeId> =
            around.filter(|scope| matches!(b.module.scope(*scope).kind, ScopeKind::Function(_))).collect();
        let declares = |scope: &&ScopeId| {
            b.module.binds.iter().any(|bind| {
                bind.scope == **scope && matches!(b.module.kind(bind.place), ExprKind::Name(bound) if &**bound == name)
            })
        };
        functions.iter().find(declares).or(functions.first()).copied().unwrap_or(ScopeId(0))
    }
}

/// The places in a target, with the path from the value to each.
fn leaves(b: &Builder, target: ExprId, path: &mut Vec<Key>, found: &mut Vec<(ExprId, Vec<Key>)>) {
    match b.module.kind(target) {
        ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Index { .. } => found.push((target, path.clone())),
        ExprKind::List(items) => {
            let mut after_star = false;
            for (position, item) in items.iter().enumerate() {
                after_star |= item.spread;
                // Behind a star the position counts from the other end, which no key says.
                path.push(if after_star { Key::Rest } else { Key::Position(position as u32) });
                leaves(b, item.value, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

/// A lambda is known by the name that it is assigned to.
fn name_function(b: &mut Builder, place: ExprId, value: Option<ExprId>, how: &How) {
    let Some(ExprKind::Function(function)) = value.map(|value| b.module.kind(value)) else {
        return;
    };
    let function = function.index();
    if let (ExprKind::Name(name) | ExprKind::Member { name, .. }, How::Assign) = (b.module.kind(place), how) {
        let name = name.clone();
        b.module.functions[function].name = Some(name);
    }
}
