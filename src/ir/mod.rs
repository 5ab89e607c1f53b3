//! The common form that every language is lowered to: names, members, calls, strings in pieces, records, binds, scopes,
//! statements, all with byte spans. Nothing here knows a grammar or a library.
//!
//! What every front-end promises:
//! * Parentheses, `await`, casts, non-null marks and `&` are transparent: the inner expression is the node, and
//!   [`Expr::outer`] spans the wrappers too ([`Expr::awaited`] says whether an `await` was among them).
//! * A string is [`ExprKind::Text`] in pieces, whether it was a literal, a template, an f-string or implicit
//!   concatenation of literals. `a + b` stays a [`ExprKind::Binary`]; joining it is analysis.
//! * `a || b`, `a or b`, `a ?? b`, `c ? a : b`, `a if c else b` are [`ExprKind::Choice`]: the value is one of them.
//! * Every name that is read or written is an [`ExprKind::Name`], also in types and decorators, so that "who uses this" can be answered.
//! * What a front-end cannot say is [`ExprKind::Opaque`] with its children; what it cannot read is a [`Gap`].

pub mod build;
pub mod dump;

mod define;
mod expr;
mod ids;
mod import;
mod module;
mod scope;
mod stmt;
mod types;

pub use define::{Class, Function, Param};
pub use expr::{Arg, Entry, Expr, ExprKind, Item, Piece, Spread, Text};
pub use ids::{BindId, BlockId, ClassId, ExprId, FunctionId, ImportId, ScopeId, StmtId};
pub use import::{Export, Import, ImportStyle};
pub use module::{Gap, Module};
pub use scope::{Bind, How, Key, Scope, ScopeKind};
pub use stmt::{Block, Stmt, StmtKind};
pub use types::{Asked, Declared, Types, Written};
