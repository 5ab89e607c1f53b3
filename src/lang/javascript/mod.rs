//! JavaScript, TypeScript and TSX: three grammars of one family, lowered by the same code.
//!
//! The JavaScript grammar silently loses calls in typed code, and the TSX grammar cannot read `<T>value`; so the file
//! ending decides, and where the first grammar stumbles the one that stumbles least is taken.
//!
//! | file | what |
//! |---|---|
//! | [`stmt`], [`control`] | statements, compound statements |
//! | [`declare`], [`pattern`] | variables, assignments, and what is assigned to |
//! | [`function`], [`class`] | functions, parameters, classes and their members |
//! | [`import`], [`export`], [`commonjs`] | modules |
//! | [`spine`], [`expr`], [`literal`], [`text`], [`jsx`] | expressions |
//! | [`types`] | the names in types |
//! | [`prologue`], [`paths`] | where statements may begin; the files that an import may mean |

mod class;
mod commonjs;
mod control;
mod declare;
mod export;
mod expr;
mod function;
mod globals;
mod import;
mod jsx;
mod literal;
mod paths;
mod pattern;
mod prologue;
mod spine;
mod stmt;
mod text;
mod types;

use super::tree::{self, Depth, span};
use super::{Imports, Language, Syntax};
use crate::ir::build::Builder;
use crate::ir::{BindId, ExprId, ExprKind, Module, ScopeId, ScopeKind};
use crate::text::{SourceFile, Span};
use std::collections::{HashMap, HashSet};
use tree_sitter::{Node, Tree};

/// JavaScript, also with JSX.
pub(super) static JAVASCRIPT: Language = Language {
    name: "javascript",
    rules: "javascript",
    extensions: &["js", "mjs", "cjs", "jsx", "vue", "svelte"],
    lower: |file| lower(file, [javascript, tsx, typescript]),
    import_paths: paths::import_paths,
    imports: IMPORTS,
    syntax: &SYNTAX,
};

/// TypeScript.
pub(super) static TYPESCRIPT: Language = Language {
    name: "typescript",
    rules: "javascript",
    extensions: &["ts", "mts", "cts"],
    lower: |file| lower(file, [typescript, tsx, javascript]),
    import_paths: paths::import_paths,
    imports: IMPORTS,
    syntax: &Syntax { annotations: true, ..SYNTAX },
};

/// TypeScript with JSX.
pub(super) static TSX: Language = Language {
    name: "typescript",
    rules: "javascript",
    extensions: &["tsx"],
    lower: |file| lower(file, [tsx, typescript, javascript]),
    import_paths: paths::import_paths,
    imports: IMPORTS,
    syntax: &Syntax { annotations: true, ..SYNTAX },
};

const IMPORTS: Imports = Imports { words: &["import", "require", "from"], whole: true, beside: false, package: None };

/// Google Apps Script. <https://developers.google.com/apps-script/guides/properties>
pub(super) static APPS_SCRIPT: Language = Language {
    extensions: &["gs"],
    syntax: &Syntax {
        setting: "PropertiesService.getScriptProperties().getProperty('NAME')",
        environment: &[],
        shared_names: true,
        ..BARE
    },
    ..JAVASCRIPT
};

/// Scripts of pages that have other scripts.
pub(super) static PAGE: Language =
    Language { extensions: &["page.js"], syntax: &Syntax { shared_names: true, ..BARE }, ..JAVASCRIPT };

/// Scripts of components and of pages that have no other scripts.
pub(super) static COMPONENT: Language = Language { extensions: &["component.js"], syntax: &BARE, ..JAVASCRIPT };

/// The same in TypeScript.
pub(super) static TYPED_COMPONENT: Language =
    Language { extensions: &["component.ts"], syntax: &Syntax { annotations: true, ..BARE }, ..TYPESCRIPT };

/// The program of a Postman collection.
pub(super) static POSTMAN: Language = Language {
    name: "postman",
    rules: "javascript",
    extensions: &["postman"],
    lower: |file| lower(file, [javascript, typescript, tsx]),
    import_paths: |_, _| vec![],
    imports: IMPORTS,
    syntax: &BARE,
};

/// The program of an Insomnia export.
pub(super) static INSOMNIA: Language = Language { name: "insomnia", extensions: &["insomnia"], ..POSTMAN };

static SYNTAX: Syntax = Syntax {
    comment: "//",
    braces: true,
    empty_block: "",
    indent: "  ",
    packages: true,
    setting: "process.env.NAME",
    setting_needs: None,
    scopes: "TEXT.split(/[\\s,]+/).join(',')",
    scopes_need: None,
    environment: &["process.env"],
    outer_words: &[],
    declares: "const ",
    nothing: "undefined",
    methods_only: false,
    optional_arguments: true,
    exports: true,
    records: true,
    typed: false,
    annotations: false,
    waits: false,
    grouped: false,
    domains: false,
    raises: false,
    shared_names: false,
    globals: globals::GLOBALS,
};

static BARE: Syntax = Syntax { packages: false, setting: "", ..SYNTAX };

type Grammar = fn() -> tree_sitter::Language;

fn javascript() -> tree_sitter::Language {
    tree_sitter_javascript::LANGUAGE.into()
}

fn typescript() -> tree_sitter::Language {
    tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into()
}

fn tsx() -> tree_sitter::Language {
    tree_sitter_typescript::LANGUAGE_TSX.into()
}

/// Lowers a file with the first grammar that reads it whole, else with the one that loses least.
fn lower(file: &SourceFile, grammars: [Grammar; 3]) -> Module {
    let whole = Span::new(0, file.bytes().len());
    let mut b = Builder::new(whole);
    let Some(tree) = best_parse(file.text(), grammars) else {
        b.gap(whole, tree::SYNTAX_ERROR);
        return b.finish();
    };
    let root = tree.root_node();
    let mut js = Js { source: file.text(), depth: Depth::default(), reassigned: vec![], settled: HashMap::new() };
    for node in tree::named(root) {
        js.stmt(&mut b, node);
    }
    js.place_reassigned(&mut b);
    for (span, why) in tree::gaps(root) {
        b.gap(span, why);
    }
    b.module.gaps.sort_by_key(|gap| gap.span);
    b.module.comments = tree::comments(root, file.text(), &["comment", "html_comment"]);
    b.module.prologue_end = prologue::end(root, file.text());
    b.list_roots();
    b.finish()
}

fn best_parse(text: &str, grammars: [Grammar; 3]) -> Option<Tree> {
    let mut best: Option<(usize, Tree)> = None;
    for grammar in grammars {
        let Some(tree) = tree::parse(grammar(), text) else {
            continue;
        };
        let damage = damage(&tree);
        if best.as_ref().is_none_or(|(least, _)| damage < *least) {
            best = Some((damage, tree));
        }
        if damage == 0 {
            break;
        }
    }
    best.map(|(_, tree)| tree)
}

/// How much of a file a grammar could not place: bytes in error nodes, and one for each error.
fn damage(tree: &Tree) -> usize {
    let mut damage = 0;
    tree::walk(tree.root_node(), |node| {
        if node.is_error() {
            damage += 1 + span(node).len();
        }
        damage += usize::from(node.is_missing());
        node.has_error() && !node.is_error()
    });
    damage
}

/// One file being lowered. The tree is walked by methods that take the [`Builder`] along, because its scopes, blocks and
/// statements are entered by closures.
struct Js<'s> {
    source: &'s str,
    depth: Depth,
    /// Binds that give a value to a name which is declared elsewhere, possibly further down.
    reassigned: Vec<BindId>,
    /// What an assignment or a sequence in the middle of something gives.
    settled: HashMap<ExprId, ExprId>,
}

impl<'s> Js<'s> {
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

    /// An expression that says nothing but that its parts are there.
    fn opaque(&self, b: &mut Builder, span: Span, parts: Vec<ExprId>) -> ExprId {
        b.expr(span, ExprKind::Opaque(parts))
    }

    /// Gives every bind to a name that is declared elsewhere the scope of that declaration, now that all are known; an
    /// undeclared name is a global.
    fn place_reassigned(&mut self, b: &mut Builder) {
        let reassigned = std::mem::take(&mut self.reassigned);
        let later: HashSet<BindId> = reassigned.iter().copied().collect();
        let module = &b.module;
        let declared: HashSet<(ScopeId, &str)> = module
            .bind_ids()
            .filter(|id| !later.contains(id))
            .filter_map(|id| {
                let bind = &module.binds[id.index()];
                let ExprKind::Name(name) = module.kind(bind.place) else {
                    return None;
                };
                Some((bind.scope, &**name))
            })
            .collect();
        let scopes: Vec<ScopeId> =
            reassigned.iter().map(|id| declaring_scope(module, &declared, module.binds[id.index()].place)).collect();
        for (id, scope) in reassigned.into_iter().zip(scopes) {
            b.module.binds[id.index()].scope = scope;
        }
    }
}

fn declaring_scope(module: &Module, declared: &HashSet<(ScopeId, &str)>, place: ExprId) -> ScopeId {
    let ExprKind::Name(name) = module.kind(place) else {
        return module.expr(place).scope;
    };
    let mut at = Some(module.expr(place).scope);
    while let Some(id) = at {
        let scope = module.scope(id);
        if !matches!(scope.kind, ScopeKind::Class(_)) && declared.contains(&(id, &**name)) {
            return id;
        }
        at = scope.parent;
    }
    ScopeId(0)
}
