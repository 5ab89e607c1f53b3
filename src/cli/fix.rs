//! `unjwt fix`: choose, show or ask, write.

use super::args::FixArgs;
use super::{Context, End, Error, ask, print, say, scan};
use crate::apply::{self, Change, Changes, git};
use crate::migrate::Applicability;
use crate::report::{masked_diff, painted, patch, plain};
use crate::run::Run;
use std::collections::BTreeSet;
use std::io::{self, IsTerminal};

pub(super) fn fix(args: &FixArgs, context: &Context) -> Result<End, Error> {
    let asks = !(args.yes || args.dry_run || args.diff);
    if asks && !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(Error::NoTerminal);
    }
    let run = scan::run(&args.input, Some(&args.plan), context)?;
    let least = if args.review { Applicability::Review } else { Applicability::Safe };
    let chosen: Vec<usize> =
        (0..run.migrations.len()).filter(|index| run.migrations[*index].applicability >= least).collect();
    if args.diff {
        let patch = patch(&run, &chosen);
        print(&patch.bytes)?;
        patch.notes().iter().for_each(|note| context.note(&format!("note: {note}")));
        return Ok(End::of(&run, run.findings.len()));
    }
    let changes = apply::changes(&run, &chosen);
    if args.dry_run || changes.changes.is_empty() {
        let text = told(&changes, "would change") + &counts(&run, &changes, least, context.quiet);
        print(text.as_bytes())?;
        return Ok(End::of(&run, run.findings.len()));
    }
    let targets: Vec<&str> = changes.changes.iter().map(|change| change.path.as_str()).collect();
    let allow = git::Allow { dirty: args.allow_dirty, staged: args.allow_staged, no_vcs: args.allow_no_vcs };
    git::check(&run.root, &targets, allow).map_err(apply::Error::from)?;
    if asks && !agrees(&run, &changes, context) {
        context.note("nothing was written");
        return Ok(End::of(&run, run.findings.len()));
    }
    apply::apply(&run.root, &changes.changes)?;
    let text = told(&changes, "changed") + &counts(&run, &changes, least, context.quiet);
    print(text.as_bytes())?;
    let left = left_over(args, &run, &changes, context);
    if left > 0 {
        let are = if left == 1 { "is" } else { "are" };
        context.note(&format!("note: {} {are} left for a human: `unjwt report` lists them", many(left, "finding")));
    }
    context.note("note: `unjwt undo` takes it back");
    Ok(End::of(&run, left))
}

/// Shows the changes and asks. Anything but a yes is a no.
fn agrees(run: &Run, changes: &Changes, context: &Context) -> bool {
    for change in &changes.changes {
        say(&painted(&masked_diff(change), context.color_err));
    }
    say(told(changes, "to be changed").trim_end());
    let (taken, files) = (changes.taken.len(), changes.changes.len());
    let (taken, files) = (format!("{taken} of {}", many(run.migrations.len(), "migration")), many(files, "file"));
    ask(&format!("Write {taken}, {files}? [y/N] "));
    let mut answer = String::new();
    let yes = ["y", "yes"];
    io::stdin().read_line(&mut answer).is_ok() && yes.contains(&answer.trim().to_ascii_lowercase().as_str())
}

/// The files.
fn told(changes: &Changes, what: &str) -> String {
    let line = |change: &Change| {
        let how = match (&change.old, &change.new) {
            (None, _) => " (new)",
            (_, None) => " (removed)",
            _ => "",
        };
        format!("{what}: {}{how}\n", plain(&change.path))
    };
    changes.changes.iter().map(line).collect()
}

/// How many migrations they make, and what becomes of the others.
fn counts(run: &Run, changes: &Changes, least: Applicability, quiet: bool) -> String {
    if quiet {
        return String::new();
    }
    let (taken, all, files) = (changes.taken.len(), run.migrations.len(), changes.changes.len());
    let mut out = format!("{taken} of {}, {}\n", many(all, "migration"), many(files, "file"));
    let mut others = |count: usize, what: &str| {
        if count > 0 {
            out.push_str(&format!("{count} {what}\n"));
        }
    };
    others(changes.left.len(), "more want the same lines: run `unjwt fix` again");
    let of = |kind: Applicability| run.migrations.iter().filter(|migration| migration.applicability == kind).count();
    if least > Applicability::Review {
        others(of(Applicability::Review), "for your review: `unjwt fix --review --diff` shows what would change");
    }
    others(of(Applicability::Manual), "to be made by hand: `unjwt report` says how");
    out
}

/// `1 file`, `2 files`.
fn many(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Findings that are still there: it looks again, for an import or a dependency may have stayed that others use.
fn left_over(args: &FixArgs, run: &Run, changes: &Changes, context: &Context) -> usize {
    let mut input = args.input.clone();
    input.paths.retain(|path| path.exists());
    if input.paths.is_empty() && !args.input.paths.is_empty() {
        return 0;
    }
    if let Ok(after) = scan::run(&input, Some(&args.plan), context) {
        return after.findings.len();
    }
    let done: BTreeSet<usize> =
        changes.taken.iter().flat_map(|index| &run.migrations[*index].findings).copied().collect();
    (0..run.findings.len()).filter(|index| !done.contains(index)).count()
}
