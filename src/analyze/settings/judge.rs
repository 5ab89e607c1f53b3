//! Which settings belong to a JWT credential. A setting alone proves little: technical account, organisation, client id and
//! client secret belong to both credentials. So settings are judged in groups: those of one table that share a prefix.

use super::sheet::{Ground, Setting};
use super::word::Role;
use crate::analyze::adobe;
use crate::analyze::finding::Confidence;
use crate::config::Step;
use std::collections::{BTreeMap, BTreeSet};

/// What is known about the file around.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around<'a> {
    /// One of Adobe's marks is somewhere in the file, or Adobe in its name.
    pub(super) adobe: bool,
    /// The names of settings that the code of a JWT exchange reads.
    pub(super) read: &'a BTreeSet<String>,
}

/// What speaks for a group being a JWT credential of Adobe's.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Proof {
    /// It has a private key.
    pub(super) key: bool,
    /// It has metascopes.
    pub(super) scopes: bool,
    /// It has the address of the exchange.
    pub(super) exchange: bool,
    /// It has a word or a switch that only the JWT credential has.
    pub(super) mode: bool,
    /// It has a JWT that was signed elsewhere.
    pub(super) signed: bool,
    /// Something in the group is Adobe's: a technical account, a mark in a value, Adobe's name.
    pub(super) inside: bool,
    /// Something else in the file is.
    pub(super) around: bool,
    /// Code that does the exchange reads something of it that both credentials do not have in common …
    pub(super) read: bool,
    /// … and more than that one thing.
    pub(super) read_more: bool,
    /// What only the OAuth credential has stands beside it.
    pub(super) oauth: bool,
    /// The address at which users sign in stands beside it: what is secret there is that of another credential.
    pub(super) users: bool,
}

impl Proof {
    /// Whether it is one, and how sure that is.
    pub(super) fn confidence(self) -> Option<Confidence> {
        let speaks = self.scopes || self.mode || self.exchange;
        let has_key = self.key || self.signed;
        match () {
            () if self.users && !speaks => None,
            () if self.exchange || ((speaks || self.key) && self.inside) => Some(Confidence::High),
            () if speaks && (self.scopes || self.around || self.read) => Some(Confidence::Medium),
            () if has_key && (self.inside || self.read_more || (self.around && !self.oauth)) => {
                Some(Confidence::Medium)
            }
            () if self.read && self.inside => Some(Confidence::Medium),
            () if speaks || (has_key && (self.around || self.read)) => Some(Confidence::Low),
            () => None,
        }
    }
}

/// A group of settings that belongs to a JWT credential.
#[derive(Clone, Debug)]
pub(super) struct Group {
    /// The settings (indices).
    pub(super) members: Vec<usize>,
    /// How sure that is.
    pub(super) confidence: Confidence,
    /// The OAuth credential stands beside it.
    pub(super) oauth: bool,
}

/// A table, and the prefix that the settings in it share.
type Home<'a> = (&'a [Step], &'a [String]);
/// The groups that are a JWT credential, how sure that is, and whether OAuth stands beside.
type Sure<'a> = BTreeMap<Home<'a>, (Confidence, bool)>;

/// The groups of a file.
pub(super) fn groups(ground: Ground<'_, '_>, settings: &[Setting], around: Around<'_>) -> Vec<Group> {
    let mut by_key: BTreeMap<Home<'_>, Vec<usize>> = BTreeMap::new();
    for (index, setting) in settings.iter().enumerate() {
        let Some(word) = &setting.word else { continue };
        by_key.entry((&setting.table, &word.prefix)).or_default().push(index);
    }
    let proofs: BTreeMap<_, Proof> =
        by_key.iter().map(|(key, members)| (*key, proof(ground, settings, members, around))).collect();
    // Where one group proves itself, what lies elsewhere in the file is no evidence for the others.
    let proven = |proof: &Proof| proof.confidence() == Some(Confidence::High);
    let one_is_sure = proofs.values().any(proven);
    let mut sure: Sure<'_> = BTreeMap::new();
    for (key, proof) in &proofs {
        let mut proof = *proof;
        proof.around &= !one_is_sure && key.1.is_empty();
        // `integration_type: service` stands beside the table of the credential.
        proof.inside |= proofs.iter().any(|(other, it)| {
            other.0.len() > key.0.len() && !key.0.is_empty() && other.0.starts_with(key.0) && proven(it)
        });
        if let Some(confidence) = proof.confidence() {
            sure.insert(*key, (confidence, proof.oauth));
        }
    }
    let mut found = vec![];
    for (key, members) in &by_key {
        let own = sure.get(key).copied();
        let Some((confidence, oauth)) = own.or_else(|| inherited(&sure, key)) else { continue };
        found.push(Group { members: members.clone(), confidence, oauth });
    }
    found
}

/// A table inside a credential's is a part of it: `technicalAccount` of `integration`.
fn inherited(sure: &Sure<'_>, (table, prefix): &Home<'_>) -> Option<(Confidence, bool)> {
    if !prefix.is_empty() || table.iter().any(|step| matches!(step, Step::Name(name) if name.contains("oauth"))) {
        return None;
    }
    let above = (table.len().saturating_sub(2)..table.len()).rev();
    let mut around = above.filter(|length| *length > 0).filter_map(|length| sure.get(&(&table[..length], &[][..])));
    around.next().copied()
}

fn proof(ground: Ground<'_, '_>, settings: &[Setting], members: &[usize], around: Around<'_>) -> Proof {
    let adobe = ground.adobe;
    let all = || members.iter().map(|index| &settings[*index]);
    // What is commented out counts only where there is nothing else.
    let live = all().any(|setting| !setting.commented);
    let counted: Vec<&Setting> = all().filter(|setting| !live || !setting.commented).collect();
    let has = |role: Role| counted.iter().any(|setting| setting.role() == Some(role));
    let table = counted.first().map_or(&[][..], |setting| &setting.table);
    let says = |name: &str| {
        let word = ground.words.word(name).map(|word| word.role);
        ground.words.is_own(name) || matches!(word, Some(Role::Account | Role::Metascopes | Role::JwtOnly))
    };
    let path_is_own = table.iter().any(|step| matches!(step, Step::Name(name) if says(name)));
    let speaks = |setting: &&&Setting| {
        matches!(
            setting.role(),
            Some(Role::PrivateKey | Role::SignedJwt | Role::JwtOnly | Role::Metascopes | Role::Account)
        )
    };
    let evidence: Vec<&&Setting> = counted.iter().filter(speaks).collect();
    // `JWT_PRIVATE_KEY` beside `ADOBE_CLIENT_ID` may be anybody's: what is Adobe's must be called alike.
    let alike = |one: &Setting, other: &Setting| {
        let before = |setting: &Setting| setting.word.as_ref().map(|word| word.before.clone()).unwrap_or_default();
        before(one) == before(other) || ground.words.is_own(&one.name)
    };
    let is_adobes = |setting: &Setting| {
        setting.is_marked(adobe)
            || setting.role() == Some(Role::Account)
            || setting.role() == Some(Role::Metascopes)
            || setting.word.as_ref().is_some_and(|word| word.own)
    };
    let inside =
        path_is_own || evidence.iter().any(|one| counted.iter().any(|other| is_adobes(other) && alike(one, other)));
    let read = evidence.iter().any(|setting| around.read.contains(&setting.name));
    Proof {
        key: counted.iter().any(|setting| setting.role() == Some(Role::PrivateKey) && (inside || !setting.is_table)),
        scopes: has(Role::Metascopes),
        exchange: counted
            .iter()
            .any(|setting| adobe::has_exchange_path(adobe, &setting.value) && !setting.value.contains(' ')),
        mode: has(Role::JwtOnly),
        signed: has(Role::SignedJwt),
        inside,
        around: around.adobe,
        read,
        read_more: read && counted.iter().filter(|setting| around.read.contains(&setting.name)).count() > 1,
        oauth: oauth_beside(settings, table),
        users: settings.iter().any(|setting| {
            let signs_in = |part: &&str| setting.value.contains(*part);
            setting.table == table && ["/ims/authorize", "response_type=code"].iter().any(signs_in)
        }),
    }
}

/// Whether the OAuth credential is set in the same table, or in a table beside it.
fn oauth_beside(settings: &[Setting], table: &[Step]) -> bool {
    let home = &table[..table.len().saturating_sub(1)];
    settings.iter().any(|setting| {
        let near = setting.table == table || (!home.is_empty() && setting.table.starts_with(home));
        let is_oauth = setting.role() == Some(Role::OauthOnly)
            || (setting.word.is_none()
                && matches!(setting.name.to_ascii_lowercase().as_str(), "scopes" | "oauth_scopes"));
        near && is_oauth && !setting.commented
    })
}
