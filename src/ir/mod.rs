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

use crate::text::Span;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub u32);
        impl $name {
            /// As an index.
            #[must_use]
            pub fn index(self) -> usize { self.0 as usize }
        }
    )*};
}

ids! {
    /// An expression of one module.
    ExprId,
    /// A statement of one module.
    StmtId,
    /// A block of one module.
    BlockId,
    /// A scope of one module.
    ScopeId,
    /// A bind of one module.
    BindId,
    /// A function of one module.
    FunctionId,
    /// A class of one module.
    ClassId,
    /// An import of one module.
    ImportId,
}

/// One lowered file. All ids index into the vectors here.
#[derive(Debug, Default)]
pub struct Module {
    /// Expressions; children come before their parents.
    pub exprs: Vec<Expr>,
    /// Statements, in source order.
    pub stmts: Vec<Stmt>,
    /// Blocks; the first is the module body.
    pub blocks: Vec<Block>,
    /// Scopes; the first is the module scope.
    pub scopes: Vec<Scope>,
    /// Everything that gives a name or a place a value, in source order.
    pub binds: Vec<Bind>,
    /// Functions, methods, lambdas.
    pub functions: Vec<Function>,
    /// Classes.
    pub classes: Vec<Class>,
    /// Imports, one for each local name.
    pub imports: Vec<Import>,
    /// What other modules can take from here, where the language says it explicitly (JavaScript). In Python every
    /// module-level bind can be imported and this is empty.
    pub exports: Vec<Export>,
    /// Comments, without line ends.
    pub comments: Vec<Span>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
    /// The end of the prologue (shebang, licence comment, docstring, `'use strict'`, `__future__` imports): no statement
    /// may be inserted before this byte offset.
    pub prologue_end: u32,
}

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
    /// A class body. Names bound here are not seen by the scopes inside it (they are reached through `self` / `this`).
    Class(ClassId),
    /// A block with its own names (JavaScript `let` / `const`), a comprehension, a catch clause.
    Block,
}

/// Something gets a value.
#[derive(Debug, Clone)]
pub struct Bind {
    /// The place: a [`ExprKind::Name`], or a member or index (`self.x = …`, `config["k"] = …`, `module.exports = …`).
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
    /// Decorators, as expressions.
    pub decorators: Vec<ExprId>,
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Param {
    /// The whole parameter, default and type included.
    pub span: Span,
    /// Its name; `None` where it is taken apart (`{a, b}`); the parts are binds with [`How::Part`] whose `value` is `None`.
    pub name: Option<Box<str>>,
    /// The default value.
    pub default: Option<ExprId>,
    /// `*args`, `**kwargs`, `...rest`.
    pub spread: Spread,
}

/// A class.
#[derive(Debug, Clone)]
pub struct Class {
    /// Its name.
    pub name: Option<Box<str>>,
    /// The whole class, decorators included.
    pub span: Span,
    /// The scope of its body. Methods and fields are binds in it.
    pub scope: ScopeId,
    /// What it extends.
    pub bases: Vec<ExprId>,
}

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

/// A region that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The bytes.
    pub span: Span,
    /// Why.
    pub why: &'static str,
}

impl Module {
    /// The expression of an id.
    #[must_use]
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.index()]
    }

    /// The kind of an expression.
    #[must_use]
    pub fn kind(&self, id: ExprId) -> &ExprKind {
        &self.exprs[id.index()].kind
    }

    /// The statement of an id.
    #[must_use]
    pub fn stmt(&self, id: StmtId) -> &Stmt {
        &self.stmts[id.index()]
    }

    /// The block of an id.
    #[must_use]
    pub fn block(&self, id: BlockId) -> &Block {
        &self.blocks[id.index()]
    }

    /// The scope of an id.
    #[must_use]
    pub fn scope(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.index()]
    }

    /// The function of an id.
    #[must_use]
    pub fn function(&self, id: FunctionId) -> &Function {
        &self.functions[id.index()]
    }

    /// The class of an id.
    #[must_use]
    pub fn class(&self, id: ClassId) -> &Class {
        &self.classes[id.index()]
    }

    /// All expression ids.
    pub fn expr_ids(&self) -> impl Iterator<Item = ExprId> + use<> {
        (0..self.exprs.len() as u32).map(ExprId)
    }

    /// All bind ids.
    pub fn bind_ids(&self) -> impl Iterator<Item = BindId> + use<> {
        (0..self.binds.len() as u32).map(BindId)
    }

    /// The whole value of a text without holes.
    #[must_use]
    pub fn literal(&self, id: ExprId) -> Option<String> {
        let ExprKind::Text(text) = self.kind(id) else { return None };
        let mut value = String::new();
        for piece in &text.pieces {
            match piece {
                Piece::Known { value: known, .. } => value.push_str(known),
                Piece::Hole { .. } => return None,
            }
        }
        Some(value)
    }

    /// The parts of an expression, in source order.
    #[must_use]
    pub fn children(&self, id: ExprId) -> Vec<ExprId> {
        match self.kind(id) {
            ExprKind::Member { base, .. } => vec![*base],
            ExprKind::Index { base, index } => vec![*base, *index],
            ExprKind::Call { callee, args, .. } => {
                std::iter::once(*callee).chain(args.iter().map(|arg| arg.value)).collect()
            }
            ExprKind::Text(text) => text
                .pieces
                .iter()
                .filter_map(|piece| match piece {
                    Piece::Hole { expr, .. } => Some(*expr),
                    Piece::Known { .. } => None,
                })
                .collect(),
            ExprKind::Record(entries) => entries
                .iter()
                .flat_map(|entry| entry.key.filter(|_| !entry.shorthand).into_iter().chain([entry.value]))
                .collect(),
            ExprKind::List(items) => items.iter().map(|item| item.value).collect(),
            ExprKind::Binary { left, right, .. } => vec![*left, *right],
            ExprKind::Choice { options, tested } => tested.iter().chain(options).copied().collect(),
            ExprKind::Comprehension { record, element, children } => {
                record.iter().flat_map(|(k, v)| [*k, *v]).chain(*element).chain(children.iter().copied()).collect()
            }
            ExprKind::Opaque(children) => children.clone(),
            ExprKind::Name(_)
            | ExprKind::Number(_)
            | ExprKind::Bool(_)
            | ExprKind::Null
            | ExprKind::Function(_)
            | ExprKind::Class(_) => vec![],
        }
    }

    /// The function whose code `scope` belongs to, innermost.
    #[must_use]
    pub fn function_of(&self, scope: ScopeId) -> Option<FunctionId> {
        let mut at = Some(scope);
        while let Some(id) = at {
            let scope = self.scope(id);
            if let ScopeKind::Function(function) = scope.kind {
                return Some(function);
            }
            at = scope.parent;
        }
        None
    }

    /// The class whose body or method `scope` belongs to, innermost.
    #[must_use]
    pub fn class_of(&self, scope: ScopeId) -> Option<ClassId> {
        let mut at = Some(scope);
        while let Some(id) = at {
            let scope = self.scope(id);
            if let ScopeKind::Class(class) = scope.kind {
                return Some(class);
            }
            at = scope.parent;
        }
        None
    }

    /// The statement that holds the block of `stmt`, if any; stops at functions.
    #[must_use]
    pub fn parent_stmt(&self, stmt: StmtId) -> Option<StmtId> {
        self.block(self.stmt(stmt).block).owner
    }
}
