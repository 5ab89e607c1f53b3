//! The library's call in the place of the request.

use super::answer::Answer;
use super::imports;
use super::shape::{self, Filled, Shape};
use crate::analyze::{ExprRef, Place};
use crate::ir::StmtId;
use crate::migrate::draft::Draft;
use crate::migrate::write::{self, Written};
use crate::rules::{Slot, Template};
use crate::text::{Overlap, Span};
use std::collections::BTreeMap;

/// Puts the library's call where the request is, and makes of its answer what the program makes of the body.
///
/// # Errors
/// [`Overlap`] where two edits meet; inside, what cannot be written, in words.
pub(super) fn edit(
    written: &Written<'_, '_, '_>,
    answer: &Answer,
    shape: &Shape,
    draft: &mut Draft,
) -> Result<Result<(), String>, Overlap> {
    let program = written.plan.program;
    let call = written.exchange.call;
    let file = call.file;
    let module = program.module(file);
    let eol = program.file(file).eol().as_str();
    let place = |span: Span| Place { file, span };
    let bound = shape::bound(program, answer.body);
    let stmt_of = |at: ExprRef| module.expr(at.expr).stmt;
    let whole = matches!(shape, Shape::Field(_)).then_some(bound).flatten();
    let name = match (&answer.named, whole) {
        (Some((_, name)), _) => name.clone(),
        (None, Some(bind)) => program.slice(file, module.expr(bind.place).span).to_owned(),
        (None, None) => write::fresh(program, call, "response"),
    };
    let mut slots = written.slots.clone();
    slots.insert(Slot::Token, name.clone());
    draft.names.insert((file, name.clone()));
    let imported = imports::of(written, &slots, draft);
    let Ok(imported) = imported else {
        return Ok(Err("a name that the library needs is taken in this file".to_owned()));
    };
    helper(written, &mut slots, draft);
    let target: StmtId = answer.named.as_ref().map_or_else(|| stmt_of(call), |(stmt, _)| *stmt);
    let span = module.stmt(target).span;
    let rendered = |template: &Template| written.render(template, &slots, span.start as usize);
    let Some(text) = rendered(&written.variant.value) else {
        return Ok(Err("the library's call cannot be written".to_owned()));
    };
    let text = imported.qualify(text);
    let before = written.variant.statements.as_ref().and_then(rendered).unwrap_or_default();
    let indent = program.file(file).indent_at(span.start as usize).to_owned();
    let lead = if before.is_empty() { String::new() } else { format!("{before}{eol}{indent}") };
    match (&answer.named, whole) {
        (Some(_), _) => {
            let bind = module.binds.iter().find(|bind| bind.stmt == target && bind.value.is_some());
            let Some(value) = bind.and_then(|bind| bind.value) else {
                return Ok(Err("the response is not kept under a name".to_owned()));
            };
            draft.replace(place(module.expr(value).outer), text)?;
            if !lead.is_empty() {
                draft.insert(file, span.start as usize, lead)?;
            }
        }
        (None, Some(bind)) => {
            let from = module.expr(bind.place).outer.end;
            let to = module.expr(answer.body.expr).outer.end;
            draft.replace(place(Span { start: from, end: to }), format!(" = {text}"))?;
            if !lead.is_empty() {
                draft.insert(file, span.start as usize, lead)?;
            }
        }
        (None, None) => {
            let text = format!("{lead}let {name} = {text};{eol}{indent}");
            draft.insert(file, span.start as usize, text)?;
        }
    }
    for stmt in &answer.checks {
        draft.stmts.entry(file).or_default().push(*stmt);
    }
    match shape {
        Shape::Field(places) => {
            if let (Some(bind), Some(_)) = (whole, &answer.named) {
                draft.stmts.entry(file).or_default().push(bind.stmt);
            }
            for taken in places {
                let Some(read) = read(written, &name, "access_token") else {
                    return Ok(Err("the library's answer cannot be read".to_owned()));
                };
                let text = if taken.owned { format!("{read}.to_owned()") } else { format!("{read}.as_str()") };
                draft.replace(Place { file: taken.file, span: taken.span }, text)?;
            }
        }
        Shape::Struct { path, fields } => {
            let span = shape::span(program, answer.body);
            let base = program.file(file).indent_at(span.start as usize).to_owned();
            let Some(text) = literal(written, &name, path, fields, &base, eol) else {
                return Ok(Err("the library's answer cannot be read".to_owned()));
            };
            draft.names.extend(path.split("::").map(|name| (file, name.to_owned())));
            match bound {
                Some(bind) => {
                    let from = module.expr(bind.place).outer.end;
                    let to = module.expr(answer.body.expr).outer.end;
                    draft.replace(place(Span { start: from, end: to }), format!(" = {text}"))?;
                }
                None => draft.replace(place(span), text)?,
            }
        }
    }
    Ok(Ok(()))
}

/// Puts the helper behind the last item that is no test.
fn helper(written: &Written<'_, '_, '_>, slots: &mut BTreeMap<Slot, String>, draft: &mut Draft) {
    let (Some(template), Some(name)) = (&written.variant.helper, &written.variant.helper_name) else { return };
    slots.insert(Slot::Helper, name.clone());
    let (program, file) = (written.plan.program, written.exchange.call.file);
    let module = program.module(file);
    let source = program.file(file);
    let is_test = |id: &&StmtId| source.slice(module.stmt(**id).span).starts_with("#[cfg(test)]");
    let Some(last) = module.blocks[0].stmts.iter().rfind(|id| !is_test(id)) else { return };
    let end = module.stmt(*last).span.end.saturating_sub(1) as usize;
    let line = source.lines().line_span(source.lines().line_of(end)).end as usize;
    let Some(text) = written.render(template, slots, 0) else { return };
    let eol = source.eol().as_str();
    draft.names.insert((file, name.clone()));
    let text = (file, line, format!("{eol}{text}{eol}"));
    if !draft.lines.contains(&text) {
        draft.lines.push(text);
    }
}

/// How a field of the library's answer is read.
fn read(written: &Written<'_, '_, '_>, name: &str, field: &str) -> Option<String> {
    let template: &Template = written.variant.reads.get(field)?;
    template.render(&BTreeMap::from([(Slot::Token, name.to_owned())])).ok()
}

/// The struct, made of the library's answer.
fn literal(
    written: &Written<'_, '_, '_>,
    name: &str,
    path: &str,
    fields: &[(String, Filled)],
    base: &str,
    eol: &str,
) -> Option<String> {
    let indent = &written.style.indent;
    let mut text = format!("{path} {{{eol}");
    for (field, filled) in fields {
        let value = match filled {
            Filled::Text(of, optional) => {
                let value = format!("{}.to_owned()", read(written, name, of)?);
                if *optional { format!("Some({value})") } else { value }
            }
            Filled::Seconds(class, optional) => {
                lasting(&read(written, name, "expires_in")?, &unit(class, false), *optional)
            }
            Filled::Milliseconds(class, optional) => {
                lasting(&read(written, name, "expires_in")?, &unit(class, true), *optional)
            }
            Filled::Nothing => "None".to_owned(),
        };
        let note = match filled {
            Filled::Milliseconds(..) => " // callers expect milliseconds",
            _ => "",
        };
        text += &format!("{base}{indent}{field}: {value},{note}{eol}");
    }
    Some(format!("{text}{base}}}"))
}

/// `left` is an optional duration.
fn lasting(left: &str, unit: &str, optional: bool) -> String {
    if optional { format!("{left}.map(|left| left{unit})") } else { format!("{left}.unwrap_or_default(){unit}") }
}

/// A duration as a number of this type.
fn unit(class: &str, milliseconds: bool) -> String {
    match (class, milliseconds) {
        ("f64", false) => ".as_secs_f64()".to_owned(),
        ("f64", true) => ".as_secs_f64() * 1000.0".to_owned(),
        ("u64", false) => ".as_secs()".to_owned(),
        ("u128", true) => ".as_millis()".to_owned(),
        (class, false) => format!(".as_secs() as {class}"),
        (class, true) => format!(".as_millis() as {class}"),
    }
}
