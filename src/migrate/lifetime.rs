//! Readers of `expires_in` keep what they gave: the new answer is in seconds, the old one was in milliseconds.

use super::contract::{Expiry, FIELD};
use super::draft::Draft;
use crate::analyze::{ExprRef, Follow, Place, Program};
use crate::ir::{ExprKind, How, StmtId, StmtKind};
use crate::text::{Overlap, Span};

/// Makes every reader give what it gave before.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn mend(program: &Program, expiry: &Expiry, draft: &mut Draft) -> Result<(), Overlap> {
    for at in &expiry.readers {
        if expiry.shared.contains(at) {
            let why = "`expires_in` of an OAuth answer is read here as well, in seconds; this request's is in seconds now too: see that nobody takes it for milliseconds";
            draft.review(program.place(*at), why);
            continue;
        }
        let Some((span, text)) = mended(program, *at) else { continue };
        let touched = draft.edits.get(&at.file).is_some_and(|edits| edits.touches(span));
        if touched && beside(program, *at, span, &text, draft) {
            continue;
        }
        if touched {
            draft.review(
                program.place(*at),
                "`expires_in` is in seconds now, and this line is rewritten: check its unit",
            );
            continue;
        }
        draft.edits.entry(at.file).or_default().replace(span, text)?;
    }
    Ok(())
}

/// Changes only what stands behind the value, where something before it changes already: `res.data.expires_in` becomes
/// `res.expires_in * 1000`. Whether that was possible.
fn beside(program: &Program, at: ExprRef, span: Span, text: &str, draft: &mut Draft) -> bool {
    let old = program.slice(at.file, span);
    let tail = |kept: usize| Span::new(span.start as usize + kept, span.end as usize);
    let edits = draft.edits.entry(at.file).or_default();
    match (text.strip_prefix(old), old.strip_prefix(text)) {
        (Some(new), _) => edits.insert(span.end as usize, new.to_owned()).is_ok(),
        (None, Some(_)) if !edits.touches(tail(text.len())) => edits.delete(tail(text.len())).is_ok(),
        _ => false,
    }
}

/// Turns the answer's `expires_in` into milliseconds where the answer gets its name, for readers that are out of view.
/// `false` where it gets none.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn convert(program: &Program, bodies: &[ExprRef], draft: &mut Draft) -> Result<bool, Overlap> {
    let [body] = bodies else { return Ok(false) };
    let module = program.module(body.file);
    let bind = module.binds.iter().find(|bind| bind.value == Some(body.expr) && bind.how == How::Assign);
    let named = bind.and_then(|bind| match module.kind(bind.place) {
        ExprKind::Name(name) => Some((bind.stmt, name.to_string())),
        _ => None,
    });
    let returned = if bind.is_none() { returned(program, *body) } else { None };
    let stmt = named.as_ref().map(|(stmt, _)| *stmt).or(returned.as_ref().map(|(stmt, _)| *stmt));
    let Some(stmt) = stmt.map(|stmt| module.stmt(stmt)) else { return Ok(false) };
    if !super::write::starts_line(program, body.file, stmt.span)
        || draft.edits.get(&body.file).is_some_and(|edits| edits.touches(stmt.span))
    {
        return Ok(false);
    }
    let name = named.map_or_else(|| super::write::fresh(program, *body, "token"), |(_, name)| name);
    let source = program.file(body.file);
    let (eol, indent) = (source.eol().as_str(), source.indent_at(stmt.span.start as usize).to_owned());
    let style = super::write::Style::of(program, body.file);
    let Some(syntax) = program.syntax(body.file) else { return Ok(false) };
    let (q, semi, step) = (style.quote, style.semicolon, &style.indent);
    let text = if !syntax.braces {
        format!(
            "{eol}{indent}if {q}{FIELD}{q} in {name}:{eol}{indent}{step}{name}[{q}{FIELD}{q}] *= 1000  # callers expect milliseconds"
        )
    } else {
        format!("{eol}{indent}if ({name}.{FIELD}) {name}.{FIELD} *= 1000{semi} // callers expect milliseconds")
    };
    let again = match &returned {
        Some((_, lead)) => {
            let start = stmt.span.start as usize;
            let span = Span::new(start, module.expr(body.expr).outer.start as usize);
            let declared = syntax.declares;
            draft.replace(Place { file: body.file, span }, format!("{declared}{name} = {lead}"))?;
            format!("{eol}{indent}return {name}{semi}")
        }
        None => String::new(),
    };
    draft.insert(body.file, stmt.span.end as usize, text + &again)?;
    draft.names.insert((body.file, name));
    Ok(true)
}

/// The statement that gives the answer back as it comes, where others can stand before it, and what must come before the
/// answer there.
fn returned(program: &Program, body: ExprRef) -> Option<(StmtId, &'static str)> {
    let unit = program.unit(body.file)?;
    let (module, expr) = (&unit.module, unit.module.expr(body.expr));
    let stmt = module.stmt(expr.stmt);
    let function = module.function(module.function_of(expr.scope)?);
    let syntax = unit.language.syntax;
    let start = module.block(stmt.block).span.start as usize;
    let block = !syntax.braces || program.file(body.file).text()[start..].starts_with('{');
    let promise = !syntax.waits && !expr.awaited && matches!(expr.kind, ExprKind::Call { .. });
    (stmt.kind == StmtKind::Return && function.returns.contains(&body.expr) && block && (!promise || function.is_async))
        .then_some((expr.stmt, if promise { "await " } else { "" }))
}

/// What to put instead of a reader; `None` where it took the value for seconds already.
fn mended(program: &Program, at: ExprRef) -> Option<(Span, String)> {
    let module = program.module(at.file);
    // `int(answer["expires_in"])` is the value as well.
    if let Some(parent) = module.expr(at.expr).parent
        && let ExprKind::Call { callee, args, .. } = module.kind(parent)
        && let ExprKind::Name(name) = module.kind(*callee)
        && matches!(&**name, "int" | "float" | "Number" | "parseInt" | "round")
        && args.len() == 1
        && args[0].value == at.expr
    {
        return mended(program, ExprRef { file: at.file, expr: parent });
    }
    let source = in_seconds(program, at);
    let own = module.expr(at.expr).outer;
    let times = |text: &str| Some((own, text.to_owned()));
    let Some(parent) = module.expr(at.expr).parent else { return times(&format!("{source} * 1000")) };
    match module.kind(parent) {
        ExprKind::Binary { op, left, right } => {
            let (other, is_left) = if *left == at.expr { (*right, true) } else { (*left, false) };
            let number = matches!(module.kind(other), ExprKind::Number(n) if matches!(&**n, "1000" | "1000.0" | "1e3" | "1_000"));
            let small = matches!(module.kind(other), ExprKind::Number(n) if matches!(&**n, "0.001" | ".001" | "1e-3"));
            match &**op {
                "/" | "//" if number && is_left => Some((module.expr(parent).span, source)),
                "*" if small => Some((module.expr(parent).span, source)),
                "*" if number => None,
                "+" | "-" if is_seconds(program, ExprRef { file: at.file, expr: other }) => None,
                "+" | "-" | "*" => times(&format!("{source} * 1000")),
                _ => times(&format!("({source} * 1000)")),
            }
        }
        ExprKind::Call { args, .. } => {
            let arg = args.iter().find(|arg| arg.value == at.expr);
            match arg.and_then(|arg| arg.name.as_deref().map(|name| (arg, name))) {
                Some((arg, "milliseconds")) => {
                    let start = arg.span.start as usize;
                    Some((Span::new(start, start + "milliseconds".len()), "seconds".to_owned()))
                }
                Some((_, "seconds")) => None,
                _ if arg.is_some() => times(&format!("{source} * 1000")),
                _ => times(&format!("({source} * 1000)")),
            }
        }
        ExprKind::Text(_) | ExprKind::Record(_) | ExprKind::List(_) => times(&format!("{source} * 1000")),
        _ => times(&format!("({source} * 1000)")),
    }
}

/// The text of a reader; milliseconds that it gives where there is no `expires_in` become seconds:
/// `answer.get("expires_in", 86400000)`.
fn in_seconds(program: &Program, at: ExprRef) -> String {
    const LEAST: usize = "1000000".len();
    let module = program.module(at.file);
    let source = program.source(at);
    let mut call = at.expr;
    while let ExprKind::Call { callee, args, .. } = module.kind(call)
        && let ([arg], ExprKind::Name(_)) = (args.as_slice(), module.kind(*callee))
    {
        call = arg.value;
    }
    let ExprKind::Call { args, .. } = module.kind(call) else { return source.to_owned() };
    let [_, default] = args.as_slice() else { return source.to_owned() };
    let whole = module.expr(at.expr).outer;
    match module.kind(default.value) {
        ExprKind::Number(number) => match number.replace('_', "").strip_suffix("000") {
            Some(seconds) if seconds.len() + 3 >= LEAST && seconds.bytes().all(|byte| byte.is_ascii_digit()) => {
                let span = module.expr(default.value).span;
                let (from, to) = ((span.start - whole.start) as usize, (span.end - whole.start) as usize);
                format!("{}{seconds}{}", &source[..from], &source[to..])
            }
            _ => source.to_owned(),
        },
        _ => source.to_owned(),
    }
}

/// Whether a value is a time in seconds: then the code took `expires_in` for seconds, which it is now.
fn is_seconds(program: &Program, at: ExprRef) -> bool {
    program.origins(at, Follow::INSIDE).iter().any(|origin| {
        let text = program.source(origin.expr);
        text.ends_with("time.time()") || text == "time()" || text.ends_with(".timestamp()")
    })
}
