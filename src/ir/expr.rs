//! Expressions.

use super::{ClassId, ExprId, FunctionId, ScopeId, StmtId};
use crate::text::Span;

/// An expression.
#[derive(Debug, Clone)]
pub struct Expr {
    /// The node itself, without transparent wrappers.
    pub span: Span,
    /// With its transparent wrappers (`await`, parentheses, casts). Equal to `span` where there are none.
    pub outer: Span,
    /// Whether an `await` is among the wrappers.
    pub awaited: bool,
    /// Where names in it are looked up.
    pub scope: ScopeId,
    /// The innermost statement around it.
    pub stmt: StmtId,
    /// The expression that it is a part of.
    pub parent: Option<ExprId>,
    /// What it is.
    pub kind: ExprKind,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// An identifier, read or written. `self`, `this`, `super` are names too.
    Name(Box<str>),
    /// `base.name`, also `base?.name`.
    Member {
        /// What stands before the dot.
        base: ExprId,
        /// The name after the dot.
        name: Box<str>,
        /// Where the name after the dot stands.
        name_span: Span,
    },
    /// `base[index]`.
    Index {
        /// What is indexed.
        base: ExprId,
        /// By what.
        index: ExprId,
    },
    /// `callee(args)`, also `new callee(args)` and tagged templates.
    Call {
        /// What is called.
        callee: ExprId,
        /// Arguments in order.
        args: Vec<Arg>,
        /// `new`.
        new: bool,
    },
    /// A string or bytes literal, a template, an f-string.
    Text(Text),
    /// A number, as written.
    Number(Box<str>),
    /// `true` / `True`.
    Bool(bool),
    /// `null`, `None`, `undefined`.
    Null,
    /// A dict or object literal.
    Record(Vec<Entry>),
    /// A list, tuple, set or array literal.
    List(Vec<Item>),
    /// An operator with two sides; `op` as written (`+`, `/`, `%`, `<`, `in` …).
    Binary {
        /// The operator as written.
        op: Box<str>,
        /// Left side.
        left: ExprId,
        /// Right side.
        right: ExprId,
    },
    /// One of several values (`||`, `or`, `??`, conditional). A condition is not among them: it is in `tested`.
    Choice {
        /// The values it can be.
        options: Vec<ExprId>,
        /// The condition of `c ? a : b`.
        tested: Option<ExprId>,
    },
    /// A lambda, arrow function or function expression.
    Function(FunctionId),
    /// A class expression.
    Class(ClassId),
    /// `x => …` comprehension, `{k: v for …}`: the element(s), and the loops in `children`; the names in their targets are binds.
    /// `record` tells a dict comprehension, whose one entry it holds.
    Comprehension {
        /// Key and value of a dict comprehension.
        record: Option<(ExprId, ExprId)>,
        /// The element of a list, set or generator comprehension.
        element: Option<ExprId>,
        /// The loops in order: the target, the iterable, then its conditions.
        children: Vec<ExprId>,
    },
    /// Anything else, with its parts in order.
    Opaque(Vec<ExprId>),
}

/// A string in pieces.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// In order. An empty literal has no piece.
    pub pieces: Vec<Piece>,
    /// What opens it, prefix included: `"`, `'`, `` ` ``, `f"`, `r'`, `b"`, `"""`. Of the first literal if several are joined implicitly.
    pub open: Box<str>,
}

/// A part of a string.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Known characters.
    Known {
        /// The bytes in the file (raw, escapes not decoded), quotes excluded.
        span: Span,
        /// The value, escapes decoded.
        value: Box<str>,
    },
    /// `${expr}`, `{expr}`. For an f-string the format spec is ignored.
    Hole {
        /// The whole placeholder, braces included.
        span: Span,
        /// What fills it.
        expr: ExprId,
    },
}

/// An argument of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Arg {
    /// The whole argument (`name=value`, `...value`).
    pub span: Span,
    /// The keyword, where there is one.
    pub name: Option<Box<str>>,
    /// The value.
    pub value: ExprId,
    /// `*args`, `**kwargs`, `...args`.
    pub spread: Spread,
}

/// Whether and how something is spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// Not spread.
    No,
    /// `*x`, or `...x` in a list or call.
    Items,
    /// `**x`, or `...x` in an object.
    Entries,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// The value.
    pub value: ExprId,
    /// Whether it is spread.
    pub spread: bool,
}

/// An entry of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The whole entry, without the separating comma.
    pub span: Span,
    /// The key. A bare key (`{a: 1}`) or shorthand (`{a}`) is a [`ExprKind::Text`] with one known piece and an empty `open`.
    /// `None` where the whole entry is spread.
    pub key: Option<ExprId>,
    /// The value; for `{a}` the name `a`, with the same span as the key; for a method its function.
    pub value: ExprId,
    /// `{a}`.
    pub shorthand: bool,
}
