//! `unjwt undo`: take the last fix back.

use super::args::UndoArgs;
use super::{Context, End, Error, print};
use crate::apply;
use crate::report::plain;
use std::io;

pub(super) fn undo(args: &UndoArgs, _: &Context) -> Result<End, Error> {
    let fail = |source| Error::Root { path: args.root.display().to_string(), source };
    let root = args.root.canonicalize().map_err(fail)?;
    if !root.is_dir() {
        return Err(fail(io::ErrorKind::NotADirectory.into()));
    }
    let mut out = String::new();
    for path in apply::undo(&root)? {
        out.push_str(&format!("put back: {}\n", plain(&path)));
    }
    print(out.as_bytes())?;
    Ok(End::Clean)
}
