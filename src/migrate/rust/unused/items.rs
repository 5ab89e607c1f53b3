//! Functions, constants, types and modules that lost their last user, with the tests of them.

use super::mentions::{Mention, Mentions};
use super::{delete, is_gone, package};
use crate::analyze::{Place, Program, Unit};
use crate::ir::{Bind, ClassId, ExprKind, How, ImportStyle, StmtId, StmtKind};
use crate::migrate::draft::Draft;
use crate::migrate::plan::Plan;
use crate::migrate::rust::units;
use crate::text::{FileId, Overlap, Span};

/// Deletes them. Gives the files that changed.
pub(super) fn sweep(plan: &Plan<'_, '_>, mentions: &Mentions, draft: &mut Draft) -> Result<Vec<FileId>, Overlap> {
    let program = plan.program;
    let mut changed = vec![];
    for (file, unit) in units(program) {
        for bind in &unit.module.binds {
            if let Some(item) = Item::of(unit, file, bind) {
                changed.extend(item.sweep(program, mentions, draft));
            }
        }
        changed.extend(modules(program, mentions, file, unit, draft));
        changed.extend(conversions(plan, mentions, file, unit, draft));
        changed.extend(hollow(program, file, unit, draft));
    }
    Ok(changed)
}

/// A declaration by its name.
struct Item<'a> {
    unit: &'a Unit,
    file: FileId,
    name: &'a str,
    stmt: StmtId,
    class: Option<ClassId>,
    /// For a method: the class that it is of.
    of: Option<&'a str>,
}

impl<'a> Item<'a> {
    fn of(unit: &'a Unit, file: FileId, bind: &Bind) -> Option<Self> {
        let module = &unit.module;
        let ExprKind::Name(name) = module.kind(bind.place) else { return None };
        let stmt = module.stmt(bind.stmt);
        let own = match (&bind.how, stmt.kind) {
            (How::Function(function), StmtKind::Function(own)) => *function == own,
            (How::Class(class), StmtKind::Class(own)) => *class == own,
            (How::Assign, StmtKind::Bind) => module.function_of(stmt.scope).is_none() && bind.scope == stmt.scope,
            _ => false,
        };
        if !own || &**name == "main" {
            return None;
        }
        let class = match bind.how {
            How::Class(class) => Some(class),
            _ => None,
        };
        let around = module.parent_stmt(bind.stmt);
        let of = around.and_then(|around| match module.stmt(around).kind {
            StmtKind::Class(class) => module.class(class).name.as_deref(),
            _ => None,
        });
        // What a trait asks for is used by whoever uses the trait.
        let by_trait = around.is_some_and(|around| is_of_trait(unit, around));
        (!by_trait).then_some(Item { unit, file, name, stmt: bind.stmt, class, of })
    }

    fn sweep(&self, program: &Program, mentions: &Mentions, draft: &mut Draft) -> Vec<FileId> {
        let spans = self.spans();
        if is_gone(draft, self.file, spans[0]) {
            return vec![];
        }
        let ours = |mention: &&Mention| self.may_mean(program, mention);
        let all: Vec<&Mention> = mentions.get(self.name).iter().filter(ours).collect();
        let is_own =
            |mention: &Mention| mention.file == self.file && spans.iter().any(|own| own.contains(mention.span));
        if !all.iter().any(|mention| mention.gone && !is_own(mention)) {
            return vec![];
        }
        let left: Vec<&Mention> = all.into_iter().filter(|mention| !mention.gone && !is_own(mention)).collect();
        let tests: Vec<Option<StmtId>> = left.iter().map(|mention| test_around(program, mention)).collect();
        if tests.iter().any(Option::is_none) {
            return vec![];
        }
        if package::is_exposed(program, self.file, self.stmt) {
            let at = Place { file: self.file, span: self.unit.module.stmt(self.stmt).span };
            draft.review(
                at,
                format!(
                    "`{}` is public and nobody here uses it any more: delete it, if other packages do not either",
                    self.name
                ),
            );
            return vec![];
        }
        let mut changed = vec![];
        for (mention, test) in left.iter().zip(tests.into_iter().flatten()) {
            if delete(program, mention.file, test, draft) {
                changed.push(mention.file);
            }
        }
        for stmt in self.stmts() {
            if delete(program, self.file, stmt, draft) {
                changed.push(self.file);
            }
        }
        changed
    }

    /// The declaration first, then what gives methods to a class.
    fn stmts(&self) -> Vec<StmtId> {
        let module = &self.unit.module;
        let mut all = vec![self.stmt];
        if let Some(class) = self.class {
            let of_class = |id: &StmtId| *id != self.stmt && module.stmt(*id).kind == StmtKind::Class(class);
            all.extend((0..module.stmts.len() as u32).map(StmtId).filter(of_class));
        }
        all
    }

    fn spans(&self) -> Vec<Span> {
        self.stmts().into_iter().map(|stmt| self.unit.module.stmt(stmt).span).collect()
    }

    /// Whether a mention may mean this one: `Other::new` is no method of ours.
    fn may_mean(&self, program: &Program, mention: &Mention) -> bool {
        let (Some(class), Some(expr)) = (self.of, mention.expr) else { return true };
        let module = program.module(mention.file);
        let ExprKind::Member { base, .. } = module.kind(expr) else { return true };
        let named = match module.kind(*base) {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => &**name,
            _ => return true,
        };
        !named.starts_with(|c: char| c.is_ascii_uppercase()) || named == class || named == "Self"
    }
}

/// Whether a statement is a trait, or gives a class what a trait asks for.
pub(super) fn is_of_trait(unit: &Unit, stmt: StmtId) -> bool {
    let module = &unit.module;
    let StmtKind::Class(class) = module.stmt(stmt).kind else { return false };
    let declares = module.binds.iter().any(|bind| bind.stmt == stmt && bind.how == How::Class(class));
    let by_base = module.class(class).bases.iter().any(|base| module.expr(*base).stmt == stmt);
    let with_fields = module.types.members.iter().any(|member| member.class == class);
    by_base || (declares && !with_fields && !module.stmt(stmt).blocks.is_empty() && !is_module(unit, class))
}

/// Whether a class is a module that is written in the file.
fn is_module(unit: &Unit, class: ClassId) -> bool {
    unit.module.class(class).name.as_deref().is_some_and(|name| name.starts_with(|c: char| c.is_lowercase()))
}

/// The test that a mention stands in.
fn test_around(program: &Program, mention: &Mention) -> Option<StmtId> {
    let module = program.module(mention.file);
    let is_test = |id: &StmtId| {
        let stmt = module.stmt(*id);
        let text = program.slice(mention.file, stmt.span);
        let head = text.split("fn ").next().unwrap_or_default();
        matches!(stmt.kind, StmtKind::Function(_))
            && stmt.span.contains(mention.span)
            && head.contains("#[")
            && ["#[test]", "::test]", "::test(", "#[rstest"].iter().any(|word| head.contains(word))
    };
    (0..module.stmts.len() as u32).map(StmtId).find(is_test)
}

/// `mod x;` of a file that nobody else speaks of any more: the file goes, and with it its own modules.
fn modules(program: &Program, mentions: &Mentions, file: FileId, unit: &Unit, draft: &mut Draft) -> Vec<FileId> {
    let mut changed = vec![];
    for import in &unit.module.imports {
        let stmt = import.stmt;
        let declares = import.style == ImportStyle::Static
            && import.item.is_none()
            && (import.module.starts_with("self.") || import.module.starts_with("./"));
        let Some(target) = program.import_target(file, &import.module).filter(|_| declares) else { continue };
        let said: Vec<&Mention> =
            mentions.get(&import.local).iter().filter(|it| it.span != import.span || it.file != file).collect();
        let own = |mention: &&&Mention| mention.file == target;
        if is_gone(draft, file, import.span)
            || !said.iter().any(|mention| mention.gone)
            || said.iter().filter(|mention| !own(mention)).any(|mention| !mention.gone)
            || package::is_exposed(program, file, stmt)
            || implements_for_others(program, target)
        {
            continue;
        }
        if delete(program, file, stmt, draft) {
            changed.push(file);
            changed.extend(whole_file(program, target, draft, 0));
        }
    }
    changed
}

/// Whether a file gives methods or traits to a class that it does not declare.
fn implements_for_others(program: &Program, file: FileId) -> bool {
    let module = program.module(file);
    module.stmts.iter().any(|stmt| {
        let StmtKind::Class(class) = stmt.kind else { return false };
        !module.binds.iter().any(|bind| bind.how == How::Class(class))
    })
}

fn whole_file(program: &Program, file: FileId, draft: &mut Draft, depth: u8) -> Vec<FileId> {
    let Some(unit) = program.unit(file).filter(|_| depth < 8) else { return vec![] };
    let all: Vec<StmtId> = unit.module.blocks.first().map(|block| block.stmts.clone()).unwrap_or_default();
    draft.stmts.insert(file, all);
    let mut changed = vec![file];
    for import in
        unit.module.imports.iter().filter(|import| import.module.starts_with("self.") && import.item.is_none())
    {
        if let Some(inner) = program.import_target(file, &import.module).filter(|inner| *inner != file) {
            changed.extend(whole_file(program, inner, draft, depth + 1));
        }
    }
    changed
}

/// `impl From<jsonwebtoken::errors::Error> for Error`, where nobody else speaks of that library any more.
fn conversions(plan: &Plan<'_, '_>, mentions: &Mentions, file: FileId, unit: &Unit, draft: &mut Draft) -> Vec<FileId> {
    let module = &unit.module;
    let mut changed = vec![];
    for number in 0..module.stmts.len() as u32 {
        let stmt = StmtId(number);
        let span = module.stmt(stmt).span;
        if !matches!(module.stmt(stmt).kind, StmtKind::Class(_))
            || !is_of_trait(unit, stmt)
            || is_gone(draft, file, span)
        {
            continue;
        }
        let head = plan.program.slice(file, span).split('{').next().unwrap_or_default();
        if head.contains("From<")
            && super::fields::only_of_jwt(
                plan,
                mentions,
                file,
                Span::new(span.start as usize, span.start as usize + head.len()),
                draft,
            )
            && super::fields::makes_idle(plan.program, mentions, file, span, draft)
            && delete(plan.program, file, stmt, draft)
        {
            changed.push(file);
        }
    }
    changed
}

/// What gave methods to a class, or held tests, and holds nothing any more.
fn hollow(program: &Program, file: FileId, unit: &Unit, draft: &mut Draft) -> Vec<FileId> {
    let module = &unit.module;
    let mut changed = vec![];
    for number in 0..module.stmts.len() as u32 {
        let stmt = StmtId(number);
        let StmtKind::Class(class) = module.stmt(stmt).kind else { continue };
        let declares = module.binds.iter().any(|bind| bind.stmt == stmt && bind.how == How::Class(class));
        if (declares && !is_module(unit, class)) || is_of_trait(unit, stmt) {
            continue;
        }
        let inner: Vec<StmtId> =
            module.stmt(stmt).blocks.iter().flat_map(|block| module.block(*block).stmts.clone()).collect();
        let of_use = |id: &StmtId| module.stmt(*id).kind == StmtKind::Import;
        let left = inner.iter().filter(|id| !of_use(id)).any(|id| !is_gone(draft, file, module.stmt(*id).span));
        if !inner.iter().all(of_use) && !left && delete(program, file, stmt, draft) {
            changed.push(file);
        }
    }
    changed
}
