//! Files of tools, typed.

use super::check::File;
use super::raw;
use super::tool::{KeyPath, Mark, Tool, ToolExample, ToolLookalike, ToolSetting, ToolVersion};
use std::collections::BTreeSet;

pub(super) fn tool(file: &mut File, name: &str) -> Option<Tool> {
    let raw: raw::Tool = file.toml()?;
    if raw.example.is_empty() || raw.lookalike.is_empty() {
        file.whole(
            "a tool needs at least one [[example]] and one [[lookalike]]",
            "they prove that its settings are found, and nothing else",
        );
    }
    if raw.files.is_empty() && raw.mark.is_empty() {
        file.whole("nothing tells the files of this tool", "give `files`, or a [[mark]]");
    }
    let settings = raw.setting.into_iter().filter_map(|it| {
        let does = file.finding_kind(&it.does)?;
        Some(ToolSetting { at: mark(&it.key, it.value), does, message: it.message })
    });
    let settings = settings.collect();
    let version = raw.dependency.map(|it| ToolVersion {
        at: mark(&it.key, Some(it.value)),
        below: it.below,
        message: it.message,
    });
    let mut examples = vec![];
    for it in raw.example {
        let finds: BTreeSet<String> = it.finds.iter().filter_map(|kind| file.finding_kind(kind)).collect();
        examples.push(ToolExample { file: it.file, code: it.code, finds: finds.into_iter().collect() });
    }
    let lookalike = |it: raw::ToolLookalike| ToolLookalike { file: it.file, code: it.code, why: it.why };
    Some(Tool {
        id: format!("config/{name}"),
        name: raw.name,
        docs: raw.docs,
        needles: raw.needles,
        files: raw.files,
        marks: raw.mark.into_iter().map(|it| mark(&it.key, it.value)).collect(),
        settings,
        version,
        switch: raw.switch,
        examples,
        lookalikes: raw.lookalike.into_iter().map(lookalike).collect(),
    })
}

fn mark(key: &str, value: Option<String>) -> Mark {
    Mark { key: KeyPath::new(key), value }
}
