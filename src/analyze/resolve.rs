//! From a use to what it may mean: names to binds, imports to other files, members to fields. Flow-insensitive across
//! functions, by position inside one.

use super::program::{ExprRef, FunctionRef, Program};
use super::unit::Unit;
use crate::ir::{Bind, BindId, ClassId, ExprId, ExprKind, How, Key, ScopeId, ScopeKind};
use crate::text::FileId;

/// One thing that a use may mean.
#[derive(Clone, PartialEq, Debug)]
pub enum Def {
    /// The value of an expression.
    Value(ExprRef),
    /// A part of a value.
    Part(ExprRef, Vec<Key>),
    /// A parameter; the position counts from 0 and includes `self`.
    Param(FunctionRef, u32),
    /// A part of a parameter that is taken apart where it is declared.
    ParamPart(FunctionRef, u32, Vec<Key>),
    /// One of the items of a value.
    Each(ExprRef),
    /// A function.
    Function(FunctionRef),
    /// A class.
    Class(FileId, ClassId),
    /// Another file of the program, as a whole.
    File(FileId),
    /// Something from a package outside the program: the module as written, and what of it.
    Package(Box<str>, Option<Box<str>>),
}

impl Program {
    /// What a name, read in `scope` at byte `at`, may mean; empty for a global.
    #[must_use]
    pub fn definitions(&self, file: FileId, scope: ScopeId, name: &str, at: ExprId) -> Vec<Def> {
        self.definitions_at(file, scope, name, at, 0)
    }

    fn definitions_at(&self, file: FileId, scope: ScopeId, name: &str, at: ExprId, depth: u8) -> Vec<Def> {
        let Some(unit) = self.unit(file) else { return vec![] };
        let mean = |(file, bind): (FileId, BindId)| self.bind_means(file, bind);
        let means = |binds: Vec<(FileId, BindId)>| -> Vec<Def> { binds.into_iter().flat_map(mean).collect() };
        let Some(declared) = unit.declaring_scope(scope, name) else {
            let inherited = means(self.inherited(unit, file, scope, name, depth));
            let beside = if inherited.is_empty() { self.beside(unit, file, name) } else { inherited };
            return if beside.is_empty() { self.starred(file, name, depth) } else { beside };
        };
        // `let token = token(…)`: what stands in the value of a name's only bind cannot mean that name.
        if let Some(parent) = unit.module.scope(declared).parent.filter(|_| means_another(unit, declared, name, at)) {
            let outer = self.definitions_at(file, parent, name, at, depth + 1);
            if !outer.is_empty() {
                return outer;
            }
        }
        match unit.module.scope(declared).kind {
            ScopeKind::Class(class) if unit.module.class(class).is_open => {
                means(self.class_binds(file, class, name, depth))
            }
            _ => means(self.binds_of(unit, scope, name, Some(at)).into_iter().map(|bind| (file, bind)).collect()),
        }
    }

    /// The binds that a name, read in `scope`, may come from. With `at` (the reading expression), only those that can
    /// reach it inside one function: the last bind that always runs before, and the conditional ones after that.
    #[must_use]
    pub fn binds_of(&self, unit: &Unit, scope: ScopeId, name: &str, at: Option<ExprId>) -> Vec<BindId> {
        let Some(declared) = unit.declaring_scope(scope, name) else { return vec![] };
        let binds = unit.binds_in(declared, name);
        let Some(at) = at else { return binds.to_vec() };
        let module = &unit.module;
        if binds.len() < 2 || module.function_of(scope) != module.function_of(declared) {
            return binds.to_vec();
        }
        let use_at = module.expr(at).span.start;
        let before: Vec<BindId> = binds.iter().copied().filter(|id| bind_end(unit, *id) <= use_at).collect();
        let always = before.iter().rposition(|id| runs_before(unit, &module.binds[id.index()], at));
        match (always, before.is_empty()) {
            (_, true) => binds.to_vec(),
            (Some(from), _) => before[from..].to_vec(),
            (None, _) => before,
        }
    }

    /// What a bind's place means.
    #[must_use]
    pub fn bind_means(&self, file: FileId, id: BindId) -> Vec<Def> {
        self.bind_means_at(file, id, 0)
    }

    fn bind_means_at(&self, file: FileId, id: BindId, depth: u8) -> Vec<Def> {
        let bind = &self.module(file).binds[id.index()];
        let value = bind.value.map(|expr| ExprRef { file, expr });
        match &bind.how {
            How::Assign | How::Augment | How::With => value.map(Def::Value).into_iter().collect(),
            How::Part(path) => match value {
                Some(value) => vec![Def::Part(value, path.clone())],
                None => self.param_part(file, bind, path).into_iter().collect(),
            },
            How::Each => value.map(Def::Each).into_iter().collect(),
            How::Param(function, index) => vec![Def::Param(FunctionRef { file, function: *function }, *index)],
            How::Function(function) => vec![Def::Function(FunctionRef { file, function: *function })],
            How::Class(class) => vec![Def::Class(file, *class)],
            How::Import(import) => {
                let import = &self.module(file).imports[import.index()];
                // Python's `import a.b` brings in `a`.
                let first = import.item.is_none() && import.module.split('.').next() == Some(&*import.local);
                let python = || self.unit(file).is_some_and(|unit| unit.language.rules == "python");
                if first && python() && self.import_target(file, &import.module).is_none() {
                    return vec![Def::Package(import.local.clone(), None)];
                }
                self.import_means_at(file, &import.module, import.item.as_deref(), depth + 1)
            }
            How::Catch => vec![],
        }
    }

    /// `function ({ name })`: the parameter that a bind takes apart.
    fn param_part(&self, file: FileId, bind: &Bind, path: &[Key]) -> Option<Def> {
        let module = self.module(file);
        let function = module.function_of(bind.scope)?;
        let at = module.expr(bind.place).span;
        let params = &module.function(function).params;
        let index = params.iter().position(|param| param.name.is_none() && param.span.contains(at))?;
        Some(Def::ParamPart(FunctionRef { file, function }, index as u32, path.to_vec()))
    }

    /// What `item` of `module`, as imported in `file`, means.
    #[must_use]
    pub fn import_means(&self, file: FileId, module: &str, item: Option<&str>) -> Vec<Def> {
        self.import_means_at(file, module, item, 0)
    }

    /// `depth` ends the search where files import each other in a circle.
    fn import_means_at(&self, file: FileId, module: &str, item: Option<&str>, depth: u8) -> Vec<Def> {
        if let Some(target) = self.import_target(file, module) {
            let Some(item) = item else { return vec![Def::File(target)] };
            let exported = self.exported(target, item, depth + 1);
            if !exported.is_empty() {
                return exported;
            }
        }
        // `from package import submodule`
        if let Some(item) = item {
            let dotted = if module.ends_with('.') { format!("{module}{item}") } else { format!("{module}.{item}") };
            if let Some(target) = self.import_target(file, &dotted) {
                // A file that is a class as a whole is that class.
                let class = self.whole_class(target).map(|class| Def::Class(target, class));
                return vec![class.unwrap_or(Def::File(target))];
            }
        }
        vec![Def::Package(module.into(), item.map(Into::into))]
    }

    /// What another file gets when it asks `file` for `name`.
    #[must_use]
    pub fn exported(&self, file: FileId, name: &str, depth: u8) -> Vec<Def> {
        let Some(unit) = self.unit(file) else { return vec![] };
        if depth > 8 {
            return vec![];
        }
        let mut found = vec![];
        let wanted = |outside: &str| outside == name || (name == "default" && outside == "module.exports");
        for export in unit.module.exports.iter().filter(|export| wanted(&export.name)) {
            if let Some(import) = export.import {
                let import = &unit.module.imports[import.index()];
                found.extend(self.import_means_at(file, &import.module, import.item.as_deref(), depth + 1));
            } else if let Some(expr) = export.value {
                found.push(Def::Value(ExprRef { file, expr }));
            }
        }
        if found.is_empty() {
            let top = ScopeId(0);
            found.extend(unit.binds_in(top, name).iter().flat_map(|bind| self.bind_means_at(file, *bind, depth + 1)));
        }
        if let (true, Some(class)) = (found.is_empty(), self.whole_class(file)) {
            let binds = self.class_binds(file, class, name, depth + 1);
            found.extend(binds.into_iter().flat_map(|(file, bind)| self.bind_means_at(file, bind, depth + 1)));
        }
        if found.is_empty() { self.starred(file, name, depth) } else { found }
    }

    /// What `from x import *` in `file` brings in as `name`.
    fn starred(&self, file: FileId, name: &str, depth: u8) -> Vec<Def> {
        let imports = self.unit(file).map_or(&[][..], |unit| &unit.module.imports);
        let stars = imports.iter().filter(|import| import.style == crate::ir::ImportStyle::Star);
        let targets = stars.filter_map(|star| self.import_target(file, &star.module));
        targets.filter(|target| *target != file).flat_map(|target| self.exported(target, name, depth + 1)).collect()
    }

    pub(super) fn find_functions(&self, callee: ExprRef) -> Vec<FunctionRef> {
        let mut found = vec![];
        let whole = |def| match def {
            Def::File(file) => self.exported(file, "module.exports", 0),
            other => vec![other],
        };
        let meanings = self.meanings(callee, 0).into_iter().flat_map(whole);
        for def in meanings.flat_map(|def| self.follow(def, callee, 1)) {
            match def {
                Def::Function(function) => found.push(function),
                Def::Class(file, class) => {
                    let constructors = ["__init__", "constructor"];
                    found.extend(constructors.iter().flat_map(|name| self.methods(file, class, name, 0)));
                    let nameless = &self.module(file).class(class).constructors;
                    found.extend(nameless.iter().map(|function| FunctionRef { file, function: *function }));
                }
                Def::Value(value) => found.extend(self.calls_of_instance(value)),
                _ => {}
            }
        }
        found.dedup();
        found
    }

    pub(super) fn find_meanings(&self, at: ExprRef, depth: u8) -> Vec<Def> {
        let module = self.module(at.file);
        let expr = module.expr(at.expr);
        match &expr.kind {
            // In a class method of Python `cls` is the class, in Rust `Self`.
            ExprKind::Name(name) if matches!(&**name, "cls" | "Self") && module.class_of(expr.scope).is_some() => {
                module.class_of(expr.scope).map(|class| Def::Class(at.file, class)).into_iter().collect()
            }
            ExprKind::Name(name) if &**name == "super" => self.super_classes(at),
            ExprKind::Name(name) => self
                .definitions_at(at.file, expr.scope, name, at.expr, depth)
                .into_iter()
                .flat_map(|def| self.follow(def, at, depth + 1))
                .collect(),
            ExprKind::Member { base, name, .. } => self.member_means(at.file, *base, name, depth + 1),
            ExprKind::Function(function) => vec![Def::Function(FunctionRef { file: at.file, function: *function })],
            ExprKind::Class(class) => vec![Def::Class(at.file, *class)],
            _ => vec![Def::Value(at)],
        }
    }

    fn follow(&self, def: Def, from: ExprRef, depth: u8) -> Vec<Def> {
        match def {
            Def::Value(value) if value != from => match self.kind(value) {
                ExprKind::Name(_) | ExprKind::Member { .. } | ExprKind::Function(_) | ExprKind::Class(_) => {
                    let deeper = self.meanings(value, depth);
                    if deeper.is_empty() { vec![Def::Value(value)] } else { deeper }
                }
                _ => vec![Def::Value(value)],
            },
            Def::Part(value, path) if path.len() == 1 => match &path[0] {
                Key::Name(name) => {
                    let found: Vec<Def> = self
                        .meanings(value, depth)
                        .into_iter()
                        .flat_map(|base| self.part_of(&base, name, depth))
                        .collect();
                    if found.is_empty() { vec![Def::Part(value, path)] } else { found }
                }
                _ => vec![Def::Part(value, path)],
            },
            other => vec![other],
        }
    }

    fn member_means(&self, file: FileId, base: ExprId, name: &str, depth: u8) -> Vec<Def> {
        let module = self.module(file);
        let base_ref = ExprRef { file, expr: base };
        if is_self(module.kind(base)) {
            let scope = module.expr(base).scope;
            let binds = match module.class_of(scope) {
                Some(class) => self.class_binds(file, class, name, 0),
                None => self.loose_binds(file, name),
            };
            return binds
                .into_iter()
                .flat_map(|(file, bind)| {
                    let defs = self.bind_means(file, bind);
                    defs.into_iter().flat_map(move |def| self.follow(def, base_ref, depth + 1)).collect::<Vec<_>>()
                })
                .collect();
        }
        let part =
            |defs: Vec<Def>| -> Vec<Def> { defs.iter().flat_map(|def| self.part_of(def, name, depth + 1)).collect() };
        let found = part(self.meanings(base_ref, depth + 1));
        if !found.is_empty() {
            return found;
        }
        if let Some(class) = self.declared_class_at(base_ref, depth + 1) {
            return part(self.meanings(class, depth + 1));
        }
        let class = self.has_types(file).then(|| self.class_of(base_ref, depth + 1)).flatten();
        let Some((class_file, class)) = class else { return found };
        let mut found = self.part_of(&Def::Class(class_file, class), name, depth + 1);
        found.extend(self.written_to_field((class_file, class), name, depth + 1));
        found
    }

    /// The member `name` of something known.
    #[must_use]
    pub fn part_of(&self, base: &Def, name: &str, depth: u8) -> Vec<Def> {
        if depth > 10 {
            return vec![];
        }
        match base {
            Def::File(file) => {
                let defs = self.exported(*file, name, depth);
                let whole = self.exported(*file, "module.exports", depth);
                let found = if defs.is_empty() {
                    whole.iter().flat_map(|def| self.part_of(def, name, depth + 1)).collect()
                } else {
                    defs
                };
                found
                    .into_iter()
                    .flat_map(|def| match def {
                        Def::Value(value) => {
                            let deeper = self.meanings(value, depth + 1);
                            if deeper.is_empty() { vec![Def::Value(value)] } else { deeper }
                        }
                        other => vec![other],
                    })
                    .collect()
            }
            Def::Class(file, class) => self
                .class_binds(*file, *class, name, depth)
                .into_iter()
                .flat_map(|(file, bind)| self.bind_means(file, bind))
                .collect(),
            Def::Value(value) => self.part_of_value(*value, name, depth),
            Def::Package(module, None) => vec![Def::Package(module.clone(), Some(name.into()))],
            _ => vec![],
        }
    }

    fn part_of_value(&self, value: ExprRef, name: &str, depth: u8) -> Vec<Def> {
        match self.kind(value) {
            ExprKind::Record(entries) => {
                let module = self.module(value.file);
                let mut found = vec![];
                for entry in entries {
                    let here = ExprRef { file: value.file, expr: entry.value };
                    match entry.key {
                        Some(key) if module.literal(key).as_deref() == Some(name) => {
                            let deeper = self.meanings(here, depth + 1);
                            found.extend(if deeper.is_empty() { vec![Def::Value(here)] } else { deeper });
                        }
                        Some(_) => {}
                        None => found.extend(
                            self.meanings(here, depth + 1).iter().flat_map(|def| self.part_of(def, name, depth + 1)),
                        ),
                    }
                }
                found
            }
            // An instance of a class of the project.
            ExprKind::Call { callee, .. } => self
                .meanings(ExprRef { file: value.file, expr: *callee }, depth + 1)
                .iter()
                .filter(|def| matches!(def, Def::Class(..)))
                .flat_map(|def| self.part_of(def, name, depth + 1))
                .collect(),
            _ => vec![],
        }
    }
}

/// `self`, `this`, `cls`, `Self`.
#[must_use]
pub fn is_self(kind: &ExprKind) -> bool {
    matches!(kind, ExprKind::Name(name) if matches!(&**name, "self" | "this" | "cls" | "Self"))
}

/// Whether a name cannot mean what its scope declares: it is read in the value of its only bind, or called as a method.
fn means_another(unit: &Unit, scope: ScopeId, name: &str, at: ExprId) -> bool {
    if unit.module.calls_method(at) && !matches!(unit.module.scope(scope).kind, ScopeKind::Class(_)) {
        return true;
    }
    let [bind] = unit.binds_in(scope, name) else { return false };
    let bind = &unit.module.binds[bind.index()];
    let span = unit.module.expr(at).span;
    bind.how == How::Assign && bind.value.is_some_and(|value| unit.module.expr(value).outer.contains(span))
}

fn bind_end(unit: &Unit, id: BindId) -> u32 {
    unit.module.binds[id.index()].span.end
}

/// Whether the bind's statement always runs before the use: its block holds the use's block.
fn runs_before(unit: &Unit, bind: &Bind, at: ExprId) -> bool {
    let module = &unit.module;
    if matches!(bind.how, How::Param(..) | How::Import(_) | How::Function(_) | How::Class(_)) {
        return true;
    }
    let block = module.stmt(bind.stmt).block;
    let mut stmt = Some(module.expr(at).stmt);
    while let Some(id) = stmt {
        if module.stmt(id).block == block {
            return true;
        }
        stmt = module.parent_stmt(id);
    }
    // A use inside a function expression: its blocks have no owner. By bytes then.
    module.block(block).span.contains(module.expr(at).span)
}
