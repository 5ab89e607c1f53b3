//! Functions and classes.

use super::{BlockId, ClassId, ExprId, FunctionId, ScopeId, Spread};
use crate::text::Span;

/// A function, method, lambda, arrow function.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its name: declared, or that of the variable, property or member that it is assigned to.
    pub name: Option<Box<str>>,
    /// The whole function; for a declaration, from decorators / `async` to the end of its body.
    pub span: Span,
    /// Its own scope, which holds the parameters.
    pub scope: ScopeId,
    /// Its body; `None` where the body is one expression.
    pub body: Option<BlockId>,
    /// What it can give back: `return` values, or the one expression of an arrow function.
    pub returns: Vec<ExprId>,
    /// Parameters in order.
    pub params: Vec<Param>,
    /// The parentheses around the parameters, or the single bare parameter.
    pub params_span: Span,
    /// `async`.
    pub is_async: bool,
    /// `function*`, or a body with `yield`.
    pub is_generator: bool,
    /// The class whose method it is.
    pub class: Option<ClassId>,
    /// A getter or `@property`: read like a field.
    pub is_getter: bool,
    /// `static`, `@staticmethod`, `@classmethod`.
    pub is_static: bool,
    /// Only its class can name it: TypeScript's `private`.
    pub is_private: bool,
    /// Decorators, as expressions.
    pub decorators: Vec<ExprId>,
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Param {
    /// The whole parameter, default and type included.
    pub span: Span,
    /// Its name; `None` where it is taken apart (`{a, b}`); the parts are binds with [`How::Part`](super::How::Part) whose `value` is `None`.
    pub name: Option<Box<str>>,
    /// The default value.
    pub default: Option<ExprId>,
    /// `*args`, `**kwargs`, `...rest`.
    pub spread: Spread,
}

/// A class.
#[derive(Debug, Clone, Default)]
pub struct Class {
    /// Its name.
    pub name: Option<Box<str>>,
    /// The whole class, decorators included.
    pub span: Span,
    /// The scope of its body. Methods and fields are binds in it.
    pub scope: ScopeId,
    /// What it extends.
    pub bases: Vec<ExprId>,
    /// What runs when one is made, where that has no name of its own to be found by.
    pub constructors: Vec<FunctionId>,
    /// Whether a bare name inside reaches what is bound in its body and in its bases. Else they are reached through
    /// `self` / `this` only.
    pub is_open: bool,
    /// Decorators, as expressions.
    pub decorators: Vec<ExprId>,
}
