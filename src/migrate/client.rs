//! A request through a client that was made just for it: `async with httpx.AsyncClient() as client:`. The OAuth client
//! takes its place, under its name and with its settings.

use super::contract::reads;
use super::draft::Draft;
use super::plan::Plan;
use crate::analyze::{Exchange, ExprRef, Hit, Place};
use crate::ir::{ExprKind, How, StmtKind};
use crate::rules::{Does, Hole, Slot};
use crate::text::{Overlap, Span};

/// A client that a `with` statement makes for one request.
#[derive(Debug)]
pub(super) struct OwnClient {
    /// From its first byte to its colon.
    pub header: Span,
    /// The client's name.
    pub name: String,
    /// Its settings, which the OAuth client takes too.
    pub settings: Vec<(Slot, ExprRef)>,
}

/// The client of an exchange, if it serves nothing else.
#[must_use]
pub(super) fn own_client(plan: &Plan<'_, '_>, exchange: &Exchange<'_>) -> Option<OwnClient> {
    let program = plan.program;
    let call = exchange.call;
    let unit = program.unit(call.file)?;
    let module = &unit.module;
    let ExprKind::Call { callee, .. } = module.kind(call.expr) else { return None };
    let ExprKind::Member { base, .. } = module.kind(*callee) else { return None };
    let holder = program.holder(ExprRef { file: call.file, expr: *base })?;
    let bind = module.binds.iter().find(|bind| {
        bind.how == How::With && program.holder(ExprRef { file: call.file, expr: bind.place }).as_ref() == Some(&holder)
    })?;
    let stmt = module.stmt(bind.stmt);
    let [block] = stmt.blocks.as_slice() else { return None };
    let one = stmt.kind == StmtKind::With && reads(program, &holder).len() == 1;
    let made = ExprRef { file: call.file, expr: bind.value? };
    let hit = plan.analysis.facts.of_kind(made, Does::Client)?;
    let settings = settings(plan, made, hit)?;
    let head = Span { start: stmt.span.start, end: module.block(*block).span.start };
    let text = program.slice(call.file, head);
    let colon = text.rfind(':')?;
    let alone = module.binds.iter().filter(|other| other.stmt == bind.stmt).count() == 1;
    (one && alone && !text.contains('#')).then(|| OwnClient {
        header: Span::new(head.start as usize, head.start as usize + colon + 1),
        name: holder.name.to_string(),
        settings,
    })
}

/// The client's arguments, if the OAuth client has all of them.
fn settings(plan: &Plan<'_, '_>, made: ExprRef, hit: &Hit<'_>) -> Option<Vec<(Slot, ExprRef)>> {
    let ExprKind::Call { args, .. } = plan.program.kind(made) else { return None };
    let known: Vec<(Slot, ExprRef)> = hit
        .captures
        .0
        .iter()
        .filter_map(|(hole, at)| match hole {
            Hole::Timeout => Some((Slot::Timeout, *at)),
            Hole::Proxy => Some((Slot::Proxy, *at)),
            Hole::Verify => Some((Slot::Verify, *at)),
            _ => None,
        })
        .collect();
    args.iter().all(|arg| known.iter().any(|(_, at)| at.expr == arg.value)).then_some(known)
}

/// Puts the filled-in statements in: their `with` line takes the place of the client's, the rest that of the request.
///
/// # Errors
/// [`Overlap`] where two edits meet.
pub(super) fn put(
    plan: &Plan<'_, '_>,
    exchange: &Exchange<'_>,
    client: &OwnClient,
    text: &str,
    indent: &str,
    draft: &mut Draft,
) -> Result<Option<()>, Overlap> {
    let program = plan.program;
    let file = exchange.call.file;
    let module = program.module(file);
    let source = program.file(file);
    let eol = source.eol().as_str();
    let lines: Vec<&str> = text.lines().collect();
    let Some(end) = lines.iter().position(|line| !line.starts_with('\t') && line.ends_with(':')) else {
        return Ok(None);
    };
    let inner = lines[end + 1..].iter().map(|line| line.strip_prefix('\t').unwrap_or(line));
    let stmt = module.stmt(module.expr(exchange.call.expr).stmt).span;
    let laid = |lines: &mut dyn Iterator<Item = &str>, at: Span| -> String {
        let base = source.indent_at(at.start as usize).to_owned();
        let line = |(number, line): (usize, &str)| {
            let depth = line.len() - line.trim_start_matches('\t').len();
            let lead = if number == 0 { String::new() } else { base.clone() };
            format!("{lead}{}{}", indent.repeat(depth), &line[depth..])
        };
        lines.enumerate().map(line).collect::<Vec<_>>().join(eol)
    };
    let header = laid(&mut lines[..=end].iter().copied(), client.header);
    let body = laid(&mut inner.into_iter(), stmt);
    draft.replace(Place { file, span: client.header }, header)?;
    draft.replace(Place { file, span: stmt }, body)?;
    draft.names.insert((file, client.name.clone()));
    Ok(Some(()))
}
