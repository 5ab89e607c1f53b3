//! Rules' signatures against chains.

use super::chain::{Captures, Chain, Start, Step};
use super::flow::Follow;
use super::program::{ExprRef, Program};
use crate::ir::{ExprKind, Spread};
use crate::rules::{Link, Param, Pattern, Root, Signature};

impl Program {
    /// What the holes of `signature` meet, if `chain` (that of a call) is such a call.
    #[must_use]
    pub fn matches(&self, signature: &Signature, chain: &Chain) -> Option<Captures> {
        let (steps, links) = match (&signature.root, &chain.start) {
            (Root::Module(modules), Start::Package(_) | Start::Global(..)) => {
                let names: Vec<&str> = signature
                    .links
                    .iter()
                    .map_while(|link| match link {
                        Link::Name(name) => Some(name.as_str()),
                        _ => None,
                    })
                    .collect();
                let open = matches!(signature.links.get(names.len()), Some(Link::Gap));
                let used = modules.iter().find_map(|module| {
                    let dotted: Vec<&str> = std::iter::once(module.as_str()).chain(names.iter().copied()).collect();
                    chain.begins_with(&dotted.join("."), open)
                })?;
                (&chain.steps[used..], &signature.links[names.len()..])
            }
            (Root::Global(name), Start::Global(found, _)) if name == found => (&chain.steps[..], &signature.links[..]),
            // Any receiver, and any beginning of a builder: only the end of the chain counts.
            (Root::Any, _) => {
                return (0..chain.steps.len()).find_map(|from| {
                    let mut captures = Captures::default();
                    let fits = self.steps_match(&signature.links, &chain.steps[from..], &mut captures);
                    fits.then_some(captures)
                });
            }
            _ => return None,
        };
        let mut captures = Captures::default();
        (self.steps_match(links, steps, &mut captures) && self.new_fits(signature, chain)).then_some(captures)
    }

    fn new_fits(&self, signature: &Signature, chain: &Chain) -> bool {
        let first = chain.steps.iter().find_map(|step| match step {
            Step::Call(call) => Some(Some(*call)),
            Step::Made => Some(None),
            Step::Name(_) => None,
        });
        let is_new = |call| matches!(self.kind(call), ExprKind::Call { new: true, .. });
        !signature.new || first.flatten().is_none_or(is_new)
    }

    fn steps_match(&self, links: &[Link], steps: &[Step], captures: &mut Captures) -> bool {
        match (links, steps) {
            ([], []) => true,
            ([Link::Gap, rest @ ..], _) => (0..=steps.len()).any(|skip| {
                let mut trial = captures.clone();
                let fits = self.steps_match(rest, &steps[skip..], &mut trial);
                if fits {
                    *captures = trial;
                }
                fits
            }),
            ([Link::Name(name), rest @ ..], [Step::Name(found), steps @ ..]) => {
                name.as_str() == &**found && self.steps_match(rest, steps, captures)
            }
            ([Link::Call(params), rest @ ..], [Step::Call(call), steps @ ..]) => {
                self.arguments_match(params, *call, captures) && self.steps_match(rest, steps, captures)
            }
            ([Link::Call(params), rest @ ..], [Step::Made, steps @ ..]) => {
                let may_lack = params.iter().all(|param| !param.pattern.is_needed());
                may_lack && self.steps_match(rest, steps, captures)
            }
            _ => false,
        }
    }

    fn arguments_match(&self, params: &[Param], call: ExprRef, captures: &mut Captures) -> bool {
        let ExprKind::Call { args, .. } = self.kind(call) else { return false };
        for (index, param) in params.iter().enumerate() {
            if param.pattern == Pattern::Rest {
                return true;
            }
            let by_name = param.keyword().and_then(|word| args.iter().find(|arg| arg.name.as_deref() == Some(word)));
            let by_place = || {
                let arg = args.get(index).filter(|arg| arg.name.is_none() && arg.spread == Spread::No);
                arg.filter(|_| !param.keyword_only)
            };
            let value = by_name.or_else(by_place).map(|arg| ExprRef { file: call.file, expr: arg.value });
            if !self.pattern_matches(&param.pattern, value, captures) {
                return false;
            }
        }
        true
    }

    fn pattern_matches(&self, pattern: &Pattern, value: Option<ExprRef>, captures: &mut Captures) -> bool {
        match (pattern, value) {
            (Pattern::Any | Pattern::Rest, _) | (Pattern::Hole(_) | Pattern::Record(_), None) => true,
            (Pattern::Text(_) | Pattern::Needed(_), None) => false,
            (Pattern::Needed(inner), Some(_)) => self.pattern_matches(inner, value, captures),
            (Pattern::Hole(hole), Some(value)) => {
                captures.0.push((*hole, value));
                true
            }
            (Pattern::Text(text), Some(value)) => {
                self.text(value).exact().is_some_and(|found| found.eq_ignore_ascii_case(text))
            }
            (Pattern::Record(entries), Some(value)) => {
                if matches!(self.kind(value), ExprKind::Text(_) | ExprKind::Function(_) | ExprKind::Number(_)) {
                    return false;
                }
                let mut form = self.form(value, Follow::INSIDE);
                if form.fields.is_empty() {
                    // A helper that hands its parameter on.
                    form = self.form(value, Follow::ALL);
                }
                if form.fields.is_empty() && self.text(value).is_known() {
                    return false;
                }
                entries.iter().all(|(key, pattern)| {
                    let field = form.field(key).and_then(|field| field.value);
                    self.pattern_matches(pattern, field, captures)
                })
            }
        }
    }
}
