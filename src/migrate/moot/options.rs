//! Options of a command line. Scripts that nobody sees pass them, so what nobody reads any more is still taken, and asked for
//! no more.

use super::super::draft::Draft;
use super::super::{entries, sweep};
use super::names::Lost;
use crate::analyze::{Hit, Place};
use crate::ir::{Entry, ExprId, ExprKind, StmtKind};
use crate::rules::Hole;
use crate::text::{Overlap, Span};

/// The entries of a record that make an option one that must be given.
const DEMANDS: [&str; 4] = ["demandOption", "demand", "required", "mandatory"];

impl Lost<'_, '_> {
    /// `.requiredOption('--private-key <path>', '…')`, `.option('privateKey', { … })`
    pub(super) fn option(&mut self, call: ExprId, hit: &Hit<'_>, draft: &mut Draft) -> Result<(), Overlap> {
        let module = &self.unit.module;
        let Some(said) = hit.captures.get(Hole::Name).and_then(|name| module.literal(name.expr)) else { return Ok(()) };
        let Some(name) = option_name(&said) else { return Ok(()) };
        let ExprKind::Call { callee, .. } = module.kind(call) else { return Ok(()) };
        let ExprKind::Member { base, .. } = module.kind(*callee) else { return Ok(()) };
        let whole = Span { start: module.expr(*base).outer.end, end: module.expr(call).span.end };
        let camel = camel(&name);
        let lost = self.lost_without(&camel, whole, draft) || camel != name && self.lost_without(&name, whole, draft);
        if !lost {
            return Ok(());
        }
        if let (Some(new), Some(at)) = (self.new_name(&name, draft), hit.captures.get(Hole::Name))
            && self.fits_scopes(whole)
        {
            let span = module.expr(at.expr).span;
            let text = self.plan.program.slice(self.file, span).replacen(&name, new, 1);
            if hit.library.command_line {
                let new = new.to_owned();
                draft.options.entry(self.file).or_default().insert((name, Some(new)));
            }
            return draft.replace(Place { file: self.file, span }, text);
        }
        if hit.library.command_line && self.asked_by(call, *callee, draft)? {
            draft.options.entry(self.file).or_default().insert((name, None));
            return Ok(());
        }
        let stmt = module.stmt(module.expr(call).stmt);
        if stmt.kind == StmtKind::Expr && stmt.exprs == [call] && matches!(module.kind(*base), ExprKind::Name(_)) {
            draft.stmts.entry(self.file).or_default().push(module.expr(call).stmt);
            return Ok(());
        }
        draft.replace(Place { file: self.file, span: whole }, "")?;
        draft.gone.entry(self.file).or_default().push(whole);
        Ok(())
    }

    /// Takes the demand out of what declares an option. Whether the call declares one, rather than only to demand it.
    fn asked_by(&self, call: ExprId, callee: ExprId, draft: &mut Draft) -> Result<bool, Overlap> {
        let module = &self.unit.module;
        let (ExprKind::Call { args, .. }, ExprKind::Member { name, .. }) = (module.kind(call), module.kind(callee))
        else {
            return Ok(false);
        };
        match &**name {
            "requiredOption" => {
                let end = module.expr(callee).span.end;
                let span = Span { start: end - name.len() as u32, end };
                if !draft.edits.get(&self.file).is_some_and(|edits| edits.touches(span)) {
                    draft.edits.entry(self.file).or_default().replace(span, "option")?;
                }
                Ok(true)
            }
            "option" => {
                args.iter().try_for_each(|arg| self.without_demand(arg.value, draft))?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Takes the demand out of an entry that declares an option: `key: { demandOption: true }`, `key: Flags.string({ required: true })`.
    pub(super) fn asked_no_more(&self, entry: &Entry, draft: &mut Draft) -> Result<(), Overlap> {
        let module = &self.unit.module;
        match module.kind(entry.value) {
            ExprKind::Call { args, .. } => args.iter().try_for_each(|arg| self.without_demand(arg.value, draft))?,
            _ => self.without_demand(entry.value, draft)?,
        }
        draft.options.entry(self.file).or_default().extend(self.key(entry).map(|name| (name, None)));
        Ok(())
    }

    fn without_demand(&self, record: ExprId, draft: &mut Draft) -> Result<(), Overlap> {
        let module = &self.unit.module;
        let ExprKind::Record(all) = module.kind(record) else { return Ok(()) };
        let place = Place { file: self.file, span: module.expr(record).span };
        let demands = |entry: &&Entry| {
            self.key(entry).is_some_and(|key| DEMANDS.contains(&&*key))
                && *module.kind(entry.value) != ExprKind::Bool(false)
                && !sweep::is_swept(draft, Place { file: self.file, span: entry.span })
        };
        let goes: Vec<&Entry> = all.iter().filter(demands).collect();
        if goes.len() == all.len() && !all.is_empty() {
            return draft.replace(place, "{}");
        }
        goes.into_iter()
            .try_for_each(|entry| entries::take_out_entry(self.plan.program, self.at(record), all, entry, draft))
    }

    /// Whether what an entry says of a setting makes it an option of a command line.
    pub(super) fn is_option(&self, value: ExprId) -> bool {
        match self.unit.module.kind(value) {
            ExprKind::Record(entries) => entries.iter().any(|entry| self.key(entry).as_deref() == Some("demandOption")),
            _ => self.declarer(self.at(value)).is_some_and(|library| library.command_line),
        }
    }
}

/// The name of an option in what says how it is written: `-k, --private-key <path>`.
fn option_name(said: &str) -> Option<String> {
    if !said.starts_with('-') {
        return (!said.contains(char::is_whitespace)).then(|| said.to_owned());
    }
    let long = said.split([' ', ',', '|', '=']).find_map(|word| word.strip_prefix("--"))?;
    Some(long.to_owned())
}

/// `private-key` is read as `privateKey`.
fn camel(name: &str) -> String {
    let mut parts = name.split('-');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut whole, part| {
        let mut letters = part.chars();
        whole.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        whole.push_str(letters.as_str());
        whole
    })
}
