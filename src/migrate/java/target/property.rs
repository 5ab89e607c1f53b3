//! What a value is in the settings of Spring: a text with placeholders, `${adobe.client-id}`.

use super::fixed::{annotation, uses};
use crate::analyze::{Def, ExprRef, Program};
use crate::ir::{Bind, ExprKind, How, StmtKind};
use crate::text::{FileId, Span};

const MAX_DEPTH: u8 = 8;

/// The value as a text of a settings file.
///
/// # Errors
/// Why there is none, in words.
pub(super) fn property(program: &Program, at: ExprRef) -> Result<String, String> {
    let text = text(program, at, 0)?;
    // A client without an id keeps the application from starting, where the old code only failed when it was used.
    match text.contains(":}") || text.trim().is_empty() {
        true => Err(format!("`{}` may be empty, which Spring Boot does not put up with", program.source(at))),
        false => Ok(text),
    }
}

fn text(program: &Program, at: ExprRef, depth: u8) -> Result<String, String> {
    let unknown = || Err(format!("`{}` comes from no setting that is in view", program.source(at)));
    if depth > MAX_DEPTH {
        return unknown();
    }
    let of = |expr| text(program, ExprRef { file: at.file, expr }, depth + 1);
    let module = program.module(at.file);
    match program.kind(at) {
        ExprKind::Text(_) => match module.literal(at.expr) {
            Some(known) if !known.contains("${") && !known.contains('\n') => Ok(known.to_string()),
            _ => unknown(),
        },
        ExprKind::Binary { op, left, right } if &**op == "+" => Ok(of(*left)? + &of(*right)?),
        ExprKind::Opaque(parts) if parts.len() == 1 => of(parts[0]),
        ExprKind::Call { callee, args, new: false } => {
            let callee = ExprRef { file: at.file, expr: *callee };
            let ExprKind::Member { base, name, .. } = program.kind(callee) else { return unknown() };
            let base = ExprRef { file: at.file, expr: *base };
            let args: Vec<_> = args.iter().map(|arg| arg.value).collect();
            let class = program.declared_class(base).map(|class| program.source(class));
            let of_environment = program.source(base) == "System"
                || class.is_some_and(|class| matches!(class, "Environment" | "ConfigurableEnvironment"));
            match (&**name, args.as_slice()) {
                ("getenv" | "getProperty" | "getRequiredProperty", [key]) if of_environment => {
                    Ok(format!("${{{}}}", of(*key)?))
                }
                ("getProperty", [key, default]) if of_environment => {
                    Ok(format!("${{{}:{}}}", of(*key)?, of(*default)?))
                }
                ("create" | "requireNonNull" | "valueOf", [one]) => of(*one),
                (_, []) => getter(program, callee, base).map_or_else(unknown, Ok),
                _ => unknown(),
            }
        }
        ExprKind::Name(_) | ExprKind::Member { .. } => named(program, at, depth).unwrap_or_else(unknown),
        _ => unknown(),
    }
}

fn named(program: &Program, at: ExprRef, depth: u8) -> Option<Result<String, String>> {
    let module = program.module(at.file);
    let holder = program.holder(at)?;
    let (_, binds) = uses(program, &holder);
    if let Some(known) = binds.iter().find_map(|bind| injected(program, at.file, bind)) {
        return Some(Ok(known));
    }
    let given: Vec<&Bind> = binds.into_iter().filter(|bind| bind.value.is_some()).collect();
    let [bind] = given.as_slice() else { return None };
    (bind.how == How::Assign).then_some(())?;
    let is_field = module.function_of(holder.scope).is_none();
    let constant = is_field || module.function_of(module.stmt(bind.stmt).scope) == module.function_of(holder.scope);
    constant.then_some(())?;
    Some(text(program, ExprRef { file: at.file, expr: bind.value? }, depth + 1))
}

/// What `@Value("${…}")` says of a field or parameter.
fn injected(program: &Program, file: FileId, bind: &Bind) -> Option<String> {
    let module = program.module(file);
    let value = bind.decorators.iter().find(|one| annotation(program, file, **one) == "Value")?;
    let ExprKind::Call { args, .. } = module.kind(*value) else { return None };
    let text = module.literal(args.first()?.value)?;
    (!text.contains("#{")).then(|| text.to_string())
}

/// The setting behind a getter of a class of settings: its prefix, and the field's name in the form of settings.
fn getter(program: &Program, callee: ExprRef, base: ExprRef) -> Option<String> {
    let (file, class, field) = match program.functions_of(callee).as_slice() {
        [function] => {
            let module = program.module(function.file);
            let target = module.function(function.function);
            let [one] = target.body.map(|body| module.block(body).stmts.as_slice())? else { return None };
            let ([given], StmtKind::Return) = (target.returns.as_slice(), module.stmt(*one).kind) else { return None };
            let holder = program.holder(ExprRef { file: function.file, expr: *given })?;
            module.function_of(holder.scope).is_none().then_some(())?;
            (function.file, target.class?, holder.name.to_string())
        }
        [] => {
            let ExprKind::Member { name, .. } = program.kind(callee) else { return None };
            let declared = program.declared_class(base)?;
            let found = program.meanings(declared, 0).into_iter().find_map(|def| match def {
                Def::Class(file, class) => Some((file, class)),
                _ => None,
            })?;
            let field = match name.strip_prefix("get") {
                Some(rest) if rest.starts_with(char::is_uppercase) => rest[..1].to_ascii_lowercase() + &rest[1..],
                _ => name.to_string(),
            };
            (found.0, found.1, field)
        }
        _ => return None,
    };
    let module = program.module(file);
    let target = module.class(class);
    let settings =
        target.decorators.iter().find(|one| annotation(program, file, **one) == "ConfigurationProperties")?;
    let ExprKind::Call { args, .. } = module.kind(*settings) else { return None };
    let prefix = module.literal(
        args.iter().find(|arg| arg.name.as_deref().is_none_or(|name| matches!(name, "prefix" | "value")))?.value,
    )?;
    let key = format!("{prefix}.{}", dashed(&field));
    let declared = module.binds.iter().find(|bind| {
        bind.scope == target.scope && matches!(module.kind(bind.place), ExprKind::Name(name) if **name == *field)
    });
    match declared {
        None if declared_in_head(program, file, target.span, &field) == Some(None) => Some(format!("${{{key}}}")),
        None if let Some(Some(default)) = declared_in_head(program, file, target.span, &field) => {
            Some(format!("${{{key}:{default}}}"))
        }
        None => None,
        Some(bind) => match bind.value {
            None => Some(format!("${{{key}}}")),
            Some(value) => Some(format!("${{{key}:{}}}", module.literal(value)?)),
        },
    }
}

/// Whether the head of a record has a component of that name, and the default that `@DefaultValue` gives it.
fn declared_in_head(program: &Program, file: FileId, class: Span, field: &str) -> Option<Option<String>> {
    let head = program.slice(file, class).split('{').next()?;
    let (_, components) = head.split_once("record ")?.1.split_once('(')?;
    let is_it = |piece: &&str| piece.trim_end().trim_end_matches(')').split_whitespace().next_back() == Some(field);
    let piece = components.split(',').find(is_it)?;
    if !piece.contains('@') {
        return Some(None);
    }
    let default = piece.split_once("@DefaultValue(\"")?.1.split('"').next()?;
    (piece.matches('@').count() == 1).then(|| Some(default.to_owned()))
}

/// `clientId` → `client-id`: <https://docs.spring.io/spring-boot/reference/features/external-config.html>.
fn dashed(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
