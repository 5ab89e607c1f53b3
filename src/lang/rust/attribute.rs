//! Attributes: what serde calls a field, where a module lies.

use super::{Lowering, at, loose, span_of};
use crate::ir::build::Builder;
use crate::ir::{ExprKind, Written};
use crate::text::Span;
use proc_macro2::{TokenStream, TokenTree};
use syn::parse::Parser;
use syn::{Attribute, Expr, Lit, LitStr, Meta};

/// What serde's attributes on one field or class say.
#[derive(Default)]
pub(super) struct Serde {
    /// `rename = "…"`, `rename(serialize = "…")`
    pub(super) rename: Option<LitStr>,
    /// `rename_all = "…"`, likewise.
    pub(super) rename_all: Option<LitStr>,
}

/// Reads serde's attributes (<https://serde.rs/attributes.html>). What only counts for reading is left out.
pub(super) fn serde(attributes: &[Attribute]) -> Serde {
    let mut found = Serde::default();
    for attribute in attributes {
        let Meta::List(list) = &attribute.meta else { continue };
        if list.path.is_ident("serde") {
            settings(list.tokens.clone(), "", &mut found);
        }
    }
    found
}

/// `key = "value"` and `key(serialize = "value")`, whatever else stands there.
fn settings(tokens: TokenStream, outer: &str, found: &mut Serde) {
    let mut key = String::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => key = ident.to_string(),
            TokenTree::Group(group) => settings(group.stream(), &key, found),
            TokenTree::Literal(literal) => {
                let Ok(Lit::Str(text)) = syn::parse2::<Lit>(TokenTree::Literal(literal).into()) else { continue };
                let name = if outer.is_empty() { key.as_str() } else { outer };
                match (name, key.as_str()) {
                    (_, "deserialize") => {}
                    ("rename", _) => found.rename = Some(text),
                    ("rename_all", _) => found.rename_all = Some(text),
                    _ => {}
                }
            }
            TokenTree::Punct(punct) if punct.as_char() == ',' => key.clear(),
            TokenTree::Punct(_) => {}
        }
    }
}

/// The outside name of a field, if it is not its own.
pub(super) fn written(name: &str, own: &Serde, class: &Serde) -> Option<Written> {
    let inner = |text: &LitStr| {
        let span = at(text.span());
        super::text::inside(span, &text.token().to_string())
    };
    if let Some(rename) = &own.rename {
        return Some(Written { name: rename.value().into(), span: inner(rename) });
    }
    let rule = class.rename_all.as_ref()?;
    let written = in_case(name, &rule.value());
    (written != name).then(|| Written { name: written.into(), span: inner(rule) })
}

/// The name in another case: <https://serde.rs/container-attrs.html#rename_all>
fn in_case(name: &str, rule: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
    };
    let pascal = || name.split('_').map(capital).collect::<String>();
    match rule {
        "lowercase" | "snake_case" => name.to_owned(),
        "UPPERCASE" | "SCREAMING_SNAKE_CASE" => name.to_uppercase(),
        "PascalCase" => pascal(),
        "camelCase" => {
            let pascal = pascal();
            let mut letters = pascal.chars();
            letters.next().map_or(String::new(), |first| first.to_lowercase().chain(letters).collect())
        }
        "kebab-case" => name.replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => name.to_uppercase().replace('_', "-"),
        _ => name.to_owned(),
    }
}

/// `#[path = "…"]`
pub(super) fn path_of(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else { return None };
    match &pair.value {
        Expr::Lit(literal) if pair.path.is_ident("path") => match &literal.lit {
            Lit::Str(text) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

impl Lowering<'_> {
    /// The strings in attributes and the names that are derived; documentation is none.
    pub(super) fn attributes(&mut self, b: &mut Builder, attributes: &[Attribute]) {
        for attribute in attributes {
            match &attribute.meta {
                Meta::Path(path) => {
                    let name = self.path(b, path);
                    loose(b, name);
                }
                Meta::List(list) if list.path.is_ident("derive") => {
                    let parser = syn::punctuated::Punctuated::<syn::Path, syn::Token![,]>::parse_terminated;
                    for path in parser.parse2(list.tokens.clone()).into_iter().flatten() {
                        let name = self.path(b, &path);
                        loose(b, name);
                    }
                }
                Meta::List(list) => self.literals(b, list.tokens.clone()),
                Meta::NameValue(pair) if pair.path.is_ident("doc") => {}
                Meta::NameValue(pair) => {
                    let value = self.expr(b, &pair.value);
                    loose(b, value);
                }
            }
        }
    }

    fn literals(&mut self, b: &mut Builder, tokens: TokenStream) {
        if !self.depth.enter() {
            return;
        }
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.literals(b, group.stream()),
                TokenTree::Literal(literal) => {
                    if let Ok(literal) = syn::parse2::<Lit>(TokenTree::Literal(literal).into()) {
                        let value = self.literal(b, &literal);
                        loose(b, value);
                    }
                }
                _ => {}
            }
        }
        self.depth.leave();
    }

    /// The bytes of an item without its documentation, which is a comment.
    pub(super) fn item_span(&self, item: &syn::Item) -> Span {
        span_of(item)
    }

    /// The kind of a bare key.
    pub(super) fn bare_key(&self, span: Span) -> ExprKind {
        let piece = crate::ir::Piece::Known { span, value: self.text(span).into() };
        ExprKind::Text(crate::ir::Text { pieces: vec![piece], open: "".into() })
    }
}

#[cfg(test)]
mod tests {
    use super::in_case;

    #[test]
    fn cases_are_serdes() {
        let name = "client_id";
        assert_eq!(in_case(name, "camelCase"), "clientId");
        assert_eq!(in_case(name, "PascalCase"), "ClientId");
        assert_eq!(in_case(name, "SCREAMING_SNAKE_CASE"), "CLIENT_ID");
        assert_eq!(in_case(name, "kebab-case"), "client-id");
        assert_eq!(in_case(name, "nonsense"), name);
    }
}
