//! From programs back into the containers that they were taken out of: places and edits.

use super::{Applicability, Blocker, Migration};
use crate::analyze::{Finding, Place};
use crate::lang::embed::Embedded;
use crate::text::{FileId, SourceFile, Span};
use std::collections::BTreeMap;

/// Turns places in programs into places in their containers, and edits of programs into edits of the containers. Where
/// the latter cannot be, the migration is for a human.
pub fn outward(
    findings: &mut [Finding],
    migrations: &mut [Migration],
    containers: &BTreeMap<FileId, (SourceFile, Embedded)>,
) {
    let outer = |place: &mut Place| {
        if let Some((_, embedded)) = containers.get(&place.file) {
            place.span = embedded.outer(place.span);
        }
    };
    for finding in findings {
        outer(&mut finding.at);
        finding.evidence.iter_mut().for_each(|evidence| outer(&mut evidence.at));
    }
    for migration in migrations {
        migration.blockers.iter_mut().for_each(|blocker| outer(&mut blocker.at));
        for (file, edits) in &mut migration.edits {
            let Some((container, embedded)) = containers.get(file) else { continue };
            match embedded.write(container, edits) {
                Ok(written) => *edits = written,
                Err(why) => {
                    let at = edits.edits().first().map_or(Span::default(), |edit| embedded.outer(edit.span));
                    let why =
                        format!("this cannot be written into {}: {why}; make the change by hand", container.name());
                    migration.blockers.push(Blocker { at: Place { file: *file, span: at }, why });
                    migration.applicability = Applicability::Manual;
                }
            }
        }
        if migration.applicability == Applicability::Manual {
            migration.edits.clear();
            migration.new_files.clear();
            migration.removed.clear();
        }
    }
}
