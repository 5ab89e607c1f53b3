//! The report for reading: each migration with its source, the findings beside them, the counts.

use super::group::{self, SHOWN};
use super::proposal::{masked_diff, proposal};
use super::sources::Sources;
use super::{Options, checklist, diagnostic, plain, summary};
use crate::run::Run;
use miette::{GraphicalReportHandler, GraphicalTheme};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

pub(super) fn write(run: &Run, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let sources = Sources::new(run);
    for group in group::migrations(run) {
        write_group(run, &sources, &group, options, out)?;
    }
    write_findings(run, &sources, out)?;
    if options.proposal {
        write_proposal(run, out)?;
        checklist::write(run, out)?;
    }
    if options.summary {
        summary::write(run, out)?;
    }
    Ok(())
}

fn write_group(
    run: &Run,
    sources: &Sources<'_>,
    group: &[usize],
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let handler = handler(options);
    for index in group.iter().take(SHOWN) {
        let shown = diagnostic::of(run, sources, &run.migrations[*index]);
        let mut text = String::new();
        if handler.render_report(&mut text, &shown).is_err() {
            // A span that cannot be drawn must not hide what was found.
            text = format!("{shown}\n");
        }
        writeln!(out, "{}", text.trim_end())?;
        writeln!(out)?;
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

/// How diagnostics are drawn.
pub(super) fn handler(options: &Options) -> GraphicalReportHandler {
    let theme = if options.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    GraphicalReportHandler::new_themed(theme)
        .with_width(options.width)
        .with_links(false)
        .with_show_related_as_nested(true)
        .without_syntax_highlighting()
}

/// What belongs to no migration, by file.
fn write_findings(run: &Run, sources: &Sources<'_>, out: &mut dyn Write) -> io::Result<()> {
    let owned: BTreeSet<usize> = run.migrations.iter().flat_map(|migration| &migration.findings).copied().collect();
    let mut by_file: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for (index, finding) in run.findings.iter().enumerate().filter(|(index, _)| !owned.contains(index)) {
        by_file.entry(finding.at.file).or_default().push(index);
    }
    if by_file.is_empty() {
        return Ok(());
    }
    writeln!(out, "Findings without a migration\n")?;
    for (file, indices) in by_file {
        writeln!(out, "{}", sources.path(file))?;
        for group in group::findings(run, &indices) {
            write_equal(run, sources, &group, out)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_equal(run: &Run, sources: &Sources<'_>, group: &[usize], out: &mut dyn Write) -> io::Result<()> {
    for index in group.iter().take(SHOWN) {
        let finding = &run.findings[*index];
        let start = sources.start(finding.at);
        let place = format!("{}:{}", start.line, start.column);
        let (confidence, kind) = (finding.confidence.as_str(), finding.kind.as_str());
        writeln!(out, "  {place:<9} {confidence:<7} {kind:<15} {}", plain(&finding.message))?;
    }
    if group.len() > SHOWN {
        let places = group[SHOWN..].iter().map(|index| sources.start(run.findings[*index].at));
        let lines: Vec<String> = places.map(|start| format!("{}:{}", start.line, start.column)).collect();
        writeln!(out, "  and {} more like it: {}", lines.len(), lines.join(" "))?;
    }
    Ok(())
}

fn write_proposal(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    let proposal = proposal(run);
    if proposal.changes.is_empty() {
        return Ok(());
    }
    writeln!(out, "Proposed change (secrets are masked; `--format patch` is for `git apply`)\n")?;
    for change in &proposal.changes {
        writeln!(out, "{}", masked_diff(change))?;
    }
    Ok(())
}
