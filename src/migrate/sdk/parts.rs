//! The parts of a call that an upgrade replaces: links of its chain, its arguments, entries of the record it is given.

use super::super::draft::Draft;
use super::items::{self, Item};
use super::slots::CARRIED;
use crate::analyze::{Exchange, ExprRef, Follow, Origin, Place, Program, Written};
use crate::ir::{Entry, ExprId, ExprKind, Spread};
use crate::rules::{Slot, Template, Upgrade};
use crate::text::{FileId, Overlap, Span};
use std::collections::{BTreeMap, BTreeSet};

/// A part of a call.
pub(super) struct Found<'e> {
    /// The link's, argument's or entry's name.
    pub name: String,
    /// What takes its place; `None` where it stays.
    pub new: Option<&'e [Template]>,
    /// Where and how it stands.
    place: Where,
    /// Its value: of a link, that between the parentheses.
    value: Span,
    /// The expressions in the value.
    values: Vec<ExprId>,
}

enum Where {
    /// From the end of what stands before it to its own end; where its name begins.
    Link { file: FileId, span: Span, name: u32 },
    /// In the list of arguments; whether it is given by position.
    Argument(Span, bool),
    /// In a record, perhaps of another file.
    Entry { record: ExprRef, span: Span },
    /// `record.name = value`, a statement of its own.
    Assigned(ExprRef),
}

/// All parts of a call, those that stay too; `None` where some cannot be seen.
pub(super) fn found<'e>(program: &Program, exchange: &'e Exchange<'_>, upgrade: &'e Upgrade) -> Option<Vec<Found<'e>>> {
    let mut found = vec![];
    if !upgrade.links.is_empty() {
        found.extend(links(program, exchange.call, upgrade));
    }
    if !upgrade.arguments.is_empty() {
        found.extend(arguments(program, exchange, upgrade)?);
    }
    if !upgrade.entries.is_empty() {
        found.extend(entries(program, exchange, upgrade)?);
    }
    Some(found)
}

/// The links of the one expression that `call` is, the last one first.
fn links<'e>(program: &Program, call: ExprRef, upgrade: &'e Upgrade) -> Vec<Found<'e>> {
    let module = program.module(call.file);
    let mut links = vec![];
    let mut at = call.expr;
    while let ExprKind::Call { callee, args, .. } = module.kind(at)
        && let ExprKind::Member { base, name, name_span } = module.kind(*callee)
    {
        let span = Span { start: module.expr(*base).outer.end, end: module.expr(at).span.end };
        let inside = Span { start: (module.expr(*callee).span.end + 1).min(span.end), end: span.end.saturating_sub(1) };
        links.push(Found {
            name: name.to_string(),
            new: upgrade.links.get(&**name).map(Vec::as_slice),
            place: Where::Link { file: call.file, span, name: name_span.start },
            value: Span { start: inside.start.min(inside.end), end: inside.end },
            values: args.iter().map(|arg| arg.value).collect(),
        });
        at = *base;
    }
    links
}

fn arguments<'e>(program: &Program, exchange: &Exchange<'_>, upgrade: &'e Upgrade) -> Option<Vec<Found<'e>>> {
    let ExprKind::Call { args, .. } = program.kind(exchange.call) else { return None };
    let params = exchange.hit.as_ref()?.rule.signature.last_params();
    let mut found = vec![];
    for (position, arg) in args.iter().enumerate() {
        let param = || params.get(position).filter(|param| !param.keyword_only)?.keyword().map(str::to_owned);
        let name = arg.name.as_deref().map(str::to_owned).or_else(param)?;
        if arg.spread != Spread::No {
            return None;
        }
        found.push(Found {
            new: upgrade.arguments.get(&name).map(Vec::as_slice),
            name,
            place: Where::Argument(arg.span, arg.name.is_none()),
            value: program.module(exchange.call.file).expr(arg.value).outer,
            values: vec![arg.value],
        });
    }
    Some(found)
}

fn entries<'e>(program: &Program, exchange: &Exchange<'_>, upgrade: &'e Upgrade) -> Option<Vec<Found<'e>>> {
    let mut found = vec![];
    for field in &exchange.form.fields {
        let value = field.value?;
        let new = upgrade.entries.get(&field.name).map(Vec::as_slice);
        let place = match field.written {
            Written::Entry | Written::Shorthand => Where::Entry { record: field.host, span: field.at.span },
            Written::Assigned if new.is_none_or(<[_]>::is_empty) => Where::Assigned(field.host),
            _ => return None,
        };
        if value.file != field.at.file {
            return None;
        }
        found.push(Found {
            name: field.name.clone(),
            new,
            place,
            value: program.module(value.file).expr(value.expr).outer,
            values: vec![value.expr],
        });
    }
    Some(found)
}

/// Where the program itself reads entries of the call's record that are replaced or go.
pub(super) fn read_elsewhere(program: &Program, exchange: &Exchange<'_>, found: &[Found<'_>]) -> Vec<Place> {
    let changed = |part: &&Found<'_>| part.new.is_some() && matches!(part.place, Where::Entry { .. });
    let names: Vec<&str> = found.iter().filter(changed).map(|part| part.name.as_str()).collect();
    let mut places = vec![];
    for (file, unit) in program.units().filter(|_| !names.is_empty()) {
        let module = &unit.module;
        for expr in module.expr_ids() {
            let (base, name) = match module.kind(expr) {
                ExprKind::Member { base, name, .. } => (*base, name.to_string()),
                ExprKind::Index { base, index } => (*base, module.literal(*index).unwrap_or_default()),
                _ => continue,
            };
            // `record.name = value` is an entry of its own.
            if !names.contains(&name.as_str()) || unit.bind_of_place(expr).is_some() {
                continue;
            }
            let origins = program.origins(ExprRef { file, expr: base }, Follow::ALL);
            let is_record = |origin: &Origin| origin.path.is_empty() && exchange.form.roots.contains(&origin.expr);
            if origins.iter().any(is_record) {
                places.push(Place { file, span: module.expr(expr).span });
            }
        }
    }
    places
}

/// A call whose parts are replaced.
pub(super) struct Parted<'a> {
    pub program: &'a Program,
    pub slots: &'a BTreeMap<Slot, String>,
    pub call: ExprRef,
    /// Whether the scopes are read when the program runs, by an expression that is good at the call.
    pub read: bool,
}

impl Parted<'_> {
    /// Puts the new parts in. Gives the slots that they asked for; `None` where one of them cannot be filled, or a
    /// comment stands in the way.
    ///
    /// # Errors
    /// [`Overlap`] where two edits meet.
    pub(super) fn put(&self, found: &[Found<'_>], draft: &mut Draft) -> Result<Option<BTreeSet<Slot>>, Overlap> {
        let mut asked = BTreeSet::new();
        let mut done: BTreeSet<&str> = BTreeSet::new();
        let mut texts: Vec<Option<Vec<String>>> = vec![];
        // Links come last one first; what is new stands where the first one stood.
        for part in found.iter().rev() {
            let Some(new) = part.new else {
                texts.push(None);
                continue;
            };
            let again = !done.insert(&part.name);
            let carries = |template: &&Template| !again || template.slots.contains(&Slot::Value);
            let mut rendered = vec![];
            for template in new.iter().filter(carries) {
                let Some(text) = self.render(template, part, draft) else { return Ok(None) };
                asked.extend(template.slots.iter().copied());
                rendered.push(text);
            }
            texts.push(Some(rendered));
        }
        texts.reverse();
        let mut arguments: Vec<Item> = vec![];
        let mut moved = false;
        let mut records: BTreeMap<ExprRef, Vec<Item>> = BTreeMap::new();
        for (part, new) in found.iter().zip(texts) {
            match (&part.place, new) {
                (Where::Link { file, span, name }, Some(new)) => {
                    let lead = self.program.slice(*file, Span { start: span.start, end: *name });
                    if lead.contains(['/', '#']) {
                        return Ok(None);
                    }
                    let text: String = new.iter().flat_map(|text| [lead, text]).collect();
                    draft.replace(Place { file: *file, span: *span }, text)?;
                }
                (Where::Argument(span, by_position), new) => {
                    // Behind one that went, or got a name, position says nothing any more.
                    if *by_position && moved && new.is_none() {
                        draft.insert(self.call.file, span.start as usize, format!("{}=", part.name))?;
                    }
                    moved |= *by_position && new.is_some();
                    arguments.push(Item { span: *span, new });
                }
                (Where::Entry { record, span }, new) => {
                    records.entry(*record).or_default().push(Item { span: *span, new });
                }
                (Where::Assigned(place), Some(_)) => {
                    let Some(stmt) = alone(self.program, *place) else { return Ok(None) };
                    draft.stmts.entry(place.file).or_default().push(stmt);
                }
                (Where::Link { .. } | Where::Assigned(_), None) => {}
            }
        }
        let stays = |part: &&Found<'_>| part.new.is_none() && matches!(part.place, Where::Argument(..));
        let kept: Vec<&str> = found.iter().filter(stays).map(|part| part.name.as_str()).collect();
        for item in &mut arguments {
            item.new = item.new.take().map(|new| without(new, '=', &kept));
        }
        items::put(self.program, self.call.file, &arguments, draft)?;
        for (record, changed) in records {
            let Some(all) = self.with_rest(record, changed) else { return Ok(None) };
            items::put(self.program, record.file, &all, draft)?;
        }
        Ok(Some(asked))
    }

    /// All entries of a record in order. One that would be added under the name of one that is there is not added.
    fn with_rest(&self, record: ExprRef, changed: Vec<Item>) -> Option<Vec<Item>> {
        let ExprKind::Record(entries) = self.program.kind(record) else { return None };
        let module = self.program.module(record.file);
        let kept: Vec<String> = entries
            .iter()
            .filter(|entry| !changed.iter().any(|item| item.span == entry.span && item.new.is_some()))
            .filter_map(|entry| module.literal(entry.key?))
            .collect();
        let kept: Vec<&str> = kept.iter().map(String::as_str).collect();
        let item = |entry: &Entry| {
            let new = changed.iter().find(|item| item.span == entry.span).and_then(|item| item.new.clone());
            Item { span: entry.span, new: new.map(|texts| without(texts, ':', &kept)) }
        };
        Some(entries.iter().map(item).collect())
    }

    /// Whether a record is made in the function of the call.
    fn is_beside(&self, record: ExprRef) -> bool {
        let function = |at: ExprRef| {
            let module = self.program.module(at.file);
            (at.file, module.function_of(module.expr(at.expr).scope))
        };
        function(record) == function(self.call)
    }

    fn render(&self, template: &Template, part: &Found<'_>, draft: &mut Draft) -> Option<String> {
        let file = match &part.place {
            Where::Entry { record, .. } | Where::Assigned(record) => record.file,
            Where::Link { .. } | Where::Argument(..) => self.call.file,
        };
        let mut slots = self.slots.clone();
        if template.slots.contains(&Slot::Value) {
            slots.insert(Slot::Value, self.program.slice(file, part.value).to_owned());
            for value in &part.values {
                draft.uses(self.program, file, ExprRef { file, expr: *value });
            }
        }
        let optional = |slot: &Slot| *slot == Slot::Module || template.text.contains(&format!("if {slot}"));
        let filled = template.slots.iter().all(|slot| slots.contains_key(slot) || optional(slot));
        // Another function need not have the names of the call's.
        let is_carried = |slot: &Slot| *slot == Slot::Module || CARRIED.iter().any(|(_, carried)| carried == slot);
        let elsewhere = matches!(&part.place, Where::Entry { record, .. } if !self.is_beside(*record));
        let lost = elsewhere
            && template
                .slots
                .iter()
                .any(|slot| is_carried(slot) || (self.read && matches!(slot, Slot::Scope | Slot::Scopes)));
        (filled && !lost).then(|| template.render(&slots).ok()).flatten()
    }
}

/// New parts, as far as there is none of the same name already that stays.
fn without(texts: Vec<String>, sign: char, kept: &[&str]) -> Vec<String> {
    let is_new = |text: &String| !text.split_once(sign).is_some_and(|(name, _)| kept.contains(&name));
    texts.into_iter().filter(is_new).collect()
}

/// The statement of `record.name = value`, where it is nothing else.
fn alone(program: &Program, place: ExprRef) -> Option<crate::ir::StmtId> {
    let unit = program.unit(place.file)?;
    let bind = &unit.module.binds[unit.bind_of_place(place.expr)?.index()];
    let stmt = unit.module.stmt(bind.stmt);
    (stmt.span.len() <= bind.span.len() + 1).then_some(bind.stmt)
}
