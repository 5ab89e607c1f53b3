//! The entry of the JWT in the shapes that Java has for a form.

use super::method;
use crate::analyze::{Field, Place, Program, Written};
use crate::ir::{ExprId, ExprKind, Module, StmtKind};
use crate::migrate::draft::Draft;
use crate::migrate::in_place::joined;
use crate::migrate::scopes::Scopes;
use crate::text::{Overlap, Span};

const GRANT: &str = "\"client_credentials\"";

/// Functions that make a collection of what they are given, in any number.
const LISTS: [&str; 9] = [
    "asList",
    "of",
    "setParameters",
    "addParameters",
    "setEntities",
    "ofEntries",
    "bodyForm",
    "toArray",
    "newArrayList",
];

/// Functions around a value that stay around the new one.
const AROUND: [&str; 5] = ["encode", "of", "asList", "singletonList", "singleton"];

/// Writes `grant_type` and `scope` where the JWT was.
///
/// # Errors
/// [`Overlap`] where another edit is there.
pub(in crate::migrate) fn entry(
    program: &Program,
    field: &Field,
    scopes: &Scopes,
    granted: bool,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    if field.written == Written::Keyword {
        return super::declared::entry(program, field, scopes, draft);
    }
    let scope = super::scope(program, field.at.file, scopes, draft);
    let unit = Unit { program, field, module: program.module(field.at.file), scope, granted };
    let edit = match field.written {
        Written::Raw => return unit.raw(scopes, draft),
        Written::Pair | Written::Appended => unit.call(),
        _ => None,
    };
    match edit {
        Some((span, text)) => {
            if let Some(comment) = unit.remark(span) {
                draft.edits.entry(field.at.file).or_default().delete(comment)?;
            }
            draft.replace(Place { file: field.at.file, span }, text)
        }
        None => {
            draft.manual(
                field.at,
                "the JWT is put into the form in a way that is not plain: send grant_type and scope instead",
            );
            Ok(())
        }
    }
}

/// Makes the grant type that a form names already that of OAuth. Whether it is written in a way that is plain.
///
/// # Errors
/// [`Overlap`] where another edit is there.
pub(in crate::migrate) fn grant(program: &Program, field: &Field, draft: &mut Draft) -> Result<bool, Overlap> {
    let module = program.module(field.at.file);
    let (file, raw) = (field.at.file, program.slice(field.at.file, field.at.span));
    let span = match (field.written, field.value.filter(|value| value.file == file)) {
        (Written::Raw, _) => {
            let name = "grant_type=";
            let Some(start) = raw.find(name).filter(|_| raw.matches(name).count() == 1) else { return Ok(false) };
            let from = start + name.len();
            let length = raw[from..].find(['&', '"', '%', '{', '\n']).unwrap_or(raw.len() - from);
            let start = field.at.span.start as usize + from;
            if length == 0 {
                return Ok(false);
            }
            draft.replace(Place { file, span: Span::new(start, start + length) }, "client_credentials")?;
            return Ok(true);
        }
        (Written::Pair | Written::Appended, Some(value)) => {
            let unit = Unit { program, field, module, scope: String::new(), granted: true };
            let mut at = value.expr;
            while let Some(parent) = module.expr(at).parent.filter(|parent| *parent != field.host.expr) {
                at = parent;
            }
            unit.value(at)
        }
        _ => return Ok(false),
    };
    draft.replace(Place { file, span }, GRANT)?;
    Ok(true)
}

struct Unit<'a> {
    program: &'a Program,
    field: &'a Field,
    module: &'a Module,
    scope: String,
    /// The form names a grant type already.
    granted: bool,
}

impl Unit<'_> {
    fn slice(&self, start: u32, end: u32) -> &str {
        self.program.slice(self.field.at.file, Span { start, end })
    }

    fn outer(&self, id: ExprId) -> Span {
        self.module.expr(id).outer
    }

    /// The bytes `whole` with another name and value in them.
    fn with(&self, whole: Span, name: Span, value: Span, new: (&str, &str)) -> String {
        let (first, between) = (self.slice(whole.start, name.start), self.slice(name.end, value.start));
        format!("{first}\"{}\"{between}{}{}", new.0, new.1, self.slice(value.end, whole.end))
    }

    fn twice(&self, whole: Span, name: Span, value: Span) -> (String, String) {
        let one = |name_text, value_text| self.with(whole, name, value, (name_text, value_text));
        (one("grant_type", GRANT), one("scope", &self.scope))
    }

    /// An entry that a call makes or adds: `list.add(new Pair(name, value))`, `map.put(name, value)`,
    /// `builder.add(name, value)`, `Map.of(name, value, …)`.
    fn call(&self) -> Option<(Span, String)> {
        let host = self.field.host.expr;
        let ExprKind::Call { callee, args, new } = self.module.kind(host) else {
            return self.element();
        };
        let value = self.field.value.filter(|value| value.file == self.field.at.file)?;
        let at = self.module.expr(value.expr).span;
        let number = args.iter().position(|arg| arg.span.contains(at))?;
        let name = self.outer(args[number.checked_sub(1)?].value);
        let value = self.value(args[number].value);
        let called = method(self.program, self.field.host).unwrap_or_default();
        if args.len() > 2 {
            let whole = Span { start: name.start, end: args[number].span.end };
            let (first, second) = self.twice(whole, name, value);
            if self.granted && called == "of" {
                return Some((whole, second));
            }
            let fits = called == "of" && args.len() < 20 && args.len().is_multiple_of(2);
            return fits.then(|| {
                (whole, joined(self.program, Place { file: self.field.at.file, span: whole }, &first, &second))
            });
        }
        let listed = matches!(called, "of" | "entry" | "singletonMap");
        let made = *new || called == "entry" || (listed && self.module.expr(host).parent.is_some());
        if called == "singletonMap" || (called == "of" && !made) {
            return None;
        }
        if called == "fromFormData" && !self.granted {
            let whole = self.outer(host);
            let second = format!(".with(\"scope\", {})", self.scope);
            return Some((whole, format!("{}{second}", self.with(whole, name, value, ("grant_type", GRANT)))));
        }
        if self.granted {
            let whole = self.outer(host);
            let span = Span { start: name.start, end: whole.end };
            return Some((span, self.with(span, name, value, ("scope", &self.scope))));
        }
        match made {
            true => self.argument(host, name, value),
            false => self.added(host, *callee, name, value),
        }
    }

    /// `new String[] { "jwt_token", jwt }` and the like are no entries of a form.
    fn element(&self) -> Option<(Span, String)> {
        None
    }

    /// What of an argument is replaced: what is around the value may have to stay, since it makes the type.
    fn value(&self, arg: ExprId) -> Span {
        let ExprKind::Call { callee, args, new: false } = self.module.kind(arg) else { return self.outer(arg) };
        let name = match self.module.kind(*callee) {
            ExprKind::Member { name, .. } | ExprKind::Name(name) => &**name,
            _ => "",
        };
        match args.first() {
            Some(first) if AROUND.contains(&name) => self.outer(first.value),
            _ => self.outer(arg),
        }
    }

    /// A pair that is handed to something: a list of pairs, or the method that adds it.
    fn argument(&self, pair: ExprId, name: Span, value: Span) -> Option<(Span, String)> {
        let around = self.module.expr(pair).parent?;
        let whole = self.outer(pair);
        let in_list = |(first, second): (String, String)| {
            Some((whole, joined(self.program, Place { file: self.field.at.file, span: whole }, &first, &second)))
        };
        match self.module.kind(around) {
            ExprKind::List(_) => in_list(self.twice(whole, name, value)),
            ExprKind::Call { callee, args, .. } if args.iter().any(|arg| arg.value == pair) => {
                let called = match self.module.kind(*callee) {
                    ExprKind::Member { name, .. } | ExprKind::Name(name) => &**name,
                    _ => "",
                };
                if LISTS.contains(&called) {
                    return in_list(self.twice(whole, name, value));
                }
                (args.len() == 1 && called.starts_with("add")).then(|| self.added(around, *callee, name, value))?
            }
            // `new NameValuePair[] { … }`
            ExprKind::Opaque(_) => {
                let before = self.slice(0, whole.start).trim_end().chars().next_back()?;
                "{,".contains(before).then(|| in_list(self.twice(whole, name, value)))?
            }
            _ => None,
        }
    }

    /// A call that adds the entry: a statement of its own is doubled, a link of a chain becomes two.
    fn added(&self, call: ExprId, callee: ExprId, name: Span, value: Span) -> Option<(Span, String)> {
        let whole = self.outer(call);
        let stmt = self.module.stmt(self.module.expr(call).stmt);
        let parent = self.module.expr(call).parent;
        let chained = match self.module.kind(callee) {
            ExprKind::Member { base, .. } => matches!(self.module.kind(*base), ExprKind::Call { .. }),
            _ => false,
        };
        let linked = parent
            .is_some_and(|parent| matches!(self.module.kind(parent), ExprKind::Member { base, .. } if *base == call));
        if let ExprKind::Member { base, name_span, .. } = self.module.kind(callee)
            && (chained || linked)
        {
            let link = Span { start: name_span.start, end: whole.end };
            let (first, second) = self.twice(link, name, value);
            let dot = self.slice(self.outer(*base).end, name_span.start);
            // The first link of a chain takes the shape of the next one.
            let dot = match (chained, parent) {
                (false, Some(parent)) => self.slice(whole.end, self.name_start(parent)?),
                _ => dot,
            };
            return Some((link, format!("{first}{dot}{second}")));
        }
        let block = self.module.block(stmt.block);
        let braces = self.slice(block.span.start, block.span.start + 1) == "{";
        if stmt.kind != StmtKind::Expr || parent.is_some() || !braces {
            return None;
        }
        let (first, second) = self.twice(stmt.span, name, value);
        let file = self.program.file(self.field.at.file);
        let indent = file.indent_at(stmt.span.start as usize);
        let line = file.lines().line_span(file.lines().line_of(stmt.span.start as usize));
        let alone = self.slice(line.start, stmt.span.start).trim().is_empty();
        let joint = if alone { format!("{}{indent}", file.eol().as_str()) } else { " ".to_owned() };
        Some((stmt.span, format!("{first}{joint}{second}")))
    }

    /// The lines of a comment about the JWT right above the entry.
    fn remark(&self, entry: Span) -> Option<Span> {
        let file = self.program.file(self.field.at.file);
        let lines = file.lines();
        let here = lines.line_span(lines.line_of(entry.start as usize));
        let comment = self.module.comments.iter().filter(|comment| comment.end < entry.start).max()?;
        let first = lines.line_span(lines.line_of(comment.start as usize));
        let last = lines.line_span(lines.line_of(comment.end.saturating_sub(1) as usize));
        let alone = self.slice(first.start, comment.start).trim().is_empty()
            && self.slice(comment.end, last.end).trim().is_empty()
            && last.end == here.start;
        let about = file.slice(*comment).to_ascii_lowercase().contains("jwt");
        (alone && about && self.slice(here.start, entry.start).trim().is_empty()).then(|| first.join(last))
    }

    fn name_start(&self, member: ExprId) -> Option<u32> {
        match self.module.kind(member) {
            ExprKind::Member { name_span, .. } => Some(name_span.start),
            _ => None,
        }
    }

    /// What comes before the scopes in a body that is a text.
    fn before_scopes(&self) -> &'static str {
        if self.granted { "scope=" } else { "grant_type=client_credentials&scope=" }
    }

    /// `…&jwt_token=` in a string, with the JWT behind it: an operand, what is appended next, or an argument of a format.
    fn raw(&self, scopes: &Scopes, draft: &mut Draft) -> Result<(), Overlap> {
        let file = self.field.at.file;
        let raw = self.program.slice(file, self.field.at.span);
        let name = "jwt_token=";
        let Some(start) = raw.find(name).filter(|_| raw.matches(name).count() == 1) else {
            draft.manual(
                self.field.at,
                "the field is not written in one piece: send grant_type and scope instead of jwt_token",
            );
            return Ok(());
        };
        let from = self.field.at.span.start + start as u32;
        let behind = from + name.len() as u32;
        let at = |start: u32, end: u32| Place { file, span: Span { start, end } };
        let new = self.before_scopes();
        let known = match scopes {
            Scopes::Known(list) => Some(list.join(",")),
            Scopes::Setting { .. } => None,
        };
        let Some(value) = self.field.value.filter(|value| value.file == file) else {
            let rest = &raw[start + name.len()..];
            let length = rest.find(['&', '"', '\n']).unwrap_or(rest.len()) as u32;
            let Some(known) = known.filter(|_| length > 0 && !rest.starts_with(['%', '{'])) else {
                draft.manual(
                    self.field.at,
                    "where the JWT comes into this text is not in view: send grant_type and scope instead",
                );
                return Ok(());
            };
            return draft.replace(at(from, behind + length), format!("{new}{known}"));
        };
        let operand = self.operand(value.expr);
        let rest = &raw[start + name.len()..];
        if rest.starts_with('%') {
            let length = rest.find(|c: char| c.is_ascii_alphabetic()).map_or(0, |at| at as u32 + 1);
            return self.formatted(from, Span { start: behind, end: behind + length }, operand, known, draft);
        }
        let operand = self.outer(operand);
        let between = self.slice(behind, operand.start.max(behind));
        let joint: String = between.chars().filter(|c| !c.is_whitespace()).collect();
        match known {
            // The literal goes on with the scopes.
            Some(known) if matches!(joint.as_str(), "\"+" | "\").append(" | "\".concat(") => {
                draft.replace(at(from, operand.end), format!("{new}{known}\""))
            }
            known => {
                draft.replace(at(from, behind), new)?;
                let text = known.map_or_else(
                    || super::fitted(self.program, at(from, operand.end), &self.scope),
                    |known| format!("\"{known}\""),
                );
                let blank = text.starts_with(['\r', '\n']) && self.slice(0, operand.start).ends_with(' ');
                draft.replace(at(operand.start - u32::from(blank), operand.end), text)
            }
        }
    }

    /// The whole operand of a concatenation that a value is in, with what encodes it.
    fn operand(&self, value: ExprId) -> ExprId {
        let mut at = value;
        while let Some(parent) = self.module.expr(at).parent {
            let stops = match self.module.kind(parent) {
                ExprKind::Call { args, callee, .. } => {
                    let joins = match self.module.kind(*callee) {
                        ExprKind::Member { name, .. } => {
                            ["append", "concat", "write", "writeBytes", "join", "format", "formatted"]
                                .contains(&&**name)
                        }
                        _ => false,
                    };
                    joins && args.iter().any(|arg| arg.value == at)
                }
                ExprKind::Member { .. } => false,
                _ => true,
            };
            if stops {
                break;
            }
            at = parent;
        }
        at
    }

    /// `String.format("…&jwt_token=%s", …, jwt)`: placeholder and argument go, or the argument becomes the scopes.
    fn formatted(
        &self,
        from: u32,
        hole: Span,
        value: ExprId,
        known: Option<String>,
        draft: &mut Draft,
    ) -> Result<(), Overlap> {
        let file = self.field.at.file;
        let new = self.before_scopes();
        let place = |span| Place { file, span };
        let argument = self.outer(value);
        let numbered = self.slice(hole.start, hole.end).contains('$');
        let before = self.slice(0, argument.start).trim_end();
        match known {
            Some(known) if !numbered && before.ends_with(',') => {
                draft.replace(place(Span { start: from, end: hole.end }), format!("{new}{known}"))?;
                draft.replace(place(Span { start: before.len() as u32 - 1, end: argument.end }), "")
            }
            known => {
                draft.replace(place(Span { start: from, end: hole.start }), new)?;
                let text = known.map_or_else(|| self.scope.clone(), |known| format!("\"{known}\""));
                draft.replace(place(argument), text)
            }
        }
    }
}
