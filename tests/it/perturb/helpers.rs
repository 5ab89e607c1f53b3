//! The flow in more functions: calls and values behind helpers, functions in classes, scripts in functions.

use std::collections::BTreeSet;

use unjwt::analyze::{Facts, Program};
use unjwt::ir::{ExprId, ExprKind, Spread, StmtId, StmtKind};
use unjwt::rules::{Does, Rules};
use unjwt::text::Span;

use super::code::{Changes, Code, MODULE, codes, here};

/// Words after which an expression cannot stand in another function.
const BOUND: &[&str] = &["this", "super", "arguments", "await", "yield"];

/// The text of a function in the language of the file, and where it goes.
fn helper(code: &Code<'_>, name: &str, params: &[String], value: &str) -> Option<(Span, String)> {
    let params = |kind: &str| params.iter().map(|param| format!("{param}{kind}")).collect::<Vec<_>>().join(", ");
    match code.language() {
        "python" => {
            Some((here(code.after_imports()), format!("\n\ndef {name}({}):\n    return ({value})\n\n\n", params(""))))
        }
        "javascript" => {
            let kind = if code.is_typescript() { ": any" } else { "" };
            Some((here(code.end()), format!("\nfunction {name}({}) {{\n  return ({value});\n}}\n", params(kind))))
        }
        _ => None,
    }
}

fn is_bound(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| BOUND.contains(&word))
}

/// Each signing call, request and the like goes through a function of its own.
pub(super) fn calls(program: &Program) -> Changes {
    let facts = Facts::new(program, Rules::embedded());
    let wanted = [Does::Sign, Does::Request, Does::Exchange, Does::Encode, Does::ReadKey];
    let mut changes = Changes::default();
    for code in codes(program) {
        let mut count = 0;
        for id in code.module.expr_ids() {
            let known = facts.of(code.at(id)).iter().any(|hit| wanted.contains(&hit.rule.does));
            if known && wrap_call(&code, id, &format!("helper_{}", count + 1), &mut changes) {
                count += 1;
            }
        }
    }
    changes
}

fn wrap_call(code: &Code<'_>, id: ExprId, name: &str, changes: &mut Changes) -> bool {
    let module = code.module;
    let ExprKind::Call { callee, args, .. } = module.kind(id) else { return false };
    let plain = args.iter().all(|arg| arg.spread == Spread::No);
    let (span, callee_span) = (code.span(id), code.span(*callee));
    let Some(first) = args.first().filter(|_| plain) else { return false };
    let Some(paren) = code.text(Span::new(callee_span.end as usize, first.span.start as usize)).find('(') else {
        return false;
    };
    let paren = callee_span.end as usize + paren + 1;
    let head = code.text(Span::new(span.start as usize, callee_span.end as usize));
    let local =
        |id: &ExprId| code.name(*id).is_some_and(|name| code.declared(*id, name).is_some_and(|scope| scope != MODULE));
    let mut params = vec![];
    let mut given = vec![];
    for (index, arg) in args.iter().enumerate() {
        match &arg.name {
            Some(name) => {
                params.push(name.to_string());
                given.push(format!("{name}={name}"));
            }
            None => {
                params.push(format!("given_{index}"));
                given.push(format!("given_{index}"));
            }
        }
    }
    let given = given.join(", ");
    let (value, edits) = if code.inside(*callee).iter().any(local) || is_bound(head) {
        // The object comes first.
        let ExprKind::Member { base, name: method, .. } = module.kind(*callee) else { return false };
        let object = code.source(*base);
        if object.contains("await") || object == "super" || head.starts_with("new ") {
            return false;
        }
        params.insert(0, "receiver".to_owned());
        let value = format!("receiver.{method}({given})");
        (
            value,
            vec![
                (Span::new(span.start as usize, callee_span.end as usize), name.to_owned()),
                (here(paren), format!("{object}, ")),
            ],
        )
    } else {
        let value = format!("{head}({given})");
        (value, vec![(Span::new(span.start as usize, callee_span.end as usize), name.to_owned())])
    };
    let Some(helper) = helper(code, name, &params, &value) else { return false };
    changes.add(code.file, &[edits, vec![helper]].concat())
}

/// Each record, template and sum that is given or kept comes from a function of its own.
pub(super) fn values(program: &Program) -> Changes {
    let mut changes = Changes::default();
    for code in codes(program) {
        let mut done: Vec<Span> = vec![];
        let mut count = 0;
        // Parents come after their parts: the outermost first.
        for id in code.module.expr_ids().collect::<Vec<_>>().into_iter().rev() {
            let span = code.span(id);
            let is_value = match code.module.kind(id) {
                ExprKind::Record(entries) => entries.len() >= 2,
                ExprKind::Text(text) => text.pieces.len() >= 2,
                ExprKind::Binary { op, .. } => &**op == "+",
                _ => false,
            };
            if !is_value || done.iter().any(|other| other.contains(span)) || is_bound(code.source(id)) {
                continue;
            }
            let inside = code.inside(id);
            let has_code = |id: &ExprId| {
                matches!(
                    code.module.kind(*id),
                    ExprKind::Function(_) | ExprKind::Class(_) | ExprKind::Comprehension { .. }
                )
            };
            let is_value = code.module.expr(id).parent.is_some()
                || code.module.stmt(code.module.expr(id).stmt).kind != StmtKind::Expr;
            let Some(free) = free(&code, &inside).filter(|_| is_value && !inside.iter().any(has_code)) else {
                continue;
            };
            let name = format!("value_{}", count + 1);
            let Some(helper) = helper(&code, &name, &free, code.source(id)) else { continue };
            if changes.add(code.file, &[(span, format!("{name}({})", free.join(", "))), helper]) {
                done.push(span);
                count += 1;
            }
        }
    }
    changes
}

/// The names that a function elsewhere in the file does not see; `None` where it sees another one of the name.
fn free(code: &Code<'_>, inside: &[ExprId]) -> Option<Vec<String>> {
    let mut names = BTreeSet::new();
    for id in inside {
        let Some(name) = code.name(*id) else { continue };
        if code.declared(*id, name).is_some_and(|scope| scope != MODULE) {
            names.insert(name.to_owned());
        }
    }
    (names.len() <= 8).then(|| names.into_iter().collect())
}

/// Functions of the file become static methods of a class; the names stay.
pub(super) fn class(program: &Program) -> Changes {
    let mut changes = Changes::default();
    for code in codes(program) {
        for (index, stmt) in code.module.blocks[0].stmts.iter().enumerate() {
            let StmtKind::Function(function) = code.module.stmt(*stmt).kind else { continue };
            let function = code.module.function(function);
            let (span, name) = (code.stmt_span(*stmt), function.name.as_deref());
            let Some(name) = name.filter(|_| function.decorators.is_empty() && !function.is_generator) else {
                continue;
            };
            let text = code.text(span);
            let early = code.module.expr_ids().any(|id| {
                code.name(id) == Some(name)
                    && code.span(id).end <= span.start
                    && code.module.function_of(code.module.expr(id).scope).is_none()
            });
            let holder = format!("Holder{}", index + 1);
            let new = match code.language() {
                "python" => indented(&code, span)
                    .map(|body| format!("class {holder}:\n    @staticmethod\n{body}\n\n\n{name} = {holder}.{name}")),
                "javascript" if !is_bound(&text.replace("await", "")) => static_method(text, &holder, name),
                _ => None,
            };
            if let Some(new) = new.filter(|_| !early) {
                changes.add(code.file, &[(span, new)]);
            }
        }
    }
    changes
}

fn static_method(text: &str, holder: &str, name: &str) -> Option<String> {
    let (export, rest) = match text.strip_prefix("export ") {
        Some(rest) => ("export const", rest),
        None => ("const", text),
    };
    let (is_async, rest) = match rest.strip_prefix("async ") {
        Some(rest) => ("async ", rest),
        None => ("", rest),
    };
    let method = rest.strip_prefix("function ")?;
    Some(format!("class {holder} {{\n  static {is_async}{method}\n}}\n{export} {name} = {holder}.{name};"))
}

/// The lines of a span, one step deeper; `None` where a text runs over lines.
fn indented(code: &Code<'_>, span: Span) -> Option<String> {
    let file = code.program.file(code.file);
    let runs_over = |id: ExprId| {
        let text = code.source(id);
        let module = code.module;
        let is_doc = module.expr(id).parent.is_none() && module.stmt(module.expr(id).stmt).kind == StmtKind::Expr;
        matches!(module.kind(id), ExprKind::Text(_))
            && span.contains(code.span(id))
            && text.contains('\n')
            && text.contains("\"\"\"")
            && !is_doc
    };
    if code.module.expr_ids().any(runs_over) || !file.indent_at(span.start as usize).is_empty() {
        return None;
    }
    let line = |line: &str| if line.trim().is_empty() { String::new() } else { format!("    {line}") };
    Some(code.text(span).lines().map(line).collect::<Vec<_>>().join("\n"))
}

/// What a script does at its end goes into a function that is called at once.
pub(super) fn main(program: &Program) -> Changes {
    let mut changes = Changes::default();
    for code in codes(program) {
        let stmts = &code.module.blocks[0].stmts;
        let exported = |stmt: StmtId| code.module.exports.iter().any(|export| export.stmt == stmt);
        let imported = |stmt: StmtId| code.module.imports.iter().any(|import| import.stmt == stmt);
        let moves = |stmt: &&StmtId| {
            let kind = code.module.stmt(**stmt).kind;
            !matches!(kind, StmtKind::Function(_) | StmtKind::Class(_) | StmtKind::Import | StmtKind::Export)
                && !exported(**stmt)
                && !imported(**stmt)
        };
        let tail: Vec<StmtId> = stmts.iter().rev().take_while(moves).copied().collect();
        let (Some(last), Some(first)) = (tail.first(), tail.last()) else { continue };
        let span = Span::new(code.stmt_span(*first).start as usize, code.stmt_span(*last).end as usize);
        let bound =
            code.module.binds.iter().filter(|bind| bind.scope == MODULE && span.contains(code.span(bind.place)));
        let names: BTreeSet<&str> = bound.filter_map(|bind| code.name(bind.place)).collect();
        let outside = code
            .module
            .expr_ids()
            .any(|id| code.name(id).is_some_and(|name| names.contains(name)) && !span.contains(code.span(id)));
        let others = codes(program).iter().any(|other| {
            let mut imports = other.module.imports.iter();
            other.file != code.file
                && imports.any(|import| program.import_target(other.file, &import.module) == Some(code.file))
        });
        if outside || (others && !names.is_empty()) {
            continue;
        }
        let new = match code.language() {
            "python" => indented(&code, span).map(|body| format!("def main_x():\n{body}\n\n\nmain_x()")),
            "javascript" => {
                let text = code.text(span);
                let is_async = if text.contains("await ") { "async " } else { "" };
                Some(format!(";({is_async}() => {{\n{text}\n}})();"))
            }
            _ => None,
        };
        if let Some(new) = new {
            changes.add(code.file, &[(span, new)]);
        }
    }
    changes
}
