//! What a test's stub says in text: the answer that it gives, as JSON, and the body that it wants to see.

use super::MILLISECONDS;
use crate::analyze::{Place, Program, Unit};
use crate::ir::{ExprId, ExprKind, How, ScopeKind};
use crate::text::{FileId, Span};

/// What a text of a stub has to become.
pub(super) enum Said {
    /// These bytes, in the test's own file, get this text.
    Follows(Span, String),
    /// A human has a look, and why.
    Left(Span, &'static str),
}

/// The texts in `stmt`, and in the constants of the file that it names, which speak of the JWT's answer or form.
pub(super) fn said(program: &Program, file: FileId, unit: &Unit, stmt: Span, jwt: &str) -> Vec<Said> {
    let module = &unit.module;
    let texts = |within: Span| {
        let is_it =
            move |id: &ExprId| matches!(module.kind(*id), ExprKind::Text(_)) && within.contains(module.expr(*id).span);
        module.expr_ids().filter(is_it).map(|id| module.expr(id).span)
    };
    let mut found = vec![];
    for span in texts(stmt) {
        let text = program.slice(file, span);
        found.extend(lifetime(text, span).map(|(at, new)| Said::Follows(at, new)));
        found.extend(wanted(text, span, jwt).map(|(at, new)| Said::Follows(at, new)));
    }
    for id in module.expr_ids().filter(|id| stmt.contains(module.expr(*id).span)) {
        let Some((scope, name)) = unit.declared(id) else { continue };
        if !matches!(module.scope(scope).kind, ScopeKind::Class(_)) {
            continue;
        }
        let outside = |other: &ExprId| !stmt.contains(module.expr(*other).span) && unit.bind_of_place(*other).is_none();
        let shared = unit.mentions(name).any(|other| outside(&other));
        let binds = unit.binds_in(scope, name).iter().map(|bind| &module.binds[bind.index()]);
        for value in binds.filter(|bind| bind.how == How::Assign).filter_map(|bind| bind.value) {
            for span in texts(module.expr(value).outer) {
                let Some((at, new)) = lifetime(program.slice(file, span), span) else { continue };
                found.push(match shared {
                    true => Said::Left(at, "says how long the token lasts, for several tests: in seconds now"),
                    false => Said::Follows(at, new),
                });
            }
        }
    }
    found
}

/// The texts in a statement that name the exchange.
pub(super) fn addresses(
    program: &Program,
    unit: &Unit,
    file: FileId,
    stmt: Span,
    is_it: &dyn Fn(&str) -> bool,
) -> Vec<Place> {
    let module = &unit.module;
    let texts = module.expr_ids().filter(|id| matches!(module.kind(*id), ExprKind::Text(_)));
    let spans = texts.map(|id| module.expr(id).span).filter(|span| stmt.contains(*span));
    spans.filter(|span| is_it(program.slice(file, *span))).map(|span| Place { file, span }).collect()
}

/// The number behind `"expires_in":` in JSON, if it is in milliseconds.
pub(in crate::migrate) fn lifetime(text: &str, at: Span) -> Option<(Span, String)> {
    let name = "expires_in";
    let behind = text.find(name)? + name.len();
    let start = behind + text[behind..].find(|c: char| !matches!(c, '\\' | '"' | '\'' | ':' | ' '))?;
    let length = text[start..].find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len() - start);
    let number: u64 = text[start..start + length].parse().ok()?;
    let from = at.start as usize + start;
    (number >= MILLISECONDS).then(|| (Span::new(from, from + length), (number / 1000).to_string()))
}

/// `jwt_token=` in a body that is wanted, with any value behind it.
fn wanted(text: &str, at: Span, jwt: &str) -> Option<(Span, String)> {
    let name = format!("{jwt}=");
    let start = text.find(&name).filter(|_| text.matches(&name).count() == 1)?;
    let rest = &text[start + name.len()..];
    let any = ["\"", "'", ".*", "&", ".+"].iter().find(|end| rest.starts_with(**end))?;
    let length = name.len() + if any.starts_with('.') { any.len() } else { 0 };
    let from = at.start as usize + start;
    let open = if any.starts_with('.') && rest[any.len()..].starts_with(['"', '\'']) { *any } else { "" };
    Some((Span::new(from, from + length), format!("grant_type=client_credentials{open}")))
}
