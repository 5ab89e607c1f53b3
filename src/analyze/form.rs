//! The fields that a request sends, whatever they are written as: a record, a list of pairs, a chain of `append`s, an
//! encoder's argument, keyword arguments, a query string.

use super::chained::ADD;
use super::finding::Place;
use super::flow::Follow;
use super::holder::Holder;
use super::program::{ExprRef, Program};
use super::value::{Part, Parts};
use crate::ir::{Arg, Entry, ExprKind, Spread};
use std::collections::BTreeSet;

/// How one field is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Written {
    /// An entry of a record; the place is the entry.
    Entry,
    /// `{name}`; the place is the name.
    Shorthand,
    /// `form["name"] = value`, `form.name = value`; the place is the statement's bind.
    Assigned,
    /// `form.append("name", value)` and the like; the place is the call.
    Appended,
    /// A pair in a list: `("name", value)`, `["name", value]`; the place is the pair.
    Pair,
    /// `{key: "name", value: …}` or `{name: "name", value: …}` in a list; the place is the record.
    Named,
    /// `name=value` as a keyword argument; the place is the argument.
    Keyword,
    /// `name=value` inside a string; the place is the literal that holds the name.
    Raw,
}

/// A field that is sent.
#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The parts of the name; a computed one has gaps.
    pub name_parts: Parts,
    /// Its value, where it is an expression of its own.
    pub value: Option<ExprRef>,
    /// Where it is written.
    pub at: Place,
    /// How it is written.
    pub written: Written,
    /// The record, list, call or bind that it is written in.
    pub host: ExprRef,
}

/// The fields of one body, query or claims record.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Form {
    /// In the order in which they are found.
    pub fields: Vec<Field>,
    /// The expressions that make it: records, encoders' calls, strings.
    pub roots: Vec<ExprRef>,
    /// The names that hold it.
    pub holders: Vec<Holder>,
    /// Whether parts of it cannot be seen (spread of an unknown value, an unknown name).
    pub open: bool,
}

impl Form {
    /// The field called `name`.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    pub(super) fn merge(&mut self, other: Form) {
        add(&mut self.fields, other.fields);
        add(&mut self.roots, other.roots);
        self.holders.extend(other.holders);
        self.open |= other.open;
    }
}

/// Each item once: what is made of itself comes by again and again.
fn add<T: PartialEq>(all: &mut Vec<T>, more: Vec<T>) {
    for item in more {
        if !all.contains(&item) {
            all.push(item);
        }
    }
}

/// Methods that finish what was built before them.
const FINISH: &[&str] = &["build", "create", "toEntity", "toBodyPublisher"];
/// Methods that add all fields of their argument.
pub(super) const ADD_ALL: &[&str] =
    &["update", "putAll", "assign", "extend", "addClaims", "fields", "setAll", "extend_pairs", "push"];

impl Program {
    /// The fields that the value of `at` has; empty where it is nothing with fields.
    #[must_use]
    pub fn form(&self, at: ExprRef, follow: Follow) -> Form {
        self.form_at(at, follow, 0)
    }

    pub(super) fn find_form(&self, at: ExprRef, follow: Follow, depth: u8) -> Form {
        let mut form = Form::default();
        let mut holders: BTreeSet<Holder> = BTreeSet::new();
        let mut made_of = vec![];
        for origin in self.origins(at, follow) {
            made_of.push(origin.expr);
            holders.extend(origin.holders.iter().cloned());
            if !origin.path.is_empty() {
                form.open = true;
                continue;
            }
            // Each call that was entered costs a step: what it is given may be made by others in turn.
            let depth = depth + u8::from(origin.entered != follow.entered) * 2;
            let part = self.form_of(origin.expr, Follow { entered: origin.entered, ..follow }, depth);
            form.merge(part);
        }
        let mut written = Form::default();
        for holder in holders {
            written.merge(self.written_to(&holder, follow, depth));
            form.holders.push(holder);
        }
        if !written.fields.is_empty() {
            // `new HashMap<>()` is what the fields are put into.
            let made =
                |at: &ExprRef| matches!(self.kind(*at), ExprKind::Call { args, new: true, .. } if args.is_empty());
            form.roots.extend(made_of.into_iter().filter(made));
        }
        form.merge(written);
        if self.is_open(at.file) && form.fields.is_empty() && depth <= 2 && self.text(at).sketch().contains('=') {
            // A text that is formatted, or appended to.
            self.raw(at, &mut form);
        }
        form.holders.sort();
        form.holders.dedup();
        form
    }

    fn form_of(&self, at: ExprRef, follow: Follow, depth: u8) -> Form {
        let mut form = Form::default();
        let sub = |expr| ExprRef { file: at.file, expr };
        match self.kind(at) {
            ExprKind::Record(entries) => {
                form.roots.push(at);
                for entry in entries {
                    self.entry(at, entry, follow, depth, &mut form);
                }
            }
            ExprKind::List(items) => {
                for item in items {
                    self.pair(sub(item.value), &mut form);
                }
                if !form.fields.is_empty() {
                    form.roots.push(at);
                }
            }
            ExprKind::Comprehension { record: Some((key, value)), .. } => {
                form.roots.push(at);
                form.fields.push(self.field(at, sub(*key), Some(sub(*value)), self.place(at), Written::Entry));
                form.open = true;
            }
            ExprKind::Call { callee, args, .. } => {
                // `Body::from(text)`, `HashMap::from(pairs)`: the value in another dress.
                let is_dress = matches!(self.kind(sub(*callee)), ExprKind::Member { name, .. } if &**name == "from");
                // What is added under a name may have fields of its own, which are not those of the form.
                let adds = matches!(self.kind(sub(*callee)), ExprKind::Member { name, .. } if ADD.contains(&&**name));
                let named = adds && args.len() >= 2 && matches!(self.kind(sub(args[0].value)), ExprKind::Text(_));
                // `"…&jwt_token={}".format(jwt)`: nor are those of what is put into a text.
                let formats = matches!(self.kind(sub(*callee)), ExprKind::Member { base, name, .. }
                    if &**name == "format" && matches!(self.kind(sub(*base)), ExprKind::Text(_)));
                if formats {
                    self.raw(at, &mut form);
                }
                for arg in args.iter().filter(|_| !named && !formats) {
                    match is_dress {
                        true => form.merge(self.form_at(sub(arg.value), follow, depth + 1)),
                        false => self.argument_fields(at, arg, follow, depth, &mut form),
                    }
                }
                if let ExprKind::Member { base, name, .. } = self.kind(sub(*callee)) {
                    // A chain that ends in an addition, or in another dress (`.toString()`) of the form.
                    if ADD.contains(&&**name) && args.len() >= 2 {
                        // A class makes the form with its first field: `BodyInserters.fromFormData("name", value)`.
                        let is_class = matches!(self.kind(sub(*base)), ExprKind::Name(name) if name.starts_with(char::is_uppercase))
                            && self.is_open(at.file);
                        if !is_class {
                            form.merge(self.link_before(sub(*base), follow, depth));
                        }
                        self.addition(at, args, &mut form);
                    }
                    if matches!(&**name, "collect" | "toList") {
                        form.merge(self.form_at(self.unpassed(sub(*base)), follow, depth + 1));
                    }
                    if FINISH.contains(&&**name) && args.is_empty() {
                        form.merge(self.link_before(sub(*base), follow, depth));
                    }
                    if let Some(all) = self.joined(at) {
                        form.merge(self.form_at(all, follow, depth + 1));
                    }
                    if matches!(&**name, "of" | "ofEntries" | "asList" | "singletonList" | "singletonMap") {
                        self.listed(at, args, &mut form);
                    }
                }
                if let ExprKind::Class(class) = self.kind(sub(*callee)) {
                    self.filled(at.file, *class, &mut form);
                }
                if form.fields.is_empty() {
                    form.open = !args.is_empty();
                } else {
                    form.roots.push(at);
                }
            }
            ExprKind::Text(_) | ExprKind::Binary { .. } => {
                self.raw(at, &mut form);
                if let ExprKind::Binary { op, left, right } = self.kind(at)
                    && &**op == "|"
                {
                    form.merge(self.form_at(sub(*left), follow, depth + 1));
                    form.merge(self.form_at(sub(*right), follow, depth + 1));
                }
            }
            _ => form.open = true,
        }
        form
    }

    fn entry(&self, host: ExprRef, entry: &Entry, follow: Follow, depth: u8, form: &mut Form) {
        let value = ExprRef { file: host.file, expr: entry.value };
        match entry.key {
            Some(key) => {
                let written = if entry.shorthand { Written::Shorthand } else { Written::Entry };
                let at = Place { file: host.file, span: entry.span };
                let mut field = self.field(host, ExprRef { file: host.file, expr: key }, Some(value), at, written);
                if let Some(outside) = self.written_name(host, &field.name) {
                    field.name = outside.sketch();
                    field.name_parts = outside;
                }
                form.fields.push(field);
            }
            None => {
                let spread = self.form_at(value, follow, depth + 1);
                form.open |= spread.fields.is_empty();
                form.merge(spread);
            }
        }
    }

    pub(super) fn field(
        &self,
        host: ExprRef,
        name: ExprRef,
        value: Option<ExprRef>,
        at: Place,
        written: Written,
    ) -> Field {
        let name_parts = self.text(name);
        Field { name: name_parts.sketch(), name_parts, value, at, written, host }
    }

    pub(super) fn argument_fields(&self, call: ExprRef, arg: &Arg, follow: Follow, depth: u8, form: &mut Form) {
        let value = ExprRef { file: call.file, expr: arg.value };
        if matches!(self.kind(value), ExprKind::Text(_)) {
            return;
        }
        if let (Some(name), Spread::No) = (&arg.name, arg.spread) {
            let at = Place { file: call.file, span: arg.span };
            let name_parts = Parts(vec![Part::Known(name.to_string(), at)]);
            form.fields.push(Field {
                name: name.to_string(),
                name_parts,
                value: Some(value),
                at,
                written: Written::Keyword,
                host: call,
            });
            return;
        }
        let inner = self.form_at(value, follow, depth + 1);
        if !inner.fields.is_empty() {
            form.merge(inner);
        }
    }

    pub(super) fn addition(&self, call: ExprRef, args: &[Arg], form: &mut Form) {
        let name = ExprRef { file: call.file, expr: args[0].value };
        let value = ExprRef { file: call.file, expr: args[1].value };
        // A metascope may be wholly unknown, but not that it is claimed.
        let is_claim = match self.kind(value) {
            ExprKind::Bool(value) => *value,
            ExprKind::Name(name) | ExprKind::Member { name, .. } => &**name == "TRUE",
            _ => false,
        };
        if is_claim || self.text(name).is_known() {
            form.fields.push(self.field(call, name, Some(value), self.link_place(call), Written::Appended));
        }
    }

    /// What is written to a name after it was made.
    pub(super) fn written_to(&self, holder: &Holder, follow: Follow, depth: u8) -> Form {
        let mut form = Form::default();
        let Some(unit) = self.unit(holder.file) else { return form };
        let Some(uses) = unit.uses(holder.scope, &holder.name) else { return form };
        let at = |expr| ExprRef { file: holder.file, expr };
        for bind in uses.fields.iter().map(|id| &unit.module.binds[id.index()]) {
            let place = Place { file: holder.file, span: bind.span };
            match unit.module.kind(bind.place) {
                ExprKind::Index { index, .. } => {
                    let value = bind.value.map(at);
                    form.fields.push(self.field(at(bind.place), at(*index), value, place, Written::Assigned));
                }
                ExprKind::Member { name, name_span, .. } => {
                    let known = Part::Known(name.to_string(), Place { file: holder.file, span: *name_span });
                    form.fields.push(Field {
                        name: name.to_string(),
                        name_parts: Parts(vec![known]),
                        value: bind.value.map(at),
                        at: place,
                        written: Written::Assigned,
                        host: at(bind.place),
                    });
                }
                _ => {}
            }
        }
        for call in &uses.calls {
            let ExprKind::Call { callee, args, .. } = unit.module.kind(*call) else { continue };
            let ExprKind::Member { name, .. } = unit.module.kind(*callee) else { continue };
            if ADD.contains(&&**name) && args.len() >= 2 {
                self.addition(at(*call), args, &mut form);
            } else if ADD_ALL.contains(&&**name) || (matches!(&**name, "append" | "add") && args.len() == 1) {
                for arg in args {
                    self.argument_fields(at(*call), arg, follow, depth + 1, &mut form);
                    self.pair(at(arg.value), &mut form);
                }
            }
        }
        form
    }

    /// `client_id=…&jwt_token=…` in a string.
    fn raw(&self, at: ExprRef, form: &mut Form) {
        let parts = self.text(at);
        let mut next: Option<usize> = None;
        for part in &parts.0 {
            match part {
                Part::Unknown(value) => {
                    if let Some(field) = next.take() {
                        let field: &mut Field = &mut form.fields[field];
                        // What is known of a value may be far from where the value is put.
                        let far = self.is_open(field.at.file) && !self.is_near(field.at, *value);
                        field.value = far.then(|| self.behind(field.at)).flatten().or(Some(*value));
                    }
                }
                Part::Known(text, place) => {
                    if let Some(field) = next.take().filter(|_| self.is_open(place.file)) {
                        // A value of which something is known: it is the operand behind the name.
                        let field: &mut Field = &mut form.fields[field];
                        field.value = self.behind(field.at);
                    }
                    for chunk in text.split(['&', '?', ' ', '\n']) {
                        next = None;
                        let Some((name, rest)) = chunk.split_once('=') else { continue };
                        let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
                        if !is_name {
                            continue;
                        }
                        if rest.is_empty() {
                            next = Some(form.fields.len());
                        }
                        form.fields.push(Field {
                            name: name.to_owned(),
                            name_parts: Parts(vec![Part::Known(name.to_owned(), *place)]),
                            value: None,
                            at: *place,
                            written: Written::Raw,
                            host: at,
                        });
                    }
                }
            }
        }
        if !form.fields.is_empty() {
            form.roots.push(at);
        }
    }
}
