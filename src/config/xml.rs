//! XML: attributes and elements that hold text are settings, elements are tables.

use super::{Entry, Scalar, Step};
use crate::text::Span;
use roxmltree::{Document, Node, NodeId, ParsingOptions};
use std::collections::HashMap;
use std::ops::Range;

/// More elements than this are no settings.
const ELEMENTS: u32 = 20_000;

/// The entries of an XML text; `None` where it is not well-formed.
pub(super) fn read(text: &str) -> Option<Vec<Entry>> {
    let options = ParsingOptions { allow_dtd: true, nodes_limit: ELEMENTS, ..ParsingOptions::default() };
    let parsed = Document::parse_with_options(text, options).ok()?;
    let mut entries = vec![];
    // Without recursion: an element is met after its parent.
    let mut paths: HashMap<NodeId, Vec<Step>> = HashMap::new();
    for node in parsed.descendants() {
        let own = paths.remove(&node.id()).unwrap_or_default();
        let mut counts: HashMap<&str, (u32, u32)> = HashMap::new();
        for child in node.children().filter(Node::is_element) {
            counts.entry(child.tag_name().name()).or_default().0 += 1;
        }
        for child in node.children().filter(Node::is_element) {
            let name = child.tag_name().name();
            let mut path = own.clone();
            path.push(Step::Name(name.to_owned()));
            // With its position, where it has siblings of the same name.
            if let Some((all, met)) = counts.get_mut(name).filter(|(all, _)| *all > 1) {
                path.push(Step::Item(*met));
                *met = (*met + 1).min(*all);
            }
            paths.insert(child.id(), path);
        }
        if node.is_element() {
            element(text, node, own, &mut entries);
        }
    }
    Some(entries)
}

fn element(text: &str, node: Node<'_, '_>, path: Vec<Step>, entries: &mut Vec<Entry>) {
    let start = node.range().start + 1;
    let own = Span::new(start, start + node.tag_name().name().len());
    let held = node.children().find(Node::is_text).filter(|_| !node.children().any(|it| it.is_element()));
    let value = held.map(|child| scalar(child.text().unwrap_or_default(), child.range()));
    entries.push(Entry { path: path.clone(), key: own, value, commented: false });
    for attribute in node.attributes() {
        let mut path = path.clone();
        path.push(Step::Name(attribute.name().to_owned()));
        let whole = attribute.range();
        let raw = text.get(whole.clone()).unwrap_or_default();
        // `jcr:title="…"`: the name ends at the equals sign, the value stands between the quotes.
        let Some((name, _)) = raw.split_once('=') else { continue };
        let key = Span::new(whole.start, whole.start + name.trim_end().len());
        let value = match raw.find(['"', '\'']) {
            Some(quote) if raw.len() > quote + 1 => whole.start + quote + 1..whole.end - 1,
            _ => whole.end..whole.end,
        };
        let value = Some(scalar(attribute.value(), value));
        entries.push(Entry { path, key, value, commented: false });
    }
}

fn scalar(value: &str, range: Range<usize>) -> Scalar {
    Scalar { text: value.trim().to_owned(), span: Span::new(range.start, range.end.max(range.start)) }
}
