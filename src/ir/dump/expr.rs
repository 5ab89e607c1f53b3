//! Expressions in one line.

use super::Dump;
use crate::ir::{ExprId, ExprKind, Item, Piece, Spread, Text};
use std::fmt::Write;

impl Dump<'_> {
    pub(super) fn list(&self, ids: &[ExprId]) -> String {
        ids.iter().map(|id| self.expr(*id)).collect::<Vec<_>>().join(" ")
    }

    /// An expression in one line.
    pub(super) fn expr(&self, id: ExprId) -> String {
        let text = self.kind_of(id);
        if self.module.expr(id).awaited { format!("(await {text})") } else { text }
    }

    fn kind_of(&self, id: ExprId) -> String {
        match self.module.kind(id) {
            ExprKind::Name(name) => name.to_string(),
            ExprKind::Member { base, name, .. } => format!("{}.{name}", self.expr(*base)),
            ExprKind::Index { base, index } => {
                format!("{}[{}]", self.expr(*base), self.expr(*index))
            }
            ExprKind::Call { callee, args, new } => {
                let args = args.iter().map(|arg| {
                    let name = arg.name.as_deref().map(|name| format!("{name}=")).unwrap_or_default();
                    format!(" {}{name}{}", stars(arg.spread), self.expr(arg.value))
                });
                let word = if *new { "new" } else { "call" };
                format!("({word} {}{})", self.expr(*callee), args.collect::<String>())
            }
            ExprKind::Text(text) => self.text(text),
            ExprKind::Number(number) => number.to_string(),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Null => "null".to_owned(),
            ExprKind::Record(entries) => {
                let entries = entries.iter().map(|entry| match entry.key {
                    Some(_) if entry.shorthand => self.expr(entry.value),
                    Some(key) => format!("{}: {}", self.expr(key), self.expr(entry.value)),
                    None => format!("**{}", self.expr(entry.value)),
                });
                format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
            }
            ExprKind::List(items) => {
                let item = |item: &Item| format!("{}{}", if item.spread { "*" } else { "" }, self.expr(item.value));
                format!("[{}]", items.iter().map(item).collect::<Vec<_>>().join(", "))
            }
            ExprKind::Binary { .. } => self.binary(id),
            ExprKind::Choice { options, tested } => {
                let tested = tested.map(|tested| format!(" by {}", self.expr(tested))).unwrap_or_default();
                format!("(one-of {}{tested})", self.list(options))
            }
            ExprKind::Function(function) => format!("fn#{}", function.0),
            ExprKind::Class(class) => format!("class#{}", class.0),
            ExprKind::Comprehension { record, element, children } => {
                let record = record.map(|(key, value)| format!(" {}: {}", self.expr(key), self.expr(value)));
                let element = element.map(|element| format!(" {}", self.expr(element)));
                let made = record.or(element).unwrap_or_default();
                format!("(each{made} | {})", self.list(children))
            }
            ExprKind::Opaque(parts) if parts.is_empty() => "(?)".to_owned(),
            ExprKind::Opaque(parts) => format!("(? {})", self.list(parts)),
        }
    }

    /// Chains of thousands of operators nest to the left, so that side is a loop.
    fn binary(&self, id: ExprId) -> String {
        let mut opening = String::new();
        let mut closing = vec![];
        let mut at = id;
        while let ExprKind::Binary { op, left, right } = self.module.kind(at) {
            let _ = write!(opening, "({op} ");
            closing.push(format!(" {})", self.expr(*right)));
            at = *left;
            if self.module.expr(at).awaited {
                break;
            }
        }
        opening + &self.expr(at) + &closing.into_iter().rev().collect::<String>()
    }

    fn text(&self, text: &Text) -> String {
        match text.pieces.as_slice() {
            [] => "\"\"".to_owned(),
            [Piece::Known { value, .. }] => format!("{value:?}"),
            pieces => {
                let piece = |piece: &Piece| match piece {
                    Piece::Known { value, .. } => format!(" {value:?}"),
                    Piece::Hole { expr, .. } => format!(" {{{}}}", self.expr(*expr)),
                };
                format!("(text{})", pieces.iter().map(piece).collect::<String>())
            }
        }
    }
}

pub(super) fn stars(spread: Spread) -> &'static str {
    match spread {
        Spread::No => "",
        Spread::Items => "*",
        Spread::Entries => "**",
    }
}
