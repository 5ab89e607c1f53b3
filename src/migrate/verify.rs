//! Reads the edited files again. What does not hold turns the migration down, loudly.

use super::{Applicability, Blocker, Migration};
use crate::analyze::{Facts, Note, Place, Program, exchanges, is_self};
use crate::ir::{ExprId, ExprKind, Module};
use crate::lang;
use crate::rules::Rules;
use crate::text::{EditSet, FileId, SourceFile, Span};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Names that every program has; new text may use them without a declaration.
const GLOBALS: &[&str] = &[
    "process",
    "String",
    "Number",
    "Date",
    "Math",
    "URLSearchParams",
    "Error",
    "Promise",
    "setTimeout",
    "clearTimeout",
    "JSON",
    "Object",
    "fetch",
    "AbortSignal",
    "any",
    "unknown",
    "string",
    "int",
    "str",
    "dict",
    "self",
    "this",
    "super",
    "isinstance",
    "undefined",
    "require",
    "module",
    "exports",
];

/// Verifies every migration that has edits.
pub(super) fn verify(program: &Program, rules: &Rules, migrations: &mut [Migration]) {
    let verdicts: Vec<Option<(FileId, String)>> = migrations
        .par_iter()
        .map(|migration| match migration.applicability {
            Applicability::Manual => None,
            _ => fault(program, rules, migration),
        })
        .collect();
    for (migration, verdict) in migrations.iter_mut().zip(verdicts) {
        if let Some((file, why)) = verdict {
            let why = format!(
                "unjwt's own edit did not hold and was dropped ({why}): make the change by hand, and please report it"
            );
            migration.blockers.push(Blocker { at: Place { file, span: Span::default() }, why });
            migration.applicability = Applicability::Manual;
        }
    }
}

/// What is wrong with a migration's edits.
fn fault(program: &Program, rules: &Rules, migration: &Migration) -> Option<(FileId, String)> {
    let mut edited = Edited::new(program, &migration.edits);
    let removed =
        migration.removed.iter().map(|file| (*file, SourceFile::new(program.file(*file).path.clone(), vec![])));
    edited.files.extend(removed);
    for (file, source) in &edited.files {
        let Some(unit) = program.unit(*file) else { continue };
        let after = (unit.language.lower)(source);
        if after.gaps.len() > unit.module.gaps.len() {
            return Some((*file, "the file would have a syntax error".to_owned()));
        }
        let (old, new) = (undeclared(&unit.module), undeclared(&after));
        if let Some(name) = new.difference(&old).find(|name| !GLOBALS.contains(&name.as_str())) {
            return Some((*file, format!("the name `{name}` would not be defined")));
        }
    }
    for (file, source) in &edited.files {
        let Some(unit) = program.unit(*file) else { continue };
        let after = (unit.language.lower)(source);
        let ((set, _), (still, read)) = (fields(&unit.module), fields(&after));
        if let Some(name) = read.iter().find(|name| set.contains(*name) && !still.contains(*name)) {
            return Some((*file, format!("the field `{name}` would not be set")));
        }
    }
    let before = count(program, rules, &edited);
    let after_program = edited.program(program);
    let after = count(&after_program, rules, &edited);
    let moved = migration.findings.len();
    (after >= before && moved > 0).then(|| {
        let file = edited.files.keys().next().copied().unwrap_or(FileId(0));
        (file, "an exchange would still be there".to_owned())
    })
}

struct Edited {
    files: BTreeMap<FileId, SourceFile>,
}

impl Edited {
    fn new(program: &Program, edits: &BTreeMap<FileId, EditSet>) -> Self {
        let files = edits
            .iter()
            .map(|(file, edits)| {
                let old = program.file(*file);
                (*file, SourceFile::new(old.path.clone(), edits.apply(old.bytes())))
            })
            .collect();
        Edited { files }
    }

    /// The program with the edited files in it.
    fn program(&self, program: &Program) -> Program {
        let files: Vec<SourceFile> = program
            .file_ids()
            .map(|id| {
                let source = self.files.get(&id).unwrap_or_else(|| program.file(id));
                SourceFile::new(source.path.clone(), source.bytes().to_vec())
            })
            .collect();
        let modules: Vec<Option<Module>> =
            files.iter().map(|file| lang::of(&file.path).map(|language| (language.lower)(file))).collect();
        let notes = vec![Note::default(); files.len()];
        Program::new(files, notes, modules)
    }
}

/// Exchanges in the edited code files.
fn count(program: &Program, rules: &Rules, edited: &Edited) -> usize {
    let facts = Facts::new(program, rules);
    let found = exchanges(program, &facts, rules);
    found.iter().filter(|exchange| edited.files.contains_key(&exchange.call.file)).count()
}

/// Fields of `self` / `this`: those that the module sets, and those that it reads.
fn fields(module: &Module) -> (BTreeSet<String>, BTreeSet<String>) {
    let own = |id: ExprId| match module.kind(id) {
        ExprKind::Member { base, name, .. } if is_self(module.kind(*base)) => Some(name.to_string()),
        _ => None,
    };
    let in_class = |scope: crate::ir::ScopeId| matches!(module.scope(scope).kind, crate::ir::ScopeKind::Class(_));
    let set: BTreeSet<String> = module
        .binds
        .iter()
        .filter_map(|bind| match module.kind(bind.place) {
            ExprKind::Name(name) if in_class(bind.scope) => Some(name.to_string()),
            _ => own(bind.place),
        })
        .collect();
    let places: BTreeSet<ExprId> = module.binds.iter().map(|bind| bind.place).collect();
    let read = module.expr_ids().filter(|id| !places.contains(id)).filter_map(own).collect();
    (set, read)
}

/// Names that are read and declared nowhere in the module.
fn undeclared(module: &Module) -> BTreeSet<String> {
    let declared: BTreeSet<&str> = module
        .binds
        .iter()
        .filter_map(|bind| match module.kind(bind.place) {
            ExprKind::Name(name) => Some(&**name),
            _ => None,
        })
        .collect();
    module
        .expr_ids()
        .filter_map(|id| match module.kind(id) {
            ExprKind::Name(name) if !declared.contains(&**name) => Some(name.to_string()),
            _ => None,
        })
        .collect()
}
