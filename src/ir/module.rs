//! One lowered file, and how it is walked.

use super::{
    Bind, BindId, Block, BlockId, Class, ClassId, Export, Expr, ExprId, ExprKind, Function, FunctionId, Import, Piece,
    Scope, ScopeId, ScopeKind, Stmt, StmtId, Types,
};
use crate::text::Span;

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
    /// What the language makes people write about types; empty where it does not.
    pub types: Types,
    /// Comments, without line ends.
    pub comments: Vec<Span>,
    /// What could not be read.
    pub gaps: Vec<Gap>,
    /// The end of the prologue (shebang, licence comment, docstring, `'use strict'`, `__future__` imports): no statement
    /// may be inserted before this byte offset.
    pub prologue_end: u32,
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

    /// Whether a bare name is called where an open class is: it is a method's then, for variables have names of their own.
    #[must_use]
    pub fn calls_method(&self, id: ExprId) -> bool {
        let called = self.expr(id).parent.map(|parent| self.kind(parent));
        matches!(called, Some(ExprKind::Call { callee, new: false, .. }) if *callee == id)
            && self.class_of(self.expr(id).scope).is_some_and(|class| self.class(class).is_open)
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
