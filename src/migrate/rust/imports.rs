//! `use` lines for new text, sorted into those that are there.

use super::is_taken;
use super::unused;
use crate::analyze::Program;
use crate::ir::{ImportStyle, ScopeId, StmtId};
use crate::migrate::draft::Draft;
use crate::migrate::write::Written;
use crate::rules::{NeededImport, Slot};
use crate::text::FileId;
use std::collections::BTreeMap;

/// The names that could not be imported under their own, since the file has others of the name.
#[derive(Debug)]
pub(super) struct Imported(Vec<(String, String)>);

impl Imported {
    /// Writes those names with their paths.
    pub(super) fn qualify(&self, text: String) -> String {
        self.0.iter().fold(text, |text, (name, path)| {
            let (call, full) = (format!("{name}::"), format!("{path}::{name}::"));
            let mut out = String::new();
            let mut rest = text.as_str();
            while let Some(at) = rest.find(&call) {
                let (before, after) = rest.split_at(at);
                let inside = before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
                out += before;
                out += if inside { &call } else { &full };
                rest = &after[call.len()..];
            }
            out + rest
        })
    }
}

/// Adds the lines for what the templates use.
///
/// # Errors
/// Where a helper needs a name that is taken.
pub(super) fn of(
    written: &Written<'_, '_, '_>,
    slots: &BTreeMap<Slot, String>,
    draft: &mut Draft,
) -> Result<Imported, ()> {
    let program = written.plan.program;
    let file = written.exchange.call.file;
    let mut apart = vec![];
    let mut by_module: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let has_helper = written.variant.helper.is_some();
    if has_helper && written.variant.helper_name.as_deref().is_some_and(|name| is_taken(program, file, name)) {
        return Err(());
    }
    for import in written.variant.imports.iter().filter(|import| is_wanted(import, slots)) {
        let item = import.item.as_deref().unwrap_or_default();
        let there = program.unit(file).is_some_and(|unit| {
            unit.module.imports.iter().any(|known| {
                *known.module == *import.module && known.item.as_deref() == Some(item) && *known.local == *import.local
            })
        });
        if there {
            draft.names.insert((file, import.local.clone()));
            continue;
        }
        let items = by_module.entry(&import.module).or_default();
        if !is_taken(program, file, &import.local) {
            draft.names.insert((file, import.local.clone()));
            items.push(item.to_owned());
        } else if import.methods_only {
            items.push(format!("{item} as _"));
        } else if has_helper {
            return Err(());
        } else {
            apart.push((item.to_owned(), import.module.replace('.', "::")));
        }
    }
    let mut lines: Vec<String> = by_module.into_iter().filter_map(|(module, items)| line(module, items)).collect();
    // rustfmt puts a list of names behind longer paths.
    lines.sort_by_key(|line| (line.contains('{'), line.clone()));
    if !lines.is_empty() {
        put(program, file, &lines, draft);
    }
    Ok(Imported(apart))
}

fn is_wanted(import: &NeededImport, slots: &BTreeMap<Slot, String>) -> bool {
    import.when.is_none_or(|slot| slots.contains_key(&slot))
        && import.unless.is_none_or(|slot| !slots.contains_key(&slot))
}

fn line(module: &str, mut items: Vec<String>) -> Option<String> {
    let path = module.replace('.', "::");
    items.sort();
    match items.as_slice() {
        [] => None,
        [only] => Some(format!("use {path}::{only};")),
        _ => Some(unused::fitted(format!("use {path}::{{{}}};", items.join(", ")), 0)),
    }
}

/// Puts the lines before the first import of another package that sorts after them, in the block where such stand; else
/// behind the last.
fn put(program: &Program, file: FileId, lines: &[String], draft: &mut Draft) {
    let module = program.module(file);
    let source = program.file(file);
    let eol = source.eol().as_str();
    let uses: Vec<StmtId> =
        module.blocks[0]
            .stmts
            .iter()
            .copied()
            .filter(|id| {
                module.imports.iter().any(|import| {
                    import.stmt == *id && import.scope == ScopeId(0) && import.style != ImportStyle::Inline
                }) && source.slice(module.stmt(*id).span).starts_with("use ")
            })
            .collect();
    let path = |id: &StmtId| source.slice(module.stmt(*id).span).trim_start_matches("use ").to_owned();
    let is_own = |path: &str| {
        ["crate::", "self::", "super::", "std::", "core::", "alloc::"].iter().any(|own| path.starts_with(own))
    };
    let others: Vec<&StmtId> = uses.iter().filter(|id| !is_own(&path(id))).collect();
    let text = lines.iter().map(|line| format!("{}{eol}", line.replace('\n', eol))).collect::<String>();
    let new = lines[0].trim_start_matches("use ");
    let line_of = |offset: u32| source.lines().line_of(offset as usize);
    let before = |id: &StmtId| source.lines().line_span(line_of(module.stmt(*id).span.start)).start as usize;
    let behind =
        |id: &StmtId| source.lines().line_span(line_of(module.stmt(*id).span.end.saturating_sub(1))).end as usize;
    let block: Vec<&StmtId> = if others.is_empty() { uses.iter().collect() } else { others };
    let offset = match block.iter().find(|id| path(id).as_str() > new) {
        Some(after) => Some(before(after)),
        None => block.last().map(|last| behind(last)),
    };
    match offset {
        Some(offset) => draft.lines.push((file, offset, text)),
        None => {
            let start = module.blocks[0].stmts.first().map_or(0, |id| module.stmt(*id).span.start);
            let offset = source.lines().line_span(line_of(start)).start as usize;
            draft.lines.push((file, offset.max(module.prologue_end as usize), text + eol));
        }
    }
}
