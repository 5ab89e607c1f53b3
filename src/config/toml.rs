//! TOML.

use super::{Entry, Scalar, Step};
use crate::text::Span;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The entries of a TOML text; `None` where it is not TOML at all.
pub(super) fn read(text: &str) -> Option<Vec<Entry>> {
    let parsed = DeTable::parse(text).ok()?;
    let mut reader = Reader { text, entries: vec![] };
    reader.table(parsed.get_ref(), &mut vec![]);
    Some(reader.entries)
}

struct Reader<'t> {
    text: &'t str,
    entries: Vec<Entry>,
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable<'_>, path: &mut Vec<Step>) {
        for (key, value) in table {
            path.push(Step::Name(key.get_ref().to_string()));
            self.value(value, path, Some(self.inside(&key.span())));
            path.pop();
        }
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, path: &mut Vec<Step>, key: Option<Span>) {
        let at = self.inside(&value.span());
        let text = match value.get_ref() {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Boolean(word) => Some(word.to_string()),
            DeValue::Integer(_) | DeValue::Float(_) | DeValue::Datetime(_) => {
                Some(self.text.get(at.range()).unwrap_or_default().to_owned())
            }
            DeValue::Array(_) | DeValue::Table(_) => None,
        };
        if key.is_some() || text.is_some() {
            let value = text.map(|text| Scalar { text, span: at });
            self.entries.push(Entry { path: path.clone(), key: key.unwrap_or(at), value, commented: false });
        }
        match value.get_ref() {
            DeValue::Table(table) => self.table(table, path),
            DeValue::Array(list) => {
                for (index, item) in list.iter().enumerate() {
                    path.push(Step::Item(u32::try_from(index).unwrap_or(u32::MAX)));
                    self.value(item, path, None);
                    path.pop();
                }
            }
            _ => {}
        }
    }

    /// Without quotes, of which there may be three.
    fn inside(&self, range: &std::ops::Range<usize>) -> Span {
        let text = self.text.get(range.clone()).unwrap_or_default();
        let quotes = match text {
            text if text.len() >= 6 && (text.starts_with("\"\"\"") || text.starts_with("'''")) => 3,
            text if text.len() >= 2 && text.starts_with(['"', '\'']) => 1,
            _ => 0,
        };
        Span::new(range.start + quotes, range.end - quotes)
    }
}
