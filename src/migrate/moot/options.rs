//! Options of a command line. Scripts that nobody sees pass them, so what nobody reads any more is still taken, and asked for
//! no more.

use super::super::draft::Draft;
use super::super::{entries, sweep};
use super::checked::reads;
use super::lists;
use super::names::{Fate, Lost};
use crate::analyze::{Hit, Place};
use crate::ir::{Arg, Entry, ExprId, ExprKind, Module, StmtKind};
use crate::rules::Hole;
use crate::text::{Overlap, Span};
use std::collections::BTreeSet;

/// What makes an option one that must be given, or that is asked for.
const DEMANDS: [&str; 5] = ["demandOption", "demand", "required", "mandatory", "prompt"];

impl Lost<'_, '_> {
    /// `.requiredOption('--private-key <path>', '…')`, `.option('privateKey', { … })`
    pub(super) fn option(&mut self, call: ExprId, hit: &Hit<'_>, draft: &mut Draft) -> Result<(), Overlap> {
        let module = &self.unit.module;
        let ExprKind::Call { callee, args, .. } = module.kind(call) else { return Ok(()) };
        let ExprKind::Member { base, name: method, .. } = module.kind(*callee) else { return Ok(()) };
        let Some(said) = hit.captures.get(Hole::Name).and_then(|name| module.literal(name.expr)) else { return Ok(()) };
        // It is told by its place, and must be given.
        if **method == *"add_argument" && !said.starts_with('-') {
            return Ok(());
        }
        let names = option_names(module, &said, args);
        let Some(name) = names.first().cloned() else { return Ok(()) };
        let whole = Span { start: module.expr(*base).outer.end, end: module.expr(call).span.end };
        let mut fates: Vec<Fate> = names.iter().map(|name| self.fate(name, whole, None, draft)).collect();
        fates.extend(self.parameter(call, &names, draft));
        if !fates.contains(&Fate::Lost) || hit.library.command_line && fates.contains(&Fate::Read) {
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

    /// What becomes of the parameter that an option fills, where it decorates a function.
    fn parameter(&self, option: ExprId, names: &[String], draft: &Draft) -> Option<Fate> {
        let module = &self.unit.module;
        let function = module.functions.iter().find(|function| function.decorators.contains(&option))?;
        let name = function
            .params
            .iter()
            .find_map(|param| param.name.as_deref().filter(|it| names.iter().any(|name| name == it)))?;
        let is_written = draft.names.contains(&(self.file, name.to_owned()))
            || draft.declared.contains(&(self.file, function.scope, name.to_owned()));
        let goes = |read: ExprId| sweep::is_swept(draft, Place { file: self.file, span: module.expr(read).span });
        let reads: Vec<ExprId> = reads(self.unit, function.scope, name).collect();
        Some(match reads.as_slice() {
            _ if is_written => Fate::Read,
            [] => Fate::Unknown,
            all if all.iter().all(|read| goes(*read)) => Fate::Lost,
            _ => Fate::Read,
        })
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
            "option" | "add_argument" => {
                args.iter().try_for_each(|arg| self.without_demand(arg.value, draft))?;
                self.without_keyword(call, args, draft)?;
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

    /// `add_argument("--key", required=True)`
    fn without_keyword(&self, call: ExprId, args: &[Arg], draft: &mut Draft) -> Result<(), Overlap> {
        let module = &self.unit.module;
        let demands = |arg: &Arg| {
            arg.name.as_deref().is_some_and(|name| DEMANDS.contains(&name))
                && *module.kind(arg.value) != ExprKind::Bool(false)
        };
        let goes: BTreeSet<usize> = (0..args.len()).filter(|index| demands(&args[*index])).collect();
        let spans: Vec<Span> = args.iter().map(|arg| arg.span).collect();
        let known = goes.iter().all(|index| sweep::is_swept(draft, Place { file: self.file, span: spans[*index] }));
        if known || goes.len() == args.len() {
            return Ok(());
        }
        lists::cut(self.plan.program, self.file, call, &spans, &goes, draft)?;
        draft.gone.entry(self.file).or_default().extend(goes.iter().map(|index| spans[*index]));
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

/// The names of an option, as it is given and as it is read: `-k, --private-key <path>` gives `private-key` and `privateKey`,
/// `"-k", "--private-key"` `private_key` as well, and what `dest` says.
fn option_names(module: &Module, said: &str, args: &[Arg]) -> Vec<String> {
    let long =
        |text: &str| text.split([' ', ',', '|', '=', '/']).find_map(|word| word.strip_prefix("--")).map(str::to_owned);
    if !said.starts_with('-') {
        return if said.contains(char::is_whitespace) { vec![] } else { vec![said.to_owned(), camel(said)] };
    }
    let texts = args.iter().filter(|arg| arg.name.is_none()).filter_map(|arg| module.literal(arg.value));
    let Some(name) = texts.filter(|text| text.starts_with('-')).find_map(|text| long(&text)) else { return vec![] };
    let dest = args.iter().find(|arg| arg.name.as_deref() == Some("dest"));
    let dest = dest.and_then(|arg| module.literal(arg.value));
    let read = [camel(&name), name.replace('-', "_")];
    let all = std::iter::once(name).chain(read).chain(dest).collect::<Vec<_>>();
    all.iter().enumerate().filter(|(at, name)| !all[..*at].contains(name)).map(|(_, name)| name.clone()).collect()
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
