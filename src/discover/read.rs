//! Reading one file: once, into a buffer that is used again, with its guards on the way.

use super::guards;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// How much is read at first: most files whole, with one call.
const FIRST: usize = 64 << 10;
/// How much of it tells whether a file is text.
const HEAD: usize = 8 << 10;

/// The bytes of a file, in `buffer`, or why they are left out. The buffer only ever grows.
///
/// No memory map: many small files read faster this way, and a file that shrinks meanwhile cannot kill the process.
pub(super) fn read<'b>(
    path: &Path,
    limit: u64,
    is_key: bool,
    buffer: &'b mut Vec<u8>,
) -> io::Result<Result<&'b [u8], String>> {
    let mut file = File::open(path)?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Ok(Err("not a regular file".into()));
    }
    if meta.len() > limit {
        return Ok(Err(too_large(limit)));
    }
    // What it has grown by since it was measured is left out, so that no call is spent on finding its end. Files that
    // systems make up say that they are empty.
    let len = if meta.len() == 0 { limit } else { meta.len() } as usize;
    let mut filled = fill(&mut file, buffer, 0, len.min(FIRST))?;
    if let Some(why) = guards::not_text(&buffer[..filled.min(HEAD)]).filter(|_| !is_key) {
        return Ok(Err(why.into()));
    }
    if filled == FIRST {
        filled = fill(&mut file, buffer, filled, len)?;
    }
    Ok(Ok(&buffer[..filled]))
}

/// Reads on from `filled` up to `len`, or to the end of the file; gives where that is.
fn fill(file: &mut File, buffer: &mut Vec<u8>, mut filled: usize, len: usize) -> io::Result<usize> {
    buffer.resize(buffer.len().max(len), 0);
    while filled < len {
        match file.read(&mut buffer[filled..len]) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
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
