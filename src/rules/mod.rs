//! What is known about libraries, about Adobe, and about what rewrites produce: the files under `/rules`, typed and checked.
//! Knows nothing about programs.

mod adobe;
mod anchors;
mod check;
mod embedded;
mod error;
mod library;
mod load;
mod load_target;
mod load_tool;
mod parse;
mod raw;
mod signature;
mod target;
mod tool;
mod upgrade;
mod words;

pub use adobe::{Adobe, ConfigWords, Fields, Host, OwnRule, ScopeRow, normal_key};
pub use anchors::{AnchorLibrary, AnchorUpgrade, Anchors};
pub use error::RuleError;
pub use library::{Access, Brings, CallRule, Companion, Example, Library, Lookalike, Response, Sdk};
pub use signature::{Link, Param, Pattern, Root, Signature};
pub use target::{Line, NeededImport, NewSetting, Package, Target, Template, Variant, Version};
pub use tool::{KeyPath, Mark, SwitchInput, Tool, ToolExample, ToolLookalike, ToolSetting, ToolSwitch, ToolVersion};
pub use upgrade::{Parts, Upgrade};
pub use words::{Body, CallbackRole, Does, Gives, Hole, ScopeConfidence, Slot, UnknownWord, Word};

use load::RuleFile;
use std::collections::BTreeSet;
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
    /// What is known of languages without a grammar, by language.
    pub anchors: Vec<Anchors>,
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
        load::load(files.map(|(name, text)| RuleFile::embedded(&name.into(), &text.into())))
    }

    /// The embedded rules and those of a user's folder. A file replaces the embedded one of the same id
    /// (`<language>/<name>`), whether its language is the folder that it lies in or is said inside of it.
    ///
    /// # Errors
    /// Files that cannot be read, a folder without any, else every mistake in every file.
    pub fn with_folder(folder: &Path) -> Result<Rules, Vec<RuleError>> {
        let own = load::read_folder(folder)?;
        let embedded = embedded::FILES.iter().map(|(name, text)| RuleFile::embedded(name, text));
        load::load(embedded.chain(own))
    }

    /// The strings of which at least one is in every file that can hold a finding: Adobe's own, the exchange paths, the
    /// hosts, the names of libraries that talk to Adobe, and of exchanging calls that no import leads to. Letter case does not matter. Sorted, each once.
    #[must_use]
    pub fn needles(&self) -> Vec<String> {
        let adobe = &self.adobe;
        let sdks = self.libraries.iter().filter(|library| library.adobe);
        let names = sdks.flat_map(|library| library.packages.iter().chain(&library.modules));
        let tools = self.tools.iter().flat_map(|tool| &tool.needles);
        let names = names.chain(tools);
        let calls = self.libraries.iter().flat_map(|library| &library.calls);
        let called = calls.filter(|call| call.does == Does::Exchange).filter_map(|call| match &call.signature.root {
            Root::Module(_) => None,
            Root::Global(name) => Some(name.as_str()),
            Root::Any => call.signature.last_name(),
        });
        let own = adobe.needles.iter().chain(&adobe.exchange_paths).chain(adobe.hosts.iter().map(|host| &host.name));
        let ids = [&adobe.org_suffix, &adobe.account_suffix];
        let odd = adobe.scopes.iter().map(|row| &row.metascope).chain(&adobe.odd_metascopes);
        let anchors = self.anchors.iter().flat_map(|anchors| &anchors.libraries);
        let names = names.chain(anchors.flat_map(AnchorLibrary::needles));
        let all: BTreeSet<&str> = names.chain(own).chain(ids).chain(odd).map(String::as_str).chain(called).collect();
        all.into_iter().map(str::to_owned).collect()
    }

    /// The ids of all rules, sorted: those of libraries and Adobe's own.
    #[must_use]
    pub fn ids(&self) -> Vec<&str> {
        let own = self.adobe.rules.iter().map(|rule| rule.id.as_str());
        let all: BTreeSet<&str> = self.libraries.iter().map(|library| library.id.as_str()).chain(own).collect();
        all.into_iter().collect()
    }

    /// The ids most like `word`, at most three, best first. What stands before the slash need not be given.
    #[must_use]
    pub fn nearest(&self, word: &str) -> Vec<&str> {
        let far = |id: &&str| {
            let name = id.rsplit('/').next().unwrap_or(id);
            words::distance(word, id).min(words::distance(word, name))
        };
        let mut ids = self.ids();
        ids.sort_by_key(far);
        let near = ids.into_iter().filter(|id| far(id) <= 2 + word.len() / 3 || id.contains(word));
        near.take(3).collect()
    }

    /// A library by its id.
    #[must_use]
    pub fn library(&self, id: &str) -> Option<&Library> {
        self.libraries.iter().find(|library| library.id == id)
    }

    /// What is known of a language without a grammar.
    #[must_use]
    pub fn anchors_of(&self, language: &str) -> Option<&Anchors> {
        self.anchors.iter().find(|anchors| anchors.language == language)
    }

    /// The targets of a language (its rules folder), the default first.
    #[must_use]
    pub fn targets_of(&self, language: &str) -> Vec<&Target> {
        let mut targets: Vec<&Target> = self.targets.iter().filter(|target| target.language == language).collect();
        targets.sort_by_key(|target| !target.default);
        targets
    }
}
