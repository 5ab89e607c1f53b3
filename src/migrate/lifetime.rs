//! Readers of `expires_in` keep what they gave: the new answer is in seconds, the old one was in milliseconds.

use super::contract::{Expiry, FIELD};
use super::draft::Draft;
use crate::analyze::{ExprRef, Follow, Place, Program};
use crate::ir::{ExprId, ExprKind, FunctionId, How, Module, StmtId, StmtKind};
use crate::text::{FileId, Overlap, Span};

/// Makes every reader give what it gave before.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn mend(program: &Program, expiry: &Expiry, draft: &mut Draft) -> Result<(), Overlap> {
    let in_seconds: Vec<_> =
        expiry.readers.iter().filter(|at| is_taken_for_seconds(program, **at)).map(|at| around(program, *at)).collect();
    for at in &expiry.readers {
        // Code that takes it for seconds in one place does so in all, and is right now.
        if in_seconds.contains(&around(program, *at)) || asks_if_there(program, *at) {
            continue;
        }
        if expiry.shared.contains(at) {
            if super::scale::mend(program, *at, draft)? {
                continue;
            }
            let why = "`expires_in` of an OAuth answer is read here as well, in seconds; this request's is in seconds now too: see that nobody takes it for milliseconds";
            draft.review(program.place(*at), why);
            continue;
        }
        if has_unknown_default(program, *at) {
            draft.review(
                program.place(*at),
                "`expires_in` is in seconds now, and was in milliseconds: check the unit of what stands in for it here",
            );
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

/// The function that a reader stands in.
fn around(program: &Program, at: ExprRef) -> (FileId, Option<FunctionId>) {
    let module = program.module(at.file);
    (at.file, module.function_of(module.expr(at.expr).scope))
}

/// `int(answer["expires_in"])` is the value as well.
fn as_number(module: &Module, at: ExprId) -> Option<ExprId> {
    let parent = module.expr(at).parent?;
    let ExprKind::Call { callee, args, .. } = module.kind(parent) else { return None };
    let ExprKind::Name(name) = module.kind(*callee) else { return None };
    let converts = matches!(&**name, "int" | "float" | "Number" | "parseInt" | "round");
    (converts && args.len() == 1 && args[0].value == at).then_some(parent)
}

/// Whether a reader only asks whether there is a value, or tells it on the way out: its unit does not matter there.
fn asks_if_there(program: &Program, at: ExprRef) -> bool {
    let module = program.module(at.file);
    let expr = module.expr(at.expr);
    let stmt = module.stmt(expr.stmt);
    let Some(parent) = expr.parent else { return matches!(stmt.kind, StmtKind::If | StmtKind::Loop) };
    stmt.kind == StmtKind::Throw
        || match module.kind(parent) {
            ExprKind::Binary { op, left, right } => {
                let other = if *left == at.expr { *right } else { *left };
                matches!(&**op, "==" | "===" | "!=" | "!==" | "is" | "is not")
                    && matches!(module.kind(other), ExprKind::Null)
            }
            ExprKind::Choice { tested, .. } => *tested == Some(at.expr),
            ExprKind::Opaque(parts) if parts.len() == 1 => {
                let text = program.slice(at.file, module.expr(parent).span);
                text.starts_with('!') || text.starts_with("not ") || text.starts_with("typeof ")
            }
            _ => false,
        }
}

/// The value that stands in where there is no `expires_in`: `answer.expires_in || 86400000`.
fn default(module: &Module, at: ExprId) -> Option<(ExprId, ExprId)> {
    let at = as_number(module, at).unwrap_or(at);
    let parent = module.expr(at).parent?;
    match module.kind(parent) {
        ExprKind::Choice { options, tested: None } if options.first() == Some(&at) => match options.as_slice() {
            [_, other] => Some((parent, *other)),
            _ => None,
        },
        _ => None,
    }
}

/// The number of seconds that a default in milliseconds has.
fn as_seconds(module: &Module, default: ExprId) -> Option<String> {
    const LEAST: usize = "1000000".len();
    let ExprKind::Number(number) = module.kind(default) else { return None };
    let number = number.replace('_', "");
    let seconds = number.strip_suffix("000")?;
    (number.len() >= LEAST && seconds.bytes().all(|byte| byte.is_ascii_digit())).then(|| seconds.to_owned())
}

/// Whether nobody can tell in which unit the default of a reader is.
fn has_unknown_default(program: &Program, at: ExprRef) -> bool {
    let module = program.module(at.file);
    default(module, at.expr).is_some_and(|(_, default)| as_seconds(module, default).is_none())
}

/// Whether the code took the value for seconds, which it is now: it multiplies it, has a default of so many seconds, or adds
/// it to a time in seconds.
fn is_taken_for_seconds(program: &Program, at: ExprRef) -> bool {
    let unit = program.unit(at.file);
    let Some(module) = unit.map(|unit| &unit.module) else { return false };
    let is_thousand = |id: ExprId| matches!(module.kind(id), ExprKind::Number(number) if is_thousand(number));
    let times = |at: ExprId, sign: &str| {
        module.expr(at).parent.is_some_and(|parent| match module.kind(parent) {
            ExprKind::Binary { op, left, right } if **op == *sign => {
                is_thousand(if *left == at { *right } else { *left })
            }
            _ => false,
        })
    };
    let mut value = as_number(module, at.expr).unwrap_or(at.expr);
    if let Some((choice, default)) = default(module, at.expr) {
        if let ExprKind::Number(number) = module.kind(default)
            && number.parse::<f64>().is_ok_and(|number| (60.0..1e6).contains(&number))
        {
            return true;
        }
        value = as_number(module, choice).unwrap_or(choice);
    }
    if times(value, "*") {
        return true;
    }
    let named = module.binds.iter().find(|bind| bind.value == Some(value) && bind.how == How::Assign);
    let (Some(bind), Some(unit)) = (named, unit) else { return false };
    let ExprKind::Name(name) = module.kind(bind.place) else { return false };
    let reads = || {
        unit.mentions(name).filter(|id| {
            matches!(module.kind(*id), ExprKind::Name(_))
                && unit.bind_of_place(*id).is_none()
                && unit.declaring_scope(module.expr(*id).scope, name) == Some(bind.scope)
        })
    };
    reads().any(|read| times(read, "*")) && !reads().any(|read| times(read, "/") || times(read, "//"))
}

/// Whether a number makes seconds of milliseconds, or the other way round.
pub(super) fn is_thousand(number: &str) -> bool {
    matches!(number, "1000" | "1000.0" | "1e3" | "1_000")
}

/// What to put instead of a reader; `None` where it took the value for seconds already.
fn mended(program: &Program, at: ExprRef) -> Option<(Span, String)> {
    let module = program.module(at.file);
    if let Some((choice, default)) = default(module, at.expr)
        && let Some(seconds) = as_seconds(module, default)
    {
        let (whole, old) = (module.expr(choice).outer, module.expr(default).span);
        let source = program.slice(at.file, whole);
        let (from, to) = ((old.start - whole.start) as usize, (old.end - whole.start) as usize);
        let inside = format!("{}{seconds}{}", &source[..from], &source[to..]);
        let wrapped = if source.starts_with('(') { inside } else { format!("({inside})") };
        return Some((whole, format!("{wrapped} * 1000")));
    }
    if let Some(parent) = as_number(module, at.expr) {
        return mended(program, ExprRef { file: at.file, expr: parent });
    }
    let source = in_seconds(program, at);
    let own = module.expr(at.expr).outer;
    let times = |text: &str| Some((own, text.to_owned()));
    let Some(parent) = module.expr(at.expr).parent else { return times(&format!("{source} * 1000")) };
    match module.kind(parent) {
        ExprKind::Binary { op, left, right } => {
            let (other, is_left) = if *left == at.expr { (*right, true) } else { (*left, false) };
            let number = matches!(module.kind(other), ExprKind::Number(n) if is_thousand(n));
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
    let Some(seconds) = as_seconds(module, default.value) else { return source.to_owned() };
    let span = module.expr(default.value).span;
    let (from, to) = ((span.start - whole.start) as usize, (span.end - whole.start) as usize);
    format!("{}{seconds}{}", &source[..from], &source[to..])
}

/// Whether a value is a time in seconds: then the code took `expires_in` for seconds, which it is now.
fn is_seconds(program: &Program, at: ExprRef) -> bool {
    program.origins(at, Follow::INSIDE).iter().any(|origin| {
        let text = program.source(origin.expr);
        text.ends_with("time.time()") || text == "time()" || text.ends_with(".timestamp()")
    })
}
