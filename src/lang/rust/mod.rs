//! Rust: source → the common form.
//!
//! | file | what |
//! |---|---|
//! | [`source`] | bytes and tokens: what the parser must not see, comments, nesting |
//! | [`import`], [`paths`] | `use`, `mod`, paths in the code, and the files they may mean |
//! | [`item`], [`class`], [`attribute`] | functions, constants; structs, `impl`, traits; attributes, serde's among them |
//! | [`stmt`], [`control`] | blocks and statements; branches and loops |
//! | [`pattern`] | what patterns bind |
//! | [`expr`], [`call`] | expressions; calls, closures, struct literals |
//! | [`types`] | written types |
//! | [`macros`], [`text`] | macros whose tokens are expressions; strings and what fills them |

mod attribute;
mod call;
mod class;
mod control;
mod expr;
mod import;
mod item;
mod macros;
mod paths;
mod pattern;
mod source;
mod stmt;
mod text;
mod types;

use super::tree::{self, Depth};
use super::{Imports, Language, Syntax};
use crate::ir::build::Builder;
use crate::ir::{ClassId, ExprId, ExprKind, FunctionId, Module, ScopeId};
use crate::text::{SourceFile, Span};
use std::collections::{HashMap, HashSet};
use syn::spanned::Spanned;

/// Rust, any edition. A file that does not parse is one gap.
pub(super) static RUST: Language = Language {
    name: "rust",
    rules: "rust",
    extensions: &["rs"],
    lower,
    import_paths: paths::paths,
    imports: Imports { words: &["use", "mod", "path"], whole: false, beside: false, package: Some("Cargo.toml") },
    syntax: &Syntax {
        comment: "//",
        braces: true,
        empty_block: "",
        indent: "    ",
        packages: true,
        setting: "std::env::var(\"NAME\").expect(\"NAME is not set\")",
        setting_needs: None,
        scopes: "",
        scopes_need: None,
        environment: &[],
        outer_words: &[],
        declares: "let ",
        nothing: "None",
        methods_only: false,
        optional_arguments: false,
        exports: true,
        records: false,
        typed: true,
        annotations: false,
        waits: true,
        grouped: false,
        domains: false,
        raises: false,
        shared_names: false,
        globals: PRELUDE,
    },
};

/// Names that every file has: <https://doc.rust-lang.org/std/prelude/>, and types of numbers and texts that a cast names.
#[rustfmt::skip]
const PRELUDE: &[&str] = &[
    "AsMut", "AsRef", "Box", "Clone", "Copy", "Default", "Drop", "Eq", "Err", "Extend", "Fn",
    "FnMut", "FnOnce", "From", "FromIterator", "Into", "IntoIterator", "Iterator", "None", "Ok", "Option", "Ord",
    "PartialEq", "PartialOrd", "Result", "Self", "Send", "Some", "String", "Sync", "ToOwned", "ToString", "TryFrom",
    "TryInto", "Vec", "bool", "char", "drop", "f32", "f64", "i128", "i32", "i64", "self",
    "str", "u128", "u32", "u64", "usize",
];

/// Bytes of stack for what [`source::is_too_deep`] lets through; only what is used is ever taken.
const STACK: usize = 64 << 20;

/// Lowers on a thread of its own: the parser recurses, and it keeps every text that it saw for as long as its thread
/// lives.
fn lower(file: &SourceFile) -> Module {
    let thread = std::thread::Builder::new().stack_size(STACK);
    let module = std::thread::scope(|scope| thread.spawn_scoped(scope, || read(file)).ok()?.join().ok());
    module.unwrap_or_else(|| unreadable(file, "the parser gave up"))
}

fn unreadable(file: &SourceFile, why: &'static str) -> Module {
    let whole = Span::new(0, file.text().len());
    let mut builder = Builder::new(whole);
    builder.gap(whole, why);
    builder.finish()
}

fn read(file: &SourceFile) -> Module {
    let source = file.text();
    let Ok(tokens) = source::readable(source).parse::<proc_macro2::TokenStream>() else {
        return unreadable(file, tree::SYNTAX_ERROR);
    };
    if source::is_too_deep(tokens.clone()) {
        return unreadable(file, tree::TOO_DEEP);
    }
    let comments = source::comments(tokens.clone(), source);
    let Ok(parsed) = syn::parse2::<syn::File>(tokens) else {
        let mut module = unreadable(file, tree::SYNTAX_ERROR);
        module.comments = comments;
        return module;
    };
    let mut builder = Builder::new(Span::new(0, source.len()));
    let mut lowering = Lowering::new(source, &file.path);
    lowering.declare_names(&parsed.items);
    lowering.items(&mut builder, &parsed.items);
    let attributes = parsed.attrs.iter().map(|attribute| span_of(attribute).end as usize).max();
    builder.module.prologue_end = source::prologue_end(source, &comments, attributes) as u32;
    builder.module.comments = comments;
    builder.finish()
}

/// What is known while walking one file.
struct Lowering<'s> {
    source: &'s str,
    /// Whether `crate` is this file.
    is_root: bool,
    depth: Depth,
    /// The functions around, innermost last: `return` belongs to the last.
    functions: Vec<FunctionId>,
    /// The scopes of the inline modules around, that of the file first.
    modules: Vec<ScopeId>,
    /// Types, by the scope that they are declared in.
    classes: HashMap<(ScopeId, String), ClassId>,
    /// The class whose `impl` or trait is around.
    own_class: Option<ClassId>,
    /// What items and `use` declare anywhere in the file: other paths begin with a package.
    declared: HashSet<String>,
    /// Crates that the file calls by another name: `use jsonwebtoken as jwt;`.
    aliases: HashMap<String, String>,
    /// Paths in the code that stand for an import already.
    imported: HashSet<String>,
}

impl<'s> Lowering<'s> {
    fn new(source: &'s str, path: &str) -> Self {
        Lowering {
            source,
            is_root: paths::is_root(path),
            depth: Depth::default(),
            functions: vec![],
            modules: vec![ScopeId(0)],
            classes: HashMap::new(),
            own_class: None,
            declared: HashSet::new(),
            aliases: HashMap::new(),
            imported: HashSet::new(),
        }
    }

    fn text(&self, span: Span) -> &'s str {
        self.source.get(span.range()).unwrap_or_default()
    }

    /// An identifier as it is written.
    fn ident(&self, ident: &syn::Ident) -> &'s str {
        self.text(at(ident.span()))
    }

    fn too_deep(&self, b: &mut Builder, span: Span) -> ExprId {
        b.gap(span, tree::TOO_DEEP);
        b.expr(span, ExprKind::Opaque(vec![]))
    }
}

/// An expression that is no part of another one, but of the statement.
fn loose(b: &mut Builder, id: ExprId) -> ExprId {
    let stmt = b.module.expr(id).stmt;
    b.module.stmts[stmt.index()].exprs.push(id);
    id
}

/// The bytes of a token.
fn at(span: proc_macro2::Span) -> Span {
    let range = span.byte_range();
    Span::new(range.start, range.end)
}

/// The bytes of anything that was parsed. Linear in its size.
fn span_of(node: &impl Spanned) -> Span {
    at(node.span())
}

/// From an opening to its closing delimiter.
fn between(delimiters: &proc_macro2::extra::DelimSpan) -> Span {
    at(delimiters.join())
}
