//! Paths → findings and migrations.

use crate::analyze::{Analysis, LineVerdict, Note, Program, analyze, import_strings, line_verdict};
use crate::discover::{self, Candidate, Needles};
use crate::ir::Module;
use crate::lang;
use crate::migrate::{Wishes, plan};
use crate::rules::Rules;
use crate::run::Run;
use crate::text::SourceFile;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the user asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// Threads; 0 means one per processor.
    pub threads: usize,
    /// How to migrate.
    pub wishes: Wishes,
    /// What is known.
    pub rules: Cow<'static, Rules>,
}

impl Default for Options {
    fn default() -> Self {
        Options { threads: 0, wishes: Wishes::default(), rules: Cow::Borrowed(Rules::embedded()) }
    }
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
    run_with(paths, options, &Needles::new(options.rules.needles())?)
}

/// The same with other needles: every file in which one is found is looked at.
///
/// # Errors
/// If a path is not there.
pub fn run_with(paths: &[PathBuf], options: &Options, needles: &Needles) -> Result<Run, Error> {
    Ok(look(paths, options, needles, |_, _, _| ())?.0)
}

/// Finds and plans, and says what was thought of one line (from 0) of the file at `file`, an absolute path without
/// symbolic links; nothing of a file that is not among those that matter.
///
/// # Errors
/// If a path is not there.
pub fn explain(
    paths: &[PathBuf],
    options: &Options,
    file: &Path,
    line: usize,
) -> Result<(Run, Option<LineVerdict>), Error> {
    let needles = Needles::new(options.rules.needles())?;
    look(paths, options, &needles, |root, program, analysis| {
        let path =
            file.strip_prefix(root).ok()?.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
        let file = program.file_ids().find(|id| program.file(*id).path == path)?;
        Some(line_verdict(program, analysis, &options.rules, file, line))
    })
}

/// Finds and plans; `more` sees the program before only its findings are left.
fn look<T>(
    paths: &[PathBuf],
    options: &Options,
    needles: &Needles,
    more: impl FnOnce(&Path, &Program, &Analysis<'_>) -> T,
) -> Result<(Run, T), Error> {
    let rules: &Rules = &options.rules;
    let mut found = discover::walk(paths, needles, options.threads)?;
    let lowered = Lowered::default();
    // Twice: what the seeds use must not be swept while an importer of it is out of view.
    for _ in 0..2 {
        discover::join_neighbours(&mut found, &|file| lowered.imports_of(file));
    }
    let modules: Vec<Option<Module>> = found.files.par_iter().map(|candidate| lowered.take(candidate)).collect();
    let notes = found.files.iter().map(|file| Note { generated: file.generated, ignored: file.ignored }).collect();
    let files: Vec<SourceFile> = found.files.into_iter().map(|candidate| candidate.file).collect();
    let program = Program::new(files, notes, modules);
    let analysis = analyze(&program, rules);
    let migrations = plan(&program, rules, &analysis, &options.wishes);
    let more = more(&found.root, &program, &analysis);
    let findings = analysis.findings;
    let run = Run {
        root: found.root,
        files: program.files,
        seen: found.seen,
        scanned: found.scanned,
        skipped: found.skipped,
        failed: found.failed,
        findings,
        migrations,
    };
    Ok((run, more))
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
