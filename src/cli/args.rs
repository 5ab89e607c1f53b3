//! The arguments, as clap reads them.

use crate::migrate::Strategy;
use crate::report::{FORMATS, RULE_FORMATS};
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Parser, Subcommand, ValueEnum, ValueHint};
use std::path::PathBuf;

const EXITS: &str = "Exit codes: 0 nothing left to do, 1 findings (for `fix`: something left for a human), 2 usage or \
internal error, 3 nothing was scanned, 4 some files could not be read or written";

/// Options of the rewriting.
const WAY: &str = "Rewriting";

/// Options of every command.
const COMMON: &str = "Common options";

const SCAN: &str = "`--format json` is for programs. `unjwt report` adds the proposed change and a checklist.";

const REPORT: &str = "\
Examples:
  unjwt report -o report.txt            everything, to read
  unjwt report --format patch -o p      the change, for `git apply p`
  unjwt report --scopes @console.json   with the scopes that the Console shows";

const FIX: &str = "\
Examples:
  unjwt fix --diff                      the patch, nothing is written
  unjwt fix                             shows the safe changes, asks, writes
  unjwt fix --review --scopes a,b src   also what you must read, with these scopes

All files are written or none, and `unjwt undo` takes them back byte for byte.";

const EXPLAIN: &str = "\
Examples:
  unjwt explain python/requests         what a rule means, its calls, what counts as proof
  unjwt explain --at src/token.py:12    why this line was found, or which condition failed
  unjwt explain --at src/token.py:12 .. the same, with all of the parent folder in view";

/// Finds code that uses Adobe's retired Service Account (JWT) credentials and moves it to OAuth Server-to-Server.
#[derive(Debug, Parser)]
#[command(name = "unjwt", version, after_help = EXITS, max_term_width = 100)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
    /// Number of threads; 0 means one per processor
    #[arg(long, global = true, value_name = "N", default_value_t = 0, hide_default_value = true)]
    #[arg(value_parser = threads, help_heading = COMMON)]
    pub(super) threads: usize,
    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", value_enum, default_value_t = ColorChoice::Auto)]
    #[arg(help_heading = COMMON)]
    pub(super) color: ColorChoice,
    /// Leave out counts and notes
    #[arg(short, long, global = true, help_heading = COMMON)]
    pub(super) quiet: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorChoice {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Find what is left of the JWT flow
    #[command(after_help = SCAN)]
    Scan(ScanArgs),
    /// Show findings, the proposed change and a checklist
    #[command(after_help = REPORT)]
    Report(ReportArgs),
    /// Show the safe changes, ask, and write them
    #[command(after_help = FIX)]
    Fix(FixArgs),
    /// Take back the last fix, byte for byte
    Undo(UndoArgs),
    /// Say what a rule means, or why a line was, or was not, found
    #[command(after_help = EXPLAIN)]
    Explain(ExplainArgs),
    /// List the rules, or try their examples
    #[command(subcommand)]
    Rules(RulesCommand),
}

#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// Rules (`python/requests`, `adobe/endpoint`); with --at, the folders to scan (the current one)
    #[arg(value_name = "RULE|PATH", value_hint = ValueHint::AnyPath, required_unless_present = "at")]
    pub(super) what: Vec<PathBuf>,
    /// The line to explain
    #[arg(long, value_name = "FILE:LINE", value_parser = line)]
    pub(super) at: Option<(PathBuf, usize)>,
    #[command(flatten)]
    pub(super) rules: OwnRules,
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// List what is known about libraries and about Adobe
    List(ListArgs),
    /// Try the examples and look-alikes of all rules, and say what was found instead
    Test(OwnRules),
}

#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Form of the output
    #[arg(long, value_parser = rule_formats(), default_value = RULE_FORMATS[0].name)]
    pub(super) format: String,
    #[command(flatten)]
    pub(super) rules: OwnRules,
}

/// Rules beside those that come with the program.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct OwnRules {
    /// A folder with rule files of your own; they add to the known ones, and replace those of the same name
    #[arg(long = "rules", value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = COMMON)]
    pub(super) rules: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct ScanArgs {
    #[command(flatten)]
    pub(super) input: Input,
    /// Form of the output
    #[arg(long, value_parser = formats(true), default_value = FORMATS[0].name)]
    pub(super) format: String,
    #[command(flatten)]
    pub(super) output: Output,
}

#[derive(Debug, clap::Args)]
pub(super) struct ReportArgs {
    #[command(flatten)]
    pub(super) input: Input,
    /// Form of the output
    #[arg(long, value_parser = formats(false), default_value = FORMATS[0].name)]
    pub(super) format: String,
    #[command(flatten)]
    pub(super) output: Output,
    #[command(flatten)]
    pub(super) plan: Plan,
}

#[derive(Debug, clap::Args)]
pub(super) struct FixArgs {
    #[command(flatten)]
    pub(super) input: Input,
    /// Say what would be written, and write nothing
    #[arg(long, conflicts_with = "yes")]
    pub(super) dry_run: bool,
    /// Show the patch for `git apply`, and write nothing
    #[arg(long, conflicts_with = "yes")]
    pub(super) diff: bool,
    /// Write without asking
    #[arg(short, long)]
    pub(super) yes: bool,
    /// Also the changes that a human must read
    #[arg(long)]
    pub(super) review: bool,
    #[command(flatten)]
    pub(super) plan: Plan,
    /// Write even if files to be changed have uncommitted changes
    #[arg(long, help_heading = "Permissions")]
    pub(super) allow_dirty: bool,
    /// Write even if files to be changed have staged changes
    #[arg(long, help_heading = "Permissions")]
    pub(super) allow_staged: bool,
    /// Write even without version control
    #[arg(long, help_heading = "Permissions")]
    pub(super) allow_no_vcs: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct UndoArgs {
    /// The folder that `fix` was run on
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::DirPath)]
    pub(super) root: PathBuf,
}

#[derive(Debug, Clone, clap::Args)]
pub(super) struct Input {
    /// Folders and files; without one, the current folder
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) rules: OwnRules,
}

#[derive(Debug, clap::Args)]
pub(super) struct Output {
    /// Write to a file
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(super) output: Option<PathBuf>,
}

/// How migrations are made.
#[derive(Debug, clap::Args)]
pub(super) struct Plan {
    /// What a language is moved to, such as `python=requests` (repeatable)
    #[arg(long = "target", value_name = "LANG=NAME", value_parser = target, help_heading = WAY)]
    pub(super) targets: Vec<(String, String)>,
    /// Only this way: an OAuth library, the HTTP client that is there, or an SDK that has an OAuth mode
    #[arg(long, value_parser = strategy(), help_heading = WAY)]
    pub(super) strategy: Option<Strategy>,
    /// The scopes that the Console shows, or @ and a file that holds them (text or the Console's JSON)
    #[arg(long, value_name = "LIST|@FILE", help_heading = WAY)]
    pub(super) scopes: Option<String>,
}

fn threads(text: &str) -> Result<usize, String> {
    const MOST: usize = 1024;
    match text.parse() {
        Ok(count) if count <= MOST => Ok(count),
        _ => Err(format!("a number from 0 to {MOST}")),
    }
}

fn line(text: &str) -> Result<(PathBuf, usize), String> {
    let parts = text.rsplit_once(':').and_then(|(path, line)| Some((path, line.parse().ok()?)));
    let (path, line) =
        parts.filter(|(path, _)| !path.is_empty()).ok_or("a file and a line are needed, such as `src/token.py:12`")?;
    Ok((PathBuf::from(path), line))
}

fn target(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((language, name)) if !language.trim().is_empty() && !name.trim().is_empty() => {
            Ok((language.trim().to_owned(), name.trim().to_owned()))
        }
        _ => Err("a language and a name are needed, such as `python=authlib`".into()),
    }
}

fn strategy() -> impl TypedValueParser<Value = Strategy> {
    const ALL: [Strategy; 3] = [Strategy::Library, Strategy::InPlace, Strategy::Sdk];
    PossibleValuesParser::new(ALL.map(Strategy::as_str))
        .map(|name| ALL.into_iter().find(|strategy| strategy.as_str() == name).unwrap_or(Strategy::Library))
}

fn formats(scan: bool) -> PossibleValuesParser {
    let some = FORMATS.iter().filter(move |format| format.in_scan || !scan);
    PossibleValuesParser::new(some.map(|format| PossibleValue::new(format.name).help(format.about)).collect::<Vec<_>>())
}

fn rule_formats() -> PossibleValuesParser {
    let all = RULE_FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.about));
    PossibleValuesParser::new(all.collect::<Vec<_>>())
}
