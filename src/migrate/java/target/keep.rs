//! A target that keeps the token by itself: whether the program is one that wants it, and the field that it is kept in.

use super::Work;
use super::fixed::{fixed, short_lived};
use super::kept::{Kept, kept};
use super::reads::Reads;
use crate::analyze::{ExprRef, Place};
use crate::ir::{ClassId, StmtKind};
use crate::migrate::draft::Draft;
use crate::migrate::escaped::unescaped;
use crate::migrate::library::field;
use crate::migrate::write::{Style, laid_out};
use crate::rules::Slot;
use std::collections::BTreeMap;

/// The seconds before its end at which Spring Security renews a token where nobody says otherwise.
const OWN_MARGIN: u32 = 60;

impl Work<'_, '_, '_> {
    /// Prepares for a target that keeps the token. Gives where the request is made then, if that is elsewhere.
    pub(super) fn keep(
        &self,
        found: &mut Reads,
        slots: &mut BTreeMap<Slot, String>,
        draft: &mut Draft,
    ) -> Result<Option<ExprRef>, Option<String>> {
        let (program, call) = (self.plan.program, self.exchange.call);
        let module = program.module(call.file);
        let kept = match kept(program, self.exchange, found) {
            Ok(Some(kept)) => Some(kept),
            Ok(None) if self.is_named || self.is_in_settings() => None,
            Ok(None) => return Err(None),
            Err(_) if self.is_in_settings() && !self.is_named => return Err(None),
            Err(why) => return Err(Some(format!("the class keeps its token, and {why}"))),
        };
        let function = module.function_of(module.expr(call.expr).scope).map(|function| module.function(function));
        let Some((class, false)) = function.and_then(|function| Some((function.class?, function.is_static))) else {
            return Err(Some("the method is static: there is no object to keep the token in".to_owned()));
        };
        if let Some(why) = short_lived(program, call.file, class) {
            return Err(Some(why));
        }
        if self.is_in_settings() {
            self.suits(class)?;
        } else {
            self.same()?;
        }
        self.field(class, kept.as_ref(), slots, draft).map_err(Some)?;
        if self.is_in_settings() {
            draft.because = Some("the application has Spring Security, with a chain of its own".to_owned());
        }
        let Some(kept) = kept else {
            if self.is_in_settings() && !self.is_named {
                draft.review(
                    program.place(call),
                    "Spring keeps the token until it ends, where each call asked for one: see that nobody asks for another one after a refusal",
                );
            }
            return Ok(None);
        };
        if kept.margin > OWN_MARGIN {
            slots.insert(Slot::Skew, kept.margin.to_string());
        }
        kept.dissolve(found);
        if !self.is_in_settings() {
            draft.because =
                Some("the class kept its token by itself, and Spring Security's manager does that".to_owned());
        }
        Ok(kept.anchor)
    }

    /// Whether the credential stands in the settings of the framework.
    pub(super) fn is_in_settings(&self) -> bool {
        !self.variant.settings.is_empty()
    }

    /// Whether the credential is the same for as long as an object of the class lives.
    fn same(&self) -> Result<(), Option<String>> {
        let program = self.plan.program;
        let fields = &self.plan.rules.adobe.fields;
        let values =
            [&fields.client_id, &fields.client_secret].into_iter().filter_map(|name| field(self.exchange, name));
        let url = self.exchange.url.as_ref().map(|(url, _)| *url);
        values.chain(url).try_for_each(|value| fixed(program, unescaped(self.plan, value))).map_err(Some)
    }

    /// Declares the field, where the fields were that it takes the place of, else behind the others.
    fn field(
        &self,
        class: ClassId,
        kept: Option<&Kept>,
        slots: &mut BTreeMap<Slot, String>,
        draft: &mut Draft,
    ) -> Result<(), String> {
        let program = self.plan.program;
        let file = self.exchange.call.file;
        let source = program.file(file);
        let module = program.module(file);
        let names = ["adobeClientManager", "adobeTokens", "adobeImsTokens"];
        let name = names.iter().find(|name| !source.text().contains(**name)).ok_or("its field has no free name")?;
        slots.insert(Slot::Field, (*name).to_owned());
        let template = self.variant.field.as_ref().ok_or("it has no field")?;
        let text = template.render(slots).map_err(|_| "its field cannot be written")?;
        let text = self.qualified(text.trim());
        let text = if self.is_in_settings() { self.injected(class, name, &text, draft)? } else { text };
        let (indent, eol) = (Style::of(program, file).indent, source.eol().as_str());
        let text = laid_out(&text, &indent, &indent, eol);
        if let Some(kept) = kept {
            // It stands where the token did.
            let span = module.stmt(kept.field).span;
            return draft.replace(Place { file, span }, text).map_err(|_| "two edits would meet".to_owned());
        }
        let line = |at: u32| source.lines().line_span(source.lines().line_of(at as usize));
        let is_field = |stmt: &&crate::ir::Stmt| {
            stmt.kind == StmtKind::Bind
                && module.class_of(stmt.scope) == Some(class)
                && module.function_of(stmt.scope).is_none()
        };
        let last = module.stmts.iter().filter(is_field).map(|stmt| stmt.span.end).max();
        let (offset, after) = match last {
            Some(end) => (line(end.saturating_sub(1)).end, ""),
            None => {
                let span = module.class(class).span;
                let brace = source.slice(span).find('{').ok_or("its field has no place")?;
                (line(span.start + brace as u32).end, eol)
            }
        };
        draft.lines.push((file, offset as usize, format!("{indent}{text}{eol}{after}")));
        Ok(())
    }
}
