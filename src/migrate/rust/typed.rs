//! Values in the shape that a typed language asks for: what replaces the JWT must be of the JWT's own type.

use crate::analyze::{Def, Exchange, ExprRef, Field, Place, Program, Written};
use crate::ir::{ExprId, ExprKind, How, Piece};
use crate::migrate::draft::Draft;
use crate::migrate::scopes::Scopes;
use crate::migrate::write;
use crate::rules::Body;
use crate::text::{FileId, Overlap, Span};

/// What the fields `grant_type` and `scope` hold in a Rust program, where it can be said; else a human is asked.
pub(in crate::migrate) fn values(
    program: &Program,
    field: &Field,
    scopes: &Scopes,
    draft: &mut Draft,
) -> Option<(String, String)> {
    let value = field.value.filter(|value| value.file == field.at.file)?;
    let mut dress = Dress::of(program, field, value);
    let inserted = is_inserted(program, field);
    if matches!(dress, Dress::Borrowed) && (inserted || is_collected(program, field)) {
        if !(if inserted { inserted_as_texts(program, field, draft) } else { as_texts(program, field, draft) }) {
            draft.manual(field.at, "the values are borrowed: send grant_type and scope instead of this field");
            return None;
        }
        dress = Dress::Text;
    }
    let grant = dress.literal("client_credentials");
    let scope = match scopes {
        Scopes::Known(list) => dress.literal(&list.join(",")),
        Scopes::Setting { read, .. } => match dress {
            Dress::Owned(_) | Dress::Any => read.clone(),
            // What is made here lives to the end of the statement.
            Dress::Text if is_used_at_once(program, field) => format!("{read}.as_str()"),
            Dress::Borrowed if is_used_at_once(program, field) => format!("&{read}"),
            Dress::Text | Dress::Borrowed | Dress::Unknown => {
                let name =
                    (!matches!(dress, Dress::Unknown)).then(|| bind(program, field, value, read, draft)).flatten();
                let Some(name) = name else {
                    let why = "the scopes are read when the program runs: bind them to a name, and send that";
                    draft.manual(field.at, why);
                    return None;
                };
                if matches!(dress, Dress::Text) { format!("{name}.as_str()") } else { format!("&{name}") }
            }
        },
    };
    Some((grant, scope))
}

/// Binds what reads the scopes to a name, in a line before the field's statement. Gives the name, unless the form may
/// leave the function: then it can hold nothing that was made there.
fn bind(program: &Program, field: &Field, value: ExprRef, read: &str, draft: &mut Draft) -> Option<String> {
    let file = field.host.file;
    let unit = program.unit(file)?;
    let module = &unit.module;
    let source = program.source(value).trim().trim_start_matches('&');
    let head = &source[..source.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(source.len())];
    let scope = module.expr(field.host.expr).scope;
    let home = unit.declaring_scope(scope, head)?;
    let is_local = module.function_of(home).is_some() && module.function_of(home) == module.function_of(scope);
    let mut binds = unit.binds_in(home, head).iter().map(|bind| &module.binds[bind.index()]);
    let start = module.stmt(module.expr(field.host.expr).stmt).span.start as usize;
    let source = program.file(file);
    let line = source.lines().line_span(source.lines().line_of(start)).start as usize;
    let begins = source.text()[line..start].trim().is_empty();
    if !is_local || !begins || !binds.all(|bind| bind.how == How::Assign) {
        return None;
    }
    let name = write::fresh(program, field.host, "scopes");
    let (eol, indent) = (source.eol().as_str(), source.indent_at(start).to_owned());
    draft.names.insert((file, name.clone()));
    draft.insert(file, start, format!("let {name} = {read};{eol}{indent}")).ok()?;
    Some(name)
}

/// Whether a field is put into a map: `form.insert("client_id", &id);`
fn is_inserted(program: &Program, field: &Field) -> bool {
    field.written == Written::Appended && method(program, field.host) == Some("insert")
}

/// The values of the other fields that are put into the same map.
fn inserted(program: &Program, field: &Field) -> Vec<ExprRef> {
    let file = field.host.file;
    let module = program.module(file);
    let map = |call: ExprId| match module.kind(call) {
        ExprKind::Call { callee, args, .. } => match (module.kind(*callee), args.as_slice()) {
            (ExprKind::Member { base, name, .. }, [_, value]) if &**name == "insert" => {
                Some((program.slice(file, module.expr(*base).span), value.value))
            }
            _ => None,
        },
        _ => None,
    };
    let Some((own, _)) = map(field.host.expr) else { return vec![] };
    let function = |expr: ExprId| module.function_of(module.expr(expr).scope);
    let calls = program.unit(file).into_iter().flat_map(|unit| unit.calls());
    calls
        .filter(|call| **call != field.host.expr && function(**call) == function(field.host.expr))
        .filter_map(|call| map(*call).filter(|(other, _)| *other == own))
        .map(|(_, value)| ExprRef { file, expr: value })
        .collect()
}

/// As [`as_texts`], for a map that is filled piece by piece.
fn inserted_as_texts(program: &Program, field: &Field, draft: &mut Draft) -> bool {
    let values = inserted(program, field);
    let spans = values.into_iter().map(|value| program.module(value.file).expr(value.expr).outer).collect();
    all_as_texts(program, field.host.file, spans, draft)
}

/// Whether nothing that holds the field outlives the statement: it is handed to a method there.
fn is_used_at_once(program: &Program, field: &Field) -> bool {
    let module = program.module(field.at.file);
    let stmt = module.expr(field.host.expr).stmt;
    if is_inserted(program, field) {
        return false;
    }
    let mut kept = module.binds.iter().filter(|bind| bind.stmt == stmt).filter_map(|bind| bind.value);
    kept.all(|value| {
        let is_call = matches!(module.kind(value), ExprKind::Call { .. });
        (is_call && !is_collected(program, field)) || !module.expr(value).outer.contains(field.at.span)
    })
}

/// Whether a function makes a collection of the pairs: `HashMap::from([…])`.
fn is_collected(program: &Program, field: &Field) -> bool {
    let module = program.module(field.host.file);
    let list = module.expr(field.host.expr).parent;
    let Some(call) = list.and_then(|list| module.expr(list).parent) else { return false };
    let ExprKind::Call { callee, .. } = module.kind(call) else { return false };
    program.slice(field.host.file, module.expr(*callee).outer).contains("::")
        && matches!(module.kind(*callee), ExprKind::Member { name, .. } if matches!(&**name, "from" | "from_iter"))
}

/// `("client_id", &id)` becomes `("client_id", id.as_str())`, so that a text can stand beside it. Whether all pairs
/// could be changed.
fn as_texts(program: &Program, field: &Field, draft: &mut Draft) -> bool {
    let module = program.module(field.host.file);
    let file = field.host.file;
    let Some(ExprKind::List(pairs)) = module.expr(field.host.expr).parent.map(|list| module.kind(list)) else {
        return false;
    };
    let mut values = vec![];
    for pair in pairs.iter().filter(|pair| pair.value != field.host.expr) {
        let ExprKind::List(items) = module.kind(pair.value) else { return false };
        let Some(value) = items.get(1).map(|item| module.expr(item.value).outer) else { return false };
        values.push(value);
    }
    all_as_texts(program, file, values, draft)
}

/// `&id` becomes `id.as_str()`, at all places or at none.
fn all_as_texts(program: &Program, file: FileId, values: Vec<Span>, draft: &mut Draft) -> bool {
    let mut edits = vec![];
    for value in values {
        let source = program.slice(file, value);
        let path = source.trim_start_matches('&');
        if !path.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.')) {
            return false;
        }
        edits.push((value, format!("{path}.as_str()")));
    }
    let own = draft.edits.entry(file).or_default();
    edits.into_iter().all(|(span, text)| own.replace(span, text).is_ok())
}

/// Says what no tool but the compiler and the documentation of the target can know.
pub(in crate::migrate) fn doubts(program: &Program, exchange: &Exchange<'_>, draft: &mut Draft) {
    let at = program.place(exchange.call);
    if exchange.hit.as_ref().is_some_and(|hit| hit.rule.body == Some(Body::Multipart)) {
        draft.manual(at, "the body is multipart; the token endpoint takes a form: send it as one");
    }
}

/// The argument that fills `hole` of a format string goes, or becomes what reads the scopes. Whether that was possible: an
/// argument that is taken out must not move others that are counted.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(in crate::migrate) fn format_argument(
    program: &Program,
    hole: Span,
    value: ExprRef,
    scopes: &Scopes,
    draft: &mut Draft,
) -> Result<bool, Overlap> {
    let module = program.module(value.file);
    let Some(ExprKind::Text(text)) = module.expr(value.expr).parent.map(|parent| module.kind(parent)) else {
        return Ok(false);
    };
    let holes: Vec<(Span, ExprId)> = text
        .pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Hole { span, expr } => Some((*span, *expr)),
            Piece::Known { .. } => None,
        })
        .collect();
    let number = |span: Span| program.slice(value.file, span).trim_matches(['{', '}']).parse::<usize>().ok();
    let uses = holes.iter().filter(|(_, expr)| *expr == value.expr).count();
    let own = number(hole);
    let moves = holes.iter().any(|(span, _)| number(*span).is_some_and(|other| own.is_none_or(|own| other > own)));
    if uses != 1 || moves {
        return Ok(false);
    }
    let outer = module.expr(value.expr).outer;
    let place = Place { file: value.file, span: outer };
    if let Scopes::Setting { read, .. } = scopes {
        draft.replace(place, read.clone())?;
        return Ok(true);
    }
    // With its name, if it has one, and the comma before it.
    let before = program.file(value.file).text()[..outer.start as usize].trim_end();
    let before = match before.strip_suffix('=') {
        Some(named) => named.trim_end().trim_end_matches(|c: char| c.is_alphanumeric() || c == '_').trim_end(),
        None => before,
    };
    let Some(before) = before.strip_suffix(',') else { return Ok(false) };
    draft.edits.entry(value.file).or_default().delete(Span::new(before.trim_end().len(), outer.end as usize))?;
    draft.gone.entry(value.file).or_default().push(outer);
    Ok(true)
}

/// How a text is written so that it has the type of the value before.
enum Dress {
    /// `"x"`: a `&str`, or whatever the callee makes of it.
    Text,
    /// `"x".to_string()` and the like.
    Owned(&'static str),
    /// `&"x".to_string()`
    Borrowed,
    /// `"x".into()`: what the other values are; what makes it gives a `String`.
    Any,
    /// The same, and nobody knows what the other values are.
    Unknown,
}

impl Dress {
    fn of(program: &Program, field: &Field, value: ExprRef) -> Self {
        let source = program.source(value).trim();
        let owned = [(".to_string()", ".to_string()"), (".to_owned()", ".to_owned()"), (".clone()", ".to_string()")];
        if let Some((_, suffix)) = owned.iter().find(|(ending, _)| source.ends_with(ending)) {
            return Dress::Owned(suffix);
        }
        let is_json = field.written == Written::Entry;
        let generic = field.written == Written::Appended && method(program, field.host) != Some("insert");
        if is_json || generic || is_text(source) {
            return Dress::Text;
        }
        if !source.starts_with('&') {
            return match parameter_type(program, value) {
                Some(class) if class.starts_with('&') && class.ends_with("str") => Dress::Text,
                Some("String") => Dress::Owned(".to_string()"),
                Some(_) => Dress::Unknown,
                None => Dress::Any,
            };
        }
        let inserted: Vec<&str> = inserted(program, field).into_iter().map(|value| program.source(value)).collect();
        let siblings = siblings(program, field);
        match field.written {
            Written::Appended if inserted.iter().all(|other| other.starts_with('&') && !is_text(other)) => {
                Dress::Borrowed
            }
            Written::Pair if takes_texts(program, field) => Dress::Text,
            Written::Pair if siblings.iter().all(|sibling| sibling.starts_with('&') && !is_text(sibling)) => {
                Dress::Borrowed
            }
            _ => Dress::Text,
        }
    }

    fn literal(&self, text: &str) -> String {
        match self {
            Dress::Text => format!("\"{text}\""),
            Dress::Owned(suffix) => format!("\"{text}\"{suffix}"),
            Dress::Borrowed => format!("&\"{text}\".to_string()"),
            Dress::Any | Dress::Unknown => format!("\"{text}\".into()"),
        }
    }
}

/// The written type of the parameter that a name is.
pub(super) fn parameter_type(program: &Program, value: ExprRef) -> Option<&str> {
    let ExprKind::Name(name) = program.kind(value) else { return None };
    let scope = program.module(value.file).expr(value.expr).scope;
    let defs = program.definitions(value.file, scope, name, value.expr);
    defs.iter().find_map(|def| match def {
        Def::Param(function, index) => {
            let params = &program.module(function.file).function(function.function).params;
            let text = program.slice(function.file, params.get(*index as usize)?.span);
            Some(text.split_once(':').map_or("", |(_, class)| class.trim()))
        }
        _ => None,
    })
}

/// Whether an expression is a `&str` by its looks.
fn is_text(source: &str) -> bool {
    source.starts_with('"') || [".as_str()", ".as_ref()", ".trim()"].iter().any(|ending| source.ends_with(ending))
}

/// The values of the other pairs of a list.
fn siblings<'p>(program: &'p Program, field: &Field) -> Vec<&'p str> {
    let module = program.module(field.host.file);
    let sub = |expr| ExprRef { file: field.host.file, expr };
    let Some(ExprKind::List(pairs)) = module.expr(field.host.expr).parent.map(|list| module.kind(list)) else {
        return vec![];
    };
    let value = |pair| match module.kind(pair) {
        ExprKind::List(items) if pair != field.host.expr => items.get(1).map(|item| program.source(sub(item.value))),
        _ => None,
    };
    pairs.iter().filter_map(|pair| value(pair.value)).collect()
}

/// Whether pairs of `&str` are asked for where the list is: ureq 2 has `send_form(&[(&str, &str)])`, where ureq 3 takes
/// no reference. <https://docs.rs/ureq/2/ureq/struct.Request.html#method.send_form>
fn takes_texts(program: &Program, field: &Field) -> bool {
    let file = field.host.file;
    let module = program.module(file);
    let Some(list) = module.expr(field.host.expr).parent else { return false };
    let call = module.expr(list).parent.map(|call| ExprRef { file, expr: call });
    call.is_some_and(|call| method(program, call) == Some("send_form"))
        && program.slice(file, module.expr(list).outer).starts_with('&')
}

fn method(program: &Program, call: ExprRef) -> Option<&str> {
    let ExprKind::Call { callee, .. } = program.kind(call) else { return None };
    match program.kind(ExprRef { file: call.file, expr: *callee }) {
        ExprKind::Member { name, .. } => Some(name),
        _ => None,
    }
}

/// Whether a field is one of a struct that is made.
pub(super) fn is_of_struct(program: &Program, field: &Field) -> bool {
    program.module(field.host.file).types.records.contains_key(&field.host.expr)
}
