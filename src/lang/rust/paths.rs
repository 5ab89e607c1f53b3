//! The files that a module path may mean.

/// Whether a file is the root of a crate by its place: `src/main.rs`, `src/lib.rs`, `src/bin/*.rs`, `build.rs`, tests,
/// examples, benches, and what lies outside any `src`.
pub(super) fn is_root(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let parent = folder.rsplit('/').next().unwrap_or_default();
    matches!(name, "main.rs" | "lib.rs" | "build.rs")
        || matches!(parent, "bin" | "tests" | "examples" | "benches")
        || !(folder == "src" || folder.starts_with("src/") || folder.contains("/src/") || folder.ends_with("/src"))
}

/// The files that `module` may mean in the file `from`, best first. `module` is a path with dots: `crate.a`, `self.a`,
/// `super.a`, a name that is a child module or a package; or the text of a `#[path]`.
pub(super) fn paths(from: &str, module: &str) -> Vec<String> {
    let (folder, _) = from.rsplit_once('/').unwrap_or(("", from));
    if module.ends_with(".rs") && module.contains('/') {
        return vec![join(folder, module.trim_start_matches("./"))];
    }
    let mut segments: Vec<&str> = module.split('.').collect();
    if segments.iter().any(|segment| segment.is_empty()) {
        return vec![];
    }
    let first = segments[0];
    let mut home = match first {
        "crate" => {
            segments.remove(0);
            return crate_folders(from).into_iter().flat_map(|folder| within(&folder, &segments, true)).collect();
        }
        "self" | "super" => children(from),
        _ => return within(&children(from), &segments, false),
    };
    let mut climbed = false;
    while segments.first().is_some_and(|first| matches!(*first, "self" | "super")) {
        if segments.remove(0) == "super" {
            climbed = true;
            match home.rsplit_once('/') {
                Some((parent, _)) => home = parent.to_owned(),
                None if !home.is_empty() => home = String::new(),
                None => return vec![],
            }
        }
    }
    if segments.is_empty() && climbed {
        // The file of the folder itself.
        let own = if home.is_empty() { vec![] } else { vec![format!("{home}.rs"), join(&home, "mod.rs")] };
        return own.into_iter().chain(within(&home, &[], true)).collect();
    }
    within(&home, &segments, false)
}

/// The folder in which the child modules of a file lie.
fn children(from: &str) -> String {
    let (folder, name) = from.rsplit_once('/').unwrap_or(("", from));
    let stem = name.trim_end_matches(".rs");
    if is_root(from) || stem == "mod" { folder.to_owned() } else { join(folder, stem) }
}

/// The folders that may hold the root of the crate that a file belongs to, nearest first.
fn crate_folders(from: &str) -> Vec<String> {
    let parent = |path: &str| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let folders = std::iter::successors(Some(parent(from)), |folder| (!folder.is_empty()).then(|| parent(folder)));
    let folders: Vec<String> = folders.collect();
    let source = folders.iter().find(|folder| *folder == "src" || folder.ends_with("/src")).cloned();
    if is_root(from) {
        return std::iter::once(parent(from)).chain(source).collect();
    }
    source.into_iter().chain(folders).collect()
}

/// The file of a module in a folder; with `root`, of the folder's own root where no module is named.
fn within(folder: &str, segments: &[&str], root: bool) -> Vec<String> {
    match segments {
        [] if root => vec![join(folder, "lib.rs"), join(folder, "main.rs")],
        [] => vec![],
        _ => {
            let inner = join(folder, &segments.join("/"));
            vec![format!("{inner}.rs"), join(&inner, "mod.rs")]
        }
    }
}

fn join(folder: &str, name: &str) -> String {
    match (folder, name) {
        ("", only) | (only, "") => only.to_owned(),
        _ => format!("{folder}/{name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::paths;

    #[test]
    fn modules_are_files_or_folders() {
        assert_eq!(paths("src/main.rs", "self.auth"), ["src/auth.rs", "src/auth/mod.rs"]);
        assert_eq!(paths("src/auth.rs", "self.key"), ["src/auth/key.rs", "src/auth/key/mod.rs"]);
        assert_eq!(paths("src/auth/mod.rs", "self.key"), ["src/auth/key.rs", "src/auth/key/mod.rs"]);
        assert_eq!(
            paths("src/auth/key.rs", "super"),
            ["src/auth.rs", "src/auth/mod.rs", "src/auth/lib.rs", "src/auth/main.rs"]
        );
        assert_eq!(paths("src/auth/key.rs", "super.super.config"), ["src/config.rs", "src/config/mod.rs"]);
        assert_eq!(paths("src/auth.rs", "super.config"), ["src/config.rs", "src/config/mod.rs"]);
        assert_eq!(paths("src/main.rs", "./other/x.rs"), ["src/other/x.rs"]);
        assert!(paths("src/main.rs", "a..b").is_empty());
    }

    #[test]
    fn a_crate_begins_in_its_source_folder() {
        assert_eq!(paths("api/src/a/b.rs", "crate.c")[..2], ["api/src/c.rs", "api/src/c/mod.rs"]);
        assert_eq!(paths("src/auth.rs", "crate")[..2], ["src/lib.rs", "src/main.rs"]);
        assert_eq!(paths("src/main.rs", "auth"), ["src/auth.rs", "src/auth/mod.rs"]);
    }
}
