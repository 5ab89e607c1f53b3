//! Calls that can be left out without anybody noticing.

use super::cleanup::log;
use super::plan::Plan;
use crate::analyze::{Chain, ExprRef, FunctionRef, Program, Start, Step, Unit, is_self};
use crate::ir::{ExprId, ExprKind, ImportStyle};
use crate::rules::{Does, normal_key};

/// Whether a call can be left out without anybody noticing.
pub(super) fn is_harmless(plan: &Plan<'_, '_>, call: ExprRef, depth: u8) -> bool {
    let (program, facts) = (plan.program, &plan.analysis.facts);
    if facts.of(call).iter().any(|hit| matches!(hit.rule.does, Does::Request | Does::Exchange)) {
        return false;
    }
    let passive = [
        Does::Sign,
        Does::ReadKey,
        Does::Encode,
        Does::Decode,
        Does::JoinUrl,
        Does::Format,
        Does::Append,
        Does::Client,
    ];
    if facts.of(call).iter().any(|hit| passive.contains(&hit.rule.does)) {
        return !writes_file(program, call);
    }
    if is_step_of_sign(plan, call) {
        return true;
    }
    let ExprKind::Call { callee, .. } = program.kind(call) else { return true };
    let functions = program.functions_of(ExprRef { file: call.file, expr: *callee });
    if !functions.is_empty() && depth < 4 {
        return functions.iter().all(|function| only_computes(plan, *function, depth + 1));
    }
    let callee = ExprRef { file: call.file, expr: *callee };
    is_constructor(program, callee) || (is_pure(plan, call, callee) && !writes_file(program, call))
}

/// Whether a call makes a value of a tuple or a variant: `Claim::Text(id)`. In Rust nothing else is named so.
fn is_constructor(program: &Program, callee: ExprRef) -> bool {
    let (ExprKind::Name(name) | ExprKind::Member { name, .. }) = program.kind(callee) else { return false };
    program.is_typed(callee.file)
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.contains(|c: char| c.is_ascii_lowercase())
        && !program.slice(callee.file, program.place(callee).span).ends_with('!')
}

/// Whether a call is a step on the way to a signature: `new SignJWT(claims).setIssuer(…)`, `createSign(…).update(…)`.
fn is_step_of_sign(plan: &Plan<'_, '_>, call: ExprRef) -> bool {
    let signs = plan.analysis.facts.all(Does::Sign).filter(|hit| hit.call.file == call.file);
    signs.into_iter().any(|hit| plan.program.chain(hit.call).steps.contains(&Step::Call(call)))
}

/// Whether the rules say that a call only looks or computes, or it makes an error to be thrown.
fn is_pure(plan: &Plan<'_, '_>, call: ExprRef, callee: ExprRef) -> bool {
    let program = plan.program;
    let Some(unit) = program.unit(call.file) else { return false };
    let libraries = plan.rules.libraries.iter().filter(|library| library.language == unit.language.rules);
    let pure: Vec<&str> = libraries.flat_map(|library| &library.pure).map(String::as_str).collect();
    let by_name = match program.kind(callee) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => {
            pure.contains(&&**name) || name.ends_with("Error") || name.ends_with("Exception")
        }
        _ => false,
    };
    let chain = program.chain(callee);
    if unit.is_open() {
        return by_name
            || is_getter(program, call, &chain)
            || is_pure_path(&chain, &pure)
            || imported_whole(unit, &chain).iter().any(|chain| is_pure_path(chain, &pure));
    }
    let by_module = || match &chain.start {
        Start::Package(package) | Start::Global(package, _) => {
            // `os.path.realpath`, whether `os` or `os.path` is imported.
            let names = chain.steps.iter().map_while(|step| match step {
                Step::Name(name) => Some(&**name),
                _ => None,
            });
            let path = std::iter::once(package.as_str()).chain(names).collect::<Vec<_>>().join(".");
            let modules = pure.iter().filter_map(|pure| pure.strip_suffix(".*"));
            modules
                .into_iter()
                .any(|module| path == module || path.strip_prefix(module).is_some_and(|rest| rest.starts_with('.')))
        }
        Start::Value => false,
    };
    by_name || by_module() || looks_up(plan, call)
}

/// `get_setting(config, "adobe.private_key")`: what is asked by name for something that only a JWT needs gives it, or
/// refuses because it is not there.
fn looks_up(plan: &Plan<'_, '_>, call: ExprRef) -> bool {
    const VERBS: [&str; 7] = ["get", "read", "load", "fetch", "find", "lookup", "look_up"];
    const NOUNS: [&str; 6] = ["config", "conf", "setting", "secret", "env", "param"];
    let (program, adobe) = (plan.program, &plan.rules.adobe.config);
    let ExprKind::Call { callee, args, .. } = program.kind(call) else { return false };
    let (ExprKind::Name(name) | ExprKind::Member { name, .. }) =
        program.kind(ExprRef { file: call.file, expr: *callee })
    else {
        return false;
    };
    let name = name.to_ascii_lowercase();
    let asks = VERBS.iter().any(|verb| name.starts_with(verb)) || NOUNS.iter().any(|noun| name.ends_with(noun));
    let module = program.module(call.file);
    let key = |id: ExprId| match module.kind(id) {
        // The end of what is put together names it: `SECTION + ".private_key"`.
        ExprKind::Binary { op, right, .. } if &**op == "+" => module.literal(*right),
        _ => module.literal(id),
    };
    let only_jwt = |id: ExprId| {
        let text = key(id).unwrap_or_default();
        let last = normal_key(text.rsplit(['.', '/', ':']).next().unwrap_or_default());
        [&adobe.private_key, &adobe.technical_account, &adobe.metascopes].into_iter().any(|keys| keys.contains(&last))
    };
    asks && args.iter().any(|arg| only_jwt(arg.value))
}

/// What a chain is that begins with a class which nobody declares, for each package that the file imports whole.
fn imported_whole(unit: &Unit, chain: &Chain) -> Vec<Chain> {
    let Start::Global(name, _) = &chain.start else { return vec![] };
    let beside = unit
        .module
        .imports
        .iter()
        .filter(|import| import.style == ImportStyle::Beside && import.item.as_deref() == Some(name.as_str()));
    let of = |import: &crate::ir::Import| Chain {
        start: Start::Package(format!("{}.{name}", import.module)),
        steps: chain.steps.clone(),
    };
    beside.map(of).collect()
}

/// Whether a dotted name, with what is called on an instance behind it, is one of `pure`: `a.b.C.method`, all of the class
/// `a.b.C.*`, or all classes of the package `a.b.*`.
fn is_pure_path(chain: &Chain, pure: &[&str]) -> bool {
    let names = chain.steps.iter().filter_map(|step| match step {
        Step::Name(name) => Some(&**name),
        _ => None,
    });
    let start = match &chain.start {
        Start::Package(package) => package,
        Start::Global(name, _) => name,
        Start::Value => return false,
    };
    let path: String = std::iter::once(start.as_str()).chain(names).collect::<Vec<_>>().join(".");
    let made = format!("new {path}");
    pure.iter().any(|pure| match pure.strip_suffix('*') {
        Some(prefix) => {
            path.strip_prefix(prefix).or((prefix.strip_suffix('.') == Some(&path)).then_some("")).is_some_and(|rest| {
                let last = prefix.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
                let package = last.starts_with(char::is_lowercase);
                !package || rest.starts_with(char::is_uppercase)
            })
        }
        None => path == *pure || made == *pure,
    })
}

/// `config.private_key()`: what holds settings gives them.
fn is_config(program: &Program, callee: ExprRef) -> bool {
    let ExprKind::Member { base, .. } = program.kind(callee) else { return false };
    let (ExprKind::Name(name) | ExprKind::Member { name, .. }) =
        program.kind(ExprRef { file: callee.file, expr: *base })
    else {
        return false;
    };
    let name = name.to_ascii_lowercase();
    ["config", "conf", "cfg", "settings", "properties", "props", "options", "credentials"]
        .iter()
        .any(|word| name.ends_with(word))
}

/// `config.getKey()`, `key.isPresent()`: what is called so, without arguments, gives what the object holds. Streams and
/// answers of connections are none of it.
fn is_getter(program: &Program, call: ExprRef, chain: &Chain) -> bool {
    let ExprKind::Call { callee, args, new: false } = program.kind(call) else { return false };
    let ExprKind::Member { name, .. } = program.kind(ExprRef { file: call.file, expr: *callee }) else { return false };
    let net = matches!(&chain.start, Start::Package(package) if package.contains("net") || package.contains("http"));
    let loud = ["Stream", "Response", "Content", "Connection", "Increment", "Decrement", "Add", "Set"];
    let rest = name.strip_prefix("get").or_else(|| name.strip_prefix("is")).unwrap_or_default();
    let plain = rest.starts_with(char::is_uppercase) && !loud.iter().any(|word| rest.contains(word));
    args.is_empty() && !net && (plain || is_config(program, ExprRef { file: call.file, expr: *callee }))
}

/// Whether a call does nothing but compute a value and hand it to its callback: dropping both is not missed.
pub(super) fn feeds_callback_only(plan: &Plan<'_, '_>, call: ExprRef) -> bool {
    let ExprKind::Call { callee, .. } = plan.program.kind(call) else { return false };
    let functions = plan.program.functions_of(ExprRef { file: call.file, expr: *callee });
    !functions.is_empty() && functions.iter().all(|function| only_computes(plan, *function, 1))
}

/// Whether a function of the program does nothing but compute: every call in it is harmless, and it writes to no field.
fn only_computes(plan: &Plan<'_, '_>, function: FunctionRef, depth: u8) -> bool {
    let program = plan.program;
    let Some(unit) = program.unit(function.file) else { return false };
    let target = unit.module.function(function.function);
    // In Java nothing but the body runs.
    let span = match target.body {
        Some(body) if unit.is_open() => unit.module.block(body).span,
        None if unit.is_open() && target.class.is_some() => return true,
        _ => target.span,
    };
    let mut calls = unit.calls().iter().filter(|id| span.contains(unit.module.expr(**id).span));
    // A constructor writes to an object that nobody else has.
    let class = target.class.map(|class| unit.module.class(class));
    let makes = unit.is_open() && class.is_some_and(|class| class.constructors.contains(&function.function));
    let writes = !makes && unit.module.binds.iter().any(|bind| {
        let own =
            matches!(unit.module.kind(bind.place), ExprKind::Member { base, .. } if is_self(unit.module.kind(*base)));
        let class = matches!(unit.module.scope(bind.scope).kind, crate::ir::ScopeKind::Class(_));
        let inherits = unit.is_open() && class && unit.module.stmt(bind.stmt).scope != bind.scope;
        (own || inherits) && span.contains(bind.span)
    });
    let quiet = |id: &ExprId| {
        let call = ExprRef { file: function.file, expr: *id };
        let callee = match program.kind(call) {
            ExprKind::Call { callee, .. } => ExprRef { file: function.file, expr: *callee },
            _ => return true,
        };
        is_own_callback(unit, function, callee)
            || log::line(program.module(call.file), call.expr).is_some()
            || is_harmless(plan, call, depth)
    };
    !writes && calls.all(quiet)
}

/// Whether what is called is a parameter of the function: the caller's own callback, which it judges itself.
fn is_own_callback(unit: &Unit, function: FunctionRef, callee: ExprRef) -> bool {
    let ExprKind::Name(name) = unit.module.kind(callee.expr) else { return false };
    let params = &unit.module.function(function.function).params;
    params.iter().any(|param| param.name.as_deref() == Some(&**name))
}

/// `open(path, "w")`.
fn writes_file(program: &Program, call: ExprRef) -> bool {
    let ExprKind::Call { callee, args, .. } = program.kind(call) else { return false };
    let is_open =
        matches!(program.kind(ExprRef { file: call.file, expr: *callee }), ExprKind::Name(name) if &**name == "open");
    let mode = args.get(1).and_then(|arg| program.module(call.file).literal(arg.value));
    is_open && mode.is_some_and(|mode| mode.contains(['w', 'a', 'x', '+']))
}
