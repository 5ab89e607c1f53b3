//! Which migrations there are, and how each is done.

use super::contract::{self, Expiry};
use super::decoded;
use super::draft::Draft;
use super::scopes::{self, Chosen};
use super::shared::{self, Shared};
use super::{
    Applicability, Migration, Strategy, dialect, given, in_place, library, lifetime, mocks, sdk, twin, verify,
};
use crate::analyze::{Analysis, Confidence, Exchange, Place, Program, is_aem};
use crate::lang::Language;
use crate::rules::Rules;
use crate::text::{FileId, Overlap};
use std::collections::{BTreeMap, BTreeSet};

/// What the user asked for.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// Only this strategy.
    pub strategy: Option<Strategy>,
    /// Language and target name, as in `--target javascript=fetch`.
    pub targets: Vec<(String, String)>,
    /// The scopes of the new credential.
    pub scopes: Option<Vec<String>>,
}

/// Everything that planning looks at.
pub(super) struct Plan<'a, 'r> {
    /// The program.
    pub program: &'a Program,
    /// The rules.
    pub rules: &'r Rules,
    /// What was found.
    pub analysis: &'a Analysis<'r>,
    /// What the user asked for.
    pub wishes: &'a Wishes,
    /// Files that take their helper from a file of its own.
    pub shared: BTreeMap<FileId, Shared>,
}

/// One exchange with its draft.
pub(super) struct Drafted {
    /// Its number.
    pub exchange: usize,
    /// How it is moved.
    pub strategy: Strategy,
    /// With what.
    pub target: String,
    /// Its edits.
    pub draft: Draft,
}

/// Plans all migrations, by their first finding.
#[must_use]
pub fn plan(program: &Program, rules: &Rules, analysis: &Analysis<'_>, wishes: &Wishes) -> Vec<Migration> {
    let mut plan = Plan { program, rules, analysis, wishes, shared: BTreeMap::new() };
    let all = |plan: &Plan<'_, '_>| -> Vec<Drafted> {
        (0..analysis.exchanges.len()).map(|number| plan.one(number)).collect()
    };
    let mut drafted = all(&plan);
    plan.shared = shared::shared(program, drafted.iter().map(|one| &one.draft));
    if !plan.shared.is_empty() {
        drafted = all(&plan);
    }
    let mut migrations: Vec<Migration> = plan.grouped(drafted).into_iter().map(|group| plan.migration(group)).collect();
    super::packages::plan(program, rules, &mut migrations);
    verify::verify(program, rules, &mut migrations);
    for migration in &mut migrations {
        migration.attach(analysis);
        if migration.applicability == Applicability::Manual {
            migration.edits.clear();
            migration.new_files.clear();
            migration.removed.clear();
        }
        migration.edits.retain(|_, edits| !edits.is_empty());
    }
    migrations.extend(super::anchored::plan(program, rules, analysis, wishes));
    migrations.extend(super::settings::plan(program, rules, analysis, wishes));
    super::environ::declare(program, rules, &mut migrations);
    super::leftover::tell(program, rules, &mut migrations);
    migrations.sort_by_key(|migration| migration.findings.first().copied());
    migrations
}

impl Plan<'_, '_> {
    fn one(&self, number: usize) -> Drafted {
        let exchange = &self.analysis.exchanges[number];
        let strategy = if exchange.proof.sdk { Strategy::Sdk } else { Strategy::InPlace };
        if let Some(why) = self.refused(exchange) {
            let mut draft = Draft::default();
            draft.manual(self.program.place(exchange.call), why);
            return Drafted { exchange: number, strategy, target: self.own_client(exchange), draft };
        }
        let chosen = self.scopes(exchange);
        if let Ok(Some(draft)) = sdk::draft(self, exchange, &chosen) {
            return Drafted { exchange: number, strategy: Strategy::Sdk, target: self.own_client(exchange), draft };
        }
        let wants_library = self.wishes.strategy.is_none_or(|wish| wish == Strategy::Library);
        let mut why = None;
        let by_library = if wants_library { library::draft(self, exchange, &chosen, &mut why) } else { None };
        let (strategy, target, mut draft) = match by_library {
            Some((target, draft)) => (Strategy::Library, target, draft),
            None if exchange.proof.sdk => (Strategy::Sdk, self.own_client(exchange), self.sdk(exchange)),
            None => {
                let draft = self.in_place(exchange, &chosen);
                let anew = (wants_library && draft.is_manual()).then(|| library::anew(self, exchange, &chosen));
                anew.flatten().unwrap_or_else(|| (Strategy::InPlace, self.own_client(exchange), draft))
            }
        };
        if strategy != Strategy::Sdk {
            let declared = chosen.declared.clone();
            draft.take(self.program.place(exchange.call), chosen);
            scopes::declare(self.program, declared, exchange.call, &mut draft);
        }
        draft.because = draft.because.take().or(why);
        if let Some(twin) = twin::beside(self.program, &self.rules.adobe, exchange) {
            twin.tell(self.program, exchange, &mut draft);
        }
        Drafted { exchange: number, strategy, target, draft }
    }

    /// The HTTP client that stays.
    fn own_client(&self, exchange: &Exchange<'_>) -> String {
        exchange
            .hit
            .as_ref()
            .map_or_else(|| "own".to_owned(), |hit| hit.library.id.rsplit('/').next().unwrap_or_default().to_owned())
    }

    /// Why an exchange is not rewritten at all.
    fn refused(&self, exchange: &Exchange<'_>) -> Option<String> {
        let file = exchange.call.file;
        let note = self.program.note(file);
        if let Some(why) = note.generated {
            return Some(format!("nobody edits this file by hand ({why}): change its source instead"));
        }
        if note.ignored {
            return Some(
                "git ignores this file, so it is not edited: change it by hand, or where it is made".to_owned(),
            );
        }
        if exchange.confidence == Confidence::Low {
            let place = self.program.place(exchange.call);
            let source = self.program.file(file);
            return Some(format!(
                "it is not sure that this is Adobe's: look at it with `unjwt explain --at {}:{}`, and change it by hand if it is",
                source.path,
                source.lines().line_of(place.span.start as usize) + 1
            ));
        }
        let language = self.program.unit(file).map(|unit| unit.language);
        let knows = |language: &str| self.rules.targets.iter().any(|target| target.language == language);
        // Without a target, too, where the values of the request are written in the types that it had.
        let known = |language: &Language| knows(language.rules) || language.syntax.typed;
        if let Some(language) = language.filter(|language| !exchange.proof.sdk && !known(language)) {
            return Some(format!(
                "unjwt does not rewrite {} yet: send grant_type=client_credentials, the client id, the client secret and the \
                 scopes to {} of the same host here, then delete what signs the JWT and reads the private key",
                language.name, self.rules.adobe.token_path
            ));
        }
        let asked = scopes::asked(self.program, &self.analysis.facts, &self.rules.adobe, exchange);
        let aem = |name: &String| self.rules.adobe.scope_row(name).is_some_and(|row| row.aem);
        if asked.named().any(aem) || is_aem(self.program, &self.analysis.facts, &self.rules.adobe, exchange) {
            return Some(
                "these are AEM as a Cloud Service credentials: they are replaced in the AEM Developer Console by new OAuth credentials \
                 with another technical account, not by a change of this code alone"
                    .to_owned(),
            );
        }
        let span = self.program.place(exchange.call).span;
        let module = self.program.module(file);
        let near = module.gaps.iter().any(|gap| {
            gap.span.overlaps(module.stmt(module.expr(exchange.call.expr).stmt).span) || gap.span.overlaps(span)
        });
        near.then(|| "this part of the file has syntax errors: mend them and run unjwt again".to_owned())
    }

    /// The scopes of an exchange.
    pub(super) fn scopes(&self, exchange: &Exchange<'_>) -> Chosen {
        let adobe = &self.rules.adobe;
        let asked = scopes::asked(self.program, &self.analysis.facts, adobe, exchange);
        let client_id = library::client_id(adobe, exchange);
        let mut chosen =
            scopes::choose(self.program, adobe, &asked, self.wishes.scopes.as_deref(), client_id, exchange.call);
        if let Some(twin) = twin::beside(self.program, adobe, exchange) {
            twin.choose(self.program, adobe, exchange, &mut chosen);
        }
        chosen
    }

    fn sdk(&self, exchange: &Exchange<'_>) -> Draft {
        let mut draft = Draft::default();
        let sdk = exchange.hit.as_ref().and_then(|hit| hit.library.sdk.clone());
        let advice = sdk.map_or_else(|| "switch the SDK to its OAuth mode".to_owned(), |sdk| sdk.advice);
        draft.manual(self.program.place(exchange.call), advice);
        if let Some(host) = given::hidden_host(self.program, exchange) {
            draft.manual(
                host,
                "the host is said here, and cannot be said where the token is asked for: hand it on to the new request",
            );
        }
        draft
    }

    fn in_place(&self, exchange: &Exchange<'_>, chosen: &Chosen) -> Draft {
        let place = self.program.place(exchange.call);
        let mut draft = in_place::draft(self.program, &self.rules.adobe, exchange, chosen)
            .unwrap_or_else(|overlap| refused(place, &overlap));
        if let Err(overlap) = dialect::of(self.program, place.file).contract(self, exchange, &mut draft) {
            draft = refused(place, &overlap);
        }
        draft
    }

    /// Keeps what the readers of the answer expect of a request that stays the program's own.
    pub(super) fn contract_in_place(&self, exchange: &Exchange<'_>, draft: &mut Draft) {
        let decoded::Decoded { bodies, texts, .. } = decoded::decoded(self.program, exchange).unwrap_or_default();
        if let Some(place) = decoded::cut(self.program, &texts) {
            draft.review(
                place,
                "the answer is taken apart as text here, and the new one has its fields in another order: decode it as JSON",
            );
        }
        let mut expiry = contract::expiry(self.program, exchange, &bodies);
        let converted = expiry.leaves.is_some() && lifetime::convert(self.program, &bodies, draft).unwrap_or(false);
        expiry.leaves = expiry.leaves.or_else(|| contract::leaves(self.program, &texts));
        if !converted {
            self.contract(exchange, &expiry, draft);
        }
    }

    /// Keeps the unit of `expires_in`, as far as it can be seen who reads it.
    pub(super) fn contract(&self, exchange: &Exchange<'_>, expiry: &Expiry, draft: &mut Draft) {
        if let Some(place) = expiry.leaves {
            draft.review(
                place,
                "the whole answer leaves the view here: its `expires_in` is in seconds now, and was in milliseconds; check who reads it",
            );
        }
        for at in &expiry.doubtful {
            if mocks::is_test(&self.program.file(at.file).path) {
                mocks::may_read(self.program, *at, draft);
                continue;
            }
            draft.review(
                self.program.place(*at),
                "this may read the answer, whose `expires_in` is in seconds now and was in milliseconds: check its unit",
            );
        }
        if let Err(overlap) = lifetime::mend(self.program, expiry, draft) {
            *draft = refused(self.program.place(exchange.call), &overlap);
        }
    }

    /// Exchanges that change the same file go together.
    fn grouped(&self, drafted: Vec<Drafted>) -> Vec<Vec<Drafted>> {
        let mut groups: Vec<(BTreeSet<FileId>, Vec<Drafted>)> = vec![];
        for one in drafted {
            let mut files: BTreeSet<FileId> = one.draft.edits.keys().copied().collect();
            if one.draft.is_manual() {
                files.clear();
            }
            let mut members = vec![one];
            let (joined, rest): (Vec<_>, Vec<_>) =
                groups.into_iter().partition(|(other, _)| !other.is_disjoint(&files));
            groups = rest;
            for (other, more) in joined {
                files.extend(other);
                members.splice(0..0, more);
            }
            groups.push((files, members));
        }
        groups.into_iter().map(|(_, members)| members).collect()
    }
}

fn refused(at: Place, overlap: &Overlap) -> Draft {
    let mut draft = Draft::default();
    draft.manual(at, format!("{overlap}: this is a fault of unjwt, please report it"));
    draft
}
