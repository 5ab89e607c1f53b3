//! An entry of a form with a name and a value of its own, and what becomes of it in the shape that it has.

use super::measure::{called, value_len};
use super::{Form, GRANT, Scopes};
use crate::text::Edit;

/// An entry with its value, or what it is an argument of.
pub(super) struct Unit<'f, 't> {
    pub(super) form: &'f Form<'t>,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Where the value begins in it.
    pub(super) value: usize,
    pub(super) quote: char,
}

impl Unit<'_, '_> {
    /// The unit with another name and value.
    fn with(&self, start: usize, name: &str, value: &str, end: usize) -> String {
        let Form { text, field, .. } = self.form;
        let after = &text[field.end as usize..self.value];
        // Names that stand in columns stay so.
        let lead = after.len() - after.trim_start_matches(' ').len();
        let tail = after.len() - after.trim_end_matches(' ').len();
        let wide = |blanks: usize| " ".repeat((field.len() + blanks).saturating_sub(name.len()).max(1));
        let after = match (lead, tail) {
            (2.., _) => format!("{}{}", wide(lead), &after[lead..]),
            (_, 2..) => format!("{}{}", &after[..after.len() - tail], wide(tail)),
            _ => after.to_owned(),
        };
        let old = self.value + value_len(&text[self.value..], "").unwrap_or(0);
        // A list of one value stays one: `"jwt_token": {jwt}`.
        let (open, close) = match text[self.value..old].split_once('{') {
            Some((kind, rest))
                if rest.ends_with('}') && kind.chars().all(|c| c.is_alphanumeric() || "[] ".contains(c)) =>
            {
                (&text[self.value..=self.value + kind.len()], "}")
            }
            _ => ("", ""),
        };
        format!("{}{name}{after}{open}{value}{close}{}", &text[start..field.start as usize], &text[old..end])
    }

    fn twice(&self, start: usize, end: usize, joint: &str) -> Option<Edit> {
        let quoted = |value: &str| format!("{0}{value}{0}", self.quote);
        let scopes = match self.form.scopes {
            Scopes::Known(scopes) => quoted(scopes),
            Scopes::Read(expression) => expression.clone(),
        };
        let second = self.with(start, "scope", &scopes, end);
        if self.form.granted {
            return Form::edit(start, end, second);
        }
        let first = self.with(start, GRANT.0, &quoted(GRANT.1), end);
        Form::edit(start, end, format!("{first}{joint}{second}"))
    }

    /// An entry of a list or record.
    pub(super) fn element(&self) -> Option<Edit> {
        self.element_at(self.start, self.end)
    }

    fn element_at(&self, start: usize, end: usize) -> Option<Edit> {
        let text = self.form.text;
        let blank = &text[text[..start].trim_end().len()..start];
        let before = self.form.before(start)?;
        if self.form.lexicon.name == "powershell" {
            let joint = if blank.contains('\n') { blank } else { "; " };
            return if blank.contains('\n') || "{;".contains(before) { self.twice(start, end, joint) } else { None };
        }
        // `{ :jwt_token => x }`, and an argument among others.
        let joint = if blank.contains('\n') || before == ',' { format!(",{blank}") } else { ", ".to_owned() };
        if ",{([".contains(before) { self.twice(start, end, &joint) } else { None }
    }

    /// `form["jwt_token"] = jwt;` on a line of its own.
    pub(super) fn statement(&self) -> Option<Edit> {
        self.statement_at(self.form.line_start(self.start), self.end)
    }

    fn statement_at(&self, start: usize, end: usize) -> Option<Edit> {
        let text = self.form.text;
        let end = end + usize::from(text[end..].starts_with(';'));
        let rest = text[end..].split('\n').next().unwrap_or_default();
        if !rest.trim().is_empty() || !text[start..self.form.field.start as usize].chars().all(|c| !";{}".contains(c)) {
            return None;
        }
        let begin = text[..start].rfind('\n').map_or(0, |line| line + 1);
        let line_end = if text[end..].starts_with("\r\n") || rest.ends_with('\r') { "\r\n" } else { "\n" };
        self.twice(start, end, &format!("{line_end}{}", &text[begin..start]))
    }

    /// `.add("jwt_token", jwt)`, `form.Set("jwt_token", jwt)`, `{ "jwt_token", jwt }`, `new Pair<…>("jwt_token", jwt)`.
    pub(super) fn call(&self) -> Option<Edit> {
        let text = self.form.text;
        let open = text[..self.start].trim_end();
        let close = text[self.end..].trim_start();
        let end = text.len() - close.len() + 1;
        let start = open.len() - 1;
        match (open.chars().next_back()?, close.chars().next()?) {
            ('{', '}') => self.element_at(start, end),
            ('(', ')') => {
                let callee = called(text, start);
                // `form.Set(…)` in a block is a statement, `new Pair(…)` in braces an entry.
                let name = &text[callee..start];
                let (start, is_method) = (callee, name.contains('.') && !name.starts_with("new "));
                let before = self.form.before(start)?;
                let next = text[end..].trim_start().chars().next();
                let blank = &text[text[..start].trim_end().len()..start];
                if text[start..].starts_with('.') {
                    self.twice(start, end, blank)
                } else if ",{([".contains(before)
                    && !(before == '{' && is_method)
                    && next.is_some_and(|c| ",})]".contains(c))
                {
                    self.element_at(start, end)
                } else if self.form.line_start(start) == start {
                    self.statement_at(start, end)
                } else {
                    None
                }
            }
            _ => None,
        }
    }
}
