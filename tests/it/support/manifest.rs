//! Do the manifests of a project name what its code imports? All cases share one set of installed packages, so running
//! the program does not show it.
use super::Tree;

/// An import, and the distribution that a manifest must name for it. `leaves`: it has no other use here, so it goes with
/// its last import.
struct Package {
    import: &'static str,
    distributions: &'static [&'static str],
    leaves: bool,
}

const PYTHON: &[Package] = &[
    Package { import: "jwt", distributions: &["pyjwt", "\"jwt>"], leaves: true },
    Package { import: "jose", distributions: &["python-jose"], leaves: true },
    Package { import: "jwcrypto", distributions: &["jwcrypto"], leaves: true },
    Package { import: "aiohttp", distributions: &["aiohttp"], leaves: false },
    Package { import: "urllib3", distributions: &["urllib3"], leaves: false },
    Package { import: "requests", distributions: &["requests"], leaves: false },
    Package { import: "httpx", distributions: &["httpx"], leaves: false },
    Package { import: "authlib", distributions: &["authlib"], leaves: true },
    Package { import: "authlib.integrations.requests_client", distributions: &["requests"], leaves: false },
    Package { import: "authlib.integrations.httpx_client", distributions: &["httpx", "httpx2"], leaves: false },
];

const NODE: &[Package] = &[
    Package { import: "jsonwebtoken", distributions: &["\"jsonwebtoken\""], leaves: true },
    Package { import: "jose", distributions: &["\"jose\""], leaves: true },
    Package { import: "jsrsasign", distributions: &["\"jsrsasign\""], leaves: true },
    Package { import: "jwt-simple", distributions: &["\"jwt-simple\""], leaves: true },
    Package { import: "openid-client", distributions: &["\"openid-client\""], leaves: true },
    Package { import: "form-data", distributions: &["\"form-data\""], leaves: true },
    Package { import: "got", distributions: &["\"got\""], leaves: false },
    Package { import: "needle", distributions: &["\"needle\""], leaves: false },
    Package { import: "superagent", distributions: &["\"superagent\""], leaves: false },
    Package { import: "@adobe/jwt-auth", distributions: &["\"@adobe/jwt-auth\""], leaves: true },
    Package { import: "passport-oauth2", distributions: &["\"passport-oauth2\""], leaves: true },
    Package { import: "axios", distributions: &["\"axios\""], leaves: false },
    Package { import: "node-fetch", distributions: &["\"node-fetch\""], leaves: false },
    Package { import: "request", distributions: &["\"request\""], leaves: false },
];

const JAVA: &[Package] = &[
    Package { import: "io.jsonwebtoken", distributions: &["jjwt"], leaves: true },
    Package { import: "com.auth0.jwt", distributions: &["java-jwt"], leaves: true },
    Package { import: "com.nimbusds", distributions: &["nimbus-jose-jwt"], leaves: true },
    Package {
        import: "org.springframework.security",
        distributions: &[
            "spring-security-oauth2-client",
            "spring-boot-starter-security",
            "spring-boot-starter-oauth2-client",
        ],
        leaves: false,
    },
];

/// What comes along with a package: its import, the import of what comes, and what else would bring that. The package
/// stays where it is imported.
const BROUGHT: &[(&str, &str, &str)] = &[("io.jsonwebtoken", "com.fasterxml.jackson", "jackson-")];

const MANIFESTS: &[&str] = &[
    "package.json",
    "requirements.txt",
    "pyproject.toml",
    "setup.py",
    "setup.cfg",
    "Pipfile",
    "environment.yml",
    "pom.xml",
];

/// What is wrong with the manifests of a project; empty when they are right.
pub(crate) fn mistakes(project: &Tree) -> Vec<String> {
    let python = project.keys().any(|path| path.ends_with(".py"));
    let java = project.keys().any(|path| path.ends_with(".java"));
    let (packages, imports): (_, fn(&str, &str) -> bool) = match (python, java) {
        (true, _) => (PYTHON, imports_python),
        (_, true) => (JAVA, imports_java),
        _ => (NODE, imports_node),
    };
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let named = text(project, |path| MANIFESTS.contains(&name(path).as_str())).to_lowercase();
    let code =
        text(project, |path| [".py", ".js", ".mjs", ".cjs", ".ts", ".java"].iter().any(|end| path.ends_with(end)));
    let mut wrong = Vec::new();
    for package in packages {
        let used = code.lines().any(|line| imports(line, package.import));
        let listed = package.distributions.iter().any(|name| named.contains(name));
        if used && !listed {
            wrong.push(format!("`{}` is imported, but no manifest names it", package.import));
        }
        let brings = BROUGHT.iter().any(|(import, module, other)| {
            *import == package.import && code.lines().any(|line| imports(line, module)) && !named.contains(other)
        });
        if !used && listed && package.leaves && !brings {
            wrong.push(format!("`{}` is in a manifest, but nothing imports it", package.import));
        }
    }
    wrong
}

fn text(project: &Tree, wanted: impl Fn(&str) -> bool) -> String {
    let files = project.iter().filter(|(path, _)| wanted(path));
    files.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned() + "\n").collect()
}

fn imports_python(line: &str, name: &str) -> bool {
    let rest = line.trim_start().strip_prefix("import ").or_else(|| line.trim_start().strip_prefix("from "));
    let next = rest.and_then(|rest| rest.strip_prefix(name));
    next.is_some_and(|next| !next.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
}

fn imports_node(line: &str, name: &str) -> bool {
    let quoted = [format!("'{name}'"), format!("\"{name}\"")];
    quoted.iter().any(|quoted| line.contains(&format!("require({quoted}")) || line.contains(&format!("from {quoted}")))
}

fn imports_java(line: &str, name: &str) -> bool {
    let rest = line.trim_start().strip_prefix("import ").map(|rest| rest.trim_start_matches("static "));
    rest.and_then(|rest| rest.strip_prefix(name)).is_some_and(|next| next.starts_with('.'))
}
