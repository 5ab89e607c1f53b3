//! What was thought of one call.

use super::{CallVerdict, Condition, Judge, Match};
use crate::analyze::chain::{Start, Step};
use crate::analyze::claims::Claims;
use crate::analyze::exchange::{Weighed, weigh};
use crate::analyze::fact::Hit;
use crate::analyze::finding::Place;
use crate::analyze::flow::Follow;
use crate::analyze::form::Form;
use crate::analyze::program::ExprRef;
use crate::analyze::reach::Reach;
use crate::ir::ExprKind;
use crate::rules::{Does, Hole};
use std::collections::BTreeSet;

impl Judge<'_, '_> {
    pub(super) fn call(&self, call: ExprRef, reach: &Reach) -> CallVerdict {
        let hits = self.analysis.facts.of(call);
        let matches = hits.iter().map(|hit| Match {
            rule: hit.library.id.clone(),
            does: hit.rule.does.as_str(),
            signature: hit.rule.signature.to_string(),
        });
        let (conditions, because) = self.judged(call, hits, reach);
        let callee = match self.program.kind(call) {
            ExprKind::Call { callee, .. } => self.program.source(ExprRef { file: call.file, expr: *callee }),
            _ => "",
        };
        let callee = callee.split_whitespace().collect::<Vec<_>>().join(" ");
        CallVerdict { at: self.program.place(call), callee, matches: matches.collect(), conditions, because }
    }

    fn judged(&self, call: ExprRef, hits: &[Hit<'_>], reach: &Reach) -> (Vec<Condition>, String) {
        let does = |does: Does| hits.iter().find(|hit| hit.rule.does == does);
        if does(Does::Exchange).is_some() {
            return (vec![], "another finding stands for this call: it is a part of the same exchange".to_owned());
        }
        if let Some(hit) = does(Does::Sign) {
            return self.sign(hit);
        }
        let weighed = weigh(self.program, &self.analysis.facts, self.rules, reach, call);
        let Some(weighed) = weighed else {
            let what = hits.first().map_or("is called without arguments", |hit| about(hit.rule.does));
            return (vec![], format!("it {what}, which by itself is nothing of the JWT flow"));
        };
        if hits.iter().any(|hit| hit.rule.does == Does::Client) && !weighed.is_request {
            return (
                vec![],
                "it makes a client; the requests that are sent with it are judged where they stand".to_owned(),
            );
        }
        let unknown = if hits.is_empty() { self.unknown(call) } else { String::new() };
        if !reach.is_near_exchange(call.file) {
            let words = self.rules.adobe.exchange_words().join("`, `");
            let because = format!(
                "{unknown}the word `{words}` is neither in this file nor in one that imports tie to it, so no request here was looked at"
            );
            return (vec![], because);
        }
        let conditions = self.conditions(call, &weighed, hits);
        let because = match weighed.proof.judged() {
            _ if !weighed.is_request && weighed.proof.path => {
                "the exchange's address is given to it, but nothing says that it sends something there".to_owned()
            }
            _ if !weighed.is_request && weighed.proof.jwt_field => {
                "the exchange's form is given to it, but nothing says that it sends it somewhere".to_owned()
            }
            _ if !weighed.is_request => "its arguments hold neither the exchange's address nor its form".to_owned(),
            Ok(_) => "another finding stands for this call: it is a part of the same exchange".to_owned(),
            Err(why) => why.to_owned(),
        };
        (conditions, unknown + &because)
    }

    /// What a call is that no rule knows.
    fn unknown(&self, call: ExprRef) -> String {
        let ExprKind::Call { callee, .. } = self.program.kind(call) else { return String::new() };
        if let Some(function) = self.program.functions_of(ExprRef { file: call.file, expr: *callee }).first() {
            let span = self.program.module(function.file).function(function.function).span;
            let at = self.address(Place { file: function.file, span });
            return format!("it calls a function of this program ({at}), whose own calls are judged there; ");
        }
        let chain = self.program.chain(call);
        let names = chain.steps.iter().filter_map(|step| match step {
            Step::Name(name) => Some(&**name),
            Step::Call(_) | Step::Made => None,
        });
        match &chain.start {
            Start::Package(package) => {
                let path = std::iter::once(package.as_str()).chain(names).collect::<Vec<_>>().join(".");
                if let Some((rule, signature)) = self.nearest(call, package, chain.last_name()) {
                    let like = signature.map_or_else(String::new, |it| format!("; its call is `{it}`"));
                    return format!("the package is that of {rule}, but none of its calls is like this{like}; ");
                }
                format!("no rule knows `{path}` (`--rules` takes your own); ")
            }
            Start::Global(..) => "no rule knows what is called here; ".to_owned(),
            Start::Value => "what is called here comes from where the analysis cannot see; ".to_owned(),
        }
    }

    /// The rule of a package, and its call of the same name.
    fn nearest(&self, call: ExprRef, package: &str, name: Option<&str>) -> Option<(&str, Option<String>)> {
        let language = self.program.unit(call.file)?.language.rules;
        let knows = |module: &String| {
            let rest = package.strip_prefix(module.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
        };
        let mut libraries = self.rules.libraries.iter().filter(|library| library.language == language);
        let library = libraries.find(|library| library.modules.iter().any(knows))?;
        let mut same = library.calls.iter().filter(|rule| name.is_some() && rule.signature.last_name() == name);
        Some((&library.id, same.next().map(|rule| rule.signature.to_string())))
    }

    fn conditions(&self, call: ExprRef, weighed: &Weighed, hits: &[Hit<'_>]) -> Vec<Condition> {
        let (adobe, proof) = (&self.rules.adobe, weighed.proof);
        let seen = match &weighed.sent.url {
            Some((_, url)) => match url.sketch().replace('\u{fffc}', "…") {
                unknown if unknown.chars().all(|c| c == '…') => "it is known only when the program runs".to_owned(),
                known => format!("it resolved to `{known}`"),
            },
            None => "no address was seen".to_owned(),
        };
        let paths = adobe.exchange_paths.join("` or `");
        let sent = self.sent(call, weighed, hits);
        let (jwt, id, secret) = (&adobe.fields.jwt, &adobe.fields.client_id, &adobe.fields.client_secret);
        let mut conditions = vec![
            (proof.path, format!("the address holds `{paths}`: {seen}")),
            (proof.host, "the address is on Adobe's IMS host".to_owned()),
            (proof.jwt_field, format!("a field `{jwt}` is sent: {}", fields(&sent))),
            (sent.field(id).is_some() && sent.field(secret).is_some(), format!("`{id}` and `{secret}` are sent")),
        ];
        if proof.path || proof.jwt_field {
            conditions.push((proof.signed, "the JWT was followed to the call that signs it".to_owned()));
            conditions.push((proof.claims, "the claims that are signed are Adobe's".to_owned()));
            conditions.push((proof.around, "the file or its project speaks of Adobe".to_owned()));
        }
        conditions.into_iter().map(|(holds, text)| Condition { holds, text }).collect()
    }

    /// What is sent, whether it is the exchange's form or not.
    fn sent(&self, call: ExprRef, weighed: &Weighed, hits: &[Hit<'_>]) -> Form {
        if !weighed.sent.form.fields.is_empty() {
            return weighed.sent.form.clone();
        }
        let holes = [Hole::Form, Hole::Json, Hole::Files, Hole::Query, Hole::Options];
        let given: Vec<ExprRef> = match (self.program.kind(call), hits) {
            (ExprKind::Call { args, .. }, []) => {
                args.iter().map(|arg| ExprRef { file: call.file, expr: arg.value }).collect()
            }
            _ => hits.iter().flat_map(|hit| holes.iter().filter_map(|hole| hit.captures.get(*hole))).collect(),
        };
        let mut forms = given.into_iter().map(|at| self.program.form(at, Follow::INSIDE));
        forms.find(|form| !form.fields.is_empty()).unwrap_or_default()
    }

    fn sign(&self, hit: &Hit<'_>) -> (Vec<Condition>, String) {
        let claims = hit.captures.get(Hole::Claims).map(|claims| Claims::of(self.program, &self.rules.adobe, claims));
        let are = claims.as_ref().is_some_and(|claims| claims.are_adobes(&self.rules.adobe));
        let seen = claims.map_or_else(|| "the claims were not seen".to_owned(), |claims| fields(&claims.form));
        let path = &self.rules.adobe.metascope_path;
        let text = format!(
            "a claim is one of Adobe's metascopes (`https://<ims>{path}ent_…`), or a client of Adobe's is the audience: {seen}"
        );
        let gets = Condition { holds: false, text: "an exchange was seen that gets the JWT".to_owned() };
        let because = "a JWT is signed, but nothing shows that it is for Adobe".to_owned();
        (vec![Condition { holds: are, text }, gets], because)
    }
}

/// The names of fields, as far as they can be seen.
fn fields(form: &Form) -> String {
    const SHOWN: usize = 12;
    let mut told = BTreeSet::new();
    let new = form.fields.iter().filter(|field| told.insert(&field.name));
    let mut names: Vec<String> = new.map(|field| format!("`{}`", field.name.replace('\u{fffc}', "…"))).collect();
    let more = names.len().saturating_sub(SHOWN);
    names.truncate(SHOWN);
    match (names.is_empty(), form.open) {
        (true, _) => "no fields were seen".to_owned(),
        (false, open) => {
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let rest = if open { ", and some that cannot be seen" } else { "" };
            format!("the fields are {}{more}{rest}", names.join(", "))
        }
    }
}

/// What a call does, after `it`.
fn about(does: Does) -> &'static str {
    match does {
        Does::Sign => "signs a JWT",
        Does::Request => "sends a request",
        Does::Exchange => "does the exchange",
        Does::Client => "makes a client",
        Does::ReadKey => "reads a key or a file",
        Does::Encode => "makes a form",
        Does::Append => "adds a field to a form",
        Does::JoinUrl => "joins addresses",
        Does::Format => "makes a text",
        Does::Decode => "decodes an answer",
        Does::Declare => "declares what settings there are",
        Does::Mock | Does::MockClient => "answers a request in a test",
    }
}
