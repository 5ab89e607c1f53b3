//! `unjwt scan` and `unjwt report`: look, and write what was seen.

use super::args::{Input, Output, Plan, ReportArgs, ScanArgs};
use super::progress::Progress;
use super::{Context, End, Error, print, scopes, width};
use crate::migrate::Wishes;
use crate::report::{FORMATS, Format};
use crate::rules::Target;
use crate::run::Run;
use crate::{lang, pipeline, report};

/// Columns of a report in a file, whatever the terminal has.
const FILE_WIDTH: usize = 100;

pub(super) fn scan(args: ScanArgs, context: &Context) -> Result<End, Error> {
    let run = run(&args.input, None, context)?;
    show(&run, &args.format, &args.output, false, context)
}

pub(super) fn report(args: ReportArgs, context: &Context) -> Result<End, Error> {
    let run = run(&args.input, Some(&args.plan), context)?;
    show(&run, &args.format, &args.output, true, context)
}

/// Scans and plans.
pub(super) fn run(input: &Input, plan: Option<&Plan>, context: &Context) -> Result<Run, Error> {
    let options = pipeline::Options { rules: input.rules.load()?, ..options(plan, context)? };
    check_targets(&options)?;
    let progress = Progress::start(context);
    let run = pipeline::run(&input.paths, &options);
    progress.stop();
    Ok(run?)
}

/// What the user asked for, with the rules that come with the program.
pub(super) fn options(plan: Option<&Plan>, context: &Context) -> Result<pipeline::Options, Error> {
    let scopes = plan.and_then(|plan| plan.scopes.as_deref()).map(scopes::parse).transpose()?;
    Ok(pipeline::Options {
        threads: context.threads,
        wishes: Wishes {
            strategy: plan.and_then(|plan| plan.strategy),
            targets: plan.map(|plan| plan.targets.clone()).unwrap_or_default(),
            scopes,
        },
        ..pipeline::Options::default()
    })
}

/// Whether the targets that the user named are known, each language with one.
fn check_targets(options: &pipeline::Options) -> Result<(), Error> {
    let targets = &options.rules.targets;
    let wishes = &options.wishes.targets;
    for (index, (language, name)) in wishes.iter().enumerate() {
        let known =
            lang::ALL.iter().find(|known| known.name == language).map_or(language.as_str(), |known| known.rules);
        let own = || targets.iter().filter(|target| target.language == known);
        let why = match () {
            () if own().next().is_none() => format!("there are no targets for `{}`", report::plain(language)),
            () if !own().any(|target| target.name == *name) => {
                format!("there is no target `{}` for {language}", report::plain(name))
            }
            () if wishes[..index].iter().any(|(other, _)| other == language) => {
                format!("{language} has two targets here, and can have one")
            }
            () => continue,
        };
        let all: Vec<&Target> = if own().next().is_some() { own().collect() } else { targets.iter().collect() };
        let known = all.into_iter().map(|target| format!("{}={}", target.language, target.name)).collect();
        return Err(Error::Target { why, known });
    }
    Ok(())
}

fn show(run: &Run, format: &str, output: &Output, proposal: bool, context: &Context) -> Result<End, Error> {
    // clap has checked the name; the first is the default.
    let format = FORMATS.iter().find(|known| known.name == format).unwrap_or(&FORMATS[0]);
    write(run, format, output, proposal, context)?;
    (format.notes)(run).iter().for_each(|note| context.note(&format!("note: {note}")));
    Ok(End::of(run, run.findings.len()))
}

fn write(run: &Run, format: &Format, output: &Output, proposal: bool, context: &Context) -> Result<(), Error> {
    let to_file = output.output.is_some();
    let options = report::Options {
        color: context.color_out && !to_file,
        width: if to_file { FILE_WIDTH } else { width() },
        proposal,
        summary: !context.quiet,
    };
    let name = || output.output.as_ref().map_or_else(|| "stdout".to_owned(), |path| format!("`{}`", path.display()));
    let mut bytes = Vec::new();
    (format.write)(run, &options, &mut bytes).map_err(|source| Error::Output { to: name(), source })?;
    match &output.output {
        Some(path) => std::fs::write(path, bytes).map_err(|source| Error::Output { to: name(), source }),
        None => print(&bytes),
    }
}
