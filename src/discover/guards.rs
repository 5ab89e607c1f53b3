//! What a name or the first look at the bytes says about a file: never to be entered, not made by hand, not text.

/// Bytes of a file beyond which it is not searched.
pub(super) const LIMIT: u64 = 2 << 20;
/// The same for notebooks, which carry pictures, and for key files.
pub(super) const LIMIT_LARGE: u64 = 20 << 20;
/// The same for a file that the user named.
pub(super) const LIMIT_NAMED: u64 = 256 << 20;

/// A line longer than this (bytes) is not written by hand …
const LONG_LINE: usize = 5_000;
/// … if less than this part of the file is white space (Semgrep's measure), data in it left out.
const LITTLE_SPACE: f64 = 0.07;
/// A literal, or a run of letters and digits, of more bytes than this is data: a key, a picture, a certificate.
const DATA: usize = 200;

/// Folders that are never entered, each with its reason.
const FOLDERS: [(&str, &str); 15] = [
    (".git", "git's own folder"),
    (".hg", "Mercurial's own folder"),
    (".svn", "Subversion's own folder"),
    (".unjwt", "journal of unjwt"),
    ("node_modules", "installed packages"),
    ("bower_components", "installed packages"),
    ("site-packages", "installed packages"),
    (".venv", "virtual environment"),
    ("venv", "virtual environment"),
    (".tox", "virtual environment"),
    (".nox", "virtual environment"),
    ("__pycache__", "compiled files"),
    ("target", "build output"),
    (".mypy_cache", "cache"),
    (".gradle", "cache"),
];

/// Folders whose files are searched, but never edited.
const MADE: [(&str, &str); 5] = [
    ("dist", "in dist"),
    ("vendor", "vendored"),
    ("_vendor", "vendored"),
    ("third_party", "vendored"),
    (".yarn", "vendored"),
];

const LOCKS: [&str; 10] = [
    "package-lock.json",
    "npm-shrinkwrap.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "poetry.lock",
    "pipfile.lock",
    "uv.lock",
    "pdm.lock",
    "cargo.lock",
    "gradle.lockfile",
];

const KEY_ENDINGS: [&str; 7] = ["pem", "key", "p12", "pfx", "der", "p8", "pk8"];

/// Text that is one long line by its nature: not called minified for it.
const DATA_ENDINGS: [&str; 8] = ["json", "ipynb", "yml", "yaml", "toml", "env", "md", "txt"];

/// Why a folder of this name is not entered.
pub(super) fn folder(name: &str) -> Option<&'static str> {
    FOLDERS.iter().find(|(folder, _)| *folder == name).map(|(_, why)| *why)
}

/// Whether a file of this name holds a key: `*.pem`, `*.key`, `*.p12`, …
#[must_use]
pub fn is_key_file(path: &str) -> bool {
    is_ending(path, &KEY_ENDINGS)
}

/// Whether a file of this name holds settings for the environment: `.env`, `.env.local`, `prod.env`, `.envrc`.
#[must_use]
pub fn is_env_file(path: &str) -> bool {
    name(path).starts_with(".env") || is_ending(path, &["env"])
}

/// Whether a file of this name says which variables of the environment a program is given: `docker-compose.yml`, `env.example`.
pub(super) fn declares_environment(path: &str) -> bool {
    const NAMES: [&str; 8] = [
        "serverless.yml",
        "serverless.yaml",
        ".gitlab-ci.yml",
        "azure-pipelines.yml",
        "bitbucket-pipelines.yml",
        "buildspec.yml",
        "Dockerfile",
        "env",
    ];
    let file = name(path);
    let yaml = file.strip_suffix(".yml").or_else(|| file.strip_suffix(".yaml"));
    let composed = yaml.is_some_and(|stem| stem.starts_with("docker-compose") || stem.starts_with("compose"));
    NAMES.contains(&file) || composed || file.starts_with("env.")
}

/// The folder of the project that a workflow belongs to: `.github/workflows/deploy.yml`, `.circleci/config.yml`.
pub(super) fn project_of_workflow(path: &str) -> Option<&str> {
    let (folder, file) = path.rsplit_once('/')?;
    let yaml = file.ends_with(".yml") || file.ends_with(".yaml");
    let of = [".github/workflows", ".circleci"].into_iter().find_map(|own| folder.strip_suffix(own));
    of.filter(|of| yaml && (of.is_empty() || of.ends_with('/'))).map(|of| of.trim_end_matches('/'))
}

/// Whether a file of this name says which packages a project needs.
#[must_use]
pub fn is_manifest(path: &str) -> bool {
    const NAMES: [&str; 16] = [
        "package.json",
        "tsconfig.json",
        "pyproject.toml",
        "setup.py",
        "setup.cfg",
        "Pipfile",
        "environment.yml",
        "environment.yaml",
        "go.mod",
        "Gemfile",
        "composer.json",
        "packages.config",
        "Directory.Packages.props",
        "Package.swift",
        "pom.xml",
        "Cargo.toml",
    ];
    const ENDINGS: [&str; 4] = ["csproj", "fsproj", "vbproj", "gemspec"];
    let file = name(path);
    let listed = ["requirements", "constraints"].iter().any(|start| file.starts_with(start));
    let gradle = [".gradle", ".gradle.kts", ".versions.toml"].iter().any(|end| file.ends_with(end));
    NAMES.contains(&file) || is_ending(path, &ENDINGS) || gradle || (listed && is_ending(path, &["txt", "in"]))
}

/// Whether a file of this name says which version of a language a project runs on.
#[must_use]
pub(super) fn tells_runtime(path: &str) -> bool {
    ["Dockerfile", ".python-version", "runtime.txt", ".nvmrc", ".node-version"].contains(&name(path))
}

/// How many bytes of it are read.
pub(super) fn limit(path: &str, named: bool) -> u64 {
    match () {
        () if named => LIMIT_NAMED,
        () if is_key_file(path) || is_ending(path, &["ipynb"]) => LIMIT_LARGE,
        () => LIMIT,
    }
}

/// Why bytes are not text, judged by their beginning.
pub(super) fn not_text(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return Some("UTF-16 text");
    }
    head.contains(&0).then_some("binary")
}

/// Why a file is not made by hand.
pub(super) fn generated(path: &str, bytes: &[u8]) -> Option<&'static str> {
    by_name(path).or_else(|| by_content(path, bytes))
}

fn by_name(path: &str) -> Option<&'static str> {
    let mut folders = path.split('/').rev().skip(1);
    if let Some(why) = folders.find_map(|name| MADE.iter().find(|(folder, _)| *folder == name)) {
        return Some(why.1);
    }
    let file = name(path).to_ascii_lowercase();
    match () {
        () if LOCKS.contains(&file.as_str()) => Some("lock file"),
        () if file.contains(".min.") => Some("minified"),
        () if file.ends_with(".map") => Some("source map"),
        () => None,
    }
}

fn by_content(path: &str, bytes: &[u8]) -> Option<&'static str> {
    let head = &bytes[..bytes.len().min(2048)];
    let says = |words: &[u8]| head.windows(words.len()).any(|window| window == words);
    // The marker is put together here so that this file does not carry it.
    if says(concat!("@", "generated").as_bytes()) || (says(b"Code generated ") && says(b"DO NOT EDIT")) {
        return Some("generated");
    }
    let data = is_ending(path, &DATA_ENDINGS) || is_key_file(path);
    (!data && is_minified(bytes)).then_some("minified")
}

fn is_minified(bytes: &[u8]) -> bool {
    let mut is_long = false;
    let (mut all, mut space) = (0, 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let code = if line.len() <= LONG_LINE { Code::of(line) } else { Code::without_data(line) };
        is_long |= code.bytes > LONG_LINE;
        all += code.bytes;
        space += code.space;
    }
    is_long && (space as f64) < LITTLE_SPACE * all as f64
}

/// How much of a line is code.
#[derive(Default)]
struct Code {
    bytes: usize,
    space: usize,
}

impl Code {
    fn of(bytes: &[u8]) -> Code {
        Code { bytes: bytes.len(), space: bytes.iter().filter(|byte| byte.is_ascii_whitespace()).count() }
    }

    /// Of a line whose data does not count: a hand puts a long literal into a file, too. A map back to the sources is no
    /// such data, for a tool has put it there.
    fn without_data(line: &[u8]) -> Code {
        if line.starts_with(b"//# sourceMappingURL=") {
            return Code::of(line);
        }
        let mut code = Code::default();
        let mut at = 0;
        while at < line.len() {
            let len = token(&line[at..]);
            if len <= DATA {
                let part = Code::of(&line[at..at + len]);
                code.bytes += part.bytes;
                code.space += part.space;
            }
            at += len;
        }
        code
    }
}

/// How long what a line begins with is: a literal, a run of what Base64 and hexadecimal numbers are made of, one byte.
fn token(line: &[u8]) -> usize {
    match line[0] {
        quote @ (b'"' | b'\'' | b'`') => literal(line, quote).unwrap_or(1),
        b'\\' => line.len().min(2),
        first if is_data(first) => line.iter().position(|byte| !is_data(*byte)).unwrap_or(line.len()),
        _ => 1,
    }
}

/// Up to the quote that closes it.
fn literal(line: &[u8], quote: u8) -> Option<usize> {
    let mut at = 1;
    while *line.get(at)? != quote {
        at += if line[at] == b'\\' { 2 } else { 1 };
    }
    Some(at + 1)
}

fn is_data(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-')
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a name ends with a dot and one of these, in either letter case.
fn is_ending(path: &str, endings: &[&str]) -> bool {
    let ending = name(path).rsplit_once('.').map_or("", |(_, ending)| ending);
    endings.iter().any(|other| other.eq_ignore_ascii_case(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_nobody_writes_by_hand_are_known() {
        let wide = "a=1;".repeat(2_000);
        let roomy = "a = 1; ".repeat(2_000);
        let data = "TUlJ/+9=".repeat(1_000);
        let in_quotes = format!("const KEY = '{data}';\nsign(KEY);\n");
        let in_block = format!("KEY = \"\"\"\n{data}\n\"\"\"\nsign(KEY)\n");
        let html = format!("page = \"{}\"\n", "<b>it\\'s</b>".repeat(1_000));
        let many = format!("x = [{}]\n", format!("'{data}',").repeat(5));
        let both = format!("a('{data}');{wide}");
        let mapped = format!("a=1;\n//# sourceMappingURL=data:application/json;base64,{data}");
        let names = format!("f({})", "'ab',".repeat(2_000));
        let unclosed = format!("don't {wide}");
        let marked = concat!("// @", "generated by x\nlet a;");
        let cases = [
            ("a.js", wide.as_str(), Some("minified")),
            ("a.js", roomy.as_str(), None),
            ("a.js", in_quotes.as_str(), None),
            ("a.py", in_block.as_str(), None),
            ("a.py", html.as_str(), None),
            ("a.py", many.as_str(), None),
            ("a.js", both.as_str(), Some("minified")),
            ("a.js", mapped.as_str(), Some("minified")),
            ("a.js", names.as_str(), Some("minified")),
            ("a.js", unclosed.as_str(), Some("minified")),
            ("a.ipynb", wide.as_str(), None),
            ("a.js", marked, Some("generated")),
            ("web/dist/a.js", "a", Some("in dist")),
            ("dist.js", "a", None),
            ("distance/a.js", "a", None),
            ("a.min.js", "a", Some("minified")),
            ("x/package-lock.json", "{}", Some("lock file")),
            ("empty.py", "", None),
        ];
        for (path, text, want) in cases {
            assert_eq!(generated(path, text.as_bytes()), want, "{path}");
        }
    }

    #[test]
    fn names_say_what_a_file_holds() {
        assert!(is_key_file("a/Private.KEY") && is_key_file("cert.p12") && !is_key_file("key.py"));
        assert!(
            is_env_file(".env") && is_env_file("x/.env.local") && is_env_file("prod.env") && !is_env_file("env.py")
        );
        assert!(is_manifest("a/requirements-dev.txt") && is_manifest("package.json"));
        assert!(!is_manifest("requirements.py") && !is_manifest("my-package.json"));
    }
}
