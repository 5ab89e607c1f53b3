//! Calls in a normal form: a root and a chain of members and calls, through names, fields and helper functions. Rules'
//! signatures are matched against it.

use super::program::{ExprRef, Program};
use super::resolve::{Def, is_self};
use crate::ir::{ExprId, ExprKind};
use crate::rules::Hole;
use std::cell::RefCell;
use std::collections::HashMap;

/// What a chain begins with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Start {
    /// A package from outside the program, by its dotted name.
    Package(String),
    /// A name that nobody declares, and the packages of which one may bring it in.
    Global(String, Vec<Box<str>>),
    /// A value that is not known further: a parameter, a literal, something of the program's own.
    Value,
}

/// A step of a chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// A member.
    Name(Box<str>),
    /// A call; the expression is the call itself.
    Call(ExprRef),
    /// The making of an instance that is not in view: the value is declared to be one.
    Made,
}

/// A callee or value in normal form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chain {
    /// Its root.
    pub start: Start,
    /// What follows.
    pub steps: Vec<Step>,
}

/// What the holes of a signature met in a call.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Captures(pub Vec<(Hole, ExprRef)>);

impl Captures {
    /// The expression in a hole.
    #[must_use]
    pub fn get(&self, hole: Hole) -> Option<ExprRef> {
        self.0.iter().find(|(found, _)| *found == hole).map(|(_, at)| *at)
    }
}

/// How far a chain is followed. A step inside one expression costs 1, so that long builders fit, a step to another
/// place of the program costs [`JUMP`].
const MAX_DEPTH: u16 = 384;
const JUMP: u16 = 32;
/// A place is looked at again only where much more of the way is left than the time before: with as many looks as there
/// are depths, fields that are made of one another would take minutes.
const TIER: u16 = 4 * JUMP;

/// The way of one chain through the program.
#[derive(Clone, Copy)]
struct Walk<'a> {
    depth: u16,
    /// What was found at the places it came by, and how deep it was there: values that are made of one another are
    /// looked at once, however many ways lead to them.
    seen: &'a RefCell<HashMap<ExprRef, (u16, Chain)>>,
}

impl std::ops::Add<u16> for Walk<'_> {
    type Output = Self;

    fn add(self, cost: u16) -> Self {
        Walk { depth: self.depth + cost, ..self }
    }
}

impl Chain {
    fn new(start: Start) -> Self {
        Chain { start, steps: vec![] }
    }

    fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    fn named(self, name: &str) -> Self {
        // `module.default` is the module, as far as its users see.
        if name == "default" { self } else { self.then(Step::Name(name.into())) }
    }

    /// The name that is called last.
    #[must_use]
    pub fn last_name(&self) -> Option<&str> {
        match self.steps.as_slice() {
            [.., Step::Name(name), Step::Call(_)] => Some(name),
            _ => None,
        }
    }

    /// The dotted names that it may begin with.
    fn packages(&self) -> Vec<String> {
        match &self.start {
            Start::Package(package) => vec![package.clone()],
            Start::Global(name, packages) => packages.iter().map(|package| format!("{package}.{name}")).collect(),
            Start::Value => vec![],
        }
    }

    /// How many of the steps are used up by the dotted name `wanted`, if the chain begins with it. It must go on with
    /// something else than a name, unless `open`.
    pub(super) fn begins_with(&self, wanted: &str, open: bool) -> Option<usize> {
        self.packages().into_iter().find_map(|mut dotted| {
            let mut used = 0;
            while dotted.len() < wanted.len() {
                let Some(Step::Name(name)) = self.steps.get(used) else { return None };
                dotted.push('.');
                dotted.push_str(name);
                used += 1;
            }
            let inside = dotted.strip_prefix(wanted)?;
            let ends = inside.is_empty() && !matches!(self.steps.get(used), Some(Step::Name(_)));
            (ends || (open && (inside.is_empty() || inside.starts_with('.')))).then_some(used)
        })
    }
}

impl Program {
    /// The chain of an expression.
    #[must_use]
    pub fn chain(&self, at: ExprRef) -> Chain {
        self.chain_at(at, Walk { depth: 0, seen: &RefCell::default() })
    }

    fn chain_at(&self, at: ExprRef, walk: Walk<'_>) -> Chain {
        if walk.depth > MAX_DEPTH {
            return Chain::new(Start::Value);
        }
        // The expression that was asked for is a line of steps: only other places can be come by again.
        if walk.depth < JUMP {
            return self.chain_anew(at, walk);
        }
        if let Some((depth, chain)) = walk.seen.borrow().get(&at)
            && *depth / TIER <= walk.depth / TIER
        {
            return chain.clone();
        }
        walk.seen.borrow_mut().insert(at, (walk.depth, Chain::new(Start::Value)));
        let chain = self.chain_anew(at, walk);
        walk.seen.borrow_mut().insert(at, (walk.depth, chain.clone()));
        chain
    }

    fn chain_anew(&self, at: ExprRef, walk: Walk<'_>) -> Chain {
        let chain = self.chain_by_value(at, walk);
        if chain.start == Start::Value && (chain.steps.is_empty() || chain.steps == [Step::Call(at)]) {
            return self.chain_by_type(at, walk).unwrap_or(chain);
        }
        chain
    }

    /// An instance of a package's class, as its written type says: the class, called by nobody knows whom.
    fn chain_by_type(&self, at: ExprRef, walk: Walk<'_>) -> Option<Chain> {
        let class = self.type_of(at, 0)?;
        let chain = self.chain_at(class, walk + JUMP);
        matches!(chain.start, Start::Package(_)).then(|| chain.then(Step::Call(class)))
    }

    fn chain_by_value(&self, at: ExprRef, walk: Walk<'_>) -> Chain {
        let module = self.module(at.file);
        let sub = |expr| ExprRef { file: at.file, expr };
        match module.kind(at.expr) {
            ExprKind::Name(name) => {
                let defs = self.definitions(at.file, module.expr(at.expr).scope, name, at.expr);
                let chain = self.chain_of_defs(&defs, at, walk);
                // A field that somebody else fills is declared, though nothing is known of its value.
                let chain = if chain.start == Start::Value { self.made(at, walk) } else { chain };
                if !defs.is_empty() || chain.start != Start::Value {
                    return chain;
                }
                let packages = self.unit(at.file).into_iter().flat_map(|unit| unit.undeclared(name));
                Chain::new(Start::Global(name.to_string(), packages.map(|import| import.module.clone()).collect()))
            }
            ExprKind::Member { base, name, .. } => {
                if is_self(module.kind(*base)) {
                    let defs: Vec<Def> = module
                        .class_of(module.expr(*base).scope)
                        .map(|class| self.class_binds(at.file, class, name, 0))
                        .unwrap_or_default()
                        .into_iter()
                        .flat_map(|(file, bind)| self.bind_means(file, bind))
                        .collect();
                    let chain = self.chain_of_defs(&defs, at, walk);
                    return if chain.start == Start::Value { self.made(at, walk) } else { chain };
                }
                let base = self.chain_at(sub(*base), walk + 1);
                if base.start == Start::Value && base.steps.is_empty() {
                    let defs = self.meanings(at, (walk.depth / JUMP) as u8);
                    let elsewhere: Vec<Def> = defs.into_iter().filter(|def| *def != Def::Value(at)).collect();
                    if !elsewhere.is_empty() {
                        let found = self.chain_of_defs(&elsewhere, at, walk);
                        if found.start != Start::Value {
                            return found;
                        }
                    }
                }
                base.named(name)
            }
            ExprKind::Index { base, index } => match module.literal(*index) {
                Some(key) => self.chain_at(sub(*base), walk + 1).named(&key),
                None => Chain::new(Start::Value),
            },
            ExprKind::Call { callee, .. } => {
                let callee_ref = sub(*callee);
                if is_require(self, at) {
                    return self.required(at);
                }
                let chain = self.chain_at(callee_ref, walk + 1);
                if chain.start == Start::Value {
                    for function in self.functions_of(callee_ref) {
                        let returns = &self.module(function.file).function(function.function).returns;
                        for expr in returns.iter().take(2) {
                            let found = self.chain_at(ExprRef { file: function.file, expr: *expr }, walk + 2 * JUMP);
                            if matches!(found.start, Start::Package(_)) && found.steps.iter().any(is_call) {
                                return found;
                            }
                        }
                    }
                }
                chain.then(Step::Call(at))
            }
            ExprKind::Choice { options, .. } => {
                let chains = options.iter().map(|option| self.chain_at(sub(*option), walk + 1));
                chains.into_iter().find(|chain| chain.start != Start::Value).unwrap_or(Chain::new(Start::Value))
            }
            // An anonymous class is one of what it extends.
            ExprKind::Class(class) => match module.class(*class).bases.first() {
                Some(base) if module.class(*class).name.is_none() => self.chain_at(sub(*base), walk + 1),
                _ => Chain::new(Start::Value),
            },
            _ => Chain::new(Start::Value),
        }
    }

    /// The chain of an instance of the class that `at` is declared to be of.
    fn made(&self, at: ExprRef, walk: Walk<'_>) -> Chain {
        let class = self.declared_class(at).map(|class| self.chain_at(class, walk + JUMP));
        match class {
            Some(chain) if chain.start != Start::Value => chain.then(Step::Made),
            _ => Chain::new(Start::Value),
        }
    }

    fn chain_of_defs(&self, defs: &[Def], at: ExprRef, walk: Walk<'_>) -> Chain {
        for def in defs {
            let chain = match def {
                Def::Value(value) if *value != at => self.chain_at(*value, walk + JUMP),
                Def::Part(value, path) => match path.as_slice() {
                    [crate::ir::Key::Name(name)] => self.chain_at(*value, walk + JUMP).named(name),
                    _ => continue,
                },
                Def::Package(module, item) => {
                    let chain = Chain::new(Start::Package(module.to_string()));
                    item.as_deref().map_or(chain.clone(), |item| chain.named(item))
                }
                Def::Param(function, index) => {
                    let args =
                        self.callers(*function).iter().filter_map(|call| self.argument(*call, *function, *index));
                    match args.take(1).next() {
                        Some(arg) if walk.depth < MAX_DEPTH / 2 => self.chain_at(arg, walk + 3 * JUMP),
                        _ => continue,
                    }
                }
                _ => continue,
            };
            if chain.start != Start::Value {
                return chain;
            }
        }
        Chain::new(Start::Value)
    }

    /// The chain of `call` with the calls before it that stand in statements of their own on the same name:
    /// `s = make(); s.update(x); s.sign(k)` is `make().update(x).sign(k)`. `None` where there are none.
    #[must_use]
    pub fn unrolled(&self, call: ExprRef, chain: &Chain) -> Option<Chain> {
        let module = self.module(call.file);
        let sub = |expr| ExprRef { file: call.file, expr };
        let ExprKind::Call { callee, .. } = module.kind(call.expr) else { return None };
        let ExprKind::Member { base, .. } = module.kind(*callee) else { return None };
        let holder = self.holder(sub(*base))?;
        let uses = self.unit(call.file)?.uses(holder.scope, &holder.name)?;
        let here = module.expr(call.expr).span.start;
        let own = |id: &&ExprId| module.expr(**id).parent.is_none() && module.expr(**id).span.end <= here;
        let before: Vec<Step> = uses.calls.iter().filter(own).flat_map(|id| self.last_steps(sub(*id))).collect();
        let at = chain.steps.len().checked_sub(2).filter(|_| !before.is_empty())?;
        let mut steps = chain.steps[..at].to_vec();
        steps.extend(before);
        steps.extend_from_slice(&chain.steps[at..]);
        Some(Chain { start: chain.start.clone(), steps })
    }

    /// `.name(…)` of `base.name(…)`.
    fn last_steps(&self, call: ExprRef) -> Vec<Step> {
        let module = self.module(call.file);
        let ExprKind::Call { callee, .. } = module.kind(call.expr) else { return vec![] };
        match module.kind(*callee) {
            ExprKind::Member { name, .. } => vec![Step::Name(name.clone()), Step::Call(call)],
            _ => vec![],
        }
    }

    fn required(&self, at: ExprRef) -> Chain {
        let ExprKind::Call { args, .. } = self.kind(at) else { return Chain::new(Start::Value) };
        match args.first().and_then(|arg| self.module(at.file).literal(arg.value)) {
            Some(module) if !module.starts_with('.') => Chain::new(Start::Package(module)),
            _ => Chain::new(Start::Value),
        }
    }
}

fn is_call(step: &Step) -> bool {
    matches!(step, Step::Call(_))
}

/// `require("…")` or `import("…")`.
fn is_require(program: &Program, at: ExprRef) -> bool {
    let ExprKind::Call { callee, .. } = program.kind(at) else { return false };
    let kind = program.kind(ExprRef { file: at.file, expr: *callee });
    matches!(kind, ExprKind::Name(name) if matches!(&**name, "require" | "import"))
}
