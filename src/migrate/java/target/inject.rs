//! A bean that a constructor is handed: put in when all else is edited, since the sweep may take its other parameters and
//! assignments away.

use super::fixed::annotation;
use crate::analyze::{FunctionRef, Program};
use crate::ir::{ExprKind, Param};
use crate::migrate::draft::{Draft, Injected};
use crate::migrate::write::Style;
use crate::text::{Edit, EditSet, Overlap, Span};

/// Hands each bean to its constructor, which keeps it. Settings that the constructor was handed and keeps no more go.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(in crate::migrate) fn inject(program: &Program, draft: &mut Draft) -> Result<(), Overlap> {
    for one in std::mem::take(&mut draft.injected) {
        let file = one.constructor.file;
        let edits = draft.edits.remove(&file).unwrap_or_default();
        let edits = parameters(program, &one, edits)?;
        let edits = assignment(program, &one, edits)?;
        draft.edits.insert(file, idle_import(program, &one, edits)?);
    }
    Ok(())
}

fn without(edits: EditSet, inside: Span) -> Result<EditSet, Overlap> {
    let mut rest = EditSet::default();
    for edit in edits.edits().iter().filter(|edit| !inside.contains(edit.span)) {
        rest.add(edit.clone())?;
    }
    Ok(rest)
}

fn is_gone(edits: &EditSet, span: Span) -> bool {
    edits.edits().iter().any(|edit| edit.span.contains(span))
}

fn parameters(program: &Program, one: &Injected, edits: EditSet) -> Result<EditSet, Overlap> {
    let FunctionRef { file, function } = one.constructor;
    let (module, source) = (program.module(file), program.file(file));
    let target = module.function(function);
    let Some(body) = target.body.map(|body| module.block(body).span) else { return Ok(edits) };
    let inside = Span { start: target.params_span.start + 1, end: target.params_span.end - 1 };
    let said = |param: &Param| {
        module.expr_ids().any(|id| {
            let span = module.expr(id).span;
            let is_it = matches!(module.kind(id), ExprKind::Name(name) if Some(&**name) == param.name.as_deref());
            is_it && body.contains(span) && !is_gone(&edits, span)
        })
    };
    let is_setting = |param: &Param| source.slice(param.span).trim_start().starts_with("@Value");
    let of_program = |param: &Param| {
        let class = source.slice(param.span).split_whitespace().rev().nth(1).unwrap_or_default();
        program.files.iter().any(|file| file.path.ends_with(&format!("/{class}.java")))
    };
    let stays = |param: &&Param| said(param) || !(is_setting(param) || of_program(param));
    let old: Vec<&str> = target.params.iter().filter(stays).map(|param| source.slice(param.span)).collect();
    let gap: String = source.slice(inside).chars().take_while(|c| c.is_whitespace()).collect();
    let (before, between) =
        if gap.contains('\n') { (gap.clone(), format!(",{gap}")) } else { (String::new(), ", ".to_owned()) };
    let all: Vec<String> = std::iter::once(format!("{} {}", one.class, one.name))
        .chain(old.iter().map(|param| (*param).to_owned()))
        .collect();
    let mut rest = without(edits, inside)?;
    let text = if all.len() == 1 { all.concat() } else { format!("{before}{}", all.join(&between)) };
    rest.add(Edit { span: inside, text })?;
    Ok(rest)
}

fn assignment(program: &Program, one: &Injected, edits: EditSet) -> Result<EditSet, Overlap> {
    let FunctionRef { file, function } = one.constructor;
    let (module, source) = (program.module(file), program.file(file));
    let Some(body) = module.function(function).body.map(|body| module.block(body).span) else { return Ok(edits) };
    let close = body.end as usize - 1;
    let line = source.lines().line_span(source.lines().line_of(close)).start;
    let (indent, eol) = (source.indent_at(close), source.eol().as_str());
    let text = format!("{indent}{}this.{name} = {name};", Style::of(program, file).indent, name = one.name);
    let all_gone = |edit: &&Edit| edit.text.is_empty() && edit.span.start < line && edit.span.end > line;
    let Some(around) = edits.edits().iter().find(all_gone).cloned() else {
        let mut edits = edits;
        edits.insert(line as usize, format!("{text}{eol}"))?;
        return Ok(edits);
    };
    // Nothing of the body is left: the deletion becomes its one line.
    let mut rest = without(edits, around.span)?;
    let lead = if source.text()[..around.span.start as usize].ends_with('\n') { "" } else { eol };
    let tail = source.slice(Span { start: line, end: around.span.end.min(close as u32) });
    rest.add(Edit { span: around.span, text: format!("{lead}{text}{eol}{tail}") })?;
    Ok(rest)
}

/// The import of `@Value` goes with the last of them.
fn idle_import(program: &Program, one: &Injected, edits: EditSet) -> Result<EditSet, Overlap> {
    let source = program.file(one.constructor.file);
    let Some(at) = source.text().find("import org.springframework.beans.factory.annotation.Value;") else {
        return Ok(edits);
    };
    let line = source.lines().line_span(source.lines().line_of(at));
    let after = edits.apply(source.bytes());
    let said = String::from_utf8_lossy(&after).contains("@Value");
    let mut edits = edits;
    if !said && !is_gone(&edits, line) {
        edits.delete(line)?;
    }
    Ok(edits)
}

/// Whether a constructor can be handed a bean: its brace has a line of its own.
pub(super) fn is_plain(program: &Program, constructor: FunctionRef) -> bool {
    let module = program.module(constructor.file);
    let source = program.file(constructor.file);
    let target = module.function(constructor.function);
    let Some(body) = target.body.map(|body| module.block(body).span) else { return false };
    let close = body.end as usize - 1;
    let line = source.lines().line_span(source.lines().line_of(close)).start;
    let odd = target.decorators.iter().any(|one| annotation(program, constructor.file, *one) != "Autowired");
    line > body.start && source.slice(Span { start: line, end: close as u32 }).trim().is_empty() && !odd
}
