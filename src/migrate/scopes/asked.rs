//! The metascopes that an exchange asks for.

use super::{InFile, file, literal};
use crate::analyze::{Claims, Def, Exchange, ExprRef, Facts, Follow, Part, Place, Program, adobe, is_self};
use crate::ir::ExprKind;
use crate::migrate::rival::has_rival;
use crate::rules::{Adobe, Does, Hole, normal_key};

/// What an exchange's claims or settings ask for.
#[derive(Debug, Default)]
pub(in crate::migrate) struct Asked {
    /// Metascopes that are known.
    pub metascopes: Vec<String>,
    /// Whether some are known only when the program runs.
    pub open: bool,
    /// Whether the program's caller hands them to the SDK: a setting of the environment would say the same for all callers.
    pub handed: bool,
    /// Whether a setting may name another one than the default that is known.
    pub rivals: bool,
    /// Where they stand.
    pub places: Vec<Place>,
    /// The settings that name them when the program runs, as the project's own files have them.
    pub in_files: Vec<InFile>,
}

/// The metascopes that an exchange asks for.
#[must_use]
pub(in crate::migrate) fn asked(program: &Program, facts: &Facts<'_>, adobe: &Adobe, exchange: &Exchange<'_>) -> Asked {
    let mut asked = Asked::default();
    for sign in &exchange.signs {
        let Some(hit) = facts.of_kind(*sign, Does::Sign) else { continue };
        let Some(Claims { form, texts, .. }) = Claims::signed(program, adobe, hit) else { continue };
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
    let nothing = asked.metascopes.is_empty() && asked.in_files.is_empty() && !exchange.proof.sdk;
    if nothing && asked.handed_over(program, adobe, exchange) {
        asked.open = false;
    }
    for field in exchange.form.fields.iter().filter(|field| field.name == adobe.fields.jwt) {
        for name in literal::claimed(program, field) {
            if let Some(metascope) = adobe::metascope(adobe, &name) {
                asked.add(metascope, field.at);
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
        let given = exchange.hit.as_ref().and_then(|hit| hit.captures.get(Hole::Metascopes));
        if let Some(given) = given.filter(|_| asked.metascopes.is_empty() && !asked.open) {
            asked.list(program, adobe, given, program.place(given), 0);
            asked.handed = asked.open && is_handed(program, given);
        }
        let sdk = exchange.hit.as_ref().and_then(|hit| hit.library.sdk.as_ref());
        if asked.metascopes.is_empty() && !asked.open {
            let own = sdk.iter().flat_map(|sdk| &sdk.metascopes);
            own.for_each(|metascope| asked.add(metascope, program.place(exchange.call)));
        }
    }
    if asked.metascopes.is_empty() {
        asked.open = true;
    }
    asked
}

impl Asked {
    /// All metascopes that are in view, those of settings files among them.
    pub(in crate::migrate) fn named(&self) -> impl Iterator<Item = &String> {
        self.metascopes.iter().chain(self.in_files.iter().flat_map(|setting| &setting.metascopes))
    }

    /// The claims as they are handed to a helper of the program, which turns them into the signed text itself:
    /// `sign(claims, key)`. Whether they name metascopes, and nothing else does.
    fn handed_over(&mut self, program: &Program, adobe: &Adobe, exchange: &Exchange<'_>) -> bool {
        let origins = exchange.jwt.map(|jwt| program.origins(jwt, Follow::INSIDE)).unwrap_or_default();
        let mut given = exchange.jwt.into_iter().chain(origins.into_iter().map(|origin| origin.expr));
        let call = given.find_map(|at| match program.kind(at) {
            ExprKind::Call { args, .. } => Some((at.file, args)),
            _ => None,
        });
        let Some((file, args)) = call else { return false };
        let forms: Vec<_> =
            args.iter().map(|arg| program.form(ExprRef { file, expr: arg.value }, Follow::INSIDE)).collect();
        for field in forms.iter().flat_map(|form| &form.fields) {
            if let Some(metascope) = adobe::metascope(adobe, &field.name) {
                self.add(metascope, field.at);
            }
        }
        let unknown = forms.iter().flat_map(|form| &form.fields).any(|field| field.name.contains('\u{fffc}'));
        !self.metascopes.is_empty() && !unknown
    }

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
        let before = self.metascopes.len();
        for origin in program.origins(gap, Follow::ALL) {
            self.one_of(program, adobe, origin.expr, at, 0);
        }
        if self.metascopes.len() == before {
            self.in_files.extend(file::metascopes(program, adobe, gap, at.file));
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

    /// A metascope behind what is known only when the program runs: `${settings.scope}${metascope}`. Whether it is known.
    fn prefixed(&mut self, program: &Program, adobe: &Adobe, value: ExprRef, at: Place) -> bool {
        let before = self.metascopes.len();
        match program.text(value).0.as_slice() {
            [_, .., Part::Unknown(gap)] => self.gap(program, adobe, *gap, at),
            [_, .., Part::Known(text, _)] => {
                adobe::metascope(adobe, text).into_iter().for_each(|metascope| self.add(metascope, at));
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
                ExprKind::Call { callee, args, .. } if depth < 4 && makes_list(program.kind(sub(*callee))) => {
                    args.iter().for_each(|arg| self.list(program, adobe, sub(arg.value), at, depth + 1));
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
                    None => {
                        let known = depth < 4
                            && (self.one_of(program, adobe, origin.expr, at, depth + 1)
                                || self.prefixed(program, adobe, origin.expr, at));
                        if !known {
                            self.in_files.extend(file::metascopes(program, adobe, origin.expr, at.file));
                        }
                        self.open |= !known;
                    }
                },
            }
        }
    }
}

/// Whether a value is a parameter, a field, or a member of one.
fn is_handed(program: &Program, value: ExprRef) -> bool {
    let module = program.module(value.file);
    let mut root = value.expr;
    while let ExprKind::Member { base, .. } | ExprKind::Index { base, .. } = module.kind(root) {
        root = *base;
    }
    let ExprKind::Name(name) = module.kind(root) else { return false };
    let defs = program.definitions(value.file, module.expr(root).scope, name, root);
    is_self(module.kind(root)) || defs.iter().any(|def| matches!(def, Def::Param(..) | Def::ParamPart(..)))
}

/// Whether what is called makes a list of its arguments: `List.of("a", "b")`.
fn makes_list(callee: &ExprKind) -> bool {
    matches!(callee, ExprKind::Member { name, .. } if ["of", "asList", "singletonList", "singleton"].contains(&&**name))
}
