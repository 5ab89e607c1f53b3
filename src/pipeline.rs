//! Paths → findings and migrations.

use crate::analyze::{Analysis, LineVerdict, Note, Program, Unit, analyze, import_strings, line_verdict};
use crate::discover::{self, Candidate, Needles};
use crate::ir::Module;
use crate::lang;
use crate::lang::embed::{Embedded, Opened, open};
use crate::migrate::{Wishes, jwt_settings, outward, plan};
use crate::rules::{Library, Rules};
use crate::run::Run;
use crate::text::SourceFile;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
    Ok(look(paths, options, needles, |_, _, _, _| ())?.0)
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
    look(paths, options, &needles, |root, program, analysis, opened| {
        let path =
            file.strip_prefix(root).ok()?.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
        let file = program.file_at(&path)?;
        let Some((container, within)) = opened.get(&path) else {
            return Some(line_verdict(program, analysis, &options.rules, file, line));
        };
        // The line of the container's program that begins on the asked line.
        let lines = program.file(file).lines();
        let on = |inner: &usize| {
            let outer = within.outer(lines.line_span(*inner));
            container.lines().line_of(outer.start as usize) == line
        };
        let inner = (0..lines.count()).find(on)?;
        let mut verdict = line_verdict(program, analysis, &options.rules, file, inner);
        for call in verdict.calls.iter_mut().filter(|call| call.at.file == file) {
            call.at.span = within.outer(call.at.span);
        }
        Some(verdict)
    })
}

/// Containers by path, with the programs that were taken out of them.
type OpenedFiles = BTreeMap<String, (SourceFile, Embedded)>;

/// Finds and plans; `more` sees the program before only its findings are left.
fn look<T>(
    paths: &[PathBuf],
    options: &Options,
    needles: &Needles,
    more: impl FnOnce(&Path, &Program, &Analysis<'_>, &OpenedFiles) -> T,
) -> Result<(Run, T), Error> {
    let rules: &Rules = &options.rules;
    let mut found = discover::walk(paths, needles, options.threads)?;
    let lowered = Lowered::default();
    let imports_of = |file: &SourceFile| lowered.imports_of(file);
    let mut neighbours = discover::Neighbours::new(&imports_of);
    let seeds: Vec<SourceFile> = found.files.iter().map(|candidate| candidate.file.clone()).collect();
    neighbours.join(&mut found, &seeds);
    let mut opened = BTreeMap::new();
    let mut program = read(&found, &lowered, None, &mut opened);
    let mut analysis = analyze(&program, rules);
    // What an exchange uses must not be swept while an importer of it is out of view.
    let around = program.tied_to(analysis.exchanges.iter().map(|exchange| exchange.call.file));
    let exchanging: Vec<SourceFile> =
        analysis.exchanges.iter().map(|exchange| program.file(exchange.call.file).clone()).collect();
    let asked = project(&mut neighbours, &mut found, rules, &exchanging);
    if neighbours.join(&mut found, &around) | neighbours.packages(&mut found, &exchanging) | asked {
        program = read(&found, &lowered, Some(&program), &mut opened);
        analysis = analyze(&program, rules);
    }
    if !analysis.exchanges.is_empty() {
        let imports_of = |file: &SourceFile| lower_by_hand(file).map_or_else(Vec::new, |lower| lower.imports());
        program.outside = discover::outside(&found, &exchanging, &imported(&program, rules), &imports_of);
        program.asking = discover::asking(&found, &exchanging, &jwt_settings(&program, rules));
    }
    let more = more(&found.root, &program, &analysis, &opened);
    let mut migrations = plan(&program, rules, &analysis, &options.wishes);
    let mut findings = analysis.findings;
    let containers = opened.into_iter().filter_map(|(path, it)| Some((program.file_at(&path)?, it))).collect();
    outward(&mut findings, &mut migrations, &containers);
    let mut files = program.files;
    for (id, (container, _)) in containers {
        files[id.0 as usize] = container;
    }
    let run = Run {
        root: found.root,
        files,
        seen: found.seen,
        scanned: found.scanned,
        skipped: found.skipped,
        failed: found.failed,
        findings,
        migrations,
        credentials: analysis.credentials,
    };
    Ok((run, more))
}

/// The modules of known libraries that a program imports, and of what comes along with them, each with its language.
fn imported<'r>(program: &Program, rules: &'r Rules) -> BTreeSet<(&'r str, &'r str)> {
    let is_used = |library: &&Library| {
        let units = program.units().filter(|(_, unit)| unit.language.rules == library.language);
        let mut imports = units.flat_map(|(_, unit)| &unit.module.imports);
        !library.packages.is_empty()
            && imports.any(|import| library.modules.iter().any(|module| import.module.starts_with(module.as_str())))
    };
    let modules = |library: &'r Library| {
        let brought = library.brings.iter().flat_map(|brings| &brings.modules);
        let companions = library.companions.iter().flat_map(|companion| &companion.modules);
        library
            .modules
            .iter()
            .chain(brought)
            .chain(companions)
            .map(|module| (library.language.as_str(), module.as_str()))
    };
    rules.libraries.iter().filter(is_used).flat_map(modules).collect()
}

/// Loads what the targets for the files of exchanges ask about their project.
fn project(
    neighbours: &mut discover::Neighbours<'_>,
    found: &mut discover::Found,
    rules: &Rules,
    exchanging: &[SourceFile],
) -> bool {
    let mut any = false;
    for target in rules.targets.iter().filter(|target| !target.made_in_project.is_empty()) {
        let of_language = |file: &&SourceFile| lang::of_file(file).is_some_and(|it| it.rules == target.language);
        let files: Vec<SourceFile> = exchanging.iter().filter(of_language).cloned().collect();
        if files.is_empty() {
            continue;
        }
        let classes: Vec<&str> = target.made_in_project.iter().filter_map(|class| class.rsplit('.').next()).collect();
        let settings: Vec<&str> = target.settings_files.iter().map(String::as_str).collect();
        any |= neighbours.project(found, &files, &classes, &settings);
    }
    any
}

/// The program of all files that matter; what `before` has lowered already is not lowered again. Containers are put into
/// `opened`.
fn read(found: &discover::Found, lowered: &Lowered, before: Option<&Program>, opened: &mut OpenedFiles) -> Program {
    let notes = found.files.iter().map(|file| Note { generated: file.generated, ignored: file.ignored }).collect();
    let look = |candidate: &Candidate| {
        let path = &candidate.file.path;
        if let Some((program, id)) = before.and_then(|before| Some((before, before.file_at(path)?))) {
            return (program.file(id).clone(), program.unit_at(path), None);
        }
        let Some(Lower { module, within }) = lowered.take(candidate) else {
            return (candidate.file.clone(), None, None);
        };
        let file = within.as_ref().map_or_else(|| candidate.file.clone(), |within| within.program(&candidate.file));
        let unit = lang::of_file(&file).map(|language| Arc::new(Unit::new(language, module)));
        (file, unit, within.map(|within| (candidate.file.clone(), within)))
    };
    let looked: Vec<_> = found.files.par_iter().map(look).collect();
    let (mut files, mut units) = (vec![], vec![]);
    for (file, unit, container) in looked {
        opened.extend(container.map(|container| (file.path.clone(), container)));
        files.push(file);
        units.push(unit);
    }
    Program::of_units(files, notes, units)
}

/// Bytes of a file that no hand wrote beyond which it is not lowered: it is never edited, and its strings can be read
/// as they are.
const LARGE: usize = 128 << 10;

/// A lowered file; for a container its program.
struct Lower {
    module: Module,
    within: Option<Embedded>,
}

impl Lower {
    /// The module strings as they are written.
    fn imports(&self) -> Vec<String> {
        self.module.imports.iter().flat_map(import_strings).collect()
    }
}

/// Modules that were needed for their imports, until they are needed for themselves. Files are lowered once.
#[derive(Default)]
struct Lowered(Mutex<HashMap<String, Lower>>);

impl Lowered {
    /// The module strings of a file.
    fn imports_of(&self, file: &SourceFile) -> Vec<String> {
        let Some(lower) = lower_by_hand(file) else { return vec![] };
        let imports = lower.imports();
        self.lock().insert(file.path.clone(), lower);
        imports
    }

    /// The module of a file that matters; `None` for what is no program, or too much of one that nobody wrote.
    fn take(&self, candidate: &Candidate) -> Option<Lower> {
        let file = &candidate.file;
        if candidate.generated.is_some() && file.text().len() > LARGE {
            return None;
        }
        let known = self.lock().remove(&file.path);
        known.or_else(|| lower(file))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Lower>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same, but for a large file that no hand wrote.
fn lower_by_hand(file: &SourceFile) -> Option<Lower> {
    let skip = file.text().len() > LARGE && discover::generated(file).is_some();
    (!skip).then(|| lower(file)).flatten()
}

fn lower(file: &SourceFile) -> Option<Lower> {
    let module = |file: &SourceFile| lang::of_file(file).map(|language| (language.lower)(file));
    match open(file) {
        Opened::Plain => module(file).map(|module| Lower { module, within: None }),
        Opened::Program(within) => module(&within.program(file)).map(|module| Lower { module, within: Some(within) }),
        Opened::Nothing => None,
    }
}
