//! Requests that a base class from outside sends: a class of the project gives the form in one method and the address in
//! another, and a framework asks for both.
//! Fact: `meltano/sdk:singer_sdk/authenticators.py` posts `oauth_request_payload` to `auth_endpoint`.

use super::adobe;
use super::exchange::Exchange;
use super::fact::Facts;
use super::flow::Follow;
use super::program::{ExprRef, Program};
use super::proof::Proof;
use super::reach::Reach;
use super::resolve::Def;
use crate::ir::{ClassId, ExprId, How};
use crate::rules::Rules;
use crate::text::FileId;
use std::collections::{BTreeMap, BTreeSet};

/// The classes that hand an exchange to a base from outside, each told at that base. What the exchanges in `found` send
/// is theirs. `signers` gives the calls that sign what a value is.
pub(super) fn calls<'r>(
    program: &Program,
    facts: &Facts<'r>,
    rules: &Rules,
    reach: &Reach,
    found: &BTreeMap<ExprRef, Exchange<'r>>,
    signers: &dyn Fn(ExprRef) -> Vec<ExprRef>,
) -> Vec<Exchange<'r>> {
    let sent: BTreeSet<_> = found.values().flat_map(|exchange| &exchange.form.fields).map(|field| field.at).collect();
    let of_class = |file: FileId, class: ClassId| {
        let call = outside_base(program, file, class)?;
        let given = given(program, file, class);
        let (form, jwt) = given.iter().find_map(|given| {
            let form = program.form(*given, Follow::INSIDE);
            let field = form.field(&rules.adobe.fields.jwt).filter(|field| !sent.contains(&field.at))?;
            let jwt = field.value;
            Some((form, jwt))
        })?;
        let texts = given.iter().map(|given| (*given, program.text(*given)));
        let url = texts.into_iter().find(|(_, url)| adobe::has_exchange_path(&rules.adobe, &url.sketch()));
        let signs = jwt.map(signers).unwrap_or_default();
        let fields = &rules.adobe.fields;
        let proof = Proof {
            path: url.is_some(),
            host: url.iter().any(|(_, url)| adobe::has_host(&rules.adobe, &url.sketch())),
            jwt_field: true,
            credentials: [&fields.client_id, &fields.client_secret].iter().all(|name| form.field(name).is_some()),
            signed: !signs.is_empty(),
            claims: super::claims::are_signed(program, facts, &rules.adobe, &signs),
            around: reach.is_around(program, file),
            ..Proof::default()
        };
        // The form alone is any framework's.
        let confidence = proof.confidence().filter(|_| proof.credentials && (proof.path || proof.claims))?;
        Some(Exchange { call, hit: None, url, form, jwt, signs, proof, confidence })
    };
    let near = program.units().filter(|(file, _)| reach.is_near_exchange(*file));
    near.flat_map(|(file, unit)| (0..unit.module.classes.len() as u32).map(move |class| (file, ClassId(class))))
        .filter_map(|(file, class)| of_class(file, class))
        .collect()
}

/// The base of a class that a package brings.
fn outside_base(program: &Program, file: FileId, class: ClassId) -> Option<ExprRef> {
    let bases = program.module(file).class(class).bases.iter().map(|base| ExprRef { file, expr: *base });
    let is_outside = |base: &ExprRef| program.meanings(*base, 0).iter().any(|means| matches!(means, Def::Package(..)));
    bases.into_iter().find(is_outside)
}

/// What the methods of a class give.
fn given(program: &Program, file: FileId, class: ClassId) -> Vec<ExprRef> {
    let module = program.module(file);
    let scope = module.class(class).scope;
    let returns = |how: &How| match how {
        How::Function(function) => module.function(*function).returns.as_slice(),
        _ => &[],
    };
    let own = module.binds.iter().filter(|bind| bind.scope == scope);
    own.flat_map(|bind| returns(&bind.how)).map(|expr: &ExprId| ExprRef { file, expr: *expr }).collect()
}
