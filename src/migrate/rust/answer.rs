//! What becomes of the response: each link from the request to the decoded body, with what follows a failure.

use super::texts;
use crate::analyze::{ExprRef, Holder, Program};
use crate::ir::{Bind, ExprKind, How, StmtId, StmtKind};
use crate::migrate::contract::reached;
use crate::text::{FileId, Span};
use std::collections::HashSet;

/// The way from a request to its body.
#[derive(Debug)]
pub(super) struct Answer {
    /// The statement that gives the response a name, and the name.
    pub named: Option<(StmtId, String)>,
    /// Statements between that and the body: they check the response, or give it its name again.
    pub checks: Vec<StmtId>,
    /// The decoded body: the call, up to what follows its failure.
    pub body: ExprRef,
    /// What follows the failure of each link, in order: `?`, `.unwrap()`, `.context("…")?`.
    pub fails: Vec<String>,
    /// All that these say.
    pub words: Vec<Span>,
}

/// Methods that only say what a failure is called, or that there must be none.
const HANDLERS: &[&str] = &["unwrap", "expect", "context", "with_context", "wrap_err", "wrap_err_with"];

/// Follows a response to its body.
///
/// # Errors
/// What is done to the response that only this response can serve, in words.
pub(super) fn answer(program: &Program, call: ExprRef) -> Result<Answer, String> {
    let mut way =
        Way { program, seen: HashSet::new(), named: None, checks: vec![], body: None, fails: vec![], words: vec![] };
    way.response(call, 0)?;
    let Way { named, checks, body, fails, words, .. } = way;
    match body {
        Some(body) => Ok(Answer { named, checks, body, fails, words }),
        None => Err("the answer is not decoded in view".to_owned()),
    }
}

/// The end of the `.await` and `?` that follow `start`.
pub(super) fn links_end(program: &Program, file: FileId, start: usize) -> usize {
    let text = program.file(file).text();
    let mut end = start;
    loop {
        let rest = &text[end..];
        let bare = rest.trim_start();
        let skipped = rest.len() - bare.len();
        let follows = |word: &str| bare.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
        end += match () {
            () if bare.starts_with('?') => skipped + 1,
            () if follows(".await") => skipped + ".await".len(),
            () => return end,
        };
    }
}

/// What follows the failure of a value: the links from it to where it is a value without one, and that value.
///
/// # Errors
/// Where the failure is looked at in another way.
pub(super) fn handled(program: &Program, at: ExprRef) -> Result<(ExprRef, String), String> {
    let module = program.module(at.file);
    let own = module.expr(at.expr).span.end as usize;
    let end = links_end(program, at.file, own);
    let links = program.slice(at.file, Span::new(own, end)).replace(".await", "");
    if links.contains('?') {
        return Ok((at, "?".to_owned()));
    }
    let parent = module.expr(at.expr).parent;
    if let Some(member) = parent
        && let ExprKind::Member { base, name, .. } = module.kind(member)
        && *base == at.expr
        && HANDLERS.contains(&&**name)
        && let Some(call) = module.expr(member).parent
        && matches!(module.kind(call), ExprKind::Call { callee, .. } if *callee == member)
    {
        let call = ExprRef { file: at.file, expr: call };
        let start = module.expr(call.expr).span.end as usize;
        let last = links_end(program, at.file, start);
        let text = program.slice(at.file, Span::new(end, last)).trim().to_owned();
        let stays = matches!(&**name, "unwrap" | "expect") != text.ends_with('?');
        return if stays { Ok((call, text)) } else { Err("a failure is handed on in a way of its own".to_owned()) };
    }
    Err("a failure of the request is looked at in a way of its own".to_owned())
}

/// The methods of [`HANDLERS`] that are called in a text.
pub(super) fn methods(text: &str) -> impl Iterator<Item = &'static str> {
    HANDLERS.iter().copied().filter(move |name| text.contains(&format!(".{name}(")))
}

struct Way<'a> {
    program: &'a Program,
    seen: HashSet<ExprRef>,
    named: Option<(StmtId, String)>,
    checks: Vec<StmtId>,
    body: Option<ExprRef>,
    fails: Vec<String>,
    words: Vec<Span>,
}

impl Way<'_> {
    /// The result of `at` is a response.
    fn response(&mut self, at: ExprRef, depth: u8) -> Result<(), String> {
        let lost = || Err("the response is used for more than its body".to_owned());
        if depth > 8 || !self.seen.insert(at) {
            return if depth > 8 { lost() } else { Ok(()) };
        }
        let value = self.handled(at)?;
        let module = self.program.module(value.file);
        if let Some(bind) = module.binds.iter().find(|bind| bind.value == Some(value.expr)) {
            return self.bound(value, bind, depth);
        }
        let Some(member) = module.expr(value.expr).parent else { return lost() };
        self.link(ExprRef { file: value.file, expr: member }, value, depth)
    }

    fn handled(&mut self, at: ExprRef) -> Result<ExprRef, String> {
        let (value, fails) = handled(self.program, at)?;
        let module = self.program.module(at.file);
        let (from, to) = (module.expr(at.expr).span.end, module.expr(value.expr).span.end);
        if from < to {
            self.words.push(Span { start: from, end: to });
        }
        self.fails.push(fails);
        Ok(value)
    }

    /// A name gets the response.
    fn bound(&mut self, value: ExprRef, bind: &Bind, depth: u8) -> Result<(), String> {
        let program = self.program;
        let module = program.module(value.file);
        let place = ExprRef { file: value.file, expr: bind.place };
        let (ExprKind::Name(name), How::Assign) = (module.kind(bind.place), &bind.how) else {
            return Err("the response is not kept under a name".to_owned());
        };
        if module.stmt(bind.stmt).kind != StmtKind::Bind || texts::annotation(program, value.file, bind).is_some() {
            return Err("the response is kept in a way of its own".to_owned());
        }
        match &self.named {
            None => self.named = Some((bind.stmt, name.to_string())),
            Some((_, first)) if *first == **name => self.checks.push(bind.stmt),
            Some(_) => return Err("the response has several names".to_owned()),
        }
        let Some(holder) = program.holder(place) else {
            return Err("the response is not kept under a name".to_owned());
        };
        self.held(&holder, place, depth)
    }

    fn held(&mut self, holder: &Holder, place: ExprRef, depth: u8) -> Result<(), String> {
        let Some(own) = reached(self.program, holder, place) else {
            return Err("the response's name holds something else as well".to_owned());
        };
        for read in own {
            let parent = self.program.module(read.file).expr(read.expr).parent;
            let Some(member) = parent else { return Err("the response is used for more than its body".to_owned()) };
            self.link(ExprRef { file: read.file, expr: member }, read, depth)?;
        }
        Ok(())
    }

    /// `member` is what is done to the response `base`.
    fn link(&mut self, member: ExprRef, base: ExprRef, depth: u8) -> Result<(), String> {
        if !self.seen.insert(member) {
            return Ok(());
        }
        let module = self.program.module(member.file);
        let ExprKind::Member { base: of, name, .. } = module.kind(member.expr) else {
            return Err("the response is used for more than its body".to_owned());
        };
        let call = module.expr(member.expr).parent.filter(
            |call| matches!(module.kind(*call), ExprKind::Call { callee, args, .. } if *callee == member.expr && args.is_empty()),
        );
        let Some(call) = call.filter(|_| *of == base.expr) else {
            return Err("the response is used for more than its body".to_owned());
        };
        let call = ExprRef { file: member.file, expr: call };
        match &**name {
            "error_for_status" => self.response(call, depth + 1),
            "error_for_status_ref" => {
                let stmt = module.expr(call.expr).stmt;
                let value = self.handled(call)?;
                if module.stmt(stmt).kind != StmtKind::Expr || module.stmt(stmt).exprs != [value.expr] {
                    return Err("the status is looked at in a way of its own".to_owned());
                }
                self.checks.push(stmt);
                Ok(())
            }
            "json" => {
                let value = self.handled(call)?;
                match self.body.replace(value) {
                    None => Ok(()),
                    Some(_) => Err("the answer is decoded in several places".to_owned()),
                }
            }
            "status" => Err("the status is looked at in a way of its own".to_owned()),
            name => Err(format!("the answer is read with `.{name}(…)`, which the library does not give")),
        }
    }
}

/// What follows a failure in new text: of the request, and of what comes before it.
///
/// # Errors
/// Where the links say different things, which one call cannot.
pub(super) fn failures(fails: &[String]) -> Result<(String, String), String> {
    let mut words: Vec<&String> = fails.iter().filter(|fail| *fail != "?" && *fail != ".unwrap()").collect();
    words.dedup();
    let gives_back = fails.iter().filter(|fail| fail.ends_with('?')).count();
    if words.len() > 1 || (gives_back != 0 && gives_back != fails.len()) {
        return Err("each failure on the way has words of its own".to_owned());
    }
    let plain = if gives_back > 0 { "?" } else { ".unwrap()" };
    let request = words.first().map_or(plain, |words| words.as_str());
    let plain = if request.starts_with(".expect(") { request } else { plain };
    Ok((request.to_owned(), plain.to_owned()))
}
