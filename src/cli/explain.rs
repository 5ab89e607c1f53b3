//! `unjwt explain`: a rule in words, or why a line was found, or was not.

use super::args::ExplainArgs;
use super::progress::Progress;
use super::{Context, End, Error, print, scan, width};
use crate::report::{self, Asked};
use crate::rules::Rules;
use crate::{pipeline, text};
use std::path::{Path, PathBuf};

pub(super) fn explain(args: &ExplainArgs, context: &Context) -> Result<End, Error> {
    let rules = args.rules.load()?;
    let options = report::Options { color: context.color_out, width: width(), proposal: false, summary: false };
    match &args.at {
        Some(at) => line(args, at, rules, &options, context),
        None => rule_texts(args, &rules, &options),
    }
}

fn rule_texts(args: &ExplainArgs, rules: &Rules, options: &report::Options) -> Result<End, Error> {
    let mut texts = vec![];
    for id in &args.what {
        let id = id.to_string_lossy();
        let text = report::explain(rules, &id, options).ok_or_else(|| Error::Rule {
            id: report::plain(&id),
            nearest: rules.nearest(&id).into_iter().map(report::plain).collect(),
        })?;
        texts.push(text);
    }
    print(texts.join("\n").as_bytes())?;
    Ok(End::Clean)
}

fn line(
    args: &ExplainArgs,
    at: &(PathBuf, usize),
    rules: std::borrow::Cow<'static, Rules>,
    options: &report::Options,
    context: &Context,
) -> Result<End, Error> {
    let (path, number) = at;
    let shown = path.to_string_lossy();
    let fail = |why: String| Error::At(format!("`{}`: {why}", report::plain(&shown)));
    let full = path.canonicalize().map_err(|error| fail(error.to_string()))?;
    let bytes = std::fs::read(&full).map_err(|error| fail(error.to_string()))?;
    let source = text::SourceFile::new(shown.clone(), bytes);
    if *number == 0 || *number > source.lines().count() {
        return Err(fail(format!("it has no line {number}, but {}", source.lines().count())));
    }
    let run_options = pipeline::Options { rules, ..scan::options(None, context)? };
    let roots = if args.what.is_empty() { vec![root_of(&full)] } else { args.what.clone() };
    let progress = Progress::start(context);
    let seen = pipeline::explain(&roots, &run_options, &full, number - 1);
    progress.stop();
    let (run, verdict) = seen?;
    let inside = full.strip_prefix(&run.root).ok();
    let inside = inside.map(|path| path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/"));
    let asked = Asked {
        path: inside.as_deref(),
        shown: &shown,
        line: *number,
        text: source.slice(source.lines().line_span(number - 1)),
        needles: run_options.rules.needles().len(),
    };
    print(report::line(&run, &asked, verdict.as_ref(), options).as_bytes())?;
    Ok(End::of(&run, 0))
}

/// The folder that is scanned where none is named: the current one if the file is below it, else the file's own.
fn root_of(full: &Path) -> PathBuf {
    let current = std::env::current_dir().and_then(|folder| folder.canonicalize());
    match (current, full.parent()) {
        (Ok(current), _) if full.starts_with(&current) => current,
        (_, Some(parent)) => parent.to_owned(),
        _ => full.to_owned(),
    }
}
