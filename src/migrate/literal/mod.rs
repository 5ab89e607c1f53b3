//! A form that is written out plainly, in a language without a grammar: its entry for the JWT becomes two others, in the
//! shape that it has. What has no plain shape is left to a human.

mod command;
mod granted;
mod measure;

use crate::lang::lexical::{Lexicon, TokenKind, Words, tokens};
use crate::text::{Edit, Span};
use command::Command;
pub(super) use measure::words;
use measure::{called, ends_name, value_len};

/// What the entry becomes.
const GRANT: (&str, &str) = ("grant_type", "client_credentials");

/// The edits that turn the entry whose name is at `field` into `grant_type` and `scope`; `None` where its shape is not
/// plain.
pub(super) fn entry(lexicon: &Lexicon, text: &str, field: Span, scopes: &str) -> Option<Vec<Edit>> {
    let granted = match granted::beside(lexicon, text, field) {
        Some(edit) => vec![edit?],
        None => vec![],
    };
    let mut edits = granted;
    let form = Form { lexicon, text, field, scopes, granted: !edits.is_empty() };
    let at = field.start as usize;
    let command = (lexicon.words == Words::Bare).then(|| Command::around(text, at)).flatten();
    if command.as_ref().is_some_and(|command| command.is_json(text)) {
        return None;
    }
    let (urlencoded, option) = command.as_ref().and_then(|command| command.urlencoded(text, at)).unwrap_or_default();
    edits.push(form.entry(command.as_ref(), option.as_deref())?);
    edits.extend(urlencoded);
    Some(edits)
}

struct Form<'t> {
    lexicon: &'t Lexicon,
    text: &'t str,
    field: Span,
    scopes: &'t str,
    /// Whether it has a grant type beside the JWT.
    granted: bool,
}

impl Form<'_> {
    fn entry(&self, command: Option<&Command>, option: Option<&str>) -> Option<Edit> {
        let Form { lexicon, text, field, .. } = self;
        let rest = &text[field.end as usize..];
        if rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>") {
            let found = tokens(lexicon, text);
            let string = found.iter().find(|token| token.kind == TokenKind::Text && token.span.contains(*field));
            return match (lexicon.words, string) {
                (Words::Bare, Some(token)) if text[token.span.range()].contains('&') => self.pair(token.span),
                (Words::Bare, _) => command?.argument(text, *field, option, self.scopes),
                (_, Some(token)) => self.pair(token.span),
                (_, None) => self.named(),
            };
        }
        self.named()
    }

    fn edit(start: usize, end: usize, text: String) -> Option<Edit> {
        Some(Edit { span: Span::new(start, end), text })
    }

    /// `client_id=…&client_secret=…&jwt_token=…` in one string, also with the JWT put behind it.
    fn pair(&self, string: Span) -> Option<Edit> {
        let (start, end) = (self.field.start as usize, string.end as usize);
        if self.text[string.range()].contains("grant_type=") {
            return None;
        }
        let scopes = match self.scopes.contains('$') && self.lexicon.words == Words::Bare {
            false => self.scopes.to_owned(),
            // A variable needs quotes that let it through.
            true if self.text[..string.start as usize].ends_with('\'') => format!("'\"{}\"'", self.scopes),
            true if self.is_in_quoted_document(string) => return None,
            true => self.scopes.to_owned(),
        };
        let new = format!("{}={}&scope={scopes}", GRANT.0, GRANT.1);
        let value = self.field.end as usize + 1;
        let inside = self.text.get(value..end)?;
        if !inside.is_empty() {
            let len = inside.find('&').unwrap_or(inside.trim_end_matches(['\r', '\n']).len());
            return Self::edit(start, value + len, new);
        }
        let quote = self.text[end..].chars().next().filter(|c| "\"'`".contains(*c))?;
        let behind = &self.text[end + 1..];
        if self.lexicon.words == Words::Bare {
            // A shell's word goes on behind the quote.
            let value = words(self.text, end + 1, false).first().copied()?;
            let rest = &self.text[value.range()];
            let whole = value.start as usize == end + 1 && !rest.is_empty() && !rest.contains('&');
            return whole.then(|| Self::edit(start, value.end as usize, format!("{new}{quote}")))?;
        }
        let operator = behind.trim_start();
        let joint = ["..", "<>", "+", ".", "&"].into_iter().find(|joint| operator.starts_with(joint))?;
        let from = self.text.len() - operator.len() + joint.len();
        let len = value_len(&self.text[from..], joint)?;
        Self::edit(start, from + len, format!("{new}{quote}"))
    }

    /// Whether a string is a here-document in which variables stay as they are: `<<'EOF'`.
    fn is_in_quoted_document(&self, string: Span) -> bool {
        let above = self.text[..string.start as usize].strip_suffix('\n').unwrap_or_default();
        let line = above.rsplit('\n').next().unwrap_or_default();
        let word = line.rsplit_once("<<").map(|(_, word)| word.trim_start_matches(['-', ' ']));
        word.is_some_and(|word| word.starts_with(['\'', '"', '\\']))
    }

    /// An entry with a name and a value of their own: `"jwt_token" => $jwt`, `jwt_token: jwt`, `.add("jwt_token", jwt)`.
    fn named(&self) -> Option<Edit> {
        let bytes = self.text.as_bytes();
        let (mut start, mut end) = (self.field.start as usize, self.field.end as usize);
        let around = |start: usize, end: usize| Some((*bytes.get(start.checked_sub(1)?)?, *bytes.get(end)?));
        let quote =
            around(start, end).filter(|(open, close)| open == close && b"\"'".contains(open)).map(|pair| pair.0);
        if quote.is_some() {
            (start, end) = (start - 1, end + 1);
        }
        let index = around(start, end) == Some((b'[', b']'));
        if index {
            (start, end) = (start - 1, end + 1);
        } else if quote.is_none() && bytes.get(start.checked_sub(1)?) == Some(&b':') {
            start -= 1;
        }
        let behind = self.text[end..].trim_start_matches([' ', '\t']);
        let joint = ["=>", "->", ":", "=", ","].into_iter().find(|joint| behind.starts_with(joint))?;
        let from = self.text.len() - behind.len() + joint.len();
        let value = from + self.text[from..].len() - self.text[from..].trim_start_matches([' ', '\t']).len();
        let value_end = value + value_len(&self.text[value..], "")?;
        let quote = quote.map_or(if self.lexicon.name == "powershell" { '\'' } else { '"' }, char::from);
        let unit = Unit { form: self, start, end: value_end, value, quote };
        match joint {
            "," => unit.call(),
            _ if index && start.checked_sub(1).is_some_and(|at| ends_name(bytes[at])) => unit.statement(),
            _ => unit.element(),
        }
    }

    /// The last character before `at` that is not blank.
    fn before(&self, at: usize) -> Option<char> {
        self.text[..at].trim_end().chars().next_back()
    }

    fn line_start(&self, at: usize) -> usize {
        let begin = self.text[..at].rfind('\n').map_or(0, |line| line + 1);
        begin + self.text[begin..].len() - self.text[begin..].trim_start_matches([' ', '\t']).len()
    }
}

/// An entry with its value, or what it is an argument of.
struct Unit<'f, 't> {
    form: &'f Form<'t>,
    start: usize,
    end: usize,
    /// Where the value begins in it.
    value: usize,
    quote: char,
}

impl Unit<'_, '_> {
    /// The unit with another name and value.
    fn with(&self, start: usize, name: &str, value: &str, end: usize) -> String {
        let Form { text, field, .. } = self.form;
        let after = &text[field.end as usize..self.value];
        // Names that stand in columns stay so.
        let wide = after.len() - after.trim_start_matches(' ').len();
        let after = match wide > 1 {
            true => format!(
                "{}{}",
                " ".repeat((field.len() + wide).saturating_sub(name.len()).max(1)),
                after.trim_start_matches(' ')
            ),
            false => after.to_owned(),
        };
        let old = self.value + value_len(&text[self.value..], "").unwrap_or(0);
        let quote = self.quote;
        format!("{}{name}{after}{quote}{value}{quote}{}", &text[start..field.start as usize], &text[old..end])
    }

    fn twice(&self, start: usize, end: usize, joint: &str) -> Option<Edit> {
        let second = self.with(start, "scope", self.form.scopes, end);
        if self.form.granted {
            return Form::edit(start, end, second);
        }
        let first = self.with(start, GRANT.0, GRANT.1, end);
        Form::edit(start, end, format!("{first}{joint}{second}"))
    }

    /// An entry of a list or record.
    fn element(&self) -> Option<Edit> {
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
    fn statement(&self) -> Option<Edit> {
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
    fn call(&self) -> Option<Edit> {
        let text = self.form.text;
        let open = text[..self.start].trim_end();
        let close = text[self.end..].trim_start();
        let end = text.len() - close.len() + 1;
        let start = open.len() - 1;
        match (open.chars().next_back()?, close.chars().next()?) {
            ('{', '}') => self.element_at(start, end),
            ('(', ')') => {
                let start = called(text, start);
                let before = self.form.before(start)?;
                let next = text[end..].trim_start().chars().next();
                let blank = &text[text[..start].trim_end().len()..start];
                if text[start..].starts_with('.') {
                    self.twice(start, end, blank)
                } else if ",{([".contains(before) && next.is_some_and(|c| ",})]".contains(c)) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::lexical;
    use crate::text::EditSet;

    fn check(language: &str, before: &str, after: Option<&str>) {
        let lexicon = lexical::named(language).unwrap();
        let at = before.find("jwt_token").unwrap();
        let edits = entry(lexicon, before, Span::new(at, at + 9), "openid,AdobeID");
        let found = edits.map(|edits| {
            let mut all = EditSet::default();
            edits.into_iter().for_each(|edit| all.add(edit).unwrap());
            String::from_utf8(all.apply(before.as_bytes())).unwrap()
        });
        assert_eq!(found.as_deref(), after, "{language}: {before}");
    }

    #[test]
    fn plain_forms_are_rewritten() {
        let cases = [
            ("shell", "curl -F jwt_token=$J x", "curl -F grant_type=client_credentials -F scope=openid,AdobeID x"),
            (
                "shell",
                "curl u \\\n  -d \"jwt_token=$(sign \"$K\")\"\n",
                "curl u \\\n  -d \"grant_type=client_credentials\" \\\n  -d \"scope=openid,AdobeID\"\n",
            ),
            (
                "shell",
                "curl -d 'a=b&jwt_token=c' u",
                "curl -d 'a=b&grant_type=client_credentials&scope=openid,AdobeID' u",
            ),
            (
                "php",
                "f(['jwt_token' => $j]);",
                "f(['grant_type' => 'client_credentials', 'scope' => 'openid,AdobeID']);",
            ),
            (
                "php",
                "f(['grant_type' => 'jwt-bearer', 'a' => g(1), 'jwt_token' => $j]);",
                "f(['grant_type' => 'client_credentials', 'a' => g(1), 'scope' => 'openid,AdobeID']);",
            ),
            (
                "csharp",
                "{ { \"jwt_token\", j }, { \"grant_type\", \"x\" } }",
                "{ { \"scope\", \"openid,AdobeID\" }, { \"grant_type\", \"client_credentials\" } }",
            ),
            (
                "ruby",
                "f(a: b,\n  jwt_token: sign(x, y))",
                "f(a: b,\n  grant_type: \"client_credentials\",\n  scope: \"openid,AdobeID\")",
            ),
            (
                "ruby",
                "p[\"jwt_token\"] = j\n",
                "p[\"grant_type\"] = \"client_credentials\"\np[\"scope\"] = \"openid,AdobeID\"\n",
            ),
            (
                "csharp",
                "{ { \"a\", b }, { \"jwt_token\", j } }",
                "{ { \"a\", b }, { \"grant_type\", \"client_credentials\" }, { \"scope\", \"openid,AdobeID\" } }",
            ),
            (
                "csharp",
                "{\n  [\"jwt_token\"] = j,\n}",
                "{\n  [\"grant_type\"] = \"client_credentials\",\n  [\"scope\"] = \"openid,AdobeID\",\n}",
            ),
            (
                "csharp",
                "{ new KeyValuePair<string, string>(\"jwt_token\", j) }",
                "{ new KeyValuePair<string, string>(\"grant_type\", \"client_credentials\"), new KeyValuePair<string, string>(\"scope\", \"openid,AdobeID\") }",
            ),
            (
                "csharp",
                "a = \"x=\" + x + \"&jwt_token=\" + j;",
                "a = \"x=\" + x + \"&grant_type=client_credentials&scope=openid,AdobeID\";",
            ),
            (
                "powershell",
                "@{\n  client_id = $i\n  jwt_token = $j\n}",
                "@{\n  client_id = $i\n  grant_type = 'client_credentials'\n  scope = 'openid,AdobeID'\n}",
            ),
            ("powershell", "\"a=$b&jwt_token=$j\"", "\"a=$b&grant_type=client_credentials&scope=openid,AdobeID\""),
            (
                "kotlin",
                "f\n .add(\"jwt_token\", j)\n .build()",
                "f\n .add(\"grant_type\", \"client_credentials\")\n .add(\"scope\", \"openid,AdobeID\")\n .build()",
            ),
            (
                "scala",
                "Map(\"a\" -> b, \"jwt_token\" -> j)",
                "Map(\"a\" -> b, \"grant_type\" -> \"client_credentials\", \"scope\" -> \"openid,AdobeID\")",
            ),
            (
                "r",
                "list(\n  a = b,\n  jwt_token = j\n)",
                "list(\n  a = b,\n  grant_type = \"client_credentials\",\n  scope = \"openid,AdobeID\"\n)",
            ),
        ];
        for (language, before, after) in cases {
            check(language, before, Some(after));
        }
    }

    #[test]
    fn others_are_left() {
        let cases = [
            ("kotlin", "@Field(\"jwt_token\") jwt: String"),
            ("ruby", "f(jwt_token: # the JWT\n  j)"),
            ("php", "['jwt_token' => $a\n  ->sign()]"),
            ("php", "['grant_type' => GRANT, 'jwt_token' => $j]"),
            ("csharp", "if (x) { form[\"jwt_token\"] = j; }"),
            ("csharp", "var a = b.Add(\"jwt_token\", j);"),
            ("shell", "jwt_token=$J"),
            ("shell", "curl -d grant_type=x \\\n  -d jwt_token=$J u"),
            ("shell", "curl -d 'grant_type=x&jwt_token=c' u"),
            ("shell", "curl -d\"jwt_token=$J\""),
            ("powershell", "\"a&jwt_token=\" -f $j"),
        ];
        for (language, before) in cases {
            check(language, before, None);
        }
    }
}
