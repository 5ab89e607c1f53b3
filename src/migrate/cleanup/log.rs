//! Calls that write for a reader of the output or of a log.

use super::names::last_name;
use crate::ir::{ExprId, ExprKind, Module};

/// A call that writes a line.
pub(in crate::migrate) struct Line {
    /// What it is given.
    pub args: Vec<ExprId>,
    /// Whether it goes to a log, or a stream that serves as one, and is not what the program is there to print.
    pub is_log: bool,
    /// Whether it tells of what goes wrong.
    pub warns: bool,
}

/// The line that a call writes.
#[must_use]
pub(in crate::migrate) fn line(module: &Module, call: ExprId) -> Option<Line> {
    let ExprKind::Call { callee, args, .. } = module.kind(call) else { return None };
    let (is_log, warns) = match module.kind(*callee) {
        ExprKind::Name(name) if &**name == "print" => (false, false),
        ExprKind::Member { base, name, .. } => {
            let to = last_name(module, *base)?;
            // `System.out.println(…)`
            if matches!(to, "out" | "err") && matches!(&**name, "print" | "println" | "printf" | "format") {
                return Some(Line { args: args.iter().map(|arg| arg.value).collect(), is_log: true, warns: false });
            }
            let warns = match &**name {
                "log" | "info" | "debug" | "trace" | "fine" | "finer" | "finest" => false,
                "warn" | "warning" | "error" | "severe" => true,
                _ => return None,
            };
            // A `catalog` is none.
            let is_log = ["log", "logging", "LOG"].contains(&to)
                || ["_log", "Log", "_LOG"].iter().any(|end| to.ends_with(end))
                || to.to_ascii_lowercase().ends_with("logger");
            if !is_log && to != "console" {
                return None;
            }
            (is_log, warns)
        }
        _ => return None,
    };
    Some(Line { args: args.iter().map(|arg| arg.value).collect(), is_log, warns })
}
