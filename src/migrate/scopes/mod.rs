//! From metascopes to scopes: what a rewritten request asks for, and where that stands.

mod asked;
mod file;
mod home;
mod literal;
mod rows;
mod setting;

use crate::analyze::{ExprRef, Program, template};
use crate::ir::ExprKind;
use crate::rules::Adobe;
pub(super) use asked::{Asked, asked};
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
            home::lines_of(program, places)
        ),
        None => format!(
            "Set `{name}`{place} to the scopes that the Console shows (Credentials > OAuth Server-to-Server > Scopes), as one \
             text with commas between them."
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
    }
    if asked.open && moved.is_empty() && (!loud || asked.handed) {
        doubts.push(
            "the metascopes are known only when the program runs: set the scopes, or name them with --scopes"
                .to_owned(),
        );
    }
    let mut steps = if moved.is_empty() { vec![step] } else { vec![step, compare] };
    let in_collection = client_id.and_then(|id| program.text(id).exact()).is_some_and(|text| template(&text).is_some());
    let environments = if in_collection { file::in_environments(program, adobe) } else { vec![] };
    for (path, metascopes) in environments {
        let Rows { scopes, complete, .. } = Rows::of(adobe, &metascopes);
        if complete {
            let (old, new) = (metascopes.join(", "), scopes.join(","));
            steps.push(format!("`{path}` has the metascopes `{old}`: the scopes for these are `{new}`."));
        }
    }
    let declared = match home {
        Home::Beside(declared) => declared,
        _ => vec![],
    };
    Chosen { scopes: Scopes::Setting { name, read, needs }, doubts, steps, moved, declared }
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
