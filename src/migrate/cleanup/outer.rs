//! Statements that say that names are those of a scope around (`global a, b`), of which no assignment stays.

use super::mark::Marker;
use super::units::UnitId;
use super::{Context, Sweep, pieces};
use crate::ir::{ExprKind, StmtId, StmtKind};
use crate::text::Span;

impl Marker<'_> {
    /// Names that the function does not assign any more need not be said to be somebody else's.
    pub(super) fn report_outer(&self, covered: &[bool], sweep: &mut Sweep) {
        let module = self.context.module;
        for index in 0..module.stmts.len() {
            let id = StmtId(index as u32);
            let units = self.units.of(id);
            let stays = |unit: &UnitId| !covered[unit.0] && !self.units.get(*unit).gone;
            if module.stmt(id).kind != StmtKind::Other || !units.iter().all(stays) {
                continue;
            }
            let names = names_of(self.context, module.stmt(id).span);
            let goes: Vec<(Span, bool)> =
                names.into_iter().map(|(span, name)| (span, self.lost_assignments(id, name, covered))).collect();
            match goes.iter().filter(|(_, goes)| *goes).count() {
                0 => {}
                count if count == goes.len() => sweep.stmts.push(id),
                _ => sweep.outer.extend(pieces::cuts(self.context, &goes)),
            }
        }
    }

    /// Whether the function around `stmt` assigned `name`, and the sweep takes all of it. What the migration itself
    /// replaces may assign it again.
    fn lost_assignments(&self, stmt: StmtId, name: &str, covered: &[bool]) -> bool {
        let module = self.context.module;
        let function = module.function_of(module.stmt(stmt).scope);
        let mut binds = module.binds.iter().filter(|bind| {
            let named = matches!(module.kind(bind.place), ExprKind::Name(found) if **found == *name);
            named && module.function_of(module.stmt(bind.stmt).scope) == function
        });
        let mut any = false;
        let all = binds.all(|bind| {
            any = true;
            let mut units =
                self.units.of(bind.stmt).iter().filter(|unit| self.units.get(**unit).span.contains(bind.span));
            units.all(|unit| covered[unit.0] || self.swept(*unit))
        });
        any && all
    }
}

/// The names in such a statement, with their places; none for another one.
fn names_of<'a>(context: &'a Context, span: Span) -> Vec<(Span, &'a str)> {
    let text = context.file.slice(span);
    let word = context.syntax.outer_words.iter().find(|word| text.starts_with(&format!("{word} ")));
    let Some(rest) = word.and_then(|word| text.strip_prefix(word)) else { return vec![] };
    let mut at = span.start as usize + text.len() - rest.len();
    let mut found = vec![];
    for piece in rest.split(',') {
        let name = piece.trim();
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            return vec![];
        }
        let start = at + piece.len() - piece.trim_start().len();
        found.push((Span::new(start, start + name.len()), name));
        at += piece.len() + 1;
    }
    found
}
