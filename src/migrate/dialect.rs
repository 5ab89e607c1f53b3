//! What a language's rewriting does in its own way. Everything else in the rooms beside is common to all languages, or a
//! fact of the language ([`crate::lang::Syntax`]).

use super::draft::Draft;
use super::java::{self, Handlers};
use super::plan::Plan;
use super::request;
use super::scopes::{Chosen, Scopes};
use super::{catching, idle, in_place, library, mocks, orphans, refusal, rust};
use crate::analyze::{Exchange, ExprRef, Field, FunctionRef, Program, Unit, Written};
use crate::ir::StmtId;
use crate::rules::Target;
use crate::text::{FileId, Overlap, Span};

/// The parts of a migration that are not the same in every language.
pub(super) trait Dialect: Sync {
    /// Drafts the edits with which a target takes the place of a request; or says why not, where there is a reason worth
    /// telling.
    fn library(
        &self,
        plan: &Plan<'_, '_>,
        exchange: &Exchange<'_>,
        chosen: &Chosen,
        target: &Target,
        is_named: bool,
    ) -> Result<Draft, Option<String>>;

    /// Puts grant type and scope in place of the JWT's entry of a form.
    fn entry(
        &self,
        program: &Program,
        field: &Field,
        scopes: &Scopes,
        granted: bool,
        draft: &mut Draft,
    ) -> Result<(), Overlap> {
        in_place::common_entry(program, field, scopes, granted, draft)
    }

    /// What the fields `grant_type` and `scope` hold, where it can be said; else a human is asked.
    fn values(
        &self,
        _program: &Program,
        _field: &Field,
        quote: char,
        scopes: &Scopes,
        _draft: &mut Draft,
    ) -> Option<(String, String)> {
        Some((format!("{quote}client_credentials{quote}"), in_place::scope_text(scopes, quote)))
    }

    /// Takes the argument that fills `hole` of a format string away, or puts what reads the scopes in its place. Whether
    /// that was possible.
    fn format_argument(
        &self,
        _program: &Program,
        _hole: Span,
        _value: ExprRef,
        _scopes: &Scopes,
        _draft: &mut Draft,
    ) -> Result<bool, Overlap> {
        Ok(false)
    }

    /// Mends, or says, what of the request, whose JWT stands in the field `jwt`, cannot stay as it is.
    fn doubts(
        &self,
        _program: &Program,
        _exchange: &Exchange<'_>,
        _jwt: &str,
        _draft: &mut Draft,
    ) -> Result<(), Overlap> {
        Ok(())
    }

    /// Makes a grant type that the form names already that of OAuth. Whether it is written in a plain way.
    fn grant(&self, program: &Program, field: &Field, draft: &mut Draft) -> Result<bool, Overlap> {
        in_place::common_grant(program, field, draft)
    }

    /// Keeps what the readers of the answer expect where the request stays the program's own.
    fn contract(&self, plan: &Plan<'_, '_>, exchange: &Exchange<'_>, draft: &mut Draft) -> Result<(), Overlap>;

    /// Puts what the gone bytes of `file` were the last to use, in other files, into the draft. Gives those files.
    fn orphans(&self, plan: &Plan<'_, '_>, file: FileId, draft: &mut Draft) -> Vec<FileId> {
        orphans::common(plan, file, draft)
    }

    /// Takes out what a compiler would complain about in the whole package: what the gone bytes were the last to use.
    /// Gives the files that changed.
    fn unused(&self, _plan: &Plan<'_, '_>, _draft: &mut Draft) -> Vec<FileId> {
        vec![]
    }

    /// Deals with a parameter that lost its last reader. Gives the files that changed.
    fn idle(
        &self,
        plan: &Plan<'_, '_>,
        function: FunctionRef,
        index: u32,
        draft: &mut Draft,
    ) -> Result<Vec<FileId>, Overlap> {
        idle::common(plan, function, index, draft)
    }

    /// What is handed to a parameter that nobody reads.
    fn nothing(&self, program: &Program, function: FunctionRef, _index: u32) -> String {
        program.syntax(function.file).map_or_else(String::new, |syntax| syntax.nothing.to_owned())
    }

    /// Whether an import that the common form has no use for is used all the same.
    fn is_named(
        &self,
        _program: &Program,
        _file: FileId,
        _unit: &Unit,
        _import: StmtId,
        _away: &dyn Fn(Span) -> bool,
    ) -> bool {
        false
    }

    /// What catches errors that nothing throws any more.
    fn handlers(
        &self,
        plan: &Plan<'_, '_>,
        file: FileId,
        unit: &Unit,
        away: &dyn Fn(Span) -> bool,
        _thrown: &[(Span, String)],
    ) -> Handlers {
        catching::lost(plan, file, unit, away)
    }
}

/// The dialect of a file.
#[must_use]
pub(super) fn of(program: &Program, file: FileId) -> &'static dyn Dialect {
    match program.unit(file).map(|unit| unit.language.rules) {
        Some("java") => &Java,
        Some("rust") => &Rust,
        _ => &Common,
    }
}

struct Common;
struct Java;
struct Rust;

impl Dialect for Common {
    fn library(
        &self,
        plan: &Plan<'_, '_>,
        exchange: &Exchange<'_>,
        chosen: &Chosen,
        target: &Target,
        is_named: bool,
    ) -> Result<Draft, Option<String>> {
        if !is_named && request::is_form_read_further(plan.program, exchange) {
            return Err(Some("the fields of the request are read further, in a log for instance".to_owned()));
        }
        if !is_named && refusal::is_dealt_with(plan.program, exchange) {
            let why = "the code looks by itself whether the answer has a token; the library raises its own error";
            return Err(Some(why.to_owned()));
        }
        if let Some(why) = mocks::stands_in(plan, exchange).filter(|_| !is_named) {
            return Err(Some(why));
        }
        library::common(plan, exchange, chosen, target).ok_or(None)
    }

    fn contract(&self, plan: &Plan<'_, '_>, exchange: &Exchange<'_>, draft: &mut Draft) -> Result<(), Overlap> {
        plan.contract_in_place(exchange, draft);
        Ok(())
    }
}

impl Dialect for Java {
    fn library(
        &self,
        plan: &Plan<'_, '_>,
        exchange: &Exchange<'_>,
        chosen: &Chosen,
        target: &Target,
        is_named: bool,
    ) -> Result<Draft, Option<String>> {
        java::target::draft(plan, exchange, chosen, target, is_named)
    }

    fn entry(
        &self,
        program: &Program,
        field: &Field,
        scopes: &Scopes,
        granted: bool,
        draft: &mut Draft,
    ) -> Result<(), Overlap> {
        java::entry(program, field, scopes, granted, draft)
    }

    fn doubts(&self, program: &Program, exchange: &Exchange<'_>, jwt: &str, draft: &mut Draft) -> Result<(), Overlap> {
        java::doubts(program, exchange, jwt, draft)
    }

    fn grant(&self, program: &Program, field: &Field, draft: &mut Draft) -> Result<bool, Overlap> {
        java::grant(program, field, draft)
    }

    fn contract(&self, plan: &Plan<'_, '_>, exchange: &Exchange<'_>, draft: &mut Draft) -> Result<(), Overlap> {
        java::contract(plan, exchange, draft)
    }

    fn orphans(&self, plan: &Plan<'_, '_>, file: FileId, draft: &mut Draft) -> Vec<FileId> {
        java::orphans(plan, file, draft)
    }

    fn idle(
        &self,
        plan: &Plan<'_, '_>,
        function: FunctionRef,
        index: u32,
        draft: &mut Draft,
    ) -> Result<Vec<FileId>, Overlap> {
        let changed = idle::of_jwt(plan, function, index, draft)?;
        if changed.is_empty() { java::injected(plan.program, function, index, draft) } else { Ok(changed) }
    }

    fn nothing(&self, program: &Program, function: FunctionRef, index: u32) -> String {
        java::nothing(program, function, index)
    }

    fn is_named(
        &self,
        program: &Program,
        file: FileId,
        unit: &Unit,
        import: StmtId,
        away: &dyn Fn(Span) -> bool,
    ) -> bool {
        java::is_named(program, file, unit, import, away)
    }

    fn handlers(
        &self,
        plan: &Plan<'_, '_>,
        file: FileId,
        unit: &Unit,
        away: &dyn Fn(Span) -> bool,
        thrown: &[(Span, String)],
    ) -> Handlers {
        java::judge(plan, file, unit, away, thrown)
    }
}

impl Dialect for Rust {
    fn library(
        &self,
        plan: &Plan<'_, '_>,
        exchange: &Exchange<'_>,
        chosen: &Chosen,
        target: &Target,
        _is_named: bool,
    ) -> Result<Draft, Option<String>> {
        rust::draft(plan, exchange, chosen, target).map_err(Some)
    }

    fn entry(
        &self,
        program: &Program,
        field: &Field,
        scopes: &Scopes,
        granted: bool,
        draft: &mut Draft,
    ) -> Result<(), Overlap> {
        rust::entry(program, field, scopes, granted, draft)
    }

    fn values(
        &self,
        program: &Program,
        field: &Field,
        quote: char,
        scopes: &Scopes,
        draft: &mut Draft,
    ) -> Option<(String, String)> {
        match field.written {
            Written::Raw => Common.values(program, field, quote, scopes, draft),
            _ => rust::values(program, field, scopes, draft),
        }
    }

    fn format_argument(
        &self,
        program: &Program,
        hole: Span,
        value: ExprRef,
        scopes: &Scopes,
        draft: &mut Draft,
    ) -> Result<bool, Overlap> {
        rust::format_argument(program, hole, value, scopes, draft)
    }

    fn doubts(&self, program: &Program, exchange: &Exchange<'_>, _jwt: &str, draft: &mut Draft) -> Result<(), Overlap> {
        rust::doubts(program, exchange, draft);
        Ok(())
    }

    fn contract(&self, plan: &Plan<'_, '_>, exchange: &Exchange<'_>, draft: &mut Draft) -> Result<(), Overlap> {
        rust::contract(plan, exchange, draft)
    }

    fn unused(&self, plan: &Plan<'_, '_>, draft: &mut Draft) -> Vec<FileId> {
        rust::unused(plan, draft)
    }

    fn idle(
        &self,
        plan: &Plan<'_, '_>,
        function: FunctionRef,
        index: u32,
        draft: &mut Draft,
    ) -> Result<Vec<FileId>, Overlap> {
        rust::idle(plan, function, index, draft)
    }
}
