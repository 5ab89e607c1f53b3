//! Reads the edited files again. What does not hold turns the migration down, loudly.

use super::{Applicability, Blocker, Migration};
use crate::analyze::{Facts, Note, Place, Program, Unit, exchanges, is_self};
use crate::ir::{ExprId, ExprKind, Module};
use crate::lang;
use crate::rules::Rules;
use crate::text::{EditSet, FileId, SourceFile, Span};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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
    let removed = migration.removed.iter().map(|file| (*file, program.file(*file).with_bytes(vec![])));
    edited.files.extend(removed);
    let lower =
        |source: &SourceFile| lang::of_file(source).map(|language| Unit::new(language, (language.lower)(source)));
    let units: BTreeMap<FileId, Option<Arc<Unit>>> =
        edited.files.iter().map(|(file, source)| (*file, lower(source).map(Arc::new))).collect();
    let both = || units.iter().filter_map(|(file, unit)| Some((file, program.unit(*file)?, &unit.as_ref()?.module)));
    for (file, unit, after) in both() {
        if after.gaps.len() > unit.module.gaps.len() {
            return Some((*file, "the file would have a syntax error".to_owned()));
        }
        let globals = unit.language.syntax.globals;
        // A class may come with a package that is imported whole.
        let whole = unit.is_open() && edited.files.get(file).is_some_and(|source| source.text().contains(".*;"));
        let comes = |name: &str| whole && name.starts_with(char::is_uppercase);
        let (old, new) = (undeclared(&unit.module), undeclared(after));
        if let Some(name) = new.difference(&old).find(|name| !globals.contains(&name.as_str()) && !comes(name)) {
            return Some((*file, format!("the name `{name}` would not be defined")));
        }
    }
    for (file, unit, after) in both() {
        let ((set, _), (still, read)) = (fields(&unit.module), fields(after));
        if let Some(name) = read.iter().find(|name| set.contains(*name) && !still.contains(*name)) {
            return Some((*file, format!("the field `{name}` would not be set")));
        }
    }
    // Only what the edited files can reach is analysed again, before and after: a large tree holds many programs.
    let part = reach(program, edited.files.keys().copied().collect());
    let paths: BTreeSet<&str> = edited.files.values().map(|file| file.path.as_str()).collect();
    let before = count(&again(program, &part, &BTreeMap::new(), &BTreeMap::new()), rules, &paths);
    let after = count(&again(program, &part, &edited.files, &units), rules, &paths);
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
                (*file, old.with_bytes(edits.apply(old.bytes())))
            })
            .collect();
        Edited { files }
    }
}

/// The files that `from` imports, over three steps, and `from` itself.
fn reach(program: &Program, from: BTreeSet<FileId>) -> BTreeSet<FileId> {
    let mut part = from.clone();
    let mut round = from;
    for _ in 0..3 {
        let targets = |file: &FileId| -> Vec<FileId> {
            let Some(unit) = program.unit(*file) else { return vec![] };
            let dotted = unit.module.imports.iter().flat_map(|import| {
                let item = import.item.as_ref().map(|item| format!("{}.{item}", import.module.trim_end_matches('.')));
                std::iter::once(import.module.to_string()).chain(item)
            });
            dotted.filter_map(|module| program.import_target(*file, &module)).collect()
        };
        round = round.iter().flat_map(targets).filter(|file| !part.contains(file)).collect();
        part.extend(round.iter().copied());
    }
    part
}

/// A program of the files in `part` alone, those in `edited` as they would be, lowered to `units`.
fn again(
    program: &Program,
    part: &BTreeSet<FileId>,
    edited: &BTreeMap<FileId, SourceFile>,
    units: &BTreeMap<FileId, Option<Arc<Unit>>>,
) -> Program {
    let source = |id: &FileId| edited.get(id).unwrap_or_else(|| program.file(*id)).clone();
    let unit = |id: &FileId| units.get(id).cloned().unwrap_or_else(|| program.unit_at(&program.file(*id).path));
    let notes = vec![Note::default(); part.len()];
    Program::of_units(part.iter().map(source).collect(), notes, part.iter().map(unit).collect())
}

/// Exchanges in the files at `paths`.
fn count(program: &Program, rules: &Rules, paths: &BTreeSet<&str>) -> usize {
    let facts = Facts::new(program, rules);
    let found = exchanges(program, &facts, rules);
    found.iter().filter(|exchange| paths.contains(program.file(exchange.call.file).path.as_str())).count()
}

/// Fields of `self` / `this`: those that the module sets, and those that it reads.
fn fields(module: &Module) -> (BTreeSet<String>, BTreeSet<String>) {
    let own = |id: ExprId| match module.kind(id) {
        ExprKind::Member { base, name, .. } if is_self(module.kind(*base)) => Some(name.to_string()),
        _ => None,
    };
    let in_class = |scope: crate::ir::ScopeId| matches!(module.scope(scope).kind, crate::ir::ScopeKind::Class(_));
    // In an open class a field is declared, and that is what everything else needs, writing to it as well.
    let open = module.classes.iter().any(|class| class.is_open);
    let set: BTreeSet<String> = module
        .binds
        .iter()
        .filter_map(|bind| match module.kind(bind.place) {
            ExprKind::Name(_) if open && module.stmt(bind.stmt).scope != bind.scope => None,
            ExprKind::Name(name) if in_class(bind.scope) => Some(name.to_string()),
            _ if open => None,
            _ => own(bind.place),
        })
        .collect();
    let places: BTreeSet<ExprId> = module.binds.iter().map(|bind| bind.place).filter(|_| !open).collect();
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
