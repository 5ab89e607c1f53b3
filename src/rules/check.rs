//! One rule file while it is read: checks its words, and collects what is wrong with their places.

use super::library::{Access, KINDS};
use super::parse::{self, Mistake};
use super::raw::Text;
use super::target::environment;
use super::words::{Slot, UnknownWord, Word, suggest};
use super::{RuleError, Signature, Template};
use crate::lang;
use miette::NamedSource;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use std::ops::Range;

pub(super) struct File<'f> {
    shown: &'f str,
    text: &'f str,
    errors: Vec<RuleError>,
}

impl<'f> File<'f> {
    /// `shown` is the path in messages.
    pub(super) fn new(shown: &'f str, text: &'f str) -> Self {
        File { shown, text, errors: vec![] }
    }

    pub(super) fn into_errors(self) -> Vec<RuleError> {
        self.errors
    }

    /// The file as TOML of a known form.
    pub(super) fn toml<T: DeserializeOwned>(&mut self) -> Option<T> {
        match toml::from_str(self.text) {
            Ok(value) => Some(value),
            Err(error) => {
                let (message, help) = split_serde(error.message());
                self.push(error.span().unwrap_or(0..0), message, "here", help);
                None
            }
        }
    }

    /// A word of a closed list.
    pub(super) fn word<W: Word>(&mut self, text: &Text) -> Option<W> {
        match text.get_ref().parse() {
            Ok(word) => Some(word),
            Err(UnknownWord { word, what, help }) => {
                self.push(text.span(), format!("`{word}` is not a known {what}"), "unknown", Some(help));
                None
            }
        }
    }

    /// A word that need not be there. `None` is a mistake.
    pub(super) fn maybe_word<W: Word>(&mut self, text: Option<&Text>) -> Option<Option<W>> {
        text.map_or(Some(None), |text| self.word(text).map(Some))
    }

    pub(super) fn signature(&mut self, text: &Text, modules: &[String]) -> Option<Signature> {
        match parse::signature(text.get_ref(), modules) {
            Ok(signature) => Some(signature),
            Err(Mistake { at, message, label, help }) => {
                self.push(self.inside(text, at), message, label, help);
                None
            }
        }
    }

    /// `.json()`, `.data`, `await .json()`.
    pub(super) fn accesses(&mut self, texts: &[Text]) -> Vec<Access> {
        let mut accesses = vec![];
        for text in texts {
            match access(text.get_ref()) {
                Some(access) => accesses.push(access),
                None => self.push(
                    text.span(),
                    format!("`{}` is neither a member nor a call", text.get_ref()),
                    "here",
                    Some("write `.data`, `.json()` or `await .json()`".to_owned()),
                ),
            }
        }
        accesses
    }

    /// The kind of a finding.
    pub(super) fn finding_kind(&mut self, text: &Text) -> Option<String> {
        let kind = text.get_ref();
        if KINDS.contains(&kind.as_str()) {
            return Some(kind.clone());
        }
        let help = suggest(kind, KINDS.iter().copied());
        self.push(text.span(), format!("`{kind}` is not a known kind of finding"), "unknown", Some(help));
        None
    }

    pub(super) fn template(&mut self, text: &Text) -> Option<Template> {
        let environment = environment();
        let template = match environment.template_from_str(text.get_ref()) {
            Ok(template) => template,
            Err(error) => {
                self.push(text.span(), format!("the template cannot be read: {error}"), "here", None);
                return None;
            }
        };
        let mut names: Vec<String> = template.undeclared_variables(false).into_iter().collect();
        names.sort();
        let mut slots: Vec<Slot> = vec![];
        for name in names {
            match name.parse() {
                Ok(slot) => slots.push(slot),
                Err(UnknownWord { word, what, help }) => {
                    let at =
                        text.get_ref().find(&word).map_or(text.span(), |at| self.inside(text, at..at + word.len()));
                    self.push(at, format!("`{word}` is not a known {what}"), "unknown", Some(help));
                }
            }
        }
        slots.sort();
        Some(Template { text: text.get_ref().clone(), slots })
    }

    /// A language that there are rules for: the name of its folder.
    pub(super) fn language(&mut self, word: &str, at: Option<&Text>) -> Option<&'static str> {
        let all: BTreeSet<&'static str> = lang::ALL.iter().map(|language| language.rules).collect();
        let known = all.iter().find(|known| **known == word).copied();
        if known.is_none() {
            let help = suggest(word, all.into_iter());
            self.push(at.map_or(0..0, Text::span), format!("`{word}` is not a known language"), "here", Some(help));
        }
        known
    }

    /// A mistake at a value.
    pub(super) fn mistake(&mut self, at: &Text, message: &str, label: &str) {
        self.push(at.span(), message.to_owned(), label, None);
    }

    /// A mistake that has no place of its own.
    pub(super) fn whole(&mut self, message: &str, help: &str) {
        self.push(0..0, message.to_owned(), "in this file", Some(help.to_owned()));
    }

    /// A place inside a TOML string, as a place in the file; the whole string where escapes make the two differ.
    fn inside(&self, text: &Text, at: Range<usize>) -> Range<usize> {
        let written = self.text.get(text.span()).unwrap_or_default();
        match written.find(text.get_ref().as_str()) {
            Some(offset) => {
                let start = text.span().start + offset;
                start + at.start..start + at.end
            }
            None => text.span(),
        }
    }

    fn push(&mut self, at: Range<usize>, message: String, label: &str, help: Option<String>) {
        let file = NamedSource::new(self.shown, self.text.to_owned()).with_language("toml");
        self.errors.push(RuleError { message, file, at: at.into(), label: label.to_owned(), help });
    }
}

impl RuleError {
    /// A mistake that is about a file, not about a place in it.
    pub(super) fn of_file(name: &str, message: &str) -> Self {
        RuleError {
            message: message.to_owned(),
            file: NamedSource::new(name, String::new()),
            at: (0, 0).into(),
            label: "here".to_owned(),
            help: None,
        }
    }
}

fn access(text: &str) -> Option<Access> {
    let (is_async, rest) = match text.strip_prefix("await ") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let member = rest.strip_prefix('.')?;
    let (name, call) = match member.strip_suffix("()") {
        Some(name) => (name, true),
        None => (member, false),
    };
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_name.then(|| Access { name: name.to_owned(), call, is_async })
}

/// serde's `unknown field …, expected one of …` in two.
fn split_serde(message: &str) -> (String, Option<String>) {
    match message.split_once(", expected ") {
        Some((message, expected)) => (message.to_owned(), Some(format!("expected {expected}"))),
        None => (message.to_owned(), None),
    }
}
