//! Paths → findings and migrations.

use crate::analyze::{Note, Program, analyze};
use crate::discover::{self, Needles};
use crate::ir::Module;
use crate::lang;
use crate::migrate::{Wishes, plan};
use crate::rules::Rules;
use crate::run::Run;
use crate::text::SourceFile;
use rayon::prelude::*;
use std::path::PathBuf;

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
    let rules = Rules::embedded();
    let needles = Needles::new(rules.needles())?;
    let mut found = discover::walk(paths, &needles, options.threads)?;
    discover::join_neighbours(&mut found, &imports_of);
    let notes = found.files.iter().map(|file| Note { generated: file.generated, ignored: file.ignored }).collect();
    let files: Vec<SourceFile> = found.files.into_iter().map(|candidate| candidate.file).collect();
    let modules: Vec<Option<Module>> = files.par_iter().map(lower).collect();
    let program = Program::new(files, notes, modules);
    let analysis = analyze(&program, rules);
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

fn lower(file: &SourceFile) -> Option<Module> {
    lang::of(&file.path).map(|language| (language.lower)(file))
}

/// The module strings of a file; `from a import b` gives `a` and `a.b`.
fn imports_of(file: &SourceFile) -> Vec<String> {
    let Some(module) = lower(file) else { return vec![] };
    let both = |import: &crate::ir::Import| {
        let dotted = import.item.as_ref().map(|item| match import.module.ends_with('.') {
            true => format!("{}{item}", import.module),
            false => format!("{}.{item}", import.module),
        });
        std::iter::once(import.module.to_string()).chain(dotted)
    };
    module.imports.iter().flat_map(both).collect()
}
