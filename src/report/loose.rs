//! Findings that no migration deals with: by kind, each with what to do, equal ones together.

use super::group;
use super::layout::filled;
use super::sources::Sources;
use super::{Options, plain};
use crate::analyze::{Kind, Place};
use crate::run::Run;
use crate::text::FileId;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// How many files of one group are listed.
const FILES: usize = 10;

/// The kinds in the order of their weight, with what to do.
const KINDS: [(Kind, &str); 8] = [
    (Kind::TokenExchange, "request a token from /ims/token/v3 instead"),
    (Kind::JwtSign, "OAuth Server-to-Server signs nothing: take it out"),
    (Kind::PrivateKey, ""),
    (Kind::Endpoint, "no request to it was recognised; if one goes there, make it /ims/token/v3"),
    (Kind::Claims, "take them out, also of tests; scopes are in the request"),
    (Kind::SdkImport, "take it out, or use what the SDK has for OAuth"),
    (Kind::Dependency, "remove it when nothing imports it any more"),
    (Kind::ConfigKey, "take it out of the settings"),
];

/// Writes them; nothing if there are none.
pub(super) fn write(
    run: &Run,
    sources: &Sources<'_>,
    owners: &[Option<usize>],
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let loose: Vec<usize> = (0..run.findings.len()).filter(|index| owners[*index].is_none()).collect();
    if loose.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}\n", if run.migrations.is_empty() { "Findings" } else { "Beside the migrations" })?;
    for (kind, advice) in KINDS {
        let indices: Vec<usize> = loose.iter().copied().filter(|index| run.findings[*index].kind == kind).collect();
        if indices.is_empty() {
            continue;
        }
        let colon = if advice.is_empty() { "" } else { ": " };
        writeln!(out, "{}", filled(&format!("{}{colon}{advice}", group::words(kind)), "  ", options.width))?;
        for equal in group::findings(run, &indices) {
            write_equal(run, sources, &equal, options, out)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn write_equal(
    run: &Run,
    sources: &Sources<'_>,
    equal: &[usize],
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let finding = &run.findings[equal[0]];
    let text = format!("{} ({})", plain(&finding.message), finding.confidence.as_str());
    writeln!(out, "{}", filled(&text, "    ", options.width))?;
    let mut by_file: BTreeMap<FileId, Vec<Place>> = BTreeMap::new();
    for index in equal {
        by_file.entry(run.findings[*index].at.file).or_default().push(run.findings[*index].at);
    }
    for places in by_file.values().take(FILES) {
        let others = places.iter().skip(1).map(|at| sources.start(*at));
        let others: String = others.map(|start| format!(" {}:{}", start.line, start.column)).collect();
        let all = format!("{}{others}", sources.address(places[0]));
        writeln!(out, "{}", filled(&all, "      ", options.width))?;
    }
    if by_file.len() > FILES {
        writeln!(out, "      and in {} more files: `--format json` names them", by_file.len() - FILES)?;
    }
    Ok(())
}
