//! A multipart body that one chain of calls puts together becomes a form: `new MultipartBody.Builder()…` of OkHttp.
//! <https://square.github.io/okhttp/5.x/okhttp/okhttp3/-form-body/-builder/>

use super::target;
use crate::analyze::{Exchange, ExprRef, Place, Program};
use crate::ir::{ExprId, ExprKind, Module};
use crate::migrate::draft::Draft;
use crate::text::{EditSet, Overlap, Span};

const OLD: &str = "MultipartBody";
const NEW: &str = "FormBody";
const PACKAGE: &str = "okhttp3";
const PART: &str = "addFormDataPart";

/// Turns the body into a form, where nothing but plain fields is put into it. Whether that was possible.
///
/// # Errors
/// [`Overlap`] where another edit is there.
pub(super) fn form(program: &Program, exchange: &Exchange<'_>, draft: &mut Draft) -> Result<bool, Overlap> {
    let Some(host) = exchange.form.fields.first().map(|field| field.host) else { return Ok(false) };
    let (file, module) = (host.file, program.module(host.file));
    let Some(unit) = program.unit(file) else { return Ok(false) };
    let Some(chain) = Chain::of(module, host.expr) else { return Ok(false) };
    let own = |id: ExprId| chain.span.contains(module.expr(id).span);
    let said = |id: &ExprId| {
        matches!(module.kind(*id), ExprKind::Name(name) if **name == *OLD) && unit.bind_of_place(*id).is_none()
    };
    let names: Vec<ExprId> = module.expr_ids().filter(said).collect();
    let imported = module.imports.iter().any(|import| {
        let item = import.item.as_deref().unwrap_or(OLD);
        *import.module == *PACKAGE && item == OLD
    });
    let typed = module
        .expr_ids()
        .any(|id| module.literal(id).is_some_and(|text| text.to_ascii_lowercase().starts_with("multipart/")));
    let of_chain = |field: &ExprRef| field.file == file && own(field.expr);
    let plain = imported
        && !typed
        && names.iter().all(|id| own(*id))
        && exchange.form.fields.iter().all(|field| of_chain(&field.host))
        && chain.fits(program, file);
    if !plain || !target::import(program, file, &format!("{PACKAGE}.{NEW}"), draft) {
        return Ok(false);
    }
    let mut edits = EditSet::default();
    for edit in draft.edits.remove(&file).unwrap_or_default().edits() {
        let mut edit = edit.clone();
        if chain.span.contains(edit.span) {
            edit.text = edit.text.replace(&format!("{PART}("), "add(");
        }
        edits.add(edit)?;
    }
    draft.edits.insert(file, edits);
    if let ExprKind::Member { base, .. } = module.kind(chain.class) {
        draft.replace(Place { file, span: module.expr(*base).span }, NEW)?;
    }
    for step in &chain.steps {
        if &*step.name == "setType" {
            draft.replace(Place { file, span: step.whole }, "")?;
        } else if step.name == PART && !draft.edits.get(&file).is_some_and(|edits| edits.touches(step.at)) {
            draft.edits.entry(file).or_default().replace(step.at, "add")?;
        }
    }
    Ok(true)
}

struct Step {
    name: String,
    /// The name's bytes.
    at: Span,
    /// From the end of what it is called on to the end of the call.
    whole: Span,
    args: usize,
}

/// `new A.B().c(…).d(…)`
struct Chain {
    /// What is made.
    class: ExprId,
    steps: Vec<Step>,
    span: Span,
}

impl Chain {
    /// The chain that a call is a link of, if it begins with a `new` without arguments.
    fn of(module: &Module, link: ExprId) -> Option<Self> {
        let mut root = link;
        let class = loop {
            match module.kind(root) {
                ExprKind::Call { callee, args, new: true } => break args.is_empty().then_some(*callee)?,
                ExprKind::Call { callee, .. } => root = *callee,
                ExprKind::Member { base, .. } => root = *base,
                _ => return None,
            }
        };
        let (mut at, mut steps) = (root, vec![]);
        while let Some(member) = module.expr(at).parent
            && let ExprKind::Member { base, name, .. } = module.kind(member)
            && *base == at
            && let Some(call) = module.expr(member).parent
            && let ExprKind::Call { callee, args, new: false } = module.kind(call)
            && *callee == member
        {
            let end = module.expr(member).span.end;
            steps.push(Step {
                name: name.to_string(),
                at: Span { start: end - name.len() as u32, end },
                whole: Span { start: module.expr(at).outer.end, end: module.expr(call).span.end },
                args: args.len(),
            });
            at = call;
        }
        Some(Chain { class, steps, span: module.expr(at).span })
    }

    /// Whether it makes the body, and puts nothing but texts into it.
    fn fits(&self, program: &Program, file: crate::text::FileId) -> bool {
        let known = |step: &Step| match step.name.as_str() {
            PART => step.args == 2,
            "setType" | "build" => true,
            _ => false,
        };
        program.source(ExprRef { file, expr: self.class }) == "MultipartBody.Builder"
            && self.steps.iter().all(known)
            && self.steps.last().is_some_and(|last| last.name == "build")
    }
}
