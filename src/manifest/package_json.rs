//! npm's `package.json`.
//!
//! Sections and what else repeats their names: <https://docs.npmjs.com/cli/configuring-npm/package-json>.
//! `overrides` and `resolutions` are left: a rule for an absent package does nothing.

use super::json::{self, Kind, Member, Node};
use super::list::{Brackets, Entry, Layout, List, Name, Style, json_string};
use super::plan::{After, Draft, New, plan};
use super::version::{self, Spec};
use super::{Refusal, Section};
use crate::text::{Edit, SourceFile, Span};

/// Members of the top object with dependencies, and whether they only repeat names.
const SECTIONS: [(&str, Section, bool); 7] = [
    ("dependencies", Section::Runtime, false),
    ("devDependencies", Section::Dev, false),
    ("peerDependencies", Section::Peer, false),
    ("optionalDependencies", Section::Optional(String::new()), false),
    ("peerDependenciesMeta", Section::Peer, true),
    ("bundleDependencies", Section::Runtime, true),
    ("bundledDependencies", Section::Runtime, true),
];

/// After which member a new section goes, the first that is there.
const NEIGHBOURS: [&str; 6] =
    ["devDependencies", "peerDependencies", "optionalDependencies", "dependencies", "engines", "scripts"];

/// The layout that the file shows.
struct Look {
    eol: &'static str,
    /// One step of indentation; none if the file is on one line.
    unit: Option<String>,
    /// Between a key and its value.
    colon: String,
    /// After a comma, and inside braces, on one line.
    gap: String,
    pad: String,
}

/// Reads all sections.
pub(super) fn read(file: &SourceFile) -> Result<Vec<List>, Refusal> {
    let (span, members) = json::object(file)?;
    let look = look(file, span, &members);
    let mut lists = Vec::new();
    for (key, section, mention) in SECTIONS {
        let section = match section {
            Section::Optional(_) => Section::Optional("optional".to_owned()),
            other => other,
        };
        let twice = members.iter().filter(|member| member.key == key).count() > 1;
        for member in members.iter().filter(|member| member.key == key) {
            let mut list = list(file, member, section.clone(), &look);
            list.mention = mention;
            if twice {
                list.blocked = Some(format!("{key} occurs twice; make it one first"));
            }
            lists.push(list);
        }
    }
    Ok(lists)
}

/// Adds a section with `new` entries.
pub(super) fn create(file: &SourceFile, section: &Section, new: &[(String, String)]) -> Result<Vec<Edit>, Refusal> {
    let (span, members) = json::object(file)?;
    let look = look(file, span, &members);
    let key = match section {
        Section::Dev => "devDependencies",
        Section::Peer => "peerDependencies",
        Section::Optional(_) => "optionalDependencies",
        Section::Runtime | Section::Build => "dependencies",
    };
    let style = Style::Member { colon: look.colon.clone() };
    let mut new = new.to_vec();
    new.sort();
    let entries: Vec<String> = new.iter().map(|(name, range)| style.render(name, range)).collect();
    let body = match &look.unit {
        Some(unit) => {
            let lead = format!("{}{unit}{unit}", look.eol);
            format!("{lead}{}{}{unit}", entries.join(&format!(",{lead}")), look.eol)
        }
        None => format!("{0}{1}{0}", look.pad, entries.join(&format!(",{}", look.gap))),
    };
    let text = format!("{}{}{{{body}}}", json_string(key), look.colon);
    let root = root(span, &members, &look);
    let neighbour = NEIGHBOURS.iter().find_map(|name| members.iter().position(|member| member.key == *name));
    let at = neighbour.unwrap_or(members.len());
    let new = New { key: key.to_owned(), text, after: After::Entry(at) };
    Ok(plan(file, &root, &Draft { new: vec![new], ..Draft::default() }))
}

/// The top object as a list of members.
fn root(span: Span, members: &[Member], look: &Look) -> List {
    let inside = Span::new(span.start as usize + 1, span.end as usize - 1);
    let fresh = match &look.unit {
        Some(unit) => (format!("{}{unit}", look.eol), look.eol.to_owned()),
        None => (look.pad.clone(), look.pad.clone()),
    };
    let layout = Layout::Brackets(Brackets { inside, fresh, gap: look.gap.clone() });
    let mut list = List::new(Section::Runtime, layout, Style::Member { colon: look.colon.clone() });
    list.entries = members.iter().map(|member| entry(member, None)).collect();
    list
}

fn entry(member: &Member, name: Option<Name>) -> Entry {
    let span = member.key_span.join(member.value.span);
    Entry { span, outer: span, name }
}

fn list(file: &SourceFile, member: &Member, section: Section, look: &Look) -> List {
    let value = &member.value;
    let colon = match &value.kind {
        Kind::Object(members) => members.first().map(|first| colon(file, first)),
        _ => None,
    };
    let indent = file.indent_at(member.key_span.start as usize);
    let fresh = match &look.unit {
        Some(unit) => (format!("{}{indent}{unit}", look.eol), format!("{}{indent}", look.eol)),
        None => (look.pad.clone(), look.pad.clone()),
    };
    let layout = Layout::Brackets(Brackets { inside: value.inside(), fresh, gap: look.gap.clone() });
    let style = Style::Member { colon: colon.unwrap_or_else(|| look.colon.clone()) };
    let mut list = List::new(section, layout, style);
    match &value.kind {
        Kind::Object(members) => {
            list.entries = members.iter().map(|member| entry(member, Some(named(file, member)))).collect();
        }
        Kind::Array(items) => list.entries = items.iter().map(|item| bundled(file, item)).collect(),
        Kind::Text | Kind::Other => list.blocked = Some(format!("{} is not an object", member.key)),
    }
    if matches!(value.kind, Kind::Array(_)) {
        list.closed = Some(format!("{} is not an object", member.key));
    }
    list
}

fn named(file: &SourceFile, member: &Member) -> Name {
    let text = matches!(member.value.kind, Kind::Text);
    let version = text.then(|| member.value.inside());
    let opaque = version.is_none_or(|span| matches!(version::parse(file.slice(span)), Spec::Opaque));
    Name { key: member.key.clone(), raw: member.key.clone(), version, opaque }
}

fn bundled(file: &SourceFile, item: &Node) -> Entry {
    let text = matches!(item.kind, Kind::Text).then(|| file.slice(item.inside()).to_owned());
    let name = text.map(|key| Name { raw: key.clone(), key, version: None, opaque: false });
    Entry { span: item.span, outer: item.span, name }
}

fn colon(file: &SourceFile, member: &Member) -> String {
    file.slice(Span::new(member.key_span.end as usize, member.value.span.start as usize)).to_owned()
}

fn look(file: &SourceFile, span: Span, members: &[Member]) -> Look {
    let many_lines = members.is_empty() || file.slice(span).contains(['\n', '\r']);
    let first = members.first();
    let indent = first.map_or("", |first| file.indent_at(first.key_span.start as usize));
    let unit = if indent.is_empty() { "  " } else { indent };
    let colon = first.map_or_else(|| ": ".to_owned(), |first| colon(file, first));
    let gap = match (first, members.get(1)) {
        (Some(a), Some(b)) => {
            let between = file.slice(Span::new(a.value.span.end as usize, b.key_span.start as usize));
            between.split_once(',').map_or(" ", |(_, gap)| gap).to_owned()
        }
        _ => colon.trim_start_matches([' ', ':']).to_owned() + if colon.ends_with(' ') { " " } else { "" },
    };
    let pad = first.map_or("", |first| file.slice(Span::new(span.start as usize + 1, first.key_span.start as usize)));
    Look {
        eol: file.eol().as_str(),
        unit: many_lines.then(|| unit.to_owned()),
        gap: if gap.contains(['\n', '\r']) { " ".to_owned() } else { gap },
        pad: if many_lines { String::new() } else { pad.to_owned() },
        colon,
    }
}
