//! From exchanges and single facts to findings, each with what ties it to Adobe.

use super::adobe::{self, Said};
use super::anchors::Anchored;
use super::claims::{Claims, is_claim};
use super::credential::Credential;
use super::exchange::{Exchange, exchanges};
use super::fact::{Facts, Hit};
use super::finding::{Confidence, Evidence, Finding, Kind, Place};
use super::flow::Follow;
use super::form::Field;
use super::program::{ExprRef, Program, import_strings};
use super::resolve::Def;
use crate::ir::{ExprId, ExprKind, Import, ImportStyle, Module, Piece};
use crate::rules::{Does, Hole, Rules, normal_key};
use crate::text::Span;
use std::collections::{BTreeMap, BTreeSet};

/// All that was found, and how it hangs together.
#[derive(Debug)]
pub struct Analysis<'r> {
    /// Calls of known libraries.
    pub facts: Facts<'r>,
    /// Exchanges, by place.
    pub exchanges: Vec<Exchange<'r>>,
    /// Findings, by file, place and kind.
    pub findings: Vec<Finding>,
    /// For each exchange, the findings that belong to it (indices).
    pub of_exchange: Vec<Vec<usize>>,
    /// Exchanges in languages without a grammar.
    pub anchored: Vec<Anchored>,
    /// For each of those, the findings that belong to it (indices).
    pub of_anchored: Vec<Vec<usize>>,
    /// Which findings belong to one credential.
    pub credentials: Vec<Credential>,
}

/// A finding before its number is known.
type Key = (Place, Kind);

struct Linker<'a, 'r> {
    program: &'a Program,
    rules: &'r Rules,
    facts: &'a Facts<'r>,
    found: BTreeMap<Key, Finding>,
}

/// Analyses a program.
#[must_use]
pub fn analyze<'r>(program: &Program, rules: &'r Rules) -> Analysis<'r> {
    let facts = Facts::new(program, rules);
    let exchanges = exchanges(program, &facts, rules);
    let mut linker = Linker { program, rules, facts: &facts, found: BTreeMap::new() };
    let keys: Vec<Vec<Key>> = exchanges.iter().map(|exchange| linker.exchange(exchange)).collect();
    linker.lone_signs();
    linker.imports();
    super::variables::find(program, rules, &mut linker.found);
    linker.strings();
    let anchored = super::anchors::find(program, rules, &mut linker.found);
    super::dependency::find(program, rules, &exchanges, &facts, &mut linker.found);
    let mut groups = super::settings::find(program, rules, &mut linker.found);
    let gone = super::fold::fold(program, &mut linker.found);
    let kept = |key: &Key| *gone.get(key).unwrap_or(key);
    groups.iter_mut().flat_map(|group| &mut group.keys).for_each(|key| *key = kept(key));
    let order: BTreeMap<Key, usize> = linker.found.keys().enumerate().map(|(i, key)| (*key, i)).collect();
    let findings: Vec<Finding> = linker.found.into_values().collect();
    let numbers = |keys: &[Key]| {
        let mut numbers: Vec<usize> = keys.iter().filter_map(|key| order.get(&kept(key)).copied()).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    };
    let of_exchange: Vec<Vec<usize>> = keys.iter().map(|keys| numbers(keys)).collect();
    let of_anchored = anchored.iter().map(|anchored| numbers(&anchored.keys)).collect();
    let credentials =
        super::credential::credentials(program, &rules.adobe, &exchanges, &of_exchange, &findings, &groups);
    Analysis { facts, exchanges, findings, of_exchange, anchored, of_anchored, credentials }
}

impl Linker<'_, '_> {
    fn add(&mut self, finding: Finding) -> Key {
        let key = (finding.at, finding.kind);
        let known = self.found.entry(key).or_insert_with(|| finding.clone());
        if known.confidence < finding.confidence {
            *known = finding;
        }
        key
    }

    fn finding(&self, kind: Kind, at: Place, rule: &str, confidence: Confidence, message: String) -> Finding {
        let language = self.program.unit(at.file).map_or("text", |unit| unit.language.name);
        let rule = rule.to_owned();
        Finding { rule, kind, language, at, confidence, message, library: None, evidence: vec![] }
    }

    fn exchange(&mut self, exchange: &Exchange<'_>) -> Vec<Key> {
        let mut keys = vec![];
        let mut evidence = vec![];
        let at = super::written::whole(self.program, exchange.call);
        if let Some((_, url)) = &exchange.url {
            let has_path = |text: &str| adobe::has_exchange_path(&self.rules.adobe, text);
            let paths: Vec<Place> = url.places().filter(|(text, _)| has_path(text)).map(|(_, place)| place).collect();
            for (text, place) in url.places() {
                let is_path = has_path(text);
                if !is_path && !adobe::has_host(&self.rules.adobe, text) {
                    continue;
                }
                let because = if is_path { "the endpoint of the exchange" } else { "Adobe's IMS host" };
                evidence.push(Evidence { at: place, because: because.into() });
                if !is_path && paths.iter().any(|path| self.are_near(*path, place)) {
                    continue;
                }
                if place.file != at.file || !at.span.contains(place.span) {
                    let message = match is_path {
                        true => "the address of the JWT exchange, which Adobe has closed",
                        false => "the host that the JWT exchange goes to",
                    };
                    let message = message.to_owned();
                    let finding = self.finding(Kind::Endpoint, place, "adobe/endpoint", exchange.confidence, message);
                    keys.push(self.add(finding));
                }
            }
        }
        if let Some(field) = exchange.form.field(&self.rules.adobe.fields.jwt) {
            evidence.push(Evidence { at: field.at, because: "the JWT is sent as this field".into() });
        }
        for sign in &exchange.signs {
            let (sign_keys, sign_evidence) = self.sign(*sign, exchange.confidence);
            keys.extend(sign_keys);
            evidence.extend(sign_evidence);
        }
        if let Some(hit) = &exchange.hit
            && exchange.proof.sdk
        {
            let (sdk_keys, sdk_evidence) = self.sdk_settings(hit, exchange);
            keys.extend(sdk_keys);
            evidence.extend(sdk_evidence);
        }
        let (rule, library) = match &exchange.hit {
            Some(hit) => (hit.library.id.clone(), Some(hit.library.name.clone())),
            None => ("adobe/exchange".to_owned(), None),
        };
        let through = library.as_deref().map_or(String::new(), |name| format!(" through {name}"));
        let aem = super::told::is_aem(self.program, self.facts, &self.rules.adobe, exchange);
        let message = match aem {
            true => format!("the JWT of an AEM service credential is swapped for an access token{through}"),
            false => format!("a JWT is swapped for an access token{through}; Adobe answers this no more"),
        };
        evidence.extend(super::told::oauth_beside(self.program, exchange));
        let mut finding = self.finding(Kind::TokenExchange, at, &rule, exchange.confidence, message);
        finding.library = library;
        let mut told = BTreeSet::new();
        evidence.retain(|evidence| {
            let line = self.program.file(evidence.at.file).lines().line_of(evidence.at.span.start as usize);
            evidence.at != at && told.insert((evidence.at.file, line, evidence.because.clone()))
        });
        finding.evidence = evidence;
        keys.push(self.add(finding));
        keys
    }

    /// Whether two places are a few lines from each other, so that pointing at one is enough.
    fn are_near(&self, one: Place, other: Place) -> bool {
        let line = |place: Place| self.program.file(place.file).lines().line_of(place.span.start as usize);
        one.file == other.file && line(one).abs_diff(line(other)) <= 3
    }

    /// A signing call with its claims and its key.
    fn sign(&mut self, call: ExprRef, confidence: Confidence) -> (Vec<Key>, Vec<Evidence>) {
        let Some(hit) = self.facts.of_kind(call, Does::Sign).cloned() else { return (vec![], vec![]) };
        let at = self.program.place(call);
        let mut keys = vec![];
        let mut evidence = vec![Evidence { at, because: format!("the JWT is signed here by {}", hit.library.name) }];
        if let Some(claims) = Claims::signed(self.program, &self.rules.adobe, &hit) {
            let (more, places) = self.claims(claims, confidence);
            keys.extend(more);
            evidence.extend(places);
        }
        for hole in [Hole::Key, Hole::PrivateKey, Hole::KeyPath] {
            if let Some(key) = hit.captures.get(hole) {
                // Libraries have changed their minds about what comes first.
                let other = hit.captures.get(Hole::Algorithm).filter(|_| self.program.is_constant_outside(key));
                let key = other.filter(|other| !self.program.is_constant_outside(*other)).unwrap_or(key);
                keys.extend(self.private_key(key, confidence));
            }
        }
        let message = format!("a JWT for Adobe is signed by {}", hit.library.name);
        let mut finding = self.finding(Kind::JwtSign, at, &hit.library.id, confidence, message);
        finding.library = Some(hit.library.name.clone());
        finding.evidence = evidence[1..].to_vec();
        keys.push(self.add(finding));
        (keys, evidence)
    }

    fn claims(&mut self, claims: Claims, confidence: Confidence) -> (Vec<Key>, Vec<Evidence>) {
        let Claims { form, texts, .. } = claims;
        let mut keys = vec![];
        let mut evidence = vec![];
        let roots = form.roots.iter().chain(&texts);
        let mut places: Vec<Place> = roots.map(|root| self.program.place(*root)).collect();
        for field in form.fields.iter().filter(|field| self.is_scope_field(field)) {
            evidence.push(Evidence { at: field.at, because: "a metascope is claimed here".into() });
            if !places.iter().any(|place| place.file == field.at.file && place.span.contains(field.at.span)) {
                places.push(field.at);
            }
        }
        if places.is_empty() {
            places.extend(form.fields.iter().find(|field| is_claim(&self.rules.adobe, field)).map(|field| field.at));
        }
        for place in places {
            let message = "the claims of a JWT for Adobe; OAuth has scopes instead".to_owned();
            let finding = self.finding(Kind::Claims, place, "adobe/claims", confidence, message);
            keys.push(self.add(finding));
        }
        (keys, evidence)
    }

    fn is_scope_field(&self, field: &Field) -> bool {
        adobe::is_metascope_claim(&self.rules.adobe, &field.name) || field.name.contains('\u{fffc}')
    }

    fn private_key(&mut self, key: ExprRef, confidence: Confidence) -> Vec<Key> {
        let places = super::keys::places(self.program, self.facts, &self.rules.adobe, key);
        let message = "the private key of the JWT credential is taken from here; OAuth needs none";
        let found = places
            .into_iter()
            .take(8)
            .map(|at| self.finding(Kind::PrivateKey, at, "adobe/private-key", confidence, message.to_owned()));
        let found: Vec<Finding> = found.collect();
        found.into_iter().map(|finding| self.add(finding)).collect()
    }

    /// What an SDK is given: metascopes and key.
    fn sdk_settings(&mut self, hit: &Hit<'_>, exchange: &Exchange<'_>) -> (Vec<Key>, Vec<Evidence>) {
        let mut keys = vec![];
        let mut evidence = vec![];
        let words = &self.rules.adobe.config;
        let mut settings: Vec<(Place, Option<ExprRef>, bool)> = vec![];
        for field in &exchange.form.fields {
            let name = normal_key(&field.name);
            let is_scope = words.metascopes.contains(&name);
            if is_scope || words.private_key.contains(&name) {
                settings.push((field.at, field.value, is_scope));
            }
        }
        for hole in [Hole::PrivateKey, Hole::KeyPath, Hole::Key, Hole::Metascopes] {
            if let Some(at) = hit.captures.get(hole) {
                settings.push((self.program.place(at), Some(at), hole == Hole::Metascopes));
            }
        }
        // What an object that is the configuration was made with.
        let config = hit.captures.get(Hole::Config).into_iter();
        for made in config.flat_map(|config| self.program.origins(config, Follow::ALL)) {
            let ExprKind::Call { args, new: true, .. } = self.program.kind(made.expr) else { continue };
            for arg in args.iter().map(|arg| ExprRef { file: made.expr.file, expr: arg.value }) {
                if self.facts.of_kind(arg, Does::ReadKey).is_some() {
                    settings.push((self.program.place(arg), Some(arg), false));
                }
            }
        }
        for (at, value, is_scope) in settings {
            let (kind, rule, what) = match is_scope {
                true => (Kind::Claims, "adobe/claims", "metascopes of the JWT credential; OAuth has scopes instead"),
                false => {
                    (Kind::PrivateKey, "adobe/private-key", "the private key of the JWT credential; OAuth needs none")
                }
            };
            let finding = self.finding(kind, at, rule, exchange.confidence, what.to_owned());
            keys.push(self.add(finding));
            let because = if is_scope { "metascopes are given here" } else { "the private key is given here" };
            evidence.push(Evidence { at, because: because.into() });
            if let (Some(value), false) = (value, is_scope) {
                keys.extend(self.private_key(value, exchange.confidence));
            }
        }
        (keys, evidence)
    }

    /// Adobe JWTs that are signed here, although no exchange is in view.
    fn lone_signs(&mut self) {
        let hits: Vec<ExprRef> = self.facts.all(Does::Sign).map(|hit| hit.call).collect();
        for call in hits {
            let key = (self.program.place(call), Kind::JwtSign);
            if self.found.contains_key(&key) {
                continue;
            }
            let Some(hit) = self.facts.of_kind(call, Does::Sign) else { continue };
            let Some(claims) = Claims::signed(self.program, &self.rules.adobe, hit) else { continue };
            if claims.are_adobes(&self.rules.adobe) {
                self.sign(call, Confidence::High);
            }
        }
    }

    /// SDKs that are brought in for the JWT flow.
    fn imports(&mut self) {
        let program = self.program;
        for (file, unit) in program.units() {
            let own = |import: &Import| {
                let means = program.import_means(file, &import.module, import.item.as_deref());
                !matches!(means.as_slice(), [Def::Package(..)])
            };
            for import in unit.module.imports.iter().filter(|import| import.style != ImportStyle::Beside) {
                let Some(library) = self.rules.libraries.iter().find(|library| {
                    let whole = import_strings(import).last().unwrap_or_default();
                    let below = |name: &str, module: &str| {
                        name.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
                    };
                    let fits = |module: &String| below(&import.module, module) || below(&whole, module);
                    library.adobe && library.language == unit.language.rules && library.modules.iter().any(fits)
                }) else {
                    continue;
                };
                // Of a package with an OAuth mode only the classes that the rules name are for the JWT.
                let class = import.item.as_deref().filter(|_| library.oauth && unit.is_open());
                if own(import) || class.is_some_and(|class| !library.names(&import.module, class)) {
                    continue;
                }
                let at = Place { file, span: unit.module.stmt(import.stmt).span };
                let used = self.found.iter().any(|((place, kind), finding)| {
                    place.file == file && *kind == Kind::TokenExchange && finding.rule == library.id
                });
                if library.oauth && !used {
                    continue;
                }
                let message = format!("{} does the JWT exchange", library.name);
                let mut finding = self.finding(Kind::SdkImport, at, &library.id, Confidence::High, message);
                finding.library = Some(library.name.clone());
                self.add(finding);
            }
        }
    }

    /// Endpoints and metascopes in strings that no flow reached.
    fn strings(&mut self) {
        let program = self.program;
        for (file, unit) in program.units() {
            for id in unit.module.expr_ids() {
                let ExprKind::Text(text) = unit.module.kind(id) else { continue };
                if is_scope(&unit.module, id) {
                    continue;
                }
                for piece in &text.pieces {
                    let Piece::Known { span, value } = piece else { continue };
                    self.string(Place { file, span: *span }, value);
                }
            }
        }
    }

    fn string(&mut self, at: Place, value: &str) {
        let covered = |kinds: &[Kind], found: &BTreeMap<Key, Finding>| {
            let first = Place { file: at.file, span: Span::new(0, 0) };
            let here = found
                .range((first, Kind::TokenExchange)..)
                .take_while(|((place, _), _)| place.file == at.file && place.span.start <= at.span.start);
            here.into_iter().any(|((place, kind), _)| kinds.contains(kind) && place.span.contains(at.span))
        };
        match adobe::said(&self.rules.adobe, value) {
            Said::Endpoint if !covered(&[Kind::Endpoint, Kind::TokenExchange], &self.found) => {
                let message = "the address of the JWT exchange, which Adobe has closed".to_owned();
                let finding = self.finding(Kind::Endpoint, at, "adobe/endpoint", Confidence::Medium, message);
                self.add(finding);
            }
            Said::Metascope(metascope) if !covered(&[Kind::Claims, Kind::JwtSign], &self.found) => {
                let message = format!("`{metascope}` is a metascope; OAuth has scopes instead");
                let finding = self.finding(Kind::Claims, at, "adobe/claims", Confidence::Medium, message);
                self.add(finding);
            }
            _ => {}
        }
    }
}

/// Whether a text stands in a list with `openid`: some names are scopes as well as metascopes.
fn is_scope(module: &Module, id: ExprId) -> bool {
    let Some(ExprKind::List(items)) = module.expr(id).parent.map(|parent| module.kind(parent)) else { return false };
    items.iter().any(|item| module.literal(item.value).is_some_and(|text| text == "openid"))
}
