//! Languages without a grammar, found by strong anchors: the path of the exchange, Adobe's host with the form's field,
//! metascopes, SDK names. What two anchors in one file say is believed, what one says is mentioned.

mod code;
mod depends;
mod group;
mod prose;
mod setting;
mod sight;

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
    /// How it is written, where it is alone in its file and all of it stands there.
    pub written: Option<WrittenOut>,
}

/// The parts of an exchange as they are written.
#[derive(Clone, Debug)]
pub struct WrittenOut {
    /// How its file is read.
    pub lexicon: &'static Lexicon,
    /// The name of the form's field for the JWT.
    pub field: Place,
    /// The path of the exchange, wherever the file has it, or its end.
    pub paths: Vec<Place>,
    /// Where a JWT is signed in the file, or taken from a setting.
    pub signs: Vec<Place>,
    /// The metascopes in the file, each once.
    pub metascopes: Vec<String>,
}

/// A file with what was seen in it.
struct File<'r> {
    id: FileId,
    lexicon: &'static Lexicon,
    sights: Vec<Sight<'r>>,
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
        if let Some(lexicon) = lexical::of(&source.path) {
            let anchors = rules.anchors_of(lexicon.name);
            let sights = sights(lexicon, anchors, &rules.adobe, source.text(), source.text());
            files.push(File { id, lexicon, sights });
        } else {
            prose.extend(prose::read(program, rules, id));
        }
    }
    let proven: BTreeSet<&str> =
        files.iter().filter(|file| file.is_adobes()).map(|file| program.file(file.id).folder()).collect();
    let mut exchanges = vec![];
    for file in &files {
        let mates = proven.contains(program.file(file.id).folder());
        if file.is_adobes() || (mates && file.hints()) {
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

impl File<'_> {
    fn has(&self, what: impl Fn(&What<'_>) -> bool) -> bool {
        self.sights.iter().any(|sight| what(&sight.what))
    }

    fn signs(&self) -> bool {
        self.has(|what| matches!(what, What::Sign(_)))
    }

    fn claims(&self) -> bool {
        self.has(|what| matches!(what, What::Metascope))
            || (self.has(|what| matches!(what, What::Host)) && self.has(|what| matches!(what, What::Claim)))
    }

    fn field(&self) -> bool {
        self.has(|what| matches!(what, What::Field))
    }

    fn host(&self) -> bool {
        self.has(|what| matches!(what, What::Host))
    }

    fn path(&self) -> bool {
        let tail = || self.has(|what| matches!(what, What::Tail)) && (self.host() || self.field());
        self.has(|what| matches!(what, What::Path)) || tail()
    }

    fn sdk(&self) -> bool {
        self.has(|what| matches!(what, What::Sdk(_) | What::Exchange(_)))
    }

    /// Whether the file alone proves that Adobe is meant.
    fn is_adobes(&self) -> bool {
        self.path() || self.sdk() || (self.host() && self.field()) || (self.claims() && (self.signs() || self.host()))
    }

    /// Whether the file shows anything that makes it part of what a file beside it proves.
    fn hints(&self) -> bool {
        use setting::Setting::{Account, JwtOnly, Metascopes};
        self.has(|what| match what {
            What::Host | What::Field | What::Metascope | What::Mark | What::Tail => true,
            What::Setting(setting, _) => matches!(setting, Account | JwtOnly | Metascopes),
            _ => false,
        })
    }
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
