//! Packages and imports: what brings a name into a file, and the files that a class may be in.

use super::{Java, declared, declaring_scope, is_capital};
use crate::ir::build::Builder;
use crate::ir::{ExprId, ExprKind, Import, ImportStyle, ScopeId, StmtKind};
use crate::lang::tree::{self, has_token, span};
use crate::text::Span;
use std::collections::HashSet;
use tree_sitter::Node;

impl Java<'_> {
    /// `package a.b;`
    pub(super) fn package_statement(&mut self, b: &mut Builder, node: Node, here: Span) {
        b.in_stmt(here, StmtKind::Other, |b, _| {
            for part in tree::named(node) {
                match part.kind() {
                    "identifier" | "scoped_identifier" => self.packages.insert(0, self.dotted(part)),
                    _ => {
                        self.part(b, part);
                    }
                }
            }
            vec![]
        });
    }

    /// `import a.b.C;`, `import a.b.*;`, `import static a.b.C.member;`, `import static a.b.C.*;`
    pub(super) fn import_statement(&mut self, b: &mut Builder, node: Node, here: Span) {
        b.in_stmt(here, StmtKind::Import, |b, stmt| {
            let parts = tree::named(node);
            let Some(name) = parts.iter().find(|part| part.kind().ends_with("identifier")).copied() else {
                return vec![];
            };
            let scope = b.scope();
            let import = |module, item, local, module_span, style| Import {
                module,
                item,
                local,
                stmt,
                span: here,
                module_span,
                scope,
                style,
            };
            if parts.iter().any(|part| part.kind() == "asterisk") {
                let module = self.dotted(name);
                let known = if has_token(node, "static") { &mut self.statics } else { &mut self.packages };
                known.push(module.clone());
                b.import(import(module, None, "".into(), span(name), ImportStyle::Star));
                return vec![];
            }
            let (Some(module), Some(item)) = (tree::field(name, "scope"), tree::field(name, "name")) else {
                return vec![];
            };
            let local: Box<str> = self.text(item).into();
            let record = import(self.dotted(module), Some(local.clone()), local, span(module), ImportStyle::Static);
            b.import_at(record, span(item));
            vec![]
        });
    }

    /// A class that is written with its package, as one name: `a.b.C`. `packages` is how many lower-case names must
    /// stand before it.
    pub(super) fn qualified(&mut self, b: &mut Builder, node: Node, packages: usize) -> Option<ExprId> {
        let name = self.text(node);
        let (module, item) = name.rsplit_once('.')?;
        let is_plain = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
        let lower = |part: &str| is_plain(part) && !is_capital(part);
        let first = module.split('.').next()?;
        if !is_plain(item)
            || !is_capital(item)
            || !module.split('.').all(lower)
            || module.split('.').count() < packages
            || matches!(first, "this" | "super")
            || self.variables.contains(first)
        {
            return None;
        }
        let place = b.name(span(node), name);
        if self.inline.insert(name.into()) {
            let module_span = Span::new(node.start_byte(), node.start_byte() + module.len());
            let import = Import {
                module: module.into(),
                item: Some(item.into()),
                local: name.into(),
                stmt: b.stmt(),
                span: span(node),
                module_span,
                scope: ScopeId(0),
                style: ImportStyle::Inline,
            };
            let id = b.import_bound(import);
            b.bind(place, ScopeId(0), None, crate::ir::How::Import(id), span(node));
        }
        Some(place)
    }

    /// Notes the classes that nobody declares or imports by name: they may stand in the same package, or in one that is
    /// imported whole. So may what is called by a bare name be a method of a class whose members are imported whole.
    pub(super) fn name_neighbours(&mut self, b: &mut Builder) {
        if self.packages.is_empty() {
            self.packages.push("".into());
        }
        let declared = declared(&b.module, &HashSet::new());
        let mut seen: HashSet<Box<str>> = HashSet::new();
        let mut imports = vec![];
        let is_called = |id: ExprId| {
            let parent = b.module.expr(id).parent.map(|parent| b.module.kind(parent));
            matches!(parent, Some(ExprKind::Call { callee, .. }) if *callee == id)
        };
        for id in b.module.expr_ids() {
            let ExprKind::Name(name) = b.module.kind(id) else { continue };
            let from = match is_capital(name) {
                true => &self.packages,
                false if is_called(id) => &self.statics,
                false => continue,
            };
            if from.is_empty() || seen.contains(name) || declaring_scope(&b.module, &declared, id).is_some() {
                continue;
            }
            seen.insert(name.clone());
            let expr = b.module.expr(id);
            imports.extend(from.iter().map(|package| Import {
                module: package.clone(),
                item: Some(name.clone()),
                local: "".into(),
                stmt: expr.stmt,
                span: expr.span,
                module_span: expr.span,
                scope: ScopeId(0),
                style: ImportStyle::Beside,
            }));
        }
        b.module.imports.extend(imports);
    }

    /// A dotted name without the white space that may stand in it.
    fn dotted(&self, node: Node) -> Box<str> {
        self.text(node).split_whitespace().collect::<String>().into()
    }
}

/// The files that the class `module` may be in, best first.
///
/// Where the source root is, is not written in the code: every folder on the way from `from` to the root may be it. Code
/// under `test` sees what is beside it under `main`. A name that begins with a dot is beside `from`.
pub(super) fn paths(from: &str, module: &str) -> Vec<String> {
    let name = module.strip_prefix('.').unwrap_or(module);
    let class = name.rsplit('.').next().unwrap_or(name);
    if name.split('.').any(str::is_empty) || !is_capital(class) {
        return vec![];
    }
    let inner = format!("{}.java", name.replace('.', "/"));
    let mut folders = ancestors(from);
    if module.starts_with('.') {
        folders.truncate(1);
    }
    let main = |folder: &String| folder.contains("src/test/").then(|| folder.replace("src/test/", "src/main/"));
    let beside: Vec<String> = folders.iter().filter_map(main).collect();
    let join = |folder: &String| if folder.is_empty() { inner.clone() } else { format!("{folder}/{inner}") };
    folders.iter().chain(&beside).map(join).collect()
}

/// The folder of a file and those around it, nearest first; the root is the empty string.
fn ancestors(from: &str) -> Vec<String> {
    let parent = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    std::iter::successors(Some(parent(from)), |folder| (!folder.is_empty()).then(|| parent(folder))).collect()
}

/// The offset after the first comment and the package.
pub(super) fn prologue_end(root: Node, source: &str) -> usize {
    let mut end = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    for node in tree::children(root) {
        let is_package = node.kind() == "package_declaration";
        if !is_package && !node.kind().ends_with("_comment") {
            break;
        }
        let rest = source.get(node.end_byte()..).unwrap_or_default();
        let line = rest.split_inclusive('\n').next().unwrap_or_default();
        end = node.end_byte() + if line.trim().is_empty() { line.len() } else { 0 };
        if is_package {
            break;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::paths;

    #[test]
    fn classes_are_below_a_source_root() {
        let found = paths("src/test/java/com/x/ATest.java", "com.x.A");
        assert!(found.contains(&"src/test/java/com/x/A.java".to_owned()));
        assert!(found.contains(&"src/main/java/com/x/A.java".to_owned()));
        assert_eq!(paths("a/B.java", ".C"), ["a/C.java"]);
        assert_eq!(paths("B.java", "C"), ["C.java"]);
        for nothing in ["", ".", "com.x", "com..X", "com.X."] {
            assert!(paths("a/B.java", nothing).is_empty(), "{nothing}");
        }
    }
}
