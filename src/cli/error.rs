//! What went wrong, and what the user can do.

use super::End;
use crate::report::mask;
use crate::rules::RuleError;
use crate::{apply, discover, pipeline};
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};
use std::fmt;
use std::io;

/// A command could not do its work.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error(transparent)]
    Scan(#[from] pipeline::Error),
    #[error(transparent)]
    Apply(#[from] apply::Error),
    #[error("cannot write to {to}: {source}")]
    Output { to: String, source: io::Error },
    #[error("`{path}` is not a folder that can be entered: {source}")]
    Root { path: String, source: io::Error },
    #[error("{} in rule files", if .0.len() == 1 { "a mistake".to_owned() } else { format!("{} mistakes", .0.len()) })]
    Rules(Vec<RuleError>),
    #[error("there is no rule `{id}`")]
    Rule { id: String, nearest: Vec<String> },
    #[error("--at: {0}")]
    At(String),
    #[error("--scopes: {0}")]
    Scopes(String),
    #[error("--target: {why}")]
    Target { why: String, known: Vec<String> },
    #[error("`fix` needs a yes: this is not a terminal, so it cannot ask")]
    NoTerminal,
}

impl Error {
    /// The exit code.
    pub(super) fn end(&self) -> End {
        match self {
            Error::Apply(error) if error.is_failure() => End::Unreadable,
            _ => End::Usage,
        }
    }

    /// As miette draws it.
    pub(super) fn render(&self, color: bool, width: usize) -> String {
        let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler =
            GraphicalReportHandler::new_themed(theme).with_width(width).without_cause_chain().with_links(false);
        let mut out = String::new();
        let drawn = match self {
            Error::Rules(errors) => errors.iter().try_for_each(|error| handler.render_report(&mut out, error)),
            _ => handler.render_report(&mut out, self),
        };
        match drawn {
            // A rule file is the user's, and its text is drawn.
            Ok(()) => mask(out.trim_end()),
            Err(_) => format!("error: {self}"),
        }
    }
}

impl Diagnostic for Error {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = match self {
            Error::Scan(pipeline::Error::Discover(discover::Error::Path { .. })) => {
                "check the spelling; paths count from the current folder".to_owned()
            }
            Error::Scan(_) | Error::Rules(_) => return None,
            Error::Rule { nearest, .. } if nearest.is_empty() => "`unjwt rules list` names them".to_owned(),
            Error::Rule { nearest, .. } => {
                format!("did you mean `{}`? `unjwt rules list` names them all", nearest.join("`, `"))
            }
            Error::At(_) => "name a file and a line of it, such as `--at src/token.py:12`".to_owned(),
            Error::Apply(error) => return error.help().map(|help| Box::new(help) as Box<dyn fmt::Display>),
            Error::Output { .. } => "name another file after `-o`".to_owned(),
            Error::Root { .. } => "name the folder that `unjwt fix` was run on".to_owned(),
            Error::Scopes(_) => {
                "copy them from the Console: `--scopes openid,AdobeID,read_organizations`, or `--scopes @scopes.json`"
                    .to_owned()
            }
            Error::Target { known, .. } => format!("it may be `{}`", known.join("`, `")),
            Error::NoTerminal => {
                "pass `--yes` to write, or `--diff` or `--dry-run` to see what would be written".to_owned()
            }
        };
        Some(Box::new(help))
    }
}
