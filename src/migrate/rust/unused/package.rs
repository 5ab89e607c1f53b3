//! The package around a file: whether others can use what it declares.

use crate::analyze::Program;
use crate::ir::{ImportStyle, StmtId};
use crate::text::FileId;

/// Whether other packages can use what a statement declares.
pub(super) fn is_exposed(program: &Program, file: FileId, stmt: StmtId) -> bool {
    let module = program.module(file);
    let in_public = || match module.parent_stmt(stmt) {
        // A method is as public as it says, if its class is.
        Some(outer) => {
            module.types.public.contains(&outer)
                || module.stmt(outer).blocks.is_empty()
                || is_impl(program, file, outer)
        }
        None => true,
    };
    module.types.public.contains(&stmt) && in_public() && is_exposed_file(program, file, 0)
}

/// Whether a statement gives methods to a class that is declared elsewhere.
fn is_impl(program: &Program, file: FileId, stmt: StmtId) -> bool {
    !program.module(file).binds.iter().any(|bind| bind.stmt == stmt && matches!(bind.how, crate::ir::How::Class(_)))
}

/// Whether other packages can name the module that a file is.
fn is_exposed_file(program: &Program, file: FileId, depth: u8) -> bool {
    let path = &program.file(file).path;
    let name = path.rsplit('/').next().unwrap_or(path);
    if name == "lib.rs" {
        return true;
    }
    if name == "main.rs" || depth > 16 {
        return false;
    }
    program.units().any(|(other, unit)| {
        let module = &unit.module;
        let leads = |import: &crate::ir::Import| program.import_target(other, &import.module) == Some(file);
        module.imports.iter().any(|import| {
            import.style != ImportStyle::Inline
                && module.types.public.contains(&import.stmt)
                && leads(import)
                && is_exposed_file(program, other, depth + 1)
        })
    })
}
