//! What a rewrite produces: one file in `rules/<language>/targets/` for each target.

use super::words::{Gives, Slot};
use minijinja::{Environment, Error};
use std::collections::BTreeMap;

/// A way to get the token with OAuth.
#[derive(Clone, PartialEq, Debug)]
pub struct Target {
    /// Folder and file name: `python/authlib`.
    pub id: String,
    /// The folder of the language: `python`.
    pub language: String,
    /// As it is named on the command line: `authlib`.
    pub name: String,
    /// Whether it is the one taken when the user names none.
    pub default: bool,
    /// Targets of the language that are tried before this one where the user named none.
    pub rather: Vec<String>,
    /// The target that is taken where this one cannot be.
    pub instead: Option<String>,
    /// Classes with their packages: one must be extended, or made as a bean, somewhere in the project. Files that import
    /// one are looked at.
    pub made_in_project: Vec<String>,
    /// The beginnings of names of settings files that the framework reads, which are looked at.
    pub settings_files: Vec<String>,
    /// Packages, or groups of them, of which the project must use one for the default to count; none for any project.
    pub used_with: Vec<String>,
    /// Packages, or groups of them, in whose company it cannot run: a host that lends its own libraries.
    pub never_with: Vec<String>,
    /// Where its documentation is.
    pub docs: String,
    /// What a caller can see change, for the report.
    pub notes: Vec<String>,
    /// Its shapes.
    pub variants: Vec<Variant>,
}

/// One shape of a target.
#[derive(Clone, PartialEq, Debug)]
pub struct Variant {
    /// Its name within the target: `sync`, `async`.
    pub name: String,
    /// Whether it must be awaited: in Python its statements hold `await`, in JavaScript its value is a promise.
    pub is_async: bool,
    /// The oldest runtime that it runs on (`3.8`, `18`), if that matters.
    pub runtime: Option<String>,
    /// The lines of other packages that it is for; the project must be on one of them. None for any project.
    pub lines: Vec<Line>,
    /// What its value is: the decoded answer, its text, a token whose parts are read as `reads` says, or a response that is read
    /// as before.
    pub gives: Gives,
    /// The declaration of the field that holds what keeps the token between two requests; none where it is asked for
    /// each time.
    pub field: Option<Template>,
    /// A class of its own that comes beside the file: its name, and the text of its file.
    pub beside: Option<(String, Template)>,
    /// Settings of the framework that come.
    pub settings: Vec<NewSetting>,
    /// How the parts of the answer are read from a token, by their names.
    pub reads: BTreeMap<String, Template>,
    /// The libraries whose requests it is for, by their names; none for any that no other variant names.
    pub clients: Vec<String>,
    /// Errors that it can throw in the place of its own, as qualified names.
    pub throws: Vec<String>,
    /// The libraries whose errors it can keep, by their names; code that catches those of another one does not get it.
    pub keeps_errors_of: Vec<String>,
    /// Packages that the manifest must name.
    pub packages: Vec<Package>,
    /// Imports that the file needs.
    pub imports: Vec<NeededImport>,
    /// A helper for the module, after its imports, once. Where it renders to nothing, none is needed.
    pub helper: Option<Template>,
    /// The name that the helper declares, before it is made unique.
    pub helper_name: Option<String>,
    /// Statements that come before the value; without them the value alone is enough.
    pub statements: Option<Template>,
    /// The expression whose value is the token endpoint's answer.
    pub value: Template,
}

/// A setting of the framework that comes with a target.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewSetting {
    /// Its key, dots between the parts.
    pub key: String,
    /// Its value.
    pub value: Template,
    /// Whether the value is the one item of a list.
    pub is_item: bool,
}

/// A package that is needed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Package {
    /// Its name in the registry.
    pub name: String,
    /// A development dependency.
    pub dev: bool,
    /// Features that it must have (Cargo).
    pub features: Vec<String>,
    /// Whether its default features are wanted (Cargo).
    pub default_features: bool,
    /// Needed only if this slot is filled.
    pub when: Option<Slot>,
    /// Packages that bring it, so that nothing must be added beside one of them.
    pub brought_by: Vec<String>,
    /// The lines of other packages on which it is needed; none for any project.
    pub lines: Vec<Line>,
    /// Newest first. The first that fits the runtime counts; where none does, the package is not needed.
    pub versions: Vec<Version>,
}

impl Package {
    /// A package that is always needed to run, as it comes.
    pub(super) fn runtime(name: &str, versions: Vec<Version>) -> Self {
        Package {
            name: name.to_owned(),
            dev: false,
            features: vec![],
            default_features: true,
            when: None,
            brought_by: vec![],
            lines: vec![],
            versions,
        }
    }
}

/// A version requirement, in the notation of the language's manifests.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    /// The oldest runtime that it is for (`3.10`); `None` for any.
    pub from: Option<String>,
    /// The first runtime that it is not for any more; `None` for no end.
    pub below: Option<String>,
    /// The package, or group of packages, whose version counts instead of the runtime's.
    pub of: Option<String>,
    /// Whether that one must be listed without a version of its own, so that something else keeps the versions.
    pub managed: bool,
    /// `^1.8.0`, `>=1.9.9,<2`
    pub requirement: String,
}

/// Versions of another package.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The package, or group of packages.
    pub of: String,
    /// The first version.
    pub from: Option<String>,
    /// The first version that is too new.
    pub below: Option<String>,
}

/// An import.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NeededImport {
    /// The module.
    pub module: String,
    /// The name in the module; `None` for the module itself.
    pub item: Option<String>,
    /// The local name that the templates use.
    pub local: String,
    /// Needed only if this slot is filled.
    pub when: Option<Slot>,
    /// Needed only if this slot is empty.
    pub unless: Option<Slot>,
    /// `import type`.
    pub types_only: bool,
    /// Only its methods are used, so that it needs no name (Rust's traits).
    pub methods_only: bool,
}

/// A minijinja template, checked when it was loaded. A tab is one step of indentation.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template {
    /// The text.
    pub text: String,
    /// The slots that it asks for, sorted.
    pub slots: Vec<Slot>,
}

impl Template {
    /// Fills the slots. One that is missing is empty, and an empty one is false in an `if`.
    ///
    /// # Errors
    /// Where the template cannot be rendered; loading has checked its syntax and slots, so that is a mistake in its logic.
    pub fn render(&self, slots: &BTreeMap<Slot, String>) -> Result<String, Error> {
        let values: BTreeMap<&str, String> = slots.iter().map(|(slot, value)| (slot.as_str(), value.clone())).collect();
        environment().render_str(&self.text, values)
    }
}

/// How templates are read: nothing is escaped. Lines that hold only a statement begin with `{%-`, which takes the line
/// end before them away.
pub(super) fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment
}
