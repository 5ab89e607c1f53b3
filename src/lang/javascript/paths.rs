//! Which files of the same project an import may mean.

/// Endings that may be left out, as Node, TypeScript and bundlers try them.
const ENDINGS: [&str; 11] = ["js", "mjs", "cjs", "ts", "tsx", "jsx", "mts", "cts", "json", "vue", "svelte"];
/// Under an ES module resolution the ending of the *output* is written: `./x.js` may be `x.ts`.
const SOURCE_OF: [(&str, &[&str]); 4] =
    [("js", &["ts", "tsx", "jsx"]), ("mjs", &["mts"]), ("cjs", &["cts"]), ("jsx", &["tsx"])];

/// The paths that `module` may mean in the file `from`; none for a package.
pub(super) fn import_paths(from: &str, module: &str) -> Vec<String> {
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    let module = module.split(['?', '!']).next().unwrap_or(module);
    if module == "." || module == ".." || module.starts_with("./") || module.starts_with("../") {
        return join(folder, module).map(|base| candidates(&base)).unwrap_or_default();
    }
    // The usual aliases of bundlers and `tsconfig.json` for the source folder and the root.
    let alias = module.strip_prefix("@/").or_else(|| module.strip_prefix("~/"));
    let bases = alias.into_iter().flat_map(|rest| [join("src", rest), join("", rest)]).flatten();
    bases.flat_map(|base| candidates(&base)).collect()
}

/// `module` seen from `folder`; `None` where it leaves the root.
fn join(folder: &str, module: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in module.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn candidates(base: &str) -> Vec<String> {
    let index = if base.is_empty() { "index".to_owned() } else { format!("{base}/index") };
    let mut paths = vec![];
    let ending = base.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending);
    if let Some(ending) = ending.filter(|ending| ENDINGS.contains(ending)) {
        paths.push(base.to_owned());
        let stem = base.strip_suffix(ending).unwrap_or(base);
        let sources = SOURCE_OF.iter().filter(|(output, _)| *output == ending).flat_map(|(_, sources)| *sources);
        paths.extend(sources.map(|source| format!("{stem}{source}")));
    }
    if !base.is_empty() {
        paths.extend(ENDINGS.iter().map(|ending| format!("{base}.{ending}")));
    }
    paths.extend(ENDINGS.iter().filter(|ending| **ending != "json").map(|ending| format!("{index}.{ending}")));
    paths
}

#[cfg(test)]
mod tests {
    use super::import_paths;

    #[test]
    fn relative_modules_are_files() {
        let paths = import_paths("src/a/b.ts", "../config");
        assert_eq!(paths[0], "src/config.js");
        assert!(paths.contains(&"src/config.ts".to_owned()));
        assert!(paths.contains(&"src/config/index.js".to_owned()));
        assert_eq!(import_paths("a.js", "./x.js")[..2], ["x.js", "x.ts"]);
        assert_eq!(import_paths("a.js", "./x.json")[0], "x.json");
        assert_eq!(import_paths("lib/a.js", "..")[0], "index.js");
    }

    #[test]
    fn packages_are_not() {
        assert!(import_paths("src/a.js", "jsonwebtoken").is_empty());
        assert!(import_paths("src/a.js", "@adobe/jwt-auth").is_empty());
        assert!(import_paths("a.js", "../outside").is_empty());
        assert_eq!(import_paths("src/a.ts", "@/auth")[0], "src/auth.js");
    }
}
