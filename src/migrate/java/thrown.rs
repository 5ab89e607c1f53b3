//! What a call may throw: a handler of a checked exception that nothing throws is an error (Java Language Specification
//! 11.2.3), so a handler whose last thrower goes must go too.

use crate::analyze::{ExprRef, Program, Start, Step};
use crate::ir::ExprKind;

/// Calls of the class library, and of what is used like it, with the checked exception that their documentation names:
/// the last name called (`new` before a class), what must stand in the chain before it, the exception.
/// <https://docs.oracle.com/en/java/javase/21/docs/api/>, <https://hc.apache.org/>, <https://www.bouncycastle.org/docs/pkixdocs1.8on/>
const THROWERS: &[(&str, &str, &str)] = &[
    ("execute", "", "IOException"),
    ("openConnection", "", "IOException"),
    ("openStream", "", "IOException"),
    ("getInputStream", "", "IOException"),
    ("getOutputStream", "", "IOException"),
    ("getResponseCode", "", "IOException"),
    ("getResponseMessage", "", "IOException"),
    ("getContent", "", "IOException"),
    ("returnContent", "", "IOException"),
    ("returnResponse", "", "IOException"),
    ("asString", "org.apache", "IOException"),
    ("connect", "", "IOException"),
    ("write", "", "IOException"),
    ("writeBytes", "", "IOException"),
    ("writeUTF", "", "IOException"),
    ("writeTo", "", "IOException"),
    ("flush", "", "IOException"),
    ("close", "", "IOException"),
    ("read", "", "IOException"),
    ("readLine", "", "IOException"),
    ("readAllBytes", "", "IOException"),
    ("readNBytes", "", "IOException"),
    ("readFully", "", "IOException"),
    ("readString", "", "IOException"),
    ("readAllLines", "", "IOException"),
    ("lines", "java.nio", "IOException"),
    ("size", "java.nio", "IOException"),
    ("newBufferedReader", "", "IOException"),
    ("newInputStream", "", "IOException"),
    ("readObject", "", "IOException"),
    ("readPemObject", "", "IOException"),
    ("readValue", "", "IOException"),
    ("readTree", "", "IOException"),
    ("writeValueAsString", "", "JsonProcessingException"),
    ("send", "", "IOException"),
    ("send", "", "InterruptedException"),
    ("string", "", "IOException"),
    ("bytes", "", "IOException"),
    ("toString", "EntityUtils", "IOException"),
    ("toString", "EntityUtils", "ParseException"),
    ("toString", "IOUtils", "IOException"),
    ("toByteArray", "Utils", "IOException"),
    ("toByteArray", "ByteStreams", "IOException"),
    ("toString", "CharStreams", "IOException"),
    ("readFileToString", "", "IOException"),
    ("readFileToByteArray", "", "IOException"),
    ("consume", "", "IOException"),
    ("copy", "", "IOException"),
    ("load", "", "IOException"),
    ("load", "java.security", "NoSuchAlgorithmException"),
    ("load", "java.security", "CertificateException"),
    ("setRequestMethod", "", "ProtocolException"),
    ("new URL", "", "MalformedURLException"),
    ("toURL", "", "MalformedURLException"),
    ("encode", "URLEncoder", "UnsupportedEncodingException"),
    ("decode", "URLDecoder", "UnsupportedEncodingException"),
    ("getBytes", "", "UnsupportedEncodingException"),
    ("new String", "", "UnsupportedEncodingException"),
    ("new UrlEncodedFormEntity", "", "UnsupportedEncodingException"),
    ("new StringEntity", "", "UnsupportedEncodingException"),
    ("new InputStreamReader", "", "UnsupportedEncodingException"),
    ("new OutputStreamWriter", "", "UnsupportedEncodingException"),
    ("new FileReader", "", "FileNotFoundException"),
    ("new FileInputStream", "", "FileNotFoundException"),
    ("new Scanner", "", "FileNotFoundException"),
    ("getInstance", "KeyFactory", "NoSuchAlgorithmException"),
    ("getInstance", "MessageDigest", "NoSuchAlgorithmException"),
    ("getInstance", "Signature", "NoSuchAlgorithmException"),
    ("getInstance", "KeyPairGenerator", "NoSuchAlgorithmException"),
    ("getInstance", "SecureRandom", "NoSuchAlgorithmException"),
    ("getInstance", "javax.", "NoSuchAlgorithmException"),
    ("getInstance", "javax.", "NoSuchPaddingException"),
    ("getInstance", "KeyStore", "KeyStoreException"),
    ("getInstance", "CertificateFactory", "CertificateException"),
    ("getInstance", "", "NoSuchProviderException"),
    ("generateCertificate", "", "CertificateException"),
    ("generatePrivate", "", "InvalidKeySpecException"),
    ("generatePublic", "", "InvalidKeySpecException"),
    ("generateSecret", "", "InvalidKeySpecException"),
    ("initSign", "", "InvalidKeyException"),
    ("initVerify", "", "InvalidKeyException"),
    ("init", "javax.crypto", "InvalidKeyException"),
    ("init", "SSLContext", "KeyManagementException"),
    ("init", "ManagerFactory", "KeyStoreException"),
    ("loadTrustMaterial", "", "NoSuchAlgorithmException"),
    ("loadTrustMaterial", "", "KeyStoreException"),
    ("build", "SSLContext", "NoSuchAlgorithmException"),
    ("build", "SSLContext", "KeyManagementException"),
    ("sign", "java.security", "SignatureException"),
    ("update", "java.security", "SignatureException"),
    ("verify", "java.security", "SignatureException"),
    ("doFinal", "", "BadPaddingException"),
    ("doFinal", "", "IllegalBlockSizeException"),
    ("getKey", "java.security", "UnrecoverableKeyException"),
    ("getKey", "java.security", "NoSuchAlgorithmException"),
    ("getKey", "java.security", "KeyStoreException"),
    ("getCertificate", "java.security", "KeyStoreException"),
    ("aliases", "java.security", "KeyStoreException"),
    ("new URI", "", "URISyntaxException"),
    ("new URIBuilder", "", "URISyntaxException"),
    ("build", "URIBuilder", "URISyntaxException"),
    ("toURI", "", "URISyntaxException"),
    ("sleep", "", "InterruptedException"),
    ("join", "java.lang", "InterruptedException"),
    ("await", "", "InterruptedException"),
    ("get", "concurrent", "InterruptedException"),
    ("get", "concurrent", "ExecutionException"),
    ("sign", "com.nimbusds", "JOSEException"),
    ("toRSAKey", "", "JOSEException"),
    ("toPrivateKey", "", "JOSEException"),
    ("toRSAPrivateKey", "", "JOSEException"),
    ("parseFromPEMEncodedObjects", "", "JOSEException"),
    ("parse", "", "ParseException"),
    ("getCompactSerialization", "", "JoseException"),
    ("decryptPrivateKeyInfo", "", "PKCSException"),
    ("build", "org.bouncycastle", "OperatorCreationException"),
    ("asJson", "com.mashape", "UnirestException"),
    ("asString", "com.mashape", "UnirestException"),
    ("asObject", "com.mashape", "UnirestException"),
    ("asJson", "com.mashape", "UnirestException"),
];

/// Exceptions of the class library below others: the class, and what it extends, up to `Exception`.
const BELOW: &[(&str, &str)] = &[
    ("FileNotFoundException", "IOException"),
    ("UnsupportedEncodingException", "IOException"),
    ("MalformedURLException", "IOException"),
    ("ProtocolException", "IOException"),
    ("UnknownHostException", "IOException"),
    ("SocketException", "IOException"),
    ("ConnectException", "SocketException"),
    ("SocketTimeoutException", "IOException"),
    ("NoSuchFileException", "IOException"),
    ("ClientProtocolException", "IOException"),
    ("HttpTimeoutException", "IOException"),
    ("JsonProcessingException", "IOException"),
    ("JsonParseException", "JsonProcessingException"),
    ("JsonMappingException", "JsonProcessingException"),
    ("NoSuchAlgorithmException", "GeneralSecurityException"),
    ("NoSuchProviderException", "GeneralSecurityException"),
    ("NoSuchPaddingException", "GeneralSecurityException"),
    ("InvalidKeySpecException", "GeneralSecurityException"),
    ("KeyException", "GeneralSecurityException"),
    ("InvalidKeyException", "KeyException"),
    ("KeyManagementException", "KeyException"),
    ("SignatureException", "GeneralSecurityException"),
    ("KeyStoreException", "GeneralSecurityException"),
    ("UnrecoverableKeyException", "GeneralSecurityException"),
    ("CertificateException", "GeneralSecurityException"),
    ("BadPaddingException", "GeneralSecurityException"),
    ("IllegalBlockSizeException", "GeneralSecurityException"),
];

/// Handlers of these compile whatever their `try` throws: checked ones above all others, and unchecked ones.
const ANY: [&str; 12] = [
    "Exception",
    "Throwable",
    "Error",
    "RuntimeException",
    "IllegalArgumentException",
    "IllegalStateException",
    "NullPointerException",
    "NumberFormatException",
    "ClassCastException",
    "SecurityException",
    "UncheckedIOException",
    "DateTimeParseException",
];

/// Whether a handler of this class compiles whatever its `try` throws.
pub(super) fn is_any(name: &str) -> bool {
    ANY.contains(&name) || name.ends_with("RuntimeException")
}

/// Whether something thrown may land in a handler, as far as the compiler tells: one class is the other, or above it.
pub(super) fn is_related(thrown: &str, caught: &str) -> bool {
    is_below(thrown, caught) || is_below(caught, thrown)
}

fn is_below(class: &str, above: &str) -> bool {
    let mut at = class;
    for _ in 0..4 {
        if at == above {
            return true;
        }
        match BELOW.iter().find(|(class, _)| *class == at) {
            Some((_, base)) => at = base,
            None => return false,
        }
    }
    false
}

/// Whether a call is documented, or declared in view, to throw what a handler of `caught` takes. `None` where nothing is
/// known of the call.
pub(super) fn may_throw(program: &Program, call: ExprRef, caught: &str) -> Option<bool> {
    let ExprKind::Call { callee, args, new } = program.kind(call) else { return Some(false) };
    let callee = ExprRef { file: call.file, expr: *callee };
    let functions = program.functions_of(callee);
    if !functions.is_empty() {
        return Some(functions.iter().any(|function| {
            let target = program.module(function.file).function(function.function);
            declared(program.slice(function.file, target.span)).any(|thrown| is_related(thrown, caught))
        }));
    }
    let (ExprKind::Name(name) | ExprKind::Member { name, .. }) = program.kind(callee) else { return None };
    let simple = name.rsplit('.').next().unwrap_or(name);
    let called = if *new { format!("new {simple}") } else { simple.to_owned() };
    let path = path(program, call, callee);
    let first = args.first().map(|arg| program.source(ExprRef { file: call.file, expr: arg.value }));
    let last = args.last().map(|arg| program.source(ExprRef { file: call.file, expr: arg.value }));
    let mut known = false;
    for (thrower, within, thrown) in THROWERS.iter().filter(|(thrower, ..)| *thrower == called) {
        if !path.contains(within) {
            continue;
        }
        known = true;
        let charset =
            last.is_some_and(|arg| arg.contains("UTF_8") && !arg.contains("name()") || arg.contains("Consts."));
        let fits = match *thrown {
            // A charset that is an object is always there.
            "UnsupportedEncodingException" => match *thrower {
                "getBytes" => last.is_some_and(|_| !charset),
                "new String" | "new InputStreamReader" | "new OutputStreamWriter" => args.len() > 1 && !charset,
                "new UrlEncodedFormEntity" | "new StringEntity" | "encode" | "decode" => !charset,
                _ => true,
            },
            "NoSuchProviderException" => args.len() > 1 && last.is_some_and(|arg| arg.starts_with('"')),
            "FileNotFoundException" if *thrower == "new Scanner" => first.is_some_and(|arg| arg.contains("File(")),
            _ => true,
        };
        if fits && is_related(thrown, caught) {
            return Some(true);
        }
    }
    let computes = path.starts_with("java.") || path.starts_with("String") || path.starts_with("System");
    // Only what has to do with keys throws what keys throw.
    let secret = is_below(caught, "GeneralSecurityException");
    let near = ["security", "crypto", "ssl", "bouncycastle", "jose", "jwt", "jsonwebtoken"];
    let far = secret && !near.iter().any(|word| path.to_ascii_lowercase().contains(word));
    let resolved = !matches!(program.chain(callee).start, Start::Value);
    // What an object holds is given without ado.
    let lower = simple.to_ascii_lowercase();
    let given =
        args.is_empty() && !["key", "sign", "jwt", "cert", "crypt", "ssl"].iter().any(|word| lower.contains(word));
    (known || computes || (far && (resolved || given))).then_some(false)
}

/// The dotted names of a chain, or its text where nothing is known of its start.
fn path(program: &Program, call: ExprRef, callee: ExprRef) -> String {
    let chain = program.chain(callee);
    let start = match &chain.start {
        Start::Package(package) => package.clone(),
        Start::Global(name, _) => name.clone(),
        Start::Value => return program.source(call).split('(').next().unwrap_or_default().to_owned(),
    };
    let names = chain.steps.iter().filter_map(|step| match step {
        Step::Name(name) => Some(name.to_string()),
        _ => None,
    });
    std::iter::once(start).chain(names).collect::<Vec<_>>().join(".")
}

/// The simple names in the `throws` clause of a method.
fn declared(source: &str) -> impl Iterator<Item = &str> {
    let head = source.split('{').next().unwrap_or_default();
    let clause = head.rsplit_once(" throws ").or_else(|| head.rsplit_once("\tthrows ")).map_or("", |(_, list)| list);
    clause
        .split(',')
        .map(|class| class.trim().trim_end_matches(';').trim())
        .map(|class| class.rsplit('.').next().unwrap_or(class))
}
