//! An SDK's builder in a language without a grammar: its chain of calls is switched to OAuth where all of it is written out.

use super::{Applicability, Blocker, Migration, flags};
use crate::analyze::{Finding, Kind, Note, Place, Program, analyze, is_below};
use crate::lang::lexical::{self, Lexicon, Token, TokenKind, parts, tokens};
use crate::manifest::{self, Added, Wanted};
use crate::rules::{AnchorLibrary, AnchorUpgrade, Anchors, Rules};
use crate::text::{Edit, EditSet, FileId, SourceFile, Span};
use std::collections::BTreeSet;

/// Findings that say that an SDK does the exchange.
const SDK: [Kind; 2] = [Kind::TokenExchange, Kind::SdkImport];

/// Switches every chain of the library in the file, and raises the package. Says whether it could.
pub(super) fn switch(
    program: &Program,
    rules: &Rules,
    library: &AnchorLibrary,
    at: Place,
    migration: &mut Migration,
) -> bool {
    let source = program.file(at.file);
    let Some((upgrade, lexicon)) = library.upgrade.as_ref().zip(lexical::program(source)) else { return false };
    let (lexicon, text) = lexicon;
    let edits = match upgrade.flags.is_empty() {
        true => code(lexicon, source, library, upgrade),
        false => flags::commands(lexicon, &text, library, upgrade),
    };
    let Some(edits) = edits else { return false };
    let after = SourceFile::new(source.path.clone(), edits.apply(source.bytes()));
    let after = Program::new(vec![after], vec![Note::default()], vec![None]);
    let left = analyze(&after, rules);
    let is_own = |finding: &Finding| finding.library.as_ref() == Some(&library.name);
    if left.findings.iter().any(|finding| is_own(finding) && SDK.contains(&finding.kind)) {
        return false;
    }
    migration.edits.insert(at.file, edits);
    migration.applicability = Applicability::Review;
    migration.target.clone_from(&library.name);
    migration.blockers.push(Blocker {
        at,
        why: format!(
            "{} is read without a grammar: see that the {} is still whole",
            lexicon.name,
            if upgrade.flags.is_empty() { "chain of calls" } else { "command" }
        ),
    });
    migration.steps.extend(upgrade.steps.iter().cloned());
    let package = library.packages.first().map_or("", String::as_str);
    match listing(program, rules.anchors_of(lexicon.name), at.file, package) {
        Some(file) => match raised(program.file(file), package, &upgrade.since) {
            Ok(edit) => {
                let mut edits = EditSet::default();
                if edit.is_some_and(|edit| edits.add(edit).is_ok()) {
                    migration.edits.insert(file, edits);
                }
            }
            Err(()) => migration.steps.push(raise(package, upgrade, &program.file(file).path)),
        },
        None if upgrade.flags.is_empty() => migration.steps.push(raise(package, upgrade, "the project file")),
        None => listed(program, at.file, (package, upgrade), migration),
    }
    true
}

/// Raises a command's package in the manifest nearest above that lists it.
fn listed(program: &Program, file: FileId, (package, upgrade): (&str, &AnchorUpgrade), migration: &mut Migration) {
    let path = &program.file(file).path;
    let lists = program.file_ids().filter_map(|other| {
        let source = program.file(other);
        let format = manifest::format_of(&source.path).filter(|_| other == file || is_below(&source.path, path))?;
        let own = manifest::dependencies(format, source).into_iter().find(|own| own.name == package)?;
        Some((source.folder().len(), other, format, own.section))
    });
    let Some((_, other, format, section)) = lists.max_by_key(|(depth, ..)| *depth) else { return };
    let wanted = Wanted::runtime(package, format!("^{}", upgrade.since)).section(section).across_majors();
    let mut edits = migration.edits.get(&other).cloned().unwrap_or_default();
    match manifest::add(format, program.file(other), &wanted, &mut edits) {
        Ok(Added::Unchecked(_)) | Err(_) => migration.steps.push(raise(package, upgrade, &program.file(other).path)),
        Ok(_) if edits.is_empty() => {}
        Ok(_) => drop(migration.edits.insert(other, edits)),
    }
}

fn raise(package: &str, upgrade: &AnchorUpgrade, path: &str) -> String {
    format!("See that `{path}` has `{package}` {} or later, below the next major version.", upgrade.since)
}

/// The edits of the code; `None` where some chain is not written out.
fn code(lexicon: &Lexicon, source: &SourceFile, library: &AnchorLibrary, upgrade: &AnchorUpgrade) -> Option<EditSet> {
    let text = source.text();
    if upgrade.unless.iter().any(|other| text.contains(other.as_str())) {
        return None;
    }
    let tokens = tokens(lexicon, text);
    let begins = |token: &Token| {
        token.kind == TokenKind::Word
            && parts(token.text(text)).next_back().is_some_and(|name| library.sdk.iter().any(|own| own == name))
    };
    let mut edits = EditSet::default();
    let mut lines: BTreeSet<&str> = BTreeSet::new();
    for first in (0..tokens.len()).filter(|index| begins(&tokens[*index])) {
        let links = chain(&tokens, text, first)?;
        let has = |name: &String| links.iter().any(|link| link.name == name);
        if !upgrade.needs.iter().any(|set| set.iter().all(has)) {
            return None;
        }
        for link in &links {
            let Some(new) = upgrade.links.get(link.name) else { continue };
            lines.extend(upgrade.lines.get(link.name).map(String::as_str));
            let lead = &text[link.lead.range()];
            let whole: String = new.iter().flat_map(|text| [lead, text]).collect();
            let first = Span { start: link.lead.end, end: link.end };
            let (span, text) = match link.lead.is_empty() {
                true => (first, new.join(".")),
                false => (Span { start: link.lead.start, end: link.end }, whole),
            };
            edits.add(Edit { span, text }).ok()?;
        }
    }
    if edits.is_empty() {
        return None;
    }
    for line in lines {
        let is_it = |there: &str| there.trim_matches(['\u{feff}', ' ', '\t']) == line;
        if text.lines().any(is_it) {
            continue;
        }
        let word = line.split(' ').next()?;
        let like = |there: &&str| there.trim_start_matches('\u{feff}').split(' ').next() == Some(word);
        let before = text.lines().find(like)?.trim_start_matches('\u{feff}');
        let offset = before.as_ptr() as usize - text.as_ptr() as usize;
        edits.insert(offset, format!("{line}{}", source.eol().as_str())).ok()?;
    }
    Some(edits)
}

/// A link of a chain.
struct Link<'t> {
    name: &'t str,
    /// The dot before it with the blanks around; empty for the first.
    lead: Span,
    /// Behind its closing parenthesis.
    end: u32,
}

/// The chain that begins with the call of `tokens[first]`; `None` where a comment, a member or an open parenthesis is in it.
fn chain<'t>(tokens: &[Token], text: &'t str, first: usize) -> Option<Vec<Link<'t>>> {
    let is = |index: usize, mark: &str| {
        tokens.get(index).is_some_and(|token| token.kind == TokenKind::Mark && token.text(text) == mark)
    };
    let mut links: Vec<Link<'t>> = vec![];
    let mut at = first;
    loop {
        let word = tokens.get(at).filter(|token| token.kind == TokenKind::Word)?;
        let name = parts(word.text(text)).next_back()?;
        let start = word.span.end - name.len() as u32;
        if !is(at + 1, "(") || (at != first && start != word.span.start) {
            return None;
        }
        let mut depth = 0usize;
        let close = (at + 1..tokens.len()).find(|index| {
            depth += usize::from(is(*index, "("));
            depth -= usize::from(is(*index, ")")).min(depth);
            depth == 0
        })?;
        if tokens[at..close].iter().any(|token| token.kind == TokenKind::Comment) {
            return None;
        }
        let lead = links.last().map_or(Span { start, end: start }, |last| Span { start: last.end, end: start });
        links.push(Link { name, lead, end: tokens[close].span.end });
        if tokens.get(close + 1).is_some_and(|token| token.kind == TokenKind::Comment) {
            return None;
        }
        if !is(close + 1, ".") {
            return Some(links);
        }
        at = close + 2;
    }
}

/// The manifest nearest above a file that names the package.
pub(super) fn listing(program: &Program, anchors: Option<&Anchors>, file: FileId, package: &str) -> Option<FileId> {
    let anchors = anchors?;
    let path = &program.file(file).path;
    let above = program.file_ids().filter(|other| {
        let other = program.file(*other);
        anchors.is_manifest(&other.path) && is_below(&other.path, path) && other.text().contains(package)
    });
    above.max_by_key(|other| program.file(*other).folder().len())
}

/// The edit that raises the version in the package's tag, if it is older. An error where the version is not in that tag.
fn raised(manifest: &SourceFile, package: &str, since: &str) -> Result<Option<Edit>, ()> {
    let text = manifest.text();
    let (span, version) = ['"', '\'']
        .iter()
        .flat_map(|quote| text.match_indices(&format!("{quote}{package}{quote}")).map(|(at, _)| at).collect::<Vec<_>>())
        .find_map(|named| version_in(text, named))
        .ok_or(())?;
    let numbers = |version: &str| version.split('.').map(str::parse::<u32>).collect::<Result<Vec<_>, _>>();
    let (old, new) = (numbers(version).map_err(|_| ())?, numbers(since).map_err(|_| ())?);
    match old.first() == new.first() || old < new {
        true => Ok((old < new).then(|| Edit { span, text: since.to_owned() })),
        false => Err(()),
    }
}

/// The version in the rest of a tag.
fn version_in(text: &str, from: usize) -> Option<(Span, &str)> {
    let tag = &text[from..from + text[from..].find('>')?];
    let (before, rest) = ["Version=", "version="].iter().find_map(|word| tag.split_once(word))?;
    let quote = rest.chars().next().filter(|c| "\"'".contains(*c))?;
    let (version, _) = rest[1..].split_once(quote)?;
    let start = from + before.len() + "Version=".len() + 1;
    Some((Span::new(start, start + version.len()), version))
}

/// Migrations that change the same file are one.
pub(super) fn joined(migrations: Vec<Migration>) -> Vec<Migration> {
    let mut all: Vec<Migration> = vec![];
    for one in migrations {
        let files: BTreeSet<FileId> = one.edits.keys().copied().collect();
        match all.iter_mut().find(|other| other.edits.keys().any(|file| files.contains(file))) {
            Some(other) => {
                other.findings.extend(one.findings);
                other.findings.sort_unstable();
                other.findings.dedup();
                other.blockers.extend(one.blockers);
                other
                    .steps
                    .extend(one.steps.into_iter().filter(|step| !other.steps.contains(step)).collect::<Vec<_>>());
                for (file, edits) in one.edits {
                    let all = other.edits.entry(file).or_default();
                    // Two calls of one SDK have the same edits.
                    let new = edits.edits().iter().filter(|edit| !all.edits().contains(edit)).cloned();
                    for edit in new.collect::<Vec<_>>() {
                        if all.add(edit).is_err() {
                            other.applicability = Applicability::Manual;
                        }
                    }
                }
            }
            None => all.push(one),
        }
    }
    all
}
