//! Text for people that shows the JWT flow. Never more than low confidence: nothing runs there.

use super::finding;
use super::setting::{Setting, setting};
use super::sight::{What, sights};
use crate::analyze::{Confidence, Finding, Kind, Place, Program, adobe};
use crate::lang::lexical::{Passage, passages};
use crate::rules::{Adobe, Rules, normal_key};
use crate::text::{FileId, Span};

/// What a line shows, and where.
type Shown = (Kind, Span);

/// What makes a text one about the JWT credential.
#[derive(Default)]
struct Proof {
    /// The path of the exchange.
    path: bool,
    /// That, an SDK's JWT mode, or a setting that only a JWT credential has.
    sure: bool,
    key: bool,
    /// Metascopes, or a technical account.
    credential: bool,
}

/// What a text shows, at most one thing a line; nothing for other files, and for texts that are about something else.
pub(super) fn read(program: &Program, rules: &Rules, id: FileId) -> Vec<Finding> {
    let source = program.file(id);
    let Some(passages) = passages(&source.path, source.text()) else { return vec![] };
    let mut proof = Proof::default();
    let shown: Vec<Shown> =
        passages.iter().filter_map(|passage| line(rules, source.text(), passage, &mut proof)).collect();
    // Others have service accounts and private keys, too.
    let adobes = proof.path || adobe::holds_word(source.text(), "adobe");
    if !(adobes && (proof.sure || (proof.key && proof.credential))) {
        return vec![];
    }
    let finding = |(kind, span): Shown| {
        let message = match kind {
            Kind::TokenExchange => format!(
                "this text shows the JWT exchange; OAuth sends grant_type=client_credentials and scope to {}",
                rules.adobe.token_path
            ),
            Kind::Claims => "this text shows the claims of a JWT for Adobe; OAuth has scopes instead".to_owned(),
            Kind::PrivateKey => "this text asks for the private key of the JWT credential; OAuth needs none".to_owned(),
            _ => "this text shows a setting of the JWT credential".to_owned(),
        };
        finding(kind, Place { file: id, span }, "prose", Confidence::Low, message)
    };
    shown.into_iter().map(finding).collect()
}

fn line(rules: &Rules, text: &str, passage: &Passage, proof: &mut Proof) -> Option<Shown> {
    let adobe = &rules.adobe;
    let (start, line) = (passage.span.start as usize, text.get(passage.span.range())?);
    let at = |range: std::ops::Range<usize>| Span::new(start + range.start, start + range.end);
    if let Some(found) =
        adobe.exchange_path_in(line).filter(|_| adobe::has_exchange_path(adobe, line) || line.contains("exchange"))
    {
        (proof.path, proof.sure) = (true, true);
        return Some((Kind::TokenExchange, at(found)));
    }
    if let Some(lexicon) = passage.language {
        let seen = sights(lexicon, rules.anchors_of(lexicon.name), adobe, line, text);
        let sdk = seen.into_iter().find(|sight| matches!(sight.what, What::Exchange(_) | What::Sdk(_)));
        if let Some(sight) = sdk {
            proof.sure = true;
            let span = sight.span;
            return Some((Kind::TokenExchange, at(span.range())));
        }
    }
    let mut best: Option<Shown> = None;
    let mut see = |kind: Kind, span: Span| {
        if best.is_none_or(|(known, _)| rank(kind) < rank(known)) {
            best = Some((kind, span));
        }
    };
    for (range, code) in pieces(line, passage.code) {
        let piece = &line[range.clone()];
        if let Some(metascope) = adobe.metascopes_in(piece).first() {
            proof.credential = true;
            let offset = metascope.as_ptr() as usize - line.as_ptr() as usize;
            see(Kind::Claims, at(offset..offset + metascope.len()));
        }
        proof.credential |= piece.contains(&adobe.account_suffix);
        if !code {
            continue;
        }
        mode(adobe, piece).into_iter().for_each(|found| {
            proof.sure = true;
            see(Kind::ConfigKey, at(range.start + found.start..range.start + found.end));
        });
        for (offset, name) in names(piece) {
            let span = at(range.start + offset..range.start + offset + name.len());
            let kind = match setting(adobe, name) {
                Some(Setting::PrivateKey) => Kind::PrivateKey,
                None if name == "private.key" => Kind::PrivateKey,
                Some(_) => Kind::ConfigKey,
                None => continue,
            };
            match setting(adobe, name) {
                Some(Setting::JwtOnly) => proof.sure = true,
                Some(Setting::Metascopes | Setting::Account) => proof.credential = true,
                Some(Setting::PrivateKey) => proof.key = true,
                Some(Setting::SignedJwt) | None => {}
            }
            see(kind, span);
        }
    }
    best
}

/// What is told of a line that shows several things.
fn rank(kind: Kind) -> usize {
    [Kind::Claims, Kind::PrivateKey].iter().position(|other| *other == kind).unwrap_or(2)
}

/// The parts of a line, and whether each is code: a whole line of a block or a table, else what stands in backticks.
fn pieces(line: &str, code: bool) -> Vec<(std::ops::Range<usize>, bool)> {
    if code || line.trim_start().starts_with('|') {
        return vec![(0..line.len(), true)];
    }
    let mut at = 0;
    let mut pieces = vec![];
    for (number, piece) in line.split('`').enumerate() {
        pieces.push((at..at + piece.len(), number % 2 == 1));
        at += piece.len() + 1;
    }
    pieces
}

/// Words that are shaped like names: `private_key`, `metaScopes`, `aio.encoded.pkcs8`; not words of a sentence.
fn names(piece: &str) -> impl Iterator<Item = (usize, &str)> {
    let words = piece.split(|c: char| !(c.is_ascii_alphanumeric() || "_.-".contains(c)));
    let shaped = |word: &&str| {
        let inner = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let camel =
            inner.bytes().zip(inner.bytes().skip(1)).any(|(a, b)| a.is_ascii_lowercase() && b.is_ascii_uppercase());
        inner.contains(['_', '.', '-']) || camel || !inner.bytes().any(|b| b.is_ascii_lowercase())
    };
    words
        .filter(|word| word.len() > 4)
        .filter(shaped)
        .map(move |word| (word.as_ptr() as usize - piece.as_ptr() as usize, word))
}

/// A setting whose value turns the JWT mode on: `"aep.connection.auth.token.type": "jwt_token"`.
fn mode(adobe: &Adobe, piece: &str) -> Option<std::ops::Range<usize>> {
    let mut known: Option<(usize, &str)> = None;
    let words = piece.split(|c: char| !(c.is_ascii_alphanumeric() || "_.-".contains(c)));
    for word in words.filter(|word| !word.is_empty()) {
        let offset = word.as_ptr() as usize - piece.as_ptr() as usize;
        if let Some((start, key)) = known {
            // `command: auth` and its like are everybody's.
            let on = |(name, value): &&(String, String)| name.len() > 11 && *name == normal_key(key) && value == word;
            if adobe.config.jwt_mode.iter().any(|pair| on(&pair)) {
                return Some(start..start + key.len());
            }
        }
        known = Some((offset, word));
    }
    None
}
