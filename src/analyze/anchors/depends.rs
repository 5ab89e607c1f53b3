//! Lines in manifests of languages without a grammar.

use super::sight::What;
use super::{File, Found, finding};
use crate::analyze::{Confidence, Kind, Place, Program, is_below};
use crate::rules::{AnchorLibrary, Anchors, Rules};
use crate::text::{FileId, SourceFile, Span};

/// Adds a finding for each line that names a library which the files below the manifest use for Adobe's JWT.
pub(super) fn find(program: &Program, rules: &Rules, files: &[File<'_>], found: &mut Found) {
    for id in program.file_ids() {
        let source = program.file(id);
        for anchors in rules.anchors.iter().filter(|anchors| anchors.is_manifest(&source.path)) {
            let used = used(program, anchors, files, &source.path);
            for library in used {
                let Some(span) = named(source, library) else { continue };
                let what = if library.adobe { "does the JWT exchange" } else { "signs Adobe's JWT in this package" };
                let message = format!("{} {what}", library.name);
                let at = Place { file: id, span };
                let mut finding = finding(Kind::Dependency, at, language(anchors), Confidence::High, message);
                finding.rule = format!("{}/{}", anchors.language, library.name);
                finding.library = Some(library.name.clone());
                found.entry((at, Kind::Dependency)).or_insert(finding);
            }
        }
    }
}

fn language(anchors: &Anchors) -> &'static str {
    crate::lang::lexical::named(&anchors.language).map_or("text", |lexicon| lexicon.name)
}

/// The libraries of a language that are used for Adobe in the folder of a manifest, or below it.
fn used<'r>(program: &Program, anchors: &'r Anchors, files: &[File<'_>], manifest: &str) -> Vec<&'r AnchorLibrary> {
    let below = |id: FileId| is_below(manifest, &program.file(id).path);
    let files = files.iter().filter(|file| file.lexicon.name == anchors.language && file.is_adobes() && below(file.id));
    let files: Vec<&File<'_>> = files.collect();
    let uses = |library: &&AnchorLibrary| {
        (library.jwt || library.adobe)
            && files.iter().any(|file| {
                file.has(|what| match what {
                    What::Sign(other) | What::Sdk(other) | What::Exchange(other) => other.name == library.name,
                    _ => false,
                })
            })
    };
    anchors.libraries.iter().filter(uses).collect()
}

/// Where a manifest names one of the library's packages: in quotes, or as a whole word if the name is a path.
fn named(source: &SourceFile, library: &AnchorLibrary) -> Option<Span> {
    let text = source.text();
    let part = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    library.packages.iter().find_map(|package| {
        text.match_indices(package.as_str()).map(|(at, _)| Span::new(at, at + package.len())).find(|span| {
            let before = text[..span.start as usize].chars().next_back();
            let rest = &text[span.end as usize..];
            let after = rest.chars().next();
            let quote = |c: Option<char>| c.is_some_and(|c| "\"'".contains(c));
            let whole = before.is_none_or(|c| !part(c)) && (after.is_none_or(|c| !part(c)) || rest.starts_with(".git"));
            let line = &text[..span.start as usize];
            let line = line.rsplit('\n').next().unwrap_or_default().trim_start();
            let comment = ["//", "#", "<!--"].iter().any(|mark| line.starts_with(mark));
            !comment && ((quote(before) && quote(after)) || (package.contains('/') && whole))
        })
    })
}
