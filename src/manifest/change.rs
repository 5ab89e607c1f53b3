//! Decides what a change of one manifest means for each of its lists, and plans them all together.

use super::list::{Entry, List};
use super::plan::{After, Draft, New, plan, settle};
use super::version::{self, Spec, Verdict};
use super::{
    Added, Format, Outcome, Refusal, Removed, Section, Wanted, cargo, key_of, package_json, pipfile, pom, pyproject,
    read, verify,
};
use crate::text::{Edit, EditSet, SourceFile};
use std::borrow::Cow;

/// Sections that are not there yet, with the names and ranges that they begin with.
type Fresh = Vec<(Section, Vec<(String, String)>)>;

struct Change<'a> {
    format: Format,
    file: &'a SourceFile,
    lists: Vec<List>,
    drafts: Vec<Draft>,
    fresh: Fresh,
}

/// See [`super::replace`].
pub(super) fn replace(
    format: Format,
    file: &SourceFile,
    remove: &[&str],
    add: &[Wanted],
    edits: &mut EditSet,
) -> Result<Outcome, Refusal> {
    let lists = read(format, file)?;
    let drafts = lists.iter().map(|_| Draft::default()).collect();
    let mut change = Change { format, file, lists, drafts, fresh: Fresh::new() };
    let removed = remove.iter().map(|name| change.remove(name)).collect::<Result<_, _>>()?;
    let added = add.iter().map(|wanted| change.add(wanted, remove)).collect::<Result<_, _>>()?;
    let planned = settle(file, change.planned()?)?;
    verify::check(format, file, &planned, remove, add)?;
    change.commit(planned, edits)?;
    Ok(Outcome { removed, added })
}

impl Change<'_> {
    fn refuse(&self, why: impl Into<String>) -> Refusal {
        Refusal::new(self.file, why)
    }

    /// The entries with that name: list and index.
    fn find(&self, name: &str, keep: impl Fn(&List) -> bool) -> Vec<(usize, usize)> {
        let key = key_of(self.format, name);
        let named = |entry: &Entry| entry.name.as_ref().is_some_and(|name| name.key == key);
        let lists = self.lists.iter().enumerate().filter(|(_, list)| keep(list));
        lists
            .flat_map(|(at, list)| (0..list.entries.len()).map(move |index| (at, index)))
            .filter(|(at, index)| named(&self.lists[*at].entries[*index]))
            .collect()
    }

    fn open(&self, list: usize) -> Result<(), Refusal> {
        self.lists[list].blocked.as_ref().map_or(Ok(()), |why| Err(self.refuse(why)))
    }

    fn remove(&mut self, name: &str) -> Result<Removed, Refusal> {
        let mut count = 0;
        for (list, index) in self.find(name, |_| true) {
            self.open(list)?;
            self.drafts[list].gone.insert(index);
            count += usize::from(!self.lists[list].mention);
        }
        Ok(if count == 0 { Removed::Absent } else { Removed::Gone(count) })
    }

    fn add(&mut self, wanted: &Wanted, remove: &[&str]) -> Result<Added, Refusal> {
        let key = key_of(self.format, &wanted.name);
        if remove.iter().any(|name| key_of(self.format, name) == key) {
            return Err(self.refuse(format!("{} cannot be added and removed at once", wanted.name)));
        }
        let format = self.format;
        let there = self.find(&wanted.name, |list| !list.mention && covers(format, &list.section, &wanted.section));
        if there.is_empty() { self.insert(wanted) } else { self.raise(wanted, &there) }
    }

    /// Compares what is there, and raises what is older.
    fn raise(&mut self, wanted: &Wanted, there: &[(usize, usize)]) -> Result<Added, Refusal> {
        let mut result = Added::Already;
        for (list, index) in there {
            let entry = &self.lists[*list].entries[*index];
            let Some(name) = &entry.name else { continue };
            let Some(version) = name.version.filter(|_| !name.opaque) else {
                result = Added::Unchecked(self.file.slice(entry.span).to_owned());
                continue;
            };
            let have = self.file.slice(version);
            if wanted.features.iter().any(|feature| !self.file.slice(entry.span).contains(&**feature)) {
                result = Added::Unchecked(self.file.slice(entry.span).to_owned());
                continue;
            }
            // A bare version is a caret's in Cargo.
            let bare = self.format == Format::CargoToml && have.trim().starts_with(|c: char| c.is_ascii_digit());
            let caret = if bare { format!("^{}", have.trim()) } else { have.to_owned() };
            match version::judge(&caret, &floor(self.format, &wanted.range), wanted.across_majors) {
                Verdict::Satisfied => {}
                Verdict::Unreadable => result = Added::Unchecked(have.to_owned()),
                Verdict::Refuse(why) => return Err(self.refuse(format!("{}: {why}", wanted.name))),
                Verdict::Raise(_) if self.lists[*list].section == Section::Peer && wanted.section != Section::Peer => {
                    let name = &wanted.name;
                    return Err(self.refuse(format!("{name} is a peer dependency at {have}; raising it breaks users")));
                }
                Verdict::Raise(text) => {
                    self.open(*list)?;
                    result = Added::Raised(have.to_owned());
                    let text = if bare {
                        text.trim_start_matches('^').to_owned()
                    } else if self.format.rules() == "java" {
                        wanted.range.clone()
                    } else {
                        text
                    };
                    self.drafts[*list].inner.push(Edit { span: version, text });
                }
            }
        }
        Ok(result)
    }

    fn insert(&mut self, wanted: &Wanted) -> Result<Added, Refusal> {
        let moved = self.format == Format::PackageJson && wanted.section == Section::Runtime;
        let moved = if moved { self.find(&wanted.name, |list| list.section == Section::Dev) } else { Vec::new() };
        for (list, index) in &moved {
            self.open(*list)?;
            self.drafts[*list].gone.insert(*index);
        }
        let any = sectionless(self.format);
        let fits = |list: &List| !list.mention && (any || list.section == wanted.section);
        let open = self.lists.iter().position(|list| fits(list) && list.closed.is_none());
        match open.or_else(|| self.lists.iter().position(fits)) {
            Some(list) => self.insert_into(list, wanted)?,
            None => self.begin(wanted),
        }
        Ok(if moved.is_empty() { Added::New } else { Added::Moved })
    }

    fn insert_into(&mut self, at: usize, wanted: &Wanted) -> Result<(), Refusal> {
        self.open(at)?;
        let list = &self.lists[at];
        if let Some(why) = &list.closed {
            return Err(self.refuse(why));
        }
        let range = match (list.pin(self.file), version::parse(&wanted.range)) {
            (Some(operator), Spec::Range(range)) => {
                range.lower.map_or_else(|| wanted.range.clone(), |lower| format!("{operator}{}", lower.text))
            }
            _ => wanted.range.clone(),
        };
        let entries = list.entries.iter().map(|entry| self.file.slice(entry.span));
        let text = match wanted.inherited {
            true => cargo::inherited(&wanted.name, entries),
            false => cargo::render(&list.style, wanted, &range),
        };
        self.drafts[at].new.push(New { key: wanted.name.clone(), text, after: After::Order });
        Ok(())
    }

    fn begin(&mut self, wanted: &Wanted) {
        let entry = (wanted.name.clone(), wanted.range.clone());
        match self.fresh.iter_mut().find(|(section, _)| *section == wanted.section) {
            Some((_, entries)) => entries.push(entry),
            None => self.fresh.push((wanted.section.clone(), vec![entry])),
        }
    }

    fn planned(&self) -> Result<Vec<Edit>, Refusal> {
        let pairs = self.lists.iter().zip(&self.drafts).filter(|(_, draft)| !draft.is_empty());
        let mut edits: Vec<Edit> = pairs.flat_map(|(list, draft)| plan(self.file, list, draft)).collect();
        for (section, entries) in &self.fresh {
            edits.extend(match self.format {
                Format::PackageJson => package_json::create(self.file, section, entries)?,
                Format::Pyproject => pyproject::create(self.file, section, entries)?,
                Format::Pipfile => pipfile::create(self.file, section, entries)?,
                Format::Pom => pom::create(self.file, entries)?,
                Format::CargoToml => cargo::create(self.file, section, entries)?,
                _ => return Err(self.refuse("it has no list for such dependencies; add one")),
            });
        }
        Ok(edits)
    }

    /// What is right for one entry's comma depends on all changes of its list, so a list is not changed twice.
    fn commit(&self, planned: Vec<Edit>, edits: &mut EditSet) -> Result<(), Refusal> {
        if planned.iter().all(|edit| edits.edits().contains(edit)) {
            return Ok(());
        }
        let again = "it is changed already; plan all changes of one manifest at once";
        let changed = self.lists.iter().zip(&self.drafts).filter(|(_, draft)| !draft.is_empty());
        if changed.into_iter().any(|(list, _)| edits.touches(list.extent())) {
            return Err(self.refuse(again));
        }
        let mut all = edits.clone();
        for edit in planned {
            all.add(edit).map_err(|_| self.refuse(again))?;
        }
        *edits = all;
        Ok(())
    }
}

/// A version as Maven and Gradle have it is only what they begin with; a newer one does as well.
fn floor(format: Format, range: &str) -> Cow<'_, str> {
    let bare = format.rules() == "java" && range.starts_with(|c: char| c.is_ascii_digit());
    if bare { format!(">={range}").into() } else { range.into() }
}

/// Formats with one list, whatever it is for.
fn sectionless(format: Format) -> bool {
    matches!(format, Format::Requirements | Format::EnvironmentYml | Format::Pom | Format::Gradle)
}

/// Whether a package in section `have` is there for code that wants it in `want`.
fn covers(format: Format, have: &Section, want: &Section) -> bool {
    match want {
        _ if have == want || sectionless(format) => true,
        Section::Runtime => format == Format::PackageJson && matches!(have, Section::Peer | Section::Optional(_)),
        Section::Dev => *have == Section::Runtime,
        _ => false,
    }
}
