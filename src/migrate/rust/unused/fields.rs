//! Fields that nobody reads any more, with what is given to them; variants of errors that only the JWT could raise.

use super::mentions::{Mention, Mentions};
use super::{arms, is_gone, package, setters};
use crate::analyze::{ExprRef, Place, Program};
use crate::ir::{ClassId, Declared, Entry, ExprKind, How, Module, StmtId, StmtKind};
use crate::migrate::draft::Draft;
use crate::migrate::entries;
use crate::migrate::harmless::is_harmless;
use crate::migrate::plan::Plan;
use crate::migrate::rust::{typed, units};
use crate::text::{FileId, Overlap, Span};
use std::collections::BTreeSet;

/// Takes them out. Gives the files that changed.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn sweep(plan: &Plan<'_, '_>, mentions: &Mentions, draft: &mut Draft) -> Result<Vec<FileId>, Overlap> {
    let program = plan.program;
    let mut changed = vec![];
    for (file, unit) in units(program) {
        for member in &unit.module.types.members {
            if is_gone(draft, file, member.span) {
                continue;
            }
            if member.is_variant {
                variant(plan, mentions, file, member, draft, &mut changed)?;
            } else {
                field(plan, mentions, file, member, draft, &mut changed)?;
            }
        }
    }
    Ok(changed)
}

fn field(
    plan: &Plan<'_, '_>,
    mentions: &Mentions,
    file: FileId,
    member: &Declared,
    draft: &mut Draft,
    changed: &mut Vec<FileId>,
) -> Result<(), Overlap> {
    let program = plan.program;
    let may_mean = |mention: &&Mention| may_mean(program, mention, file, member);
    let said: Vec<&Mention> = mentions.get(&member.name).iter().filter(may_mean).collect();
    if !said.iter().any(|mention| mention.gone && is_read(program, mention)) {
        return Ok(());
    }
    if is_written(program, file, member.class) {
        return Ok(());
    }
    let classes = classes_with(program, &member.name);
    let mut given = given(program, &member.name);
    // What is given to the field of another class is read there.
    given.retain(|(at, _)| class_name(program, *at).is_some_and(|name| classes.contains(&name)));
    let feeds =
        |mention: &Mention| given.iter().any(|(at, span)| at.file == mention.file && span.contains(mention.span));
    let left: Vec<&Mention> =
        said.iter().copied().filter(|mention| !mention.gone && is_read(program, mention)).collect();
    let assigned: Vec<(FileId, StmtId)> = left.iter().filter_map(|mention| assignment(plan, mention)).collect();
    if left.iter().any(|mention| !feeds(mention) && assignment(plan, mention).is_none()) {
        return Ok(());
    }
    if let Some(stmt) = declaration(program.module(file), member.class)
        && member.is_public
        && package::is_exposed(program, file, stmt)
    {
        let at = Place { file, span: member.span };
        draft.review(
            at,
            format!(
                "`{}` is public and nobody here reads it any more: delete it, if other packages can do without",
                member.name
            ),
        );
        return Ok(());
    }
    told(plan, file, member, draft);
    for (other, stmt) in assigned {
        changed.extend(setters::take_out(plan, mentions, other, stmt, draft)?);
    }
    take_out(program, file, member, draft)?;
    changed.push(file);
    for (at, span) in &given {
        if is_gone(draft, at.file, *span) {
            continue;
        }
        let ExprKind::Record(entries) = program.kind(*at) else { continue };
        let Some(entry) = entries.iter().find(|entry| entry.span == *span) else { continue };
        entries::take_out_entry(program, *at, entries, entry, draft)?;
        changed.push(at.file);
    }
    Ok(())
}

/// Whether a mention may be of a field of this class: `self` and a parameter say of which class they are.
fn may_mean(program: &Program, mention: &Mention, file: FileId, member: &Declared) -> bool {
    let (class, field) = (member.class, &member.name);
    let module = program.module(mention.file);
    let Some(ExprKind::Member { base, .. }) = mention.expr.map(|expr| module.kind(expr)) else { return true };
    let base = ExprRef { file: mention.file, expr: *base };
    let own = program.module(file).class(class).name.as_deref();
    let ExprKind::Name(name) = program.kind(base) else { return true };
    let said = match &**name {
        "self" => module.class_of(module.expr(base.expr).scope).and_then(|class| module.class(class).name.as_deref()),
        _ => typed::parameter_type(program, base).map(|class| {
            class.trim_start_matches('&').trim_start_matches("mut ").rsplit("::").next().unwrap_or_default().trim()
        }),
    };
    // One that has no such field may lead to another class by `Deref`.
    let declares = |said: &str| {
        program.units().any(|(_, unit)| {
            let mut members = unit.module.types.members.iter();
            members.any(|it| it.name == *field && unit.module.class(it.class).name.as_deref() == Some(said))
        })
    };
    said.is_none_or(|said| Some(said) == own || !declares(said))
}

/// The statement that only gives the mentioned field a value, and does nothing else.
fn assignment(plan: &Plan<'_, '_>, mention: &Mention) -> Option<(FileId, StmtId)> {
    let (program, file) = (plan.program, mention.file);
    let unit = program.unit(file)?;
    let bind = &unit.module.binds[unit.bind_of_place(mention.expr?)?.index()];
    let stmt = unit.module.stmt(bind.stmt);
    let alone = stmt.kind == StmtKind::Bind && bind.how == How::Assign && stmt.exprs.len() == 2;
    let mut calls = unit.calls().iter().filter(|call| stmt.span.contains(unit.module.expr(**call).span));
    let quiet = calls.all(|call| is_harmless(plan, ExprRef { file, expr: *call }, 0));
    (alone && quiet).then_some((file, bind.stmt))
}

/// What a human must know where a field was filled from outside.
fn told(plan: &Plan<'_, '_>, file: FileId, member: &Declared, draft: &mut Draft) {
    let program = plan.program;
    let Some(stmt) = declaration(program.module(file), member.class) else { return };
    let text = program.slice(file, program.module(file).stmt(stmt).span);
    let head = text.split('{').next().unwrap_or_default();
    let at = Place { file, span: member.span };
    if head.contains("deny_unknown_fields") {
        draft.review(
            at,
            format!("`{}` goes, and unknown settings are refused here: take it out of the settings", member.name),
        );
    } else if head.contains("Parser") || head.contains("Args") || head.contains("StructOpt") {
        draft.review(
            at,
            format!(
                "`{}` is no option of the command line any more: leave it out where the program is called",
                member.name
            ),
        );
    }
}

/// Whether a mention reads a field; a method may have the name of one.
fn is_read(program: &Program, mention: &Mention) -> bool {
    match mention.expr {
        Some(expr) => {
            matches!(program.module(mention.file).kind(expr), ExprKind::Member { .. })
                && !setters::is_call(program, mention)
        }
        None => true,
    }
}

/// Whether a class is written to the outside, with all its fields.
fn is_written(program: &Program, file: FileId, class: ClassId) -> bool {
    let module = program.module(file);
    let Some(stmt) = declaration(module, class) else { return true };
    let head = program.slice(file, module.stmt(stmt).span).split('{').next().unwrap_or_default();
    head.contains("Serialize")
}

/// The names of the classes that declare a field of that name, those that are written to the outside left out.
fn classes_with(program: &Program, field: &str) -> Vec<Box<str>> {
    let units = units(program);
    let classes = units.flat_map(|(file, unit)| {
        let members =
            unit.module.types.members.iter().filter(|member| {
                *member.name == *field && !member.is_variant && !is_written(program, file, member.class)
            });
        members.filter_map(|member| unit.module.class(member.class).name.clone()).collect::<Vec<_>>()
    });
    classes.collect()
}

/// The entries of record literals that give a value to a field of that name: the literal and the entry.
fn given(program: &Program, field: &str) -> Vec<(ExprRef, Span)> {
    let mut found = vec![];
    for (file, unit) in units(program) {
        for record in unit.module.types.records.keys() {
            let ExprKind::Record(entries) = unit.module.kind(*record) else { continue };
            let is_it = |entry: &&Entry| entry.key.and_then(|key| unit.module.literal(key)).as_deref() == Some(field);
            found.extend(entries.iter().filter(is_it).map(|entry| (ExprRef { file, expr: *record }, entry.span)));
        }
    }
    found.sort_by_key(|(at, span)| (at.file, *span));
    found
}

/// The name of the class that a record literal makes.
pub(in crate::migrate) fn class_name(program: &Program, record: ExprRef) -> Option<Box<str>> {
    let module = program.module(record.file);
    let class = *module.types.records.get(&record.expr)?;
    match module.kind(class) {
        ExprKind::Name(name) if &**name == "Self" => {
            module.class(module.class_of(module.expr(record.expr).scope)?).name.clone()
        }
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name.clone()),
        _ => None,
    }
}

/// The statement that declares a class.
pub(super) fn declaration(module: &Module, class: ClassId) -> Option<StmtId> {
    module.binds.iter().find(|bind| bind.how == How::Class(class)).map(|bind| bind.stmt)
}

/// A variant goes if nobody makes it any more, or only `?` did for errors of the library that signed the JWT.
fn variant(
    plan: &Plan<'_, '_>,
    mentions: &Mentions,
    file: FileId,
    member: &Declared,
    draft: &mut Draft,
    changed: &mut Vec<FileId>,
) -> Result<(), Overlap> {
    let program = plan.program;
    let said = mentions.get(&member.name);
    let text = program.slice(file, member.span);
    let of_jwt = text.contains("#[from]") && only_of_jwt(plan, mentions, file, member.span, draft);
    if !of_jwt && !said.iter().any(|mention| mention.gone) {
        return Ok(());
    }
    let Some(arms) = arms::arms(program, said, file, member, draft) else { return Ok(()) };
    if is_exposed_variant(program, file, member) {
        if of_jwt {
            let at = Place { file, span: member.span };
            let why = "is public and nobody here makes it any more: delete it, if other packages can do without";
            draft.review(at, format!("`{}` {why}", member.name));
        }
        return Ok(());
    }
    for (at, arm) in arms {
        let whole = program.module(at).scopes.iter().any(|scope| scope.span == arm);
        let span = if whole { entries::item_with_comma(program, at, None, arm) } else { arm };
        draft.edits.entry(at).or_default().delete(span)?;
        draft.gone.entry(at).or_default().push(arm);
        changed.push(at);
    }
    take_out(program, file, member, draft)?;
    changed.push(file);
    Ok(())
}

/// Whether a conversion makes only variants that can go with it.
pub(super) fn makes_idle(program: &Program, mentions: &Mentions, file: FileId, span: Span, draft: &Draft) -> bool {
    let within = |mention: &Mention| mention.file == file && span.contains(mention.span);
    let mut made = units(program).flat_map(|(home, unit)| {
        let members = unit.module.types.members.iter().filter(|member| member.is_variant);
        members.filter(|member| mentions.get(&member.name).iter().any(within)).map(move |member| (home, member))
    });
    made.all(|(home, member)| {
        let others: Vec<Mention> =
            mentions.get(&member.name).iter().filter(|mention| !within(mention)).copied().collect();
        !is_exposed_variant(program, home, member) && arms::arms(program, &others, home, member, draft).is_some()
    })
}

fn is_exposed_variant(program: &Program, file: FileId, member: &Declared) -> bool {
    declaration(program.module(file), member.class).is_some_and(|stmt| package::is_exposed(program, file, stmt))
}

/// Whether `span` speaks of a library for JWTs that nothing else speaks of after the draft, other conversions of its
/// errors aside.
pub(super) fn only_of_jwt(plan: &Plan<'_, '_>, mentions: &Mentions, file: FileId, span: Span, draft: &Draft) -> bool {
    let program = plan.program;
    let libraries = plan.rules.libraries.iter().filter(|library| library.jwt && library.language == "rust");
    let root = |module: &'_ String| module.split('.').next().unwrap_or_default().to_owned();
    let modules: BTreeSet<String> = libraries.flat_map(|library| &library.modules).map(root).collect();
    let is_conversion = |mention: &Mention| {
        let module = program.module(mention.file);
        let in_variant =
            module.types.members.iter().any(|member| member.is_variant && member.span.contains(mention.span));
        in_variant
            || module.stmts.iter().any(|stmt| {
                let head = || program.slice(mention.file, stmt.span).split('{').next().unwrap_or_default();
                matches!(stmt.kind, StmtKind::Class(_))
                    && stmt.span.contains(mention.span)
                    && head().starts_with("impl")
                    && head().contains("From<")
            })
    };
    modules.iter().any(|module| {
        let all: Vec<&Mention> = mentions.get(module).iter().collect();
        let here = |mention: &&&Mention| mention.file == file && span.contains(mention.span);
        let gone = |mention: &Mention| mention.gone || is_gone(draft, mention.file, mention.span);
        all.iter().any(|mention| here(&mention))
            && all.iter().any(|mention| gone(mention))
            && all.iter().all(|mention| gone(mention) || is_conversion(mention))
    })
}

fn take_out(program: &Program, file: FileId, member: &Declared, draft: &mut Draft) -> Result<(), Overlap> {
    let all: Vec<Span> =
        program.module(file).types.members.iter().filter(|it| it.class == member.class).map(|it| it.span).collect();
    let previous = all.iter().copied().filter(|span| span.end <= member.span.start).max();
    let span = entries::item_with_comma(program, file, previous, member.span);
    draft.edits.entry(file).or_default().delete(span)?;
    draft.gone.entry(file).or_default().push(member.span);
    Ok(())
}
