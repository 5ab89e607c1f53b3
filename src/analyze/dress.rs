//! Calls that give a value in another dress: conversions, wrappers, promises.

use super::program::{ExprRef, Program};
use crate::ir::ExprKind;

impl Program {
    /// The record whose entries a call makes one text of, each with its name:
    /// `Object.entries(form).map(([name, value]) => `${name}=${value}`).join('&')`.
    pub(super) fn joined(&self, call: ExprRef) -> Option<ExprRef> {
        let module = self.module(call.file);
        let parts = |at| match module.kind(at) {
            ExprKind::Call { callee, args, .. } => match module.kind(*callee) {
                ExprKind::Member { base, name, .. } => Some((*base, &**name, args)),
                _ => None,
            },
            _ => None,
        };
        let (mut at, "join", [sign]) = parts(call.expr).map(|(base, name, args)| (base, name, args.as_slice()))? else {
            return None;
        };
        module.literal(sign.value).filter(|sign| sign == "&")?;
        while let Some((base, name, args)) = parts(at) {
            let of_record = matches!(name, "entries" | "keys")
                && matches!(module.kind(base), ExprKind::Name(object) if **object == *"Object");
            if let (true, [record]) = (of_record, args.as_slice()) {
                return Some(ExprRef { file: call.file, expr: record.value });
            }
            at = base;
        }
        None
    }
}

/// Methods that give the same value in another dress.
pub(super) const SAME: &[&str] = &[
    "decode",
    "encode",
    "toString",
    "strip",
    "trim",
    "valueOf",
    "rstrip",
    "lstrip",
    "copy",
    "toJSON",
    "toJson",
    "unwrap",
    "replace",
    "replaceAll",
    "getBytes",
    "toCharArray",
    "toURI",
    "toURL",
    "orElse",
    "orElseThrow",
    "orElseGet",
    // Rust
    "as_bytes",
    "as_deref",
    "as_ref",
    "as_str",
    "clone",
    "context",
    "expect",
    "finish",
    "into",
    "into_bytes",
    "map_err",
    "to_owned",
    "to_string",
    "to_vec",
    "unwrap_or_default",
    "with_context",
];
/// Functions that give their first argument in another dress.
pub(super) const DRESS: &[&str] = &[
    "str",
    "String",
    "bytes",
    "dict",
    "Object",
    "deepcopy",
    "freeze",
    "resolve",
    "loads",
    "parse",
    "int",
    "float",
    "Number",
    "ByteArrayInputStream",
    "InputStreamReader",
    "StringReader",
    "BufferedReader",
    "requireNonNull",
    "ofNullable",
    "create",
    "wrap",
    "unmodifiableMap",
    "HashMap",
    "StringEntity",
    "UrlEncodedFormEntity",
    // Rust
    "from_utf8",
    "from_utf8_lossy",
    "from_str",
    "from_slice",
];
/// Of [`SAME`], those that a class has as functions of one argument too: `Strings.trim(x)`, `String.valueOf(x)`,
/// `Base64.getDecoder().decode(x)`.
pub(super) const OF_ARGUMENT: &[&str] = &["trim", "strip", "valueOf", "decode", "encode", "toString"];
/// Methods whose callback gets the value of what they are called on.
pub(super) const THEN: &[&str] = &["then", "map", "finally", "tap"];
