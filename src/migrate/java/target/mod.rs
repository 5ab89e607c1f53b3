//! Targets in Java: a method of the class gets the token, by the template of the target, and what the program read out of
//! the answer is read out of what that method gives.
//!
//! | file | what |
//! |---|---|
//! | [`fit`] | whether a target suits the project, and in which version |
//! | [`parts`] | which part of the answer is read, and as which type |
//! | [`put`] | the method and the imports that come |
//! | [`plain`] | what of the request a library would lose |
//! | [`reads`] | how the program reads the answer |
//! | [`caught`] | which failures its callers catch |
//! | [`keep`] | what a target needs that keeps the token by itself |
//! | [`kept`], [`asked`], [`clock`] | how the class keeps its token, and whether what keeps tokens by itself can do so instead |
//! | [`boot`], [`property`] | a client in the settings of Spring Boot: where they go, what a value is there |
//! | [`inject`] | a bean that a constructor is handed |
//! | [`fixed`] | whether a value is the same for as long as an object lives |

mod asked;
mod boot;
mod caught;
mod clock;
mod fit;
mod fixed;
mod inject;
mod keep;
mod kept;
mod parts;
mod plain;
mod property;
mod put;
mod reads;

pub(super) use fit::Project;
pub(in crate::migrate) use inject::inject;
pub(super) use put::import;

use crate::analyze::{Exchange, ExprRef, Place};
use crate::ir::{StmtId, StmtKind};
use crate::migrate::draft::Draft;
use crate::migrate::escaped::unescaped;
use crate::migrate::java::{self, WIDTH};
use crate::migrate::library::field;
use crate::migrate::plan::Plan;
use crate::migrate::request::{shown, token_url};
use crate::migrate::scopes::Chosen;
use crate::migrate::write::Style;
use crate::rules::{Gives, Slot, Target, Variant};
use crate::text::{Overlap, Span};
use caught::Failures;
use parts::{As, Read};
use put::free_name;
use reads::Reads;
use std::collections::BTreeMap;

/// Drafts the edits, and says why this target; or says why it is not taken.
///
/// # Errors
/// The reason, in words; none where it is not worth telling.
pub(in crate::migrate) fn draft(
    plan: &Plan<'_, '_>,
    exchange: &Exchange<'_>,
    chosen: &Chosen,
    target: &Target,
    is_named: bool,
) -> Result<Draft, Option<String>> {
    let project = Project::of(plan.program, exchange.call.file);
    // What keeps the token is for some programs only, and is not missed in others.
    let keeps = target.variants.iter().any(|variant| variant.field.is_some());
    if (!is_named || keeps)
        && let Some(why) = project.unfit(target)
    {
        return Err((!keeps || is_named).then_some(why));
    }
    drafted(plan, exchange, chosen, target, is_named, &project)
}

fn drafted(
    plan: &Plan<'_, '_>,
    exchange: &Exchange<'_>,
    chosen: &Chosen,
    target: &Target,
    is_named: bool,
    project: &Project,
) -> Result<Draft, Option<String>> {
    let fitting = target.variants.iter().find_map(|variant| Some((variant, project.line(variant)?)));
    let Some((variant, line)) = fitting else {
        let of: Vec<&str> =
            target.variants.iter().flat_map(|variant| &variant.lines).map(|line| line.of.as_str()).collect();
        return Err(Some(match of.iter().find_map(|of| project.version(of)) {
            Some((_, version)) => format!("no form of it is known for version {version}"),
            None if of.is_empty() => "the project is compiled for an older Java".to_owned(),
            None => "the version of what it must fit to is not in view".to_owned(),
        }));
    };
    let Some(packages) = project.packages(&variant.packages) else {
        return Err(Some("no version of its packages is known that fits to the project".to_owned()));
    };
    let because = match line.and_then(|line| Some((&line.of, project.version(&line.of)?.1))) {
        Some((of, version)) => format!("the project is built on {of} {version}"),
        None => match (is_named, project.release()) {
            (true, _) => "it was asked for".to_owned(),
            (false, Some(release)) => format!("the project is compiled for Java {release}"),
            (false, None) => "it fits to any project".to_owned(),
        },
    };
    let mut draft = Draft { because: Some(because), ..Draft::default() };
    let work = Work { plan, exchange, target, variant, is_named, project };
    let met = |_| Err(Some("two edits would meet".to_owned()));
    work.write(chosen, &mut draft).unwrap_or_else(met)?;
    draft.packages.push((exchange.call.file, packages));
    Ok(draft)
}

struct Work<'a, 'b, 'r> {
    plan: &'a Plan<'b, 'r>,
    exchange: &'a Exchange<'r>,
    target: &'a Target,
    variant: &'a Variant,
    is_named: bool,
    project: &'a Project,
}

impl Work<'_, '_, '_> {
    fn write(&self, chosen: &Chosen, draft: &mut Draft) -> Result<Result<(), Option<String>>, Overlap> {
        let (program, call) = (self.plan.program, self.exchange.call);
        let file = call.file;
        let as_text = self.variant.gives == Gives::Text;
        let keeps = self.variant.field.is_some();
        // What is in the way of one target is in the way of the others: it is told of the last.
        let plain = |why: String| Ok(Err((!keeps || self.is_named).then_some(why)));
        let mut found = match self.checked(as_text) {
            Ok(found) => found,
            Err(why) => return plain(why),
        };
        let mut anchor = found.senders.last().copied().unwrap_or(call);
        let failures = match caught::failures(self.plan, self.exchange, &found, self.variant) {
            Ok(failures) => failures,
            Err(why) => return plain(why),
        };
        let mut slots = BTreeMap::new();
        if keeps {
            match self.keep(&mut found, &mut slots, draft) {
                Ok(other) => anchor = other.unwrap_or(anchor),
                Err(why) => return Ok(Err(why)),
            }
        }
        if self.variant.settings.is_empty() {
            slots.insert(Slot::Scope, java::scope(program, file, &chosen.scopes, draft));
            if let Err(why) = self.request(anchor, &mut slots, draft)? {
                return plain(why);
            }
        } else if let Err(why) = self.configure(chosen, &slots, draft)? {
            return Ok(Err(why));
        }
        self.flags(&found, &failures, &mut slots);
        let Some(name) = self.helper(&slots, draft) else {
            return plain("the method that gets the token has no place in this file".to_owned());
        };
        slots.insert(Slot::Helper, name);
        if let Err(why) = self.imports(&slots, draft) {
            return plain(why);
        }
        if let Some(error) = &failures.thrown {
            let function = program.module(file).expr(anchor.expr).span;
            draft.throws.push((file, function, error.clone()));
        }
        let done = self.answer(anchor, &found, &slots, draft)?;
        if as_text && done.is_ok() {
            crate::migrate::java::contract(self.plan, self.exchange, draft)?;
        }
        Ok(done.map_err(Some))
    }

    /// Address, client id and client secret, as expressions that mean the same at `at`.
    fn request(
        &self,
        at: ExprRef,
        slots: &mut BTreeMap<Slot, String>,
        draft: &mut Draft,
    ) -> Result<Result<(), String>, Overlap> {
        let program = self.plan.program;
        let fields = &self.plan.rules.adobe.fields;
        for (slot, name) in [(Slot::ClientId, &fields.client_id), (Slot::ClientSecret, &fields.client_secret)] {
            let value = field(self.exchange, name).map(|value| unescaped(self.plan, value));
            let is_text =
                |value: &ExprRef| program.declared_class(*value).is_none_or(|class| program.source(class) == "String");
            match value.filter(is_text).and_then(|value| shown(program, value, at, draft)) {
                Some(text) => slots.insert(slot, text),
                None => return Ok(Err(format!("`{name}` is not at hand where the request is made"))),
            };
        }
        let Some(url) = token_url(self.plan, self.exchange, draft)? else {
            return Ok(Err("the address is not at hand where the request is made".to_owned()));
        };
        let made =
            ["URI.create(", "new URI(", "new URL("].iter().find_map(|head| url.strip_prefix(head)?.strip_suffix(')'));
        let class = self.exchange.url.as_ref().and_then(|(url, _)| program.declared_class(*url));
        let text = match class.map(|class| program.source(class)) {
            _ if made.is_some() => made.unwrap_or_default().to_owned(),
            Some("URI" | "URL" | "HttpUrl") => format!("{url}.toString()"),
            _ => url,
        };
        slots.insert(Slot::TokenUrl, text);
        Ok(Ok(()))
    }

    fn flags(&self, found: &Reads, failures: &Failures, slots: &mut BTreeMap<Slot, String>) {
        let reads = |part: &str| found.reads.iter().any(|read| read.part == part);
        for (slot, part) in [(Slot::Expires, "expires_in"), (Slot::TokenType, "token_type")] {
            if reads(part) {
                slots.insert(slot, "yes".to_owned());
            }
        }
        if let Some(error) = &failures.thrown {
            slots.insert(Slot::Error, error.clone());
        }
        if failures.is_checked {
            slots.insert(Slot::Checked, "yes".to_owned());
        }
    }

    /// Puts the new text where the answer was read, and takes out what held it.
    fn answer(
        &self,
        anchor: ExprRef,
        found: &Reads,
        slots: &BTreeMap<Slot, String>,
        draft: &mut Draft,
    ) -> Result<Result<(), String>, Overlap> {
        let program = self.plan.program;
        let file = anchor.file;
        let module = program.module(file);
        let stmt = module.expr(anchor.expr).stmt;
        let not_plain = || Ok(Err("the answer is read in a way that is not plain".to_owned()));
        let Ok(value) = self.variant.value.render(slots) else { return not_plain() };
        let value = value.trim().to_owned();
        let direct = |read: &&Read| module.expr(read.at.expr).outer.contains(module.expr(anchor.expr).span);
        let mut gone: Vec<_> = found.holders.iter().chain(&found.guards).copied().collect();
        let in_one = match found.reads.as_slice() {
            [read] if direct(&read) => Some(read),
            [read] if self.follows(stmt, read, &gone, &found.opened) => Some(read),
            _ => None,
        };
        if let Some(read) = in_one {
            let text = self.read(read, &value, slots);
            let span = module.expr(read.at.expr).outer;
            let Some(text) = text else { return not_plain() };
            draft.replace(Place { file, span }, self.fitted(span, text, slots))?;
        } else {
            let name = free_name(program, file);
            let mut slots = slots.clone();
            slots.insert(Slot::Token, name.clone());
            let text = self
                .variant
                .statements
                .as_ref()
                .and_then(|template| template.render(&slots).ok())
                .map(|text| self.qualified(&text));
            let (Some(text), true) = (text, found.holders.contains(&stmt)) else { return not_plain() };
            let span = module.stmt(stmt).span;
            draft.replace(Place { file, span }, self.fitted(span, text.trim().to_owned(), &slots))?;
            gone.retain(|other| *other != stmt);
            for read in &found.reads {
                let Some(text) = self.read(read, &name, &slots) else { return not_plain() };
                draft.replace(Place { file, span: module.expr(read.at.expr).outer }, text)?;
            }
        }
        draft.stmts.entry(file).or_default().extend(gone);
        for stmt in &found.opened {
            let node = module.stmt(*stmt);
            let Some(body) = node.blocks.first().map(|body| module.block(*body).span) else { continue };
            let around =
                [Span { start: node.span.start, end: body.start }, Span { start: body.end, end: node.span.end }];
            draft.gone.entry(file).or_default().extend(around.iter().filter(|span| !span.is_empty()));
            draft.opened.push((file, *stmt));
        }
        Ok(Ok(()))
    }

    /// Whether a read comes behind the request, and nothing between them stays.
    fn follows(&self, stmt: StmtId, read: &Read, gone: &[StmtId], opened: &[StmtId]) -> bool {
        let module = self.plan.program.module(read.at.file);
        let mut end = module.expr(read.at.expr).stmt;
        let plain = matches!(module.stmt(end).kind, StmtKind::Return | StmtKind::Bind | StmtKind::Expr);
        let same = module.function_of(module.expr(read.at.expr).scope) == module.function_of(module.stmt(stmt).scope);
        if !plain || !same || end == stmt {
            return false;
        }
        loop {
            let block = module.block(module.stmt(end).block);
            let before = block.stmts.iter().copied().take_while(|other| *other != end);
            let mut between: Vec<StmtId> = before.collect();
            let first = between.iter().position(|other| *other == stmt);
            between.drain(..first.unwrap_or(0));
            if !between.iter().all(|other| gone.contains(other)) {
                return false;
            }
            if first.is_some() {
                return true;
            }
            match block.owner.filter(|owner| opened.contains(owner)) {
                Some(owner) if owner == stmt => return true,
                Some(owner) => end = owner,
                None => return false,
            }
        }
    }

    /// A part of the answer, read out of `token`, as the type that it was read as.
    fn read(&self, read: &Read, token: &str, slots: &BTreeMap<Slot, String>) -> Option<String> {
        if read.part.is_empty() {
            return Some(token.to_owned());
        }
        let mut slots = slots.clone();
        slots.insert(Slot::Token, token.to_owned());
        let text = self.variant.reads.get(read.part)?.render(&slots).ok()?.trim().to_owned();
        Some(match (read.part, read.kind) {
            ("expires_in", As::Int) => format!("Math.toIntExact({text})"),
            ("expires_in", As::Text) => format!("String.valueOf({text})"),
            _ => text,
        })
    }

    /// Breaks the call of the method behind its parenthesis, and then between its arguments, where the line would be too
    /// long.
    fn fitted(&self, at: Span, text: String, slots: &BTreeMap<Slot, String>) -> String {
        let source = self.plan.program.file(self.exchange.call.file);
        let line = source.lines().line_span(source.lines().line_of(at.start as usize));
        let before = (at.start - line.start) as usize;
        if before + text.len() < WIDTH {
            return text;
        }
        let step = Style::of(self.plan.program, self.exchange.call.file).indent;
        let lead = format!("{}{}{step}{step}", source.eol().as_str(), source.indent_at(at.start as usize));
        let all = [Slot::TokenUrl, Slot::ClientId, Slot::ClientSecret, Slot::Scope];
        let args: Vec<&str> = all.iter().filter_map(|slot| slots.get(slot)).map(String::as_str).collect();
        let tail = text.split_once(&args.join(", ")).map_or(0, |(_, tail)| tail.len());
        let one = args.join(", ");
        let joint = if lead.len() + one.len() + tail < WIDTH { ", ".to_owned() } else { format!(",{lead}") };
        text.replacen(&format!("({one}"), &format!("({lead}{}", args.join(&joint)), 1)
    }
}
