//! Import statements, and the files that a module name may mean.

use super::Lowering;
use crate::ir::build::Builder;
use crate::ir::{ExprId, Import, ImportStyle, StmtId, StmtKind};
use crate::lang::tree;
use crate::text::Span;
use tree_sitter::Node;

/// The module part that the names of one `from` statement share.
struct From {
    module: Box<str>,
    span: Span,
}

impl Lowering<'_> {
    /// `import a.b, c as d`
    pub(super) fn import_statement(&mut self, b: &mut Builder, node: Node, span: Span) {
        b.in_stmt(span, StmtKind::Import, |b, stmt| {
            let names = tree::fields(node, "name");
            let alone = names.len() == 1;
            let part = |name: Node| if alone { span } else { tree::span(name) };
            names.into_iter().filter_map(|name| self.import_name(b, stmt, name, None, part(name))).collect()
        });
    }

    /// `from a import b, c as d`, `from . import x`, `from a import *`
    pub(super) fn import_from(&mut self, b: &mut Builder, node: Node, span: Span) {
        b.in_stmt(span, StmtKind::Import, |b, stmt| {
            let module = tree::field(node, "module_name")
                .or_else(|| tree::children(node).into_iter().find(|child| child.kind() == "__future__"));
            let Some(module) = module else { return vec![] };
            let from = From { module: self.dotted(module), span: tree::span(module) };
            if tree::named(node).iter().any(|child| child.kind() == "wildcard_import") {
                b.import(self.star(b, stmt, from, span));
                return vec![];
            }
            let names = tree::fields(node, "name");
            let alone = names.len() == 1;
            let part = |name: Node| if alone { span } else { tree::span(name) };
            names.into_iter().filter_map(|name| self.import_name(b, stmt, name, Some(&from), part(name))).collect()
        });
    }

    /// One `dotted_name` or `aliased_import`; gives the place that it binds.
    fn import_name(
        &mut self,
        b: &mut Builder,
        stmt: StmtId,
        node: Node,
        from: Option<&From>,
        span: Span,
    ) -> Option<ExprId> {
        let name = tree::field(node, "name").unwrap_or(node);
        // `import a.b.c` binds `a`.
        let local = tree::field(node, "alias").or_else(|| tree::named(name).first().copied())?;
        let dotted = self.dotted(name);
        let (module, module_span, item) = match from {
            Some(from) => (from.module.clone(), from.span, Some(dotted)),
            None => (dotted, tree::span(name), None),
        };
        let scope = self.declaring_scope(b, self.text(local));
        let local_name = self.text(local).into();
        let style = if self.type_only { ImportStyle::TypeOnly } else { ImportStyle::Static };
        let import = Import { module, item, local: local_name, stmt, span, module_span, scope, style };
        b.import_at(import, tree::span(local)).1
    }

    fn star(&self, b: &Builder, stmt: StmtId, from: From, span: Span) -> Import {
        Import {
            module: from.module,
            item: None,
            local: "".into(),
            stmt,
            span,
            module_span: from.span,
            scope: b.function_scope(),
            style: ImportStyle::Star,
        }
    }

    /// A dotted name without the white space that may stand in it.
    fn dotted(&self, node: Node) -> Box<str> {
        self.text(node).split_whitespace().collect::<String>().into()
    }
}

/// The files that `module` may mean in the file `from`, best first.
///
/// Leading dots count from the folder of `from`. An absolute name is looked for in every folder on the way from there to
/// the root, each also with `src/` in it, because where `sys.path` begins is not written in the code.
pub(super) fn paths(from: &str, module: &str) -> Vec<String> {
    let name = module.trim_start_matches('.');
    let dots = module.len() - name.len();
    let mut folders = ancestors(from);
    let inner = name.replace('.', "/");
    if name.split('.').any(str::is_empty) && !(name.is_empty() && dots > 0) {
        return vec![];
    }
    if dots > 0 {
        let Some(folder) = folders.get(dots - 1) else {
            return vec![];
        };
        return files(folder, &inner);
    }
    folders = folders.into_iter().flat_map(|folder| [join(&folder, "src"), folder].into_iter().rev()).collect();
    folders.iter().flat_map(|folder| files(folder, &inner)).collect()
}

/// The folder of a file and those around it, nearest first; the root is the empty string.
fn ancestors(from: &str) -> Vec<String> {
    let parent = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    std::iter::successors(Some(parent(from)), |folder| (!folder.is_empty()).then(|| parent(folder))).collect()
}

fn files(folder: &str, inner: &str) -> Vec<String> {
    let package = join(&join(folder, inner), "__init__.py");
    if inner.is_empty() { vec![package] } else { vec![join(folder, &format!("{inner}.py")), package] }
}

fn join(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", only) | (only, "") => only.to_owned(),
        _ => format!("{folder}/{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::paths;

    #[test]
    fn dots_climb() {
        assert_eq!(paths("pkg/sub/mod.py", "..auth"), ["pkg/auth.py", "pkg/auth/__init__.py"]);
        assert_eq!(paths("pkg/mod.py", ".x"), ["pkg/x.py", "pkg/x/__init__.py"]);
        assert_eq!(paths("pkg/mod.py", "."), ["pkg/__init__.py"]);
        assert_eq!(paths("mod.py", "."), ["__init__.py"]);
        assert!(paths("mod.py", "..x").is_empty());
    }

    #[test]
    fn absolute_names_are_looked_for_up_to_the_root() {
        assert_eq!(
            paths("app/main.py", "config.settings"),
            [
                "app/config/settings.py",
                "app/config/settings/__init__.py",
                "app/src/config/settings.py",
                "app/src/config/settings/__init__.py",
                "config/settings.py",
                "config/settings/__init__.py",
                "src/config/settings.py",
                "src/config/settings/__init__.py",
            ]
        );
        assert!(paths("a.py", "").is_empty());
    }
}
