//! `use`, `mod`, `extern crate`, and paths in the code that need none of them.

use super::{Lowering, at, span_of};
use crate::ir::build::Builder;
use crate::ir::{ExprId, ExprKind, Import, ImportStyle, ScopeId, StmtId, StmtKind};
use crate::text::Span;
use syn::{Item, Path, UseTree};

/// The path that the names of one tree share.
#[derive(Clone)]
struct Prefix {
    segments: Vec<String>,
    span: Span,
}

impl Lowering<'_> {
    /// Notes what items declare: a path that begins otherwise begins with a package.
    pub(super) fn declare_names<'i>(&mut self, items: impl IntoIterator<Item = &'i Item>) {
        for item in items {
            let name = match item {
                Item::Use(item) => {
                    self.declare_tree(&item.tree);
                    if let UseTree::Rename(rename) = &item.tree {
                        self.aliases.insert(rename.rename.to_string(), rename.ident.to_string());
                    }
                    continue;
                }
                Item::Mod(item) => {
                    self.declare_all(item.content.as_ref().map_or(&[], |(_, items)| items));
                    &item.ident
                }
                Item::ExternCrate(item) => item.rename.as_ref().map_or(&item.ident, |(_, name)| name),
                Item::Const(item) => &item.ident,
                Item::Static(item) => &item.ident,
                Item::Struct(item) => &item.ident,
                Item::Enum(item) => &item.ident,
                Item::Union(item) => &item.ident,
                Item::Trait(item) => &item.ident,
                Item::Type(item) => &item.ident,
                Item::Fn(item) => &item.sig.ident,
                _ => continue,
            };
            self.declared.insert(name.to_string());
        }
    }

    fn declare_all(&mut self, items: &[Item]) {
        self.declare_names(items);
    }

    fn declare_tree(&mut self, tree: &UseTree) {
        match tree {
            UseTree::Path(path) => {
                // `use a::{self, b}` declares `a`.
                self.declare_self(&path.ident, &path.tree);
                self.declare_tree(&path.tree);
            }
            UseTree::Name(name) => {
                self.declared.insert(name.ident.to_string());
            }
            UseTree::Rename(rename) => {
                self.declared.insert(rename.rename.to_string());
            }
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.declare_tree(tree)),
            _ => {}
        }
    }

    fn declare_self(&mut self, ident: &syn::Ident, tree: &UseTree) {
        let is_self = |tree: &UseTree| matches!(tree, UseTree::Name(name) if name.ident == "self");
        if is_self(tree) || matches!(tree, UseTree::Group(group) if group.items.iter().any(is_self)) {
            self.declared.insert(ident.to_string());
        }
    }

    pub(super) fn use_item(&mut self, b: &mut Builder, item: &syn::ItemUse, span: Span) {
        b.in_stmt(span, StmtKind::Import, |b, stmt| {
            let start = at(item.use_token.span).end as usize;
            let prefix = Prefix { segments: vec![], span: Span::empty(start) };
            let alone = !matches!(leaf(&item.tree), UseTree::Group(_));
            self.tree(b, stmt, &item.tree, prefix, alone.then_some(span));
            vec![]
        });
    }

    /// One tree; `whole` is the statement where the tree brings one name only.
    fn tree(&mut self, b: &mut Builder, stmt: StmtId, tree: &UseTree, prefix: Prefix, whole: Option<Span>) {
        match tree {
            UseTree::Path(path) => {
                let (ident, span) = (path.ident.to_string(), at(path.ident.span()));
                let first = prefix.segments.is_empty();
                let mut inner = Prefix { span: if first { span } else { prefix.span.join(span) }, ..prefix };
                inner.segments.push(ident);
                self.tree(b, stmt, &path.tree, inner, whole);
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.tree(b, stmt, tree, prefix.clone(), None));
            }
            UseTree::Glob(glob) => {
                let (module, _) = self.module_of(&prefix.segments, None);
                let span = whole.unwrap_or(at(glob.star_token.span));
                let scope = b.scope();
                let import = Import {
                    module,
                    item: None,
                    local: "".into(),
                    stmt,
                    span,
                    module_span: prefix.span,
                    scope,
                    style: ImportStyle::Star,
                };
                b.import(import);
            }
            UseTree::Name(name) => self.leaf(b, stmt, &name.ident, None, prefix, whole.unwrap_or(span_of(name))),
            UseTree::Rename(rename) => {
                let span = whole.unwrap_or(span_of(rename));
                self.leaf(b, stmt, &rename.ident, Some(&rename.rename), prefix, span);
            }
        }
    }

    fn leaf(
        &mut self,
        b: &mut Builder,
        stmt: StmtId,
        ident: &syn::Ident,
        rename: Option<&syn::Ident>,
        prefix: Prefix,
        span: Span,
    ) {
        let own = at(ident.span());
        let Prefix { mut segments, span: mut module_span } = prefix;
        let mut local = rename.map_or(own, |rename| at(rename.span()));
        let item = if ident == "self" {
            if rename.is_none() {
                // The name that is bound is the last of the prefix.
                let last = segments.last().map_or(0, String::len);
                local = Span::new((module_span.end as usize).saturating_sub(last), module_span.end as usize);
            }
            segments.pop()
        } else {
            Some(ident.to_string())
        };
        if segments.is_empty() {
            module_span = own;
        }
        let (module, item) = self.module_of(&segments, item);
        let name = self.text(local);
        let style = ImportStyle::Static;
        let local_name = if name == "_" { "" } else { name };
        let scope = b.scope();
        let import = Import { module, item, local: local_name.into(), stmt, span, module_span, scope, style };
        // `use a::{self}`: the name stands before the braces.
        let inside = span.contains(local);
        let import = Import { span: if inside { span } else { b.module.stmt(stmt).span }, ..import };
        b.import_at(import, local);
    }

    /// The module and the item that a path of `use` means. An inline module is no file: `super` in it is this file.
    fn module_of(&self, segments: &[String], item: Option<String>) -> (Box<str>, Option<Box<str>>) {
        let mut segments = segments.to_vec();
        if let Some(named) = segments.first().and_then(|first| self.aliases.get(first)) {
            segments[0].clone_from(named);
        }
        let depth = self.modules.len() - 1;
        let climbs = segments.iter().take_while(|segment| *segment == "super").count();
        if depth > 0 && climbs > 0 {
            let inside = climbs.min(depth);
            segments.splice(..inside, if climbs > depth { vec![] } else { vec!["self".to_owned()] });
        }
        match (segments.is_empty(), item) {
            (true, Some(item)) => (item.into(), None),
            (_, item) => (segments.join(".").into(), item.map(Into::into)),
        }
    }

    /// `mod x;`
    pub(super) fn module_file(&mut self, b: &mut Builder, item: &syn::ItemMod, span: Span) {
        b.in_stmt(span, StmtKind::Import, |b, stmt| {
            let name = at(item.ident.span());
            let own = item.attrs.iter().find_map(super::attribute::path_of);
            let module = own.map_or_else(|| format!("self.{}", item.ident), |path| format!("./{path}"));
            let import = Import {
                module: module.into(),
                item: None,
                local: self.text(name).into(),
                stmt,
                span,
                module_span: name,
                scope: b.scope(),
                style: ImportStyle::Static,
            };
            b.import_at(import, name);
            vec![]
        });
    }

    pub(super) fn extern_crate(&mut self, b: &mut Builder, item: &syn::ItemExternCrate, span: Span) {
        b.in_stmt(span, StmtKind::Import, |b, stmt| {
            let name = item.rename.as_ref().map_or(&item.ident, |(_, name)| name);
            let local = at(name.span());
            let import = Import {
                module: item.ident.to_string().into(),
                item: None,
                local: if name == "_" { "".into() } else { self.text(local).into() },
                stmt,
                span,
                module_span: at(item.ident.span()),
                scope: b.scope(),
                style: ImportStyle::Static,
            };
            b.import_at(import, local);
            vec![]
        });
    }

    /// A path as a name with members: `a::b::C` is `a.b.C`. What it begins with is bound, if nothing else does it.
    pub(super) fn path(&mut self, b: &mut Builder, path: &Path) -> ExprId {
        for segment in &path.segments {
            self.generic_arguments(b, &segment.arguments);
        }
        self.bare_path(b, path)
    }

    /// As [`path`](Self::path), without what stands in `<…>`.
    pub(super) fn bare_path(&mut self, b: &mut Builder, path: &Path) -> ExprId {
        let idents: Vec<&syn::Ident> = path.segments.iter().map(|segment| &segment.ident).collect();
        let whole = match (idents.first(), idents.last()) {
            (Some(first), Some(last)) => at(first.span()).join(at(last.span())),
            _ => return b.expr(span_of(path), ExprKind::Opaque(vec![])),
        };
        let mut rest = idents.as_slice();
        let mut scope = None;
        if rest.len() > 1 {
            let mut depth = self.modules.len() - 1;
            while let [first, after @ ..] = rest {
                let inner = match first.to_string().as_str() {
                    "self" => true,
                    "super" if depth > 0 => {
                        depth -= 1;
                        true
                    }
                    "crate" if self.is_root => {
                        depth = 0;
                        true
                    }
                    _ => false,
                };
                if !inner || after.is_empty() {
                    break;
                }
                scope = Some(self.modules[depth]);
                rest = after;
            }
        }
        let head = self.path_head(b, rest, scope);
        let (mut id, used) = head;
        for ident in &rest[used..] {
            let name_span = at(ident.span());
            let span = b.module.expr(id).outer.join(name_span);
            id = b.expr(span, ExprKind::Member { base: id, name: self.ident(ident).into(), name_span });
        }
        if b.module.expr(id).span == whole { id } else { b.wrap(id, whole, false) }
    }

    /// The name at the head of a path, and how many segments it takes.
    fn path_head(&mut self, b: &mut Builder, idents: &[&syn::Ident], scope: Option<ScopeId>) -> (ExprId, usize) {
        let first = at(idents[0].span());
        let name = self.text(first);
        if let Some(scope) = scope {
            return (b.in_scope_of(scope, |b| b.name(first, name)), 1);
        }
        if idents.len() == 1 {
            return (b.name(first, name), 1);
        }
        let is_module = |ident: &&syn::Ident| ident.to_string().starts_with(|c: char| c.is_lowercase() || c == '_');
        if matches!(name, "crate" | "super") {
            let modules = 1 + idents[1..idents.len() - 1].iter().take_while(|ident| is_module(ident)).count();
            let span = first.join(at(idents[modules - 1].span()));
            let names: Vec<String> = idents[..modules].iter().map(ToString::to_string).collect();
            self.bind_path(b, span, &names.join("."));
            return (b.name(span, self.text(span)), modules);
        }
        if is_module(&idents[0]) && !self.declared.contains(name) {
            self.bind_path(b, first, name);
        }
        (b.name(first, name), 1)
    }

    /// Binds a path that stands in the code to what it means, once for the whole file.
    fn bind_path(&mut self, b: &mut Builder, span: Span, module: &str) {
        let local = self.text(span);
        if !self.imported.insert(local.to_owned()) {
            return;
        }
        let import = Import {
            module: module.into(),
            item: None,
            local: local.into(),
            stmt: b.stmt(),
            span,
            module_span: span,
            scope: ScopeId(0),
            style: ImportStyle::Inline,
        };
        b.import_at(import, span);
    }
}

/// What stands at the end of the path.
fn leaf(tree: &UseTree) -> &UseTree {
    let mut at = tree;
    while let UseTree::Path(path) = at {
        at = &path.tree;
    }
    at
}
