//! Python: source → the common form.
//!
//! | file | what |
//! |---|---|
//! | [`stmt`] | blocks and simple statements |
//! | [`compound`] | `if`, loops, `try`, `with`, `match` |
//! | [`define`] | functions, parameters, classes |
//! | [`import`] | import statements, and the files they may mean |
//! | [`target`] | what is assigned to, and the scope that declares it |
//! | [`expr`], [`comprehension`] | expressions |
//! | [`text`] | strings and their escapes |

mod compound;
mod comprehension;
mod define;
mod expr;
mod globals;
mod import;
mod prologue;
mod stmt;
mod target;
mod text;

use super::tree::{self, Depth};
use super::{Imports, Language, Syntax};
use crate::ir::build::Builder;
use crate::ir::{ExprId, ExprKind, FunctionId, Module, ScopeId};
use crate::text::{SourceFile, Span};
use std::borrow::Cow;
use std::collections::HashMap;
use tree_sitter::Node;

/// Python 3; what is left of Python 2 syntax becomes opaque nodes or gaps.
pub(super) static PYTHON: Language = Language {
    name: "python",
    rules: "python",
    extensions: &["py", "pyw", "ipynb"],
    lower,
    import_paths: import::paths,
    imports: Imports { words: &["import", "from"], whole: true, beside: false, package: None },
    syntax: &Syntax {
        comment: "#",
        braces: false,
        empty_block: "pass",
        indent: "    ",
        packages: true,
        setting: "os.environ[\"NAME\"]",
        setting_needs: Some("os"),
        scopes: "\",\".join(TEXT.replace(\",\", \" \").split())",
        scopes_need: None,
        environment: &["os.environ[", "os.environ.get(", "os.getenv(", "environ[", "environ.get(", "getenv("],
        outer_words: &["global", "nonlocal"],
        declares: "",
        nothing: "None",
        methods_only: false,
        optional_arguments: false,
        exports: false,
        records: true,
        typed: false,
        annotations: false,
        waits: true,
        grouped: true,
        domains: false,
        raises: true,
        shared_names: false,
        globals: globals::GLOBALS,
    },
};

fn lower(file: &SourceFile) -> Module {
    let source = file.text();
    let whole = Span::new(0, source.len());
    let mut builder = Builder::new(whole);
    let Some(tree) = tree::parse(tree_sitter_python::LANGUAGE.into(), &with_line_feeds(source)) else {
        builder.gap(whole, "the grammar could not be loaded");
        return builder.finish();
    };
    let root = tree.root_node();
    let mut lowering = Lowering::new(source);
    lowering.items(&mut builder, tree::children(root));
    builder.module.comments = tree::comments(root, source, &["comment"]);
    builder.module.prologue_end = prologue::end(root, source) as u32;
    for (span, why) in tree::gaps(root) {
        builder.gap(span, why);
    }
    builder.module.gaps.sort_by_key(|gap| gap.span);
    builder.finish()
}

/// The grammar knows no lone `\r` as a line end, as old Macs wrote it; Python does. Offsets stay.
fn with_line_feeds(source: &str) -> Cow<'_, str> {
    let returns = source.matches('\r').count();
    if returns == source.matches("\r\n").count() {
        return Cow::Borrowed(source);
    }
    let following = source.chars().skip(1).map(Some).chain([None]);
    let line_feed = |(at, next): (char, Option<char>)| {
        if at == '\r' && next != Some('\n') { '\n' } else { at }
    };
    Cow::Owned(source.chars().zip(following).map(line_feed).collect())
}

/// What is known while walking one file.
struct Lowering<'s> {
    source: &'s str,
    depth: Depth,
    /// The functions around, innermost last: `return` and `yield` belong to the last.
    functions: Vec<FunctionId>,
    /// Names that `global` or `nonlocal` moved: seen in the first scope, declared in the second.
    moved: HashMap<(ScopeId, String), ScopeId>,
    /// Inside `if TYPE_CHECKING:`.
    type_only: bool,
}

impl<'s> Lowering<'s> {
    fn new(source: &'s str) -> Self {
        Lowering { source, depth: Depth::default(), functions: vec![], moved: HashMap::new(), type_only: false }
    }

    fn text(&self, node: Node) -> &'s str {
        tree::text(node, self.source)
    }

    fn too_deep(&self, b: &mut Builder, node: Node) -> ExprId {
        b.gap(tree::span(node), tree::TOO_DEEP);
        b.expr(tree::span(node), ExprKind::Opaque(vec![]))
    }
}
