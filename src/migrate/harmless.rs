//! Calls that can be left out without anybody noticing.

use crate::analyze::{ExprRef, Facts, FunctionRef, Program, is_self};
use crate::ir::ExprKind;
use crate::rules::Does;

/// Functions and methods of the languages themselves that only look or compute. What libraries do is in the rules.
const HARMLESS: &[&str] = &[
    "len",
    "int",
    "str",
    "float",
    "bool",
    "dict",
    "list",
    "tuple",
    "set",
    "bytes",
    "round",
    "floor",
    "ceil",
    "abs",
    "min",
    "max",
    "isinstance",
    "now",
    "utcnow",
    "time",
    "timedelta",
    "timestamp",
    "datetime",
    "fromtimestamp",
    "today",
    "total_seconds",
    "unix",
    "moment",
    "add",
    "subtract",
    "valueOf",
    "getTime",
    "Date",
    "Math",
    "decode",
    "encode",
    "strip",
    "rstrip",
    "lstrip",
    "trim",
    "split",
    "join",
    "format",
    "replace",
    "replaceAll",
    "lower",
    "upper",
    "toLowerCase",
    "toUpperCase",
    "startswith",
    "endswith",
    "get",
    "getenv",
    "getInput",
    "items",
    "keys",
    "values",
    "entries",
    "map",
    "filter",
    "reduce",
    "forEach",
    "concat",
    "slice",
    "includes",
    "indexOf",
    "stringify",
    "parse",
    "loads",
    "dumps",
    "from",
    "toString",
    "String",
    "Number",
    "expanduser",
    "expandvars",
    "abspath",
    "dirname",
    "resolve",
    "basename",
    "exists",
    "existsSync",
    "Path",
    "read",
    "read_text",
    "read_bytes",
    "readlines",
    "readline",
    "open",
    "readFileSync",
    "readFile",
    "close",
    "promisify",
    "b64decode",
    "b64encode",
    "safe_load",
    "load",
    "require",
    "uuid4",
    "strftime",
    "isoformat",
    "Object",
    "assign",
    "Boolean",
    "Array",
    "isArray",
    "URLSearchParams",
    "FormData",
    "Buffer",
    "Request",
    "cast",
    "URLSearchParams",
    "FormData",
    "Buffer",
    "Request",
    "zip",
    "enumerate",
    "range",
    "sorted",
    "print_function",
    "copy",
    "deepcopy",
    "update",
    // Rust
    "as_bytes",
    "as_deref",
    "as_ref",
    "as_secs",
    "as_str",
    "clone",
    "collect",
    "context",
    "default",
    "digest",
    "duration_since",
    "expect",
    "from_secs",
    "into",
    "iter",
    "map_err",
    "new",
    "to_owned",
    "to_string",
    "to_vec",
    "unwrap",
    "unwrap_or_default",
    "with_context",
];

/// Whether a call can be left out without anybody noticing.
pub(super) fn is_harmless(program: &Program, facts: &Facts<'_>, call: ExprRef, depth: u8) -> bool {
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
    let ExprKind::Call { callee, .. } = program.kind(call) else { return true };
    let functions = program.functions_of(ExprRef { file: call.file, expr: *callee });
    if !functions.is_empty() && depth < 4 {
        return functions.iter().all(|function| only_computes(program, facts, *function, depth + 1));
    }
    match program.kind(ExprRef { file: call.file, expr: *callee }) {
        ExprKind::Name(name) | ExprKind::Member { name, .. } => {
            HARMLESS.contains(&&**name) && !writes_file(program, call)
        }
        _ => false,
    }
}

/// Whether a function of the program does nothing but compute: every call in it is harmless, and it writes to no field.
fn only_computes(program: &Program, facts: &Facts<'_>, function: FunctionRef, depth: u8) -> bool {
    let Some(unit) = program.unit(function.file) else { return false };
    let span = unit.module.function(function.function).span;
    let calls = unit.calls().iter().filter(|id| span.contains(unit.module.expr(**id).span));
    let writes = unit.module.binds.iter().any(|bind| {
        let own =
            matches!(unit.module.kind(bind.place), ExprKind::Member { base, .. } if is_self(unit.module.kind(*base)));
        own && span.contains(bind.span)
    });
    !writes
        && calls.into_iter().all(|id| is_harmless(program, facts, ExprRef { file: function.file, expr: *id }, depth))
}

/// `open(path, "w")`.
fn writes_file(program: &Program, call: ExprRef) -> bool {
    let ExprKind::Call { callee, args, .. } = program.kind(call) else { return false };
    let is_open =
        matches!(program.kind(ExprRef { file: call.file, expr: *callee }), ExprKind::Name(name) if &**name == "open");
    let mode = args.get(1).and_then(|arg| program.module(call.file).literal(arg.value));
    is_open && mode.is_some_and(|mode| mode.contains(['w', 'a', 'x', '+']))
}
