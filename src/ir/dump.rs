//! A readable form of a module, for tests and for people who add a language.
//!
//! ```text
//! L1 Import
//!   import `jwt`.encode as e
//! L2 Bind
//!   url <- (+ base "/ims")
//! L3 Function fn#0 f(a, b="x")
//!   returns (call g a)
//!   body
//!     L4 Return (call g a)
//! ```

mod expr;

use super::{Bind, Block, BlockId, ExprId, Function, FunctionId, How, Import, Key, Module, Stmt, StmtId, StmtKind};
use crate::text::SourceFile;
use expr::stars;
use std::collections::HashSet;
use std::fmt::Write;

/// Writes `module`, lowered from `file`, as indented lines: statements with their binds, imports and blocks; then the
/// functions that are expressions, the exports, comments, gaps and the end of the prologue.
#[must_use]
pub fn dump(module: &Module, file: &SourceFile) -> String {
    let mut dump = Dump::new(module, file);
    if let Some(body) = module.blocks.first() {
        dump.stmts(&body.stmts, 0);
    }
    dump.expression_functions();
    dump.rest();
    dump.out
}

struct Dump<'a> {
    module: &'a Module,
    file: &'a SourceFile,
    /// The binds of each statement.
    binds: Vec<Vec<&'a Bind>>,
    /// The imports of each statement.
    imports: Vec<Vec<&'a Import>>,
    out: String,
}

impl<'a> Dump<'a> {
    fn new(module: &'a Module, file: &'a SourceFile) -> Self {
        let mut binds = vec![vec![]; module.stmts.len()];
        let mut imports = vec![vec![]; module.stmts.len()];
        for bind in &module.binds {
            binds[bind.stmt.index()].push(bind);
        }
        for import in &module.imports {
            imports[import.stmt.index()].push(import);
        }
        Dump { module, file, binds, imports, out: String::new() }
    }

    fn line(&mut self, depth: usize, text: &str) {
        let _ = writeln!(self.out, "{:1$}{2}", "", depth * 2, text.trim_end());
    }

    fn line_of(&self, offset: u32) -> usize {
        self.file.lines().line_of(offset as usize) + 1
    }

    fn stmts(&mut self, ids: &[StmtId], depth: usize) {
        for id in ids {
            self.stmt(*id, depth);
        }
    }

    fn stmt(&mut self, id: StmtId, depth: usize) {
        let module = self.module;
        let stmt = module.stmt(id);
        let head = format!("L{} {}{}", self.line_of(stmt.span.start), self.kind(stmt), self.own_exprs(id, stmt));
        self.line(depth, &head);
        for import in &self.imports[id.index()].clone() {
            self.line(depth + 1, &import_line(import));
        }
        for bind in &self.binds[id.index()].clone() {
            let how = match &bind.how {
                How::Import(_) | How::Function(_) | How::Class(_) | How::Param(..) => continue,
                How::Assign => "<-".to_owned(),
                How::Augment => "<-augment".to_owned(),
                How::Each => "<-each".to_owned(),
                How::With => "<-with".to_owned(),
                How::Catch => "<-catch".to_owned(),
                How::Part(path) => format!("<-{}", path.iter().map(key).collect::<String>()),
            };
            let value = bind.value.map(|value| self.expr(value)).unwrap_or_default();
            let text = format!("{} {how} {value}", self.expr(bind.place));
            self.line(depth + 1, &text);
        }
        match stmt.kind {
            StmtKind::Function(function) => self.returns(module.function(function), depth + 1),
            StmtKind::Class(class) if !module.class(class).bases.is_empty() => {
                let bases = self.list(&module.class(class).bases);
                self.line(depth + 1, &format!("bases {bases}"));
            }
            _ => {}
        }
        for block in &stmt.blocks {
            self.block(*block, depth + 1);
        }
    }

    fn kind(&self, stmt: &Stmt) -> String {
        match stmt.kind {
            StmtKind::Function(function) => format!("Function {}", self.signature(function)),
            StmtKind::Class(class) => {
                let name = self.module.class(class).name.as_deref().unwrap_or("?");
                format!("Class class#{} {name}", class.0)
            }
            kind => format!("{kind:?}"),
        }
    }

    /// The statement's own expressions that no bind or signature shows anyway.
    fn own_exprs(&self, id: StmtId, stmt: &Stmt) -> String {
        let module = self.module;
        let mut shown: HashSet<ExprId> = HashSet::new();
        for bind in &self.binds[id.index()] {
            shown.insert(bind.place);
            shown.extend(bind.value);
        }
        if let StmtKind::Function(function) = stmt.kind {
            shown.extend(module.function(function).decorators.iter());
        }
        if let StmtKind::Class(class) = stmt.kind {
            shown.extend(module.class(class).bases.iter());
        }
        let is_pattern = |id: &ExprId| {
            let parts = module.children(*id);
            !parts.is_empty() && parts.iter().all(|part| shown.contains(part))
        };
        let rest = stmt.exprs.iter().filter(|id| !shown.contains(id) && !is_pattern(id));
        rest.map(|id| format!(" {}", self.expr(*id))).collect()
    }

    fn signature(&self, id: FunctionId) -> String {
        let function = self.module.function(id);
        let params: Vec<String> = function
            .params
            .iter()
            .map(|param| {
                let stars = stars(param.spread);
                let default = param.default.map(|default| format!("={}", self.expr(default))).unwrap_or_default();
                format!("{stars}{}{default}", param.name.as_deref().unwrap_or("?"))
            })
            .collect();
        let flags = [
            (function.is_async, " async"),
            (function.is_generator, " generator"),
            (function.is_getter, " getter"),
            (function.is_static, " static"),
            (function.class.is_some(), " method"),
        ];
        let flags: String = flags.iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
        let decorators: String =
            function.decorators.iter().map(|decorator| format!(" @{}", self.expr(*decorator))).collect();
        let name = function.name.as_deref().unwrap_or("");
        format!("fn#{} {name}({}){flags}{decorators}", id.0, params.join(", "))
    }

    fn returns(&mut self, function: &Function, depth: usize) {
        if !function.returns.is_empty() {
            let values = self.list(&function.returns);
            self.line(depth, &format!("returns {values}"));
        }
    }

    fn block(&mut self, id: BlockId, depth: usize) {
        let block: &Block = self.module.block(id);
        let word = match (block.is_handler, block.function) {
            (true, _) => "handler",
            (_, Some(_)) => "body",
            _ => "block",
        };
        let catches = if block.catches.is_empty() { String::new() } else { format!(" {}", self.list(&block.catches)) };
        self.line(depth, &format!("{word}{catches}"));
        self.stmts(&block.stmts, depth + 1);
    }

    /// Functions that no statement declares: lambdas, arrow functions, methods of object literals.
    fn expression_functions(&mut self) {
        let module = self.module;
        let declared: HashSet<usize> = module
            .stmts
            .iter()
            .filter_map(|stmt| match stmt.kind {
                StmtKind::Function(function) => Some(function.index()),
                _ => None,
            })
            .collect();
        for (index, function) in module.functions.iter().enumerate() {
            let id = FunctionId(index as u32);
            if declared.contains(&index) {
                continue;
            }
            let head = self.signature(id);
            self.line(0, &head);
            self.returns(function, 1);
            if let Some(body) = function.body {
                self.block(body, 1);
            }
        }
    }

    fn rest(&mut self) {
        let module = self.module;
        for export in &module.exports {
            let value = export.value.map(|value| format!(" = {}", self.expr(value))).unwrap_or_default();
            let passed_on = export.import.map(|import| format!(" of import#{}", import.0)).unwrap_or_default();
            self.line(0, &format!("export {}{value}{passed_on}", export.name));
        }
        for comment in &module.comments {
            self.line(0, &format!("comment L{} {:?}", self.line_of(comment.start), self.file.slice(*comment)));
        }
        for gap in &module.gaps {
            self.line(
                0,
                &format!("gap L{} {}: {:?}", self.line_of(gap.span.start), gap.why, self.file.slice(gap.span)),
            );
        }
        if module.prologue_end > 0 {
            self.line(0, &format!("prologue until L{}", self.line_of(module.prologue_end)));
        }
    }
}

fn import_line(import: &Import) -> String {
    let item = import.item.as_deref().map(|item| format!(".{item}")).unwrap_or_default();
    let local = if import.local.is_empty() { String::new() } else { format!(" as {}", import.local) };
    let style = match import.style {
        super::ImportStyle::Static => String::new(),
        style => format!(" ({style:?})"),
    };
    format!("import `{}`{item}{local}{style}", import.module)
}

fn key(key: &Key) -> String {
    match key {
        Key::Name(name) => format!("[{name:?}]"),
        Key::Position(position) => format!("[{position}]"),
        Key::Rest => "[*]".to_owned(),
    }
}
