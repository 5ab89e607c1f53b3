//! One lowered file, with indices over it.

use crate::ir::{BindId, ExprId, ExprKind, FunctionId, Import, ImportId, ImportStyle, Module, ScopeId};
use crate::lang::Language;
use rustc_hash::FxHashMap;

use super::mention::Mentions;

/// A file that was lowered.
#[derive(Debug)]
pub struct Unit {
    /// Its language.
    pub language: &'static Language,
    /// Its program.
    pub module: Module,
    /// By scope, then by name.
    names: Vec<FxHashMap<Box<str>, Vec<BindId>>>,
    fields: FxHashMap<Box<str>, Vec<BindId>>,
    /// By the scope that declares the name, then by the name.
    uses: Vec<FxHashMap<Box<str>, Uses>>,
    calls: Vec<ExprId>,
    places: FxHashMap<ExprId, BindId>,
    function_exprs: FxHashMap<FunctionId, ExprId>,
    /// Imports that no statement writes, by what they may bring in.
    undeclared: FxHashMap<Box<str>, Vec<ImportId>>,
    pub(super) mentions: Mentions,
}

/// What is done to the value that a name holds.
#[derive(Debug, Default)]
pub struct Uses {
    /// Binds of `name.field` and `name[…]`, in source order.
    pub fields: Vec<BindId>,
    /// Calls `name.method(…)`, in the order in which they were lowered.
    pub calls: Vec<ExprId>,
}

impl Unit {
    /// Indexes a module.
    #[must_use]
    pub fn new(language: &'static Language, module: Module) -> Self {
        let mut names: Vec<FxHashMap<Box<str>, Vec<BindId>>> = vec![FxHashMap::default(); module.scopes.len()];
        let mut fields: FxHashMap<Box<str>, Vec<BindId>> = FxHashMap::default();
        let mut places = FxHashMap::default();
        for id in module.bind_ids() {
            let bind = &module.binds[id.index()];
            places.insert(bind.place, id);
            match module.kind(bind.place) {
                ExprKind::Name(name) => names[bind.scope.index()].entry(name.clone()).or_default().push(id),
                ExprKind::Member { name, .. } => fields.entry(name.clone()).or_default().push(id),
                ExprKind::Index { index, .. } => {
                    if let Some(key) = module.literal(*index) {
                        fields.entry(key.into()).or_default().push(id);
                    }
                }
                _ => {}
            }
        }
        let calls = module.expr_ids().filter(|id| matches!(module.kind(*id), ExprKind::Call { .. })).collect();
        let function_exprs = module
            .expr_ids()
            .filter_map(|id| match module.kind(id) {
                ExprKind::Function(function) => Some((*function, id)),
                _ => None,
            })
            .collect();
        let mut undeclared: FxHashMap<Box<str>, Vec<ImportId>> = FxHashMap::default();
        for (index, import) in module.imports.iter().enumerate() {
            if let (ImportStyle::Beside, Some(item)) = (import.style, &import.item) {
                undeclared.entry(item.clone()).or_default().push(ImportId(index as u32));
            }
        }
        let mut unit = Unit {
            language,
            module,
            names,
            fields,
            uses: vec![],
            calls,
            places,
            function_exprs,
            undeclared,
            mentions: Mentions::default(),
        };
        unit.uses = unit.find_uses();
        unit
    }

    fn find_uses(&self) -> Vec<FxHashMap<Box<str>, Uses>> {
        let module = &self.module;
        let mut found: Vec<FxHashMap<Box<str>, Uses>> = Vec::new();
        found.resize_with(module.scopes.len(), FxHashMap::default);
        for id in module.bind_ids() {
            if let ExprKind::Index { base, .. } | ExprKind::Member { base, .. } =
                module.kind(module.binds[id.index()].place)
                && let Some((scope, name)) = self.declared(*base)
            {
                found[scope.index()].entry(name.into()).or_default().fields.push(id);
            }
        }
        for call in &self.calls {
            if let ExprKind::Call { callee, .. } = module.kind(*call)
                && let ExprKind::Member { base, .. } = module.kind(*callee)
                && let Some((scope, name)) = self.declared(*base)
            {
                found[scope.index()].entry(name.into()).or_default().calls.push(*call);
            }
        }
        found
    }

    /// The name that `at` is, or the field of an open class (`this.name`), with the scope that declares it.
    #[must_use]
    pub fn declared(&self, at: ExprId) -> Option<(ScopeId, &str)> {
        let scope = self.module.expr(at).scope;
        match self.module.kind(at) {
            ExprKind::Name(name) => Some((self.declaring_scope(scope, name)?, name)),
            ExprKind::Member { base, name, .. } if super::resolve::is_self(self.module.kind(*base)) => {
                let class = self.module.class(self.module.class_of(scope)?);
                (class.is_open && !self.binds_in(class.scope, name).is_empty()).then_some((class.scope, &**name))
            }
            _ => None,
        }
    }

    /// What is done to the value of `name`, declared in exactly this scope.
    #[must_use]
    pub fn uses(&self, scope: ScopeId, name: &str) -> Option<&Uses> {
        self.uses.get(scope.index())?.get(name)
    }

    /// The binds of `name` declared in exactly this scope, in source order.
    #[must_use]
    pub fn binds_in(&self, scope: ScopeId, name: &str) -> &[BindId] {
        self.names.get(scope.index()).and_then(|names| names.get(name)).map_or(&[], Vec::as_slice)
    }

    /// What may bring in a name that nobody declares.
    pub fn undeclared(&self, name: &str) -> impl Iterator<Item = &Import> {
        self.undeclared.get(name).into_iter().flatten().map(|id| &self.module.imports[id.index()])
    }

    /// Whether any class in it is open, so that names may come from bases and from files that are imported whole.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.module.classes.iter().any(|class| class.is_open)
    }

    /// The binds whose place is a member or literal index called `name`, whatever its base.
    #[must_use]
    pub fn field_binds(&self, name: &str) -> &[BindId] {
        self.fields.get(name).map_or(&[], Vec::as_slice)
    }

    /// All calls, in the order in which they were lowered.
    #[must_use]
    pub fn calls(&self) -> &[ExprId] {
        &self.calls
    }

    /// The expression that a lambda or function expression is.
    #[must_use]
    pub fn function_expr(&self, function: FunctionId) -> Option<ExprId> {
        self.function_exprs.get(&function).copied()
    }

    /// The bind whose place `expr` is.
    #[must_use]
    pub fn bind_of_place(&self, expr: ExprId) -> Option<BindId> {
        self.places.get(&expr).copied()
    }

    /// The scope in which `name`, read in `scope`, is declared. Scopes of classes that are not open are seen only from
    /// directly inside.
    #[must_use]
    pub fn declaring_scope(&self, scope: ScopeId, name: &str) -> Option<ScopeId> {
        let mut at = Some(scope);
        let mut first = true;
        while let Some(id) = at {
            let here = self.module.scope(id);
            let visible = match here.kind {
                crate::ir::ScopeKind::Class(class) => first || self.module.class(class).is_open,
                _ => true,
            };
            if visible && !self.binds_in(id, name).is_empty() {
                return Some(id);
            }
            first = first && matches!(here.kind, crate::ir::ScopeKind::Block);
            at = here.parent;
        }
        None
    }
}
