//! Statements and blocks.

use super::{BlockId, ClassId, ExprId, FunctionId, ScopeId, StmtId};
use crate::text::Span;

/// A statement.
#[derive(Debug, Clone)]
pub struct Stmt {
    /// From its first to its last byte: decorators, `export`, `;` included; line ends and comments not.
    pub span: Span,
    /// The block that it stands in.
    pub block: BlockId,
    /// Where names in it are looked up.
    pub scope: ScopeId,
    /// What it is.
    pub kind: StmtKind,
    /// The expressions that stand in it directly (not those of nested statements), outermost only.
    pub exprs: Vec<ExprId>,
    /// The blocks directly in it (function bodies of lambdas are not among them), in order.
    pub blocks: Vec<BlockId>,
}

/// What a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StmtKind {
    /// Brings names in. Its imports point back to it.
    Import,
    /// An expression for its effect.
    Expr,
    /// Assignments or declarations. Its binds point back to it.
    Bind,
    /// `return`, with at most one expression.
    Return,
    /// `throw`, `raise`.
    Throw,
    /// A function declaration.
    Function(FunctionId),
    /// A class declaration.
    Class(ClassId),
    /// `if`; blocks are the branches; `elif` / `else if` is a nested `If` in the last block.
    If,
    /// `for`, `while`, `do`.
    Loop,
    /// `try`; the first block is the body, then the handlers, `else`, `finally`.
    Try,
    /// `with`.
    With,
    /// `export { … }`, `export … from …`: names listed, nothing declared.
    Export,
    /// `pass`, `break`, `continue`, `global`, empty statements, bare blocks, `switch` …
    Other,
}

/// Statements in one pair of braces, or under one indentation.
#[derive(Debug, Clone)]
pub struct Block {
    /// For braces: from `{` to `}` inclusive. For indentation: from the first to the last statement. For the module: the whole file.
    pub span: Span,
    /// The statement that it belongs to; `None` for the module body and for bodies of function expressions.
    pub owner: Option<StmtId>,
    /// The function whose body it is.
    pub function: Option<FunctionId>,
    /// In order.
    pub stmts: Vec<StmtId>,
    /// The exception types that a `catch` / `except` block handles, as expressions (a tuple is taken apart). Empty
    /// where it takes all, or where it is no handler.
    pub catches: Vec<ExprId>,
    /// Whether it is the block of a `catch` / `except`.
    pub is_handler: bool,
}
