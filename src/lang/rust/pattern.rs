//! What patterns bind.

use super::{Lowering, at, loose};
use crate::ir::build::Builder;
use crate::ir::{ExprId, How, Key};
use crate::text::Span;
use syn::Pat;

/// What a pattern takes apart.
struct Taken<'a> {
    value: Option<ExprId>,
    how: &'a How,
    /// The bytes of the bind.
    whole: Span,
}

impl Lowering<'_> {
    /// Binds all names of a pattern. `Some(x)` and `Ok(x)` are as good as `x`, as `?` is: the common form knows no
    /// difference between a value and the promise of one.
    pub(super) fn pattern(&mut self, b: &mut Builder, pattern: &Pat, value: Option<ExprId>, how: &How, whole: Span) {
        self.taken(b, pattern, &Taken { value, how, whole }, &mut vec![]);
    }

    fn taken(&mut self, b: &mut Builder, pattern: &Pat, taken: &Taken, path: &mut Vec<Key>) {
        if !self.depth.enter() {
            return;
        }
        match pattern {
            Pat::Ident(name) => {
                let constant = name.ident.to_string().starts_with(char::is_uppercase);
                if constant && name.subpat.is_none() && name.by_ref.is_none() && name.mutability.is_none() {
                    let read = b.name(at(name.ident.span()), self.ident(&name.ident));
                    loose(b, read);
                } else {
                    self.bind_name(b, &name.ident, taken, path);
                }
                if let Some((_, inner)) = &name.subpat {
                    self.taken(b, inner, taken, path);
                }
            }
            Pat::TupleStruct(node) => {
                let last = node.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
                let class = self.path(b, &node.path);
                loose(b, class);
                match (last.as_str(), node.elems.len()) {
                    ("Err", _) => {
                        let caught = Taken { value: None, how: &How::Catch, whole: taken.whole };
                        node.elems.iter().for_each(|inner| self.taken(b, inner, &caught, &mut vec![]));
                    }
                    // The common form has no use for the shell around one value.
                    (_, 1) => node.elems.iter().for_each(|inner| self.taken(b, inner, taken, path)),
                    _ => self.positions(b, node.elems.iter(), taken, path),
                }
            }
            Pat::Struct(node) => {
                let class = self.path(b, &node.path);
                loose(b, class);
                for field in &node.fields {
                    let key = match &field.member {
                        syn::Member::Named(name) => Key::Name(self.ident(name).into()),
                        syn::Member::Unnamed(index) => Key::Position(index.index),
                    };
                    path.push(key);
                    self.taken(b, &field.pat, taken, path);
                    path.pop();
                }
            }
            Pat::Tuple(node) => self.positions(b, node.elems.iter(), taken, path),
            Pat::Slice(node) => self.positions(b, node.elems.iter(), taken, path),
            Pat::Reference(node) => self.taken(b, &node.pat, taken, path),
            Pat::Paren(node) => self.taken(b, &node.pat, taken, path),
            Pat::Type(node) => {
                self.mention_type(b, &node.ty);
                self.taken(b, &node.pat, taken, path);
            }
            Pat::Or(node) => node.cases.iter().for_each(|case| self.taken(b, case, taken, path)),
            Pat::Guard(node) => {
                self.taken(b, &node.pat, taken, path);
                self.read(b, &node.guard);
            }
            Pat::Path(node) => {
                let read = self.path(b, &node.path);
                loose(b, read);
            }
            Pat::Lit(node) => {
                let read = self.literal(b, &node.lit);
                loose(b, read);
            }
            _ => {}
        }
        self.depth.leave();
    }

    fn positions<'p>(
        &mut self,
        b: &mut Builder,
        parts: impl Iterator<Item = &'p Pat>,
        taken: &Taken,
        path: &mut Vec<Key>,
    ) {
        let mut after_rest = false;
        for (position, part) in parts.enumerate() {
            let is_rest = |part: &Pat| matches!(part, Pat::Rest(_));
            after_rest |= is_rest(part)
                || matches!(part, Pat::Ident(name) if name.subpat.as_ref().is_some_and(|(_, inner)| is_rest(inner)));
            // Behind `..` the position counts from the other end, which no key says.
            path.push(if after_rest { Key::Rest } else { Key::Position(position as u32) });
            self.taken(b, part, taken, path);
            path.pop();
        }
    }

    fn bind_name(&mut self, b: &mut Builder, ident: &syn::Ident, taken: &Taken, path: &[Key]) {
        let span = at(ident.span());
        let place = b.name(span, self.ident(ident));
        let place = loose(b, place);
        let scope = b.scope();
        let whole = taken.whole.join(span);
        if path.is_empty() || *taken.how == How::Catch {
            b.bind(place, scope, taken.value, taken.how.clone(), whole);
        } else {
            // A part of a parameter or of a loop's value has no value that could be pointed at.
            let value = taken.value.filter(|_| *taken.how == How::Assign);
            b.bind(place, scope, value, How::Part(path.to_vec()), whole);
        }
    }
}
