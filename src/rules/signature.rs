//! Call signatures, as data. The notation is in `rules/README.md`; [`super::parse`] reads it.

use super::words::Hole;
use std::fmt;

/// What a call looks like.
///
/// Every listed parameter may be missing from a call, except a [`Pattern::Text`] and a [`Pattern::Needed`]. An argument
/// that is plainly something else than a [`Pattern::Record`] (a string, say) does not match it. Where several signatures
/// of a library match one call, the first in file order counts.
#[derive(Clone, PartialEq, Debug)]
pub struct Signature {
    /// What the chain begins with.
    pub root: Root,
    /// The rest of the chain, in order. Always holds at least one call.
    pub links: Vec<Link>,
    /// Whether the first call of the chain is a `new`.
    pub new: bool,
}

/// What a chain begins with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Root {
    /// Any of these modules, as imported (`requests`, `urllib.request`, `@adobe/jwt-auth`). A call that follows at once is a
    /// call of the module itself, or of its default export.
    Module(Vec<String>),
    /// A name that nobody imports (`fetch`, `open`, `JSON`).
    Global(String),
    /// Any value.
    Any,
}

/// A step of a chain.
#[derive(Clone, PartialEq, Debug)]
pub enum Link {
    /// A member.
    Name(String),
    /// A call of what stands before.
    Call(Vec<Param>),
    /// `..`: any members and calls, also none; the value may have been kept in a variable or field between.
    Gap,
}

/// A parameter.
#[derive(Clone, PartialEq, Debug)]
pub struct Param {
    /// The keyword as written before `=`.
    pub keyword: Option<String>,
    /// Whether it can be given by keyword only (it stands after a lone `*`).
    pub keyword_only: bool,
    /// What is expected there.
    pub pattern: Pattern,
}

/// What is expected of a value.
#[derive(Clone, PartialEq, Debug)]
pub enum Pattern {
    /// It plays a part.
    Hole(Hole),
    /// A record with these keys; other keys do not matter.
    Record(Vec<(String, Pattern)>),
    /// This text, letter case aside (ASCII). It must be there.
    Text(String),
    /// `pattern!`: it must be there, else the call is not the one meant.
    Needed(Box<Pattern>),
    /// Anything.
    Any,
    /// The rest is not described. Always last.
    Rest,
}

impl Signature {
    /// The parameters of the last call.
    #[must_use]
    pub fn last_params(&self) -> &[Param] {
        let calls = self.links.iter().rev().filter_map(|link| match link {
            Link::Call(params) => Some(params.as_slice()),
            Link::Name(_) | Link::Gap => None,
        });
        calls.into_iter().next().unwrap_or_default()
    }

    /// The name that is called last: `post` in `requests.post(url)`; `None` where the module itself is called.
    #[must_use]
    pub fn last_name(&self) -> Option<&str> {
        match self.links.as_slice() {
            [.., Link::Name(name), Link::Call(_)] => Some(name),
            _ => None,
        }
    }

    /// Every hole in it, in order of appearance.
    #[must_use]
    pub fn holes(&self) -> Vec<Hole> {
        let mut holes = vec![];
        for link in &self.links {
            if let Link::Call(params) = link {
                params.iter().for_each(|param| param.pattern.collect_holes(&mut holes));
            }
        }
        holes
    }
}

impl Param {
    /// The keyword under which an argument may be given: the one written, or else the hole's own word.
    #[must_use]
    pub fn keyword(&self) -> Option<&str> {
        match (&self.keyword, self.pattern.inner()) {
            (Some(keyword), _) => Some(keyword),
            (None, Pattern::Hole(hole)) => Some(hole.as_str()),
            (None, _) => None,
        }
    }
}

impl Pattern {
    /// Without the mark of [`Pattern::Needed`].
    #[must_use]
    pub fn inner(&self) -> &Pattern {
        match self {
            Pattern::Needed(inner) => inner.inner(),
            other => other,
        }
    }

    /// Whether a call without it is not the one meant.
    #[must_use]
    pub fn is_needed(&self) -> bool {
        matches!(self, Pattern::Needed(_) | Pattern::Text(_))
    }

    fn collect_holes(&self, into: &mut Vec<Hole>) {
        match self {
            Pattern::Hole(hole) => into.push(*hole),
            Pattern::Record(entries) => entries.iter().for_each(|(_, pattern)| pattern.collect_holes(into)),
            Pattern::Needed(inner) => inner.collect_holes(into),
            Pattern::Text(_) | Pattern::Any | Pattern::Rest => {}
        }
    }
}

/// The notation. A module is always quoted here; `_` stands for several.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.new {
            f.write_str("new ")?;
        }
        match &self.root {
            Root::Module(modules) => match modules.as_slice() {
                [module] if module.chars().all(|c| c.is_ascii_alphanumeric() || "._".contains(c)) => {
                    f.write_str(module)?
                }
                [module] => write!(f, "\"{module}\"")?,
                _ => f.write_str("_")?,
            },
            Root::Global(name) => write!(f, "${name}")?,
            Root::Any => f.write_str("*")?,
        }
        let mut after_gap = false;
        for link in &self.links {
            match link {
                Link::Name(name) if after_gap => f.write_str(name)?,
                Link::Name(name) => write!(f, ".{name}")?,
                Link::Call(params) => write_params(f, params)?,
                Link::Gap => f.write_str("..")?,
            }
            after_gap = *link == Link::Gap;
        }
        Ok(())
    }
}

fn write_params(f: &mut fmt::Formatter<'_>, params: &[Param]) -> fmt::Result {
    f.write_str("(")?;
    let mut starred = false;
    for (index, param) in params.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        if param.keyword_only && !starred {
            f.write_str("*, ")?;
            starred = true;
        }
        if let Some(keyword) = &param.keyword {
            write!(f, "{keyword}=")?;
        }
        write!(f, "{}", param.pattern)?;
    }
    f.write_str(")")
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pattern::Hole(hole) => write!(f, "{hole}"),
            Pattern::Text(text) => write!(f, "\"{text}\""),
            Pattern::Needed(inner) => write!(f, "{inner}!"),
            Pattern::Any => f.write_str("_"),
            Pattern::Rest => f.write_str("..."),
            Pattern::Record(entries) => {
                f.write_str("{")?;
                for (index, (key, pattern)) in entries.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}\"{key}\": {pattern}")?;
                }
                f.write_str("}")
            }
        }
    }
}
