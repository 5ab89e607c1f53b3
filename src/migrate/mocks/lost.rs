//! What the program has no more after its rewrite, as its tests may still name it.

use super::patched::parts;
use crate::analyze::{Place, Unit, is_self};
use crate::ir::ExprKind;
use crate::migrate::draft::Draft;
use crate::migrate::plan::Plan;
use crate::migrate::sweep;
use crate::rules::Does;
use crate::text::FileId;
use std::collections::{BTreeMap, BTreeSet};

/// What is gone, and where the rest is.
pub(super) struct Lost {
    /// The files of the program that are no tests, by the last part of their module's path.
    files: BTreeMap<String, Vec<FileId>>,
    /// Packages that the program imported, and does no more.
    pub(super) modules: BTreeSet<String>,
    /// Functions that go, and share their name with none that stays.
    pub(super) functions: BTreeSet<String>,
    /// Fields that go, `this.auth`, and share their name with none that stays.
    pub(super) fields: BTreeSet<String>,
}

impl Lost {
    /// What goes with a draft, outside of the tests.
    pub(super) fn of(plan: &Plan<'_, '_>, tests: &[(FileId, &Unit)], draft: &Draft) -> Self {
        let program = plan.program;
        let mut lost = Lost {
            files: BTreeMap::new(),
            modules: BTreeSet::new(),
            functions: BTreeSet::new(),
            fields: BTreeSet::new(),
        };
        if tests.is_empty() {
            return lost;
        }
        let tests: BTreeSet<FileId> = tests.iter().map(|(file, _)| *file).collect();
        let own: Vec<(FileId, &Unit)> = program.units().filter(|(file, _)| !tests.contains(file)).collect();
        for (file, _) in &own {
            let name = parts(program, *file).last().map(|name| (*name).to_owned());
            lost.files.entry(name.unwrap_or_default()).or_default().push(*file);
        }
        lost.modules = modules(plan, &own, draft);
        lost.functions = functions(&own, draft);
        lost.fields = fields(&own, draft);
        lost
    }

    /// The files whose module's path may end in `path`.
    pub(super) fn files(&self, path: &[String]) -> &[FileId] {
        path.last().and_then(|name| self.files.get(name)).map_or(&[], Vec::as_slice)
    }
}

fn modules(plan: &Plan<'_, '_>, own: &[(FileId, &Unit)], draft: &Draft) -> BTreeSet<String> {
    let (mut lost, mut kept) = (BTreeSet::new(), BTreeSet::new());
    for (file, unit) in own {
        for import in unit.module.imports.iter().filter(|import| !import.module.starts_with('.')) {
            let away = sweep::is_swept(draft, Place { file: *file, span: import.span });
            if away { &mut lost } else { &mut kept }.insert(import.module.to_string());
        }
    }
    // What is part of the runtime or sends requests is stood in for in many tests; only what makes the token is told of.
    let ours = |module: &String| {
        plan.rules.libraries.iter().any(|library| {
            let makes = library.adobe || library.calls.iter().any(|call| call.does == Does::Sign);
            makes && library.packages.contains(module)
        })
    };
    lost.difference(&kept).filter(|module| ours(module)).cloned().collect()
}

fn functions(own: &[(FileId, &Unit)], draft: &Draft) -> BTreeSet<String> {
    let (mut lost, mut kept) = (BTreeSet::new(), BTreeSet::new());
    for (file, function) in own.iter().flat_map(|(file, unit)| unit.module.functions.iter().map(move |it| (*file, it)))
    {
        let Some(name) = &function.name else { continue };
        let away = sweep::is_swept(draft, Place { file, span: function.span });
        if away { &mut lost } else { &mut kept }.insert(name.to_string());
    }
    lost.difference(&kept).cloned().collect()
}

fn fields(own: &[(FileId, &Unit)], draft: &Draft) -> BTreeSet<String> {
    let (mut lost, mut kept) = (BTreeSet::new(), BTreeSet::new());
    for (file, unit) in own {
        let module = &unit.module;
        for bind in &module.binds {
            let ExprKind::Member { base, name, .. } = module.kind(bind.place) else { continue };
            let away = is_self(module.kind(*base)) && sweep::is_swept(draft, Place { file: *file, span: bind.span });
            if away { &mut lost } else { &mut kept }.insert(name.to_string());
        }
    }
    lost.difference(&kept).cloned().collect()
}
