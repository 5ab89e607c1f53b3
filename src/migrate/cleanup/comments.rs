//! Comments: which of them go with what is cut.

use super::layout::{Cut, Layout};
use crate::ir::ExprKind;
use crate::text::Span;

/// Shorter names are pieces of other words.
const SHORTEST_NAME: usize = 5;

impl Layout<'_> {
    /// Comments behind a statement, on lines of which nothing else stays.
    pub(super) fn cut_trailing_comments(&mut self, cut: Cut) {
        let end = cut.span.end;
        let line = self.line(self.lines().line_of((end as usize).saturating_sub(1)));
        let tail = Span { start: end, end: line.end };
        let comments = self.context.module.comments.iter();
        let behind: Vec<Span> = comments.filter(|comment| tail.contains(**comment)).copied().collect();
        let was = behind.iter().map(|comment| self.only_cut(*comment)).collect::<Vec<_>>();
        behind.iter().for_each(|comment| self.set(*comment, true));
        if !self.only_cut(line) {
            behind.iter().zip(was).for_each(|(comment, was)| self.set(*comment, was));
        }
    }

    /// Comment lines directly above a statement, if all that they head goes.
    pub(super) fn cut_comments_above(&mut self, cut: Cut) {
        let start = cut.span.start as usize;
        let line = self.lines().line_of(start);
        let goes = || self.run_is_cut(line, cut) || self.comment_is_about_jwt(line) || self.comment_names(line, cut);
        if !self.is_cut(line) || !goes() {
            return;
        }
        let indent = start - self.line(line).start as usize;
        let mut at = line;
        while let Some(comment) = at.checked_sub(1).and_then(|above| self.comment_on(above)) {
            let first = self.lines().line_of(comment.start as usize);
            let column = comment.start as usize - self.line(first).start as usize;
            let alone = self.content_start(first) == comment.start as usize;
            if column != indent || !alone || self.is_protected(comment) || self.is_import_put_aside(comment) {
                break;
            }
            self.set(comment, true);
            at = first;
        }
    }

    /// Whether the comment directly above a line speaks of the key or the JWT, and not of what is got with it. Above what
    /// stays below a cut it would be wrong.
    fn comment_is_about_jwt(&self, line: usize) -> bool {
        let text = self.comments_above(line).to_ascii_lowercase().replace(['_', '-'], " ");
        ["private key", "priv key", "jwt", "json web token"].iter().any(|word| text.contains(word))
            && !["access", "bearer", "exchange", "request"].iter().any(|word| text.contains(word))
    }

    /// Whether the comment directly above a line names what the cut declares, and nothing of what stays below:
    /// `# ToDo: make the metascopes configurable` above `self.metascopes = …`.
    fn comment_names(&self, line: usize, cut: Cut) -> bool {
        let module = self.context.module;
        let comment = self.comments_above(line);
        let end = self.end_of_home(cut);
        let run = (line..self.line_count()).take_while(|at| !self.is_blank(*at) && self.content_start(*at) < end);
        let stays: String = run.filter(|at| !self.is_cut(*at)).map(|at| squashed(self.line_text(at))).collect();
        let words = comment.split(|c: char| !c.is_alphanumeric()).map(squashed);
        if words.filter(|word| word.len() >= SHORTEST_NAME).any(|word| stays.contains(&word)) {
            return false;
        }
        let about = squashed(&comment);
        let declared = module.binds.iter().filter(|bind| cut.span.contains(bind.span));
        let mut names = declared.filter_map(|bind| match module.kind(bind.place) {
            ExprKind::Name(name) | ExprKind::Member { name, .. } => Some(squashed(name)),
            _ => None,
        });
        names.any(|name| name.len() >= SHORTEST_NAME && about.contains(&name))
    }

    /// The text of the comment lines directly above a line.
    fn comments_above(&self, line: usize) -> String {
        let mut at = line;
        let mut text = String::new();
        while let Some(comment) = at.checked_sub(1).and_then(|above| self.comment_on(above)) {
            let first = self.lines().line_of(comment.start as usize);
            if self.content_start(first) != comment.start as usize {
                break;
            }
            text.push_str(self.context.file.slice(comment));
            at = first;
        }
        text
    }

    /// A heading between ruled lines (`#-----`), set off by a blank line, if nothing stays under it up to the next one.
    pub(super) fn cut_banner_above(&mut self, cut: Cut) {
        let line = self.lines().line_of(cut.span.start as usize);
        if !self.is_cut(line) {
            return;
        }
        let column = cut.span.start - self.line(line).start;
        let own = |layout: &Self, line: usize| {
            let comment = layout.comment_on(line).filter(|c| layout.content_start(line) == c.start as usize);
            comment.filter(|comment| comment.start - layout.line(line).start == column && !layout.is_cut(line))
        };
        let Some(last) = (0..line).rev().find(|line| !self.is_blank(*line) && !self.is_cut(*line)) else { return };
        let lines: Vec<Span> = (0..=last).rev().map_while(|line| own(self, line)).collect();
        let end = self.end_of_home(cut);
        let next = (line..self.line_count()).find(|line| {
            let heading = own(self, *line).is_some_and(|comment| self.is_ruled(comment));
            heading || self.content_start(*line) >= end || !(self.is_blank(*line) || self.is_cut(*line))
        });
        let free = next.is_none_or(|next| {
            self.content_start(next) >= end || own(self, next).is_some_and(|comment| self.is_ruled(comment))
        });
        let ruled = lines.iter().any(|comment| self.is_ruled(*comment));
        if free && ruled && !lines.iter().any(|comment| self.is_protected(*comment)) {
            lines.into_iter().for_each(|comment| self.set(comment, true));
        }
    }

    /// `#-------`, `// =====`: a comment that is a line.
    fn is_ruled(&self, comment: Span) -> bool {
        let text = self.context.file.slice(comment).trim();
        text.len() >= 5 && text.chars().all(|c| c.is_ascii_punctuation() || c == ' ')
    }

    /// The comment that fills a line to its end.
    pub(super) fn comment_on(&self, line: usize) -> Option<Span> {
        let (span, text) = (self.line(line), self.line_text(line));
        let end = span.start + text.trim_end().len() as u32;
        // Blanks behind a comment are part of it.
        let ends_here = |comment: &&Span| comment.start < end && end <= comment.end && comment.end <= span.end;
        self.context.module.comments.iter().find(ends_here).copied()
    }

    /// Whether all lines from `line` to the next blank line, comment line or end of the block are cut.
    fn run_is_cut(&self, line: usize, cut: Cut) -> bool {
        let end = self.end_of_home(cut);
        for line in line..self.line_count() {
            let heads = self.comment_on(line).is_some_and(|c| self.content_start(line) == c.start as usize);
            if self.is_blank(line) || self.content_start(line) >= end || (heads && !self.is_inside_cut(line)) {
                return true;
            }
            if !self.is_cut(line) {
                return false;
            }
        }
        true
    }

    fn is_inside_cut(&self, line: usize) -> bool {
        let start = self.line(line).start;
        self.cuts.iter().any(|cut| cut.span.start < start && start < cut.span.end)
    }

    /// Where what stands beside a cut can no longer begin.
    pub(super) fn end_of_home(&self, cut: Cut) -> usize {
        cut.home.map_or(usize::MAX, |home| home.end as usize - usize::from(self.context.syntax.braces))
    }

    /// `// const http = require('http');`: an import in a comment heads nothing, and it is not about the line below.
    fn is_import_put_aside(&self, comment: Span) -> bool {
        let text = self.context.file.slice(comment).trim_start_matches(['/', '#', ' ', '\t']);
        let declares = ["const ", "let ", "var "].iter().any(|word| text.starts_with(word));
        declares && text.contains("require(")
            || text.starts_with("import ") && text.contains([';', '\'', '"'])
            || text.starts_with("from ") && text.contains(" import ")
    }

    /// Headers, and comments that tools read.
    fn is_protected(&self, comment: Span) -> bool {
        const MARKS: [&str; 13] = [
            "license",
            "licence",
            "copyright",
            "@ts-check",
            "@ts-nocheck",
            "eslint-disable ",
            "eslint-env",
            "eslint-enable",
            "pylint:",
            "flake8:",
            "coding",
            "#region",
            "@flow",
        ];
        let text = self.context.file.slice(comment).to_ascii_lowercase();
        let before = &self.context.file.text()[..comment.start as usize];
        comment.start < self.context.module.prologue_end
            || before.trim_start_matches('\u{feff}').trim().is_empty()
            || MARKS.iter().any(|mark| text.contains(mark))
    }
}

/// Letters and digits alone, so that `privateKey`, `private_key` and "private key" are one word.
fn squashed(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}
