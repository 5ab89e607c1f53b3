//! `unjwt scan` and `unjwt report`: look, and write what was seen.

use super::args::{Input, Output, Plan, ReportArgs, ScanArgs};
use super::progress::Progress;
use super::{Context, End, Error, print, scopes, width};
use crate::migrate::Wishes;
use crate::report::{FORMATS, Format};
use crate::run::Run;
use crate::{pipeline, report};

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
