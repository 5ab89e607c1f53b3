//! Maven's `pom.xml` (<https://maven.apache.org/pom.html#Dependencies>). Names are `group:artifact`.
//!
//! The dependencies of the project and of its profiles are lists that are edited. What `dependencyManagement` and plugins
//! have is found, and goes with its name, but nothing is added there. A version that is a property of the same file is the
//! property's text.

use super::list::{Entry, Layout, Lines, List, Name, Style, eol_at, whole_lines};
use super::{Refusal, Section};
use crate::text::{Edit, SourceFile, Span};
use roxmltree::{Document, Node, ParsingOptions};

const SHARED: &str = "dependencies share their lines with something else; edit it by hand";
const MANAGED: &str = "it only manages versions; add the dependency where it is used";
const PLUGIN: &str = "it belongs to a plugin; add the dependency to the project";

/// Reads every list of dependencies.
pub(super) fn read(file: &SourceFile) -> Result<Vec<List>, Refusal> {
    let document = parse(file)?;
    let lists = document.descendants().filter(|node| node.has_tag_name_of("dependencies"));
    Ok(lists.filter_map(|node| list(file, node)).collect())
}

/// A whole `<dependencies>` before the end of the project.
pub(super) fn create(file: &SourceFile, entries: &[(String, String)]) -> Result<Vec<Edit>, Refusal> {
    let document = parse(file)?;
    let root = document.root_element();
    let end = file.slice(span(root)).rfind("</").filter(|_| root.has_tag_name_of("project"));
    let Some(end) = end.map(|end| root.range().start + end) else {
        return Err(Refusal::new(file, "it is no project with content; add the dependency by hand"));
    };
    let line = whole_lines(file, Span::empty(end));
    if !file.slice(Span::new(line.start as usize, end)).trim().is_empty() {
        return Err(Refusal::new(file, SHARED));
    }
    let unit = root.first_element_child().map_or("    ", |child| file.indent_at(child.range().start)).to_owned();
    let eol = eol_at(file, end).to_owned();
    let inner = format!("{unit}{unit}");
    let style = Style::Element { indent: inner.clone(), unit: unit.clone(), eol: eol.clone() };
    let each: Vec<String> =
        entries.iter().map(|(name, range)| format!("{inner}{}{eol}", style.render(name, range))).collect();
    let text = format!("{unit}<dependencies>{eol}{}{unit}</dependencies>{eol}", each.concat());
    Ok(vec![Edit { span: Span::empty(line.start as usize), text }])
}

/// An entry as it is written; `indent` is that of its first line, which the text leaves out.
pub(super) fn render(name: &str, version: &str, indent: &str, unit: &str, eol: &str) -> String {
    let (group, artifact) = name.split_once(':').unwrap_or((name, ""));
    let version = if version.is_empty() || version == "*" {
        String::new()
    } else {
        format!("{indent}{unit}<version>{version}</version>{eol}")
    };
    format!(
        "<dependency>{eol}{indent}{unit}<groupId>{group}</groupId>{eol}{indent}{unit}<artifactId>{artifact}</artifactId>{eol}\
         {version}{indent}</dependency>"
    )
}

fn parse(file: &SourceFile) -> Result<Document<'_>, Refusal> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    Document::parse_with_options(file.text(), options)
        .map_err(|error| Refusal::new(file, format!("not valid XML ({error}); mend it first")))
}

/// Names without their namespace: files with and without one are alike.
trait Named<'a> {
    fn has_tag_name_of(&self, name: &str) -> bool;
    fn child(&self, name: &str) -> Option<Node<'a, 'a>>;
}

impl<'a> Named<'a> for Node<'a, 'a> {
    fn has_tag_name_of(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }

    fn child(&self, name: &str) -> Option<Node<'a, 'a>> {
        self.children().find(|child| child.has_tag_name_of(name))
    }
}

fn span(node: Node<'_, '_>) -> Span {
    Span::new(node.range().start, node.range().end)
}

fn list<'a>(file: &SourceFile, node: Node<'a, 'a>) -> Option<List> {
    let parent = node.parent()?;
    let (section, closed) = match parent.tag_name().name() {
        "project" => (Section::Runtime, None),
        "profile" => (Section::Optional(content(parent.child("id")).unwrap_or_default()), None),
        "dependencyManagement" => (Section::Optional("dependencyManagement".to_owned()), Some(MANAGED)),
        "plugin" => (Section::Build, Some(PLUGIN)),
        _ => return None,
    };
    let children: Vec<Node> = node.children().filter(|child| child.has_tag_name_of("dependency")).collect();
    let own = file.indent_at(node.range().start);
    let indent = match children.first() {
        Some(first) => file.indent_at(first.range().start).to_owned(),
        None => format!("{own}{}", if own.starts_with('\t') { "\t" } else { "    " }),
    };
    let inside = children.first().and_then(Node::first_element_child).map(|child| file.indent_at(child.range().start));
    let unit = inside
        .or(Some(&indent))
        .and_then(|inside| inside.strip_prefix(if children.is_empty() { own } else { &indent }));
    let unit = unit.filter(|unit| !unit.is_empty()).unwrap_or("    ").to_owned();
    let open = file.slice(span(node)).find('>').map_or(node.range().end, |at| node.range().start + at + 1);
    let anchor = whole_lines(file, Span::empty(open)).end as usize;
    let eol = eol_at(file, open).to_owned();
    let layout = Layout::Lines(Lines { anchor, prefix: indent.clone() });
    let mut list = List::new(section, layout, Style::Element { indent, unit, eol });
    list.closed = closed.map(str::to_owned);
    list.entries = children.iter().map(|child| entry(file, *child)).collect();
    let alone = |entry: &Entry| file.slice(entry.outer).trim() == file.slice(entry.span);
    let opened = file.slice(Span::new(open, anchor)).trim().is_empty() && !file.slice(span(node)).ends_with("/>");
    if !list.entries.iter().all(alone) || !opened {
        list.blocked = Some(SHARED.to_owned());
    } else if !file.is_utf8() {
        list.blocked = Some("not UTF-8; edit it by hand".to_owned());
    } else {
        for (entry, child) in list.entries.iter_mut().zip(&children) {
            entry.outer = with_heading(file, *child, entry.outer);
        }
    }
    Some(list)
}

fn entry<'a>(file: &SourceFile, node: Node<'a, 'a>) -> Entry {
    let span = span(node);
    let name = content(node.child("groupId")).zip(content(node.child("artifactId"))).map(|(group, artifact)| {
        let raw = format!("{group}:{artifact}");
        let stated = node.child("version").and_then(text);
        let version = stated.and_then(|version| property(file, node, version));
        Name { key: raw.clone(), raw, version: version.or(stated), opaque: stated.is_some() && version.is_none() }
    });
    Entry { span, outer: whole_lines(file, span), name }
}

/// The lines of a dependency, with the comment right above that is about it alone, and with one of two blank lines around.
fn with_heading(file: &SourceFile, node: Node<'_, '_>, lines: Span) -> Span {
    let lines_in = |text: &str| text.matches('\n').count();
    let blank =
        |node: Option<Node<'_, '_>>| node.filter(|node| node.is_text()).and_then(|node| node.text().map(lines_in));
    let above = node.prev_sibling();
    let comment =
        above.and_then(|text| text.prev_sibling()).filter(|node| node.is_comment() && blank(above) == Some(1));
    let is_last = |after: Node<'_, '_>| after.next_sibling().is_none_or(|next| !next.is_element());
    let heads_it = |comment: &Node<'_, '_>| {
        let names = [node.child("groupId"), node.child("artifactId")];
        let said = comment.text().unwrap_or_default();
        names.into_iter().filter_map(content).any(|name| said.contains(&name))
            || node.next_sibling().is_none_or(|after| is_last(after) || blank(Some(after)) != Some(1))
    };
    let mut whole = lines;
    let mut first = node;
    if let Some(comment) = comment.filter(heads_it) {
        let own = whole_lines(file, span(comment));
        if file.slice(own).trim() == file.slice(span(comment)) {
            whole = own.join(lines);
            first = comment;
        }
    }
    let below = blank(node.next_sibling()).is_none_or(|count| count > 1)
        || node.next_sibling().is_none_or(|text| text.next_sibling().is_none());
    let before = file.lines().line_of(whole.start as usize).checked_sub(1).map(|line| file.lines().line_span(line));
    match before
        .filter(|before| file.slice(*before).trim().is_empty() && below && blank(first.prev_sibling()) > Some(1))
    {
        Some(before) => before.join(whole),
        None => whole,
    }
}

/// Where the value of a version stands: in it, or in the property that it names. None where that is in another file.
fn property<'a>(file: &SourceFile, node: Node<'a, 'a>, version: Span) -> Option<Span> {
    let stated = file.slice(version);
    let Some(name) = stated.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) else {
        return (!stated.contains("${")).then_some(version);
    };
    let root = node.document().root_element();
    let all = root.children().filter(|child| child.has_tag_name_of("properties"));
    all.filter_map(|properties| properties.child(name)).filter_map(text).next()
}

/// The text of an element that has nothing else, without the blanks around it.
fn text(node: Node<'_, '_>) -> Option<Span> {
    let inner = node.first_child().filter(|child| child.is_text() && !child.has_siblings())?;
    let raw = &inner.document().input_text()[inner.range()];
    let start = inner.range().start + (raw.len() - raw.trim_start().len());
    Some(Span::new(start, start + raw.trim().len()))
}

fn content(node: Option<Node<'_, '_>>) -> Option<String> {
    node?.text().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}
