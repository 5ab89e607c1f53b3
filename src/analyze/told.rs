//! What an exchange is beside the usual: done with a credential of AEM, or already replaced next to where it stands.

use super::adobe;
use super::claims::Claims;
use super::exchange::Exchange;
use super::fact::Facts;
use super::finding::{Evidence, Place};
use super::flow::Follow;
use super::program::Program;
use crate::ir::{ExprKind, Piece};
use crate::rules::{Adobe, Does};

/// The member of a credential that the AEM Developer Console gives out.
const AEM_MEMBER: &str = "technicalAccount";

/// Whether the credential is one of AEM as a Cloud Service: its metascope, or the shape of its file.
#[must_use]
pub fn is_aem(program: &Program, facts: &Facts<'_>, adobe: &Adobe, exchange: &Exchange<'_>) -> bool {
    let is_scope =
        |text: &str| adobe::metascope(adobe, text).and_then(|name| adobe.scope_row(name)).is_some_and(|row| row.aem);
    let signed = |sign| Claims::signed(program, adobe, facts.of_kind(sign, Does::Sign)?);
    let claims = exchange.signs.iter().filter_map(|sign| signed(*sign));
    let mut claimed = claims.flat_map(|claims| claims.form.fields);
    if claimed.any(|field| is_scope(&field.name)) {
        return true;
    }
    exchange.form.fields.iter().filter_map(|field| field.value).any(|value| {
        program.origins(value, Follow::ALL).iter().any(|origin| {
            let member = origin.path.iter().any(|name| &**name == AEM_MEMBER);
            let text = match program.kind(origin.expr) {
                ExprKind::Text(_) => is_scope(&program.text(origin.expr).sketch()),
                ExprKind::Member { .. } | ExprKind::Index { .. } => is_of_aem(program.source(origin.expr)),
                _ => false,
            };
            member || text
        })
    })
}

/// Whether a path of members goes through the credential's own record.
fn is_of_aem(path: &str) -> bool {
    path.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|name| name == AEM_MEMBER)
}

/// The place in the same file where the OAuth credential is used already.
pub(super) fn oauth_beside(program: &Program, exchange: &Exchange<'_>) -> Option<Evidence> {
    let file = exchange.call.file;
    let module = &program.unit(file)?.module;
    let place = module.expr_ids().find_map(|id| match module.kind(id) {
        ExprKind::Text(text) => text.pieces.iter().find_map(|piece| match piece {
            Piece::Known { span, value } if value.contains("client_credentials") => Some(Place { file, span: *span }),
            _ => None,
        }),
        _ => None,
    });
    place.map(|at| Evidence { at, because: "OAuth Server-to-Server is used here already".to_owned() })
}
