//! Written types: the names in them, and which of them a value is an instance of.

use super::{Lowering, loose};
use crate::ir::ExprId;
use crate::ir::build::Builder;
use syn::{
    AngleBracketedGenericArguments, GenericArgument, GenericParam, Generics, Path, PathArguments, ReturnType, Type,
    TypeParamBound,
};

/// What only holds a value: its methods are reached as if it were not there, or give the value.
const HOLDERS: &[&str] = &[
    "Arc",
    "Box",
    "Cow",
    "Data",
    "Extension",
    "Lazy",
    "LazyLock",
    "Mutex",
    "OnceCell",
    "OnceLock",
    "Option",
    "Pin",
    "Rc",
    "RefCell",
    "Result",
    "RwLock",
    "State",
];

impl Lowering<'_> {
    /// Reads all names in a type: they are uses of what was imported.
    pub(super) fn mention_type(&mut self, b: &mut Builder, class: &Type) {
        if !self.depth.enter() {
            return;
        }
        match class {
            Type::Path(path) => {
                if let Some(qualified) = &path.qself {
                    self.mention_type(b, &qualified.ty);
                }
                let name = self.path(b, &path.path);
                loose(b, name);
            }
            Type::Reference(inner) => self.mention_type(b, &inner.elem),
            Type::Paren(inner) => self.mention_type(b, &inner.elem),
            Type::Group(inner) => self.mention_type(b, &inner.elem),
            Type::Slice(inner) => self.mention_type(b, &inner.elem),
            Type::Ptr(inner) => self.mention_type(b, &inner.elem),
            Type::Array(inner) => {
                self.mention_type(b, &inner.elem);
                let length = self.expr(b, &inner.len);
                loose(b, length);
            }
            Type::Tuple(inner) => inner.elems.iter().for_each(|class| self.mention_type(b, class)),
            Type::TraitObject(inner) => inner.bounds.iter().for_each(|bound| self.bound(b, bound)),
            Type::ImplTrait(inner) => inner.bounds.iter().for_each(|bound| self.bound(b, bound)),
            Type::FnPtr(inner) => {
                inner.inputs.iter().for_each(|input| self.mention_type(b, &input.ty));
                if let ReturnType::Type(_, class) = &inner.output {
                    self.mention_type(b, class);
                }
            }
            _ => {}
        }
        self.depth.leave();
    }

    fn bound(&mut self, b: &mut Builder, bound: &TypeParamBound) {
        if let TypeParamBound::Trait(bound) = bound {
            let name = self.path(b, &bound.path);
            loose(b, name);
        }
    }

    /// The bounds of type parameters.
    pub(super) fn where_clause(&mut self, b: &mut Builder, generics: &Generics) {
        for param in &generics.params {
            if let GenericParam::Type(param) = param {
                param.bounds.iter().for_each(|bound| self.bound(b, bound));
            }
        }
        for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
            if let syn::WherePredicate::Type(predicate) = predicate {
                predicate.bounds.iter().for_each(|bound| self.bound(b, bound));
            }
        }
    }

    /// The names in `<A, B>` behind a segment of a path.
    pub(super) fn generic_arguments(&mut self, b: &mut Builder, arguments: &PathArguments) {
        match arguments {
            PathArguments::None => {}
            PathArguments::AngleBracketed(list) => self.generics(b, list),
            PathArguments::Parenthesized(list) => {
                list.inputs.iter().for_each(|input| self.mention_type(b, &input.ty));
                if let ReturnType::Type(_, class) = &list.output {
                    self.mention_type(b, class);
                }
            }
        }
    }

    pub(super) fn generics(&mut self, b: &mut Builder, list: &AngleBracketedGenericArguments) {
        list.args.iter().for_each(|argument| match argument {
            GenericArgument::Type(class) => self.mention_type(b, class),
            GenericArgument::AssocType(named) => self.mention_type(b, &named.ty),
            _ => {}
        });
    }

    /// The name of a type, as an expression; not yet part of anything.
    pub(super) fn type_name(&mut self, b: &mut Builder, class: &Type) -> Option<ExprId> {
        let path = path_of(class, 0)?;
        Some(self.path(b, path))
    }

    /// The name of the class that a value of the type is an instance of, holders aside.
    pub(super) fn instance_type(&mut self, b: &mut Builder, class: &Type) -> Option<ExprId> {
        let path = path_of(class, 0)?;
        let first = path.segments.first()?.ident.to_string();
        let is_parameter = path.segments.len() == 1 && first.len() == 1;
        if is_parameter || (path.segments.len() == 1 && first.starts_with(|c: char| c.is_lowercase())) {
            return None;
        }
        // Only the names: the arguments are read with the whole type.
        let name = self.bare_path(b, path);
        Some(loose(b, name))
    }
}

/// The path of what is held.
fn path_of(class: &Type, depth: u8) -> Option<&Path> {
    if depth > 16 {
        return None;
    }
    match class {
        Type::Reference(inner) => path_of(&inner.elem, depth + 1),
        Type::Paren(inner) => path_of(&inner.elem, depth + 1),
        Type::Group(inner) => path_of(&inner.elem, depth + 1),
        Type::TraitObject(inner) => inner.bounds.iter().find_map(trait_path),
        Type::ImplTrait(inner) => inner.bounds.iter().find_map(trait_path),
        Type::Path(path) if path.qself.is_none() => {
            let last = path.path.segments.last()?;
            let first_type = match &last.arguments {
                PathArguments::AngleBracketed(list) => list.args.iter().find_map(|argument| match argument {
                    GenericArgument::Type(class) => Some(class),
                    _ => None,
                }),
                _ => None,
            };
            match first_type {
                Some(inner) if HOLDERS.contains(&last.ident.to_string().as_str()) => path_of(inner, depth + 1),
                _ => Some(&path.path),
            }
        }
        _ => None,
    }
}

fn trait_path(bound: &TypeParamBound) -> Option<&Path> {
    match bound {
        TypeParamBound::Trait(bound) => Some(&bound.path),
        _ => None,
    }
}
