//! New text: templates filled in, in the style of the file that they go into.

use super::NewFile;
use super::draft::Draft;
use super::import;
use super::plan::Plan;
use crate::analyze::{Exchange, ExprRef, Program};
use crate::ir::{ExprKind, ImportStyle, ScopeId};
use crate::rules::{NeededImport, Slot, Template, Variant};
use crate::text::{FileId, Overlap, Span};
use std::collections::BTreeMap;

/// How a file is written.
#[derive(Clone, Debug)]
pub(super) struct Style {
    /// The quote that it uses most.
    pub quote: char,
    /// `;`, or nothing.
    pub semicolon: &'static str,
    /// One step of indentation.
    pub indent: String,
    /// How modules are taken.
    pub takes: Takes,
}

/// How a file takes what it uses from a module.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Takes {
    /// `from module import item`
    From,
    /// `const { item } = require('module')`
    Require,
    /// `import { item } from 'module'`
    Import,
}

impl Style {
    /// Looks at a file.
    #[must_use]
    pub(super) fn of(program: &Program, file: FileId) -> Self {
        let source = program.file(file);
        let text = source.text();
        let quote = if text.matches('"').count() > text.matches('\'').count() { '"' } else { '\'' };
        let Some(unit) = program.unit(file) else {
            return Style { quote, semicolon: "", indent: "    ".to_owned(), takes: Takes::Import };
        };
        let ends = unit.module.stmts.iter().filter(|stmt| !stmt.exprs.is_empty());
        let with = ends.clone().filter(|stmt| source.slice(stmt.span).ends_with(';')).count();
        let semicolon = if unit.language.syntax.braces && with * 2 >= ends.count() { ";" } else { "" };
        let indent = indent(text).unwrap_or_else(|| unit.language.syntax.indent.to_owned());
        let styles = || unit.module.imports.iter().map(|import| import.style);
        let statics = styles().filter(|style| *style == ImportStyle::Static).count();
        let requires = statics == 0
            && !source.path.ends_with(".mjs")
            && unit.language.name == "javascript"
            && !exports_statically(text);
        let takes = match () {
            () if unit.language.syntax.grouped => Takes::From,
            () if requires => Takes::Require,
            () => Takes::Import,
        };
        Style { quote, semicolon, indent, takes }
    }
}

fn exports_statically(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("export "))
}

/// The smallest step between the indentations of neighbouring lines.
fn indent(text: &str) -> Option<String> {
    let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
    let mut last = 0;
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let lead = &line[..line.len() - line.trim_start().len()];
        if lead.starts_with('\t') {
            return Some("\t".to_owned());
        }
        if lead.len() > last {
            *counts.entry(lead.len() - last).or_default() += 1;
        }
        last = lead.len();
    }
    let (step, _) = counts
        .into_iter()
        .filter(|(step, _)| (2..=8).contains(step))
        .max_by_key(|(step, count)| (*count, 9 - *step))?;
    Some(" ".repeat(step))
}

/// What fills the slots of a template.
type Slots = BTreeMap<Slot, String>;

/// A template with what goes into it.
pub(super) struct Written<'a, 'b, 'r> {
    /// The plan.
    pub plan: &'a Plan<'b, 'r>,
    /// The exchange.
    pub exchange: &'a Exchange<'r>,
    /// The target's shape.
    pub variant: &'a Variant,
    /// What fills the slots.
    pub slots: BTreeMap<Slot, String>,
    /// The file's style.
    pub style: Style,
}

impl Written<'_, '_, '_> {
    /// The statements, which give the answer to the name `token`; indented like the request's statement, first line without.
    ///
    /// # Errors
    /// [`Overlap`] where edits meet.
    pub(super) fn statements(&self, token: &str, draft: &mut Draft) -> Result<Option<String>, Overlap> {
        let Some((template, slots)) = self.filled(token, None, draft)? else { return Ok(None) };
        let call = self.exchange.call;
        let module = self.plan.program.module(call.file);
        let stmt = module.stmt(module.expr(call.expr).stmt);
        Ok(self.render(template, &slots, stmt.span.start as usize))
    }

    /// The statements as the template has them, tabs for steps of indentation; `session` is the client's name.
    ///
    /// # Errors
    /// [`Overlap`] where edits meet.
    pub(super) fn raw_statements(
        &self,
        token: &str,
        session: &str,
        draft: &mut Draft,
    ) -> Result<Option<String>, Overlap> {
        let Some((template, slots)) = self.filled(token, Some(session), draft)? else { return Ok(None) };
        Ok(template.render(&slots).ok().map(|text| text.trim().to_owned()))
    }

    fn filled(
        &self,
        token: &str,
        session: Option<&str>,
        draft: &mut Draft,
    ) -> Result<Option<(&Template, Slots)>, Overlap> {
        let Some(template) = &self.variant.statements else { return Ok(None) };
        let call = self.exchange.call;
        let mut slots = self.slots.clone();
        slots.insert(Slot::Token, token.to_owned());
        let session = session.map_or_else(|| fresh(self.plan.program, call, "session"), str::to_owned);
        slots.insert(Slot::Session, session);
        slots.entry(Slot::Response).or_insert_with(|| fresh(self.plan.program, call, "response"));
        self.helper(&mut slots, draft)?;
        self.imports(&slots, draft)?;
        Ok(Some((template, slots)))
    }

    /// The value, indented like the line that it stands on.
    ///
    /// # Errors
    /// [`Overlap`] where edits meet.
    pub(super) fn value(&self, draft: &mut Draft) -> Result<Option<String>, Overlap> {
        let mut slots = self.slots.clone();
        self.helper(&mut slots, draft)?;
        self.imports(&slots, draft)?;
        let call = self.exchange.call;
        let start = self.plan.program.place(call).span.start as usize;
        Ok(self.render(&self.variant.value, &slots, start))
    }

    /// A template, indented like the line at `at`, first line without.
    pub(super) fn render(&self, template: &Template, slots: &BTreeMap<Slot, String>, at: usize) -> Option<String> {
        let source = self.plan.program.file(self.exchange.call.file);
        let text = template.render(slots).ok()?;
        let base = source.indent_at(at);
        Some(laid_out(text.trim(), &self.style.indent, base, source.eol().as_str()))
    }

    /// Puts the helper into the file, once; its name goes into the slots.
    fn helper(&self, slots: &mut BTreeMap<Slot, String>, draft: &mut Draft) -> Result<(), Overlap> {
        let (Some(template), Some(name)) = (&self.variant.helper, &self.variant.helper_name) else { return Ok(()) };
        let program = self.plan.program;
        let file = self.exchange.call.file;
        slots.insert(Slot::Helper, name.clone());
        let Ok(text) = template.render(slots) else { return Ok(()) };
        if text.trim().is_empty() {
            return Ok(());
        }
        draft.names.insert((file, name.clone()));
        let eol = program.file(file).eol().as_str();
        let text = laid_out(text.trim(), &self.style.indent, "", eol);
        if let Some(shared) = self.plan.shared.get(&file) {
            let (q, semi) = (self.style.quote, self.style.semicolon);
            let (line, export) = if self.style.takes == Takes::Require {
                let from = shared.from.trim_end_matches(".js");
                (
                    format!("const {{ {name} }} = require({q}{from}{q}){semi}"),
                    format!("module.exports = {{ {name} }}{semi}"),
                )
            } else {
                (format!("import {{ {name} }} from {q}{}{q}{semi}", shared.from), format!("export {{ {name} }}{semi}"))
            };
            import::add(program, file, &line, false, draft);
            let imports: Vec<String> = self.import_lines(slots, false).into_iter().map(|(line, _)| line).collect();
            let text = format!("{}{eol}{eol}{text}{eol}{eol}{export}{eol}", imports.join(eol));
            draft.new_files.push(NewFile { path: shared.path.clone(), text });
            return Ok(());
        }
        if !draft.helpers.contains(&(file, text.clone())) {
            draft.helpers.push((file, text));
        }
        Ok(())
    }

    fn imports(&self, slots: &BTreeMap<Slot, String>, draft: &mut Draft) -> Result<(), Overlap> {
        let file = self.exchange.call.file;
        if self.plan.shared.contains_key(&file) {
            return Ok(());
        }
        for (line, names) in self.import_lines(slots, true) {
            draft.names.extend(names.into_iter().map(|name| (file, name)));
            if !line.is_empty() {
                import::add(self.plan.program, file, &line, false, draft);
            }
        }
        Ok(())
    }

    /// The import lines that the templates need, each with the names that it brings. Empty for what the file has
    /// already, if `missing` asks for what is missing only.
    fn import_lines(&self, slots: &BTreeMap<Slot, String>, missing: bool) -> Vec<(String, Vec<String>)> {
        let mut by_module: BTreeMap<(&str, bool), Vec<&NeededImport>> = BTreeMap::new();
        for import in &self.variant.imports {
            let wanted = import.when.is_none_or(|slot| slots.contains_key(&slot))
                && import.unless.is_none_or(|slot| !slots.contains_key(&slot));
            if wanted {
                by_module.entry((&import.module, import.types_only)).or_default().push(import);
            }
        }
        by_module
            .into_iter()
            .map(|((module, types_only), imports)| {
                let names = imports.iter().map(|import| import.local.clone()).collect();
                (self.import_line(module, types_only, &imports, missing).unwrap_or_default(), names)
            })
            .collect()
    }

    fn import_line(&self, module: &str, types_only: bool, imports: &[&NeededImport], missing: bool) -> Option<String> {
        let unit = self.plan.program.unit(self.exchange.call.file)?;
        let missing: Vec<&&NeededImport> = imports
            .iter()
            .filter(|wanted| {
                !missing
                    || !unit.module.imports.iter().any(|import| {
                        *import.module == *module
                            && import.scope == ScopeId(0)
                            && import.item.as_deref().filter(|item| *item != "default") == wanted.item.as_deref()
                            && *import.local == *wanted.local
                    })
            })
            .collect();
        if missing.is_empty() {
            return None;
        }
        let (q, semi) = (self.style.quote, self.style.semicolon);
        let whole = missing.iter().find(|import| import.item.is_none());
        if let Some(whole) = whole {
            return Some(match self.style.takes {
                Takes::From => format!("import {module}"),
                Takes::Require => format!("const {} = require({q}{module}{q}){semi}", whole.local),
                Takes::Import => format!("import {} from {q}{module}{q}{semi}", whole.local),
            });
        }
        let named = |between: &str| -> String {
            let items: Vec<String> = missing
                .iter()
                .map(|import| {
                    let item = import.item.as_deref().unwrap_or_default();
                    if item == import.local { item.to_owned() } else { format!("{item}{between}{}", import.local) }
                })
                .collect();
            items.join(", ")
        };
        Some(match self.style.takes {
            Takes::From => format!("from {module} import {}", named(" as ")),
            Takes::Require => format!("const {{ {} }} = require({q}{module}{q}){semi}", named(": ")),
            Takes::Import => format!(
                "import {}{{ {} }} from {q}{module}{q}{semi}",
                if types_only { "type " } else { "" },
                named(" as ")
            ),
        })
    }
}

/// Tabs become the file's indentation, every line but the first gets the base's.
#[must_use]
pub(super) fn laid_out(text: &str, indent: &str, base: &str, eol: &str) -> String {
    let lines = text.lines().enumerate().map(|(number, line)| {
        let depth = line.len() - line.trim_start_matches('\t').len();
        let line = format!("{}{}", indent.repeat(depth), &line[depth..]);
        if number == 0 || line.trim().is_empty() { line.trim_end().to_owned() } else { format!("{base}{line}") }
    });
    lines.collect::<Vec<_>>().join(eol)
}

/// A name that nothing has where the call stands.
#[must_use]
pub(super) fn fresh(program: &Program, at: ExprRef, wanted: &str) -> String {
    let Some(unit) = program.unit(at.file) else { return wanted.to_owned() };
    let scope = unit.module.expr(at.expr).scope;
    let taken = |name: &str| {
        unit.declaring_scope(scope, name).is_some()
            || unit
                .module
                .exprs
                .iter()
                .any(|expr| matches!(&expr.kind, ExprKind::Name(found) if **found == *name && expr.scope == scope))
    };
    let mut name = wanted.to_owned();
    let mut number = 2;
    while taken(&name) {
        name = match number {
            2 => format!("adobe_{wanted}"),
            _ => format!("adobe_{wanted}_{number}"),
        };
        number += 1;
    }
    name
}

/// Whether nothing but white space stands before a span on its line.
#[must_use]
pub(super) fn starts_line(program: &Program, file: FileId, span: Span) -> bool {
    let source = program.file(file);
    let line = source.lines().line_span(source.lines().line_of(span.start as usize));
    source.slice(Span { start: line.start, end: span.start }).trim().is_empty()
}
