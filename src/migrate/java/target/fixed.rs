//! Whether a value is the same for as long as an object lives: only then what is kept for it can be kept with the object.

use crate::analyze::{Def, ExprRef, FunctionRef, Holder, Program};
use crate::ir::{Bind, ClassId, ExprId, ExprKind, How, StmtKind};
use crate::migrate::java::is_private;
use crate::text::{FileId, Span};

const MAX_DEPTH: u8 = 10;
/// Functions and methods that give the same for the same values.
const PLAIN: [&str; 17] = [
    "getenv",
    "getProperty",
    "getRequiredProperty",
    "resolvePlaceholders",
    "trim",
    "strip",
    "toString",
    "concat",
    "replace",
    "replaceAll",
    "format",
    "formatted",
    "join",
    "requireNonNull",
    "create",
    "valueOf",
    "encode",
];
/// Annotations with which a bean is made anew, for each user or at any time.
const SCOPES: [&str; 5] = ["Scope", "RequestScope", "SessionScope", "RefreshScope", "ApplicationScope"];
/// Lombok's, by which a class has a getter for each field: <https://projectlombok.org/features/>.
const GETTERS: [&str; 3] = ["Data", "Getter", "Value"];
const NAMES_OF_ENVIRONMENT: [&str; 3] = ["System", "Environment", "ConfigurableEnvironment"];

/// The name of an annotation.
pub(super) fn annotation(program: &Program, file: FileId, decorator: ExprId) -> &str {
    let source = program.source(ExprRef { file, expr: decorator });
    source.split('(').next().unwrap_or_default().trim_start_matches('@').rsplit('.').next().unwrap_or_default().trim()
}

/// Why the objects of a class are no lasting holders of anything.
pub(super) fn short_lived(program: &Program, file: FileId, class: ClassId) -> Option<String> {
    let decorators = &program.module(file).class(class).decorators;
    let scope = decorators.iter().map(|one| annotation(program, file, *one)).find(|name| SCOPES.contains(name))?;
    Some(format!("its class is a bean of `@{scope}`"))
}

/// All reads of a field, `this.name` among them, and all binds of it.
pub(super) fn uses<'p>(program: &'p Program, holder: &Holder) -> (Vec<ExprRef>, Vec<&'p Bind>) {
    let module = program.module(holder.file);
    let (mut reads, mut binds) = (vec![], vec![]);
    for expr in module.expr_ids() {
        let is_it = match module.kind(expr) {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => **name == *holder.name,
            _ => false,
        };
        let at = ExprRef { file: holder.file, expr };
        if !is_it || program.holder(at).as_ref() != Some(holder) {
            continue;
        }
        // A method of that name is another thing.
        let up = module.expr(expr).parent.map(|parent| module.kind(parent));
        if matches!(up, Some(ExprKind::Call { callee, .. }) if *callee == expr) {
            continue;
        }
        match module.binds.iter().find(|bind| bind.place == expr) {
            Some(bind) if matches!(bind.how, How::Function(_) | How::Class(_) | How::Import(_)) => {}
            Some(bind) => {
                binds.push(bind);
                if bind.how == How::Augment {
                    reads.push(at);
                }
            }
            None => reads.push(at),
        }
    }
    (reads, binds)
}

/// Whether a value is the same each time.
///
/// # Errors
/// Why not, in words.
pub(super) fn fixed(program: &Program, at: ExprRef) -> Result<(), String> {
    value(program, at, 0)
}

fn value(program: &Program, at: ExprRef, depth: u8) -> Result<(), String> {
    let changes = || Err(format!("`{}` may be another one each time", program.source(at)));
    if depth > MAX_DEPTH {
        return changes();
    }
    let of = |expr| value(program, ExprRef { file: at.file, expr }, depth + 1);
    match program.kind(at) {
        ExprKind::Text(_) | ExprKind::Number(_) | ExprKind::Bool(_) | ExprKind::Null => Ok(()),
        ExprKind::Binary { left, right, .. } => of(*left).and_then(|()| of(*right)),
        ExprKind::Opaque(parts) => parts.iter().try_for_each(|part| of(*part)),
        ExprKind::Choice { options, tested } => options.iter().chain(tested).try_for_each(|part| of(*part)),
        ExprKind::Name(_) | ExprKind::Member { .. } => named(program, at, depth),
        ExprKind::Call { callee, args, new: false } => {
            let callee = ExprRef { file: at.file, expr: *callee };
            let ExprKind::Member { base, name, .. } = program.kind(callee) else { return changes() };
            let base = ExprRef { file: at.file, expr: *base };
            let is_class = program.source(base).starts_with(char::is_uppercase);
            if PLAIN.contains(&&**name) && (is_class || value(program, base, depth + 1).is_ok()) {
                return args.iter().try_for_each(|arg| of(arg.value));
            }
            if args.is_empty() && !is_class {
                return value(program, base, depth + 1).and_then(|()| getter(program, at, callee, base));
            }
            changes()
        }
        _ => changes(),
    }
}

/// A constant, a field that is given its value when the object is made, a local name for such a value.
fn named(program: &Program, at: ExprRef, depth: u8) -> Result<(), String> {
    let source = program.source(at);
    let changes = || Err(format!("`{source}` may be another one each time"));
    let Some(holder) = program.holder(at) else {
        let last = source.rsplit('.').next().unwrap_or(source);
        let constant = last.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        return if constant { Ok(()) } else { changes() };
    };
    let module = program.module(at.file);
    let (_, binds) = uses(program, &holder);
    if let Some(function) = module.function_of(holder.scope) {
        let [bind] = binds.as_slice() else { return changes() };
        let here = FunctionRef { file: at.file, function };
        return match (&bind.how, bind.value) {
            (How::Param(_, index), _) => {
                let owner = module.function(function);
                let is_constructor =
                    owner.class.is_some_and(|class| module.class(class).constructors.contains(&function));
                let callers = program.callers(here);
                match callers {
                    _ if is_constructor => Ok(()),
                    [caller] if is_private(program, here) => match program.argument(*caller, here, *index) {
                        Some(given) => value(program, given, depth + 1),
                        None => changes(),
                    },
                    _ => Err(format!("`{source}` is a parameter: each caller may give another one")),
                }
            }
            (How::Assign, Some(given)) => value(program, ExprRef { file: at.file, expr: given }, depth + 1),
            _ => changes(),
        };
    }
    let class = module.class_of(holder.scope);
    let configured = class.is_some_and(|class| {
        let decorators = &module.class(class).decorators;
        decorators.iter().any(|one| annotation(program, at.file, *one) == "ConfigurationProperties")
    });
    for bind in binds {
        let function = module.function_of(module.stmt(bind.stmt).scope);
        let made = function.is_none_or(|function| {
            let owner = module.function(function);
            class.is_some_and(|class| module.class(class).constructors.contains(&function))
                || owner.decorators.iter().any(|one| annotation(program, at.file, *one) == "Autowired")
                || (configured && owner.name.as_deref().is_some_and(|name| name.starts_with("set")))
        });
        if !made {
            return changes();
        }
    }
    Ok(())
}

/// A method without arguments that gives nothing but a field.
fn getter(program: &Program, at: ExprRef, callee: ExprRef, base: ExprRef) -> Result<(), String> {
    let changes = || Err(format!("`{}` may be another one each time", program.source(at)));
    let functions = program.functions_of(callee);
    if !functions.is_empty() {
        let plain = functions.iter().all(|function| {
            let module = program.module(function.file);
            let target = module.function(function.function);
            let scoped = target.class.and_then(|class| short_lived(program, function.file, class));
            let body = target.body.map(|body| module.block(body).stmts.as_slice());
            let only = matches!(body, Some([one]) if module.stmt(*one).kind == StmtKind::Return);
            let given = target.returns.iter().all(|expr| {
                let given = ExprRef { file: function.file, expr: *expr };
                program.holder(given).is_some_and(|holder| module.function_of(holder.scope).is_none())
            });
            scoped.is_none() && only && given && !target.returns.is_empty()
        });
        return if plain { Ok(()) } else { changes() };
    }
    let class = program.declared_class(base);
    if class.is_some_and(|class| NAMES_OF_ENVIRONMENT.contains(&program.source(class))) {
        return Ok(());
    }
    let known = class.into_iter().flat_map(|class| program.meanings(class, 0)).any(|def| match def {
        Def::Class(file, class) => {
            let module = program.module(file);
            let target = module.class(class);
            let head = program.slice(file, target.span).split('{').next().unwrap_or_default();
            let is_record = head.split_whitespace().any(|word| word == "record");
            let has_getters = target.decorators.iter().any(|one| GETTERS.contains(&annotation(program, file, *one)));
            (is_record || has_getters) && short_lived(program, file, class).is_none()
        }
        _ => false,
    });
    if known { Ok(()) } else { changes() }
}

/// The words before the name of a field or method.
pub(super) fn modifiers(program: &Program, file: FileId, from: u32, to: u32) -> Vec<&str> {
    let text = program.slice(file, Span { start: from, end: to.max(from) });
    text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect()
}
