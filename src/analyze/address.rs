//! Addresses that a builder puts together: `builder.host(h).encodedPath(p).build()`, also in statements of their own.

use super::chain::Step;
use super::program::{ExprRef, Program};
use super::value::{Part, Parts};
use crate::ir::ExprKind;

/// Methods that set the host.
const HOST: &[&str] = &["host", "setHost"];
/// Methods that set or add to the path.
const PATH: &[&str] = &[
    "path",
    "setPath",
    "appendPath",
    "encodedPath",
    "replacePath",
    "pathSegment",
    "addPathSegment",
    "addPathSegments",
    "addEncodedPathSegments",
    "setPathSegments",
    "resolve",
];

impl Program {
    /// The address that the call `at` of a builder gives; `None` where neither host nor path is set in its chain.
    /// `text` reads an argument.
    pub(super) fn built_address(&self, at: ExprRef, text: &dyn Fn(ExprRef) -> Parts) -> Option<Vec<Part>> {
        let chain = self.chain(at);
        let chain = self.unrolled(at, &chain).unwrap_or(chain);
        let mut name = "";
        let (mut base, mut host, mut path) = (vec![], vec![], vec![]);
        for (index, step) in chain.steps.iter().enumerate() {
            let call = match step {
                Step::Name(found) => {
                    name = found;
                    continue;
                }
                Step::Call(call) if *call != at => *call,
                _ => continue,
            };
            let ExprKind::Call { args, .. } = self.kind(call) else { continue };
            let first_call = !chain.steps[..index].iter().any(|step| matches!(step, Step::Call(_)));
            for arg in args.iter().map(|arg| ExprRef { file: call.file, expr: arg.value }) {
                if HOST.contains(&name) {
                    host.extend(text(arg).0);
                } else if PATH.contains(&name) {
                    add_path(&mut path, text(arg).0, self.place(arg));
                } else if first_call && text(arg).is_known() {
                    base.extend(text(arg).0);
                }
            }
        }
        if host.is_empty() && path.is_empty() {
            return None;
        }
        base.extend(host);
        add_path(&mut base, path, self.place(at));
        Some(base)
    }
}

/// Adds a part of a path, with a slash between if there is none.
fn add_path(before: &mut Vec<Part>, part: Vec<Part>, at: super::Place) {
    let slash = |part: Option<&Part>, ends: bool| match part {
        Some(Part::Known(text, _)) => {
            (if ends { text.ends_with('/') } else { text.starts_with('/') }) || text.is_empty()
        }
        _ => false,
    };
    if !before.is_empty() && !part.is_empty() && !slash(before.last(), true) && !slash(part.first(), false) {
        before.push(Part::Known("/".into(), at));
    }
    before.extend(part);
}
