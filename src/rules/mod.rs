//! What is known about libraries, about Adobe, and about what rewrites produce: the files under `/rules`, typed and checked.
//! Knows nothing about programs.

mod adobe;
mod check;
mod embedded;
mod error;
mod library;
mod load;
mod load_tool;
mod parse;
mod raw;
mod signature;
mod target;
mod tool;
mod words;

pub use adobe::{Adobe, ConfigWords, Fields, Host, ScopeRow, normal_key};
pub use error::RuleError;
pub use library::{Access, CallRule, Example, Library, Lookalike, Response, Sdk};
pub use signature::{Link, Param, Pattern, Root, Signature};
pub use target::{NeededImport, Package, Target, Template, Variant, Version};
pub use tool::{KeyPath, Mark, Tool, ToolExample, ToolLookalike, ToolSetting, ToolVersion};
pub use words::{Body, CallbackRole, Does, Gives, Hole, ScopeConfidence, Slot, UnknownWord, Word};

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::OnceLock;

/// All that is known.
#[derive(Clone, PartialEq, Debug)]
pub struct Rules {
    /// What Adobe decides.
    pub adobe: Adobe,
    /// Libraries, by id.
    pub libraries: Vec<Library>,
    /// Targets, by id.
    pub targets: Vec<Target>,
    /// Tools that are set up by files, by id.
    pub tools: Vec<Tool>,
}

impl Rules {
    /// The rules that come with the program.
    ///
    /// # Panics
    /// Where an embedded file is wrong, which a test rules out.
    #[must_use]
    pub fn embedded() -> &'static Rules {
        static RULES: OnceLock<Rules> = OnceLock::new();
        RULES.get_or_init(|| {
            Rules::load(embedded::FILES.iter().copied())
                .unwrap_or_else(|errors| panic!("the embedded rules are broken: {errors:?}"))
        })
    }

    /// The embedded files: (path under `rules/`, text).
    #[must_use]
    pub fn embedded_files() -> &'static [(&'static str, &'static str)] {
        embedded::FILES
    }

    /// Reads rule files, given as (path under `rules/`, text).
    ///
    /// # Errors
    /// Every mistake in every file.
    pub fn load<N: Into<String>, T: Into<String>>(
        files: impl Iterator<Item = (N, T)>,
    ) -> Result<Rules, Vec<RuleError>> {
        load::load(files.map(|(name, text)| (name.into(), text.into())))
    }

    /// The embedded rules and those of a user's folder, which replace files of the same path.
    ///
    /// # Errors
    /// Files that cannot be read, else every mistake in every file.
    pub fn with_folder(folder: &Path) -> Result<Rules, Vec<RuleError>> {
        let mut files: BTreeMap<String, String> =
            embedded::FILES.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        files.extend(load::read_folder(folder)?);
        Rules::load(files.into_iter())
    }

    /// The strings of which at least one is in every file that can hold a finding: Adobe's own, the exchange paths, the
    /// hosts, and the names of libraries that talk to Adobe. Letter case does not matter. Sorted, each once.
    #[must_use]
    pub fn needles(&self) -> Vec<String> {
        let adobe = &self.adobe;
        let sdks = self.libraries.iter().filter(|library| library.adobe);
        let names = sdks.flat_map(|library| library.packages.iter().chain(&library.modules));
        let tools = self.tools.iter().flat_map(|tool| &tool.needles);
        let names = names.chain(tools);
        let own = adobe.needles.iter().chain(&adobe.exchange_paths).chain(adobe.hosts.iter().map(|host| &host.name));
        let ids = [&adobe.org_suffix, &adobe.account_suffix];
        let odd = adobe.scopes.iter().map(|row| &row.metascope).chain(&adobe.odd_metascopes);
        let all: BTreeSet<&String> = names.chain(own).chain(ids).chain(odd).collect();
        all.into_iter().cloned().collect()
    }

    /// A library by its id.
    #[must_use]
    pub fn library(&self, id: &str) -> Option<&Library> {
        self.libraries.iter().find(|library| library.id == id)
    }

    /// The targets of a language (its rules folder), the default first.
    #[must_use]
    pub fn targets_of(&self, language: &str) -> Vec<&Target> {
        let mut targets: Vec<&Target> = self.targets.iter().filter(|target| target.language == language).collect();
        targets.sort_by_key(|target| !target.default);
        targets
    }
}
