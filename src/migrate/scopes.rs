//! From metascopes to scopes: what a rewritten request asks for, and where that stands.

use super::beside;
use crate::analyze::{Claims, Def, Exchange, ExprRef, Facts, Follow, Part, Place, Program, adobe};
use crate::ir::{ExprId, ExprKind};
use crate::rules::{Adobe, Does, ScopeConfidence, normal_key};

/// The scopes of one exchange.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Scopes {
    /// Known now, in order.
    Known(Vec<String>),
    /// Read from a setting when the program runs: the name of the environment variable or key to set, and the
    /// expression that reads it.
    Setting {
        /// What the user must set.
        name: String,
        /// The expression, which fails if it is not set and gives one comma-joined string.
        read: String,
        /// The module that the expression needs to be imported (`os`).
        needs: Option<&'static str>,
    },
}

/// Scopes, with what a human should know of them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Chosen {
    /// The scopes.
    pub scopes: Scopes,
    /// Why the choice must be looked at; empty where Adobe's own table gives it.
    pub doubts: Vec<String>,
    /// What a human does.
    pub steps: Vec<String>,
    /// The metascopes that were seen.
    pub metascopes: Vec<String>,
}

/// What an exchange's claims or settings ask for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Metascopes that are known.
    pub metascopes: Vec<String>,
    /// Whether some are known only when the program runs.
    pub open: bool,
    /// Whether a setting may name another one than the default that is known.
    pub rivals: bool,
    /// Where they stand.
    pub places: Vec<Place>,
}

/// The metascopes that an exchange asks for.
#[must_use]
pub(super) fn asked(program: &Program, facts: &Facts<'_>, adobe: &Adobe, exchange: &Exchange<'_>) -> Asked {
    let mut asked = Asked::default();
    for sign in &exchange.signs {
        let Some(hit) = facts.of_kind(*sign, Does::Sign) else { continue };
        let Some(Claims { form, texts }) = Claims::signed(program, adobe, hit) else { continue };
        asked.open |= form.open && form.fields.is_empty();
        for text in texts {
            let parts = program.text(text);
            for (known, place) in parts.places() {
                adobe::metascopes_in(adobe, known).for_each(|metascope| asked.add(metascope, place));
            }
        }
        for field in &form.fields {
            if let Some(metascope) = adobe::metascope(adobe, &field.name) {
                asked.add(metascope, field.at);
                let mut names = field.name_parts.places().filter(|(text, _)| text.contains(metascope));
                asked.rivals |= names.any(|(_, place)| has_rival(program, place));
            } else if field.name.contains('\u{fffc}') {
                let before = asked.metascopes.len();
                for part in &field.name_parts.0 {
                    if let Part::Unknown(gap) = part {
                        asked.gap(program, adobe, *gap, field.at);
                    }
                }
                asked.open |= asked.metascopes.len() == before;
                asked.places.push(field.at);
            }
        }
    }
    if exchange.proof.sdk {
        let fields = exchange.form.fields.iter();
        for field in fields.filter(|field| adobe.config.metascopes.contains(&normal_key(&field.name))) {
            if let Some(value) = field.value {
                asked.list(program, adobe, value, field.at, 0);
            }
        }
    }
    if exchange.proof.sdk {
        asked.chain(program, adobe, exchange.call);
    }
    if asked.metascopes.is_empty() {
        asked.open = true;
    }
    asked
}

impl Asked {
    fn add(&mut self, metascope: &str, at: Place) {
        if !self.metascopes.iter().any(|known| known == metascope) {
            self.metascopes.push(metascope.to_owned());
        }
        self.places.push(at);
    }

    /// What a builder is given: `.addMetascope("/s/ent_adobeio_sdk")`.
    fn chain(&mut self, program: &Program, adobe: &Adobe, call: ExprRef) {
        let module = program.module(call.file);
        let mut at = call.expr;
        while let ExprKind::Call { callee, args, .. } = module.kind(at)
            && let ExprKind::Member { base, name, .. } = module.kind(*callee)
        {
            if normal_key(name).contains("metascope") {
                for arg in args {
                    let value = ExprRef { file: call.file, expr: arg.value };
                    self.list(program, adobe, value, program.place(value), 0);
                }
            }
            at = *base;
        }
    }

    /// A gap in a claim's name: one of a list that is walked, or a text.
    fn gap(&mut self, program: &Program, adobe: &Adobe, gap: ExprRef, at: Place) {
        let open = self.open;
        for origin in program.origins(gap, Follow::ALL) {
            self.one_of(program, adobe, origin.expr, at, 0);
        }
        self.open = open;
    }

    /// One of a list: `for (const metascope of LIST)`, `LIST[i]`. Whether the list is in view.
    fn one_of(&mut self, program: &Program, adobe: &Adobe, one: ExprRef, at: Place, depth: u8) -> bool {
        let before = self.metascopes.len();
        match program.kind(one) {
            ExprKind::Name(name) => {
                let scope = program.module(one.file).expr(one.expr).scope;
                for def in program.definitions(one.file, scope, name, one.expr) {
                    if let Def::Each(list) = def {
                        self.list(program, adobe, list, at, depth);
                    }
                }
            }
            ExprKind::Index { base, .. } => {
                let base = ExprRef { file: one.file, expr: *base };
                let lists = program.origins(base, Follow::ALL).into_iter();
                for list in lists.filter(|list| matches!(program.kind(list.expr), ExprKind::List(_))) {
                    self.list(program, adobe, list.expr, at, depth);
                }
            }
            _ => {}
        }
        self.metascopes.len() > before
    }

    fn list(&mut self, program: &Program, adobe: &Adobe, value: ExprRef, at: Place, depth: u8) {
        for origin in program.origins(value, Follow::ALL) {
            let sub = |expr| ExprRef { file: origin.expr.file, expr };
            match program.kind(origin.expr) {
                ExprKind::List(items) if depth < 4 => {
                    items.iter().for_each(|item| self.list(program, adobe, sub(item.value), at, depth + 1));
                }
                _ => match program.text(origin.expr).exact() {
                    Some(text) => {
                        self.rivals |= has_rival(program, program.place(origin.expr));
                        for word in text.split([',', ' ']).filter(|word| !word.is_empty()) {
                            match adobe::metascope(adobe, word) {
                                Some(metascope) => self.add(metascope, at),
                                None => self.open = true,
                            }
                        }
                    }
                    None => self.open |= depth >= 4 || !self.one_of(program, adobe, origin.expr, at, depth + 1),
                },
            }
        }
    }
}

/// Whether a literal is but a default: `setting || literal`, `setting ? setting : literal`.
fn has_rival(program: &Program, literal: Place) -> bool {
    let Some(module) = program.unit(literal.file).map(|unit| &unit.module) else { return false };
    let is_it =
        |id: &ExprId| matches!(module.kind(*id), ExprKind::Text(_)) && module.expr(*id).span.contains(literal.span);
    let mut at = module.expr_ids().find(is_it);
    while let Some(id) = at
        && let Some(parent) = module.expr(id).parent
        && let ExprKind::Choice { options, .. } = module.kind(parent)
    {
        let other = |option: ExprId| program.text(ExprRef { file: literal.file, expr: option });
        if options.iter().any(|option| *option != id && other(*option).exact().is_none()) {
            return true;
        }
        at = Some(parent);
    }
    false
}

/// Chooses the scopes of an exchange. `given` are those that the user named (`--scopes`). `client_id` is the expression
/// that gives the client id where the request is made.
#[must_use]
pub(super) fn choose(
    program: &Program,
    adobe: &Adobe,
    asked: &Asked,
    given: Option<&[String]>,
    client_id: Option<ExprRef>,
    at: ExprRef,
) -> Chosen {
    let compare = "Compare the scopes with the Console: Credentials > OAuth Server-to-Server > Scopes.".to_owned();
    let metascopes = asked.metascopes.clone();
    if let Some(given) = given {
        return Chosen { scopes: Scopes::Known(given.to_vec()), doubts: vec![], steps: vec![], metascopes };
    }
    let mut doubts = vec![];
    let mut scopes: Vec<String> = vec![];
    let mut all_known = !asked.open;
    for metascope in &asked.metascopes {
        match adobe.scope_row(metascope) {
            Some(row) if !row.scopes.is_empty() => {
                for scope in &row.scopes {
                    if !scopes.contains(scope) {
                        scopes.push(scope.clone());
                    }
                }
                if row.confidence != ScopeConfidence::Official {
                    doubts.push(format!(
                        "the scopes for `{metascope}` come from public code, not from Adobe's documentation: compare them with the Console"
                    ));
                }
            }
            _ => {
                all_known = false;
                doubts.push(format!("Adobe publishes no scopes for `{metascope}`: take them from the Console and name them with --scopes"));
            }
        }
    }
    if asked.rivals {
        doubts.push(
            "a setting may name another metascope than the default: the scopes are those of the default".to_owned(),
        );
    }
    if all_known && !scopes.is_empty() {
        return Chosen { scopes: Scopes::Known(scopes), doubts, steps: vec![compare], metascopes };
    }
    if asked.open {
        doubts.push(
            "the metascopes are known only when the program runs: set the scopes, or name them with --scopes"
                .to_owned(),
        );
    }
    let (name, read, needs) = beside::setting(program, client_id, at);
    let step =
        format!("Set `{name}` to the scopes that the Console shows (Credentials > OAuth Server-to-Server > Scopes).");
    Chosen { scopes: Scopes::Setting { name, read, needs }, doubts, steps: vec![step], metascopes }
}

/// Whether every name in `expr` means the same at `at`.
#[must_use]
pub(super) fn is_visible(program: &Program, expr: ExprRef, at: ExprRef) -> bool {
    let Some(unit) = program.unit(expr.file) else { return false };
    let scope = unit.module.expr(at.expr).scope;
    let mut todo = vec![expr.expr];
    while let Some(id) = todo.pop() {
        if let ExprKind::Name(name) = unit.module.kind(id) {
            let here = unit.declaring_scope(unit.module.expr(id).scope, name);
            if here != unit.declaring_scope(scope, name) {
                return false;
            }
        }
        todo.extend(unit.module.children(id));
    }
    true
}
