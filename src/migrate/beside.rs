//! Where the scopes can be read when the program runs: as the client id is, under another name.

use super::scopes::is_visible;
use crate::analyze::{Def, ExprRef, Follow, Part, Program, is_self, template};
use crate::ir::{Arg, ExprId, ExprKind};
use crate::text::Span;

/// A setting next to the client id: the same way of reading, another name. Where nothing can be read, the expression is
/// empty.
pub(super) fn setting(
    program: &Program,
    client_id: Option<ExprRef>,
    at: ExprRef,
) -> (String, String, Option<&'static str>) {
    if super::typed::is_typed(program, at.file) {
        // A field beside the client id would have to be declared as well.
        let name = "ADOBE_SCOPES";
        let read = format!("std::env::var(\"{name}\").expect(\"{name} is not set\")");
        return (name.to_owned(), read, None);
    }
    if let Some((name, source)) = client_id.and_then(|id| neighbour_template(program, id)) {
        return (name, source, None);
    }
    let language = program.unit(at.file).map(|unit| unit.language);
    let python = language.is_some_and(|language| language.rules == "python");
    let java = super::java::is_java(program, at.file);
    let near = client_id.and_then(|id| neighbour(program, id, at));
    // A getter beside that of the client id would have to be declared, and may give anything but a text.
    let near = near.filter(|(_, source)| !java || source.starts_with("System.get"));
    let (name, source, needs) = match near {
        Some((name, source)) => (name, source, None),
        None => {
            let read =
                language.map_or(String::new(), |language| language.syntax.setting.replace("NAME", "ADOBE_SCOPES"));
            ("ADOBE_SCOPES".to_owned(), read, python.then_some("os"))
        }
    };
    let read = match () {
        () if source.is_empty() || java => source,
        () if python => format!("\",\".join({source}.replace(\",\", \" \").split())"),
        () => format!("{source}.toString().split(/[\\s,]+/).join(',')"),
    };
    (name, read, needs)
}

/// `"{{API_KEY}}"` in a request of a collection: the same template with the name changed.
fn neighbour_template(program: &Program, client_id: ExprRef) -> Option<(String, String)> {
    let text = program.text(client_id).exact()?;
    let old = template(&text)?;
    let new = scopes_name(old).unwrap_or_else(|| "ADOBE_SCOPES".to_owned());
    Some((new.clone(), format!("\"{}\"", text.replacen(old, &new, 1))))
}

/// The way in which the client id is read, with the name changed.
fn neighbour(program: &Program, client_id: ExprRef, at: ExprRef) -> Option<(String, String)> {
    let mut places = vec![client_id];
    places.extend(program.origins(client_id, Follow::INSIDE).into_iter().map(|origin| origin.expr));
    places.into_iter().filter(|place| place.file == at.file && is_visible(program, *place, at)).find_map(|place| {
        let module = program.module(place.file);
        let (old, span) = match module.kind(place.expr) {
            ExprKind::Member { base, name, name_span }
                if !is_own(program, ExprRef { file: place.file, expr: *base }) =>
            {
                (name.to_string(), *name_span)
            }
            ExprKind::Index { base, index } if !is_own(program, ExprRef { file: place.file, expr: *base }) => {
                (module.literal(*index)?, literal_span(program, place, *index)?)
            }
            ExprKind::Call { args, .. } => {
                let arg: &Arg = args.first()?;
                (module.literal(arg.value)?, literal_span(program, place, arg.value)?)
            }
            _ => return None,
        };
        let new = scopes_name(&old)?;
        let whole = module.expr(place.expr).span;
        let source = program.slice(place.file, whole);
        let from = (span.start - whole.start) as usize;
        let text = format!("{}{}{}", &source[..from], new, &source[from + span.len()..]);
        Some((new, text))
    })
}

/// Whether a member's base is the program's own, so that a new member of it would have to be written as well: `self`, a
/// module of the program, a class, a record, be it handed in.
fn is_own(program: &Program, base: ExprRef) -> bool {
    let is_record = |value: ExprRef| matches!(program.kind(value), ExprKind::Record(entries) if !entries.is_empty());
    is_self(program.kind(base))
        || program.meanings(base, 0).iter().any(|def| match def {
            Def::File(_) | Def::Class(..) => true,
            Def::Value(value) => matches!(program.kind(*value), ExprKind::Record(_)),
            _ => false,
        })
        || program.origins(base, Follow::ALL).iter().any(|origin| origin.path.is_empty() && is_record(origin.expr))
}

fn literal_span(program: &Program, at: ExprRef, expr: ExprId) -> Option<Span> {
    let text = program.text(ExprRef { file: at.file, expr });
    let [Part::Known(_, place)] = text.0.as_slice() else { return None };
    Some(place.span)
}

/// `ADOBE_CLIENT_ID` → `ADOBE_SCOPES`, `clientId` → `scopes`, `API_KEY` → `SCOPES`.
fn scopes_name(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let endings = ["client_id", "clientid", "api_key", "apikey", "client-id", "api-key", "client"];
    let ending = endings.iter().find(|ending| lower.ends_with(**ending))?;
    let prefix = &name[..name.len() - ending.len()];
    let upper = name.chars().any(|c| c.is_ascii_uppercase()) && !name.chars().any(|c| c.is_ascii_lowercase());
    let camel = !prefix.is_empty() && !prefix.ends_with(['_', '-', '.']) && !upper;
    Some(match (upper, camel) {
        (true, _) if prefix.is_empty() => "ADOBE_SCOPES".to_owned(),
        (true, _) => format!("{prefix}SCOPES"),
        (false, true) => format!("{prefix}Scopes"),
        (false, false) => format!("{prefix}scopes"),
    })
}

#[cfg(test)]
mod tests {
    use super::scopes_name;

    #[test]
    fn names_follow_their_neighbours() {
        let cases = [
            ("ADOBE_CLIENT_ID", "ADOBE_SCOPES"),
            ("API_KEY", "ADOBE_SCOPES"),
            ("clientId", "scopes"),
            ("client_id", "scopes"),
            ("adobeClientId", "adobeScopes"),
            ("IMS_OAUTH_API_KEY", "IMS_OAUTH_SCOPES"),
        ];
        for (old, new) in cases {
            assert_eq!(scopes_name(old).as_deref(), Some(new), "{old}");
        }
        assert_eq!(scopes_name("token"), None);
    }
}
