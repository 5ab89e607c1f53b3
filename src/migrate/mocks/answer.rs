//! The answers of a mock: what was in milliseconds is in seconds.

use super::said::{self, Said};
use super::{MILLISECONDS, Mocks, is_test};
use crate::analyze::{ExprRef, Follow, Place};
use crate::ir::{Entry, ExprId, ExprKind};
use crate::migrate::draft::Draft;
use crate::text::{Overlap, Span};
use std::collections::BTreeSet;

impl Mocks<'_, '_> {
    /// The lifetimes in the answers of a mock.
    pub(super) fn answers(&mut self, call: ExprRef, draft: &mut Draft) -> Result<(), Overlap> {
        let program = self.plan.program;
        let module = &self.unit.module;
        let stmt = module.stmt(module.expr(call.expr).stmt).span;
        self.texts(stmt, draft)?;
        let within: Vec<ExprId> = module.expr_ids().filter(|id| stmt.contains(module.expr(*id).span)).collect();
        let mut records: BTreeSet<ExprRef> = BTreeSet::new();
        for id in within {
            let at = ExprRef { file: self.file, expr: id };
            match module.kind(id) {
                ExprKind::Record(_) => {
                    records.insert(at);
                }
                ExprKind::Name(_) | ExprKind::Member { .. } if self.unit.bind_of_place(id).is_none() => {
                    let origins = program.origins(at, Follow::ALL).into_iter();
                    let whole = origins.filter(|origin| origin.path.is_empty()).map(|origin| origin.expr);
                    records.extend(whole.filter(|origin| {
                        matches!(program.kind(*origin), ExprKind::Record(_)) && is_test(&program.file(origin.file).path)
                    }));
                }
                _ => {}
            }
        }
        for record in records {
            self.answer(record, draft)?;
            if !self.unit.language.syntax.braces {
                self.fields(record, draft)?;
            }
        }
        Ok(())
    }

    /// What the statement of a mock says in text follows, or is told of.
    fn texts(&mut self, stmt: Span, draft: &mut Draft) -> Result<(), Overlap> {
        let jwt = &self.plan.rules.adobe.fields.jwt;
        for said in said::said(self.plan.program, self.file, self.unit, stmt, jwt) {
            match said {
                Said::Follows(at, new) => {
                    let edits = draft.edits.entry(self.file).or_default();
                    if !edits.touches(at) {
                        edits.replace(at, new)?;
                    }
                }
                Said::Left(span, why) => self.tell(Place { file: self.file, span }, why.to_owned()),
            }
        }
        Ok(())
    }

    /// The lifetime in one answer.
    pub(super) fn answer(&mut self, record: ExprRef, draft: &mut Draft) -> Result<(), Overlap> {
        let ExprKind::Record(entries) = self.plan.program.kind(record) else { return Ok(()) };
        let module = self.plan.program.module(record.file);
        let is_it = |entry: &&Entry| entry.key.and_then(|key| module.literal(key)).as_deref() == Some("expires_in");
        match entries.iter().find(is_it) {
            Some(entry) => self.lifetime(ExprRef { file: record.file, expr: entry.value }, draft),
            None => Ok(()),
        }
    }

    fn lifetime(&mut self, value: ExprRef, draft: &mut Draft) -> Result<(), Overlap> {
        let program = self.plan.program;
        let module = program.module(value.file);
        let span = module.expr(value.expr).outer;
        if draft.edits.get(&value.file).is_some_and(|edits| edits.touches(span)) {
            return Ok(());
        }
        match module.kind(value.expr) {
            ExprKind::Number(number) => {
                let Some(old) = number.replace('_', "").parse::<u64>().ok().filter(|old| *old >= MILLISECONDS) else {
                    return Ok(());
                };
                draft.edits.entry(value.file).or_default().replace(span, (old / 1000).to_string())?;
                let is_same = |id: &ExprId| matches!(module.kind(*id), ExprKind::Number(other) if other == number);
                let is_entry = |id: &ExprId| {
                    let around = module.expr(*id).parent.map(|around| module.kind(around));
                    matches!(around, Some(ExprKind::Record(_)))
                };
                let again = module.expr_ids().find(|id| *id != value.expr && is_same(id) && !is_entry(id));
                if let Some(again) = again {
                    let at = Place { file: value.file, span: module.expr(again).span };
                    self.tell(at, "holds the lifetime in milliseconds that the answer has in seconds now".to_owned());
                }
            }
            ExprKind::Binary { left, right, op }
                if **op == *"*" && matches!(module.kind(*right), ExprKind::Number(number) if **number == *"1000") =>
            {
                let factor = Span { start: module.expr(*left).outer.end, end: module.expr(*right).outer.end };
                draft.edits.entry(value.file).or_default().delete(factor)?;
            }
            _ => {
                self.tell(Place { file: value.file, span }, "says how long the token lasts: in seconds now".to_owned());
            }
        }
        Ok(())
    }
}
