//! What a target brings into a file: its method, the imports, a name.

use super::Work;
use crate::analyze::Program;
use crate::ir::{ExprKind, Import};
use crate::migrate::draft::Draft;
use crate::migrate::import;
use crate::migrate::write::{Style, laid_out};
use crate::rules::{NeededImport, Slot};
use crate::text::{FileId, Span};
use std::collections::BTreeMap;

impl Work<'_, '_, '_> {
    /// Puts the method into the class of the request. Gives its name; `None` where there is no place for it.
    pub(super) fn helper(&self, slots: &BTreeMap<Slot, String>, draft: &mut Draft) -> Option<String> {
        let program = self.plan.program;
        let file = self.exchange.call.file;
        let source = program.file(file);
        let span = program.place(self.exchange.call).span;
        let place = import::class_end(program, file).filter(|(class, _)| class.contains(span))?;
        let head = source.slice(place.0).split('{').next().unwrap_or_default();
        head.split_whitespace().any(|word| matches!(word, "class" | "enum" | "record")).then_some(())?;
        let mut name = self.variant.helper_name.clone()?;
        if source.text().contains(&format!("{name}(")) {
            name = format!("{name}OfIms");
            (!source.text().contains(&format!("{name}("))).then_some(())?;
        }
        let mut slots = slots.clone();
        slots.insert(Slot::Helper, name.clone());
        let text = self.qualified(&self.variant.helper.as_ref()?.render(&slots).ok()?);
        let style = Style::of(program, file);
        let text =
            format!("{}{}", style.indent, laid_out(text.trim(), &style.indent, &style.indent, source.eol().as_str()));
        if !draft.helpers.contains(&(file, text.clone())) {
            draft.helpers.push((file, text));
        }
        Some(name)
    }

    /// Whether the file imports another class of that name.
    fn clashes(&self, wanted: &NeededImport) -> bool {
        let qualified = format!("{}.{}", wanted.module, wanted.local);
        imports_other(self.plan.program, self.exchange.call.file, &qualified)
    }

    /// New text with the packages of classes that cannot be imported.
    pub(super) fn qualified(&self, text: &str) -> String {
        let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        let mut out = text.to_owned();
        for import in self.variant.imports.iter().filter(|import| self.clashes(import)) {
            let places: Vec<usize> = out.match_indices(&import.local).map(|(at, _)| at).collect();
            for at in places.into_iter().rev() {
                let end = at + import.local.len();
                let whole = !out[..at].ends_with(word) && !out[end..].starts_with(|c: char| c.is_alphanumeric());
                if whole {
                    out.insert_str(at, &format!("{}.", import.module));
                }
            }
        }
        out
    }

    /// Adds the imports that are missing, each in its place.
    pub(super) fn imports(&self, slots: &BTreeMap<Slot, String>, draft: &mut Draft) -> Result<(), String> {
        let program = self.plan.program;
        let file = self.exchange.call.file;
        let wanted = |import: &&NeededImport| {
            import.when.is_none_or(|slot| slots.contains_key(&slot))
                && import.unless.is_none_or(|slot| !slots.contains_key(&slot))
        };
        for import in self.variant.imports.iter().filter(wanted) {
            let qualified = format!("{}.{}", import.module, import.local);
            let line = format!("import {qualified};");
            let there = source_has(program, file, &line) || has_star(program, file, &line);
            if self.clashes(import) {
                // It is written with its package.
                continue;
            }
            if has_neighbour(program, file, &import.local) {
                return Err(format!("the package has a `{}` of its own", import.local));
            }
            draft.names.insert((file, import.local.clone()));
            if !there {
                import::add_sorted(program, file, &line, draft);
            }
        }
        if let Some(error) = slots.get(&Slot::Error) {
            draft.names.insert((file, error.clone()));
            let known = self.variant.throws.iter().find(|class| class.ends_with(&format!(".{error}")));
            let line =
                known.map(|class| format!("import {class};")).filter(|line| !line.starts_with("import java.lang."));
            if let Some(line) = line.filter(|line| !source_has(program, file, line) && !has_star(program, file, line)) {
                import::add_sorted(program, file, &line, draft);
            }
        }
        Ok(())
    }
}

/// Makes sure that a class is imported. `false` where its name means another one in the file, so that it must be written
/// with its package.
pub(in crate::migrate::java) fn import(program: &Program, file: FileId, class: &str, draft: &mut Draft) -> bool {
    let name = class.rsplit('.').next().unwrap_or(class);
    let line = format!("import {class};");
    if imports_other(program, file, class) || has_neighbour(program, file, name) {
        return false;
    }
    draft.names.insert((file, name.to_owned()));
    if !source_has(program, file, &line) && !has_star(program, file, &line) {
        import::add_sorted(program, file, &line, draft);
    }
    true
}

/// Whether a file imports another class than `qualified` by its simple name.
fn imports_other(program: &Program, file: FileId, qualified: &str) -> bool {
    let name = |import: &Import| match (&import.item, import.module.is_empty()) {
        (Some(item), false) => format!("{}.{item}", import.module),
        (item, _) => item.as_deref().unwrap_or(&import.module).to_owned(),
    };
    let local = qualified.rsplit('.').next().unwrap_or(qualified);
    let module = program.module(file);
    let mut same = module.imports.iter().filter(|other| *other.local == *local).peekable();
    if same.peek().is_none() && !has_star(program, file, &format!("import {qualified};")) {
        // A name that the file says without an import comes from its package, or from another one that is imported whole.
        return module.exprs.iter().any(|expr| matches!(&expr.kind, ExprKind::Name(said) if **said == *local));
    }
    same.any(|other| name(other) != qualified)
}

/// Whether the package of a file has a class of that name, in a file of its own.
fn has_neighbour(program: &Program, file: FileId, name: &str) -> bool {
    let own = format!("/{name}.java");
    let folder = program.file(file).folder();
    program.files.iter().any(|other| other.folder() == folder && other.path.ends_with(&own))
}

fn source_has(program: &Program, file: FileId, line: &str) -> bool {
    program.file(file).text().lines().any(|found| found.trim() == line)
}

fn has_star(program: &Program, file: FileId, line: &str) -> bool {
    line.rsplit_once('.').is_some_and(|(package, _)| source_has(program, file, &format!("{package}.*;")))
}

/// A name for the token that the code of the file does not say.
pub(super) fn free_name(program: &Program, file: FileId) -> String {
    let text = program.file(file).text();
    let module = program.module(file);
    let texts = module.exprs.iter().filter(|expr| matches!(expr.kind, ExprKind::Text(_))).map(|expr| expr.span);
    let said: Vec<Span> = module.comments.iter().copied().chain(texts).collect();
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let taken = |name: &&&str| {
        text.match_indices(**name).any(|(start, _)| {
            let end = start + name.len();
            let whole = !text[..start].ends_with(word) && !text[end..].starts_with(word);
            whole && !said.iter().any(|text| text.contains(Span::new(start, end)))
        })
    };
    let names = ["token", "adobeToken", "imsToken", "adobeImsToken"];
    names.iter().find(|name| !taken(name)).copied().unwrap_or("adobeImsAnswer").to_owned()
}
