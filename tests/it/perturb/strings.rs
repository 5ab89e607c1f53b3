//! Other strings: quotes, how they are put together, constants that stand in another file.

use unjwt::analyze::Program;
use unjwt::ir::{ExprId, ExprKind, Piece, Spread, StmtKind, Text};
use unjwt::text::Span;

use super::code::{Changes, Code, codes, here};

/// The string literals that are one piece, stand as values or keys, and mean nothing to the language: no docstrings,
/// module names or bare keys.
fn literals<'p>(code: &Code<'p>) -> Vec<(ExprId, &'p str)> {
    let module = code.module;
    let imported: Vec<Span> = module.imports.iter().map(|import| import.module_span).collect();
    let in_hole: Vec<Span> = module
        .exprs
        .iter()
        .filter_map(|expr| match &expr.kind {
            ExprKind::Text(text) => Some(text.pieces.iter().filter_map(|piece| match piece {
                Piece::Hole { span, .. } => Some(*span),
                Piece::Known { .. } => None,
            })),
            _ => None,
        })
        .flatten()
        .collect();
    let fits = |id: ExprId| {
        let ExprKind::Text(Text { pieces, open }) = module.kind(id) else { return None };
        let [Piece::Known { span: inner, .. }] = pieces.as_slice() else { return None };
        let span = code.span(id);
        let whole = matches!(&**open, "\"" | "'") && span.start + 1 == inner.start && inner.end + 1 == span.end;
        let parent = module.expr(id).parent;
        let is_stmt = parent.is_none() && module.stmt(module.expr(id).stmt).kind == StmtKind::Expr;
        let required = parent.is_some_and(|parent| match module.kind(parent) {
            ExprKind::Call { callee, .. } => matches!(code.source(*callee), "require" | "import"),
            _ => false,
        });
        let elsewhere = required || imported.iter().chain(&in_hole).any(|other| other.overlaps(span));
        let typed =
            code.is_typescript() && parent.is_none_or(|parent| matches!(module.kind(parent), ExprKind::Opaque(_)));
        (whole && !is_stmt && !elsewhere && !typed).then(|| (id, code.text(*inner)))
    };
    module.expr_ids().filter_map(fits).collect()
}

/// `"` becomes `'`, and the other way round.
pub(super) fn quotes(program: &Program) -> Changes {
    let mut changes = Changes::default();
    for code in codes(program).into_iter().filter(|code| ["python", "javascript"].contains(&code.language())) {
        for (id, inner) in literals(&code) {
            let quote = if code.source(id).starts_with('"') { '\'' } else { '"' };
            if !inner.contains(['\'', '"', '\\']) {
                changes.add(code.file, &[(code.span(id), format!("{quote}{inner}{quote}"))]);
            }
        }
    }
    changes
}

/// Every literal of some length becomes a constant in a file of its own.
pub(super) fn hoist(program: &Program) -> Changes {
    let mut changes = Changes::default();
    for code in codes(program) {
        let path = &code.program.file(code.file).path;
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        let stem = format!("{}_constants", stem.replace(['-', '.'], "_"));
        let mut constants = vec![];
        for (id, inner) in literals(&code).into_iter().filter(|(_, inner)| inner.len() >= 4) {
            let constant = format!("TEXT_{}", constants.len() + 1);
            let is_key = |expr: &unjwt::ir::Expr| match &expr.kind {
                ExprKind::Record(entries) => entries.iter().any(|entry| entry.key == Some(id)),
                _ => false,
            };
            let key = code.module.expr(id).parent.is_some_and(|parent| is_key(code.module.expr(parent)));
            let used = if key && code.language() == "javascript" { format!("[{constant}]") } else { constant.clone() };
            let literal = code.source(id).to_owned();
            if !inner.contains('\n') && changes.add(code.file, &[(code.span(id), used)]) {
                constants.push((constant, literal));
            }
        }
        let names: Vec<&str> = constants.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(", ");
        let package = program.file_at(&at(folder, "__init__.py")).is_some();
        let (import, define) = match code.language() {
            "python" => (format!("from {}{stem} import {names}\n", if package { "." } else { "" }), ("", "")),
            "javascript" if code.is_esm() => {
                (format!("import {{ {names} }} from './{stem}';\n"), ("export const ", ";"))
            }
            "javascript" => (format!("const {{ {names} }} = require('./{stem}');\n"), ("exports.", ";")),
            _ => continue,
        };
        if constants.is_empty() {
            continue;
        }
        changes.add(code.file, &[(here(code.after_imports()), import)]);
        let line = |(name, literal): &(String, String)| format!("{}{name} = {literal}{}\n", define.0, define.1);
        let text: String = constants.iter().map(line).collect();
        changes.new_files.insert(at(folder, &format!("{stem}.{ending}")), text.into_bytes());
    }
    changes
}

fn at(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Templates and f-strings become concatenations, calls of `format`, `join` and `concat`, by turns.
pub(super) fn spell_out(program: &Program) -> Changes {
    let mut changes = Changes::default();
    let mut turn = 0;
    for code in codes(program) {
        for id in code.module.expr_ids() {
            let ExprKind::Text(text) = code.module.kind(id) else { continue };
            let Some(parts) = parts(&code, text) else { continue };
            turn += 1;
            let Some(new) = spelled(&code, &parts, turn) else { continue };
            changes.add(code.file, &[(code.span(id), new)]);
        }
    }
    changes
}

enum Bit<'p> {
    Known(&'p str),
    Value(&'p str),
}

/// The pieces of a template that has holes without formats, and nothing in its text that other quotes would change.
fn parts<'p>(code: &Code<'p>, text: &Text) -> Option<Vec<Bit<'p>>> {
    if !matches!(&*text.open, "f\"" | "f'" | "`") || !text.pieces.iter().any(|it| matches!(it, Piece::Hole { .. })) {
        return None;
    }
    let bit = |piece: &Piece| match piece {
        Piece::Known { span, .. } => {
            let known = code.text(*span);
            (!known.contains(['"', '\'', '\\', '\n', '{', '}', '%'])).then_some(Bit::Known(known))
        }
        Piece::Hole { span, expr } => {
            let value = code.text(code.module.expr(*expr).outer);
            let plain = [format!("{{{value}}}"), format!("${{{value}}}")].iter().any(|it| it == code.text(*span));
            (plain && !value.contains("await")).then_some(Bit::Value(value))
        }
    };
    text.pieces.iter().map(bit).collect()
}

fn spelled(code: &Code<'_>, parts: &[Bit<'_>], turn: usize) -> Option<String> {
    let each = |known: &dyn Fn(&str) -> String, value: &dyn Fn(&str) -> String| -> Vec<String> {
        let one = |bit: &Bit<'_>| match bit {
            Bit::Known(text) => known(text),
            Bit::Value(text) => value(text),
        };
        parts.iter().map(one).collect()
    };
    let quoted = |text: &str| format!("\"{text}\"");
    let values =
        || each(&|_| String::new(), &str::to_owned).into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>();
    let sum = |value: &dyn Fn(&str) -> String| each(&quoted, value).join(" + ");
    match (code.language(), turn % 4) {
        ("python", 0) => Some(format!("({})", sum(&|value| format!("str({value})")))),
        ("python", 1) => {
            let pattern = each(&str::to_owned, &|_| "{}".into()).concat();
            Some(format!("\"{pattern}\".format({})", values().join(", ")))
        }
        ("python", 2) => {
            let pattern = each(&str::to_owned, &|_| "%s".into()).concat();
            Some(format!("(\"{pattern}\" % ({},))", values().join(", ")))
        }
        ("python", _) => Some(format!("\"\".join([{}])", each(&quoted, &|value| format!("str({value})")).join(", "))),
        ("javascript", 0 | 1) => Some(format!("(\"\" + {})", sum(&|value| format!("({value})")))),
        ("javascript", 2) => Some(format!("[{}].join(\"\")", each(&quoted, &|value| format!("({value})")).join(", "))),
        ("javascript", _) => Some(format!("\"\".concat({})", each(&quoted, &|value| format!("({value})")).join(", "))),
        _ => None,
    }
}

/// Concatenations become templates and f-strings.
pub(super) fn interpolate(program: &Program) -> Changes {
    let mut changes = Changes::default();
    for code in codes(program) {
        for id in code.module.expr_ids() {
            let is_part = code.module.expr(id).parent.is_some_and(|parent| plus(&code, parent).is_some());
            if is_part || plus(&code, id).is_none() {
                continue;
            }
            let mut operands = vec![];
            flatten(&code, id, &mut operands);
            if let Some(text) = interpolated(&code, &operands) {
                changes.add(code.file, &[(code.span(id), text)]);
            }
        }
    }
    changes
}

fn plus(code: &Code<'_>, id: ExprId) -> Option<(ExprId, ExprId)> {
    match code.module.kind(id) {
        ExprKind::Binary { op, left, right } if &**op == "+" => Some((*left, *right)),
        _ => None,
    }
}

fn flatten(code: &Code<'_>, id: ExprId, operands: &mut Vec<ExprId>) {
    match plus(code, id) {
        Some((left, right)) => [left, right].into_iter().for_each(|side| flatten(code, side, operands)),
        None => operands.push(id),
    }
}

fn interpolated(code: &Code<'_>, operands: &[ExprId]) -> Option<String> {
    let known = |id: &ExprId| match code.module.kind(*id) {
        ExprKind::Text(text) if matches!(&*text.open, "\"" | "'") => code.module.literal(*id),
        _ => None,
    };
    // Only where a string is among the first two is the sum surely one of strings.
    if !operands.iter().take(2).any(|id| known(id).is_some()) {
        return None;
    }
    let python = code.language() == "python";
    let (open, close, brace) = match code.language() {
        "python" => ("f\"", "\"", "{"),
        "javascript" => ("`", "`", "${"),
        _ => return None,
    };
    let mut out = open.to_owned();
    for id in operands {
        match known(id) {
            Some(text) if text.contains(['"', '\\', '\n', '`', '{', '}', '$']) => return None,
            Some(text) => out.push_str(&text),
            None => {
                let value = code.text(code.module.expr(*id).outer);
                if value.contains(['\n', '`', '\\']) || (python && value.contains(['"', '{'])) {
                    return None;
                }
                out.push_str(&format!("{brace}{value}}}"));
            }
        }
    }
    Some(out + close)
}

/// An address becomes host + path.
pub(super) fn split(program: &Program) -> Changes {
    let mut changes = Changes::default();
    for code in codes(program).into_iter().filter(|code| ["python", "javascript"].contains(&code.language())) {
        for (id, inner) in literals(&code) {
            let Some(host) = inner.find("://").map(|at| at + 3) else { continue };
            let Some(path) = inner[host..].find('/').map(|at| host + at) else { continue };
            let is_key = code.module.expr(id).parent.is_some_and(|parent| match code.module.kind(parent) {
                ExprKind::Record(entries) => entries.iter().any(|entry| entry.key == Some(id)),
                _ => false,
            });
            let (open, close) = if is_key && code.language() == "javascript" { ("[", "]") } else { ("(", ")") };
            let quote = &code.source(id)[..1];
            let (host, path) = inner.split_at(path);
            changes.add(
                code.file,
                &[(code.span(id), format!("{open}{quote}{host}{quote} + {quote}{path}{quote}{close}"))],
            );
        }
    }
    changes
}

/// The form goes through a variable, and gets its fields one by one: `data = {}`, `data["a"] = b`.
pub(super) fn fields(program: &Program) -> Changes {
    let mut changes = Changes::default();
    for code in codes(program) {
        let mut count = 0;
        for id in code.module.expr_ids() {
            let ExprKind::Call { args, .. } = code.module.kind(id) else { continue };
            for arg in args.iter().filter(|arg| arg.spread == Spread::No) {
                count += usize::from(one_by_one(&code, arg.value, count, &mut changes));
            }
        }
    }
    changes
}

fn one_by_one(code: &Code<'_>, record: ExprId, count: usize, changes: &mut Changes) -> bool {
    let module = code.module;
    let ExprKind::Record(entries) = module.kind(record) else { return false };
    let expr = module.expr(record);
    let stmt = module.stmt(expr.stmt);
    // What stands before it in its statement is evaluated later then: only where that makes no difference, a name.
    let direct = matches!(stmt.kind, StmtKind::Bind | StmtKind::Expr | StmtKind::Return);
    let inside = module.function_of(expr.scope) == module.function_of(stmt.scope);
    let plain =
        entries.iter().all(|entry| entry.key.is_some() && !matches!(module.kind(entry.value), ExprKind::Function(_)));
    if !direct || !inside || !plain || entries.len() < 2 || code.source(record).contains("await") {
        return false;
    }
    let start = stmt.span.start as usize;
    let file = code.program.file(code.file);
    let line = file.lines().line_span(file.lines().line_of(start)).start as usize;
    let indent = file.indent_at(start);
    if &file.text()[line..start] != indent {
        return false;
    }
    let name = format!("fields_{}", count + 1);
    let (head, semi) = match code.language() {
        "python" => (format!("{name} = {{}}"), ""),
        "javascript" => (format!("const {name}{} = {{}};", if code.is_typescript() { ": any" } else { "" }), ";"),
        _ => return false,
    };
    let mut lines = format!("{head}\n{indent}");
    for entry in entries {
        let Some(key) = entry.key else { continue };
        let written = code.source(key);
        let computed = code.text(entry.span).starts_with('[');
        let bare = matches!(module.kind(key), ExprKind::Text(text) if text.open.is_empty());
        let key = if bare && !computed { format!("'{written}'") } else { written.to_owned() };
        let value = code.text(module.expr(entry.value).outer);
        if value.contains('\n')
            || (code.language() == "javascript" && code.text(entry.span).ends_with('}') && value.is_empty())
        {
            return false;
        }
        lines.push_str(&format!("{name}[{key}] = {value}{semi}\n{indent}"));
    }
    changes.add(code.file, &[(here(start), lines), (code.span(record), name)])
}
