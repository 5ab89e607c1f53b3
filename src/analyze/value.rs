//! Strings as far as they can be known: pieces with the place of each, and gaps between them.

use super::finding::Place;
use super::flow::Follow;
use super::holder::Holder;
use super::program::{ExprRef, Program};
use crate::ir::{Arg, Entry, ExprKind, Piece};

/// A part of a string.
#[derive(Clone, PartialEq, Debug)]
pub enum Part {
    /// Known characters, with the literal that they come from (raw bytes, quotes excluded).
    Known(String, Place),
    /// Something that only the running program knows.
    Unknown(ExprRef),
}

/// A string in parts.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Parts(pub Vec<Part>);

const MAX_PARTS: usize = 64;
const MAX_DEPTH: u8 = 12;

impl Parts {
    /// The known characters, with U+FFFC in place of each gap.
    #[must_use]
    pub fn sketch(&self) -> String {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Known(known, _) => text.push_str(known),
                Part::Unknown(_) => text.push('\u{fffc}'),
            }
        }
        text
    }

    /// Whether any character is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Known(text, _) if !text.is_empty()))
    }

    /// The value, where all of it is known.
    #[must_use]
    pub fn exact(&self) -> Option<String> {
        self.0.iter().all(|part| matches!(part, Part::Known(..))).then(|| self.sketch())
    }

    /// The literals that it is made of.
    pub fn places(&self) -> impl Iterator<Item = (&str, Place)> {
        self.0.iter().filter_map(|part| match part {
            Part::Known(text, place) => Some((text.as_str(), *place)),
            Part::Unknown(_) => None,
        })
    }
}

impl Program {
    /// The string that an expression gives, as far as it can be known.
    #[must_use]
    pub fn text(&self, at: ExprRef) -> Parts {
        let mut parts = vec![];
        self.push_text(at, &mut parts, 0);
        Parts(parts)
    }

    fn push_text(&self, at: ExprRef, parts: &mut Vec<Part>, depth: u8) {
        if depth > MAX_DEPTH || parts.len() > MAX_PARTS {
            return parts.push(Part::Unknown(at));
        }
        let module = self.module(at.file);
        let sub = |expr| ExprRef { file: at.file, expr };
        match module.kind(at.expr) {
            ExprKind::Text(text) => {
                for piece in &text.pieces {
                    match piece {
                        Piece::Known { span, value } => {
                            parts.push(Part::Known(value.to_string(), Place { file: at.file, span: *span }));
                        }
                        Piece::Hole { expr, .. } => self.push_text(sub(*expr), parts, depth + 1),
                    }
                }
            }
            ExprKind::Number(number) => parts.push(Part::Known(number.to_string(), self.place(at))),
            ExprKind::Binary { op, left, right } if &**op == "+" => {
                self.push_text(sub(*left), parts, depth + 1);
                self.push_text(sub(*right), parts, depth + 1);
            }
            ExprKind::Binary { op, left, right } if &**op == "%" => {
                let given = match module.kind(*right) {
                    ExprKind::List(items) => items.iter().map(|item| (None, sub(item.value))).collect(),
                    ExprKind::Record(entries) => {
                        let name = |entry: &Entry| entry.key.and_then(|key| module.literal(key));
                        entries.iter().map(|entry| (name(entry), sub(entry.value))).collect()
                    }
                    _ => vec![(None, sub(*right))],
                };
                self.push_format(sub(*left), &given, "%s", at, parts, depth);
            }
            ExprKind::Binary { op, left, right } if &**op == "/" => {
                // pathlib and yarl: `base / "path"`.
                self.push_text(sub(*left), parts, depth + 1);
                parts.push(Part::Known("/".into(), self.place(at)));
                self.push_text(sub(*right), parts, depth + 1);
            }
            ExprKind::Call { .. } => self.push_call(at, parts, depth),
            ExprKind::Choice { options, .. } => {
                let known = options.iter().map(|option| self.text_at(sub(*option), depth + 1)).find(Parts::is_known);
                match known {
                    Some(known) => parts.extend(known.0),
                    None => parts.push(Part::Unknown(at)),
                }
            }
            _ => self.push_origin(at, parts, depth),
        }
    }

    fn text_at(&self, at: ExprRef, depth: u8) -> Parts {
        self.known.texts.of((at, depth), || {
            let mut parts = vec![];
            self.push_text(at, &mut parts, depth);
            Parts(parts)
        })
    }

    fn push_origin(&self, at: ExprRef, parts: &mut Vec<Part>, depth: u8) {
        let origins = self.origins(at, Follow { callers: depth < 4, ..Follow::ALL });
        let texts = origins.iter().filter(|origin| origin.path.is_empty() && origin.expr != at);
        let before = parts.len();
        match texts.map(|origin| self.text_at(origin.expr, depth + 2)).find(Parts::is_known) {
            Some(known) => parts.extend(known.0),
            None => parts.push(Part::Unknown(at)),
        }
        let built = origins.iter().find(|origin| self.is_builder(origin.expr)).and_then(|built| built.holders.first());
        if let Some(holder) = built {
            // `new StringBuilder()` alone is an empty text, not an unknown one.
            parts.truncate(if matches!(parts[before..], [Part::Unknown(_)]) { before } else { parts.len() });
            for added in self.appended(holder) {
                self.push_text(added, parts, depth + 2);
            }
        }
    }

    /// Whether a call makes something that texts are appended to.
    fn is_builder(&self, at: ExprRef) -> bool {
        let ExprKind::Call { callee, new: true, .. } = self.kind(at) else { return false };
        let callee = self.kind(ExprRef { file: at.file, expr: *callee });
        matches!(callee, ExprKind::Name(name) if matches!(&**name, "StringBuilder" | "StringBuffer"))
    }

    /// What is appended to the text that a name holds: `b.append(x).append(y)`, in statements of their own.
    fn appended(&self, holder: &Holder) -> Vec<ExprRef> {
        let Some(unit) = self.unit(holder.file) else { return vec![] };
        let calls = unit.uses(holder.scope, &holder.name).map_or(&[][..], |uses| &uses.calls);
        let mut added = vec![];
        for first in calls {
            let mut at = Some(*first);
            while let Some(call) = at {
                let ExprKind::Call { callee, args, .. } = unit.module.kind(call) else { break };
                let ExprKind::Member { name, .. } = unit.module.kind(*callee) else { break };
                if let ("append", [arg]) = (&**name, args.as_slice()) {
                    added.push(ExprRef { file: holder.file, expr: arg.value });
                }
                let outer = unit.module.expr(call).parent;
                at = outer.and_then(|member| unit.module.expr(member).parent).filter(|_| {
                    outer.is_some_and(|member| matches!(unit.module.kind(member), ExprKind::Member { .. }))
                });
            }
        }
        added
    }

    fn push_call(&self, at: ExprRef, parts: &mut Vec<Part>, depth: u8) {
        let module = self.module(at.file);
        let ExprKind::Call { callee, args, .. } = module.kind(at.expr) else { return };
        let arg = |index: usize| args.get(index).map(|arg| ExprRef { file: at.file, expr: arg.value });
        let (base, name) = match module.kind(*callee) {
            ExprKind::Member { base, name, .. } => (Some(ExprRef { file: at.file, expr: *base }), &**name),
            ExprKind::Name(name) => (None, &**name),
            _ => (None, ""),
        };
        match (base, name) {
            (Some(base), "format" | "formatted") => {
                let value = |arg: &Arg| ExprRef { file: at.file, expr: arg.value };
                let mut given: Vec<(Option<String>, ExprRef)> =
                    args.iter().map(|arg| (arg.name.as_deref().map(str::to_owned), value(arg))).collect();
                // `String.format(template, …)`: the receiver is a class, not the template.
                let of_class = !given.is_empty() && !self.text_at(base, depth + 1).is_known();
                let template = if of_class { given.remove(0).1 } else { base };
                let braces =
                    name == "format" && split_placeholders(&self.text_at(template, depth + 1).sketch(), "%s").len() < 2;
                self.push_format(template, &given, if braces { "{}" } else { "%s" }, at, parts, depth);
            }
            // `String.join("/", a, b)`
            (Some(_), "join") if args.len() > 2 => {
                for index in 1..args.len() {
                    for part in [arg(0).filter(|_| index > 1), arg(index)].into_iter().flatten() {
                        self.push_text(part, parts, depth + 1);
                    }
                }
            }
            (Some(base), "append") if args.len() == 1 => {
                for part in [Some(base), arg(0)].into_iter().flatten() {
                    self.push_text(part, parts, depth + 1);
                }
            }
            (_, "StringBuilder" | "StringBuffer") => {
                if let Some(first) = arg(0) {
                    self.push_text(first, parts, depth + 1);
                }
            }
            (Some(base), "join") if self.text_at(base, depth + 1).exact().is_some() => {
                let Some(ExprKind::List(items)) = arg(0).map(|list| self.kind(list)) else {
                    return parts.push(Part::Unknown(at));
                };
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        self.push_text(base, parts, depth + 1);
                    }
                    self.push_text(ExprRef { file: at.file, expr: item.value }, parts, depth + 1);
                }
            }
            (Some(base), "concat") => {
                self.push_text(base, parts, depth + 1);
                (0..args.len()).filter_map(arg).for_each(|arg| self.push_text(arg, parts, depth + 1));
            }
            (_, "urljoin" | "URL") if args.len() == 2 => {
                // Either order is in use: an address comes before what is added to it.
                let is_address =
                    |index| arg(index).is_some_and(|arg| self.text_at(arg, depth + 1).sketch().contains("://"));
                let (first, second) = if name == "URL" && !is_address(0) { (1, 0) } else { (0, 1) };
                for index in [first, second] {
                    if let Some(arg) = arg(index) {
                        self.push_text(arg, parts, depth + 1);
                    }
                }
            }
            (_, "URL" | "URI" | "Request" | "getenv") if !args.is_empty() => {
                let index = usize::from(name == "getenv" && args.len() > 1);
                match arg(index) {
                    Some(arg) if name != "getenv" || index == 1 => self.push_text(arg, parts, depth + 1),
                    _ => parts.push(Part::Unknown(at)),
                }
            }
            (
                Some(_),
                "build" | "toUri" | "toURI" | "toUriString" | "toUrl" | "toURL" | "toString" | "buildAndExpand",
            ) => match self.built_address(at, &|arg| self.text_at(arg, depth + 2)) {
                Some(address) => parts.extend(address),
                None => self.push_origin(at, parts, depth),
            },
            // A lookup with a default: the default is what the code says.
            (Some(_), "get") if args.len() == 2 => match arg(1) {
                Some(default) if self.text_at(default, depth + 1).is_known() => {
                    self.push_text(default, parts, depth + 1)
                }
                _ => self.push_origin(at, parts, depth),
            },
            // `api.url("/path")`: the helper of someone else puts a host before the path. `new GenericUrl(address)`.
            (_, helper) if args.len() == 1 && says_url(helper) => {
                let before = parts.len();
                self.push_origin(at, parts, depth);
                let given = arg(0).map(|given| self.text_at(given, depth + 1)).unwrap_or_default();
                let is_whole = given.sketch().starts_with("http") && !helper.to_ascii_lowercase().contains("encode");
                if matches!(parts[before..], [Part::Unknown(_)]) && (is_whole || given.sketch().starts_with('/')) {
                    parts.truncate(if is_whole { before } else { parts.len() });
                    parts.extend(given.0);
                }
            }
            _ => self.push_origin(at, parts, depth),
        }
    }

    /// A format string: its placeholders are filled in order, or by the name or number in them.
    fn push_format(
        &self,
        base: ExprRef,
        given: &[(Option<String>, ExprRef)],
        mark: &str,
        at: ExprRef,
        parts: &mut Vec<Part>,
        depth: u8,
    ) {
        let named = given.iter().any(|(name, _)| name.is_some());
        let mut next = given.iter().filter(|(name, _)| name.is_none()).map(|(_, value)| *value);
        for part in self.text_at(base, depth + 1).0 {
            let Part::Known(text, place) = part else {
                parts.push(part);
                continue;
            };
            let mut end = 0;
            for (i, chunk) in split_placeholders(&text, mark).into_iter().enumerate() {
                let start = chunk.as_ptr() as usize - text.as_ptr() as usize;
                if i > 0 {
                    let hole = &text[end..start];
                    let name = match mark {
                        "{}" => hole.trim_matches(['{', '}']).split([':', '!', '.', '[']).next().unwrap_or_default(),
                        _ => hole.strip_prefix("%(").and_then(|name| name.split(')').next()).unwrap_or_default(),
                    };
                    let value = match name.parse::<usize>() {
                        Ok(number) => given.get(number).map(|(_, value)| *value),
                        Err(_) if named && !name.is_empty() => {
                            given.iter().find(|(own, _)| own.as_deref() == Some(name)).map(|(_, value)| *value)
                        }
                        Err(_) => next.next(),
                    };
                    match value {
                        Some(value) => self.push_text(value, parts, depth + 1),
                        None => parts.push(Part::Unknown(at)),
                    }
                }
                end = start + chunk.len();
                if !chunk.is_empty() {
                    parts.push(Part::Known(chunk.to_owned(), place));
                }
            }
        }
    }
}

fn says_url(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    ["url", "uri", "endpoint"].iter().any(|word| name.contains(word))
}

/// Splits at `{}`, `{0}`, `{name}`, or at `%s`, `%d`, `%(name)s`.
fn split_placeholders<'a>(text: &'a str, mark: &str) -> Vec<&'a str> {
    let mut chunks = vec![];
    let mut rest = text;
    loop {
        let found = if mark == "{}" {
            rest.find('{').and_then(|start| Some((start, start + rest[start..].find('}')? + 1)))
        } else {
            rest.find('%').and_then(|start| -> Option<(usize, usize)> {
                let end = rest[start + 1..].find(|c: char| c.is_ascii_alphabetic() && !rest[start..].starts_with("%("));
                let named =
                    rest[start..].strip_prefix("%(").and_then(|_| rest[start..].find(')')).map(|i| start + i + 2);
                let end = named.or(end.map(|i| start + i + 2));
                end.filter(|end| *end <= rest.len() && rest.is_char_boundary(*end)).map(|end| (start, end))
            })
        };
        match found {
            Some((start, end)) => {
                chunks.push(&rest[..start]);
                rest = &rest[end..];
            }
            None => {
                chunks.push(rest);
                return chunks;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::split_placeholders;

    #[test]
    fn placeholders_split() {
        assert_eq!(split_placeholders("a{}b{0}c", "{}"), ["a", "b", "c"]);
        assert_eq!(split_placeholders("https://%s/ims/%d", "%s"), ["https://", "/ims/", ""]);
        assert_eq!(split_placeholders("%(host)s/x", "%s"), ["", "/x"]);
        assert_eq!(split_placeholders("100%", "%s"), ["100%"]);
    }
}
