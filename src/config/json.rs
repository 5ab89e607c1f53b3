//! JSON and its relatives.

use super::{Entry, Scalar, Step};
use crate::text::Span;
use jsonc_parser::ast::{ObjectPropName, Value};
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

/// The entries of a JSON text; `None` where the parser refuses it.
pub(super) fn read(text: &str) -> Option<Vec<Entry>> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default()).ok()?;
    let mut reader = Reader { text, entries: vec![] };
    reader.value(&parsed.value?, &mut vec![], None);
    Some(reader.entries)
}

struct Reader<'t> {
    text: &'t str,
    entries: Vec<Entry>,
}

impl Reader<'_> {
    /// A value at a path; `key` is where the key stands, `None` for the root and for items.
    fn value(&mut self, value: &Value<'_>, path: &mut Vec<Step>, key: Option<Span>) {
        let scalar = |text: &str, span: Span| Some(Scalar { text: text.to_owned(), span });
        let (held, at) = match value {
            Value::StringLit(text) => (scalar(&text.value, self.inside(text.range)), self.inside(text.range)),
            Value::NumberLit(number) => (scalar(number.value, span(number.range)), span(number.range)),
            Value::BooleanLit(word) => (scalar(&word.value.to_string(), span(word.range)), span(word.range)),
            Value::NullKeyword(word) => (scalar("", span(word.range)), span(word.range)),
            Value::Object(table) => (None, Span::new(table.range.start, table.range.start + 1)),
            Value::Array(list) => (None, Span::new(list.range.start, list.range.start + 1)),
        };
        if key.is_some() || held.is_some() {
            self.entries.push(Entry { path: path.clone(), key: key.unwrap_or(at), value: held, commented: false });
        }
        match value {
            Value::Object(table) => {
                for member in &table.properties {
                    let (name, key) = match &member.name {
                        ObjectPropName::String(text) => (text.value.to_string(), self.inside(text.range)),
                        ObjectPropName::Word(word) => (word.value.to_owned(), span(word.range)),
                    };
                    path.push(Step::Name(name));
                    self.value(&member.value, path, Some(key));
                    path.pop();
                }
            }
            Value::Array(list) => {
                for (index, item) in list.elements.iter().enumerate() {
                    path.push(Step::Item(u32::try_from(index).unwrap_or(u32::MAX)));
                    self.value(item, path, None);
                    path.pop();
                }
            }
            _ => {}
        }
    }

    /// A string without its quotes.
    fn inside(&self, range: Range) -> Span {
        let quoted =
            self.text.get(range.start..range.end).is_some_and(|text| text.len() >= 2 && text.starts_with(['"', '\'']));
        if quoted { Span::new(range.start + 1, range.end - 1) } else { span(range) }
    }
}

fn span(range: Range) -> Span {
    Span::new(range.start(), range.end())
}
