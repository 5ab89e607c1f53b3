//! What a module takes from others, and what it gives.

use super::{ExprId, ImportId, ScopeId, StmtId};
use crate::text::Span;

/// One local name that comes from another module.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// The module as written: `jsonwebtoken`, `./config`, `os.path`, `..auth` (Python's leading dots included).
    pub module: Box<str>,
    /// What of it: `sign` in `import { sign as s }` and in `const { sign: s } = require(…)`; `default` for a default import;
    /// `None` for the module itself (`import * as x`, `const x = require(…)`, `import x`, `import x as y`).
    pub item: Option<Box<str>>,
    /// The local name. For `import a.b.c` it is `a`. Empty for an import for its effect only.
    pub local: Box<str>,
    /// The statement.
    pub stmt: StmtId,
    /// The part that brings this one name (`sign as s`); the whole statement where it stands alone.
    pub span: Span,
    /// The module string itself, quotes excluded (for Python, the dotted name).
    pub module_span: Span,
    /// The scope that it declares its name in.
    pub scope: ScopeId,
    /// How it is written.
    pub style: ImportStyle,
}

/// How an import is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportStyle {
    /// `import … from '…'`, `import x`, `from x import y`.
    Static,
    /// `require('…')` in a declaration, also `import x = require('…')` and `await import('…')` in a declaration.
    Require,
    /// `import type …`, or under `if TYPE_CHECKING:`.
    TypeOnly,
    /// `from x import *`, `export * from '…'`.
    Star,
    /// No statement: a name that nobody declares, if `module` has it: a class of the file's own package, or of one that
    /// is imported whole. `local` is empty, since the name may as well be a global.
    Beside,
    /// No statement: a name that is written with its module where it is used (Rust's `std::env::var(…)`).
    Inline,
}

/// A name that other modules can take.
#[derive(Debug, Clone, PartialEq)]
pub struct Export {
    /// The name outside; `default` for a default export; for `module.exports = value` it is `module.exports`
    /// (entries of a record there are exports of their own as well).
    pub name: Box<str>,
    /// The value or name exported, where it is an expression of this module (a declaration gives its name as written there).
    pub value: Option<ExprId>,
    /// `export { item } from 'module'`: the import that it passes on.
    pub import: Option<ImportId>,
    /// The statement.
    pub stmt: StmtId,
}
