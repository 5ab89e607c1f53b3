//! Texts in new code: whether an expression owns its bytes, so that it can be handed on in the way that is asked for.

use super::typed;
use super::units;
use crate::analyze::{Def, ExprRef, Program};
use crate::ir::{ExprKind, How};
use crate::migrate::contract::reads;

/// Who owns the bytes of a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Bytes {
    /// A `String`.
    Own,
    /// A `&str`.
    Lent,
    /// A `&String`.
    LentString,
    /// Not known.
    Unknown,
}

/// How far a name is followed to what it was made of.
const MAX_DEPTH: u8 = 4;

/// Whether the type of an expression is written, and is none of a text: it may have no text that a library could take.
pub(super) fn is_odd(program: &Program, at: ExprRef) -> bool {
    let same = [".as_ref()", ".as_str()", ".clone()", ".into()", ".to_owned()", ".to_string()"];
    let is_same = same.iter().any(|ending| program.source(at).trim().ends_with(ending));
    let at = base(program, at).filter(|_| is_same).unwrap_or(at);
    is_place(program, at) && class_of(program, at).is_some_and(|class| of_class(&class) == Bytes::Unknown)
}

/// The expression as a `String`.
pub(super) fn owned(program: &Program, at: ExprRef) -> String {
    let source = bare(program, at);
    let bytes = bytes(program, at, 0);
    if let (Some(text), Bytes::Own) = (source.strip_suffix(".as_str()"), place_bytes(program, at)) {
        let last = base(program, at).is_some_and(|base| is_last_read(program, base));
        return if last { text.to_owned() } else { format!("{text}.clone()") };
    }
    let makes = |ending: &&str| source.ends_with(*ending);
    let is_made = source.starts_with("format!")
        || [".to_string()", ".to_owned()"].iter().any(makes)
        || (bytes == Bytes::Own && source.ends_with(".clone()"));
    match bytes {
        _ if is_made => source,
        Bytes::Own if is_last_read(program, at) => source,
        Bytes::Own if is_place(program, at) => format!("{source}.clone()"),
        Bytes::Own => source,
        Bytes::Lent | Bytes::LentString => format!("{source}.to_owned()"),
        Bytes::Unknown => format!("{source}.to_string()"),
    }
}

/// The expression as a `&str`, where that can be told.
pub(super) fn lent(program: &Program, at: ExprRef) -> Option<String> {
    let source = bare(program, at);
    if source.ends_with(".as_str()") || source.starts_with('"') {
        return Some(source);
    }
    let made = [".clone()", ".to_owned()", ".to_string()"].iter().find_map(|ending| source.strip_suffix(ending));
    let (base, bytes) = match made {
        Some(base) => (base.to_owned(), place_bytes(program, at)),
        None => (source, bytes(program, at, 0)),
    };
    match bytes {
        Bytes::Own | Bytes::LentString => Some(format!("{base}.as_str()")),
        Bytes::Lent => Some(base),
        Bytes::Unknown => None,
    }
}

/// The source without the borrow before it.
fn bare(program: &Program, at: ExprRef) -> String {
    program.source(at).trim().trim_start_matches('&').trim().to_owned()
}

fn is_place(program: &Program, at: ExprRef) -> bool {
    matches!(program.kind(at), ExprKind::Name(_) | ExprKind::Member { .. })
}

/// Whether a name of this block is read here and nowhere else, so that its value can be given away.
fn is_last_read(program: &Program, at: ExprRef) -> bool {
    let (Some(unit), Some(holder)) = (program.unit(at.file), program.holder(at)) else { return false };
    let [bind] = unit.binds_in(holder.scope, &holder.name) else { return false };
    let bind = &unit.module.binds[bind.index()];
    let block = |stmt| unit.module.stmt(stmt).block;
    bind.how == How::Assign
        && matches!(program.kind(at), ExprKind::Name(_))
        && block(bind.stmt) == block(unit.module.expr(at.expr).stmt)
        && reads(program, &holder).len() == 1
}

/// The same for what a method is called on: `id` in `id.as_str()`.
fn place_bytes(program: &Program, at: ExprRef) -> Bytes {
    match (program.kind(at), base(program, at)) {
        (ExprKind::Call { .. }, Some(base)) => bytes(program, base, 0),
        (ExprKind::Call { .. }, None) => Bytes::Unknown,
        _ => bytes(program, at, 0),
    }
}

/// What a method is called on.
fn base(program: &Program, at: ExprRef) -> Option<ExprRef> {
    let ExprKind::Call { callee, .. } = program.kind(at) else { return None };
    let ExprKind::Member { base, .. } = program.kind(ExprRef { file: at.file, expr: *callee }) else { return None };
    Some(ExprRef { file: at.file, expr: *base })
}

fn bytes(program: &Program, at: ExprRef, depth: u8) -> Bytes {
    if depth > MAX_DEPTH {
        return Bytes::Unknown;
    }
    match program.kind(at) {
        ExprKind::Text(_) if program.source(at).trim_start_matches('&').starts_with("format!") => Bytes::Own,
        ExprKind::Text(_) => Bytes::Lent,
        ExprKind::Name(_) | ExprKind::Member { .. } => match class_of(program, at) {
            Some(class) => of_class(&class),
            None => made_of(program, at, depth),
        },
        ExprKind::Call { callee, args, .. } => {
            let callee = ExprRef { file: at.file, expr: *callee };
            let name = match program.kind(callee) {
                ExprKind::Member { name, .. } | ExprKind::Name(name) => &**name,
                _ => return Bytes::Unknown,
            };
            match name {
                "to_string" | "to_owned" if args.is_empty() => Bytes::Own,
                "as_str" if args.is_empty() => Bytes::Lent,
                "clone" if args.is_empty() => match place_bytes(program, at) {
                    Bytes::LentString => Bytes::Own,
                    bytes => bytes,
                },
                "var" => Bytes::Own,
                "unwrap" | "expect" | "context" | "with_context" => place_bytes(program, at),
                _ => given(program, callee),
            }
        }
        _ => Bytes::Unknown,
    }
}

/// What a function of the program says that it gives.
fn given(program: &Program, callee: ExprRef) -> Bytes {
    match program.meanings(callee, 0).as_slice() {
        [Def::Function(function)] => {
            let class = super::failing::returned(program, *function).unwrap_or_default();
            let inner = class.split_once('<').filter(|(head, _)| head.ends_with("Result"));
            let inner = inner.map_or(class.as_str(), |(_, rest)| rest);
            of_class(inner.split([',', '>']).next().unwrap_or_default().trim())
        }
        _ => Bytes::Unknown,
    }
}

fn of_class(class: &str) -> Bytes {
    let lent = class.starts_with('&');
    let bare = class.trim_start_matches('&').trim_start();
    let bare = match bare.strip_prefix('\'') {
        Some(rest) => rest.split_once(' ').map_or("", |(_, bare)| bare.trim_start()),
        None => bare,
    };
    match (bare, lent) {
        ("String" | "std::string::String", false) => Bytes::Own,
        ("String" | "std::string::String", true) => Bytes::LentString,
        ("str", true) => Bytes::Lent,
        _ => Bytes::Unknown,
    }
}

/// What a name was given, where no type is written.
fn made_of(program: &Program, at: ExprRef, depth: u8) -> Bytes {
    let ExprKind::Name(_) = program.kind(at) else { return Bytes::Unknown };
    let Some(value) = value_of(program, at) else { return Bytes::Unknown };
    let lent = program.source(value).trim_start().starts_with('&');
    match bytes(program, value, depth + 1) {
        Bytes::Own if lent => Bytes::LentString,
        bytes => bytes,
    }
}

/// The one value that a name is bound to.
fn value_of(program: &Program, at: ExprRef) -> Option<ExprRef> {
    let unit = program.unit(at.file)?;
    let holder = program.holder(at)?;
    let [bind] = unit.binds_in(holder.scope, &holder.name) else { return None };
    let bind = &unit.module.binds[bind.index()];
    (bind.how == How::Assign).then_some(ExprRef { file: at.file, expr: bind.value? })
}

/// The type of a name or field, as it is written or, for a client that is made, as its path says.
pub(super) fn class_of(program: &Program, at: ExprRef) -> Option<String> {
    match program.kind(at) {
        ExprKind::Member { base, name, .. } => own_field_class(program, ExprRef { file: at.file, expr: *base }, name)
            .or_else(|| field_class(program, name)),
        ExprKind::Name(_) => {
            if let Some(class) = typed::parameter_type(program, at) {
                return Some(class.to_owned());
            }
            let unit = program.unit(at.file)?;
            let holder = program.holder(at)?;
            let [bind] = unit.binds_in(holder.scope, &holder.name) else { return None };
            let bind = &unit.module.binds[bind.index()];
            if let Some(class) = annotation(program, at.file, bind) {
                return Some(class);
            }
            let value = program.source(ExprRef { file: at.file, expr: bind.value? });
            let made = value.trim_start_matches("Ok(");
            let path = ["::builder()", "::new()"].iter().find_map(|maker| made.split_once(maker))?.0;
            let is_path = path.chars().all(|c| c.is_alphanumeric() || matches!(c, ':' | '_'));
            (is_path && path.ends_with("Client")).then(|| path.to_owned())
        }
        _ => None,
    }
}

/// `T` in `let name: T = …` and `const NAME: T = …`.
pub(super) fn annotation(program: &Program, file: crate::text::FileId, bind: &crate::ir::Bind) -> Option<String> {
    let module = program.module(file);
    let value = module.expr(bind.value?).outer;
    let between = crate::text::Span { start: module.expr(bind.place).outer.end, end: value.start };
    let text = program.slice(file, between).trim();
    let class = text.strip_prefix(':')?.trim_end().strip_suffix('=')?.trim();
    Some(class.to_owned())
}

/// The type of a field of `self`, where the class is declared in this file.
fn own_field_class(program: &Program, base: ExprRef, name: &str) -> Option<String> {
    let module = program.module(base.file);
    let ExprKind::Name(_) = module.kind(base.expr) else { return None };
    let class = module.class_of(module.expr(base.expr).scope).filter(|_| program.source(base) == "self")?;
    let member = module.types.members.iter().find(|it| it.class == class && *it.name == *name && !it.is_variant)?;
    class_text(program, base.file, member)
}

/// The type of the fields of a name, if all are of the same.
fn field_class(program: &Program, name: &str) -> Option<String> {
    let mut classes = units(program).flat_map(|(file, unit)| {
        let members = unit.module.types.members.iter().filter(|member| *member.name == *name && !member.is_variant);
        members.map(move |member| class_text(program, file, member)).collect::<Vec<_>>()
    });
    let first = classes.next()??;
    classes.all(|class| class.as_ref() == Some(&first)).then_some(first)
}

/// The type in a field's declaration.
pub(super) fn class_text(program: &Program, file: crate::text::FileId, member: &crate::ir::Declared) -> Option<String> {
    let text = program.slice(file, member.span);
    let at = text.rfind(&format!("{}:", member.name))?;
    Some(text[at + member.name.len() + 1..].trim().to_owned())
}
