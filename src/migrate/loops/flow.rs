//! Where control goes when a loop has one round: jumps that lead where control goes anyway, and what nobody reaches.

use super::once::{Once, Value};
use crate::analyze::Unit;
use crate::ir::{BlockId, ExprKind, StmtId, StmtKind};
use crate::text::{SourceFile, Span};

pub(super) struct Flow<'a> {
    pub(super) unit: &'a Unit,
    pub(super) source: &'a SourceFile,
    pub(super) gone: &'a [Span],
    pub(super) once: &'a Once<'a>,
}

impl Flow<'_> {
    /// The jumps of a loop, each at the end of a way through its body, with the `if` that does nothing else.
    pub(super) fn jumps(&self, around: StmtId) -> Result<Vec<StmtId>, &'static str> {
        let module = &self.unit.module;
        let span = module.stmt(around).span;
        let mut found = vec![];
        for (number, stmt) in module.stmts.iter().enumerate() {
            let id = StmtId(number as u32);
            if stmt.kind != StmtKind::Other || !span.contains(stmt.span) || self.is_gone(stmt.span) {
                continue;
            }
            let words: Vec<&str> = self.source.slice(stmt.span).trim_end_matches(';').split_whitespace().collect();
            let [word @ ("break" | "continue"), label @ ..] = words.as_slice() else { continue };
            if !label.is_empty() {
                return Err("it is left by a jump to a label");
            }
            if self.owner(id, word) != Some(around) {
                continue;
            }
            if !self.is_last(id, around) {
                return Err("a `break` or `continue` skips a part of its body");
            }
            let host = module.parent_stmt(id).filter(|host| self.does_only(*host, id));
            found.push(host.unwrap_or(id));
        }
        Ok(found)
    }

    /// The loop, or what else a `break` leaves, around a jump.
    fn owner(&self, jump: StmtId, word: &str) -> Option<StmtId> {
        let module = &self.unit.module;
        let mut at = module.parent_stmt(jump);
        while let Some(stmt) = at {
            match module.stmt(stmt).kind {
                StmtKind::Loop => return Some(stmt),
                StmtKind::Other if word == "break" => return Some(stmt),
                StmtKind::Function(_) | StmtKind::Class(_) => return None,
                _ => at = module.parent_stmt(stmt),
            }
        }
        None
    }

    /// Whether nothing of the loop's body comes after a statement.
    fn is_last(&self, stmt: StmtId, around: StmtId) -> bool {
        let module = &self.unit.module;
        let mut at = stmt;
        while at != around {
            let block = module.block(module.stmt(at).block);
            let later = block.stmts.iter().filter(|other| module.stmt(**other).span.start >= module.stmt(at).span.end);
            if later.into_iter().any(|other| !self.is_gone(module.stmt(*other).span)) {
                return false;
            }
            let Some(owner) = block.owner else { return false };
            let record = module.stmt(owner);
            // The `else` of a `try` is left out by a jump in its body.
            let plain = |index: usize| index == 0 || module.block(record.blocks[index]).is_handler;
            let has_else = record.kind == StmtKind::Try
                && !self.unit.language.syntax.braces
                && !(0..record.blocks.len()).all(plain);
            if has_else || !matches!(record.kind, StmtKind::If | StmtKind::Try | StmtKind::With | StmtKind::Loop) {
                return false;
            }
            if record.kind == StmtKind::Loop && owner != around {
                return false;
            }
            at = owner;
        }
        true
    }

    /// Whether an `if` does nothing but the jump, and asks for nothing that has an effect.
    fn does_only(&self, host: StmtId, jump: StmtId) -> bool {
        let module = &self.unit.module;
        let record = module.stmt(host);
        let ([block], [condition]) = (record.blocks.as_slice(), record.exprs.as_slice()) else { return false };
        let plain = matches!(module.kind(*condition), ExprKind::Name(_) | ExprKind::Member { .. });
        let link = super::super::moot::is_link(self.source, record.span);
        record.kind == StmtKind::If && plain && !link && module.block(*block).stmts == [jump]
    }

    /// What stands behind a loop whose body never comes to its end.
    pub(super) fn unreached(&self, around: StmtId) -> Result<Vec<StmtId>, &'static str> {
        let module = &self.unit.module;
        let record = module.stmt(around);
        let block = module.block(record.block);
        let later: Vec<StmtId> = block
            .stmts
            .iter()
            .copied()
            .filter(|stmt| module.stmt(*stmt).span.start >= record.span.end && !self.is_gone(module.stmt(*stmt).span))
            .collect();
        if later.is_empty() || !self.ends(record.blocks[0]) {
            return Ok(vec![]);
        }
        let refuses = |stmt: &StmtId| matches!(module.stmt(*stmt).kind, StmtKind::Throw | StmtKind::Return);
        match later.iter().all(refuses) {
            true => Ok(later),
            false => Err("what stands behind it is reached no more"),
        }
    }

    /// Whether control never comes to the end of a block.
    fn ends(&self, block: BlockId) -> bool {
        let module = &self.unit.module;
        module.block(block).stmts.iter().any(|stmt| {
            let record = module.stmt(*stmt);
            let decided = match record.exprs.as_slice() {
                [condition] if record.kind == StmtKind::If => self.once.value(*condition),
                _ => None,
            };
            match (record.kind, decided) {
                (StmtKind::Return | StmtKind::Throw, _) => true,
                (StmtKind::If, Some(Value::Bool(taken))) => {
                    record.blocks.get(usize::from(!taken)).is_some_and(|block| self.ends(*block))
                }
                (StmtKind::If, _) => record.blocks.len() == 2 && record.blocks.iter().all(|block| self.ends(*block)),
                (StmtKind::Try, _) => {
                    let ways = record.blocks.iter().enumerate();
                    let mut ways = ways.filter(|(index, block)| *index == 0 || module.block(**block).is_handler);
                    ways.all(|(_, block)| self.ends(*block))
                }
                (StmtKind::With, _) => record.blocks.iter().all(|block| self.ends(*block)),
                _ => false,
            }
        })
    }

    fn is_gone(&self, span: Span) -> bool {
        self.gone.iter().any(|gone| gone.contains(span))
    }
}
