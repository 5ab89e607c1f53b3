//! `export` statements.

use super::Js;
use super::import::Source;
use super::stmt::{Exported, Outer};
use crate::ir::build::Builder;
use crate::ir::{BlockId, Export, ExprId, ExprKind, ImportId, ImportStyle, StmtKind};
use crate::lang::tree::{self, field, fields, has_token};
use crate::text::Span;
use tree_sitter::Node;

impl Js<'_> {
    /// Any `export`.
    pub(super) fn export_statement(&mut self, b: &mut Builder, node: Node, here: Span) {
        let default = has_token(node, "default");
        if let Some(declaration) = field(node, "declaration") {
            let exported = if default { Exported::Default } else { Exported::Named };
            let outer = Outer { span: here, decorators: fields(node, "decorator"), exported };
            return self.stmt_in(b, declaration, &outer);
        }
        b.in_stmt(here, StmtKind::Export, |b, _| {
            if let Some(source) = self.source(node) {
                self.export_from(b, node, &source);
            } else if has_token(node, "as") {
                // `export as namespace N` names a global for scripts without modules.
            } else {
                self.export_values(b, node);
            }
            vec![]
        });
    }

    /// `export default value`, `export = value`, `export { a as b }`.
    fn export_values(&mut self, b: &mut Builder, node: Node) {
        let name = if has_token(node, "=") { "module.exports" } else { "default" };
        for decorator in fields(node, "decorator") {
            self.broken(b, decorator);
        }
        for child in tree::named(node).into_iter().filter(|child| child.kind() != "decorator") {
            if child.kind() == "export_clause" {
                for part in tree::named(child) {
                    let Some(name) = field(part, "name") else {
                        continue;
                    };
                    let alias = self.exported_name(field(part, "alias").unwrap_or(name));
                    let value = self.expr(b, name);
                    self.export(b, &alias, Some(value), None);
                }
            } else {
                let value = self.expr(b, child);
                let value = self.settled(value);
                self.export(b, name, Some(value), None);
            }
        }
    }

    /// `export { a as b } from 'm'`, `export * from 'm'`, `export * as n from 'm'`.
    ///
    /// A star gives an export named `*`: whatever the other module exports.
    fn export_from(&mut self, b: &mut Builder, node: Node, source: &Source) {
        let whole = b.module.stmt(b.stmt()).span;
        let style = if has_token(node, "type") { ImportStyle::TypeOnly } else { ImportStyle::Static };
        for child in tree::named(node) {
            match child.kind() {
                "namespace_export" => {
                    let name = tree::named(child).first().map_or("".into(), |name| self.exported_name(*name));
                    self.pass_on(b, source, None, &name, whole, style);
                }
                "export_clause" => {
                    let parts = tree::named(child);
                    let alone = parts.len() == 1;
                    for part in parts {
                        let Some(name) = field(part, "name") else {
                            continue;
                        };
                        let item = self.exported_name(name);
                        let alias = self.exported_name(field(part, "alias").unwrap_or(name));
                        let span = if alone { whole } else { tree::span(part) };
                        self.pass_on(b, source, Some(item), &alias, span, style);
                    }
                }
                _ => {}
            }
        }
        if has_token(node, "*") {
            self.pass_on(b, source, None, "*", whole, ImportStyle::Star);
        }
    }

    /// One name that comes from `source` and goes out again.
    fn pass_on(
        &mut self,
        b: &mut Builder,
        source: &Source,
        item: Option<Box<str>>,
        name: &str,
        span: Span,
        style: ImportStyle,
    ) {
        let import = self.import_record(b, source, item, span, style);
        let import = b.import(import);
        self.export(b, name, None, Some(import));
    }

    /// Exports what a declaration declares.
    pub(super) fn export_names(&mut self, b: &mut Builder, outer: &Outer, places: &[ExprId]) {
        for place in places {
            let ExprKind::Name(name) = b.module.kind(*place) else {
                continue;
            };
            let name = name.clone();
            match outer.exported {
                Exported::No => {}
                Exported::Named => self.export(b, &name, Some(*place), None),
                Exported::Default => self.export(b, "default", Some(*place), None),
            }
        }
    }

    /// Notes an export, unless it is one of a namespace inside this module.
    fn export(&self, b: &mut Builder, name: &str, value: Option<ExprId>, import: Option<ImportId>) {
        let stmt = b.stmt();
        if b.module.stmt(stmt).block == BlockId(0) {
            b.module.exports.push(Export { name: name.into(), value, import, stmt });
        }
    }
}
