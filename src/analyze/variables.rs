//! Variables of request tools (Postman, Insomnia): which settings a collection or an environment holds, and what the
//! templates `{{NAME}}` in its requests mean.

use super::adobe;
use super::finding::{Confidence, Finding, Kind, Place};
use super::flow::Follow;
use super::form::{Field, Written};
use super::program::{ExprRef, Program};
use super::unit::Unit;
use crate::ir::{ExprId, ExprKind};
use crate::rules::{Adobe, Rules, normal_key};
use crate::text::FileId;
use std::collections::BTreeMap;

/// Words of settings that both credentials have, beside those of [`crate::rules::ConfigWords`]; normalised.
const SHARED: [&str; 4] = ["clientid", "apikey", "clientsecret", "accesstoken"];
/// A shorter word proves nothing at the end of a longer name (`X_PRIVATE_KEY`).
const LEAST: usize = 7;

/// The name in a text that is nothing but one template: `{{JWT_TOKEN}}`, `{{ _.jwt_token }}`.
#[must_use]
pub fn template(text: &str) -> Option<&str> {
    let name = text.trim().strip_prefix("{{")?.strip_suffix("}}")?.trim();
    let name = name.strip_prefix("_.").unwrap_or(name);
    (!name.is_empty() && !name.contains(['{', '}'])).then_some(name)
}

impl Program {
    /// What scripts of the same file give to the variable that the template `at` names: `pm.environment.set("NAME", value)`.
    #[must_use]
    pub fn template_values(&self, at: ExprRef) -> Vec<ExprRef> {
        let text = self.text(at).exact();
        let (Some(name), Some(unit)) = (text.as_deref().and_then(template), self.unit(at.file)) else { return vec![] };
        let sub = |expr| ExprRef { file: at.file, expr };
        let given = unit.calls().iter().filter_map(|call| set_variable(unit, *call));
        let given = given.filter(|(set, _)| self.text(sub(*set)).exact().as_deref() == Some(name));
        given.map(|(_, value)| sub(value)).collect()
    }
}

/// The name and the value of a call that sets a variable: `pm.environment.set(…)`, `postman.setGlobalVariable(…)`.
#[must_use]
pub fn set_variable(unit: &Unit, call: ExprId) -> Option<(ExprId, ExprId)> {
    let ExprKind::Call { callee, args, .. } = unit.module.kind(call) else { return None };
    let ExprKind::Member { name, .. } = unit.module.kind(*callee) else { return None };
    let sets = &**name == "set" || (name.starts_with("set") && name.ends_with("Variable"));
    let [first, second] = args.as_slice() else { return None };
    sets.then_some((first.value, second.value))
}

/// Finds the settings of JWT credentials among the variables.
pub(super) fn find(program: &Program, rules: &Rules, found: &mut BTreeMap<(Place, Kind), Finding>) {
    for (file, unit) in program.units().filter(|(file, _)| is_collection(program, *file)) {
        let at = |expr| ExprRef { file, expr };
        for id in unit.module.expr_ids() {
            let wanted = match unit.module.kind(id) {
                ExprKind::List(_) => Written::Named,
                ExprKind::Record(_) if is_environment(unit, id) => Written::Entry,
                _ => continue,
            };
            let mut fields = program.form(at(id), Follow::INSIDE).fields;
            fields.retain(|field| field.written == wanted);
            for finding in settings(program, &rules.adobe, unit, &fields) {
                found.entry((finding.at, finding.kind)).or_insert(finding);
            }
        }
    }
}

/// Whether a file is a collection, by the calls that its requests and variables are read as.
fn is_collection(program: &Program, file: FileId) -> bool {
    program.unit(file).is_some_and(|unit| matches!(unit.language.name, "postman" | "insomnia"))
}

/// Whether a record is the argument of `insomnia.environment(…)`.
fn is_environment(unit: &Unit, id: ExprId) -> bool {
    let parent = unit.module.expr(id).parent.map(|parent| unit.module.kind(parent));
    let Some(ExprKind::Call { callee, .. }) = parent else { return false };
    matches!(unit.module.kind(*callee), ExprKind::Member { name, .. } if &**name == "environment")
}

/// What a setting is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Metascopes,
    PrivateKey,
    JwtOnly,
    Account,
    Shared,
}

fn role(adobe: &Adobe, name: &str) -> Option<Role> {
    let name = normal_key(name);
    let is = |words: &[String]| {
        words.iter().any(|word| name == *word || (word.len() >= LEAST && name.ends_with(word.as_str())))
    };
    let words = &adobe.config;
    match () {
        () if is(&words.metascopes) => Some(Role::Metascopes),
        () if is(&words.private_key) => Some(Role::PrivateKey),
        () if is(&words.signed_jwt) || is(&words.jwt_only) => Some(Role::JwtOnly),
        () if is(&words.technical_account) => Some(Role::Account),
        () if is(&words.org) || SHARED.iter().any(|word| name.ends_with(word)) => Some(Role::Shared),
        () => None,
    }
}

/// Whether only the JWT credential has a variable of this name.
#[must_use]
pub fn is_jwt_variable(adobe: &Adobe, name: &str) -> bool {
    matches!(role(adobe, name), Some(Role::Metascopes | Role::PrivateKey | Role::JwtOnly))
}

/// The findings of one group of variables; none where it is not that of a JWT credential of Adobe's.
fn settings(program: &Program, adobe: &Adobe, unit: &Unit, fields: &[Field]) -> Vec<Finding> {
    let roles: Vec<(Role, &Field)> =
        fields.iter().filter_map(|field| Some((role(adobe, &field.name)?, field))).collect();
    let has = |wanted: Role| roles.iter().any(|(role, _)| *role == wanted);
    let value = |field: &Field| field.value.and_then(|value| program.text(value).exact()).unwrap_or_default();
    let marked = fields.iter().any(|field| {
        adobe::has_mark(adobe, &value(field))
            || normal_key(&field.name).ends_with("imsorg")
            || normal_key(&field.name) == "ims"
    });
    let is_adobe = has(Role::Metascopes) || marked || has(Role::Account);
    let is_jwt =
        has(Role::Metascopes) || (has(Role::PrivateKey) && roles.len() > 1) || has(Role::JwtOnly) && has(Role::Account);
    if !is_adobe || !is_jwt {
        return vec![];
    }
    let finding = |(role, field): &(Role, &Field)| {
        let (kind, rule, confidence, message) = match role {
            Role::Metascopes => (
                Kind::Claims,
                "adobe/claims",
                Confidence::High,
                "metascopes of the JWT credential; OAuth has scopes instead",
            ),
            Role::PrivateKey => (
                Kind::PrivateKey,
                "adobe/private-key",
                Confidence::High,
                "a variable for the private key of the JWT credential; OAuth needs none",
            ),
            Role::JwtOnly => (
                Kind::ConfigKey,
                "adobe/config-key",
                Confidence::High,
                "a variable for the JWT, which OAuth does not have",
            ),
            Role::Account | Role::Shared => (
                Kind::ConfigKey,
                "adobe/config-key",
                Confidence::Low,
                "a variable of the JWT credential; compare its value with the OAuth credential",
            ),
        };
        Finding {
            rule: rule.to_owned(),
            kind,
            language: unit.language.name,
            at: field.at,
            confidence,
            message: message.to_owned(),
            library: None,
            evidence: vec![],
        }
    };
    roles.iter().map(finding).collect()
}
