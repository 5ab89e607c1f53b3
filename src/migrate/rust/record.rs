//! A form that is a struct: two fields take the place of the one for the JWT, where the struct is declared and where it
//! is made.

use super::typed;
use super::units;
use super::unused::class_name;
use crate::analyze::{ExprRef, Field, Place, Program};
use crate::ir::{Declared, ExprKind};
use crate::migrate::draft::Draft;
use crate::migrate::in_place::{common_entry, joined};
use crate::migrate::scopes::Scopes;
use crate::text::{FileId, Overlap};

/// Puts grant type and scope in place of the JWT's entry: in a struct both edits are drafted, or it is said why a human
/// must.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(in crate::migrate) fn entry(
    program: &Program,
    field: &Field,
    scopes: &Scopes,
    granted: bool,
    draft: &mut Draft,
) -> Result<(), Overlap> {
    if !typed::is_of_struct(program, field) {
        return common_entry(program, field, scopes, granted, draft);
    }
    let manual = |draft: &mut Draft| {
        draft.manual(field.at, "the form is a struct: give it grant_type and scope instead of this field");
        Ok(())
    };
    let Some((file, member)) = declared(program, field) else { return manual(draft) };
    let Some(new) = New::of(program, file, &member) else { return manual(draft) };
    let (Some(grant), Some(scope)) = (new.value("client_credentials"), new.scope(scopes)) else { return manual(draft) };
    let place = Place { file, span: member.span };
    let (first, second) = (new.declaration("grant_type"), new.declaration("scope"));
    draft.replace(place, joined(program, place, &first, &second))?;
    let text = joined(program, field.at, &format!("grant_type: {grant}"), &format!("scope: {scope}"));
    draft.replace(field.at, text)
}

/// Where the struct declares the field, if it is made in one place only and nobody else reads the field.
fn declared(program: &Program, field: &Field) -> Option<(FileId, Declared)> {
    let class = class_name(program, field.host)?;
    let ExprKind::Record(entries) = program.kind(field.host) else { return None };
    let host = program.module(field.host.file);
    let entry =
        entries.iter().find(|entry| field.at.span.contains(entry.span) || entry.span.contains(field.at.span))?;
    let name = host.literal(entry.key?)?;
    let checked = || units(program);
    let mut members = checked().flat_map(|(file, unit)| {
        let of_class = |member: &&Declared| {
            *member.name == *name && unit.module.class(member.class).name.as_deref() == Some(&*class)
        };
        unit.module.types.members.iter().filter(of_class).map(move |member| (file, member.clone())).collect::<Vec<_>>()
    });
    let found = members.next()?;
    let made = checked().flat_map(|(file, unit)| {
        unit.module.types.records.keys().map(move |expr| ExprRef { file, expr: *expr }).collect::<Vec<_>>()
    });
    let once = made.filter(|record| class_name(program, *record).as_deref() == Some(&*class)).count() == 1;
    let read = checked().any(|(_, unit)| {
        let is_it = |kind: &ExprKind| matches!(kind, ExprKind::Member { name: found, .. } if **found == *name);
        unit.module.exprs.iter().any(|expr| is_it(&expr.kind))
    });
    (members.next().is_none() && once && !read).then_some(found)
}

/// The new fields.
struct New<'a> {
    /// Visibility with a blank, or nothing.
    visibility: &'a str,
    class: &'a str,
    /// Whether serde would call them otherwise.
    renamed: bool,
}

impl<'a> New<'a> {
    fn of(program: &'a Program, file: FileId, member: &Declared) -> Option<Self> {
        let mut text = program.slice(file, member.span);
        while text.starts_with("//") {
            text = text.split_once('\n')?.1.trim_start();
        }
        while text.starts_with("#[") {
            let end = text.find(']')? + 1;
            if !text[..end].contains("serde") {
                return None;
            }
            text = text[end..].trim_start();
        }
        let (head, class) = text.split_once(':')?;
        let visibility = head.trim_end().strip_suffix(&*member.name)?;
        let module = program.module(file);
        let span = module.class(member.class).span;
        let head = program.slice(file, span).split('{').next().unwrap_or_default();
        let renamed =
            head.contains("rename_all") && !head.contains("\"snake_case\"") && !head.contains("\"lowercase\"");
        Some(New { visibility, class: class.trim(), renamed })
    }

    fn declaration(&self, name: &str) -> String {
        let rename = if self.renamed { format!("#[serde(rename = \"{name}\")] ") } else { String::new() };
        format!("{rename}{}{name}: {}", self.visibility, self.class)
    }

    fn value(&self, text: &str) -> Option<String> {
        match self.class {
            "String" => Some(format!("\"{text}\".to_string()")),
            class if class.starts_with('&') && class.ends_with("str") => Some(format!("\"{text}\"")),
            class if class.starts_with("Cow<") => Some(format!("\"{text}\".into()")),
            "Option<String>" => Some(format!("Some(\"{text}\".to_string())")),
            _ => None,
        }
    }

    fn scope(&self, scopes: &Scopes) -> Option<String> {
        match scopes {
            Scopes::Known(list) => self.value(&list.join(",")),
            Scopes::Setting { read, .. } => (self.class == "String").then(|| read.clone()),
        }
    }
}
