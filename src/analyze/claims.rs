//! The claims of a JWT: wherever they are written, and whether they are Adobe's.

use super::adobe;
use super::fact::{Facts, Hit};
use super::flow::Follow;
use super::form::{Field, Form};
use super::program::{ExprRef, Program};
use crate::ir::ExprKind;
use crate::rules::{Adobe, Does, Hole};

/// How deep claims may lie in what is signed: `header + "." + base64(stringify(claims))`.
const MAX_DEPTH: u8 = 6;

/// What is signed.
#[derive(Debug, Default)]
pub struct Claims {
    /// The records that hold them.
    pub form: Form,
    /// JSON texts that hold them.
    pub texts: Vec<ExprRef>,
    /// Whether the audience is a client of Adobe's: `https://<ims>/c/<client id>`.
    for_client: bool,
}

impl Claims {
    /// The claims in the value that a signing call is given.
    #[must_use]
    pub fn of(program: &Program, adobe: &Adobe, signed: ExprRef) -> Self {
        let mut claims = Claims { form: program.form(signed, Follow::ALL), ..Claims::default() };
        if !claims.are_adobes(adobe) {
            let mut seen = vec![];
            claims.search(program, adobe, signed, 0, &mut seen);
        }
        claims.for_client = is_for_client(program, adobe, &claims.form);
        claims
    }

    /// The claims that a signing call is given: as one value, or one by one before it in its chain.
    #[must_use]
    pub fn signed(program: &Program, adobe: &Adobe, hit: &Hit<'_>) -> Option<Self> {
        match hit.captures.get(Hole::Claims) {
            Some(claims) => Some(Claims::of(program, adobe, claims)),
            None => {
                let form = program.chained(hit.call);
                let for_client = is_for_client(program, adobe, &form);
                (!form.fields.is_empty()).then_some(Claims { form, for_client, ..Claims::default() })
            }
        }
    }

    /// Whether they say that they are for Adobe.
    #[must_use]
    pub fn are_adobes(&self, adobe: &Adobe) -> bool {
        self.for_client || !self.texts.is_empty() || adobe::are_claims(adobe, &self.form)
    }

    /// Looks into strings and calls that the claims are dressed in.
    fn search(&mut self, program: &Program, adobe: &Adobe, at: ExprRef, depth: u8, seen: &mut Vec<ExprRef>) {
        if depth > MAX_DEPTH || seen.contains(&at) || seen.len() > 64 {
            return;
        }
        seen.push(at);
        let open = program.unit(at.file).is_some_and(super::unit::Unit::is_open);
        if depth > 0 && open && matches!(program.kind(at), ExprKind::Name(_) | ExprKind::Call { .. }) {
            // An object that is filled after it was made.
            let form = program.form(at, Follow::ALL);
            if adobe::are_claims(adobe, &form) {
                self.form = form;
                return;
            }
        }
        for origin in program.origins(at, Follow::ALL).into_iter().filter(|origin| origin.path.is_empty()) {
            let at = origin.expr;
            match program.kind(at) {
                ExprKind::Record(_) => {
                    let form = program.form(at, Follow::INSIDE);
                    let better = self.form.fields.is_empty() && form.fields.iter().any(|field| is_claim(adobe, field));
                    if better || adobe::are_claims(adobe, &form) {
                        self.form = form;
                    }
                }
                ExprKind::Text(_) | ExprKind::Binary { .. }
                    if adobe::is_claims_text(adobe, &program.text(at).sketch()) =>
                {
                    self.texts.push(at)
                }
                ExprKind::Text(_) | ExprKind::Call { .. } | ExprKind::Binary { .. } | ExprKind::List(_) => {
                    let chained = program.chained(at);
                    if adobe::are_claims(adobe, &chained) {
                        self.form = chained;
                        return;
                    }
                    let module = program.module(at.file);
                    for child in module.children(at.expr) {
                        // `[head, claims].join(".")`: what the method is called on.
                        let child = match (module.kind(at.expr), module.kind(child)) {
                            (ExprKind::Call { callee, .. }, ExprKind::Member { base, .. }) if *callee == child => *base,
                            _ => child,
                        };
                        self.search(program, adobe, ExprRef { file: at.file, expr: child }, depth + 1, seen);
                    }
                }
                _ => {}
            }
        }
    }
}

fn is_for_client(program: &Program, adobe: &Adobe, form: &Form) -> bool {
    let audience = form.fields.iter().filter(|field| field.name == "aud").filter_map(|field| field.value);
    let mut texts = audience.map(|value| program.text(value).sketch());
    texts.any(|text| text.contains(&adobe.audience_path) && adobe::has_host(adobe, &text))
}

/// Whether one of the calls in `signs` signs claims of Adobe's.
pub(super) fn are_signed(program: &Program, facts: &Facts<'_>, adobe: &Adobe, signs: &[ExprRef]) -> bool {
    signs.iter().any(|sign| {
        let claims = facts.of_kind(*sign, Does::Sign).and_then(|hit| Claims::signed(program, adobe, hit));
        claims.is_some_and(|claims| claims.are_adobes(adobe))
    })
}

/// Whether a field is one that JWTs have, or a metascope.
pub(super) fn is_claim(adobe: &Adobe, field: &Field) -> bool {
    matches!(field.name.as_str(), "iss" | "sub" | "aud" | "exp") || adobe::is_metascope_claim(adobe, &field.name)
}
