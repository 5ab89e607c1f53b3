//! Checks that ask for the private key after a rewrite: the settings may hold it no more, and then they refuse.

use super::super::draft::Draft;
use super::super::plan::Plan;
use super::super::sweep;
use super::checked::Checked;
use crate::analyze::{ExprRef, Place, Unit};
use crate::ir::{ExprId, ExprKind, Module, StmtId, StmtKind};
use crate::rules::normal_key;
use crate::text::FileId;

const STILL: &str = "this still asks for the private key, which the request needs no more: delete it before the key goes from the settings";

/// Names the checks that stay in the files of a draft and ask for a key that nobody reads.
pub(in crate::migrate) fn asked(plan: &Plan<'_, '_>, draft: &mut Draft) {
    let touched = draft.gone.iter().filter(|(_, gone)| !gone.is_empty()).map(|(file, _)| *file);
    let files: Vec<FileId> = touched.filter(|file| !plan.program.is_typed(*file)).collect();
    for file in files {
        let Some(unit) = plan.program.unit(file) else { continue };
        let still = Still { plan, file, unit };
        let all: Vec<(StmtId, String)> = still.all(draft).collect();
        let stmts: Vec<StmtId> = all.iter().map(|(stmt, _)| *stmt).collect();
        for (stmt, name) in &all {
            if !still.is_read(name, &stmts, draft) {
                draft.review(Place { file, span: unit.module.stmt(*stmt).span }, STILL);
            }
        }
    }
}

struct Still<'a, 'r> {
    plan: &'a Plan<'a, 'r>,
    file: FileId,
    unit: &'a Unit,
}

impl Still<'_, '_> {
    /// The checks that stay, with the name of the key that each asks for.
    fn all(&self, draft: &Draft) -> impl Iterator<Item = (StmtId, String)> {
        let module = &self.unit.module;
        let stays = |stmt: &StmtId| {
            let gone = draft.stmts.get(&self.file).is_some_and(|stmts| stmts.contains(stmt));
            !gone && !sweep::is_swept(draft, Place { file: self.file, span: module.stmt(*stmt).span })
        };
        let all = (0..module.stmts.len() as u32).map(StmtId).filter(stays);
        all.filter_map(|stmt| Some((stmt, self.checked(stmt).or_else(|| self.demanded(stmt))?)))
    }

    /// `if (!account.privateKey) throw …`
    fn checked(&self, stmt: StmtId) -> Option<String> {
        let record = self.unit.module.stmt(stmt);
        let [condition] = record.exprs.as_slice() else { return None };
        let checked = Checked::new(self.plan, false);
        let refuses = || checked.refuses(self.unit, self.file, stmt) || checked.notes(self.unit, self.file, stmt);
        let name = (record.kind == StmtKind::If).then(|| self.key(*condition)).flatten()?;
        refuses().then_some(name)
    }

    /// The key that a condition asks for alone: `!account.privateKey`, `not account["private_key"]`.
    fn key(&self, condition: ExprId) -> Option<String> {
        let module = &self.unit.module;
        match module.kind(condition) {
            ExprKind::Member { name, .. } => self.is_key(name).then(|| name.to_string()),
            ExprKind::Index { index, .. } => module.literal(*index).filter(|name| self.is_key(name)),
            ExprKind::Opaque(parts) if parts.len() == 1 => self.key(parts[0]),
            _ => None,
        }
    }

    /// `this.demand(options, "privateKey")`
    fn demanded(&self, stmt: StmtId) -> Option<String> {
        let module = &self.unit.module;
        let record = module.stmt(stmt);
        let ([call], StmtKind::Expr) = (record.exprs.as_slice(), record.kind) else { return None };
        let ExprKind::Call { callee, args, .. } = module.kind(*call) else { return None };
        let name = args.iter().filter_map(|arg| module.literal(arg.value)).find(|name| self.is_key(name))?;
        let functions = self.plan.program.functions_of(ExprRef { file: self.file, expr: *callee });
        let checked = Checked::new(self.plan, false);
        let refuses = !functions.is_empty() && functions.iter().all(|function| checked.refuses_only(*function));
        refuses.then_some(name)
    }

    fn is_key(&self, name: &str) -> bool {
        self.plan.rules.adobe.config.private_key.contains(&normal_key(name))
    }

    /// Whether something that stays reads the key, other than these checks and what only hands it on under its name.
    fn is_read(&self, name: &str, checks: &[StmtId], draft: &Draft) -> bool {
        let module = &self.unit.module;
        self.unit.mentions(name).filter(|id| self.unit.bind_of_place(*id).is_none()).any(|read| {
            let span = module.expr(read).span;
            let in_check = checks.iter().any(|stmt| module.stmt(*stmt).span.contains(span));
            !in_check && !is_handed_on(module, read, name) && !sweep::is_swept(draft, Place { file: self.file, span })
        })
    }
}

/// Whether a read is the value of an entry of the same name: `{ privateKey: settings.privateKey }`.
fn is_handed_on(module: &Module, read: ExprId, name: &str) -> bool {
    let Some(ExprKind::Record(entries)) = module.expr(read).parent.map(|around| module.kind(around)) else {
        return false;
    };
    let key = |key: ExprId| module.literal(key).is_some_and(|key| normal_key(&key) == normal_key(name));
    entries.iter().any(|entry| entry.value == read && entry.key.is_some_and(key))
}
