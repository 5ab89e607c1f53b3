//! Requests that an annotation declares: a method of an interface says what is sent, its parameters what as, and somebody
//! else writes the body. The annotation is the exchange; each call of the method is one as well, since there the JWT is
//! given.

use super::exchange::Exchange;
use super::finding::Place;
use super::form::{Field, Form, Written};
use super::program::{ExprRef, FunctionRef, Program};
use super::proof::Proof;
use crate::ir::{ExprKind, FunctionId, How};

/// The function that the call `at` is an annotation of.
pub(super) fn function(program: &Program, at: ExprRef) -> Option<FunctionRef> {
    let functions = &program.unit(at.file)?.module.functions;
    let index = functions.iter().position(|function| function.decorators.contains(&at.expr))?;
    Some(FunctionRef { file: at.file, function: FunctionId(index as u32) })
}

/// Whether the call `at` is an annotation of a method that is written out: it answers requests, and makes none.
pub(super) fn is_served(program: &Program, at: ExprRef) -> bool {
    let body = |of: FunctionRef| program.module(of.file).function(of.function).body;
    function(program, at).and_then(body).is_some()
}

/// The fields that its parameters are, by their annotations.
pub(super) fn form(program: &Program, function: FunctionRef) -> Form {
    let module = program.module(function.file);
    let mut form = Form::default();
    for bind in module.binds.iter().filter(|bind| matches!(bind.how, How::Param(of, _) if of == function.function)) {
        for decorator in bind.decorators.iter().map(|expr| ExprRef { file: function.file, expr: *expr }) {
            let ExprKind::Call { args, .. } = program.kind(decorator) else { continue };
            let names = args.iter().filter(|arg| matches!(arg.name.as_deref(), None | Some("value" | "name")));
            let name = names.map(|arg| program.text(ExprRef { file: function.file, expr: arg.value })).next();
            let Some(name_parts) = name.filter(|name| name.exact().is_some()) else { continue };
            form.fields.push(Field {
                name: name_parts.sketch(),
                name_parts,
                value: Some(ExprRef { file: function.file, expr: bind.place }),
                at: Place { file: function.file, span: bind.span },
                written: Written::Keyword,
                host: decorator,
            });
        }
    }
    form
}

/// The calls of the method that `exchange` declares, each with the arguments in place of the parameters. `signers` gives
/// the calls that sign a JWT.
pub(super) fn calls<'r>(
    program: &Program,
    exchange: &Exchange<'r>,
    signers: &dyn Fn(ExprRef) -> Vec<ExprRef>,
) -> Vec<Exchange<'r>> {
    let Some(function) = function(program, exchange.call) else { return vec![] };
    let given = |call: ExprRef, place: ExprRef| {
        let id = program.unit(place.file)?.bind_of_place(place.expr)?;
        let (_, position) = program.param_of(place.file, id)?;
        program.argument(call, function, position)
    };
    let of_call = |call: &ExprRef| {
        let jwt = exchange.jwt.and_then(|place| given(*call, place));
        let signs = jwt.map(signers).unwrap_or_default();
        let mut form = exchange.form.clone();
        for field in &mut form.fields {
            field.value = field.value.and_then(|place| given(*call, place));
        }
        let proof = Proof { signed: !signs.is_empty(), ..exchange.proof };
        let confidence = proof.confidence()?;
        let (hit, url) = (exchange.hit.clone(), exchange.url.clone());
        Some(Exchange { call: *call, hit, url, form, jwt, signs, proof, confidence })
    };
    program.callers(function).iter().filter_map(of_call).collect()
}
