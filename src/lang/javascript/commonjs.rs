//! CommonJS: `require` in declarations, `module.exports`.

use super::Js;
use super::pattern::Leaf;
use crate::ir::build::Builder;
use crate::ir::{Export, ExprId, ExprKind, How, Import, ImportStyle, Key};
use crate::lang::tree::{self, field};
use crate::text::Span;
use tree_sitter::Node;

/// `require('m')` or `import('m')`, with at most one member of it.
pub(super) struct Required {
    module: Box<str>,
    module_span: Span,
    item: Option<Box<str>>,
}

/// What compilers put around `require` so that `.default` works on it.
const INTEROP: [&str; 5] =
    ["__importDefault", "__importStar", "_interopRequireDefault", "_interopRequireWildcard", "__toESM"];

impl Js<'_> {
    /// What a declaration's value requires; `None` where it is anything more than a module or a member of one.
    pub(super) fn required(&self, value: Node) -> Option<Required> {
        let (value, awaited) = unwrapped(value);
        if value.kind() != "member_expression" {
            return self.required_module(value, awaited);
        }
        let (object, awaited) = unwrapped(field(value, "object")?);
        let item = Some(self.text(field(value, "property")?).into());
        Some(Required { item, ..self.required_module(object, awaited)? })
    }

    fn required_module(&self, call: Node, awaited: bool) -> Option<Required> {
        let function = field(call, "function").filter(|_| call.kind() == "call_expression")?;
        let arguments = tree::named(field(call, "arguments")?);
        let argument = arguments.first()?;
        let name = self.text(function);
        // `tslib_1.__importDefault`
        if INTEROP.contains(&name.rsplit('.').next().unwrap_or(name)) {
            return self.required_module(*argument, false).filter(|_| argument.kind() == "call_expression");
        }
        // Without `await`, `import(…)` gives a promise.
        let requires = name == "require" || (name == "import" && awaited);
        let plain = argument.kind() == "string" || (argument.kind() == "template_string" && !self.has_hole(*argument));
        (requires && plain).then(|| Required {
            module: self.string_value(*argument).into(),
            module_span: self.inside(*argument),
            item: None,
        })
    }

    fn has_hole(&self, template: Node) -> bool {
        tree::named(template).iter().any(|part| part.kind() == "template_substitution")
    }

    /// The imports of `const x = require('m')` and `const { a, b: c } = require('m')`. A part deeper down, or what is
    /// left of the module, stays a bind. `alone`: the statement has no other declarator.
    pub(super) fn import_required(&mut self, b: &mut Builder, required: &Required, leaves: &[Leaf], alone: bool) {
        let alone = alone && leaves.len() == 1;
        for leaf in leaves {
            let bind = &b.module.binds[leaf.bind.index()];
            let whole = bind.how == How::Assign;
            let item = match (&bind.how, &required.item) {
                (How::Assign, item) => item.clone(),
                (How::Part(path), None) => match &path[..] {
                    [Key::Name(name)] => Some(name.clone()),
                    _ => continue,
                },
                _ => continue,
            };
            let ExprKind::Name(local) = b.module.kind(leaf.place) else {
                continue;
            };
            let (local, scope, stmt) = (local.clone(), bind.scope, bind.stmt);
            let span = match (alone, whole) {
                (true, _) => b.module.stmt(stmt).span,
                (false, true) => bind.span,
                (false, false) => leaf.span,
            };
            let Required { module, module_span, .. } = required;
            let style = ImportStyle::Require;
            let import =
                Import { module: module.clone(), item, local, stmt, span, module_span: *module_span, scope, style };
            let id = b.import_bound(import);
            b.module.binds[leaf.bind.index()].how = How::Import(id);
        }
    }

    /// Notes what `module.exports = …`, `module.exports.x = …` and `exports.x = …` give to other modules.
    pub(super) fn commonjs_export(&mut self, b: &mut Builder, left: ExprId, value: ExprId) {
        let Some(name) = exported_name(b, left) else {
            return;
        };
        // Compiled modules clear their exports first: `exports.a = exports.b = void 0`.
        if *b.module.kind(value) == ExprKind::Null {
            return;
        }
        let stmt = b.stmt();
        let entries: Vec<(Box<str>, ExprId)> = match b.module.kind(value) {
            ExprKind::Record(entries) if &*name == "module.exports" => {
                entries.iter().filter_map(|entry| Some((b.module.literal(entry.key?)?.into(), entry.value))).collect()
            }
            _ => vec![],
        };
        for (name, value) in std::iter::once((name, value)).chain(entries) {
            b.module.exports.push(Export { name, value: Some(value), import: None, stmt });
        }
    }
}

fn exported_name(b: &Builder, left: ExprId) -> Option<Box<str>> {
    let ExprKind::Member { base, name, .. } = b.module.kind(left) else {
        return None;
    };
    match b.module.kind(*base) {
        ExprKind::Name(base) if &**base == "module" && &**name == "exports" => Some("module.exports".into()),
        ExprKind::Name(base) if &**base == "exports" => Some(name.clone()),
        ExprKind::Member { .. } if exported_name(b, *base).as_deref() == Some("module.exports") => Some(name.clone()),
        _ => None,
    }
}

/// Without parentheses, `await`, casts; and whether there was an `await`.
fn unwrapped(mut node: Node) -> (Node, bool) {
    let mut awaited = false;
    loop {
        let inner = match node.kind() {
            "parenthesized_expression"
            | "await_expression"
            | "as_expression"
            | "non_null_expression"
            | "satisfies_expression" => tree::named(node).into_iter().next(),
            "type_assertion" => tree::named(node).into_iter().next_back(),
            _ => None,
        };
        awaited |= node.kind() == "await_expression";
        match inner {
            Some(inner) => node = inner,
            None => return (node, awaited),
        }
    }
}
