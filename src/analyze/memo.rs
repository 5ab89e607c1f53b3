//! Answers that are asked for again and again, by walks that come by the same places from many sides. They depend on the
//! program only, which does not change.

use super::flow::Follow;
use super::form::Form;
use super::program::{ExprRef, FunctionRef, Program};
use super::resolve::Def;
use super::value::Parts;
use crate::ir::ExprKind;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::fmt;
use std::hash::{BuildHasher, Hash};
use std::sync::{Mutex, PoisonError};

/// How many threads can mostly ask without waiting for each other: a power of two.
const SHARDS: usize = 16;
/// Steps from one form to those that it is made of.
const MAX_DEPTH: u8 = 6;

/// What is remembered of a program.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The functions that a call of an expression may run.
    pub(super) functions: Memo<ExprRef, Vec<FunctionRef>>,
    /// What an expression may mean, at a depth of the search.
    pub(super) meanings: Memo<(ExprRef, u8), Vec<Def>>,
    /// Its text, at a depth.
    pub(super) texts: Memo<(ExprRef, u8), Parts>,
    /// The fields that it has, at a depth.
    pub(super) forms: Memo<(ExprRef, Follow, u8), Form>,
}

impl Program {
    /// The project's functions that calling `callee` may run: also constructors (`__init__`, `constructor`).
    #[must_use]
    pub fn functions_of(&self, callee: ExprRef) -> Vec<FunctionRef> {
        self.known.functions.of(callee, || self.find_functions(callee))
    }

    /// What an expression may mean, one step at a time: names and members are followed until something that is neither.
    #[must_use]
    pub fn meanings(&self, at: ExprRef, depth: u8) -> Vec<Def> {
        if depth > 10 {
            return vec![];
        }
        match self.kind(at) {
            ExprKind::Name(_) | ExprKind::Member { .. } => {
                self.known.meanings.of((at, depth), || distinct(self.find_meanings(at, depth)))
            }
            _ => distinct(self.find_meanings(at, depth)),
        }
    }

    /// The fields that a value has, some steps from the form that is asked for.
    pub(super) fn form_at(&self, at: ExprRef, follow: Follow, depth: u8) -> Form {
        if depth > MAX_DEPTH {
            return Form::default();
        }
        self.known.forms.of((at, follow, depth), || self.find_form(at, follow, depth))
    }
}

/// Each item once, where it stands first: names and fields that are made of one another lead to the same places in ever
/// more ways.
fn distinct<T: PartialEq>(items: Vec<T>) -> Vec<T> {
    let mut kept = Vec::with_capacity(items.len());
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
}

/// Answers by question.
pub(super) struct Memo<K, V>([Mutex<FxHashMap<K, V>>; SHARDS]);

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Memo(std::array::from_fn(|_| Mutex::default()))
    }
}

impl<K, V> fmt::Debug for Memo<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memo")
    }
}

impl<K: Hash + Eq, V: Clone> Memo<K, V> {
    /// The answer, which `find` gives the first time. It may ask in turn; two threads may find the same at once.
    pub(super) fn of(&self, question: K, find: impl FnOnce() -> V) -> V {
        let shard = &self.0[FxBuildHasher.hash_one(&question) as usize >> 7 & (SHARDS - 1)];
        let known = || shard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = known().get(&question) {
            return answer.clone();
        }
        let answer = find();
        known().insert(question, answer.clone());
        answer
    }
}
