//! Languages without a grammar, found by strong anchors: the path of the exchange, Adobe's host with the form's field,
//! metascopes, SDK names. What two anchors in one file say is believed, what one says is mentioned.

mod code;
mod depends;
mod group;
mod prose;
mod setting;
mod sight;

use super::adobe;
use super::finding::{Confidence, Finding, Kind, Place};
use super::program::Program;
use crate::lang::lexical::{self, Lexicon};
use crate::manifest;
use crate::rules::Rules;
use crate::text::{FileId, Span};
use sight::{Sight, What, sights};
use std::collections::{BTreeMap, BTreeSet};

/// An exchange in a language without a grammar.
#[derive(Clone, Debug)]
pub struct Anchored {
    /// The language.
    pub language: &'static str,
    /// The finding that it is known by, and the others of its file.
    pub keys: Vec<(Place, Kind)>,
    /// What to do instead of an SDK's call; `None` for a request of one's own.
    pub advice: Option<String>,
    /// The credential is one of AEM as a Cloud Service.
    pub aem: bool,
    /// What the findings are worth together.
    pub confidence: Confidence,
    /// How it is written, where all of it stands in its file.
    pub written: Option<WrittenOut>,
}

/// The parts of an exchange as they are written.
#[derive(Clone, Debug)]
pub struct WrittenOut {
    /// How its file is read.
    pub lexicon: &'static Lexicon,
    /// The name of the form's field for the JWT.
    pub field: Place,
    /// The path of the exchange, or its end; of a file's only exchange, wherever the file has it.
    pub paths: Vec<Place>,
    /// Where a JWT is signed in the file, or taken from a setting; among several exchanges, within this one.
    pub signs: Vec<Place>,
    /// The metascopes in the file, each once.
    pub metascopes: Vec<String>,
}

/// A file with what was seen in it.
struct File<'r> {
    id: FileId,
    lexicon: &'static Lexicon,
    sights: Vec<Sight<'r>>,
    traits: Traits,
}

type Found = BTreeMap<(Place, Kind), Finding>;

/// Adds what is found; the exchanges in code.
pub(super) fn find(program: &Program, rules: &Rules, found: &mut Found) -> Vec<Anchored> {
    let mut files = vec![];
    let mut prose = vec![];
    for id in program.file_ids().filter(|id| program.unit(*id).is_none()) {
        let source = program.file(id);
        if manifest::format_of(&source.path).is_some() {
            continue;
        }
        if let Some((lexicon, text)) = lexical::program(source) {
            let anchors = rules.anchors_of(lexicon.name);
            let sights = sights(lexicon, anchors, &rules.adobe, &text, &text);
            let mut traits = Traits::of(&sights);
            traits.named = traits.field && traits.sign.is_some() && adobe::holds_word(&text, "adobe");
            files.push(File { id, lexicon, sights, traits });
        } else {
            prose.extend(prose::read(program, rules, id));
        }
    }
    name_by_constants(program, &mut files);
    let proven: BTreeSet<&str> =
        files.iter().filter(|file| file.is_adobes()).map(|file| program.file(file.id).folder()).collect();
    let mut exchanges = vec![];
    for file in &files {
        let mates = proven.contains(program.file(file.id).folder());
        if file.is_adobes() || (mates && file.traits.hints) {
            let (findings, anchored) = code::judge(program, rules, file);
            exchanges.extend(anchored);
            prose.extend(findings);
        }
    }
    for finding in prose {
        found.entry((finding.at, finding.kind)).or_insert(finding);
    }
    depends::find(program, rules, &files, found);
    exchanges
}

/// What sorts of anchors a file has.
#[derive(Clone, Copy, Default)]
struct Traits {
    path: bool,
    host: bool,
    field: bool,
    claims: bool,
    sdk: bool,
    /// Anything that makes the file part of what one beside it proves.
    hints: bool,
    /// It speaks of Adobe, be it in the name of a class or package, or by a constant that holds the path of the exchange.
    named: bool,
    /// The first signature.
    sign: Option<Span>,
}

impl Traits {
    fn of(sights: &[Sight<'_>]) -> Self {
        use setting::Setting::{Account, JwtOnly, Metascopes};
        let mut traits = Traits::default();
        let (mut tail, mut claim) = (false, false);
        for Sight { what, span } in sights {
            match what {
                What::Path => traits.path = true,
                What::Tail => tail = true,
                What::Host => traits.host = true,
                What::Field => traits.field = true,
                What::Metascope => traits.claims = true,
                What::Claim => claim = true,
                What::Exchange(_) | What::Sdk(_) => traits.sdk = true,
                What::Sign(_) => traits.sign = traits.sign.or(Some(*span)),
                What::Mark | What::Setting(Account | JwtOnly | Metascopes, _) => traits.hints = true,
                What::Setting(..) | What::Pem | What::ReadKey | What::Request(_) => {}
            }
        }
        traits.path |= tail && (traits.host || traits.field);
        traits.hints |= tail || traits.host || traits.field || traits.claims;
        traits.claims |= claim && traits.host;
        traits
    }

    /// A JWT is signed and sent as Adobe's field by what calls itself Adobe's: the address comes from the settings.
    fn sends_own(self) -> bool {
        self.named && self.field && self.sign.is_some()
    }

    /// Whether the file alone proves that Adobe is meant.
    fn is_adobes(self) -> bool {
        let claims = self.claims && (self.sign.is_some() || self.host);
        self.path || self.sdk || (self.host && self.field) || claims || self.sends_own()
    }
}

impl File<'_> {
    fn has(&self, what: impl Fn(&What<'_>) -> bool) -> bool {
        self.sights.iter().any(|sight| what(&sight.what))
    }

    fn is_adobes(&self) -> bool {
        self.traits.is_adobes()
    }
}

/// Files that send the field and read a constant that another file of their language holds the path of the exchange in.
fn name_by_constants(program: &Program, files: &mut [File<'_>]) {
    let constants: BTreeSet<(&str, String)> = files
        .iter()
        .flat_map(|file| {
            let paths = file.sights.iter().filter(|sight| matches!(sight.what, What::Path | What::Tail));
            paths.filter_map(|path| Some((file.lexicon.name, constant(program.file(file.id).text(), path.span)?)))
        })
        .collect();
    for file in files.iter_mut().filter(|file| file.traits.field && !file.traits.named) {
        let text = program.file(file.id).text();
        let is_word = |at: usize, name: &str| {
            let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
            !text[..at].ends_with(part) && !text[at + name.len()..].starts_with(part)
        };
        let reads = |name: &str| text.match_indices(name).any(|(at, _)| is_word(at, name));
        file.traits.named = constants.iter().any(|(language, name)| *language == file.lexicon.name && reads(name));
    }
}

/// The name in capitals that a value on the same line is given: `const IMS_ENDPOINT_JWT = 'ims/exchange/jwt'`.
fn constant(text: &str, value: Span) -> Option<String> {
    const LEAST: usize = 6;
    let line = text[..value.start as usize].rsplit('\n').next()?;
    let before = line.split_once('=')?.0.trim_end();
    let name = before.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_').next()?;
    let capitals = name.chars().all(|c| !c.is_ascii_lowercase()) && name.contains('_');
    (capitals && name.len() >= LEAST).then(|| name.to_owned())
}

/// A finding with the usual words.
fn finding(kind: Kind, at: Place, language: &'static str, confidence: Confidence, message: String) -> Finding {
    let rule = match kind {
        Kind::TokenExchange => "adobe/exchange",
        Kind::JwtSign => "adobe/jwt-sign",
        Kind::PrivateKey => "adobe/private-key",
        Kind::Claims => "adobe/claims",
        Kind::Endpoint => "adobe/endpoint",
        Kind::SdkImport => "adobe/sdk",
        Kind::Dependency => "adobe/dependency",
        Kind::ConfigKey => "adobe/config-key",
    };
    let rule = rule.to_owned();
    Finding { rule, kind, language, at, confidence, message, library: None, evidence: vec![] }
}

/// The line (from 0) on which a span begins.
fn line_of(program: &Program, file: FileId, span: Span) -> usize {
    program.file(file).lines().line_of(span.start as usize)
}
