//! Tests and mocks of the program that pin the JWT flow. What only fixes the address of the request and the form of its
//! answer follows; what stands in for a package or a function that the program uses no more is named to the user.
//!
//! | file | what |
//! |---|---|
//! | [`lost`] | what the program has no more |
//! | [`answer`] | lifetimes in the answers that a mock gives |
//! | [`said`] | answers, bodies and addresses that are written as texts |
//! | [`patched`] | what is put in the place of something by its name |

mod answer;
mod lost;
mod patched;
mod said;

pub(super) use patched::stands_in;
pub(super) use said::lifetime;

use super::draft::Draft;
use super::plan::Plan;
use super::scopes::Scopes;
use super::{Strategy, in_place, packages, sweep};
pub(super) use crate::analyze::is_test;
use crate::analyze::{Confidence, Exchange, ExprRef, Follow, Hit, Place, Program, Unit, adobe, is_self};
use crate::ir::{Entry, ExprId, ExprKind, StmtId};
use crate::rules::{Does, Hole};
use crate::text::{FileId, Overlap, Span};
use lost::Lost;
use patched::Patch;
use std::collections::{BTreeMap, BTreeSet};

/// From here a lifetime is in milliseconds: 86,399,994 was sent by the exchange, 86,399 is sent by the token endpoint.
pub(super) const MILLISECONDS: u64 = 1_000_000;

/// What is left to a human: by file, the lines and why.
type Left = BTreeMap<FileId, BTreeMap<usize, String>>;

/// Lets the mocks of the moved requests follow, and notes the tests that need a hand.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn follow(
    plan: &Plan<'_, '_>,
    moved: &[&Exchange<'_>],
    (strategy, target): (Strategy, &str),
    draft: &mut Draft,
) -> Result<(), Overlap> {
    let program = plan.program;
    let Some(first) = moved.first().map(|exchange| exchange.call.file) else { return Ok(()) };
    let Some(language) = program.unit(first).map(|unit| unit.language.rules) else { return Ok(()) };
    let package = packages::manifests_of(program, first);
    let is_ours = |file: FileId| packages::manifests_of(program, file) == package;
    let folder = package.first().map_or("", |file| program.file(*file).folder()).to_owned();
    let is_ours_text = |file: FileId| {
        folder.is_empty() || program.file(file).path.strip_prefix(&folder).is_some_and(|rest| rest.starts_with('/'))
    };
    // A mock may answer any exchange of the package.
    let others = plan.analysis.exchanges.iter().filter(|one| {
        let known = moved.iter().any(|exchange| exchange.call == one.call);
        !known
            && one.confidence > Confidence::Low
            && is_ours(one.call.file)
            && !is_test(&program.file(one.call.file).path)
    });
    let alone = others.count() == 0;
    // The default target sends by Node.js's own HTTP, which the tools that answer any client see.
    let is_default = plan.rules.targets.iter().any(|other| other.default && other.name == target);
    let mut left = Left::new();
    let scopes = moved.first().and_then(|exchange| match plan.scopes(exchange).scopes {
        Scopes::Known(scopes) => Some(scopes.join(",")),
        Scopes::Setting { .. } => None,
    });
    let files: Vec<(FileId, &Unit)> = program
        .units()
        .filter(|(file, unit)| unit.language.rules == language && is_test(&program.file(*file).path) && is_ours(*file))
        .collect();
    let lost = Lost::of(plan, &files, draft);
    let doubles = [Does::Mock, Does::MockClient].map(|kind| plan.analysis.facts.all(kind));
    let doubles: Vec<&Hit<'_>> = doubles.into_iter().flatten().collect();
    for (file, unit) in &files {
        let scopes = scopes.as_deref();
        let mut mocks = Mocks { plan, file: *file, unit, left: &mut left, scopes, moved, lost: &lost };
        for hit in doubles.iter().filter(|hit| hit.call.file == *file) {
            let seen = strategy == Strategy::InPlace || (hit.rule.does == Does::Mock && is_default);
            mocks.one(hit, (alone && seen, strategy == Strategy::InPlace), draft)?;
        }
        mocks.patched(draft)?;
        mocks.pinned(draft);
        for module in &lost.modules {
            mocks.stands_in(module, draft);
        }
        for field in &lost.fields {
            reads_field(*file, unit, field, draft);
        }
    }
    for file in program.file_ids().filter(|file| program.unit(*file).is_none() && is_ours_text(*file)) {
        let source = program.file(file);
        if is_test(&source.path) && adobe::has_exchange_path(&plan.rules.adobe, source.text()) {
            draft.steps.push(format!("`{}` recorded the exchange of the JWT: record it again.", source.path));
        }
    }
    for (file, whys) in left {
        let whys: Vec<String> = whys.into_iter().map(|(line, why)| format!("line {line} {why}")).collect();
        draft.steps.push(format!("Adapt `{}`: {}.", program.file(file).path, whys.join("; ")));
    }
    Ok(())
}

/// A test that reads a field that is gone asks for it: others may read it too.
fn reads_field(file: FileId, unit: &Unit, field: &str, draft: &mut Draft) {
    let module = &unit.module;
    let read = unit.mentions(field).find(|id| {
        let at = Place { file, span: module.expr(*id).span };
        let other = |base| !is_self(module.kind(base));
        matches!(module.kind(*id), ExprKind::Member { base, .. } if other(*base)) && !sweep::is_swept(draft, at)
    });
    if let Some(read) = read {
        let why =
            format!("this test reads the field `{field}`, which is gone: see who else reads it, and mend the test");
        draft.review(Place { file, span: module.expr(read).span }, why);
    }
}

/// A test that fails does no harm: what may read the answer there is only told of.
pub(super) fn may_read(program: &Program, at: ExprRef, draft: &mut Draft) {
    let (file, place) = (program.file(at.file), program.place(at));
    let line = file.lines().line_of(place.span.start as usize) + 1;
    let step =
        format!("See whether line {line} of `{}` reads the answer: its `expires_in` is in seconds now.", file.path);
    if !draft.steps.contains(&step) {
        draft.steps.push(step);
    }
}

/// The mocks of one file.
struct Mocks<'a, 'r> {
    plan: &'a Plan<'a, 'r>,
    file: FileId,
    unit: &'a Unit,
    left: &'a mut Left,
    /// Those of the new request, where they are known.
    scopes: Option<&'a str>,
    moved: &'a [&'a Exchange<'r>],
    lost: &'a Lost,
}

impl Mocks<'_, '_> {
    /// Notes what is left to a human; of a line what was said first.
    fn tell(&mut self, at: Place, why: String) {
        let line = self.plan.program.file(at.file).lines().line_of(at.span.start as usize) + 1;
        self.left.entry(at.file).or_default().entry(line).or_insert(why);
    }

    /// One mock: its address, the fields that it wants, and its answer.
    fn one(&mut self, hit: &Hit<'_>, (follows, in_place): (bool, bool), draft: &mut Draft) -> Result<(), Overlap> {
        let program = self.plan.program;
        let address = [Hole::Url, Hole::Path].into_iter().find_map(|hole| hit.captures.get(hole));
        let Some(address) = address else { return self.loose(hit, (follows, in_place), draft) };
        let texts = program.origins(address, Follow::ALL);
        let places: Vec<Place> = texts
            .iter()
            .map(|origin| program.place(origin.expr))
            .chain([program.place(address)])
            .filter(|place| adobe::has_exchange_path(&self.plan.rules.adobe, program.slice(place.file, place.span)))
            .collect();
        let Some(place) = places.first().copied() else { return Ok(()) };
        let wants = hit.captures.get(Hole::Form);
        let by_equal = in_place && hit.rule.does == Does::Mock;
        let plain = wants.is_none_or(|form| by_equal && matches!(program.kind(form), ExprKind::Record(_)));
        let Some((path, new)) = in_place::new_path(program, &self.plan.rules.adobe, place) else { return Ok(()) };
        let mine = is_test(&program.file(place.file).path);
        if !follows || !plain || !mine {
            let path = &self.plan.rules.adobe.token_path;
            self.tell(place, format!("names the exchange of the JWT; the request goes to {path} now"));
            return Ok(());
        }
        let done = draft.edits.get(&place.file).is_some_and(|edits| edits.touches(path));
        if !done {
            draft.edits.entry(place.file).or_default().replace(path, new)?;
        }
        if let Some(form) = wants {
            self.fields(form, draft)?;
        }
        self.answers(hit.call, draft)
    }

    /// A mock whose address stands somewhere in its statement: `when(client.post("…", form)).thenReturn(…)`.
    fn loose(&mut self, hit: &Hit<'_>, (follows, in_place): (bool, bool), draft: &mut Draft) -> Result<(), Overlap> {
        let (program, adobe) = (self.plan.program, &self.plan.rules.adobe);
        if !follows || !in_place {
            return Ok(());
        }
        let module = &self.unit.module;
        let stmt = module.stmt(module.expr(hit.call.expr).stmt).span;
        let is_it = |text: &str| adobe::has_exchange_path(adobe, text);
        let places = said::addresses(program, self.unit, self.file, stmt, &is_it);
        for place in &places {
            let Some((path, new)) = in_place::new_path(program, adobe, *place) else { continue };
            let edits = draft.edits.entry(self.file).or_default();
            if !edits.touches(path) {
                edits.replace(path, new)?;
            }
        }
        if places.is_empty() { Ok(()) } else { self.answers(hit.call, draft) }
    }

    /// The fields that a mock wants to see.
    fn fields(&mut self, form: ExprRef, draft: &mut Draft) -> Result<(), Overlap> {
        let program = self.plan.program;
        let ExprKind::Record(entries) = program.kind(form) else { return Ok(()) };
        let module = program.module(form.file);
        let names = &self.plan.rules.adobe.fields;
        let key = |entry: &Entry| entry.key.and_then(|key| module.literal(key));
        let Some(jwt) = entries.iter().find(|entry| key(entry).as_deref() == Some(&*names.jwt)) else { return Ok(()) };
        if draft.edits.get(&form.file).is_some_and(|edits| edits.touches(jwt.span)) {
            return Ok(());
        }
        let raw = program.slice(form.file, jwt.span);
        let quoted = if raw.starts_with(['"', '\'']) { &raw[..1] } else { "" };
        let quote = if quoted.is_empty() { "'" } else { quoted };
        // Where there are no patterns among literals, the scopes themselves are asked for.
        let scope = match (self.unit.language.syntax.braces, self.scopes) {
            (true, _) => "/.+/".to_owned(),
            (false, Some(scopes)) => format!("{quote}{scopes}{quote}"),
            (false, None) => return Ok(()),
        };
        let text =
            format!("{quoted}grant_type{quoted}: {quote}client_credentials{quote}, {quoted}scope{quoted}: {scope}");
        draft.edits.entry(form.file).or_default().replace(jwt.span, text)
    }

    /// What is put in the place of something by its name: what is gone is named, and answers that stand beside are in
    /// seconds.
    fn patched(&mut self, draft: &mut Draft) -> Result<(), Overlap> {
        let program = self.plan.program;
        let lost = self.lost;
        let patches = patched::patches(program, self.file, self.unit);
        for patch in &patches {
            if patch.is_lost(program, lost, draft) || lost.functions.contains(patch.name()) {
                self.tell(patch.at, format!("stands in for `{}`, which is gone", patch.path()));
            }
        }
        let module = &self.unit.module;
        let imported = module.imports.iter().filter_map(|import| Some((import.item.as_deref()?, import.span)));
        let said = module.expr_ids().filter_map(|id| match module.kind(id) {
            ExprKind::Member { name, name_span, .. } => Some((&**name, *name_span)),
            _ => None,
        });
        let used: Vec<(&str, Span)> = imported.chain(said).filter(|(name, _)| lost.functions.contains(*name)).collect();
        for (name, span) in used {
            self.tell(Place { file: self.file, span }, format!("uses `{name}`, which is gone"));
        }
        let is_client = |patch: &Patch| self.moved.iter().any(|exchange| patch.is_client_of(program, exchange));
        if !patches.iter().any(is_client) {
            return Ok(());
        }
        // What answers by the address is a mock of its own.
        let mocks = [Does::Mock, Does::MockClient].map(|does| self.plan.analysis.facts.all(does));
        let answered: BTreeSet<StmtId> = mocks
            .into_iter()
            .flatten()
            .filter(|hit| hit.call.file == self.file)
            .map(|hit| module.expr(hit.call.expr).stmt)
            .collect();
        let records = module.expr_ids().filter(|id| {
            let ExprKind::Record(entries) = module.kind(*id) else { return false };
            let is_token =
                |entry: &Entry| entry.key.and_then(|key| module.literal(key)).as_deref() == Some("access_token");
            entries.iter().any(is_token) && !answered.contains(&module.expr(*id).stmt)
        });
        for record in records.collect::<Vec<_>>() {
            self.answer(ExprRef { file: self.file, expr: record }, draft)?;
        }
        Ok(())
    }

    /// What stands in for a package that the program uses no more.
    fn stands_in(&mut self, lost: &str, draft: &Draft) {
        let module = &self.unit.module;
        let by_import = module.imports.iter().find(|import| *import.module == *lost).map(|import| import.span);
        let by_name = || {
            let says = |id: &ExprId| module.literal(*id).as_deref() == Some(lost);
            module.expr_ids().find(says).map(|id| module.expr(id).span)
        };
        if let Some(span) = by_import.or_else(by_name)
            && !sweep::is_swept(draft, Place { file: self.file, span })
        {
            self.tell(Place { file: self.file, span }, format!("needs `{lost}`, which the program uses no more"));
        }
    }

    /// Other lines that name the address or the field of the JWT.
    fn pinned(&mut self, draft: &Draft) {
        let module = &self.unit.module;
        let program = self.plan.program;
        let jwt = &self.plan.rules.adobe.fields.jwt;
        let texts = module.expr_ids().filter(|id| matches!(module.kind(*id), ExprKind::Text(_)));
        for span in texts.map(|id| module.expr(id).span) {
            let text = program.slice(self.file, span);
            let pins = adobe::has_exchange_path(&self.plan.rules.adobe, text) || text.contains(jwt.as_str());
            let edited = draft.edits.get(&self.file).is_some_and(|edits| edits.touches(span));
            if pins && !edited {
                self.tell(Place { file: self.file, span }, "names what the exchange of the JWT was given".to_owned());
            }
        }
    }
}
