//! What a human does around the code: the steps of the migrations, each once, between those in Adobe's Console.

use super::plain;
use crate::run::Run;
use std::io::{self, Write};

/// Before the new code can run.
const BEFORE: [&str; 3] = [
    "In the Adobe Developer Console, open the project and add an OAuth Server-to-Server credential beside the Service \
     Account (JWT) one (\"Add new credential\"): the client id and the APIs stay.",
    "Copy its client secret to where the application reads it, and its scopes, as the Console shows them, to where the \
     code expects them. Compare them with the scopes that this tool proposes.",
    "Try one request: `grant_type=client_credentials` at `/ims/token/v3` must give a token before anything is released.",
];

/// When the new code runs everywhere.
const AFTER: [&str; 2] = [
    "When no client signs JWTs any more, delete the Service Account (JWT) credential in the Console. This cannot be undone.",
    "Delete the private keys and certificates from disks, secret stores and CI, and take the metascopes out of settings.",
];

/// Writes the numbered list; nothing if there is nothing to do.
pub(super) fn write(run: &Run, out: &mut dyn Write) -> io::Result<()> {
    if run.findings.is_empty() {
        return Ok(());
    }
    let mut steps: Vec<String> = BEFORE.iter().map(|step| (*step).to_owned()).collect();
    for step in run.migrations.iter().flat_map(|migration| &migration.steps).map(|step| plain(step)) {
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    steps.extend(AFTER.iter().map(|step| (*step).to_owned()));
    writeln!(out, "Checklist\n")?;
    for (index, step) in steps.iter().enumerate() {
        writeln!(out, "  [ ] {}. {step}", index + 1)?;
    }
    writeln!(out)
}
