//! Plans edits of one list: what goes, what comes, and what that means for commas, blanks and line ends.
//!
//! Everything is planned at once, about the unedited text. Afterwards [`settle`] joins what touches and ties pure
//! insertions to a neighbouring character, so that the same change planned twice is the same edit (an
//! [`EditSet`](crate::text::EditSet) counts identical replacements once, but not identical insertions).

use super::Refusal;
use super::list::{Entry, Layout, List};
use crate::text::{Edit, SourceFile, Span};
use std::collections::BTreeSet;

/// An entry that comes.
#[derive(Clone, Debug)]
pub(super) struct New {
    /// Its name, for the order.
    pub(super) key: String,
    /// Its text.
    pub(super) text: String,
    /// Where it goes.
    pub(super) after: After,
}

/// Where an entry goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum After {
    /// Where the order of names puts it; at the end of a list without order.
    Order,
    /// After the entry with this index.
    Entry(usize),
}

/// A change of one list.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    /// Indices of entries that go.
    pub(super) gone: BTreeSet<usize>,
    /// Entries that come.
    pub(super) new: Vec<New>,
    /// Ready edits inside entries that stay.
    pub(super) inner: Vec<Edit>,
}

impl Draft {
    /// Whether nothing changes.
    pub(super) fn is_empty(&self) -> bool {
        self.gone.is_empty() && self.new.is_empty() && self.inner.is_empty()
    }
}

/// Where a new entry was put.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// After the entry with this index, which stays; before all others if none.
    After(Option<usize>),
    /// In the place of an entry that goes: the smallest change, and comments around it keep their neighbour.
    Instead(usize),
}

/// The edits that make `draft` of `list`.
pub(super) fn plan(file: &SourceFile, list: &List, draft: &Draft) -> Vec<Edit> {
    let mut draft = draft.clone();
    draft.new.sort_by_key(|new| new.key.to_lowercase());
    let mut edits = draft.inner.clone();
    let placed: Vec<(&New, Place)> = draft.new.iter().zip(places(list, &draft)).collect();
    let taken = |index: &usize| placed.iter().any(|(_, place)| *place == Place::Instead(*index));
    let gone: BTreeSet<usize> = draft.gone.iter().copied().filter(|index| !taken(index)).collect();
    edits.extend(match &list.layout {
        Layout::Brackets(brackets) => super::brackets::Work::new(file, brackets, &list.entries).plan(&gone, &placed),
        Layout::Lines(lines) => super::lines::Work { file, lines, entries: &list.entries }.plan(&gone, &placed),
    });
    edits
}

fn places(list: &List, draft: &Draft) -> Vec<Place> {
    let order = order_of(&list.entries);
    let mut taken = BTreeSet::new();
    let place = |new: &New| {
        let place = place(list, draft, new, order, &taken);
        if let Place::Instead(index) = place {
            taken.insert(index);
        }
        place
    };
    draft.new.iter().map(place).collect()
}

fn place(list: &List, draft: &Draft, new: &New, order: Option<Fold>, taken: &BTreeSet<usize>) -> Place {
    let free = |index: &usize| draft.gone.contains(index) && !taken.contains(index);
    let stays = || (0..list.entries.len()).filter(|index| !draft.gone.contains(index));
    let after = match (new.after, order) {
        (After::Entry(index), _) => stays().rev().find(|kept| *kept <= index),
        (After::Order, None) => {
            return match draft.gone.iter().copied().find(free) {
                Some(index) => Place::Instead(index),
                None => Place::After(stays().chain(taken.iter().copied()).max()),
            };
        }
        (After::Order, Some(fold)) => {
            let key = fold(&new.key);
            stays().take_while(|index| sort_key(&list.entries, *index, fold).is_none_or(|other| other <= key)).last()
        }
    };
    let mut next = after.map_or(0, |index| index + 1);
    while taken.contains(&next) {
        next += 1;
    }
    if free(&next) { Place::Instead(next) } else { Place::After(next.checked_sub(1)) }
}

type Fold = fn(&str) -> String;

/// How the entries are sorted: without case (npm, people) or by bytes; none if they are not.
fn order_of(entries: &[Entry]) -> Option<Fold> {
    let folds: [Fold; 2] = [str::to_lowercase, str::to_owned];
    folds.into_iter().find(|fold| {
        let keys: Vec<String> = (0..entries.len()).filter_map(|index| sort_key(entries, index, *fold)).collect();
        keys.is_sorted()
    })
}

/// The name to sort by; `python` at the head of a Poetry or Conda list stays at the head.
fn sort_key(entries: &[Entry], index: usize, fold: Fold) -> Option<String> {
    let name = entries.get(index)?.name.as_ref()?;
    if index == 0 && name.key == "python" {
        return Some(String::new());
    }
    Some(fold(&name.raw))
}

/// Sorts `edits`, joins what touches, and ties what is still a pure insertion to the character before it (else after).
pub(super) fn settle(file: &SourceFile, mut edits: Vec<Edit>) -> Result<Vec<Edit>, Refusal> {
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut done: Vec<Edit> = Vec::new();
    for edit in edits {
        match done.last_mut() {
            Some(last) if last.span.end == edit.span.start => {
                last.span = last.span.join(edit.span);
                last.text.push_str(&edit.text);
            }
            Some(last) if last.span.overlaps(edit.span) && last.text.is_empty() && edit.text.is_empty() => {
                last.span = last.span.join(edit.span);
            }
            Some(last) if last.span.end > edit.span.start => {
                return Err(Refusal::new(file, "two changes meet; edit it by hand"));
            }
            _ => done.push(edit),
        }
    }
    Ok(done.into_iter().map(|edit| tied(file, edit)).collect())
}

fn tied(file: &SourceFile, edit: Edit) -> Edit {
    let at = edit.span.start as usize;
    if !edit.span.is_empty() {
        return edit;
    }
    let (before, after) = file.text().split_at_checked(at).unwrap_or_default();
    if let Some(c) = before.chars().next_back().filter(|c| file.is_utf8() || c.is_ascii_graphic()) {
        return Edit { span: Span::new(at - c.len_utf8(), at), text: format!("{c}{}", edit.text) };
    }
    match after.chars().next().filter(|c| file.is_utf8() || c.is_ascii_graphic()) {
        Some(c) => Edit { span: Span::new(at, at + c.len_utf8()), text: format!("{}{c}", edit.text) },
        None => edit,
    }
}
