//! In which unit a lifetime is, where its reader alone does not tell: a claim of the token itself, or one reader for the answers of
//! both ways, with a divisor that the kind of credential chooses, `scale = 1000` beside `scale = 1`.

use super::draft::Draft;
use super::lifetime::is_thousand;
use crate::analyze::{ExprRef, Program, Unit};
use crate::ir::{ExprId, ExprKind, How, Module};
use crate::text::{FileId, Overlap};

/// Makes a thousand that divides a lifetime a one, where the program knows a one for other answers. Whether there was any.
///
/// # Errors
/// [`Overlap`] where another edit is there.
pub(super) fn mend(program: &Program, reader: ExprRef, draft: &mut Draft) -> Result<bool, Overlap> {
    let own = program.unit(reader.file).map(|unit| unit.language.rules);
    let mut found = false;
    for (file, unit) in
        program.units().filter(|(file, unit)| Some(unit.language.rules) == own && program.note(*file).is_free())
    {
        for (name, thousand) in chosen(unit) {
            let place = program.place(ExprRef { file, expr: thousand });
            if !draft.edits.get(&file).is_some_and(|edits| edits.touches(place.span)) {
                draft.replace(place, "1")?;
            }
            let why = format!(
                "`{name}` was 1000 here for the milliseconds of the old answer, and is 1 now: the new one is in seconds, as that of the other request is"
            );
            draft.review(place, why);
            found = true;
        }
        found |= divided(program, file, unit, reader, draft);
    }
    Ok(found)
}

/// Names that are a thousand or one, and divide a lifetime: the name and the thousand.
fn chosen(unit: &Unit) -> Vec<(String, ExprId)> {
    let module = &unit.module;
    let mut found = vec![];
    for bind in module.binds.iter().filter(|bind| bind.how == How::Assign) {
        let (ExprKind::Name(name), Some(value)) = (module.kind(bind.place), bind.value) else { continue };
        let all = unit.binds_in(bind.scope, name);
        let values = || all.iter().filter_map(|id| module.binds[id.index()].value).flat_map(|id| numbers(module, id));
        let own = numbers(module, value).into_iter().find(|(_, number)| is_thousand(number));
        if let Some((thousand, _)) = own
            && values().any(|(_, number)| number == "1")
            && values().all(|(_, number)| number == "1" || is_thousand(number))
            && divides(unit, name)
        {
            found.push((name.to_string(), thousand));
        }
    }
    found
}

/// The numbers that a value may be.
fn numbers(module: &Module, value: ExprId) -> Vec<(ExprId, &str)> {
    match module.kind(value) {
        ExprKind::Number(number) => vec![(value, &**number)],
        ExprKind::Choice { options, .. } => options.iter().flat_map(|option| numbers(module, *option)).collect(),
        _ => vec![(value, "")],
    }
}

/// Whether every read of a name divides a lifetime by it.
fn divides(unit: &Unit, name: &str) -> bool {
    let module = &unit.module;
    let mut reads = unit.reads_of(name).peekable();
    let by = |read: ExprId| {
        module.expr(read).parent.is_some_and(|parent| match module.kind(parent) {
            ExprKind::Binary { op, left, right } => {
                *right == read && matches!(&**op, "/" | "//") && is_lifetime(module, *left)
            }
            _ => false,
        })
    };
    reads.peek().is_some() && reads.all(by)
}

/// Points at what divides a lifetime by a plain thousand, outside of the reader's own line.
fn divided(program: &Program, file: FileId, unit: &Unit, reader: ExprRef, draft: &mut Draft) -> bool {
    let module = &unit.module;
    let around = if file == reader.file { Some(module.expr(reader.expr).stmt) } else { None };
    let mut found = false;
    for expr in module.expr_ids().filter(|id| Some(module.expr(*id).stmt) != around) {
        let ExprKind::Binary { op, left, right } = module.kind(expr) else { continue };
        let thousand = matches!(module.kind(*right), ExprKind::Number(number) if is_thousand(number));
        if thousand && matches!(&**op, "/" | "//") && is_lifetime(module, *left) {
            let why = "this may make seconds of the milliseconds of the old answer; the new one is in seconds: see whether the division goes";
            draft.review(program.place(ExprRef { file, expr }), why);
            found = true;
        }
    }
    found
}

/// Whether a value is called like the time that a token lives: `info.expiry`, `token["expires_in"]`, `int(expires)`.
fn is_lifetime(module: &Module, at: ExprId) -> bool {
    let named = |name: &str| name.to_ascii_lowercase().contains("expir");
    match module.kind(at) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => named(name),
        ExprKind::Index { index, .. } => module.literal(*index).is_some_and(|name| named(&name)),
        ExprKind::Call { args, .. } => match args.as_slice() {
            [arg] => is_lifetime(module, arg.value),
            _ => false,
        },
        _ => false,
    }
}

/// Whether it is a claim of the access token itself, which stands beside `created_at` and is in milliseconds in both flows
/// (adobe/aio-lib-ims:src/ims.js).
pub(super) fn is_in_token(program: &Program, at: ExprRef) -> bool {
    let module = program.module(at.file);
    let base = |id: ExprId| match module.kind(id) {
        ExprKind::Member { base, name, .. } => Some((*base, name.to_string())),
        ExprKind::Index { base, index } => Some((*base, module.literal(*index)?)),
        ExprKind::Call { callee, args, .. } => match module.kind(*callee) {
            ExprKind::Member { base, .. } => Some((*base, module.literal(args.first()?.value)?)),
            _ => None,
        },
        _ => None,
    };
    let Some((own, _)) = base(at.expr) else { return false };
    let function = |id: ExprId| module.function_of(module.expr(id).scope);
    let text = |id: ExprId| program.source(ExprRef { file: at.file, expr: id });
    let beside = |id: ExprId| base(id).is_some_and(|(other, name)| name == "created_at" && text(other) == text(own));
    program.file(at.file).text().contains("created_at")
        && module.expr_ids().any(|id| function(id) == function(at.expr) && beside(id))
}
