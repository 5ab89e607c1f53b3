//! Calls that give a value in another dress: conversions, wrappers, promises.

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
];
/// Of [`SAME`], those that a class has as functions of one argument too: `Strings.trim(x)`, `String.valueOf(x)`,
/// `Base64.getDecoder().decode(x)`.
pub(super) const OF_ARGUMENT: &[&str] = &["trim", "strip", "valueOf", "decode", "encode", "toString"];
/// Methods whose callback gets the value of what they are called on.
pub(super) const THEN: &[&str] = &["then", "map", "finally", "tap"];
