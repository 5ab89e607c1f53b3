//! Java: source → the common form.
//!
//! A class may be named without an import if it stands in the same package, in a package that is imported whole, or in
//! `java.lang`, and with its package wherever it is used. The first two are [`ImportStyle::Beside`], the last is
//! [`ImportStyle::Inline`]; what is left is a global name.
//!
//! | file | what |
//! |---|---|
//! | [`package`] | packages, imports, and the files they may mean |
//! | [`class`], [`member`], [`function`] | classes of all kinds, their members; methods, parameters, lambdas |
//! | [`annotation`], [`types`] | annotations; the names in types |
//! | [`stmt`], [`control`] | statements, compound statements |
//! | [`expr`], [`call`], [`text`] | expressions, strings |

mod annotation;
mod call;
mod class;
mod control;
mod expr;
mod function;
mod member;
mod package;
mod stmt;
mod text;
mod types;

use super::tree::{self, Depth, span};
use super::{Imports, Language, Syntax};
use crate::ir::build::Builder;
use crate::ir::{BindId, ExprId, ExprKind, Module, ScopeId, ScopeKind};
use crate::text::{SourceFile, Span};
use std::collections::HashSet;
use tree_sitter::Node;

/// Java, up to the newest syntax that the grammar has.
pub(super) static JAVA: Language = Language {
    name: "java",
    rules: "java",
    extensions: &["java"],
    lower,
    import_paths: package::paths,
    // Every file names its package, which is that of the files beside it.
    imports: Imports { words: &["import", "package"], whole: false, beside: true, package: None },
    syntax: &Syntax {
        comment: "//",
        braces: true,
        empty_block: "",
        indent: "    ",
        packages: true,
        setting: "System.getenv(\"NAME\")",
        setting_needs: None,
        scopes: r#"Objects.requireNonNull(TEXT, "NAME is not set").replaceAll("[\\s,]+", ",")"#,
        scopes_need: Some("java.util.Objects"),
        environment: &["System.getenv("],
        outer_words: &[],
        declares: "final ",
        nothing: "null",
        methods_only: true,
        optional_arguments: false,
        exports: false,
        records: false,
        typed: false,
        annotations: false,
        waits: true,
        grouped: false,
        domains: true,
        raises: false,
        shared_names: false,
        globals: &[
            "System",
            "Thread",
            "Math",
            "String",
            "Long",
            "IllegalStateException",
            "RuntimeException",
            "InterruptedException",
        ],
    },
};

fn lower(file: &SourceFile) -> Module {
    let source = file.text();
    let whole = Span::new(0, source.len());
    let mut b = Builder::new(whole);
    let Some(tree) = tree::parse(tree_sitter_java::LANGUAGE.into(), source) else {
        b.gap(whole, "the grammar could not be loaded");
        return b.finish();
    };
    let root = tree.root_node();
    let mut java = Java::new(source, root);
    for node in tree::named(root) {
        java.stmt(&mut b, node);
    }
    java.place_reassigned(&mut b);
    java.name_neighbours(&mut b);
    for (span, why) in tree::gaps(root) {
        b.gap(span, why);
    }
    b.module.gaps.sort_by_key(|gap| gap.span);
    b.module.comments = tree::comments(root, source, &["line_comment", "block_comment"]);
    b.module.prologue_end = package::prologue_end(root, source) as u32;
    b.list_roots();
    b.finish()
}

/// What is known while walking one file.
struct Java<'s> {
    source: &'s str,
    depth: Depth,
    /// The packages whose classes need no import: the file's own, and those that are imported whole.
    packages: Vec<Box<str>>,
    /// The classes whose members are imported whole.
    statics: Vec<Box<str>>,
    /// Every variable, field and parameter of the file, to tell `a.b.C` from a member of `a`.
    variables: HashSet<&'s str>,
    /// The classes that are written with their packages, so far.
    inline: HashSet<Box<str>>,
    /// Binds that give a value to a name which is declared elsewhere, possibly further down.
    reassigned: Vec<BindId>,
}

impl<'s> Java<'s> {
    fn new(source: &'s str, root: Node) -> Self {
        let mut variables = HashSet::new();
        tree::walk(root, |node| {
            let named = matches!(
                node.kind(),
                "variable_declarator"
                    | "formal_parameter"
                    | "catch_formal_parameter"
                    | "resource"
                    | "lambda_expression"
            ) || node.kind() == "enhanced_for_statement";
            let name = tree::field(node, if node.kind() == "lambda_expression" { "parameters" } else { "name" });
            if let (true, Some(name)) = (named, name) {
                variables.insert(tree::text(name, source));
            }
            if node.kind() == "inferred_parameters" {
                variables.extend(tree::named(node).into_iter().map(|name| tree::text(name, source)));
            }
            true
        });
        Java {
            source,
            depth: Depth::default(),
            packages: vec![],
            statics: vec![],
            variables,
            inline: HashSet::new(),
            reassigned: vec![],
        }
    }

    fn text(&self, node: Node) -> &'s str {
        tree::text(node, self.source)
    }

    /// Runs `inside` one level down; a gap and `None` where that would be too deep.
    fn deeper<T>(
        &mut self,
        b: &mut Builder,
        node: Node,
        inside: impl FnOnce(&mut Self, &mut Builder) -> T,
    ) -> Option<T> {
        if !self.depth.enter() {
            b.gap(span(node), tree::TOO_DEEP);
            return None;
        }
        let result = inside(self, b);
        self.depth.leave();
        Some(result)
    }

    /// Gives every bind to a name that is declared elsewhere the scope of that declaration, now that all are known. What
    /// nobody declares is a field that the class inherits.
    fn place_reassigned(&mut self, b: &mut Builder) {
        let reassigned = std::mem::take(&mut self.reassigned);
        let later: HashSet<BindId> = reassigned.iter().copied().collect();
        let declared = declared(&b.module, &later);
        let scopes: Vec<ScopeId> = reassigned
            .iter()
            .map(|id| {
                let place = b.module.binds[id.index()].place;
                let scope = b.module.expr(place).scope;
                declaring_scope(&b.module, &declared, place).unwrap_or_else(|| class_scope(&b.module, scope))
            })
            .collect();
        for (id, scope) in reassigned.into_iter().zip(scopes) {
            b.module.binds[id.index()].scope = scope;
        }
    }
}

/// The names that are declared, each with its scope.
fn declared(module: &Module, without: &HashSet<BindId>) -> HashSet<(ScopeId, Box<str>)> {
    let binds = module.bind_ids().filter(|id| !without.contains(id)).map(|id| &module.binds[id.index()]);
    binds
        .filter_map(|bind| match module.kind(bind.place) {
            ExprKind::Name(name) => Some((bind.scope, name.clone())),
            _ => None,
        })
        .collect()
}

fn declaring_scope(module: &Module, declared: &HashSet<(ScopeId, Box<str>)>, place: ExprId) -> Option<ScopeId> {
    let ExprKind::Name(name) = module.kind(place) else { return None };
    let mut at = Some(module.expr(place).scope);
    while let Some(id) = at {
        if declared.contains(&(id, name.clone())) {
            return Some(id);
        }
        at = module.scope(id).parent;
    }
    None
}

/// The class around a scope, or the file.
fn class_scope(module: &Module, scope: ScopeId) -> ScopeId {
    let mut at = Some(scope);
    while let Some(id) = at {
        if matches!(module.scope(id).kind, ScopeKind::Class(_)) {
            return id;
        }
        at = module.scope(id).parent;
    }
    ScopeId(0)
}

/// Whether a name is written as those of classes are.
fn is_capital(name: &str) -> bool {
    name.starts_with(char::is_uppercase)
}
