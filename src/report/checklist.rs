//! What a human does around the code: the steps of the migrations, each once, between those in Adobe's Console.

use super::layout::filled;
use super::{Options, plain};
use crate::run::Run;
use std::io::{self, Write};

/// Before the new code can run. Adobe converted what was left of the JWT credentials by 2026-03-01.
const BEFORE: [&str; 3] = [
    "In the Adobe Developer Console, open the project and its OAuth Server-to-Server credential. It is there already if \
     Adobe converted yours (the last ones by 2026-03-01); else add it beside the Service Account (JWT) one. Client id, \
     technical account, APIs and product profiles stay.",
    "Compare the scopes that the code asks for with those that the Console shows; `--scopes` takes the Console's list.",
    "Read the client secret there, and put it where the application reads it, if it is another one.",
];

/// With the new code.
const TRY: &str = "Try one request: `grant_type=client_credentials` at `/ims/token/v3` must give a token before \
anything is released.";

/// When the new code runs everywhere.
const AFTER: [&str; 2] = [
    "When no client signs JWTs any more, revoke the key pair: if the Console still shows the Service Account (JWT) \
     credential, delete it. This cannot be undone.",
    "Delete the private keys and certificates from disks, secret stores, CI and the repository, and take the metascopes \
     out of settings.",
];

/// Writes the numbered list; nothing if there is nothing to do.
pub(super) fn write(run: &Run, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    if run.findings.is_empty() {
        return Ok(());
    }
    let mut steps: Vec<String> = BEFORE.iter().map(|step| (*step).to_owned()).collect();
    for step in run.migrations.iter().flat_map(|migration| &migration.steps).map(|step| plain(step)) {
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    steps.push(TRY.to_owned());
    steps.extend(AFTER.iter().map(|step| (*step).to_owned()));
    writeln!(out, "Checklist\n")?;
    for (index, step) in steps.iter().enumerate() {
        writeln!(out, "{}", filled(step, &format!("  [ ] {:>2}. ", index + 1), options.width))?;
    }
    writeln!(out)
}
