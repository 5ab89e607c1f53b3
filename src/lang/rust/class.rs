//! Types and what is implemented for them: one class for each type, with the methods of all its `impl`s.

use super::item::is_public;
use super::{Lowering, at, between, loose, span_of};
use crate::ir::build::Builder;
use crate::ir::{Class, ClassId, Declared, ExprId, ExprKind, How, ScopeId, ScopeKind, StmtId, StmtKind};
use crate::text::Span;
use syn::{Fields, ImplItem, Item, TraitItem, Type};

impl Lowering<'_> {
    /// Makes the classes of a module's types, so that an `impl` finds them wherever it stands.
    pub(super) fn reserve_classes<'i>(&mut self, b: &mut Builder, items: impl IntoIterator<Item = &'i Item>) {
        for item in items {
            match item {
                Item::Struct(item) => self.class_of(b, &item.ident),
                Item::Enum(item) => self.class_of(b, &item.ident),
                Item::Union(item) => self.class_of(b, &item.ident),
                Item::Trait(item) => self.class_of(b, &item.ident),
                _ => continue,
            };
        }
    }

    /// The class of a type of this module; a new one where the type is from elsewhere.
    fn class_of(&mut self, b: &mut Builder, ident: &syn::Ident) -> ClassId {
        let key = (b.scope(), ident.to_string());
        match self.classes.get(&key) {
            Some(known) => *known,
            None => {
                // Several `impl`s far apart share the scope.
                let whole = b.module.scope(b.scope()).span;
                let id = self.new_class(b, ident, whole);
                self.classes.insert(key, id);
                id
            }
        }
    }

    pub(super) fn new_class(&mut self, b: &mut Builder, ident: &syn::Ident, body: Span) -> ClassId {
        let name = Some(self.ident(ident).into());
        let id = b.class(Class {
            name,
            span: at(ident.span()),
            scope: b.scope(),
            bases: vec![],
            constructors: vec![],
            decorators: vec![],
            is_open: false,
        });
        b.in_scope(ScopeKind::Class(id), body, |b, scope| b.module.classes[id.index()].scope = scope);
        id
    }

    /// The class that a type's name means in this file, as seen from the module around.
    pub(super) fn known_class(&self, name: &str) -> Option<ClassId> {
        if name == "Self" {
            return self.own_class;
        }
        let scopes = self.modules.iter().rev();
        scopes.filter_map(|scope| self.classes.get(&(*scope, name.to_owned()))).next().copied()
    }

    pub(super) fn structure(&mut self, b: &mut Builder, item: &syn::ItemStruct, span: Span) {
        let id = self.class_of(b, &item.ident);
        b.module.classes[id.index()].span = span;
        b.in_stmt(span, StmtKind::Class(id), |b, _| {
            let place = self.declare(b, &item.ident, How::Class(id), span);
            self.attributes(b, &item.attrs);
            let class = super::attribute::serde(&item.attrs);
            self.fields(b, id, &item.fields, &class);
            self.where_clause(b, &item.generics);
            vec![place]
        });
    }

    fn fields(&mut self, b: &mut Builder, id: ClassId, fields: &Fields, class: &super::attribute::Serde) {
        for field in fields {
            self.attributes(b, &field.attrs);
            self.mention_type(b, &field.ty);
            let Some(ident) = &field.ident else { continue };
            let name: Box<str> = self.ident(ident).into();
            let declared = Declared {
                class: id,
                name: name.clone(),
                span: span_of(field),
                is_public: is_public(&field.vis),
                is_variant: false,
            };
            b.module.types.members.push(declared);
            let own = super::attribute::serde(&field.attrs);
            if let Some(written) = super::attribute::written(&ident.to_string(), &own, class) {
                b.module.types.written.insert((id, name.clone()), written);
            }
            if let Some(class) = self.instance_type(b, &field.ty) {
                b.module.types.fields.insert((id, name), class);
            }
        }
    }

    pub(super) fn enumeration(&mut self, b: &mut Builder, item: &syn::ItemEnum, span: Span) {
        let id = self.class_of(b, &item.ident);
        b.module.classes[id.index()].span = span;
        b.in_stmt(span, StmtKind::Class(id), |b, _| {
            let place = self.declare(b, &item.ident, How::Class(id), span);
            self.attributes(b, &item.attrs);
            for variant in &item.variants {
                self.attributes(b, &variant.attrs);
                let name = self.ident(&variant.ident).into();
                let span = span_of(variant);
                b.module.types.members.push(Declared { class: id, name, span, is_public: true, is_variant: true });
                for field in &variant.fields {
                    self.attributes(b, &field.attrs);
                    self.mention_type(b, &field.ty);
                }
            }
            vec![place]
        });
    }

    pub(super) fn plain_class(&mut self, b: &mut Builder, ident: &syn::Ident, span: Span) {
        let id = self.class_of(b, ident);
        b.module.classes[id.index()].span = span;
        b.in_stmt(span, StmtKind::Class(id), |b, _| vec![self.declare(b, ident, How::Class(id), span)]);
    }

    pub(super) fn trait_item(&mut self, b: &mut Builder, item: &syn::ItemTrait, span: Span) {
        let id = self.class_of(b, &item.ident);
        b.module.classes[id.index()].span = span;
        b.in_stmt(span, StmtKind::Class(id), |b, _| {
            let place = self.declare(b, &item.ident, How::Class(id), span);
            self.attributes(b, &item.attrs);
            self.class_body(b, id, between(&item.brace_token.span), |lowering, b| {
                for item in &item.items {
                    let span = span_of(item);
                    match item {
                        TraitItem::Fn(method) => {
                            lowering.function(b, &method.attrs, &method.sig, method.default.as_ref(), span);
                        }
                        TraitItem::Const(item) => {
                            let value = item.default.as_ref().map(|(_, value)| value);
                            lowering.constant(b, &item.attrs, &item.ident, Some(&item.ty), value, span);
                        }
                        _ => {}
                    }
                }
            });
            vec![place]
        });
    }

    /// `impl Type`, `impl Trait for Type`
    pub(super) fn implementation(&mut self, b: &mut Builder, item: &syn::ItemImpl, span: Span) {
        let Some(name) = last_name(&item.self_ty) else {
            b.in_stmt(span, StmtKind::Other, |_, _| vec![]);
            return;
        };
        let id = self.class_of(b, name);
        b.in_stmt(span, StmtKind::Class(id), |b, _| {
            self.attributes(b, &item.attrs);
            self.mention_type(b, &item.self_ty);
            if let Some((base, _)) = &item.trait_ {
                let base = self.path(b, base);
                let base = loose(b, base);
                b.module.classes[id.index()].bases.push(base);
            }
            self.class_body(b, id, between(&item.brace_token.span), |lowering, b| {
                for item in &item.items {
                    let span = span_of(item);
                    let stmt = StmtId(b.module.stmts.len() as u32);
                    match item {
                        ImplItem::Fn(method) => {
                            lowering.function(b, &method.attrs, &method.sig, Some(&method.block), span);
                            if is_public(&method.vis) {
                                b.module.types.public.insert(stmt);
                            }
                        }
                        ImplItem::Const(item) => {
                            lowering.constant(b, &item.attrs, &item.ident, Some(&item.ty), Some(&item.expr), span);
                        }
                        _ => {}
                    }
                }
            });
            vec![]
        });
    }

    fn class_body(&mut self, b: &mut Builder, id: ClassId, body: Span, inside: impl FnOnce(&mut Self, &mut Builder)) {
        let scope: ScopeId = b.module.class(id).scope;
        let around = self.own_class.replace(id);
        b.in_scope_of(scope, |b| b.in_block(body, None, |b, _| inside(self, b)));
        self.own_class = around;
    }

    /// `Type { a: 1, b, ..rest }`
    pub(super) fn struct_literal(&mut self, b: &mut Builder, node: &syn::ExprStruct) -> ExprId {
        let class = self.path(b, &node.path);
        let class = loose(b, class);
        let known = match b.module.kind(class) {
            ExprKind::Name(name) => self.known_class(name),
            _ => None,
        };
        let mut entries = vec![];
        for field in &node.fields {
            let span = span_of(field);
            let syn::Member::Named(name) = &field.member else { continue };
            let name_span = at(name.span());
            let shorthand = field.colon_token.is_none();
            let key = self.bare_key(name_span);
            let key = b.expr(name_span, key);
            let value = self.expr(b, &field.expr);
            entries.push(crate::ir::Entry { span, key: Some(key), value, shorthand });
            if let Some(known) = known {
                let scope = b.module.class(known).scope;
                let place = b.name(name_span, self.ident(name));
                let place = loose(b, place);
                b.bind(place, scope, Some(value), How::Assign, span);
            }
        }
        if let Some(rest) = &node.rest {
            let value = self.expr(b, rest);
            let from = node.dot2_token.as_ref().map_or(b.module.expr(value).outer, span_of);
            let span = from.join(b.module.expr(value).outer);
            entries.push(crate::ir::Entry { span, key: None, value, shorthand: false });
        }
        let span = span_of(&node.path).join(between(&node.brace_token.span));
        let record = b.expr(span, ExprKind::Record(entries));
        b.module.types.records.insert(record, class);
        record
    }
}

/// The last name of a type's path: `Client` of `&a::Client<T>`.
fn last_name(class: &Type) -> Option<&syn::Ident> {
    match class {
        Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        Type::Reference(inner) => last_name(&inner.elem),
        Type::Paren(inner) => last_name(&inner.elem),
        Type::Group(inner) => last_name(&inner.elem),
        _ => None,
    }
}
