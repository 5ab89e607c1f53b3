//! `unjwt fix`: choose, show or ask, write.

use super::args::FixArgs;
use super::{Context, End, Error, print, say, scan};
use crate::apply::{self, Changes, git};
use crate::migrate::Applicability;
use crate::report::{masked_diff, patch, plain};
use crate::run::Run;
use std::collections::BTreeSet;
use std::io::{self, IsTerminal};

pub(super) fn fix(args: &FixArgs, context: &Context) -> Result<End, Error> {
    let asks = !(args.yes || args.dry_run || args.diff);
    if asks && !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(Error::NoTerminal);
    }
    let run = scan::run(&args.input.paths, Some(&args.plan), context)?;
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
        print(told(&run, &changes, "would change").as_bytes())?;
        return Ok(End::of(&run, run.findings.len()));
    }
    let targets: Vec<&str> = changes.changes.iter().map(|change| change.path.as_str()).collect();
    let allow = git::Allow { dirty: args.allow_dirty, staged: args.allow_staged, no_vcs: args.allow_no_vcs };
    git::check(&run.root, &targets, allow).map_err(apply::Error::from)?;
    if asks && !agrees(&run, &changes) {
        context.note("nothing was written");
        return Ok(End::of(&run, run.findings.len()));
    }
    apply::apply(&run.root, &changes.changes)?;
    print(told(&run, &changes, "changed").as_bytes())?;
    let left = left_over(&run, &changes);
    if left > 0 {
        context.note(&format!("note: {left} finding(s) are left for a human: `unjwt report` lists them"));
    }
    context.note("note: `unjwt undo` takes it back");
    Ok(End::of(&run, left))
}

/// Shows the changes and asks. Anything but a yes is a no.
fn agrees(run: &Run, changes: &Changes) -> bool {
    for change in &changes.changes {
        say(&masked_diff(change));
    }
    say(&told(run, changes, "to be changed"));
    say("Write these files? [y/N]");
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).is_ok() && matches!(answer.trim(), "y" | "Y" | "yes" | "Yes")
}

/// The files, and how many migrations they make.
fn told(run: &Run, changes: &Changes, what: &str) -> String {
    let mut out = String::new();
    for change in &changes.changes {
        let how = match (&change.old, &change.new) {
            (None, _) => " (new)",
            (_, None) => " (removed)",
            _ => "",
        };
        out.push_str(&format!("{what}: {}{how}\n", plain(&change.path)));
    }
    let (taken, all, files) = (changes.taken.len(), run.migrations.len(), changes.changes.len());
    out.push_str(&format!("{taken} of {all} migration(s), {files} file(s)\n"));
    if !changes.left.is_empty() {
        let count = changes.left.len();
        out.push_str(&format!("{count} migration(s) want the same lines as an earlier one: run `unjwt fix` again\n"));
    }
    out
}

/// Findings that no written migration deals with.
fn left_over(run: &Run, changes: &Changes) -> usize {
    let done: BTreeSet<usize> =
        changes.taken.iter().flat_map(|index| &run.migrations[*index].findings).copied().collect();
    (0..run.findings.len()).filter(|index| !done.contains(index)).count()
}
