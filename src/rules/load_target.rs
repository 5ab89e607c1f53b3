//! From a target's file to its typed form.

use super::check::File;
use super::load::{read_import, read_package};
use super::target::NewSetting;
use super::words::Gives;
use super::{Line, NeededImport, Target, Variant, raw};
use std::collections::BTreeMap;

pub(super) fn target(file: &mut File, language: &str, name: &str) -> Option<Target> {
    let raw: raw::Target = file.toml()?;
    let imports: Vec<NeededImport> = raw.import.into_iter().filter_map(|it| read_import(file, it)).collect();
    let reads = raw.reads.into_iter().filter_map(|(name, text)| Some((name, file.template(&text)?)));
    let reads: BTreeMap<String, _> = reads.collect();
    let shared = |variant: Variant| Variant {
        imports: imports.iter().cloned().chain(variant.imports).collect(),
        reads: if variant.reads.is_empty() { reads.clone() } else { variant.reads },
        ..variant
    };
    Some(Target {
        id: format!("{language}/{name}"),
        language: language.to_owned(),
        name: name.to_owned(),
        default: raw.default,
        rather: raw.rather,
        instead: raw.instead,
        made_in_project: raw.made_in_project,
        settings_files: raw.settings_files,
        used_with: raw.used_with,
        never_with: raw.never_with,
        docs: raw.docs,
        notes: raw.notes,
        variants: raw.variant.into_iter().filter_map(|it| variant(file, it).map(shared)).collect(),
    })
}

fn variant(file: &mut File, raw: raw::Variant) -> Option<Variant> {
    let packages = raw.package.into_iter().filter_map(|package| read_package(file, package)).collect();
    let imports = raw.import.into_iter().filter_map(|import| read_import(file, import)).collect();
    let helper = raw.helper.and_then(|text| file.template(&text));
    let beside = match raw.beside {
        Some(raw::Beside { class, text }) => Some((class, file.template(&text)?)),
        None => None,
    };
    let settings = raw.setting.into_iter();
    let settings = settings
        .map(|it| Some(NewSetting { key: it.key, value: file.template(&it.value)?, is_item: it.item }))
        .collect::<Option<_>>()?;
    Some(Variant {
        name: raw.name,
        is_async: raw.is_async,
        runtime: raw.runtime,
        lines: raw.lines.into_iter().map(line).collect(),
        gives: file.maybe_word(raw.gives.as_ref())?.unwrap_or(Gives::Body),
        field: raw.field.and_then(|text| file.template(&text)),
        beside,
        settings,
        reads: raw
            .reads
            .iter()
            .map(|(name, text)| Some((name.clone(), file.template(text)?)))
            .collect::<Option<_>>()?,
        throws: raw.throws,
        clients: raw.clients,
        keeps_errors_of: raw.keeps_errors_of,
        packages,
        imports,
        helper,
        helper_name: raw.helper_name,
        statements: raw.statements.and_then(|text| file.template(&text)),
        value: file.template(&raw.value)?,
    })
}

pub(super) fn line(raw: raw::Line) -> Line {
    Line { of: raw.of, from: raw.from, below: raw.below }
}
