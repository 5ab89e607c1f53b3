//! `use jwt_simple::prelude::*;` of which nothing is used any more.

use super::mentions::{Mention, Mentions};
use super::{delete, is_gone};
use crate::analyze::{Program, Unit};
use crate::ir::{ExprKind, ImportStyle};
use crate::migrate::draft::Draft;
use crate::migrate::plan::Plan;
use crate::migrate::rust::units;
use crate::text::FileId;

/// Types and variants that need no import: <https://doc.rust-lang.org/std/prelude/>.
const PRELUDE: &[&str] = &[
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Default",
    "Drop",
    "Eq",
    "Err",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "Into",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

/// Takes imports of everything out of a JWT library away, where no name is left that could come from there. Gives the files
/// that changed.
pub(super) fn sweep(plan: &Plan<'_, '_>, mentions: &Mentions, draft: &mut Draft) -> Vec<FileId> {
    let program = plan.program;
    let mut changed = vec![];
    for (file, unit) in units(program) {
        let libraries = || plan.rules.libraries.iter().filter(|library| library.jwt && library.language == "rust");
        for import in unit.module.imports.iter().filter(|import| import.style == ImportStyle::Star) {
            let of_jwt = libraries().any(|library| library.modules.iter().any(|module| **module == *import.module));
            let here = || mentions.in_file(file);
            let lost = || here().any(|(name, mention)| mention.gone && may_come(program, unit, name, mention));
            let left = || here().any(|(name, mention)| !mention.gone && may_come(program, unit, name, mention));
            if of_jwt
                && !is_gone(draft, file, import.span)
                && lost()
                && !left()
                && delete(program, file, import.stmt, draft)
            {
                changed.push(file);
            }
        }
    }
    changed
}

/// Whether a type or variant may come by an import of everything: the file neither declares nor imports it.
fn may_come(program: &Program, unit: &Unit, name: &str, mention: &Mention) -> bool {
    let module = &unit.module;
    if !name.starts_with(|c: char| c.is_ascii_uppercase()) || PRELUDE.contains(&name) {
        return false;
    }
    let is_head = match mention.expr {
        Some(expr) => matches!(module.kind(expr), ExprKind::Name(_) | ExprKind::Opaque(_)),
        None => !module.imports.iter().any(|import| import.span.contains(mention.span)),
    };
    let imported = module.imports.iter().any(|import| *import.local == *name);
    let declared = module.classes.iter().any(|class| class.name.as_deref() == Some(name))
        || module.binds.iter().any(|bind| matches!(module.kind(bind.place), ExprKind::Name(own) if **own == *name));
    // What another import of everything brings, of a file in view.
    let star = module.imports.iter().filter(|import| import.style == ImportStyle::Star);
    let elsewhere = star
        .filter_map(|import| program.import_target(mention.file, &import.module))
        .any(|file| program.module(file).classes.iter().any(|class| class.name.as_deref() == Some(name)));
    is_head && !imported && !declared && !elsewhere
}
