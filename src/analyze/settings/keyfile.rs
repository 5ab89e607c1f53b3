//! Key files that lie in the repository, beside anything that uses Adobe's JWT.

use super::sheet::Setting;
use super::word::Role;
use super::{Key, place};
use crate::analyze::finding::{Confidence, Evidence, Finding, Kind, Place};
use crate::analyze::program::Program;
use crate::config::{self, Format};
use crate::lang::lexical;
use crate::text::{FileId, SourceFile};
use std::collections::{BTreeMap, BTreeSet};

/// Endings of files that people read: a key's frame in them shows where the key goes.
const PROSE: &[&str] = &[".md", ".mdx", ".rst", ".adoc", ".html", ".txt"];
/// Endings of files that hold keys.
const KEYS: &[&str] = &[".key", ".pem", ".p8", ".pk8", ".der", ".p12", ".pfx"];
/// Characters of base64 that are a key and not a placeholder.
const BODY: usize = 200;
/// Bytes of a text that stands where a key will be.
const SHORT: usize = 2000;

/// What a file holds.
enum Held {
    /// A private key, from where to where its first line goes.
    Key(usize, usize),
    /// Its frame, or words that say where it comes.
    Placeholder(usize, usize),
    /// Bytes that are a key in DER or a key store.
    Binary,
}

/// Adds a finding for each key file.
pub(super) fn find(program: &Program, sheets: &[(FileId, Format, Vec<Setting>)], found: &mut BTreeMap<Key, Finding>) {
    // Somebody else's key is none of ours: there must be something that is.
    if !found.values().any(|finding| finding.confidence > Confidence::Low) {
        return;
    }
    let named = Named::new(program, sheets, found);
    let near = Near::new(program, found);
    for file in program.file_ids().filter(|file| program.unit(*file).is_none()) {
        let source = program.file(file);
        let Some(held) = held(source) else { continue };
        let by = named.by(source.name());
        if by.is_none() && !near.holds(source.folder()) {
            continue;
        }
        let ignored = program.notes[file.0 as usize].ignored;
        let (at, mut confidence, message) = match held {
            Held::Key(start, end) if ignored => (
                place(file, start, end),
                Confidence::Medium,
                "a private key lies here, outside of git; delete it once the JWT credential is gone",
            ),
            Held::Key(start, end) => (
                place(file, start, end),
                Confidence::Medium,
                "a private key lies in the repository; revoke it in the Console and delete it",
            ),
            Held::Placeholder(start, end) => (
                place(file, start, end),
                Confidence::Low,
                "the place of a private key, without a key in it; delete it, OAuth needs none",
            ),
            Held::Binary => (
                place(file, 0, 0),
                Confidence::Low,
                "a key or key store lies in the repository; if the JWT is signed with it, revoke it in the Console and delete it",
            ),
        };
        let is_placeholder = matches!(held, Held::Placeholder(..));
        let mut evidence = vec![];
        if let Some(by) = by {
            confidence = match held {
                Held::Key(..) => Confidence::High,
                Held::Binary => Confidence::Medium,
                Held::Placeholder(..) => Confidence::Low,
            };
            evidence.push(Evidence { at: by, because: "the file is named here".into() });
        } else if is_placeholder && !source.name().contains("private") {
            continue;
        }
        let finding = Finding {
            rule: "adobe/key-file".to_owned(),
            kind: Kind::PrivateKey,
            language: "pem",
            at,
            confidence,
            message: message.to_owned(),
            library: None,
            evidence,
        };
        found.entry((at, Kind::PrivateKey)).or_insert(finding);
    }
}

/// How many folders up a key may be from where something of Adobe's is, if that folder is the whole that was scanned:
/// many projects may lie in one folder.
const UP: usize = 2;

/// The folders in which, or below which, something of the JWT flow was found.
struct Near<'p>(BTreeSet<&'p str>);

impl<'p> Near<'p> {
    fn new(program: &'p Program, found: &BTreeMap<Key, Finding>) -> Self {
        let mut folders = BTreeSet::new();
        for finding in found.values().filter(|finding| finding.confidence > Confidence::Low) {
            let mut folder = program.file(finding.at.file).folder();
            while folders.insert(folder) && !folder.is_empty() {
                folder = folder.rsplit_once('/').map_or("", |(up, _)| up);
            }
        }
        Near(folders)
    }

    /// Whether the nearest of them, from `folder` upwards, is near enough.
    fn holds(&self, folder: &str) -> bool {
        let mut at = folder;
        let mut steps = 0;
        while !self.0.contains(at) && !at.is_empty() {
            at = at.rsplit_once('/').map_or("", |(up, _)| up);
            steps += 1;
        }
        self.0.contains(at) && (!at.is_empty() || steps <= UP)
    }
}

/// Where names of key files stand: in settings of JWT credentials, and in code beside them.
struct Named(Vec<(String, Place)>);

impl Named {
    fn new(program: &Program, sheets: &[(FileId, Format, Vec<Setting>)], found: &BTreeMap<Key, Finding>) -> Self {
        let mut names = vec![];
        for setting in sheets.iter().flat_map(|(_, _, settings)| settings) {
            if setting.role() == Some(Role::PrivateKey) && found.contains_key(&(setting.at, Kind::PrivateKey)) {
                names.extend(file_name(&setting.value).map(|name| (name, setting.at)));
            }
        }
        for (at, _) in found.keys().filter(|(_, kind)| *kind == Kind::PrivateKey) {
            if program.unit(at.file).is_some() {
                let text = program.slice(at.file, at.span);
                let parts = text.split(['"', '\'', '`']).filter_map(file_name);
                names.extend(parts.map(|name| (name, *at)));
            }
        }
        Named(names)
    }

    fn by(&self, name: &str) -> Option<Place> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, at)| *at)
    }
}

/// The file's name in a path; `None` for what is none.
fn file_name(path: &str) -> Option<String> {
    let name = path.trim().rsplit(['/', '\\']).next()?;
    let fits = name.len() <= 100 && name.contains('.') && !name.contains(char::is_whitespace);
    fits.then(|| name.to_owned())
}

fn held(source: &SourceFile) -> Option<Held> {
    let is_key_file = KEYS.iter().any(|ending| source.name().to_ascii_lowercase().ends_with(ending));
    // Settings are judged by what stands around the key.
    if !is_key_file && config::format_of(&source.path).is_some() {
        return None;
    }
    if let Some((start, is_whole)) = header(source) {
        let line = source.lines().line_span(source.lines().line_of(start));
        return match is_whole {
            true => Some(Held::Key(start, line.end as usize)),
            false if is_key_file => Some(Held::Placeholder(start, line.end as usize)),
            false => None,
        };
    }
    if !is_key_file {
        return None;
    }
    // A sequence of ASN.1 with two bytes of length: PKCS#1, PKCS#8, PKCS#12.
    if source.bytes().starts_with(&[0x30, 0x82]) {
        return Some(Held::Binary);
    }
    let text = source.text();
    let is_words = source.is_utf8() && text.len() <= SHORT && !text.contains('\0') && !text.contains("-----BEGIN");
    let first = source.lines().line_span(0);
    (is_words && !text.trim().is_empty()).then_some(Held::Placeholder(first.start as usize, first.end as usize))
}

/// Where a PEM private key begins, and whether it is there itself and not only its frame.
fn header(source: &SourceFile) -> Option<(usize, bool)> {
    let text = source.text();
    let prose = PROSE.iter().any(|ending| source.path.ends_with(ending)) || lexical::of_source(source).is_some();
    let length = |end: usize| {
        let body = text[end..].trim_start_matches(|c: char| c.is_whitespace() || "\\nr\"'+,".contains(c));
        let body = body.split("-----").next().unwrap_or_default();
        body.bytes().take(8192).filter(|byte| byte.is_ascii_alphanumeric() || b"+/=*".contains(byte)).count()
    };
    let frames =
        ["-----BEGIN PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN ENCRYPTED PRIVATE KEY-----"];
    let at = frames.iter().filter_map(|frame| text.find(frame).map(|at| (at, length(at + frame.len()) >= BODY)));
    at.filter(|(_, whole)| *whole || !prose).min()
}
