//! Macros: those of the language's own library and serde_json's `json!` by what they mean; of others, the tokens that
//! are expressions.

use super::text::Given;
use super::{Lowering, at, loose, span_of};
use crate::ir::build::Builder;
use crate::ir::{Arg, Entry, ExprId, ExprKind, Item, Piece, Spread, Text};
use crate::text::Span;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Expr, Lit, Token};

/// An argument of a macro: `value`, `name = value`; also `name: value`, `%value` and `?value` as tracing has them.
struct Argument {
    name: Option<syn::Ident>,
    value: Expr,
}

impl Parse for Argument {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let assigned = input.peek2(Token![=]) && !input.peek2(Token![==]);
        let labelled = input.peek2(Token![:]) && !input.peek2(Token![::]);
        let name = if input.peek(syn::Ident) && (assigned || labelled) {
            let name = input.parse()?;
            if assigned {
                input.parse::<Token![=]>()?;
            } else {
                input.parse::<Token![:]>()?;
            }
            Some(name)
        } else {
            None
        };
        if input.peek(Token![%]) {
            input.parse::<Token![%]>()?;
        } else if input.peek(Token![?]) {
            input.parse::<Token![?]>()?;
        }
        Ok(Argument { name, value: input.parse()? })
    }
}

/// `static ref NAME: Type = value;`
struct LazyStatic {
    name: syn::Ident,
    class: syn::Type,
    value: Expr,
}

impl Parse for LazyStatic {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        input.call(syn::Attribute::parse_outer)?;
        input.parse::<syn::Visibility>()?;
        input.parse::<Token![static]>()?;
        input.parse::<Token![ref]>()?;
        let name = input.parse()?;
        input.parse::<Token![:]>()?;
        let class = input.parse()?;
        input.parse::<Token![=]>()?;
        Ok(LazyStatic { name, class, value: input.parse()? })
    }
}

impl Lowering<'_> {
    pub(super) fn macro_call(&mut self, b: &mut Builder, mac: &syn::Macro) -> ExprId {
        let span = span_of(mac);
        if !self.depth.enter() {
            return self.too_deep(b, span);
        }
        let name = mac.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
        let id = match name.as_str() {
            "json" => {
                let name = self.path(b, &mac.path);
                loose(b, name);
                self.json(b, mac.tokens.clone(), span)
            }
            "vec" => self.items_macro(b, mac, span),
            "format" | "format_args" => self.format_macro(b, mac, span),
            "concat" => self.concat_macro(b, mac, span),
            "lazy_static" => self.lazy_statics(b, mac, span),
            _ => self.other_macro(b, mac, span),
        };
        self.depth.leave();
        id
    }

    fn arguments(&self, tokens: &TokenStream) -> Option<Vec<Argument>> {
        let parser = syn::punctuated::Punctuated::<Argument, Token![,]>::parse_terminated;
        parser.parse2(tokens.clone()).ok().map(|list| list.into_iter().collect())
    }

    /// A call of a macro that nobody knows.
    fn other_macro(&mut self, b: &mut Builder, mac: &syn::Macro, span: Span) -> ExprId {
        let callee = self.path(b, &mac.path);
        let Some(given) = self.arguments(&mac.tokens) else {
            return self.loose_tokens(b, callee, mac, span);
        };
        let args = given.iter().map(|given| {
            let value = match literal_of(&given.value) {
                Some(literal) if self.text(literal).contains('{') => {
                    let none = Given { values: vec![], named: vec![] };
                    self.formatted(b, literal, none, literal).0
                }
                _ => self.expr(b, &given.value),
            };
            let own = b.module.expr(value).outer;
            let name = given.name.as_ref().map(|name| (self.ident(name), at(name.span())));
            let span = name.map_or(own, |(_, name)| name.join(own));
            Arg { span, name: name.map(|(name, _)| name.into()), value, spread: Spread::No }
        });
        let args = args.collect();
        b.expr(span, ExprKind::Call { callee, args, new: false })
    }

    /// Tokens that are no list of expressions: statements (`tokio::select!` has arms, `lazy_static!` items), or the
    /// groups in them.
    fn loose_tokens(&mut self, b: &mut Builder, callee: ExprId, mac: &syn::Macro, span: Span) -> ExprId {
        let mut parts = vec![callee];
        self.runs(b, mac.tokens.clone(), &mut parts);
        b.expr(span, ExprKind::Opaque(parts))
    }

    /// Splits tokens where a list's item or a statement ends, and reads what is an expression.
    fn runs(&mut self, b: &mut Builder, tokens: TokenStream, parts: &mut Vec<ExprId>) {
        if !self.depth.enter() {
            return;
        }
        let mut run: Vec<TokenTree> = vec![];
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            let ends = match &token {
                TokenTree::Punct(punct) if matches!(punct.as_char(), ',' | ';') => true,
                // `pattern => value`, `name = value`
                TokenTree::Punct(punct) if punct.as_char() == '=' && !is_comparison(&run, tokens.peek()) => {
                    if matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == '>') {
                        tokens.next();
                    }
                    true
                }
                _ => {
                    run.push(token);
                    false
                }
            };
            if ends {
                self.run(b, std::mem::take(&mut run), parts);
            }
        }
        self.run(b, run, parts);
        self.depth.leave();
    }

    fn run(&mut self, b: &mut Builder, run: Vec<TokenTree>, parts: &mut Vec<ExprId>) {
        if run.is_empty() {
            return;
        }
        let tokens: TokenStream = run.iter().cloned().collect();
        match syn::parse2::<Expr>(tokens) {
            Ok(expr) => parts.push(self.expr(b, &expr)),
            Err(_) => {
                for token in run {
                    if let TokenTree::Group(group) = token {
                        self.runs(b, group.stream(), parts);
                    }
                }
            }
        }
    }

    /// `lazy_static! { … }`: its names are as good as those of `static`.
    fn lazy_statics(&mut self, b: &mut Builder, mac: &syn::Macro, span: Span) -> ExprId {
        let parser = syn::punctuated::Punctuated::<LazyStatic, Token![;]>::parse_terminated;
        let Ok(statics) = parser.parse2(mac.tokens.clone()) else { return self.other_macro(b, mac, span) };
        let mut parts = vec![self.path(b, &mac.path)];
        for item in &statics {
            let name = at(item.name.span());
            let place = b.name(name, self.ident(&item.name));
            self.mention_type(b, &item.class);
            let value = self.expr(b, &item.value);
            let whole = name.join(b.module.expr(value).outer);
            let scope = b.scope();
            b.bind(place, scope, Some(value), crate::ir::How::Assign, whole);
            parts.extend([place, value]);
        }
        b.expr(span, ExprKind::Opaque(parts))
    }

    fn items_macro(&mut self, b: &mut Builder, mac: &syn::Macro, span: Span) -> ExprId {
        match self.arguments(&mac.tokens) {
            Some(given) => {
                let items = given.iter().map(|given| Item { value: self.expr(b, &given.value), spread: false });
                let items = items.collect();
                b.expr(span, ExprKind::List(items))
            }
            None => {
                let mut parts = vec![];
                self.runs(b, mac.tokens.clone(), &mut parts);
                b.expr(span, ExprKind::Opaque(parts))
            }
        }
    }

    fn format_macro(&mut self, b: &mut Builder, mac: &syn::Macro, span: Span) -> ExprId {
        let Some(given) = self.arguments(&mac.tokens) else { return self.other_macro(b, mac, span) };
        let Some((literal, rest)) =
            given.split_first().and_then(|(first, rest)| Some((literal_of(&first.value)?, rest)))
        else {
            return self.other_macro(b, mac, span);
        };
        let mut fills = Given { values: vec![], named: vec![] };
        for given in rest {
            let value = self.expr(b, &given.value);
            match &given.name {
                Some(name) => fills.named.push((name.to_string(), value)),
                None => fills.values.push(value),
            }
        }
        let (text, unused) = self.formatted(b, literal, fills, span);
        unused.into_iter().for_each(|value| {
            loose(b, value);
        });
        text
    }

    /// `concat!("a", "b")`
    fn concat_macro(&mut self, b: &mut Builder, mac: &syn::Macro, span: Span) -> ExprId {
        let Some(given) = self.arguments(&mac.tokens) else { return self.other_macro(b, mac, span) };
        let mut pieces = vec![];
        let mut open: Option<Box<str>> = None;
        for given in &given {
            let value = self.expr(b, &given.value);
            let hole = b.module.expr(value).outer;
            match b.module.kind(value).clone() {
                ExprKind::Text(text) => {
                    open.get_or_insert(text.open);
                    pieces.extend(text.pieces);
                    loose(b, value);
                }
                _ => pieces.push(Piece::Hole { span: hole, expr: value }),
            }
        }
        let holes: Vec<ExprId> = pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Hole { expr, .. } => Some(*expr),
                Piece::Known { .. } => None,
            })
            .collect();
        for hole in holes {
            // A `format!` in it has handed over its holes.
            let stmt = b.module.expr(hole).stmt;
            b.module.stmts[stmt.index()].exprs.retain(|own| *own != hole);
        }
        b.expr(span, ExprKind::Text(Text { pieces, open: open.unwrap_or_default() }))
    }

    /// The value of `json!`: records and lists, with expressions in them.
    fn json(&mut self, b: &mut Builder, tokens: TokenStream, whole: Span) -> ExprId {
        let id = self.json_value(b, tokens, whole);
        b.wrap(id, whole, false)
    }

    fn json_value(&mut self, b: &mut Builder, tokens: TokenStream, around: Span) -> ExprId {
        if !self.depth.enter() {
            return self.too_deep(b, around);
        }
        let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let id = match trees.as_slice() {
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Brace => {
                let entries = items(group.stream()).into_iter().filter_map(|item| self.json_entry(b, item)).collect();
                b.expr(at(group.span()), ExprKind::Record(entries))
            }
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
                let values = items(group.stream()).into_iter().map(|item| {
                    let value = self.json_value(b, item.into_iter().collect(), at(group.span()));
                    Item { value, spread: false }
                });
                let values = values.collect();
                b.expr(at(group.span()), ExprKind::List(values))
            }
            [TokenTree::Ident(null)] if null == "null" => b.expr(at(null.span()), ExprKind::Null),
            _ => match syn::parse2::<Expr>(tokens) {
                Ok(value) => self.expr(b, &value),
                Err(_) => b.expr(around, ExprKind::Opaque(vec![])),
            },
        };
        self.depth.leave();
        id
    }

    /// `key: value`; the key is an expression, which may hold `::`.
    fn json_entry(&mut self, b: &mut Builder, item: Vec<TokenTree>) -> Option<Entry> {
        let colon = (0..item.len()).find(|at| is_lone_colon(&item, *at))?;
        let (first, last) = (item.first()?, item.last()?);
        let span = at(first.span()).join(at(last.span()));
        let key: Expr = syn::parse2(item[..colon].iter().cloned().collect()).ok()?;
        let key = self.expr(b, &key);
        let value = item.get(colon + 1..).unwrap_or_default();
        let around =
            value.first().map_or(Span::empty(span.end as usize), |first| at(first.span()).join(at(last.span())));
        let value = self.json_value(b, value.iter().cloned().collect(), around);
        Some(Entry { span, key: Some(key), value, shorthand: false })
    }
}

/// The literal that an expression is, if it is a string.
fn literal_of(expr: &Expr) -> Option<Span> {
    match expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => Some(at(text.span())),
            _ => None,
        },
        Expr::Group(inner) => literal_of(&inner.expr),
        _ => None,
    }
}

/// The items between commas.
fn items(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let mut found = vec![vec![]];
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ',' => found.push(vec![]),
            other => {
                if let Some(last) = found.last_mut() {
                    last.push(other);
                }
            }
        }
    }
    found.retain(|item| !item.is_empty());
    found
}

fn is_colon(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':')
}

fn is_lone_colon(item: &[TokenTree], position: usize) -> bool {
    let before = position.checked_sub(1).and_then(|before| item.get(before));
    is_colon(item.get(position)) && !is_colon(before) && !is_colon(item.get(position + 1))
}

/// `==`, `!=`, `<=`, `>=`, `+=` …
fn is_comparison(run: &[TokenTree], next: Option<&TokenTree>) -> bool {
    let joins = |token: Option<&TokenTree>, letters: &str| matches!(token, Some(TokenTree::Punct(punct)) if letters.contains(punct.as_char()));
    joins(next, "=") || joins(run.last(), "=!<>+-*/%&|^.")
}
