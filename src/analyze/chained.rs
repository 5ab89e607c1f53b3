//! Forms that are made call by call: chains of a builder, collections of pairs, objects that fill themselves.

use super::finding::Place;
use super::flow::Follow;
use super::form::{ADD, ADD_ALL, Form, Written};
use super::program::{ExprRef, Program};
use crate::ir::{Arg, ClassId, Entry, ExprId, ExprKind};
use crate::text::{FileId, Span};

/// Methods of collections that give what they hold in another form.
const PASS: &[&str] = &["collect", "toList", "stream", "entrySet", "map", "filter", "sorted", "boxed"];

impl Program {
    /// The form of the link before in a chain of calls. The calls that it is made of are parts of the whole chain.
    pub(super) fn link_before(&self, base: ExprRef, follow: Follow, depth: u8) -> Form {
        let mut form = self.form_at(base, follow, depth + 1);
        let here = self.place(base);
        form.roots.retain(|root| {
            let place = self.place(*root);
            let inside = place.file == here.file && here.span.contains(place.span);
            !(inside && matches!(self.kind(*root), ExprKind::Call { .. }))
        });
        form
    }

    /// What a chain of conversions of collections begins with.
    pub(super) fn unpassed(&self, mut at: ExprRef) -> ExprRef {
        while let ExprKind::Call { callee, .. } = self.kind(at) {
            let ExprKind::Member { base, name, .. } = self.kind(ExprRef { file: at.file, expr: *callee }) else {
                break;
            };
            if !PASS.contains(&&**name) {
                break;
            }
            at.expr = *base;
        }
        at
    }

    /// The fields that are added one by one in the chain of a call: `builder.field(name, value).field(…).send()`.
    #[must_use]
    pub fn chained(&self, call: ExprRef) -> Form {
        let mut form = Form::default();
        let mut at = call.expr;
        let module = self.module(call.file);
        while let ExprKind::Call { callee, args, .. } = module.kind(at) {
            let ExprKind::Member { base, name, .. } = module.kind(*callee) else { break };
            let here = ExprRef { file: call.file, expr: at };
            if ADD.contains(&&**name) && args.len() >= 2 {
                self.addition(here, args, &mut form);
            } else if ADD_ALL.contains(&&**name) {
                args.iter().for_each(|arg| self.argument_fields(here, arg, Follow::ALL, 1, &mut form));
            }
            at = *base;
        }
        if let ExprKind::Name(_) = module.kind(at)
            && let Some(holder) = self.holder(ExprRef { file: call.file, expr: at })
        {
            form.merge(self.written_to(&holder, Follow::INSIDE, 1));
        }
        form.fields.reverse();
        form
    }

    /// Whether a file has open classes.
    pub(super) fn is_open(&self, file: FileId) -> bool {
        self.unit(file).is_some_and(super::unit::Unit::is_open)
    }

    /// Whether a value stands in the statement of a literal.
    pub(super) fn is_near(&self, literal: Place, value: ExprRef) -> bool {
        let module = self.module(value.file);
        value.file == literal.file && module.stmt(module.expr(value.expr).stmt).span.contains(literal.span)
    }

    /// What is put behind a literal: the other operand of `+`, or what is appended next.
    pub(super) fn behind(&self, literal: Place) -> Option<ExprRef> {
        let module = self.module(literal.file);
        let holds =
            |id: &ExprId| matches!(module.kind(*id), ExprKind::Text(_)) && module.expr(*id).span.contains(literal.span);
        let mut at = module.expr_ids().find(holds)?;
        while let Some(parent) = module.expr(at).parent {
            match module.kind(parent) {
                ExprKind::Binary { left, right, .. } if *left == at => {
                    return Some(ExprRef { file: literal.file, expr: *right });
                }
                ExprKind::Binary { right, .. } if *right == at => at = parent,
                ExprKind::Call { .. } => {
                    let member = module.expr(parent).parent?;
                    let ExprKind::Call { args, .. } = module.kind(module.expr(member).parent?) else { return None };
                    let [arg] = args.as_slice() else { return None };
                    return Some(ExprRef { file: literal.file, expr: arg.value });
                }
                _ => return None,
            }
        }
        None
    }

    /// `Map.of(name, value, …)`, `List.of(new Pair(name, value), …)`
    pub(super) fn listed(&self, call: ExprRef, args: &[Arg], form: &mut Form) {
        let at = |arg: &Arg| ExprRef { file: call.file, expr: arg.value };
        let is_pair = |arg: &Arg| matches!(self.kind(at(arg)), ExprKind::Call { .. });
        if !args.iter().all(is_pair) && args.len().is_multiple_of(2) {
            args.chunks_exact(2).for_each(|pair| self.addition(call, pair, form));
        } else {
            args.iter().for_each(|arg| self.pair(at(arg), form));
        }
    }

    /// `new HashMap<>() {{ put(name, value); }}`: the object fills itself when it is made.
    pub(super) fn filled(&self, file: FileId, class: ClassId, form: &mut Form) {
        let Some(unit) = self.unit(file) else { return };
        let module = &unit.module;
        for call in unit.calls() {
            let ExprKind::Call { callee, args, .. } = module.kind(*call) else { continue };
            let scope = module.expr(*call).scope;
            let own = |name: &str| ADD.contains(&name) && args.len() >= 2;
            let adds = matches!(module.kind(*callee), ExprKind::Name(name) if own(name));
            let inside = || module.class_of(scope) == Some(class);
            let in_method = || module.function_of(scope).is_some_and(|f| module.function(f).class == Some(class));
            if adds && inside() && !in_method() {
                self.addition(ExprRef { file, expr: *call }, args, form);
            }
        }
    }

    /// Where a call stands; of one in a chain of calls only its own link.
    pub(super) fn link_place(&self, call: ExprRef) -> Place {
        let place = self.place(call);
        let ExprKind::Call { callee, .. } = self.kind(call) else { return place };
        match self.kind(ExprRef { file: call.file, expr: *callee }) {
            ExprKind::Member { base, name_span, .. }
                if matches!(self.kind(ExprRef { file: call.file, expr: *base }), ExprKind::Call { .. }) =>
            {
                Place { file: call.file, span: Span { start: name_span.start, end: place.span.end } }
            }
            _ => place,
        }
    }

    /// A pair of name and value: a list of two, or what a call makes of two.
    pub(super) fn pair(&self, at: ExprRef, form: &mut Form) {
        let pair: Vec<ExprId> = match self.kind(at) {
            ExprKind::List(items) => items.iter().map(|item| item.value).collect(),
            ExprKind::Call { args, .. } => args.iter().map(|arg| arg.value).collect(),
            ExprKind::Record(entries) => return self.named(at, entries, form),
            _ => return,
        };
        let is_call = matches!(self.kind(at), ExprKind::Call { .. });
        let is_name = |name| {
            let name = ExprRef { file: at.file, expr: name };
            self.module(at.file).literal(name.expr).is_some() || (is_call && self.text(name).exact().is_some())
        };
        if let [name, value] = pair.as_slice()
            && is_name(*name)
        {
            let (name, value) = (ExprRef { file: at.file, expr: *name }, ExprRef { file: at.file, expr: *value });
            form.fields.push(self.field(at, name, Some(value), self.place(at), Written::Pair));
        }
    }

    pub(super) fn named(&self, at: ExprRef, entries: &[Entry], form: &mut Form) {
        let module = self.module(at.file);
        let sub = |expr| ExprRef { file: at.file, expr };
        let entry = |keys: &[&str]| {
            let is_it = |entry: &&Entry| {
                entry.key.and_then(|key| module.literal(key)).is_some_and(|key| keys.contains(&key.as_str()))
            };
            entries.iter().find(is_it).map(|entry| sub(entry.value))
        };
        let off = entry(&["disabled"]).is_some_and(|value| *self.kind(value) == ExprKind::Bool(true));
        if let (Some(name), Some(value), false) = (entry(&["key", "name"]), entry(&["value"]), off)
            && module.literal(name.expr).is_some()
        {
            form.fields.push(self.field(at, name, Some(value), self.place(at), Written::Named));
        }
    }
}
