//! What the program makes of the decoded answer, and how the library's answer becomes the same.

use super::answer::{handled, links_end};
use super::texts;
use super::unused;
use crate::analyze::{ExprRef, FunctionRef, Program};
use crate::ir::{Bind, Declared, ExprId, ExprKind, How, StmtKind};
use crate::migrate::contract::reads;
use crate::text::{FileId, Span};

/// What the answer is decoded to.
#[derive(Debug)]
pub(super) enum Shape {
    /// A struct of the program's, made of the answer's fields: its path, and what each field is given.
    Struct { path: String, fields: Vec<(String, Filled)> },
    /// One field of such a struct, or of a JSON value, at each of these places.
    Field(Vec<Taken>),
}

/// What a field of the program's struct is given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Filled {
    /// A text field of the answer, in an option or not.
    Text(&'static str, bool),
    /// The seconds, as this type, in an option or not.
    Seconds(String, bool),
    /// The milliseconds, which others expect.
    Milliseconds(String, bool),
    /// Nothing: the answer has no such field.
    Nothing,
}

/// A place where a text field of the answer is taken.
#[derive(Debug)]
pub(super) struct Taken {
    pub file: FileId,
    pub span: Span,
    /// Whether a `String` is wanted there; else a `&str`.
    pub owned: bool,
}

/// The fields of the token endpoint's answer that are texts.
const TEXTS: [&str; 2] = ["access_token", "token_type"];
const EXPIRY: &str = "expires_in";

/// The type that the body is decoded to, as it is written.
pub(super) fn class(program: &Program, body: ExprRef, call: ExprRef) -> Option<String> {
    let module = program.module(body.file);
    let text = program.slice(body.file, module.expr(body.expr).span);
    if let Some((_, rest)) = text.rsplit_once(".json::<") {
        let class = &rest[..rest.find(">()")?];
        return Some(class.trim().to_owned()).filter(|class| class != "_");
    }
    if let Some(bind) = bound(program, body) {
        return texts::annotation(program, body.file, bind);
    }
    let returned = is_given_back(program, body)?;
    let class = super::failing::returned(program, FunctionRef { file: call.file, function: returned })?;
    let (_, inner) = class.split_once("Result<")?;
    let end = inner.find([',', '>'])?;
    Some(inner[..end].trim().to_owned()).filter(|class| !class.contains('<'))
}

/// The bind whose whole value the body is.
pub(super) fn bound(program: &Program, body: ExprRef) -> Option<&Bind> {
    let module = program.module(body.file);
    let bind = module.binds.iter().find(|bind| bind.value == Some(body.expr) && bind.how == How::Assign)?;
    let whole = module.expr(body.expr).outer == span(program, body);
    let name = matches!(module.kind(bind.place), ExprKind::Name(_));
    (whole && name && module.stmt(bind.stmt).kind == StmtKind::Bind).then_some(bind)
}

/// The function that gives the body back: `Ok(response.json()?)`.
fn is_given_back(program: &Program, body: ExprRef) -> Option<crate::ir::FunctionId> {
    let module = program.module(body.file);
    let expr = module.expr(body.expr);
    let around = program.slice(body.file, Span { start: expr.outer.start, end: expr.span.start });
    let function = module.function_of(expr.scope)?;
    let own = module.function(function).returns.contains(&body.expr);
    (own && around.trim() == "Ok(").then_some(function)
}

/// The body with what follows its failure.
pub(super) fn span(program: &Program, body: ExprRef) -> Span {
    let own = program.module(body.file).expr(body.expr).span;
    Span::new(own.start as usize, links_end(program, body.file, own.end as usize))
}

/// What the program makes of the answer.
///
/// # Errors
/// What the library's answer cannot become, in words.
pub(super) fn shape(program: &Program, body: ExprRef, call: ExprRef) -> Result<Shape, String> {
    if let Some(taken) = member(program, body)? {
        return Ok(Shape::Field(vec![taken]));
    }
    let Some(class) = class(program, body, call) else {
        return Err("it is not in view what the answer is decoded to".to_owned());
    };
    if matches!(class.as_str(), "Value" | "serde_json::Value") {
        return value(program, body);
    }
    let fields = fields(program, call.file, &class)?;
    Ok(Shape::Struct { path: class, fields })
}

/// `response.json::<Token>()?.access_token`
fn member(program: &Program, body: ExprRef) -> Result<Option<Taken>, String> {
    let module = program.module(body.file);
    let sub = |expr| ExprRef { file: body.file, expr };
    let Some(parent) = module.expr(body.expr).parent else { return Ok(None) };
    match module.kind(parent) {
        ExprKind::Member { base, name, .. } if *base == body.expr => match TEXTS.contains(&&**name) {
            true if class(program, body, body).is_some_and(|class| is_struct_field(program, &class, name)) => {
                let span = Span { start: span(program, body).start, end: module.expr(parent).span.end };
                Ok(Some(Taken { file: body.file, span, owned: true }))
            }
            _ => Err("the answer is used where it is decoded".to_owned()),
        },
        ExprKind::Index { base, .. } if *base == body.expr => taken(program, sub(parent)).map(Some),
        _ => Ok(None),
    }
}

fn is_struct_field(program: &Program, class: &str, name: &str) -> bool {
    let Ok((file, members)) = members(program, class) else { return false };
    let field = members.iter().find(|member| *member.name == *name);
    field.and_then(|member| texts::class_text(program, file, member)).is_some_and(|class| class == "String")
}

/// A JSON value: only its `access_token` may be read.
fn value(program: &Program, body: ExprRef) -> Result<Shape, String> {
    let lost = || "the answer is a JSON value that is used as a whole".to_owned();
    let bind = bound(program, body).ok_or_else(lost)?;
    let holder = program.holder(ExprRef { file: body.file, expr: bind.place }).ok_or_else(lost)?;
    let mut places = vec![];
    for read in reads(program, &holder) {
        let module = program.module(read.file);
        let parent = module.expr(read.expr).parent.ok_or_else(lost)?;
        if !matches!(module.kind(parent), ExprKind::Index { base, .. } if *base == read.expr) {
            return Err(lost());
        }
        places.push(taken(program, ExprRef { file: read.file, expr: parent })?);
    }
    if places.is_empty() {
        return Err(lost());
    }
    Ok(Shape::Field(places))
}

/// `answer["access_token"].as_str().context("…")?`, also with `.to_string()` behind it.
fn taken(program: &Program, index: ExprRef) -> Result<Taken, String> {
    let lost = || "the answer is a JSON value that is used as a whole".to_owned();
    let module = program.module(index.file);
    let sub = |expr| ExprRef { file: index.file, expr };
    let ExprKind::Index { index: key, .. } = module.kind(index.expr) else { return Err(lost()) };
    if module.literal(*key).as_deref() != Some(TEXTS[0]) {
        return Err("more than the access token is read from a JSON value".to_owned());
    }
    let start = module.expr(index.expr).span.start as usize;
    let text = method(program, index, &["as_str"]).ok_or_else(lost)?;
    let value = match handled(program, text) {
        Ok((value, _)) => value,
        Err(_) => {
            let other = method(program, text, &["ok_or", "ok_or_else", "unwrap_or_default"]).ok_or_else(lost)?;
            let defaults = module.kind(other.expr);
            let name = match defaults {
                ExprKind::Call { callee, .. } => program.slice(index.file, module.expr(*callee).span),
                _ => "",
            };
            if name.ends_with("unwrap_or_default") { other } else { handled(program, other)?.0 }
        }
    };
    let end = links_end(program, index.file, module.expr(value.expr).span.end as usize);
    match method(program, value, &["to_string", "to_owned"]) {
        Some(owned) => {
            let span = Span::new(start, module.expr(owned.expr).span.end as usize);
            Ok(Taken { file: index.file, span, owned: true })
        }
        None => Ok(Taken { file: sub(value.expr).file, span: Span::new(start, end), owned: false }),
    }
}

/// The call of one of these methods on a value.
fn method(program: &Program, at: ExprRef, names: &[&str]) -> Option<ExprRef> {
    let module = program.module(at.file);
    let member = module.expr(at.expr).parent?;
    let ExprKind::Member { base, name, .. } = module.kind(member) else { return None };
    let call: ExprId = module.expr(member).parent?;
    let fits = *base == at.expr && names.contains(&&**name);
    let calls = matches!(module.kind(call), ExprKind::Call { callee, .. } if *callee == member);
    (fits && calls).then_some(ExprRef { file: at.file, expr: call })
}

/// The declared fields of a struct that is the only one of its name.
fn members(program: &Program, class: &str) -> Result<(FileId, Vec<Declared>), String> {
    let name = class.rsplit("::").next().unwrap_or(class);
    let mut found = program.units().flat_map(|(file, unit)| {
        let classes: std::collections::BTreeSet<_> = unit.module.types.members.iter().map(|it| it.class).collect();
        classes
            .into_iter()
            .filter(|class| unit.module.class(*class).name.as_deref() == Some(name))
            .map(move |class| (file, class))
            .collect::<Vec<_>>()
    });
    let (Some((file, class)), None) = (found.next(), found.next()) else {
        return Err(format!("the answer becomes `{class}`, whose declaration is not in view"));
    };
    let members = program.module(file).types.members.iter().filter(|member| member.class == class);
    Ok((file, members.cloned().collect()))
}

/// What each field of the struct is given.
fn fields(program: &Program, here: FileId, class: &str) -> Result<Vec<(String, Filled)>, String> {
    let no = |why: &str| Err(format!("the answer becomes `{class}`, {why}"));
    if class.contains(['<', '&', '(']) {
        return no("which new text cannot make");
    }
    let (file, members) = members(program, class)?;
    let module = program.module(file);
    let Some(first) = members.first() else { return no("which has no fields") };
    let text = program.slice(file, module.class(first.class).span);
    let head = text.split('{').next().unwrap_or_default();
    if ["serde_as", "try_from", "from =", "transparent", "remote"].iter().any(|it| head.contains(it)) {
        return no("which serde makes in a way of its own");
    }
    let same_package =
        crate::migrate::packages::manifests_of(program, here) == crate::migrate::packages::manifests_of(program, file);
    let mut filled = vec![];
    for member in &members {
        let text = program.slice(file, member.span);
        let visible = file == here || member.is_public || text.contains("pub(crate)");
        if !visible || !same_package {
            return no("whose fields are private elsewhere");
        }
        let attributes = text.lines().filter(|line| line.trim_start().starts_with("#[serde")).collect::<String>();
        if ["serde_as", "with", "flatten", "skip"].iter().any(|word| attributes.contains(word)) {
            return no("of which a field is decoded in a way of its own");
        }
        let Some(class_text) = texts::class_text(program, file, member) else {
            return no("whose fields are not in view");
        };
        let written = module.types.written.get(&(member.class, member.name.clone()));
        let name = written.map_or(&*member.name, |written| &*written.name);
        let is_exposed = unused::is_public_member(program, file, member);
        let Some(fill) = fill(name, &class_text, is_exposed) else {
            return Err(format!(
                "the answer becomes `{class}`, whose `{}` the library's answer cannot fill",
                member.name
            ));
        };
        filled.push((member.name.to_string(), fill));
    }
    Ok(filled)
}

fn fill(name: &str, class: &str, is_exposed: bool) -> Option<Filled> {
    let optional = class.strip_prefix("Option<").and_then(|inner| inner.strip_suffix('>'));
    let inner = optional.unwrap_or(class);
    if let Some(text) = TEXTS.iter().find(|text| **text == name) {
        return (inner == "String").then_some(Filled::Text(text, optional.is_some()));
    }
    if name == EXPIRY {
        let number = ["u64", "i64", "u32", "i32", "usize", "f64", "u128", "i128"].contains(&inner);
        // Milliseconds of a day do not fit into less.
        let filled = if is_exposed { Filled::Milliseconds } else { Filled::Seconds };
        return number.then(|| filled(inner.to_owned(), optional.is_some()));
    }
    optional.is_some().then_some(Filled::Nothing)
}
