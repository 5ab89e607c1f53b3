//! `await` becomes `then`, and the other way round (JavaScript).

use unjwt::analyze::Program;
use unjwt::ir::{ExprKind, FunctionId, StmtId, StmtKind};
use unjwt::text::Span;

use super::code::{Changes, Code, codes, here};

/// `const x = await p; rest` in the body of a function becomes `return p.then(async (x) => { rest })`.
pub(super) fn then(program: &Program) -> Changes {
    let mut changes = Changes::default();
    for code in codes(program).into_iter().filter(|code| code.language() == "javascript") {
        for function in &code.module.functions {
            let Some(body) = function.body.filter(|_| function.is_async && !function.is_generator) else { continue };
            let stmts = &code.module.block(body).stmts;
            // The first that can be turned: what follows goes along as it is.
            let turned = stmts.iter().enumerate().find_map(|(index, stmt)| awaited(&code, *stmt).map(|it| (index, it)));
            let Some((index, (left, value))) = turned.filter(|(index, _)| index + 1 < stmts.len()) else { continue };
            let (stmt, last) = (code.stmt_span(stmts[index]), code.stmt_span(stmts[stmts.len() - 1]));
            changes.add(
                code.file,
                &[
                    (stmt, format!("return ({value}).then(async ({left}) => {{")),
                    (here(last.end as usize), "\n});".into()),
                ],
            );
        }
    }
    changes
}

/// The left side of a declaration, and what is awaited for it.
fn awaited<'p>(code: &Code<'p>, stmt: StmtId) -> Option<(&'p str, &'p str)> {
    let module = code.module;
    let mut binds = module.binds.iter().filter(|bind| bind.stmt == stmt && bind.value.is_some());
    let value = module.expr(binds.next()?.value?);
    let one = binds.all(|bind| bind.value.is_some_and(|it| module.expr(it).outer == value.outer));
    let value_text = code.text(value.outer).strip_prefix("await ").filter(|_| one && value.awaited)?;
    let head = code.text(Span::new(code.stmt_span(stmt).start as usize, value.outer.start as usize));
    let left = ["const ", "let ", "var "].iter().find_map(|word| head.strip_prefix(word))?;
    let left = left.trim_end().strip_suffix('=')?.trim();
    (!left.contains([',', ':', '=']) || left.starts_with('{')).then_some((left, value_text))
}

/// `return p.then((x) => { rest })` becomes `{ const x = await p; rest }` in a function that is async then.
pub(super) fn awaits(program: &Program) -> Changes {
    let mut changes = Changes::default();
    for code in codes(program).into_iter().filter(|code| code.language() == "javascript") {
        for function in &code.module.functions {
            let Some(body) = function.body.filter(|_| !function.is_generator && !function.is_getter) else { continue };
            let Some(last) = code.module.block(body).stmts.last() else { continue };
            let Some(new) = unrolled(&code, *last) else { continue };
            let mut edits = vec![(code.stmt_span(*last), new)];
            if !function.is_async {
                // `async` stands before the name of a method, and before everything else, save `export` and `static`.
                let head = code.text(function.span);
                let skipped = ["export default ", "export ", "static "].iter().find(|word| head.starts_with(**word));
                let at = function.span.start as usize + skipped.map_or(0, |word| word.len());
                edits.push((here(at), "async ".into()));
            }
            changes.add(code.file, &edits);
        }
    }
    changes
}

fn unrolled(code: &Code<'_>, stmt: StmtId) -> Option<String> {
    let module = code.module;
    let record = module.stmt(stmt);
    let returned = *record.exprs.first().filter(|_| record.kind == StmtKind::Return)?;
    let ExprKind::Call { callee, args, .. } = module.kind(returned) else { return None };
    let ExprKind::Member { base, name, .. } = module.kind(*callee) else { return None };
    let [arg] = args.as_slice() else { return None };
    let ExprKind::Function(function) = module.kind(arg.value) else { return None };
    if &**name != "then" || module.expr(returned).awaited {
        return None;
    }
    let (param, promise) = (param(code, *function)?, code.source(*base));
    let mentions = promise.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').any(|word| word == param);
    let function = module.function(*function);
    let rest = match function.body {
        Some(body) => {
            let inner = code.text(module.block(body).span);
            inner.strip_prefix('{')?.strip_suffix('}')?.trim().to_owned()
        }
        None => format!("return ({});", code.text(module.expr(*function.returns.first()?).outer)),
    };
    (!mentions).then(|| format!("{{ const {param} = await {promise};\n{rest}\n}}"))
}

/// The only parameter of a function, if it is a name.
fn param<'p>(code: &Code<'p>, function: FunctionId) -> Option<&'p str> {
    match code.module.function(function).params.as_slice() {
        [param] => param.name.as_deref().filter(|_| param.default.is_none()),
        _ => None,
    }
}
