//! The command line: reads the arguments, calls the library, says what came of it by text and exit code.

mod args;
mod error;
mod explain;
mod fix;
mod progress;
mod rules;
mod scan;
mod scopes;
mod undo;

use crate::run::Run;
use args::{Args, ColorChoice, Command};
use clap::Parser;
use error::Error;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Nothing is left to do.
    Clean = 0,
    /// There are findings; for `fix`, something is left for a human.
    Findings = 1,
    /// The arguments are wrong, or we are.
    Usage = 2,
    /// No file was searched.
    NothingScanned = 3,
    /// Some files could not be read or written.
    Unreadable = 4,
}

impl End {
    /// Of a run of which `left` findings are still to be dealt with.
    fn of(run: &Run, left: usize) -> End {
        match () {
            () if !run.failed.is_empty() => End::Unreadable,
            () if run.scanned == 0 => End::NothingScanned,
            () if left > 0 => End::Findings,
            () => End::Clean,
        }
    }
}

/// What all commands share.
struct Context {
    color_out: bool,
    color_err: bool,
    quiet: bool,
    threads: usize,
}

impl Context {
    /// A line for the user beside the output proper.
    fn note(&self, text: &str) {
        if !self.quiet {
            say(text);
        }
    }
}

/// Runs the program.
#[must_use]
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // `--help` and `--version` come here as well. Nobody may be listening any more.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { End::Usage as u8 } else { End::Clean as u8 });
        }
    };
    let context = Context {
        color_out: args.color.of(&io::stdout()),
        color_err: args.color.of(&io::stderr()),
        quiet: args.quiet,
        threads: args.threads,
    };
    let end = match args.command {
        Command::Scan(scan) => scan::scan(scan, &context),
        Command::Report(report) => scan::report(report, &context),
        Command::Fix(fix) => fix::fix(&fix, &context),
        Command::Undo(undo) => undo::undo(&undo, &context),
        Command::Explain(what) => explain::explain(&what, &context),
        Command::Rules(command) => rules::rules(&command),
    };
    let end = end.unwrap_or_else(|error| {
        say(&error.render(context.color_err, width()));
        error.end()
    });
    ExitCode::from(end as u8)
}

impl ColorChoice {
    /// `NO_COLOR` counts where the user did not choose.
    fn of(self, stream: &impl IsTerminal) -> bool {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        match self {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                stream.is_terminal() && !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        }
    }
}

/// Columns to write in: the terminal's, within reason.
fn width() -> usize {
    const USUAL: usize = 100;
    terminal_size::terminal_size().map_or(USUAL, |(width, _)| usize::from(width.0)).clamp(40, 140)
}

/// Writes a line to stderr. If nobody listens there, there is nobody to tell.
fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Writes a question to stderr; the answer comes on the same line.
fn ask(text: &str) {
    let mut err = io::stderr();
    let _ = write!(err, "{text}").and_then(|()| err.flush());
}

/// Writes to stdout. A reader that has gone away (`| head`) is no error.
fn print(bytes: &[u8]) -> Result<(), Error> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::Output { to: "stdout".into(), source: error })
        }
        _ => Ok(()),
    }
}
