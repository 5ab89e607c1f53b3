//! An address that is a setting: it is changed where it is set, as far as that is in view.

use crate::analyze::{ExprRef, Follow, Part, Parts, Place, Program};
use crate::config;
use crate::ir::{ExprId, ExprKind, How};
use crate::migrate::draft::Draft;
use crate::migrate::in_place::new_path;
use crate::rules::Adobe;
use crate::text::{FileId, Overlap, Span};

/// Changes the settings that a program reads its address from.
///
/// # Errors
/// [`Overlap`] where another edit is there.
pub(super) fn setting(
    program: &Program,
    adobe: &Adobe,
    (call, at): (ExprRef, Place),
    url: &Parts,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    let Some(Part::Unknown(gap)) = url.0.last() else {
        unseen(program, adobe, call, "the address of the exchange is not in one literal", draft);
        return Ok(());
    };
    let changed = in_files(program, adobe, *gap, draft)?;
    let token_path = &adobe.token_path;
    if changed.is_empty() {
        let source = program.source(*gap).lines().next().unwrap_or_default();
        if elsewhere(program, adobe, *gap, draft)? {
            let why = format!(
                "the address is read from `{source}`: it ends in {token_path} where this program sets it; see that it is set nowhere else"
            );
            draft.review(at, why);
            return Ok(());
        }
        draft.review(at, format!("the address is a setting, `{source}`: make it end in {token_path} where it is set"));
        return Ok(());
    }
    Ok(())
}

/// The address in the text may be the default of a setting, `URI.create(config.endpoint())`: settings files follow.
///
/// # Errors
/// [`Overlap`] where another edit is there.
pub(super) fn default_of(
    program: &Program,
    adobe: &Adobe,
    url: ExprRef,
    literal: Place,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    let module = program.module(url.file);
    let named = match module.kind(url.expr) {
        ExprKind::Name(name) => {
            let scope = module.expr(url.expr).scope;
            let is_it = |at| matches!(module.kind(at), ExprKind::Name(other) if other == name);
            module.binds.iter().find(|bind| bind.scope == scope && bind.how == How::Assign && is_it(bind.place))
        }
        _ => None,
    };
    let whole = module.expr(named.and_then(|bind| bind.value).unwrap_or(url.expr)).outer;
    let reads = |expr: &ExprId| {
        matches!(module.kind(*expr), ExprKind::Call { .. } | ExprKind::Member { .. } | ExprKind::Index { .. })
    };
    let mut changed = vec![];
    for expr in module.expr_ids().filter(|id| whole.contains(module.expr(*id).span)).filter(reads) {
        changed.extend(in_files(program, adobe, ExprRef { file: url.file, expr }, draft)?);
    }
    // `String endpoint() default "…";` in an annotation: whoever configures it says another one.
    let source = program.file(literal.file);
    let line = source.lines().line_span(source.lines().line_of(literal.span.start as usize));
    let before = source.slice(Span { start: line.start, end: literal.span.start });
    if let Some((head, _)) = before.split_once("() default ").filter(|_| changed.is_empty()) {
        let name = head.rsplit(' ').next().unwrap_or_default();
        draft.steps.push(format!("Where `{name}` is configured, let it end in {}.", adobe.token_path));
    }
    Ok(())
}

/// Changes what settings files give for the address that `url` reads. Gives the files.
///
/// # Errors
/// [`Overlap`] where another edit is there.
pub(super) fn in_files(
    program: &Program,
    adobe: &Adobe,
    url: ExprRef,
    draft: &mut Draft,
) -> Result<Vec<String>, Overlap> {
    let names = names(program, url);
    let mut changed = vec![];
    let may_change =
        |file: &FileId| program.note(*file).is_free() && config::format_of(&program.file(*file).path).is_some();
    for file in program.file_ids().filter(may_change) {
        for span in lines(program, adobe, file, &names) {
            let path = &program.file(file).path;
            let edits = draft.edits.entry(file).or_default();
            if edits.touches(span) {
                continue;
            }
            edits.replace(span, adobe.token_path.trim_matches('/'))?;
            if !changed.contains(path) {
                changed.push(path.clone());
            }
        }
    }
    if !changed.is_empty() {
        let step = format!(
            "The address in {} ends in {} now: change it wherever else these settings are kept.",
            changed.join(", "),
            adobe.token_path
        );
        if !draft.steps.contains(&step) {
            draft.steps.push(step);
        }
    }
    Ok(changed)
}

/// An address that is read under a name, `config["tokenEndpoint"]`, may be put there in several places: a default, and
/// what a function sets. Those that are addresses of the exchange all change; whether there was one.
///
/// # Errors
/// [`Overlap`] where another edit is there.
pub(super) fn elsewhere(program: &Program, adobe: &Adobe, url: ExprRef, draft: &mut Draft) -> Result<bool, Overlap> {
    let names = keys(program, url);
    let mut changed = false;
    if names.is_empty() {
        return Ok(changed);
    }
    let own = program.unit(url.file).map(|unit| unit.language.rules);
    for (file, unit) in program.units().filter(|(_, unit)| Some(unit.language.rules) == own) {
        let module = &unit.module;
        let is_named = |name: &str| names.iter().any(|known| known == name);
        let stored = module.binds.iter().filter(|bind| match module.kind(bind.place) {
            ExprKind::Index { index, .. } => module.literal(*index).is_some_and(|name| is_named(&name)),
            ExprKind::Member { name, .. } => is_named(name),
            _ => false,
        });
        let entries = module.exprs.iter().flat_map(|expr| match &expr.kind {
            ExprKind::Record(entries) => entries.as_slice(),
            _ => &[],
        });
        let entries =
            entries.filter(|entry| entry.key.and_then(|key| module.literal(key)).is_some_and(|name| is_named(&name)));
        let values: Vec<_> = stored.filter_map(|bind| bind.value).chain(entries.map(|entry| entry.value)).collect();
        for value in values {
            for (_, place) in program.text(ExprRef { file, expr: value }).places() {
                let Some((span, text)) = new_path(program, adobe, place) else { continue };
                if !draft.edits.get(&place.file).is_some_and(|edits| edits.touches(span)) {
                    draft.replace(Place { file: place.file, span }, text)?;
                    changed = true;
                }
            }
        }
    }
    Ok(changed)
}

/// Says that an address could not be followed, at the text that seems to be its path.
pub(super) fn unseen(program: &Program, adobe: &Adobe, call: ExprRef, why: &str, draft: &mut Draft) {
    let path = &adobe.token_path;
    match near(program, adobe, call) {
        Some(place) => draft.manual(place, format!("{why}, and this seems to be its path: make it {path}")),
        None => draft.manual(program.place(call), format!("{why}: make it end in {path}")),
    }
}

/// The one text that names the exchange's path in the function of a request, else in its file.
fn near(program: &Program, adobe: &Adobe, call: ExprRef) -> Option<Place> {
    let module = program.module(call.file);
    let function = module.function_of(module.expr(call.expr).scope);
    let named = |id: &ExprId| {
        matches!(module.kind(*id), ExprKind::Text(_))
            && crate::analyze::adobe::has_exchange_path(adobe, program.slice(call.file, module.expr(*id).span))
    };
    let all: Vec<ExprId> = module.expr_ids().filter(named).collect();
    let own: Vec<ExprId> =
        all.iter().copied().filter(|id| module.function_of(module.expr(*id).scope) == function).collect();
    let one = |ids: &[ExprId]| if let [id] = ids { Some(*id) } else { None };
    let id = one(&own).or_else(|| one(&all))?;
    Some(Place { file: call.file, span: module.expr(id).span })
}

/// Names that anything may have.
const GENERAL: &[&str] = &["address", "base", "endpoint", "host", "href", "hostname", "path"];

/// The keys and members that an address is read from.
fn keys(program: &Program, url: ExprRef) -> Vec<String> {
    let mut names = vec![];
    let mut at = url;
    for _ in 0..4 {
        let module = program.module(at.file);
        match module.kind(at.expr) {
            ExprKind::Member { name, .. } => names.push(name.to_string()),
            ExprKind::Index { index, .. } => names.extend(module.literal(*index)),
            // `url = config["tokenEndpoint"]`
            ExprKind::Name(name) => {
                let scope = module.expr(at.expr).scope;
                let bind = module.binds.iter().find(|bind| {
                    bind.scope == scope && matches!(module.kind(bind.place), ExprKind::Name(of) if of == name)
                });
                if let Some(value) = bind.filter(|bind| bind.how == How::Assign).and_then(|bind| bind.value) {
                    at = ExprRef { file: at.file, expr: value };
                    continue;
                }
            }
            _ => {}
        }
        break;
    }
    names.retain(|name| name.len() > 3 && !GENERAL.contains(&name.as_str()));
    names
}

/// What a setting may be called: the texts that a look-up is given, the getter's name, the last name of a path.
pub(super) fn names(program: &Program, gap: ExprRef) -> Vec<String> {
    let mut names = vec![];
    for origin in program.origins(gap, Follow::ALL) {
        names.extend(origin.path.last().map(|name| name.to_string()));
    }
    for place in program.origins(gap, Follow::ALL).into_iter().map(|origin| origin.expr).chain([gap]) {
        let module = program.module(place.file);
        let mut at = place.expr;
        // `settings.get("metascopes").split(",")`, `params.metascopes.split(",")`
        while let ExprKind::Call { args, callee, .. } = module.kind(at) {
            names.extend(args.iter().filter_map(|arg| module.literal(arg.value)));
            let ExprKind::Member { base, name, .. } = module.kind(*callee) else { break };
            names.push(name.trim_start_matches("get").to_owned());
            at = *base;
        }
        match module.kind(at) {
            ExprKind::Member { name, .. } => names.push(name.to_string()),
            ExprKind::Index { index, .. } => names.extend(module.literal(*index)),
            _ => {}
        }
    }
    names.retain(|name| name.len() > 2);
    names
}

/// The exchange's path on lines that begin with one of the names.
fn lines(program: &Program, adobe: &Adobe, file: FileId, names: &[String]) -> Vec<Span> {
    let text = program.file(file).text();
    let mut found = vec![];
    if names.is_empty() || !adobe.exchange_paths.iter().any(|path| text.contains(path.as_str())) {
        return found;
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let key: String =
            line.split(['=', ':']).next().unwrap_or_default().chars().filter(|c| c.is_alphanumeric()).collect();
        let is_it = |name: &String| {
            let plain: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
            key.eq_ignore_ascii_case(&plain)
        };
        let path = adobe.exchange_paths.iter().filter_map(|path| line.find(path.as_str()).map(|at| (at, path.len())));
        if let Some((at, length)) = path.max_by_key(|(_, length)| *length).filter(|_| names.iter().any(is_it)) {
            let end = at + length + usize::from(line[at + length..].starts_with('/'));
            found.push(Span::new(start + at, start + end));
        }
        start += line.len();
    }
    found
}
