//! Where the prologue of a file ends: shebang, licence comment, `'use strict'`.

use crate::lang::tree;
use tree_sitter::Node;

/// The byte before which no statement may be inserted.
pub(super) fn end(root: Node, source: &str) -> u32 {
    let mut end = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let children = tree::children(root);
    for (i, node) in children.iter().enumerate() {
        match node.kind() {
            "hash_bang_line" => end = node.end_byte(),
            "comment" | "html_comment" => {
                let next = children.get(i + 1).map_or(source.len(), Node::start_byte);
                if stands_alone(source, *node, next) {
                    end = node.end_byte();
                }
            }
            "expression_statement" if is_directive(*node) => end = node.end_byte(),
            _ => break,
        }
    }
    end as u32
}

/// A comment of the file rather than of what follows: a licence, a tool's directive, or apart by a blank line.
fn stands_alone(source: &str, comment: Node, next: usize) -> bool {
    let text = tree::text(comment, source).to_ascii_lowercase();
    let after = source.get(comment.end_byte()..next).unwrap_or_default();
    let of_file = ["licen", "copyright", "eslint", "jshint", "@ts-", "@flow", "@jsx", "prettier"];
    text.starts_with("/*!") || of_file.iter().any(|word| text.contains(word)) || after.matches('\n').count() > 1
}

/// `'use strict'`, `'use client'`.
fn is_directive(statement: Node) -> bool {
    matches!(tree::named(statement)[..], [only] if only.kind() == "string")
}
