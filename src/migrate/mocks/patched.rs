//! What tests put in the place of a function by its name: `patch("module.requests.post")`, `monkeypatch.setattr(requests,
//! "post", …)`. Where it stands in for the client of a request, that client stays; where what it names goes, a human is told.

use super::is_test;
use super::lost::Lost;
use crate::analyze::{Exchange, ExprRef, Place, Program, Unit, adobe};
use crate::ir::{ExprId, ExprKind, Function, ScopeId};
use crate::migrate::draft::Draft;
use crate::migrate::plan::Plan;
use crate::migrate::sweep;
use crate::rules::{Does, Hole, Root};
use crate::text::FileId;

/// What is called to put one thing in the place of another.
const PATCHERS: [&str; 8] = ["patch", "object", "setattr", "spy", "delattr", "stub", "spyOn", "replace"];
/// What is called to put something in the place of a whole module, by the name that it is imported by.
const MODULE_PATCHERS: [&str; 5] = ["mock", "doMock", "unstable_mockModule", "registerMock", "proxyquire"];
/// What holds the globals.
const GLOBALS: [&str; 4] = ["global", "globalThis", "window", "self"];
/// What carries requests in a module of an HTTP client, beside its functions.
const CLIENTS: [&str; 7] = ["Session", "session", "request", "send", "Client", "AsyncClient", "ClientSession"];

/// One patch in a test.
pub(super) struct Patch {
    /// The text or the name that says what is patched.
    pub(super) at: Place,
    /// The dotted path: `package.module.requests.post`.
    path: Vec<String>,
    /// Whether it is a whole module, by its name alone.
    whole: bool,
}

/// All patches of a file.
pub(super) fn patches(program: &Program, file: FileId, unit: &Unit) -> Vec<Patch> {
    let module = &unit.module;
    let patch = |call: &ExprId| {
        let ExprKind::Call { callee, args, .. } = module.kind(*call) else { return None };
        let (ExprKind::Name(name) | ExprKind::Member { name, .. }) = module.kind(*callee) else { return None };
        let first = args.first().filter(|arg| PATCHERS.contains(&&**name) && arg.name.is_none())?;
        let at = Place { file, span: module.expr(first.value).span };
        let split = |text: &str| text.split('.').map(str::to_owned).collect::<Vec<String>>();
        let is_path = |text: &String| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "._".contains(c));
        if let Some(text) = module.literal(first.value) {
            return (text.contains('.') && is_path(&text)).then(|| Patch { at, path: split(&text), whole: false });
        }
        let last = module.literal(args.get(1)?.value).filter(is_path)?;
        let base = program.slice(file, at.span).to_owned();
        let base = Some(base).filter(is_path)?;
        // `import package.module as it` gives another name to the beginning.
        let (root, rest) = base.split_once('.').unwrap_or((&base, ""));
        let import = module.imports.iter().find(|import| *import.local == *root);
        let root = import.map_or(root.to_owned(), |import| match &import.item {
            Some(item) => format!("{}.{item}", import.module),
            None if *import.local != *import.module && import.module.starts_with(&format!("{root}.")) => {
                root.to_owned()
            }
            None => import.module.to_string(),
        });
        let path = [root.as_str(), rest, last.as_str()].into_iter().filter(|part| !part.is_empty()).flat_map(split);
        Some(Patch { at, path: path.filter(|part| !part.is_empty()).collect(), whole: false })
    };
    let whole = unit.calls().iter().flat_map(|call| modules(file, unit, *call));
    // `global.fetch = jest.fn()`
    let globals = module.binds.iter().filter_map(|bind| {
        let ExprKind::Member { base, name, .. } = module.kind(bind.place) else { return None };
        let ExprKind::Name(of) = module.kind(*base) else { return None };
        let at = Place { file, span: module.expr(bind.place).span };
        GLOBALS.contains(&&**of).then(|| Patch { at, path: vec![of.to_string(), name.to_string()], whole: false })
    });
    unit.calls().iter().filter_map(patch).chain(whole).chain(globals).collect()
}

/// The modules that a call replaces: `jest.mock('axios')`, `proxyquire('../token', { axios: … })`.
fn modules(file: FileId, unit: &Unit, call: ExprId) -> Vec<Patch> {
    let module = &unit.module;
    let ExprKind::Call { callee, args, .. } = module.kind(call) else { return vec![] };
    let (ExprKind::Name(name) | ExprKind::Member { name, .. }) = module.kind(*callee) else { return vec![] };
    if !MODULE_PATCHERS.contains(&&**name) {
        return vec![];
    }
    let keys = args.iter().flat_map(|arg| match module.kind(arg.value) {
        ExprKind::Record(entries) => entries.iter().filter_map(|entry| entry.key).collect(),
        _ => vec![],
    });
    let named = args.first().map(|arg| arg.value).into_iter().chain(keys.filter(|_| **name == *"proxyquire"));
    let patch = |text: ExprId| {
        let at = Place { file, span: module.expr(text).span };
        Some(Patch { at, path: vec![module.literal(text)?], whole: true })
    };
    named.filter_map(patch).collect()
}

impl Patch {
    /// The path, dotted.
    pub(super) fn path(&self) -> String {
        self.path.join(".")
    }

    /// The name of what is patched.
    pub(super) fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    /// Whether it stands in for the client of a request.
    pub(super) fn is_client_of(&self, program: &Program, exchange: &Exchange<'_>) -> bool {
        let file = exchange.call.file;
        let ExprKind::Call { callee, .. } = program.kind(exchange.call) else { return false };
        let (ExprKind::Name(called) | ExprKind::Member { name: called, .. }) =
            program.kind(ExprRef { file, expr: *callee })
        else {
            return false;
        };
        // What Adobe's SDK did is done by something else anyway.
        if self.whole && exchange.hit.as_ref().is_some_and(|hit| hit.library.adobe) {
            return false;
        }
        if let [of, name] = self.path.as_slice()
            && GLOBALS.contains(&&**of)
        {
            let is_it = |hit: &crate::analyze::Hit<'_>| hit.rule.signature.root == Root::Global(name.clone());
            return exchange.hit.as_ref().is_some_and(is_it);
        }
        let modules = exchange.hit.iter().flat_map(|hit| &hit.library.modules);
        modules.into_iter().any(|module| self.is_client(program, file, module, called))
    }

    /// Whether it stands in for the client of a request in `file`: the module of the client as that file sees it, or as all do,
    /// and what is called of it.
    fn is_client(&self, program: &Program, file: FileId, module: &str, called: &str) -> bool {
        let of_client = |at: &usize| {
            let rest: Vec<&str> = self.path[at + 1..].iter().map(String::as_str).collect();
            rest.first().is_none_or(|first| *first == called || CLIENTS.contains(first))
        };
        let found = self.path.iter().rposition(|part| part == module).filter(of_client);
        found.is_some_and(|at| {
            self.whole || (at == 0 && self.path.len() > 1) || is_module(program, file, &self.path[..at])
        })
    }

    /// The own file whose top level it names something of, and what.
    fn target(&self, program: &Program, own: &Lost) -> Option<(FileId, usize)> {
        (1..self.path.len()).rev().find_map(|len| {
            let path = &self.path[..len];
            Some((*own.files(path).iter().find(|file| is_module(program, **file, path))?, len))
        })
    }

    /// Whether what it names in a file of the program goes with the draft.
    pub(super) fn is_lost(&self, program: &Program, own: &Lost, draft: &Draft) -> bool {
        let Some((file, len)) = self.target(program, own) else { return false };
        let Some(unit) = program.unit(file) else { return false };
        let module = &unit.module;
        let is_gone = |span| sweep::is_swept(draft, Place { file, span });
        let name = &self.path[len];
        let binds = unit.binds_in(ScopeId(0), name);
        if !binds.is_empty() && binds.iter().all(|bind| is_gone(module.binds[bind.index()].span)) {
            return true;
        }
        // A method of a class: `module.Class._jwt`.
        self.path.get(len + 1).is_some_and(|method| {
            let is_it = |it: &Function| it.class.is_some() && it.name.as_deref() == Some(method.as_str());
            module.functions.iter().any(|it| is_it(it) && is_gone(it.span))
        })
    }
}

/// Whether a path names a file: `package.module`, or its last parts.
fn is_module(program: &Program, file: FileId, path: &[String]) -> bool {
    let parts = parts(program, file);
    !path.is_empty() && path.iter().rev().zip(parts.iter().rev()).all(|(one, other)| one == other)
}

/// The path of a file as a module: its folders and its name without an ending.
pub(super) fn parts(program: &Program, file: FileId) -> Vec<&str> {
    let source = &program.file(file).path;
    let stem = source.rsplit_once('.').map_or(source.as_str(), |(stem, _)| stem);
    stem.strip_suffix("/__init__").unwrap_or(stem).split('/').collect()
}

/// What a test puts in the place of the client of a request; the request keeps its client then.
pub(in crate::migrate) fn stands_in(plan: &Plan<'_, '_>, exchange: &Exchange<'_>) -> Option<String> {
    let program = plan.program;
    let by_client = plan.analysis.facts.all(Does::MockClient).find(|hit| {
        let address = hit.captures.get(Hole::Url).map(|url| program.text(url).sketch());
        address.is_some_and(|url| adobe::has_exchange_path(&plan.rules.adobe, &url))
    });
    if let Some(double) = by_client {
        return Some(format!("a test answers by {}, which sees this client alone", double.library.name));
    }
    let tests = program.units().filter(|(file, _)| is_test(&program.file(*file).path));
    tests.into_iter().find_map(|(file, unit)| {
        let patch = patches(program, file, unit).into_iter().find(|patch| patch.is_client_of(program, exchange))?;
        Some(format!("a test stands in for `{}`, and would no longer", patch.path()))
    })
}
