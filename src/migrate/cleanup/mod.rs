//! What a rewrite leaves behind: the sweep of code that only fed the removed code, and deletions that leave a tidy file.
//!
//! The sweep is mark and sweep over *units*, the smallest things that can be deleted ([`units`]): a unit lives when it
//! may have an effect that somebody sees ([`effects`]), or when it gives a value to a name that a living unit reads
//! ([`names`]). What does not live goes, but only if the removed code led to it: code that was dead before is not ours.

mod comments;
mod delete;
mod effects;
mod guards;
mod layout;
pub(super) mod log;
mod mark;
mod names;
mod open;
mod outer;
mod owners;
mod pieces;
mod report;
mod units;

pub use delete::delete;

use crate::ir::{BindId, ExprId, FunctionId, How, ImportId, Module, ScopeId, StmtId, StmtKind};
use crate::lang::Syntax;
use crate::text::{SourceFile, Span};

/// What the sweep must be told about one file.
pub struct Context<'a> {
    /// The file, lowered.
    pub module: &'a Module,
    /// Its bytes.
    pub file: &'a SourceFile,
    /// The words of its language.
    pub syntax: &'a Syntax,
    /// Whether another file needs a module-level name, a method or a field of this name.
    pub used_elsewhere: &'a dyn Fn(&str) -> bool,
    /// Whether a call has no effect that anybody could miss. Arguments, and functions of this file, are looked at here.
    pub harmless_call: &'a dyn Fn(ExprId) -> bool,
    /// Whether a name declared in a scope counts as used for another reason, for example because new text reads it.
    /// A name that new text only assigns is none.
    /// For a field or method the scope is that of its class.
    pub kept_names: &'a dyn Fn(ScopeId, &str) -> bool,
    /// Whether a value is of no use to anybody without the removed code: the JWT. Lines that print it go with it.
    pub worthless: &'a dyn Fn(ExprId) -> bool,
}

/// What goes. Nothing in it lies inside the bytes that the migration replaces itself.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Sweep {
    /// Whole statements, outermost only, in source order. The caller may add its own to have them deleted tidily.
    pub stmts: Vec<StmtId>,
    /// Declarators of longer declarations (`a = 1` of `const a = 1, b = 2`), and names of object patterns.
    pub binds: Vec<BindId>,
    /// Fields and methods of classes whose members are no statements (JavaScript).
    pub members: Vec<BindId>,
    /// Single names of import statements that stay.
    pub imports: Vec<ImportId>,
    /// Bytes that go from a statement that says whose names are: `, b` of `global a, b`.
    pub outer: Vec<Span>,
    /// Names of the functions, methods and classes among `stmts` and `binds`: tests and other files may mention them.
    pub functions: Vec<Box<str>>,
    /// Names in a parameter that is taken apart (`{ id, key }`) that nobody reads any more. They go: who calls gives the
    /// same object.
    pub idle_parts: Vec<BindId>,
    /// Parameters (function, position) that nobody reads any more. They stay: they are a public contract.
    pub idle_params: Vec<(FunctionId, u32)>,
    /// What fed only the removed code and stays all the same, and why.
    pub stuck: Vec<(Span, &'static str)>,
}

/// Finds what only fed the bytes `gone`, which the migration itself replaces or deletes.
#[must_use]
pub fn sweep(context: &Context, gone: &[Span]) -> Sweep {
    let names = names::Names::collect(context);
    let units = units::Units::split(context, &names, gone);
    mark::Marker::new(context, &names, &units, gone).run()
}

/// Whether a statement does nothing but refuse, or tell somebody, under a condition.
#[must_use]
pub fn refuses(context: &Context, stmt: StmtId) -> bool {
    context.module.stmt(stmt).kind == StmtKind::If && guards::is_refusal(context, stmt)
}

/// Whether a statement does nothing but refuse, or tell somebody.
#[must_use]
pub fn is_refusal(context: &Context, stmt: StmtId) -> bool {
    guards::is_refusal(context, stmt)
}

/// The arguments of a statement that does nothing but tell somebody about worthless values.
#[must_use]
pub fn told(context: &Context, stmt: StmtId) -> Option<Vec<ExprId>> {
    let stmt = context.module.stmt(stmt);
    let [expr] = stmt.exprs.as_slice() else { return None };
    guards::told(context, *expr).filter(|_| stmt.kind == StmtKind::Expr).map(|told| told.args)
}

/// What goes with a bind: of a pattern (`{ id, key } = settings`) that piece alone.
#[must_use]
pub fn bind_span(module: &Module, bind: BindId) -> Span {
    let bind = &module.binds[bind.index()];
    match bind.how {
        How::Part(_) => module.expr(bind.place).span,
        _ => bind.span,
    }
}

/// Whether some span of `gone` holds `span` wholly.
fn within(gone: &[Span], span: Span) -> bool {
    gone.iter().any(|g| g.contains(span))
}
