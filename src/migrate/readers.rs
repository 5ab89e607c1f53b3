//! Who reads a member or an entry: what goes, and what stays.

use crate::analyze::{Def, ExprRef, Follow, FunctionRef, Program, Unit, is_self};
use crate::ir::{Bind, Entry, ExprId, ExprKind, How, Key};
use crate::text::{FileId, Span};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// The bytes that went away, by file.
pub(super) type Gone = BTreeMap<FileId, Vec<Span>>;

/// Whether a draft took bytes out.
pub(super) fn inside(gone: &Gone, file: FileId, span: Span) -> bool {
    gone.get(&file).is_some_and(|spans| spans.iter().any(|gone| gone.contains(span)))
}

/// The members that gone bytes of `file` read: base and name.
pub(super) fn read_in(program: &Program, file: FileId, gone: &Gone) -> BTreeSet<(ExprRef, Box<str>)> {
    let Some(unit) = program.unit(file) else { return BTreeSet::new() };
    let members =
        unit.module.expr_ids().filter(|id| inside(gone, file, unit.module.expr(*id).span)).filter_map(|id| match unit
            .module
            .kind(id)
        {
            ExprKind::Member { base, name, .. } if !is_self(unit.module.kind(*base)) => {
                Some((ExprRef { file, expr: *base }, name.clone()))
            }
            ExprKind::Index { base, index } => {
                Some((ExprRef { file, expr: *base }, unit.module.literal(*index)?.into()))
            }
            _ => None,
        });
    members.chain(parts(program, unit, file, gone)).collect()
}

/// The parts of parameters that gone bytes took, as members of what callers hand over: `function token({ clientId, key })`.
fn parts(program: &Program, unit: &Unit, file: FileId, gone: &Gone) -> Vec<(ExprRef, Box<str>)> {
    let module = &unit.module;
    let mut found = vec![];
    let goes = |bind: &&Bind| bind.value.is_none() && inside(gone, file, module.expr(bind.place).span);
    for bind in module.binds.iter().filter(goes) {
        let How::Part(path) = &bind.how else { continue };
        let ([Key::Name(name)], Some(function)) = (path.as_slice(), module.function_of(bind.scope)) else { continue };
        let at = module.expr(bind.place).span;
        let params = &module.function(function).params;
        let Some(index) = params.iter().position(|param| param.name.is_none() && param.span.contains(at)) else {
            continue;
        };
        let function = FunctionRef { file, function };
        let handed = program.callers(function).iter();
        let handed = handed.filter_map(|call| program.argument(*call, function, index as u32));
        found.extend(handed.map(|base| (base, name.clone())));
    }
    found
}

/// What is gone, and the entries of that name in what is read there: what an entry is made of may have its name,
/// `key: account.key`.
pub(super) fn with_own<'g>(program: &Program, base: ExprRef, name: &str, gone: &'g Gone) -> Cow<'g, Gone> {
    let exported = program.meanings(base, 0).into_iter().flat_map(|def| match def {
        Def::File(target) => program.exported(target, "module.exports", 0),
        _ => vec![],
    });
    let exported = exported.filter_map(|def| if let Def::Value(value) = def { Some(value) } else { None });
    let origins = program.origins(base, Follow::ALL).into_iter().filter(|origin| origin.path.is_empty());
    let mut gone = Cow::Borrowed(gone);
    for record in exported.chain(origins.map(|origin| origin.expr)) {
        let ExprKind::Record(entries) = program.kind(record) else { continue };
        let module = program.module(record.file);
        let is_it = |entry: &&Entry| entry.key.and_then(|key| module.literal(key)).as_deref() == Some(name);
        if let Some(entry) = entries.iter().find(is_it) {
            gone.to_mut().entry(record.file).or_default().push(entry.span);
        }
    }
    gone
}

/// Whether anything that stays reads a member, entry or item called `name`.
pub(super) fn is_read(program: &Program, name: &str, gone: &Gone) -> bool {
    program.units().any(|(file, unit)| {
        let module = &unit.module;
        let by_member =
            unit.mentions(name).any(|id| unit.bind_of_place(id).is_none() && !inside(gone, file, module.expr(id).span));
        let key = Key::Name(name.into());
        let by_part = module.binds.iter().any(|bind| {
            let named = matches!(&bind.how, How::Part(path) if path.contains(&key));
            named && !inside(gone, file, bind.span) && !inside(gone, file, module.expr(bind.place).span)
        });
        let by_import = module
            .imports
            .iter()
            .any(|import| import.item.as_deref() == Some(name) && !inside(gone, file, import.span));
        by_member || by_part || by_import || asks_by_name(unit, file, name, gone)
    })
}

/// Whether what stays looks at a named record as a whole: `Object.keys(SCOPES)`, `for (const key in SCOPES)`, or
/// `keyof typeof SCOPES` in a type. Each of its entries counts there.
pub(super) fn is_listed(program: &Program, record: ExprRef, gone: &Gone) -> bool {
    let module = program.module(record.file);
    let around = module.expr(record.expr).parent;
    let holds = |bind: &&Bind| bind.value.is_some() && (bind.value == Some(record.expr) || bind.value == around);
    let names = module.binds.iter().filter(holds).filter_map(|bind| match module.kind(bind.place) {
        ExprKind::Name(name) => Some(name.clone()),
        _ => None,
    });
    names.into_iter().any(|name| {
        program.units().any(|(file, unit)| {
            unit.reads_of(&name).any(|id| {
                let at = unit.module.expr(id);
                let text = program.file(file).text();
                let before = text.get(..at.outer.start as usize).unwrap_or_default().trim_end();
                let lists = ["Object.keys(", "Object.values(", "Object.entries(", " in", " of", "typeof"];
                !inside(gone, file, at.span) && lists.iter().any(|list| before.ends_with(list))
            })
        })
    })
}

/// Whether a call that stays is given the name, or a path with it: `required(options, "issuer")`,
/// `get(settings, "account.id")`.
fn asks_by_name(unit: &Unit, file: FileId, name: &str, gone: &Gone) -> bool {
    let module = &unit.module;
    let asks = |call: &ExprId| match module.kind(*call) {
        ExprKind::Call { args, .. } => args.iter().any(|arg| {
            let text = module.literal(arg.value).unwrap_or_default();
            text.split('.').any(|step| step == name) && !text.contains(char::is_whitespace)
        }),
        _ => false,
    };
    unit.calls().iter().any(|call| asks(call) && !inside(gone, file, module.expr(*call).span))
}
