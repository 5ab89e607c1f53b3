//! Reading one file: once, into a buffer that is used again, with its guards on the way.

use super::guards;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// How much is read at first: most files whole, with one call.
const FIRST: u64 = 64 << 10;
/// How much of it tells whether a file is text.
const HEAD: usize = 8 << 10;

/// Fills `buffer` with the bytes of a file, or says why not.
///
/// No memory map: many small files read faster this way, and a file that shrinks meanwhile cannot kill the process.
pub(super) fn read(path: &Path, limit: u64, is_key: bool, buffer: &mut Vec<u8>) -> io::Result<Option<String>> {
    buffer.clear();
    let mut file = File::open(path)?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Ok(Some("not a regular file".into()));
    }
    if meta.len() > limit {
        return Ok(Some(too_large(limit)));
    }
    // What it has grown by since it was measured is left out, so that no call is spent on finding its end. Files that
    // systems make up say that they are empty.
    let len = if meta.len() == 0 { limit } else { meta.len() };
    buffer.reserve(meta.len() as usize);
    file.by_ref().take(FIRST.min(len)).read_to_end(buffer)?;
    if let Some(why) = guards::not_text(&buffer[..buffer.len().min(HEAD)]).filter(|_| !is_key) {
        return Ok(Some(why.into()));
    }
    if buffer.len() as u64 == FIRST && len > FIRST {
        file.take(len - FIRST).read_to_end(buffer)?;
    }
    Ok(None)
}

fn too_large(limit: u64) -> String {
    format!("larger than {} MiB", limit >> 20)
}

/// What a symbolic link is skipped for.
pub(super) fn link(root: &Path, path: &Path) -> &'static str {
    match path.canonicalize() {
        Ok(target) if target.starts_with(root) => "symbolic link",
        Ok(_) => "symbolic link out of the root",
        Err(_) => "broken symbolic link",
    }
}
