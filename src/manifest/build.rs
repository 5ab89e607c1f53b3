//! What a Java build says of itself beside its dependencies: the Java that it is for, and what it is built on.

use super::Format;
use crate::text::SourceFile;
use roxmltree::{Document, Node, ParsingOptions};
use std::collections::BTreeMap;

/// What one build file says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Build {
    /// Parents, dependencies, plugins, in the order of the text.
    pub parts: Vec<Part>,
    /// The Java release that it compiles for: 8, 17.
    pub release: Option<u32>,
}

/// Something that a build names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// `group:artifact`; for a Gradle plugin its id.
    pub name: String,
    /// As it is written, properties of the same file filled in; `None` where it is stated elsewhere.
    pub version: Option<String>,
    /// Whether it is what the program itself is compiled with: no parent, no plugin, no managed version.
    pub is_dependency: bool,
    /// What build files call it: the accessor of a version catalog, `libs.boot.web`.
    pub accessor: Option<String>,
}

impl Part {
    /// The group, or the plugin's id.
    #[must_use]
    pub fn group(&self) -> &str {
        self.name.split(':').next().unwrap_or_default()
    }
}

/// Reads a build file; nothing of what is no build file of Java.
#[must_use]
pub fn build(format: Format, file: &SourceFile) -> Build {
    match format {
        Format::Pom => pom(file).unwrap_or_default(),
        Format::Gradle => gradle(file),
        Format::GradleCatalog => Build { parts: catalog(file), release: None },
        _ => Build::default(),
    }
}

fn pom(file: &SourceFile) -> Option<Build> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let document = Document::parse_with_options(file.text(), options).ok()?;
    let root = document.root_element();
    let properties: BTreeMap<&str, &str> = root
        .children()
        .filter(|node| node.tag_name().name() == "properties")
        .flat_map(|node| node.children())
        .filter_map(|node| Some((node.tag_name().name(), node.text()?.trim())))
        .collect();
    let filled = |text: &str| -> Option<String> {
        let mut text = text.trim().to_owned();
        for _ in 0..3 {
            let Some(name) = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) else { break };
            text = (*properties.get(name)?).to_owned();
        }
        (!text.contains("${")).then_some(text)
    };
    let child = |node: Node<'_, '_>, name: &str| -> Option<String> {
        let found = node.children().find(|child| child.tag_name().name() == name)?;
        found.text().map(|text| text.trim().to_owned())
    };
    let mut found = Build::default();
    for node in document.descendants() {
        let kind = node.tag_name().name();
        if !matches!(kind, "parent" | "dependency" | "plugin" | "extension") {
            continue;
        }
        let group =
            child(node, "groupId").or_else(|| (kind == "plugin").then(|| "org.apache.maven.plugins".to_owned()));
        let (Some(group), Some(artifact)) = (group, child(node, "artifactId")) else { continue };
        let above = |levels: usize| node.ancestors().nth(levels).map_or("", |node| node.tag_name().name());
        found.parts.push(Part {
            name: format!("{group}:{artifact}"),
            version: child(node, "version").and_then(|version| filled(&version)),
            is_dependency: kind == "dependency" && above(2) == "project",
            accessor: None,
        });
    }
    let stated = ["maven.compiler.release", "java.version", "maven.compiler.target", "maven.compiler.source"];
    let by_property = stated.iter().filter_map(|name| filled(properties.get(name)?)).next();
    let by_plugin = || {
        let told = |name: &str| {
            document.descendants().find(|node| {
                node.tag_name().name() == name
                    && node.parent().is_some_and(|parent| parent.tag_name().name() == "configuration")
            })
        };
        ["release", "target", "source"].iter().filter_map(|name| filled(told(name)?.text()?)).next()
    };
    found.release = by_property.or_else(by_plugin).and_then(|text| release(&text));
    Some(found)
}

/// `17`, `1.8`, `VERSION_1_8`
fn release(text: &str) -> Option<u32> {
    let digits: String = text.chars().skip_while(|c| !c.is_ascii_digit()).collect();
    let mut numbers = digits.split(|c: char| !c.is_ascii_digit());
    match (numbers.next()?.parse().ok()?, numbers.next().and_then(|second| second.parse().ok())) {
        (1, Some(second)) => Some(second),
        (first, _) => Some(first),
    }
}

fn gradle(file: &SourceFile) -> Build {
    let mut found = Build::default();
    for dependency in super::dependencies(Format::Gradle, file) {
        let raw = file.slice(dependency.span);
        let stated = raw.split(dependency.raw.as_str()).nth(1).and_then(|rest| rest.strip_prefix(':'));
        let version = stated.map(|rest| rest.split(['\'', '"', ':', '@']).next().unwrap_or_default().to_owned());
        let version = dependency.version.or(version).and_then(|version| assigned(file, version));
        // `classpath` is the build's own; a platform only manages versions.
        let own = ["classpath", "platform(", "Platform(", "mavenBom"]
            .iter()
            .any(|word| line_of(file, dependency.span.start).contains(word));
        found.parts.push(Part { name: dependency.name, version, is_dependency: !own, accessor: None });
    }
    for line in file.text().lines().map(str::trim) {
        let words: Vec<&str> = line.split(['\'', '"']).collect();
        let is_plugin = line.starts_with("id ") || line.starts_with("id(") || line.starts_with("apply plugin");
        if is_plugin && words.len() > 2 {
            let version = words.get(3).filter(|_| line.contains("version")).map(|version| (*version).to_owned());
            found.parts.push(Part { name: words[1].to_owned(), version, is_dependency: false, accessor: None });
        }
        let level = [
            "JavaLanguageVersion.of(",
            "jvmToolchain(",
            "options.release",
            "sourceCompatibility",
            "targetCompatibility",
        ];
        let told = level.iter().find_map(|word| line.split_once(word)).and_then(|(_, rest)| release(rest));
        found.release = found.release.or(told);
    }
    found
}

/// A version, or what the file says that its variable is: `def springVersion = '6.1.14'`. None where it does not say it.
fn assigned(file: &SourceFile, version: String) -> Option<String> {
    let Some(name) = version.strip_prefix('$') else { return (!version.contains('$')).then_some(version) };
    let name = name.trim_matches(['{', '}']);
    file.text().lines().find_map(|line| {
        let (left, right) = line.split_once('=')?;
        let is_it =
            left.split(|c: char| !(c.is_alphanumeric() || c == '_')).rfind(|word| !word.is_empty()) == Some(name);
        let text = right.trim().strip_prefix(['"', '\''])?;
        is_it.then(|| text.split(['"', '\'']).next().unwrap_or_default().to_owned())
    })
}

/// The libraries and plugins of a version catalog, with the versions that they name.
/// <https://docs.gradle.org/current/userguide/version_catalogs.html>
fn catalog(file: &SourceFile) -> Vec<Part> {
    let Ok(root) = file.text().parse::<toml::Table>() else { return vec![] };
    let table = |name: &str| root.get(name).and_then(toml::Value::as_table);
    let versions = table("versions");
    let version = |value: &toml::Value| match value.get("version") {
        Some(toml::Value::String(text)) => Some(text.clone()),
        Some(version) => {
            let known = versions?.get(version.get("ref")?.as_str()?)?;
            known.as_str().map(str::to_owned)
        }
        None => None,
    };
    let text = |value: &toml::Value, key: &str| value.get(key).and_then(toml::Value::as_str).map(str::to_owned);
    let part = |(alias, value): (&String, &toml::Value)| {
        let whole = value.as_str().map(str::to_owned).or_else(|| text(value, "module")).or_else(|| text(value, "id"));
        let whole = whole.or_else(|| Some(format!("{}:{}", text(value, "group")?, text(value, "name")?)))?;
        let mut pieces = whole.split(':');
        let (group, artifact, stated) = (pieces.next()?, pieces.next(), pieces.next());
        let name = artifact.map_or_else(|| group.to_owned(), |artifact| format!("{group}:{artifact}"));
        Some(Part {
            name,
            version: stated.map(str::to_owned).or_else(|| version(value)),
            is_dependency: false,
            accessor: Some(format!("libs.{}", alias.replace(['-', '_'], "."))),
        })
    };
    let all = [table("libraries"), table("plugins")].into_iter().flatten();
    all.flat_map(|table| table.iter()).filter_map(part).collect()
}

fn line_of(file: &SourceFile, at: u32) -> &str {
    file.slice(file.lines().line_span(file.lines().line_of(at as usize)))
}
