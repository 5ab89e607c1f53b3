//! What is known about one library.

use super::Package;
use super::signature::{Link, Root, Signature};
use super::upgrade::Upgrade;
use super::words::{Body, CallbackRole, Does, Gives};
use std::collections::BTreeMap;

/// A library: one file in `rules/<language>/`.
#[derive(Clone, PartialEq, Debug)]
pub struct Library {
    /// Folder and file name: `python/pyjwt`.
    pub id: String,
    /// As its users call it.
    pub name: String,
    /// The folder: `python`, `javascript`.
    pub language: String,
    /// Names in manifests. Empty for what comes with the language.
    pub packages: Vec<String>,
    /// Import roots. Empty where there is nothing to import.
    pub modules: Vec<String>,
    /// The package itself does the JWT exchange with Adobe; its name is a needle. So is every library with a call that
    /// does the exchange.
    pub adobe: bool,
    /// The package has an OAuth mode beside the JWT one, so that importing it proves nothing; a call, or a setting, does.
    pub oauth: bool,
    /// A JWT signing library: its manifest line can go when its last use goes.
    pub jwt: bool,
    /// What it declares are options of a command line, which whoever calls the program may pass.
    pub command_line: bool,
    /// Its packages are what the program is built on and serve more than these modules: they are never taken out.
    pub framework: bool,
    /// What its packages bring along, which programs import without naming its package.
    pub brings: Vec<Brings>,
    /// What programs list for its sake alone.
    pub companions: Vec<Companion>,
    /// Where its documentation is; empty where nobody says.
    pub docs: String,
    /// For an SDK: what to do instead.
    pub sdk: Option<Sdk>,
    /// The error types that its failures have, as qualified names that callers may catch.
    pub errors: Vec<String>,
    /// Codes of its own that its errors have, beside those of Adobe.
    pub error_codes: Vec<String>,
    /// Calls that only look or compute, so that nobody misses one whose value is not wanted: a function or method by its
    /// name (`strip`), or everything of a module (`re.*`).
    pub pure: Vec<String>,
    /// Classes, by dotted path, that call no methods of what extends them but those that their documentation names.
    pub bases: Vec<String>,
    /// Traits that are imported for their methods alone: the dotted path, and the methods.
    pub traits: BTreeMap<String, Vec<String>>,
    /// What its calls look like, most special first.
    pub calls: Vec<CallRule>,
    /// How an HTTP library's answer is read.
    pub response: Option<Response>,
    /// Code in which something is found.
    pub examples: Vec<Example>,
    /// The same library used for somebody else; nothing is found.
    pub lookalikes: Vec<Lookalike>,
}

impl Library {
    /// Whether a call begins with `class` of `module`.
    #[must_use]
    pub fn names(&self, module: &str, class: &str) -> bool {
        let begins = |rule: &CallRule| {
            let Root::Module(modules) = &rule.signature.root else { return false };
            modules.iter().any(|known| known == module)
                && matches!(rule.signature.links.first(), Some(Link::Name(name)) if name == class)
        };
        self.calls.iter().any(begins)
    }
}

/// What comes along with a package of a library, and can be imported because of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Brings {
    /// The package that brings it; `None` where each of the library's does.
    pub by: Option<String>,
    /// Its import roots.
    pub modules: Vec<String>,
    /// Beginnings of the names of other packages that bring the same.
    pub brought_by: Vec<String>,
    /// What a program must name that uses it by itself; where it is not known, the package stays that brings it.
    pub package: Option<Package>,
}

/// A package that programs list for a library's sake, without importing it.
#[derive(Clone, PartialEq, Eq, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Companion {
    /// Its name in manifests.
    pub package: String,
    /// Its import roots.
    pub modules: Vec<String>,
    /// Beginnings of the names of other packages that work with it, and do not bring it in each of their forms.
    pub also_for: Vec<String>,
}

/// What replaces the JWT mode of an SDK.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Sdk {
    /// The package with the OAuth mode; the same one, if it is its newer version.
    pub package: Option<String>,
    /// The first version that has it.
    pub since: Option<String>,
    /// Whether no version before that one has another mode than the JWT's.
    pub jwt_before: bool,
    /// What to do, in one or two sentences for the report.
    pub advice: String,
    /// The metascopes that it asks for by itself, where a call names none.
    pub metascopes: Vec<String>,
    /// How its calls are switched to OAuth; the first that a call has the parts for counts.
    pub upgrades: Vec<Upgrade>,
}

/// One way to call a library.
#[derive(Clone, PartialEq, Debug)]
pub struct CallRule {
    /// What it does.
    pub does: Does,
    /// What it looks like.
    pub signature: Signature,
    /// The HTTP method, where the call fixes it.
    pub method: Option<String>,
    /// How the `form` hole goes out.
    pub body: Option<Body>,
    /// Whether it must be awaited.
    pub is_async: bool,
    /// What it gives.
    pub gives: Gives,
}

/// How an answer is read.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Response {
    /// The decoded JSON body.
    pub decoded: Vec<Access>,
    /// The body as text or bytes.
    pub text: Vec<Access>,
    /// Fails on a bad status.
    pub check: Vec<Access>,
    /// The status, as a number or a yes/no.
    pub status: Vec<Access>,
    /// Response headers.
    pub headers: Vec<Access>,
    /// Ends the use of the response.
    pub close: Vec<Access>,
    /// Whether the request itself fails on a bad status, without a `check`.
    pub fails_on_status: bool,
    /// The parameters of the callback that gets the answer.
    pub callback: Vec<CallbackRole>,
}

/// A member or a call on a response: `.data`, `.json()`, `await .json()`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Access {
    /// The member.
    pub name: String,
    /// Whether it is called.
    pub call: bool,
    /// Whether it must be awaited.
    pub is_async: bool,
}

/// Code that a rule file proves itself with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Example {
    /// A whole file.
    pub code: String,
    /// The kinds of findings (`token-exchange`), sorted, each once.
    pub finds: Vec<String>,
}

/// Code in which nothing may be found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lookalike {
    /// A whole file.
    pub code: String,
    /// Whom the code talks to, or why it is none of ours.
    pub why: String,
}

/// The kinds of findings that examples can name. They are those of the analysis, which is a room above.
pub(super) const KINDS: [&str; 8] =
    ["token-exchange", "jwt-sign", "private-key", "claims", "endpoint", "sdk-import", "dependency", "config-key"];
