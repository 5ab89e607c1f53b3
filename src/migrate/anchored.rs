//! Exchanges in languages without a grammar: what a human changes there.

use super::{Applicability, Blocker, Migration, Strategy};
use crate::analyze::{Analysis, Anchored, Program};
use crate::rules::Adobe;
use std::collections::BTreeMap;

/// A migration for each of them. None is written: where a value comes from is not known there.
pub(super) fn plan(program: &Program, adobe: &Adobe, analysis: &Analysis<'_>) -> Vec<Migration> {
    let all = analysis.anchored.iter().zip(&analysis.of_anchored);
    all.map(|(anchored, findings)| migration(program, adobe, anchored, findings.clone())).collect()
}

fn migration(program: &Program, adobe: &Adobe, anchored: &Anchored, findings: Vec<usize>) -> Migration {
    let why = match &anchored.advice {
        Some(advice) => advice.clone(),
        None if anchored.aem => {
            "these are AEM as a Cloud Service credentials: they are replaced in the AEM Developer Console by new OAuth \
             credentials with another technical account, not by a change of this code alone"
                .to_owned()
        }
        None => format!("unjwt does not rewrite {}: make the change by hand, as the steps say", anchored.language),
    };
    let steps = match anchored.advice.is_some() || anchored.aem {
        true => vec![],
        false => steps(adobe),
    };
    let note = anchored.keys.first().and_then(|(at, _)| program.notes.get(at.file.0 as usize)?.generated);
    let why = note.map_or(why, |note| format!("nobody edits this file by hand ({note}): change its source instead"));
    let blockers = anchored.keys.first().map(|(at, _)| Blocker { at: *at, why }).into_iter().collect();
    Migration {
        language: anchored.language,
        strategy: if anchored.advice.is_some() { Strategy::Sdk } else { Strategy::InPlace },
        target: "own".to_owned(),
        applicability: Applicability::Manual,
        findings,
        blockers,
        steps,
        edits: BTreeMap::new(),
        new_files: vec![],
        removed: vec![],
        packages: vec![],
    }
}

fn steps(adobe: &Adobe) -> Vec<String> {
    let path = adobe.exchange_paths.first().map_or("", String::as_str);
    vec![
        format!(
            "In the files that unjwt does not rewrite: change `{path}` to `{}`; send `grant_type=client_credentials` and `scope` (one \
             string, separated by commas) in place of `{}`, as a form, beside client id and client secret.",
            adobe.token_path.trim_start_matches('/'),
            adobe.fields.jwt
        ),
        "Then delete there what only the JWT needed: claims, signature, reading of the private key, and the line of the JWT library in \
         the manifest. `expires_in` of the new answer is in seconds, not milliseconds."
            .to_owned(),
    ]
}
