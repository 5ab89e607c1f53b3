//! The part at the top of a file that nothing may be put into or before.

use crate::lang::tree;
use tree_sitter::Node;

/// The offset after the shebang, encoding line and first comment block, the docstring and the `__future__` imports.
/// Whole lines, unless another statement follows on the last one.
pub(super) fn end(root: Node, source: &str) -> usize {
    let mut end = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut comments_until: Option<usize> = None;
    let mut docstring_may_come = true;
    for node in tree::children(root) {
        let part = match node.kind() {
            "comment" => {
                let line = node.start_position().row;
                let joins = comments_until.is_none_or(|last| line <= last + 1);
                if joins && docstring_may_come {
                    comments_until = Some(line);
                }
                joins && docstring_may_come
            }
            "expression_statement" => std::mem::take(&mut docstring_may_come) && is_string(node),
            "future_import_statement" => {
                docstring_may_come = false;
                true
            }
            ";" => continue,
            _ => break,
        };
        if part {
            end = line_end(source, node.end_byte());
        } else if node.kind() != "comment" {
            break;
        }
    }
    end
}

fn is_string(statement: Node) -> bool {
    matches!(tree::named(statement).as_slice(), [only] if matches!(only.kind(), "string" | "concatenated_string"))
}

/// The start of the next line, if nothing but a comment is left on this one.
fn line_end(source: &str, from: usize) -> usize {
    let rest = source.get(from..).unwrap_or_default();
    let line = rest.split_inclusive('\n').next().unwrap_or_default();
    let left = line.trim_start_matches([' ', '\t', ';']).trim_end();
    if left.is_empty() || left.starts_with('#') { from + line.len() } else { from }
}
