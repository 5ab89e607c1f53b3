//! Who may get the same settings as a file.

use crate::analyze::Program;
use crate::text::FileId;
use std::collections::{BTreeMap, BTreeSet};

/// Which files import which, both ways.
pub(super) struct Roads {
    down: BTreeMap<FileId, Vec<FileId>>,
    up: BTreeMap<FileId, Vec<FileId>>,
}

impl Roads {
    pub(super) fn new(program: &Program) -> Roads {
        let mut roads = Roads { down: BTreeMap::new(), up: BTreeMap::new() };
        for (file, unit) in program.units() {
            let imported = unit.module.imports.iter().filter_map(|import| program.import_target(file, &import.module));
            for target in imported.collect::<BTreeSet<FileId>>() {
                roads.down.entry(file).or_default().push(target);
                roads.up.entry(target).or_default().push(file);
            }
        }
        roads
    }

    /// A file, what imports it, and what all these import: settings are handed from one that knows both.
    pub(super) fn around(&self, program: &Program, file: FileId) -> BTreeSet<FileId> {
        // Where other files are reached without an import, all of them are.
        if let Some(unit) = program.unit(file).filter(|unit| unit.is_open()) {
            let language = unit.language.rules;
            return program.units().filter(|(_, unit)| unit.language.rules == language).map(|(file, _)| file).collect();
        }
        closure(&self.down, closure(&self.up, BTreeSet::from([file])))
    }
}

fn closure(roads: &BTreeMap<FileId, Vec<FileId>>, from: BTreeSet<FileId>) -> BTreeSet<FileId> {
    let mut todo: Vec<FileId> = from.iter().copied().collect();
    let mut found = from;
    while let Some(file) = todo.pop() {
        todo.extend(roads.get(&file).into_iter().flatten().filter(|next| found.insert(**next)));
    }
    found
}
