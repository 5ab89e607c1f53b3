//! Where the private key comes into the program's hands, and where it is read.

use super::fact::Facts;
use super::finding::Place;
use super::flow::Follow;
use super::program::{ExprRef, Program};
use crate::ir::{ExprKind, How};
use crate::rules::{Adobe, Does, normal_key};
use std::collections::BTreeSet;

/// How many calls back a key is sought that a function is handed.
const MAX_CALLERS: u8 = 3;
/// Words of which one is in the name of every call that reads something from outside.
const READS: &[&str] = &["read", "open", "load", "fetch", "secret", "decrypt", "key", "env", "prompt", "input"];

/// The places of a key: where the code that signs takes it from, and the calls that bring it in from outside.
#[must_use]
pub(super) fn places(program: &Program, facts: &Facts<'_>, adobe: &Adobe, key: ExprRef) -> BTreeSet<Place> {
    let mut search = Search { program, facts, adobe, found: BTreeSet::new() };
    search.near(key, 0);
    for origin in program.origins(key, Follow::ALL) {
        search.far(origin.expr);
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
    fn far(&mut self, at: ExprRef) {
        let program = self.program;
        match program.kind(at) {
            ExprKind::Text(_) if program.text(at).sketch().contains("-----BEGIN") => self.add(at),
            ExprKind::Call { callee, .. } => {
                let callee = ExprRef { file: at.file, expr: *callee };
                let reads = self.facts.of_kind(at, Does::ReadKey).is_some() || names_a_read(program, callee);
                if reads {
                    self.add(at);
                }
                if let ExprKind::Member { base, .. } = program.kind(callee) {
                    let base = ExprRef { file: at.file, expr: *base };
                    for origin in program.origins(base, Follow::INSIDE) {
                        if matches!(program.kind(origin.expr), ExprKind::Call { .. }) && origin.expr != at {
                            self.add(origin.expr);
                        }
                    }
                }
            }
            ExprKind::Member { name, .. } if self.is_key_name(name) => self.add(at),
            _ => {}
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
    READS.iter().any(|word| name.contains(word))
}
