//! Settings that only the JWT needed: entries of records and module-level names that lost their last reader.

use super::draft::Draft;
use super::readers::{inside, is_listed, is_read, read_in, with_own};
use super::scopes::Moved;
use crate::analyze::{Def, Exchange, ExprRef, Follow, Place, Program, Unit, is_self};
use crate::ir::{Entry, ExprId, ExprKind, How, ScopeId, StmtKind};
use crate::rules::{Rules, normal_key};
use crate::text::{EditSet, FileId, Overlap, Span};

/// Takes out what the bytes that went away were the last to read. Gives the files that it changed.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn unread(
    program: &Program,
    rules: &Rules,
    file: FileId,
    draft: &mut Draft,
) -> Result<Vec<FileId>, Overlap> {
    let mut changed = vec![];
    for (base, name) in read_in(program, file, &draft.gone) {
        if draft.members.contains(&*name) || is_read(program, &name, &with_own(program, base, &name, &draft.gone)) {
            continue;
        }
        if rules.adobe.config.private_key.contains(&normal_key(&name)) {
            for call in program.all_calls() {
                changed.extend(from_class(program, call, &name, draft)?);
            }
        }
        for def in program.meanings(base, 0) {
            if let Def::File(target) = def {
                changed.extend(from_file(program, target, &name, draft)?);
            }
        }
        for origin in program.origins(base, Follow::ALL).into_iter().filter(|origin| origin.path.is_empty()) {
            match program.kind(origin.expr) {
                ExprKind::Record(_) => changed.extend(from_record(program, origin.expr, &name, draft)?),
                ExprKind::Call { .. } => changed.extend(from_class(program, origin.expr, &name, draft)?),
                _ => {}
            }
        }
    }
    Ok(changed)
}

/// The key, its passphrase and the metascopes in the record that an SDK was given, where nothing else reads them.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn sdk_settings(
    program: &Program,
    rules: &Rules,
    exchange: &Exchange<'_>,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    let words = &rules.adobe.config;
    let call = program.place(exchange.call);
    // An SDK that is switched keeps the call.
    if !super::sdk::leaves_record(program, exchange) {
        draft.gone.entry(call.file).or_default().push(call.span);
    }
    for field in &exchange.form.fields {
        let name = normal_key(&field.name);
        let jwt_only = words.private_key.contains(&name)
            || words.metascopes.contains(&name)
            || words.technical_account.contains(&name);
        if !jwt_only || draft.members.contains(&field.name) || is_read(program, &field.name, &draft.gone) {
            continue;
        }
        let host = field.host;
        if matches!(program.kind(host), ExprKind::Record(_)) {
            from_record(program, host, &field.name, draft)?;
        } else if let Some(unit) = program.unit(host.file)
            && let Some(bind) = unit.bind_of_place(host.expr)
        {
            let bind = &unit.module.binds[bind.index()];
            let stmt = unit.module.stmt(bind.stmt);
            let alone = matches!(stmt.kind, StmtKind::Bind | StmtKind::Expr) && stmt.span.len() <= bind.span.len() + 1;
            if alone {
                draft.stmts.entry(host.file).or_default().push(bind.stmt);
            }
        }
    }
    Ok(())
}

/// Puts scopes in the place of metascopes that stand in settings files, where nothing that stays reads those.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn scopes_in_files(program: &Program, draft: &mut Draft) -> Result<(), Overlap> {
    for Moved { setting, name, scopes } in std::mem::take(&mut draft.moved) {
        let old = program.slice(setting.key.file, setting.key.span);
        if [old, &*old.to_lowercase()].iter().any(|old| *old != name && is_read(program, old, &draft.gone)) {
            match setting.above(program, &name, &scopes) {
                Some((offset, line)) => draft.insert(setting.key.file, offset, line)?,
                None => {
                    draft.review(setting.key, format!("other code reads this: set `{name}` beside it to the scopes"))
                }
            }
            continue;
        }
        for (place, text) in setting.edits(&name, &scopes) {
            draft.replace(place, text)?;
        }
    }
    Ok(())
}

/// The first setting of an SDK's record that only the JWT needs and that is still there.
pub(super) fn left(rules: &Rules, exchange: &Exchange<'_>, draft: &Draft) -> Option<Place> {
    let words = &rules.adobe.config;
    let is_jwt =
        |name: &str| words.private_key.contains(&normal_key(name)) || words.metascopes.contains(&normal_key(name));
    let fields = exchange.form.fields.iter().filter(|field| is_jwt(&field.name));
    fields.map(|field| field.at).find(|at| !inside(&draft.gone, at.file, at.span))
}

/// The private key that an SDK's record still has from somewhere after all edits.
pub(super) fn key_left(program: &Program, rules: &Rules, exchange: &Exchange<'_>, draft: &Draft) -> Option<Place> {
    let is_key = |name: &str| rules.adobe.config.private_key.contains(&normal_key(name));
    let fields = exchange.form.fields.iter().filter(|field| is_key(&field.name));
    let mut read = fields.filter(|field| {
        let plain = |value| matches!(program.kind(value), ExprKind::Null | ExprKind::Text(_) | ExprKind::Bool(_));
        field.value.is_some_and(|value| !plain(value))
    });
    let stays = |at: &Place| {
        let edited = draft.edits.get(&at.file).is_some_and(|edits| edits.touches(at.span));
        !edited && !inside(&draft.gone, at.file, at.span)
    };
    read.find_map(|field| Some(field.at).filter(stays))
}

/// What still gives a name the private key, after the SDK's record lost the entry that the name was for.
pub(super) fn key_read(program: &Program, rules: &Rules, exchange: &Exchange<'_>, draft: &Draft) -> Vec<Place> {
    let is_key = |name: &str| rules.adobe.config.private_key.contains(&normal_key(name));
    let mut found = vec![];
    for field in exchange.form.fields.iter().filter(|field| is_key(&field.name)) {
        let Some((value, unit)) = field.value.and_then(|value| Some((value, program.unit(value.file)?))) else {
            continue;
        };
        let ExprKind::Name(name) = unit.module.kind(value.expr) else { continue };
        let scope = unit.declaring_scope(unit.module.expr(value.expr).scope, name);
        let binds = scope.map(|scope| unit.binds_in(scope, name)).unwrap_or_default();
        let binds = binds.iter().map(|bind| &unit.module.binds[bind.index()]).filter(|bind| bind.value.is_some());
        let stays = binds.map(|bind| Place { file: value.file, span: bind.span });
        let went = super::sweep::is_swept(draft, program.place(value));
        found.extend(stays.filter(|place| went && !super::sweep::is_swept(draft, *place)));
    }
    found
}

/// Leaves the private key of an SDK's record empty.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn empty_keys(
    program: &Program,
    rules: &Rules,
    exchange: &Exchange<'_>,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    for field in &exchange.form.fields {
        let is_key = rules.adobe.config.private_key.contains(&normal_key(&field.name));
        if let Some(value) = field.value.filter(|_| is_key) {
            empty(program, value, "", draft)?;
        }
    }
    Ok(())
}

fn from_file(program: &Program, target: FileId, name: &str, draft: &mut Draft) -> Result<Vec<FileId>, Overlap> {
    let Some(unit) = program.unit(target) else { return Ok(vec![]) };
    if !unit.language.syntax.exports {
        return Ok(if own_constant(unit, target, name, draft) { vec![target] } else { vec![] });
    }
    let mut changed = vec![];
    for def in program.exported(target, "module.exports", 0) {
        if let Def::Value(value) = def {
            changed.extend(from_record(program, value, name, draft)?);
        }
    }
    Ok(changed)
}

/// A module-level name of Python that its own file does not read either.
fn own_constant(unit: &Unit, file: FileId, name: &str, draft: &mut Draft) -> bool {
    let module = &unit.module;
    let [bind] = unit.binds_in(ScopeId(0), name) else { return false };
    let bind = &module.binds[bind.index()];
    let own = |id: &ExprId| matches!(module.kind(*id), ExprKind::Name(found) if **found == *name);
    let read = module
        .expr_ids()
        .filter(own)
        .any(|id| unit.bind_of_place(id).is_none() && !inside(&draft.gone, file, module.expr(id).span));
    let plain = matches!(bind.how, How::Assign | How::Function(_))
        && matches!(module.stmt(bind.stmt).kind, StmtKind::Bind | StmtKind::Function(_));
    let one = module.binds.iter().filter(|other| other.stmt == bind.stmt && other.scope == ScopeId(0)).count() == 1;
    if read || !plain || !(one || matches!(bind.how, How::Function(_))) {
        return false;
    }
    draft.stmts.entry(file).or_default().push(bind.stmt);
    true
}

/// `Config(private_key=…)` of a class of the program (a dataclass, say) that nobody asks for the key any more: the
/// argument stays, empty.
fn from_class(program: &Program, call: ExprRef, name: &str, draft: &mut Draft) -> Result<Option<FileId>, Overlap> {
    let ExprKind::Call { callee, args, .. } = program.kind(call) else { return Ok(None) };
    let callee = ExprRef { file: call.file, expr: *callee };
    let own = is_self(program.kind(callee)) || is_class(program, callee);
    let arg = args.iter().find(|arg| arg.name.as_deref() == Some(name)).filter(|_| own);
    let Some(value) = arg.map(|arg| ExprRef { file: call.file, expr: arg.value }) else { return Ok(None) };
    empty(program, value, "", draft)
}

fn is_class(program: &Program, callee: ExprRef) -> bool {
    program.meanings(callee, 0).iter().any(|def| matches!(def, Def::Class(..)))
}

/// Whether a value that is handed over may stay: it is plain, or an object of the program's own, which is no text.
#[must_use]
pub(super) fn stays(program: &Program, value: ExprRef) -> bool {
    match program.kind(value) {
        ExprKind::Null | ExprKind::Text(_) | ExprKind::Bool(_) => true,
        ExprKind::Call { callee, .. } => is_class(program, ExprRef { file: value.file, expr: *callee }),
        _ => false,
    }
}

/// Puts nothing in the place of a key that is handed over; `None` where nothing is there already.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn empty(
    program: &Program,
    value: ExprRef,
    prefix: &str,
    draft: &mut Draft,
) -> Result<Option<FileId>, Overlap> {
    let span = program.module(value.file).expr(value.expr).outer;
    if stays(program, value) || inside(&draft.gone, value.file, span) {
        return Ok(None);
    }
    let quote = super::write::Style::of(program, value.file).quote;
    // `{ privateKey }` is `{ privateKey: privateKey }`.
    let module = program.module(value.file);
    let short = match module.expr(value.expr).parent.map(|parent| module.kind(parent)) {
        Some(ExprKind::Record(entries)) => entries.iter().any(|entry| entry.value == value.expr && entry.shorthand),
        _ => false,
    };
    let key = if short { format!("{}: ", program.slice(value.file, span)) } else { String::new() };
    draft.replace(Place { file: value.file, span }, format!("{key}{prefix}{quote}{quote}"))?;
    Ok(Some(value.file))
}

fn from_record(program: &Program, record: ExprRef, name: &str, draft: &mut Draft) -> Result<Option<FileId>, Overlap> {
    let ExprKind::Record(entries) = program.kind(record) else { return Ok(None) };
    let module = program.module(record.file);
    if module.types.records.contains_key(&record.expr) {
        // A struct literal must have all fields.
        return Ok(None);
    }
    let is_it = |entry: &&Entry| entry.key.and_then(|key| module.literal(key)).as_deref() == Some(name);
    let Some(entry) = entries.iter().find(is_it) else { return Ok(None) };
    if inside(&draft.gone, record.file, entry.span) || is_listed(program, record, &draft.gone) {
        return Ok(None);
    }
    let span = with_comma(program, record, entries, entry);
    draft.edits.entry(record.file).or_default().delete(span)?;
    draft.gone.entry(record.file).or_default().push(entry.span);
    Ok(Some(record.file))
}

/// Takes the entry out whose value `value` is.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn take_out(program: &Program, value: ExprRef, draft: &mut Draft) -> Result<(), Overlap> {
    let module = program.module(value.file);
    let Some(parent) = module.expr(value.expr).parent else { return Ok(()) };
    let ExprKind::Record(entries) = module.kind(parent) else { return Ok(()) };
    let Some(entry) = entries.iter().find(|entry| entry.value == value.expr) else { return Ok(()) };
    let span = with_comma(program, ExprRef { file: value.file, expr: parent }, entries, entry);
    draft.edits.entry(value.file).or_default().delete(span)?;
    draft.gone.entry(value.file).or_default().push(entry.span);
    Ok(())
}

/// A record whose last entries went, and that had no comma at its end, has none afterwards.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn settle_commas(program: &Program, draft: &mut Draft) -> Result<(), Overlap> {
    for (file, edits) in &mut draft.edits {
        let Some(unit) = program.unit(*file) else { continue };
        let text = program.file(*file).text();
        let gone = |edits: &EditSet, span: Span| {
            edits.edits().iter().any(|edit| edit.text.is_empty() && edit.span.contains(span))
        };
        for expr in &unit.module.exprs {
            let ExprKind::Record(entries) = &expr.kind else { continue };
            let Some(last) = entries.last().filter(|last| gone(edits, last.span)) else { continue };
            let comma = |entry: &Entry| {
                let rest = &text[entry.span.end as usize..];
                let at = entry.span.end as usize + rest.len() - rest.trim_start().len();
                text[at..].starts_with(',').then_some(Span::new(at, at + 1))
            };
            let kept = entries.iter().rev().find(|entry| !gone(edits, entry.span));
            if comma(last).is_none()
                && let Some(comma) = kept.and_then(comma).filter(|comma| !edits.touches(*comma))
            {
                // The blank behind it as well: another stands before the brace.
                let blank = Span { start: comma.start, end: comma.end + 1 };
                let behind = &text[comma.end as usize..];
                let inline = behind.starts_with(' ') && !behind.trim_start().starts_with('/') && !edits.touches(blank);
                edits.delete(if inline { blank } else { comma })?;
            }
        }
    }
    Ok(())
}

/// As [`item_with_comma`], for an entry of a record.
fn with_comma(program: &Program, record: ExprRef, entries: &[Entry], entry: &Entry) -> Span {
    let previous = entries.iter().rev().find(|other| other.span.end <= entry.span.start);
    item_with_comma(program, record.file, previous.map(|other| other.span), entry.span)
}

/// Takes an entry out of a record.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn take_out_entry(
    program: &Program,
    record: ExprRef,
    entries: &[Entry],
    entry: &Entry,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    let span = with_comma(program, record, entries, entry);
    draft.edits.entry(record.file).or_default().delete(span)?;
    draft.gone.entry(record.file).or_default().push(entry.span);
    Ok(())
}

/// One of a list with its comma, and with its lines and the comment above where it has lines of its own.
pub(super) fn item_with_comma(program: &Program, file: FileId, previous: Option<Span>, item: Span) -> Span {
    let source = program.file(file);
    let text = source.text();
    let (start, mut end) = (item.start as usize, item.end as usize);
    let rest = &text[end..];
    let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let has_comma = rest[gap..].starts_with(',');
    if has_comma {
        end += gap + 1;
    }
    let lines = source.lines();
    let first = lines.line_span(lines.line_of(start));
    let last = lines.line_span(lines.line_of(end.saturating_sub(1)));
    let before = &text[first.start as usize..start];
    let after = &text[end..last.end as usize];
    let comment = |line: &str| line.trim_start().starts_with("//") || line.trim_start().starts_with('#');
    if before.trim().is_empty() && (after.trim().is_empty() || comment(after)) {
        let mut from = first.start as usize;
        while from > 0 {
            let above = lines.line_span(lines.line_of(from - 1));
            if !comment(source.slice(above)) {
                break;
            }
            from = above.start as usize;
        }
        return Span::new(from, last.end as usize);
    }
    if !has_comma && let Some(previous) = previous {
        return Span::new(previous.end as usize, end);
    }
    let tail = &text[end..];
    let blanks = tail.len() - tail.trim_start_matches([' ', '\t']).len();
    Span::new(start, end + blanks)
}
