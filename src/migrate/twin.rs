//! A program that has the OAuth way already, beside the exchange: nothing is to be converted twice.

use super::draft::Draft;
use super::library;
use super::scopes::{Chosen, Scopes};
use crate::analyze::{Exchange, ExprRef, Follow, Place, Program, is_test};
use crate::ir::{ExprId, ExprKind, How, Module, Piece, ScopeId};
use crate::rules::Adobe;
use crate::text::FileId;

/// The grant of the OAuth way.
const GRANT: &str = "client_credentials";
/// The path of Adobe's token endpoint, whatever its version is.
const TOKEN: &str = "ims/token";

/// The OAuth way.
pub(super) struct Twin {
    /// Where it names its grant.
    at: Place,
    /// The client id and the scopes that it sends.
    sent: Option<(ExprRef, ExprRef)>,
}

/// The OAuth way beside an exchange: in its file, else in another one that names the token endpoint.
pub(super) fn beside(program: &Program, adobe: &Adobe, exchange: &Exchange<'_>) -> Option<Twin> {
    let own = exchange.call.file;
    let language = program.unit(own)?.language.rules;
    let text = |file: FileId| program.file(file).text();
    let all = || program.units().filter(|(_, unit)| unit.language.rules == language).map(|(file, _)| file);
    if !all().any(|file| text(file).contains(TOKEN)) || is_test(&program.file(own).path) {
        return None;
    }
    let near = |file: &FileId| {
        let folder = |file: FileId| program.file(file).path.rsplit_once('/').map_or("", |(folder, _)| folder);
        *file != own && folder(*file) == folder(own) && text(*file).contains(TOKEN)
    };
    let files = std::iter::once(own).chain(all().filter(near)).filter(|file| !is_test(&program.file(*file).path));
    files.filter(|file| text(*file).contains(GRANT)).find_map(|file| in_file(program, adobe, file))
}

fn in_file(program: &Program, adobe: &Adobe, file: FileId) -> Option<Twin> {
    let unit = program.unit(file)?;
    let module = &unit.module;
    let asks = unit.calls().iter().find_map(|call| {
        let ExprKind::Call { args, .. } = module.kind(*call) else { return None };
        args.iter().find_map(|arg| {
            let form = program.form(ExprRef { file, expr: arg.value }, Follow::INSIDE);
            let field = |name: &str| form.field(name).and_then(|field| field.value);
            let grant = program.text(field("grant_type")?).exact()?;
            let sent = field(&adobe.fields.client_id).zip(field("scope"));
            let is_it = grant == GRANT && form.field(&adobe.fields.jwt).is_none();
            is_it.then(|| Twin {
                at: form.field("grant_type").map_or(Place { file, span: module.expr(*call).span }, |field| field.at),
                sent,
            })
        })
    });
    asks.or_else(|| {
        let at = module.expr_ids().find_map(|id| match module.kind(id) {
            ExprKind::Text(text) => text.pieces.iter().find_map(|piece| match piece {
                Piece::Known { span, value } if value.contains(GRANT) => Some(Place { file, span: *span }),
                _ => None,
            }),
            _ => None,
        })?;
        Some(Twin { at, sent: None })
    })
}

impl Twin {
    /// Scopes that are not known are those that the OAuth way asks for, where its words mean the same at the exchange.
    pub(super) fn choose(&self, program: &Program, adobe: &Adobe, exchange: &Exchange<'_>, chosen: &mut Chosen) {
        let own = library::client_id(adobe, exchange);
        let (Scopes::Setting { .. }, Some((client_id, scope)), Some(own)) = (&chosen.scopes, self.sent, own) else {
            return;
        };
        let same = own.file == client_id.file && program.source(own) == program.source(client_id);
        if !same || !chosen.moved.is_empty() || program.syntax(own.file).is_none_or(|syntax| syntax.typed) {
            return;
        }
        let read = program.source(scope);
        if let Some(text) = program.text(scope).exact() {
            let all = text.split([',', ' ']).filter(|word| !word.is_empty()).map(str::to_owned).collect();
            chosen.scopes = Scopes::Known(all);
        } else if means_same(program, scope, exchange.call, own) && !read.contains(['\n', '\r']) {
            chosen.scopes = Scopes::Setting { name: read.to_owned(), read: read.to_owned(), needs: None };
        } else {
            return;
        }
        chosen.doubts = vec![format!("the scopes are `{read}`, as in the program's OAuth way, {}", self.told(program))];
        chosen.steps.clear();
        chosen.declared.clear();
    }

    /// Says that there are two ways now that do the same.
    pub(super) fn tell(&self, program: &Program, exchange: &Exchange<'_>, draft: &mut Draft) {
        let old = named(program, program.place(exchange.call));
        let step = format!(
            "The program has an OAuth way already, {}: delete this branch, {old}, and let those who come here take that way.",
            self.told(program)
        );
        if !draft.steps.contains(&step) {
            draft.steps.push(step);
        }
    }

    fn told(&self, program: &Program) -> String {
        named(program, self.at)
    }
}

/// A place, with the name of the function that it stands in.
fn named(program: &Program, at: Place) -> String {
    let source = program.file(at.file);
    let line = source.lines().line_of(at.span.start as usize) + 1;
    let functions = program.unit(at.file).map(|unit| unit.module.functions.as_slice()).unwrap_or_default();
    let around = functions.iter().filter(|function| function.span.contains(at.span) && function.name.is_some());
    let name = around.min_by_key(|function| function.span.len()).and_then(|function| function.name.as_deref());
    let place = format!("{}:{line}", source.path);
    name.map_or_else(|| format!("`{place}`"), |name| format!("`{name}` (`{place}`)"))
}

/// Whether every name in `value` means at `at` what it means where it stands, or is what the client id is read from in both
/// places.
fn means_same(program: &Program, value: ExprRef, at: ExprRef, client_id: ExprRef) -> bool {
    let Some(unit) = program.unit(value.file).filter(|_| value.file == at.file) else { return false };
    let module = &unit.module;
    let (scope, root) = (module.expr(at.expr).scope, root(module, client_id.expr));
    let mut todo = vec![value.expr];
    while let Some(id) = todo.pop() {
        if let ExprKind::Name(name) = module.kind(id) {
            let there = unit.declaring_scope(module.expr(id).scope, name);
            let given = |scope: ScopeId| {
                let mut binds = unit.binds_in(scope, name).iter();
                module.function_of(scope).is_none()
                    || binds.all(|bind| matches!(module.binds[bind.index()].how, How::Param(..)))
            };
            let is_same = there == unit.declaring_scope(scope, name) && there.is_none_or(given);
            if !is_same && (id == value.expr || root != Some(&**name)) {
                return false;
            }
        }
        if module.expr(id).awaited {
            return false;
        }
        todo.extend(module.children(id));
    }
    true
}

/// The name that a path of members begins with.
fn root(module: &Module, mut at: ExprId) -> Option<&str> {
    loop {
        match module.kind(at) {
            ExprKind::Name(name) => return Some(name),
            ExprKind::Member { base, .. } | ExprKind::Index { base, .. } => at = *base,
            ExprKind::Call { callee, .. } => at = *callee,
            _ => return None,
        }
    }
}
