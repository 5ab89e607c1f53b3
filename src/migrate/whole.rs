//! Exchanges that go together become one migration: their drafts are merged, what only the JWT needed is taken out, and
//! it is judged whether the whole may be written.

use super::draft::{self, Draft};
use super::plan::{Drafted, Plan};
use super::{
    Applicability, Blocker, Migration, Strategy, asked, entries, idle, import, java, loops, mocks, moot, options,
    orphans, rust, sdk, stale, sweep,
};
use crate::analyze::{Confidence, Exchange, ExprRef, Place};
use crate::ir::ExprKind;
use crate::text::FileId;
use std::collections::BTreeSet;

impl Plan<'_, '_> {
    /// The migration of exchanges that change the same files.
    pub(super) fn migration(&self, group: Vec<Drafted>) -> Migration {
        let tried: Vec<&Exchange<'_>> = group.iter().map(|one| &self.analysis.exchanges[one.exchange]).collect();
        let first = tried[0];
        let language = self.program.unit(first.call.file).map_or("text", |unit| unit.language.name);
        let confidence = tried.iter().map(|exchange| exchange.confidence).min();
        let mut findings: Vec<usize> =
            group.iter().flat_map(|one| self.analysis.of_exchange[one.exchange].clone()).collect();
        findings.sort_unstable();
        findings.dedup();
        let (strategy, target) = (group[0].strategy, group[0].target.clone());
        let own_files: BTreeSet<FileId> = tried.iter().map(|exchange| exchange.call.file).collect();
        let left = |one: &&Drafted| {
            let exchange = &self.analysis.exchanges[one.exchange];
            let by_sdk = one.strategy == Strategy::Sdk && sdk::leaves_record(self.program, exchange);
            exchange.proof.sdk && (one.strategy == Strategy::Library || by_sdk)
        };
        let sdks: Vec<usize> = group.iter().filter(left).map(|one| one.exchange).collect();
        let mut whole = Draft::default();
        for one in group {
            let at = self.program.place(self.analysis.exchanges[one.exchange].call);
            if let Err(overlap) = draft::merge(&mut whole, one.draft) {
                whole.manual(at, format!("{overlap}: this exchange and another one want to change the same place"));
            }
        }
        if !whole.is_manual() {
            self.clear(&tried, &sdks, (strategy, &target), &mut whole);
        }
        let removed = sweep::emptied(self.program, &whole, &own_files);
        for file in &removed {
            whole.edits.remove(file);
        }
        whole.forget(&removed, &own_files);
        let applicability = applicability(confidence.unwrap_or(Confidence::Low), &whole);
        let blockers: Vec<Blocker> = whole.blockers.into_iter().map(|(blocker, _)| blocker).collect();
        let mut steps = whole.steps;
        steps.dedup();
        Migration {
            language,
            strategy,
            target,
            because: whole.because,
            applicability,
            findings,
            blockers,
            steps,
            edits: whole.edits,
            new_files: whole.new_files,
            removed,
            packages: whole.packages,
        }
    }

    /// Takes out what only the JWT needed, and puts in what the new text needs.
    fn clear(&self, tried: &[&Exchange<'_>], sdks: &[usize], way: (Strategy, &str), draft: &mut Draft) {
        let file = tried[0].call.file;
        let lifts = loops::dissolve(self, tried, draft);
        sweep::sweep(self, draft);
        self.settings(sdks, draft);
        self.names(file, draft);
        options::doubts(self.program, self.rules, draft);
        options::tell(self.program, draft);
        if let Err(overlap) = entries::scopes_in_files(self.program, draft) {
            let at = Place { file, span: overlap.0.span };
            draft.review(at, "the settings file could not be changed: put the scopes in the place of the metascopes");
        }
        let own = |file: FileId| tried.iter().any(|exchange| exchange.call.file == file);
        let mut signs: Vec<ExprRef> = tried.iter().flat_map(|exchange| exchange.signs.clone()).collect();
        signs.retain(|sign| {
            // What waited in a callback for the JWT stays, where the call around it went.
            let callee = match self.program.kind(*sign) {
                ExprKind::Call { callee, .. } => ExprRef { file: sign.file, expr: *callee },
                _ => *sign,
            };
            !sweep::is_swept(draft, self.program.place(callee))
                && (own(sign.file) || orphans::is_imported(self.program, sign.file, draft))
        });
        for sign in signs {
            sweep::still_signed(self.program, sign, draft);
        }
        idle::still_made(self, tried, draft);
        moot::asked_still(self, draft);
        if let Err(overlap) = stale::renew(self.program, &self.rules.adobe, tried, &self.analysis.exchanges, draft)
            .and_then(|()| mocks::follow(self, tried, way, draft))
            .and_then(|()| asked::follow(self.program, draft))
            .and_then(|()| entries::settle_commas(self.program, draft))
            .and_then(|()| loops::lift(self.program, &lifts, draft))
            .and_then(|()| rust::tidy(self.program, draft))
            .and_then(|()| import::put(self.program, draft))
            .and_then(|()| java::target::inject(self.program, draft))
        {
            let at = Place { file, span: overlap.0.span };
            draft.manual(at, "the new text could not be put in; this is a fault of unjwt, please report it");
        }
    }

    /// A record that an SDK was given and that is used further loses the JWT's settings; what only they used goes too.
    fn settings(&self, sdks: &[usize], draft: &mut Draft) {
        let before = draft.gone.clone();
        for number in sdks {
            let exchange = &self.analysis.exchanges[*number];
            let typed = self.program.syntax(exchange.call.file).is_some_and(|syntax| syntax.annotations);
            if typed && let Some(field) = entries::left(self.rules, exchange, draft) {
                // The record's type may ask for them.
                draft.review(field, "the settings of the JWT credential stay, the key empty, since a type may ask for them: delete the private key and the metascopes, and mend the type");
                if let Err(overlap) = entries::empty_keys(self.program, self.rules, exchange, draft) {
                    draft.review(
                        Place { file: exchange.call.file, span: overlap.0.span },
                        "the private key is still read here: take it out",
                    );
                }
                continue;
            }
            if let Err(overlap) = entries::sdk_settings(self.program, self.rules, exchange, draft) {
                let at = Place { file: exchange.call.file, span: overlap.0.span };
                draft.review(at, "the settings of the JWT credential could not be taken out here: delete the private key and the metascopes");
            }
        }
        if draft.gone != before || !draft.stmts.is_empty() {
            sweep::sweep(self, draft);
        }
        for number in sdks {
            let still = entries::key_read(self.program, self.rules, &self.analysis.exchanges[*number], draft);
            for place in still {
                draft.review(
                    place,
                    "this still reads the private key, which nobody needs any more: take out what reads it",
                );
            }
            if let Some(key) = entries::key_left(self.program, self.rules, &self.analysis.exchanges[*number], draft) {
                draft.review(key, "the private key is still asked for here, since this program reads it elsewhere: take it out if only the token needed it");
            }
        }
    }

    /// What only the JWT needed is asked for no more.
    fn names(&self, file: FileId, draft: &mut Draft) {
        match moot::take_out(self, draft) {
            Ok(true) => sweep::sweep(self, draft),
            Ok(false) => {}
            Err(overlap) => draft.review(
                Place { file, span: overlap.0.span },
                "a name of a setting that only the JWT needed could not be taken out here: nothing reads it any more",
            ),
        }
    }
}

/// The one place where it is decided whether a migration may be written.
fn applicability(confidence: Confidence, draft: &Draft) -> Applicability {
    if draft.is_manual() || draft.edits.is_empty() {
        Applicability::Manual
    } else if !draft.blockers.is_empty() || confidence < Confidence::High {
        Applicability::Review
    } else {
        Applicability::Safe
    }
}
