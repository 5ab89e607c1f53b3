//! Exchanges in languages without a grammar: in place where the form is written out plainly, else by hand.

use super::literal::Scopes;
use super::{Applicability, Blocker, Migration, Strategy, Wishes, chained, copied, literal};
use crate::analyze::{Analysis, Anchored, Confidence, Note, Place, Program, WrittenOut, analyze};
use crate::config;
use crate::lang::lexical;
use crate::rules::{Adobe, AnchorLibrary, Rules};
use crate::text::{Edit, EditSet, SourceFile, Span};
use std::collections::BTreeMap;

/// Lines around the grant type in which other words speak about its request.
const NEAR: usize = 20;

/// The setting that holds the scopes, where nothing says which they are.
const SCOPES: &str = "ADOBE_SCOPES";

/// A migration for each of them.
pub(super) fn plan(program: &Program, rules: &Rules, analysis: &Analysis<'_>, wishes: &Wishes) -> Vec<Migration> {
    let all = analysis.anchored.iter().zip(&analysis.of_anchored);
    let all = all.map(|(anchored, findings)| {
        let sdk = sdk(rules, analysis, anchored);
        migration(program, rules, anchored, sdk, findings.clone(), wishes)
    });
    let mut all = chained::joined(all.collect());
    copied::drop_items(program, rules, analysis, &mut all);
    all
}

/// The SDK that an exchange is done by.
fn sdk<'r>(rules: &'r Rules, analysis: &Analysis<'_>, anchored: &Anchored) -> Option<&'r AnchorLibrary> {
    let (at, kind) = anchored.keys.first()?;
    let finding = analysis.findings.iter().find(|finding| finding.at == *at && finding.kind == *kind)?;
    let libraries = &rules.anchors_of(anchored.language)?.libraries;
    libraries.iter().find(|library| library.adobe && Some(&library.name) == finding.library.as_ref())
}

fn migration(
    program: &Program,
    rules: &Rules,
    anchored: &Anchored,
    sdk: Option<&AnchorLibrary>,
    findings: Vec<usize>,
    wishes: &Wishes,
) -> Migration {
    let mut migration = Migration {
        language: anchored.language,
        strategy: if anchored.advice.is_some() { Strategy::Sdk } else { Strategy::InPlace },
        target: "own".to_owned(),
        because: None,
        applicability: Applicability::Manual,
        findings,
        blockers: vec![],
        steps: vec![],
        edits: BTreeMap::new(),
        new_files: vec![],
        removed: vec![],
        packages: vec![],
    };
    let Some((at, _)) = anchored.keys.first().copied() else { return migration };
    let free = program.note(at.file).is_free() && wishes.strategy.is_none_or(|wish| wish == Strategy::Sdk);
    if free && sdk.is_some_and(|library| chained::switch(program, rules, library, at, &mut migration)) {
        return migration;
    }
    if let Err(why) = movable(program, anchored, at) {
        migration.blockers.push(Blocker { at, why });
        return migration;
    }
    let wanted = wishes.strategy.is_none_or(|wish| wish == Strategy::InPlace);
    let written = anchored.written.as_ref().filter(|_| wanted && anchored.confidence >= Confidence::Medium);
    let scopes = scopes(program, &rules.adobe, anchored.written.as_ref(), wishes);
    let draft = written.zip(scopes.as_ref()).and_then(|(written, scopes)| edits(program, rules, written, scopes));
    match (draft, written) {
        (Some(edits), Some(written)) => {
            let after = edits.apply(program.file(at.file).bytes());
            migration.blockers = doubts(program, written, &String::from_utf8_lossy(&after));
            let spare = edits.edits().iter().find(|edit| edit.text.starts_with("_"));
            migration.blockers.extend(spare.filter(|_| written.lexicon.unused_is_error).map(|edit| {
                Blocker {
                    at: Place { file: at.file, span: edit.span },
                    why: "nobody reads this JWT any more, and it is still made: delete this with what only it needed"
                        .to_owned(),
                }
            }));
            migration.steps = cleanup();
            migration.steps.extend(set_up(scopes.as_ref()));
            migration.edits.insert(at.file, edits);
            migration.applicability = Applicability::Review;
        }
        _ => {
            let why =
                format!("this {} code is not rewritten: make the change by hand, as the steps say", anchored.language);
            migration.blockers.push(Blocker { at, why });
            migration.steps = steps(&rules.adobe, scopes.as_ref().and_then(Scopes::known));
        }
    }
    migration
}

/// Whether it may be changed at all; why not.
fn movable(program: &Program, anchored: &Anchored, at: Place) -> Result<(), String> {
    let note = program.note(at.file);
    match (&anchored.advice, note.generated) {
        (_, Some(why)) => Err(format!("nobody edits this file by hand ({why}): change its source instead")),
        (Some(advice), None) => Err(advice.clone()),
        (None, None) if anchored.aem => Err("these are AEM as a Cloud Service credentials: they are replaced in the AEM \
             Developer Console by new OAuth credentials with another technical account, not by a change of this code alone"
            .to_owned()),
        (None, None) if note.ignored => {
            Err("git ignores this file, so it is not edited: change it by hand, or where it is made".to_owned())
        }
        (None, None) => Ok(()),
    }
}

/// The scopes: those that the user named, those of the metascopes in the file, or a setting of the environment.
fn scopes(program: &Program, adobe: &Adobe, written: Option<&WrittenOut>, wishes: &Wishes) -> Option<Scopes> {
    if let Some(scopes) = &wishes.scopes {
        return Some(Scopes::Known(scopes.join(",")));
    }
    let written = written?;
    let mut all: Vec<&str> = vec![];
    let mut known = !written.metascopes.is_empty();
    for metascope in &written.metascopes {
        let row = adobe.scope_row(metascope).filter(|row| !row.scopes.is_empty());
        known &= row.is_some();
        let scopes = row.into_iter().flat_map(|row| row.scopes.iter().map(String::as_str));
        let new: Vec<&str> = scopes.filter(|scope| !all.contains(scope)).collect();
        all.extend(new);
    }
    if known {
        return Some(Scopes::Known(all.join(",")));
    }
    let (read, needs) = written.lexicon.setting?;
    let there = program.file(written.field.file).text().contains(needs);
    there.then(|| Scopes::Read(read.replace("NAME", SCOPES)))
}

/// The edits, if this exchange is none after them.
fn edits(program: &Program, rules: &Rules, written: &WrittenOut, scopes: &Scopes) -> Option<EditSet> {
    let source = program.file(written.field.file);
    let mut edits = EditSet::default();
    for path in &written.paths {
        edits.add(new_path(&rules.adobe, source, path.span)?).ok()?;
    }
    let (_, text) = lexical::program(source)?;
    let json = config::format_of(&source.path) == Some(config::Format::Json);
    for edit in literal::entry(written.lexicon, &text, written.field.span, scopes)? {
        let text = if json { edit.text.replace('"', "\\\"") } else { edit.text };
        edits.add(Edit { span: edit.span, text }).ok()?;
    }
    let exchanges = |bytes: Vec<u8>| {
        let source = SourceFile::new(source.path.clone(), bytes);
        analyze(&Program::new(vec![source], vec![Note::default()], vec![None]), rules).anchored.len()
    };
    (exchanges(edits.apply(source.bytes())) < exchanges(source.bytes().to_vec())).then_some(edits)
}

/// `ims/exchange/jwt/` → `ims/token/v3`; of its end, the end.
fn new_path(adobe: &Adobe, source: &SourceFile, span: Span) -> Option<Edit> {
    let old = source.slice(span);
    let slash = usize::from(!old.ends_with('/') && source.text()[span.end as usize..].starts_with('/'));
    let new = adobe.token_path.trim_matches('/');
    let whole = adobe.exchange_paths.iter().any(|path| path.eq_ignore_ascii_case(old));
    let new = match whole {
        true => new,
        false if !old.contains(['"', '\'']) && old.trim_matches('/').starts_with("exchange") => new.split_once('/')?.1,
        false => return None,
    };
    let front = if old.starts_with('/') { "/" } else { "" };
    Some(Edit { span: Span::new(span.start as usize, span.end as usize + slash), text: format!("{front}{new}") })
}

/// What a human looks at before it is written.
fn doubts(program: &Program, written: &WrittenOut, after: &str) -> Vec<Blocker> {
    let mut doubts = vec![Blocker {
        at: written.field,
        why: format!("{} is read without a grammar: see that the request is still whole", written.lexicon.name),
    }];
    let sign = written.signs.first().map(|at| Blocker {
        at: *at,
        why:
            "nobody needs this JWT any more: delete what makes it or asks for it, its claims and the reading of its key"
                .to_owned(),
    });
    doubts.extend(sign);
    doubts.extend(is_multipart(written, after).then(|| Blocker {
        at: written.field,
        why: "the body goes out as multipart, and the token endpoint takes a urlencoded form: send the fields as one (curl: `--data-urlencode`), and take a multipart Content-Type away"
            .to_owned(),
    }));
    let text = program.file(written.field.file).text();
    let expiry = ["expires_in", "expiresIn", "ExpiresIn"].iter().find_map(|word| Some((text.find(word)?, word.len())));
    doubts.extend(expiry.map(|(at, len)| Blocker {
        at: Place { file: written.field.file, span: Span::new(at, at + len) },
        why: "this was in milliseconds, and is in seconds now: look at what reckons with it".to_owned(),
    }));
    doubts
}

/// Whether a body still goes out as multipart, as far as curl's option before the grant type, or the words of the file, tell.
fn is_multipart(written: &WrittenOut, after: &str) -> bool {
    let lines: Vec<&str> = after.split_inclusive('\n').collect();
    let at = lines.iter().position(|line| line.contains("grant_type")).unwrap_or_default();
    let near = lines[at.saturating_sub(NEAR)..(at + NEAR).min(lines.len())].concat();
    let before = after.split("grant_type").next().unwrap_or_default();
    let option = before.trim_end_matches(['"', '\'', ' ']).rsplit([' ', '\n', '\t']).next();
    matches!(option, Some("-F" | "--form" | "--form-string")) || literal::is_multipart(written.lexicon, &near)
}

fn set_up(scopes: Option<&Scopes>) -> Option<String> {
    matches!(scopes?, Scopes::Read(_)).then(|| {
        format!(
            "Set `{SCOPES}` to the scopes that the Console shows (Credentials > OAuth Server-to-Server > Scopes), with commas and \
             no blanks between them."
        )
    })
}

fn steps(adobe: &Adobe, scopes: Option<&str>) -> Vec<String> {
    let path = adobe.exchange_paths.first().map_or("", String::as_str);
    let scopes = scopes.map_or("one string, separated by commas".to_owned(), |scopes| format!("`{scopes}`"));
    let mut steps = vec![format!(
        "In the files that are not rewritten: change `{path}` to `{}`; send `grant_type=client_credentials` and `scope` ({scopes}) in \
         place of `{}`, as a form, beside client id and client secret.",
        adobe.token_path.trim_start_matches('/'),
        adobe.fields.jwt
    )];
    steps.extend(cleanup());
    steps
}

fn cleanup() -> Vec<String> {
    vec![
        "Delete what only the JWT needed: claims, signature, reading of the private key, and the line of the JWT library in \
         the manifest. `expires_in` of the new answer is in seconds, not milliseconds."
            .to_owned(),
    ]
}
