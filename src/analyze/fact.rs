//! Which calls are calls of known libraries.

use super::chain::{Captures, Chain, Start, Step};
use super::program::{ExprRef, Program};
use crate::rules::{CallRule, Does, Library, Link, Root, Rules};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// A call of a known library.
#[derive(Clone, Debug)]
pub struct Hit<'r> {
    /// The call.
    pub call: ExprRef,
    /// The library.
    pub library: &'r Library,
    /// The rule that fits.
    pub rule: &'r CallRule,
    /// What its holes met.
    pub captures: Captures,
}

/// A rule that may fit, with its library.
type Candidate<'r> = (&'r Library, &'r CallRule);

/// All calls of known libraries, by place.
#[derive(Debug, Default)]
pub struct Facts<'r> {
    hits: BTreeMap<ExprRef, Vec<Hit<'r>>>,
}

impl<'r> Facts<'r> {
    /// Finds them.
    #[must_use]
    pub fn new(program: &Program, rules: &'r Rules) -> Self {
        let mut by_name: HashMap<(&str, Option<&str>), Vec<Candidate<'r>>> = HashMap::new();
        for library in &rules.libraries {
            for rule in &library.calls {
                let key = (library.language.as_str(), rule.signature.last_name());
                by_name.entry(key).or_default().push((library, rule));
                // A module that is a class is called by its own name.
                if let (None, Root::Module(modules)) = (rule.signature.last_name(), &rule.signature.root) {
                    for class in modules.iter().filter_map(|module| Some(module.rsplit_once('.')?.1)) {
                        by_name.entry((key.0, Some(class))).or_default().push((library, rule));
                    }
                }
            }
        }
        let hits_of = |call: &ExprRef| {
            let unit = program.unit(call.file)?;
            let chain = program.chain(*call);
            if chain.steps.last() != Some(&Step::Call(*call)) {
                return None;
            }
            let named = |name| by_name.get(&(unit.language.rules, name)).into_iter().flatten().copied();
            // A class of a package that is imported whole is a global name, as far as can be seen.
            let class = match (&chain.start, chain.steps.as_slice()) {
                (Start::Global(name, packages), [_]) if !packages.is_empty() => Some(name.as_str()),
                _ => None,
            };
            let candidates: Vec<Candidate<'r>> =
                named(called_name(&chain)).chain(class.into_iter().flat_map(|class| named(Some(class)))).collect();
            let mut found = best(program, *call, &chain, &candidates);
            if let (true, Some(unrolled)) = (found.is_empty(), program.unrolled(*call, &chain)) {
                found = best(program, *call, &unrolled, &candidates);
            }
            (!found.is_empty()).then_some((*call, found))
        };
        let calls: Vec<ExprRef> = program.all_calls().collect();
        Facts { hits: calls.par_iter().filter_map(hits_of).collect() }
    }

    /// What a call is; several things where several libraries say so.
    #[must_use]
    pub fn of(&self, call: ExprRef) -> &[Hit<'r>] {
        self.hits.get(&call).map_or(&[], Vec::as_slice)
    }

    /// What a call is, if it does `does`.
    #[must_use]
    pub fn of_kind(&self, call: ExprRef, does: Does) -> Option<&Hit<'r>> {
        self.of(call).iter().find(|hit| hit.rule.does == does)
    }

    /// All calls that do `does`, by place.
    pub fn all(&self, does: Does) -> impl Iterator<Item = &Hit<'r>> {
        self.hits.values().flatten().filter(move |hit| hit.rule.does == does)
    }
}

fn called_name(chain: &Chain) -> Option<&str> {
    // `import { sign }` leaves no member behind: the name is in the package's dotted path then, as a step.
    chain.last_name()
}

/// One hit for each library: its first rule that fits. Of the rules for any receiver that fit, one counts for each thing
/// that a call does, and only where no library is known to do the same: the one that says most.
fn best<'r>(program: &Program, call: ExprRef, chain: &Chain, candidates: &[Candidate<'r>]) -> Vec<Hit<'r>> {
    let mut found: Vec<Hit<'r>> = vec![];
    for (library, rule) in candidates {
        let is_any = |rule: &CallRule| rule.signature.root == Root::Any;
        let same = |hit: &&Hit<'r>| hit.rule.does == rule.does;
        if found.iter().filter(same).any(|hit| hit.library.id == library.id || (is_any(rule) && !is_any(hit.rule))) {
            continue;
        }
        let Some(captures) = program.matches(&rule.signature, chain) else { continue };
        let hit = Hit { call, library, rule, captures };
        if !super::doubles::is_meant(program, &hit) {
            continue;
        }
        if let Some(other) = found.iter().filter(same).find(|hit| is_any(hit.rule))
            && is_any(rule)
            && says_more(program, other) >= says_more(program, &hit)
        {
            continue;
        }
        found.retain(|hit| !is_any(hit.rule) || hit.rule.does != rule.does);
        found.push(hit);
    }
    found
}

/// How sure a rule for any receiver is of its call: whether the file imports the library, and how much of the chain it
/// names.
fn says_more(program: &Program, hit: &Hit<'_>) -> (bool, usize) {
    let module = program.module(hit.call.file);
    let imported = module.imports.iter().any(|import| {
        hit.library.modules.iter().any(|module| {
            import.module.strip_prefix(module.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    });
    let named = hit.rule.signature.links.iter().filter(|link| matches!(link, Link::Name(_))).count();
    (imported, named)
}
