//! The setting that a program reads its scopes from, where they are not known.

use super::home::{self, Home};
use super::is_visible;
use crate::analyze::{Def, ExprRef, Follow, Part, Program, is_self, template};
use crate::ir::{Arg, ExprId, ExprKind};
use crate::lang::Syntax;
use crate::text::Span;

/// A setting that holds the scopes.
pub(super) struct Setting {
    /// What the user must set.
    pub name: String,
    /// The expression that gives one comma-joined string; empty where nothing can be read.
    pub read: String,
    /// The module that the expression needs to be imported.
    pub needs: Option<&'static str>,
    /// Whether the operator of the program can set it, and the program stops where it is not set.
    pub loud: bool,
    /// The name of the setting with the client id beside it.
    pub beside: Option<String>,
    /// Where that is declared.
    pub home: Home,
}

/// A setting next to the client id: the same way of reading, another name.
pub(super) fn setting(program: &Program, client_id: Option<ExprRef>, at: ExprRef) -> Setting {
    let quiet = |name: String, read: String| Setting {
        name,
        read,
        needs: None,
        loud: false,
        beside: None,
        home: Home::Unknown,
    };
    if let Some(syntax) = program.syntax(at.file).filter(|syntax| syntax.typed) {
        // A field beside the client id would have to be declared as well.
        let name = "ADOBE_SCOPES";
        return quiet(name.to_owned(), syntax.setting.replace("NAME", name));
    }
    if let Some((name, source)) = client_id.and_then(|id| neighbour_template(program, id)) {
        return quiet(name, source);
    }
    let Some(language) = program.unit(at.file).map(|unit| unit.language) else {
        return quiet("ADOBE_SCOPES".to_owned(), String::new());
    };
    let syntax = language.syntax;
    let is_outside = |source: &str| syntax.environment.iter().any(|reader| source.starts_with(reader));
    let near = client_id.and_then(|id| neighbour(program, id, at));
    // A getter beside that of the client id would have to be declared, and may give anything but a text.
    let gives_text = |read: &str| read.starts_with("System.get") || read.contains(".getProperty(\"");
    let near = near.filter(|near| !syntax.methods_only || gives_text(&near.read));
    // In TypeScript a new member of an object would have to be declared in its type.
    let near = near.filter(|near| language.name != "typescript" || !near.member || is_outside(&near.read));
    let needs = near.is_none().then_some(syntax.setting_needs).flatten().or(syntax.scopes_need);
    let Near { beside, name, read: source, at: place, .. } = near.unwrap_or_else(|| {
        let name = client_id.and_then(|id| of_environment(program, id, syntax)).unwrap_or("ADOBE_SCOPES".to_owned());
        Near { beside: None, read: syntax.setting.replace("NAME", &name), name, at: None, member: false }
    });
    let home = match (client_id, &beside, place) {
        (Some(id), Some(old), Some(place)) if syntax.raises && !is_outside(&source) => {
            home::home(program, place, (old, &name), id)
        }
        _ => Home::Unknown,
    };
    let loud = is_outside(&source) || matches!(home, Home::Outside | Home::Beside(_));
    let text = match () {
        () if !syntax.optional_arguments => source.clone(),
        () if loud && syntax.annotations => format!("{source}!"),
        () if loud => source.clone(),
        () => format!("{source}.toString()"),
    };
    let read = match source.is_empty() || syntax.scopes.is_empty() {
        true => source,
        false => syntax.scopes.replace("TEXT", &text).replace("NAME", &name),
    };
    Setting { name, read, needs, loud, beside, home }
}

/// `"{{API_KEY}}"` in a request of a collection: the same template with the name changed.
fn neighbour_template(program: &Program, client_id: ExprRef) -> Option<(String, String)> {
    let text = program.text(client_id).exact()?;
    let old = template(&text)?;
    let new = scopes_name(old).unwrap_or_else(|| "ADOBE_SCOPES".to_owned());
    Some((new.clone(), format!("\"{}\"", text.replacen(old, &new, 1))))
}

/// A setting near that of the client id.
struct Near {
    /// What the client id's is called.
    beside: Option<String>,
    /// What this one is called.
    name: String,
    /// The expression that reads it.
    read: String,
    /// The expression that reads the client id.
    at: Option<ExprRef>,
    /// Whether that is a member of something: `config.scopes`.
    member: bool,
}

/// The way in which the client id is read, with the name changed.
fn neighbour(program: &Program, client_id: ExprRef, at: ExprRef) -> Option<Near> {
    let mut places = named(program, client_id);
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
                let (value, _) = named_argument(program, place, args)?;
                (module.literal(value)?, literal_span(program, place, value)?)
            }
            _ => return None,
        };
        let new = scopes_name(&old)?;
        // Only in the environment a name must say by itself whose it is.
        let syntax = program.syntax(place.file)?;
        let outside = syntax.environment.iter().any(|reader| program.source(place).starts_with(reader));
        let new = if syntax.raises && !outside && old.len() <= "client_id".len() && new == "ADOBE_SCOPES" {
            "SCOPES".to_owned()
        } else {
            new
        };
        let whole = module.expr(place.expr).span;
        let source = program.slice(place.file, whole);
        let from = (span.start - whole.start) as usize;
        let read = format!("{}{}{}", &source[..from], new, &source[from + span.len()..]);
        let member = matches!(module.kind(place.expr), ExprKind::Member { .. });
        Some(Near { beside: Some(old), name: new, read, at: Some(place), member })
    })
}

/// The client id, and what it is called by one name after the other: `client_id = read("adobe/client_id")`.
fn named(program: &Program, client_id: ExprRef) -> Vec<ExprRef> {
    let mut places = vec![client_id];
    while places.len() < 4
        && let Some(at) = places.last().copied()
        && let ExprKind::Name(name) = program.kind(at)
        && let [Def::Value(value)] =
            program.definitions(at.file, program.module(at.file).expr(at.expr).scope, name, at.expr).as_slice()
    {
        places.push(*value);
    }
    places
}

/// The argument that says which setting a call reads; whether it stands alone. Another argument may say where to look; what
/// stands behind it is the default of the other setting.
fn named_argument(program: &Program, call: ExprRef, args: &[Arg]) -> Option<(ExprId, bool)> {
    let module = program.module(call.file);
    let names = |arg: &Arg| module.literal(arg.value).is_some_and(|text| scopes_name(&text).is_some());
    let at = args.iter().position(names)?;
    let is_default = |arg: &Arg| matches!(arg.name.as_deref(), Some("default" | "fallback" | "cast"));
    let alone = args.len() == 1;
    let plain = alone || (at + 1 == args.len() && args.iter().all(|arg| module.literal(arg.value).is_some()));
    (plain && !args.iter().any(is_default)).then_some((args[at].value, alone))
}

/// The variable of the environment with the scopes, beside that which the client id is read from with a default, or
/// somewhere else.
fn of_environment(program: &Program, client_id: ExprRef, syntax: &Syntax) -> Option<String> {
    let mut places = named(program, client_id);
    places.extend(program.origins(client_id, Follow::ALL).into_iter().map(|origin| origin.expr));
    places.into_iter().find_map(|place| {
        let module = program.module(place.file);
        let source = program.source(place);
        let key = match module.kind(place.expr) {
            ExprKind::Index { index, .. } => *index,
            ExprKind::Call { args, .. } => args.first()?.value,
            _ => return None,
        };
        let reads = syntax.environment.iter().any(|reader| source.starts_with(reader));
        reads.then(|| scopes_name(&module.literal(key)?)).flatten()
    })
}

/// Whether a member's base is the program's own, so that a new member of it would have to be written as well: `self`, a
/// module of the program, a class, a record, be it handed in.
fn is_own(program: &Program, base: ExprRef) -> bool {
    let is_record = |value: ExprRef| matches!(program.kind(value), ExprKind::Record(entries) if !entries.is_empty());
    is_self(program.kind(base))
        || fills(program, base).into_iter().any(|value| {
            is_record(value) || program.origins(value, Follow::ALL).iter().any(|origin| is_record(origin.expr))
        })
        || program.meanings(base, 0).iter().any(|def| match def {
            Def::File(_) | Def::Class(..) => true,
            Def::Value(value) => matches!(program.kind(*value), ExprKind::Record(_)),
            _ => false,
        })
        || program.origins(base, Follow::ALL).iter().any(|origin| origin.path.is_empty() && is_record(origin.expr))
}

/// What the file puts into a field of the object itself: `this.config = …`.
fn fills(program: &Program, field: ExprRef) -> Vec<ExprRef> {
    let module = program.module(field.file);
    let own = |expr: ExprId| match module.kind(expr) {
        ExprKind::Member { base, name, .. } if is_self(module.kind(*base)) => Some(name),
        _ => None,
    };
    let Some(name) = own(field.expr) else { return vec![] };
    let binds = module.binds.iter().filter(|bind| own(bind.place) == Some(name));
    binds.filter_map(|bind| Some(ExprRef { file: field.file, expr: bind.value? })).collect()
}

fn literal_span(program: &Program, at: ExprRef, expr: ExprId) -> Option<Span> {
    let text = program.text(ExprRef { file: at.file, expr });
    let [Part::Known(_, place)] = text.0.as_slice() else { return None };
    Some(place.span)
}

/// `ADOBE_CLIENT_ID` → `ADOBE_SCOPES`, `clientId` → `scopes`, `API_KEY` → `SCOPES`.
pub(in crate::migrate) fn scopes_name(name: &str) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    let endings = ["client_id", "clientid", "api_key", "apikey", "client-id", "api-key", "client"];
    let ending = endings.iter().find(|ending| lower.ends_with(**ending))?;
    let prefix = &name[..name.len() - ending.len()];
    let upper = name.chars().any(|c| c.is_ascii_uppercase()) && !name.chars().any(|c| c.is_ascii_lowercase());
    let camel = !prefix.is_empty() && !prefix.ends_with(['_', '-', '.', '/', ':']) && !upper;
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
            ("/adobe/client_id", "/adobe/scopes"),
        ];
        for (old, new) in cases {
            assert_eq!(scopes_name(old).as_deref(), Some(new), "{old}");
        }
        assert_eq!(scopes_name("token"), None);
    }
}
