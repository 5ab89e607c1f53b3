//! Collections of requests: Postman (formats 2.0 and 2.1, and its environments) and Insomnia (format 4).
//! <https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html>
//!
//! JSON is an expression of JavaScript, and the tools' own scripts are JavaScript. So the program of a collection is its
//! scripts, and after the script that runs before a request that request as a call: `pm.sendRequest({…})`, which is
//! what a Postman script itself would write. Variables are calls as well: `pm.variables([…])`. What they mean to whom is
//! told by rules like that of any library (`rules/javascript/postman.toml`).

use super::Embedded;
use super::weave::Weaver;
use crate::manifest::json::{self, Node};
use crate::text::SourceFile;

/// Strings that only such files have.
const MARKS: [&str; 5] =
    ["schema.getpostman.com", "schema.postman.com", "\"_postman_", "\"__export_format\"", "\"postman_"];
const NAMES: [&str; 2] = ["postman_collection.json", "postman_environment.json"];

/// Whether a JSON file is one.
pub(super) fn is_one(file: &SourceFile) -> bool {
    let name = file.name().to_ascii_lowercase();
    NAMES.iter().any(|ending| name.ends_with(ending)) || MARKS.iter().any(|mark| file.text().contains(mark))
}

/// The program of a collection or environment.
pub(super) fn open(text: &str) -> Option<Embedded> {
    let root = json::read(text)?;
    if let Some(resources) = root.get("resources") {
        return insomnia(text, resources);
    }
    let mut weaver = Weaver::new(text, "postman");
    if root.get("values").is_some_and(|values| !values.items().is_empty()) {
        call(&mut weaver, "pm.environment", &root);
    }
    // A collection may be wrapped, as the tool's interface on the web gives it.
    let collection = root.get("collection").unwrap_or(&root);
    if let Some(variables) = collection.get("variable") {
        call(&mut weaver, "pm.variables", variables);
    }
    folder(&mut weaver, text, collection);
    weaver.finish()
}

/// A folder, or the collection itself: its scripts, then what is in it.
fn folder(weaver: &mut Weaver<'_>, text: &str, node: &Node) {
    scripts(weaver, text, node, "prerequest");
    for item in node.get("item").map(Node::items).unwrap_or_default() {
        if item.get("item").is_some() {
            folder(weaver, text, item);
        } else if let Some(request) = item.get("request") {
            weaver.glue("{\n", item.span.start as usize);
            scripts(weaver, text, item, "prerequest");
            call(weaver, "pm.sendRequest", request);
            scripts(weaver, text, item, "test");
            weaver.glue("}\n", item.span.end as usize);
        }
    }
    scripts(weaver, text, node, "test");
}

fn scripts(weaver: &mut Weaver<'_>, text: &str, node: &Node, when: &str) {
    for event in node.get("event").map(Node::items).unwrap_or_default() {
        let listens = event.get("listen").is_some_and(|node| text.get(node.inside().range()) == Some(when));
        if let Some(lines) = event.get("script").and_then(|script| script.get("exec")).filter(|_| listens) {
            weaver.lines(lines, false);
            weaver.glue("\n", lines.inside().end as usize);
        }
    }
}

/// A piece of the file as the argument of a call.
fn call(weaver: &mut Weaver<'_>, name: &str, argument: &Node) {
    weaver.glue(&format!("{name}("), argument.span.start as usize);
    weaver.same(argument.span);
    weaver.glue(");\n", argument.span.end as usize);
}

/// An export of Insomnia: requests, folders and environments in one list.
fn insomnia(text: &str, resources: &Node) -> Option<Embedded> {
    let mut weaver = Weaver::new(text, "insomnia");
    for resource in resources.items() {
        let Some(kind) = resource.get("_type") else { continue };
        match text.get(kind.inside().range()) {
            Some("environment") => {
                if let Some(data) = resource.get("data") {
                    call(&mut weaver, "insomnia.environment", data);
                }
            }
            Some("request") => {
                weaver.glue("{\n", resource.span.start as usize);
                if let Some(script) = resource.get("preRequestScript") {
                    weaver.string(script);
                    weaver.glue("\n", script.inside().end as usize);
                }
                call(&mut weaver, "insomnia.sendRequest", resource);
                weaver.glue("}\n", resource.span.end as usize);
            }
            _ => {}
        }
    }
    weaver.finish()
}
