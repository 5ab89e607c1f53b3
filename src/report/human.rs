//! The report for reading: each migration with its source, the findings beside them, the counts.

use super::group::{self, SHOWN};
use super::proposal::{masked_diff, painted, proposal};
use super::sources::Sources;
use super::{Options, checklist, credentials, diagnostic, loose, summary};
use crate::analyze::Finding;
use crate::run::Run;
use std::io::{self, Write};

pub(super) fn write(run: &Run, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let sources = Sources::new(run);
    let owners = run.owners();
    for group in group::migrations(run) {
        write_group(run, &sources, &owners, &group, options, out)?;
    }
    loose::write(run, &sources, &owners, options, out)?;
    credentials::write(run, &sources, options, out)?;
    if options.proposal {
        write_proposal(run, options, out)?;
        checklist::write(run, options, out)?;
    }
    if options.summary {
        summary::write(run, options, out)?;
    }
    Ok(())
}

fn write_group(
    run: &Run,
    sources: &Sources<'_>,
    owners: &[Option<usize>],
    group: &[usize],
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    for index in group.iter().take(SHOWN) {
        let migration = &run.migrations[*index];
        let adopted = |(number, _): &(usize, &Finding)| {
            owners[*number] == Some(*index) && !migration.findings.contains(number) && migration.edits.is_empty()
        };
        let unused: Vec<&Finding> = run.findings.iter().enumerate().filter(adopted).map(|(_, it)| it).collect();
        writeln!(out, "{}", diagnostic::render(run, sources, migration, &unused, options))?;
    }
    if group.len() > SHOWN {
        writeln!(out, "  and {} more like these:", group.len() - SHOWN)?;
        for index in &group[SHOWN..] {
            if let Some(at) = group::place(run, &run.migrations[*index]) {
                writeln!(out, "    {}", sources.address(at))?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_proposal(run: &Run, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let proposal = proposal(run);
    if proposal.changes.is_empty() {
        return Ok(());
    }
    writeln!(out, "Proposed change (secrets are masked; `--format patch` is for `git apply`)\n")?;
    for change in &proposal.changes {
        writeln!(out, "{}", painted(&masked_diff(change), options.color))?;
    }
    Ok(())
}
