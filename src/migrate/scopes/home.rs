//! Where the program itself declares the setting of the client id: that of the scopes is declared beside it.

use super::super::draft::Draft;
use super::setting::scopes_name;
use crate::analyze::{ExprRef, Follow, Place, Program, Start, is_test};
use crate::ir::{Arg, Bind, BindId, Entry, ExprId, ExprKind, How, Module, ScopeId, ScopeKind, StmtKind};
use crate::lang::Syntax;
use crate::text::{FileId, Span};

/// A new declaration: where it goes in, and its text.
pub(in crate::migrate) type Declared = (FileId, usize, String);

/// Where a setting is declared.
pub(super) enum Home {
    /// Nowhere in the program: who runs it sets it, and it stops where it is not set.
    Outside,
    /// In the program, beside these statements.
    Beside(Vec<Declared>),
    /// In the program, in a form that cannot be copied: the places.
    Inside(Vec<Place>),
    /// Nobody knows.
    Unknown,
}

/// The home of the setting that `read` reads under the name `old`, as that of the client id; the scopes' one is `new`.
/// `value` is the client id as it is sent.
pub(super) fn home(program: &Program, read: ExprRef, (old, new): (&str, &str), value: ExprRef) -> Home {
    let Some(language) = program.unit(read.file).map(|unit| unit.language) else { return Home::Unknown };
    let is_member = matches!(program.kind(read), ExprKind::Member { .. });
    let is_call = matches!(program.kind(read), ExprKind::Call { .. });
    let (mut stmts, mut others): (Vec<(FileId, BindId)>, Vec<Place>) = (vec![], vec![]);
    let holders = holders(program, read);
    for (file, unit) in program.units().filter(|(_, unit)| unit.language.rules == language.rules) {
        if is_test(&program.file(file).path) {
            continue;
        }
        let module = &unit.module;
        for (number, bind) in module.binds.iter().enumerate().filter(|(_, bind)| bind.how == How::Assign) {
            let declares = match module.kind(bind.place) {
                ExprKind::Name(name) if is_member && **name == *old => {
                    let class = matches!(module.scope(bind.scope).kind, ScopeKind::Class(_));
                    let top = bind.scope == ScopeId(0) && file != read.file;
                    class || (top && holders.iter().any(|holder| is_called(&program.file(file).path, holder)))
                }
                ExprKind::Member { name, .. } if is_member => **name == *old,
                ExprKind::Index { base, index } if !is_member && module.literal(*index).as_deref() == Some(old) => {
                    let held = last_name(module, *base).is_some_and(|name| holders.iter().any(|holder| holder == name));
                    let value = bind.value.map(|value| program.source(ExprRef { file, expr: value }));
                    if !held && value != Some(program.source(read)) {
                        others.push(Place { file, span: bind.span });
                    }
                    held
                }
                _ => false,
            };
            if declares {
                stmts.push((file, BindId(number as u32)));
            }
        }
        // The form of the exchange is none.
        let is_form =
            |entries: &[Entry]| entries.iter().any(|entry| key_of(module, entry).as_deref() == Some("jwt_token"));
        for id in module.expr_ids() {
            let other = |expr: ExprId| ExprRef { file, expr } != value;
            let spans: Vec<Span> = match module.kind(id) {
                ExprKind::Record(entries) if !is_member && !is_call && !is_form(entries) => {
                    let is_it = |entry: &&Entry| key_of(module, entry).as_deref() == Some(old) && other(entry.value);
                    entries.iter().filter(is_it).map(|entry| entry.span).collect()
                }
                // `parser.add_argument("--client-id")`
                ExprKind::Call { args, .. } if is_member && args.iter().any(|arg| is_option(module, arg, old)) => {
                    vec![module.expr(id).span]
                }
                ExprKind::Call { callee, args, .. } if is_member || (!is_call && fills(module, *callee)) => {
                    let is_it = |arg: &&Arg| arg.name.as_deref() == Some(old) && other(arg.value);
                    args.iter().filter(is_it).map(|arg| module.expr(arg.value).span).collect()
                }
                _ => continue,
            };
            others.extend(spans.into_iter().map(|span| Place { file, span }));
        }
    }
    let place =
        |(file, bind): &(FileId, BindId)| Place { file: *file, span: program.module(*file).binds[bind.index()].span };
    if !others.is_empty() {
        return Home::Inside(stmts.iter().map(place).chain(others).collect());
    }
    if stmts.is_empty() {
        return match program.kind(read) {
            ExprKind::Call { .. } => Home::Outside,
            ExprKind::Index { base, .. } if is_outside(program, ExprRef { file: read.file, expr: *base }) => {
                Home::Outside
            }
            _ => Home::Unknown,
        };
    }
    // One of two classes may be somebody else's.
    let is_top = |(file, bind): &(FileId, BindId)| program.module(*file).binds[bind.index()].scope == ScopeId(0);
    if stmts.len() > 1 && !stmts.iter().all(is_top) {
        return Home::Inside(stmts.iter().map(place).collect());
    }
    let copies: Option<Vec<Declared>> =
        stmts.iter().map(|(file, bind)| copy(program, *file, *bind, new, language.syntax)).collect();
    copies.map_or_else(|| Home::Inside(stmts.iter().map(place).collect()), Home::Beside)
}

/// Places, as a human looks for them.
pub(super) fn lines_of(program: &Program, places: &[Place]) -> String {
    let line = |place: &Place| {
        let file = program.file(place.file);
        format!("`{}:{}`", file.path, file.lines().line_of(place.span.start as usize) + 1)
    };
    places.iter().take(4).map(line).collect::<Vec<_>>().join(", ")
}

/// Puts new declarations in.
pub(in crate::migrate) fn declare(program: &Program, all: Vec<Declared>, at: ExprRef, draft: &mut Draft) {
    for (file, offset, text) in all {
        if draft.insert(file, offset, text).is_err() {
            draft.review(program.place(at), "the setting with the scopes could not be declared: do it by hand");
        }
    }
}

/// The names of what the setting is read from: `config` of `app.config["ID"]`, also where that has a shorter name.
fn holders(program: &Program, read: ExprRef) -> Vec<String> {
    let (ExprKind::Member { base, .. } | ExprKind::Index { base, .. }) = program.kind(read) else { return vec![] };
    let base = ExprRef { file: read.file, expr: *base };
    let origins = program.origins(base, Follow::INSIDE).into_iter().map(|origin| origin.expr);
    let named = |at: ExprRef| last_name(program.module(at.file), at.expr).map(str::to_owned);
    std::iter::once(base).chain(origins).filter_map(named).collect()
}

fn last_name(module: &Module, at: ExprId) -> Option<&str> {
    match module.kind(at) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name),
        _ => None,
    }
}

/// Whether a file, or a folder that it is in, has a name: `settings/base.py`.
fn is_called(path: &str, name: &str) -> bool {
    path.split('/').any(|part| part.split('.').next() == Some(name))
}

fn key_of(module: &Module, entry: &Entry) -> Option<String> {
    module.literal(entry.key?)
}

/// Whether an argument names an option of the command line that a member gives: `--client-id`.
fn is_option(module: &Module, arg: &Arg, member: &str) -> bool {
    let text = module.literal(arg.value).unwrap_or_default();
    text.strip_prefix("--").is_some_and(|name| name.replace('-', "_") == member)
}

/// Whether a call makes or fills a mapping by its keywords: `dict(ID=…)`, `app.config.from_mapping(ID=…)`.
fn fills(module: &Module, callee: ExprId) -> bool {
    last_name(module, callee).is_some_and(|name| matches!(name, "dict" | "update" | "from_mapping"))
}

/// Whether the value of what holds settings comes from outside: each call that may give it is one of a package.
fn is_outside(program: &Program, base: ExprRef) -> bool {
    program.origins(base, Follow::ALL).iter().all(|origin| {
        let called = match program.kind(origin.expr) {
            ExprKind::Call { callee, .. } => ExprRef { file: origin.expr.file, expr: *callee },
            ExprKind::Member { .. } | ExprKind::Index { .. } => origin.expr,
            _ => return false,
        };
        program.chain(called).start != Start::Value
    })
}

/// The statement that gives the client id's setting its value, with the names changed.
fn copy(program: &Program, file: FileId, bind: BindId, new: &str, syntax: &Syntax) -> Option<Declared> {
    let module = program.module(file);
    let source = program.file(file);
    let bind = &module.binds[bind.index()];
    let stmt = module.stmt(bind.stmt);
    let alone = stmt.kind == StmtKind::Bind && module.binds.iter().filter(|it| it.stmt == bind.stmt).count() == 1;
    let lines = source.lines();
    let line = lines.line_span(lines.line_of(stmt.span.start as usize));
    let one_line = line.contains(stmt.span) && source.slice(line).trim().starts_with(source.slice(stmt.span));
    let is_new = !module.binds.iter().any(|it| matches!(module.kind(it.place), ExprKind::Name(name) if **name == *new));
    if !program.note(file).is_free() || !alone || !one_line || !is_new {
        return None;
    }
    let is_class = matches!(module.scope(bind.scope).kind, ScopeKind::Class(_));
    if is_class && !reads_environment(program, file, module, bind) {
        return None;
    }
    let literal = |id: ExprId| {
        let text = program.text(ExprRef { file, expr: id });
        let place = text.places().next().map(|(_, place)| place.span)?;
        Some((module.literal(id)?, place))
    };
    let named = match module.kind(bind.place) {
        ExprKind::Name(_) => module.expr(bind.place).span,
        ExprKind::Index { index, .. } => literal(*index)?.1,
        _ => return None,
    };
    let mut changes = vec![(named, new.to_owned())];
    match bind.value {
        None => {}
        Some(value) => {
            let whole = module.expr(value).outer;
            let inside = |id: &ExprId| whole.contains(module.expr(*id).span) && literal(*id).is_some();
            let texts: Vec<(String, Span)> = module.expr_ids().filter(inside).filter_map(literal).collect();
            let mut ids = texts.iter().filter_map(|(text, span)| Some((scopes_name(text)?, *span)));
            let (name, span) = ids.next()?;
            let text = source.slice(whole);
            let environment = syntax.environment.iter().any(|reader| text.starts_with(reader));
            let is_call = matches!(module.kind(value), ExprKind::Call { .. } | ExprKind::Index { .. });
            match () {
                () if !is_call => return None,
                // No default: the program stops where it is not set.
                () if environment && texts.len() > 1 => {
                    let read = syntax.setting.replace("NAME", &name);
                    let read = if text.starts_with("os.") { read } else { read.trim_start_matches("os.").to_owned() };
                    changes.push((
                        whole,
                        if read.starts_with("os.") || text.starts_with("environ") { read } else { return None },
                    ));
                }
                () if texts.len() > 1 => return None,
                () => changes.push((span, name)),
            }
        }
    }
    let mut text = source.slice(stmt.span).to_owned();
    changes.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    for (span, with) in changes {
        let from = (span.start - stmt.span.start) as usize;
        text.replace_range(from..from + span.len(), &with);
    }
    let indent = source.indent_at(stmt.span.start as usize);
    let end = line.start as usize + source.slice(line).trim_end().len();
    Some((file, end, format!("{}{indent}{text}", source.eol().as_str())))
}

/// Whether a class fills its fields from the environment: pydantic's `BaseSettings`.
fn reads_environment(program: &Program, file: FileId, module: &Module, bind: &Bind) -> bool {
    let Some(class) = module.class_of(bind.scope) else { return false };
    let base = |id: &ExprId| {
        let name = program.slice(file, module.expr(*id).span);
        name.rsplit('.').next() == Some("BaseSettings")
    };
    module.class(class).bases.iter().any(base)
}
