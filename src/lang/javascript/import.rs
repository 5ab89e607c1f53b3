//! `import` statements.

use super::Js;
use super::stmt::Outer;
use crate::ir::build::Builder;
use crate::ir::{ExprKind, How, Import, ImportStyle, StmtKind};
use crate::lang::tree::{self, field, has_token, span};
use crate::text::Span;
use tree_sitter::Node;

/// The module string of an import or a re-export.
pub(super) struct Source {
    pub(super) module: Box<str>,
    pub(super) span: Span,
}

/// One name of an import.
struct Part<'t> {
    item: Option<Box<str>>,
    local: Node<'t>,
    span: Span,
    type_only: bool,
}

impl Js<'_> {
    /// `import … from 'm'`, `import 'm'`, `import x = require('m')`.
    pub(super) fn import_statement(&mut self, b: &mut Builder, node: Node, here: Span) {
        b.in_stmt(here, StmtKind::Import, |b, _| {
            let mut parts = vec![];
            let mut source = self.source(node);
            let mut style = ImportStyle::Static;
            for child in tree::named(node) {
                match child.kind() {
                    "import_clause" => self.clause(child, &mut parts),
                    "import_require_clause" => {
                        source = self.source(child);
                        style = ImportStyle::Require;
                        let local = tree::named(child).into_iter().find(|part| part.kind() == "identifier");
                        parts.extend(local.map(|local| Part {
                            item: None,
                            local,
                            span: span(child),
                            type_only: false,
                        }));
                    }
                    _ => {}
                }
            }
            let Some(source) = source else { return vec![] };
            if has_token(node, "type") || has_token(node, "typeof") {
                style = ImportStyle::TypeOnly;
            }
            self.import_parts(b, &source, parts, style);
            vec![]
        });
    }

    fn import_parts(&mut self, b: &mut Builder, source: &Source, parts: Vec<Part>, style: ImportStyle) {
        let whole = b.module.stmt(b.stmt()).span;
        if parts.is_empty() {
            let import = self.import_record(b, source, None, whole, style);
            b.import(import);
        }
        let alone = parts.len() == 1;
        for part in parts {
            let style = if part.type_only { ImportStyle::TypeOnly } else { style };
            let span = if alone { whole } else { part.span };
            let import = self.import_record(b, source, part.item, span, style);
            let import = Import { local: self.text(part.local).into(), ..import };
            b.import_at(import, tree::span(part.local));
        }
    }

    /// An import that brings no local name yet.
    pub(super) fn import_record(
        &self,
        b: &Builder,
        source: &Source,
        item: Option<Box<str>>,
        span: Span,
        style: ImportStyle,
    ) -> Import {
        let module = source.module.clone();
        Import {
            module,
            item,
            local: "".into(),
            stmt: b.stmt(),
            span,
            module_span: source.span,
            scope: b.scope(),
            style,
        }
    }

    /// The module in the field `source`.
    pub(super) fn source(&self, node: Node) -> Option<Source> {
        let source = field(node, "source")?;
        Some(Source { module: self.string_value(source).into(), span: self.inside(source) })
    }

    fn clause<'t>(&self, clause: Node<'t>, parts: &mut Vec<Part<'t>>) {
        for child in tree::named(clause) {
            match child.kind() {
                "identifier" => {
                    let item = Some("default".into());
                    parts.push(Part { item, local: child, span: span(child), type_only: false });
                }
                "namespace_import" => {
                    let local = tree::named(child).into_iter().next();
                    parts.extend(local.map(|local| Part { item: None, local, span: span(child), type_only: false }));
                }
                "named_imports" => parts.extend(tree::named(child).into_iter().filter_map(|part| self.specifier(part))),
                _ => {}
            }
        }
    }

    fn specifier<'t>(&self, node: Node<'t>) -> Option<Part<'t>> {
        let name = field(node, "name")?;
        let local = field(node, "alias").unwrap_or(name);
        let type_only = has_token(node, "type") || has_token(node, "typeof");
        Some(Part { item: Some(self.exported_name(name)), local, span: span(node), type_only })
    }

    /// A name in `{ … }` of an import or export, which may be a string.
    pub(super) fn exported_name(&self, node: Node) -> Box<str> {
        if node.kind() == "string" { self.string_value(node).into() } else { self.text(node).into() }
    }

    /// TypeScript's `import A = B.C`.
    pub(super) fn import_alias(&mut self, b: &mut Builder, node: Node, outer: &Outer) {
        b.in_stmt(outer.span, StmtKind::Bind, |b, _| {
            let [local, aliased] = tree::named(node)[..] else {
                return vec![];
            };
            let place = b.name(span(local), self.text(local));
            let bind = b.bind(place, b.scope(), None, How::Assign, span(node));
            let value = self.dotted(b, aliased);
            b.module.binds[bind.index()].value = Some(value);
            self.export_names(b, outer, &[place]);
            vec![]
        });
    }

    /// `A.B.C` as the TypeScript grammar has it in types.
    fn dotted(&mut self, b: &mut Builder, node: Node) -> crate::ir::ExprId {
        let (Some(object), Some(property)) = (field(node, "object"), field(node, "property")) else {
            return self.expr(b, node);
        };
        let base = self.deeper(b, node, |js, b| js.dotted(b, object));
        let base = base.unwrap_or_else(|| self.opaque(b, span(object), vec![]));
        let name = self.text(property).into();
        b.expr(span(node), ExprKind::Member { base, name, name_span: span(property) })
    }
}
