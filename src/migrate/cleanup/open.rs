//! Classes whose members are statements and reach each other by their bare names ([open](crate::ir::Class::is_open)): what
//! others than the code in view may look at.

use super::Context;
use super::names::last_name;
use crate::ir::{Bind, ClassId, ExprId, ExprKind, FunctionId, How, ImportStyle, Module, ScopeKind, StmtId, StmtKind};
use crate::text::Span;

/// Annotations that say nothing about who else uses a field or method: those that fill a field from a setting, and those
/// for readers and tools.
const PLAIN: [&str; 10] = [
    "Value",
    "ConfigProperty",
    "Deprecated",
    "SuppressWarnings",
    "Nullable",
    "NonNull",
    "NotNull",
    "Nonnull",
    "SneakyThrows",
    "VisibleForTesting",
];

/// Annotations of a class that do not look at its fields.
const CLASS_PLAIN: [&str; 22] = [
    "Component",
    "Service",
    "Repository",
    "Controller",
    "RestController",
    "Configuration",
    "ApplicationScoped",
    "RequestScoped",
    "Singleton",
    "Named",
    "Slf4j",
    "Log4j2",
    "CommonsLog",
    "Deprecated",
    "SuppressWarnings",
    "Designate",
    "Injectable",
    "Resolver",
    "injectable",
    "singleton",
    "autoInjectable",
    "scoped",
];

/// Whether a field or method of an open class is used, or may be, by somebody who does not name it here: it lives with its
/// class then.
pub(super) fn is_looked_at(context: &Context, class: ClassId, bind: &Bind) -> bool {
    let module = context.module;
    let class = module.class(class);
    let other = |plain: &[&str], decorators: &[ExprId]| {
        let is_plain = |id: &ExprId| decorator(module, *id).is_some_and(|name| plain.contains(&name));
        !decorators.iter().all(is_plain)
    };
    match bind.how {
        How::Function(function) => {
            let decorators = &module.function(function).decorators;
            let inherited = !class.bases.is_empty() && !is_private(context, bind);
            other(&PLAIN, decorators) || inherited || module.function(function).name.as_deref() == Some("main")
        }
        // A new value for a field that is declared elsewhere.
        How::Assign if module.stmt(bind.stmt).scope != bind.scope => false,
        How::Assign => {
            let made = bind.value.map(|value| module.kind(value));
            let constant = |callee: ExprId| matches!(module.kind(callee), ExprKind::Class(_));
            let is_constant = matches!(made, Some(ExprKind::Call { callee, .. }) if constant(*callee));
            other(&PLAIN, &bind.decorators) || other(&CLASS_PLAIN, &class.decorators) || is_constant
        }
        _ => false,
    }
}

/// Whether a statement stands right in an open class: what it gives a value to is a field that it declares.
pub(super) fn declares_field(module: &Module, stmt: StmtId) -> bool {
    matches!(module.scope(module.stmt(stmt).scope).kind, ScopeKind::Class(class) if module.class(class).is_open)
}

/// Whether an expression is an annotation: it does nothing by itself.
pub(super) fn is_annotation(context: &Context, expr: ExprId) -> bool {
    let open = context.module.classes.iter().any(|class| class.is_open);
    open && context.file.slice(context.module.expr(expr).span).starts_with('@')
}

/// Whether a function is a method of an open class.
pub(super) fn is_member(context: &Context, function: FunctionId) -> bool {
    let module = context.module;
    module.function(function).class.is_some_and(|class| module.class(class).is_open)
}

/// Whether a bind stands for a name that is written with its module where it is used: it declares nothing.
pub(super) fn is_inline(module: &Module, bind: &Bind) -> bool {
    matches!(bind.how, How::Import(import) if module.imports[import.index()].style == ImportStyle::Inline)
}

/// Whether a class has an annotation that may look at its fields.
pub(super) fn is_decorated(context: &Context, class: ClassId) -> bool {
    let module = context.module;
    if module.class(class).decorators.is_empty() {
        let mut stmts = module.stmts.iter().filter(|stmt| stmt.kind == StmtKind::Class(class));
        return stmts.any(|stmt| context.file.slice(stmt.span).starts_with('@'));
    }
    let mut names = module.class(class).decorators.iter().map(|id| decorator(module, *id));
    names.any(|name| name.is_none_or(|name| !CLASS_PLAIN.contains(&name)))
}

/// Whether a member is declared `private`.
pub(super) fn is_private(context: &Context, bind: &Bind) -> bool {
    let (start, end) = (context.module.stmt(bind.stmt).span.start, context.module.expr(bind.place).span.start);
    let head = context.file.slice(Span { start, end });
    head.split(|c: char| !c.is_alphanumeric()).any(|word| word == "private")
}

fn decorator(module: &Module, id: ExprId) -> Option<&str> {
    match module.kind(id) {
        ExprKind::Call { callee, .. } => last_name(module, *callee),
        _ => last_name(module, id),
    }
}
