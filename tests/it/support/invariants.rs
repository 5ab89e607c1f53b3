//! What holds for every lowered module, whatever the input was.

use std::collections::HashSet;
use unjwt::ir::{BindId, BlockId, ClassId, ExprId, ExprKind, FunctionId, How, Module, Piece, ScopeKind, StmtId};
use unjwt::text::{SourceFile, Span};

/// Every promise of the common form that `module` breaks, in words; empty where all hold.
pub(crate) fn violations(module: &Module, file: &SourceFile) -> Vec<String> {
    let mut check = Check { module, file, found: vec![] };
    check.exprs();
    check.roots();
    check.stmts();
    check.binds();
    check.imports();
    check.functions();
    check.regions();
    check.found
}

struct Check<'a> {
    module: &'a Module,
    file: &'a SourceFile,
    found: Vec<String>,
}

impl Check<'_> {
    fn expect(&mut self, holds: bool, span: Span, what: &str) {
        if !holds {
            let text: String = self.file.slice(span).chars().take(60).collect();
            self.found.push(format!("{what} at {}..{}: {text:?}", span.start, span.end));
        }
    }

    fn inside(&mut self, outer: Span, inner: Span, what: &str) {
        self.expect(outer.contains(inner), inner, what);
    }

    /// Children before, inside and pointing to their parents; texts say what stands in the file.
    fn exprs(&mut self) {
        let module = self.module;
        for id in module.expr_ids() {
            let expr = module.expr(id);
            self.inside(expr.outer, expr.span, "an expression is outside its wrappers");
            self.expect(self.sliceable(expr.span), expr.span, "an expression splits a character");
            let scope = module.scope(expr.scope).span;
            self.inside(scope, expr.span, "an expression is outside its scope");
            for child in module.children(id) {
                let inner = module.expr(child);
                self.expect(child < id, inner.span, "a child comes after its parent");
                self.expect(inner.parent == Some(id), inner.span, "a child does not know its parent");
                self.inside(expr.span, inner.outer, "a child is outside its parent");
                self.expect(inner.stmt == expr.stmt, inner.span, "a child is in another statement");
            }
            self.parts(id);
        }
    }

    fn sliceable(&self, span: Span) -> bool {
        self.file.text().get(span.range()).is_some()
    }

    fn parts(&mut self, id: ExprId) {
        let module = self.module;
        let expr = module.expr(id);
        match &expr.kind {
            ExprKind::Name(name) => {
                self.expect(self.file.slice(expr.span) == &**name, expr.span, "a name is not what stands there");
            }
            ExprKind::Member { name, name_span, .. } => {
                self.expect(self.file.slice(*name_span) == &**name, *name_span, "a member is not what stands there");
                self.inside(expr.span, *name_span, "a member name is outside");
            }
            ExprKind::Text(text) => self.pieces(expr.span, &text.pieces),
            ExprKind::Call { args, .. } => {
                self.ordered(expr.span, args.iter().map(|arg| arg.span).collect(), "arguments");
                for arg in args {
                    self.expect(
                        arg.span.contains(module.expr(arg.value).outer),
                        arg.span,
                        "an argument lacks its value",
                    );
                }
            }
            ExprKind::Record(entries) => {
                self.ordered(expr.span, entries.iter().map(|entry| entry.span).collect(), "entries");
                for entry in entries {
                    let value = module.expr(entry.value).outer;
                    self.expect(entry.span.contains(value), entry.span, "an entry lacks its value");
                }
            }
            _ => {}
        }
    }

    fn pieces(&mut self, whole: Span, pieces: &[Piece]) {
        let span_of = |piece: &Piece| match piece {
            Piece::Known { span, .. } | Piece::Hole { span, .. } => *span,
        };
        self.ordered(whole, pieces.iter().map(span_of).collect(), "pieces");
        for piece in pieces {
            if let Piece::Known { span, value } = piece {
                let raw = self.file.slice(*span);
                // A backslash, a doubled brace, an entity and a CRLF may be decoded; all else stands for itself.
                let plain = !raw.contains(['\\', '{', '}', '&', '\r']);
                self.expect(!plain || raw == &**value, *span, "a known piece is not what stands there");
            }
        }
    }

    fn ordered(&mut self, whole: Span, spans: Vec<Span>, what: &str) {
        for span in &spans {
            self.expect(whole.contains(*span), *span, &format!("{what} outside the whole"));
        }
        for pair in spans.windows(2) {
            self.expect(pair[0].end <= pair[1].start, pair[1], &format!("{what} overlap or are out of order"));
        }
    }

    /// An expression without a parent is one of its statement's own, or belongs to a function or class expression there.
    fn roots(&mut self) {
        let module = self.module;
        let imported = module.binds.iter().filter(|bind| matches!(bind.how, How::Import(_))).map(|bind| bind.place);
        let own: HashSet<ExprId> =
            module.stmts.iter().flat_map(|stmt| stmt.exprs.iter().copied()).chain(imported).collect();
        let nested: Vec<(StmtId, Span)> = module
            .exprs
            .iter()
            .filter(|expr| matches!(expr.kind, ExprKind::Function(_) | ExprKind::Class(_)))
            .map(|expr| (expr.stmt, expr.span))
            .collect();
        for id in module.expr_ids().filter(|id| module.expr(*id).parent.is_none() && !own.contains(id)) {
            let expr = module.expr(id);
            let holds = nested.iter().any(|(stmt, span)| *stmt == expr.stmt && span.contains(expr.span));
            self.expect(holds, expr.span, "an expression is lost: no parent, and not among its statement's");
        }
    }

    fn stmts(&mut self) {
        let module = self.module;
        let blocks = module.blocks.iter().enumerate();
        let listed: HashSet<(BlockId, StmtId)> =
            blocks.flat_map(|(id, block)| block.stmts.iter().map(move |stmt| (BlockId(id as u32), *stmt))).collect();
        for (index, stmt) in module.stmts.iter().enumerate() {
            let id = StmtId(index as u32);
            for expr in stmt.exprs.iter().map(|expr| module.expr(*expr)) {
                self.expect(expr.stmt == id, expr.span, "an expression does not know its statement");
                self.expect(expr.parent.is_none(), expr.span, "a part is listed as a statement's own");
            }
            self.expect(listed.contains(&(stmt.block, id)), stmt.span, "a block does not know its statement");
            for block in &stmt.blocks {
                let block = module.block(*block);
                self.expect(block.owner == Some(id), block.span, "a block does not know its owner");
                self.inside(stmt.span, block.span, "a block is outside its statement");
            }
        }
        for expr in &module.exprs {
            self.expect(
                module.stmt(expr.stmt).span.contains(expr.outer),
                expr.outer,
                "an expression is outside its statement",
            );
        }
        for (index, block) in module.blocks.iter().enumerate() {
            let spans = block.stmts.iter().map(|stmt| module.stmt(*stmt).span).collect();
            self.ordered(block.span, spans, "statements");
            let id = BlockId(index as u32);
            let agree = block.stmts.iter().all(|stmt| module.stmt(*stmt).block == id);
            self.expect(agree, block.span, "a statement does not know its block");
        }
    }

    fn binds(&mut self) {
        let module = self.module;
        for bind in &module.binds {
            let place = module.expr(bind.place);
            let fits = matches!(place.kind, ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Index { .. });
            self.expect(fits, place.span, "a bind's place cannot take a value");
            self.expect(bind.span.contains(place.outer), bind.span, "a bind lacks its place");
            let stmt = module.stmt(bind.stmt).span;
            self.inside(stmt, bind.span, "a bind is outside its statement");
            if let Some(value) = bind.value.map(|value| module.expr(value)) {
                self.inside(stmt, value.outer, "a bind's value is outside its statement");
            }
            if let How::Param(function, index) = bind.how {
                let there = (index as usize) < module.function(function).params.len();
                self.expect(there, bind.span, "a parameter's bind counts too far");
            }
        }
    }

    fn imports(&mut self) {
        let module = self.module;
        let bound: HashSet<u32> = module
            .bind_ids()
            .filter_map(|BindId(id)| match module.binds[id as usize].how {
                How::Import(import) => Some(import.0),
                _ => None,
            })
            .collect();
        for (index, import) in module.imports.iter().enumerate() {
            let stmt = module.stmt(import.stmt).span;
            self.inside(stmt, import.span, "an import is outside its statement");
            self.inside(stmt, import.module_span, "a module name is outside its statement");
            let holds = import.local.is_empty() || bound.contains(&(index as u32));
            self.expect(holds, import.span, "an import binds no name");
        }
    }

    fn functions(&mut self) {
        let module = self.module;
        for (index, function) in module.functions.iter().enumerate() {
            let id = FunctionId(index as u32);
            let agrees = module.scope(function.scope).kind == ScopeKind::Function(id);
            self.expect(agrees, function.span, "a function's scope belongs to another");
            self.expect(function.span.contains(function.params_span), function.span, "parameters outside the function");
            if let Some(body) = function.body.map(|body| module.block(body)) {
                self.expect(body.function == Some(id), body.span, "a body does not know its function");
                self.inside(function.span, body.span, "a body is outside its function");
            }
            for value in function.returns.iter().map(|value| module.expr(*value)) {
                self.inside(function.span, value.outer, "a returned value is outside the function");
            }
            self.ordered(function.span, function.params.iter().map(|param| param.span).collect(), "parameters");
        }
        for (index, class) in module.classes.iter().enumerate() {
            let agrees = module.scope(class.scope).kind == ScopeKind::Class(ClassId(index as u32));
            self.expect(agrees, class.span, "a class's scope belongs to another");
        }
    }

    /// Comments, gaps and the prologue lie in the file.
    fn regions(&mut self) {
        let whole = Span::new(0, self.file.text().len());
        self.ordered(whole, self.module.comments.clone(), "comments");
        for gap in &self.module.gaps {
            self.inside(whole, gap.span, "a gap is outside the file");
        }
        let end = self.module.prologue_end as usize;
        self.expect(self.file.text().is_char_boundary(end), Span::default(), "the prologue ends outside the text");
    }
}
