//! Scopes, and what gives names their values.

use super::{ClassId, ExprId, FunctionId, ImportId, ScopeId, StmtId};
use crate::text::Span;

/// A region in which names live.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The scope around it.
    pub parent: Option<ScopeId>,
    /// What it belongs to.
    pub kind: ScopeKind,
    /// The bytes it holds.
    pub span: Span,
}

/// What a scope belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeKind {
    /// The file.
    Module,
    /// A function, its parameters included.
    Function(FunctionId),
    /// A class body. Names bound here are seen by the scopes inside it where the class is
    /// [open](super::Class::is_open); else they are reached through `self` / `this`.
    Class(ClassId),
    /// A block with its own names (JavaScript `let` / `const`), a comprehension, a catch clause.
    Block,
}

/// Something gets a value.
#[derive(Debug, Clone)]
pub struct Bind {
    /// The place: a [`Name`](super::ExprKind::Name), or a member or index (`self.x = …`, `config["k"] = …`, `module.exports = …`).
    pub place: ExprId,
    /// The scope in which the name is declared (for a name), else the scope of the statement.
    pub scope: ScopeId,
    /// The value, where there is one to see.
    pub value: Option<ExprId>,
    /// How the value gets there.
    pub how: How,
    /// The statement.
    pub stmt: StmtId,
    /// The whole declarator: `name = value` without keyword and `;`.
    pub span: Span,
    /// The class that the place is declared to hold one of, where the language says so.
    pub class: Option<ExprId>,
    /// Decorators of a field or parameter, as expressions.
    pub decorators: Vec<ExprId>,
}

/// How a bind's value gets to its place.
#[derive(Debug, Clone, PartialEq)]
pub enum How {
    /// `place = value`, `const place = value`, a class field (`value` is `None` for a bare declaration).
    Assign,
    /// `place += value`, and the like.
    Augment,
    /// A piece of the value: `const {a: place} = value`, `a, place = value`. The path into the value, outermost first.
    Part(Vec<Key>),
    /// A parameter; `value` is its default.
    Param(FunctionId, u32),
    /// One element of `value`, one after another (`for place in value`, comprehensions).
    Each,
    /// `with value as place`.
    With,
    /// The caught error.
    Catch,
    /// A function declaration or method.
    Function(FunctionId),
    /// A class declaration.
    Class(ClassId),
    /// An import.
    Import(ImportId),
}

/// A step into a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Key {
    /// By name.
    Name(Box<str>),
    /// By position.
    Position(u32),
    /// All that is left.
    Rest,
}
