//! Who gives a name its value, and who reads it.
//!
//! A *name* is a variable of one scope, or a *field*: `self.x`, `this.x`, a class variable or a method. Fields are told
//! apart by their spelling only, over the whole file, because nothing here knows the type of `client` in `client.x`.

use super::{Context, open};
use crate::ir::{
    Arg, Bind, BindId, ClassId, Entry, ExprId, ExprKind, How, ImportId, ImportStyle, Key, Module, ScopeId, ScopeKind,
};
use crate::text::Span;
use std::collections::{HashMap, HashSet};

/// A name of one file; an index into [`Names::list`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) struct NameId(pub(super) usize);

/// A variable of one scope, or a field.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) text: Box<str>,
    /// The scope of a variable; `None` for a field.
    pub(super) scope: Option<ScopeId>,
    /// Everything that gives it a value.
    pub(super) binds: Vec<BindId>,
    /// Used for a reason that is not in this file's text.
    pub(super) pinned: bool,
    /// A parameter: it has a value that no deletion takes away.
    pub(super) given: bool,
}

/// One place where names are read. Several, because a class variable may hide a global only sometimes.
#[derive(Debug)]
pub(super) struct Read {
    pub(super) expr: ExprId,
    pub(super) names: Vec<NameId>,
}

/// All names of one file.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) list: Vec<Named>,
    pub(super) reads: Vec<Read>,
    /// By name: the indices of its reads.
    readers: Vec<Vec<usize>>,
    variables: HashMap<Box<str>, HashMap<ScopeId, NameId>>,
    fields: HashMap<Box<str>, NameId>,
}

/// Calls that look at all fields of what they are given.
const LOOK_AT_FIELDS: [&str; 9] =
    ["vars", "asdict", "astuple", "stringify", "assign", "keys", "values", "entries", "pickle"];

impl Names {
    /// Collects names, their binds and their reads.
    pub(super) fn collect(context: &Context) -> Names {
        let mut names = Names::default();
        for id in context.module.bind_ids().filter(|id| !is_given(context.module, &context.module.binds[id.index()])) {
            names.declare(context.module, id);
        }
        names.collect_reads(context.module);
        names.readers = names.by_name();
        names.pin(context);
        names
    }

    /// The name that a bind gives a value to, if it is a variable or a field.
    pub(super) fn bound(&self, module: &Module, bind: &Bind) -> Option<NameId> {
        match module.kind(bind.place) {
            _ if is_given(module, bind) => None,
            ExprKind::Name(name) if is_class(module, bind.scope) => self.fields.get(name).copied(),
            ExprKind::Name(name) => self.variables.get(name)?.get(&bind.scope).copied(),
            ExprKind::Member { base, name, .. } if holds_fields(module, *base) => self.fields.get(name).copied(),
            _ => None,
        }
    }

    /// What `name` means in `scope`: the innermost declaration; a class variable counts beside what it may hide.
    pub(super) fn resolve(&self, module: &Module, scope: ScopeId, name: &str) -> Vec<NameId> {
        let mut found = vec![];
        let variables = self.variables.get(name);
        let mut at = Some(scope);
        let mut in_function = false;
        while let Some(id) = at {
            in_function |= matches!(module.scope(id).kind, ScopeKind::Function(_));
            if let ScopeKind::Class(class) = module.scope(id).kind {
                let is_open = module.class(class).is_open;
                let declares = |b: &Bind| b.scope == id && is_name(module, b.place, name);
                // Functions do not see the names of the class around them, unless it is open.
                let field = self
                    .fields
                    .get(name)
                    .filter(|_| is_open || !in_function)
                    .filter(|f| self.list[f.0].binds.iter().any(|bind| declares(&module.binds[bind.index()])));
                found.extend(field);
                if is_open && !found.is_empty() {
                    break;
                }
            } else if let Some(variable) = variables.and_then(|scopes| scopes.get(&id)) {
                found.push(*variable);
                break;
            }
            at = module.scope(id).parent;
        }
        if found.is_empty() && module.classes.iter().any(|class| class.is_open) {
            // It may be inherited from another class of this file.
            found.extend(self.fields.get(name));
        }
        found
    }

    /// The field of that name, if this file has one.
    pub(super) fn field(&self, name: &str) -> Option<NameId> {
        self.fields.get(name).copied()
    }

    /// The name of an id.
    pub(super) fn get(&self, id: NameId) -> &Named {
        &self.list[id.0]
    }

    /// The indices of the reads of a name, in order.
    pub(super) fn readers(&self, id: NameId) -> &[usize] {
        &self.readers[id.0]
    }

    fn by_name(&self) -> Vec<Vec<usize>> {
        let mut readers: Vec<Vec<usize>> = vec![vec![]; self.list.len()];
        for (index, read) in self.reads.iter().enumerate() {
            for name in &read.names {
                let own = &mut readers[name.0];
                if own.last() != Some(&index) {
                    own.push(index);
                }
            }
        }
        readers
    }

    fn declare(&mut self, module: &Module, id: BindId) {
        let bind = &module.binds[id.index()];
        if open::is_inline(module, bind) {
            return;
        }
        let (text, scope) = match module.kind(bind.place) {
            ExprKind::Name(name) if is_class(module, bind.scope) => (name, None),
            ExprKind::Name(name) => (name, Some(bind.scope)),
            ExprKind::Member { base, name, .. } if holds_fields(module, *base) => (name, None),
            _ => return,
        };
        let next = NameId(self.list.len());
        let known = match scope {
            Some(scope) => *self.variables.entry(text.clone()).or_default().entry(scope).or_insert(next),
            None => *self.fields.entry(text.clone()).or_insert(next),
        };
        if known == next {
            self.list.push(Named { text: text.clone(), scope, binds: vec![], pinned: false, given: false });
        }
        let named = &mut self.list[known.0];
        named.binds.push(id);
        named.given |= matches!(bind.how, How::Param(..));
    }

    fn collect_reads(&mut self, module: &Module) {
        let places: HashSet<ExprId> = module
            .binds
            .iter()
            .filter(|bind| self.bound(module, bind).is_some() || is_given(module, bind))
            .map(|bind| bind.place)
            .collect();
        for id in module.expr_ids().filter(|id| !places.contains(id)) {
            let names = self.read_by(module, id);
            self.add_read(id, names);
        }
        for bind in &module.binds {
            let How::Part(path) = &bind.how else { continue };
            let names = path.iter().filter_map(|key| match key {
                Key::Name(name) => self.field(name),
                Key::Position(_) | Key::Rest => None,
            });
            let names = names.collect();
            self.add_read(bind.place, names);
        }
    }

    fn add_read(&mut self, expr: ExprId, names: Vec<NameId>) {
        if !names.is_empty() {
            self.reads.push(Read { expr, names });
        }
    }

    /// The names that an expression reads itself, without its parts.
    fn read_by(&self, module: &Module, id: ExprId) -> Vec<NameId> {
        match module.kind(id) {
            ExprKind::Name(name) if module.calls_method(id) => self.field(name).into_iter().collect(),
            ExprKind::Name(name) => self.resolve(module, module.expr(id).scope, name),
            ExprKind::Member { name, .. } if &**name == "__dict__" => self.fields.values().copied().collect(),
            ExprKind::Member { name, .. } => self.field(name).into_iter().collect(),
            ExprKind::Index { base, index } if is_self(module, *base) => match module.literal(*index) {
                Some(name) => self.field(&name).into_iter().collect(),
                None => self.fields.values().copied().collect(),
            },
            ExprKind::Call { callee, args, .. } => self.read_by_call(module, *callee, args),
            ExprKind::Record(entries) if entries.iter().any(|entry| spreads_self(module, entry)) => {
                self.fields.values().copied().collect()
            }
            _ => vec![],
        }
    }

    /// `getattr(x, "name")` reads a field; `vars(self)` and `JSON.stringify(this)` read all of them.
    fn read_by_call(&self, module: &Module, callee: ExprId, args: &[Arg]) -> Vec<NameId> {
        let called = last_name(module, callee).unwrap_or_default();
        if matches!(called, "getattr" | "hasattr" | "attrgetter") {
            let literals = args.iter().filter_map(|arg| module.literal(arg.value));
            return literals.filter_map(|name| self.field(&name)).collect();
        }
        if LOOK_AT_FIELDS.contains(&called) && args.iter().any(|arg| is_self(module, arg.value)) {
            return self.fields.values().copied().collect();
        }
        vec![]
    }

    fn pin(&mut self, context: &Context) {
        let module = context.module;
        let listed = listed_in_all(module);
        let exported: HashSet<ExprId> = module.exports.iter().filter_map(|export| export.value).collect();
        for named in &mut self.list {
            let is_exported = |id: &BindId| exported.contains(&module.binds[id.index()].place);
            named.pinned = match named.scope {
                Some(scope) => {
                    let global =
                        scope == ScopeId(0) && ((context.used_elsewhere)(&named.text) || listed.contains(&*named.text));
                    global || (context.kept_names)(scope, &named.text)
                }
                None => {
                    let kept = |class| (context.kept_names)(module.class(class).scope, &named.text);
                    (context.used_elsewhere)(&named.text) || classes_of(module, named).into_iter().any(kept)
                }
            } || named.binds.iter().any(is_exported);
        }
    }
}

/// The path that an import makes reachable, where it is longer than its local name: `a.b` of `import a.b`.
pub(super) fn dotted(module: &Module, import: ImportId) -> Option<&str> {
    let import = &module.imports[import.index()];
    let longer = import.item.is_none() && import.module.len() > import.local.len();
    (longer && import.module.starts_with(&format!("{}.", import.local))).then_some(&*import.module)
}

/// The members taken from `id`, with its own name first: `a.b.c` for the `a` in `a.b.c()`.
pub(super) fn member_path(module: &Module, id: ExprId) -> String {
    let ExprKind::Name(name) = module.kind(id) else { return String::new() };
    let mut path = name.to_string();
    let mut at = id;
    while let Some(parent) = module.expr(at).parent {
        let ExprKind::Member { base, name, .. } = module.kind(parent) else { break };
        if *base != at {
            break;
        }
        path = format!("{path}.{name}");
        at = parent;
    }
    path
}

/// Whether an expression is the object whose method this is.
pub(super) fn is_self(module: &Module, id: ExprId) -> bool {
    matches!(module.kind(id), ExprKind::Name(name) if matches!(&**name, "self" | "this" | "cls"))
}

/// Whether what is given to a member of an object is a field: the object whose method this is, or what all objects share
/// that a function of this file makes (`Client.prototype`).
pub(super) fn holds_fields(module: &Module, id: ExprId) -> bool {
    let ExprKind::Member { base, name, .. } = module.kind(id) else { return is_self(module, id) };
    let ExprKind::Name(class) = module.kind(*base) else { return false };
    let makes = |bind: &Bind| {
        let is_function = matches!(bind.how, How::Function(_) | How::Class(_))
            || bind.value.is_some_and(|value| matches!(module.kind(value), ExprKind::Function(_)));
        is_function && is_name(module, bind.place, class)
    };
    **name == *"prototype" && module.binds.iter().any(makes)
}

/// The last name of `a`, `a.b`, `a.b.c`.
pub(super) fn last_name(module: &Module, id: ExprId) -> Option<&str> {
    match module.kind(id) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(name),
        _ => None,
    }
}

/// What a chain of members, indices and calls begins with.
pub(super) fn root(module: &Module, id: ExprId) -> ExprId {
    match module.kind(id) {
        ExprKind::Member { base, .. } | ExprKind::Index { base, .. } => root(module, *base),
        ExprKind::Call { callee, .. } => root(module, *callee),
        _ => id,
    }
}

/// Whether a bind declares nothing that could go: what a record literal gives to a field of its class is part of the
/// literal's value, and a path that is written where it is used needs no import.
pub(super) fn is_given(module: &Module, bind: &Bind) -> bool {
    if let How::Import(import) = bind.how {
        return module.imports[import.index()].style == ImportStyle::Inline;
    }
    let class = match module.scope(bind.scope).kind {
        ScopeKind::Class(class) => module.class(class),
        _ => return false,
    };
    !module.types.records.is_empty() && bind.how == How::Assign && {
        let in_record = |value: ExprId| {
            let parent = module.expr(value).parent;
            parent.is_some_and(|parent| module.types.records.contains_key(&parent))
        };
        !class.span.contains(bind.span) && bind.value.is_some_and(in_record)
    }
}

fn is_class(module: &Module, scope: ScopeId) -> bool {
    matches!(module.scope(scope).kind, ScopeKind::Class(_))
}

fn is_name(module: &Module, id: ExprId, text: &str) -> bool {
    matches!(module.kind(id), ExprKind::Name(name) if &**name == text)
}

fn spreads_self(module: &Module, entry: &Entry) -> bool {
    entry.key.is_none() && is_self(module, entry.value)
}

fn classes_of(module: &Module, named: &Named) -> Vec<ClassId> {
    named.binds.iter().filter_map(|bind| module.class_of(module.binds[bind.index()].scope)).collect()
}

/// The names in `__all__ = [...]`, `__all__ += [...]`, `__all__.append(...)`.
fn listed_in_all(module: &Module) -> HashSet<String> {
    let mentions = module.expr_ids().filter(|id| is_name(module, *id, "__all__"));
    let stmts: HashSet<Span> = mentions.map(|id| module.stmt(module.expr(id).stmt).span).collect();
    let inside = |id: &ExprId| stmts.contains(&module.stmt(module.expr(*id).stmt).span);
    module.expr_ids().filter(inside).filter_map(|id| module.literal(id)).collect()
}
