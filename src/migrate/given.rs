//! What the record of an SDK's call gives for a name, as text that means the same at the call: the value where there can
//! be one only, else the record's member.

use super::draft::Draft;
use super::request::{member, shown};
use crate::analyze::{Def, Exchange, ExprRef, Field, Follow, Place, Program, Step, Unit, is_self};
use crate::ir::{Bind, BindId, Entry, ExprId, ExprKind, How, Module, ScopeId};
use crate::rules::{Hole, Pattern, normal_key};
use crate::text::{FileId, Span};

/// How deep records are taken apart.
const MAX_DEPTH: u8 = 4;

/// The text for a name, as the rules and as the SDK spell it.
pub(super) fn text(
    program: &Program,
    exchange: &Exchange<'_>,
    config: ExprRef,
    (name, camel): (&str, &str),
    draft: &mut Draft,
) -> Option<String> {
    let fields: Vec<&Field> =
        exchange.form.fields.iter().filter(|field| normal_key(&field.name) == normal_key(name)).collect();
    if let ExprKind::Record(entries) = program.kind(config) {
        return of_entries(program, (config.file, entries), camel, exchange.call, draft, 0);
    }
    if !is_certain(program, config) || fields.len() > 1 {
        return member(program, config, camel, draft);
    }
    let Some(found) = fields.first().and_then(|field| field.value) else {
        return member(program, config, camel, draft);
    };
    // What is filled in by hand is filled in once.
    let written = matches!(program.kind(found), ExprKind::Text(_)).then(|| member(program, config, camel, draft));
    written
        .flatten()
        .or_else(|| shown(program, found, exchange.call, draft))
        .or_else(|| member(program, config, camel, draft))
}

/// The last entry decides; of what is spread and may lack the name, the one before is asked too.
fn of_entries(
    program: &Program,
    (file, entries): (FileId, &[Entry]),
    camel: &str,
    call: ExprRef,
    draft: &mut Draft,
    depth: u8,
) -> Option<String> {
    let module = program.module(file);
    let mut texts: Vec<String> = vec![];
    for entry in entries.iter().rev() {
        let value = ExprRef { file, expr: entry.value };
        let Some(key) = entry.key else {
            let form = program.form(value, Follow::ALL);
            let of_name = form.fields.iter().filter(|field| normal_key(&field.name) == normal_key(camel)).count();
            let certain = is_certain(program, value) && !form.open;
            if certain && of_name == 0 {
                continue;
            }
            let origins = program.origins(value, Follow::INSIDE);
            let inner = match origins.as_slice() {
                [only] if certain && of_name == 1 => match program.kind(only.expr) {
                    ExprKind::Record(inner) if depth < MAX_DEPTH => {
                        of_entries(program, (only.expr.file, inner), camel, call, draft, depth + 1)
                    }
                    _ => None,
                },
                _ => None,
            };
            texts.push(inner.or_else(|| maybe(program, value, camel, draft))?);
            if certain {
                break;
            }
            continue;
        };
        if module.literal(key).is_some_and(|key| normal_key(&key) == normal_key(camel)) {
            texts.push(shown(program, value, call, draft)?);
            break;
        }
    }
    (!texts.is_empty()).then(|| texts.join(" || "))
}

/// Whether a value is made in one place that is in view: no parameter, no result of a call that may mix others in.
pub(super) fn is_certain(program: &Program, at: ExprRef) -> bool {
    let origins = program.origins(at, Follow::INSIDE);
    let [origin] = origins.as_slice() else { return false };
    let is_made = origin.path.is_empty() && matches!(program.kind(origin.expr), ExprKind::Record(_));
    is_made && !is_parameter(program, at)
}

/// Whether a name is a parameter, or a part of one.
fn is_parameter(program: &Program, at: ExprRef) -> bool {
    let module = program.module(at.file);
    let mut base = at.expr;
    while let ExprKind::Member { base: inner, .. } = module.kind(base) {
        base = *inner;
    }
    let ExprKind::Name(name) = module.kind(base) else { return false };
    let definitions = program.definitions(at.file, module.expr(base).scope, name, base);
    definitions.iter().any(|def| matches!(def, Def::Param(..) | Def::ParamPart(..)))
}

/// The member of what may be nothing at all where it is a parameter without a default.
fn maybe(program: &Program, at: ExprRef, camel: &str, draft: &mut Draft) -> Option<String> {
    let text = member(program, at, camel, draft)?;
    let module = program.module(at.file);
    let ExprKind::Name(name) = module.kind(at.expr) else { return Some(text) };
    let definitions = program.definitions(at.file, module.expr(at.expr).scope, name, at.expr);
    let optional = definitions.iter().any(|def| match def {
        Def::Param(function, index) => {
            let params = &program.module(function.file).function(function.function).params;
            params.get(*index as usize).is_some_and(|param| param.default.is_none())
        }
        _ => false,
    });
    Some(if optional { text.replacen('.', "?.", 1) } else { text })
}

/// Where several callers hand settings over, so that each may mean another credential.
pub(super) fn several(program: &Program, exchange: &Exchange<'_>, name: &str) -> Option<Place> {
    let mut values = exchange.form.fields.iter().filter(|field| normal_key(&field.name) == normal_key(name));
    let first = values.next()?;
    let text = |field: &Field| field.value.map(|value| program.source(value));
    values.find(|field| text(field) != text(first)).map(|field| field.at)
}

/// Whether a value is handed over where the client of a call is made: `new Client({ host }).token(config)`.
pub(super) fn is_of_client(program: &Program, call: ExprRef, value: ExprRef) -> bool {
    let at = program.place(value);
    program.chain(call).steps.iter().any(|step| match step {
        Step::Call(other) if *other != call => {
            let (made, own) = (program.place(*other), program.place(call));
            made.file == at.file && made.span.contains(at.span) && !made.span.contains(own.span)
        }
        _ => false,
    })
}

/// Whether the settings of a call may have a member that no place in view gives them, and a type checker lets it be read.
pub(super) fn may_hold(program: &Program, exchange: &Exchange<'_>, config: ExprRef, name: &str) -> bool {
    let is_checked = program.syntax(config.file).is_some_and(|syntax| syntax.annotations);
    let is_declared = || program.module(config.file).types.asked.iter().any(|asked| *asked.name == *name);
    let is_open = exchange.form.open || exchange.form.fields.is_empty();
    is_open && !is_certain(program, config) && (!is_checked || is_declared())
}

/// Whether the SDK reads the host from the record of its call, so that the record's member says it too.
pub(super) fn takes_host(exchange: &Exchange<'_>) -> bool {
    let params = exchange.hit.as_ref().map_or(&[][..], |hit| hit.rule.signature.last_params());
    let is_host = |pattern: &Pattern| matches!(pattern.inner(), Pattern::Hole(Hole::Ims));
    let in_record = params.iter().any(|param| match param.pattern.inner() {
        Pattern::Record(entries) => entries.iter().any(|(_, pattern)| is_host(pattern)),
        _ => false,
    });
    in_record || exchange.form.field("ims").is_some()
}

/// The host that a client is made with, where nothing that is visible at the call says which it is.
pub(super) fn hidden_host(program: &Program, exchange: &Exchange<'_>) -> Option<Place> {
    let host = exchange.hit.as_ref()?.captures.get(Hole::Ims).filter(|_| !takes_host(exchange))?;
    let mut trial = Draft::default();
    let known = program.text(host).exact().is_some()
        || shown(program, host, exchange.call, &mut trial).is_some()
        || through_fields(program, host, exchange.call, &mut trial).is_some();
    (!known).then(|| program.place(host))
}

/// What a client was made with, as a method of the same class can say it: of a parameter that the maker also keeps,
/// `this.options = options`, the field.
pub(super) fn through_fields(program: &Program, value: ExprRef, call: ExprRef, draft: &mut Draft) -> Option<String> {
    let unit = program.unit(value.file).filter(|_| value.file == call.file)?;
    let module = &unit.module;
    let own = program.slice(call.file, module.expr(root(module, call.expr)).span);
    let (at, here) = (module.expr(value.expr), module.expr(call.expr).scope);
    let class = module.class_of(at.scope)?;
    if !is_self(module.kind(root(module, call.expr))) || module.class_of(here) != Some(class) {
        return None;
    }
    let mut text = program.source(value).to_owned();
    let start = at.span.start as usize;
    let mut names: Vec<(Span, Box<str>)> = vec![];
    let mut todo = vec![value.expr];
    while let Some(id) = todo.pop() {
        match module.kind(id) {
            ExprKind::Name(name) => {
                let scope = unit.declaring_scope(module.expr(id).scope, name);
                if scope != unit.declaring_scope(here, name) {
                    names.push((module.expr(id).span, kept(unit, scope?, name)?));
                }
            }
            ExprKind::Member { .. } | ExprKind::Binary { .. } | ExprKind::Choice { .. } | ExprKind::Text(_) => {}
            _ => return None,
        }
        todo.extend(module.children(id));
    }
    names.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    names.dedup();
    for (span, field) in names {
        let span = (span.start as usize).checked_sub(start)?..(span.end as usize).checked_sub(start)?;
        text.get(span.clone())?;
        text.replace_range(span, &format!("{own}.{field}"));
        draft.members.insert(field.to_string());
    }
    draft.uses(program, call.file, value);
    Some(text)
}

/// The field that keeps a parameter, and is given nothing else in the file.
fn kept(unit: &Unit, scope: ScopeId, name: &str) -> Option<Box<str>> {
    let module = &unit.module;
    let is_param = |bind: &BindId| matches!(module.binds[bind.index()].how, How::Param(..));
    if !unit.binds_in(scope, name).iter().all(is_param) {
        return None;
    }
    let maker = module.function_of(scope)?;
    let field = |bind: &Bind| match module.kind(bind.place) {
        ExprKind::Member { base, name, .. } if is_self(module.kind(*base)) => Some(name.clone()),
        _ => None,
    };
    let keeps = |bind: &&Bind| {
        let names_it = |value| {
            matches!(module.kind(value), ExprKind::Name(found) if **found == *name)
                && unit.declaring_scope(module.expr(value).scope, name) == Some(scope)
        };
        // At the top of the maker itself: it is always done.
        bind.how == How::Assign
            && bind.value.is_some_and(names_it)
            && module.block(module.stmt(bind.stmt).block).function == Some(maker)
    };
    let found = module.binds.iter().filter(keeps).find_map(field)?;
    let all = module.binds.iter().filter_map(field).filter(|other| *other == found);
    (all.count() == 1).then_some(found)
}

/// What a chain of members and calls begins with.
fn root(module: &Module, id: ExprId) -> ExprId {
    match module.kind(id) {
        ExprKind::Member { base, .. } => root(module, *base),
        ExprKind::Call { callee, .. } => root(module, *callee),
        _ => id,
    }
}
