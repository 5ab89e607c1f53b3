//! Maven and Gradle.

use super::*;

const POM: &str = "pom.xml";
const GRADLE: &str = "build.gradle";
const KTS: &str = "app/build.gradle.kts";
const CATALOG: &str = "gradle/libs.versions.toml";
const JWT: &str = "io.jsonwebtoken:jjwt";
const JSWAP: &str = "-io.jsonwebtoken:jjwt +org.springframework.security:spring-security-oauth2-client@6.3.0";

/// A `pom.xml` of a project with this inside.
fn pom(inside: &str) -> String {
    format!("<project>\n    <groupId>g</groupId>\n{inside}</project>\n")
}

/// One dependency as people write it.
fn dependency(indent: &str, name: &str, rest: &[&str]) -> String {
    let (group, artifact) = name.split_once(':').expect("group:artifact");
    let rest: String = rest.iter().map(|line| format!("{indent}    {line}\n")).collect();
    format!(
        "{indent}<dependency>\n{indent}    <groupId>{group}</groupId>\n{indent}    <artifactId>{artifact}</artifactId>\n\
         {rest}{indent}</dependency>\n"
    )
}

fn list(inside: &str) -> String {
    pom(&format!("    <dependencies>\n{inside}    </dependencies>\n"))
}

fn stated(path: &str, text: &str) -> Vec<(String, Option<String>)> {
    let file = SourceFile::new(path, text.as_bytes().to_vec());
    let found = dependencies(format_of(path).expect("a manifest"), &file);
    found.into_iter().map(|one| (one.name, one.version)).collect()
}

fn names(path: &str, text: &str) -> Vec<String> {
    stated(path, text).into_iter().map(|(name, _)| name).collect()
}

const DEEP: &str = "        ";

#[test]
fn files_are_known() {
    for (path, format) in [
        ("core/pom.xml", Format::Pom),
        ("build.gradle", Format::Gradle),
        ("gradle/dependencies.gradle", Format::Gradle),
        ("build.gradle.kts", Format::Gradle),
        (CATALOG, Format::GradleCatalog),
    ] {
        assert_eq!(format_of(path), Some(format), "{path}");
    }
    for no in ["pom.xml.bak", "gradle.lockfile", "gradle.properties", "web.xml", "versions.toml"] {
        assert_eq!(format_of(no), None, "{no}");
    }
}

#[test]
fn a_pom_is_read() {
    let text = format!(
        "<?xml version=\"1.0\"?>\n<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n<properties><jwt>0.9.0</jwt></properties>\n\
         <dependencyManagement><dependencies>\n{}</dependencies></dependencyManagement>\n<dependencies>\n{}{}{}</dependencies>\n\
         <build><plugins><plugin><dependencies>\n{}</dependencies></plugin></plugins></build>\n</project>",
        dependency("", "a:managed", &["<version>1</version>"]),
        dependency("", JWT, &["<version>${jwt}</version>"]),
        dependency(
            "",
            "a:far",
            &[
                "<version>${elsewhere}</version>",
                "<exclusions><exclusion><groupId>x</groupId></exclusion></exclusions>"
            ]
        ),
        dependency("", "a:bare", &["<scope>provided</scope>"]),
        dependency("", "a:plugin", &[]),
    );
    let want = [("a:managed", Some("1")), (JWT, Some("0.9.0")), ("a:far", None), ("a:bare", None), ("a:plugin", None)];
    let want: Vec<_> = want.iter().map(|(name, version)| ((*name).to_owned(), version.map(str::to_owned))).collect();
    assert_eq!(stated(POM, &text), want);
    for nothing in ["", "<project>", "<project><dependencies><dependency></project>", "no xml", "<dependencies/>"] {
        assert!(names(POM, nothing).is_empty(), "{nothing}");
    }
    assert!(names(POM, &"<a>".repeat(50_000)).is_empty());
}

#[test]
fn a_pom_is_edited() {
    let version = ["<version>0.9.0</version>"];
    let other = dependency(DEEP, "b.b:b", &["<scope>provided</scope>"]);
    let old = dependency(DEEP, JWT, &version);
    let spring = "org.springframework.security:spring-security-oauth2-client";
    let new = dependency(DEEP, spring, &["<version>6.3.0</version>"]);
    check(POM, &list(&format!("{old}{other}")), JSWAP, &list(&format!("{new}{other}")));
    check(POM, &list(&format!("{other}{old}")), "-io.jsonwebtoken:jjwt", &list(&other));
    let comment = format!("{DEEP}<!-- tokens -->\n");
    check(POM, &list(&format!("{comment}{old}{other}")), JSWAP, &list(&format!("{comment}{new}{other}")));
    check(POM, &list(&old).replace('\n', "\r\n"), JSWAP, &list(&new).replace('\n', "\r\n"));
    check(POM, &list(&old.replace("    ", "\t")), JSWAP, &list(&new.replace("    ", "\t")));
    check(POM, &pom(""), &JSWAP[JSWAP.find('+').unwrap_or(0)..], &list(&new));
    check(POM, &list(&other), "-io.jsonwebtoken:jjwt-api +b.b:b@", "=");
    check(POM, &list(&dependency(DEEP, spring, &["<version>6.3.1</version>"])), JSWAP, "=");
    let raised = |version: &str| {
        let text = format!("<version>{version}</version>");
        list(&dependency(DEEP, "a.a:b", &[text.as_str()]))
    };
    check(POM, &raised("1.2.0"), "+a.a:b@1.4.0", &raised("1.4.0"));
    let with = |value: &str| {
        raised("${x}")
            .replace("    <dependencies>", &format!("    <properties><x>{value}</x></properties>\n    <dependencies>"))
    };
    check(POM, &with("1.2.0"), "+a.a:b@1.4.0", &with("1.4.0"));
    check(POM, &raised("${elsewhere}"), "+a.a:b@1.4.0", "=");
}

#[test]
fn a_pom_that_is_left_to_a_human() {
    let line = "<dependency><groupId>io.jsonwebtoken</groupId><artifactId>jjwt</artifactId></dependency>";
    check(POM, &list(&format!("{line}{line}\n")), JSWAP, "!by hand");
    check(POM, &pom(&format!("<dependencies>{line}</dependencies>\n")), JSWAP, "!by hand");
    check(POM, "<project>", JSWAP, "!not valid XML");
    check(POM, &pom("<dependencies/>\n"), "+a.a:b@1", "!by hand");
}

#[test]
fn a_build_file_is_read() {
    let text = r#"
        plugins { id 'java' }
        buildscript { dependencies { classpath "com.example:plugin:1" } }
        // implementation 'no:comment:1'
        /* implementation 'no:block:1' */
        ext.url = "https://example.org:8080/x"
        dependencies {
            implementation 'io.jsonwebtoken:jjwt:0.9.0'
            api "a:gap:$version"
            compileOnly("a:paren:1.0@aar") { exclude group: 'x', module: 'y' }
            testImplementation group: 'a', name: 'row', version: '2'
            implementation project(':core')
            implementation platform('a:platform:3')
            implementation libs.jjwt
        }
        libraries.jjwt = [
            "a:loose:1"
        ]
    "#;
    let want = ["com.example:plugin", JWT, "a:gap", "a:paren", "a:row", "a:platform", "a:loose"];
    assert_eq!(names(GRADLE, text), want);
    assert_eq!(names(KTS, "dependencies {\n    implementation(group = \"a\", name = \"b\")\n}\n"), ["a:b"]);
    for nothing in ["", "dependencies {", "}}}", "'", "\"\"\"", "implementation 'a b:c:1'", "x = 'é"] {
        assert!(names(GRADLE, nothing).is_empty(), "{nothing}");
    }
}

#[test]
fn a_build_file_is_edited() {
    let spring = "org.springframework.security:spring-security-oauth2-client:6.3.0";
    let groovy = |lines: &str| format!("dependencies {{\n{lines}}}\n");
    let cases = [
        ("    implementation 'io.jsonwebtoken:jjwt:0.9.0'\n", format!("    implementation '{spring}'\n")),
        ("    compile \"io.jsonwebtoken:jjwt:$v\" // x\n", format!("    implementation '{spring}'\n")),
        ("    implementation(\"io.jsonwebtoken:jjwt:0.9.0\")\n", format!("    implementation(\"{spring}\")\n")),
        (
            "    implementation('io.jsonwebtoken:jjwt:0.9.0') {\n        exclude group: 'x'\n    }\n",
            format!("    implementation '{spring}'\n"),
        ),
        ("  api group: 'io.jsonwebtoken', name: 'jjwt', version: '1'\n", format!("  implementation '{spring}'\n")),
    ];
    for (before, after) in cases {
        check(GRADLE, &groovy(before), JSWAP, &groovy(&after));
    }
    let before = "    implementation(\"io.jsonwebtoken:jjwt:0.9.0\")\n    testImplementation(\"a:b:1\")\n";
    check(KTS, &groovy(before), "-io.jsonwebtoken:jjwt", &groovy("    testImplementation(\"a:b:1\")\n"));
    check(
        GRADLE,
        &groovy("    implementation 'a.a:b:1.2'\n"),
        "+a.a:b@1.4",
        &groovy("    implementation 'a.a:b:1.4'\n"),
    );
    check(GRADLE, &groovy("    implementation 'a:b:1'\n"), "-io.jsonwebtoken:jjwt", "=");
}

#[test]
fn a_build_file_that_is_left_to_a_human() {
    check(GRADLE, "libraries.jjwt = [\n    'io.jsonwebtoken:jjwt:1'\n]\n", "-io.jsonwebtoken:jjwt", "!by hand");
    check(
        GRADLE,
        "dependencies {\n    implementation 'io.jsonwebtoken:jjwt:1', 'a:b:1'\n}\n",
        "-io.jsonwebtoken:jjwt",
        "!by hand",
    );
    check(GRADLE, "dependencies { implementation 'io.jsonwebtoken:jjwt:1' }\n", "-io.jsonwebtoken:jjwt", "!by hand");
}

#[test]
fn a_catalog_is_read_and_left_to_a_human() {
    let text = "[versions]\njwt = \"0.9.0\"\n\n[libraries]\njwt = { module = \"io.jsonwebtoken:jjwt\", version.ref = \"jwt\" }\n\
                http = \"a:http:1\"\nrow = { group = \"a\", name = \"row\", version = \"1\" }\n";
    assert_eq!(names(CATALOG, text), [JWT, "a:http", "a:row"]);
    check(CATALOG, text, "-io.jsonwebtoken:jjwt", "!alias");
    check(CATALOG, text, "-a:other", "=");
    assert!(names(CATALOG, "[libraries").is_empty());
}
