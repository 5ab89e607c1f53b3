//! From what was seen in a file to findings.

use super::group::{Group, groups, is_within};
use super::setting::Setting;
use super::sight::What;
use super::{Anchored, File, Traits, WrittenOut, finding, line_of};
use crate::analyze::{Confidence, Evidence, Finding, Kind, Place, Program};
use crate::rules::{AnchorLibrary, Rules};
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};

/// What a file that has to do with Adobe's JWT holds.
pub(super) fn judge<'r>(program: &Program, rules: &'r Rules, file: &File<'r>) -> (Vec<Finding>, Vec<Anchored>) {
    let (findings, anchored, told) = (vec![], vec![], BTreeSet::new());
    let aem = is_aem(program, rules, file);
    let mut judge = Judge { program, rules, file, findings, anchored, told, aem };
    let groups = groups(program, file);
    // A field of this name without a path means little where nothing of Adobe's stands beside it.
    let close = file.traits.path || file.traits.host || file.traits.sends_own();
    let groups: Vec<Group<'_>> = groups.into_iter().filter(|group| group.path.is_some() || close).collect();
    for group in &groups {
        judge.exchange(group);
    }
    let alone = groups.len() == 1;
    for (group, anchored) in groups.iter().zip(&mut judge.anchored) {
        anchored.written = written(program, file, group, alone);
    }
    judge.sdks();
    judge.endpoints(&groups);
    judge.signs();
    judge.claims();
    judge.settings();
    judge.gather();
    (judge.findings, judge.anchored)
}

/// Whether the credential is one of AEM as a Cloud Service.
fn is_aem(program: &Program, rules: &Rules, file: &File<'_>) -> bool {
    let text = program.file(file.id).text();
    let rows = rules.adobe.scopes.iter().filter(|row| row.aem);
    rows.map(|row| row.metascope.as_str()).chain(["technicalAccount.clientId"]).any(|word| text.contains(word))
}

struct Judge<'a, 'r> {
    program: &'a Program,
    rules: &'r Rules,
    file: &'a File<'r>,
    findings: Vec<Finding>,
    anchored: Vec<Anchored>,
    /// Kinds and the lines on which they were told.
    told: BTreeSet<(Kind, usize)>,
    aem: bool,
}

/// The parts of an exchange; `None` if one of them stands elsewhere, or more than once. What only one exchange of a file may
/// have, it has wherever that stands.
fn written(program: &Program, file: &File<'_>, group: &Group<'_>, alone: bool) -> Option<WrittenOut> {
    let places = |wanted: fn(&What<'_>) -> bool| -> Vec<Place> {
        let own = |span: Span| alone || group.span.contains(span);
        let seen = file.sights.iter().filter(|sight| wanted(&sight.what) && own(sight.span));
        seen.map(|sight| Place { file: file.id, span: sight.span }).collect()
    };
    let paths = places(|what| matches!(what, What::Path | What::Tail));
    let fields = places(|what| matches!(what, What::Field));
    let mut metascopes: Vec<String> = vec![];
    for sight in file.sights.iter().filter(|sight| matches!(sight.what, What::Metascope)) {
        let name = program.slice(file.id, sight.span).to_owned();
        if !metascopes.contains(&name) {
            metascopes.push(name);
        }
    }
    let field = Place { file: file.id, span: group.field? };
    let signs = places(|what| matches!(what, What::Sign(_) | What::Setting(Setting::SignedJwt, _)));
    let whole = fields.len() == 1 && !paths.is_empty() && !file.traits.sdk;
    whole.then_some(WrittenOut { lexicon: file.lexicon, field, paths, signs, metascopes })
}

impl Judge<'_, '_> {
    fn place(&self, span: Span) -> Place {
        Place { file: self.file.id, span }
    }

    fn line(&self, span: Span) -> usize {
        line_of(self.program, self.file.id, span)
    }

    fn add(&mut self, kind: Kind, span: Span, confidence: Confidence, message: impl Into<String>) {
        if self.told.insert((kind, self.line(span))) {
            let language = self.file.lexicon.name;
            self.findings.push(finding(kind, self.place(span), language, confidence, message.into()));
        }
    }

    /// Do we believe that the file does the exchange? Three sorts of anchors make it sure, two make it likely.
    fn confidence(&self, path: bool, field: bool) -> Confidence {
        let Traits { claims, sign, .. } = self.file.traits;
        let signs = sign.is_some();
        match (path, field) {
            (true, true) if signs => Confidence::High,
            (true, true) => Confidence::Medium,
            (true, false) | (false, true) if signs || claims => Confidence::Medium,
            _ => Confidence::Low,
        }
    }

    fn exchange(&mut self, group: &Group<'_>) {
        let confidence = self.confidence(group.path.is_some() || self.file.traits.path, group.field.is_some());
        let adobe = &self.rules.adobe;
        let through = group.request.map_or(String::new(), |library| format!(" through {}", library.name));
        let message = match self.aem {
            true => format!("the JWT of an AEM service credential is swapped for an access token{through}"),
            false => format!(
                "a JWT is swapped for an access token{through}: send grant_type=client_credentials and scope instead of {} to {}",
                adobe.fields.jwt, adobe.token_path
            ),
        };
        let at = self.place(group.span);
        let mut finding = finding(Kind::TokenExchange, at, self.file.lexicon.name, confidence, message);
        finding.library = group.request.map(|library| library.name.clone());
        let parts = [(group.path, "the path of the exchange"), (group.field, "the JWT is sent as this field")];
        for (span, because) in parts {
            let places = span.into_iter().map(|span| Evidence { at: self.place(span), because: because.into() });
            finding.evidence.extend(places);
        }
        let sign = self.file.traits.sign;
        let signed = sign.map(|span| Evidence { at: self.place(span), because: "the JWT is signed here".into() });
        finding.evidence.extend(signed);
        self.anchored.push(self.anchored(at, Kind::TokenExchange, None, confidence));
        self.findings.push(finding);
    }

    fn anchored(&self, at: Place, kind: Kind, advice: Option<String>, confidence: Confidence) -> Anchored {
        let language = self.file.lexicon.name;
        Anchored { language, keys: vec![(at, kind)], advice, aem: self.aem, confidence, written: None }
    }

    /// Calls of SDKs, and names of their JWT mode.
    fn sdks(&mut self) {
        let called: BTreeMap<&str, &AnchorLibrary> = self
            .file
            .sights
            .iter()
            .filter_map(|sight| match sight.what {
                What::Exchange(library) => Some((library.name.as_str(), library)),
                _ => None,
            })
            .collect();
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for sight in &self.file.sights {
            let (library, kind) = match sight.what {
                What::Exchange(library) => (library, Kind::TokenExchange),
                // A name is told once, and not beside a call.
                What::Sdk(library) if !called.contains_key(&*library.name) && told.insert(&library.name) => {
                    (library, Kind::SdkImport)
                }
                _ => continue,
            };
            let at = self.place(sight.span);
            let language = self.file.lexicon.name;
            let message = format!("{} does the JWT exchange; switch it to OAuth", library.name);
            let mut finding = finding(kind, at, language, Confidence::High, message);
            finding.rule = format!("{language}/{}", library.name);
            finding.library = Some(library.name.clone());
            self.findings.push(finding);
            self.anchored.push(self.anchored(at, kind, library.advice.clone(), Confidence::High));
        }
        called.into_values().for_each(|library| self.import(library));
    }

    /// The line that brings in an SDK whose JWT mode is used.
    fn import(&mut self, library: &AnchorLibrary) {
        let text = self.program.file(self.file.id).text();
        let Some(package) = library.packages.first() else { return };
        let found = text.match_indices(package.as_str()).find(|(at, _)| text[..*at].ends_with('"'));
        if let Some((at, package)) = found {
            let span = Span::new(at, at + package.len());
            self.add(Kind::SdkImport, span, Confidence::High, format!("{} does the JWT exchange", library.name));
        }
    }

    fn endpoints(&mut self, groups: &[Group<'_>]) {
        let confidence = match self.file.traits.field || self.file.traits.claims || self.file.traits.sign.is_some() {
            true => self.confidence(true, self.file.traits.field),
            false => Confidence::Medium,
        };
        let base = format!(
            "/{}/",
            self.rules.adobe.exchange_paths.first().and_then(|path| path.split('/').next()).unwrap_or_default()
        );
        let tail = self.file.has(|what| matches!(what, What::Tail));
        for sight in &self.file.sights {
            let text = self.program.slice(self.file.id, sight.span);
            // The address that the end of a path is put behind.
            let begins =
                matches!(sight.what, What::Host) && tail && format!("{}/", text.trim_end_matches('/')).ends_with(&base);
            let path = matches!(sight.what, What::Path | What::Tail);
            if (path || begins) && !is_within(groups, sight.span) {
                let message = format!(
                    "the address of the JWT exchange, which Adobe has closed; OAuth asks at {}",
                    self.rules.adobe.token_path
                );
                self.add(Kind::Endpoint, sight.span, confidence, message);
            }
        }
    }

    fn signs(&mut self) {
        let confidence = match self.file.traits.path || self.file.traits.field {
            true => self.confidence(self.file.traits.path, self.file.traits.field),
            false if self.file.traits.claims => Confidence::Medium,
            false => Confidence::Low,
        };
        let mut last = None;
        for sight in &self.file.sights {
            let What::Sign(library) = sight.what else { continue };
            let line = self.line(sight.span);
            if last.replace(line).is_some_and(|last| line - last <= 2) {
                continue;
            }
            let message = format!("a JWT for Adobe is signed by {}; OAuth needs none", library.name);
            self.add(Kind::JwtSign, sight.span, confidence, message);
            if let Some(finding) = self.findings.last_mut().filter(|finding| finding.at.span == sight.span) {
                finding.library = Some(library.name.clone());
            }
        }
    }

    /// Claims that stand together are one finding.
    fn claims(&mut self) {
        let confidence = match self.file.is_adobes() {
            true => self.confidence(self.file.traits.path, self.file.traits.field || self.file.traits.sign.is_some()),
            false => Confidence::Low,
        };
        let mut spans: Vec<Span> = vec![];
        let claims = self.file.sights.iter().filter(|sight| match &sight.what {
            What::Metascope | What::Claim => true,
            What::Setting(setting, _) => *setting == Setting::Metascopes,
            _ => false,
        });
        for sight in claims {
            match spans.last_mut() {
                Some(last) if self.line(sight.span).abs_diff(self.line(Span::empty(last.end as usize))) <= 3 => {
                    *last = last.join(sight.span)
                }
                _ => spans.push(sight.span),
            }
        }
        for span in spans {
            self.add(Kind::Claims, span, confidence, "the claims of a JWT for Adobe; OAuth has scopes instead");
        }
    }

    /// Keys that are read, and settings: each name once.
    fn settings(&mut self) {
        // A path that nothing else stands beside may be left from what was moved already.
        let live = self.file.traits.field
            || self.file.traits.claims
            || self.file.traits.sign.is_some()
            || self.file.traits.sdk;
        let confidence = if live && self.file.is_adobes() { Confidence::Medium } else { Confidence::Low };
        let mut told: BTreeSet<String> = BTreeSet::new();
        for sight in &self.file.sights {
            let key = "the private key of the JWT credential is taken from here; OAuth needs none";
            match &sight.what {
                What::ReadKey | What::Pem => self.add(Kind::PrivateKey, sight.span, confidence, key),
                What::Setting(setting, name) if told.insert(crate::rules::normal_key(name)) => match setting {
                    Setting::PrivateKey => self.add(Kind::PrivateKey, sight.span, confidence, key),
                    Setting::Metascopes => {}
                    Setting::Account | Setting::SignedJwt | Setting::JwtOnly => {
                        let message = format!(
                            "`{name}` is a setting of the JWT credential; OAuth has client id, client secret and scopes"
                        );
                        self.add(Kind::ConfigKey, sight.span, confidence, message);
                    }
                },
                _ => {}
            }
        }
    }

    /// The other findings of the file go with its first exchange.
    fn gather(&mut self) {
        let Some(first) = self.anchored.first() else { return };
        let taken: BTreeSet<(Place, Kind)> = self.anchored.iter().flat_map(|other| other.keys.clone()).collect();
        let keys = self.findings.iter().map(|finding| (finding.at, finding.kind)).filter(|key| !taken.contains(key));
        let mut all = first.keys.clone();
        all.extend(keys);
        self.anchored[0].keys = all;
    }
}
