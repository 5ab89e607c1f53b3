//! From metascopes to scopes: what a rewritten request asks for, and where that stands.

mod file;
mod home;
mod literal;
mod rows;
mod setting;

use super::rival::has_rival;
use crate::analyze::{Claims, Def, Exchange, ExprRef, Facts, Follow, Part, Place, Program, adobe};
use crate::ir::ExprKind;
use crate::rules::{Adobe, Does, Hole, normal_key};
pub(super) use file::InFile;
use home::Home;
pub(super) use home::{Declared, declare};
use rows::Rows;
pub(super) use setting::scopes_name;
use setting::{Setting, setting};

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

impl Scopes {
    /// The setting that they are read from.
    pub(super) fn setting(&self) -> Option<String> {
        match self {
            Scopes::Known(_) => None,
            Scopes::Setting { name, .. } => Some(name.clone()),
        }
    }
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
    /// Metascopes in settings files that become scopes there, once nobody reads them.
    pub moved: Vec<Moved>,
    /// Declarations of the setting with the scopes, beside those of the client id's.
    pub declared: Vec<Declared>,
}

/// Metascopes in a settings file that become scopes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Moved {
    /// Where they stand.
    pub setting: InFile,
    /// The key of the scopes.
    pub name: String,
    /// The scopes.
    pub scopes: Vec<String>,
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
    /// The settings that name them when the program runs, as the project's own files have them.
    pub in_files: Vec<InFile>,
}

/// The metascopes that an exchange asks for.
#[must_use]
pub(super) fn asked(program: &Program, facts: &Facts<'_>, adobe: &Adobe, exchange: &Exchange<'_>) -> Asked {
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
    pub(super) fn named(&self) -> impl Iterator<Item = &String> {
        self.metascopes.iter().chain(self.in_files.iter().flat_map(|setting| &setting.metascopes))
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

/// Whether what is called makes a list of its arguments: `List.of("a", "b")`.
fn makes_list(callee: &ExprKind) -> bool {
    matches!(callee, ExprKind::Member { name, .. } if ["of", "asList", "singletonList", "singleton"].contains(&&**name))
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
    if let Some(given) = given {
        return Chosen {
            scopes: Scopes::Known(given.to_vec()),
            doubts: vec![],
            steps: vec![],
            moved: vec![],
            declared: vec![],
        };
    }
    let Rows { scopes, mut doubts, complete } = Rows::of(adobe, &asked.metascopes);
    if asked.rivals {
        doubts.push(
            "a setting may name another metascope than the default: the scopes are those of the default".to_owned(),
        );
    }
    if complete && !asked.open {
        return Chosen { scopes: Scopes::Known(scopes), doubts, steps: vec![compare], moved: vec![], declared: vec![] };
    }
    let Setting { name, read, needs, loud, beside, home } = setting(program, client_id, at);
    let place = beside.as_ref().map_or(String::new(), |client_id| format!(", beside `{client_id}`,"));
    let moved = match beside.filter(|_| asked.metascopes.is_empty()) {
        Some(client_id) => moved(program, adobe, asked, &client_id, &name, &mut doubts),
        None => vec![],
    };
    let step = match moved.first() {
        Some(Moved { setting, .. }) => {
            let path = &program.file(setting.key.file).path;
            let old = program.slice(setting.key.file, setting.key.span);
            format!("`{name}` is set in {path} in the place of `{old}`: do so wherever else these settings are kept.")
        }
        None if let Home::Inside(places) = &home => format!(
            "Declare `{name}`{place} in {}, with the scopes that the Console shows (Credentials > OAuth Server-to-Server > Scopes).",
            lines_of(program, places)
        ),
        None => format!(
            "Set `{name}`{place} to the scopes that the Console shows (Credentials > OAuth Server-to-Server > Scopes)."
        ),
    };
    if loud && moved.is_empty() {
        // Whatever the scopes are, the text is right, and it cannot run with none: to set them is a step, not a doubt.
        doubts.clear();
        if speaks_of_aem(program.file(at.file).text()) {
            doubts.push(
                "names here speak of AEM: credentials of the AEM Developer Console are replaced there, with their scopes"
                    .to_owned(),
            );
        }
    } else if asked.open && moved.is_empty() {
        doubts.push(
            "the metascopes are known only when the program runs: set the scopes, or name them with --scopes"
                .to_owned(),
        );
    }
    let steps = if moved.is_empty() { vec![step] } else { vec![step, compare] };
    let declared = match home {
        Home::Beside(declared) => declared,
        _ => vec![],
    };
    Chosen { scopes: Scopes::Setting { name, read, needs }, doubts, steps, moved, declared }
}

/// Places, as a human looks for them.
fn lines_of(program: &Program, places: &[Place]) -> String {
    let line = |place: &Place| {
        let file = program.file(place.file);
        format!("`{}:{}`", file.path, file.lines().line_of(place.span.start as usize) + 1)
    };
    places.iter().take(4).map(line).collect::<Vec<_>>().join(", ")
}

/// The metascopes in settings files that become scopes there: those beside the client id.
fn moved(
    program: &Program,
    adobe: &Adobe,
    asked: &Asked,
    client_id: &str,
    name: &str,
    doubts: &mut Vec<String>,
) -> Vec<Moved> {
    let mut all = vec![];
    for setting in file::beside(program, &asked.in_files, client_id) {
        let rows = Rows::of(adobe, &setting.metascopes);
        if !rows.complete {
            return vec![];
        }
        doubts.extend(rows.doubts.into_iter().filter(|doubt| !doubts.contains(doubt)).collect::<Vec<_>>());
        all.push(Moved { setting: setting.clone(), name: name.to_owned(), scopes: rows.scopes });
    }
    all
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

/// Whether a text has the word AEM, alone or in a name: `AEM_HOST`, `aemToken`, `AEMClient`.
fn speaks_of_aem(text: &str) -> bool {
    let bytes = text.as_bytes();
    let starts = |at: usize, word: &str| text.get(at..).is_some_and(|rest| rest.starts_with(word));
    (0..bytes.len()).filter(|at| matches!(bytes[*at], b'a' | b'A')).any(|at| {
        let before = at.checked_sub(1).map(|at| bytes[at]);
        let after = bytes.get(at + 3).copied();
        let lower = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_lowercase());
        let letter = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphabetic());
        match () {
            () if starts(at, "AEM") => !letter(before) || lower(before),
            () if starts(at, "aem") => !letter(before) && !lower(after),
            () if starts(at, "Aem") => !lower(after),
            () => false,
        }
    })
}
