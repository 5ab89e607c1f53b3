//! The credentials, each with where it is used: what hangs together must be moved together.

use super::layout::filled;
use super::sources::Sources;
use super::{Options, group, mask, plain};
use crate::analyze::Credential;
use crate::run::Run;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// How many credentials are shown.
const SHOWN: usize = 10;
/// How many of a credential's files are named.
const FILES: usize = 6;

/// Writes them; nothing if there are none.
pub(super) fn write(run: &Run, sources: &Sources<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    if run.credentials.is_empty() {
        return Ok(());
    }
    writeln!(out, "Credentials\n")?;
    for credential in run.credentials.iter().take(SHOWN) {
        let name = plain(&mask(&credential.client_id));
        let text = format!("{name}: {}{}", files(run, credential), migrations(run, sources, credential));
        writeln!(out, "{}", filled(&text, "  ", options.width))?;
    }
    if run.credentials.len() > SHOWN {
        writeln!(out, "  and {} more: `--format json` names them", run.credentials.len() - SHOWN)?;
    }
    writeln!(out)
}

/// `3 findings in a.py, .env`.
fn files(run: &Run, credential: &Credential) -> String {
    let found = credential.findings.iter().filter_map(|index| run.findings.get(*index));
    let paths: BTreeSet<&str> =
        found.filter_map(|finding| run.files.get(finding.at.file.0 as usize)).map(|file| file.path.as_str()).collect();
    let named: Vec<&str> = paths.iter().copied().take(FILES).collect();
    let more = if paths.len() > FILES { format!(" and {} more files", paths.len() - FILES) } else { String::new() };
    let count = credential.findings.len();
    let noun = if count == 1 { "finding" } else { "findings" };
    format!("{count} {noun} in {}{more}", named.join(", "))
}

/// `; move together: a.py:3:1, b.py:7:1`.
fn migrations(run: &Run, sources: &Sources<'_>, credential: &Credential) -> String {
    let ours = run
        .migrations
        .iter()
        .filter(|migration| migration.findings.iter().any(|index| credential.findings.binary_search(index).is_ok()));
    let places: Vec<String> =
        ours.filter_map(|migration| group::place(run, migration)).map(|at| sources.address(at)).collect();
    if places.len() < 2 { String::new() } else { format!("; to be moved together: {}", places.join(", ")) }
}
