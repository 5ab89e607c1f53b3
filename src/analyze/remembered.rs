//! What was worked out once. Names and fields that are made of one another lead to the same places in ever more ways; each
//! place is looked at once.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{PoisonError, RwLock};

/// Answers of a question that has but one answer as long as the program stays as it is.
#[derive(Debug)]
pub(super) struct Remembered<K, V>(RwLock<HashMap<K, V>>);

impl<K, V> Default for Remembered<K, V> {
    fn default() -> Self {
        Remembered(RwLock::default())
    }
}

impl<K: Eq + Hash, V: Clone> Remembered<K, V> {
    /// The answer, worked out now if nobody has asked before. To find it, others may be asked for.
    pub(super) fn get(&self, key: K, work_out: impl FnOnce() -> V) -> V {
        if let Some(known) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let answer = work_out();
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(key, answer.clone());
        answer
    }
}

/// Each item once, where it stands first.
pub(super) fn distinct<T: PartialEq>(items: Vec<T>) -> Vec<T> {
    let mut kept = Vec::with_capacity(items.len());
    for item in items {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    kept
}
