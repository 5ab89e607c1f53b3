//! Where a value comes from: through names, fields, parameters, helper functions, promises and harmless conversions, in
//! all files.

use super::callback::callback_sources;
use super::dress::{DRESS, OF_ARGUMENT, SAME, THEN};
use super::entered::Entered;
use super::holder::Holder;
use super::program::{ExprRef, FunctionRef, Program};
use super::resolve::Def;
use crate::ir::{ExprKind, Key, Spread};
use rustc_hash::FxHashSet;

/// Where a value comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The expression that makes it: a literal, a record, a call to the outside, an unknown name.
    pub expr: ExprRef,
    /// What of it, where it is a part (`data.access_token` of a call is `["data", "access_token"]`).
    pub path: Vec<Box<str>>,
    /// The names that held it, first the nearest to the use.
    pub holders: Vec<Holder>,
    /// The calls that led to it: what its parts are depends on them.
    pub entered: Entered,
}

/// How far to follow.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Follow {
    /// From a parameter to the arguments of the calls in view.
    pub callers: bool,
    /// From a call of a project function to what it returns.
    pub calls: bool,
    /// The calls that led to where the walk begins.
    pub entered: Entered,
}

impl Follow {
    /// Wherever it goes.
    pub const ALL: Follow = Follow { callers: true, calls: true, entered: Entered::NONE };
    /// Only what a reader of this function sees: not back to its callers.
    pub const INSIDE: Follow = Follow { callers: false, calls: true, entered: Entered::NONE };
}

const MAX_STEPS: usize = 400;
/// Steps within which the calls of one function are told apart.
const MAX_APART: usize = 40;

struct Walk<'a> {
    program: &'a Program,
    follow: Follow,
    seen: FxHashSet<(ExprRef, Vec<Box<str>>, Entered)>,
    found: Vec<Origin>,
}

impl Program {
    /// Where the value of `at` comes from; at least one origin, `at` itself if nothing is known.
    #[must_use]
    pub fn origins(&self, at: ExprRef, follow: Follow) -> Vec<Origin> {
        let mut walk = Walk { program: self, follow, seen: FxHashSet::default(), found: vec![] };
        walk.expr(at, vec![], vec![]);
        walk.found
    }
}

impl Walk<'_> {
    fn end(&mut self, expr: ExprRef, path: Vec<Box<str>>, holders: Vec<Holder>) {
        self.found.push(Origin { expr, path, holders, entered: self.follow.entered });
    }

    /// Whether no further expression is looked at.
    fn is_over(&self) -> bool {
        self.seen.len() > MAX_STEPS && !self.found.is_empty()
    }

    fn expr(&mut self, at: ExprRef, path: Vec<Box<str>>, mut holders: Vec<Holder>) {
        if self.seen.len() > MAX_STEPS || !self.seen.insert((at, path.clone(), self.follow.entered)) {
            if self.found.is_empty() {
                self.end(at, path, holders);
            }
            return;
        }
        let program = self.program;
        let module = program.module(at.file);
        let sub = |expr| ExprRef { file: at.file, expr };
        match module.kind(at.expr) {
            ExprKind::Name(name) => {
                let defs = program.definitions(at.file, module.expr(at.expr).scope, name, at.expr);
                holders.extend(program.holder(at));
                self.defs(defs, at, path, &holders);
            }
            ExprKind::Member { base, name, .. } => {
                let meanings = program.meanings(at, 0);
                let known: Vec<Def> = meanings.into_iter().filter(|def| !is_expr(def, at)).collect();
                if known.is_empty() {
                    self.part(sub(*base), name.clone(), at, path, holders);
                } else {
                    self.defs(known, at, path, &holders);
                }
            }
            ExprKind::Index { base, index } => match module.literal(*index) {
                Some(key) => self.part(sub(*base), key.into(), at, path, holders),
                None => self.end(at, path, holders),
            },
            ExprKind::Choice { options, .. } => {
                for option in options.clone() {
                    self.expr(sub(option), path.clone(), holders.clone());
                }
            }
            ExprKind::Call { .. } => self.call(at, path, holders),
            ExprKind::Record(_) if !path.is_empty() => self.field_of(at, path, holders),
            _ => self.end(at, path, holders),
        }
    }

    /// A part of a record that is in view: the field's value, if it has one.
    fn field_of(&mut self, at: ExprRef, path: Vec<Box<str>>, holders: Vec<Holder>) {
        let ExprKind::Record(entries) = self.program.kind(at) else { return };
        let module = self.program.module(at.file);
        let is_first = |key| module.literal(key).as_deref() == path.first().map(|name| &**name);
        match entries.iter().rev().find(|entry| entry.key.is_some_and(is_first)) {
            Some(entry) => self.expr(ExprRef { file: at.file, expr: entry.value }, path[1..].to_vec(), vec![]),
            None => self.end(at, path, holders),
        }
    }

    /// `base.name` where the base is no known record: its own origins, one step deeper.
    fn part(&mut self, base: ExprRef, name: Box<str>, at: ExprRef, path: Vec<Box<str>>, holders: Vec<Holder>) {
        let found: Vec<Def> = self
            .program
            .meanings(base, 0)
            .iter()
            .flat_map(|def| self.program.part_of(def, &name, 0))
            .chain(self.field_values(base, &name))
            .filter(|def| !is_expr(def, at))
            .collect();
        if !found.is_empty() {
            return self.defs(found, at, path, &holders);
        }
        let is_plain = matches!(self.program.kind(base), ExprKind::Name(_))
            && self.program.meanings(base, 0).iter().all(|def| matches!(def, Def::Package(..)));
        if is_plain || super::resolve::is_self(self.program.kind(base)) {
            return self.end(at, path, holders);
        }
        let mut deeper = vec![name];
        deeper.extend(path);
        self.expr(base, deeper, holders);
    }

    /// `config["key"] = value` and `config.key = value`, written to the same name.
    fn field_values(&self, base: ExprRef, name: &str) -> Vec<Def> {
        let Some(holder) = self.program.holder(base) else { return vec![] };
        self.program.field_writes(&holder, name).into_iter().map(Def::Value).collect()
    }

    fn defs(&mut self, defs: Vec<Def>, at: ExprRef, path: Vec<Box<str>>, holders: &[Holder]) {
        if defs.is_empty() {
            return self.end(at, path, holders.to_vec());
        }
        for def in defs {
            if matches!(def, Def::Value(_)) && self.is_over() {
                continue;
            }
            let holders = holders.to_vec();
            match def {
                Def::Value(value) => self.expr(value, path.clone(), holders),
                Def::Part(value, keys) => match names_of(&keys) {
                    Some(mut names) if names.len() == 1 && path.is_empty() => {
                        let name = names.remove(0);
                        self.part(value, name, at, path.clone(), holders);
                    }
                    Some(mut names) => {
                        names.extend(path.clone());
                        self.expr(value, names, holders);
                    }
                    None => self.expr(value, path.clone(), holders),
                },
                Def::Param(function, index) => self.param(function, index, at, &path, &holders),
                Def::ParamPart(function, index, keys) => match names_of(&keys) {
                    Some(mut names) => {
                        names.extend(path.clone());
                        self.handed(function, index, at, (&names, &path), &holders);
                    }
                    None => self.end(at, path.clone(), holders),
                },
                Def::Function(function) if self.is_getter(function) => self.returns(function, &path, &holders),
                Def::File(file) => {
                    let whole = self.program.exported(file, "module.exports", 0);
                    let whole: Vec<Def> = whole.into_iter().filter(|def| !is_expr(def, at)).collect();
                    self.defs(whole, at, path.clone(), &holders);
                }
                Def::Each(_) | Def::Function(_) | Def::Class(..) | Def::Package(..) => {
                    self.end(at, path.clone(), holders);
                }
            }
        }
    }

    fn is_getter(&self, function: FunctionRef) -> bool {
        self.program.module(function.file).function(function.function).is_getter
    }

    fn returns(&mut self, function: FunctionRef, path: &[Box<str>], holders: &[Holder]) {
        let returns = self.program.module(function.file).function(function.function).returns.clone();
        for expr in returns {
            if self.is_over() {
                return;
            }
            self.expr(ExprRef { file: function.file, expr }, path.to_vec(), holders.to_vec());
        }
    }

    fn param(&mut self, function: FunctionRef, index: u32, at: ExprRef, path: &[Box<str>], holders: &[Holder]) {
        self.handed(function, index, at, (path, path), holders);
    }

    /// What a function is handed: of that the first path, of the name `at` the second.
    fn handed(
        &mut self,
        function: FunctionRef,
        index: u32,
        at: ExprRef,
        (path, own): (&[Box<str>], &[Box<str>]),
        holders: &[Holder],
    ) {
        let program = self.program;
        let before = self.found.len();
        let sources = callback_sources(program, function, index, 0);
        if !sources.is_empty() {
            for source in sources {
                self.expr(source, path.to_vec(), holders.to_vec());
            }
            return;
        }
        if let Some((call, around)) = self.follow.entered.leave(function) {
            if let Some(arg) = program.argument(call, function, index) {
                let entered = std::mem::replace(&mut self.follow.entered, around);
                self.expr(arg, path.to_vec(), holders.to_vec());
                self.follow.entered = entered;
                return;
            }
        } else if self.follow.callers {
            for call in program.callers(function) {
                if self.is_over() {
                    break;
                }
                if let Some(arg) = program.argument(*call, function, index) {
                    self.expr(arg, path.to_vec(), holders.to_vec());
                }
            }
        }
        let param = &program.module(function.file).function(function.function).params[index as usize];
        if let Some(expr) = param.default {
            self.expr(ExprRef { file: function.file, expr }, path.to_vec(), holders.to_vec());
        }
        if self.found.len() == before {
            self.end(at, own.to_vec(), holders.to_vec());
        }
    }

    fn call(&mut self, at: ExprRef, path: Vec<Box<str>>, holders: Vec<Holder>) {
        let program = self.program;
        let ExprKind::Call { callee, args, new } = program.kind(at) else { return };
        let callee_ref = ExprRef { file: at.file, expr: *callee };
        if self.follow.calls && !*new {
            let functions = program.functions_of(callee_ref);
            let before = self.found.len();
            for function in functions {
                let around = self.follow.entered;
                // A walk that is long already does not tell calls apart any more: it would not end.
                if self.seen.len() < MAX_APART {
                    self.follow.entered = around.enter(function, at);
                }
                self.returns(function, &path, &holders);
                self.follow.entered = around;
            }
            if self.found.len() > before {
                return;
            }
        }
        let first = args
            .first()
            .filter(|arg| arg.spread == Spread::No && arg.name.is_none())
            .map(|arg| ExprRef { file: at.file, expr: arg.value });
        match program.kind(callee_ref) {
            ExprKind::Member { base, name, .. }
                if OF_ARGUMENT.contains(&&**name)
                    && args.len() < 2
                    && program.is_of_class(ExprRef { file: at.file, expr: *base }) =>
            {
                match first {
                    Some(_) => self.first(first, path, holders),
                    None => self.expr(ExprRef { file: at.file, expr: *base }, path, holders),
                }
            }
            ExprKind::Member { base, name, .. }
                if SAME.contains(&&**name)
                    && !is_package(program, ExprRef { file: at.file, expr: *base })
                    && !encodes_other(program, name, first) =>
            {
                self.expr(ExprRef { file: at.file, expr: *base }, path, holders);
            }
            // The decoded body of a response is a part of it.
            ExprKind::Member { base, name, .. } if &**name == "json" && args.is_empty() => {
                let mut deeper: Vec<Box<str>> = vec!["json()".into()];
                deeper.extend(path);
                self.expr(ExprRef { file: at.file, expr: *base }, deeper, holders);
            }
            ExprKind::Member { base, name, .. } if THEN.contains(&&**name) => {
                let base = ExprRef { file: at.file, expr: *base };
                match first.map(|arg| program.meanings(arg, 0)).unwrap_or_default().as_slice() {
                    [Def::Function(function)] => self.returns(*function, &path, &holders),
                    _ => self.expr(base, path, holders),
                }
            }
            ExprKind::Member { name, .. } if &**name == "get" && path.is_empty() => self.get(at, holders),
            ExprKind::Member { name, .. } if DRESS.contains(&&**name) && first.is_some() => {
                self.first(first, path, holders)
            }
            ExprKind::Name(name) if DRESS.contains(&&**name) && first.is_some() => self.first(first, path, holders),
            _ => self.end(at, path, holders),
        }
    }

    fn first(&mut self, first: Option<ExprRef>, path: Vec<Box<str>>, holders: Vec<Holder>) {
        if let Some(first) = first {
            self.expr(first, path, holders);
        }
    }

    /// `record.get("key")`: a field where the record is known; else the call itself.
    fn get(&mut self, at: ExprRef, holders: Vec<Holder>) {
        let program = self.program;
        let module = program.module(at.file);
        let ExprKind::Call { callee, args, .. } = module.kind(at.expr) else { return };
        let ExprKind::Member { base, .. } = module.kind(*callee) else { return };
        match args.first().and_then(|arg| module.literal(arg.value)) {
            Some(key) => self.part(ExprRef { file: at.file, expr: *base }, key.into(), at, vec![], holders),
            None => self.end(at, vec![], holders),
        }
    }
}

/// A path of names, if it is one.
fn names_of(keys: &[Key]) -> Option<Vec<Box<str>>> {
    let name = |key: &Key| match key {
        Key::Name(name) => Some(name.clone()),
        Key::Position(at) => Some(at.to_string().into()),
        Key::Rest => None,
    };
    keys.iter().map(name).collect()
}

/// Whether an expression is a package from outside, or something in it: its methods are no conversions.
fn is_package(program: &Program, at: ExprRef) -> bool {
    let is_it = |at| program.meanings(at, 0).iter().any(|def| matches!(def, Def::Package(..)));
    let within = |mut at: ExprRef| {
        while let ExprKind::Member { base, .. } = program.kind(at) {
            at.expr = *base;
        }
        at
    };
    is_it(at) || is_it(within(at))
}

/// `JWT().encode(claims, key)` is about the claims; a text's own `encode` gets the name of an encoding.
fn encodes_other(program: &Program, name: &str, first: Option<ExprRef>) -> bool {
    name == "encode" && first.is_some_and(|first| !matches!(program.kind(first), ExprKind::Text(_)))
}

fn is_expr(def: &Def, at: ExprRef) -> bool {
    matches!(def, Def::Value(value) if *value == at)
}
