//! Java with the jars that fixtures name in their `pom.xml`: compiled with all warnings as errors, then run.
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use walkdir::WalkDir;

use super::runtimes::{Installed, first_that_runs, once, run};
use super::target_dir;

/// What a fixture's `pom.xml` may name, `group:artifact:version`. Each gets a folder of its own with all that it needs.
const JARS: &[&str] = &[
    "com.auth0:java-jwt:4.4.0",
    "com.konghq:unirest-java:3.14.5",
    "com.fasterxml.jackson.core:jackson-databind:2.15.4",
    "com.nimbusds:nimbus-jose-jwt:9.40",
    "com.squareup.okhttp3:okhttp:4.12.0",
    "io.jsonwebtoken:jjwt:0.9.1",
    "io.jsonwebtoken:jjwt-api:0.11.5",
    "io.jsonwebtoken:jjwt-impl:0.11.5",
    "io.jsonwebtoken:jjwt-jackson:0.11.5",
    "javax.xml.bind:jaxb-api:2.3.1",
    "org.apache.httpcomponents:httpclient:4.5.14",
    "org.bouncycastle:bcpkix-jdk18on:1.78.1",
    "org.json:json:20231013",
    "org.slf4j:slf4j-api:2.0.13",
    "org.springframework:spring-context:6.1.14",
    "org.springframework:spring-web:6.1.14",
    "com.fasterxml.jackson.core:jackson-databind:2.13.5",
    "com.fasterxml.jackson.core:jackson-databind:2.18.8",
    "org.springframework:spring-context:5.3.39",
    "org.springframework:spring-web:5.3.39",
    "org.springframework.security:spring-security-oauth2-client:5.8.16",
    "org.springframework.security:spring-security-oauth2-client:6.3.10",
    "org.springframework.security:spring-security-oauth2-client:6.5.11",
    "org.springframework.boot:spring-boot-starter-oauth2-client:3.5.16",
    "org.springframework.boot:spring-boot-starter-security:3.5.16",
    "org.springframework.boot:spring-boot-starter-security:4.0.6",
    "org.springframework.boot:spring-boot-starter-security-oauth2-client:4.0.6",
    "org.springframework.boot:spring-boot-starter-webmvc:4.0.6",
    "org.springframework.boot:spring-boot-starter-web:3.5.16",
    "com.fasterxml.jackson.core:jackson-databind:2.18.2",
    "com.google.code.gson:gson:2.11.0",
    "com.google.http-client:google-http-client:1.45.3",
    "com.squareup.retrofit2:converter-gson:2.11.0",
    "com.squareup.retrofit2:retrofit:2.11.0",
    "io.fusionauth:fusionauth-jwt:5.3.3",
    "org.apache.httpcomponents.client5:httpclient5-fluent:5.4.1",
    "org.bitbucket.b_c:jose4j:0.9.6",
    "org.glassfish.jersey.core:jersey-client:3.1.10",
    "org.glassfish.jersey.inject:jersey-hk2:3.1.10",
    "org.glassfish.jersey.media:jersey-media-json-jackson:3.1.10",
];

/// The versions that Spring Boot keeps, for a `pom.xml` that names none but Boot's own.
const KEPT_BY_BOOT: &[(&str, &str)] = &[
    ("3.5.16", "spring-boot-starter-oauth2-client@3.5.16"),
    ("3.5.16", "spring-boot-starter-security@3.5.16"),
    ("3.5.16", "spring-boot-starter-web@3.5.16"),
    ("3.5.16", "spring-security-oauth2-client@6.5.11"),
    ("4.0.6", "spring-boot-starter-security@4.0.6"),
    ("4.0.6", "spring-boot-starter-security-oauth2-client@4.0.6"),
    ("4.0.6", "spring-boot-starter-webmvc@4.0.6"),
];

/// Java, javac and the jars. Maven is needed once.
pub(crate) fn installed() -> Result<Installed, String> {
    let program = PathBuf::from(first_that_runs(&["javac"])?);
    first_that_runs(&["java"])?;
    let maven = first_that_runs(&[if cfg!(windows) { "mvn.cmd" } else { "mvn" }])?;
    let folder = target_dir().join("java");
    once(&folder, JARS, || {
        for jar in JARS {
            let [group, artifact, version] = jar.split(':').collect::<Vec<_>>()[..] else { panic!("{jar}") };
            let place = folder.join(format!("{artifact}@{version}"));
            if fs::read_to_string(place.join("pom.xml")).is_ok_and(|text| text == pom(group, artifact, version))
                && place.join("lib").exists()
            {
                continue;
            }
            fs::create_dir_all(&place).unwrap();
            fs::write(place.join("pom.xml"), pom(group, artifact, version)).unwrap();
            let goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";
            run(Command::new(&maven).current_dir(&place).args(["-q", "-B", goal, "-DoutputDirectory=lib"]));
        }
    });
    Ok(Installed { program, modules: Some(folder), ..Installed::default() })
}

fn pom(group: &str, artifact: &str, version: &str) -> String {
    format!(
        "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><modelVersion>4.0.0</modelVersion><groupId>t</groupId>\
         <artifactId>t</artifactId><version>1</version><dependencies><dependency><groupId>{group}</groupId>\
         <artifactId>{artifact}</artifactId><version>{version}</version></dependency></dependencies></project>"
    )
}

/// `javac` on the project and the driver, then `java Driver`. `place` holds the project, the driver and its helpers.
pub(crate) fn commands(installed: &Installed, place: &Path) -> Vec<Command> {
    let jars = installed.modules.clone().unwrap_or_default();
    let pom = fs::read_to_string(place.join("project/pom.xml")).unwrap_or_default();
    let plain: String = pom.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = plain.replace("${spring.version}", "5.3.39");
    let named = |jar: &Path| {
        let jar = jar.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (artifact, version) = jar.split_once('@').unwrap_or_default();
        let artifact = format!("<artifactId>{artifact}</artifactId>");
        plain.contains(&format!("{artifact}<version>{version}</version>"))
            || KEPT_BY_BOOT.iter().any(|(boot, kept)| {
                *kept == jar
                    && plain.contains(&format!("<version>{boot}</version>"))
                    && plain.contains(&format!("{artifact}</dependency>"))
            })
    };
    let folders = fs::read_dir(&jars).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let mut path: Vec<PathBuf> = vec![place.join("classes"), place.join("project/src/main/resources")];
    for folder in folders.filter(|folder| named(folder)) {
        path.extend(files(&folder.join("lib"), "jar"));
    }
    // What Boot keeps the versions of comes first: a library beside it may bring an older one.
    path.sort_by_key(|path| (!path.to_string_lossy().contains("spring-boot-starter"), path.clone()));
    path.dedup_by_key(|path| path.file_name().map(|name| name.to_owned()));
    let path = std::env::join_paths(path).unwrap();
    let release = if pom.contains("<maven.compiler.release>8<") { "8" } else { "17" };
    let mut sources = files(&place.join("project"), "java");
    sources.extend(["Driver.java", "Api.java"].map(|name| place.join(name)));
    let mut compile = Command::new(&installed.program);
    // These speak of the tools and jars, not of the code.
    let lints = "-Xlint:all,-options,-path,-processing,-classfile";
    compile.args([lints, "-Werror", "-proc:none", "-encoding", "UTF-8", "--release", release, "-d"]);
    compile.arg(place.join("classes")).arg("-cp").arg(&path).args(sources);
    let mut start = Command::new("java");
    start.args(["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-cp"]).arg(&path).arg("Driver");
    vec![compile, start]
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let all =
        WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok).map(|entry| entry.into_path());
    let test = |path: &Path| path.components().any(|part| part.as_os_str() == "test");
    all.filter(|path| path.extension().is_some_and(|found| found == ending))
        .filter(|path| !test(path.strip_prefix(folder).unwrap_or(path)))
        .collect()
}
