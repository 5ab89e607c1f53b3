//! The only way to make nodes. Keeps the promises of the module doc: parents, scopes and statements are always set.

use super::{
    Arg, Bind, BindId, Block, BlockId, Class, ClassId, Expr, ExprId, ExprKind, Function, FunctionId, Gap, How, Import,
    ImportId, Module, Scope, ScopeId, ScopeKind, Stmt, StmtId, StmtKind,
};
use crate::text::Span;

/// Builds one [`Module`]. Front-ends enter scopes, blocks and statements and make expressions bottom-up.
#[derive(Debug)]
pub struct Builder {
    /// What was built so far. Front-ends may fill `exports`, `comments`, `functions[..]` fields directly.
    pub module: Module,
    scopes: Vec<ScopeId>,
    blocks: Vec<BlockId>,
    stmts: Vec<StmtId>,
}

impl Builder {
    /// Starts a module over `whole` (the whole file). A synthetic statement is never needed: expressions outside any
    /// statement cannot be made.
    #[must_use]
    pub fn new(whole: Span) -> Self {
        let module = Module {
            scopes: vec![Scope { parent: None, kind: ScopeKind::Module, span: whole }],
            blocks: vec![Block {
                span: whole,
                owner: None,
                function: None,
                stmts: vec![],
                catches: vec![],
                is_handler: false,
            }],
            ..Module::default()
        };
        Builder { module, scopes: vec![ScopeId(0)], blocks: vec![BlockId(0)], stmts: vec![] }
    }

    /// The finished module.
    #[must_use]
    pub fn finish(self) -> Module {
        self.module
    }

    /// The scope that names are looked up in now.
    #[must_use]
    pub fn scope(&self) -> ScopeId {
        *self.scopes.last().unwrap_or(&ScopeId(0))
    }

    /// The nearest scope that is not a [`ScopeKind::Block`]: where `var` and Python's names go.
    #[must_use]
    pub fn function_scope(&self) -> ScopeId {
        let is_block = |id: &&ScopeId| !matches!(self.module.scope(**id).kind, ScopeKind::Block);
        self.scopes.iter().rev().find(is_block).copied().unwrap_or(ScopeId(0))
    }

    /// Runs `inside` in a new scope.
    pub fn in_scope<T>(&mut self, kind: ScopeKind, span: Span, inside: impl FnOnce(&mut Self, ScopeId) -> T) -> T {
        let id = ScopeId(self.module.scopes.len() as u32);
        self.module.scopes.push(Scope { parent: Some(self.scope()), kind, span });
        self.scopes.push(id);
        let result = inside(self, id);
        self.scopes.pop();
        result
    }

    /// Runs `inside` in a scope that exists already.
    pub fn in_scope_of<T>(&mut self, scope: ScopeId, inside: impl FnOnce(&mut Self) -> T) -> T {
        self.scopes.push(scope);
        let result = inside(self);
        self.scopes.pop();
        result
    }

    /// Runs `inside` in a new block of the current statement. `function` is set for function bodies.
    pub fn in_block<T>(
        &mut self,
        span: Span,
        function: Option<FunctionId>,
        inside: impl FnOnce(&mut Self, BlockId) -> T,
    ) -> (BlockId, T) {
        let id = BlockId(self.module.blocks.len() as u32);
        // The body of a function expression belongs to the function, not to the statement around it.
        let owner = self.stmts.last().copied().filter(|stmt| match function {
            Some(function) => self.module.stmt(*stmt).kind == StmtKind::Function(function),
            None => true,
        });
        self.module.blocks.push(Block { span, owner, function, stmts: vec![], catches: vec![], is_handler: false });
        if let Some(owner) = owner {
            self.module.stmts[owner.index()].blocks.push(id);
        }
        self.blocks.push(id);
        let result = inside(self, id);
        self.blocks.pop();
        (id, result)
    }

    /// Says that `block` is the body of `class`. That of a class expression belongs to the class, not to the statement
    /// around it.
    pub fn belongs_to_class(&mut self, block: BlockId, class: ClassId) {
        let Some(owner) = self.module.block(block).owner else { return };
        if self.module.stmt(owner).kind != StmtKind::Class(class) {
            self.module.blocks[block.index()].owner = None;
            self.module.stmts[owner.index()].blocks.retain(|id| *id != block);
        }
    }

    /// Runs `inside` in a new statement of the current block; the expressions it returns are the statement's own.
    pub fn in_stmt(
        &mut self,
        span: Span,
        kind: StmtKind,
        inside: impl FnOnce(&mut Self, StmtId) -> Vec<ExprId>,
    ) -> StmtId {
        let id = StmtId(self.module.stmts.len() as u32);
        let block = *self.blocks.last().unwrap_or(&BlockId(0));
        self.module.stmts.push(Stmt { span, block, scope: self.scope(), kind, exprs: vec![], blocks: vec![] });
        self.module.blocks[block.index()].stmts.push(id);
        self.stmts.push(id);
        let exprs = inside(self, id);
        self.module.stmts[id.index()].exprs.extend(exprs);
        self.stmts.pop();
        id
    }

    /// The innermost statement now.
    #[must_use]
    pub fn stmt(&self) -> StmtId {
        *self.stmts.last().unwrap_or(&StmtId(0))
    }

    /// Makes an expression and sets itself as the parent of its parts.
    pub fn expr(&mut self, span: Span, kind: ExprKind) -> ExprId {
        let id = ExprId(self.module.exprs.len() as u32);
        let (scope, stmt) = (self.scope(), self.stmt());
        self.module.exprs.push(Expr { span, outer: span, awaited: false, scope, stmt, parent: None, kind });
        for child in self.module.children(id) {
            self.module.exprs[child.index()].parent = Some(id);
        }
        if let ExprKind::Record(entries) = self.module.kind(id) {
            for key in entries.iter().filter_map(|entry| entry.key).collect::<Vec<_>>() {
                self.module.exprs[key.index()].parent = Some(id);
            }
        }
        id
    }

    /// Says that `outer` wraps `id` transparently (parentheses, a cast, `await`).
    pub fn wrap(&mut self, id: ExprId, outer: Span, awaited: bool) -> ExprId {
        let expr = &mut self.module.exprs[id.index()];
        expr.outer = expr.outer.join(outer);
        expr.awaited |= awaited;
        id
    }

    /// An identifier.
    pub fn name(&mut self, span: Span, name: &str) -> ExprId {
        self.expr(span, ExprKind::Name(name.into()))
    }

    /// Adds a bind of the current statement. Names are declared in `scope`.
    pub fn bind(&mut self, place: ExprId, scope: ScopeId, value: Option<ExprId>, how: How, span: Span) -> BindId {
        let id = BindId(self.module.binds.len() as u32);
        let stmt = self.stmt();
        self.module.binds.push(Bind { place, scope, value, how, stmt, span, class: None, decorators: vec![] });
        id
    }

    /// Adds an import and the bind of its local name (none where `local` is empty).
    pub fn import(&mut self, import: Import) -> ImportId {
        let local_span = import.span;
        self.import_at(import, local_span).0
    }

    /// As [`import`](Self::import), where the local name stands at `local_span`. Gives the place as well.
    pub fn import_at(&mut self, import: Import, local_span: Span) -> (ImportId, Option<ExprId>) {
        let id = ImportId(self.module.imports.len() as u32);
        let place = (!import.local.is_empty()).then(|| {
            let place = self.name(local_span, &import.local);
            self.bind(place, import.scope, None, How::Import(id), import.span);
            place
        });
        self.module.imports.push(import);
        (id, place)
    }

    /// Adds an import whose local name is bound already (`const { a } = require('m')`); the bind is then of
    /// [`How::Import`].
    pub fn import_bound(&mut self, import: Import) -> ImportId {
        let id = ImportId(self.module.imports.len() as u32);
        self.module.imports.push(import);
        id
    }

    /// Reserves a function, so that its scope can name it; fill the fields afterwards through `module.functions`.
    pub fn function(&mut self, function: Function) -> FunctionId {
        let id = FunctionId(self.module.functions.len() as u32);
        self.module.functions.push(function);
        id
    }

    /// Reserves a class, as [`function`](Self::function).
    pub fn class(&mut self, class: Class) -> ClassId {
        let id = ClassId(self.module.classes.len() as u32);
        self.module.classes.push(class);
        id
    }

    /// Makes `parent` the parent of everything made since `from` in the same statement that has none: types, defaults and
    /// the like, which are in an expression without being one of its operands.
    pub fn adopt(&mut self, from: usize, parent: ExprId) {
        let stmt = self.module.expr(parent).stmt;
        for (index, expr) in self.module.exprs.iter_mut().enumerate().skip(from) {
            if expr.parent.is_none() && expr.stmt == stmt && index != parent.index() {
                expr.parent = Some(parent);
            }
        }
    }

    /// Lists the outermost expressions of each statement, in source order. Done at the end, where a statement's types,
    /// defaults and places are made in many places.
    pub fn list_roots(&mut self) {
        let Module { stmts, exprs, .. } = &mut self.module;
        for (index, expr) in exprs.iter().enumerate().filter(|(_, expr)| expr.parent.is_none()) {
            if let Some(stmt) = stmts.get_mut(expr.stmt.index()) {
                stmt.exprs.push(ExprId(index as u32));
            }
        }
        for stmt in stmts {
            stmt.exprs.sort_by_key(|id| (exprs[id.index()].span.start, id.0));
        }
    }

    /// Notes a region that cannot be read.
    pub fn gap(&mut self, span: Span, why: &'static str) {
        self.module.gaps.push(Gap { span, why });
    }

    /// A positional argument.
    #[must_use]
    pub fn arg(&self, value: ExprId) -> Arg {
        Arg { span: self.module.expr(value).outer, name: None, value, spread: super::Spread::No }
    }
}
