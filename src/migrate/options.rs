//! Options of a command line that open the key's file by themselves: the program would stop when the key is deleted, though
//! nothing needs it any more.

use super::draft::Draft;
use super::idle;
use super::readers::inside;
use crate::analyze::{ExprRef, Program, Unit};
use crate::ir::{Arg, ExprKind};
use crate::rules::Rules;
use crate::text::FileId;

/// Types of options that open a file, or ask for one that exists: `click.File`, `argparse.FileType`, `click.Path(exists=True)`
/// and typer's `exists`. <https://click.palletsprojects.com/en/stable/handling-files/>,
/// <https://docs.python.org/3/library/argparse.html#filetype-objects>
const OPENS: [&str; 3] = ["File(", "FileType(", "exists=True"];

/// Names such options of the files that a draft changes.
pub(super) fn doubts(program: &Program, rules: &Rules, draft: &mut Draft) {
    let files: Vec<_> = draft.edits.keys().copied().collect();
    for file in files {
        let Some(unit) = program.unit(file) else { continue };
        for call in unit.calls() {
            let at = ExprRef { file, expr: *call };
            let place = program.place(at);
            let ExprKind::Call { args, .. } = unit.module.kind(*call) else { continue };
            let names: Vec<String> = args.iter().filter_map(|arg| unit.module.literal(arg.value)).collect();
            let is_key = |name: &String| idle::is_key_name(rules, name.trim_start_matches('-'));
            let of_key = names.iter().any(|name| name.starts_with('-') && is_key(name));
            let source = program.source(at).replace(' ', "");
            let gone = inside(&draft.gone, file, place.span);
            let changed = draft.edits.get(&file).is_some_and(|edits| edits.touches(place.span));
            let demanded = of_key && source.contains("required=True") && !changed;
            if demanded && !gone && !is_read(unit, draft, file, args) {
                let line = program.file(file).lines().line_of(place.span.start as usize) + 1;
                draft.steps.push(format!(
                    "The option on line {line} of `{}` must still be given, though nobody reads it any more: take it out.",
                    program.file(file).path
                ));
            }
            if of_key && !gone && OPENS.iter().any(|opens| source.contains(opens)) {
                draft.review(
                    place,
                    "this option still opens the file of the private key, and the program stops where there is none: take the option out, or give it another type",
                );
            }
        }
    }
}

/// A step for the options that are asked for no more: who calls the program passes them still.
pub(super) fn tell(program: &Program, draft: &mut Draft) {
    for (file, options) in &draft.options {
        let path = &program.file(*file).path;
        let dashed = |name: &str| if name.starts_with('-') { format!("`{name}`") } else { format!("`--{name}`") };
        let idle: Vec<String> = options.iter().filter(|(_, new)| new.is_none()).map(|(name, _)| dashed(name)).collect();
        if !idle.is_empty() {
            draft.steps.push(format!(
                "`{path}` takes {} as before, but nobody reads it any more: take it out once no script passes it.",
                idle.join(", ")
            ));
        }
        for (old, new) in options.iter().filter_map(|(old, new)| Some((old, new.as_ref()?))) {
            draft.steps.push(format!(
                "`{path}` takes {} in place of {}: give it the scopes where it is called.",
                dashed(new),
                dashed(old)
            ));
        }
    }
}

/// Whether what an option gives is still read, by its own name: `--private-key` as `private_key`.
fn is_read(unit: &Unit, draft: &Draft, file: FileId, args: &[Arg]) -> bool {
    let module = &unit.module;
    let texts = args.iter().filter_map(|arg| module.literal(arg.value));
    let names: Vec<String> = texts.map(|text| text.trim_start_matches('-').replace('-', "_")).collect();
    names.iter().any(|name| {
        let reads = unit.mentions(name).filter(|id| unit.bind_of_place(*id).is_none());
        reads.into_iter().any(|id| !inside(&draft.gone, file, module.expr(id).span))
    })
}
