//! Where the private key comes into the program's hands, and where it is read.

use super::fact::Facts;
use super::finding::Place;
use super::flow::Follow;
use super::program::{ExprRef, Program};
use crate::ir::{ExprId, ExprKind, How};
use crate::rules::{Adobe, Does, Hole, normal_key};
use std::collections::BTreeSet;

/// How many calls back a key is sought that a function is handed.
const MAX_CALLERS: u8 = 3;
/// How many calls a key may be dressed in: decoders, readers, factories.
const MAX_DRESSES: u8 = 6;
/// Words of which one is in the name of every call that reads something from outside.
const READS: &[&str] = &["read", "open", "load", "fetch", "secret", "decrypt", "key", "env", "prompt", "input"];

/// The places of a key: where the code that signs takes it from, and the calls that bring it in from outside.
#[must_use]
pub(super) fn places(program: &Program, facts: &Facts<'_>, adobe: &Adobe, key: ExprRef) -> BTreeSet<Place> {
    let mut search = Search { program, facts, adobe, found: BTreeSet::new() };
    search.near(key, 0);
    for origin in program.origins(key, Follow::ALL) {
        search.far(origin.expr, 0);
    }
    search.found
}

struct Search<'a, 'r> {
    program: &'a Program,
    facts: &'a Facts<'r>,
    adobe: &'a Adobe,
    found: BTreeSet<Place>,
}

impl Search<'_, '_> {
    fn add(&mut self, at: ExprRef) {
        self.found.insert(self.program.place(at));
    }

    /// The value that the name got, back to the callers where it is a parameter.
    fn near(&mut self, at: ExprRef, depth: u8) {
        let program = self.program;
        let sub = |expr| ExprRef { file: at.file, expr };
        match program.kind(at) {
            ExprKind::Record(entries) => {
                let module = program.module(at.file);
                let is_key = |key| module.literal(key).is_some_and(|name| self.is_key_name(&name));
                let own = entries.iter().find(|entry| entry.key.is_some_and(is_key));
                match own.map(|entry| entry.value) {
                    Some(value) if depth < MAX_CALLERS => self.near(sub(value), depth + 1),
                    _ => self.add(at),
                }
            }
            ExprKind::Name(name) => {
                let Some(unit) = program.unit(at.file) else { return };
                let scope = unit.module.expr(at.expr).scope;
                let binds = program.binds_of(unit, scope, name, Some(at.expr));
                for id in &binds {
                    let bind = &unit.module.binds[id.index()];
                    match (&bind.how, bind.value) {
                        (How::Assign | How::Augment, Some(value)) => match unit.module.kind(value) {
                            ExprKind::Name(_) | ExprKind::Record(_) if depth < MAX_CALLERS => {
                                self.near(sub(value), depth + 1);
                            }
                            ExprKind::Null => {}
                            _ => self.add(sub(value)),
                        },
                        (How::Param(..), _) => {
                            let function = program.param_of(at.file, *id);
                            let Some((function, index)) = function.filter(|_| depth < MAX_CALLERS) else { continue };
                            for call in program.callers(function) {
                                if let Some(arg) = program.argument(*call, function, index) {
                                    self.near(arg, depth + 1);
                                }
                            }
                        }
                        (How::Import(_), _) => {}
                        _ => self.add(sub(bind.place)),
                    }
                }
                if binds.is_empty() {
                    self.add(at);
                }
            }
            _ => {
                self.add(at);
                self.source_of_field(at);
            }
        }
    }

    /// `self.key` is set somewhere else in the class, `config.key` in the record.
    fn source_of_field(&mut self, at: ExprRef) {
        if !matches!(self.program.kind(at), ExprKind::Member { .. } | ExprKind::Index { .. }) {
            return;
        }
        for origin in self.program.origins(at, Follow { calls: false, ..Follow::INSIDE }) {
            let kind = self.program.kind(origin.expr);
            // `process.env` with the path `KEY` is a read of a setting; a part of something unknown is no place.
            if (origin.path.is_empty() || matches!(kind, ExprKind::Member { .. })) && *kind != ExprKind::Null {
                self.add(origin.expr);
            }
        }
    }

    /// A call that reads, or the key itself.
    fn far(&mut self, at: ExprRef, depth: u8) {
        let program = self.program;
        match program.kind(at) {
            ExprKind::Text(_) if program.text(at).sketch().contains("-----BEGIN") => self.add(at),
            ExprKind::Call { callee, args, .. } => {
                let callee = ExprRef { file: at.file, expr: *callee };
                let hit = self.facts.of_kind(at, Does::ReadKey);
                if hit.is_some() || names_a_read(program, callee) {
                    self.add(at);
                }
                // A key that is made of something else, or dressed in a call from outside: on to what it is made of.
                let made_of: Vec<ExprRef> = match hit.map(|hit| hit.captures.get(Hole::PrivateKey)) {
                    Some(Some(inner)) => vec![inner],
                    Some(None) => vec![],
                    None => args.iter().map(|arg| ExprRef { file: at.file, expr: arg.value }).collect(),
                };
                if depth < MAX_DRESSES {
                    args.iter().for_each(|arg| self.named(ExprRef { file: at.file, expr: arg.value }, depth + 1));
                }
                for inner in made_of.iter().filter(|_| depth < MAX_DRESSES) {
                    for origin in program.origins(*inner, Follow::ALL).into_iter().filter(|origin| origin.expr != at) {
                        self.far(origin.expr, depth + 1);
                    }
                }
                if let (ExprKind::Member { base, .. }, None | Some(None)) =
                    (program.kind(callee), hit.map(|hit| hit.captures.get(Hole::PrivateKey)))
                {
                    let base = ExprRef { file: at.file, expr: *base };
                    for origin in program.origins(base, Follow::INSIDE) {
                        if matches!(program.kind(origin.expr), ExprKind::Call { .. }) && origin.expr != at {
                            self.base(origin.expr, depth);
                        }
                    }
                }
            }
            ExprKind::Member { name, .. } if self.is_key_name(name) => self.add(at),
            _ => {}
        }
    }

    /// What a method that may read is called on: `open(path)` of `open(path).read()`.
    fn base(&mut self, at: ExprRef, depth: u8) {
        // The client of a store of secrets has none itself.
        if self.facts.of_kind(at, Does::Client).is_some() {
            return;
        }
        let is_open = self.program.unit(at.file).is_some_and(|unit| unit.is_open());
        match is_open && self.facts.of_kind(at, Does::ReadKey).is_none() {
            // There, what is no read is a wrapper or a factory.
            true if depth < MAX_DRESSES => self.far(at, depth + 1),
            true => {}
            false => self.add(at),
        }
    }

    /// The reads of settings that an expression is made of, by their names: `config.getPrivateKey()`,
    /// `properties.get(PRIVATE_KEY)`. Where fields have getters, a value alone leads past them.
    fn named(&mut self, at: ExprRef, depth: u8) {
        let program = self.program;
        let Some(unit) = program.unit(at.file).filter(|unit| unit.is_open() && depth < MAX_DRESSES) else { return };
        let module = &unit.module;
        let says_key = |name: &str| normal_key(name).contains("privatekey");
        let sub = |expr| ExprRef { file: at.file, expr };
        match module.kind(at.expr) {
            ExprKind::Call { callee, args, .. } => {
                let is_constant = |expr| match module.kind(expr) {
                    ExprKind::Name(name) | ExprKind::Member { name, .. } => {
                        says_key(name) && !name.contains(char::is_lowercase)
                    }
                    _ => false,
                };
                let is_getter =
                    matches!(module.kind(*callee), ExprKind::Member { name, .. } if says_key(name) && args.is_empty());
                if is_getter || args.iter().any(|arg| is_constant(arg.value)) {
                    return self.add(at);
                }
                module.children(at.expr).into_iter().for_each(|child| self.named(sub(child), depth));
            }
            ExprKind::Name(name) => {
                let binds = program.binds_of(unit, module.expr(at.expr).scope, name, Some(at.expr));
                let values = binds.iter().map(|id| &module.binds[id.index()]).filter(|bind| bind.how != How::Catch);
                let values: Vec<ExprId> =
                    values.filter_map(|bind| bind.value).filter(|value| *value != at.expr).collect();
                values.into_iter().for_each(|value| self.named(sub(value), depth + 1));
            }
            _ => module.children(at.expr).into_iter().for_each(|child| self.named(sub(child), depth)),
        }
    }

    fn is_key_name(&self, name: &str) -> bool {
        let name = normal_key(name);
        name == "key" || self.adobe.config.private_key.contains(&name)
    }
}

fn names_a_read(program: &Program, callee: ExprRef) -> bool {
    let (ExprKind::Name(name) | ExprKind::Member { name, .. }) = program.kind(callee) else { return false };
    let name = name.to_ascii_lowercase();
    let other_key = ["api", "client", "public"].iter().any(|word| name.contains(word)) && name.contains("key");
    !other_key && READS.iter().any(|word| name.contains(word))
}
