//! Who still reads a setting, when what read it is gone.

use crate::analyze::{ExprRef, Follow, Program, Unit};
use crate::ir::{Entry, ExprId, ExprKind, How, Key};
use crate::text::{FileId, Span};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The bytes that went away, by file.
pub(super) type Gone = BTreeMap<FileId, Vec<Span>>;

/// What is gone, and the entries of that name in what is read there: `key: account.key` reads nothing for anybody else.
pub(super) fn with_own<'g>(program: &Program, base: ExprRef, name: &str, gone: &'g Gone) -> Cow<'g, Gone> {
    let mut gone = Cow::Borrowed(gone);
    for origin in program.origins(base, Follow::ALL).into_iter().filter(|origin| origin.path.is_empty()) {
        let ExprKind::Record(entries) = program.kind(origin.expr) else { continue };
        let module = program.module(origin.expr.file);
        let is_it = |entry: &&Entry| entry.key.and_then(|key| module.literal(key)).as_deref() == Some(name);
        if let Some(entry) = entries.iter().find(is_it) {
            gone.to_mut().entry(origin.expr.file).or_default().push(entry.span);
        }
    }
    gone
}

/// Whether a place lies in what is gone.
pub(super) fn inside(gone: &Gone, file: FileId, span: Span) -> bool {
    gone.get(&file).is_some_and(|spans| spans.iter().any(|gone| gone.contains(span)))
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
            named && !inside(gone, file, bind.span)
        });
        let by_import = module
            .imports
            .iter()
            .any(|import| import.item.as_deref() == Some(name) && !inside(gone, file, import.span));
        by_member || by_part || by_import || asks_by_name(unit, file, name, gone)
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
