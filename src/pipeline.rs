//! Paths → findings and migrations.

use crate::analyze::{Note, Program, Unit, analyze, import_strings};
use crate::discover::{self, Candidate, Needles};
use crate::ir::Module;
use crate::lang;
use crate::migrate::{Wishes, plan};
use crate::rules::Rules;
use crate::run::Run;
use crate::text::SourceFile;
use rayon::prelude::*;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the user asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Threads; 0 means one per processor.
    pub threads: usize,
    /// How to migrate.
    pub wishes: Wishes,
}

/// Nothing could be scanned.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The paths or needles.
    #[error(transparent)]
    Discover(#[from] discover::Error),
}

/// Finds and plans.
///
/// # Errors
/// If a path is not there.
pub fn run(paths: &[PathBuf], options: &Options) -> Result<Run, Error> {
    run_with(paths, options, &Needles::new(Rules::embedded().needles())?)
}

/// The same with other needles: every file in which one is found is looked at.
///
/// # Errors
/// If a path is not there.
pub fn run_with(paths: &[PathBuf], options: &Options, needles: &Needles) -> Result<Run, Error> {
    let rules = Rules::embedded();
    let mut found = discover::walk(paths, needles, options.threads)?;
    let lowered = Lowered::default();
    let imports_of = |file: &SourceFile| lowered.imports_of(file);
    let mut neighbours = discover::Neighbours::new(&imports_of);
    let seeds: Vec<SourceFile> = found.files.iter().map(|candidate| candidate.file.clone()).collect();
    neighbours.join(&mut found, &seeds);
    let mut program = read(&found, &lowered, None);
    let mut analysis = analyze(&program, rules);
    // What an exchange uses must not be swept while an importer of it is out of view.
    let around = program.tied_to(analysis.exchanges.iter().map(|exchange| exchange.call.file));
    if neighbours.join(&mut found, &around) {
        program = read(&found, &lowered, Some(&program));
        analysis = analyze(&program, rules);
    }
    let migrations = plan(&program, rules, &analysis, &options.wishes);
    let findings = analysis.findings;
    Ok(Run {
        root: found.root,
        files: program.files,
        seen: found.seen,
        scanned: found.scanned,
        skipped: found.skipped,
        failed: found.failed,
        findings,
        migrations,
    })
}

/// The program of all files that matter; what `before` has lowered already is not lowered again.
fn read(found: &discover::Found, lowered: &Lowered, before: Option<&Program>) -> Program {
    let notes = found.files.iter().map(|file| Note { generated: file.generated, ignored: file.ignored }).collect();
    let files = found.files.iter().map(|candidate| candidate.file.clone()).collect();
    let known = |candidate: &Candidate| before?.unit_at(&candidate.file.path);
    let units = found.files.par_iter().map(|candidate| {
        known(candidate).or_else(|| {
            let language = lang::of(&candidate.file.path)?;
            Some(Arc::new(Unit::new(language, lowered.take(candidate)?)))
        })
    });
    Program::of_units(files, notes, units.collect())
}

/// Bytes of a file that no hand wrote beyond which it is not lowered: it is never edited, and its strings can be read
/// as they are.
const LARGE: usize = 128 << 10;

/// Modules that were needed for their imports, until they are needed for themselves. Files are lowered once.
#[derive(Default)]
struct Lowered(Mutex<HashMap<String, Module>>);

impl Lowered {
    /// The module strings of a file.
    fn imports_of(&self, file: &SourceFile) -> Vec<String> {
        if file.text().len() > LARGE && discover::generated(file).is_some() {
            return vec![];
        }
        let Some(module) = lower(file) else { return vec![] };
        let imports = module.imports.iter().flat_map(import_strings).collect();
        self.lock().insert(file.path.clone(), module);
        imports
    }

    /// The module of a file that matters; `None` for what is no program, or too much of one that nobody wrote.
    fn take(&self, candidate: &Candidate) -> Option<Module> {
        let file = &candidate.file;
        if candidate.generated.is_some() && file.text().len() > LARGE {
            return None;
        }
        let known = self.lock().remove(&file.path);
        known.or_else(|| lower(file))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Module>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lower(file: &SourceFile) -> Option<Module> {
    lang::of(&file.path).map(|language| (language.lower)(file))
}
