//! What a name or the first look at the bytes says about a file: never to be entered, not made by hand, not text.

/// Bytes of a file beyond which it is not searched.
pub(super) const LIMIT: u64 = 2 << 20;
/// The same for notebooks, which carry pictures, and for key files.
pub(super) const LIMIT_LARGE: u64 = 20 << 20;
/// The same for a file that the user named.
pub(super) const LIMIT_NAMED: u64 = 256 << 20;

/// A line longer than this (bytes) is not written by hand …
const LONG_LINE: usize = 5_000;
/// … if less than this part of the file is white space (Semgrep's measure).
const LITTLE_SPACE: f64 = 0.07;

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
    KEY_ENDINGS.contains(&ending(path).as_str())
}

/// Whether a file of this name holds settings for the environment: `.env`, `.env.local`, `prod.env`, `.envrc`.
#[must_use]
pub fn is_env_file(path: &str) -> bool {
    name(path).starts_with(".env") || ending(path) == "env"
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
    NAMES.contains(&file)
        || ENDINGS.contains(&ending(path).as_str())
        || gradle
        || (listed && matches!(ending(path).as_str(), "txt" | "in"))
}

/// How many bytes of it are read.
pub(super) fn limit(path: &str, named: bool) -> u64 {
    match () {
        () if named => LIMIT_NAMED,
        () if is_key_file(path) || ending(path) == "ipynb" => LIMIT_LARGE,
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
    let data = DATA_ENDINGS.contains(&ending(path).as_str()) || is_key_file(path);
    (!data && is_minified(bytes)).then_some("minified")
}

fn is_minified(bytes: &[u8]) -> bool {
    if bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= LONG_LINE) {
        return false;
    }
    let space = bytes.iter().filter(|byte| byte.is_ascii_whitespace()).count();
    (space as f64) < LITTLE_SPACE * bytes.len() as f64
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn ending(path: &str) -> String {
    name(path).rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_nobody_writes_by_hand_are_known() {
        let wide = "a=1;".repeat(2_000);
        let roomy = "a = 1; ".repeat(2_000);
        let marked = concat!("// @", "generated by x\nlet a;");
        let cases = [
            ("a.js", wide.as_str(), Some("minified")),
            ("a.js", roomy.as_str(), None),
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
